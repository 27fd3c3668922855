"""A running notifier with a database of its own for every test."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.notifier.harness import Notifier, running
from tests.support.databases import Databases


@pytest.fixture
async def notifier(databases: Databases) -> AsyncIterator[Notifier]:
    url = await databases.migrated("notifier")
    async with running(url) as made:
        yield made
    await databases.drop(url)

"""A running matcher with a database of its own for the tests of this folder."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.matcher.harness import Matcher, running, settings
from tests.support.databases import Databases

SECOND_LOOK_S = 0.6


@pytest.fixture(scope="package")
async def matcher(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Matcher]:
    url = await databases.migrated("matcher")
    async with running(settings(url, tmp_path_factory.mktemp("matcher"), SECOND_LOOK_S)) as made:
        yield made
    await databases.drop(url)

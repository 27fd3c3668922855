"""A running ingest with a database of its own for every test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.ingest.harness import Ingest, running, settings
from tests.support.databases import Databases
from tests.unit.ingest.media_files import write


@pytest.fixture(scope="package")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """One second of picture and sound."""
    return write(tmp_path_factory.mktemp("clip") / "clip.mp4", "mp4").read_bytes()


@pytest.fixture
async def ingest(databases: Databases, tmp_path: Path) -> AsyncIterator[Ingest]:
    url = await databases.migrated("ingest")
    async with running(settings(url, tmp_path)) as made:
        yield made
    await databases.drop(url)

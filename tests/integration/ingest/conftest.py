"""A running ingest with a database of its own for every test."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
from telop_chassis.logs import configure_logs
from telop_chassis.version import VERSION

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
    log = io.StringIO()
    configure_logs("ingest", VERSION, stream=log)
    async with running(settings(url, tmp_path), log) as made:
        yield made
    structlog.reset_defaults()
    await databases.drop(url)

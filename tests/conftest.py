"""One PostgreSQL and one broker for all tests that ask, and a line in the summary that says which they are."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from tests.support.brokers import Broker
    from tests.support.databases import Databases

CHOSEN = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def no_containers() -> str | None:
    """Why what the tests run against does not come in containers, None if it does: decided once, here."""
    from tests.support import backing  # noqa: PLC0415 - two seconds that unit tests need not spend

    return backing.why_no_containers()


@pytest.fixture(scope="session")
async def databases(no_containers: str | None, pytestconfig: pytest.Config) -> AsyncIterator["Databases"]:
    """The PostgreSQL of this session."""
    from tests.support import backing  # noqa: PLC0415

    async with backing.any_postgres(no_containers) as server:
        pytestconfig.stash.setdefault(CHOSEN, []).append(server.chosen)
        yield server


@pytest.fixture(scope="session")
async def broker(no_containers: str | None, pytestconfig: pytest.Config) -> AsyncIterator["Broker"]:
    """The broker of this session. It has no topics: a test creates those it needs, behind a prefix of its own."""
    from tests.support import backing  # noqa: PLC0415

    async with backing.any_broker(no_containers) as running:
        pytestconfig.stash.setdefault(CHOSEN, []).append(running.chosen)
        yield running


@pytest.fixture(scope="module")
async def database_url(databases: "Databases") -> AsyncIterator[Callable[[str], Awaitable[str]]]:
    """`await database_url("ocr")`: a migrated database of that service, one for each test module."""
    urls: dict[str, str] = {}

    async def url(service: str) -> str:
        if service not in urls:
            urls[service] = await databases.migrated(service)
        return urls[service]

    yield url
    for made in urls.values():
        await databases.drop(made)


@pytest.fixture
def prefix() -> str:
    """A name that no other test has, for the topics and groups of this one (`TELOP_KAFKA__TOPIC_PREFIX`)."""
    return f"t{uuid4().hex[:12]}."


@pytest.fixture(autouse=True)
def _real_kafka(request: pytest.FixtureRequest) -> None:
    """Skips a test that is marked `real_kafka`, by name, where the embedded broker stands in."""
    if request.node.get_closest_marker("real_kafka") and not request.getfixturevalue("broker").real:
        pytest.skip(f"{request.node.nodeid} needs a real Kafka broker")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Says what the tests ran against."""
    for line in config.stash.get(CHOSEN, []):
        terminalreporter.write_line(f"ran against {line}")

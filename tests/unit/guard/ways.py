"""The ways by which a user's URL is reached. Every hostile case runs over each of them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from structlog.testing import capture_logs
from telop_chassis.failures import WorkError
from telop_chassis.outgoing import Outgoing
from telop_ingest.fetching import FetchLimits, fetch
from telop_notifier.sending import Sender
from telop_ocr.second_reader import OpenAiReader, SecondReaderSettings

MAX_BYTES: Final = 1_000_000
Way = Callable[[Outgoing, str, float], Awaitable[str]]
"""Called with the client, the URL and the limit in seconds; returns the status, or the reason code of a failure."""


async def webhook(outgoing: Outgoing, url: str, limit_s: float) -> str:
    """Send a webhook."""
    answer = await Sender(outgoing, timeout_s=limit_s).send(url, b"{}", {"webhook-id": "msg_1"}, endpoint="ep_1")
    return answer.failure or str(answer.status_code)


async def medium(outgoing: Outgoing, url: str, limit_s: float) -> str:
    """Fetch a medium."""

    async def keep(body: AsyncIterator[bytes]) -> str:
        async for _ in body:
            pass
        return "200"

    try:
        return await fetch(outgoing, url, FetchLimits(MAX_BYTES, limit_s, limit_s), keep)
    except WorkError as error:
        told = str(error)
        reason = {"url_unreachable": "unreachable"}.get(error.reason, error.reason)
        return f"the URL is told: {told}" if url in told else reason


async def second_reader(outgoing: Outgoing, url: str, limit_s: float) -> str:
    """Ask a second reader, which says nothing but a reason in its log."""
    try:
        settings = SecondReaderSettings(url=url, model="test", timeout_s=limit_s)
    except ValueError:
        return "url_refused"
    with capture_logs() as lines:
        assert await OpenAiReader(settings, outgoing).read(b"") is None
    said = str(lines[0]["reason"])
    alike = {
        "url_unreachable": "unreachable",
        "timeout": "unreachable",
        "answer_malformed": "200",
        "second_reader_status": "url_status",
    }
    return alike.get(said, said)


WAYS: Final[tuple[Way, ...]] = (webhook, medium, second_reader)

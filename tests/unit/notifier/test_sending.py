"""What an attempt sends, what counts as its answer, who shares a connection. (What misbehaves: `tests/unit/guard`.)"""

import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from ipaddress import ip_network
from time import perf_counter

import pytest
from telop_chassis import outgoing, telemetry
from telop_chassis.outgoing import Outgoing
from telop_chassis.settings import UrlSettings
from telop_notifier.delivery import Answer
from telop_notifier.sending import Sender

from tests.support.eventually import eventually
from tests.unit.guard.listeners import OK, Names, listening
from tests.unit.guard.test_misbehaving import body_without_end, drips_its_body

LISTED = UrlSettings(allowed_networks=(ip_network("127.0.0.0/8"),))


@asynccontextmanager
async def sender(names: Names | None = None) -> AsyncIterator[Sender]:
    client = Outgoing(LISTED, lookup=names)
    try:
        yield Sender(client, timeout_s=60.0)
    finally:
        await client.stop()


async def test_an_attempt_carries_the_bytes_and_headers_given() -> None:
    async with listening() as seen, sender() as sending:
        url = f"http://127.0.0.1:{seen.port}/hook?key=1"
        with telemetry.child_span("test"):
            answer = await sending.send(url, b"{}", {"webhook-id": "msg_1", "content-type": "application/x"})
    assert (answer.status_code, answer.failure) == (200, None)
    head, _, body = bytes(seen.received).lower().partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    assert (first, body) == (b"post /hook?key=1 http/1.1", b"{}")
    for line in (b"webhook-id: msg_1", b"content-type: application/x", b"accept-encoding: identity"):
        assert lines.count(line) == 1
    assert sum(line.startswith((b"content-type", b"host:", b"user-agent: telopcheck/")) for line in lines) == 3


@pytest.mark.parametrize("status", [200, 204, 301, 404, 410, 500, 503])
async def test_the_status_and_the_head_are_the_answer(status: int) -> None:
    said = b"HTTP/1.1 %d X\r\nRetry-After: 7\r\ncontent-length: 0\r\n\r\n" % status
    async with listening(said) as seen, sender() as sending:
        answer = await sending.send(f"http://127.0.0.1:{seen.port}/", b"{}", {})
    assert (answer.status_code, answer.retry_after, answer.failure) == (status, "7", None)
    assert ("Retry-After", "7") in answer.headers


@pytest.mark.parametrize("behaviour", [body_without_end, drips_its_body])
async def test_a_success_counts_whatever_its_body_does_and_does_not_wait_for_it(behaviour: object) -> None:
    async with listening(behaviour) as seen, sender() as sending:  # type: ignore[arg-type]
        began = perf_counter()
        answer = await sending.send(f"http://127.0.0.1:{seen.port}/", b"{}", {})
        assert perf_counter() - began < 20.0
    assert (answer.status_code, answer.failure) == (200, None)


async def _twice(sending: Sender, url: str, *endpoints: str | None) -> list[Answer]:
    return [await sending.send(url, b"{}", {}, endpoint=each) for each in endpoints]


@pytest.mark.parametrize(
    ("endpoints", "connections"),
    [(("ep_1", "ep_1", "ep_1"), 1), (("ep_1", "ep_2"), 2), ((None, None), 2), (("ep_1", None, "ep_2", "ep_1"), 3)],
)
async def test_connections_are_kept_for_one_endpoint_and_never_shared_with_another(
    endpoints: tuple[str | None, ...], connections: int
) -> None:
    async with listening() as seen, sender() as sending:
        answers = await _twice(sending, f"http://127.0.0.1:{seen.port}/", *endpoints)
    assert {each.status_code for each in answers} == {200}
    assert (seen.connections, seen.requests) == (connections, len(endpoints))


async def test_connections_of_endpoints_that_were_used_longest_ago_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "MAX_IDLE_POOLS", 2)
    monkeypatch.setattr(outgoing, "IDLE_S", 60.0)

    async with listening() as seen, sender() as sending:
        await _twice(sending, f"http://127.0.0.1:{seen.port}/", *(f"ep_{number}" for number in range(5)))

        async def only_two_are_left() -> bool:
            return seen.open == 2

        await eventually(only_two_are_left)
        assert (await _twice(sending, f"http://127.0.0.1:{seen.port}/", "ep_4"))[0].status_code == 200
        assert seen.connections == 5


async def test_an_idle_connection_is_closed_before_a_server_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "IDLE_S", 0.05)
    async with listening() as seen, sender() as sending:
        await _twice(sending, f"http://127.0.0.1:{seen.port}/", "ep_1")

        async def none_is_left() -> bool:
            return seen.open == 0

        await eventually(none_is_left)


async def test_the_next_address_is_tried_where_the_first_does_not_listen() -> None:
    names = Names(host_example=[["127.0.0.2", "127.0.0.1"]])
    async with listening(hosts=["127.0.0.1"]) as seen, sender(names) as sending:
        answer = await sending.send(f"http://host.example:{seen.port}/", b"{}", {})
    assert (answer.status_code, seen.connections) == (200, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems answer when the queue of a port is full")
async def test_the_next_address_is_tried_where_the_first_swallows_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "CONNECT_S", 0.2)
    names = Names(host_example=[["127.0.0.2", "127.0.0.1"]])
    async with listening(hosts=["127.0.0.1"]) as seen, sender(names) as sending:
        with swallowing("127.0.0.2", seen.port):
            answer = await sending.send(f"http://host.example:{seen.port}/", b"{}", {})
    assert (answer.status_code, seen.connections) == (200, 1)


@contextmanager
def swallowing(host: str, port: int) -> Iterator[None]:
    """A port whose queue is full and that accepts nothing: Linux drops whoever knocks."""
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        full.bind((host, port))
        full.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((host, port))
        yield


async def test_the_next_address_is_not_tried_once_something_was_sent() -> None:
    names = Names(host_example=[["127.0.0.2", "127.0.0.1"]])
    async with listening(OK) as good, listening(b"nonsense", hosts=["127.0.0.2"], port=good.port) as bad:
        async with sender(names) as sending:
            answer = await sending.send(f"http://host.example:{good.port}/", b"{}", {})
        assert (answer.failure, bad.requests, good.untouched) == ("unreachable", 1, True)

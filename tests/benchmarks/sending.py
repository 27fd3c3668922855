"""Webhook requests through the guard, against a bare aiohttp loop and httpx's own transport, in turns of one run.

100 at a time to a receiver on loopback that answers after 20 ms, from an event loop as in production. Ours parses,
resolves and judges the URL, opens a span, bounds time and reads the answer, for every request; the others only send.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from typing import Final

import aiohttp
import httpx
from telop_chassis.outgoing import Outgoing
from telop_chassis.settings import UrlSettings
from telop_notifier.sending import Sender

from tests.benchmarks.receiving import LATENCY_S, receiving

CONCURRENCY, REQUESTS, REQUESTS_OF_HTTPX, ROUNDS = 100, 3_000, 200, 3
BODY: Final = b"{" + b" " * 600 + b"}"
HEADERS: Final = {
    "content-type": "application/json",
    "webhook-id": "msg_" + "0" * 32,
    "webhook-timestamp": "1790000000",
    "webhook-signature": "v1," + "0" * 44,
}
GOAL_OF_AIOHTTP, GOAL_OF_HTTPX = 0.6, 8.0
Send = Callable[[], Awaitable[None]]


async def _rate(send: Send, requests: int) -> tuple[float, float]:
    """Requests a second, and microseconds of this process's processor for one."""
    left = iter(range(requests))

    async def worker() -> None:
        for _ in left:
            await send()

    started, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))
    return requests / (time.perf_counter() - started), (time.process_time() - used) / requests * 1e6


async def measure() -> None:
    """Print ratios and rates; the median of three rounds, after one that does not count."""
    print(f"webhook requests, {CONCURRENCY} at a time, receiver with {LATENCY_S * 1000:.0f} ms")
    with receiving() as address:
        url = f"{address}/ok"
        outgoing = Outgoing(UrlSettings(allowed_networks=(ip_network("127.0.0.0/8"),)))
        sender = Sender(outgoing, timeout_s=15.0)

        async def ours() -> None:
            answer = await sender.send(url, BODY, HEADERS, endpoint="ep_1")
            assert answer.status_code == 204

        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONCURRENCY)) as session,
            httpx.AsyncClient(limits=httpx.Limits(max_connections=CONCURRENCY), timeout=None) as client,
        ):

            async def bare() -> None:
                async with session.post(url, data=BODY, headers=HEADERS) as response:
                    await response.read()

            async def with_httpx() -> None:
                await client.post(url, content=BODY, headers=HEADERS)

            rounds: list[tuple[tuple[float, float], ...]] = []
            for number in range(ROUNDS + 1):
                rates = (
                    await _rate(bare, REQUESTS),
                    await _rate(ours, REQUESTS),
                    await _rate(with_httpx, REQUESTS_OF_HTTPX),
                )
                rounds += [rates] if number else []
        await outgoing.stop()
    for name, turn, goal in (("bare aiohttp", 0, GOAL_OF_AIOHTTP), ("httpx's own transport", 2, GOAL_OF_HTTPX)):
        ratio = statistics.median(each[1][0] / each[turn][0] for each in rounds)
        print(f"  {ratio:.2f} times {name} (goal {goal}); {_shown(rounds, turn)}")
    print(f"  ours: {_shown(rounds, 1)}")


def _shown(rounds: list[tuple[tuple[float, float], ...]], turn: int) -> str:
    rate, used = (statistics.median(each[turn][number] for each in rounds) for number in (0, 1))
    return f"{rate:,.0f} requests a second, {used:.0f} us of processor time for one"

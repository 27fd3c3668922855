"""Follows one delivery: each attempt as it is made, until the delivery ends or the patience does."""

import time
from collections.abc import Iterator
from typing import Any, Final

from telop_cli.demo.client import Client, Json

POLL_S: Final = 0.3
FINISHED: Final = frozenset({"succeeded", "failed", "superseded"})


def attempts(
    client: Client, delivery_id: str, *, patience_s: float, after: int = 0
) -> Iterator[tuple[Json, Json | None]]:
    """Yield the delivery with each new attempt; the last time without one, as it ended or was left."""
    until, seen = time.monotonic() + patience_s, after
    while True:
        delivery = client.delivery(delivery_id)
        for attempt in delivery["attempts"]:
            if attempt["number"] > seen:
                seen = attempt["number"]
                yield delivery, attempt
        if delivery["status"] in FINISHED or time.monotonic() >= until:
            yield delivery, None
            return
        time.sleep(POLL_S)


def attempt_line(attempt: Json) -> str:
    """One attempt as a line."""
    said = f"HTTP {attempt['status_code']}" if attempt["status_code"] else attempt["reason"]
    return f"attempt {attempt['number']}  {attempt['started_at']}  {said}  {attempt['latency_ms']} ms"


def end_line(delivery: dict[str, Any]) -> str:
    """How a delivery ended, or when it goes on."""
    reason = f" ({delivery['reason']})" if delivery["reason"] else ""
    following = f", next attempt at {delivery['next_attempt_at']}" if delivery["next_attempt_at"] else ""
    return f"delivery {delivery['delivery_id']} {delivery['status']}{reason}{following}"

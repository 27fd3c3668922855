"""How much waits: gauges of the inbox and the outbox at `/metrics`, for alarms and for scaling on the backlog.

Measured by the tending loop of every worker process every few seconds; each of them tells the same of the database
that they share. `dead` and `parked` are what somebody must look at.
"""

from typing import TYPE_CHECKING, Final

from opentelemetry.metrics import Meter

if TYPE_CHECKING:
    import asyncpg

EVERY_S: Final = 5.0
STATUSES: Final = ("waiting", "scheduled", "leased", "dead")
_INBOX: Final = """
    SELECT status, count(*) AS rows,
           coalesce(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float8 AS oldest_s
    FROM inbox WHERE status IN ('waiting', 'scheduled', 'leased', 'dead') GROUP BY status
"""
_OUTBOX: Final = """
    SELECT count(*) FILTER (WHERE parked_at IS NULL) AS pending, count(parked_at) AS parked FROM outbox
"""


class Backlog:
    """The gauges of one process."""

    def __init__(self, meter: Meter) -> None:
        self._inbox = meter.create_gauge("telop.inbox.rows", description="Rows of the inbox by status.")
        self._oldest = meter.create_gauge(
            "telop.inbox.oldest_waiting", unit="s", description="How long the oldest row has waited that could be done."
        )
        self._outbox = meter.create_gauge("telop.outbox.rows", description="Rows that are pending, and parked ones.")

    async def measure(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """Ask the database and set the gauges."""
        found = {row["status"]: row for row in await connection.fetch(_INBOX)}
        for status in STATUSES:
            self._inbox.set(found[status]["rows"] if status in found else 0, {"status": status})
        self._oldest.set(found["waiting"]["oldest_s"] if "waiting" in found else 0.0)
        outbox = await connection.fetchrow(_OUTBOX)
        assert outbox is not None
        for state in ("pending", "parked"):
            self._outbox.set(outbox[state], {"state": state})

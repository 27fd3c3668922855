"""What an operator watches of webhooks, at `/metrics`: attempts by outcome, and how the lanes stand.

The lanes are asked every few seconds, one row for each endpoint, so the cost does not grow with what waits in them.
`overdue` is the alarm: how long the lane that has waited longest could have sent something.
"""

from datetime import datetime
from typing import Final

from opentelemetry.metrics import Meter
from sqlalchemy import bindparam, text
from telop_chassis.database import Database

from telop_notifier import lanes

EVERY_S: Final = 5.0

_LANES: Final = text("""
    SELECT coalesce(sum(in_flight), 0) AS in_flight, count(*) FILTER (WHERE open_until > :now) AS open,
           coalesce(extract(epoch FROM :now - min(due_at) FILTER (WHERE due_at <= :now)), 0) AS overdue_s
    FROM lanes
""").bindparams(bindparam("now", type_=lanes.TIME))


class Measures:
    """The instruments of one process."""

    def __init__(self, meter: Meter) -> None:
        self._attempts = meter.create_counter("telop.webhook.attempts", description="Attempts by what they led to.")
        self._in_flight = meter.create_gauge("telop.webhook.in_flight", description="Attempts under way.")
        self._open = meter.create_gauge("telop.webhook.open_breakers", description="Endpoints that are left alone.")
        self._overdue = meter.create_gauge(
            "telop.webhook.overdue", unit="s", description="How long what could be sent has waited, at most."
        )

    def count(self, outcome: str) -> None:
        """Count an attempt that led to `succeeded`, `pending` (another one) or `failed`."""
        self._attempts.add(1, {"outcome": outcome})

    async def measure(self, database: Database, *, now: datetime) -> None:
        """Ask the database and set the gauges."""
        async with database.transaction("measure lanes") as transaction:
            row = (await transaction.execute(_LANES, {"now": now})).one()
        self._in_flight.set(row.in_flight)
        self._open.set(row.open)
        self._overdue.set(float(row.overdue_s))

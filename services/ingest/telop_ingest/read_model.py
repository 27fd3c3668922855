"""What the API shows: jobs, findings, telops, words and stored events, one page or batch per query.

Every function takes the tenant and finds nothing of another: an unknown id and somebody else's are the same `NotFound`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, Table, select, tuple_
from telop_chassis.database import Transaction
from telop_chassis.problems import NotFound

from telop_ingest.job_rows import ENDED, JobRow
from telop_ingest.tables import decisions, findings, fixed_findings, job_events, jobs, telops, words

Position = tuple[str | int | float, ...] | None
TABLES: Final[dict[str, Table]] = {"telops": telops, "words": words, "fixed_findings": fixed_findings}
EVENT_BATCH: Final = 200


async def job(transaction: Transaction, tenant: str, job_id: str) -> JobRow:
    """Return one job; raises `NotFound`."""
    return await _one(transaction, select(jobs).where(jobs.c.job_id == job_id, jobs.c.tenant == tenant))


async def job_page(transaction: Transaction, tenant: str, limit: int, after: Position) -> Sequence[JobRow]:
    """Return jobs, the newest first; a position is creation time in ISO 8601 and job id."""
    statement = select(jobs).where(jobs.c.tenant == tenant)
    if after:
        place = (datetime.fromisoformat(str(after[0])), str(after[1]))
        statement = statement.where(tuple_(jobs.c.created_at, jobs.c.job_id) < place)
    statement = statement.order_by(jobs.c.created_at.desc(), jobs.c.job_id.desc()).limit(limit)
    return (await transaction.execute(statement)).all()


async def finding(transaction: Transaction, tenant: str, finding_id: str) -> Row[Any]:
    """Return one finding; raises `NotFound`."""
    statement = select(findings).where(findings.c.finding_id == finding_id, findings.c.tenant == tenant)
    return await _one(transaction, statement)


async def finding_page(transaction: Transaction, job_id: str, limit: int | None, after: Position) -> Sequence[Row[Any]]:
    """Return findings of a job in order of time; a position is the last one's number. No limit: all of them."""
    statement = select(findings).where(findings.c.job_id == job_id)
    return await _positions(transaction, findings, statement, limit, after)


async def piece_page(
    transaction: Transaction, table: str, job_id: str, limit: int, after: Position
) -> Sequence[Row[Any]]:
    """Return what was read, heard or fixed, in order of time; a position is the last one's number."""
    pieces = TABLES[table]
    return await _positions(transaction, pieces, select(pieces).where(pieces.c.job_id == job_id), limit, after)


async def decision_page(transaction: Transaction, finding_id: str, limit: int, after: Position) -> Sequence[Row[Any]]:
    """Return the decisions on a finding, the newest first; a position is the last one's number."""
    statement = select(decisions).where(decisions.c.finding_id == finding_id)
    if after:
        statement = statement.where(decisions.c.decision_id < int(after[0]))
    return (await transaction.execute(statement.order_by(decisions.c.decision_id.desc()).limit(limit))).all()


async def events_after(transaction: Transaction, job_id: str, sequence: int) -> tuple[Sequence[Row[Any]], bool]:
    """Return up to `EVENT_BATCH` stored events after a sequence, and whether no end is still to come."""
    # The state is read first: an end that commits between the two reads is then seen in the next round.
    ended = (await _one(transaction, select(jobs.c.status).where(jobs.c.job_id == job_id))).status in ENDED
    statement = (
        select(job_events)
        .where(job_events.c.job_id == job_id, job_events.c.sequence > sequence)
        .order_by(job_events.c.sequence)
        .limit(EVENT_BATCH)
    )
    return (await transaction.execute(statement)).all(), ended


async def _positions(
    transaction: Transaction, table: Table, statement: Select[Any], limit: int | None, after: Position
) -> Sequence[Row[Any]]:
    if after:
        statement = statement.where(table.c.position > int(after[0]))
    return (await transaction.execute(statement.order_by(table.c.position).limit(limit))).all()


async def _one(transaction: Transaction, statement: Select[Any]) -> Row[Any]:
    row = (await transaction.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return row

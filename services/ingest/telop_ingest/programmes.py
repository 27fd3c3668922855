"""What is known of a programme across its jobs: earlier findings, and mistakes that somebody decided to live with.

A decision of `intended` or `false_alarm` silences the same mistake in later jobs of the same programme of the same
tenant, until a later decision says otherwise or the suppression is withdrawn. A job knows what was decided before it
was prepared.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Row, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from telop_chassis.database import Transaction
from telop_chassis.problems import NotFound
from telop_contracts.check.v1 import Memory, Suppression
from telop_contracts.finding.v1 import Finding
from telop_contracts.media.v1 import CheckRequest

from telop_ingest.reasons import EARLIER_JOB_NOT_CHECKED, EARLIER_JOB_OTHER_PROGRAMME, EARLIER_JOB_UNKNOWN
from telop_ingest.tables import findings, jobs, suppressions

SILENCING: Final = ("intended", "false_alarm")
MOST_KNOWN: Final = 100_000
"""Findings and suppressions that a job is told of."""


async def why_not_earlier(transaction: Transaction, tenant: str, request: CheckRequest) -> str | None:
    """Return why the request's earlier job cannot be compared with; None if it can, or none is named."""
    if request.earlier_job_id is None:
        return None
    statement = select(jobs).where(jobs.c.job_id == request.earlier_job_id, jobs.c.tenant == tenant)
    row = (await transaction.execute(statement)).one_or_none()
    if row is None:
        return EARLIER_JOB_UNKNOWN
    if row.programme != request.programme:
        return EARLIER_JOB_OTHER_PROGRAMME
    return None if row.result_sha256 else EARLIER_JOB_NOT_CHECKED


async def memory(transaction: Transaction, tenant: str, request: CheckRequest) -> Memory | None:
    """Return what is known for a job; None if that is nothing."""
    earlier = None
    if request.earlier_job_id is not None:
        statement = select(findings.c.payload).where(
            findings.c.job_id == request.earlier_job_id, findings.c.tenant == tenant
        )
        rows = await transaction.execute(statement.order_by(findings.c.position).limit(MOST_KNOWN))
        earlier = tuple(Finding.model_validate_json(row.payload, extra="ignore") for row in rows)
    silent = await _silent(transaction, tenant, request.programme) if request.programme else ()
    return None if earlier is None and not silent else Memory(earlier=earlier, suppressions=silent)


async def _silent(transaction: Transaction, tenant: str, programme: str) -> tuple[Suppression, ...]:
    statement = select(suppressions.c.mistake_id, suppressions.c.decision).where(
        suppressions.c.tenant == tenant, suppressions.c.programme == programme
    )
    rows = await transaction.execute(statement.order_by(suppressions.c.decided_at.desc()).limit(MOST_KNOWN))
    return tuple(Suppression(mistake_id=row.mistake_id, decision=row.decision) for row in rows)


async def decided(
    transaction: Transaction, job: Row[Any], finding: Row[Any], *, decision: str, by: str, at: datetime
) -> None:
    """Let a decision silence its mistake in the programme from now on, or sound again."""
    mistake = Finding.model_validate_json(finding.payload, extra="ignore").mistake_id
    if job.programme is None or mistake is None:
        return
    if decision not in SILENCING:
        await transaction.execute(
            delete(suppressions).where(
                suppressions.c.tenant == job.tenant,
                suppressions.c.programme == job.programme,
                suppressions.c.mistake_id == mistake,
            )
        )
        return
    values = {"decision": decision, "finding": finding.payload, "decided_by": by, "decided_at": at}
    key = {"tenant": job.tenant, "programme": job.programme, "mistake_id": mistake}
    statement = insert(suppressions).values(suppression_id=f"sup_{uuid4().hex}", **key, **values)
    await transaction.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


async def page(
    transaction: Transaction, tenant: str, programme: str | None, limit: int, after: tuple[Any, ...] | None
) -> Sequence[Row[Any]]:
    """Return suppressions, the newest first; a position is decision time in ISO 8601 and id."""
    statement = select(suppressions).where(suppressions.c.tenant == tenant)
    if programme is not None:
        statement = statement.where(suppressions.c.programme == programme)
    if after:
        place = (datetime.fromisoformat(str(after[0])), str(after[1]))
        statement = statement.where(tuple_(suppressions.c.decided_at, suppressions.c.suppression_id) < place)
    ordered = statement.order_by(suppressions.c.decided_at.desc(), suppressions.c.suppression_id.desc())
    return (await transaction.execute(ordered.limit(limit))).all()


async def withdraw(transaction: Transaction, tenant: str, suppression_id: str) -> None:
    """Let a mistake sound again in later jobs; raises `NotFound`."""
    statement = delete(suppressions).where(
        suppressions.c.suppression_id == suppression_id, suppressions.c.tenant == tenant
    )
    if not (await transaction.execute(statement)).rowcount:
        raise NotFound

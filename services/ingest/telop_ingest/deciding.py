"""An operator's decisions on findings: a history that only grows; the newest decision counts."""

from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import update
from telop_chassis.auth import Principal
from telop_chassis.database import Transaction
from telop_contracts.finding.v1 import FindingDecided

from telop_ingest import job_rows, programmes, read_model
from telop_ingest.tables import decisions, findings, jobs

Decision = Literal["accepted", "intended", "false_alarm", "unsure"]


async def decide(
    transaction: Transaction, principal: Principal, finding_id: str, decision: Decision, note: str | None
) -> datetime:
    """Add a decision, announce it and return its time; raises `NotFound`."""
    finding = await read_model.finding(transaction, principal.tenant, finding_id)
    locked = await job_rows.lock(transaction, finding.job_id, principal.tenant)
    assert locked is not None
    job_rows.stay_in_trace(transaction, locked)
    at = datetime.now(UTC)
    row = {"finding_id": finding_id, "decision": decision, "note": note, "decided_by": principal.key_id}
    await transaction.execute(decisions.insert().values(row | {"decided_at": at}))
    await transaction.execute(update(findings).where(findings.c.finding_id == finding_id).values(decision=decision))
    await programmes.decided(transaction, locked, finding, decision=decision, by=principal.key_id, at=at)
    job = (
        await transaction.execute(
            update(jobs).where(jobs.c.job_id == locked.job_id).values(sequence=jobs.c.sequence + 1).returning(jobs)
        )
    ).one()
    await job_rows.store_event(transaction, job, "finding.decided", finding_id=finding_id, decision=decision)
    event = FindingDecided(
        job_id=job.job_id,
        finding_id=finding_id,
        sequence=job.sequence,
        decision=decision,
        note=note,
        decided_at=at,
    )
    await transaction.append(event, tenant=principal.tenant)
    return at

"""Nothing of a job is kept for ever: rows and objects go together, however it ended, and not before their time."""

import asyncio
from pathlib import Path
from typing import Final

import pytest
from telop_chassis.failures import PermanentError
from telop_ingest import retention
from telop_ingest.handlers import DeleteJobHandler

from tests.integration.ingest.harness import TENANT, Ingest, a_result
from tests.support.eventually import eventually

LONG_AGO: Final = "UPDATE jobs SET finished_at = finished_at - interval '366 days' WHERE job_id = :job RETURNING 1"
ROWS: Final = "SELECT count(*) FROM jobs LEFT JOIN findings USING (job_id) WHERE jobs.job_id = :job"


async def look(ingest: Ingest) -> None:
    """What the service does when it starts and every hour."""
    for purge in ingest.service.purges:
        await purge()


def stored(ingest: Ingest, job_id: str) -> list[Path]:
    folder = Path(ingest.service.settings.objects.url.removeprefix("file://")) / f"tenants/{TENANT}/jobs/{job_id}"
    return [path for path in folder.rglob("*") if path.is_file()]


async def ended(ingest: Ingest, clip: bytes, how: str) -> str:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")
    if how == "cancelled":
        await ingest.client.delete(f"/v1/jobs/{job_id}")
    else:
        await ingest.checked(job_id, a_result(job_id))
    await ingest.until(job_id, how)
    return job_id


@pytest.mark.parametrize("how", ["succeeded", "cancelled"])
async def test_a_job_goes_with_its_objects_once_it_was_kept_long_enough(ingest: Ingest, clip: bytes, how: str) -> None:
    job_id, other = await ended(ingest, clip, how), await ended(ingest, clip, how)
    assert await asyncio.to_thread(stored, ingest, job_id)
    await ingest.scalar(LONG_AGO, job=job_id)
    await look(ingest)

    async def is_gone() -> bool:
        return (await ingest.client.get(f"/v1/jobs/{job_id}")).status_code == 404

    await eventually(is_gone)
    await ingest.until_idle()
    assert await asyncio.to_thread(stored, ingest, job_id) == []
    assert await ingest.scalar(ROWS, job=job_id) == 0
    assert (await ingest.job(other))["status"] == how
    assert await asyncio.to_thread(stored, ingest, other)


async def test_a_job_that_is_kept_holds_no_task(ingest: Ingest, clip: bytes) -> None:
    job_id = await ended(ingest, clip, "succeeded")
    await ingest.until_idle()
    await look(ingest)
    tasks = "SELECT count(*) FROM inbox WHERE subject = :job AND type = 'ingest.delete_job'"
    assert await ingest.scalar(tasks, job=job_id) == 0
    assert (await ingest.job(job_id))["status"] == "succeeded"


async def test_a_deletion_that_died_is_not_asked_for_again_and_can_be_requeued_though_its_job_was_cancelled(
    ingest: Ingest, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    jobs = [await ended(ingest, clip, "cancelled") for _ in range(3)]

    async def refuses(*_: object) -> None:
        raise PermanentError("objects_refused")

    for job_id in jobs:
        await ingest.scalar(LONG_AGO, job=job_id)
    with monkeypatch.context() as broken:
        broken.setattr(DeleteJobHandler, "work", refuses)
        for _ in range(2):
            await look(ingest)
            await ingest.until_idle()
    asked = "SELECT array_agg(status) FROM inbox WHERE type = 'ingest.delete_job' AND subject = ANY(:jobs)"
    assert await ingest.scalar(asked, jobs=jobs) == ["dead"] * 3

    answer = await ingest.client.post(f"/v1/dead-letters/ingest.delete_job:{jobs[0]}/requeue")
    assert answer.status_code == 202, answer.text
    await ingest.until_idle()
    assert [(await ingest.client.get(f"/v1/jobs/{job_id}")).status_code for job_id in jobs] == [404, 200, 200]

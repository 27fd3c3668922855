"""Nothing of a job is kept for ever: rows and objects go together, however it ended, and not before their time."""

import asyncio
from pathlib import Path
from typing import Final

import pytest

from tests.integration.ingest.harness import TENANT, Ingest, a_result
from tests.support.eventually import eventually

OVERDUE: Final = "UPDATE inbox SET due_at = clock_timestamp() WHERE type = 'ingest.delete_job' AND status = 'scheduled'"
LONG_AGO: Final = "UPDATE jobs SET finished_at = finished_at - interval '366 days' WHERE job_id = :job RETURNING 1"
ROWS: Final = "SELECT count(*) FROM jobs LEFT JOIN findings USING (job_id) WHERE jobs.job_id = :job"


async def run(ingest: Ingest, statement: str, **parameters: str) -> None:
    await ingest.scalar(f"WITH changed AS ({statement} RETURNING 1) SELECT count(*) FROM changed", **parameters)


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
    await run(ingest, OVERDUE)

    async def is_gone() -> bool:
        return (await ingest.client.get(f"/v1/jobs/{job_id}")).status_code == 404

    await eventually(is_gone)
    await ingest.until_idle()
    assert await asyncio.to_thread(stored, ingest, job_id) == []
    assert await ingest.scalar(ROWS, job=job_id) == 0
    assert (await ingest.job(other))["status"] == how
    assert await asyncio.to_thread(stored, ingest, other)


async def test_a_job_that_is_kept_is_looked_at_again_when_its_time_has_come(ingest: Ingest, clip: bytes) -> None:
    job_id = await ended(ingest, clip, "succeeded")
    await run(ingest, OVERDUE)
    waits = (
        "SELECT extract(day FROM due_at - clock_timestamp()) FROM inbox "
        "WHERE type = 'ingest.delete_job' AND status = 'scheduled' AND subject = :job"
    )

    async def is_put_off() -> bool:
        return (await ingest.scalar(waits, job=job_id) or 0) >= 364

    await eventually(is_put_off)

"""The slow work between acceptance and plan: get the medium, look into it, write down what the stages need.

Nothing is recorded here: each step may be killed and repeated, and writes its objects under keys that a repetition
replaces. What the tenant asked for is read from the job's row, never from the task.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import select
from telop_chassis.database import Database
from telop_chassis.failures import PermanentError, TransientError
from telop_chassis.media_cache import MediaCache
from telop_chassis.objects import REASON_MISSING, ObjectStore
from telop_chassis.outgoing import Outgoing
from telop_chassis.sandbox import Limits, run_child
from telop_contracts.job.v1 import TIMECODE_FROM_ZERO, TIMECODE_OF_FILE, TIMECODE_SUPPLIED
from telop_contracts.media.v1 import CheckRequest
from telop_contracts.values import ObjectRef

from telop_ingest import planning, timecodes, uploads
from telop_ingest.admission import is_supported
from telop_ingest.briefing import Briefed, Briefing
from telop_ingest.fetching import FetchLimits, fetch
from telop_ingest.reasons import LANGUAGE_UNSUPPORTED, MEDIA_UNKNOWN, TIMECODE_IMPOSSIBLE
from telop_ingest.settings import Settings
from telop_ingest.tables import jobs


@dataclass(frozen=True)
class Prepared:
    """A medium that was probed and planned, and the documents that the stages read."""

    language: str
    media: planning.Media
    plan: planning.Plan
    briefed: Briefed


class Preparation:
    """Fetches, probes and plans."""

    def __init__(
        self, database: Database, objects: ObjectStore, cache: MediaCache, outgoing: Outgoing, settings: Settings
    ) -> None:
        self._database = database
        self._objects = objects
        self._cache = cache
        self._settings = settings.ingest
        self._outgoing = outgoing
        self._briefing = Briefing(database, objects, settings.ingest.max_transcript_bytes)

    async def medium(self, tenant: str, job_id: str, attempt: int) -> ObjectRef:
        """Return the job's medium in the object store, fetching it there if it has a URL."""
        request = await self._request(tenant, job_id)
        if not is_supported(request.language, self._settings.languages):
            raise PermanentError(LANGUAGE_UNSUPPORTED)
        source = request.media
        if source.media_id is not None:
            return await self._upload(tenant, source.media_id, MEDIA_UNKNOWN)
        if source.object_key is not None:
            return await self._present(tenant, source.object_key)
        assert source.url is not None
        with _last_try(attempt, self._settings.fetch_attempts):
            return await self._fetch(source.url, f"tenants/{tenant}/jobs/{job_id}/media")

    async def plan(self, tenant: str, job_id: str, medium: ObjectRef, attempt: int) -> Prepared:
        """Probe the medium, plan it, and store what the stages need to know."""
        request = await self._request(tenant, job_id)
        with _last_try(attempt, self._settings.probe_attempts):
            media = _started(await self._probe(medium, request.language), request.start_timecode)
        briefed = await self._briefing.write(tenant, job_id, request, media.duration_s)
        plan = planning.plan(
            media,
            has_transcript=briefed.transcript is not None,
            segment_s=self._settings.segment_s,
            overlap_s=self._settings.overlap_s,
        )
        return Prepared(request.language, media, plan, briefed)

    async def _request(self, tenant: str, job_id: str) -> CheckRequest:
        async with self._database.transaction("read request") as transaction:
            statement = select(jobs.c.request).where(jobs.c.job_id == job_id, jobs.c.tenant == tenant)
            body: str = (await transaction.execute(statement)).scalar_one()
        return CheckRequest.model_validate_json(body)

    async def _upload(self, tenant: str, media_id: str, missing: str) -> ObjectRef:
        async with self._database.transaction("find upload") as transaction:
            found = await uploads.find(transaction, tenant, media_id)
        if found is None:
            raise PermanentError(missing)
        return found

    async def _present(self, tenant: str, key: str) -> ObjectRef:
        if not uploads.is_own_key(tenant, key):
            raise PermanentError(MEDIA_UNKNOWN)
        try:
            return await self._objects.describe(key)
        except PermanentError as error:
            raise PermanentError(MEDIA_UNKNOWN if error.reason == REASON_MISSING else error.reason) from None

    async def _fetch(self, url: str, key: str) -> ObjectRef:
        limit = self._settings.max_media_bytes
        limits = FetchLimits(limit, self._settings.fetch_total_s, self._settings.fetch_idle_s)
        return await fetch(self._outgoing, url, limits, lambda body: self._objects.put_stream(key, body, limit))

    async def _probe(self, medium: ObjectRef, language: str) -> planning.Media:
        async with self._cache.open(medium) as path:
            request = {
                "path": str(path),
                "language": language,
                "max_pixels": self._settings.max_pixels,
                "max_duration_s": self._settings.max_duration_s,
            }
            limits = Limits(wall_s=self._settings.probe_s, cpu_s=max(1, round(self._settings.probe_s)))
            return planning.Media(**await run_child("telop_ingest.probing", request, limits, reads=[path]))


def _started(media: planning.Media, supplied: str | None) -> planning.Media:
    """Say where the timecodes of a picture begin; what the job supplied goes before what the file says."""
    if not media.has_video:
        return media
    if supplied is None:
        source = TIMECODE_OF_FILE if media.start_timecode else TIMECODE_FROM_ZERO
        return replace(media, timecode_source=source)
    try:
        start = timecodes.checked(supplied, media.frame_rate)
    except timecodes.ImpossibleTimecode as error:
        raise PermanentError(TIMECODE_IMPOSSIBLE, str(error)) from None
    return replace(media, start_timecode=start, timecode_source=TIMECODE_SUPPLIED)


@contextmanager
def _last_try(attempt: int, limit: int) -> Iterator[None]:
    """Give up on a passing error after fewer tries than the chassis would: whoever sent the job is waiting."""
    try:
        yield
    except TransientError as error:
        if attempt >= limit:
            raise PermanentError(error.reason, error.detail) from None
        raise

"""The report of a job, for people, for programs and for editing systems."""

import asyncio
import base64
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel
from telop_chassis.auth import JobsRead
from telop_chassis.failures import PermanentError
from telop_chassis.objects import ObjectStore
from telop_chassis.problems import Conflict, problem_responses
from telop_contracts.finding.v1 import Finding
from telop_contracts.job.v1 import MediaFacts

from telop_ingest import markers, read_model, reports, uploads
from telop_ingest.api.views import FindingView, JobId, JobView, StoredRow, TheDatabase, TheObjects, facts_of
from telop_ingest.job_rows import ENDED
from telop_ingest.timecodes import Clock

router = APIRouter(prefix="/v1/jobs/{job_id}", tags=["results"])

Format = Literal["json", "csv", "html", "edl", "avid", "fcpxml", "srt", "vtt"]
MEDIA_TYPES: Final[Mapping[Format, str]] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "edl": "text/plain; charset=utf-8",
    "avid": "text/plain; charset=utf-8",
    "fcpxml": "application/xml",
    "srt": "application/x-subrip",
    "vtt": "text/vtt; charset=utf-8",
}
SUFFIXES: Final[Mapping[Format, str]] = {"csv": "csv", "edl": "edl", "avid": "txt", "fcpxml": "fcpxml", "srt": "srt"}
"""Of what is saved rather than shown."""
USER: Final = "Telopcheck"
STILLS_BYTES: Final = 16 * 1024 * 1024
"""Of pictures in one page: about 80 at 1080p. What comes after has none."""
PAGE_POLICY: Final = (
    "default-src 'none'; img-src data:; frame-ancestors 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(reports.STYLE.encode()).digest()).decode()
    + "'"
)


class JobNotEnded(Conflict):
    """A report of half a job would mislead."""

    code = "job_not_ended"
    title = "The job has not ended yet"


class NoFrames(Conflict):
    """Markers stand at frames."""

    code = "no_frames"
    title = "The medium has no picture: ask for json, csv, html, srt or vtt"


class ReportView(BaseModel):
    """A job and all its findings."""

    job: JobView
    findings: list[FindingView]


@router.get(
    "/report",
    status_code=200,
    response_model=ReportView,
    summary="The report of a job that has ended",
    responses=problem_responses(404, 409),
)
async def get_report(
    job_id: JobId,
    principal: JobsRead,
    database: TheDatabase,
    objects: TheObjects,
    report_format: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """Return all findings: as JSON, CSV or an HTML page with pictures; as markers for DaVinci Resolve (edl), Avid Media
    Composer (avid) or Final Cut Pro (fcpxml), without what is suppressed; or as subtitles (srt, vtt).
    """
    async with database.transaction("read report") as transaction:
        job = await read_model.job(transaction, principal.tenant, job_id)
        if job.status not in ENDED:
            raise JobNotEnded
        rows = await read_model.finding_page(transaction, job_id, None, None)
    stills = await _stills(objects, principal.tenant, rows) if report_format == "html" else {}
    body = await asyncio.to_thread(_report, job, rows, report_format, stills)
    suffix = SUFFIXES.get(report_format)
    headers = {"Content-Disposition": f'attachment; filename="{job_id}.{suffix}"'} if suffix else {}
    if report_format == "html":
        headers["Content-Security-Policy"] = PAGE_POLICY
    return Response(body, media_type=MEDIA_TYPES[report_format], headers=headers)


async def _stills(objects: ObjectStore, tenant: str, rows: Sequence[StoredRow]) -> dict[str, bytes]:
    """The pictures of the findings, by finding id, as far as they go; a picture that is gone is left out."""
    stills: dict[str, bytes] = {}
    room = STILLS_BYTES
    for row in rows:
        found = Finding.model_validate_json(row.payload, extra="ignore")
        if found.still is None or not uploads.is_own_key(tenant, found.still.key):
            continue
        room -= found.still.bytes
        if room < 0:
            break
        with suppress(PermanentError):
            stills[found.finding_id] = await objects.get_bytes(found.still)
    return stills


def _report(job: StoredRow, rows: Sequence[StoredRow], report_format: Format, stills: Mapping[str, bytes]) -> str:
    facts = facts_of(job)
    report = ReportView(job=JobView.of(job), findings=[FindingView.of(row, facts) for row in rows])
    match report_format:
        case "json":
            return report.model_dump_json()
        case "csv":
            return reports.as_csv(_cells(report))
        case "html":
            shown = report.model_dump()
            return reports.as_html(shown["job"], _facts(report.job), shown["findings"], stills)
        case "srt":
            return markers.as_srt(_marks(report))
        case "vtt":
            return markers.as_vtt(_marks(report))
    return _at_frames(report, facts, report_format)


def _at_frames(report: ReportView, facts: MediaFacts | None, report_format: Format) -> str:
    clock = Clock.of(facts.frame_rate, facts.start_timecode, facts.video_start_s) if facts else None
    if facts is None or clock is None:
        raise NoFrames
    title = f"{USER} {report.job.programme or report.job.job_id}"
    if report_format == "edl":
        return markers.as_edl(title, _marks(report), clock)
    if report_format == "avid":
        return markers.as_avid(USER, _marks(report), clock)
    return markers.as_fcpxml(title, _marks(report), clock, facts.duration_s)


def _cells(report: ReportView) -> list[dict[str, object]]:
    return [
        each.model_dump()
        | {"wrong": each.wrong.text, "witnesses": ", ".join(each.witnesses), "reasons": " ".join(each.reasons)}
        for each in report.findings
    ]


def _marks(report: ReportView) -> list[markers.Mark]:
    """Every occurrence of what is not suppressed, in order of time."""
    marks = []
    for each in report.findings:
        if each.suppressed is not None:
            continue
        right = f' -> "{each.suggestion}"' if each.suggestion else ""
        about = f'{each.kind}: "{each.wrong.text or each.heard}"{right} in "{each.written}"'
        shown = [(shown.start_s, shown.end_s) for shown in each.occurrences] or [(each.start_s, each.end_s)]
        marks += [markers.Mark(start_s, end_s, each.severity, about) for start_s, end_s in shown]
    return sorted(marks, key=lambda mark: (mark.start_s, mark.end_s))


def _facts(job: JobView) -> dict[str, object]:
    """What is to be said of a job, for people."""
    shown: dict[str, object] = {"job": job.job_id, "status": job.status, "language": job.language}
    if job.finished_at:
        shown["finished"] = f"{job.finished_at:%Y-%m-%d %H:%M} UTC"
    if media := job.media:
        picture = f", {media.width}x{media.height} at {media.frame_rate:g} fps" if media.has_video else ""
        shown["medium"] = f"{media.duration_s:.1f} s of {media.format}{picture}, SHA-256 {media.sha256}"
    if job.error:
        shown["failed because"] = f"{job.error.reason} {job.error.detail}"
    unchecked = "; ".join(f"{u.stage} {u.start_s:.0f}-{u.end_s:.0f} s: {u.reason}" for u in job.unchecked)
    shown |= {"verdict because of": ", ".join(job.verdict_reasons), "not checked": unchecked}
    if job.coverage is None:
        return shown
    telops = ", ".join(f"{count} by {witness}" for witness, count in job.coverage.telops.items() if count)
    shares = {"names": job.coverage.names, "numbers": job.coverage.numbers}
    return (
        shown
        | {"telops verified": telops}
        | {f"{name} verified": f"{share.verified} of {share.total}" for name, share in shares.items()}
    )

"""The documents that go with a plan: by which rules to judge, what is said, the script, and what is known from before.

Each is an object beside the job, under a key that a repetition replaces; the plan names them. Files that were uploaded
are read here, and refused as a whole if they are not what they were said to be.
"""

import asyncio
from dataclasses import asdict, dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError
from telop_chassis.database import Database
from telop_chassis.failures import PermanentError
from telop_chassis.objects import ObjectStore
from telop_contracts.media.v1 import CheckRequest, ScriptLine, TranscriptFile, TranscriptLine
from telop_contracts.values import ObjectRef

from telop_ingest import programmes, ruling, transcripts, uploads
from telop_ingest.reasons import SCRIPT_MALFORMED, SCRIPT_UNKNOWN, TRANSCRIPT_MALFORMED, TRANSCRIPT_UNKNOWN

_SAID: Final = TypeAdapter(tuple[TranscriptLine, ...])
_SCRIPT: Final = TypeAdapter(tuple[ScriptLine, ...])
UNTIMED: Final = "txt"


@dataclass(frozen=True)
class Briefed:
    """The stored documents of a job."""

    rules: ObjectRef
    transcript: ObjectRef | None
    script: ObjectRef | None
    memory: ObjectRef | None


class Briefing:
    """Writes the documents."""

    def __init__(self, database: Database, objects: ObjectStore, max_file_bytes: int) -> None:
        self._database = database
        self._objects = objects
        self._max_file_bytes = max_file_bytes

    async def write(self, tenant: str, job_id: str, request: CheckRequest, duration_s: float) -> Briefed:
        """Store what the stages need to know. Raises `PermanentError` for what cannot be had."""
        said = await self._said(tenant, request, duration_s)
        script = await self._script(tenant, request, duration_s)
        async with self._database.transaction("read what is known") as transaction:
            if refusal := await programmes.why_not_earlier(transaction, tenant, request):
                raise PermanentError(refusal)
            rules = ruling.merged(request, await ruling.of_tenant(transaction, tenant))
            memory = await programmes.memory(transaction, tenant, request)

        async def put(name: str, document: bytes) -> ObjectRef:
            return await self._objects.put_bytes(f"tenants/{tenant}/jobs/{job_id}/{name}.json", document)

        return Briefed(
            rules=await put("rules", rules.model_dump_json().encode()),
            transcript=await put("transcript", _SAID.dump_json(said)) if said else None,
            script=await put("script", _SCRIPT.dump_json(script)) if script else None,
            memory=await put("memory", memory.model_dump_json().encode()) if memory else None,
        )

    async def _said(self, tenant: str, request: CheckRequest, duration_s: float) -> tuple[TranscriptLine, ...] | None:
        if not isinstance(request.transcript, TranscriptFile):
            return request.transcript
        try:
            lines = await self._lines(tenant, request.transcript, duration_s, request.language, TRANSCRIPT_UNKNOWN)
            return _SAID.validate_python([asdict(line) for line in lines])
        except (transcripts.Malformed, ValidationError):
            raise PermanentError(TRANSCRIPT_MALFORMED) from None

    async def _script(self, tenant: str, request: CheckRequest, duration_s: float) -> tuple[ScriptLine, ...] | None:
        if not isinstance(request.script, TranscriptFile):
            return request.script
        try:
            lines = await self._lines(tenant, request.script, duration_s, request.language, SCRIPT_UNKNOWN)
            if request.script.format == UNTIMED:  # its times are estimates, for want of any
                return tuple(ScriptLine(text=line.text) for line in lines)
            return _SCRIPT.validate_python([asdict(line) for line in lines])
        except (transcripts.Malformed, ValidationError):
            raise PermanentError(SCRIPT_MALFORMED) from None

    async def _lines(
        self, tenant: str, file: TranscriptFile, duration_s: float, language: str, missing: str
    ) -> tuple[transcripts.Line, ...]:
        async with self._database.transaction("find upload") as transaction:
            found = await uploads.find(transaction, tenant, file.media_id)
        if found is None:
            raise PermanentError(missing)
        data = await self._objects.get_bytes(found, self._max_file_bytes)
        return await asyncio.to_thread(transcripts.read, data, file.format, duration_s, language)

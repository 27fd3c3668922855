"""What asr consumes: segments to hear and spans to hear again. The only place where contracts meet its own types."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import astuple
from typing import Final

from pydantic import TypeAdapter, ValidationError
from telop_chassis.database import Database
from telop_chassis.failures import PermanentError
from telop_chassis.media_cache import MediaCache
from telop_chassis.objects import ObjectStore
from telop_chassis.stages import RecheckHandler, Recognised, SegmentHandler, SegmentResults, for_segment
from telop_chassis.work_keys import code_digest, work_key
from telop_contracts.check.v1 import Rules
from telop_contracts.media.v1 import TranscriptLine
from telop_contracts.recheck.v1 import Likelihood, RecheckAnswered, RecheckRequested
from telop_contracts.segment.v1 import SegmentPlanned
from telop_contracts.speech.v1 import Alternative, SpeechTranscribed, Word
from telop_contracts.values import STAGE_ASR, Cost, EngineFingerprint, ObjectRef

from telop_asr import supplied
from telop_asr.listening import Heard, Listener, Sound
from telop_asr.tables import transcripts
from telop_asr.transcription import HeardWord, Line, Name

CODE: Final = code_digest("telop_asr", "telop_chassis")
REACH_S: Final = 6.0
"""Segments overlap by 2 s and are stitched near the middle of that. What both heard there is the same if both heard the
same stretches of speech, up to their pauses: of 27 seams that was so at 25 with 6 s, at 1 with 1 s."""
CLEAR_NATS: Final = 30.0
"""By which a candidate must fit better than the next: less happens where a voice says words in its own way."""
_LINES: TypeAdapter[list[TranscriptLine]] = TypeAdapter(list[TranscriptLine])


class TranscribeSegment(SegmentHandler[SpeechTranscribed]):
    """Transcribes a segment once, however often it is planned, and for however many jobs of one tenant."""

    stage = STAGE_ASR

    def __init__(self, database: Database, media: MediaCache, objects: ObjectStore, listener: Listener) -> None:
        super().__init__(SegmentResults(database, transcripts, SpeechTranscribed))
        self._media = media
        self._objects = objects
        self._listener = listener

    async def recognise(self, tenant: str, segment: SegmentPlanned) -> Recognised[SpeechTranscribed]:
        """Hear it, or take the job's own transcript, which serves no other job."""
        key: str | None = None
        if segment.transcript is not None:
            began = time.monotonic()
            lines = await self._lines(segment.transcript)
            words = supplied.hear(lines, segment.language, segment.start_s, segment.end_s)
            heard, engine = Heard(words, [], "none", time.monotonic() - began), supplied.FINGERPRINT
        else:
            roster = await _roster(self._objects, segment.rules)
            key = work_key(segment, await self._listener.fingerprint(), CODE, roster=[astuple(name) for name in roster])
            done = await self._results.of_same_work(tenant, key)
            if done is not None:
                return Recognised(for_segment(done, segment), key)
            heard, engine = await _heard(self._media, self._listener, segment, reach_s=REACH_S, roster=roster)
        return Recognised(_event(segment, heard, engine), key)

    async def _lines(self, transcript: ObjectRef) -> Sequence[Line]:
        try:
            lines = _LINES.validate_json(await self._objects.get_bytes(transcript), strict=True)
        except ValidationError:
            raise PermanentError("transcript_malformed") from None
        return [Line(line.start_s, line.end_s, line.text) for line in lines]


class ListenAgain(RecheckHandler):
    """Hears a span in doubt a second time, by itself: without the speech around it words may come out differently.

    Where it is told what may have been said, it says how well each of that fits the sound, and hears nothing else.
    """

    stage = STAGE_ASR

    def __init__(self, media: MediaCache, objects: ObjectStore, listener: Listener) -> None:
        self._media = media
        self._objects = objects
        self._listener = listener

    async def answer(self, tenant: str, request: RecheckRequested) -> RecheckAnswered:
        """Listen."""
        roster = await _roster(self._objects, request.rules) if request.rules else ()
        if request.candidates:
            return await self._compared(request, roster)
        heard, engine = await _heard(self._media, self._listener, request, roster=roster)
        return RecheckAnswered(
            job_id=request.job_id,
            recheck_id=request.recheck_id,
            stage=STAGE_ASR,
            words=_contract(heard.words),
            engine=engine,
        )

    async def _compared(self, request: RecheckRequested, roster: tuple[Name, ...]) -> RecheckAnswered:
        async with _sound(self._media, request, 0.0, roster) as sound:
            found = await self._listener.compare(sound, request.candidates)
        rated = [(nats, text) for text, nats in zip(request.candidates, found, strict=True) if nats is not None]
        best = sorted(rated, reverse=True)[:2]
        is_clear = len(best) == 2 and best[0][0] - best[1][0] >= CLEAR_NATS
        return RecheckAnswered(
            job_id=request.job_id,
            recheck_id=request.recheck_id,
            stage=STAGE_ASR,
            likeliest=best[0][1] if is_clear else None,
            start_s=request.start_s,
            end_s=request.end_s,
            likelihoods=tuple(Likelihood(text=text, nats=round(nats, 1)) for nats, text in rated),
            engine=await self._listener.fingerprint(),
        )


async def _roster(objects: ObjectStore, rules: ObjectRef) -> tuple[Name, ...]:
    try:
        roster = Rules.model_validate_json(await objects.get_bytes(rules), strict=True).roster
    except ValidationError:
        raise PermanentError("rules_malformed") from None
    return tuple(Name(entry.text, entry.reading) for entry in roster)


@asynccontextmanager
async def _sound(
    media: MediaCache, asked: SegmentPlanned | RecheckRequested, reach_s: float, roster: tuple[Name, ...]
) -> AsyncIterator[Sound]:
    facts = asked.media
    if not facts.has_audio:
        raise PermanentError("no_audio_track")
    async with media.open(facts.object) as path:
        span = (asked.language, asked.start_s, asked.end_s)
        yield Sound(path, facts.format, facts.audio_track, *span, reach_s, roster)


async def _heard(
    media: MediaCache,
    listener: Listener,
    asked: SegmentPlanned | RecheckRequested,
    *,
    reach_s: float = 0.0,
    roster: tuple[Name, ...] = (),
) -> tuple[Heard, EngineFingerprint]:
    async with _sound(media, asked, reach_s, roster) as sound:
        return await listener.hear(sound), await listener.fingerprint()


def _event(segment: SegmentPlanned, heard: Heard, engine: EngineFingerprint) -> SpeechTranscribed:
    return SpeechTranscribed(
        job_id=segment.job_id,
        segment_id=segment.segment_id,
        index=segment.index,
        words=_contract(heard.words),
        engine=engine,
        cost=Cost(
            wall_s=round(heard.wall_s, 3),
            media_s=segment.end_s - segment.start_s,
            engine_calls=0 if segment.transcript else 1,
            device=heard.device,
        ),
        not_biased=tuple(heard.not_biased),
    )


def _contract(words: Sequence[HeardWord]) -> tuple[Word, ...]:
    return tuple(
        Word(
            text=word.text,
            start_s=round(word.start_s, 3),
            end_s=round(word.end_s, 3),
            confidence=round(word.confidence, 4),
            alternatives=tuple(
                Alternative(text=each.text, confidence=round(each.confidence, 4)) for each in word.alternatives
            ),
            open_start=word.open_start,
            open_end=word.open_end,
        )
        for word in words
    )

"""What ocr consumes: segments to read and boxes to look at again. The only place where contracts meet its own types."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from telop_chassis.database import Database
from telop_chassis.failures import PermanentError
from telop_chassis.media_cache import MediaCache
from telop_chassis.objects import ObjectStore
from telop_chassis.stages import RecheckHandler, Recognised, SegmentHandler, SegmentResults, for_segment
from telop_chassis.work_keys import code_digest, work_key
from telop_contracts.recheck.v1 import RecheckAnswered, RecheckRequested
from telop_contracts.segment.v1 import SegmentPlanned
from telop_contracts.telops.v1 import FoldedSpan, Reading, SecondReading, Telop, TelopLine, TelopsRead
from telop_contracts.values import STAGE_OCR, Box, Cost, ObjectRef

from telop_ocr import examination
from telop_ocr.captions import SeenTelop, TextReading
from telop_ocr.examination import Examined
from telop_ocr.lines import Area
from telop_ocr.recognition import Footage, Recogniser, Recognition
from telop_ocr.second_readings import SecondReadings
from telop_ocr.tables import readings

CODE: Final = code_digest("telop_ocr", "telop_chassis")
MOST_FOLDED = 200
"""What the contract takes for one telop."""
MOST_TELOPS = 500
"""What one event may carry; a segment of 30 s with more is no programme but a page of text that scrolls."""


class ReadSegment(SegmentHandler[TelopsRead]):
    """Reads a segment once, however often it is planned, and for however many jobs of one tenant.

    `recipe` names the settings, beside those of the engine, that change a result.
    """

    stage = STAGE_OCR

    def __init__(
        self,
        database: Database,
        media: MediaCache,
        objects: ObjectStore,
        recogniser: Recogniser,
        *,
        recipe: str,
        second: SecondReadings | None = None,
    ) -> None:
        super().__init__(SegmentResults(database, readings, TelopsRead))
        self._media = media
        self._objects = objects
        self._recogniser = recogniser
        self._recipe = recipe
        self._second = second

    async def recognise(self, tenant: str, segment: SegmentPlanned) -> Recognised[TelopsRead] | None:
        """Read it, if there is a picture."""
        if not segment.media.has_video:
            return None
        engine = await self._recogniser.engine()
        key = work_key(segment, engine, CODE, recipe=self._recipe)
        done = await self._results.of_same_work(tenant, key)
        if done is not None and (own := await self._copied(tenant, segment, done.telops)) is not None:
            return Recognised(for_segment(done, segment, telops=own), key)
        async with self._media.open(segment.media.object) as path:
            footage = Footage(path, segment.media.format, segment.start_s, segment.end_s)
            async with self._recogniser.recognised(footage) as found:
                if len(found.telops) > MOST_TELOPS:
                    raise PermanentError("too_many_telops")
                seen = (found.telops, found.stills, segment.media.width, engine.model)
                examined = await asyncio.to_thread(examination.examine, *seen)
                telops = await self._kept(tenant, segment, found, examined)
        event = TelopsRead(
            job_id=segment.job_id,
            segment_id=segment.segment_id,
            index=segment.index,
            telops=telops,
            engine=engine,
            cost=Cost(
                wall_s=round(found.wall_s, 3),
                media_s=segment.end_s - segment.start_s,
                engine_calls=found.engine_calls,
                device="cpu",
            ),
        )
        return Recognised(event, key)

    async def _copied(self, tenant: str, segment: SegmentPlanned, telops: Sequence[Telop]) -> tuple[Telop, ...] | None:
        """Another job's telops with their pictures as this job's own; None if they were deleted with that job."""
        copies: dict[str, ObjectRef] = {}
        pictures = [picture for telop in telops for picture in (telop.still, telop.crop) if picture is not None]
        try:
            for picture in pictures:
                if picture.key not in copies:
                    _, folder, name = picture.key.rsplit("/", 2)
                    key = f"tenants/{tenant}/jobs/{segment.job_id}/{folder}/{segment.index}-{name.partition('-')[2]}"
                    copies[picture.key] = await self._objects.put_bytes(key, await self._objects.get_bytes(picture))
        except PermanentError:
            return None
        return tuple(
            telop.model_copy(
                update={
                    name: copies[picture.key]
                    for name, picture in (("still", telop.still), ("crop", telop.crop))
                    if picture is not None
                }
            )
            for telop in telops
        )

    async def _kept(
        self, tenant: str, segment: SegmentPlanned, found: Recognition, examined: Sequence[Examined]
    ) -> tuple[Telop, ...]:
        """Store the stills and crops, and name them."""
        folder = f"tenants/{tenant}/jobs/{segment.job_id}"
        stills = {
            frame: await self._objects.put_file(f"{folder}/stills/{segment.index}-{frame}.jpg", file)
            for frame, file in found.stills.items()
        }
        crops = [
            await self._objects.put_bytes(f"{folder}/crops/{segment.index}-{number}.jpg", each.crop)
            for number, each in enumerate(examined)
        ]
        second = await self._read_again(tenant, segment, found.telops, examined)
        kept = zip(found.telops, examined, crops, second, strict=True)
        return tuple(_telop(telop, each, stills[telop.still], crop, again) for telop, each, crop, again in kept)

    async def _read_again(
        self, tenant: str, segment: SegmentPlanned, telops: Sequence[SeenTelop], examined: Sequence[Examined]
    ) -> list[tuple[SecondReading, ...]]:
        """Ask the second reader, where there is one, about telops in doubt."""
        found: list[tuple[SecondReading, ...]] = [() for _ in telops]
        if self._second is not None:
            reader = self._second.reader
            allowed = reader.allowance(segment.index, segment.start_s, segment.end_s)
            for index in reader.in_doubt(telops, allowed):
                found[index] = await _second_reading(self._second, tenant, segment, examined[index].crop)
        return found


class LookAgain(RecheckHandler):
    """Reads a box in doubt a second time."""

    stage = STAGE_OCR

    def __init__(self, media: MediaCache, recogniser: Recogniser, second: SecondReadings | None = None) -> None:
        self._media = media
        self._recogniser = recogniser
        self._second = second

    async def answer(self, tenant: str, request: RecheckRequested) -> RecheckAnswered:
        """Look."""
        box = request.box
        if box is None:
            raise PermanentError("box_missing")
        async with self._media.open(request.media.object) as path:
            footage = Footage(path, request.media.format, request.start_s, request.end_s)
            sides = (box.x, box.y, box.width, box.height)
            look = await self._recogniser.look_again(footage, sides, request.candidates)
        return RecheckAnswered(
            job_id=request.job_id,
            recheck_id=request.recheck_id,
            stage=STAGE_OCR,
            readings=tuple(_reading(reading) for reading in look.readings),
            second_readings=await _second_reading(self._second, tenant, request, look.crop),
            likeliest=look.likeliest,
            engine=await self._recogniser.engine(),
        )


async def _second_reading(
    second: SecondReadings | None, tenant: str, asked: SegmentPlanned | RecheckRequested, crop: bytes | None
) -> tuple[SecondReading, ...]:
    if second is None or crop is None:
        return ()
    text = await second.read(tenant, asked.job_id, asked.media.duration_s, crop)
    return () if text is None else (SecondReading(text=text, engine=second.engine),)


def _telop(
    telop: SeenTelop, examined: Examined, still: ObjectRef, crop: ObjectRef, second: tuple[SecondReading, ...]
) -> Telop:
    return Telop(
        text=telop.text,
        box=_box(telop.area),
        start_s=telop.start_s,
        end_s=telop.end_s,
        confidence=telop.confidence,
        frames=telop.frames,
        readings=tuple(_reading(reading) for reading in telop.readings),
        open_start=telop.open_start,
        open_end=telop.open_end,
        still=still,
        kind=telop.kind,
        lines=tuple(TelopLine(text=line.text, box=_box(line.area)) for line in telop.lines),
        folded=tuple(FoldedSpan(**asdict(each)) for each in examined.folded[:MOST_FOLDED]),
        second_readings=second,
        crop=crop,
    )


def _box(area: Area) -> Box:
    return Box(x=round(area.x), y=round(area.y), width=round(area.width), height=round(area.height))


def _reading(reading: TextReading) -> Reading:
    return Reading(text=reading.text, confidence=reading.confidence, at_s=reading.at_s)

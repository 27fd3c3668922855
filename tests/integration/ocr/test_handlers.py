"""What ocr records and announces, on a real database, and on the demo's clip with everything real."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import cv2
import numpy as np
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from telop_chassis.database import Database
from telop_chassis.engine_process import EngineProcess
from telop_chassis.failures import PermanentError
from telop_chassis.handlers import DeadItem, Item
from telop_chassis.media_cache import MediaCache
from telop_chassis.objects import ObjectStore
from telop_chassis.settings import CacheSettings, DatabaseSettings, ObjectSettings
from telop_cli.demo.truth import ASSETS, CLIP
from telop_contracts.envelope import Event
from telop_contracts.job.v1 import MediaFacts
from telop_contracts.recheck.v1 import RecheckAnswered, RecheckRequested
from telop_contracts.segment.v1 import SegmentFailed, SegmentPlanned, segment_id
from telop_contracts.telops.v1 import TelopsRead
from telop_contracts.values import Box, EngineFingerprint, ObjectRef
from telop_ocr.captions import SeenTelop, TextReading
from telop_ocr.handlers import LookAgain, ReadSegment
from telop_ocr.lines import Area, Line
from telop_ocr.recognition import Footage, Recogniser, Recognition, SecondLook
from telop_ocr.settings import OcrSettings
from telop_ocr.tables import readings

from tests.integration.ocr.second import second_readings

T = TypeVar("T", SegmentPlanned, RecheckRequested)
TENANT = "acme"
FINGERPRINT = EngineFingerprint(name="scripted", version="1", model="none", settings_sha256="0" * 64)


class ScriptedRecogniser(Recogniser):
    """Sees one telop in every range, and counts."""

    def __init__(self, scratch: Path) -> None:
        super().__init__(EngineProcess("none:none"), OcrSettings(), scratch)
        self.calls = 0
        self.telops = 1
        self.model = FINGERPRINT.model
        self._still = scratch / "7.jpg"
        cv2.imwrite(str(self._still), np.zeros((20, 40, 3), np.uint8))

    async def engine(self) -> EngineFingerprint:
        return FINGERPRINT.model_copy(update={"model": self.model})

    @asynccontextmanager
    async def recognised(self, footage: Footage) -> AsyncIterator[Recognition]:
        self.calls += 1
        read = (TextReading("Harbour", 0.9, footage.start_s),)
        area = Area(1.4, 2, 30.6, 4)
        telop = SeenTelop(
            "Harbour", area, footage.start_s, footage.end_s, 0.9, 9, read, False, True, 7, (Line("Harbour", 0.9, area),)
        )
        yield Recognition([telop] * self.telops, {7: self._still}, 1, 0.5)

    async def look_again(
        self, footage: Footage, box: tuple[int, int, int, int], candidates: Sequence[str] = ()
    ) -> SecondLook:
        self.calls += 1
        return SecondLook(
            (TextReading("Harbour", 0.8, footage.start_s),), candidates[0] if candidates else None, b"\xff\xd8 a crop"
        )


@pytest.fixture
async def database(database_url: Callable[[str], Awaitable[str]]) -> AsyncIterator[Database]:
    made = Database(DatabaseSettings(url=SecretStr(await database_url("ocr"))), service="ocr")
    yield made
    await made.engine.dispose()


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    return ObjectStore(ObjectSettings(url=f"file://{tmp_path}/objects"))


@pytest.fixture
async def medium(objects: ObjectStore) -> MediaFacts:
    stored = await objects.put_file(f"tenants/{TENANT}/media/clip", ASSETS / CLIP)
    return MediaFacts(object=stored, format="mov", duration_s=28.97, has_video=True, has_audio=True)


@pytest.fixture
async def media(objects: ObjectStore, tmp_path: Path) -> AsyncIterator[MediaCache]:
    cache = MediaCache(objects, CacheSettings(dir=tmp_path / "cache"), service="ocr")
    await cache.start()
    yield cache
    await cache.stop()


@pytest.fixture
def recogniser(tmp_path: Path) -> ScriptedRecogniser:
    return ScriptedRecogniser(tmp_path)


@pytest.fixture
def reads(database: Database, media: MediaCache, objects: ObjectStore, recogniser: ScriptedRecogniser) -> ReadSegment:
    return ReadSegment(database, media, objects, recogniser, recipe=uuid4().hex)  # the database serves all tests


def planned(medium: MediaFacts, **changes: object) -> SegmentPlanned:
    job_id = f"job-{uuid4().hex}"
    segment = SegmentPlanned(
        job_id=job_id,
        segment_id=segment_id(job_id, 2),
        index=2,
        start_s=0.0,
        end_s=4.0,
        stages=("ocr", "asr"),
        language="en",
        media=medium,
        rules=medium.object,
    )
    return segment.model_copy(update=changes)


def item(data: T) -> Item[T]:
    return Item(data, TENANT, data.TYPE, uuid4().hex, "/services/ingest", data.job_id, 1, None)


def dead(data: T | None) -> DeadItem[T]:
    return DeadItem(data, TENANT, SegmentPlanned.TYPE, uuid4().hex, "/services/ingest", "job-7", "job-7:2", 3)


async def deliver(
    handler: ReadSegment, database: Database, segment: SegmentPlanned, tenant: str = TENANT
) -> list[Event]:
    """One delivery from start to end; the events that follow."""
    delivery = replace(item(segment), tenant=tenant)
    result = await handler.work(delivery)
    async with database.transaction("test") as transaction:
        return list((await handler.record(transaction, delivery, result)).events)


async def test_a_segment_that_is_delivered_twice_is_read_and_announced_once(
    reads: ReadSegment, database: Database, recogniser: ScriptedRecogniser, medium: MediaFacts
) -> None:
    segment = planned(medium)
    (event,) = await deliver(reads, database, segment)
    assert isinstance(event, TelopsRead)
    assert await deliver(reads, database, segment) == []
    assert recogniser.calls == 1


async def test_a_result_names_telops_cost_engine_and_stills(
    reads: ReadSegment, database: Database, objects: ObjectStore, medium: MediaFacts
) -> None:
    segment = planned(medium)
    (event,) = await deliver(reads, database, segment)
    assert isinstance(event, TelopsRead)
    (telop,) = event.telops
    assert telop.box == Box(x=1, y=2, width=31, height=4)
    assert (event.index, event.engine, event.cost.media_s, event.cost.engine_calls) == (2, FINGERPRINT, 4.0, 1)
    assert telop.still is not None
    assert telop.still.key == f"tenants/{TENANT}/jobs/{segment.job_id}/stills/2-7.jpg"
    assert await shown(objects, telop.still) == (20, 40, 3)
    assert telop.crop is not None
    assert telop.crop.key == f"tenants/{TENANT}/jobs/{segment.job_id}/crops/2-0.jpg"
    assert await shown(objects, telop.crop) < (20, 40, 3)


async def test_a_second_job_on_the_same_medium_is_answered_without_reading(
    reads: ReadSegment, database: Database, recogniser: ScriptedRecogniser, medium: MediaFacts
) -> None:
    first, second = planned(medium), planned(medium)
    (before,) = await deliver(reads, database, first)
    (after,) = await deliver(reads, database, second)
    assert isinstance(before, TelopsRead)
    assert isinstance(after, TelopsRead)
    assert recogniser.calls == 1
    assert (after.job_id, after.segment_id) == (second.job_id, second.segment_id)
    assert (after.telops[0].text, after.engine, after.cost.engine_calls) == ("Harbour", before.engine, 0)


async def test_a_reused_result_has_pictures_of_its_own(
    reads: ReadSegment, database: Database, objects: ObjectStore, medium: MediaFacts
) -> None:
    first, second = planned(medium), planned(medium)
    await deliver(reads, database, first)
    (event,) = await deliver(reads, database, second)
    assert isinstance(event, TelopsRead)
    await objects.delete_folder(f"tenants/{TENANT}/jobs/{first.job_id}/")
    for picture, folder in ((event.telops[0].still, "stills/2-7"), (event.telops[0].crop, "crops/2-0")):
        assert picture is not None
        assert picture.key == f"tenants/{TENANT}/jobs/{second.job_id}/{folder}.jpg"
        assert await objects.get_bytes(picture)


async def test_a_result_whose_pictures_were_deleted_with_its_job_is_read_anew(
    reads: ReadSegment, database: Database, objects: ObjectStore, recogniser: ScriptedRecogniser, medium: MediaFacts
) -> None:
    first = planned(medium)
    await deliver(reads, database, first)
    await objects.delete_folder(f"tenants/{TENANT}/jobs/{first.job_id}/")
    (event,) = await deliver(reads, database, planned(medium))
    assert recogniser.calls == 2
    assert isinstance(event, TelopsRead)
    assert event.cost.engine_calls == 1


async def test_another_tenants_result_is_never_reused(
    reads: ReadSegment, database: Database, recogniser: ScriptedRecogniser, medium: MediaFacts
) -> None:
    await deliver(reads, database, planned(medium))
    (event,) = await deliver(reads, database, planned(medium), tenant="rival")
    assert recogniser.calls == 2
    assert isinstance(event, TelopsRead)
    assert event.telops[0].still is not None
    assert event.telops[0].still.key.startswith("tenants/rival/")


@pytest.mark.parametrize("changes", [{"start_s": 1.0}, {"end_s": 5.0}, {"language": "ja"}])
async def test_a_result_of_another_range_or_language_is_not_reused(
    reads: ReadSegment,
    database: Database,
    recogniser: ScriptedRecogniser,
    medium: MediaFacts,
    changes: dict[str, object],
) -> None:
    await deliver(reads, database, planned(medium))
    await deliver(reads, database, planned(medium, **changes))
    assert recogniser.calls == 2


async def test_a_result_of_another_engine_or_recipe_is_not_reused(
    reads: ReadSegment,
    database: Database,
    media: MediaCache,
    objects: ObjectStore,
    recogniser: ScriptedRecogniser,
    medium: MediaFacts,
) -> None:
    await deliver(reads, database, planned(medium))
    recogniser.model = "another"
    await deliver(reads, database, planned(medium))
    await deliver(ReadSegment(database, media, objects, recogniser, recipe="changed"), database, planned(medium))
    assert recogniser.calls == 3


async def shown(objects: ObjectStore, picture: ObjectRef) -> tuple[int, ...]:
    return np.asarray(cv2.imdecode(np.frombuffer(await objects.get_bytes(picture), np.uint8), cv2.IMREAD_COLOR)).shape


@pytest.mark.parametrize("changes", [{"stages": ("asr",)}, {"media": "silent"}])
async def test_a_segment_that_needs_no_reading_is_done_without_an_event(
    reads: ReadSegment,
    database: Database,
    recogniser: ScriptedRecogniser,
    medium: MediaFacts,
    changes: dict[str, object],
) -> None:
    if "media" in changes:
        changes = {"media": medium.model_copy(update={"has_video": False})}
    assert await deliver(reads, database, planned(medium, **changes)) == []
    assert recogniser.calls == 0


async def test_more_telops_than_an_event_holds_are_refused(
    reads: ReadSegment, recogniser: ScriptedRecogniser, medium: MediaFacts
) -> None:
    recogniser.telops = 501
    with pytest.raises(PermanentError, match="too_many_telops"):
        await reads.work(item(planned(medium)))


async def test_giving_up_on_a_segment_fails_its_range(
    reads: ReadSegment, database: Database, medium: MediaFacts
) -> None:
    async with database.transaction("test") as transaction:
        outcome = await reads.give_up(transaction, dead(planned(medium)), "media_damaged")
    assert outcome.events == [SegmentFailed(job_id="job-7", stage="ocr", index=2, reason="media_damaged", attempts=3)]


def recheck(medium: MediaFacts, **changes: object) -> RecheckRequested:
    request = RecheckRequested(
        job_id="job-7",
        recheck_id="recheck-1",
        stage="ocr",
        language="en",
        media=medium,
        start_s=1.0,
        end_s=3.0,
        box=Box(x=1, y=2, width=30, height=4),
    )
    return request.model_copy(update=changes)


async def test_a_box_in_doubt_is_answered_with_readings(
    database: Database, media: MediaCache, recogniser: ScriptedRecogniser, medium: MediaFacts
) -> None:
    looks = LookAgain(media, recogniser)
    request = item(recheck(medium))
    result = await looks.work(request)
    async with database.transaction("test") as transaction:
        (event,) = (await looks.record(transaction, request, result)).events
    assert isinstance(event, RecheckAnswered)
    assert [reading.text for reading in event.readings] == ["Harbour"]
    assert event.failed is None


async def test_a_box_in_doubt_is_compared_with_the_candidates(
    media: MediaCache, recogniser: ScriptedRecogniser, medium: MediaFacts
) -> None:
    result = await LookAgain(media, recogniser).work(item(recheck(medium, candidates=("Harbor", "Harbour"))))
    assert result is not None
    assert result.likeliest == "Harbor"


async def test_a_telop_in_doubt_has_a_second_reading_beside_the_first(
    database: Database, media: MediaCache, objects: ObjectStore, recogniser: ScriptedRecogniser, medium: MediaFacts
) -> None:
    async with second_readings(database, calls_per_media_hour=3600, doubt_below=0.95) as (second, endpoint):
        endpoint.content = '{"text": "Harbor"}'
        reads = ReadSegment(database, media, objects, recogniser, recipe=uuid4().hex, second=second)
        (event,) = await deliver(reads, database, planned(medium, index=0))
    assert isinstance(event, TelopsRead)
    (telop,) = event.telops
    assert (telop.text, [reading.text for reading in telop.readings]) == ("Harbour", ["Harbour"])
    assert [(reading.text, reading.engine.model) for reading in telop.second_readings] == [("Harbor", "reader-1")]


async def test_second_readings_of_a_job_stop_at_its_budget_and_another_job_has_its_own(
    database: Database, media: MediaCache, recogniser: ScriptedRecogniser, medium: MediaFacts
) -> None:
    two_calls = 2.2 * 3600 / medium.duration_s
    async with second_readings(database, calls_per_media_hour=two_calls) as (second, endpoint):
        looks = LookAgain(media, recogniser, second)
        jobs = [f"job-{uuid4().hex}"] * 3 + [f"job-{uuid4().hex}"]
        answers = [await looks.work(item(recheck(medium, job_id=job))) for job in jobs]
        assert [len(answer.second_readings) for answer in answers if answer] == [1, 1, 0, 1]
        assert len(endpoint.asked) == 3


async def test_a_look_without_a_box_is_answered_as_failed(
    database: Database, media: MediaCache, recogniser: ScriptedRecogniser, medium: MediaFacts
) -> None:
    looks, request = LookAgain(media, recogniser), recheck(medium, box=None)
    with pytest.raises(PermanentError, match="box_missing"):
        await looks.work(item(request))
    async with database.transaction("test") as transaction:
        (event,) = (await looks.give_up(transaction, dead(request), "box_missing")).events
    assert isinstance(event, RecheckAnswered)
    assert (event.recheck_id, event.failed) == ("recheck-1", "box_missing")


async def test_the_migrated_table_is_the_one_that_the_code_knows(database: Database) -> None:
    statement = "SELECT column_name FROM information_schema.columns WHERE table_name = 'readings'"
    async with database.transaction("test") as transaction:
        columns = set((await transaction.execute(text(statement))).scalars())
    assert columns == {column.name for column in readings.columns}

"""What ocr and asr do alike: one result a segment, shared by a tenant's jobs, and an end for what is given up."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TypeVar
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import MetaData
from telop_chassis.database import Database
from telop_chassis.handlers import DeadItem, Item
from telop_chassis.settings import DatabaseSettings
from telop_chassis.stages import (
    RecheckHandler,
    Recognised,
    SegmentHandler,
    SegmentResults,
    for_segment,
    results_table,
)
from telop_contracts.job.v1 import MediaFacts
from telop_contracts.recheck.v1 import RecheckAnswered, RecheckRequested
from telop_contracts.segment.v1 import SegmentFailed, SegmentPlanned, segment_id
from telop_contracts.speech.v1 import SpeechTranscribed, Word
from telop_contracts.values import Cost, EngineFingerprint, ObjectRef

from tests.support.databases import Databases

T = TypeVar("T", SegmentPlanned, RecheckRequested)
METADATA = MetaData()
HEARD = results_table(METADATA, "heard", recorded_at="heard_at")
ENGINE = EngineFingerprint(name="scripted", version="1", model="none", settings_sha256="0" * 64)
CLIP = ObjectRef(key="tenants/acme/media/clip", sha256="0" * 64, bytes=1)
MEDIUM = MediaFacts(object=CLIP, format="mov", duration_s=60.0, has_video=False, has_audio=True)


class Hears(SegmentHandler[SpeechTranscribed]):
    """Hears another word each time."""

    stage = "asr"
    calls = 0

    async def recognise(self, tenant: str, segment: SegmentPlanned) -> Recognised[SpeechTranscribed]:
        key = segment.language
        done = await self._results.of_same_work(tenant, key)
        if done is not None:
            return Recognised(for_segment(done, segment), key)
        self.calls += 1
        return Recognised(
            SpeechTranscribed(
                job_id=segment.job_id,
                segment_id=segment.segment_id,
                index=segment.index,
                words=(Word(text=f"word-{self.calls}", start_s=0.0, end_s=1.0, confidence=0.5),),
                engine=ENGINE,
                cost=Cost(wall_s=3.0, media_s=30.0, engine_calls=1, device="cpu"),
            ),
            key,
        )


class HearsAgain(RecheckHandler):
    stage = "asr"

    async def answer(self, tenant: str, request: RecheckRequested) -> RecheckAnswered:
        return RecheckAnswered(job_id=request.job_id, recheck_id=request.recheck_id, stage=self.stage, engine=ENGINE)


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    url = await databases.empty()
    made = Database(DatabaseSettings(url=SecretStr(url)), service="stage")
    async with made.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    yield made
    await made.engine.dispose()
    await databases.drop(url)


@pytest.fixture
def hears(database: Database) -> Hears:
    return Hears(SegmentResults(database, HEARD, SpeechTranscribed))


def planned(job_id: str = "job-7", **changes: object) -> SegmentPlanned:
    segment = SegmentPlanned(
        job_id=job_id,
        segment_id=segment_id(job_id, 2),
        index=2,
        start_s=0.0,
        end_s=30.0,
        stages=("ocr", "asr"),
        language="en",
        media=MEDIUM,
        rules=CLIP,
    )
    return segment.model_copy(update=changes)


REQUEST = RecheckRequested(
    job_id="job-7", recheck_id="recheck-1", stage="asr", language="en", media=MEDIUM, start_s=1.0, end_s=3.0
)


def item(data: T, tenant: str = "acme") -> Item[T]:
    return Item(data, tenant, data.TYPE, uuid4().hex, "/services/ingest", data.job_id, 1, None)


def dead(data: T | None) -> DeadItem[T]:
    return DeadItem(data, "acme", SegmentPlanned.TYPE, uuid4().hex, "/services/ingest", "job-7", "job-7:2", 3)


async def announced(
    database: Database, hears: Hears, segment: SegmentPlanned, tenant: str = "acme"
) -> SpeechTranscribed | None:
    """What one delivery announces, from start to end."""
    asked = item(segment, tenant)
    result = await hears.work(asked)
    async with database.transaction("test") as transaction:
        events = (await hears.record(transaction, asked, result)).events
    assert all(isinstance(event, SpeechTranscribed) for event in events)
    return next((event for event in events if isinstance(event, SpeechTranscribed)), None)


async def test_a_segment_delivered_twice_is_recognised_and_announced_once(database: Database, hears: Hears) -> None:
    assert await announced(database, hears, planned())
    assert await announced(database, hears, planned()) is None
    assert hears.calls == 1


async def test_of_two_results_of_one_segment_the_first_recorded_stays(database: Database, hears: Hears) -> None:
    first, second = item(planned()), item(planned())
    results = [await hears.work(first), await hears.work(second)]
    async with database.transaction("test") as transaction:
        kept = await hears.record(transaction, first, results[0])
        late = await hears.record(transaction, second, results[1])
    assert (len(kept.events), late.events) == (1, ())


async def test_a_second_job_is_given_the_result_as_its_own_and_at_no_cost(database: Database, hears: Hears) -> None:
    before = await announced(database, hears, planned("job-1"))
    after = await announced(database, hears, planned("job-2", index=5, segment_id="job-2:5"))
    assert before is not None
    assert after is not None
    assert hears.calls == 1
    assert after.words == before.words
    assert (after.job_id, after.segment_id, after.index) == ("job-2", "job-2:5", 5)
    assert (after.cost.wall_s, after.cost.engine_calls, after.cost.media_s) == (0.0, 0, 30.0)


async def test_of_several_results_of_the_same_work_the_newest_serves(database: Database, hears: Hears) -> None:
    results = [(item(planned(job)), await hears.work(item(planned(job)))) for job in ("job-1", "job-2")]
    for asked, result in results:
        async with database.transaction("test") as transaction:
            await hears.record(transaction, asked, result)
    again = await announced(database, hears, planned("job-3"))
    assert again is not None
    assert again.words[0].text == "word-2"


async def test_another_tenants_result_and_a_result_without_a_key_serve_nobody(database: Database, hears: Hears) -> None:
    await announced(database, hears, planned("job-1"))
    await announced(database, hears, planned("job-2"), tenant="rival")
    assert hears.calls == 2

    supplied = await hears.work(item(planned("job-3", language="ja")))
    assert supplied is not None
    async with database.transaction("test") as transaction:
        await hears.record(transaction, item(planned("job-3")), replace(supplied, key=None))
    await announced(database, hears, planned("job-4", language="ja"))
    assert hears.calls == 4


async def test_a_segment_of_other_stages_is_passed_over(database: Database, hears: Hears) -> None:
    assert await announced(database, hears, planned(stages=("ocr",))) is None
    assert hears.calls == 0


async def test_giving_up_on_a_segment_fails_its_range(database: Database, hears: Hears) -> None:
    async with database.transaction("test") as transaction:
        outcome = await hears.give_up(transaction, dead(planned()), "media_damaged")
    assert outcome.events == [SegmentFailed(job_id="job-7", stage="asr", index=2, reason="media_damaged", attempts=3)]


async def test_giving_up_on_an_unreadable_record_fails_its_job(database: Database, hears: Hears) -> None:
    async with database.transaction("test") as transaction:
        (event,) = (await hears.give_up(transaction, dead(None), "invalid")).events
    assert isinstance(event, SegmentFailed)
    assert (event.job_id, event.index) == ("job-7", None)


async def test_giving_up_on_a_segment_of_another_stage_says_nothing(database: Database, hears: Hears) -> None:
    async with database.transaction("test") as transaction:
        outcome = await hears.give_up(transaction, dead(planned(stages=("ocr",))), "worker_died")
    assert outcome.events == ()


async def test_a_place_in_doubt_is_answered_by_its_stage_and_by_no_other(database: Database) -> None:
    again, of_another = HearsAgain(), REQUEST.model_copy(update={"stage": "ocr"})
    result = await again.work(item(REQUEST))
    async with database.transaction("test") as transaction:
        assert (await again.record(transaction, item(REQUEST), result)).events == [result]
        assert (await again.record(transaction, item(of_another), await again.work(item(of_another)))).events == ()
        assert (await again.give_up(transaction, dead(of_another), "worker_died")).events == ()


async def test_a_place_that_cannot_be_looked_at_again_is_answered_as_failed(database: Database) -> None:
    async with database.transaction("test") as transaction:
        (event,) = (await HearsAgain().give_up(transaction, dead(REQUEST), "media_missing")).events
    assert event == RecheckAnswered(job_id="job-7", recheck_id="recheck-1", stage="asr", failed="media_missing")

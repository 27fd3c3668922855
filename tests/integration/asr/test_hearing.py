"""asr on the demo's clip: real sound, the real default engine in its process, a real database."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
import telop_cli.demo
from pydantic import SecretStr
from telop_asr.handlers import ListenAgain, TranscribeSegment
from telop_asr.listening import Listener
from telop_chassis.database import Database
from telop_chassis.engine_process import EngineProcess
from telop_chassis.failures import PermanentError
from telop_chassis.handlers import DeadItem, Item
from telop_chassis.media_cache import MediaCache
from telop_chassis.objects import ObjectStore
from telop_chassis.settings import CacheSettings, DatabaseSettings, ObjectSettings
from telop_contracts.check.v1 import Rules
from telop_contracts.envelope import Event
from telop_contracts.job.v1 import MediaFacts
from telop_contracts.media.v1 import RosterEntry
from telop_contracts.recheck.v1 import RecheckAnswered, RecheckRequested
from telop_contracts.segment.v1 import SegmentFailed, SegmentPlanned, segment_id
from telop_contracts.speech.v1 import SpeechTranscribed
from telop_contracts.values import ObjectRef

ASSETS = Path(telop_cli.demo.__file__).parent / "assets"
TRUTH = json.loads((ASSETS / "truth.json").read_text())
T = TypeVar("T", SegmentPlanned, RecheckRequested)
ROSTER = (*(RosterEntry(**each) for each in TRUTH["request"].get("roster", [])), RosterEntry(text="李"))
SPOKEN = [telop for telop in TRUTH["telops"] if telop["spoken"]]


@dataclass
class Asr:
    """The parts of the service, and the clip in its object store."""

    database: Database
    objects: ObjectStore
    engine: EngineProcess
    transcribe: TranscribeSegment
    listen_again: ListenAgain
    clip: ObjectRef
    rules: ObjectRef

    def media(self, *, has_audio: bool = True) -> MediaFacts:
        duration_s = TRUTH["duration_s"]
        return MediaFacts(object=self.clip, format="mov", duration_s=duration_s, has_video=True, has_audio=has_audio)

    def segment(self, job_id: str, *, index: int = 0, start_s: float = 0.0, end_s: float = 28.97) -> SegmentPlanned:
        return SegmentPlanned(
            job_id=job_id,
            segment_id=segment_id(job_id, index),
            index=index,
            start_s=start_s,
            end_s=end_s,
            stages=("ocr", "asr"),
            language="en",
            media=self.media(),
            rules=self.rules,
        )

    async def done(self, segment: SegmentPlanned) -> list[Event]:
        """What a segment's work announces."""
        asked = item(segment)
        result = await self.transcribe.work(asked)
        async with self.database.transaction("test") as transaction:
            return list((await self.transcribe.record(transaction, asked, result)).events)


def item(data: T) -> Item[T]:
    return Item(data, "demo", data.TYPE, "event", "/test", data.job_id, 1, None)


@pytest.fixture(scope="module")
async def asr(
    database_url: Callable[[str], Awaitable[str]], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Asr]:
    folder = tmp_path_factory.mktemp("asr")
    database = Database(DatabaseSettings(url=SecretStr(await database_url("asr"))), service="asr")
    objects = ObjectStore(ObjectSettings(url=f"file://{folder}/objects"))
    media = MediaCache(objects, CacheSettings(dir=folder), service="asr")
    settings = {"engine": "moonshine", "model": "", "models": "", "threads": 1, "offline": True}
    engine = EngineProcess("telop_asr.engines:serve", settings)
    listener = Listener(engine, scratch=folder / "scratch", decode_s=60)
    await media.start()
    await listener.start()
    clip = await objects.put_file("tenants/demo/media/clip", ASSETS / "clip.mp4")
    rules = await objects.put_bytes("tenants/demo/rules", Rules(roster=ROSTER).model_dump_json().encode())
    transcribe = TranscribeSegment(database, media, objects, listener)
    yield Asr(database, objects, engine, transcribe, ListenAgain(media, objects, listener), clip, rules)
    await listener.stop()
    await media.stop()
    await database.stop()


def plain(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


async def test_every_word_of_the_clip_is_heard_at_its_time(asr: Asr) -> None:
    [event] = await asr.done(asr.segment("whole"))

    assert isinstance(event, SpeechTranscribed)
    assert (event.job_id, event.segment_id, event.index) == ("whole", "whole:0", 0)
    assert event.engine.name == "moonshine"
    assert (event.cost.media_s, event.cost.device, event.cost.engine_calls) == (28.97, "cpu", 1)
    assert event.not_biased == ("李",)
    assert {"Anderson", "Johnson"} <= {word.text for word in event.words}, "names are written as in the roster"
    for line in SPOKEN:
        during = [
            word.text.lower()
            for word in event.words
            if line["start_s"] <= (word.start_s + word.end_s) / 2 < line["end_s"]
        ]
        assert during == plain(line["spoken"])


async def test_twenty_segments_cost_one_load_of_the_model(asr: Asr) -> None:
    before = asr.engine.loads
    segments = [asr.segment("many", index=at, start_s=float(at), end_s=at + 1.0) for at in range(20)]

    announced = [await asr.done(segment) for segment in segments]

    assert [len(events) for events in announced] == [1] * 20
    assert asr.engine.loads == before == 1


async def test_a_second_job_on_the_same_medium_is_answered_without_hearing(
    asr: Asr, monkeypatch: pytest.MonkeyPatch
) -> None:
    [before] = await asr.done(asr.segment("first", start_s=3.0, end_s=6.0))

    async def deaf(*_: Any) -> None:
        raise AssertionError("the engine was asked")

    monkeypatch.setattr(Listener, "hear", deaf)
    [after] = await asr.done(asr.segment("second", start_s=3.0, end_s=6.0))
    assert isinstance(before, SpeechTranscribed)
    assert isinstance(after, SpeechTranscribed)
    assert (after.job_id, after.words, after.engine, after.cost.engine_calls) == (
        "second",
        before.words,
        before.engine,
        0,
    )


@pytest.mark.parametrize("change", ["tenant", "roster", "range"])
async def test_what_another_tenant_roster_or_range_gave_is_heard_anew(
    asr: Asr, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    await asr.done(asr.segment("known", start_s=3.0, end_s=6.0))
    segment = asr.segment(f"anew-{change}", start_s=3.0, end_s=6.5 if change == "range" else 6.0)
    if change == "roster":
        rules = Rules(roster=(RosterEntry(text="Anderson"),))
        stored = await asr.objects.put_bytes("tenants/demo/other-rules", rules.model_dump_json().encode())
        segment = segment.model_copy(update={"rules": stored})
    asked = replace(item(segment), tenant="rival" if change == "tenant" else "demo")
    heard = await asr.transcribe.work(asked)
    assert heard is not None
    assert heard.event.cost.engine_calls == 1


async def test_a_job_s_own_transcript_is_taken_as_it_stands(asr: Asr) -> None:
    lines = [
        {"start_s": 0.0, "end_s": 2.0, "text": "こんにちは 世界"},
        {"start_s": 40.0, "end_s": 41.0, "text": "later"},
    ]
    transcript = await asr.objects.put_bytes("tenants/demo/transcript", json.dumps(lines).encode())
    segment = asr.segment("supplied").model_copy(update={"transcript": transcript, "language": "ja"})

    [event] = await asr.done(segment)

    assert isinstance(event, SpeechTranscribed)
    assert [word.text for word in event.words] == ["こんにちは", "世界"]
    assert event.engine.name == "supplied"
    assert event.cost.engine_calls == 0


@pytest.mark.parametrize("content", [b"[]x", b'[{"start_s": "0", "end_s": 1, "text": "a"}]', b"{}"])
async def test_a_transcript_that_is_none_ends_the_segment(content: bytes, asr: Asr) -> None:
    transcript = await asr.objects.put_bytes("tenants/demo/broken", content)
    segment = asr.segment("broken").model_copy(update={"transcript": transcript})
    with pytest.raises(PermanentError, match="transcript_malformed"):
        await asr.transcribe.work(item(segment))


async def test_a_language_that_the_engine_does_not_know_ends_the_segment(asr: Asr) -> None:
    segment = asr.segment("japanese", end_s=2.0).model_copy(update={"language": "ja"})
    with pytest.raises(PermanentError, match="language_not_supported"):
        await asr.transcribe.work(item(segment))

    dead = DeadItem(segment, "demo", segment.TYPE, "event", "/test", "japanese", None, 1)
    async with asr.database.transaction("test") as transaction:
        [event] = (await asr.transcribe.give_up(transaction, dead, "language_not_supported")).events
    assert event == SegmentFailed(job_id="japanese", stage="asr", index=0, reason="language_not_supported", attempts=1)


async def test_a_second_listen_hears_exactly_the_span_in_doubt(asr: Asr) -> None:
    line = SPOKEN[5]
    request = RecheckRequested(
        job_id="doubt",
        recheck_id="r1",
        stage="asr",
        language="en",
        media=asr.media(),
        start_s=line["start_s"],
        end_s=line["end_s"],
    )

    answer = await asr.listen_again.work(item(request))

    assert isinstance(answer, RecheckAnswered)
    assert answer.recheck_id == "r1"
    assert [word.text for word in answer.words] == plain(line["spoken"])
    assert all(line["start_s"] <= word.start_s <= word.end_s <= line["end_s"] for word in answer.words)
    assert await asr.listen_again.work(item(request.model_copy(update={"stage": "ocr"}))) is None


async def test_a_second_listen_with_candidates_says_how_well_each_fits(asr: Asr) -> None:
    line = SPOKEN[5]
    said = " ".join(plain(line["spoken"]))
    other = " ".join([*plain(line["spoken"])[:-1], "banana"])
    request = RecheckRequested(
        job_id="doubt",
        recheck_id="r2",
        stage="asr",
        language="en",
        media=asr.media(),
        start_s=line["start_s"],
        end_s=line["end_s"],
        candidates=(other, said, "犬"),
        rules=asr.rules,
    )

    answer = await asr.listen_again.work(item(request))

    assert isinstance(answer, RecheckAnswered)
    assert (answer.start_s, answer.end_s, answer.words) == (line["start_s"], line["end_s"], ())
    rated = {each.text: each.nats for each in answer.likelihoods}
    assert rated.keys() == {other, said}
    assert rated[said] > rated[other]
    assert answer.likeliest == said


async def test_cancelled_work_stops_hearing(asr: Asr, monkeypatch: pytest.MonkeyPatch) -> None:
    loads, ask, asked = asr.engine.loads, asr.engine.ask, asyncio.Event()

    async def told(request: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        asked.set()
        return await ask(request, timeout_s=timeout_s)

    monkeypatch.setattr(asr.engine, "ask", told)
    work = asyncio.create_task(asr.transcribe.work(item(asr.segment("cancelled", end_s=21.25))))
    async with asyncio.timeout(60):
        await asked.wait()

    work.cancel()
    await asyncio.wait({work}, timeout=10.0)

    assert work.cancelled()
    await asr.done(asr.segment("after", end_s=0.5))
    assert asr.engine.loads == loads + 1, "the engine went on with sound that nobody waits for"

"""From the parts of a job to its judgement: the same document every time, with every range that was not checked."""

from dataclasses import replace
from functools import partial

from telop_contracts.check.v1 import CheckResult, Memory, Rules
from telop_contracts.job.v1 import JobPlanned, MediaFacts, SegmentRange, StagePlan, UncheckedRange
from telop_contracts.media.v1 import NgWord, RosterEntry
from telop_contracts.recheck.v1 import Likelihood, RecheckAnswered
from telop_contracts.speech.v1 import SpeechTranscribed, Word
from telop_contracts.telops.v1 import Reading, Telop, TelopsRead
from telop_contracts.values import STAGE_ASR, STAGE_OCR, Box, Cost, EngineFingerprint, ObjectRef
from telop_matcher.joining import Joined, Part
from telop_matcher.judgement import Asked, judge_job
from telop_matcher.matching.judging import Judge, judge

ENGINE = EngineFingerprint(name="test", version="1", model="none", settings_sha256="0" * 64)
COST = Cost(wall_s=0.1, media_s=1.0, engine_calls=1, device="cpu")
BOX = Box(x=100, y=440, width=700, height=48)
STILL = ObjectRef(key="tenants/acme/stills/a.png", sha256="0" * 64, bytes=1)
PLAN = JobPlanned(
    job_id="job-1",
    language="en-GB",
    media=MediaFacts(object=STILL, format="mp4", duration_s=18.0, has_video=True, has_audio=True),
    segments=(
        SegmentRange(index=0, start_s=0.0, end_s=10.0),
        SegmentRange(index=1, start_s=8.0, end_s=18.0),
    ),
    stages=(StagePlan(stage=STAGE_OCR, segments=2), StagePlan(stage=STAGE_ASR, segments=2)),
    rules=STILL,
)
SENTENCE = "the parliament voted on the new law"


def telop(text: str, start_s: float, end_s: float, confidence: float = 0.99, **edges: bool) -> Telop:
    return Telop(
        text=text,
        box=BOX,
        start_s=start_s,
        end_s=end_s,
        confidence=confidence,
        frames=30,
        readings=(Reading(text=text, confidence=confidence, at_s=start_s),),
        still=STILL,
        **edges,
    )


def read(index: int, *telops: Telop) -> Part:
    event = TelopsRead(
        job_id="job-1", segment_id=f"job-1:{index}", index=index, telops=telops, engine=ENGINE, cost=COST
    )
    return Part(STAGE_OCR, index, event.model_dump_json().encode(), None, None)


def heard(index: int, text: str, start_s: float) -> Part:
    words = tuple(
        Word(text=word, start_s=start_s + at * 0.3, end_s=start_s + at * 0.3 + 0.25, confidence=0.9)
        for at, word in enumerate(text.split())
    )
    event = SpeechTranscribed(
        job_id="job-1", segment_id=f"job-1:{index}", index=index, words=words, engine=ENGINE, cost=COST
    )
    return Part(STAGE_ASR, index, event.model_dump_json().encode(), None, None)


def failed(stage: str, index: int) -> Part:
    return Part(stage, index, None, "child_timeout", None)


def asked(rules: Rules, second_looks: int = 0, second_listens: int = 0) -> Asked:
    return Asked(rules, (), Memory(), second_looks, second_listens)


def joined(*parts: Part, plan: JobPlanned = PLAN) -> Joined:
    return Joined(plan, parts, (), looked_again=False, traceparents=())


SEAM = joined(
    read(0, telop("The parlament voted on the new law", 7.5, 10.0, open_end=True)),
    read(1, telop("The parlament voted on the new law", 8.0, 10.5, open_start=True)),
    heard(0, SENTENCE, 7.6),
    heard(1, SENTENCE.partition("voted ")[2], 8.5),
)


def test_a_mistake_at_a_seam_is_one_finding_of_one_telop(in_english: Judge) -> None:
    judgement = judge_job(SEAM, asked(Rules(), 5), in_english)
    result = CheckResult.model_validate_json(judgement.document)
    (found,) = result.findings
    assert (found.kind, found.wrong.text, found.suggestion, found.still) == (
        "spelling",
        "parlament",
        "parliament",
        STILL,
    )
    assert found.written[found.wrong.start : found.wrong.end] == found.wrong.text
    assert [(each.start_s, each.end_s, each.frames) for each in result.telops] == [(7.5, 10.5, 60)]
    assert [word.text for word in result.words] == SENTENCE.split()
    assert (judgement.verdict, judgement.counts["issue"], judgement.unchecked) == ("warn", 1, ())


def test_a_language_that_is_read_but_not_judged_does_not_pass() -> None:
    chinese = replace(SEAM, plan=PLAN.model_copy(update={"language": "zh-Hans"}))
    judgement = judge_job(chinese, asked(Rules()), partial(judge, lexicon=None))
    (unchecked,) = judgement.unchecked
    assert (judgement.verdict, unchecked.stage, unchecked.reason) == ("warn", "matcher", "language_not_judged")


def test_the_same_parts_give_the_same_document_and_ids(in_english: Judge) -> None:
    other = replace(SEAM, parts=tuple(reversed(SEAM.parts)))
    first, second = (judge_job(each, asked(Rules(), 5), in_english) for each in (SEAM, other))
    assert first.document == second.document
    assert first.key("acme") == second.key("acme")


def test_what_failed_and_what_was_skipped_is_named_and_warned_of(in_english: Judge) -> None:
    stages = (StagePlan(stage=STAGE_OCR, segments=2), StagePlan(stage=STAGE_ASR, segments=0, skipped="no_audio_track"))
    plan = PLAN.model_copy(update={"stages": stages})
    judgement = judge_job(joined(read(0), failed(STAGE_OCR, 1), plan=plan), asked(Rules(), 5), in_english)
    assert judgement.verdict == "warn"
    assert judgement.unchecked == (
        UncheckedRange(stage=STAGE_ASR, start_s=0.0, end_s=18.0, reason="no_audio_track"),
        UncheckedRange(stage=STAGE_OCR, start_s=8.0, end_s=18.0, reason="child_timeout"),
    )


def test_the_rules_of_the_job_are_followed(in_english: Judge) -> None:
    rules = Rules(roster=(RosterEntry(text="John Anderson"),), ng_words=(NgWord(text="chairman"),))
    parts = joined(read(0, telop("John Andersen, chairman", 1.0, 3.0)), read(1), heard(0, "", 0), heard(1, "", 0))
    judgement = judge_job(parts, asked(rules, 5), in_english)
    assert judgement.verdict == "fail"
    assert judgement.counts == {"blocker": 1, "issue": 1, "fyi": 0, "name": 1, "ng_word": 1}


def test_a_language_without_a_lexicon_is_judged_by_names_and_ng_words() -> None:
    parts = joined(read(0, telop("Der Präsdent spricht spricht", 1.0, 3.0)), read(1))
    assert judge_job(parts, asked(Rules()), partial(judge, lexicon=None)).verdict == "pass"


DOUBTED = joined(
    read(0, telop("The parlament voted", 1.0, 3.0, confidence=0.7)),
    read(1, telop("The comittee met", 12.0, 14.0, confidence=0.7)),
    heard(0, "the parliament voted", 1.0),
    heard(1, "the committee met", 12.0),
)


def test_second_looks_are_asked_for_up_to_their_limit(in_english: Judge) -> None:
    both = judge_job(DOUBTED, asked(Rules(), 5), in_english).in_doubt
    assert [(each.stage, each.start_s, each.end_s, each.box) for each in both] == [
        (STAGE_OCR, 1.0, 3.0, BOX),
        (STAGE_OCR, 12.0, 14.0, BOX),
    ]
    assert len(judge_job(DOUBTED, asked(Rules(), 1), in_english).in_doubt) == 1
    assert judge_job(DOUBTED, asked(Rules(), 0), in_english).in_doubt == ()


def misheard(engine: str) -> Joined:
    """A job with a caption of a word that was heard otherwise."""
    sentences = ("the council wants to build more houses", "the plans will cut five hundred jobs")
    captions = ("The council wants to build more houses", "The plains will cut 500 jobs")
    speech = [heard(at, text, 1.0 + at * 10) for at, text in enumerate(sentences)]
    named = ENGINE.model_copy(update={"name": engine})
    events = [SpeechTranscribed.model_validate_json(part.content or b"") for part in speech]
    parts = [
        replace(part, content=event.model_copy(update={"engine": named}).model_dump_json().encode())
        for part, event in zip(speech, events, strict=True)
    ]
    shown = [read(at, telop(text, 1.0 + at * 10, 4.0 + at * 10)) for at, text in enumerate(captions)]
    return Joined(PLAN, (*shown, *parts), (), looked_again=False, traceparents=())


def test_a_second_listen_compares_what_is_written_with_what_was_heard(in_english: Judge) -> None:
    job = misheard("pocketsphinx")
    (request,) = judge_job(job, asked(Rules(), 0, 5), in_english).in_doubt
    assert (request.stage, request.box, request.rules) == (STAGE_ASR, None, PLAN.rules)
    assert set(request.candidates) == {"the plains will cut", "the plans will cut"}

    answer = RecheckAnswered(
        job_id="job-1",
        recheck_id=request.recheck_id,
        stage=STAGE_ASR,
        start_s=request.start_s,
        end_s=request.end_s,
        likelihoods=tuple(
            Likelihood(text=text, nats=-800.0 if "plains" in text else -860.0) for text in request.candidates
        ),
    )
    listened = (request.start_s, b"", answer.model_dump_json().encode())
    before, after = (
        CheckResult.model_validate_json(judge_job(each, asked(Rules()), in_english).document).findings
        for each in (job, replace(job, looks=(listened,)))
    )
    assert [each.kind for each in before] == ["wrong_word"]
    assert after == ()


def test_no_second_listen_is_asked_of_whom_cannot_give_one_or_beyond_the_limit(in_english: Judge) -> None:
    assert judge_job(misheard("supplied"), asked(Rules(), 0, 5), in_english).in_doubt == ()
    assert judge_job(misheard("faster_whisper"), asked(Rules(), 0, 5), in_english).in_doubt == ()
    assert judge_job(misheard("pocketsphinx"), asked(Rules(), 5, 0), in_english).in_doubt == ()


def test_what_second_looks_gave_is_judged_with_the_rest(in_english: Judge) -> None:
    request = judge_job(DOUBTED, asked(Rules(), 1), in_english).in_doubt[0]
    answer = RecheckAnswered(
        job_id="job-1",
        recheck_id=request.recheck_id,
        stage=STAGE_OCR,
        readings=tuple(Reading(text="The parliament voted", confidence=0.9, at_s=at) for at in (1.5, 2.5)),
    )
    look = (request.start_s, BOX.model_dump_json().encode(), answer.model_dump_json().encode())
    judgement = judge_job(replace(DOUBTED, looks=(look,)), asked(Rules(), 0), in_english)
    first, other = CheckResult.model_validate_json(judgement.document).findings
    assert (first.blame, other.blame) == ("ocr", "undecidable")

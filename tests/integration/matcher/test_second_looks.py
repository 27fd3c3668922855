"""Second looks on a real database: asked for once, waited for no longer than their time, judged with what there is."""

from telop_contracts.job.v1 import JobChecked
from telop_contracts.recheck.v1 import RecheckAnswered, RecheckRequested
from telop_contracts.telops.v1 import Reading
from telop_contracts.values import STAGE_OCR

from tests.integration.matcher.harness import Matcher, heard, new_job, read
from tests.support.eventually import eventually

SAID = "the parliament voted the committee met"


async def in_doubt(matcher: Matcher, job: str) -> list[RecheckRequested]:
    """A job with two captions of which the reader was not sure."""
    captions = ("The parlament voted", "The comittee met")
    await matcher.publish(await matcher.plan(job), read(job, 0, *captions, confidence=0.7), heard(job, 0, SAID))
    await matcher.until_idle()
    return await matcher.published(RecheckRequested, job)


def answer(request: RecheckRequested, text: str) -> RecheckAnswered:
    readings = tuple(Reading(text=text, confidence=0.9, at_s=request.start_s + at) for at in (0.5, 1.5))
    return RecheckAnswered(job_id=request.job_id, recheck_id=request.recheck_id, stage=STAGE_OCR, readings=readings)


def matched(request: RecheckRequested, text: str) -> RecheckAnswered:
    """No reading, but which candidate the pixels match."""
    return RecheckAnswered(job_id=request.job_id, recheck_id=request.recheck_id, stage=STAGE_OCR, likeliest=text)


async def blames(matcher: Matcher, job: str) -> list[str]:
    """Who is blamed in the one verdict."""

    async def is_checked() -> bool:
        return bool(await matcher.published(JobChecked, job))

    await eventually(is_checked)
    await matcher.until_idle()
    (checked,) = await matcher.published(JobChecked, job)
    return [found.blame for found in (await matcher.result(checked)).findings]


async def test_answers_decide_who_is_blamed(matcher: Matcher) -> None:
    job = new_job()
    first, second = await in_doubt(matcher, job)
    assert await matcher.published(JobChecked, job) == []

    await matcher.publish(answer(first, "The parlament voted"), answer(second, "The committee met"))
    assert await blames(matcher, job) == ["caption", "ocr"]


async def test_a_look_is_asked_which_of_the_texts_in_question_stands_there(matcher: Matcher) -> None:
    job = new_job()
    first, second = await in_doubt(matcher, job)
    assert first.candidates == ("The parlament voted", "The parliament voted")
    await matcher.publish(matched(first, first.candidates[0]), matched(second, second.candidates[1]))
    assert await blames(matcher, job) == ["caption", "ocr"]


async def test_a_job_is_judged_without_the_answers_that_do_not_come(matcher: Matcher) -> None:
    job = new_job()
    first, _ = await in_doubt(matcher, job)
    await matcher.publish(answer(first, "The parlament voted"))
    assert await blames(matcher, job) == ["caption", "undecidable"]


async def test_an_answer_that_failed_is_an_answer(matcher: Matcher) -> None:
    job = new_job()
    requests = await in_doubt(matcher, job)
    failures = [
        RecheckAnswered(job_id=job, recheck_id=each.recheck_id, stage=STAGE_OCR, failed="child_timeout")
        for each in requests
    ]
    await matcher.publish(*failures, *failures)
    assert await blames(matcher, job) == ["undecidable", "undecidable"]


async def test_an_answer_after_the_verdict_and_one_to_nobodys_question_change_nothing(matcher: Matcher) -> None:
    job = new_job()
    first, _ = await in_doubt(matcher, job)
    assert await blames(matcher, job) == ["undecidable", "undecidable"]
    await matcher.publish(answer(first, "The parliament voted"))
    await matcher.publish(answer(first.model_copy(update={"job_id": new_job()}), "The parliament voted"))
    assert await blames(matcher, job) == ["undecidable", "undecidable"]

"""The join on a real database: whatever the order, exactly one verdict, or exactly one failure."""

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from telop_contracts.check.v1 import CheckFailed, Rules
from telop_contracts.envelope import Event
from telop_contracts.job.v1 import JobCancelled, JobChecked, JobFailed
from telop_contracts.media.v1 import NgWord
from telop_contracts.values import STAGE_ASR, STAGE_OCR
from telop_matcher import joining
from telop_matcher.joining import Part

from tests.integration.matcher.harness import TENANT, Matcher, failed, heard, new_job, read

SENTENCE = "the parliament voted on the new law"
CAPTION = "The parlament voted on the new law"


async def deliver(matcher: Matcher, events: Sequence[Event]) -> None:
    """Deliver events one after the other, each when the one before is recorded."""
    for event in events:
        await matcher.publish(event)
        await matcher.until_idle()


async def ends(matcher: Matcher, job_id: str) -> tuple[list[JobChecked], list[CheckFailed]]:
    await matcher.until_idle()
    return await matcher.published(JobChecked, job_id), await matcher.published(CheckFailed, job_id)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_whatever_comes_last_completes_the_job(matcher: Matcher, order: Sequence[int]) -> None:
    job = new_job()
    events: list[Event] = [await matcher.plan(job), read(job, 0, CAPTION), heard(job, 0, SENTENCE)]
    await deliver(matcher, [events[at] for at in order])

    (checked,), failures = await ends(matcher, job)
    assert (checked.verdict, checked.counts["spelling"], checked.unchecked, failures) == ("warn", 1, (), [])
    assert [found.wrong.text for found in (await matcher.result(checked)).findings] == ["parlament"]


async def test_all_at_once_many_times_gives_one_verdict_a_job(matcher: Matcher) -> None:
    jobs = [new_job() for _ in range(12)]
    events: list[Event] = []
    for job in jobs:
        events += [read(job, 0), read(job, 1), heard(job, 0), heard(job, 1), await matcher.plan(job, 2)]
    await matcher.publish(*events, *events)

    for job in jobs:
        (checked,), failures = await ends(matcher, job)
        assert (checked.verdict, failures) == ("pass", [])


async def test_two_last_results_recorded_at_the_same_instant_give_one_judging_task(matcher: Matcher) -> None:
    job = new_job()
    await deliver(matcher, [await matcher.plan(job)])
    database = matcher.service.database
    both_open = asyncio.Barrier(2)

    async def store(stage: str, event: Event) -> int:
        part = Part(stage, 0, event.model_dump_json().encode(), None, None)
        async with database.transaction("store") as transaction:
            await both_open.wait()
            return len((await joining.store_part(transaction, TENANT, job, part)).tasks)

    tasks = await asyncio.gather(store(STAGE_OCR, read(job)), store(STAGE_ASR, heard(job)))
    assert sorted(tasks) == [0, 1]


async def test_a_plan_that_comes_twice_and_results_that_come_again_change_nothing(matcher: Matcher) -> None:
    job = new_job()
    plan = await matcher.plan(job)
    await deliver(matcher, [plan, plan, read(job, 0, CAPTION), read(job, 0, "other"), heard(job, 0, SENTENCE)])
    await deliver(matcher, [plan, read(job, 0, "later"), heard(job, 0, "later"), failed(job)])

    (checked,), failures = await ends(matcher, job)
    assert [telop.text for telop in (await matcher.result(checked)).telops] == [CAPTION]
    assert failures == []


async def test_a_job_without_a_plan_is_never_judged(matcher: Matcher) -> None:
    job = new_job()
    await deliver(matcher, [read(job), heard(job)])
    assert await ends(matcher, job) == ([], [])


async def test_a_success_replaces_a_failure_before_the_verdict(matcher: Matcher) -> None:
    job = new_job()
    await deliver(matcher, [failed(job), read(job, 0, CAPTION), await matcher.plan(job), heard(job, 0, SENTENCE)])
    (checked,), _ = await ends(matcher, job)
    assert (checked.unchecked, checked.counts["spelling"]) == ((), 1)


async def test_a_failure_never_replaces_a_success(matcher: Matcher) -> None:
    job = new_job()
    await deliver(matcher, [read(job, 0, CAPTION), failed(job), await matcher.plan(job), heard(job, 0, SENTENCE)])
    (checked,), _ = await ends(matcher, job)
    assert (checked.unchecked, checked.counts["spelling"]) == ((), 1)


async def test_a_success_that_comes_while_the_job_is_being_judged_is_in_the_one_verdict(matcher: Matcher) -> None:
    job = new_job()
    plan = await matcher.plan(job)
    await deliver(matcher, [plan, failed(job)])
    late = Part(STAGE_OCR, 0, read(job, 0, CAPTION).model_dump_json().encode(), None, None)
    last = Part(STAGE_ASR, 0, heard(job, 0, SENTENCE).model_dump_json().encode(), None, None)
    async with matcher.service.database.transaction("store") as transaction:
        for part in (last, late):
            for scheduled in (await joining.store_part(transaction, TENANT, job, part)).tasks:
                await transaction.schedule(scheduled.task, tenant=TENANT)

    (checked,), _ = await ends(matcher, job)
    assert (checked.unchecked, checked.counts["spelling"]) == ((), 1)


async def test_a_range_that_failed_is_named_and_the_verdict_warns(matcher: Matcher) -> None:
    job = new_job()
    await deliver(matcher, [await matcher.plan(job, 2), read(job, 0), failed(job, 1), heard(job, 0), heard(job, 1)])
    (checked,), _ = await ends(matcher, job)
    assert checked.verdict == "warn"
    assert [(each.stage, each.start_s, each.end_s, each.reason) for each in checked.unchecked] == [
        (STAGE_OCR, 8.0, 18.0, "child_timeout")
    ]


async def test_a_stage_that_is_skipped_is_not_waited_for(matcher: Matcher) -> None:
    job = new_job()
    await deliver(matcher, [read(job), await matcher.plan(job, asr="no_audio_track")])
    (checked,), _ = await ends(matcher, job)
    assert [(each.stage, each.reason) for each in checked.unchecked] == [(STAGE_ASR, "no_audio_track")]


async def test_a_job_of_which_nothing_was_checked_fails_once(matcher: Matcher) -> None:
    job = new_job()
    await deliver(matcher, [await matcher.plan(job), failed(job), failed(job, stage=STAGE_ASR), read(job)])
    checked, (failure,) = await ends(matcher, job)
    assert (checked, failure.reason) == ([], "nothing_checked")


async def test_a_stage_that_gives_up_on_the_whole_job_fails_it_once(matcher: Matcher) -> None:
    job = new_job()
    await deliver(matcher, [failed(job, None), await matcher.plan(job), read(job), heard(job), failed(job, None)])
    checked, (failure,) = await ends(matcher, job)
    assert (checked, failure.reason) == ([], "child_timeout")


async def test_a_record_that_cannot_be_decoded_fails_its_job_and_no_other(matcher: Matcher) -> None:
    job, other = new_job(), new_job()
    await matcher.publish_raw(read(job), b"[]")
    await matcher.publish(await matcher.plan(other), read(other), heard(other))
    checked, (failure,) = await ends(matcher, job)
    assert (checked, failure.reason) == ([], "invalid_payload")
    assert len((await ends(matcher, other))[0]) == 1


async def test_rules_that_cannot_be_read_fail_the_job_with_their_reason(matcher: Matcher) -> None:
    job = new_job()
    plan = await matcher.plan(job)
    missing = plan.rules.model_copy(update={"key": f"tenants/{TENANT}/jobs/{job}/none.json"})
    await deliver(matcher, [plan.model_copy(update={"rules": missing}), read(job), heard(job)])
    checked, (failure,) = await ends(matcher, job)
    assert (checked, failure.reason) == ([], "object_missing")


async def test_the_policy_and_the_words_of_the_job_decide(matcher: Matcher) -> None:
    job = new_job()
    plan = await matcher.plan(job, rules=Rules(ng_words=(NgWord(text="law"),)))
    await deliver(matcher, [plan, read(job, 0, CAPTION), heard(job, 0, SENTENCE)])
    (checked,), _ = await ends(matcher, job)
    assert (checked.verdict, checked.counts["blocker"]) == ("fail", 1)


@pytest.mark.parametrize("event", [JobFailed, JobCancelled])
async def test_a_job_that_ended_elsewhere_is_forgotten_and_not_judged(matcher: Matcher, event: Any) -> None:
    job = new_job()
    more = {"detail": ""} if event is JobFailed else {}
    await deliver(matcher, [await matcher.plan(job), read(job), event(job_id=job, sequence=5, reason="any", **more)])
    await deliver(matcher, [heard(job)])
    assert await ends(matcher, job) == ([], [])
    assert await matcher.scalar("SELECT count(*) FROM jobs WHERE job_id = :job", job=job) == 0


async def test_another_tenants_job_of_the_same_id_is_another_job(matcher: Matcher) -> None:
    job = new_job()
    await matcher.publish(read(job), heard(job), tenant="other")
    await deliver(matcher, [await matcher.plan(job)])
    assert await ends(matcher, job) == ([], [])


async def test_parts_are_deleted_with_the_verdict(matcher: Matcher) -> None:
    job = new_job()
    await deliver(matcher, [await matcher.plan(job), read(job), heard(job)])
    assert len((await ends(matcher, job))[0]) == 1
    assert await matcher.scalar("SELECT count(*) FROM parts WHERE job_id = :job", job=job) == 0
    assert await matcher.scalar("SELECT verdict FROM jobs WHERE job_id = :job", job=job) == "pass"

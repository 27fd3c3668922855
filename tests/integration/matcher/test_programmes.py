"""A job is judged with what was stored beside its plan: policy, script, and the memory of its programme."""

from telop_contracts.check.v1 import CheckResult, Memory, Rules, Suppression
from telop_contracts.job.v1 import JobChecked, JobPlanned
from telop_contracts.media.v1 import Policy, PolicyRule, ScriptLine

from tests.integration.matcher.harness import Matcher, heard, new_job, read

CAPTIONS = ("The parlament voted", "The comittee met")
SAID = "the parliament voted the committee met"


async def judged(
    matcher: Matcher, plan: JobPlanned, *captions: str, said: str = SAID
) -> tuple[JobChecked, CheckResult]:
    """The one verdict on captions, and its result."""
    job = plan.job_id
    await matcher.publish(plan, read(job, 0, *(captions or CAPTIONS)), heard(job, 0, said))
    await matcher.until_idle()
    (checked,) = await matcher.published(JobChecked, job)
    return checked, await matcher.result(checked)


async def test_a_second_job_says_what_is_new_still_there_and_fixed_and_what_is_suppressed(matcher: Matcher) -> None:
    _, first = await judged(matcher, await matcher.plan(new_job()))
    silent = next(each for each in first.findings if each.wrong.text == "comittee")
    assert silent.mistake_id is not None

    suppression = Suppression(mistake_id=silent.mistake_id, decision="intended")
    plan = await matcher.plan(new_job(), memory=Memory(earlier=first.findings, suppressions=(suppression,)))
    checked, second = await judged(
        matcher, plan, "The comittee met", "The goverment voted", said="the committee met the government voted"
    )
    marks = {each.wrong.text: (each.since_earlier, each.suppressed, each.action) for each in second.findings}
    assert marks == {"comittee": ("still_there", "intended", None), "goverment": ("new", None, "warn")}
    assert [each.wrong.text for each in second.fixed] == ["parlament"]
    assert (checked.counts["issue"], checked.counts["suppressed"], checked.counts["fixed"]) == (1, 1, 1)


async def test_what_is_suppressed_does_not_keep_a_programme_from_passing(matcher: Matcher) -> None:
    _, first = await judged(matcher, await matcher.plan(new_job()))
    silent = tuple(Suppression(mistake_id=each.mistake_id or "", decision="false_alarm") for each in first.findings)
    checked, second = await judged(matcher, await matcher.plan(new_job(), memory=Memory(suppressions=silent)))
    assert (checked.verdict, len(second.findings), second.verdict_reasons) == ("pass", 2, ())


async def test_the_policy_decides_which_kinds_block(matcher: Matcher) -> None:
    rule = PolicyRule(kinds=("spelling",), min_confidence=0.5, action="block")
    plan = await matcher.plan(new_job(), rules=Rules(policy=Policy(rules=(rule,))))
    checked, result = await judged(matcher, plan)
    assert (checked.verdict, result.verdict_reasons) == ("fail", ("findings",))


async def test_names_and_numbers_that_nothing_verified_are_not_passed(matcher: Matcher) -> None:
    captions, said = ("Then Xavi Ovxqua paid 300 euros",), "something else was said"
    checked, result = await judged(matcher, await matcher.plan(new_job()), *captions, said=said)
    assert (checked.verdict, result.verdict_reasons) == ("warn", ("unverified",))
    assert result.coverage is not None
    assert (result.coverage.names.verified, result.coverage.numbers.verified) == (0, 0)
    script = [ScriptLine(text=captions[0])]
    checked, result = await judged(matcher, await matcher.plan(new_job(), script=script), *captions, said=said)
    assert (checked.verdict, result.telops[0].verified_by[0]) == ("pass", "script")


async def test_a_finding_is_explained_part_by_part_with_its_passage_of_the_script(matcher: Matcher) -> None:
    script = [ScriptLine(text="The parliament voted, and the committee met.")]
    _, result = await judged(matcher, await matcher.plan(new_job(), script=script))
    finding = result.findings[0]
    explained = next(each for each in result.explanations if each.finding_id == finding.finding_id)
    assert [(pair.written, pair.heard) for pair in explained.pairs] == [
        ("The", "the"),
        ("parlament", "parliament"),
        ("voted", "voted"),
    ]
    assert explained.script == script[0].text
    assert set(finding.witnesses) == {"dictionary", "speech", "script"}

"""What is known of a programme beyond one job: rules of the tenant, an earlier job, and suppressed mistakes."""

from typing import Any

from pydantic import TypeAdapter
from telop_chassis.objects import ObjectStore
from telop_contracts.check.v1 import CheckResult, Coverage, ExplainedPair, Explanation, Memory, Rules, Share
from telop_contracts.finding.v1 import Occurrence
from telop_contracts.media.v1 import MediaPublished, MediaSource, ScriptLine
from telop_contracts.values import ObjectRef

from tests.integration.ingest.harness import BOX, Ingest, a_result

NEWS = "Evening News"
ScriptLines = TypeAdapter(list[ScriptLine])


async def plan_of(ingest: Ingest, job_id: str) -> dict[str, Any]:
    """The plan of a job, once it has one."""
    await ingest.until(job_id, "running")
    return next(each for each in await ingest.published("job.planned.v1") if each["job_id"] == job_id)


async def document(ingest: Ingest, ref: dict[str, Any]) -> bytes:
    return await ObjectStore(ingest.service.settings.objects).get_bytes(ObjectRef.model_validate(ref))


async def memory_of(ingest: Ingest, job_id: str) -> Memory | None:
    ref = (await plan_of(ingest, job_id))["memory"]
    return Memory.model_validate_json(await document(ingest, ref)) if ref else None


async def checked(ingest: Ingest, clip: bytes, result: CheckResult | None = None, **more: Any) -> str:
    """A job that was checked."""
    job_id = await ingest.start(clip, **more)
    await ingest.until(job_id, "running")
    await ingest.checked(job_id, result or a_result(job_id))
    await ingest.until(job_id, "succeeded")
    return job_id


async def decide(ingest: Ingest, finding_id: str, decision: str) -> None:
    answer = await ingest.client.post(f"/v1/findings/{finding_id}/decisions", json={"decision": decision})
    assert answer.status_code == 201


async def suppressed(ingest: Ingest, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await ingest.client.get("/v1/suppressions", params=query)).json()["items"]
    return found


async def test_the_rules_of_the_tenant_are_added_to_those_of_a_job(ingest: Ingest, clip: bytes) -> None:
    shared = {
        "roster": [{"text": "Jane Doe", "kind": "person"}, {"text": "John Anderson"}],
        "ng_words": [{"text": "guarantee"}],
        "policy": {"fail_at": "issue", "max_unverified": 0.1},
    }
    assert (await ingest.client.put("/v1/tenant-rules", json=shared)).status_code == 200
    own = {"roster": [{"text": "Jane Doe", "reading": "Doh"}], "policy": {"max_unverified": 0.3}}
    plan = await plan_of(ingest, await ingest.start(clip, **own))
    rules = Rules.model_validate_json(await document(ingest, plan["rules"]))
    assert [(entry.text, entry.reading) for entry in rules.roster] == [("Jane Doe", "Doh"), ("John Anderson", None)]
    assert [word.text for word in rules.ng_words] == ["guarantee"]
    assert (rules.policy.fail_at, rules.policy.max_unverified) == ("issue", 0.3)

    plan = await plan_of(ingest, await ingest.start(clip))
    assert Rules.model_validate_json(await document(ingest, plan["rules"])).policy.max_unverified == 0.1


async def test_the_rules_of_a_tenant_are_for_its_administrators(ingest: Ingest) -> None:
    empty = (await ingest.client.get("/v1/tenant-rules")).json()
    assert (empty["roster"], empty["policy"]["fail_at"], empty["updated_at"]) == ([], "blocker", None)
    await ingest.client.put("/v1/tenant-rules", json={"ng_words": [{"text": "guarantee"}]})
    assert (await ingest.client.get("/v1/tenant-rules")).json()["updated_by"]
    async with await ingest.stranger() as other, await ingest.stranger("jobs:read", "jobs:write") as reader:
        assert (await other.get("/v1/tenant-rules")).json()["ng_words"] == []
        assert (await reader.get("/v1/tenant-rules")).status_code == 403
    answer = await ingest.client.put("/v1/tenant-rules", json={"policy": {"fail_at": "always"}})
    assert answer.json()["errors"][0]["pointer"] == "/policy/fail_at"


async def test_a_job_is_told_of_the_findings_of_an_earlier_one(ingest: Ingest, clip: bytes) -> None:
    first = await checked(ingest, clip, programme=NEWS)
    memory = await memory_of(ingest, await ingest.start(clip, programme=NEWS, earlier_job_id=first))
    assert memory is not None
    assert memory.earlier is not None
    assert {each.finding_id for each in memory.earlier} == {f"{first}:f0", f"{first}:f1"}


async def test_an_earlier_job_that_cannot_be_compared_with_is_refused(ingest: Ingest, clip: bytes) -> None:
    first = await checked(ingest, clip, programme=NEWS)
    unchecked = await ingest.start(clip, programme=NEWS)
    async with await ingest.stranger() as other:
        media_id = (await other.post("/v1/media", content=clip)).json()["media_id"]
        body = {"media": {"media_id": media_id}, "language": "en", "programme": NEWS, "earlier_job_id": first}
        assert (await other.post("/v1/jobs", json=body)).json()["errors"][0]["code"] == "earlier_job_unknown"
    media = {"media_id": await ingest.upload(clip)}
    for earlier, programme, code in (
        ("job_nothing", NEWS, "earlier_job_unknown"),
        (first, "Morning News", "earlier_job_other_programme"),
        (unchecked, NEWS, "earlier_job_not_checked"),
    ):
        body = {"media": media, "language": "en", "programme": programme, "earlier_job_id": earlier}
        answer = await ingest.client.post("/v1/jobs", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_an_event_that_names_an_earlier_job_of_nobody_leaves_a_failed_job(ingest: Ingest, clip: bytes) -> None:
    media = MediaSource(object_key=(await ingest.put("tenants/demo/a", clip)).key)
    event = MediaPublished(media=media, language="en", programme=NEWS, earlier_job_id="job_nothing")
    await ingest.publish(event, tenant="demo")
    await ingest.until_idle()
    assert await ingest.scalar("SELECT status || ' ' || error_reason FROM jobs") == "failed earlier_job_unknown"


async def test_a_decision_silences_its_mistake_in_later_jobs_of_the_programme(ingest: Ingest, clip: bytes) -> None:
    first = await checked(ingest, clip, programme=NEWS)
    await decide(ingest, f"{first}:f0", "false_alarm")
    await decide(ingest, f"{first}:f1", "accepted")
    (silent,) = await suppressed(ingest, programme=NEWS)
    assert (silent["finding_id"], silent["decision"], silent["wrong"]["text"]) == (f"{first}:f0", "false_alarm", "teh")
    assert await suppressed(ingest, programme="Morning News") == []

    memory = await memory_of(ingest, await ingest.start(clip, programme=NEWS))
    assert memory is not None
    assert [(each.mistake_id, each.decision) for each in memory.suppressions] == [("mistake-0", "false_alarm")]
    assert await memory_of(ingest, await ingest.start(clip, programme="Morning News")) is None
    assert await memory_of(ingest, await ingest.start(clip)) is None


async def test_a_suppression_ends_with_a_later_decision_on_the_same_mistake(ingest: Ingest, clip: bytes) -> None:
    first = await checked(ingest, clip, programme=NEWS)
    await decide(ingest, f"{first}:f0", "intended")
    second = await checked(ingest, clip, programme=NEWS)
    await decide(ingest, f"{second}:f0", "accepted")
    assert await suppressed(ingest) == []


async def test_a_suppression_can_be_withdrawn_once_and_by_nobody_else(ingest: Ingest, clip: bytes) -> None:
    first = await checked(ingest, clip, programme=NEWS)
    await decide(ingest, f"{first}:f0", "intended")
    (silent,) = await suppressed(ingest)
    path = f"/v1/suppressions/{silent['suppression_id']}"
    async with await ingest.stranger() as other:
        assert await suppressed(ingest) == [silent]
        assert (await other.get("/v1/suppressions")).json()["items"] == []
        assert (await other.delete(path)).status_code == 404
    assert [(await ingest.client.delete(path)).status_code for _ in range(2)] == [204, 404]


async def test_a_script_file_is_a_document_of_the_plan_and_text_without_times_gets_none(
    ingest: Ingest, clip: bytes
) -> None:
    srt = b"1\n00:00:01,000 --> 00:00:02,000\nGood evening\n"
    for content, kind, start_s in ((srt, "srt", 1.0), (b"Good evening\nGood night", "txt", None)):
        file = {"media_id": await ingest.upload(content), "format": kind}
        plan = await plan_of(ingest, await ingest.start(clip, script=file))
        assert plan["transcript"] is None
        lines = ScriptLines.validate_json(await document(ingest, plan["script"]))
        assert (lines[0].text, lines[0].start_s) == ("Good evening", start_s)
    job_id = await ingest.start(clip, script={"media_id": await ingest.upload(b"no"), "format": "vtt"})
    assert (await ingest.until(job_id, "failed"))["error"]["reason"] == "script_malformed"


async def test_occurrences_coverage_explanation_and_what_was_fixed_are_shown(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")
    plain = a_result(job_id)
    shown = tuple(Occurrence(start_s=at, end_s=at + 0.2, box=BOX) for at in (0.2, 0.6))
    finding = plain.findings[0].model_copy(update={"occurrences": shown, "occurrence_count": 2, "action": "warn"})
    pair = ExplainedPair(written="teh", start=0, end=3, heard="the", cost=0.33)
    explanation = Explanation(finding_id=finding.finding_id, relation="verbatim", pairs=(pair,))
    telops = tuple(each.model_copy(update={"verified_by": ("speech",)}) for each in plain.telops)
    update = {
        "findings": (finding,),
        "telops": telops,
        "coverage": Coverage(telops={"speech": 3}, names=Share(total=2, verified=1)),
        "verdict_reasons": ("findings",),
        "fixed": (plain.findings[1],),
        "explanations": (explanation,),
    }
    await ingest.checked(job_id, plain.model_copy(update=update))
    job = await ingest.until(job_id, "succeeded")
    assert (job["coverage"]["names"], job["verdict_reasons"]) == ({"total": 2, "verified": 1}, ["findings"])

    async def items(path: str) -> Any:
        return (await ingest.client.get(f"/v1/jobs/{job_id}/{path}")).json()["items"]

    (found,) = await items("findings")
    assert [each["timecode_in"] for each in found["occurrences"]] == ["00:00:00:05", "00:00:00:15"]
    assert (found["occurrence_count"], found["action"]) == (2, "warn")
    assert [each["finding_id"] for each in await items("fixed-findings")] == [f"{job_id}:f1"]
    assert (await items("telops"))[0]["verified_by"] == ["speech"]
    answer = (await ingest.client.get(found["links"]["explanation"])).json()
    assert (answer["pairs"][0]["heard"], answer["reasons"]) == ("the", ["not_a_word"])

"""What an engine process promises: one load, one answer at a time, and no answer that nobody wants."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from telop_chassis.engine_process import EngineProcess, EngineUnavailableError
from telop_chassis.failures import PermanentError, TransientError


@pytest.fixture
async def engine(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[EngineProcess]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    process = EngineProcess("counting_engine:load", threads=2)
    yield process
    await process.stop()


async def test_twenty_requests_cost_one_load(engine: EngineProcess) -> None:
    answers = await asyncio.gather(*(engine.ask({}) for _ in range(20)))

    assert sorted(answer["answers"] for answer in answers) == list(range(1, 21))
    assert len({answer["pid"] for answer in answers}) == 1
    assert {answer["threads"] for answer in answers} == {"2"}
    assert engine.loads == 1


async def test_starting_tells_which_engine_it_is(engine: EngineProcess) -> None:
    assert (await engine.start()).name == "counting"
    assert (await engine.start()).name == "counting"
    assert engine.loads == 1


async def test_a_death_costs_the_request_in_flight_and_no_other(engine: EngineProcess) -> None:
    with pytest.raises(TransientError, match="engine_died"):
        await engine.ask({"do": "die"})

    assert (await engine.ask({}))["answers"] == 1
    assert engine.loads == 2


async def test_a_refusal_is_permanent_and_keeps_the_engine(engine: EngineProcess) -> None:
    with pytest.raises(PermanentError, match=r"^language_not_supported$"):
        await engine.ask({"do": "refuse"})
    await engine.ask({})
    assert engine.loads == 1


async def test_a_failure_tells_its_type_and_never_its_message(engine: EngineProcess) -> None:
    with pytest.raises(TransientError, match="engine_failed: ValueError") as caught:
        await engine.ask({"do": "fail", "say": "marker-of-a-word"})
    assert "marker-of-a-word" not in str(caught.value)


async def test_a_cancelled_request_ends_the_work_and_the_next_one_is_served(engine: EngineProcess) -> None:
    await engine.start()
    hanging = asyncio.create_task(engine.ask({"do": "hang"}))
    waiting = asyncio.create_task(engine.ask({}))
    await asyncio.wait({hanging}, timeout=0.2)

    hanging.cancel()

    assert (await waiting)["answers"] == 1, "the engine that hung was asked again"
    assert hanging.cancelled()
    assert engine.loads == 2


async def test_a_request_that_takes_too_long_is_told_of_and_ended(
    engine: EngineProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telop_chassis.children.SLOW_S", 0.05)
    await engine.start()
    with capture_logs() as lines, pytest.raises(TransientError, match="engine_timeout"):
        await engine.ask({"do": "hang"}, timeout_s=0.3)
    assert [line["event"] for line in lines] == ["child_slow"]
    assert (await engine.ask({}))["answers"] == 1


async def test_a_missing_model_tells_the_operator_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    with pytest.raises(EngineUnavailableError, match="fetch the model first"):
        await EngineProcess("counting_engine:load", {"missing": True}).start()

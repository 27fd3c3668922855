"""The whole way of a range, with the real sandbox, the real engine and the demo's clip."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telop_chassis.engine_process import EngineProcess
from telop_chassis.failures import PermanentError
from telop_cli.demo.truth import ASSETS, CLIP, TRUTH, Truth
from telop_ocr.recognition import Footage, Recogniser
from telop_ocr.settings import OcrSettings

SETTINGS = OcrSettings()
FRAME_S = 0.04


@pytest.fixture(scope="module")
async def engine() -> EngineProcess:
    own = SETTINGS
    return EngineProcess(
        "telop_ocr.engines:load", {"engine": own.engine, "threads": 1, "min_confidence": own.min_confidence}
    )


@pytest.fixture(scope="module")
async def recogniser(engine: EngineProcess, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Recogniser]:
    scratch = tmp_path_factory.mktemp("scratch")
    made = Recogniser(engine, SETTINGS, scratch)
    await made.start()
    yield made
    assert list(scratch.iterdir()) == []
    await made.stop()


@pytest.fixture(scope="module")
def truth() -> Truth:
    return Truth.read(ASSETS / TRUTH)


def clip(start_s: float, end_s: float) -> Footage:
    return Footage(ASSETS / CLIP, "mov", start_s, end_s)


async def test_every_telop_of_the_clip_is_read_to_the_letter_and_to_the_frame(
    recogniser: Recogniser, truth: Truth
) -> None:
    async with recogniser.recognised(clip(0.0, 30.0)) as found:
        read = {telop.text: telop for telop in found.telops}
        assert set(read) == {telop.written for telop in truth.telops}
        for telop in truth.telops:
            assert read[telop.written].start_s == pytest.approx(telop.start_s, abs=FRAME_S)
            assert read[telop.written].end_s == pytest.approx(telop.end_s, abs=FRAME_S)
        assert found.engine_calls < 2 * len(truth.telops)
        assert all(found.stills[telop.still].read_bytes()[:2] == b"\xff\xd8" for telop in found.telops)


async def test_two_overlapping_ranges_read_the_same_in_their_overlap(recogniser: Recogniser) -> None:
    async with recogniser.recognised(clip(0.0, 9.0)) as first, recogniser.recognised(clip(7.0, 12.0)) as second:
        before = next(telop for telop in first.telops if "museum" in telop.text)
        after = next(telop for telop in second.telops if "museum" in telop.text)
    assert before.text == after.text
    assert before.open_end
    assert after.open_start
    assert not before.open_start


async def test_a_second_look_reads_the_box_and_nothing_beside_it(recogniser: Recogniser) -> None:
    async with recogniser.recognised(clip(3.0, 7.0)) as found:
        caption = next(telop for telop in found.telops if "bank" in telop.text)
    area = caption.area
    box = (round(area.x), round(area.y), round(area.width), round(area.height))
    look = await recogniser.look_again(clip(caption.start_s, caption.end_s), box)
    assert [reading.text for reading in look.readings] == [caption.text] * SETTINGS.recheck_samples


@pytest.mark.parametrize(("right", "wrong"), [("intrest", "interest"), ("left", "lett"), ("bank", "banks")])
async def test_a_second_look_tells_which_candidate_stands_in_the_picture(
    recogniser: Recogniser, right: str, wrong: str
) -> None:
    written = "The central bank left intrest rates unchanged"
    async with recogniser.recognised(clip(3.0, 7.0)) as found:
        caption = next(telop for telop in found.telops if telop.text == written)
    area = caption.area
    box = (round(area.x), round(area.y), round(area.width), round(area.height))
    span = clip(caption.start_s, caption.end_s)
    look = await recogniser.look_again(span, box, [written.replace(right, wrong), written])
    assert look.likeliest == written


async def test_a_range_behind_the_end_is_read_as_empty(recogniser: Recogniser) -> None:
    async with recogniser.recognised(clip(100.0, 130.0)) as found:
        assert (found.telops, found.engine_calls) == ([], 0)


async def test_a_damaged_medium_is_refused_for_good(recogniser: Recogniser, tmp_path: Path) -> None:
    path = tmp_path / "damaged"
    path.write_bytes(b"\0" * 4096)
    with pytest.raises(PermanentError, match="media_damaged"):
        async with recogniser.recognised(Footage(path, "mov", 0.0, 30.0)):
            pass


async def test_the_engine_is_loaded_once_for_all_ranges(recogniser: Recogniser, engine: EngineProcess) -> None:
    async with recogniser.recognised(clip(0.0, 2.0)), recogniser.recognised(clip(2.0, 4.0)):
        assert engine.loads == 1

"""How well the embedded recogniser hears forty news sentences with twenty names, and what that costs.

All contenders hear the same sound (`tests/unit/asr/speech`) in one run: pocketsphinx without a roster, with it, and
with other settings of the search, and moonshine, which has pocketsphinx beside it. Printed are shares of words and
names and ratios of processor time, never times.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from telop_asr.engines import AsrEngine, pocketsphinx
from telop_asr.engines.moonshine import MoonshineEngine
from telop_asr.engines.moonshine_model import MoonshineModel, find
from telop_asr.engines.pocketsphinx import PocketSphinxEngine
from telop_asr.handlers import REACH_S
from telop_asr.transcription import SAMPLE_RATE, HeardWord, Name, shifted, within
from telop_asr.voice import Stretch, on_frame, stretches
from telop_matcher.matching import stitching, values

from tests.unit.asr import news

DECOYS = ("Rainey", "Minstrell", "Copperfield", "Snowe", "Fryer", "Leeders", "Polise", "Accidenti", "Oceane", "Revere")
"""Names that sound like words of the sentences, and that nobody says."""
OTHERWISE: dict[str, dict[str, Any]] = {
    "30,000 states a frame": {"maxhmmpf": 30_000},
    "beam 1e-40": {"beam": 1e-40, "wbeam": 7e-25, "pbeam": 1e-40},
    "no flat pass": {"fwdflat": False},
}
SEGMENT_S, OVERLAP_S = 30.0, 2.0


@dataclass
class Score:
    """What one contender heard."""

    cpu_s: float = 0.0
    wrong: int = 0
    words: int = 0
    first: int = 0
    among: int = 0
    named: int = 0
    false: int = 0
    rated: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, sentence: news.Sentence, heard: Sequence[HeardWord], names: Sequence[str]) -> None:
        said, got = sentence.said.split(), [word.text.lower() for word in heard]
        for kind, i, j, m, n in SequenceMatcher(None, said, got, autojunk=False).get_opcodes():
            self.wrong += 0 if kind == "equal" else max(j - i, n - m)
            self.rated += [(word.confidence, kind == "equal") for word in heard[m:n]]
            if j - i == n - m:  # word by word
                self.words += j - i
                self.first += j - i if kind == "equal" else 0
                self.among += sum(
                    true in {word.text.lower(), *(each.text.lower() for each in word.alternatives)}
                    for true, word in zip(said[i:j], heard[m:n], strict=True)
                )
        line = f" {' '.join(got)} "
        self.named += sentence.name is not None and f" {sentence.name.lower()} " in line
        self.false += sum(f" {name.lower()} " in line for name in names if name != sentence.name)

    def error(self) -> float:
        """The expected calibration error over ten bins."""
        bins = [[each for each in self.rated if at <= each[0] * 10 < at + 1] for at in range(11)]
        gaps = [abs(sum(rating - right for rating, right in each)) for each in bins]
        return sum(gaps) / max(1, len(self.rated))


def measure() -> None:
    """Print one line for each contender."""
    roster = (*news.NAMES, *DECOYS)
    total = sum(len(each.said.split()) for each in news.sentences())
    plain = _hear(PocketSphinxEngine(), ())
    contenders = {"no roster": plain, "roster": _hear(PocketSphinxEngine(), roster)}
    contenders["moonshine, no roster"] = _hear(_both(), ())
    contenders["moonshine, roster"] = _hear(_both(), roster)
    for name, settings in OTHERWISE.items():
        usual = dict(pocketsphinx.SETTINGS)
        pocketsphinx.SETTINGS.update(settings)
        contenders[name] = _hear(PocketSphinxEngine(), roster)
        pocketsphinx.SETTINGS.clear()
        pocketsphinx.SETTINGS.update(usual)
    for name, score in contenders.items():
        print(
            f"hearing  {name:<21} words wrong {score.wrong / total:6.1%}  names {score.named}/{len(news.NAMES)}, "
            f"{score.false} false  right first {score.first / score.words:.1%}, among alternatives "
            f"{score.among / score.words:.1%}  calibration error {score.error():.3f}  "
            f"processor {score.cpu_s / plain.cpu_s:.2f}x"
        )
    _seams()


def _both() -> MoonshineEngine:
    return MoonshineEngine(MoonshineModel(find(), 1))


def _hear(engine: AsrEngine, roster: Sequence[str]) -> Score:
    score, names = Score(), tuple(map(Name, roster))
    engine.hear(news.sound(), [], "en", names)  # makes the decoder, which is not what is measured
    began = time.process_time()
    heard = [engine.hear(each.sound, [Stretch(0, len(each.sound))], "en", names).words for each in news.sentences()]
    score.cpu_s = time.process_time() - began
    for sentence, words in zip(news.sentences(), heard, strict=True):
        score.add(sentence, words, roster)
    return score


def _seams() -> None:
    """How segments, stitched, differ from the whole sound heard at once."""
    engine, sound = _both(), news.sound()
    length_s = len(sound) / SAMPLE_RATE
    whole = engine.hear(sound, stretches(sound, Stretch(0, len(sound))), "en", ()).words
    starts = [at * (SEGMENT_S - OVERLAP_S) for at in range(int(length_s // (SEGMENT_S - OVERLAP_S)) + 1)]
    for reach_s in (0.0, REACH_S):
        parts = [_part(engine, start_s, min(start_s + SEGMENT_S, length_s), reach_s) for start_s in starts]
        got = [word.text for word in stitching.stitch_words(parts)]
        kinds = SequenceMatcher(None, [word.text for word in whole], got, autojunk=False).get_opcodes()
        wrong = sum(max(j - i, n - m) for kind, i, j, m, n in kinds if kind != "equal")
        doubled = sum(a == b for a, b in pairwise(got)) - sum(a.text == b.text for a, b in pairwise(whole))
        print(
            f"hearing  {len(starts)} segments, listening {reach_s:.0f} s beyond their edges: {wrong} of {len(whole)} "
            f"words other than heard at once, {doubled} doubled"
        )


def _part(engine: AsrEngine, start_s: float, end_s: float, reach_s: float) -> stitching.Part[values.Word]:
    from_s = on_frame(start_s - reach_s)
    sound = news.sound()[round(from_s * SAMPLE_RATE) : round((end_s + reach_s) * SAMPLE_RATE)]
    inner = Stretch(round((start_s - from_s) * SAMPLE_RATE), round((end_s - from_s) * SAMPLE_RATE))
    heard = engine.hear(sound, stretches(sound, inner), "en", ()).words
    words = within(shifted(heard, from_s), start_s, end_s)
    return stitching.Part(
        start_s, end_s, tuple(values.Word(each.text, each.start_s, each.end_s, each.confidence) for each in words)
    )

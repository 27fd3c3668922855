"""How the work of a judgement grows with the length of the programme, and what a programme of three hours costs.

Each size is judged in a process of its own, whole: from the segments' parts to the result document, with a roster, a
script and an earlier job. Texts are drawn at random from the lexicon's frequent words, with misheard and misspelt ones
among them, so that neither caches nor repetitions flatter the figures.
"""

import math
import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from telop_contracts.check.v1 import CheckResult, Memory, Rules
from telop_contracts.job.v1 import JobPlanned, MediaFacts, SegmentRange, StagePlan
from telop_contracts.media.v1 import RosterEntry, ScriptLine
from telop_contracts.speech.v1 import SpeechTranscribed, Word
from telop_contracts.telops.v1 import Reading, Telop, TelopsRead
from telop_contracts.values import STAGE_ASR, STAGE_OCR, Box, Cost, EngineFingerprint, ObjectRef
from telop_matcher.english import EnglishLexicon
from telop_matcher.joining import Joined, Part
from telop_matcher.judgement import Asked, judge_job
from telop_matcher.matching.judging import judge
from wordfreq import top_n_list

SIZES = (10, 50, 200, 1_000, 5_000)
TELOP_S = 2.16
"""5,000 telops are three hours."""
WORDS = 6
SEGMENT_S, OVERLAP_S = 30.0, 2.0
ENGINE = EngineFingerprint(name="bench", version="1", model="none", settings_sha256="0" * 64)
COST = Cost(wall_s=0.0, media_s=0.0, engine_calls=0, device="cpu")
STILL = ObjectRef(key="tenants/bench/still", sha256="0" * 64, bytes=1)


@dataclass(frozen=True)
class Taken:
    """What the judgement of a programme took; memory of the process before it, and at its peak."""

    telops: int
    issues: int
    cpu_s: float
    before_mb: float
    peak_mb: float


def measure() -> None:
    """Judge programmes of growing length and print what it took."""
    print("judging: telops, issues, CPU seconds, ms a telop, MB before, peak MB")
    context, lexicon = get_context("spawn"), EnglishLexicon().load()
    joined, asked = _programme(SIZES[0], lexicon)
    first = judge_job(joined, asked, partial(judge, lexicon=lexicon))
    memory = Memory(earlier=CheckResult.model_validate_json(first.document).findings)
    taken = []
    for size in SIZES:
        joined, asked = _programme(size, lexicon)
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            taken.append(pool.submit(judged, size, joined, replace(asked, memory=memory)).result())
        last = taken[-1]
        per_telop = 1000 * last.cpu_s / last.telops
        peaks = f"{last.before_mb:>7.0f} {last.peak_mb:>7.0f}"
        print(f"  {last.telops:>6} {last.issues:>6} {last.cpu_s:>8.2f} {per_telop:>6.2f} {peaks}")
    print(f"  exponent from {SIZES[0]} to {SIZES[-1]} telops: {_exponent(taken):.2f} (goal: at most 1.2)")
    print(f"  three hours: {taken[-1].cpu_s:.1f} CPU s (goal: 20), {taken[-1].peak_mb:.0f} MB (goal: 300)")


def judged(size: int, joined: Joined, asked: Asked) -> Taken:
    """Judge a programme."""
    by = partial(judge, lexicon=EnglishLexicon().load())
    before_mb, began = _peak_mb(), time.process_time()
    judgement = judge_job(joined, asked, by)
    return Taken(size, judgement.counts["issue"], time.process_time() - began, before_mb, _peak_mb())


def _peak_mb() -> float:
    """Linux's high water of this program alone: that of `getrusage` begins with what its starter held."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


def _exponent(taken: list[Taken]) -> float:
    """The slope of a straight line through the logarithms."""
    points = [(math.log(each.telops), math.log(each.cpu_s)) for each in taken]
    middle = [sum(values) / len(points) for values in zip(*points, strict=True)]
    above = sum((x - middle[0]) * (y - middle[1]) for x, y in points)
    return float(above / sum((x - middle[0]) ** 2 for x, _ in points))


def _programme(size: int, lexicon: EnglishLexicon) -> tuple[Joined, Asked]:
    chance = random.Random(size)
    vocabulary = [
        word for word in top_n_list("en", 8_000) if 3 < len(word) < 9 and word.isalpha() and lexicon.knows(word)
    ]
    said = [[chance.choice(vocabulary) for _ in range(WORDS)] for _ in range(size)]
    length_s = size * TELOP_S
    step_s = SEGMENT_S - OVERLAP_S
    ranges = [
        (at * step_s, at * step_s + SEGMENT_S) for at in range(max(1, math.ceil((length_s - OVERLAP_S) / step_s)))
    ]
    telops = list(_telops(said, chance))
    words = list(_words(said, vocabulary, chance))
    parts = []
    for index, (start_s, end_s) in enumerate(ranges):
        name = {"job_id": "bench", "segment_id": f"bench:{index}", "index": index, "engine": ENGINE, "cost": COST}
        seen = tuple(each for each in telops if each.start_s < end_s and start_s < each.end_s)
        heard = tuple(each for each in words if start_s <= each.start_s and each.end_s <= end_s)
        parts.append(_part(STAGE_OCR, index, TelopsRead(telops=seen, **name)))
        parts.append(_part(STAGE_ASR, index, SpeechTranscribed(words=heard, **name)))
    roster = tuple(RosterEntry(text=" ".join(chance.sample(vocabulary, 2)).title()) for _ in range(200))
    script = tuple(ScriptLine(text=" ".join(line)) for line in said)
    asked = Asked(Rules(roster=roster), script, Memory(), 0, 0)
    return Joined(_plan(ranges), parts, (), looked_again=False, traceparents=()), asked


def _plan(ranges: list[tuple[float, float]]) -> JobPlanned:
    end_s = ranges[-1][1]
    return JobPlanned(
        job_id="bench",
        language="en",
        media=MediaFacts(object=STILL, format="mp4", duration_s=end_s, has_video=True, has_audio=True),
        segments=tuple(SegmentRange(index=at, start_s=each[0], end_s=each[1]) for at, each in enumerate(ranges)),
        stages=tuple(StagePlan(stage=stage, segments=len(ranges)) for stage in (STAGE_OCR, STAGE_ASR)),
        rules=STILL,
    )


def _part(stage: str, index: int, event: TelopsRead | SpeechTranscribed) -> Part:
    return Part(stage, index, event.model_dump_json().encode(), None, None)


def _telops(said: list[list[str]], chance: random.Random) -> Iterator[Telop]:
    """One caption for each line; in 3 of 100 words two letters are swapped."""
    for at, line in enumerate(said):
        written = [word[0] + word[2] + word[1] + word[3:] if chance.random() < 0.03 else word for word in line]
        text, start_s = " ".join(written).capitalize(), at * TELOP_S
        yield Telop(
            text=text,
            box=Box(x=100, y=440, width=700, height=48),
            start_s=start_s,
            end_s=start_s + TELOP_S - 0.1,
            confidence=0.98,
            frames=50,
            readings=tuple(Reading(text=text, confidence=0.98, at_s=start_s + by / 2) for by in range(4)),
            still=STILL,
        )


def _words(said: list[list[str]], vocabulary: list[str], chance: random.Random) -> Iterator[Word]:
    """Every line as it was heard: 5 of 100 words are others."""
    step_s = TELOP_S / WORDS
    for at, line in enumerate(said):
        for number, word in enumerate(line):
            heard = chance.choice(vocabulary) if chance.random() < 0.05 else word
            start_s = at * TELOP_S + number * step_s
            yield Word(text=heard, start_s=start_s, end_s=start_s + step_s * 0.9, confidence=0.9)

"""Records what the real engines read and hear: `python -m tests.scorecard.english.record [--speech]`.

Takes about 10 minutes of one core for hearing and reading; `--speech` synthesises the sound files anew before.
"""

import argparse
import gzip
import json
import sys
from dataclasses import replace
from typing import Final

from rapidfuzz.distance import Levenshtein
from telop_asr.engines.pocketsphinx import PocketSphinxEngine
from telop_cli.demo.speech import load
from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.values import Lexicon, Word

from tests.scorecard.english import RECORDED, speech
from tests.scorecard.english.reading import Reader
from tests.scorecard.english.staging import stage
from tests.scorecard.labels import HALVES, Programme, to_json

BANDS: Final = ((0.05, "<5 %"), (0.15, "5-15 %"), (1.0, ">15 %"))


def record(half: str, voice: str, lexicon: Lexicon, threads: int) -> None:
    """Read and hear every programme of a voice, staged clean and with mistakes."""
    ear, eye, timings = PocketSphinxEngine(), Reader(half, threads), speech.timings(half)
    found: list[Programme] = []
    for plan in speech.plans(half):
        if plan.voice != voice:
            continue
        timing = timings[plan.name]
        words = _heard(ear, half, plan.name)
        said = tuple(sentence.slots.spoken(sentence.utterance.spoken) for sentence in plan.sentences)
        for clean in (True, False):
            staged = stage(plan, timing, lexicon, clean=clean)
            labelled = tuple(eye.read(plan.name, staged.shown))
            whole = (staged.name, "en", half, plan.genre, "", timing["duration_s"], labelled, words, said, staged.rules)
            found.append(Programme(*whole))
        print(plan.name, flush=True)
    band = _band(found)
    (RECORDED / half).mkdir(parents=True, exist_ok=True)
    with gzip.GzipFile(RECORDED / half / f"{voice}.jsonl.gz", "wb", mtime=0) as file:
        for programme in found:
            labelled_json = to_json(replace(programme, voice_band=band))
            file.write(json.dumps(labelled_json, ensure_ascii=False).encode() + b"\n")


def _heard(ear: PocketSphinxEngine, half: str, name: str) -> tuple[Word, ...]:
    heard = ear.hear(load(speech.FOLDER / half / f"{name}.opus"), "en")
    return tuple(Word(w.text, round(w.start_s, 3), round(w.end_s, 3), round(w.confidence, 4)) for w in heard)


def _band(programmes: list[Programme]) -> str:
    """The band of a voice's word error rate, over all that it says."""
    wrong = total = 0
    for each in programmes:
        said = " ".join(each.said).split()
        wrong += Levenshtein.distance(said, [word.text for word in each.words])
        total += len(said)
    return next(name for limit, name in BANDS if wrong / total <= limit)


def main() -> int:
    """Record both halves."""
    parser = argparse.ArgumentParser(prog="python -m tests.scorecard.english.record", description=__doc__)
    parser.add_argument("--speech", action="store_true", help="synthesise the sound files anew")
    parser.add_argument("--threads", type=int, default=1, help="of the reader")
    parser.add_argument("--voice", action="append", help="only this one")
    arguments = parser.parse_args()
    lexicon = EnglishLexicon().load()
    for half in HALVES:
        if arguments.speech:
            speech.make(half)
        for voice in speech.VOICES[half]:
            if voice in (arguments.voice or speech.VOICES[half]):
                record(half, voice, lexicon, arguments.threads)
    return 0


if __name__ == "__main__":
    sys.exit(main())

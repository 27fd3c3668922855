"""Records what the real engines read and hear: `python -m tests.scorecard.english.record [--speech]`.

Takes about 10 minutes of one core for hearing and reading; `--speech` synthesises the sound files anew before.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz.distance import Levenshtein
from telop_asr import voice
from telop_asr.engines.pocketsphinx import PocketSphinxEngine
from telop_asr.transcription import HeardWord, Name
from telop_cli.demo.speech import load
from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.values import Alternative, Lexicon, Word

from tests.scorecard.english import RECORDED, read, speech
from tests.scorecard.english.reading import Reader
from tests.scorecard.english.staging import stage
from tests.scorecard.labels import HALVES, Programme, to_json

MOST_ALTERNATIVES: Final = 3
"""Kept of a word: the recording stays small."""
BANDS: Final = ((0.05, "<5 %"), (0.15, "5-15 %"), (1.0, ">15 %"))


@dataclass
class Recorder:
    """Records voice by voice. Without a reader, what was read before is kept, and only hearing is done anew."""

    half: str
    ear: PocketSphinxEngine
    eye: Reader | None
    lexicon: Lexicon

    def record(self, name: str) -> None:
        """Record every programme of a voice, staged clean and with mistakes."""
        path = RECORDED / self.half / f"{name}.jsonl.gz"
        before = {each.name: each for each in read(path)} if self.eye is None else {}
        plans = [plan for plan in speech.plans(self.half) if plan.voice == name]
        found = [programme for plan in plans for programme in self._programmes(plan, before)]
        band = _band(found)
        path.parent.mkdir(parents=True, exist_ok=True)
        with gzip.GzipFile(path, "wb", mtime=0) as file:
            for programme in found:
                value = to_json(replace(programme, voice_band=band))
                file.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")

    def _programmes(self, plan: speech.Plan, before: Mapping[str, Programme]) -> Iterator[Programme]:
        timing = speech.timings(self.half)[plan.name]
        words = self._heard(plan)
        said = tuple(sentence.slots.spoken(sentence.utterance.spoken) for sentence in plan.sentences)
        for clean in (True, False):
            staged = stage(plan, timing, self.lexicon, clean=clean)
            if self.eye:
                labelled, rules = tuple(self.eye.read(plan.name, staged.shown)), staged.rules
            else:
                labelled, rules = before[staged.name].labelled, before[staged.name].rules
            whole = (staged.name, "en", self.half, plan.genre, "", timing["duration_s"], labelled, words, said, rules)
            yield Programme(*whole)
        print(plan.name, flush=True)

    def _heard(self, plan: speech.Plan) -> tuple[Word, ...]:
        sound = load(speech.FOLDER / self.half / f"{plan.name}.opus")
        stretches = voice.stretches(sound, voice.Stretch(0, len(sound)))
        heard = self.ear.hear(sound, stretches, "en", tuple(Name(name) for name in plan.people))
        return tuple(_word(word) for word in heard.words)


def _word(heard: HeardWord) -> Word:
    others = tuple(Alternative(each.text, round(each.confidence, 4)) for each in heard.alternatives[:MOST_ALTERNATIVES])
    return Word(heard.text, round(heard.start_s, 3), round(heard.end_s, 3), round(heard.confidence, 4), others)


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
    parser.add_argument("--hear", action="store_true", help="hear anew, and keep what was read")
    parser.add_argument("--threads", type=int, default=1, help="of the reader")
    parser.add_argument("--voice", action="append", help="only this one")
    arguments = parser.parse_args()
    ear, lexicon = PocketSphinxEngine(), EnglishLexicon().load()
    for half in HALVES:
        if arguments.speech:
            speech.make(half)
        eye = None if arguments.hear else Reader(half, arguments.threads)
        for name in speech.VOICES[half]:
            if name in (arguments.voice or speech.VOICES[half]):
                Recorder(half, ear, eye, lexicon).record(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())

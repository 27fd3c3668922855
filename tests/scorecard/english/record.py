"""Records what the real engines read and hear: `python -m tests.scorecard.english.record [--speech]`.

Takes about half an hour of one core for all halves; `--speech` synthesises the sound files anew before. Programmes that
are recorded are left alone: remove a file of `recorded/` to have it made anew.
"""

import argparse
import gzip
import json
import sys
from dataclasses import dataclass, replace
from typing import Final

from telop_asr import voice
from telop_asr.engines.moonshine import MoonshineEngine
from telop_asr.engines.moonshine_model import MoonshineModel, find
from telop_asr.transcription import HeardWord, Name
from telop_cli.demo.speech import load
from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.values import Alternative, Lexicon, Word

from tests.scorecard.english import HALVES, RECORDED, read, speech
from tests.scorecard.english.reading import Reader, as_shown
from tests.scorecard.english.staging import stage
from tests.scorecard.labels import Programme, to_json

MOST_ALTERNATIVES: Final = 3
"""Kept of a word: the recording stays small."""


@dataclass
class Recorder:
    """Records programme by programme. Without a reader, what was read before is kept, and only hearing is done anew."""

    half: str
    ear: MoonshineEngine
    eye: Reader | None
    lexicon: Lexicon

    def record(self, plan: speech.Plan) -> None:
        """Record a programme, staged clean and, at a voice's first take, with mistakes."""
        path = RECORDED / self.half / f"{plan.name}.jsonl.gz"
        if self.eye and path.exists():
            return
        words = self._heard(plan)
        programmes = [replace(each, words=words) for each in read(path)] if not self.eye else self._read(plan, words)
        path.parent.mkdir(parents=True, exist_ok=True)
        with gzip.GzipFile(path, "wb", mtime=0) as file:
            for programme in programmes:
                file.write(json.dumps(to_json(programme), ensure_ascii=False).encode() + b"\n")
        print(plan.name, flush=True)

    def _read(self, plan: speech.Plan, words: tuple[Word, ...]) -> list[Programme]:
        assert self.eye
        timing = speech.timings(self.half)[plan.name]
        said = tuple(sentence.slots.spoken(sentence.utterance.spoken) for sentence in plan.sentences)
        programmes = []
        for clean in (True, False) if plan.has_mistakes else (True,):
            staged = stage(plan, timing, self.lexicon, clean=clean)
            labelled = tuple(as_shown(staged.shown) if plan.is_for_the_ear else self.eye.read(plan.name, staged.shown))
            whole = (staged.name, "en", self.half, plan.genre, plan.voice, timing["duration_s"], labelled, words)
            programmes.append(Programme(*whole, said, staged.rules))
        return programmes

    def _heard(self, plan: speech.Plan) -> tuple[Word, ...]:
        sound = load(speech.FOLDER / self.half / f"{plan.name}.opus")
        stretches = voice.stretches(sound, voice.Stretch(0, len(sound)))
        heard = self.ear.hear(sound, stretches, "en", tuple(Name(name) for name in plan.people))
        return tuple(_word(word) for word in heard.words)


def _word(heard: HeardWord) -> Word:
    others = tuple(Alternative(each.text, round(each.confidence, 4)) for each in heard.alternatives[:MOST_ALTERNATIVES])
    return Word(heard.text, round(heard.start_s, 3), round(heard.end_s, 3), round(heard.confidence, 4), others)


def main() -> int:
    """Record all halves."""
    parser = argparse.ArgumentParser(prog="python -m tests.scorecard.english.record", description=__doc__)
    parser.add_argument("--speech", action="store_true", help="synthesise the sound files anew")
    parser.add_argument("--hear", action="store_true", help="hear anew, and keep what was read")
    parser.add_argument("--threads", type=int, default=1, help="of the reader")
    parser.add_argument("--only", action="append", help="only programmes whose name has this in it")
    arguments = parser.parse_args()
    ear = MoonshineEngine(MoonshineModel(find(), 1))
    lexicon = EnglishLexicon().load()
    for half in HALVES:
        if arguments.speech:
            speech.make(half)
        eye = None if arguments.hear else Reader(half, arguments.threads)
        recorder = Recorder(half, ear, eye, lexicon)
        for plan in speech.plans(half):
            if any(part in plan.name for part in arguments.only or [""]):
                recorder.record(plan)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Records second listens: `python -m tests.scorecard.english.listen`, whenever rules or what was heard has changed.

The judge says which wordings it wants compared, the real engine compares them over the real sound, and the answers lie
beside what was heard. What was asked before is kept as it is, what nobody asks any more goes. Takes a minute or two.
"""

import gzip
import json
import sys
from dataclasses import replace

from telop_asr.engines.moonshine import MoonshineEngine
from telop_asr.engines.moonshine_model import MoonshineModel, find
from telop_asr.transcription import SAMPLE_RATE, Name
from telop_cli.demo.speech import load
from telop_matcher.matching.listening import Span, Wording

from tests.scorecard import english
from tests.scorecard.english import speech
from tests.scorecard.labels import Programme


def main() -> int:
    """Record all halves."""
    engine, judge = MoonshineEngine(MoonshineModel(find(), 1)), english.judges()["nothing"]
    for half in english.HALVES:
        found: dict[str, list[tuple[float, float, str, float]]] = {}
        for programme in english.programmes(half):
            unheard = replace(programme, listened={})
            doubts = judge(unheard.telops, unheard.words, unheard.rules).doubts
            answers = {each for span in doubts for each in _answers(programme, half, span, engine)}
            found.setdefault(english.sound_of(programme), []).extend(answers)
        with gzip.GzipFile(english.listened_path(half), "wb", mtime=0) as file:
            file.write(json.dumps({name: sorted(set(each)) for name, each in sorted(found.items()) if each}).encode())
    return 0


def _answers(
    programme: Programme, half: str, span: Span, engine: MoonshineEngine
) -> list[tuple[float, float, str, float]]:
    """Span, wording and nats."""
    asked = [Wording(span.start_s, span.end_s, text) for text in span.wordings]
    if all(each in programme.listened for each in asked):
        rated: list[float | None] = [programme.listened[each] for each in asked]
    else:
        sound = load(speech.FOLDER / half / f"{english.sound_of(programme)}.opus")
        piece = sound[round(span.start_s * SAMPLE_RATE) : round(span.end_s * SAMPLE_RATE)]
        roster = tuple(map(Name, programme.rules.roster))
        rated = engine.likelihoods(piece, span.wordings, "en", roster)
    return [
        (each.start_s, each.end_s, each.text, round(nats, 1))
        for each, nats in zip(asked, rated, strict=True)
        if nats is not None
    ]


if __name__ == "__main__":
    sys.exit(main())

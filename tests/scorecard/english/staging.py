"""The written side: which telops a programme shows over its sentences, and which mistakes are planted in them.

Every programme is staged twice over the same speech: clean, and with mistakes of all kinds in turn. A sentence is
captioned word for word (whole, or in two parts), condensed or paraphrased; supers that nobody says stand above.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any, Final

from telop_matcher.matching.values import Lexicon, NgRule, Rules

from tests.scorecard.english.planting import PLANTERS, Caption, plant
from tests.scorecard.english.scripts import Slots, cast, fill, seed
from tests.scorecard.english.speech import Plan, Said
from tests.scorecard.labels import Mistake, Shown

MISTAKES: Final = 14
"""Wanted in every programme that has any."""
STYLES: Final = ("verbatim", "verbatim", "halves", "condensed", "condensed", "paraphrase")
CAPTION_AFTER_S: Final = 0.4
SUPER_EVERY: Final = 2
SUPER_S: Final = 3.0
INCONSISTENT: Final = "inconsistent"


@dataclass(frozen=True, slots=True)
class Staged:
    """What a programme shows, in order of time, and what its job brings along. Supers stand above captions."""

    name: str
    shown: tuple[Shown, ...]
    rules: Rules


def stage(plan: Plan, timing: dict[str, Any], lexicon: Lexicon, *, clean: bool) -> Staged:
    """Stage one programme."""
    draw = random.Random(f"{seed(plan.half)} {plan.name} {clean}")
    spans = [(float(start), float(end)) for start, end, _ in timing["sentences"]]
    captions = [part for said, span in zip(plan.sentences, spans, strict=True) for part in _captions(said, span, draw)]
    supers = list(_supers(plan, spans, draw))
    wanted = cycle(draw.sample([*PLANTERS, INCONSISTENT], len(PLANTERS) + 1))
    every = [*captions, *supers]
    if not clean:
        every = _with_mistakes(every, wanted, draw, lexicon, cast(plan.half).strangers)
    every = [(replace(caption, text=_styled(caption, draw)), span) for caption, span in every]
    shown = tuple(Shown(c.text, *span, c.relation, c.mistake) for c, span in sorted(every, key=lambda each: each[1]))
    forbidden = tuple(NgRule(caption.forbidden) for caption, _ in every if caption.forbidden)
    return Staged(f"{plan.name}-{'clean' if clean else 'mistakes'}", shown, Rules(plan.people, forbidden))


Timed = tuple[Caption, tuple[float, float]]


def _captions(said: Said, span: tuple[float, float], draw: random.Random) -> Iterator[Timed]:
    start, end = span[0] - draw.uniform(-0.2, 0.3), span[1] + CAPTION_AFTER_S
    style = draw.choice(STYLES)
    utterance = said.utterance
    if style == "halves" and "|" in utterance.spoken:
        first, second = utterance.spoken.split("|", 1)
        middle = start + (end - start) * len(first) / len(utterance.spoken)
        yield _caption(first, "verbatim", said), (start, middle - 0.05)
        yield _caption(second, "verbatim", said), (middle, end)
    elif style == "condensed":
        yield _caption(draw.choice(utterance.condensed), style, said), (start, end)
    elif style == "paraphrase":
        yield _caption(draw.choice(utterance.paraphrases), style, said), (start, end)
    else:
        text = utterance.spoken.replace("|", "\n" if draw.random() < 0.6 or len(utterance.spoken) > 60 else " ")
        yield _caption(text, "verbatim", said), (start, end)


def _caption(text: str, relation: str, said: Said) -> Caption:
    slots: Slots = said.slots
    figures = tuple(slot for name, slot in slots.values.items() if "{" + name + "}" in text and slot.wrong)
    names = tuple(slots.values[name].written for name in ("person", "person2") if "{" + name + "}" in text)
    written = slots.written(text)
    return Caption(written[:1].upper() + written[1:], relation, figures, names, said.utterance.pairs)


def _supers(plan: Plan, spans: list[tuple[float, float]], draw: random.Random) -> Iterator[Timed]:
    who = cast(plan.half)
    strangers = [name for name, _ in plan.strangers]
    for at, (start, _) in enumerate(spans):
        if at % SUPER_EVERY == 0:
            span = start, start + SUPER_S
            kind = (at // SUPER_EVERY + 1) % 4
            if kind == 0:
                name = draw.choice(plan.people)
                yield Caption(f"{name}\n{draw.choice(who.roles)}", "unspoken", names=(name,)), span
            elif kind % 2:
                yield Caption(f"{strangers[0]}\n{draw.choice(who.roles)}", "unspoken"), span
            else:
                text = draw.choice(who.supers)
                slots = fill(text, draw, list(plan.people), list(who.places))
                yield Caption(slots.written(text.replace("{stranger}", strangers[1])), "unspoken"), span


def _with_mistakes(
    captions: list[Timed],
    wanted: Iterator[str],
    draw: random.Random,
    lexicon: Lexicon,
    strangers: tuple[tuple[str, str], ...],
) -> list[Timed]:
    """Plant mistakes of the kinds in turn, each in a caption of its own; a kind that finds no place is passed over."""
    captions, planted = list(captions), 0
    for kind in wanted:
        free = [at for at, (caption, _) in enumerate(captions) if caption.mistake is None]
        if planted == MISTAKES or not free:
            break
        if kind == INCONSISTENT:
            planted += _make_inconsistent(captions, draw, strangers)
            continue
        draw.shuffle(free)
        for at in free:
            caption, span = captions[at]
            wrong = plant(kind, caption, draw, lexicon)
            if wrong and not _stands_elsewhere(wrong.forbidden, captions):
                captions[at] = wrong, span
                planted += 1
                break
        else:
            planted += 1
    return captions


def _stands_elsewhere(forbidden: str, captions: list[Timed]) -> bool:
    """Whether a word that is to be forbidden stands in more than one caption: then it would be several mistakes."""
    return bool(forbidden) and sum(forbidden in caption.text.lower() for caption, _ in captions) > 1


def _make_inconsistent(captions: list[Timed], draw: random.Random, strangers: tuple[tuple[str, str], ...]) -> int:
    """Write a name that no roster has in its other spelling once, where it stands at least twice more as it should."""
    for name, other in draw.sample(strangers, len(strangers)):
        places = [at for at, (caption, _) in enumerate(captions) if name in caption.text and not caption.mistake]
        if len(places) < 3 or any(other in caption.text for caption, _ in captions):
            continue
        caption, span = captions[draw.choice(places)]
        at = captions.index((caption, span))
        right, wrong = _differing(name, other)
        start = caption.text.index(name) + name.index(right)
        text = caption.text.replace(name, other)
        mistake = Mistake(INCONSISTENT, start, start + len(wrong), right)
        captions[at] = replace(caption, text=text, mistake=mistake), span
        return 1
    return 0


def _differing(name: str, other: str) -> tuple[str, str]:
    return next((mine, theirs) for mine, theirs in zip(name.split(), other.split(), strict=True) if mine != theirs)


def _styled(caption: Caption, draw: random.Random) -> str:
    """Some captions stand in capitals, many without a full stop: neither moves a place in the text."""
    if caption.mistake is None and draw.random() < 0.1:
        return caption.text.upper()
    return caption.text.removesuffix(".") if draw.random() < 0.5 else caption.text

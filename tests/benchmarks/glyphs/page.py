"""`docs/glyphs.md`: the table for people."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from telop_ocr.glyphs import Fold, Table

from tests.benchmarks.glyphs.measuring import HELD_OUT, MEASURED_IN, Outcome
from tests.benchmarks.glyphs.telling_apart import CRF, Told

_HEAD = """# Glyphs that the reader folds

Drawn in {typefaces} with a dark outline on blue, between characters that the reader never mistakes, and read by the
default engine ({model}). Written by `just glyphs` (about ten minutes); a test measures a sample of it again. {drawn:,}
glyphs were drawn; {folded:,} came out as something else, {pairs:,} different pairs, at a confidence of 0.9 or more.

What is read as another glyph of the same meaning (width, quotation marks, dashes) is no doubt. Every other pair makes
the glyph that was read *ambiguous* in that company, if a caption writer could have written the other one there (a kana
for a kana or a Kanji, a letter for a digit; not a kana for a letter): the telop carries a `folded` span with what may
stand there, and `looks_like` where drawing both and comparing them with the picture told them apart (`likeness.md`).
Ambiguous means: the reading is no evidence for the one and against the other. That it is neither, it still proves.

What vanishes cannot be marked, because there is nothing in the reading to mark.
"""


def written(table: Table, measured: Sequence[Outcome]) -> str:
    """The page."""
    head = _HEAD.format(
        typefaces=", ".join(MEASURED_IN),
        model=table.model,
        drawn=len(measured),
        folded=sum(outcome.read != outcome.drawn for outcome in measured),
        pairs=len(table.folds),
    )
    vanished = [fold for fold in table.folds if not fold.read]
    same = [fold for fold in table.folds if fold.read and not fold.changes_meaning]
    others = [fold for fold in table.folds if fold.read and fold.changes_meaning]
    return "\n".join(
        [
            head,
            *_section("Taken for another glyph", others),
            *_section("Taken for another form of the same glyph", same),
            *_section("Vanished", vanished),
        ]
    )


def _section(title: str, folds: Iterable[Fold]) -> list[str]:
    lines = [f"## {title}", "", "| drawn | read | among | typefaces | confidence up to |", "|---|---|---|---|---|"]
    for fold in folds:
        drawn, read = (text.replace("|", "\\|") or "nothing" for text in (fold.drawn, fold.read))
        places = f"{', '.join(fold.companies)} | {', '.join(fold.typefaces)}"
        lines.append(f"| {drawn} | {read} | {places} | {fold.confidence:.2f} |")
    return [*lines, ""]


_COMPARED = """# Drawing and comparing

What `looks_like` of a folded span, and `likeliest` of a second look, are worth. Captions set in typefaces that the
comparison does not draw ({typefaces}),
outlined over moving bands or dark on a plate, 30 to 61 pixels high, squeezed to 75 to 110 %, were encoded as H.264
(CRF {crf}), decoded, read and examined as any telop is. Each word was shown as it is and with each glyph that the
reader takes for one of its own. Written by `just glyphs --compare`, in about a minute.

{summary}

{texts}

The margins were chosen on JPEG stills in some of these typefaces before, so a new typeface may do a little worse.

| glyphs | shown and in doubt | answered | right |
|---|---|---|---|
{rows}

Glyphs whose difference is up to the typeface (1 and l, ー and 一, ロ and 口, り and リ) are never answered.
"""


def summary(told: Sequence[Told]) -> str:
    """The figures in a sentence."""
    answered = [each for each in told if each.said is not None]
    right = sum(each.right for each in answered)
    return (
        f"Of {len(told)} glyphs in doubt {len(answered)} ({len(answered) / max(1, len(told)):.0%}) were answered, "
        f"{right} of them rightly: a precision of {right / max(1, len(answered)):.1%}."
    )


def summary_of_texts(told: Sequence[bool | None]) -> str:
    """The figures of second looks in a sentence."""
    answered = [each for each in told if each is not None]
    return (
        f"Of {len(told)} second looks at one frame, asked which of a right and a wrong text stands there, "
        f"{len(answered)} ({len(answered) / len(told):.0%}) were answered, {sum(answered)} of them rightly: "
        f"a precision of {sum(answered) / max(1, len(answered)):.1%}."
    )


def compared(told: Sequence[Told], texts: Sequence[bool | None]) -> str:
    """`docs/likeness.md`."""
    groups: dict[str, list[Told]] = defaultdict(list)
    for each in told:
        groups[" ".join(sorted({each.read, *each.alternatives}))].append(each)
    rows = [
        f"| {glyphs} | {len(group)} | {sum(each.said is not None for each in group)} | "
        f"{sum(each.right for each in group)} |"
        for glyphs, group in sorted(groups.items(), key=lambda item: -len(item[1]))
    ]
    return _COMPARED.format(
        typefaces=", ".join(HELD_OUT),
        crf=CRF,
        summary=summary(told),
        texts=summary_of_texts(texts),
        rows="\n".join(rows),
    )

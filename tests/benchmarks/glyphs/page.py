"""`docs/glyphs.md`: the table for people."""

from collections.abc import Iterable, Sequence

from telop_ocr.glyphs import Fold, Table

from tests.benchmarks.glyphs.measuring import Outcome, font_files

_HEAD = """# Glyphs that the reader folds

Drawn in {typefaces} with a dark outline on blue, between characters that the reader never mistakes, and read by the
default engine ({model}). Written by `just glyphs` (about ten minutes); a test measures a sample of it again. {drawn:,}
glyphs were drawn; {folded:,} came out as something else, {pairs:,} different pairs, at a confidence of 0.9 or more.

What is read as another glyph of the same meaning (width, quotation marks, dashes) is no doubt. Every other pair makes
the glyph that was read *ambiguous* in that company: the telop carries a `folded` span with what may stand there, and
`looks_like` where drawing both and comparing them with the picture told them apart. Ambiguous means: the reading is no
evidence for the one and against the other. That it is neither, it still proves.

What vanishes cannot be marked, because there is nothing in the reading to mark.
"""


def written(table: Table, measured: Sequence[Outcome]) -> str:
    """The page."""
    head = _HEAD.format(
        typefaces=", ".join(font_files()),
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

"""`just glyphs` measures anew and writes the table of the package and `docs/glyphs.md`.

With `--compare` it measures instead how well drawing and comparing tells folded glyphs apart, and writes
`docs/likeness.md`.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from telop_ocr import glyphs
from telop_ocr.engines import OcrEngine, rapid
from telop_ocr.glyphs import Fold

from tests.benchmarks.glyphs import page, telling_apart
from tests.benchmarks.glyphs.characters import COMPANIES, VERSATILE, ideographs
from tests.benchmarks.glyphs.measuring import MEASURED_IN, Outcome, outcomes

ROOT: Final = Path(__file__).parents[3]
IDEOGRAPHIC: Final = "kanji"
"""Ideographs stand in this company; those that look like a kana in every one."""


def main() -> None:
    """Measure, write, and say how much was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--compare", action="store_true", help="measure the comparison instead")
    chosen = parser.parse_args()
    engine = rapid.RapidOcrEngine(threads=chosen.threads, min_confidence=0.0)
    if chosen.compare:
        told = list(telling_apart.tell(engine, telling_apart.cases(engine.fingerprint()["model"])))
        texts = telling_apart.tell_texts(engine)
        (ROOT / "docs" / "likeness.md").write_text(page.compared(told, texts), "utf-8")
        print(page.summary(told), page.summary_of_texts(texts))
        return
    measured = list(_measure(engine))
    table = glyphs.Table(engine.fingerprint()["model"], _folds(measured))
    table.write(ROOT / "services" / "ocr" / "telop_ocr" / glyphs.FILE)
    (ROOT / "docs" / "glyphs.md").write_text(page.written(table, measured), "utf-8")
    print(f"{len(measured)} drawn and read, {len(table.folds)} folds")


def _measure(engine: OcrEngine) -> Iterator[Outcome]:
    for typeface in MEASURED_IN:
        for company, neighbours in COMPANIES.items():
            suspects = [each for each in VERSATILE if each not in neighbours]
            yield from outcomes(engine, typeface, company, neighbours, suspects)
            if company == IDEOGRAPHIC:
                yield from outcomes(engine, typeface, company, neighbours, ideographs())


def _folds(measured: list[Outcome]) -> tuple[Fold, ...]:
    """One fold for each drawn glyph that was read as another."""
    grouped: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in measured:
        if outcome.read != outcome.drawn:
            grouped[outcome.drawn, outcome.read].append(outcome)
    return tuple(
        Fold(
            drawn,
            read,
            tuple(company for company in COMPANIES if any(each.company == company for each in group)),
            tuple(typeface for typeface in MEASURED_IN if any(each.typeface == typeface for each in group)),
            round(max(each.confidence for each in group), 3),
        )
        for (drawn, read), group in sorted(grouped.items(), key=lambda item: (item[0][1], item[0][0]))
        if max(each.confidence for each in group) >= glyphs.SURE
    )


if __name__ == "__main__":
    main()

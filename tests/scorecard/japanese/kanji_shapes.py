"""Tells which Kanji look alike from how fonts draw them, and writes the matcher's list.

`python -m tests.scorecard.japanese.kanji_shapes FONT...`, with fonts of Japanese. Each Kanji of the first level of JIS
X 0208 is drawn, blurred and made small; two are alike by the mean of their correlations over the fonts. The committed
list is of Noto Sans CJK and IPA Mincho.
"""

import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import telop_matcher
from PIL import Image, ImageDraw, ImageFilter, ImageFont

LIST: Final = Path(telop_matcher.__file__).parent / "data" / "japanese_kanji_shapes.tsv"
DRAWN: Final = 48
SMALL: Final = 24
BLUR: Final = 1.5
ALIKE: Final = 0.6
"""Correlation from which two Kanji are alike if one is among the nearest of the other."""
NEAREST: Final = 10
_HEAD: Final = "# Kanji that look alike: told from how fonts draw them by tests/scorecard/japanese/kanji_shapes.py\n"


def main() -> None:
    """Write the list."""
    kanji = "".join(
        bytes((0xB0 + row, 0xA1 + cell)).decode("euc-jp", "ignore") for row in range(32) for cell in range(94)
    )
    alike = sum(_drawn(kanji, font) for font in sys.argv[1:]) / len(sys.argv[1:])
    np.fill_diagonal(alike, 0)
    near = np.zeros(alike.shape, bool)
    np.put_along_axis(near, np.argsort(-alike, axis=1)[:, :NEAREST], True, axis=1)
    near = (near | near.T) & (alike >= ALIKE)
    lines = [
        f"{each}\t{''.join(kanji[at] for at in np.flatnonzero(row))}\n" for each, row in zip(kanji, near, strict=True)
    ]
    LIST.write_text(_HEAD + "".join(line for line in lines if not line.endswith("\t\n")), "utf-8")


def _drawn(kanji: str, font: str) -> Any:
    """Correlations of all Kanji in one font, as a square."""
    pen = ImageFont.truetype(font, DRAWN)
    rows = []
    for each in kanji:
        picture = Image.new("L", (DRAWN, DRAWN))
        left, top, right, bottom = pen.getbbox(each)
        place = (DRAWN - right + left) / 2 - left, (DRAWN - bottom + top) / 2 - top
        ImageDraw.Draw(picture).text(place, each, fill=255, font=pen)
        small = picture.filter(ImageFilter.GaussianBlur(BLUR)).resize((SMALL, SMALL), Image.Resampling.BOX)
        row = np.asarray(small, float).ravel()
        rows.append((row - row.mean()) / np.linalg.norm(row - row.mean()))
    return np.array(rows) @ np.array(rows).T


if __name__ == "__main__":
    main()

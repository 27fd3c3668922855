"""Lines of text as a caption machine sets them, in typefaces that the comparison does not draw."""

from importlib.resources import files
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from telop_ocr.lines import Area

GOTHIC = Path(str(files("matplotlib_fontja") / "fonts" / "ipaexg.ttf"))
LATIN = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"

CHINESE = Path(str(files("noto_cjk_sans_jp_bold") / "NotoSansCJKjp-Bold.otf"))


def set_column(text: str, *, size: int = 44) -> NDArray[np.uint8]:
    """A blue-green-red picture of a vertical line, a character below the other."""
    font = ImageFont.truetype(str(GOTHIC), size)
    image = Image.new("RGB", (5 * size, (len(text) + 4) * size), (40, 70, 110))
    for place, character in enumerate(text):
        corner = (2 * size, 2 * size + place * 1.05 * size)
        ImageDraw.Draw(image).text(corner, character, font=font, fill="white", stroke_width=3, stroke_fill="black")
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


def set_line(
    text: str, typeface: Path = GOTHIC, *, size: int = 44, squeeze: float = 1.0, plate: bool = False
) -> tuple[NDArray[np.uint8], Area]:
    """A blue-green-red picture of a line (light with a dark outline over bands, or dark on a plate) and its box."""
    font = ImageFont.truetype(str(typeface), size)
    left, top, right, bottom = (int(side) for side in font.getbbox(text, stroke_width=3))
    image = Image.new("RGBA", (right - left, bottom - top))
    outline = None if plate else "black"
    colour = (30, 20, 60) if plate else "white"
    ImageDraw.Draw(image).text((-left, -top), text, font=font, fill=colour, stroke_width=3, stroke_fill=outline)
    image = image.resize((round(image.width * squeeze), image.height), Image.Resampling.LANCZOS)
    rows, columns = np.mgrid[0 : image.height + 80, 0 : image.width + 120]
    bands = 110 + 50 * np.sin(columns / 41 + rows / 23)
    ground = np.full(rows.shape, 235.0) if plate else bands
    picture = Image.fromarray(np.stack([ground, ground * 0.9, ground * 0.8], axis=-1).astype(np.uint8))
    picture.paste(image, (60, 40), image)
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1]), Area(56, 36, image.width + 8, image.height + 8)

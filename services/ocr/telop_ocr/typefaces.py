"""The typefaces in which a reading can be drawn again. They come in wheels, under the SIL Open Font License."""

from functools import cache
from importlib.resources import files
from typing import Final

from PIL import ImageFont

TYPEFACES: Final = {
    "Noto Sans JP": ("pylopdf_fonts_jp", "NotoSansJP-Regular.otf"),
    "Noto Sans JP Bold": ("noto_cjk_sans_jp_bold", "NotoSansCJKjp-Bold.otf"),
    "Noto Serif JP": ("pylopdf_fonts_jp", "NotoSerifJP-Regular.otf"),
}
"""Name of a typeface to its package and file. They hold Japanese and Latin; the bold one Chinese as well."""


@cache
def typeface(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    """A typeface at one size: `size_px` is the height of its em square."""
    package, file = TYPEFACES[name]
    return ImageFont.truetype(str(files(package) / file), size_px)

"""What is drawn: the characters that captions are written with, and the company in which they stand."""

from typing import Final

COMPANIES: Final = {
    "kanji": "日本国会大学東京新聞社長市民",
    "hiragana": "あきすたなもらさのけまみ",
    "katakana": "アキスコマラサテナクムレ",
    "latin": "ABDEHKMRabdehkmrt",
    "digit": "23456789",
}
"""A kind of neighbours to characters of that kind that the reader never mistakes."""

NAME_VARIANTS: Final = (
    "髙﨑濵濱瀨邉邊齋齊斎斉栁淸德眞曽曾廣嶋嶌渕淵冨富桒桑峯舘澤櫻條惠壽當龍瀧彌祐祿穣隆黑晴朗海都賴顯晃槇遙禎"
)
"""Kanji of Japanese names beside the usual ones: JIS X 0208 level 2, the vendors' extension and compatibility forms."""

_KANA: Final = "".join(map(chr, [*range(0x3041, 0x3095), *range(0x30A1, 0x30F7), 0x30FC]))
_ASCII: Final = "".join(map(chr, range(0x21, 0x7F)))
_WIDE: Final = "".join(map(chr, range(0xFF01, 0xFF5F)))
_MARKS: Final = "‐‑–—―−‘’“”…‥・·〜～〇○×÷°℃％￥「」『』【】（）、。！？：；±①②③Ⅰ々〆ヶヵ"
_LOOK_ALIKES: Final = "一二三八力工口夕才卜千土士干于入人又川木丁了"
"""Kanji that look like a kana: they are drawn in every company."""

VERSATILE: Final = tuple(dict.fromkeys(_KANA + _ASCII + _WIDE + _MARKS + _LOOK_ALIKES))
"""Drawn in every company."""


def ideographs() -> tuple[str, ...]:
    """Common kanji (JIS X 0208 level 1), common hanzi (GB 2312 level 1) and name variants."""
    found = [chr(code) for code in range(0x4E00, 0x9FA6) if _is_common(chr(code))]
    return tuple(dict.fromkeys([*found, *NAME_VARIANTS]))


def _is_common(character: str) -> bool:
    japanese = character.encode("shift_jis", "ignore")
    chinese = character.encode("gb2312", "ignore")
    return b"\x88\x9f" <= japanese <= b"\x98\x72" or b"\xb0\xa1" <= chinese <= b"\xd7\xf9"

"""Folding text for comparison, with a map back to the raw characters; and cutting it into tokens.

Folding is NFKC, lower case and plain apostrophes, character by character with its combining marks. It never repairs:
two texts that differ in a letter still differ. `common` makes one of the variants of a Kanji and of the two Kana.
`glyphs` folds further, what readers of pictures confuse; it serves only to doubt a finding, never to make one.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_CLUSTER: Final = re.compile(r".[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*", re.DOTALL)
_APOSTROPHES: Final = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
_TOKEN: Final = re.compile(
    r"[$£€¥]?\d+(?:[.,:]\d+)*(?:%|st\b|nd\b|rd\b|th\b)?"  # a figure with its sign or ordinal ending
    r"(?:(?![^\W_])|(?=(?:g|kg|l|ml|m|mm|cm|km|kmh|kph|mph|ft|lb|lbs|k|bn|tn|pm|am)\b))"  # its measure is another token
    r"|°[cf]?(?![^\W_])"
    r"|[^\W_]+(?:'[^\W\d_]+)*"  # a word, with its apostrophes; hyphens part words
)
_OF_ITS_OWN: Final = ("<fraction>", "<super>", "<sub>")
_MISREAD: Final = (("0", "o"), ("1", "l"), ("i", "l"), ("|", "l"), ("!", "l"), ("5", "s"), ("8", "b"), ("rn", "m"))
_MISREAD_PAIRS: Final = (("vv", "w"), ("cl", "d"))
_VARIANTS: Final = (
    "髙高﨑崎嵜崎碕崎齋斎齊斉邊辺邉辺澤沢廣広國国濱浜濵浜嶋島嶌島槇槙瀨瀬德徳惠恵榮栄櫻桜眞真龍竜藏蔵萬万壽寿實実圓円會会"
    "學学氣気縣県經経總総團団黑黒靑青淸清𠮷吉舩船栁柳桒桑寬寛條条禮礼豐豊"
    "鐵鉄鹽塩驛駅體体鷗鴎內内冨富峯峰曻昇昻昂曾曽增増藝芸緖緒德徳橫横步歩每毎佛仏來来傳伝兒児劍剣勳勲單単"
    "嚴厳圖図壯壮將将專専對対廳庁彥彦戶戸拂払擧挙數数條条樂楽榮栄檢検澁渋濟済灣湾燈灯爲為獨独畫画禪禅繪絵聲声舊旧與与當当"
    "藥薬號号裝装覺覚觀観譽誉讀読變変豫予賣売轉転醫医鄕郷釋釈鑛鉱關関陷陥隨随險険隱隠靜静顯顕餘余驗験髮髪鬪闘鷄鶏黃黄點点"
)
_TO_HIRAGANA: Final = ord("ァ") - ord("ぁ")
_COMMON: Final = {ord(rare): usual for rare, usual in zip(_VARIANTS[::2], _VARIANTS[1::2], strict=True)} | {
    code: chr(code - _TO_HIRAGANA) for code in range(ord("ァ"), ord("ヶ") + 1)
}
_DRAWN_ALIKE: Final = str.maketrans(
    "一－―‐–—ヘベペリカタロニエハトチミオ髙﨑𠮷濵德瀨栁桒靑淸眞黑內緖橫步增每昻冨邉",
    "ーーーーーーへべぺり力夕口二工八卜千三才高崎吉濱徳瀬柳桑青清真黒内緒横歩増毎昂富邊",
)
"""What a reader of pictures cannot tell by the glyph alone; long vowel signs, dashes and the Kanji for one too."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `origin[i]` is the raw index of folded character i, with the raw length at the end."""

    text: str
    origin: tuple[int, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of raw characters that a span of folded ones came from."""
        last = self.origin[end - 1] if end > start else self.origin[start]
        after = next((raw for raw in self.origin[end:] if raw > last), self.origin[-1])
        return self.origin[start], after if end > start else last


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word or figure, and the raw span it stands in: `raw` is `text[start:end]`."""

    text: str
    raw: str
    start: int
    end: int


@lru_cache(maxsize=1_024)
def fold(raw: str) -> Folded:
    """Fold a text for comparison."""
    characters: list[str] = []
    origin: list[int] = []
    for match in _CLUSTER.finditer(raw):
        folded = _folded(match.group())
        characters.append(folded)
        origin.extend([match.start()] * len(folded))
    return Folded("".join(characters), (*origin, len(raw)))


def _folded(cluster: str) -> str:
    """Fold one character with its marks; a half stays a half, for "2½" is not 21/2."""
    if unicodedata.decomposition(cluster[0]).startswith(_OF_ITS_OWN):
        return cluster
    return unicodedata.normalize("NFKC", cluster).casefold().translate(_APOSTROPHES)


def tokens(raw: str) -> list[Token]:
    """Cut a text into folded words and figures, in order."""
    folded = fold(raw)
    found = []
    for match in _TOKEN.finditer(folded.text):
        start, end = folded.raw_span(*match.span())
        found.append(Token(match.group(), raw[start:end], start, end))
    return found


@lru_cache(maxsize=4_096)
def letters(raw: str) -> str:
    """Only the folded letters and digits: equal for texts that differ in space, case and punctuation."""
    return "".join(character for character in fold(raw).text if character.isalnum())


def glyphs(raw: str) -> str:
    """Letters with those made equal that a reader of pictures confuses: o and 0; l, I and 1; rn and m; spaces are
    lost.
    """
    text = "".join(character for character in fold(raw).text if character.isalnum() or character in "|!")
    for wrong, right in (*_MISREAD, *_MISREAD_PAIRS):
        text = text.replace(wrong, right)
    return text


def common(text: str) -> str:
    """A folded text with the usual variant of each Kanji, and Hiragana for Katakana: as long as before."""
    return text.translate(_COMMON)


def draws_alike(first: str, second: str) -> bool:
    """Whether two texts differ at most in Kana and Kanji that are drawn alike, as 髙 and 高 are."""
    return fold(first).text.translate(_DRAWN_ALIKE) == fold(second).text.translate(_DRAWN_ALIKE)

"""One word in the place of another that was said between the same words: 貴族の男性 for 遺族の男性, ６部 for ６割.

A transcript whose spelling is to be trusted may accuse (see `trust`); another one only of words that sound far apart,
or where what it has is far likelier. That the two are the same word in another
spelling or form, or mean the same, clears the caption. Words that sound or look alike, of which one is no word, or one
far likelier, are an issue; another word in a caption that is literal in all else is worth a look. Counters are a closed
class: of the same figure another one is wrong, unless both count the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, pairwise
from typing import Final

from rapidfuzz.distance import OSA

from telop_matcher.matching.japanese.alignment import Aligned, Difference
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon, Morpheme
from telop_matcher.matching.japanese.numerals import Number
from telop_matcher.matching.japanese.repairing import gain, is_spoken_form
from telop_matcher.matching.japanese.rules.wrong_words import OPPOSITES, is_variant
from telop_matcher.matching.japanese.text import heard_as, is_kana, is_kanji
from telop_matcher.matching.values import FYI, ISSUE, Kind, Relation, Suspicion
from telop_matcher.matching.writing import common

CLEARLY: Final = 3_000
"""Gain in the lexicon's costs from which what was said is far likelier."""
MISHEARD: Final = 5_000
"""Gain from which what was recognised is right, though a recogniser may take one for the other: had it erred, what it
made of it would be no likelier.
"""
AGAINST: Final = -4_000
"""Gain below which the lexicon speaks for what is written, however alike the two are."""
LITERAL: Final = 6
"""Units of a caption that were heard just so, from which it is literal but for one word."""
SHORT: Final = 2
"""Sounds up to which one other sound makes another word."""
LOOK: Final = 0.6
"""Confidence in what is only worth a look."""
RARE: Final = 1.0
RARER: Final = 1.0
"""Zipf frequency of what is hardly a word, and difference of two from which nobody rewords one so."""
_CONTENT: Final = ("名詞", "動詞", "形容詞", "形状詞", "接頭辞", "接尾辞", "副詞")
COUNTERS: Final = frozenset(
    word
    for line in (
        "円 年 月 日 時 分 秒 時間 人 名 回 階 度 割 部 本 冊 羽 話 杯 敗 勝 機 基 台 個",
        "枚 歳 才 キロ メートル センチ ミリ グラム キログラム キロメートル リットル ミリリットル トン",
        "件 軒 戸 票 点 位 番 号 か月 カ月 ヶ月 週間 日間 % 銭 パーセント ドル ユーロ 頭 匹",
        "校 市 町 村 ポイント 倍 種 着 発 便 両 隻 組 周 泊 畳 歩 床 生 席 回目 度目 色 縁",
    )
    for word in line.split()
)
SAME_COUNTER: Final = tuple(
    frozenset(group.split())
    for group in (
        "人 名 組 席 票 位",
        "か月 カ月 ヶ月 月",
        "% パーセント ポイント 割",
        "キロ キログラム キロメートル",
        "歳 才 年",
        "度 回 回目 度目 番 号 位",
        "台 両 機 便",
        "軒 戸 件 社 店",
        "頭 匹",
        "日 日間 泊",
        "個 本 枚 冊 部 種",
        "隻 台",
        "ミリ ミリリットル",
    )
)
"""What is counted either way."""
_SAME: Final = tuple(
    frozenset(group.split())
    for group in (
        "去年 昨年 前年",
        "今年 本年",
        "今日 本日",
        "明日 翌日",
        "昨日 前日",
        "医者 医師 先生 ドクター",
        "運転手 運転士",
        "別状 別条",
        "子供 児童 子",
        "自宅 家 住宅",
        "会見 会談",
        "町 街 市街",
        "夫 主人 旦那",
        "妻 奥さん 家内",
        "母 母親",
        "父 父親",
        "男 男性",
        "女 女性",
        "車 乗用車 自動車",
        "人 方 者",
        "皆 皆さん 全員",
        "会社 企業",
        "病院 医院",
        "学生 生徒",
        "夜 今夜 今晩",
        "値段 価格 料金",
        "行う 実施 開催",
        "亡くなっ 死亡",
        "話し 語っ 述べ",
        "辺 辺り",
        "他 外",
        "側 方",
        "無料 タダ",
        "輪 環",
        "店 屋",
    )
)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The words that differ, without what is the same on both sides."""

    written: tuple[Morpheme, ...]
    heard: tuple[Morpheme, ...]
    is_whole: bool = True
    """Whether nothing else was said there."""

    @property
    def texts(self) -> tuple[str, str]:
        return "".join(each.surface for each in self.written), "".join(each.surface for each in self.heard)

    @property
    def sounds(self) -> tuple[str, str]:
        one, two = (heard_as("".join(each.reading for each in words)) for words in (self.written, self.heard))
        return one, two

    @property
    def words(self) -> tuple[Morpheme, ...]:
        return (*self.written, *self.heard)


def find_replaced(case: Aligned, lexicon: JapaneseLexicon, *, trusted: bool) -> Iterator[Suspicion]:
    """Suspect words that stand where others were said."""
    if case.relation not in (Relation.VERBATIM, Relation.CONDENSED):
        return
    for difference in case.differences:
        pairs = list(_pairs(difference)) if difference.anchored else []
        numbered = any(each.number for each in (*difference.units, *difference.heard_units))
        if pairs and _counts_otherwise(difference, pairs[0]) and (trusted or _is_far(pairs[0])):
            yield _suspicion(case, pairs[0], Kind.NUMBER, 0.9, "The figure is the same, and counts something else.")
        elif not numbered:
            yield from islice(_replaced(case, difference, pairs, lexicon, trusted=trusted), 1)


def _replaced(
    case: Aligned, difference: Difference, pairs: Sequence[_Pair], lexicon: JapaneseLexicon, *, trusted: bool
) -> Iterator[Suspicion]:
    if any(not pair.is_whole and _means_the_same(pair, lexicon) for pair in pairs):
        return
    for pair in pairs:
        written, heard = pair.texts
        if written in case.heard_text.replace(heard, "") or not _is_comparable(pair):
            continue
        gained = gain(case, pair.written[0].start, pair.written[-1].end, heard, lexicon)
        torn = gained >= 2 * CLEARLY and lexicon.knows(heard) and not lexicon.knows(written)
        if _is_opposite(written, heard):
            yield _suspicion(case, pair, Kind.WRONG_WORD, 0.9, "The two mean the opposite.")
            continue
        if _means_the_same(pair, lexicon) and not torn:
            return
        reason = _evidence(pair, gained, lexicon)
        if not trusted and not _is_far(pair) and gained < MISHEARD:
            continue
        if reason and gained >= AGAINST:
            yield _suspicion(case, pair, Kind.WRONG_WORD, 0.88, reason)
        elif pair.is_whole and _is_literal(case, difference) and not _is_reworded(pair, lexicon):
            yield _suspicion(case, pair, Kind.WRONG_WORD, LOOK, "All else is written as it was said.")


def _is_far(pair: _Pair) -> bool:
    """Whether the two sound so differently that no recogniser takes one for the other."""
    return OSA.distance(*pair.sounds) >= max(SHORT, max(map(len, pair.sounds)) / 2)


def _evidence(pair: _Pair, gained: int, lexicon: JapaneseLexicon) -> str | None:
    """What makes a slip of it, rather than another wording."""
    written, heard = pair.texts
    if pair.sounds[0] == pair.sounds[1]:
        return "The two sound the same."
    pairs = [(one, two) for one, two in zip(common(written), common(heard), strict=False) if one != two]
    shared = set(filter(is_kanji, written)) & set(heard)
    in_place = len(written) == len(heard) and (len(pairs) < len(written) or not shared)
    in_place = in_place and not (pair.heard[0].detail.startswith("固有名詞") and not _is_rare(written, lexicon))
    if in_place and (pair.is_whole or not shared) and gained >= CLEARLY and any(map(is_kanji, written)):
        return "The lexicon finds what was said far likelier."
    if in_place and _is_rare(written, lexicon) and not _is_rare(heard, lexicon):
        return "What is written is hardly a word."
    if in_place and len(pairs) == 1 and all(map(is_kanji, pairs[0])) and lexicon.alike(*pairs[0]):
        return "The two look or sound alike."
    katakana = min(written + heard) >= "ァ" and not any(map(is_kanji, written + heard))
    near = OSA.distance(*((written, heard) if katakana else pair.sounds)) == 1
    if near and min(map(len, pair.sounds)) > SHORT and not shared:
        return "The two sound nearly alike."
    return None


def _is_rare(word: str, lexicon: JapaneseLexicon) -> bool:
    return lexicon.zipf(word) < RARE


def _is_opposite(written: str, heard: str) -> bool:
    kanji = (frozenset("".join(filter(is_kanji, each)) for each in (written, heard)), frozenset((written, heard)))
    return any(each in OPPOSITES for each in kanji)


def _pairs(difference: Difference) -> Iterator[_Pair]:
    """The words that differ, without what is equal around and without particles that only the speech has; then as many
    of the heard ones from either end, where a condensed caption leaves out the rest.
    """
    written = [each for each in difference.written if each.word_class not in ("補助記号", "空白")]
    heard = [each for each in difference.heard if each.word_class != "補助記号"]
    for side in (-1, 0):
        while written and heard and written[side].surface == heard[side].surface:
            del written[side], heard[side]
    if not written or not heard:
        return
    for words in (written, heard):
        while len(words) > 1 and words[0].word_class in ("助詞", "助動詞"):
            del words[0]
        while len(words) > 1 and words[-1].word_class in ("助詞", "助動詞"):
            del words[-1]
    yield _Pair(tuple(written), tuple(heard))
    if len(heard) > len(written):
        yield _Pair(tuple(written), tuple(heard[-len(written) :]), is_whole=False)
        yield _Pair(tuple(written), tuple(heard[: len(written)]), is_whole=False)


def _is_comparable(pair: _Pair) -> bool:
    """Whether both sides are a word or two of their own, no names, and not in Hiragana alone."""
    if max(len(pair.written), len(pair.heard)) > SHORT:
        return False
    if any(each.word_class not in _CONTENT for each in pair.words):
        return False
    if any(each.detail.startswith("固有名詞・人名") for each in pair.heard):
        return False
    if any(each.isascii() for text in pair.texts for each in text):
        return False
    return all(any(is_kanji(each) or each >= "ァ" for each in text) for text in pair.texts)


def _means_the_same(pair: _Pair, lexicon: JapaneseLexicon) -> bool:
    written, heard = pair.texts
    if is_variant(written, heard, lexicon) or is_spoken_form(written, heard):
        return True
    if pair.sounds[0] == pair.sounds[1] and any(all(map(is_kana, text)) for text in pair.texts):
        return True
    if any({written, heard} <= group for group in _SAME):
        return True
    one, two = ("".join(filter(is_kanji, common(each))) for each in (written, heard))
    if not one or not two:
        return False
    return _stands_in(one, two) or _stands_in(two, one)


def _stands_in(short: str, long: str) -> bool:
    """Whether all of a text stands in another, in order."""
    rest = iter(long)
    return all(each in rest for each in short)


def _is_literal(case: Aligned, difference: Difference) -> bool:
    """Whether the caption is what was said, but for this word and its form at the end."""
    others = [each for each in case.differences if each is not difference and each.units]
    ends = [each for each in others if each.end < len(case.text.folded.text.rstrip())]
    if case.pauses_after(difference) and difference.start == case.text.units[0].start:
        return False
    first, last = case.text.units[0].start, case.text.units[-1].end
    inside = first < difference.start and difference.end < last
    least = LITERAL if inside else 2 * LITERAL
    return case.relation is Relation.VERBATIM and not ends and sum(case.is_equal) >= least


def _is_reworded(pair: _Pair, lexicon: JapaneseLexicon) -> bool:
    """Whether the two may well mean the same: they share a Kanji, and the written one is as usual (予想, 予測); but of
    words that end alike and sound nearly alike only one is meant (貴族, 遺族).
    """
    written, heard = pair.texts
    if pair.written[-1].word_class != pair.heard[-1].word_class or all(map(is_kana, written + heard)):
        return True
    shared = set(filter(is_kanji, written)) & set(heard)
    rarer = lexicon.zipf(heard) - lexicon.zipf(written) >= RARER
    ends_alike = written[0] != heard[0] and written[-1] == heard[-1] and OSA.distance(*pair.sounds) == 1
    return bool(shared) and not ends_alike and not rarer


def _counts_otherwise(difference: Difference, pair: _Pair) -> bool:
    """Whether the same figure is written with another counter."""
    sides = (difference.units, difference.heard_units)
    values = [[_figure(each.number) for each in units if each.number] for units in sides]
    if len(values[0]) != 1 or values[0] != values[1]:
        return False
    one, two = (_counter(words) for words in (pair.written, pair.heard))
    same = any({one, two} <= group for group in SAME_COUNTER)
    return one != two and {one, two} <= COUNTERS and not same


def _figure(number: Number) -> Decimal:
    return number.value / 60 if number.unit == "time" else number.value


def _counter(words: Sequence[Morpheme]) -> str:
    """What stands after the figure."""
    return next((two.surface for one, two in pairwise(words) if one.is_numeral and not two.is_numeral), "")


def _suspicion(case: Aligned, pair: _Pair, kind: Kind, confidence: float, reason: str) -> Suspicion:
    written, heard = pair.texts
    reasons = (f"「{heard}」 was said where 「{written}」 is written, between the same words.", reason)
    span = case.text.raw_span(pair.written[0].start, pair.written[-1].end)
    return Suspicion(kind, *span, heard, confidence, reasons, FYI if confidence <= LOOK else ISSUE)

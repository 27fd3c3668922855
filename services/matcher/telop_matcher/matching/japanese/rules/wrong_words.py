"""A real Japanese word in the wrong place: another one of the same sound (意義 for 異議), or its opposite (下旬 for
上旬).

The speech may accuse if its spelling is to be trusted (see `trust`): then another Kanji of the same sound is enough
where nothing speaks for the written one. Whatever the speech, neighbours decide: cues that are listed for each of the
words, and compounds that the lexicon knows. Below a margin nothing is said. Other okurigana, Kana for Kanji, and Kanji
of which either is right are no mistakes.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from telop_matcher.matching.japanese.alignment import Aligned, Difference
from telop_matcher.matching.japanese.context import Place, known, votes
from telop_matcher.matching.japanese.lexicon import Homophone, JapaneseLexicon, Morpheme
from telop_matcher.matching.japanese.text import is_kanji, sound
from telop_matcher.matching.values import FYI, Kind, Relation, Suspicion
from telop_matcher.matching.writing import common

MARGIN: Final = 2.0
"""Votes by which a word must lead where the speech alone may not accuse, or was not heard."""
OTHERS: Final = 2
"""Captions that must have a word that was heard, where its transcript alone may not accuse."""
AGAINST_SPEECH: Final = 4.0
LONGEST: Final = 3
"""Words that are joined to one that is listed: 対 + 象."""
AROUND: Final = 20
_PAIRS: Final = (
    "上旬/下旬 上旬/中旬 中旬/下旬 午前/午後 増加/減少 男性/女性 男/女 東口/西口 "
    "南口/北口 右側/左側 右/左 昨年/来年 昨年/今年 今年/来年 昨日/明日 今日/明日 "
    "昨日/今日 先月/来月 先月/今月 今月/来月 先週/来週 今週/来週 最高/最低 以上/以下 "
    "以上/未満 賛成/反対 勝利/敗北 勝ち/負け 輸入/輸出 値上げ/値下げ 兄/弟 姉/妹 "
    "父/母 父親/母親 黒字/赤字 有罪/無罪 春/秋 夏/冬 東日本/西日本 東部/西部 "
    "南部/北部 上昇/下降 上昇/下落 拡大/縮小 入学/卒業 開始/終了 前半/後半 前期/後期 "
    "上期/下期 長男/次男 長女/次女 息子/娘 夫/妻 原告/被告 与党/野党 攻撃/守備 表/裏 "
    "先攻/後攻 収入/支出 出発/到着 起床/就寝 円高/円安 強気/弱気 歳入/歳出 "
    "加害者/被害者 上り/下り 開店/閉店 入院/退院 祖父/祖母 甥/姪 往路/復路 首位/最下位 "
    "大雨/大雪 就任/辞任 可決/否決 合格/不合格 安全/危険 成功/失敗 ある/ない あっ/なかっ あり/なし "
    "有料/無料 増/減 前/後 朝/夜 朝/夕 以上/以内 以内/以外 以外/以上 初旬/上旬 初旬/中旬 "
    "初旬/下旬 十分/不十分 プラス/マイナス 強/弱 強まる/弱まる 強まり/弱まり 勝越/負越 "
    "勝ち越し/負け越し 上振れ/下振れ 高い/低い 高く/低く 多い/少ない 多く/少なく 早い/遅い "
    "早く/遅く 長い/短い 重い/軽い 東側/西側 南側/北側 北上/南下 黒星/白星 公開/非公開 "
    "可能/不可能 有利/不利 国内/国外 国内/海外 屋内/屋外 室内/室外 需要/供給 債権/債務 "
    "輸血/献血 入/出 内側/外側 開幕/閉幕 開会/閉会 開館/休館 開校/閉校 上陸/離陸 離陸/着陸 "
    "徴収/支給 受信/送信 最大/最小 最多/最少 最長/最短 先手/後手 先発/後発 長所/短所 縦/横 "
    "朝刊/夕刊 越前/越後 実刑/執行猶予 給付/徴収 "
)
_REPEATED: Final = re.compile("(.)々")
OPPOSITES: Final = frozenset(frozenset(pair.split("/")) for pair in _PAIRS.split())
"""What does not stand for one another in any paraphrase."""


def usage(cases: Sequence[Aligned]) -> Counter[str]:
    """In how many captions of a programme words of Kanji stand; a caption that is shown again counts once."""
    texts = {case.text.raw: case for case in cases}
    return Counter(word for case in texts.values() for word in {_surface(each) for each in _compounds(case.text.words)})


def find_wrong_words(
    case: Aligned, lexicon: JapaneseLexicon, usual: Mapping[str, int], *, trusted: bool
) -> Iterator[Suspicion]:
    """Suspect words where another one was heard, or belongs; `usual` is in how many captions words stand."""
    if case.relation in (Relation.VERBATIM, Relation.CONDENSED):
        for difference in case.differences:
            suspicion = _opposite(case, difference) or _heard(case, difference, lexicon, trusted=trusted)
            if suspicion:
                yield suspicion
            elif _is_usual_elsewhere(case, difference, lexicon, usual):
                reason = f"「{difference.heard_text}」, which sounds the same, was heard, and stands in other captions."
                yield replace(
                    _suspicion(case, (difference.start, difference.end), difference.heard_text, 0.6, reason),
                    severity=FYI,
                )
        if trusted:
            yield from _echoed_verbs(case, lexicon)
    if trusted and case.relation is not Relation.UNSPOKEN:
        yield from _echoed(case, lexicon)
    yield from _misplaced(case, lexicon)


def contradicts_lexicon(case: Aligned, difference: Difference, lexicon: JapaneseLexicon) -> bool:
    """Whether the lexicon speaks for what is written, against what was heard in its place: a fault of the speech."""
    written, heard = _surface(difference.written), difference.heard_text
    if not difference.sounds_same or _is_kana_variant(written, heard) or is_variant(written, heard, lexicon):
        return False
    return _margin(case, difference, lexicon) <= -MARGIN


def _opposite(case: Aligned, difference: Difference) -> Suspicion | None:
    written = "".join(word.surface for word in difference.written)
    heard = difference.heard_text
    if not difference.anchored or frozenset((written, heard)) not in OPPOSITES:
        return None
    if written in case.heard_text:
        return None
    reasons = (f"「{heard}」 was said at this place, between the same words; 「{written}」 means the opposite.",)
    return _suspicion(case, (difference.start, difference.end), heard, 0.93, *reasons)


def _heard(case: Aligned, difference: Difference, lexicon: JapaneseLexicon, *, trusted: bool) -> Suspicion | None:
    """Another word of the same sound was heard."""
    if not difference.sounds_same or not difference.written:
        return None
    written, heard = _surface(difference.written), difference.heard_text
    margin = _margin(case, difference, lexicon)
    listed = any(each.surface == heard for each in lexicon.confusions.groups.get(written, ()))
    if _is_kana_variant(written, heard) or (is_variant(written, heard, lexicon) and not (listed and margin >= MARGIN)):
        return None
    if all(any(map(_is_proper, words)) for words in (difference.written, difference.heard)):
        return None
    if trusted and margin > -MARGIN and (margin >= MARGIN or (difference.anchored and _is_one_word(difference))):
        plain = all(is_kanji(each) for each in written + heard)
        confidence = 0.96 if margin >= MARGIN else 0.9 if plain else 0.8
    elif margin >= MARGIN and listed:
        confidence = 0.88
    else:
        return None
    reasons = (
        f"「{heard}」 was heard where 「{written}」 is written; both sound the same.",
        "The neighbours speak for what was heard." if margin >= MARGIN else "The transcript spells it so.",
    )
    return _suspicion(case, (difference.start, difference.end), heard, confidence, *reasons)


def _is_usual_elsewhere(
    case: Aligned, difference: Difference, lexicon: JapaneseLexicon, usual: Mapping[str, int]
) -> bool:
    """Whether other captions have what was heard, and none what is written, and its neighbours do not object."""
    written, heard = _surface(difference.written), difference.heard_text
    if not difference.sounds_same or not difference.anchored or not all(map(is_kanji, written + heard)):
        return False
    if usual.get(written, 0) > 1 or usual.get(heard, 0) < OTHERS or is_variant(written, heard, lexicon):
        return False
    return not any(map(_is_proper, difference.written)) and _margin(case, difference, lexicon) > -MARGIN


def _is_proper(word: Morpheme) -> bool:
    return word.detail.startswith("固有名詞")


def _is_one_word(difference: Difference) -> bool:
    """Whether both are Kanji alone, or one word each that begins with a Kanji: 感じ and 漢字, 望む and 臨む."""
    written, heard = _surface(difference.written), difference.heard_text
    if all(map(is_kanji, written + heard)):
        return True
    return len(difference.written) == len(difference.heard) == 1 and is_kanji(written[0]) and is_kanji(heard[0])


def _echoed(case: Aligned, lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    """A word that nobody said, where another one of its sound was said: the caption is condensed, but not a pun."""
    spoken = _compounds(case.spoken_words)
    sounds = {sound(words): words for words in spoken}
    said = {_surface(words) for words in spoken}
    for written in _compounds(case.text.words):
        heard = sounds.get(sound(written))
        if heard is None or _surface(written) in said:
            continue
        surface, start, end = _surface(heard), written[0].start, written[-1].end
        if surface in case.text.folded.text or _is_kana_variant(_surface(written), surface):
            continue
        if is_variant(_surface(written), surface, lexicon) or _lead(case, (start, end), surface, lexicon) <= -MARGIN:
            continue
        reasons = (f"「{surface}」 was said around; 「{_surface(written)}」, which sounds the same, was not.",)
        yield _suspicion(case, (start, end), surface, 0.85, *reasons)


def _echoed_verbs(case: Aligned, lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    """A verb that nobody said, where one of its sound was said in another form: 望む, where 臨みます was said."""
    spoken = [word for word in case.spoken_words if _is_short_verb(word)]
    said = {word.surface[0] for word in spoken}
    for word in case.text.words:
        if not _is_short_verb(word) or word.surface[0] in said:
            continue
        for heard in spoken:
            kanji = heard.surface[0]
            if heard.reading[:-1] != word.reading[:-1] or kanji in case.text.folded.text:
                continue
            right = kanji + word.surface[1:]
            if not is_variant(word.surface, right, lexicon) and lexicon.knows(right):
                reasons = (f"「{heard.surface}」 was said around; 「{word.surface}」, which sounds the same, was not.",)
                yield _suspicion(case, (word.start, word.end), right, 0.8, *reasons)
                break


def _is_short_verb(word: Morpheme) -> bool:
    """Whether it is a verb of one Kanji whose sound is long enough to tell it from others."""
    verb = word.word_class == "動詞" and len(word.surface) > 1 and len(word.reading) > LONGEST - 1
    return verb and is_kanji(word.surface[0]) and not any(map(is_kanji, word.surface[1:]))


def _compounds(words: Sequence[Morpheme]) -> list[tuple[Morpheme, ...]]:
    """Words of two Kanji and more, and those that make one together."""
    found = []
    for size in (1, 2):
        for at in range(len(words) - size + 1):
            group = tuple(words[at : at + size])
            surface = _surface(group)
            plain = 2 <= len(surface) <= 3 * size and all(map(is_kanji, surface))
            if plain and not any(word.is_numeral or word.detail.startswith("固有名詞") for word in group):
                found.append(group)
    return found


def _margin(case: Aligned, difference: Difference, lexicon: JapaneseLexicon) -> float:
    return _lead(case, (difference.start, difference.end), difference.heard_text, lexicon)


def _lead(case: Aligned, span: tuple[int, int], heard: str, lexicon: JapaneseLexicon) -> float:
    """By how many votes what was heard leads over what is written."""
    written, place = case.text.folded.text[slice(*span)], _place(case, *span)
    group = lexicon.confusions.groups.get(written, ())
    own = next((each for each in group if each.surface == written), Homophone(written))
    other = next((each for each in group if each.surface == heard), Homophone(heard))
    mine, theirs = (votes(place, each, lexicon) + known(each.surface, lexicon) for each in (own, other))
    return theirs - mine


def _is_kana_variant(written: str, heard: str) -> bool:
    """Whether the two differ in okurigana, in Kana for Kanji, or in variants of one Kanji."""
    one, two = ("".join(filter(is_kanji, common(each))) for each in (written, heard))
    return _is_part(one, two) or _is_part(two, one)


def is_sentence(words: Sequence[Morpheme]) -> bool:
    """Whether a text ends as a sentence does, not as a headline."""
    spoken = [word for word in words if word.word_class not in ("補助記号", "空白", "記号")]
    return bool(spoken) and spoken[-1].word_class in ("助動詞", "動詞", "形容詞", "助詞")


def is_variant(written: str, heard: str, lexicon: JapaneseLexicon) -> bool:
    """Whether the two differ in Kanji that stand for one another."""
    equivalents = lexicon.confusions.equivalents
    written, heard = (_REPEATED.sub(r"\1\1", each) for each in (written, heard))
    if written == heard or frozenset((written, heard)) in equivalents:
        return True
    one, two = ("".join(filter(is_kanji, common(each))) for each in (written, heard))
    pairs = zip(one, two, strict=False)
    return len(one) == len(two) and all(a == b or frozenset((a, b)) in equivalents for a, b in pairs)


def _is_part(short: str, long: str) -> bool:
    """Whether all of a text stands in another, in order."""
    rest = iter(long)
    return all(each in rest for each in short)


def _misplaced(case: Aligned, lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    """A listed word whose neighbours belong to another one of its sound."""
    words, groups = case.text.words, lexicon.confusions.groups
    for at in range(len(words)):
        for size in range(1, min(LONGEST, len(words) - at) + 1):
            surface = _surface(words[at : at + size])
            if surface not in groups:
                continue
            start, end = words[at].start, words[at + size - 1].end
            suspicion = _judged(case, surface, start, end, lexicon)
            if suspicion:
                yield suspicion


def _judged(case: Aligned, surface: str, start: int, end: int, lexicon: JapaneseLexicon) -> Suspicion | None:
    place = _place(case, start, end)
    own, *others = lexicon.confusions.groups[surface]
    mine = votes(place, own, lexicon)
    best = max(others, key=lambda each: votes(place, each, lexicon))
    margin = votes(place, best, lexicon) - mine
    if margin < (AGAINST_SPEECH if _was_said(case, start, end) else MARGIN):
        return None
    reasons = (
        f"「{surface}」 and 「{best.surface}」 are often confused.",
        f"What stands around belongs to 「{best.surface}」.",
    )
    return _suspicion(case, (start, end), best.surface, 0.86, *reasons)


def _was_said(case: Aligned, start: int, end: int) -> bool:
    """Whether the speech spells it the same: a transcript is a witness of its own, if a weak one."""
    inside = [at for at, unit in enumerate(case.text.units) if start <= unit.start < end]
    spoken = case.relation in (Relation.VERBATIM, Relation.CONDENSED) and not case.by_sound
    return spoken and bool(inside) and all(case.is_equal[at] for at in inside)


def _place(case: Aligned, start: int, end: int) -> Place:
    text = case.text.folded.text
    left = [word for word in case.text.words if word.end <= start]
    right = [word for word in case.text.words if word.start >= end]
    return Place(text[max(0, start - AROUND) : start], text[end : end + AROUND], left, right)


def _surface(words: Sequence[Morpheme]) -> str:
    return "".join(word.surface for word in words)


def _suspicion(case: Aligned, span: tuple[int, int], right: str, confidence: float, *reasons: str) -> Suspicion:
    return Suspicion(Kind.WRONG_WORD, *case.text.raw_span(*span), right, confidence, reasons)

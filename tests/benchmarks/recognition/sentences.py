"""Texts for telops from a seed, English and Japanese, and their look-alikes: the same but for one glyph."""

from typing import Final

import numpy as np

_WHO = [
    "The mayor",
    "The harbour office",
    "A court in Leeds",
    "The central bank",
    "Jane Whitford",
    "The rail union",
    "Farmers in Kent",
]
_DID = [
    "has delayed",
    "will review",
    "rejected",
    "welcomed",
    "is to publish",
    "has doubled",
    "could end",
    "questioned",
]
_WHAT = [
    "the new tunnel",
    "plans for 240 homes",
    "the port contract",
    "a 3.4 million grant",
    "the night trains",
    "its budget for 2026",
    "the school merger",
    "the ferry timetable",
]
_WHEN = [
    "on Monday",
    "after 12 years",
    "by 14 March",
    "this week",
    "in 2031",
    "from June",
    "at noon",
    "before winter",
]
_JA_WHO = [
    "市長は",
    "港湾局は",
    "地方裁判所は",
    "中央銀行は",
    "山田太郎さんは",
    "労働組合は",
    "県内の農家は",
]
_JA_WHAT = [
    "新しい橋の工事を",
    "住宅240戸の計画を",
    "港の契約を",
    "三億円の補助金を",
    "夜間列車を",
    "来年の予算を",
    "学校の統合を",
]
_JA_DID = [
    "延期しました",
    "見直す方針です",
    "認めました",
    "歓迎しています",
    "公表します",
    "倍増させました",
    "中止する考えです",
]

LOOKALIKES: Final = {
    "en": [("4", "1"), ("3", "8"), ("6", "5"), ("a", "o"), ("e", "c"), ("n", "r"), ("t", "f"), ("h", "b"), ("u", "v")],
    "ja": [
        ("大", "犬"),
        ("間", "問"),
        ("日", "目"),
        ("列", "別"),
        ("市", "布"),
        ("地", "他"),
        ("橋", "僑"),
        ("4", "1"),
        ("学", "字"),
        ("契", "喫"),
        ("補", "捕"),
        ("期", "朝"),
        ("新", "親"),
        ("末", "未"),
        ("車", "事"),
        ("来", "束"),
    ],
}
NAMES: Final = {
    "en": ["Jane Whitford", "Tom Adeyemi", "Priya Nair", "Oliver Stone", "Grace Miller"],
    "ja": ["山田太郎", "佐藤花子", "鈴木健一郎", "高橋直美", "伊藤博文"],
}
ROLES: Final = {
    "en": ["Mayor of Leeds", "Harbour master", "Chief economist", "Reporter", "Headteacher"],
    "ja": ["市長", "港湾局長", "経済学者", "記者", "校長"],
}


def sentence(language: str, rng: np.random.Generator) -> str:
    """One line of a caption."""
    parts = [_WHO, _DID, _WHAT, _WHEN] if language == "en" else [_JA_WHO, _JA_WHAT, _JA_DID]
    return (" " if language == "en" else "").join(str(rng.choice(part)) for part in parts)


def two_lines(language: str, rng: np.random.Generator) -> tuple[str, ...]:
    """A caption of two lines."""
    if language == "en":
        return f"{rng.choice(_WHO)} {rng.choice(_DID)}", f"{rng.choice(_WHAT)} {rng.choice(_WHEN)}"
    return f"{rng.choice(_JA_WHO)}{rng.choice(_JA_WHAT)}", f"{rng.choice(_JA_DID)}"


def lookalike(lines: tuple[str, ...], language: str, rng: np.random.Generator) -> tuple[str, ...]:
    """The same lines with one glyph exchanged for one that looks like it."""
    text = "\n".join(lines)
    both = [*LOOKALIKES[language], *((other, one) for one, other in LOOKALIKES[language])]
    places = [(at, other) for one, other in both for at, glyph in enumerate(text) if glyph == one]
    at, other = places[int(rng.integers(len(places)))]
    return tuple((text[:at] + other + text[at + 1 :]).split("\n"))

"""The labelled clips: one for each style that telops come in, all drawn from one seed.

`catalogue` says what each clip shows; `write` draws and encodes it. Clips are of one of four groups: `static` and
`panning` have clean backgrounds with 18 captions a minute, of which 8 pairs differ by one glyph; `hostile` ones have
the same on hard-edged moving graphics; `style` ones show one way of drawing, moving or encoding each.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

import numpy as np

from tests.benchmarks.recognition import backgrounds
from tests.benchmarks.recognition.backgrounds import Background
from tests.benchmarks.recognition.sentences import NAMES, ROLES, lookalike, sentence, two_lines
from tests.benchmarks.recognition.showing import Picture, Shown, Style, blend, font, layer, put

Extra = Callable[[Picture, int], None]
"""Draws what is no simple telop (a clock, running text) into the picture of a frame."""
RATE: Final = Fraction(25)


@dataclass(frozen=True)
class Changing:
    """Text that changes in place: the values in order, and where it stands."""

    values: tuple[str, ...]
    box: tuple[int, int, int, int]
    first: int
    after: int


@dataclass(frozen=True)
class Running:
    """Running text: all of it that passes by, and whether it was there before the clip begins and after it ends."""

    text: str
    box: tuple[int, int, int, int]
    is_cut: bool = False


@dataclass(frozen=True)
class Clip:
    """One clip with its truth. `encoding` names what is special about its file."""

    name: str
    group: str
    language: str
    size: tuple[int, int]
    frames: int
    background: Background
    shown: tuple[Shown, ...]
    extras: tuple[Extra, ...] = ()
    changing: tuple[Changing, ...] = ()
    running: tuple[Running, ...] = ()
    rate: Fraction = RATE
    encoding: frozenset[str] = field(default_factory=frozenset)

    def draw(self, frame: int) -> Picture:
        """The picture of a frame, red-green-blue, as displayed."""
        picture = self.background(frame)
        for shown in self.shown:
            put(picture, shown, frame)
        for extra in self.extras:
            extra(picture, frame)
        return picture


def catalogue(seed: int, *, quick: bool = False) -> list[Clip]:
    """All clips of a seed, or the few that a quick run reads."""
    rng = np.random.default_rng(seed)
    seconds = 30 if not quick else 20
    clips: list[Clip] = []
    for group, background in (
        ("static", backgrounds.static),
        ("panning", backgrounds.panning),
        ("hostile", backgrounds.hostile),
    ):
        clips += [_captions(group, language, background, seconds, rng) for language in ("en", "ja")]
    if quick:
        return [clips[0], clips[3], clips[4]]
    return [*clips, *_styles(rng), *_formats(rng), _small(rng), _two_tickers(rng), _cut_ticker(rng), _crawl(rng)]


def _captions(
    group: str, language: str, background: Callable[[int, int, int], Background], seconds: int, rng: np.random.Generator
) -> Clip:
    """18 captions a minute, 16 of them in pairs, in turn of one line and of two; every third is on a plate."""
    size, frames = (1280, 720), round(seconds * RATE)
    each = round(60 / 18 * RATE)
    shown: list[Shown] = []
    for index in range(frames // (2 * each)):
        style = _style(language, plate=index % 3 == 2)
        lines = two_lines(language, rng) if index % 2 else (sentence(language, rng),)
        first = 2 * each * index + 8
        middle, after = first + each, first + 2 * each - 14
        place = (640, 610)
        pair = None if index % 9 == 8 else index
        other = lookalike(lines, language, rng) if pair is not None else (sentence(language, rng),)
        shown.append(Shown(lines, first, middle, style, place, pair=pair))
        shown.append(Shown(other, middle, after, style, place, pair=pair))
    if (rest := frames - 2 * each * (frames // (2 * each))) >= each // 2:
        shown.append(Shown((sentence(language, rng),), frames - rest + 4, frames - 3, _style(language), (640, 610)))
    name = f"{group}-{language}"
    return Clip(name, group, language, size, frames, background(*size, int(rng.integers(1 << 30))), tuple(shown))


def _style(language: str, *, plate: bool = False, size: int = 0) -> Style:
    px = size or (34 if language == "en" else 42)
    name = "bold" if language == "en" else "gothic"
    if plate:
        return Style(name, px, (250, 250, 250), None, 0, (20, 30, 90, 255))
    return Style(name, px)


def _styles(rng: np.random.Generator) -> list[Clip]:
    made = [_light(rng), _faded(rng), _short(rng, "en"), _short(rng, "ja"), _several(rng, "en"), _several(rng, "ja")]
    return [*made, _clock(rng), _ticker(rng, "en"), _ticker(rng, "ja"), _vertical(rng), _plates(rng)]


def _clip(name: str, language: str, seconds: float, shown: list[Shown], rng: np.random.Generator) -> Clip:
    background = backgrounds.static(1280, 720, int(rng.integers(1 << 30)))
    return Clip(name, "style", language, (1280, 720), round(seconds * RATE), background, tuple(shown))


def _light(rng: np.random.Generator) -> Clip:
    style = Style("bold", 34, (255, 255, 255), (150, 150, 150), 2)
    shown = [Shown((sentence("en", rng),), 10 + 50 * at, 55 + 50 * at, style, (640, 600)) for at in range(4)]
    clip = _clip("light on light", "en", 8.4, shown, rng)
    return replace(clip, background=backgrounds.bright(1280, 720, int(rng.integers(1 << 30))))


def _faded(rng: np.random.Generator) -> Clip:
    shown = [
        Shown((sentence("en", rng),), 20, 70, _style("en"), (640, 610), fade=12),
        Shown((sentence("ja", rng),), 95, 150, _style("ja"), (640, 610), fade=24),
        Shown((sentence("en", rng),), 175, 225, _style("en"), (640, 610), wipe=15),
        Shown((sentence("ja", rng),), 245, 300, _style("ja"), (640, 610), wipe=25),
        Shown(two_lines("en", rng), 320, 370, _style("en", plate=True), (640, 600), fade=8),
    ]
    return _clip("fades and wipes", "en", 15.4, shown, rng)


def _short(rng: np.random.Generator, language: str) -> Clip:
    shown: list[Shown] = []
    first = 12
    for frames in (5, 5, 6, 7, 8, 10, 12, 5, 6):
        shown.append(Shown((sentence(language, rng),), first, first + frames, _style(language), (640, 610)))
        first += frames + int(rng.integers(8, 16))
    return _clip(f"short {language}", language, float((first + 10) / RATE), shown, rng)


def _several(rng: np.random.Generator, language: str) -> Clip:
    """A caption above a name super, a station's logo in its corner all the time, and a place."""
    name, small = _style(language, plate=True, size=32), _style(language, plate=True, size=24)
    logo = Style("serif", 30, (240, 240, 240), None)
    shown = [Shown(("NORTH TV",), 0, 250, logo, (1140, 60))]
    for at in range(2):
        who = int(rng.integers(5))
        shown += [
            Shown((NAMES[language][who],), 15 + 115 * at, 105 + 115 * at, name, (260, 480)),
            Shown((ROLES[language][who],), 15 + 115 * at, 105 + 115 * at, small, (260, 540)),
            Shown((sentence(language, rng),), 10 + 115 * at, 60 + 115 * at, _style(language), (640, 650)),
            Shown(two_lines(language, rng), 62 + 115 * at, 120 + 115 * at, _style(language), (640, 635)),
        ]
    return _clip(f"several {language}", language, 10, shown, rng)


def _clock(rng: np.random.Generator) -> Clip:
    """A clock that counts seconds and a score that changes twice, beside captions."""
    style, score_style = Style("bold", 34, (255, 255, 255), None, 0, (10, 10, 60, 255)), _style("en", plate=True)
    clock = tuple(f"20:15:{second:02d}" for second in range(30, 42))
    scores = ("LEEDS 0 - 0 YORK", "LEEDS 1 - 0 YORK", "LEEDS 1 - 1 YORK")

    def draw(picture: Picture, frame: int) -> None:
        for value, look, centre in (
            (clock[min(frame // 25, 11)], style, (180, 70)),
            (scores[min(frame // 100, 2)], score_style, (760, 70)),
        ):
            pixels, origin = layer((value,), look, centre)
            blend(picture, pixels, origin, 1.0)

    shown = [Shown((sentence("en", rng),), 10 + 100 * at, 95 + 100 * at, _style("en"), (640, 610)) for at in range(3)]
    clip = _clip("clock and score", "en", 12, shown, rng)
    changing = (Changing(clock, (60, 40, 300, 100), 0, 300), Changing(scores, (560, 40, 960, 100), 0, 300))
    return replace(clip, extras=(draw,), changing=changing)


def _ticker(rng: np.random.Generator, language: str) -> Clip:
    """Running text on a strip, beside captions; it has gone by completely at the end."""
    gap = "   ***   " if language == "en" else "　◆　"
    text = gap.join(sentence(language, rng) for _ in range(3 if language == "en" else 4))
    style = Style("bold" if language == "en" else "gothic", 30, (255, 255, 255), None)
    pixels, _ = layer((text,), style, (0, 0))
    speed = 7
    frames = (1280 + pixels.shape[1]) // speed + 10

    def draw(picture: Picture, frame: int) -> None:
        picture[664:] = (120, 10, 10)
        blend(picture, pixels, (1280 - speed * frame, 692 - pixels.shape[0] // 2), 1.0)

    shown = [
        Shown((sentence(language, rng),), 15 + 100 * at, 100 + 100 * at, _style(language), (640, 560))
        for at in range(frames // 100)
    ]
    clip = _clip(f"ticker {language}", language, float(frames / RATE), shown, rng)
    return replace(clip, extras=(draw,), running=(Running(text, (0, 664, 1280, 720)),))


def _two_tickers(rng: np.random.Generator) -> Clip:
    """Running text in two bands at two speeds, the lower behind a label that stands still, beside captions."""
    texts = ["   ***   ".join(sentence("en", rng) for _ in range(2)) for _ in range(2)]
    style, frames = Style("bold", 28, (255, 255, 255), None), 520
    bands = [
        (layer((text,), style, (0, 0))[0], top, speed)
        for text, top, speed in zip(texts, (664, 30), (8, 6), strict=True)
    ]
    label = Shown(("LIVE",), 0, frames, Style("bold", 30, (255, 255, 255), None, 0, (160, 0, 0, 255)), (70, 692))

    def draw(picture: Picture, frame: int) -> None:
        for pixels, top, speed in bands:
            picture[top : top + 56] = (10, 30, 110)
            blend(picture, pixels, (1280 - speed * frame, top + 28 - pixels.shape[0] // 2), 1.0)
        put(picture, label, frame)

    shown = [Shown((sentence("en", rng),), 15 + 100 * at, 100 + 100 * at, _style("en"), (640, 560)) for at in range(5)]
    clip = _clip("two tickers", "en", float(frames / RATE), [label, *shown], rng)
    boxes = ((140, 664, 1280, 720), (0, 30, 1280, 86))
    running = tuple(Running(text, box) for text, box in zip(texts, boxes, strict=True))
    return replace(clip, extras=(draw,), running=running)


def _cut_ticker(rng: np.random.Generator) -> Clip:
    """Running text that is there already when the clip begins, and still is when it ends: as in most segments."""
    text, style = "   ***   ".join(sentence("en", rng) for _ in range(6)), Style("bold", 30, (255, 255, 255), None)
    pixels, speed, frames = layer((text,), style, (0, 0))[0], 6, 240
    ends = [font(style).getlength(text[:count]) + style.size // 2 - 600 for count in range(len(text) + 1)]
    seen = [at for at in range(len(text)) if ends[at] > 0 and ends[at + 1] < 1280 + speed * (frames - 1)]

    def draw(picture: Picture, frame: int) -> None:
        picture[664:] = (120, 10, 10)
        blend(picture, pixels, (-600 - speed * frame, 692 - pixels.shape[0] // 2), 1.0)

    shown = [Shown((sentence("en", rng),), 15 + 110 * at, 110 + 110 * at, _style("en"), (640, 560)) for at in range(2)]
    clip = _clip("cut ticker", "en", float(frames / RATE), shown, rng)
    running = Running(text[seen[0] : seen[-1] + 1], (0, 664, 1280, 720), is_cut=True)
    return replace(clip, extras=(draw,), running=(running,))


def _crawl(rng: np.random.Generator) -> Clip:
    """Credits that run up the screen: roles and names in two sizes, and a caption's worth of text among them."""
    who = rng.permutation(5)
    lines = [text for at in who for text in (ROLES["en"][at], NAMES["en"][at])] + list(two_lines("en", rng))
    layers = [
        layer((text,), Style("sans" if at % 2 else "bold", 36 if at % 2 else 26), (640, 760 + 58 * at))
        for at, text in enumerate(lines)
    ]
    speed, frames = 4, (760 + 58 * len(lines)) // 4 + 10

    def draw(picture: Picture, frame: int) -> None:
        for pixels, (left, top) in layers:
            blend(picture, pixels, (left, top - speed * frame), 1.0)

    clip = _clip("crawl", "en", float(frames / RATE), [], rng)
    return replace(clip, extras=(draw,), running=(Running("\n".join(lines), (0, 0, 1280, 720)),))


def _small(rng: np.random.Generator) -> Clip:
    """Small type of several faces, which readers join words of."""
    looks = [
        Style("sans", 16, outline_px=1),
        Style("serif", 18, outline_px=2),
        Style("bold", 20, outline_px=2),
        Style("sans", 18, (250, 250, 250), None, 0, (20, 30, 90, 255)),
        Style("serif", 16, (20, 20, 20), None, 0, (235, 235, 230, 255)),
    ]
    shown = [
        Shown((sentence("en", rng),), 10 + 50 * at, 55 + 50 * at, looks[at % len(looks)], (640 + at, 610 + at))
        for at in range(10)
    ]
    return _clip("small type", "en", 20.6, shown, rng)


def _vertical(rng: np.random.Generator) -> Clip:
    style = Style("gothic", 40, vertical=True)
    shown = [Shown((sentence("ja", rng)[:12],), 10 + 60 * at, 65 + 60 * at, style, (1150, 360)) for at in range(4)]
    return _clip("vertical", "ja", 10, shown, rng)


def _plates(rng: np.random.Generator) -> Clip:
    """Plates and boxes of several contrasts on a moving background, dark on light and half transparent among them."""
    styles = [
        Style("sans", 32, (20, 20, 20), None, 0, (235, 235, 230, 255)),
        Style("serif", 34, (255, 240, 120), None, 0, (0, 0, 0, 170)),
        Style("bold", 32, (255, 255, 255), None, 0, (180, 20, 20, 255)),
        Style("sans", 30, (90, 20, 20), None, 0, (255, 220, 60, 255)),
    ]
    shown = [
        Shown(two_lines("en", rng), 10 + 60 * at, 60 + 60 * at, style, (640, 600)) for at, style in enumerate(styles)
    ]
    clip = _clip("plates", "en", 10, shown, rng)
    return replace(clip, background=backgrounds.panning(1280, 720, int(rng.integers(1 << 30))))


def _formats(rng: np.random.Generator) -> list[Clip]:
    """The same kind of captions in other sizes, rates and encodings."""
    kinds: list[tuple[str, tuple[int, int], Fraction, set[str], float]] = [
        ("360p", (640, 360), RATE, set(), 8),
        ("1080p", (1920, 1080), RATE, set(), 6),
        ("4K", (3840, 2160), RATE, set(), 3),
        ("interlaced", (1280, 720), RATE, {"interlaced"}, 8),
        ("23.976 fps", (1280, 720), Fraction(24000, 1001), set(), 8),
        ("59.94 fps", (1280, 720), Fraction(60000, 1001), set(), 6),
        ("variable rate", (1280, 720), RATE, {"variable"}, 8),
        ("rotated", (720, 1280), RATE, {"rotated"}, 8),
        ("anamorphic", (1024, 576), RATE, {"anamorphic"}, 8),
        ("HDR", (1280, 720), RATE, {"hdr"}, 8),
    ]
    return [_format(*kind, rng) for kind in kinds]


def _format(
    name: str, size: tuple[int, int], rate: Fraction, encoding: set[str], seconds: float, rng: np.random.Generator
) -> Clip:
    width, height = size
    scale = min(height / 720, width / 1000)
    frames = round(seconds * rate)
    style = Style("bold", round(34 * scale), outline_px=max(1, round(3 * scale)))
    count = max(1, int(seconds / 2))
    each = frames // count
    lines = [two_lines("en", rng) if width < height else (sentence("en", rng),) for _ in range(count)]
    shown = tuple(
        Shown(text, each * at + 6, each * (at + 1) - 6, style, (width // 2, round(height * 0.85)))
        for at, text in enumerate(lines)
    )
    background = backgrounds.static(width, height, int(rng.integers(1 << 30)))
    return Clip(name, "style", "en", size, frames, background, shown, rate=rate, encoding=frozenset(encoding))

"""How often `looks_like` answers, and how often it is right: on captions that went through a video encoder.

Captions are set in typefaces that the comparison does not draw, in two styles and many sizes, burned into a moving
picture, encoded as H.264 at a proxy's quality, decoded, read by the default engine and examined as any telop is. Each
word is shown once as it is and once for each glyph that the table takes for one of its own.
"""

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, cast

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from telop_ocr import examination, glyphs
from telop_ocr.engines import OcrEngine

from tests.benchmarks.glyphs.measuring import HELD_OUT, drawable, font_files

WIDTH, HEIGHT = 960, 176
FRAMES: Final = 5
CRF: Final = "24"
SEED: Final = 11
_WORDS: Final = (
    "コーヒー豆、サッカー選手、統一地方選挙、第一回大会、ヘルメット着用、東京へ出発、トマトの収穫",
    "インターネット、アニメの聖地、ニュース速報、二度目の優勝、二人三脚、カナダ代表、メカニズム",
    "努力の成果、電力不足、ロシア大使館、ゼロ金利、人口減少、窓口業務、タクシー運転手、データ公開",
    "夕方の天気、朝夕の気温、エネルギー、エビの養殖、工場火災、人工知能、ハワイ旅行、オハイオ州",
    "八月の気温、八百屋、リーダー会談、祭りの準備、残り時間、ミサイル発射、三月の雪、三人目",
    "オリンピック、ラジオ体操、天才少年、高橋さん、最高気温、山崎市長、長崎県、瀬戸内海、横浜港",
    "渡辺さん、2024年、100人、午前10時、2019年、チーム日本、スポーツ、ドイツ戦、タイヤ交換、ショック",
    "ファッション、ペット保険、ベトナム、セール開始、モデル、Football、Hello world、OSAKA 2025、NO MORE",
    "in 100 days、Room 101、18:30、INTERVIEW、Wales",
)
WORDS: Final = tuple(word for line in _WORDS for word in line.split("、"))


TEXTS: Final = (
    ("The interest rates", "The intrest rates"),
    ("The government said", "The goverment said"),
    ("John Anderson won", "John Andersen won"),
    ("received 300 visitors", "received 500 visitors"),
    ("in the capital", "in the the capital"),
    ("will be held", "will beheld"),
    ("their election", "there election"),
    ("18 March 2026", "16 March 2026"),
    ("Robert Johnson", "Robert Jonson"),
    ("raised by 0.25%", "raised by 0.52%"),
    ("内田市長が会見", "内山市長が会見"),
    ("優勝を飾った", "優勝お飾った"),
    ("総額10億円", "総額100億円"),
    ("東京都知事選", "東京都知事戦"),
    ("午後3時から", "午後8時から"),
    ("高校野球決勝", "高校野球決勝勝"),
    ("気温が下がる", "気温か下がる"),
    ("スポーツニュース", "スポーッニュース"),
    ("明日は雨です", "明日は雪です"),
    ("二十五人が出席", "三十五人が出席"),
    ("山本健一さん", "山本健二さん"),
    ("地震の影響で", "地震の影響て"),
    ("コンピューター", "コンピュータ"),
    ("発表しました", "発表しまた"),
)
"""What is right and what is wrong: a second look is asked which of them stands in the picture."""


@dataclass(frozen=True, slots=True)
class Case:
    """A text as shown, in a typeface, and the glyph at `index` that is in question."""

    shown: str
    index: int
    typeface: str


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of the glyph in question: `said` is None where there was no answer."""

    case: Case
    read: str
    alternatives: tuple[str, ...]
    said: str | None

    @property
    def right(self) -> bool:
        """Whether the answer is what was shown."""
        return self.said == self.case.shown[self.case.index]


def cases(model: str) -> list[Case]:
    """Every word with every glyph of it that is in doubt, as itself and as each alternative, in a typeface each."""
    rng = random.Random(SEED)
    found: list[Case] = []
    for word in WORDS:
        for doubt in glyphs.ambiguities(word, model):
            for glyph in (word[doubt.start], *doubt.alternatives):
                shown = word[: doubt.start] + glyph + word[doubt.end :]
                typefaces = [name for name in HELD_OUT if set(map(ord, shown)) <= drawable(font_files()[name])]
                if typefaces:
                    found.append(Case(shown, doubt.start, rng.choice(typefaces)))
    return found


def tell(engine: OcrEngine, chosen: Sequence[Case]) -> Iterator[Told]:
    """Show each case in a video, read it and examine it; cases whose glyph is in no doubt once read tell nothing."""
    model = engine.fingerprint()["model"]
    for case, picture in zip(chosen, _shown(chosen), strict=True):
        for line in engine.read(picture):
            if len(line.text) != len(case.shown):
                continue
            for doubt in examination.doubts(line, picture, model):
                if doubt.start == case.index:
                    yield Told(case, line.text[doubt.start], doubt.alternatives, doubt.looks_like)


def tell_texts(engine: OcrEngine) -> list[bool | None]:
    """Show both texts of each pair in turn: whether the answer of a second look was right; None without one."""
    pairs = [(one, texts) for texts in TEXTS for one in texts]
    rng = random.Random(SEED)
    chosen: list[Case] = []
    for shown, _ in pairs:
        usable = [name for name in HELD_OUT if set(map(ord, shown)) <= drawable(font_files()[name])]
        chosen.append(Case(shown, 0, rng.choice(usable)))
    told: list[bool | None] = []
    for (shown, texts), picture in zip(pairs, _shown(chosen), strict=True):
        lines = engine.read(picture)
        said = examination.likeliest_text([(picture, lines)], texts) if lines else None
        told.append(None if said is None else said == shown)
    return told


def _shown(chosen: Sequence[Case]) -> Iterator[NDArray[np.uint8]]:
    """The middle frame of each case, after encoding all of them as one video."""
    rng = np.random.default_rng(SEED)
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        stream = cast("Any", output.add_stream("libx264", rate=25, options={"crf": CRF, "preset": "veryfast"}))
        stream.width, stream.height, stream.pix_fmt, stream.thread_count = WIDTH, HEIGHT, "yuv420p", 1
        for number, case in enumerate(chosen):
            caption, place = _caption(case, rng)
            for index in range(FRAMES):
                image = Image.fromarray(_ground(number * FRAMES + index))
                image.paste(caption, place, caption)
                frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
                frame.pts, frame.time_base = number * FRAMES + index, Fraction(1, 25)
                output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    file.seek(0)
    with av.open(file, "r") as source:
        for number, frame in enumerate(source.decode(video=0)):
            if number % FRAMES == FRAMES // 2:
                yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def _caption(case: Case, rng: np.random.Generator) -> tuple[Image.Image, tuple[int, int]]:
    font = ImageFont.truetype(str(font_files()[case.typeface]), int(rng.integers(30, 62)))
    plate = bool(rng.random() < 0.3)
    heavier = 0 if plate else float(rng.choice([0.0, 1.0]))
    border = 14 if plate else int(rng.integers(2, 5))
    left, top, right, bottom = (int(side) for side in font.getbbox(case.shown, stroke_width=border + heavier))
    image = Image.new("RGBA", (right - left, bottom - top), (240, 236, 220, 255) if plate else (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    if plate:
        draw.text((-left, -top), case.shown, font=font, fill=(40, 20, 70))
    else:
        draw.text((-left, -top), case.shown, font=font, fill="black", stroke_width=border + heavier)
        draw.text((-left, -top), case.shown, font=font, fill="white", stroke_width=heavier)
    squeeze = float(rng.choice([1.0, 1.0, 0.85, 0.75, 1.1]))
    image = image.resize((max(1, round(image.width * squeeze)), image.height), Image.Resampling.LANCZOS)
    return image, (int(rng.integers(20, WIDTH - image.width - 20)), int(rng.integers(20, HEIGHT - image.height - 20)))


def _ground(time: int) -> NDArray[np.uint8]:
    """Bands of light that move."""
    rows, columns = np.mgrid[0:HEIGHT:4, 0:WIDTH:4]
    light = 105 + 45 * np.sin(columns / 90 + time / 9) + 35 * np.sin(rows / 41 - time / 15 + columns / 200)
    channels = np.stack([light * share for share in (0.8, 0.95, 1.1)], axis=-1).clip(0, 255).astype(np.uint8)
    return channels.repeat(4, axis=0).repeat(4, axis=1)

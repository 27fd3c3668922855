"""The spoken side: which sentences each programme says, in which voice, and the sound files that were made of them.

The files are Opus, 16 kHz mono. Making them anew needs the commands `flite`, `text2wave`, `RHVoice-test`, `pico2wave`
and `espeak-ng` (Debian packages flite, festival, festvox-kallpc16k, festvox-kdlpc16k, festvox-us-slt-hts, rhvoice,
rhvoice-english, libttspico-utils and espeak-ng); judging needs none. What they speak may be passed on: voices of
rhvoice-english that are not for commerce are not among them.
"""

import json
import random
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from telop_cli.demo.speech import SAMPLE_RATE, SILENT_BELOW, Pcm, load, silence

from tests.scorecard.english.scripts import Cast, Slots, Utterance, cast, fill, seed, utterances
from tests.scorecard.labels import DEVELOPMENT, FORMER, TEST

FOLDER: Final = Path(__file__).parent / "speech"
GENRES: Final = ("news", "interview", "variety", "sport")
MORE_GENRES: Final = ("bulletin", "talk", "kitchen", "match")
"""Of the development half: other shows of the same four kinds."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a voice speaks: so many times as slowly, from a head so many times smaller, in a room with noise in it."""

    slowness: float = 1.0
    smallness: float = 1.0
    echo_s: float = 0.0
    noise: float = 0.0
    """Standard deviation, of samples of 16 bits."""


MANNERS: Final = {
    "": Manner(),
    "slow": Manner(slowness=1.2),
    "small": Manner(slowness=1.1, smallness=1.1),
    "big": Manner(smallness=0.9),
    "hall": Manner(slowness=1.1, echo_s=0.25, noise=60.0),
    "street": Manner(noise=400.0),
}
VOICES: Final = {
    DEVELOPMENT: (
        *("flite-awb", "flite-kal16", "festival-kal_diphone"),
        *("flite-kal16+slow", "flite-awb+big", "festival-kal_diphone+small", "flite-awb+slow", "flite-kal16+hall"),
    ),
    FORMER: ("flite-rms", "flite-slt", "festival-cmu_us_slt_arctic_hts", "festival-ked_diphone"),
    TEST: (
        *("rhvoice-alan", "rhvoice-bdl", "rhvoice-clb", "pico-en-US", "pico-en-GB"),
        *("rhvoice-clb+hall", "pico-en-GB+street", "espeak-en-us"),
    ),
}
"""The speakers of the two halves are different people; after the `+` stands their manner."""
TAKES: Final = {
    **dict.fromkeys(VOICES[FORMER], 2),
    "flite-rms": 3,
    "rhvoice-alan": 2,
    "pico-en-US": 2,
}
"""How often a voice goes through the script, each time filled otherwise; once without an entry."""
READ: Final = ("rhvoice-alan", "rhvoice-bdl")
"""Voices of the test half whose pictures are drawn and read, where there are mistakes."""
IN_ROSTER: Final = 6
GAP_S: Final = 0.7
BIT_RATE: Final = 16_000


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a programme."""

    utterance: Utterance
    slots: Slots
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What one programme says."""

    name: str
    half: str
    genre: str
    voice: str
    people: tuple[str, ...]
    strangers: tuple[tuple[str, str], ...]
    sentences: tuple[Said, ...]
    has_mistakes: bool
    """Whether it is also staged with mistakes; clean it always is."""

    @property
    def is_for_the_ear(self) -> bool:
        """Whether its pictures are taken as read: there are more voices to learn from than pictures need."""
        if self.half == TEST:
            return self.voice not in READ or not self.has_mistakes
        return self.half == DEVELOPMENT and ("+" in self.voice or self.genre in MORE_GENRES)


def plans(half: str) -> list[Plan]:
    """All programmes of a half; always the same."""
    who = cast(half)
    return [
        _plan(half, genre, voice, take, who)
        for voice in VOICES[half]
        for genre, takes in _shows(half, voice).items()
        for take in range(takes)
    ]


def _shows(half: str, voice: str) -> dict[str, int]:
    """Which shows a voice speaks in, and how often."""
    if half != DEVELOPMENT:
        return dict.fromkeys(GENRES, TAKES.get(voice, 1))
    return dict.fromkeys(GENRES, 1 if "+" in voice else 2) | dict.fromkeys(MORE_GENRES, 1)


def _plan(half: str, genre: str, voice: str, take: int, who: Cast) -> Plan:
    name = f"{genre}-{voice}-{take + 1}"
    draw = random.Random(f"{seed(half)} {name}")
    people = draw.sample(who.people, IN_ROSTER)
    sentences = []
    for utterance in utterances(half, genre):
        block = " ".join([utterance.spoken, *utterance.condensed, *utterance.paraphrases])
        slots = fill(block, draw, people, list(who.places))
        sentences.append(Said(utterance, slots, slots.said_aloud(utterance.spoken)))
    draw.shuffle(sentences)
    has_mistakes = take == 0 or half == DEVELOPMENT
    strangers = tuple(draw.sample(who.strangers, 2))
    return Plan(name, half, genre, voice, tuple(people), strangers, tuple(sentences), has_mistakes)


def timings(half: str) -> dict[str, dict[str, Any]]:
    """By programme: its length, and start, end and text of every sentence."""
    found: dict[str, dict[str, Any]] = json.loads((FOLDER / f"{half}.json").read_text("utf-8"))
    return found


def make(half: str) -> None:
    """Synthesise every programme of a half."""
    folder = FOLDER / half
    folder.mkdir(parents=True, exist_ok=True)
    times = timings(half) if (FOLDER / f"{half}.json").exists() else {}
    for plan in plans(half):
        if plan.name in times:
            continue
        pieces, spans, now = [silence(GAP_S)], [], GAP_S
        for sentence in plan.sentences:
            sound = _said(plan.voice, sentence.text)
            spans.append([round(now, 3), round(now + len(sound) / SAMPLE_RATE, 3), sentence.text])
            pieces += [sound, silence(GAP_S)]
            now += len(sound) / SAMPLE_RATE + GAP_S
        _write(folder / f"{plan.name}.opus", np.concatenate(pieces))
        times[plan.name] = {"duration_s": round(now, 3), "sentences": spans}
    (FOLDER / f"{half}.json").write_text(json.dumps(times, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _said(voice: str, text: str) -> Pcm:
    speaker, _, manner = voice.partition("+")
    engine, _, name = speaker.partition("-")
    how = MANNERS[manner]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        command, given = _COMMANDS[engine](name, text, how.slowness * how.smallness, str(path))
        subprocess.run(command, input=given.encode(), check=True, capture_output=True)
        samples = _heard(load(path), how)
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > max(SILENT_BELOW, 5 * how.noise))
    return samples[loud[0] : loud[-1] + 1]


def _flite(voice: str, text: str, stretch: float, path: str) -> tuple[list[str], str]:
    return ["flite", "-voice", voice, "--setf", f"duration_stretch={stretch}", "-t", text, "-o", path], ""


def _festival(voice: str, text: str, stretch: float, path: str) -> tuple[list[str], str]:
    slower = f"(Parameter.set 'Duration_Stretch {stretch})"
    return ["text2wave", "-eval", f"(voice_{voice})", "-eval", slower, "-o", path], text


def _rhvoice(voice: str, text: str, stretch: float, path: str) -> tuple[list[str], str]:
    return ["RHVoice-test", "-p", voice, "-r", str(round(100 / stretch)), "-o", path], text


def _pico(voice: str, text: str, stretch: float, path: str) -> tuple[list[str], str]:
    return ["pico2wave", "-l", voice, "-w", path, f'<speed level="{round(100 / stretch)}">{text}</speed>'], ""


def _espeak(voice: str, text: str, stretch: float, path: str) -> tuple[list[str], str]:
    return ["espeak-ng", "-v", voice, "-s", str(round(160 / stretch)), "-w", path], text


_COMMANDS: Final[Mapping[str, Callable[[str, str, float, str], tuple[list[str], str]]]] = {
    "flite": _flite,
    "festival": _festival,
    "rhvoice": _rhvoice,
    "pico": _pico,
    "espeak": _espeak,
}
"""By engine: the command that says a text so many times as slowly, and what it is given to read."""


def _heard(samples: Pcm, how: Manner) -> Pcm:
    """What a microphone makes of a voice: its head, its room, and the noise in it."""
    sound = np.interp(np.arange(0, len(samples) - 1, how.smallness), np.arange(len(samples)), samples)
    chance = np.random.default_rng(len(samples))
    if how.echo_s:
        length = round(how.echo_s * SAMPLE_RATE)
        room = chance.normal(0, 1, length) * 10 ** (-3 * np.arange(length) / length)
        room /= 2 * np.linalg.norm(room)
        room[0] = 1
        sound = np.convolve(sound, room)[: len(sound)]
    noisy: Pcm = (sound + chance.normal(0, how.noise, len(sound))).clip(-32_768, 32_767).astype(np.int16)
    return noisy


def _write(path: Path, samples: Pcm) -> None:
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE, layout="mono", bit_rate=BIT_RATE)
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        container.mux([*stream.encode(frame), *stream.encode(None)])

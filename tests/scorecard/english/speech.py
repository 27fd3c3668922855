"""The spoken side: which sentences each programme says, in which voice, and the sound files that were made of them.

The files are Opus, 16 kHz mono. Making them anew needs the commands `flite` and `text2wave` (Debian packages flite,
festival, festvox-kallpc16k, festvox-kdlpc16k and festvox-us-slt-hts, all of free licences); judging needs none.
"""

import json
import random
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from telop_cli.demo.speech import SAMPLE_RATE, SILENT_BELOW, Pcm, load, silence

from tests.scorecard.english.scripts import Cast, Slots, Utterance, cast, fill, utterances
from tests.scorecard.labels import DEVELOPMENT, TEST

FOLDER: Final = Path(__file__).parent / "speech"
GENRES: Final = ("news", "interview", "variety", "sport")
VOICES: Final = {
    DEVELOPMENT: ("flite-awb", "flite-kal16", "festival-kal_diphone"),
    TEST: ("flite-rms", "flite-slt", "festival-cmu_us_slt_arctic_hts", "festival-ked_diphone"),
}
"""The speakers of the two halves are different people."""
TAKES: Final = {"flite-rms": 3}
"""How often a voice goes through the script, each time filled otherwise; 2 without an entry."""
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


def plans(half: str) -> list[Plan]:
    """All programmes of a half; always the same."""
    who = cast(half)
    return [
        _plan(half, genre, voice, take, who)
        for voice in VOICES[half]
        for genre in GENRES
        for take in range(TAKES.get(voice, 2))
    ]


def _plan(half: str, genre: str, voice: str, take: int, who: Cast) -> Plan:
    name = f"{genre}-{voice}-{take + 1}"
    draw = random.Random(f"{half} {name}")
    people = draw.sample(who.people, IN_ROSTER)
    sentences = []
    for utterance in utterances(half, genre):
        block = " ".join([utterance.spoken, *utterance.condensed, *utterance.paraphrases])
        slots = fill(block, draw, people, list(who.places))
        sentences.append(Said(utterance, slots, slots.said_aloud(utterance.spoken)))
    draw.shuffle(sentences)
    first = take == 0 or half == DEVELOPMENT
    return Plan(name, half, genre, voice, tuple(people), tuple(draw.sample(who.strangers, 2)), tuple(sentences), first)


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
    engine, _, name = voice.partition("-")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        if engine == "flite":
            subprocess.run(["flite", "-voice", name, "-t", text, "-o", str(path)], check=True, capture_output=True)
        else:
            command = ["text2wave", "-eval", f"(voice_{name})", "-o", str(path)]
            subprocess.run(command, input=text.encode(), check=True, capture_output=True)
        samples = load(path)
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > SILENT_BELOW)
    return samples[loud[0] : loud[-1] + 1]


def _write(path: Path, samples: Pcm) -> None:
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE, layout="mono", bit_rate=BIT_RATE)
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        container.mux([*stream.encode(frame), *stream.encode(None)])

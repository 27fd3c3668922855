"""Writes the demo clip and its truth: `python -m telop_cli.demo.clip FOLDER`.

The clip is committed, so only whoever changes the script runs this; it needs the `flite` command for speech and
says so in one line where it is missing. `encode` writes any clip from frames and samples: tests make their
variants with it (no sound, no picture, a few seconds long).
"""

import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from telop_cli.demo.picture import Picture, Rgb
from telop_cli.demo.script import REQUEST, SCRIPT, STATION, Line
from telop_cli.demo.speech import SAMPLE_RATE, Pcm, SpeechToolMissingError, say, silence
from telop_cli.demo.truth import ASSETS, CLIP, TRUTH, Mistake, Telop, Truth

PICTURE: Final = Picture(960, 540)
FRAME_RATE: Final = 25
LEAD_S: Final = 0.4
GAP_S: Final = 0.3
TAIL_S: Final = 0.6
CAPTION_EARLY_S: Final = 0.08
SHORTEST_CAPTION_S: Final = 2.0


def write_demo(folder: Path) -> Truth:
    """Write `clip.mp4` and `truth.json` into the folder.

    Raises `SpeechToolMissingError` where there is no speech synthesiser.
    """
    telops, sound = stage(SCRIPT)
    duration_s = len(sound) / SAMPLE_RATE
    whole = Telop(0.0, round(duration_s, 3), STATION, None)
    truth = Truth(CLIP, round(duration_s, 3), PICTURE.width, PICTURE.height, FRAME_RATE, REQUEST, [whole, *telops])
    folder.mkdir(parents=True, exist_ok=True)
    encode(folder / CLIP, frames(PICTURE, telops, duration_s, station=STATION), sound)
    truth.write(folder / TRUTH)
    return truth


def stage(script: Sequence[Line]) -> tuple[list[Telop], Pcm]:
    """Say every line after the other; each caption stands while its sentence is spoken. Times are whole frames."""
    parts, telops, now = [silence(LEAD_S)], [], LEAD_S
    for line in script:
        said = say(line.spoken)
        end = now + len(said) / SAMPLE_RATE
        start = _whole_frame(now - CAPTION_EARLY_S)
        shown_until = _whole_frame(max(end + CAPTION_EARLY_S, start + SHORTEST_CAPTION_S))
        telops.append(Telop(start, shown_until, line.written, line.spoken, _mistake(line)))
        parts += [said, silence(GAP_S)]
        now = end + GAP_S
    return telops, np.concatenate([*parts, silence(TAIL_S - GAP_S)])


def frames(picture: Picture, telops: Sequence[Telop], duration_s: float, station: str = "") -> Iterator[Rgb]:
    """The frames of a clip with these captions."""
    for number in range(round(duration_s * FRAME_RATE)):
        time_s = number / FRAME_RATE
        shown = tuple(telop.written for telop in telops if telop.start_s <= time_s < telop.end_s)
        yield picture.frame(time_s, shown, station)


def encode(path: Path, pictures: Iterator[Rgb] | None, sound: Pcm | None) -> None:
    """Write an H.264 and AAC file in an MP4 container; either track may be missing."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        first = next(pictures) if pictures else None
        video = _video_stream(container, *first.shape[:2]) if first is not None else None
        audio = _audio_stream(container) if sound is not None else None
        if video and first is not None and pictures:
            for picture in chain([first], pictures):
                container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            container.mux(video.encode(None))
        if audio and sound is not None:
            frame = av.AudioFrame.from_ndarray(sound[None, :], format="s16", layout="mono")
            frame.sample_rate = SAMPLE_RATE
            container.mux(audio.encode(frame))
            container.mux(audio.encode(None))


def _video_stream(container: OutputContainer, height: int, width: int) -> VideoStream:
    stream = container.add_stream("libx264", rate=FRAME_RATE, options={"crf": "23", "preset": "slow"})
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    return stream


def _audio_stream(container: OutputContainer) -> AudioStream:
    stream = container.add_stream("aac", rate=48_000, layout="mono")
    stream.bit_rate = 96_000
    return stream


def _whole_frame(time_s: float) -> float:
    return round(time_s * FRAME_RATE) / FRAME_RATE


def _mistake(line: Line) -> Mistake | None:
    planted = line.planted
    if planted is None:
        return None
    start = line.written.index(planted.wrong)
    repaired = [line.written.replace(planted.wrong, right, 1) for right in planted.right]
    suggestion = planted.right[0] if planted.right else None
    return Mistake(planted.kind, planted.wrong, start, start + len(planted.wrong), suggestion, repaired)


def main(arguments: Sequence[str]) -> int:
    """Write the demo into the folder that is named, or where the product keeps it."""
    try:
        truth = write_demo(Path(arguments[0]) if arguments else ASSETS)
    except SpeechToolMissingError as error:
        print(f"clip: {error}", file=sys.stderr)
        return 2
    print(f"{truth.clip}: {truth.duration_s} s, {len(truth.telops)} captions, {len(truth.planted)} planted mistakes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

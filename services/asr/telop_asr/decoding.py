"""Decodes the sound of one time range in a sandboxed child: 16 kHz, mono, 16 bits.

The format is the one that probing found, opened by name with protocol and format white lists; nothing but that one
file is ever opened. Media time 0 is the start of the file, so that sound and pictures share one clock: samples stand
where their time stamps put them, a gap in the track is silence, and packets that cannot be decoded are passed over.
"""

import contextlib
from collections.abc import Iterator
from typing import Any, Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray
from telop_chassis.child_side import Refused

from telop_asr.transcription import SAMPLE_RATE

MAX_TRACKS: Final = 64
EARLIER_S: Final = (0.5, 10.0, 604_800.0)
"""How much earlier to seek: decoders need a run-up, and containers with sparse or wrong indexes land too late."""
MAX_SAMPLES: Final = 1 << 20
"""In one frame: 20 s at 48 kHz. Codecs pack some thousands."""
BEYOND_S: Final = 1.0
"""Sound beyond the end of a range that ends it: packets of transport streams hold half a second at most."""
JITTER_SAMPLES: Final = SAMPLE_RATE // 25
"""Time stamps are rounded to the container's clock; a smaller step than this is rounding, a larger one is a gap."""


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Write the sound of [start_s, end_s) to a file.

    Takes path, format, track, start_s, end_s and output, where little-endian signed 16-bit samples are written.
    Answers `samples`, how many; fewer than the range holds where the track ends before it, 0 where it has none there.
    Raises `Refused`: media_damaged, unsupported_format or no_audio_track.
    """
    options = {"protocol_whitelist": "file", "format_whitelist": request["format"], "max_streams": str(MAX_TRACKS)}
    try:
        with av.open(
            request["path"], "r", format=request["format"], metadata_errors="replace", container_options=options
        ) as container:
            samples = _decode(container, request["track"], request["start_s"], request["end_s"])
    except MemoryError:  # which FFmpeg's is too; headers that make it ask for too much did not pass probing
        raise
    except (av.FFmpegError, UnicodeError):
        raise Refused("media_damaged") from None
    except ValueError:  # PyAV: no such format
        raise Refused("unsupported_format") from None
    samples.astype("<i2").tofile(request["output"])
    return {"samples": len(samples)}


def _decode(container: InputContainer, track: int | None, start_s: float, end_s: float) -> NDArray[np.int16]:
    stream = _track(container, track)
    stream.codec_context.options = {"max_samples": str(MAX_SAMPLES)}
    origin_s = (container.start_time or 0) / av.time_base
    samples = np.zeros(max(0, round((end_s - start_s) * SAMPLE_RATE)), np.int16)
    cursor: int | None = None
    reached = 0
    for time_s, sound in _resampled(_from(container, stream, origin_s, start_s), end_s):
        position = round((time_s - start_s) * SAMPLE_RATE)
        if cursor is None or abs(position - cursor) > JITTER_SAMPLES:
            cursor = position
        first, until = max(0, cursor), min(len(samples), cursor + len(sound))
        if first < until:
            samples[first:until] = sound[first - cursor : until - cursor]
            reached = max(reached, until)
        cursor += len(sound)
    return samples[:reached]


def _track(container: InputContainer, index: int | None) -> AudioStream:
    """The track that probing chose, or the first."""
    for stream in container.streams.audio:
        if stream.codec_context is not None and index in (None, stream.index):
            return stream
    raise Refused("no_audio_track")


def _from(
    container: InputContainer, stream: AudioStream, origin_s: float, start_s: float
) -> Iterator[tuple[float, AudioFrame]]:
    """Frames from before `start_s` on, as far as the track has any that early.

    The track itself is sought in: a file is else entered at a picture, and sound before the first one passed over.
    """
    for earlier_s in EARLIER_S:
        if start_s >= EARLIER_S[0]:  # else it stands at its beginning
            target_s = max(0.0, start_s - earlier_s) + origin_s
            container.seek(int(target_s / (stream.time_base or 1)), backward=True, stream=stream)
        frames = _decoded(container, stream, origin_s)
        first = next(frames, None)
        if first is not None and (first[0] <= start_s or start_s < earlier_s):
            yield first
            yield from frames
            return


def _decoded(container: InputContainer, stream: AudioStream, origin_s: float) -> Iterator[tuple[float, AudioFrame]]:
    for packet in container.demux(stream):
        frames: list[AudioFrame] = []
        with contextlib.suppress(av.InvalidDataError):
            frames = packet.decode()
        for frame in frames:
            if frame.pts is not None and frame.time_base is not None:
                yield float(frame.pts * frame.time_base) - origin_s, frame


def _resampled(frames: Iterator[tuple[float, AudioFrame]], end_s: float) -> Iterator[tuple[float, NDArray[np.int16]]]:
    """Pieces of sound with their times. A track that changes its format gets a new resampler.

    What lies beyond the end is the end only if more of it follows: else its time stamps are damaged.
    """
    resampler: AudioResampler | None = None
    seen: object = None
    beyond_s = 0.0
    for time_s, frame in frames:
        beyond_s = beyond_s + frame.samples / frame.sample_rate if time_s >= end_s else 0.0
        if beyond_s > BEYOND_S:
            return
        if beyond_s:
            continue
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if resampler is None or kind != seen:
            resampler, seen = AudioResampler("s16", "mono", SAMPLE_RATE), kind
        frame.pts = None  # times are kept here: the resampler would round them to its own clock
        if pieces := [piece.to_ndarray().reshape(-1) for piece in resampler.resample(frame)]:
            yield time_s, np.concatenate(pieces)

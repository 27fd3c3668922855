"""Finds out what a media file holds. Runs in a sandboxed child: what it opens is untrusted.

The format is decided by our own sniffing and given to the demultiplexer by name; nothing but that one local file is
ever opened. A file passes only if the tracks that are seen and heard give a first frame. Refusals carry a reason
code: media_empty, media_not_recognised, media_truncated, media_damaged, media_encrypted, media_no_tracks,
media_clock_restarts, media_too_many_tracks, media_picture_too_large, media_undecodable, media_zero_duration or
media_too_long.
"""

import contextlib
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

import av
from av.container import InputContainer
from av.video.stream import VideoStream
from telop_chassis.sandbox import Refused

from telop_ingest import clocks, timecodes, tracks
from telop_ingest.sniffing import Unreadable, is_encrypted, is_scrambled, movie_seconds, sniff

_MAX_TRACKS: Final = 64
_SCRAMBLING_BYTES: Final = 1_000 * 188
_INDEXED: Final = ("matroska", "avi", "flac")
"""Formats that declare a duration apart from what they hold; that of others is their index's or their last packet's."""
_BEHIND_THE_END: Final = 1 << 62
_CUES: Final = bytes.fromhex("1c53bb6b")
_HEAD_BYTES: Final = 1 << 16
_MAX_PACKETS_TO_A_FRAME: Final = 3_000
"""How far to look for the first frame of a track: some 30 s of an interleaved transport stream."""


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Probe `request["path"]` for a job in `language`, under `max_duration_s` and `max_pixels`; answer the fields of
    `planning.Media`.
    """
    path = Path(request["path"])
    try:
        with path.open("rb") as file:
            name = sniff(file)
            declared_s = movie_seconds(file) if name == "mov" else 0.0
            if _cannot_be_decrypted(file, name):
                raise Refused("media_encrypted")
            if clocks.restarts(file, name):
                raise Refused("media_clock_restarts")
    except Unreadable as unreadable:
        raise Refused(unreadable.reason) from None
    if declared_s > request["max_duration_s"]:
        raise Refused("media_too_long")
    try:
        with _open(path, name) as container:
            return _describe(container, name, request)
    except (av.FFmpegError, UnicodeError):
        raise Refused("media_damaged") from None


def _cannot_be_decrypted(file: BinaryIO, name: str) -> bool:
    if name == "mov":
        return is_encrypted(file)
    file.seek(0)
    return name == "mpegts" and is_scrambled(file.read(_SCRAMBLING_BYTES))


def _open(path: Path, name: str) -> InputContainer:
    return av.open(
        str(path),
        mode="r",
        format=name,
        metadata_errors="replace",
        container_options={"protocol_whitelist": "file", "format_whitelist": name, "max_streams": str(_MAX_TRACKS + 1)},
    )


def _describe(container: InputContainer, name: str, request: dict[str, Any]) -> dict[str, Any]:
    if len(container.streams) > _MAX_TRACKS:
        raise Refused("media_too_many_tracks")
    video = next((s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic), None)
    if video is None and not container.streams.audio:
        raise Refused("media_no_tracks")
    duration_s = max(_duration(container), _indexed_s(container, name))
    if duration_s <= 0:
        raise Refused("media_zero_duration")
    if duration_s > request["max_duration_s"]:
        raise Refused("media_too_long")
    audio = tracks.heard(container, request["language"], duration_s)
    if audio is None and container.streams.audio:
        raise Refused("media_undecodable")
    found: dict[str, Any] = {
        "format": name,
        "duration_s": round(duration_s, 6),
        "has_video": video is not None,
        "has_audio": audio is not None,
        "audio_track": None if audio is None else audio.index,
    }
    if video is not None:
        max_pixels = request["max_pixels"]
        if video.codec_context is None or video.width * video.height > max_pixels:
            raise Refused("media_undecodable" if video.codec_context is None else "media_picture_too_large")
        video.codec_context.options = {"max_pixels": str(max_pixels)}  # options of the container do not reach it
        frame = _first_frame(container, video)
        turned = frame.rotation % 180 != 0
        width, height = (frame.height, frame.width) if turned else (frame.width, frame.height)
        rate = video.average_rate or video.guessed_rate or Fraction(0)
        found |= {"width": width, "height": height, "frame_rate": round(float(min(rate, Fraction(1000))), 6)}
        found |= {"start_timecode": _start_timecode(container, video, found["frame_rate"])}
        found |= {"video_start_s": _video_start_s(container, video)}
    if audio is not None:
        _first_frame(container, audio)
    return found


def _start_timecode(container: InputContainer, video: VideoStream, frame_rate: float) -> str | None:
    """The timecode of the picture track, of the file, or of a timecode track, if it is one that the rate has."""
    for holder in (video, container, *container.streams):
        with contextlib.suppress(KeyError, timecodes.ImpossibleTimecode):
            return timecodes.checked(holder.metadata["timecode"], frame_rate)
    return None


def _video_start_s(container: InputContainer, video: VideoStream) -> float:
    if video.start_time is None or video.time_base is None:
        return 0.0
    start_s = video.start_time * video.time_base - Fraction(container.start_time or 0, av.time_base)
    return round(max(0.0, float(start_s)), 6)


def _duration(container: InputContainer) -> float:
    """Seconds that the file declares, or, where it declares none, that its packets span."""
    if container.duration:
        return container.duration / av.time_base
    first = last = None
    for packet in container.demux():
        if packet.pts is None or packet.time_base is None:
            continue
        start = packet.pts * packet.time_base
        end = start + (packet.duration or 0) * packet.time_base
        first = start if first is None else min(first, start)
        last = end if last is None else max(last, end)
    with contextlib.suppress(av.FFmpegError):  # not seekable: decoding below tells
        container.seek(0)
    return float(last - first) if first is not None and last is not None else 0.0


def _indexed_s(container: InputContainer, name: str) -> float:
    """When the last packet ends to which an index leads, 0 without one.

    What lies behind a duration that is declared too short would be passed over.
    """
    if name not in _INDEXED or (name == "matroska" and not _has_cues(Path(container.name))):
        return 0.0
    end = Fraction(0)
    with contextlib.suppress(av.FFmpegError, OverflowError):
        container.seek(_BEHIND_THE_END, backward=True)
        for packet in islice(container.demux(), _MAX_PACKETS_TO_A_FRAME):
            if packet.pts is None or packet.time_base is None or packet.stream.type not in {"audio", "video"}:
                continue
            end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
    return float(end - Fraction(container.start_time or 0, av.time_base)) if end else 0.0


def _has_cues(path: Path) -> bool:
    """Whether the head of a Matroska file names an index: without one a seek reads the whole file."""
    with path.open("rb") as file:
        return _CUES in file.read(_HEAD_BYTES)


def _first_frame(container: InputContainer, stream: Any) -> Any:
    container.seek(0)
    for count, packet in enumerate(container.demux(stream)):
        if count > _MAX_PACKETS_TO_A_FRAME:
            break
        with contextlib.suppress(av.InvalidDataError):  # broadcast streams often begin inside a group of pictures
            if frames := packet.decode():
                return frames[0]
    raise Refused("media_undecodable")

"""Chooses the audio track that is heard: the programme in the job's language, and one in which something sounds.

Commentary, descriptions of the picture and sound without the voices are passed over; then the job's language counts,
then what the file calls its default. Broadcast files carry tracks that are alike in all that and empty: of those the
first is taken that sounds at one of a few places, or the first where none does. Works inside of the probing child.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Final

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition

_LANGUAGES: Final = {
    "de": ("deu", "ger"),
    "en": ("eng",),
    "es": ("spa",),
    "fr": ("fra", "fre"),
    "it": ("ita",),
    "ja": ("jpn",),
    "ko": ("kor",),
    "nl": ("nld", "dut"),
    "pt": ("por",),
    "ru": ("rus",),
    "zh": ("zho", "chi", "cmn"),
}
"""ISO 639-1 to the ISO 639-2 codes that containers carry; others are compared as they are."""
_NOT_THE_PROGRAMME: Final = (
    Disposition.comment
    | Disposition.hearing_impaired
    | Disposition.visual_impaired
    | Disposition.descriptions
    | Disposition.clean_effects
    | Disposition.karaoke
    | Disposition.dependent
)
_PLACES: Final = (0.5, 0.3, 0.7, 0.1, 0.9)
"""Shares of the duration at which it is listened for sound: programmes begin and end with silence and test tones."""
_PLACE_S: Final = 2.0
_MAX_PACKETS: Final = 3_000
"""Of all the tracks in question at one place."""
_SILENT: Final = 33
"""Of 32,768: -60 dBFS, above the noise of an unused input, below any voice."""


def heard(container: InputContainer, language: str, duration_s: float) -> AudioStream | None:
    """The track that is heard in a job in `language`, a BCP 47 tag; None where the file has no sound."""
    wanted = language.split("-", maxsplit=1)[0].lower()
    codes = (wanted, *_LANGUAGES.get(wanted, ()))

    def rank(stream: AudioStream) -> tuple[bool, bool, bool]:
        return (
            not stream.disposition & _NOT_THE_PROGRAMME,
            stream.metadata.get("language", "").lower().split("-", maxsplit=1)[0] in codes,
            bool(stream.disposition & Disposition.default),
        )

    tracks = [stream for stream in container.streams.audio if stream.codec_context is not None]
    if not tracks:
        return None
    best = max(map(rank, tracks))
    equals = [stream for stream in tracks if rank(stream) == best]
    return equals[0] if len(equals) == 1 else _first_that_sounds(container, equals, duration_s)


def _first_that_sounds(container: InputContainer, tracks: Sequence[AudioStream], duration_s: float) -> AudioStream:
    sounding: set[int] = set()
    for share in _PLACES:
        container.seek(int(share * duration_s * av.time_base) + (container.start_time or 0), backward=True)
        sounding |= {index for index, peak in _peaks(container, tracks) if peak > _SILENT}
        if tracks[0].index in sounding:
            break
    return next((stream for stream in tracks if stream.index in sounding), tracks[0])


def _peaks(container: InputContainer, tracks: Sequence[AudioStream]) -> Iterator[tuple[int, int]]:
    """Stream index and greatest 16-bit sample of the frames in the next few seconds."""
    until: float | None = None
    resamplers = {stream.index: AudioResampler("s16", "mono", 8_000) for stream in tracks}
    for count, packet in enumerate(container.demux(*tracks)):
        now = None if packet.pts is None or packet.time_base is None else float(packet.pts * packet.time_base)
        if until is None and now is not None:
            until = now + _PLACE_S
        if count > _MAX_PACKETS or (until is not None and now is not None and now > until):
            return
        with contextlib.suppress(av.FFmpegError, ValueError):  # damaged, or a format that changes: no sound here
            for frame in packet.decode():
                assert isinstance(frame, AudioFrame)  # of an audio track
                for piece in resamplers[packet.stream_index].resample(frame):
                    samples = memoryview(piece.planes[0]).cast("B")[: piece.samples * 2].cast("h")
                    yield packet.stream_index, max(map(abs, samples), default=0)

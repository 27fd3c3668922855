"""How a medium is cut into segments and which stages look at them.

Pure: the same facts give the same plan. Segments cover the whole duration without a gap; neighbours share `overlap_s`,
so that a word or a caption that one segment cuts is whole in the other. A stage that has nothing to recognise is
planned with no segments and the reason, never left out: what was not checked must be said.
"""

from dataclasses import dataclass

OCR = "ocr"
ASR = "asr"


@dataclass(frozen=True)
class Media:
    """What probing found: duration in seconds; frame sizes in pixels of the displayed picture."""

    format: str
    duration_s: float
    has_video: bool
    has_audio: bool
    audio_track: int | None = None
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    start_timecode: str | None = None
    timecode_source: str | None = None
    video_start_s: float = 0.0


@dataclass(frozen=True)
class Segment:
    """A range of media time in seconds, counted from 0."""

    index: int
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Stage:
    """A stage and the segments that it has to recognise; `skipped` says why there are none."""

    name: str
    segments: int
    skipped: str | None = None


@dataclass(frozen=True)
class Plan:
    """The segments of a medium and its stages; every stage that runs takes every segment."""

    segments: tuple[Segment, ...]
    stages: tuple[Stage, ...]

    @property
    def wanted(self) -> tuple[str, ...]:
        """The names of the stages that run."""
        return tuple(stage.name for stage in self.stages if stage.skipped is None)


def plan(media: Media, *, has_transcript: bool, segment_s: float, overlap_s: float) -> Plan:
    """Plan the recognition of `media`; a supplied transcript stands in for an audio track."""
    segments = cut(media.duration_s, segment_s, overlap_s)
    count = len(segments)
    ocr = Stage(OCR, count) if media.has_video else Stage(OCR, 0, "no_video_track")
    asr = Stage(ASR, count) if media.has_audio or has_transcript else Stage(ASR, 0, "no_audio_track")
    return Plan(segments, (ocr, asr))


def cut(duration_s: float, segment_s: float, overlap_s: float) -> tuple[Segment, ...]:
    """Cut `duration_s` (> 0) into segments of `segment_s`; the last one ends with the medium and may be shorter."""
    if not 0 <= overlap_s < segment_s:
        raise ValueError("the overlap must be shorter than a segment")
    segments = [Segment(0, 0.0, min(segment_s, duration_s))]
    while segments[-1].end_s < duration_s:
        index = len(segments)
        start_s = round(index * (segment_s - overlap_s), 6)
        segments.append(Segment(index, start_s, min(round(start_s + segment_s, 6), duration_s)))
    return tuple(segments)


_PLANNED = 0.05
_RECOGNISED = 0.95


def progress(done: int, expected: int) -> float:
    """Return how far a planned job is: 5 % for the plan, 5 % for the judgement, the rest by segments and stages."""
    share = min(1.0, done / expected) if expected else 1.0
    return round(_PLANNED + (_RECOGNISED - _PLANNED) * share, 4)

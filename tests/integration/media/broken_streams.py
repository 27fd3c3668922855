"""Media that are broken, or made to break something, in their streams: times, sizes, keys and numbers of tracks."""

from fractions import Fraction
from functools import cache
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import av
import numpy as np
from av.video.stream import VideoStream

from tests.integration.media import clips
from tests.integration.media.cases import FINE, ends

DAMAGED, UNDECODABLE = "media_damaged", "media_undecodable"
TOO_LARGE, TOO_LONG, TOO_MANY_TRACKS = "media_picture_too_large", "media_too_long", "media_too_many_tracks"


def _copied(source: Path, target: Path, container: str, keep: str) -> None:
    """Copy packets as they are: `keep` is "all", "no key frames" or "from the second packet on"."""
    with av.open(str(source)) as given, av.open(str(target), "w", format=container) as made:
        copies = {stream.index: made.add_stream_from_template(stream) for stream in given.streams}
        seen = 0
        for packet in given.demux():
            is_video = packet.stream.type == "video"
            seen += is_video
            unwanted = packet.is_keyframe if keep == "no key frames" else seen == 1
            if packet.dts is not None and not (is_video and unwanted and keep != "all"):
                packet.stream = copies[packet.stream.index]
                made.mux(packet)


@ends(FINE, UNDECODABLE)
def no_key_frame(path: Path) -> None:
    _copied(clips.write(path.with_name("whole"), "mp4"), path, "mp4", "no key frames")


@ends(FINE)
def beginning_inside_a_group_of_pictures(path: Path) -> None:
    _copied(clips.write(path.with_name("whole"), "mpegts", seconds=4.0), path, "mpegts", "from the second packet on")


@ends(FINE)
def picture_that_changes_its_size(path: Path) -> None:
    small = clips.write(path.with_name("small"), "mpegts").read_bytes()
    goes_on = {"output_ts_offset": "2"}
    large = clips.write(path.with_name("large"), "mpegts", size=(352, 288), muxer=goes_on).read_bytes()
    path.write_bytes(small + large)


@ends(FINE, TOO_LARGE, UNDECODABLE, DAMAGED)
def picture_that_grows_beyond_the_limit(path: Path) -> None:
    small = clips.write(path.with_name("small"), "mpegts").read_bytes()
    large = _flat(path.with_name("large"), "mpegts", "mpeg2video", (16_000, 8_000), first=50).read_bytes()
    path.write_bytes(small + large)


@cache
def _huge() -> bytes:
    """A PNG of 16,000 x 16,000 in a movie: 768 MB of pixels in 800 kB."""
    with TemporaryDirectory() as folder:
        return _flat(Path(folder) / "huge", "mov", "png", (16_000, 16_000), frames=1).read_bytes()


def _flat(path: Path, container: str, codec: str, size: tuple[int, int], frames: int = 2, first: int = 0) -> Path:
    with av.open(str(path), "w", format=container) as output:
        stream = cast("VideoStream", output.add_stream(codec, rate=25))
        stream.width, stream.height = size
        stream.pix_fmt = "rgb24" if codec == "png" else "yuv420p"
        stream.codec_context.thread_count = 1
        for index in range(frames):
            frame = av.VideoFrame(*size, stream.pix_fmt)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.pts, frame.time_base = first + index, Fraction(1, 25)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


@ends(TOO_LARGE)
def picture_of_16000_by_16000(path: Path) -> None:
    path.write_bytes(_huge())


@ends(TOO_LARGE, UNDECODABLE, DAMAGED)
def picture_larger_than_its_container_says(path: Path) -> None:
    content = bytearray(_huge())
    at = content.index(b"png ", content.index(b"stsd"))
    content[at + 28 : at + 32] = (64).to_bytes(2, "big") * 2
    path.write_bytes(content)


@ends(FINE)
def picture_of_two_by_two(path: Path) -> None:
    _flat(path, "mov", "mpeg4", (2, 2), frames=20)


@ends(FINE)
def picture_one_pixel_high(path: Path) -> None:
    _flat(path, "mov", "png", (200, 1), frames=20)


@ends(FINE)
def picture_of_odd_sides(path: Path) -> None:
    _flat(path, "mov", "png", (173, 91), frames=20)


def _stamped(path: Path, container: str, at: list[int]) -> None:
    frames = list(clips.video_frames(len(at) / clips.FRAME_RATE, at=lambda index: at[index]))
    with av.open(str(path), "w", format=container) as output:
        stream = clips.add_video(output, "mpeg4")
        stream.codec_context.max_b_frames = 0
        for frame in frames:
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


@ends(FINE, TOO_LONG)
def times_that_jump_a_day_ahead(path: Path) -> None:
    _stamped(path, "matroska", [*range(20), *range(864_000, 864_020)])


@ends("media_clock_restarts")
def times_that_jump_back(path: Path) -> None:
    """Two recordings one behind the other: the clock starts again in the middle."""
    path.write_bytes(clips.write(path, "mpegts", seconds=3.0).read_bytes() * 2)


@ends(FINE)
def time_stamps_with_a_flipped_bit(path: Path) -> None:
    """One packet of pictures and one of sound say that they are shown an hour later than those around them."""
    content = bytearray(clips.write(path, "mpegts", seconds=4.0).read_bytes())
    for stream in (0xE0, 0xC0):
        begins = bytes((0, 0, 1, stream))
        stamped = [at for at in range(len(content)) if content.startswith(begins, at) and content[at + 7] & 0x80]
        at = stamped[len(stamped) // 3]
        for stamp in (at + 9, at + 14)[: 1 + (content[at + 7] >> 6 & 1)]:
            content[stamp + 1] ^= 0x40  # bit 28 of 33
    path.write_bytes(content)


@ends(FINE)
def clock_that_wraps(path: Path) -> None:
    """MPEG-2 clocks have 33 bits: after 26.5 hours they begin again at 0, here after half of the clip."""
    clips.write(path, "mpegts", seconds=4.0, muxer={"output_ts_offset": str((2**33 - 2 * 90_000) / 90_000)})


@ends(FINE)
def pictures_without_presentation_times(path: Path) -> None:
    """AVI knows only in which order frames are sent, which is not that in which predicted ones are shown."""
    with av.open(str(path), "w", format="avi") as output:
        stream = clips.add_video(output, "libx264", options={"bf": "3"})
        for frame in clips.video_frames(2.0):
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


@ends(FINE)
def ten_thousand_frames_a_second(path: Path) -> None:
    _fast(path, 2_000)


@ends("media_too_many_frames")
def fifty_thousand_frames_in_five_seconds(path: Path) -> None:
    _fast(path, 50_000)


def _fast(path: Path, frames: int) -> None:
    with av.open(str(path), "w", format="matroska") as output:
        stream = output.add_stream("ffv1", rate=10_000)
        stream.width, stream.height, stream.pix_fmt = 32, 16, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 10_000)
        for frame in clips.video_frames(frames / clips.FRAME_RATE, (32, 16)):
            frame.time_base = Fraction(1, 10_000)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


@ends(TOO_MANY_TRACKS)
def a_thousand_tracks(path: Path) -> None:
    with av.open(str(path), "w", format="matroska") as output:
        tracks = [output.add_stream("pcm_s16le", rate=8_000, layout="mono") for _ in range(1_000)]
        for track in tracks:
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 80), np.int16), format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 8_000, 0, Fraction(1, 8_000)
            output.mux(track.encode(frame))
            output.mux(track.encode(None))


@ends(FINE)
def cover_and_no_picture(path: Path) -> None:
    """A sound file with a picture of its cover: it has sound alone."""
    whole = clips.write(path.with_name("sound"), "flac")
    with av.open(str(whole)) as given, av.open(str(path), "w", format="flac") as made:
        copy = made.add_stream_from_template(given.streams.audio[0])
        cover = made.add_stream("png", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        picture = av.VideoFrame.from_ndarray(clips.picture(0, (64, 64)), format="rgb24")
        packets = [packet for packet in given.demux(given.streams.audio[0]) if packet.dts is not None]
        for packet in chain(cover.encode(picture), cover.encode(None)):
            made.mux(packet)
        for packet in packets:
            packet.stream = copy
            made.mux(packet)


@ends("media_encrypted")
def encrypted_pictures(path: Path) -> None:
    """Common encryption (ISO 23001-7) with a key that nobody here has."""
    keys = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": "0" * 31 + "1", "encryption_kid": "0" * 32}
    clips.write(path, "mp4", muxer=keys)


@ends("media_encrypted")
def scrambled_transport_stream(path: Path) -> None:
    content = bytearray(clips.write(path, "mpegts").read_bytes())
    for at in range(188 * 10, len(content), 188):
        content[at + 3] |= 0x80
    path.write_bytes(content)


@ends(FINE)
def silence_in_every_sample(path: Path) -> None:
    clips.write(path, "mp4", sound=np.zeros(2 * clips.SOUND_RATE, np.float32))


@ends(FINE)
def sound_that_ends_long_before_the_picture(path: Path) -> None:
    clips.write(path, "mp4", seconds=4.0, sound=clips.tone(0.2))


@ends(FINE)
def thousands_of_fragments(path: Path) -> None:
    clips.write(path, "mp4", seconds=20.0, muxer={"movflags": "frag_every_frame+empty_moov"})


@ends("media_no_tracks")
def subtitles_alone(path: Path) -> None:
    with av.open(str(path), "w", format="matroska") as output:
        stream = output.add_mux_stream("subrip", rate=None)
        packet = av.Packet(b"Good evening")
        packet.stream, packet.pts, packet.dts, packet.duration = stream, 0, 0, 1_000
        packet.time_base = Fraction(1, 1_000)
        output.mux(packet)

"""Media that are broken, or made to break something, in the bytes of their containers."""

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

from tests.integration.media import clips
from tests.integration.media.cases import FINE, ends

NOT_RECOGNISED, DAMAGED, UNDECODABLE = "media_not_recognised", "media_damaged", "media_undecodable"
TRUNCATED, TOO_LONG = "media_truncated", "media_too_long"


def box(kind: bytes, content: bytes = b"") -> bytes:
    """An ISO 14496-12 box."""
    return struct.pack(">I4s", len(content) + 8, kind) + content


def changed(path: Path, container: str, marker: bytes, offset: int, new: bytes, *, every: bool = False) -> Path:
    """A clip in which the bytes at `offset` from a marker (from its first place, or each) are others."""
    content = bytearray(clips.write(path, container).read_bytes())
    at = content.index(marker)
    while at >= 0:
        content[at + offset : at + offset + len(new)] = new
        at = content.find(marker, at + 1) if every else -1
    path.write_bytes(content)
    return path


@ends("media_empty")
def zero_bytes(path: Path) -> None:
    path.touch()


@ends(NOT_RECOGNISED)
def one_byte(path: Path) -> None:
    path.write_bytes(b"\x00")


@ends(NOT_RECOGNISED)
def plain_text(path: Path) -> None:
    path.write_text("The clip will be delivered tomorrow.\n" * 200)


@ends(NOT_RECOGNISED)
def hls_playlist_of_a_local_file(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")


@ends(NOT_RECOGNISED)
def hls_playlist_of_a_remote_file(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n")


@ends(NOT_RECOGNISED)
def concat_script(path: Path) -> None:
    path.write_text("ffconcat version 1.0\nfile /etc/passwd\n")


@ends(NOT_RECOGNISED)
def dash_manifest(path: Path) -> None:
    path.write_text('<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>/etc/</BaseURL></MPD>')


@ends(NOT_RECOGNISED)
def session_description(path: Path) -> None:
    path.write_text("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\n")


@ends(NOT_RECOGNISED)
def subtitles(path: Path) -> None:
    path.write_text("1\n00:00:00,000 --> 00:00:01,000\nGood evening\n")


@ends(NOT_RECOGNISED)
def still_picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))


@ends(NOT_RECOGNISED)
def zip_archive(path: Path) -> None:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("clip.mp4", bytes(1_000_000))
    path.write_bytes(memory.getvalue())


@ends(NOT_RECOGNISED)
def random_bytes(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(100_000))


def _cut(path: Path, container: str, share: float) -> None:
    content = clips.write(path, container).read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


@ends(TRUNCATED)
def mp4_cut_in_the_middle(path: Path) -> None:
    _cut(path, "mp4", 0.5)


@ends(TRUNCATED)
def mp4_without_its_last_byte(path: Path) -> None:
    path.write_bytes(clips.write(path, "mp4").read_bytes()[:-1])


@ends(TRUNCATED)
def matroska_cut_in_the_middle(path: Path) -> None:
    _cut(path, "matroska", 0.5)


@ends(TRUNCATED)
def wav_cut_in_the_middle(path: Path) -> None:
    _cut(path, "wav", 0.5)


@ends(FINE)
def transport_stream_cut_inside_a_packet(path: Path) -> None:
    _cut(path, "mpegts", 0.7)


@ends(FINE)
def mxf_without_its_footer(path: Path) -> None:
    _cut(path, "mxf", 0.95)


@ends(DAMAGED, UNDECODABLE, "media_no_tracks", "media_zero_duration")
def mxf_with_a_header_alone(path: Path) -> None:
    path.write_bytes(clips.write(path, "mxf").read_bytes()[:600])


@ends(FINE, DAMAGED, UNDECODABLE)
def mp4_with_flipped_bits_in_its_pictures(path: Path) -> None:
    content = bytearray(clips.write(path, "mp4").read_bytes())
    start, flips = content.index(b"mdat") + 4, random.Random(2)
    for _ in range(200):
        content[flips.randrange(start, content.index(b"moov"))] ^= 1 << flips.randrange(8)
    path.write_bytes(content)


@ends(FINE, DAMAGED, UNDECODABLE, TRUNCATED, TOO_LONG, "media_no_tracks", "media_zero_duration")
def mp4_with_flipped_bits_in_its_index(path: Path) -> None:
    content = bytearray(clips.write(path, "mp4").read_bytes())
    start, flips = content.index(b"moov") + 4, random.Random(3)
    for _ in range(20):
        content[flips.randrange(start, len(content))] ^= 1 << flips.randrange(8)
    path.write_bytes(content)


@ends(DAMAGED, UNDECODABLE)
def mp4_whose_samples_lie_behind_the_end(path: Path) -> None:
    changed(path, "mp4", b"stco", 12, b"\x7f\xff\xff\xff", every=True)


@ends(DAMAGED, UNDECODABLE, FINE)
def mp4_that_claims_four_billion_samples(path: Path) -> None:
    changed(path, "mp4", b"stsz", 12, b"\xff\xff\xff\xff", every=True)


@ends(DAMAGED, UNDECODABLE, FINE)
def mp4_that_claims_four_billion_chunks(path: Path) -> None:
    changed(path, "mp4", b"stsc", 8, b"\xff\xff\xff\xff", every=True)


@ends(TOO_LONG)
def mp4_that_claims_a_thousand_hours(path: Path) -> None:
    changed(path, "mp4", b"mvhd", 20, struct.pack(">I", 3_600_000_000))


@ends(FINE)
def mp4_that_claims_to_be_shorter_than_it_is(path: Path) -> None:
    changed(path, "mp4", b"mvhd", 20, struct.pack(">I", 100))


@ends(FINE)
def matroska_that_claims_to_be_shorter_than_it_is(path: Path) -> None:
    changed(path, "matroska", bytes.fromhex("448988"), 3, struct.pack(">d", 100.0))


@ends(FINE)
def avi_that_claims_to_be_shorter_than_it_is(path: Path) -> None:
    changed(path, "avi", b"avih", 24, struct.pack("<I", 1))
    content = bytearray(path.read_bytes())
    at = content.find(b"strh")
    while at >= 0:
        content[at + 40 : at + 44] = struct.pack("<I", 1)
        at = content.find(b"strh", at + 1)
    path.write_bytes(content)


@ends(FINE)
def flac_that_claims_to_be_shorter_than_it_is(path: Path) -> None:
    content = bytearray(clips.write(path, "flac").read_bytes())
    content[21] &= 0xF0  # 36 bits say how many samples there are
    content[22:26] = struct.pack(">I", 1_600)
    path.write_bytes(content)


@ends(FINE, DAMAGED, UNDECODABLE)
def mp4_with_an_absurd_edit_list(path: Path) -> None:
    changed(path, "mp4", b"elst", 8, struct.pack(">III", 1, 0xFFFFFFF0, 0x7FFFFFFF), every=True)


@ends(FINE, DAMAGED, UNDECODABLE)
def mp4_with_a_time_scale_of_zero(path: Path) -> None:
    changed(path, "mp4", b"mdhd", 16, bytes(4), every=True)


@ends(FINE, DAMAGED, UNDECODABLE)
def mp4_whose_frames_last_136_years(path: Path) -> None:
    changed(path, "mp4", b"stts", 16, b"\xff\xff\xff\xff", every=True)


@ends(FINE)
def mp4_with_a_rotation_that_is_no_rotation(path: Path) -> None:
    changed(path, "mp4", b"tkhd", 44, b"\x7f\xff\xff\xff" * 9, every=True)


@ends(FINE, DAMAGED, UNDECODABLE)
def mp4_that_refers_to_another_file(path: Path) -> None:
    """The samples are said to lie in a file beside it (a QuickTime alias). The medium at hand is all that is read."""
    path.with_name("beside").write_bytes(random.Random(5).randbytes(20_000))
    alias = bytearray(150) + struct.pack(">hH", 2, 6) + b"beside" + struct.pack(">hh", -1, 0)
    alias[4:6] = struct.pack(">h", len(alias))
    alias[130:134] = struct.pack(">hh", 1, 1)  # one level up and one down: without, no reader follows it
    reference = box(b"dref", struct.pack(">II", 0, 1) + box(b"alis", bytes(4) + bytes(alias)))
    path.write_bytes(with_references(clips.write(path, "mov").read_bytes(), reference))


def with_references(boxes: bytes, reference: bytes) -> bytes:
    """The same boxes with another `dref` in each track."""
    made, at = b"", 0
    while at < len(boxes):
        length, kind = struct.unpack_from(">I4s", boxes, at)
        content = boxes[at + 8 : at + length]
        if kind in {b"moov", b"trak", b"mdia", b"minf", b"dinf"}:
            made += box(kind, with_references(content, reference))
        else:
            made += reference if kind == b"dref" else box(kind, content)
        at += length
    return made


@ends(DAMAGED, UNDECODABLE, "media_no_tracks", TRUNCATED)
def mp4_with_boxes_ten_thousand_deep(path: Path) -> None:
    inner = b""
    for _ in range(10_000):
        inner = box(b"moov" if not inner else b"trak", inner)
    path.write_bytes(box(b"ftyp", b"isom\x00\x00\x02\x00isom") + box(b"moov", inner))


@ends(FINE)
def mp4_behind_a_hundred_thousand_empty_boxes(path: Path) -> None:
    content = clips.write(path, "mp4", muxer={"movflags": "frag_keyframe+empty_moov+default_base_moof"}).read_bytes()
    end = int.from_bytes(content[:4], "big")
    path.write_bytes(content[:end] + box(b"free") * 100_000 + content[end:])


@ends(TRUNCATED)
def mp4_with_a_box_longer_than_the_file(path: Path) -> None:
    clips.write(path, "mp4")
    with path.open("ab") as file:
        file.write(struct.pack(">I4sQ", 1, b"free", 1 << 62))


@ends(FINE, DAMAGED)
def mp4_with_ten_megabytes_of_title(path: Path) -> None:
    content = clips.write(path, "mp4").read_bytes()
    title = box(b"udta", box(b"\xa9nam", struct.pack(">HH", 0xFFFF, 0) + b"A" * 10_000_000))
    path.write_bytes(content + box(b"moov", title))


@ends(FINE, DAMAGED, UNDECODABLE)
def matroska_with_a_compression_bomb(path: Path) -> None:
    """Every frame is said to be compressed with zlib, and the first inflates to 200 MB."""
    content = bytearray(clips.write(path, "matroska", seconds=1.0).read_bytes())
    bomb = zlib.compress(bytes(200_000_000), 9)
    entry = bytes.fromhex("5035 8c 5034 89 4254 81 00 4255 83 03 0000".replace(" ", ""))
    track = content.index(bytes.fromhex("1654ae6b"))
    content[track + 12 : track + 12] = entry
    path.write_bytes(content + bomb)


@ends(FINE, DAMAGED, UNDECODABLE, "media_no_tracks", "media_zero_duration")
def matroska_whose_elements_claim_exabytes(path: Path) -> None:
    changed(path, "matroska", bytes.fromhex("1654ae6b"), 4, b"\x01" + b"\xff" * 6 + b"\xfe")


@ends(FINE)
def wav_that_was_written_as_a_stream(path: Path) -> None:
    content = bytearray(clips.write(path, "wav").read_bytes())
    content[4:8] = b"\xff" * 4
    content[content.index(b"data") + 4 : content.index(b"data") + 8] = b"\xff" * 4
    path.write_bytes(content)


def _wav(path: Path, code: int, channels: int, rate: int, bits: int, samples: bytes) -> None:
    frame = channels * bits // 8 & 0xFFFF
    layout = struct.pack("<4sIHHIIHH", b"fmt ", 16, code, channels, rate, rate * frame & 0xFFFFFFFF, frame, bits)
    body = b"WAVE" + layout + struct.pack("<4sI", b"data", len(samples)) + samples
    path.write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)


@ends(FINE)
def wav_of_numbers_that_are_none(path: Path) -> None:
    values = [float("nan"), float("inf"), float("-inf"), 1e38, 0.1] * 6_400
    _wav(path, 3, 1, 16_000, 32, struct.pack(f"<{len(values)}f", *values))


@ends(FINE)
def wav_of_silence(path: Path) -> None:
    _wav(path, 1, 1, 16_000, 16, bytes(64_000))


@ends("media_zero_duration", UNDECODABLE)
def wav_without_a_sample(path: Path) -> None:
    _wav(path, 1, 1, 16_000, 16, b"")


@ends(UNDECODABLE, DAMAGED, FINE, TOO_LONG)
def wav_of_one_sample_a_second(path: Path) -> None:
    _wav(path, 1, 1, 1, 16, bytes(200))


@ends(UNDECODABLE, DAMAGED, "media_zero_duration")
def wav_of_no_samples_a_second(path: Path) -> None:
    _wav(path, 1, 1, 0, 16, bytes(64_000))


@ends(UNDECODABLE, DAMAGED, FINE)
def wav_of_65535_channels(path: Path) -> None:
    _wav(path, 1, 65_535, 48_000, 16, bytes(65_535 * 2 * 10))


@ends(FINE, UNDECODABLE, DAMAGED)
def wav_of_four_billion_samples_a_second(path: Path) -> None:
    _wav(path, 1, 1, 0xFFFFFFFF, 16, bytes(64_000))


@ends(FINE, NOT_RECOGNISED, DAMAGED, UNDECODABLE, "media_zero_duration")
def mp3_behind_a_tag_longer_than_the_file(path: Path) -> None:
    content = clips.write(path, "mp3").read_bytes()
    path.write_bytes(b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + content)


@ends(FINE, DAMAGED, UNDECODABLE)
def flac_with_a_picture_of_four_gigabytes(path: Path) -> None:
    content = clips.write(path, "flac").read_bytes()
    claim = struct.pack(">II", 3, 9) + b"image/png" + struct.pack(">I", 0) + struct.pack(">IIIII", 1, 1, 24, 0, 1 << 31)
    block = bytes([6]) + len(claim).to_bytes(3, "big") + claim
    path.write_bytes(content[:4] + content[4:42] + block + content[42:])


@ends("media_clock_restarts")
def ogg_whose_second_half_is_another_stream(path: Path) -> None:
    first = clips.write(path, "ogg").read_bytes()
    second = clips.write(path, "ogg", seconds=1.0).read_bytes()
    path.write_bytes(first + second)


@ends(FINE)
def transport_stream_with_noise_between_its_packets(path: Path) -> None:
    content, noise = clips.write(path, "mpegts").read_bytes(), random.Random(4)
    packets = [content[at : at + 188] for at in range(0, len(content), 188)]
    torn = [packet + (noise.randbytes(noise.randrange(400)) if at > 20 and at % 17 == 0 else b"")
            for at, packet in enumerate(packets)]  # fmt: skip
    path.write_bytes(b"".join(torn))

"""Subtitle files become timed lines, or are refused as a whole."""

import pytest
from telop_ingest.transcripts import MAX_LINE, Line, Malformed, read

SRT = (
    "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i> there\r\n\r\n"
    "2\r\n00:00:03,000 --> 00:00:04,000\r\n- Yes\r\n- No\r\n"
)
VTT = "WEBVTT\n\nNOTE a note\n\nintro\n00:01.000 --> 00:02.500 align:start\n<v Ann>Hello &amp; welcome\n"
TTML = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:frameRate="25"><body><div>
<p begin="00:00:01.500" end="00:00:02:05">Hello<br/><span>there</span></p><p begin="3s" dur="500ms">Yes</p>
</div></body></tt>"""


def test_subrip_is_read_without_mark_up() -> None:
    assert read(SRT.encode(), "srt", 10) == (Line(1.0, 2.5, "Hello there"), Line(3.0, 4.0, "- Yes\n- No"))


def test_webvtt_is_read_without_notes_voices_and_settings() -> None:
    assert read(VTT.encode(), "vtt", 10) == (Line(1.0, 2.5, "Hello & welcome"),)


def test_ttml_knows_clock_times_frames_and_offsets() -> None:
    assert read(TTML.encode(), "ttml", 10) == (Line(1.5, 2.2, "Hello\nthere"), Line(3.0, 3.5, "Yes"))


def test_subrip_of_the_wild_keeps_all_that_is_said() -> None:
    wild = (
        "\n1\n00:00:01.000 --> 00:00:02.500  X1:40 X2:600\n{\\an8}<font color=red>A &lt; B</font></i> if 3 < 4\n \n"
        "goes on\n\n\n2\n00:00:03,000 --> 00:00:03,000\n\n3\n01:00:03,000 --> 01:00:04,000\n<i>late\n"
    )
    assert read(wild.encode(), "srt", 10) == (Line(1.0, 2.5, "A < B if 3 < 4\ngoes on"), Line(3603.0, 3604.0, "late"))


def test_webvtt_loses_styles_time_stamps_and_ruby() -> None:
    vtt = (
        "WEBVTT - title\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\nSTYLE\n::cue { color: red }\n\n"
        "00:01.000 --> 00:02.000 line:0\n<c.yellow.bg_blue>One</c> <00:01.500><b>two</b>\n\nNOTE\nnothing\n\n"
        "00:03.000 --> 00:04.000\n<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>です<ruby>駅<rt>えき</ruby>\n"
    )
    assert read(vtt.encode(), "vtt", 10) == (Line(1.0, 2.0, "One two"), Line(3.0, 4.0, "東京です駅"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("kind", ["srt", "ttml"])
def test_unicode_is_read_in_all_its_encodings(encoding: str, kind: str) -> None:
    text = (SRT if kind == "srt" else TTML).replace("Hello", "こんにちは")
    mark = "\ufeff" if encoding in {"utf-16-le", "utf-16-be"} else ""
    data = (mark + text.replace('encoding="UTF-8"', f'encoding="{encoding}"')).encode(encoding)
    assert read(data, kind, 10)[0].text.startswith("こんにちは")


@pytest.mark.parametrize("language", ["ja", "ja-JP"])
def test_a_japanese_file_from_windows_is_read(language: str) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n髙橋さんの①番～です\n"
    assert read(text.encode("cp932"), "srt", 10, language) == (Line(1.0, 2.0, "髙橋さんの①番～です"),)


def test_a_file_in_an_encoding_that_nobody_named_is_refused_and_not_guessed() -> None:
    with pytest.raises(Malformed):
        read("1\n00:00:01,000 --> 00:00:02,000\nIt’s café time\n".encode("cp1252"), "srt", 10, "en")


def test_cues_come_in_order_of_time() -> None:
    turned = "2\n00:00:03,000 --> 00:00:04,000\nlater\n\n1\n00:00:01,000 --> 00:00:02,000\nsooner\n"
    assert [line.text for line in read(turned.encode(), "srt", 10)] == ["sooner", "later"]


def ttml(body: str, parameters: str = "") -> bytes:
    head = 'xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"'
    return f'<tt {head} xmlns:tts="http://www.w3.org/ns/ttml#styling" {parameters}>{body}</tt>'.encode()


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ('<body begin="10s"><div begin="5s"><p begin="1s" end="2s">A</p></div></body>', [(16.0, 17.0, "A")]),
        ('<body end="2s"><div><p begin="1s" end="9s">A</p></div></body>', [(1.0, 2.0, "A")]),
        (
            '<body><div timeContainer="seq"><p dur="1s">A</p><p begin="1s" dur="2s">B</p></div></body>',
            [(0.0, 1.0, "A"), (2.0, 4.0, "B")],
        ),
        (
            '<body><p begin="1s" end="9s"><span begin="0s" end="1s">A</span> <span begin="2s">B</span></p></body>',
            [(1.0, 2.0, "A"), (3.0, 9.0, "B")],
        ),
        (
            '<body><div><p begin="1s" end="2s">A <span begin="0.5s">B</span>\n   C<br/>D</p></div></body>',
            [(1.0, 2.0, "A B C\nD")],
        ),
        (
            '<body><p begin="1s" end="2s"><span>東京</span><span tts:ruby="text">と</span>です</p></body>',
            [(1.0, 2.0, "東京です")],
        ),
        ('<body><div><p begin="1s">A</p><p begin="2s" end="3s"> </p></div></body>', [(1.0, 1.0, "A")]),
    ],
)
def test_times_of_ttml_nest_and_its_ruby_is_not_said(body: str, lines: list[tuple[float, float, str]]) -> None:
    assert [(line.start_s, line.end_s, line.text) for line in read(ttml(body), "ttml", 10)] == lines


@pytest.mark.parametrize(
    ("parameters", "time", "seconds"),
    [
        ("", "60f", 2.0),
        ("", "3t", 3.0),
        ('ttp:frameRate="25"', "50t", 2.0),
        ('ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"', "30000f", 1001.0),
        ('ttp:tickRate="10000000"', "15000000t", 1.5),
        ('ttp:frameRate="25"', "00:00:01:05", 1.2),
    ],
)
def test_frames_and_ticks_of_ttml_are_those_of_its_document(parameters: str, time: str, seconds: float) -> None:
    (line,) = read(ttml(f'<body><div><p begin="{time}">A</p></div></body>', parameters), "ttml", 10)
    assert line.start_s == pytest.approx(seconds)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("piece", ["<rt>", "<rt", "{\\", "{y:", "<b", "&", "\n ", "<0"])
def test_a_hostile_file_takes_no_longer_than_its_size(piece: str) -> None:
    cue = "WEBVTT\n\n00:01.000 --> 00:02.000\nA\n" + piece * (2_000_000 // len(piece))
    assert read(cue.encode(), "vtt", 10)[0].text.startswith("A")


@pytest.mark.timeout(10)
def test_a_paragraph_of_very_many_spans_is_read() -> None:
    spans = '<span begin="0s">A</span>' * 50_000
    assert len(read(ttml(f'<body><p begin="0s" end="1s">{spans}</p></body>'), "ttml", 10)) == 50_000


def test_plain_text_shares_the_medium_in_proportion() -> None:
    assert read("\ufeffone two\n\nthree\n".encode(), "txt", 12) == (Line(0.0, 7.0, "one two"), Line(7.0, 12.0, "three"))


def test_an_over_long_line_is_cut_and_nothing_is_lost() -> None:
    lines = read(("x" * (MAX_LINE + 500)).encode(), "txt", 10)
    assert [len(line.text) for line in lines] == [MAX_LINE, 500]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "srt"),
        (b"no cue at all", "srt"),
        (b"\xff\xfe\x00", "srt"),
        (SRT.encode(), "vtt"),
        (b"<tt", "ttml"),
        (TTML.replace("<tt ", '<!DOCTYPE tt [<!ENTITY a "b">]><tt ').encode(), "ttml"),
        (TTML.replace("3s", "soon").encode(), "ttml"),
        (TTML.encode("utf-16")[:-1], "ttml"),
        (ttml("<body><p>untimed</p></body>"), "ttml"),
        (ttml('<body><p begin="2s" end="1s">backwards</p></body>'), "ttml"),
        (ttml('<body><p begin="1f">A</p></body>', 'ttp:frameRate="0"'), "ttml"),
        (ttml('<body><p begin="1f">A</p></body>', 'ttp:frameRateMultiplier="1"'), "ttml"),
        (ttml('<body><p begin="1s">' + "<span>" * 5_000 + "A" + "</span>" * 5_000 + "</p></body>"), "ttml"),
        (ttml("<body>" + "<div>" * 50_000 + "</div>" * 50_000 + "</body>"), "ttml"),
        (b'<html><body><p begin="1s" end="2s">A</p></body></html>', "ttml"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nA\0B\n", "srt"),
        (b"1\n00:00:05,000 --> 00:00:01,000\nbackwards\n", "srt"),
    ],
)
def test_what_is_not_the_format_is_refused(data: bytes, kind: str) -> None:
    with pytest.raises(Malformed):
        read(data, kind, 10)

"""What a medium refers to is neither opened nor asked for, by the white lists alone: here stands no sandbox."""

import contextlib
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
import telop_asr.decoding
import telop_ingest.probing
import telop_ocr.decoding
from telop_chassis.sandbox import Refused

from tests.integration.media import clips
from tests.integration.media.broken_files import mp4_that_refers_to_another_file
from tests.integration.media.pipeline import decoding, probing
from tests.integration.media.watching import Watch, watching

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="watches opens by inotify")

FORMATS = ("mov", "matroska", "mpegts", "mpeg", "mxf", "avi", "wav", "mp3", "flac", "ogg")
"""All that sniffing tells."""
PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}\n#EXTINF:1,\n{beside}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile beside\nfile {url}\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{url}</BaseURL></MPD>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\na=control:{url}\nm=video 9 RTP/AVP 96\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """It holds a good clip, `beside`, for whoever is talked into opening it."""
    clips.write(tmp_path / "beside", "mp4", seconds=0.5)
    return tmp_path


@pytest.fixture
def watch(folder: Path) -> Iterator[Watch]:
    with watching(folder) as seen:
        seen.opened()
        yield seen


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def was_asked(server: socket.socket) -> bool:
    with contextlib.suppress(BlockingIOError):
        server.accept()[0].close()
        return True
    return False


def url(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}/secret.ts"


def opened_in_every_way(path: Path, scratch: Path) -> None:
    """Probe a medium, and decode it as if it had been found to be each of the formats."""
    modules = {each.__name__: each for each in (telop_ingest.probing, telop_ocr.decoding, telop_asr.decoding)}
    scratch.mkdir()
    facts = {"has_video": True, "has_audio": True, "audio_track": None, "duration_s": 2.0}
    steps: list[tuple[str, dict[str, Any]]] = [probing(path)]
    for name in FORMATS:
        steps += decoding(path, facts | {"format": name}, scratch)
    for module, request in steps:
        with contextlib.suppress(Refused):
            modules[module].main(request)


@pytest.mark.parametrize("kind", PLAYLISTS)
def test_a_playlist_opens_no_other_file_and_asks_no_server(
    kind: str, folder: Path, watch: Watch, server: socket.socket, tmp_path_factory: pytest.TempPathFactory
) -> None:
    medium = folder / "medium"
    medium.write_text(PLAYLISTS[kind].format(url=url(server), beside=folder / "beside"))
    opened_in_every_way(medium, tmp_path_factory.mktemp("outside") / "scratch")
    assert watch.opened() == {"medium"}
    assert not was_asked(server)


def test_a_movie_whose_samples_lie_in_another_file_does_not_open_it(
    folder: Path, watch: Watch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    medium = folder / "medium"
    mp4_that_refers_to_another_file(medium)
    watch.opened()
    opened_in_every_way(medium, tmp_path_factory.mktemp("outside") / "scratch")
    assert watch.opened() == {"medium"}


def test_who_follows_references_is_seen(folder: Path, watch: Watch, server: socket.socket) -> None:
    medium = folder / "medium"
    mp4_that_refers_to_another_file(medium)
    watch.opened()
    av.open(str(medium), options={"enable_drefs": "1"}).close()
    assert watch.opened() == {"medium", "beside"}
    with contextlib.suppress(av.FFmpegError):
        av.open(url(server), timeout=0.2).close()
    assert was_asked(server)

"""A store that cannot take anything more says so, and what was half written is gone."""

import resource
import sys
from collections.abc import AsyncIterator
from functools import partial
from io import FileIO
from pathlib import Path

import pytest
from telop_chassis.failures import TransientError
from telop_chassis.objects import ObjectStore
from telop_chassis.settings import ObjectSettings

KEY = "tenants/demo/media/clip"


async def chunks() -> AsyncIterator[bytes]:
    yield b"some"
    yield b"thing"


@pytest.mark.parametrize("how", ["bytes", "stream", "file"])
async def test_a_store_that_takes_nothing_is_an_error_that_passes(how: str, tmp_path: Path) -> None:
    folder = tmp_path / "objects"
    store = ObjectStore(ObjectSettings(url=f"file://{folder}"))
    (folder / "tenants").write_text("a file stands where the folder would")
    (tmp_path / "file").write_bytes(b"something")
    writes = {
        "bytes": lambda: store.put_bytes(KEY, b"something"),
        "stream": lambda: store.put_stream(KEY, chunks(), 100),
        "file": lambda: store.put_file(KEY, tmp_path / "file"),
    }

    with pytest.raises(TransientError, match=r"^object_store_unavailable$"):
        await writes[how]()
    assert [path.name for path in folder.rglob("*")] == ["tenants"]


async def test_an_upload_that_finds_no_room_to_be_spooled_is_an_error_that_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ObjectStore(ObjectSettings(url=f"file://{tmp_path / 'objects'}"))
    full = partial(FileIO, "/dev/full", "w")
    monkeypatch.setattr("telop_chassis.objects.tempfile.NamedTemporaryFile", lambda **_: full())

    with pytest.raises(TransientError, match=r"^no_room$"):
        await store.put_stream(KEY, chunks(), 100)


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files")
async def test_a_store_on_a_full_disk_says_that_there_is_no_room(tmp_path: Path) -> None:
    store = ObjectStore(ObjectSettings(url=f"file://{tmp_path}"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(TransientError, match=r"^no_room$"):
            await store.put_bytes(KEY, bytes(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

"""A store that cannot take anything more says so, and what was half written is gone."""

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

    with pytest.raises(TransientError, match=r"^object_store_unavailable$"):
        await store.put_stream(KEY, chunks(), 100)

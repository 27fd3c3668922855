"""A medium that does not fit on the disk leaves nothing of itself, and the next try begins anew."""

import errno
from pathlib import Path

import pytest
from telop_chassis.failures import TransientError
from telop_chassis.media_cache import MediaCache
from telop_chassis.objects import ObjectStore
from telop_chassis.settings import CacheSettings, ObjectSettings


async def test_a_full_disk_is_an_error_that_passes_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ObjectStore(ObjectSettings(url=f"file://{tmp_path / 'objects'}"))
    medium = await store.put_bytes("tenants/demo/media/clip", b"x" * 100_000)
    cache = MediaCache(store, CacheSettings(dir=tmp_path / "cache"), service="ocr")
    await cache.start()
    with monkeypatch.context() as full:
        full.setattr(Path, "open", lambda path, mode: _Full(path))
        with pytest.raises(TransientError, match=r"^no_room$"):
            async with cache.open(medium):
                pass
    assert list((tmp_path / "cache" / "ocr").iterdir()) == []
    assert cache.held() == ()
    async with cache.open(medium) as path:
        assert path.stat().st_size == 100_000
    await cache.stop()


class _Full:
    """A file of which half a chunk fits."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "_Full":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def write(self, chunk: bytes) -> int:
        with open(self._path, "wb") as file:
            file.write(chunk[: len(chunk) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

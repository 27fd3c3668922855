"""Local copies of media, by SHA-256, bounded in bytes: a job's segments share one download.

A copy in use is never evicted; the least recently used go first. The folder belongs to one process: what an earlier
one left there is removed at the start.
"""

import asyncio
import shutil
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from telop_contracts.values import ObjectRef

from telop_chassis.objects import ObjectStore
from telop_chassis.settings import CacheSettings


@dataclass
class _Copy:
    bytes: int
    users: int = 0
    ready: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class MediaCache:
    """Lends local files of stored media."""

    def __init__(self, objects: ObjectStore, settings: CacheSettings, *, service: str) -> None:
        self._objects = objects
        self._folder = settings.dir / service
        self._limit = settings.max_bytes
        self._copies: OrderedDict[str, _Copy] = OrderedDict()

    async def start(self) -> None:
        """Empty the folder."""
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        await asyncio.to_thread(self._folder.mkdir, parents=True, mode=0o700)

    async def stop(self) -> None:
        """Remove every copy."""
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    def held(self) -> tuple[str, ...]:
        """Return the hashes of the media that are at hand."""
        return tuple(sha256 for sha256, copy in self._copies.items() if copy.ready)

    @asynccontextmanager
    async def open(self, ref: ObjectRef) -> AsyncIterator[Path]:
        """Lend the local file of an object; raises `PermanentError` if it is missing or changed."""
        copy = self._copies.setdefault(ref.sha256, _Copy(ref.bytes))
        self._copies.move_to_end(ref.sha256)
        copy.users += 1
        path = self._folder / ref.sha256
        try:
            async with copy.lock:
                if not copy.ready:
                    self._evict()
                    await self._objects.download(ref, path)
                    copy.ready = True
            yield path
        finally:
            copy.users -= 1
            if not copy.ready and not copy.users:
                self._copies.pop(ref.sha256, None)
                path.unlink(missing_ok=True)

    def _evict(self) -> None:
        total = sum(copy.bytes for copy in self._copies.values())
        for sha256, copy in list(self._copies.items()):
            if total <= self._limit:
                return
            if not copy.users:
                del self._copies[sha256]
                (self._folder / sha256).unlink(missing_ok=True)
                total -= copy.bytes

"""The object store: media, stills and documents, by key and SHA-256; local folder, S3 and others behind one interface.

Every key begins with `tenants/<tenant>/`. What is read is checked against the hash that its event named, so that a
changed object never passes for the one that was meant.
"""

import asyncio
import contextlib
import hashlib
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import obstore
import obstore.exceptions
from obstore.store import AzureStore, GCSStore, HTTPStore, LocalStore, MemoryStore, S3Store, from_url
from telop_contracts.values import ObjectRef

from telop_chassis.failures import REASON_NO_ROOM, PermanentError, TransientError, is_no_room
from telop_chassis.settings import ObjectSettings

CHUNK_BYTES: Final = 1024 * 1024
DOCUMENT_LIMIT: Final = 256 * 1024 * 1024
REASON_MISSING: Final = "object_missing"
REASON_CHANGED: Final = "object_changed"
REASON_TOO_LARGE: Final = "object_too_large"
REASON_STORE: Final = "object_store_unavailable"


_OUT_OF_ROOM: Final = re.compile(r"\(os error (27|28|122)\)")
"""EFBIG, ENOSPC and EDQUOT as the store's native code tells them, which keeps no number of an error."""


@contextlib.contextmanager
def _store_errors() -> Iterator[None]:
    """Make an error of the store, one without room included, something that passes."""
    try:
        yield
    except (OSError, obstore.exceptions.BaseError) as error:
        is_full = (isinstance(error, OSError) and is_no_room(error)) or _OUT_OF_ROOM.search(str(error))
        raise TransientError(REASON_NO_ROOM if is_full else REASON_STORE) from None


class TooLargeError(Exception):
    """A stream was longer than its limit; nothing of it is stored."""


class ObjectStore:
    """One store for all tenants. Creating it opens no connection."""

    def __init__(self, settings: ObjectSettings) -> None:
        self._store: LocalStore | AzureStore | GCSStore | HTTPStore | S3Store | MemoryStore
        if settings.url.startswith("file://"):
            self._store = LocalStore(urlsplit(settings.url).path, mkdir=True, automatic_cleanup=False)
        else:
            self._store = from_url(settings.url)

    async def put_bytes(self, key: str, data: bytes) -> ObjectRef:
        """Store a document; an existing object of this key is replaced. Raises `TransientError` like all that write."""
        with _store_errors():
            await obstore.put_async(self._store, key, data)
        return ObjectRef(key=key, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))

    async def put_stream(self, key: str, chunks: AsyncIterator[bytes], limit: int) -> ObjectRef:
        """Store what a stream yields; raises `TooLargeError` over `limit` bytes."""
        digest, size = hashlib.sha256(), 0

        async def measured() -> AsyncIterator[bytes]:
            nonlocal size
            async for chunk in chunks:
                if not chunk:
                    continue
                size += len(chunk)
                if size > limit:
                    raise TooLargeError
                await asyncio.to_thread(digest.update, chunk)
                yield chunk

        # The store's native code wraps whatever the stream raises, so the stream is spooled first and stored whole:
        # a client that goes away, or sends too much, leaves nothing behind.
        with tempfile.NamedTemporaryFile(prefix="telop-upload-") as spool:
            async for chunk in measured():
                with _store_errors():
                    await asyncio.to_thread(spool.write, chunk)
            with _store_errors():
                spool.flush()
                await obstore.put_async(self._store, key, Path(spool.name))
        return ObjectRef(key=key, sha256=digest.hexdigest(), bytes=size)

    async def put_file(self, key: str, path: Path) -> ObjectRef:
        """Store a local file."""
        sha256, size = await asyncio.to_thread(_measure, path)
        with _store_errors():
            await obstore.put_async(self._store, key, path)
        return ObjectRef(key=key, sha256=sha256, bytes=size)

    async def describe(self, key: str) -> ObjectRef:
        """Return key, hash and size of a stored object; raises `PermanentError` (`object_missing`)."""
        digest, size = hashlib.sha256(), 0
        async for chunk in self.stream(key):
            await asyncio.to_thread(digest.update, chunk)
            size += len(chunk)
        return ObjectRef(key=key, sha256=digest.hexdigest(), bytes=size)

    async def get_bytes(self, ref: ObjectRef, limit: int = DOCUMENT_LIMIT) -> bytes:
        """Return a whole object; raises `PermanentError` if it is missing, changed or larger than `limit`."""
        if ref.bytes > limit:
            raise PermanentError(REASON_TOO_LARGE, f"{ref.bytes} bytes")
        data = b"".join([chunk async for chunk in self.stream(ref.key)])
        if hashlib.sha256(data).hexdigest() != ref.sha256:
            raise PermanentError(REASON_CHANGED)
        return data

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """Yield an object in chunks; raises `PermanentError` if it is missing."""
        try:
            result = await obstore.get_async(self._store, key)
            async for chunk in result.stream(min_chunk_size=CHUNK_BYTES):
                yield bytes(chunk)
        except FileNotFoundError:
            raise PermanentError(REASON_MISSING) from None
        except (OSError, obstore.exceptions.BaseError):
            raise TransientError(REASON_STORE) from None

    async def delete_folder(self, prefix: str) -> None:
        """Delete every object below a prefix; one that is gone already is no error."""
        try:
            async for batch in obstore.list(self._store, prefix, chunk_size=1_000):
                await obstore.delete_async(self._store, [each["path"] for each in batch])
        except FileNotFoundError:
            await self.delete_folder(prefix)  # somebody else deletes there too: what is left goes in the next round
        except (OSError, obstore.exceptions.BaseError):
            raise TransientError(REASON_STORE) from None

    async def download(self, ref: ObjectRef, path: Path) -> None:
        """Write an object to a local file; raises `PermanentError` if it is missing or changed.

        Raises `TransientError` (`no_room`) if the disk is full; the caller removes what was written.
        """
        digest = hashlib.sha256()
        try:
            with await asyncio.to_thread(path.open, "wb") as file:
                async for chunk in self.stream(ref.key):
                    await asyncio.to_thread(file.write, chunk)
                    await asyncio.to_thread(digest.update, chunk)
        except OSError as error:
            if is_no_room(error):
                raise TransientError(REASON_NO_ROOM) from None
            raise
        if digest.hexdigest() != ref.sha256:
            await asyncio.to_thread(path.unlink)
            raise PermanentError(REASON_CHANGED)


def _measure(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size

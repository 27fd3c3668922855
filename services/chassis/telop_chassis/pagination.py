"""Lists are pages `{items, next_cursor}`; a cursor is where the last page ended, signed.

The signature binds a cursor to the path it was given for, so a forged one, or one of another list, is a 422. Inside is
a position (a short tuple of numbers and strings that order the list), never an offset: rows that come in between
neither repeat nor hide others.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel, SecretStr

from telop_chassis.problems import FieldError, Invalid

DEFAULT_LIMIT: Final = 20
MAX_LIMIT: Final = 100
_TAG_BYTES: Final = 16

T = TypeVar("T")
R = TypeVar("R")
Position = tuple[str | int | float, ...]


class Page(BaseModel, Generic[T]):
    """One page of a list. Without `next_cursor` it is the last."""

    items: list[T]
    next_cursor: str | None


class Cursors:
    """Signs positions, and takes back only what it signed for the same path."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key.get_secret_value().encode()

    def sign(self, path: str, position: Position) -> str:
        """Return the cursor of a position in the list at `path`."""
        body = json.dumps(position, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._tag(path, body) + body).decode().rstrip("=")

    def read(self, path: str, cursor: str) -> Position:
        """Return the position of a cursor; raises `Invalid` if it was not signed here, for this path."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        if not body or not hmac.compare_digest(tag, self._tag(path, body)):
            message = "The cursor is not one of this list"
            raise Invalid(errors=[FieldError("/query/cursor", "invalid_cursor", message)])
        return tuple(json.loads(body))

    def _tag(self, path: str, body: bytes) -> bytes:
        return hmac.digest(self._key, path.encode() + b"\0" + body, hashlib.sha256)[:_TAG_BYTES]


class PageRequest:
    """Which page is wanted. Fetch `limit + 1` rows that come after `after`, in order, and hand them to `page`."""

    def __init__(
        self,
        request: Request,
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
        cursor: Annotated[str | None, Query(min_length=1, max_length=1_024)] = None,
    ) -> None:
        self._cursors: Cursors = request.app.state.cursors
        self._path: str = request.scope["path"]
        self.limit = limit
        self.after: Position | None = None if cursor is None else self._cursors.read(self._path, cursor)

    def page(self, rows: Sequence[R], *, position: Callable[[R], Position], item: Callable[[R], T]) -> Page[T]:
        """Return the page of the first `limit` rows; a row more than that means that there is a next page."""
        shown = rows[: self.limit]
        more = len(rows) > self.limit
        return Page[Any](
            items=[item(row) for row in shown],
            next_cursor=self._cursors.sign(self._path, position(shown[-1])) if more else None,
        )


PageQuery = Annotated[PageRequest, Depends()]

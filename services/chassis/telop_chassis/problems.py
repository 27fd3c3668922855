"""What a caller did wrong, as exceptions that are raised bare and become RFC 9457 problem documents in one place.

This module knows no web framework, so that domain code may raise its errors too. A problem has a stable `code` (the
last part of its `type` URI), and a title that is the same each time; `detail` may say more, but never repeats input:
it is answered, logged and shown. `telop_chassis.http` does the translation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

TYPE_PREFIX: Final = "https://telopcheck.dev/problems/"
MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True)
class FieldError:
    """One refused field: a JSON pointer (`/media/url`, `/query/limit`), a stable code, a message without the value."""

    pointer: str
    code: str
    message: str


class Problem(Exception):
    """Base of all problems; subclass the nearest one below and give it a `code` and a `title` of your own."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(self, detail: str = "", *, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(self.code)
        self.detail = detail
        self.errors = tuple(errors)

    @property
    def headers(self) -> dict[str, str]:
        """Headers that belong to the answer."""
        return {}


class BadRequest(Problem):
    """The request itself is malformed."""

    status = 400
    code = "bad_request"
    title = "The request is malformed"


class Unauthenticated(Problem):
    """No key, or one that is unknown, expired or revoked: which of these is not said."""

    status = 401
    code = "unauthenticated"
    title = "A valid access key is needed"

    @property
    def headers(self) -> dict[str, str]:
        """The scheme to authenticate with (RFC 9110)."""
        return {"WWW-Authenticate": 'Bearer realm="telopcheck"'}


class Forbidden(Problem):
    """The key is good, but does not open this."""

    status = 403
    code = "forbidden"
    title = "The access key does not open this"


class ScopeMissing(Forbidden):
    """The key lacks a scope, which is named."""

    code = "scope_missing"
    title = "The access key lacks a scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"The scope {scope} is needed")
        self.scope = scope

    @property
    def headers(self) -> dict[str, str]:
        """The scope that is missing (RFC 6750)."""
        return {"WWW-Authenticate": f'Bearer realm="telopcheck", error="insufficient_scope", scope="{self.scope}"'}


class NotFound(Problem):
    """No such thing, or none of this tenant's: the answer is the same."""

    status = 404
    code = "not_found"
    title = "There is no such thing"


class MethodNotAllowed(Problem):
    """The path exists, with other methods."""

    status = 405
    code = "method_not_allowed"
    title = "The method is not allowed here"


class Conflict(Problem):
    """The state of things does not allow it."""

    status = 409
    code = "conflict"
    title = "The state of the resource does not allow this"


class TooLarge(Problem):
    """The body exceeds the limit of this route."""

    status = 413
    code = "too_large"
    title = "The request body is too large"


class UnsupportedMediaType(Problem):
    """The body has another content type than the route reads."""

    status = 415
    code = "unsupported_media_type"
    title = "The content type of the body is not supported"


class Invalid(Problem):
    """Well formed, but not valid; `errors` names the fields."""

    status = 422
    code = "invalid"
    title = "The request is not valid"

    def __init__(
        self, detail: str = "", *, pointer: str = "", code: str = "invalid_value", errors: Sequence[FieldError] = ()
    ) -> None:
        super().__init__(detail, errors=errors or ((FieldError(pointer, code, detail),) if pointer else ()))


class InternalError(Problem):
    """Our fault. Details are in the log, under the request id."""


class Unavailable(Problem):
    """Something that this service needs is not there at the moment."""

    status = 503
    code = "unavailable"
    title = "The service is not available at the moment"

    @property
    def headers(self) -> dict[str, str]:
        """When to come back: databases and brokers that restart need some seconds."""
        return {"Retry-After": "5"}


BY_STATUS: Final[dict[int, type[Problem]]] = {
    kind.status: kind
    for kind in (
        BadRequest,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        Conflict,
        TooLarge,
        UnsupportedMediaType,
        Unauthenticated,
        Invalid,
        InternalError,
        Unavailable,
    )
}
"""The problem that stands for a status where nothing more precise is known."""


@dataclass(frozen=True)
class Reference:
    """How a caller names this request to whoever is on call."""

    request_id: str
    trace_id: str | None = field(default=None)


def document(problem: Problem, reference: Reference) -> dict[str, object]:
    """Return the RFC 9457 document of a problem. Server errors say nothing beyond their title."""
    body: dict[str, object] = {
        "type": TYPE_PREFIX + problem.code,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail if problem.status < 500 else "",
        "request_id": reference.request_id,
        "trace_id": reference.trace_id,
    }
    if problem.errors:
        body["errors"] = [{"pointer": e.pointer, "code": e.code, "message": e.message} for e in problem.errors]
    return body


def problem_responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Return what a route declares about its problems, for FastAPI's `responses`."""
    return {
        status: {
            "description": BY_STATUS[status].title,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


PROBLEM_SCHEMA: Final[dict[str, object]] = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail", "request_id", "trace_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "trace_id": {"type": ["string", "null"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}

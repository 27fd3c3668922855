"""Says what is wrong with input without repeating any of it.

Pydantic names the place and the rule; both are turned into a JSON pointer, a stable code and a message. Names of
unknown fields are part of the input too, so only plain ones are shown.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from telop_chassis.problems import FieldError, Invalid

MAX_ERRORS: Final = 50
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_QUOTES_INPUT: Final = frozenset({"union_tag_invalid", "json_invalid", "unexpected_keyword_argument"})


def invalid(errors: Sequence[Mapping[str, Any]]) -> Invalid:
    """Return the problem that says what Pydantic found, at most `MAX_ERRORS` fields of it."""
    return Invalid(errors=[_field_error(error) for error in errors[:MAX_ERRORS]])


def _field_error(error: Mapping[str, Any]) -> FieldError:
    code = str(error["type"])
    place = () if code == "json_invalid" else tuple(error["loc"])
    return FieldError(_pointer(place), code, _message(code, error))


def _pointer(place: tuple[int | str, ...]) -> str:
    if place and place[0] == "body":
        place = place[1:]
    return "".join(f"/{part}" if _PLAIN.fullmatch(str(part)) else "/?" for part in place)


def _message(code: str, error: Mapping[str, Any]) -> str:
    if code == "json_invalid":
        return "The body is not JSON"
    message = str(error["msg"]).removeprefix("Value error, ")
    value = error.get("input")
    repeated = isinstance(value, str) and len(value) > 2 and value in message
    return "The value is not valid" if repeated or code in _QUOTES_INPUT else message

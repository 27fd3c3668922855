"""Says what is wrong with input without repeating any of it.

Pydantic names the place and the rule; both are turned into a JSON pointer, a stable code and a message. Names of
unknown fields are part of the input too, so only plain ones are shown. A place where several shapes are allowed is one
place: the names of the shapes are left out, and so is what only follows from an error inside of it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from telop_chassis.problems import FieldError, Invalid

MAX_ERRORS: Final = 50
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_SHAPE: Final = re.compile(r"[A-Z].*|.*\[.*", re.DOTALL)
"""Where Pydantic names a shape of several: a model, or `tuple[...]`. Fields begin with a small letter."""
_FOLLOWS: Final = frozenset({"too_short", "model_type", "tuple_type", "list_type", "none_required"})
"""Rules that are broken as well where something inside is wrong: its list counts as empty, other shapes do not fit."""
_QUOTES_INPUT: Final = frozenset({"union_tag_invalid", "json_invalid", "unexpected_keyword_argument"})

_LISTS_WHAT_IS_ALLOWED: Final = frozenset({"literal_error", "enum"})
"""Their messages are of our own words: input inside of one ("complete", "completed") is a near miss, no echo."""


def invalid(errors: Sequence[Mapping[str, Any]]) -> Invalid:
    """Return the problem that says what Pydantic found, at most `MAX_ERRORS` fields of it."""
    found = [_field_error(error) for error in errors]
    told = [each for each in found if each.code not in _FOLLOWS or not _inside(each, found)]
    return Invalid(errors=told[:MAX_ERRORS])


def _inside(error: FieldError, found: Sequence[FieldError]) -> bool:
    """Whether another error lies inside of the place of this one."""
    return any(each.pointer.startswith(error.pointer + "/") for each in found)


def _field_error(error: Mapping[str, Any]) -> FieldError:
    code = str(error["type"])
    place = () if code == "json_invalid" else tuple(error["loc"])
    named = place[-1:] if code == "extra_forbidden" else ()
    fields = tuple(part for part in place[: len(place) - len(named)] if not _SHAPE.fullmatch(str(part)))
    return FieldError(_pointer(fields + named), code, _message(code, error))


def _pointer(place: tuple[int | str, ...]) -> str:
    if place and place[0] == "body":
        place = place[1:]
    return "".join(f"/{part}" if _PLAIN.fullmatch(str(part)) else "/?" for part in place)


def _message(code: str, error: Mapping[str, Any]) -> str:
    if code == "json_invalid":
        return "The body is not JSON"
    if code == "string_pattern_mismatch":
        return "Does not have the form that the description of the API shows by an example"
    message = str(error["msg"]).removeprefix("Value error, ")
    if code in _LISTS_WHAT_IS_ALLOWED:
        return message
    value = error.get("input")
    repeated = isinstance(value, str) and len(value) > 2 and value in message
    return "The value is not valid" if repeated or code in _QUOTES_INPUT else message

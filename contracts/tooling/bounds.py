"""Finds strings, lists and numbers of input that have no explicit bound."""

import re
from collections.abc import Iterator
from typing import Final

from contracts.tooling.schemas import Schema, branches

_UNLIMITED: Final = re.compile(r"[*+]|\{\d+,\}")
_BOUNDED_FORMATS: Final = frozenset({"date-time", "date", "uuid"})
"""Read by parsers that accept nothing long."""


def unbounded(schema: Schema, root: Schema | None = None) -> list[str]:
    """Return the places of a schema that accept a value of any size; empty if every one is bounded."""
    return list(_walk(schema, root or schema, "", frozenset()))


def _walk(schema: Schema, root: Schema, place: str, above: frozenset[str]) -> Iterator[str]:
    reference = schema.get("$ref", "")
    if reference in above:
        return
    for branch in branches(schema, root):
        yield from _walk_one(branch, root, place, above | ({reference} - {""}))


def _walk_one(schema: Schema, root: Schema, place: str, above: frozenset[str]) -> Iterator[str]:
    here = place or "/"
    kind = schema.get("type")
    if "const" in schema or "enum" in schema:
        return
    if kind == "string":
        if not _is_short(schema):
            yield f"{here}: a string without maxLength"
    elif kind in ("integer", "number"):
        low, high = ({"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum"})
        if not (low & schema.keys() and high & schema.keys()):
            yield f"{here}: a number without minimum and maximum"
    elif kind == "array":
        if "maxItems" not in schema:
            yield f"{here}: a list without maxItems"
        yield from _walk(schema.get("items", {}), root, place + "/[]", above)
    elif kind == "object":
        yield from _walk_object(schema, root, place, above)
    elif kind not in ("boolean", "null"):
        yield f"{here}: anything"


def _walk_object(schema: Schema, root: Schema, place: str, above: frozenset[str]) -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        yield from _walk(field, root, f"{place}/{name}", above)
    others = schema.get("additionalProperties", "properties" not in schema)
    if others is True:
        yield f"{place or '/'}: any other fields"
    elif isinstance(others, dict):
        if "maxProperties" not in schema or not _is_short(schema.get("propertyNames", {})):
            yield f"{place or '/'}: a map without maxProperties, or with names of any length"
        yield from _walk(others, root, place + "/{}", above)


def _is_short(schema: Schema) -> bool:
    if "maxLength" in schema or schema.get("format") in _BOUNDED_FORMATS:
        return True
    pattern = schema.get("pattern", "")
    outside_classes = re.sub(r"\[(?:\\.|[^\]\\])*\]|\\.", "x", pattern)
    return pattern.startswith("^") and pattern.endswith("$") and not _UNLIMITED.search(outside_classes)

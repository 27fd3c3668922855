"""What a change to a released schema breaks.

What was valid stays valid, because old records are still in the topics; and what was there stays there with its type,
because readers rely on it. So nothing may be removed, renamed, retyped or newly required, and no enum or bound may
become narrower. New optional fields are how a contract grows.
"""

import operator
from collections.abc import Callable, Iterator
from typing import Any, Final

from contracts.tooling.schemas import Schema, branches, resolve

_NARROWER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "maxLength": operator.lt,
    "maxItems": operator.lt,
    "maxProperties": operator.lt,
    "maximum": operator.lt,
    "exclusiveMaximum": operator.lt,
    "minLength": operator.gt,
    "minItems": operator.gt,
    "minimum": operator.gt,
    "exclusiveMinimum": operator.gt,
}
_FORMS: Final = ("pattern", "format")


def incompatibilities(old: Schema, new: Schema) -> list[str]:
    """Return what the new schema breaks, each with its place; empty if nothing."""
    return list(compare(old, old, new, new, ""))


def compare(old: Schema, old_root: Schema, new: Schema, new_root: Schema, place: str) -> Iterator[str]:
    """Yield what the new schema breaks; the roots are the documents in which references are looked up."""
    olds, news = branches(old, old_root), branches(new, new_root)
    if len(olds) == 1 and len(news) == 1:
        yield from _compare_one(olds[0], old_root, news[0], new_root, place)
        return
    for each in olds:
        attempts = [list(_compare_one(each, old_root, other, new_root, place)) for other in news]
        if [] in attempts:
            continue
        alike = [found for found, other in zip(attempts, news, strict=True) if _types(other) == _types(each)]
        yield from alike[0] if alike else [f"{place or '/'}: retyped, {_name(each)} is no longer possible"]
    for other in news:
        if not any(_types(other) & _types(each) for each in olds):
            yield f"{place or '/'}: retyped, {_name(other)} is now possible"


def _compare_one(old: Schema, old_root: Schema, new: Schema, new_root: Schema, place: str) -> Iterator[str]:
    here = place or "/"
    if _types(old) != _types(new):
        yield f"{here}: retyped from {_name(old)} to {_name(new)}"
        return
    yield from _compare_values(old, new, here)
    yield from _compare_fields(old, old_root, new, new_root, place)
    for word, step in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(old.get(word), dict) and isinstance(new.get(word), dict):
            yield from compare(old[word], old_root, new[word], new_root, place + "/" + step)
    if old.get("additionalProperties", True) is not False and new.get("additionalProperties", True) is False:
        yield f"{here}: other fields are no longer possible"


def _compare_values(old: Schema, new: Schema, here: str) -> Iterator[str]:
    before, after = _values(old), _values(new)
    if after is not None and (before is None or not before <= after):
        gone = "open" if before is None else ", ".join(sorted(map(str, before - after)))
        yield f"{here}: narrowed enum, no longer {gone}"
    for word, is_narrower in _NARROWER.items():
        if word in new and (word not in old or is_narrower(new[word], old[word])):
            yield f"{here}: narrowed {word} from {old.get(word, 'none')} to {new[word]}"
    for word in _FORMS:
        if word in new and new[word] != old.get(word):
            yield f"{here}: {word} changed from {old.get(word, 'none')} to {new[word]}"


def _compare_fields(old: Schema, old_root: Schema, new: Schema, new_root: Schema, place: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name, field in before.items():
        if name in after:
            yield from compare(field, old_root, after[name], new_root, f"{place}/{name}")
        else:
            yield f"{place}/{name}: removed or renamed"
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{place}/{name}: newly required"


def _types(schema: Schema) -> frozenset[str]:
    declared = schema.get("type", "any")
    return frozenset([declared] if isinstance(declared, str) else declared)


def _values(schema: Schema) -> frozenset[Any] | None:
    if "const" in schema:
        return frozenset([schema["const"]])
    return frozenset(schema["enum"]) if "enum" in schema else None


def _name(schema: Schema) -> str:
    return str(schema.get("title") or "/".join(sorted(_types(schema))))


def api_incompatibilities(old: Schema, new: Schema) -> list[str]:
    """Return what a new OpenAPI document breaks for the callers of the old one."""
    found: list[str] = []
    for path, item in old["paths"].items():
        for method, operation in item.items():
            place = f"{method.upper()} {path}"
            changed = new["paths"].get(path, {}).get(method)
            found += [f"{place}: removed"] if changed is None else _operation(operation, old, changed, new, place)
    return found


def _operation(old: Schema, old_root: Schema, new: Schema, new_root: Schema, place: str) -> Iterator[str]:
    if old["operationId"] != new["operationId"]:
        yield f"{place}: operationId changed to {new['operationId']}"
    yield from _parameters(old, old_root, new, new_root, place)
    before, after = _content(old.get("requestBody", {})), _content(new.get("requestBody", {}))
    if new.get("requestBody", {}).get("required") and not old.get("requestBody", {}).get("required"):
        yield f"{place} body: newly required"
    yield from _bodies(before, old_root, after, new_root, f"{place} body")
    for status, answer in old["responses"].items():
        if status not in new["responses"]:
            yield f"{place} {status}: removed"
        else:
            changed = _content(new["responses"][status])
            yield from _bodies(_content(answer), old_root, changed, new_root, f"{place} {status}")


def _parameters(old: Schema, old_root: Schema, new: Schema, new_root: Schema, place: str) -> Iterator[str]:
    before, after = _named(old), _named(new)
    for name, parameter in before.items():
        if name not in after:
            yield f"{place} {name}: removed or renamed"
        else:
            yield from compare(parameter["schema"], old_root, after[name]["schema"], new_root, f"{place} {name}")
    for name, parameter in after.items():
        if parameter.get("required") and not before.get(name, {}).get("required"):
            yield f"{place} {name}: newly required"


def _named(operation: Schema) -> dict[str, Schema]:
    return {f"{each['in']} {each['name']}": each for each in operation.get("parameters", ())}


def _content(body: Schema) -> dict[str, Schema]:
    return {kind: media.get("schema", {}) for kind, media in body.get("content", {}).items()}


def _bodies(
    old: dict[str, Schema], old_root: Schema, new: dict[str, Schema], new_root: Schema, place: str
) -> Iterator[str]:
    for kind, schema in old.items():
        if kind not in new:
            yield f"{place}: {kind} removed"
        else:
            yield from compare(resolve(schema, old_root), old_root, resolve(new[kind], new_root), new_root, place)

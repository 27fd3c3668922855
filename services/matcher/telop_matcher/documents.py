"""Writes the result of a check piece by piece: a long programme has tens of thousands of words and telops, and all of
them at once, as validated values and as text, would be most of what a judgement holds in memory.
"""

from collections.abc import Iterable, Mapping

from telop_contracts.check.v1 import CheckResult
from telop_contracts.values import Value


def result_document(lists: Mapping[str, Iterable[Value]], rest: Mapping[str, object]) -> bytes:
    """Return a `CheckResult` as JSON: lists of values that are taken one by one, and what else it has.

    `tests/unit/matcher/test_judgement.py` reads it back as a `CheckResult`.
    """
    written = bytearray(b"{")
    for name, each in lists.items():
        written += f'"{name}":['.encode()
        comma = b""
        for value in each:
            written += comma + value.model_dump_json().encode()
            comma = b","
        written += b"],"
    others = CheckResult.model_validate(dict.fromkeys(lists, ()) | dict(rest))
    written += others.model_dump_json(exclude=set(lists)).encode().removeprefix(b"{")
    return bytes(written)

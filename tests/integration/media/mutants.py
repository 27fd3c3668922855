"""Mutants of valid clips: the same seed gives the same mutant of the same clip."""

import random
import struct
from collections.abc import Callable
from typing import Final

INTERESTING: Final = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
HEAD: Final = 0.4
"""How many mutants are hit in their first kilobytes, where headers are; the others are hit anywhere."""


def mutant(clip: bytes, seed: int) -> bytes:
    """The clip after one to four mutations; every second one keeps its length, and so passes for complete."""
    dice = random.Random(seed)
    content = bytearray(clip)
    mutations = _SAME_LENGTH if seed % 2 else (*_SAME_LENGTH, *_OTHER_LENGTH)
    for _ in range(dice.choice((1, 1, 2, 4))):
        reach = min(len(content), 2_048) if dice.random() < HEAD else len(content)
        if reach > 8:
            dice.choice(mutations)(content, dice.randrange(reach - 8), dice)
    return bytes(content)


def _flip(content: bytearray, at: int, dice: random.Random) -> None:
    for _ in range(dice.choice((1, 8, 100))):
        content[min(len(content) - 1, at + dice.randrange(200))] ^= 1 << dice.randrange(8)


def _number(content: bytearray, at: int, dice: random.Random) -> None:
    content[at : at + 4] = struct.pack(dice.choice(("<I", ">I")), dice.choice(INTERESTING))


def _noise(content: bytearray, at: int, dice: random.Random) -> None:
    length = dice.randrange(1, 300)
    content[at : at + length] = dice.randbytes(len(content[at : at + length]))


def _blank(content: bytearray, at: int, dice: random.Random) -> None:
    length = dice.randrange(1, 2_000)
    content[at : at + length] = bytes(len(content[at : at + length]))


def _drop(content: bytearray, at: int, dice: random.Random) -> None:
    del content[at : at + dice.randrange(1, 1_000)]


def _insert(content: bytearray, at: int, dice: random.Random) -> None:
    content[at:at] = dice.randbytes(dice.randrange(1, 200))


def _repeat(content: bytearray, at: int, dice: random.Random) -> None:
    piece = content[at : at + dice.randrange(1, 2_000)]
    content[at:at] = piece * dice.choice((1, 3))


def _move(content: bytearray, at: int, dice: random.Random) -> None:
    piece = content[at : at + 500]
    del content[at : at + 500]
    to = dice.randrange(len(content) + 1)
    content[to:to] = piece


def _cut(content: bytearray, at: int, dice: random.Random) -> None:
    del content[max(at, len(content) // 4) :]


_Mutation = Callable[[bytearray, int, random.Random], None]
_SAME_LENGTH: Final[tuple[_Mutation, ...]] = (_flip, _flip, _number, _noise, _blank, _move)
_OTHER_LENGTH: Final[tuple[_Mutation, ...]] = (_drop, _insert, _repeat, _cut)

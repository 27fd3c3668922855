"""How much two English words look and sound alike, from 0 to 1.

The sound is a rough key made by spelling rules, enough to tell homophones and rhymes from strangers; it needs no
dictionary, so names have one too. Rules are applied in order; vowels are kept as one class but for their place.
"""

import re
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA, Indel

_RULES: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z]", ""),
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^ps", "s"),
        (r"^x", "s"),
        (r"^wh(?=o)", "h"),
        (r"wh", "w"),
        (r"mb$", "m"),
        (r"(?:tch|ch(?=[aeiouy]|$))", "C"),
        (r"(?:sch|ch)", "k"),
        (r"(?:ti|ci|si)(?=on|a|ous)", "S"),
        (r"sh", "S"),
        (r"th", "T"),
        (r"ph", "f"),
        (r"(?:augh|ough)(?=t)", "a"),
        (r"(?<=[aeiou])gh", ""),
        (r"gh", "g"),
        (r"dge?(?=[iey]|$)(?<=dge)", "J"),
        (r"dg(?=[iey])", "J"),
        (r"qu", "kw"),
        (r"ng", "N"),
        (r"(?<=[^aeiou])le(?=s?$)", "al"),
        (r"ck", "k"),
        (r"sc(?=[eiy])", "s"),
        (r"c(?=[eiy])", "s"),
        (r"[cq]", "k"),
        (r"g(?=[eiy])", "J"),
        (r"j", "J"),
        (r"x", "ks"),
        (r"z", "s"),
        (r"(?<=[^aeiouy])e(?=s?$)", ""),
        (r"^y(?=[aeiou])", "Y"),
        (r"(?<=[aeiou])w(?![aeiou])", ""),
        (r"(?<=[aeiou])h", ""),
        (r"(?:ee|ea|ie|ei|i|y)+", "i"),
        (r"(?:oo|ou|u)+", "u"),
        (r"(?:oa|o)+", "o"),
        (r"[ae]+[iu]*", "a"),
        (r"([a-zA-Z])\1+", r"\1"),
    )
)
_VOWELS: Final = re.compile("[iuo]")


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """Return the rough sound of a folded English word or name."""
    for pattern, replacement in _RULES:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(maxsize=16_384)
def looks(first: str, second: str) -> float:
    """How much two folded words look alike: the better of shared letters in order and letters in place."""
    return max(
        Indel.normalized_similarity(first, second),
        OSA.normalized_similarity(first, second),
    )


@lru_cache(maxsize=16_384)
def sounds(first: str, second: str) -> float:
    """How much two folded words sound alike; 1 for homophones. A vowel counts half: unstressed ones sound the
    same.
    """
    keys = sound(first), sound(second)
    skeletons = (_VOWELS.sub("a", key) for key in keys)
    return (OSA.normalized_similarity(*keys) + OSA.normalized_similarity(*skeletons)) / 2


def alike(first: str, second: str) -> float:
    """The better of looking and sounding alike."""
    return max(looks(first, second), sounds(first, second))

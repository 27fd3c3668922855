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
_KINDS: Final = (
    ("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW", 0.5),
    ("P B", 0.4),
    ("T D", 0.4),
    ("K G", 0.4),
    ("F V", 0.4),
    ("S Z", 0.4),
    ("SH ZH CH JH", 0.4),
    ("TH DH", 0.4),
    ("M N NG", 0.4),
    ("L R", 0.6),
)
_CLASSES: Final = {phone: phones for phones, _ in _KINDS for phone in phones.split()}
_CLASS_COST: Final = dict(_KINDS)
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


@lru_cache(maxsize=262_144)
def phones_alike(first: str, second: str) -> float:
    """How much two words sound alike by their phonemes (ARPAbet, parted by spaces); 1 for homophones.

    An edit costs what is usual between the classes of sounds: a vowel for another one 0.5, a consonant for one of its
    own kind 0.4, anything else 1.
    """
    one, other = first.split(), second.split()
    row = [float(at) for at in range(len(other) + 1)]
    for phone in one:
        before, row[0] = row[0], row[0] + 1
        for at, mate in enumerate(other, start=1):
            cost = 0.0 if phone == mate else _CLASS_COST.get(_CLASSES.get(phone, phone), 1.0)
            if phone != mate and _CLASSES.get(phone) != _CLASSES.get(mate):
                cost = 1.0
            before, row[at] = row[at], min(before + cost, row[at] + 1, row[at - 1] + 1)
    return 1 - row[-1] / max(len(one), len(other), 1)


def alike(first: str, second: str) -> float:
    """The better of looking and sounding alike."""
    return max(looks(first, second), sounds(first, second))

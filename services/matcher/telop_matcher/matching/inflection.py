"""Forms of one English word: captions change tenses and endings on purpose, and recognisers mishear them most."""

from collections.abc import Mapping
from typing import Final

_ENDINGS: Final = ("'s", "s", "es", "ed", "d", "ing", "er", "est", "ies", "ied", "'ve", "'ll", "'re")
_IRREGULAR: Final = """
beat beaten, become became, begin began begun, bend bent, bite bit bitten, blow blew blown, break broke broken,
bring brought, build built, buy bought, catch caught, choose chose chosen, come came, deal dealt, dig dug, do did done,
draw drew drawn, drink drank drunk, drive drove driven, eat ate eaten, fall fell fallen, feed fed, feel felt,
fight fought, find found, flee fled, fly flew flown, forget forgot forgotten, freeze froze frozen, get got gotten,
give gave given, go went gone, grow grew grown, hang hung, have has had, hear heard, hide hid hidden, hold held,
keep kept, know knew known, lay laid, lead led, leave left, lend lent, lose lost, make made, mean meant, meet met,
pay paid, ride rode ridden, ring rang rung, rise rose risen, run ran, say said, see saw seen, seek sought, sell sold,
send sent, shake shook shaken, shoot shot, show shown, sing sang sung, sink sank sunk, sit sat, sleep slept,
speak spoke spoken, spend spent, stand stood, steal stole stolen, stick stuck, strike struck, swear swore sworn,
swim swam swum, swing swung, take took taken, teach taught, tear tore torn, tell told, think thought,
throw threw thrown, understand understood, wake woke woken, wear wore worn, win won, write wrote written
"""
_BASE: Final[Mapping[str, str]] = {
    form: forms.split()[0] for forms in _IRREGULAR.replace("\n", " ").split(",") for form in forms.split()
}
"""Forms that no ending makes; those that are other words as often (fell, found, left) count as forms too."""


def stems(word: str) -> set[str]:
    """What a word may be a form of, itself included: "rules" of rule, "broke" of break, but "rulers" of rule
    not, nor "story" of store.
    """
    found = {word, _BASE.get(word, word)}
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and not (ending == "s" and word.endswith("ss")):
            found |= {stem, f"{stem}e"} | ({f"{stem}y"} if ending in ("ies", "ied") else set())
            found |= {stem[:-1]} if stem[-1] == stem[-2] else set()
    return found

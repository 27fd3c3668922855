"""British spellings as Americans write them: a recogniser that was taught by the one finds no mistake in the other.

Rules are of endings that make no other word: "colour" and "metre", but neither "four" nor "filled". What is another
word in America (cheque, storey, draught) is left alone.
"""

import re
from functools import lru_cache
from typing import Final

_PAIRS: Final = (
    "grey/gray tyre/tire tyres/tires kerb/curb plough/plow mould/mold odour/odor odours/odors programme/program "
    "programmes/programs pyjamas/pajamas jewellery/jewelry moustache/mustache sceptical/skeptical cosy/cozy "
    "aluminium/aluminum enrol/enroll fulfil/fulfill skilful/skillful instalment/installment ageing/aging "
    "artefact/artifact manoeuvre/maneuver analyse/analyze paralyse/paralyze aeroplane/airplane mum/mom mums/moms"
)
_WORDS: Final = dict(pair.split("/") for pair in _PAIRS.split())
_ENDINGS: Final = (
    (re.compile(r"(?<=[a-z]{3})our(?=(?:s|ed|ing|ite|ites|able|ful|less|hood|er|ers|y)?$)"), "or"),
    (re.compile(r"(?<=[a-z]{3})is(?=(?:e|es|ed|er|ers|ing|ation|ations)$)"), "iz"),
    (re.compile(r"(?<=[a-z]{2})tre(?=s?$)"), "ter"),
    (re.compile(r"(?<=[a-z]{3})ence(?=s?$)"), "ense"),
    (re.compile(r"(?<=[a-z]{3})ogue(?=s?$)"), "og"),
    (re.compile(r"(?<=[aeiouy][^aeiouy][aeo])ll(?=(?:ed|er|ers|ing|or|ors)$)"), "l"),
    (re.compile(r"(?<=[aeiouy][^aeiouy]{2}[aeo])ll(?=(?:ed|er|ers|ing|or|ors|ous)$)"), "l"),
)


@lru_cache(maxsize=16_384)
def american(word: str) -> str:
    """A folded word as Americans spell it; both of two spellings of a word give the same."""
    word = _WORDS.get(word, word)
    for pattern, ending in _ENDINGS:
        word = pattern.sub(ending, word)
    return word

"""Lattices as PocketSphinx writes them."""

import pytest
from telop_asr.engines.lattices import Lattice

HTK = """# Lattice
VERSION=1.0
start=3
end=0
N=4\tL=4
I=0\tt=1.00\tW=!SENT_END\tv=1
I=1\tt=0.40\tW=budget\tv=1
I=2\tt=0.40\tW=budget(2)\tv=2
I=3\tt=0.00\tW=the\tv=1
J=0\tS=3\tE=1\ta=-1.5\tp=0.7
J=1\tS=3\tE=2\ta=-1.6\tp=0.3
J=2\tS=1\tE=0\ta=-3.5\tp=0.7
J=3\tS=2\tE=0\ta=-3.6\tp=0.2996
J=4\tS=2\tE=0\ta=-9.6\tp=0.0004
"""


def test_a_moment_has_the_words_that_may_be_said_then_whatever_their_pronunciation() -> None:
    lattice = Lattice.read(HTK)
    assert lattice.at(0.2) == {"the": pytest.approx(1.0)}
    assert lattice.at(0.4) == {"budget": pytest.approx(0.9996)}
    assert lattice.at(1.0) == {}

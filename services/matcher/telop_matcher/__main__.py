"""`python -m telop_matcher` serves, `python -m telop_matcher migrate` updates the database."""

from telop_chassis.main import main

from telop_matcher.app import build
from telop_matcher.settings import Settings

if __name__ == "__main__":
    main("matcher", Settings, build)

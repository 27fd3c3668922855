"""`python -m telop_asr` serves, `python -m telop_asr migrate` updates the database."""

from telop_chassis.main import main

from telop_asr.app import build
from telop_asr.settings import Settings

if __name__ == "__main__":
    main("asr", Settings, build)

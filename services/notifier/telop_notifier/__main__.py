"""`python -m telop_notifier` serves, `python -m telop_notifier migrate` updates the database."""

from telop_chassis.main import main

from telop_notifier.app import build
from telop_notifier.settings import Settings

if __name__ == "__main__":
    main("notifier", Settings, build)

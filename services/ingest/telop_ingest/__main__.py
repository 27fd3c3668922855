"""`python -m telop_ingest` serves, `python -m telop_ingest migrate` updates the database."""

from telop_chassis.main import main

from telop_ingest.app import build
from telop_ingest.settings import Settings

if __name__ == "__main__":
    main("ingest", Settings, build)

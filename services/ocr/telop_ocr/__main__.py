"""`python -m telop_ocr` serves, `python -m telop_ocr migrate` updates the database."""

from telop_chassis.main import main

from telop_ocr.app import build
from telop_ocr.settings import Settings

if __name__ == "__main__":
    main("ocr", Settings, build)

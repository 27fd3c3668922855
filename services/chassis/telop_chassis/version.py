"""The version of Telopcheck that runs."""

from importlib.metadata import version
from typing import Final

VERSION: Final = version("telop-chassis")

"""The English half of the scorecard: programmes of our own scripts, read and heard by the real engines.

What the engines gave is committed in `recorded/`; `python -m tests.scorecard.english.record` makes it anew.
"""

import gzip
import json
from pathlib import Path
from typing import Final

from tests.scorecard.labels import Programme, from_json

RECORDED: Final = Path(__file__).parent / "recorded"


def programmes(half: str) -> list[Programme]:
    """The labelled programmes of a half, as the engines read and heard them."""
    path = RECORDED / f"{half}.jsonl.gz"
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [from_json(json.loads(line)) for line in lines]

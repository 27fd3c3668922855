"""The key of a piece of recognition: two pieces of work with one key have the same result.

Into a key goes everything that can change the result, the running version included, and nothing else. A result is
looked up within one tenant only, so the tenant is no part of its key.
"""

import hashlib
import json
from typing import Any

from telop_contracts.segment.v1 import SegmentPlanned
from telop_contracts.values import EngineFingerprint

from telop_chassis.version import VERSION


def work_key(segment: SegmentPlanned, engine: EngineFingerprint, **more: Any) -> str:
    """Hash the medium's content, the range, the language, the engine and whatever else (as JSON) matters: 64 digits."""
    parts = {
        "media": segment.media.object.sha256,
        "range": [segment.start_s, segment.end_s],
        "language": segment.language,
        "engine": engine.model_dump(),
        "version": VERSION,
        **more,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

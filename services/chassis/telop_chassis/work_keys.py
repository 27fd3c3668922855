"""The key of a piece of recognition: two pieces of work with one key have the same result.

Into a key goes everything that can change the result, the running code included, and nothing else: who runs a checkout
and brings it up to date is not answered with what the code before has read. A result is looked up within one tenant
only, so the tenant is no part of its key.
"""

import hashlib
import json
from importlib.resources import as_file, files
from typing import Any

from telop_contracts.segment.v1 import SegmentPlanned
from telop_contracts.values import EngineFingerprint


def code_digest(*packages: str) -> str:
    """Hash the sources and the tables of installed packages with their places within: 64 digits. Reads the disk."""
    digest = hashlib.sha256()
    for package in packages:
        with as_file(files(package)) as folder:
            for source in sorted(path for path in folder.rglob("*") if path.is_file()):
                if source.parent.name != "__pycache__":
                    place = f"{package}/{source.relative_to(folder).as_posix()}"
                    digest.update(f"{place}\0".encode() + source.read_bytes())
    return digest.hexdigest()


def work_key(segment: SegmentPlanned, engine: EngineFingerprint, code: str, **more: Any) -> str:
    """Hash the medium's content, the range, the language, the engine, the digest of the code that does the work, and
    whatever else (as JSON) matters: 64 digits.
    """
    parts = {
        "media": segment.media.object.sha256,
        "range": [segment.start_s, segment.end_s],
        "language": segment.language,
        "engine": engine.model_dump(),
        "code": code,
        **more,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

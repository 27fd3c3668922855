"""Writes the documents that are made from the contracts: `python -m contracts.generate [--check | --release]`.

Without an option it writes schemas, webhooks, the AsyncAPI document and the OpenAPI documents. `--check` writes nothing
and names what differs from what is committed. `--release` freezes the present schemas, OpenAPI documents and examples
in `released/`, after it made sure that they break nothing that was released before.
"""

import argparse
import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any, Final

from telop_contracts.catalogue import EVENTS, load_topics

from contracts.tooling import asyncapi, schemas, services
from contracts.tooling.compatibility import api_incompatibilities, incompatibilities

ROOT: Final = Path(__file__).parent
RELEASED: Final = ROOT / "released"
GENERATED: Final = ("schemas", "webhooks", "openapi")
VERSION: Final = "1.0.0"
"""Of the contracts as a whole; each event carries its own major."""


def documents() -> dict[str, str]:
    """Return every generated document by its path below `contracts/`."""
    found: dict[str, dict[str, Any]] = {f"schemas/{event.TYPE}.json": schemas.event_schema(event) for event in EVENTS}
    found |= {f"webhooks/{kind}.json": schemas.webhook_schema(kind) for kind in schemas.WEBHOOK_TYPES}
    found |= {f"openapi/{name}.json": services.openapi(services.build(name)) for name in services.SERVICES}
    found["asyncapi.json"] = asyncapi.document(load_topics(), VERSION)
    return {path: json.dumps(each, indent=2, ensure_ascii=False) + "\n" for path, each in found.items()}


def drift(root: Path, wanted: dict[str, str]) -> list[str]:
    """Return the paths below `root` that are missing, differ, or should not be there."""
    there = {str(path.relative_to(root)) for folder in GENERATED for path in (root / folder).glob("*.json")}
    stale = [path for path, text in wanted.items() if not _same(root / path, text)]
    return sorted(stale) + sorted(there - wanted.keys())


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text("utf-8") == text


def write(root: Path, wanted: dict[str, str]) -> None:
    """Write every document, and remove those that are no longer made."""
    for path in drift(root, wanted):
        target = root / path
        if path in wanted:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(wanted[path], "utf-8")
        else:
            target.unlink()


def breaks(released: Path, wanted: dict[str, str]) -> list[str]:
    """Return what the wanted documents break of the released ones."""
    found = []
    for folder in GENERATED:
        compare = api_incompatibilities if folder == "openapi" else incompatibilities
        for old in sorted((released / folder).glob("*.json")):
            path = f"{folder}/{old.name}"
            if path not in wanted:
                found.append(f"{path}: removed")
            else:
                changes = compare(json.loads(old.read_text("utf-8")), json.loads(wanted[path]))
                found += [f"{path}: {change}" for change in changes]
    return found


def digests(root: Path) -> dict[str, str]:
    """Return the SHA-256 of every example, by its path below `root`."""
    examples = sorted((root / "examples").rglob("*.json"))
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in examples}


def release(root: Path, wanted: dict[str, str]) -> None:
    """Freeze the documents and examples as they are now."""
    released = root / "released"
    shutil.rmtree(released, ignore_errors=True)
    write(released, {path: text for path, text in wanted.items() if path.split("/")[0] in GENERATED})
    text = json.dumps(digests(root), indent=2) + "\n"
    (released / "examples.json").write_text(text, "utf-8")


def main() -> int:
    """Run the command line; returns its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    option = parser.add_mutually_exclusive_group()
    option.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    option.add_argument("--release", action="store_true", help="freeze what is there as released")
    arguments = parser.parse_args()
    wanted = documents()
    complaints = breaks(RELEASED, wanted)
    if arguments.check:
        complaints += [f"{path}: not what the contracts generate" for path in drift(ROOT, wanted)]
    else:
        write(ROOT, wanted)
    if arguments.release and not complaints:
        release(ROOT, wanted)
    sys.stdout.writelines(f"{complaint}\n" for complaint in complaints)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

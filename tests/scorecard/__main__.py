"""Prints the scorecard and compares it with the committed one: `python -m tests.scorecard --help`."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

from tests.scorecard import judged, metrics, table
from tests.scorecard.labels import TEST
from tests.scorecard.languages import NAMES, load

COMMITTED: Final = Path(__file__).parent / "scorecard.json"


def main() -> int:
    """Judge, print, and write or compare the JSON."""
    arguments = _parser().parse_args()
    found: dict[str, Any] = {}
    for language in arguments.language or NAMES:
        known = load(language)
        for half in known.halves:
            began = time.perf_counter()
            programmes = known.programmes(half)
            numbers = metrics.numbers(judged.results(programmes, known.judge))
            found.setdefault(language, {})[half] = numbers
            print("\n".join(table.lines(f"{language}, {half} half", numbers)))
            if half == TEST and not arguments.no_ablation:
                numbers["ablation"] = judged.ablation(programmes, known)
                print("\n".join(table.ablation_lines(numbers["ablation"])))
            print(f"judged in {time.perf_counter() - began:.0f} s\n")
    if arguments.write:
        COMMITTED.write_text(json.dumps(_committed() | found, indent=1) + "\n")
        return 0
    return _compare(found, with_ablation=not arguments.no_ablation)


def _compare(found: dict[str, Any], *, with_ablation: bool) -> int:
    committed = {language: _committed().get(language) for language in found}
    if not with_ablation:
        for halves in committed.values():
            (halves or {}).get(TEST, {}).pop("ablation", None)
    same = committed == found
    print("The committed scorecard.json says the same." if same else "This differs from scorecard.json: --write it.")
    return 0 if same else 1


def _committed() -> dict[str, Any]:
    value: dict[str, Any] = json.loads(COMMITTED.read_text()) if COMMITTED.exists() else {}
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.scorecard", description=__doc__)
    parser.add_argument("--language", action="append", choices=NAMES, help="only this one")
    parser.add_argument("--no-ablation", action="store_true", help="leave out what each witness adds")
    parser.add_argument("--write", action="store_true", help="write scorecard.json instead of comparing with it")
    return parser


if __name__ == "__main__":
    sys.exit(main())

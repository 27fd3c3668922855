"""Two pieces of work with one key have one result: what can change it is in the key."""

from pathlib import Path

import pytest
from telop_chassis.work_keys import code_digest


def test_code_or_a_table_that_was_changed_is_other_code_and_the_same_code_elsewhere_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "reads_captions"
    (package / "within").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "within" / "threshold.py").write_text("THRESHOLD = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    before = code_digest("reads_captions")
    (package / "within" / "__pycache__").mkdir()
    (package / "within" / "__pycache__" / "threshold.pyc").write_bytes(b"compiled")
    assert code_digest("reads_captions") == before
    (package / "within" / "threshold.py").write_text("THRESHOLD = 2\n")
    changed = code_digest("reads_captions")
    assert changed != before
    (package / "glyphs.json").write_text("[]")
    assert code_digest("reads_captions") != changed

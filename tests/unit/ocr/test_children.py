"""What the child processes of ocr load: their start is paid for every segment, and their memory all the time."""

import subprocess
import sys

import pytest

HEAVY = {"pydantic", "asyncio", "structlog", "sqlalchemy"}


@pytest.mark.parametrize("module", ["telop_ocr.decoding", "telop_ocr.second_look", "telop_ocr.engines.rapid"])
def test_a_child_loads_nothing_of_the_service_around_it(module: str) -> None:
    code = f"import sys, telop_chassis.child_side, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, check=True, text=True).stdout
    assert module in loaded.split()
    assert HEAVY.isdisjoint(loaded.split())

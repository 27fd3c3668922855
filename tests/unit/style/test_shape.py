"""The shape of the code: sizes of functions and files, what modules open with, and names that say nothing."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDERS = ("contracts", "services", "deploy/cli", "tests")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
FUNCTION_LIMIT, FILE_LIMIT = 40, 400
EMPTY_NAMES = {"utils", "common", "helpers", "manager", "base", "misc"}


def too_long(tree: ast.Module) -> list[str]:
    """The functions whose bodies exceed the limit."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [each.name for each in functions if (each.end_lineno or 0) - each.body[0].lineno + 1 > FUNCTION_LIMIT]


def violations(path: Path) -> list[str]:
    """What is wrong with the shape of a file."""
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    found = [f"{name} is longer than {FUNCTION_LIMIT} lines" for name in too_long(tree)]
    if text.count("\n") > FILE_LIMIT:
        found.append(f"longer than {FILE_LIMIT} lines")
    if path.stem in EMPTY_NAMES:
        found.append("its name says nothing")
    if text.strip() and not ast.get_docstring(tree) and not path.is_relative_to(ROOT / "tests"):
        found.append("does not say what it guarantees")
    return [f"{path.relative_to(ROOT)}: {each}" for each in found]


def test_every_module_is_short_has_a_name_and_says_what_it_guarantees() -> None:
    assert [violation for path in FILES for violation in violations(path)] == []


def test_a_long_function_is_found() -> None:
    tree = ast.parse("def long():\n" + "    x = 1\n" * (FUNCTION_LIMIT + 1))
    assert too_long(tree) == ["long"]

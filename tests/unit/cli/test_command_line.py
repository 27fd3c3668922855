"""The command line ends in one line and an exit status, whatever happens."""

import pytest
from telop_cli import main
from telop_cli.failures import Refused
from typer.testing import CliRunner


def test_every_command_is_found() -> None:
    shown = CliRunner().invoke(main.build(), ["--help"])
    assert shown.exit_code == 0
    for command in ("up", "demo", "send", "watch", "doctor"):
        assert f"  {command} " in shown.output


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (Refused("no room"), 1, "telop: no room"),
        (Refused("in use", status=75), 75, "telop: in use"),
        (ValueError("two\nlines"), 70, "telop: internal error: ValueError: two lines (TELOP_DEBUG=1 shows where)"),
    ],
)
def test_an_error_is_one_line(
    error: Exception, status: int, line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TELOP_DEBUG", raising=False)
    with pytest.raises(SystemExit) as ended, main.one_line_errors():
        raise error
    assert ended.value.code == status
    assert capsys.readouterr().err == line + "\n"


def test_an_interrupted_command_ends_as_shells_expect() -> None:
    with pytest.raises(SystemExit) as ended, main.one_line_errors():
        raise KeyboardInterrupt
    assert ended.value.code == 130

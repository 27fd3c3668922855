"""Whoever writes a line, it is JSON with ids and without content."""

import io
import json
import logging
import subprocess
import sys
import warnings

import pytest
import structlog
from telop_chassis.logs import bound, configure_logs, get_logger
from telop_chassis.telemetry import job_at_hand

from tests.unit.http.example import Lines

MARKER = "marker-4711"


def test_lines_of_other_libraries_are_json_too(lines: Lines) -> None:
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    logging.getLogger("faststream").warning("Waiting for %s", "broker")
    found = list(lines)
    assert [line["event"] for line in found] == ["Started server process [7]", "Waiting for broker"]
    assert found[0]["logger"] == "uvicorn.error"
    assert found[1]["level"] == "warning"


def test_exceptions_are_type_and_place_in_our_lines_and_in_theirs(lines: Lines) -> None:
    for write in (get_logger("telop_example").error, logging.getLogger("sqlalchemy.pool").error):
        try:
            try:
                raise ValueError(MARKER)
            except ValueError as inner:
                raise RuntimeError(MARKER) from inner
        except RuntimeError:
            write("it_failed", exc_info=True)
    for line in lines:
        assert (line["error"]["type"], line["error"]["causes"]) == ("RuntimeError", ["ValueError"])
        assert line["error"]["places"][-1].startswith("test_logs.py:")
    assert MARKER not in lines.text


def test_arguments_of_others_that_hold_content_are_not_shown(lines: Lines) -> None:
    log = logging.getLogger("aiokafka.consumer")
    log.error("Failed to fetch %s: %r", b"value " + MARKER.encode(), ValueError(MARKER))
    log.error("Task exception was never retrieved\nfuture: <Task exception=%s>", MARKER)
    log.error("broken %s %s", "template")  # noqa: PLE1206 - libraries have such lines
    assert [line["event"] for line in lines] == [
        "Failed to fetch <13 bytes>: 'ValueError'".replace("13", str(len(b"value " + MARKER.encode()))),
        "Task exception was never retrieved",
        "broken %s %s",
    ]


def test_bound_fields_and_the_job_at_hand_stand_on_every_line_inside(lines: Lines) -> None:
    with job_at_hand("job-1"), bound(segment_id="job-1:0"):
        structlog.get_logger("telop_example").info("inside")
        logging.getLogger("faststream").info("inside")
    get_logger("telop_example").info("outside")
    for line in lines.named("inside"):
        assert (line["job_id"], line["segment_id"]) == ("job-1", "job-1:0")
    assert len(lines.named("inside")) == 2
    assert "job_id" not in lines.named("outside")[0]


def test_warnings_are_lines(lines: Lines) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old thing", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(capture=False)
    assert "old thing" in next(iter(lines))["event"]


def test_a_level_hides_what_is_below_it(lines: Lines) -> None:
    stream = io.StringIO()
    configure_logs("example", "1.0", "WARNING", stream=stream)
    get_logger("telop_example").info("hidden")
    logging.getLogger("faststream").info("hidden")
    get_logger("telop_example").warning("shown")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["shown"]


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_a_crash_is_one_line_without_its_message(level: str) -> None:
    program = (
        "from telop_chassis.logs import configure_logs\n"
        f"configure_logs('example', '1.0', '{level}')\n"
        f"raise RuntimeError('{MARKER}')\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    (line,) = (json.loads(each) for each in ran.stderr.splitlines())
    assert (line["event"], line["error"]["type"]) == ("process_crashed", "RuntimeError")
    assert MARKER not in ran.stderr
    assert ran.returncode == 1

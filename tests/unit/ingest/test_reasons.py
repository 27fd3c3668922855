"""Whoever reads why a job failed, or why a part of it was not checked, reads a sentence and not only a code."""

import re
from importlib.resources import files

import pytest
from telop_ingest.reasons import sentence

RAISED = re.compile(r"(?:Refused|PermanentError|TransientError|EngineUnavailableError)\(\s*\"([a-z_]+)\"")
AND_CHOSEN = re.compile(r"\"((?:child|engine|media)_[a-z_]+)\"(?= if |\)| from)")
SOURCES = (
    *("telop_ocr/recognition.py", "telop_ocr/handlers.py", "telop_ocr/video.py", "telop_ocr/decoding.py"),
    *("telop_asr/listening.py", "telop_asr/handlers.py", "telop_asr/decoding.py", "telop_asr/supplied.py"),
    *("telop_ingest/probing.py", "telop_ingest/sniffing.py", "telop_ingest/tracks.py"),
    *("telop_chassis/sandbox.py", "telop_chassis/engine_process.py"),
)
OF_NO_JOB = {"box_missing"}
"""Answers to questions that the matcher asks, which end nothing."""


def reasons(source: str) -> set[str]:
    package, _, name = source.partition("/")
    content = files(package).joinpath(name).read_text(encoding="utf-8")
    return {*RAISED.findall(content), *AND_CHOSEN.findall(content)} - OF_NO_JOB


@pytest.mark.parametrize("source", SOURCES)
def test_every_reason_with_which_recognition_ends_has_a_sentence(source: str) -> None:
    assert [reason for reason in sorted(reasons(source)) if not sentence(reason)] == []


def test_reasons_are_found_where_they_stand() -> None:
    assert {"media_encrypted", "media_too_long", "media_clock_restarts"} <= reasons("telop_ingest/probing.py")
    assert {"child_died", "child_timeout", "child_out_of_memory"} <= reasons("telop_chassis/sandbox.py")
    assert {"engine_died", "engine_timeout"} <= reasons("telop_chassis/engine_process.py")

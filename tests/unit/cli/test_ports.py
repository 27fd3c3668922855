"""Ports stay the same from start to start, unless somebody else has taken them."""

import socket
from pathlib import Path

from telop_cli.stack import ports

NAMES = ["ingest", "ocr", "asr"]


def test_the_second_choice_is_the_first_one(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = ports.choose(file, NAMES)
    assert len(set(first.values())) == len(NAMES)
    assert ports.choose(file, NAMES) == first


def test_a_port_that_is_taken_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = ports.choose(file, NAMES)
    with socket.create_server((ports.HOST, first["ocr"])):
        second = ports.choose(file, NAMES)
    assert second["ocr"] != first["ocr"]
    assert {**second, "ocr": 0} == {**first, "ocr": 0}


def test_a_file_that_was_cut_off_is_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    file.write_text('{"ingest": 2')
    assert ports.choose(file, NAMES) == ports.choose(file, NAMES)

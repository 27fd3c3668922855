"""What is put on Kafka's class path has the digest it should have."""

from pathlib import Path

import pytest
from telop_cli.stack import jars


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TELOP_CACHE", str(tmp_path))
    monkeypatch.setenv("TELOP_OFFLINE", "true")


def test_an_empty_cache_lacks_every_jar() -> None:
    assert jars.missing() == 46


def test_jars_that_cannot_be_fetched_are_an_error_of_their_own() -> None:
    with pytest.raises(jars.JarsMissing, match="TELOP_OFFLINE"):
        jars.class_path()


def test_a_jar_with_other_bytes_counts_as_missing(tmp_path: Path) -> None:
    jar = tmp_path / "maven" / "org" / "slf4j" / "slf4j-api" / "1.7.36" / "slf4j-api-1.7.36.jar"
    jar.parent.mkdir(parents=True)
    jar.write_bytes(b"PK and then the connection broke")
    assert jars.missing() == 46
    with pytest.raises(jars.JarsMissing):
        jars.class_path()

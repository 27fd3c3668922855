"""The jars of Apache Kafka: fetched once from Maven Central by a resolver written in Python, and checked.

What `class_path` returns has the digests that `kafka.jars` names, whoever put it into the cache: a download that was
cut off, or a jar that somebody changed, is fetched again. Several processes may ask at the same time.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from telop_cli.paths import cache_folder

DOWNLOADS_AT_ONCE = 8  # 7 s for the 44 MB, of which most is waiting
TIMEOUT_S = 20


class JarsMissing(Exception):
    """The jars are not in the cache and cannot be fetched. The text says why."""


def class_path() -> str:
    """Returns Kafka's class path, after it has fetched what is missing (44 MB, once). Blocks; raises JarsMissing."""
    folder = cache_folder() / "maven"
    wanted = _wanted()
    with _alone(folder):
        missing = [coordinate for coordinate, digest in wanted.items() if _digest(_path(folder, coordinate)) != digest]
        if missing:
            _fetch(folder, missing)
        for coordinate in missing:
            if _digest(_path(folder, coordinate)) != wanted[coordinate]:
                raise JarsMissing(f"{coordinate} does not have the SHA-256 it should have")
    return os.pathsep.join(str(_path(folder, coordinate)) for coordinate in wanted)


def missing() -> int:
    """Returns how many jars would have to be fetched."""
    folder = cache_folder() / "maven"
    return sum(_digest(_path(folder, coordinate)) != digest for coordinate, digest in _wanted().items())


def _wanted() -> dict[str, str]:
    text = resources.files(__package__).joinpath("kafka.jars").read_text()
    return dict(line.split() for line in text.splitlines() if not line.startswith("#"))


def _path(folder: Path, coordinate: str) -> Path:
    group, name, version = coordinate.split(":")
    return folder.joinpath(*group.split("."), name, version, f"{name}-{version}.jar")


def _fetch(folder: Path, coordinates: list[str]) -> None:
    if os.environ.get("TELOP_OFFLINE", "").lower() in {"1", "true", "yes", "on"}:
        raise JarsMissing("TELOP_OFFLINE is set, and they are not in the cache")
    from jgo.config import GlobalSettings  # noqa: PLC0415 - half a second that only the first start spends
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415
    from jgo.maven import MavenContext  # noqa: PLC0415

    repositories = {**GlobalSettings.load().repositories, "central": MAVEN_CENTRAL_URL}
    context = MavenContext(repo_cache=folder, remote_repos=repositories, timeout=TIMEOUT_S)

    def fetch(coordinate: str) -> None:
        _path(folder, coordinate).unlink(missing_ok=True)  # a part of it, or something else
        group, name, version = coordinate.split(":")
        context.project(group, name).at_version(version).artifact().resolve()

    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        try:
            list(pool.map(fetch, coordinates))
        except (OSError, RuntimeError) as error:  # requests' errors are OSErrors, jgo's own are RuntimeErrors
            pool.shutdown(cancel_futures=True)
            raise JarsMissing(" ".join(str(error).split())[:300]) from error


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as jar:
        return hashlib.file_digest(jar, "sha256").hexdigest()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

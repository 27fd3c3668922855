"""Speech models on this machine: a folder each, with the SHA-256 of every file in it.

A model is fetched once, from the Hugging Face Hub into a folder that appears whole or not at all. Loading compares its
files with their checksums (`SHA256SUMS`, which `sha256sum --check` reads too); folders without that file, converted by
hand, are taken as they are. `python -m telop_asr.models NAME [FOLDER]` fetches; `telop models fetch` runs it.
"""

import hashlib
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from telop_chassis.failures import is_no_room

STORE: Final = Path(os.path.expanduser("~/.cache/telop/models"))  # Path.home() raises where a container has none
"""Where models fetched by name are kept, unless `TELOP_ASR__MODELS` says otherwise."""
SUMS: Final = "SHA256SUMS"
WEIGHTS: Final = "model.bin"


class NoModel(Exception):
    """The model cannot be had; the message says why."""


@dataclass(frozen=True)
class Model:
    """A model in a local folder; `sha256` is that of its weights."""

    name: str
    folder: Path
    sha256: str


def find(name: str, store: Path, *, offline: bool) -> Model:
    """Return the model in the folder `name`, or the one of that name in the store, fetching it if that is allowed."""
    if Path(name).is_dir():
        return check(Path(name))
    folder = folder_of(name, store)
    if not folder.is_dir():
        if offline:
            raise NoModel("the model is not on this machine, and TELOP_OFFLINE forbids to fetch it")
        fetch(name, folder)
    return check(folder)


def folder_of(name: str, store: Path) -> Path:
    """Return where the store keeps a model: `owner/name` of the hub is one folder."""
    return store / name.replace("/", "--")


def fetch(name: str, folder: Path) -> None:
    """Fetch a model from the hub into a new folder. Raises `NoModel`."""
    from faster_whisper.utils import download_model  # type: ignore[import-untyped] # noqa: PLC0415 - reads the environment

    if folder.exists():
        raise NoModel("there is such a folder already; remove it to fetch the model again")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as room:
            part = Path(room) / "model"
            part.mkdir()
            for path in Path(download_model(name, cache_dir=room)).iterdir():
                path.resolve().rename(part / path.name)
            if not (part / WEIGHTS).is_file():
                raise NoModel(f"there is no {WEIGHTS} in what was fetched")
            seal(part)
            part.rename(folder)
    except ValueError as error:  # no such name; it lists those that there are
        raise NoModel(str(error)) from error
    except NoModel:
        raise
    except Exception as error:  # the hub's client raises its own, the HTTP client's and the system's errors
        if isinstance(error, OSError) and is_no_room(error):
            raise NoModel(f"there is no room for the model in {folder.parent}") from error
        if isinstance(error, PermissionError):
            raise NoModel(f"{folder.parent} cannot be written") from error
        raise NoModel(f"the hub does not give the model ({type(error).__name__}); is it to be reached?") from error


def seal(folder: Path) -> None:
    """Write down the checksums of the files of a folder."""
    lines = [f"{_sha256(path)}  {path.name}\n" for path in sorted(folder.iterdir()) if path.name != SUMS]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def check(folder: Path) -> Model:
    """Return the model of a folder whose files are what they were. Raises `NoModel`."""
    if not (folder / WEIGHTS).is_file():
        raise NoModel(f"there is no {WEIGHTS} in the folder")
    sums = {path.name: _sha256(path) for path in folder.iterdir() if path.is_file() and path.name != SUMS}
    if (folder / SUMS).is_file():
        for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
            expected, _, name = line.partition("  ")
            if sums.get(name) != expected:
                raise NoModel(f"{name} is not the file that was fetched; remove the folder and fetch the model again")
    return Model(folder.name, folder, sums[WEIGHTS])


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main(name: str, to: str = "") -> None:
    """Fetch a model into the folder `to`, or into the store, and say where it is."""
    folder = Path(to) if to else folder_of(name, Path(os.environ.get("TELOP_ASR__MODELS") or STORE))
    if os.environ.get("TELOP_OFFLINE", "0").lower() not in {"", "0", "false", "no", "off"}:
        raise NoModel("TELOP_OFFLINE forbids to fetch a model")
    fetch(name, folder)
    sys.stdout.write(f"{folder.absolute()}\n")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:3])
    except NoModel as error:
        sys.exit(str(error))

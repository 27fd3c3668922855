"""What the routes of webhook endpoints take and give: strict, bounded, and never with a secret that was stored."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from telop_chassis.targets import Target
from telop_contracts.media.v1 import Term
from telop_contracts.values import Value

from telop_notifier.custom_headers import MAX_HEADERS, MAX_NAME, MAX_VALUE, checked
from telop_notifier.delivery import HIDDEN
from telop_notifier.endpoints import Endpoint
from telop_notifier.formats import PayloadFormat
from telop_notifier.health import Breaker
from telop_notifier.signing import Scheme

MAX_URL: Final = 2_000

SubscribedType = Literal[
    "job.accepted",
    "job.progressed",
    "job.completed",
    "job.failed",
    "job.cancelled",
    "finding.decided",
    "endpoint.warned",
    "endpoint.disabled",
]


def _checked_url(text: str) -> str:
    return str(Target.parse(text).url)


def _with_plain_keys(metadata: dict[str, str]) -> dict[str, str]:
    if not all(key.isprintable() for key in metadata):
        raise ValueError("a key holds characters that cannot be printed")
    return metadata


WebhookUrl = Annotated[str, StringConstraints(min_length=8, max_length=MAX_URL), AfterValidator(_checked_url)]
EventTypes = Annotated[tuple[SubscribedType, ...], Field(min_length=1, max_length=10)]
MetadataKey = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Metadata = Annotated[dict[MetadataKey, Term], Field(max_length=20), AfterValidator(_with_plain_keys)]
HeaderName = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME)]
HeaderValue = Annotated[str, StringConstraints(min_length=1, max_length=MAX_VALUE)]
Headers = Annotated[dict[HeaderName, HeaderValue], Field(max_length=MAX_HEADERS), AfterValidator(checked)]
RateLimit = Annotated[float, Field(ge=0.01, le=1_000, allow_inf_nan=False)]
MaxConcurrency = Annotated[int, Field(ge=1, le=100)]


class NewEndpoint(Value):
    """An endpoint to create. Without `event_types` it gets everything but `job.progressed`.

    `signature` is `v1` (HMAC-SHA256, a shared secret) or `v1a` (ed25519, verified with the public key that is shown).
    `rate_limit` is in requests a second, and none without; `max_concurrency` is how many may be under way at once.
    `headers` are added to each request; their values are never shown again.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "url": "https://example.com/hooks/telop",
                    "event_types": ["job.completed", "job.failed"],
                    "rate_limit": 20,
                    "headers": {"authorization": "Bearer of-your-receiver"},
                    "metadata": {"team": "newsroom"},
                }
            ]
        }
    )

    url: WebhookUrl
    event_types: EventTypes | None = None
    description: Term | None = None
    format: PayloadFormat = "standard"
    signature: Scheme = "v1"
    rate_limit: RateLimit | None = None
    max_concurrency: MaxConcurrency = 10
    headers: Headers = Field(default_factory=dict)
    metadata: Metadata = Field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """Return the columns."""
        given = self.model_dump(exclude={"signature", "headers"})
        return given | {"description": self.description or ""}


class EndpointChanges(Value):
    """What to change; what is absent stays. `paused` holds deliveries back, and false sends what has waited.

    `paused: false` also enables a disabled endpoint again; what it missed is sent by `recover` only. `headers` and
    `metadata` are replaced as a whole. A new `format` counts for deliveries that are made from then on.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"paused": True}]})

    url: WebhookUrl | None = None
    event_types: EventTypes | None = None
    description: Term | None = None
    format: PayloadFormat | None = None
    rate_limit: RateLimit | None = None
    max_concurrency: MaxConcurrency | None = None
    headers: Headers | None = None
    metadata: Metadata | None = None
    paused: bool | None = None

    def values(self) -> dict[str, Any]:
        """Return the columns to set; null removes a filter, a limit and a text, and means nothing for the others."""
        given = self.model_dump(exclude={"headers", "paused"}, exclude_unset=True)
        for name in ("url", "format", "max_concurrency"):
            if given.get(name, "") is None:
                del given[name]
        for name, empty in (("description", ""), ("metadata", {})):
            if name in given:
                given[name] = given[name] or empty
        return given


class BreakerView(Value):
    """The circuit breaker: closed; open to nobody until a time; or half-open, so that one attempt may show the way."""

    state: Breaker
    open_until: datetime | None
    failing_since: datetime | None


class EndpointView(Value):
    """An endpoint, without its secret and the values of its headers (`***`)."""

    endpoint_id: str
    url: str
    event_types: list[str] | None
    description: str
    state: Literal["active", "paused", "disabled"]
    reason: str | None
    state_since: datetime
    created_at: datetime
    format: PayloadFormat = "standard"
    signature: Scheme = "v1"
    public_key: str | None = None
    rate_limit: float | None = None
    max_concurrency: int = 10
    headers: dict[str, str] = Field(default_factory=dict)
    metadata: dict[str, str] = Field(default_factory=dict)
    breaker: BreakerView | None = None

    @classmethod
    def of(cls, endpoint: Endpoint, now: datetime, **more: str) -> Self:
        """Return the view of an endpoint at a time."""
        alike = (
            *("url", "event_types", "description", "state", "reason", "state_since", "created_at", "format"),
            *("public_key", "rate_limit", "max_concurrency", "metadata"),
        )
        breaker = BreakerView(
            state=endpoint.breaker(now), open_until=endpoint.open_until, failing_since=endpoint.failing_since
        )
        return cls.model_validate(
            {
                **{name: getattr(endpoint, name) for name in alike},
                "endpoint_id": endpoint.id,
                "signature": "v1a" if endpoint.public_key else "v1",
                "headers": dict.fromkeys(endpoint.header_names, HIDDEN),
                "breaker": breaker,
                **more,
            }
        )


class CreatedEndpoint(EndpointView):
    """A new endpoint, and what its receiver verifies with.

    `secret` is the shared secret of `v1`, which is never shown again, or the public key of `v1a`.
    """

    secret: str


class RotatedSecret(Value):
    """The new secret (for `v1a` the new public key), never shown again, and until when the old ones sign beside it."""

    secret: str
    previous_valid_until: datetime
    public_key: str | None = None


class SentTest(Value):
    """The delivery of a test webhook."""

    delivery_id: str


class RecoveryStarted(Value):
    """What is being sent again."""

    endpoint_id: str
    since: datetime

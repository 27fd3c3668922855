"""Routes of webhook endpoints."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints
from telop_chassis.auth import WebhooksRead, WebhooksWrite
from telop_chassis.http import Json, provided
from telop_chassis.pagination import Page, PageQuery
from telop_chassis.problems import problem_responses
from telop_contracts.media.v1 import Term
from telop_contracts.values import Id, Value

from telop_notifier.endpoints import Endpoint, Endpoints
from telop_notifier.target import MAX_URL, Target

router = APIRouter(prefix="/v1/webhook-endpoints", tags=["webhook endpoints"])
EndpointsUseCase = Annotated[Endpoints, Depends(provided(Endpoints))]
EndpointId = Annotated[Id, Path(description="The id of the endpoint")]

SubscribedType = Literal[
    "job.accepted",
    "job.progressed",
    "job.completed",
    "job.failed",
    "job.cancelled",
    "finding.decided",
    "endpoint.disabled",
]


def _checked_url(text: str) -> str:
    return str(Target.parse(text).url)


WebhookUrl = Annotated[str, StringConstraints(min_length=8, max_length=MAX_URL), AfterValidator(_checked_url)]
EventTypes = Annotated[tuple[SubscribedType, ...], Field(min_length=1, max_length=10)]


class NewEndpoint(Value):
    """An endpoint to create. Without `event_types` it gets everything but `job.progressed`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"url": "https://example.com/hooks/telop", "event_types": ["job.completed", "job.failed"]}]
        }
    )

    url: WebhookUrl
    event_types: EventTypes | None = None
    description: Term | None = None


class EndpointChanges(Value):
    """What to change; what is absent stays. `paused` holds deliveries back, and false sends what was missed.

    `paused: false` also enables a disabled endpoint again; what it missed is sent by `recover` only.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"paused": True}]})

    url: WebhookUrl | None = None
    event_types: EventTypes | None = None
    description: Term | None = None
    paused: bool | None = None

    def values(self) -> dict[str, Any]:
        """Return the columns to set; a null `event_types` removes the filter, a null `url` means nothing."""
        given = self.model_dump(include={"url", "event_types", "description"}, exclude_unset=True)
        if given.get("url", "") is None:
            del given["url"]
        if "description" in given:
            given["description"] = given["description"] or ""
        return given


class EndpointView(Value):
    """An endpoint, without its secret."""

    endpoint_id: str
    url: str
    event_types: list[str] | None
    description: str
    state: Literal["active", "paused", "disabled"]
    reason: str | None
    state_since: datetime
    created_at: datetime

    @classmethod
    def of(cls, endpoint: Endpoint, **more: str) -> Self:
        """Return the view of an endpoint."""
        return cls.model_validate(
            {
                "endpoint_id": endpoint.id,
                "url": endpoint.url,
                "event_types": endpoint.event_types,
                "description": endpoint.description,
                "state": endpoint.state,
                "reason": endpoint.reason,
                "state_since": endpoint.state_since,
                "created_at": endpoint.created_at,
                **more,
            }
        )


class CreatedEndpoint(EndpointView):
    """A new endpoint with its secret, which is never shown again."""

    secret: str


class RotatedSecret(Value):
    """The new secret, never shown again, and until when the old one signs beside it."""

    secret: str
    previous_valid_until: datetime


class SentTest(Value):
    """The delivery of a test webhook."""

    delivery_id: str


class RecoveryStarted(Value):
    """What is being sent again."""

    endpoint_id: str
    since: datetime


@router.post(
    "", status_code=201, response_model=CreatedEndpoint, summary="Create an endpoint", responses=problem_responses(409)
)
async def create_webhook_endpoint(
    body: Json[NewEndpoint], principal: WebhooksWrite, endpoints: EndpointsUseCase, response: Response
) -> CreatedEndpoint:
    """Create an endpoint; the answer shows its secret, once."""
    endpoint, secret = await endpoints.create(
        principal.tenant, url=body.url, event_types=body.event_types, description=body.description or ""
    )
    response.headers["Location"] = f"/v1/webhook-endpoints/{endpoint.id}"
    return CreatedEndpoint.of(endpoint, secret=secret)


@router.get("", status_code=200, response_model=Page[EndpointView], summary="List endpoints")
async def list_webhook_endpoints(
    principal: WebhooksRead, endpoints: EndpointsUseCase, query: PageQuery
) -> Page[EndpointView]:
    """List the tenant's endpoints in the order of their creation."""
    after = int(query.after[0]) if query.after else None
    found = await endpoints.page(principal.tenant, after=after, limit=query.limit + 1)
    return query.page(found, position=lambda each: (each.position,), item=EndpointView.of)


@router.get(
    "/{endpoint_id}",
    status_code=200,
    response_model=EndpointView,
    summary="Show an endpoint",
    responses=problem_responses(404),
)
async def get_webhook_endpoint(
    endpoint_id: EndpointId, principal: WebhooksRead, endpoints: EndpointsUseCase
) -> EndpointView:
    """Show an endpoint and its state."""
    return EndpointView.of(await endpoints.get(principal.tenant, endpoint_id))


@router.patch(
    "/{endpoint_id}",
    status_code=200,
    response_model=EndpointView,
    summary="Change, pause or resume an endpoint",
    responses=problem_responses(404),
)
async def change_webhook_endpoint(
    endpoint_id: EndpointId, body: Json[EndpointChanges], principal: WebhooksWrite, endpoints: EndpointsUseCase
) -> EndpointView:
    """Change an endpoint; attempts that are not sent yet go to the new URL."""
    return EndpointView.of(await endpoints.change(principal.tenant, endpoint_id, body.values(), paused=body.paused))


@router.delete(
    "/{endpoint_id}",
    status_code=204,
    response_model=None,
    summary="Delete an endpoint",
    responses=problem_responses(404),
)
async def delete_webhook_endpoint(
    endpoint_id: EndpointId, principal: WebhooksWrite, endpoints: EndpointsUseCase
) -> None:
    """Delete an endpoint with its secret and its log."""
    await endpoints.delete(principal.tenant, endpoint_id)


@router.post(
    "/{endpoint_id}/rotate-secret",
    status_code=200,
    response_model=RotatedSecret,
    summary="Replace the secret",
    responses=problem_responses(404),
)
async def rotate_webhook_secret(
    endpoint_id: EndpointId, principal: WebhooksWrite, endpoints: EndpointsUseCase
) -> RotatedSecret:
    """Make a new secret; the old one signs too for a while."""
    secret, until = await endpoints.rotate_secret(principal.tenant, endpoint_id)
    return RotatedSecret(secret=secret, previous_valid_until=until)


@router.post(
    "/{endpoint_id}/test",
    status_code=202,
    response_model=SentTest,
    summary="Send a test webhook",
    responses=problem_responses(404, 409),
)
async def test_webhook_endpoint(
    endpoint_id: EndpointId, principal: WebhooksWrite, endpoints: EndpointsUseCase
) -> SentTest:
    """Send an `endpoint.test` webhook; what became of it stands in the endpoint's deliveries."""
    return SentTest(delivery_id=await endpoints.test(principal.tenant, endpoint_id))


@router.post(
    "/{endpoint_id}/recover",
    status_code=202,
    response_model=RecoveryStarted,
    summary="Send again what failed or was missed",
    responses=problem_responses(404, 409),
)
async def recover_webhook_endpoint(
    endpoint_id: EndpointId,
    since: Annotated[AwareDatetime, Query(description="Webhooks from this time on")],
    principal: WebhooksWrite,
    endpoints: EndpointsUseCase,
) -> RecoveryStarted:
    """Send again, with the same ids, what failed or never reached the endpoint since a time."""
    await endpoints.recover(principal.tenant, endpoint_id, since=since)
    return RecoveryStarted(endpoint_id=endpoint_id, since=since)

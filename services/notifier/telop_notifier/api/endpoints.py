"""Routes of webhook endpoints."""

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AwareDatetime
from telop_chassis.auth import WebhooksRead, WebhooksWrite
from telop_chassis.http import Json, provided
from telop_chassis.pagination import Page, PageQuery
from telop_chassis.problems import problem_responses
from telop_contracts.values import Id

from telop_notifier.api.endpoint_models import (
    CreatedEndpoint,
    EndpointChanges,
    EndpointView,
    NewEndpoint,
    RecoveryStarted,
    RotatedSecret,
    SentTest,
)
from telop_notifier.endpoints import Endpoints
from telop_notifier.signing import Scheme

router = APIRouter(prefix="/v1/webhook-endpoints", tags=["webhook endpoints"])
EndpointsUseCase = Annotated[Endpoints, Depends(provided(Endpoints))]
EndpointId = Annotated[Id, Path(description="The id of the endpoint")]
EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


@router.post(
    "", status_code=201, response_model=CreatedEndpoint, summary="Create an endpoint", responses=problem_responses(409)
)
async def create_webhook_endpoint(
    body: Json[NewEndpoint], principal: WebhooksWrite, endpoints: EndpointsUseCase, response: Response
) -> CreatedEndpoint:
    """Create an endpoint; the answer shows its secret, once."""
    endpoint, secret = await endpoints.create(
        principal.tenant, body.values(), headers=body.headers, signature=body.signature
    )
    response.headers["Location"] = f"/v1/webhook-endpoints/{endpoint.id}"
    return CreatedEndpoint.of(endpoint, endpoints.now(), secret=secret)


@router.get("", status_code=200, response_model=Page[EndpointView], summary="List endpoints")
async def list_webhook_endpoints(
    principal: WebhooksRead, endpoints: EndpointsUseCase, query: PageQuery
) -> Page[EndpointView]:
    """List the tenant's endpoints in the order of their creation."""
    after = int(query.after[0]) if query.after else None
    found = await endpoints.page(principal.tenant, after=after, limit=query.limit + 1)
    now = endpoints.now()
    return query.page(found, position=lambda each: (each.position,), item=lambda each: EndpointView.of(each, now))


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
    return EndpointView.of(await endpoints.get(principal.tenant, endpoint_id), endpoints.now())


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
    changed = await endpoints.change(
        principal.tenant, endpoint_id, body.values(), headers=body.headers, paused=body.paused
    )
    return EndpointView.of(changed, endpoints.now())


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
    responses=problem_responses(404, 409),
)
async def rotate_webhook_secret(
    endpoint_id: EndpointId,
    principal: WebhooksWrite,
    endpoints: EndpointsUseCase,
    signature: Annotated[Scheme | None, Query(description="Change to this scheme")] = None,
) -> RotatedSecret:
    """Make a new secret, or a key of the other scheme; the old ones sign too until the time that is given."""
    secret, public, until = await endpoints.rotate_secret(principal.tenant, endpoint_id, signature=signature)
    return RotatedSecret(secret=secret, previous_valid_until=until, public_key=public)


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


@router.post(
    "/{endpoint_id}/replay-failed",
    status_code=202,
    response_model=RecoveryStarted,
    summary="Send again everything that failed",
    responses=problem_responses(404, 409),
)
async def replay_failed_webhooks(
    endpoint_id: EndpointId,
    principal: WebhooksWrite,
    endpoints: EndpointsUseCase,
    since: Annotated[AwareDatetime, Query(description="Webhooks from this time on; all by default")] = EPOCH,
) -> RecoveryStarted:
    """Send again, with the same ids, what failed since a time, and nothing else."""
    await endpoints.replay_failed(principal.tenant, endpoint_id, since=since)
    return RecoveryStarted(endpoint_id=endpoint_id, since=since)

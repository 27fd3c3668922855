"""Routes of the delivery log."""

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Path, Query
from telop_chassis.auth import WebhooksRead, WebhooksWrite
from telop_chassis.http import provided
from telop_chassis.pagination import Page, PageQuery
from telop_chassis.problems import problem_responses
from telop_contracts.values import Id, Value

from telop_notifier.delivery_log import Attempt, Delivery, DeliveryLog

router = APIRouter(prefix="/v1", tags=["deliveries"])
DeliveryLogUseCase = Annotated[DeliveryLog, Depends(provided(DeliveryLog))]
EndpointId = Annotated[Id, Path(description="The id of the endpoint")]
Status = Literal["pending", "succeeded", "failed", "superseded", "held"]
DeliveryId = Annotated[Id, Path(description="The id of the delivery, which is its webhook-id")]


class RequestHead(Value):
    """What was asked, without secrets."""

    url: str
    headers: dict[str, str]


class AttemptView(Value):
    """One request. Without a status code, `reason` says why there was no answer.

    `request` (its URL without the query, and its headers without secrets) and `response` (its headers, cut where they
    are long) are shown with a single delivery.
    """

    number: int
    started_at: datetime
    latency_ms: int
    status_code: int | None
    reason: str | None
    trace_id: str
    trace_link: str | None = None
    request: RequestHead | None = None
    response: dict[str, str] | None = None

    @classmethod
    def of(cls, attempt: Attempt, *, heads: bool) -> Self:
        """Return the view of an attempt, with the heads if asked."""
        values = dict(vars(attempt))
        return cls.model_validate(values if heads else values | {"request": None, "response": None})


class DeliveryView(Value):
    """One webhook at one endpoint, with its newest 20 attempts. `delivery_id` is the `webhook-id`.

    `status` is pending, succeeded, failed, superseded (something newer came first) or held (the endpoint is paused).
    `next_attempt_at` is the earliest time of the next attempt; endpoints that are busy or open to nobody may delay it.
    """

    delivery_id: str
    endpoint_id: str
    event_type: str
    job_id: str | None
    sequence: int | None
    status: str
    reason: str | None
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    trace_id: str | None
    trace_link: str | None = None
    attempts: list[AttemptView]

    @classmethod
    def of(cls, delivery: Delivery, *, heads: bool = False) -> Self:
        """Return the view of a delivery."""
        return cls(
            delivery_id=delivery.id,
            endpoint_id=delivery.endpoint_id,
            event_type=delivery.type,
            job_id=delivery.job_id,
            sequence=delivery.sequence,
            status=delivery.status,
            reason=delivery.reason,
            next_attempt_at=delivery.next_attempt_at,
            created_at=delivery.created_at,
            finished_at=delivery.finished_at,
            trace_id=delivery.trace_id,
            trace_link=delivery.trace_link,
            attempts=[AttemptView.of(each, heads=heads) for each in delivery.attempts],
        )


@router.get(
    "/webhook-endpoints/{endpoint_id}/deliveries",
    status_code=200,
    response_model=Page[DeliveryView],
    summary="List deliveries",
    responses=problem_responses(404),
)
async def list_webhook_deliveries(
    endpoint_id: EndpointId,
    principal: WebhooksRead,
    log: DeliveryLogUseCase,
    query: PageQuery,
    status: Annotated[Status | None, Query(description="Only deliveries with this status")] = None,
) -> Page[DeliveryView]:
    """List an endpoint's deliveries, newest first, with their attempts."""
    before = int(query.after[0]) if query.after else None
    found = await log.page(principal.tenant, endpoint_id, status=status, before=before, limit=query.limit + 1)
    return query.page(found, position=lambda each: (each.message_id,), item=DeliveryView.of)


@router.get(
    "/deliveries/{delivery_id}",
    status_code=200,
    response_model=DeliveryView,
    summary="Show a delivery",
    responses=problem_responses(404),
)
async def get_delivery(delivery_id: DeliveryId, principal: WebhooksRead, log: DeliveryLogUseCase) -> DeliveryView:
    """Show a delivery with the heads of its requests and responses."""
    return DeliveryView.of(await log.get(principal.tenant, delivery_id), heads=True)


@router.post(
    "/deliveries/{delivery_id}/replay",
    status_code=202,
    response_model=DeliveryView,
    summary="Send a delivery again",
    responses=problem_responses(404, 409),
)
async def replay_delivery(delivery_id: DeliveryId, principal: WebhooksWrite, log: DeliveryLogUseCase) -> DeliveryView:
    """Send the same bytes under the same id again, with a fresh schedule of attempts."""
    return DeliveryView.of(await log.replay(principal.tenant, delivery_id))

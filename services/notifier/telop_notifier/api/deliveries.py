"""Routes of the delivery log."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path
from telop_chassis.auth import WebhooksRead, WebhooksWrite
from telop_chassis.http import provided
from telop_chassis.pagination import Page, PageQuery
from telop_chassis.problems import problem_responses
from telop_contracts.values import Id, Value

from telop_notifier.delivery_log import Delivery, DeliveryLog

router = APIRouter(prefix="/v1", tags=["deliveries"])
DeliveryLogUseCase = Annotated[DeliveryLog, Depends(provided(DeliveryLog))]
EndpointId = Annotated[Id, Path(description="The id of the endpoint")]
DeliveryId = Annotated[Id, Path(description="The id of the delivery, which is its webhook-id")]


class AttemptView(Value):
    """One request. Without a status code, `reason` says why there was no answer."""

    number: int
    started_at: datetime
    latency_ms: int
    status_code: int | None
    reason: str | None
    trace_id: str


class DeliveryView(Value):
    """One webhook at one endpoint, with its newest 20 attempts. `delivery_id` is the `webhook-id`.

    `status` is pending, succeeded, failed, superseded (something newer came first) or held (the endpoint was paused).
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
    attempts: list[AttemptView]

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
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
            attempts=[AttemptView(**vars(each)) for each in delivery.attempts],
        )


@router.get(
    "/webhook-endpoints/{endpoint_id}/deliveries",
    status_code=200,
    response_model=Page[DeliveryView],
    summary="List deliveries",
    responses=problem_responses(404),
)
async def list_webhook_deliveries(
    endpoint_id: EndpointId, principal: WebhooksRead, log: DeliveryLogUseCase, query: PageQuery
) -> Page[DeliveryView]:
    """List an endpoint's deliveries, newest first, with their attempts."""
    before = int(query.after[0]) if query.after else None
    found = await log.page(principal.tenant, endpoint_id, before=before, limit=query.limit + 1)
    return query.page(found, position=lambda each: (each.message_id,), item=DeliveryView.of)


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

"""Webhook deliveries that nobody took."""

from typing import ClassVar

from telop_contracts.envelope import Event
from telop_contracts.values import Code, Count, Id, ShortText


class DeliveryExhausted(Event):
    """`delivery.exhausted.v1`: the last attempt of a delivery failed."""

    TYPE: ClassVar[str] = "delivery.exhausted.v1"
    KEY: ClassVar[str] = "endpoint_id"

    endpoint_id: Id
    delivery_id: Id
    job_id: Id | None
    event_type: ShortText
    attempts: Count
    reason: Code

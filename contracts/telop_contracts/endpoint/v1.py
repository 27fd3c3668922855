"""Webhook endpoints that fail for long, and those that were switched off."""

from typing import ClassVar

from pydantic import AwareDatetime

from telop_contracts.envelope import Event
from telop_contracts.values import Code, Id


class EndpointWarned(Event):
    """`endpoint.warned.v1`: everything to an endpoint has failed for a day, and if that lasts it will be disabled."""

    TYPE: ClassVar[str] = "endpoint.warned.v1"
    KEY: ClassVar[str] = "endpoint_id"

    endpoint_id: Id
    failing_since: AwareDatetime
    disabled_from: AwareDatetime


class EndpointDisabled(Event):
    """`endpoint.disabled.v1`: an endpoint gets nothing more until somebody enables it."""

    TYPE: ClassVar[str] = "endpoint.disabled.v1"
    KEY: ClassVar[str] = "endpoint_id"

    endpoint_id: Id
    reason: Code
    disabled_at: AwareDatetime

"""An example webhook receiver, as a subscriber would write it: it believes only what is signed with its secret.

Signatures are checked by the `standardwebhooks` library on the bytes as they came. A good delivery is answered 204, a
bad one 400; before the receiver knows its secret it answers 503, and the sender tries again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from threading import Condition
from typing import Any, Final, Self

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from telop_cli.demo.loopback import Answer, LoopbackServer

_HEADERS: Final = ("webhook-id", "webhook-timestamp", "webhook-signature", "content-type", "user-agent", "traceparent")


@dataclass(frozen=True, slots=True)
class Received:
    """One delivery attempt as it came in; `headers` are those of the contract, in lower case."""

    headers: dict[str, str]
    body: bytes
    verified: bool

    @property
    def event(self) -> dict[str, Any]:
        """The body of a verified delivery; an empty object where it is not verified."""
        event: dict[str, Any] = json.loads(self.body) if self.verified else {}
        return event

    @property
    def type(self) -> str:
        """The webhook's type, `job.completed` for example."""
        return str(self.event.get("type", ""))

    @property
    def job_id(self) -> str:
        """The job that it tells of; empty where there is none."""
        return str(self.event.get("data", {}).get("job_id") or "")

    @property
    def trace_id(self) -> str:
        """The trace id of the request's `traceparent`; empty without one."""
        return self._traceparent[1]

    @property
    def span_id(self) -> str:
        """The span that sent the request; empty without a `traceparent`."""
        return self._traceparent[2]

    @property
    def _traceparent(self) -> list[str]:
        parts = self.headers.get("traceparent", "").split("-")
        return parts if len(parts) == 4 else [""] * 4


class WebhookReceiver:
    """Receives webhooks on `url` while its `with` block runs."""

    def __init__(self) -> None:
        self._server = LoopbackServer(self._receive)
        self._webhook: Webhook | None = None
        self._received: list[Received] = []
        self._changed = Condition()
        self.url = f"{self._server.url}/webhooks"

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.__exit__(*exc)

    def trust(self, secret: str) -> None:
        """Verify with this secret from now on (`whsec_...`, as the API showed it once)."""
        self._webhook = Webhook(secret)

    @property
    def received(self) -> list[Received]:
        """Every attempt so far, in order."""
        with self._changed:
            return list(self._received)

    def wait_for(self, wanted: Callable[[Received], bool], timeout_s: float) -> Received | None:
        """The first delivery that is wanted, or None after the time."""
        with self._changed:
            self._changed.wait_for(lambda: any(map(wanted, self._received)), timeout_s)
            return next(filter(wanted, self._received), None)

    def _receive(self, path: str, headers: Message, body: bytes) -> Answer:
        if self._webhook is None:
            return 503, "text/plain", b""
        kept = {name: headers[name] for name in _HEADERS if name in headers}
        received = Received(kept, body, _is_signed(self._webhook, kept, body))
        with self._changed:
            self._received.append(received)
            self._changed.notify_all()
        return (204 if received.verified else 400), "text/plain", b""


def _is_signed(webhook: Webhook, headers: dict[str, str], body: bytes) -> bool:
    try:
        webhook.verify(body, headers)
    except (WebhookVerificationError, ValueError):
        return False
    return True

"""A client of the public HTTP API, as a customer would write it: nothing here knows more than the API says.

Refusals are raised as `Refused` with one line: status, title, detail and fields of the problem document. A connection
that breaks while a job is being followed is opened again after the last event that was seen.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import httpx

from telop_cli.failures import Refused

ENDED: Final = frozenset({"succeeded", "failed", "cancelled"})
TIMEOUT_S: Final = 30.0
SILENCE_S: Final = 40.0
"""The server pings every 15 s; a stream that is silent for longer is dead."""
RECONNECT_S: Final = 0.5
Json = dict[str, Any]


class ApiRefused(Refused):
    """The API answered with a problem document."""

    def __init__(self, answer: httpx.Response) -> None:
        try:
            self.problem: Json = answer.json()
        except ValueError:
            self.problem = {}
        detail = self.problem.get("detail")
        fields = [
            f"{each['pointer']}: {each['message']}"
            for each in self.problem.get("errors", ())
            if each["message"] != detail
        ]
        words = (self.problem.get("title"), detail, *fields)
        super().__init__(" - ".join([f"HTTP {answer.status_code}", *(word for word in words if word)]))
        self.http_status = answer.status_code


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One server-sent event."""

    id: str
    type: str
    data: Json


class Client:
    """The API of ingest, and of the notifier where its URL is given."""

    def __init__(self, ingest_url: str, api_key: str, notifier_url: str = "") -> None:
        headers = {"authorization": f"Bearer {api_key}"}
        self._ingest = httpx.Client(base_url=ingest_url, headers=headers, timeout=TIMEOUT_S, trust_env=False)
        self._notifier = httpx.Client(base_url=notifier_url, headers=headers, timeout=TIMEOUT_S, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ingest.close()
        self._notifier.close()

    def upload(self, path: Path) -> str:
        """Upload a file and return its media id."""
        with path.open("rb") as file:
            answer = self._send(self._ingest, "POST", "/v1/media", content=file, headers={"content-type": "video/mp4"})
        return str(answer["media_id"])

    def start(self, request: Mapping[str, Any], *, idempotency_key: str | None = None) -> Json:
        """Start a job; `request` is the body of `POST /v1/jobs`."""
        headers = {"idempotency-key": idempotency_key} if idempotency_key else {}
        return self._send(self._ingest, "POST", "/v1/jobs", json=dict(request), headers=headers)

    def job(self, job_id: str) -> Json:
        """The job as it is now."""
        return self._send(self._ingest, "GET", f"/v1/jobs/{job_id}")

    def jobs(self) -> Iterator[Json]:
        """Every job, the newest first."""
        return self._items(self._ingest, "/v1/jobs")

    def cancel(self, job_id: str) -> Json:
        """Cancel a job."""
        return self._send(self._ingest, "DELETE", f"/v1/jobs/{job_id}")

    def findings(self, job_id: str) -> list[Json]:
        """Every finding of a job."""
        return list(self._items(self._ingest, f"/v1/jobs/{job_id}/findings"))

    def explanation(self, finding_id: str) -> Json:
        """Why there is a finding."""
        return self._send(self._ingest, "GET", f"/v1/findings/{quote(finding_id, safe='')}/explanation")

    def telops(self, job_id: str) -> list[Json]:
        """Every caption that was read."""
        return list(self._items(self._ingest, f"/v1/jobs/{job_id}/telops"))

    def transcript(self, job_id: str) -> list[Json]:
        """Everything that was heard."""
        return list(self._items(self._ingest, f"/v1/jobs/{job_id}/transcript"))

    def dead_letters(self) -> Iterator[Json]:
        """What the service gave up, the newest first."""
        return self._items(self._ingest, "/v1/dead-letters")

    def requeue(self, event_id: str) -> None:
        """Have the service try a dead letter again."""
        self._send(self._ingest, "POST", f"/v1/dead-letters/{quote(event_id, safe='/')}/requeue")

    def access_keys(self) -> Iterator[Json]:
        """Every access key of the tenant, without its secret."""
        return self._items(self._ingest, "/v1/access-keys")

    def create_access_key(self, name: str, scopes: Sequence[str]) -> Json:
        """Create an access key; only this answer holds it."""
        return self._send(self._ingest, "POST", "/v1/access-keys", json={"name": name, "scopes": list(scopes)})

    def revoke_access_key(self, key_id: str) -> None:
        """Revoke an access key; every service refuses it within seconds."""
        self._send(self._ingest, "DELETE", f"/v1/access-keys/{quote(key_id, safe='')}")

    def create_endpoint(self, url: str, description: str = "telop demo") -> Json:
        """Register a webhook endpoint; the answer holds its secret."""
        body = {"url": url, "description": description}
        return self._send(self._notifier, "POST", "/v1/webhook-endpoints", json=body)

    def deliveries(self, endpoint_id: str) -> list[Json]:
        """The delivery log of an endpoint."""
        return list(self._items(self._notifier, f"/v1/webhook-endpoints/{endpoint_id}/deliveries"))

    def delivery(self, delivery_id: str) -> Json:
        """One delivery with its attempts."""
        return self._send(self._notifier, "GET", f"/v1/deliveries/{quote(delivery_id, safe='')}")

    def replay(self, delivery_id: str) -> Json:
        """Send a delivery again; returns it as it is then."""
        return self._send(self._notifier, "POST", f"/v1/deliveries/{quote(delivery_id, safe='')}/replay")

    def send_test(self, endpoint_id: str) -> str:
        """Send a test webhook; returns the id of its delivery."""
        path = f"/v1/webhook-endpoints/{quote(endpoint_id, safe='')}/test"
        return str(self._send(self._notifier, "POST", path)["delivery_id"])

    def send_again(self, endpoint_id: str, what: str, since: str | None) -> Json:
        """Send again what an endpoint did not get; `what` is `recover` (failed and missed) or `replay-failed`."""
        path = f"/v1/webhook-endpoints/{quote(endpoint_id, safe='')}/{what}"
        return self._send(self._notifier, "POST", path, params={"since": since} if since else {})

    def delete_endpoint(self, endpoint_id: str) -> None:
        """Remove a webhook endpoint."""
        self._send(self._notifier, "DELETE", f"/v1/webhook-endpoints/{endpoint_id}")

    def follow(self, job_id: str) -> Iterator[Json]:
        """The job each time that something was announced of it, to its end; the last one has ended."""
        last_event_id = ""
        while True:
            job = self.job(job_id)
            yield job
            if job["status"] in ENDED:
                return
            for event in self._events(job_id, last_event_id):
                last_event_id = event.id or last_event_id
                yield (job := self.job(job_id))
                if job["status"] in ENDED:
                    return
            time.sleep(RECONNECT_S)

    def _events(self, job_id: str, last_event_id: str) -> Iterator[ServerEvent]:
        headers = {"accept": "text/event-stream"} | ({"last-event-id": last_event_id} if last_event_id else {})
        timeout = httpx.Timeout(TIMEOUT_S, read=SILENCE_S)
        try:
            with self._ingest.stream("GET", f"/v1/jobs/{job_id}/events", headers=headers, timeout=timeout) as answer:
                if answer.is_error:
                    answer.read()
                    raise ApiRefused(answer)
                yield from parse_events(answer.iter_lines())
        except (httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.ReadError):
            return

    def _items(self, client: httpx.Client, path: str) -> Iterator[Json]:
        cursor: str | None = None
        while True:
            page = self._send(client, "GET", path, params={"limit": 100} | ({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def _send(self, client: httpx.Client, method: str, path: str, **request: Any) -> Json:
        try:
            answer = client.request(method, path, **request)
        except httpx.TransportError as error:
            raise Refused(f"cannot reach {client.base_url}: {error or type(error).__name__}") from None
        if answer.is_error:
            raise ApiRefused(answer)
        body: Json = answer.json() if answer.content else {}
        return body


def parse_events(lines: Iterator[str]) -> Iterator[ServerEvent]:
    """The events of a stream of lines (WHATWG server-sent events); comments and empty events are left out."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if name:
            value = value.removeprefix(" ")
            fields[name] = f"{fields['data']}\n{value}" if name == "data" and "data" in fields else value
        elif not line:
            if fields.get("data"):
                yield ServerEvent(fields.get("id", ""), fields.get("event", "message"), json.loads(fields["data"]))
            fields = {}

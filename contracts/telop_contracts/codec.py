"""CloudEvents 1.0 in Kafka's binary mode: headers carry the attributes, the value is the payload as JSON.

`encode` refuses what is larger than 512 KiB. `decode` accepts bytes from anybody: whatever is wrong with a record
ends as `Undecodable` with a reason code and the place of the error, never with the input. Our own topics ignore
unknown fields (a newer producer may add some); topics that outsiders write refuse them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from telop_contracts.envelope import Envelope, Event
from telop_contracts.values import Tenant

MAX_VALUE_BYTES: Final = 512 * 1024
MAX_ATTRIBUTE_BYTES: Final = 4096
CONTENT_TYPE: Final = "application/json"

REASON_MISSING_ATTRIBUTE: Final = "missing_attribute"
REASON_BAD_ATTRIBUTE: Final = "bad_attribute"
REASON_UNKNOWN_TYPE: Final = "unknown_type"
REASON_UNKNOWN_VERSION: Final = "unknown_version"
REASON_NOT_JSON: Final = "not_json"
REASON_INVALID: Final = "invalid_payload"
REASON_TOO_LARGE: Final = "too_large"

T = TypeVar("T", bound=Event)
_TENANT: Final = TypeAdapter(Tenant)
_TIME: Final = TypeAdapter(datetime)
_ID = re.compile(r"^[^\x00-\x1f\x7f]{1,256}$")
_SUBJECT = re.compile(r"^[^\x00-\x1f\x7f]{1,2008}$")
_TRACEPARENT = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")

Headers = Iterable[tuple[str, bytes | None]]


class Undecodable(Exception):
    """A record that is no event: a reason code, and type and place of the error without any of its input."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Attributes:
    """The CloudEvents attributes of a record."""

    id: str
    source: str
    type: str
    time: datetime
    subject: str
    tenant: str | None
    traceparent: str | None


def encode(envelope: Envelope[Event], topic: str | None = None) -> Record:
    """Return the record of an event; raises `Undecodable` (`too_large`) above 512 KiB."""
    value = envelope.data.model_dump_json().encode()
    if len(value) > MAX_VALUE_BYTES:
        raise Undecodable(REASON_TOO_LARGE, f"{len(value)} bytes")
    headers = {
        "ce_specversion": "1.0",
        "ce_id": envelope.id,
        "ce_source": envelope.source,
        "ce_type": envelope.type,
        "ce_time": envelope.time.isoformat(),
        "ce_subject": envelope.subject,
        "ce_tenantid": envelope.tenant,
        "content-type": CONTENT_TYPE,
    }
    if envelope.traceparent:
        headers["traceparent"] = envelope.traceparent
    encoded = tuple((name, text.encode()) for name, text in headers.items())
    return Record(topic or envelope.type, envelope.data.key.encode(), value, encoded)


def header_texts(headers: Headers) -> dict[str, str]:
    """Return the headers that are UTF-8 text of a sensible length; the first of a name counts, others are left out."""
    texts: dict[str, str] = {}
    for name, raw in headers:
        if raw is None or len(raw) > MAX_ATTRIBUTE_BYTES or name.lower() in texts:
            continue
        try:
            texts[name.lower()] = raw.decode()
        except UnicodeDecodeError:
            continue
    return texts


def decode_attributes(headers: Headers) -> Attributes:
    """Return the CloudEvents attributes; raises `Undecodable`."""
    texts = header_texts(headers)
    if texts.get("ce_specversion", "1.0") != "1.0":
        raise Undecodable(REASON_BAD_ATTRIBUTE, "ce_specversion")
    tenant = texts.get("ce_tenantid")
    try:
        time = _TIME.validate_strings(_required(texts, "ce_time"))
        if tenant is not None:
            _TENANT.validate_python(tenant)
    except ValidationError as error:
        raise Undecodable(REASON_BAD_ATTRIBUTE, f"{error.title}: {error.errors()[0]['type']}") from None
    traceparent = texts.get("traceparent", "")
    return Attributes(
        id=_matching(texts, "ce_id", _ID),
        source=_matching(texts, "ce_source", _ID),
        type=_matching(texts, "ce_type", _ID),
        time=time,
        subject=_matching(texts, "ce_subject", _SUBJECT) if "ce_subject" in texts else "",
        tenant=tenant,
        traceparent=traceparent if _TRACEPARENT.match(traceparent) else None,
    )


def _required(texts: Mapping[str, str], name: str) -> str:
    if name not in texts:
        raise Undecodable(REASON_MISSING_ATTRIBUTE, name)
    return texts[name]


def _matching(texts: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str:
    text = _required(texts, name)
    if not pattern.match(text):
        raise Undecodable(REASON_BAD_ATTRIBUTE, name)
    return text


def require_type(attributes: Attributes, model: type[Event]) -> None:
    """Raise `Undecodable` unless the record's type is the model's: another major version has a reason of its own."""
    if attributes.type != model.TYPE:
        same_name = attributes.type.rpartition(".v")[0] == model.TYPE.rpartition(".v")[0]
        raise Undecodable(REASON_UNKNOWN_VERSION if same_name else REASON_UNKNOWN_TYPE)


def decode_payload(model: type[T], value: bytes | None, *, from_outside: bool = False) -> T:
    """Return the validated payload; types are strict; raises `Undecodable` with type and place of the first error."""
    if value is None:
        raise Undecodable(REASON_NOT_JSON, "null")
    if len(value) > MAX_VALUE_BYTES:
        raise Undecodable(REASON_TOO_LARGE, f"{len(value)} bytes")
    try:
        return model.model_validate_json(value, strict=True, extra="forbid" if from_outside else "ignore")
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        if first["type"] == "json_invalid":
            raise Undecodable(REASON_NOT_JSON) from None
        raise Undecodable(REASON_INVALID, f"{first['type']} at {_place(first['loc'], model)}") from None


def _place(location: tuple[int | str, ...], model: type[Event]) -> str:
    """Return the error's place; a field name that the contract does not know is input, and left out."""
    known = set(model.model_fields)
    head = [str(part) for part in location[:1] if part in known]
    return "/" + "/".join(head + [str(part) for part in location[1:] if isinstance(part, int)])

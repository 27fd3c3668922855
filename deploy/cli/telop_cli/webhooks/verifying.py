"""Checks a webhook as Standard Webhooks 1.0.0 has it, and says exactly what is wrong. Pure: no clock, no files.

`v1` is HMAC-SHA256 with a shared secret (`whsec_...`), `v1a` is ed25519 with a public key (`whpk_...`); both are over
id, timestamp and body, joined by dots. Where nothing fits, usual ways to spoil a saved body are tried and named.
"""

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SHARED: Final = "whsec_"
PUBLIC: Final = "whpk_"
HEADERS: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")
Fits = Callable[[bytes, bytes], bool]
"""Called with a signature and the signed text."""


class NotVerified(Exception):
    """The webhook is not what its sender signed, or not for this key; the text is one line."""


@dataclass(frozen=True)
class Verified:
    """A webhook whose signature fits: its id, the version that fitted, and how old the attempt is."""

    id: str
    version: str
    age_s: float


@dataclass(frozen=True)
class Key:
    """What signatures of one version are checked with."""

    version: str
    fits: Fits

    @classmethod
    def parse(cls, text: str) -> "Key":
        """Read `whsec_...` or `whpk_...`; raises `NotVerified`, which does not repeat it."""
        if text.startswith("whsk_"):
            raise NotVerified("this is the private key of the sender: nobody else may have it; verify with whpk_...")
        version = "v1a" if text.startswith(PUBLIC) else "v1"
        if version == "v1" and not text.startswith(SHARED):
            raise NotVerified(f"a secret begins with {SHARED}, a public key with {PUBLIC}")
        try:
            raw = base64.b64decode(text.removeprefix(SHARED).removeprefix(PUBLIC), validate=True)
        except (binascii.Error, ValueError):
            raise NotVerified("what follows the prefix of the secret is not base64: it may have been cut") from None
        if version == "v1":
            if not 24 <= len(raw) <= 64:
                raise NotVerified(f"the secret has {len(raw)} bytes instead of 24 to 64: it may have been cut")
            return cls(version, lambda signature, signed: _is_hmac(raw, signature, signed))
        if len(raw) != 32:
            raise NotVerified(f"the public key has {len(raw)} bytes instead of 32: it may have been cut")
        public = Ed25519PublicKey.from_public_bytes(raw)
        return cls(version, lambda signature, signed: _is_ed25519(public, signature, signed))


def verify(headers: Mapping[str, str], body: bytes, key: Key, *, now: datetime, max_age_s: float | None) -> Verified:
    """Check one request; header names are in lower case. Raises `NotVerified`.

    Without `max_age_s` the timestamp may be of any age, as that of a saved request is.
    """
    missing = [name for name in HEADERS if not headers.get(name)]
    if missing:
        raise NotVerified(f"the request has no {' and no '.join(missing)} header")
    webhook_id, timestamp, given = (headers[name] for name in HEADERS)
    if not timestamp.isascii() or not timestamp.isdigit():
        raise NotVerified("webhook-timestamp is not a number of seconds since 1970")
    signatures = _signatures(given)
    own = [raw for version, raw in signatures if version == key.version]
    if not own:
        found = ", ".join(sorted({version for version, _ in signatures}))
        raise NotVerified(f"the key is for {key.version}, but the request carries {found} only")
    if not _fits_any(key, own, webhook_id, timestamp, body):
        raise NotVerified(_why(key, own, webhook_id, timestamp, body))
    age_s = now.timestamp() - int(timestamp)
    if max_age_s is not None and abs(age_s) > max_age_s:
        side = "old" if age_s > 0 else "early: the clock of one side is wrong"
        raise NotVerified(f"the signature fits, but the attempt is {abs(age_s):.0f} s {side}; a replay may look so")
    return Verified(webhook_id, key.version, age_s)


def _signatures(given: str) -> list[tuple[str, bytes]]:
    found = []
    for token in given.split():
        version, comma, encoded = token.partition(",")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            comma = ""
        if not comma:
            raise NotVerified("webhook-signature is not a list of version,base64 with spaces between")
        found.append((version, raw))
    return found


def _fits_any(key: Key, signatures: list[bytes], webhook_id: str, timestamp: str, body: bytes) -> bool:
    signed = b".".join((webhook_id.encode(), timestamp.encode(), body))
    return any(key.fits(signature, signed) for signature in signatures)


def _why(key: Key, signatures: list[bytes], webhook_id: str, timestamp: str, body: bytes) -> str:
    """Name the change of the body that would make it fit."""
    changes = {
        "its end of line was added when it was saved": body.removesuffix(b"\n").removesuffix(b"\r"),
        "its end of line was lost when it was saved": body + b"\n",
        "its ends of line were changed to CRLF": body.replace(b"\r\n", b"\n"),
        "its ends of line were changed to LF": body.replace(b"\n", b"\r\n"),
        "a byte order mark was put before it": body.removeprefix(b"\xef\xbb\xbf"),
    }
    for change, before in changes.items():
        if before != body and _fits_any(key, signatures, webhook_id, timestamp, before):
            return f"the body is not byte for byte what was sent: {change}"
    return (
        f"none of {len(signatures)} {key.version} signatures fits: the secret is another endpoint's or an old one,"
        " or the body, the id or the timestamp were changed (a parsed and re-written JSON body counts as changed)"
    )


def _is_hmac(secret: bytes, signature: bytes, signed: bytes) -> bool:
    return hmac.compare_digest(hmac.digest(secret, signed, "sha256"), signature)


def _is_ed25519(public: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        public.verify(signature, signed)
    except InvalidSignature:
        return False
    return True

"""Signatures after Standard Webhooks 1.0.0: `v1` (HMAC-SHA256, one shared secret) and `v1a` (ed25519, a key pair).

`v1` is made by the `standardwebhooks` library, which knows nothing of `v1a`; that one is ed25519 over the same text.
While a rotated secret is still valid, each request carries one signature per secret, so that a receiver may change over
at any moment, also from one scheme to the other. The prefix of a secret names its scheme.
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from standardwebhooks import Webhook

Scheme = Literal["v1", "v1a"]

SECRET_BYTES: Final = 32
"""Standard Webhooks asks for 24 to 64 random bytes; an ed25519 seed has 32."""
SHARED: Final = "whsec_"
PRIVATE: Final = "whsk_"
PUBLIC: Final = "whpk_"


@dataclass(frozen=True)
class Key:
    """What signs, and, where it is a pair, the public half in base64 behind `whpk_`."""

    secret: str
    public: str | None = None

    @property
    def shown(self) -> str:
        """What the owner is shown once to verify with: the shared secret, but never a private key."""
        return self.public or self.secret


def new_key(scheme: Scheme) -> Key:
    """Return a fresh key: `whsec_` and base64, or `whsk_` and base64 of seed and public key with its `whpk_`."""
    seed = secrets.token_bytes(SECRET_BYTES)
    if scheme == "v1":
        return Key(SHARED + base64.b64encode(seed).decode())
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return Key(PRIVATE + base64.b64encode(seed + public).decode(), PUBLIC + base64.b64encode(public).decode())


def signed_headers(webhook_id: str, body: bytes, keys: Sequence[str], *, now: datetime) -> dict[str, str]:
    """Return the three `webhook-*` headers of one attempt, signed with every key; `body` is UTF-8.

    The library reads a datetime's wall clock as UTC whatever its zone, hence the conversion.
    """
    at = now.astimezone(UTC)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(_signature(key, webhook_id, at, body) for key in keys),
    }


def _signature(key: str, webhook_id: str, at: datetime, body: bytes) -> str:
    if not key.startswith(PRIVATE):
        return Webhook(key).sign(webhook_id, at, body.decode())
    seed = base64.b64decode(key.removeprefix(PRIVATE))[:SECRET_BYTES]
    signed = b"%s.%d.%s" % (webhook_id.encode(), int(at.timestamp()), body)
    return "v1a," + base64.b64encode(Ed25519PrivateKey.from_private_bytes(seed).sign(signed)).decode()

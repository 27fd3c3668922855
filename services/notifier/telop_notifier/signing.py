"""Signatures after Standard Webhooks, version `v1` (HMAC-SHA256), made by the `standardwebhooks` library.

While a rotated secret is still valid, each request carries one signature per secret, so that a receiver may change over
at any moment. HMAC needs the secret itself: a hash of it could not sign.
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from standardwebhooks import Webhook

SECRET_BYTES: Final = 32
"""Standard Webhooks asks for 24 to 64 random bytes."""


def new_secret() -> str:
    """Return a fresh secret, `whsec_` and base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(webhook_id: str, body: bytes, keys: Sequence[str], *, now: datetime) -> dict[str, str]:
    """Return the three `webhook-*` headers of one attempt, signed with every key; `body` is UTF-8.

    The library reads a datetime's wall clock as UTC whatever its zone, hence the conversion.
    """
    at = now.astimezone(UTC)
    text = body.decode()
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(webhook_id, at, text) for key in keys),
    }

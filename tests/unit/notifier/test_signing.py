import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError
from telop_notifier.signing import new_key, signed_headers

BODY = '{"type":"job.completed","data":{"note":"字幕"}}'.encode()


def test_a_receiver_verifies_with_the_independent_library() -> None:
    secret = new_key("v1").secret
    headers = signed_headers("msg_1", BODY, [secret], now=datetime.now(UTC))
    assert Webhook(secret).verify(BODY, headers)["type"] == "job.completed"


def test_a_changed_body_is_refused() -> None:
    secret = new_key("v1").secret
    headers = signed_headers("msg_1", BODY, [secret], now=datetime.now(UTC))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY.replace(b"completed", b"failed"), headers)


def test_during_the_overlap_both_secrets_verify_and_others_do_not() -> None:
    old, new = new_key("v1").secret, new_key("v1").secret
    headers = signed_headers("msg_1", BODY, [new, old], now=datetime.now(UTC))
    assert Webhook(old).verify(BODY, headers)
    assert Webhook(new).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_key("v1").secret).verify(BODY, headers)


def test_the_zone_of_the_clock_does_not_change_the_signature() -> None:
    secret, now = new_key("v1").secret, datetime.now(UTC)
    tokyo = now.astimezone(timezone(timedelta(hours=9)))
    assert signed_headers("msg_1", BODY, [secret], now=tokyo) == signed_headers("msg_1", BODY, [secret], now=now)


def test_secrets_are_fresh_and_have_256_random_bits() -> None:
    first, second = new_key("v1").secret, new_key("v1").secret
    assert first != second
    assert first.startswith("whsec_")
    assert len(first) == len("whsec_") + 44


def _verifies(public: str, headers: dict[str, str], body: bytes) -> bool:
    """Verification of `v1a` as the specification describes it, with nothing of ours."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    for each in headers["webhook-signature"].split(" "):
        scheme, _, signature = each.partition(",")
        if scheme == "v1a":
            try:
                key.verify(base64.b64decode(signature), signed)
            except InvalidSignature:
                continue
            return True
    return False


def test_a_key_pair_verifies_with_its_public_half_alone() -> None:
    pair, other = new_key("v1a"), new_key("v1a")
    assert pair.public is not None
    assert other.public is not None
    headers = signed_headers("msg_1", BODY, [pair.secret], now=datetime.now(UTC))
    assert _verifies(pair.public, headers, BODY)
    assert not _verifies(other.public, headers, BODY)
    assert not _verifies(pair.public, headers, BODY + b" ")
    assert not _verifies(pair.public, headers | {"webhook-id": "msg_2"}, BODY)


def test_the_private_key_is_never_what_is_shown() -> None:
    pair, shared = new_key("v1a"), new_key("v1")
    assert pair.secret.startswith("whsk_")
    assert pair.shown == pair.public
    assert shared.shown == shared.secret
    assert shared.public is None


def test_both_schemes_sign_during_a_change_over() -> None:
    pair, shared = new_key("v1a"), new_key("v1")
    assert pair.public is not None
    headers = signed_headers("msg_1", BODY, [pair.secret, shared.secret], now=datetime.now(UTC))
    assert _verifies(pair.public, headers, BODY)
    assert Webhook(shared.secret).verify(BODY, headers)

from datetime import UTC, datetime, timedelta, timezone

import pytest
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

"""`telop webhook` says exactly what is wrong with a webhook. Good ones are signed by the independent library."""

import base64
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from standardwebhooks import Webhook
from telop_cli import main
from telop_cli.webhooks.listening import Heard, Listener
from telop_cli.webhooks.verifying import Key, NotVerified, Verified, verify
from typer.testing import CliRunner

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = "whpk_" + base64.b64encode(PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
BODY = '{"type":"job.completed","data":{"job_id":"番組"}}\n'.encode()
AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def signed(body: bytes = BODY, at: datetime = AT, *, version: str = "v1") -> dict[str, str]:
    seconds = str(int(at.timestamp()))
    if version == "v1":
        signature = Webhook(SECRET).sign("msg_1", at, body.decode())
    else:
        raw = PRIVATE.sign(f"msg_1.{seconds}.".encode() + body)
        signature = "v1a," + base64.b64encode(raw).decode()
    return {"webhook-id": "msg_1", "webhook-timestamp": seconds, "webhook-signature": signature}


def outcome(
    headers: dict[str, str], body: bytes = BODY, key: str = SECRET, max_age_s: float | None = None, now: datetime = AT
) -> Verified | str:
    try:
        return verify(headers, body, Key.parse(key), now=now, max_age_s=max_age_s)
    except NotVerified as problem:
        return str(problem)


@pytest.mark.parametrize(("version", "key"), [("v1", SECRET), ("v1a", PUBLIC)])
def test_a_good_signature_of_either_version_fits(version: str, key: str) -> None:
    assert outcome(signed(version=version), key=key) == Verified("msg_1", version, 0.0)


def test_one_fitting_signature_of_several_is_enough() -> None:
    both = signed()
    both["webhook-signature"] = (
        f"v1,{'A' * 44} {signed(version='v1a')['webhook-signature']} {both['webhook-signature']}"
    )
    assert outcome(both) == Verified("msg_1", "v1", 0.0)


Spoil = Callable[[dict[str, str]], dict[str, str]]


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda _: {}, "no webhook-id and no webhook-timestamp and no webhook-signature header"),
        (lambda good: good | {"webhook-signature": ""}, "no webhook-signature header"),
        (lambda good: good | {"webhook-timestamp": "soon"}, "not a number of seconds"),
        (lambda good: good | {"webhook-timestamp": "1.5e9"}, "not a number of seconds"),
        (lambda good: good | {"webhook-signature": "v1"}, "not a list of version,base64"),
        (lambda good: good | {"webhook-signature": "v1,%%%"}, "not a list of version,base64"),
        (lambda good: good | {"webhook-signature": "v2,AAAA"}, "the key is for v1, but the request carries v2 only"),
        (lambda _: signed(version="v1a"), "the key is for v1, but the request carries v1a only"),
        (lambda good: good | {"webhook-id": "msg_2"}, "none of 1 v1 signatures fits"),
        (lambda good: good | {"webhook-timestamp": "1"}, "none of 1 v1 signatures fits"),
    ],
)
def test_what_is_wrong_with_the_headers_is_said(spoil: Spoil, problem: str) -> None:
    said = outcome(spoil(signed()))
    assert isinstance(said, str)
    assert problem in said


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (BODY.rstrip(b"\n"), "its end of line was lost"),
        (BODY + b"\n", "its end of line was added"),
        (BODY.replace(b"\n", b"\r\n"), "CRLF"),
        (b"\xef\xbb\xbf" + BODY, "a byte order mark"),
        (json.dumps(json.loads(BODY)).encode(), "none of 1 v1 signatures fits"),
        (b"", "none of 1 v1 signatures fits"),
        (b"\xff\xfe", "none of 1 v1 signatures fits"),
    ],
)
@pytest.mark.parametrize(("version", "key"), [("v1", SECRET), ("v1a", PUBLIC)])
def test_what_is_wrong_with_the_body_is_said(body: bytes, problem: str, version: str, key: str) -> None:
    said = outcome(signed(version=version), body, key)
    assert isinstance(said, str)
    assert problem.replace("v1", version) in said


def test_an_old_attempt_is_refused_only_where_an_age_was_given() -> None:
    later = datetime(2026, 11, 21, 10, 10, tzinfo=UTC)
    assert isinstance(outcome(signed(), now=later), Verified)
    assert "600 s old" in str(outcome(signed(), now=later, max_age_s=300))
    assert "600 s early" in str(outcome(signed(at=later), now=AT, max_age_s=300))


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("", "begins with whsec_"),
        ("C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "begins with whsec_"),
        ("whsk_" + "A" * 88, "private key"),
        ("whsec_%%%", "not base64"),
        (SECRET[:-3], "not base64"),
        ("whsec_AAAA", "3 bytes instead of 24 to 64"),
        ("whpk_AAAA", "3 bytes instead of 32"),
    ],
)
def test_a_bad_key_is_named_and_not_repeated(key: str, problem: str) -> None:
    said = outcome(signed(), key=key)
    assert isinstance(said, str)
    assert problem in said
    assert not key or key not in said


def _run(folder: Path, *arguments: str, headers: str, body: bytes = BODY, secret: str = SECRET) -> tuple[int, str]:
    (folder / "body").write_bytes(body)
    (folder / "headers").write_text(headers)
    command = ["webhook", "verify", str(folder / "body"), "--headers", str(folder / "headers"), *arguments]
    ran = CliRunner().invoke(main.build(), command, env={"TELOP_WEBHOOK_SECRET": secret})
    return ran.exit_code, ran.output or str(ran.exception)


@pytest.mark.parametrize("form", ["lines", "json", "request"])
def test_saved_headers_may_be_lines_or_json(tmp_path: Path, form: str) -> None:
    lines = "\n".join(f"{name.title()}: {value}" for name, value in signed().items())
    text = {"lines": lines, "json": json.dumps(signed()), "request": f"POST /hook HTTP/1.1\n{lines}\n"}[form]
    status, said = _run(tmp_path, headers=text)
    assert (status, said[:26]) == (0, "verified: msg_1, signed wi")


def test_a_failed_check_is_one_line_and_status_1(tmp_path: Path) -> None:
    headers = json.dumps(signed())
    assert _run(tmp_path, headers=headers, secret=OTHER)[0] == 1
    status, said = _run(tmp_path, "--json", headers=headers, secret=OTHER)
    assert (status, json.loads(said)["verified"]) == (1, False)
    assert "none of 1 v1 signatures fits" in json.loads(said)["problem"]
    assert json.loads(_run(tmp_path, "--json", headers=headers)[1])["verified"] is True


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["msg_1", "--endpoint", "ep_1"],
        ["msg_1", "--since", "2h"],
        ["--endpoint", "ep_1", "--missed"],
    ],
)
def test_a_replay_needs_to_know_of_what(arguments: list[str]) -> None:
    ran = CliRunner().invoke(main.build(), ["webhook", "replay", *arguments])
    assert getattr(ran.exception, "status", None) == 2


def test_a_listener_believes_what_is_signed_now_and_refuses_the_rest() -> None:
    heard: list[Heard] = []
    came = threading.Semaphore(0)

    def hear(each: Heard) -> None:
        heard.append(each)
        came.release()

    listener = Listener(hear)
    with listener.server, httpx.Client(trust_env=False) as client:
        unchecked = client.post(listener.url, content=BODY)
        listener.key = Key.parse(SECRET)
        good = client.post(listener.url, content=BODY, headers=signed(at=datetime.now(UTC)))
        old = client.post(listener.url, content=BODY, headers=signed())
        forged = client.post(listener.url, content=BODY, headers=signed(b"{}", datetime.now(UTC)))
        for _ in range(4):
            assert came.acquire(timeout=10)
    assert [each.status_code for each in (unchecked, good, old, forged)] == [204, 204, 401, 401]
    assert [each.problem for each in heard[:2]] == [None, ""]
    assert "s old" in str(heard[2].problem)
    assert "none of 1 v1" in str(heard[3].problem)

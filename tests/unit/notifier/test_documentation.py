"""docs/webhooks.md does what it says: its receiver receives, its recipes verify, and the tests that it names exist."""

import base64
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from telop_cli.stack import ports
from telop_notifier.signing import new_key, signed_headers

from tests.support.eventually import eventually

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs/webhooks.md").read_text("utf-8")
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
BODY = '{"type":"job.completed","data":{"job_id":"番組","sequence":3,"verdict":"warn"}}'.encode()
HAS_OPENSSL = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def block(name: str) -> str:
    """The code under a name in the guide."""
    found = re.search(rf"<!-- {re.escape(name)} -->\n```\w+\n(.*?)```", GUIDE, re.DOTALL)
    assert found, f"the guide has no {name}"
    return found[1]


@contextmanager
def documented_receiver(folder: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    (folder / "receiver.py").write_text(block("receiver.py"))
    port = ports.choose(folder / "ports", ["receiver"])["receiver"]
    settings = {"WEBHOOK_SECRET": SECRET, "PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, "receiver.py"],
        cwd=folder,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield f"http://127.0.0.1:{port}/", process
        finally:
            process.terminate()


async def until_listening(url: str) -> None:
    async def listens() -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                await client.get(url)
        except httpx.TransportError:
            return False
        return True

    await eventually(listens, within_s=30)


def headers(body: bytes = BODY, *, webhook_id: str = "msg_1", key: str = SECRET) -> dict[str, str]:
    return signed_headers(webhook_id, body, [key], now=datetime.now(UTC))


async def test_the_documented_receiver_believes_ours_ignores_repetitions_and_older_news(tmp_path: Path) -> None:
    older = BODY.replace(b'"sequence":3', b'"sequence":2')
    with documented_receiver(tmp_path) as (url, process):
        await until_listening(url)
        async with httpx.AsyncClient(trust_env=False) as client:
            sent = [
                (BODY, headers()),
                (BODY, headers()),
                (older, headers(older, webhook_id="msg_2")),
                (older, headers(webhook_id="msg_3")),
                (BODY, {}),
            ]
            statuses = [(await client.post(url, content=body, headers=each)).status_code for body, each in sent]
        process.terminate()
        assert process.stdout is not None
        printed = process.stdout.read()
    assert statuses == [204, 204, 204, 401, 401]
    assert printed == "job.completed 番組 warn\n"


def recipe(name: str, folder: Path, body: bytes, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "body").write_bytes(body)
    command = ["sh", "-eu", "-c", block(name)]
    return subprocess.run(
        command, cwd=folder, env=os.environ | variables, capture_output=True, text=True, timeout=30, check=False
    )


def variables(given: dict[str, str]) -> dict[str, str]:
    return {name.upper().replace("-", "_"): value for name, value in given.items()}


@HAS_OPENSSL
def test_the_recipe_verifies_ours_and_nothing_else(tmp_path: Path) -> None:
    good = variables(headers()) | {"WEBHOOK_SECRET": SECRET}
    assert recipe("verify.sh", tmp_path, BODY, **good).stdout == "verified\n"
    assert recipe("verify.sh", tmp_path, BODY + b"\n", **good).stdout == ""
    assert recipe("verify.sh", tmp_path, BODY, **good | {"WEBHOOK_ID": "msg_2"}).stdout == ""
    two = good | {"WEBHOOK_SIGNATURE": f"v1,{'A' * 44} {good['WEBHOOK_SIGNATURE']}"}
    assert recipe("verify.sh", tmp_path, BODY, **two).stdout == "verified\n"


@HAS_OPENSSL
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_what_the_recipe_signs_is_believed_by_the_documented_receiver(tmp_path: Path) -> None:
    with documented_receiver(tmp_path) as (url, _):
        await until_listening(url)
        sent = recipe("sign.sh", tmp_path, BODY, WEBHOOK_SECRET=SECRET, RECEIVER=url, NO_PROXY="127.0.0.1")
    assert (sent.stdout, sent.stderr) == ("204\n", "")


@HAS_OPENSSL
def test_the_recipe_for_ed25519_verifies_ours_and_nothing_else(tmp_path: Path) -> None:
    key = new_key("v1a")
    good = variables(headers(key=key.secret)) | {"WEBHOOK_PUBLIC_KEY": key.shown}
    assert recipe("verify-v1a.sh", tmp_path, BODY, **good).stdout == "verified\n"
    assert recipe("verify-v1a.sh", tmp_path, BODY + b"\n", **good).stdout == ""
    for keys in ((key.secret, SECRET), (SECRET, key.secret), (new_key("v1a").secret, key.secret)):  # a rotation
        overlapping = good | variables(signed_headers("msg_1", BODY, keys, now=datetime.now(UTC)))
        assert recipe("verify-v1a.sh", tmp_path, BODY, **overlapping).stdout == "verified\n"


def test_every_row_of_the_comparison_names_the_test_that_shows_it() -> None:
    comparison = GUIDE.partition("## Compared with")[2]
    rows = [line for line in comparison.splitlines() if line.startswith("| ")]
    assert rows[0].endswith("| shown by |")
    assert len(rows) > 15
    assert [row for row in rows[1:] if not re.search(r"`tests/[\w/]+\.py(::\w+)?` \|$", row)] == []


def test_every_test_that_the_guide_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", GUIDE)
    assert len(named) > 15
    for path, test in named:
        text = (ROOT / path).read_text("utf-8")
        assert not test or f"def {test}(" in text, f"{path}::{test}"

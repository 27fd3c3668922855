"""`telop webhook`: what a subscriber needs beside a receiver: listen, verify, send-test, replay."""

import json as json_lines
import re
import signal
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from telop_cli.failures import Refused

if TYPE_CHECKING:
    from telop_cli.demo.client import Client
    from telop_cli.webhooks.listening import Heard
    from telop_cli.webhooks.verifying import Key

Url = Annotated[str | None, typer.Option(help="The notifier; else the stack of the data folder.")]
AccessKey = Annotated[str | None, typer.Option("--key", help="An access key for --url.", envvar="TELOP_KEY")]
Data = Annotated[Path | None, typer.Option(help="The data folder of a running stack.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
SECRET = "The secret (whsec_...) or the public key (whpk_...) of the endpoint."  # noqa: S105 - a help text
Secret = Annotated[str | None, typer.Option(help=SECRET, envvar="TELOP_WEBHOOK_SECRET", show_envvar=True)]
Patience = Annotated[float, typer.Option("--wait", metavar="SECONDS", help="How long to follow the delivery.", min=0)]
_AGO = re.compile(r"([0-9]{1,6})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    webhook = typer.Typer(help="Listen for webhooks, verify them, send a test, send again.", no_args_is_help=True)
    webhook.command("listen")(listen)
    webhook.command("verify")(verify)
    webhook.command("send-test")(send_test)
    webhook.command("replay")(replay)
    app.add_typer(webhook, name="webhook")


def listen(
    *,
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1; a free one by default.", min=0, max=65535)] = 0,
    secret: Secret = None,
    register_: Annotated[
        bool, typer.Option("--register", help="Make it an endpoint of the stack while it runs.")
    ] = False,
    json: AsJson = False,
    url: Url = None,
    key: AccessKey = None,
    data: Data = None,
) -> None:
    """Receive webhooks here and print them, until Ctrl-C. What is not signed with the secret is answered 401."""
    from telop_cli.console import SIGNALS, report  # noqa: PLC0415 - see telop_cli.commands
    from telop_cli.webhooks.listening import Listener  # noqa: PLC0415

    listener = Listener(lambda heard: _print_heard(heard, as_json=json), port=port)
    listener.key = _key(secret) if secret else None
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # before the server's thread starts: one place waits for them
    with listener.server:
        report(f"listening on {listener.url}; Ctrl-C ends it")
        if not register_:
            if secret is None:
                report("signatures are not checked: give --secret")
            signal.sigwait(SIGNALS)
            return
        with _client(url, key, data) as client:
            endpoint = client.create_endpoint(listener.url, "telop webhook listen")
            try:
                listener.key = _key(endpoint["secret"])
                report(f"registered as {endpoint['endpoint_id']}")
                signal.sigwait(SIGNALS)
            finally:
                client.delete_endpoint(endpoint["endpoint_id"])


def verify(
    body: Annotated[Path, typer.Argument(help="The body, byte for byte as it came; - is standard input.")],
    *,
    secret: Annotated[str, typer.Option(help=SECRET, envvar="TELOP_WEBHOOK_SECRET", show_envvar=True)],
    headers: Annotated[Path | None, typer.Option(help="A file with the headers: `name: value` lines or JSON.")] = None,
    header: Annotated[list[str] | None, typer.Option("--header", "-H", help="One header, as with curl.")] = None,
    max_age: Annotated[float | None, typer.Option(metavar="SECONDS", help="Refuse attempts that are older.")] = None,
    json: AsJson = False,
) -> None:
    """Check the signature of a saved webhook. The exit status is 1 if it does not fit, and a line says why."""
    from telop_cli.webhooks import verifying  # noqa: PLC0415 - see telop_cli.commands

    given = _headers(_read(headers).decode("utf-8", "replace") if headers else "", header or ())
    try:
        found = verifying.verify(given, _read(body), _key(secret), now=datetime.now(UTC), max_age_s=max_age)
    except verifying.NotVerified as problem:
        if json:
            print(json_lines.dumps({"verified": False, "problem": str(problem)}))
            raise typer.Exit(1) from None
        raise Refused(f"not verified: {problem}") from None
    if json:
        print(json_lines.dumps({"verified": True, **vars(found)}))
    else:
        print(f"verified: {found.id}, signed with {found.version}, {found.age_s:.0f} s ago")


def send_test(
    endpoint: Annotated[str, typer.Argument(help="The id of the endpoint.")],
    *,
    wait: Patience = 30.0,
    json: AsJson = False,
    url: Url = None,
    key: AccessKey = None,
    data: Data = None,
) -> None:
    """Send a test webhook to an endpoint and follow it. The exit status is 1 if it was not delivered meanwhile."""
    with _client(url, key, data) as client:
        _follow(client, client.send_test(endpoint), wait, as_json=json)


def replay(
    delivery: Annotated[str | None, typer.Argument(help="The id of one delivery (its webhook-id).")] = None,
    *,
    endpoint: Annotated[str | None, typer.Option(help="Instead: everything that failed at this endpoint.")] = None,
    since: Annotated[str | None, typer.Option(help="From a time on (2026-11-21T10:00:00Z, or 2h, 3d ago).")] = None,
    missed: Annotated[bool, typer.Option("--missed", help="With --since: also what was never sent.")] = False,
    wait: Patience = 30.0,
    json: AsJson = False,
    url: Url = None,
    key: AccessKey = None,
    data: Data = None,
) -> None:
    """Send again, under the same ids: one delivery, which is followed, or what failed at an endpoint."""
    if (delivery is None) == (endpoint is None):
        raise Refused("name either a delivery or --endpoint", status=2)
    if endpoint is None and (since or missed):
        raise Refused("--since and --missed need --endpoint", status=2)
    if missed and not since:
        raise Refused("--missed needs --since", status=2)
    with _client(url, key, data) as client:
        if delivery is not None:
            before = max((each["number"] for each in client.delivery(delivery)["attempts"]), default=0)
            client.replay(delivery)
            _follow(client, delivery, wait, as_json=json, after=before)
            return
        assert endpoint is not None
        what = "recover" if missed else "replay-failed"
        started = client.send_again(endpoint, what, _time(since) if since else None)
        print(
            json_lines.dumps(started) if json else f"sending again what failed at {endpoint} since {started['since']}"
        )


def _follow(client: "Client", delivery_id: str, wait: float, *, as_json: bool, after: int = 0) -> None:
    from telop_cli.webhooks import following  # noqa: PLC0415 - see telop_cli.commands

    for delivery, attempt in following.attempts(client, delivery_id, patience_s=wait, after=after):
        if as_json:
            print(json_lines.dumps(attempt or delivery), flush=True)
        else:
            print(following.attempt_line(attempt) if attempt else following.end_line(delivery), flush=True)
        status = delivery["status"]
    raise typer.Exit(0 if status == "succeeded" else 1)


def _client(url: str | None, key: str | None, data: Path | None) -> "Client":
    from telop_cli.demo.client import Client  # noqa: PLC0415 - see telop_cli.commands
    from telop_cli.demo.connection import Connection  # noqa: PLC0415

    found = Connection.find(url, key, data)
    return Client(found.ingest_url, found.api_key, found.notifier_url or found.ingest_url)


def _key(text: str) -> "Key":
    from telop_cli.webhooks.verifying import Key, NotVerified  # noqa: PLC0415 - see telop_cli.commands

    try:
        return Key.parse(text.strip())
    except NotVerified as problem:
        raise Refused(str(problem), status=2) from None


def _print_heard(heard: "Heard", *, as_json: bool) -> None:
    shown = {name: heard.headers.get(name) for name in ("webhook-id", "webhook-timestamp")}
    text = heard.body.decode("utf-8", "replace")
    if as_json:
        verified = None if heard.problem is None else not heard.problem
        line = json_lines.dumps({**shown, "verified": verified, "problem": heard.problem or None, "body": text})
    else:
        mark = "not checked" if heard.problem is None else f"REFUSED, {heard.problem}" if heard.problem else "verified"
        printable = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
        line = f"{shown['webhook-id']}  {mark}\n  {printable}"
    print(line, flush=True)


def _read(path: Path) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"cannot read {path}: {error.strerror}", status=2) from None


def _headers(text: str, lines: Iterable[str]) -> dict[str, str]:
    """Headers in lower case, from JSON or from `name: value` lines; the first line of a request is left out."""
    found: dict[str, str] = {}
    if text.lstrip().startswith("{"):
        try:
            found = {str(name): str(value) for name, value in json_lines.loads(text).items()}
        except ValueError:
            raise Refused("the headers are neither JSON nor `name: value` lines", status=2) from None
        text = ""
    pairs = (line.partition(":") for line in [*text.splitlines(), *lines])
    found |= {name.strip(): value.strip() for name, colon, value in pairs if colon and " " not in name.strip()}
    return {name.lower(): value for name, value in found.items()}


def _time(text: str) -> str:
    if ago := _AGO.fullmatch(text):
        return (datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})).isoformat()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("--since is a time like 2026-11-21T10:00:00Z, or 90s, 30m, 2h, 3d ago", status=2) from None
    return (moment if moment.tzinfo else moment.astimezone()).isoformat()

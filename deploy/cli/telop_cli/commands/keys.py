"""`telop keys`: creates, lists and revokes access keys."""

from pathlib import Path
from typing import Annotated

import typer

Url = Annotated[str | None, typer.Option(help="The ingest service; else the stack of the data folder.")]
Key = Annotated[str | None, typer.Option(help="An admin's access key for --url.", envvar="TELOP_KEY")]
Data = Annotated[Path | None, typer.Option(help="The data folder of a running stack.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    keys = typer.Typer(help="Create, list and revoke access keys.", no_args_is_help=True)
    keys.command("create")(create)
    keys.command("list")(list_keys)
    keys.command("revoke")(revoke)
    app.add_typer(keys, name="keys")


def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[list[str], typer.Option(help="What it opens, jobs:read for instance; may be repeated.")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Creates an access key and prints it: it is shown this once."""
    from telop_cli.demo.connection import Connection  # noqa: PLC0415 - see telop_cli.commands

    with Connection.find(url, key, data).client() as client:
        print(client.create_access_key(name, scope)["key"])


def list_keys(url: Url = None, key: Key = None, data: Data = None) -> None:
    """Lists access keys: id, prefix, state, scopes and name, one a line."""
    from telop_cli.demo.connection import Connection  # noqa: PLC0415 - see telop_cli.commands

    with Connection.find(url, key, data).client() as client:
        for each in client.access_keys():
            state = "revoked" if each["revoked"] else each["expires_at"] or "valid"
            print(each["key_id"], each["prefix"], state, ",".join(each["scopes"]), each["name"], sep="\t")


def revoke(
    key_id: Annotated[str, typer.Argument(help="The id of the key, as `telop keys list` shows it.")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Revokes an access key: every service refuses it within seconds."""
    from telop_cli.demo.connection import Connection  # noqa: PLC0415 - see telop_cli.commands

    with Connection.find(url, key, data).client() as client:
        client.revoke_access_key(key_id)

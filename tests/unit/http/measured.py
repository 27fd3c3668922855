"""Serves two requests to the example application, then prints what `/metrics` says."""

import asyncio
import sys

from telop_chassis import metrics
from telop_chassis.health import Life
from telop_chassis.http import create_app

from tests.unit.http.example import FakeDeadLetters, FakeKeys, bearer, connect, router, settings


async def main() -> None:
    """Print the measurements."""
    keys = FakeKeys()
    app = create_app(
        name="example",
        settings=settings(),
        routers=[router],
        provides=[],
        access_keys=keys,
        dead_letters=FakeDeadLetters(),
        life=Life(),
        checks={},
    )
    async with connect(app) as client:
        await client.get("/v1/things/marker-4711?q=marker-4711", headers=bearer(keys.add("jobs:read")))
        await client.get("/healthz")
        sys.stdout.write((await client.get("/metrics")).text)


if __name__ == "__main__":
    metrics.configure("example")
    asyncio.run(main())

"""Whether this process is alive, whether it should get requests, and what it measures.

`/healthz` answers as long as the event loop turns. `/readyz` asks every dependency, each within a second, and refuses
as soon as the process drains. `Life` is the one place that knows how far the end of the process has come: first it
drains (not ready, still serving), then it closes (streams end, the listener goes).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.sse import ServerSentEvent
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from telop_chassis.logs import get_logger

Check = Callable[[], Awaitable[object]]
"""Returns if its dependency is there and raises, or returns False, if it is not."""

CHECK_LIMIT_S: Final = 1.0
RETRY_HINT_MS: Final = 1_000
log = get_logger(__name__)


class Life:
    """How far the end of this process has come."""

    def __init__(self) -> None:
        self._draining = asyncio.Event()
        self._closing = asyncio.Event()

    @property
    def draining(self) -> bool:
        """Whether no new work should be sent here."""
        return self._draining.is_set()

    @property
    def closing(self) -> bool:
        """Whether what is open must come to its end."""
        return self._closing.is_set()

    def drain(self) -> None:
        """Say that no new work should be sent here."""
        self._draining.set()

    def close(self) -> None:
        """Say that what is open must come to its end."""
        self._draining.set()
        self._closing.set()

    async def wait_draining(self) -> None:
        """Return once the process drains."""
        await self._draining.wait()

    async def wait_closing(self) -> None:
        """Return once the process closes."""
        await self._closing.wait()

    async def stream(self, source: AsyncIterator[ServerSentEvent]) -> AsyncIterator[ServerSentEvent]:
        """Yield what the source yields; when the process closes, end with a hint to come back, elsewhere."""
        closing = asyncio.ensure_future(self.wait_closing())
        step: asyncio.Future[ServerSentEvent] | None = None
        try:
            while True:
                step = asyncio.ensure_future(anext(source))
                await asyncio.wait({step, closing}, return_when=asyncio.FIRST_COMPLETED)
                if not step.done():
                    yield ServerSentEvent(retry=RETRY_HINT_MS, comment="closing")
                    return
                try:
                    event = step.result()
                except StopAsyncIteration:
                    return
                yield event
        finally:
            pending = [task for task in (step, closing) if task is not None and not task.done()]
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)


def _life(request: Request) -> Life:
    life: Life = request.app.state.life
    return life


AppLife = Annotated[Life, Depends(_life)]


class Health(BaseModel):
    """The process turns."""

    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """Whether requests should come here, and what each dependency says."""

    status: Literal["ready", "not_ready"]
    draining: bool
    checks: dict[str, Literal["ok", "failed"]]


async def readiness(life: Life, checks: Mapping[str, Check]) -> Readiness:
    """Ask every dependency at once; one that does not answer within `CHECK_LIMIT_S` has failed."""
    answers = await asyncio.gather(*(_ask(name, check) for name, check in checks.items()))
    results: dict[str, Literal["ok", "failed"]] = {
        name: "ok" if good else "failed" for name, good in zip(checks, answers, strict=True)
    }
    ready = all(answers) and not life.draining
    return Readiness(status="ready" if ready else "not_ready", draining=life.draining, checks=results)


async def _ask(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_LIMIT_S):
            return await check() is not False
    except Exception:  # whatever it is, the dependency is not there
        log.warning("readiness_check_failed", check=name, exc_info=True)
        return False


def operations_router(checks: Mapping[str, Check]) -> APIRouter:
    """Build the routes that are open: health, readiness and metrics."""
    router = APIRouter(tags=["operations"])

    @router.get("/healthz", status_code=200, response_model=Health, summary="Whether the process is alive")
    async def get_health() -> Health:
        return Health()

    @router.get(
        "/readyz",
        status_code=200,
        response_model=Readiness,
        summary="Whether requests should come here",
        responses={503: {"model": Readiness, "description": "Not ready"}},
    )
    async def get_readiness(life: AppLife, response: Response) -> Readiness:
        found = await readiness(life, checks)
        if found.status != "ready":
            response.status_code = 503
        return found

    @router.get("/metrics", status_code=200, response_class=Response, summary="Measurements for Prometheus")
    async def get_metrics() -> Response:
        return Response(await run_in_threadpool(generate_latest), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router

"""A process that serves one slow route, one stream and health; the test ends it with signals."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvloop
from fastapi import FastAPI
from fastapi.sse import EventSourceResponse, ServerSentEvent
from telop_chassis import middleware
from telop_chassis.health import AppLife, Life, operations_router
from telop_chassis.logs import configure_logs
from telop_chassis.serving import serve

from tests.unit.http.example import settings


def say(line: str) -> None:
    """Tell the test how far this process has come."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def build(life: Life) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        say("lifespan closed")

    app = FastAPI(lifespan=lifespan, middleware=middleware.stack(allowed_hosts=["*"], cors_origins=[], life=life))
    app.state.life = life
    app.include_router(operations_router({}))

    @app.get("/until-closing")
    async def wait_for_closing(life: AppLife) -> str:
        say("request started")
        await life.wait_closing()
        await asyncio.to_thread(say, "request works on")
        return "done"

    @app.get("/for-ever")
    async def wait_for_ever() -> None:
        say("request started")
        await asyncio.Event().wait()

    @app.get("/events", response_class=EventSourceResponse)
    async def follow(life: AppLife) -> AsyncIterator[ServerSentEvent]:
        async def source() -> AsyncIterator[ServerSentEvent]:
            yield ServerSentEvent(data="first", id="1")
            await asyncio.Event().wait()

        async for event in life.stream(source()):
            yield event

    return app


if __name__ == "__main__":
    configure_logs("served", "1.0")
    own_life = Life()
    port, drain_s, shutdown_s = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    http = settings(port=port, drain_s=drain_s, shutdown_s=shutdown_s)
    uvloop.run(serve(build(own_life), http, own_life))
    say("returned")

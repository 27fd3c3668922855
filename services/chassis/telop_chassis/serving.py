"""Serves one application with one uvicorn, and ends without dropping a request.

uvicorn closes its listener as soon as it is told to end, before a proxy has noticed. So signals are handled here: on
SIGTERM or SIGINT readiness turns to 503 while the listener still accepts for `drain_s`; then streams end with a hint to
come back, requests have `shutdown_s` to finish, and only then the lifespan closes what they used. A second signal ends
the waiting at once.
"""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from telop_chassis.health import Life
from telop_chassis.logs import get_logger
from telop_chassis.settings import HttpSettings

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
KEEP_ALIVE_S: Final = 65
"""Longer than the 60 s for which common proxies keep an idle connection: they must be the ones to close it."""
log = get_logger(__name__)


class _Server(uvicorn.Server):
    """uvicorn, but for its signal handling."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `serve`."""
        yield


async def serve(app: ASGIApp, settings: HttpSettings, life: Life) -> None:
    """Serve until a signal or `life.close()`; returns when the lifespan has closed. Call it in the main thread."""
    server = _Server(_config(app, settings))
    ending = asyncio.create_task(_end(server, settings, life))

    def on_signal() -> None:
        if life.draining:
            server.force_exit = True
            life.close()
        else:
            life.drain()

    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, on_signal)
    try:
        await server.serve()
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
        life.close()
        ending.cancel()
        await asyncio.gather(ending, return_exceptions=True)


async def _end(server: uvicorn.Server, settings: HttpSettings, life: Life) -> None:
    await life.wait_draining()
    log.info("draining", seconds=settings.drain_s)
    try:
        async with asyncio.timeout(settings.drain_s):
            await life.wait_closing()
    except TimeoutError:
        life.close()
    server.should_exit = True


def _config(app: ASGIApp, settings: HttpSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=max(1, round(settings.shutdown_s)),
    )

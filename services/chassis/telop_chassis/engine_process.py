"""A recognition engine in a child of its own: loaded once, asked many times, killed when its answer is unwanted.

The child holds the model and nothing else: it opens no media, so broken media cannot take the model with them. It
answers one request at a time. When it dies it is loaded again for the next request; when the task that asks is
cancelled, it gets a moment to finish and is killed otherwise. Requests and answers are small JSON objects: what is
big goes through files.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from telop_contracts.values import EngineFingerprint

from telop_chassis import children
from telop_chassis.child_side import FRAME_HEADER, Engine, EngineMissingError, Refused
from telop_chassis.failures import PermanentError, TransientError
from telop_chassis.logs import get_logger

__all__ = ["Engine", "EngineMissingError", "EngineProcess", "EngineUnavailableError", "Refused"]

MODEL_ENVIRONMENT: Final = ("HOME", "HF_HOME", "XDG_CACHE_HOME", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE")
"""What loading a model by name may need beside the environment of every child."""
LONGEST_ANSWER: Final = 16 * 1024**2
FINISH_GRACE_S: Final = 0.5
_log = get_logger(__name__)


class EngineUnavailableError(TransientError):
    """The engine could not be loaded; the detail says what an operator can do."""

    def __init__(self, advice: str) -> None:
        super().__init__("engine_unavailable", advice)


class EngineProcess:
    """One engine, built in the child by `factory` ("package.module:function") from `settings`.

    The function is called with `settings` (a JSON object) and returns an `Engine`, or raises `EngineMissingError`.
    `loads` counts how often an engine was loaded successfully.
    """

    def __init__(
        self,
        factory: str,
        settings: Mapping[str, Any] | None = None,
        *,
        threads: int = 1,
        environment: Iterable[str] = MODEL_ENVIRONMENT,
        load_timeout_s: float = 600.0,
    ) -> None:
        self.loads = 0
        self._factory = factory
        self._settings = dict(settings or {})
        self._threads = threads
        self._environment = tuple(environment)
        self._load_timeout_s = load_timeout_s
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._fingerprint: EngineFingerprint | None = None

    async def start(self) -> EngineFingerprint:
        """Loads and warms up the engine unless it runs, and tells which it is. Raises `EngineUnavailableError`."""
        async with self._turn:
            return await self._running()

    async def ask(self, request: Mapping[str, Any], *, timeout_s: float = 600.0) -> dict[str, Any]:
        """One answer of the engine.

        Raises `PermanentError` with the reason of a `Refused`, and `TransientError` with `engine_died`,
        `engine_failed` (the detail is the type and place of the exception), `engine_timeout`,
        `engine_out_of_memory` or `engine_unavailable`.
        """
        async with self._turn:
            await self._running()
            exchange = asyncio.ensure_future(self._exchange(request))
            try:
                with children.watched(self._factory):
                    async with asyncio.timeout(timeout_s):
                        return _interpret(await asyncio.shield(exchange))
            except TimeoutError:
                await self._end(exchange)
                raise TransientError("engine_timeout") from None
            except asyncio.CancelledError:
                try:
                    await asyncio.wait({exchange}, timeout=FINISH_GRACE_S)
                finally:
                    await self._end(exchange)
                raise

    async def stop(self) -> None:
        """Ends the child, if there is one; a later request starts it again."""
        async with self._turn:
            await self._kill()

    async def _end(self, exchange: "asyncio.Future[dict[str, Any]]") -> None:
        """Ends an exchange that nobody waits for; the child with it, unless it has just finished."""
        if not exchange.done():
            exchange.cancel()
            await self._kill()
        await asyncio.gather(exchange, return_exceptions=True)

    async def _running(self) -> EngineFingerprint:
        if self._process is not None and self._process.returncode is None and self._fingerprint is not None:
            return self._fingerprint
        await self._kill()
        self._process = await children.spawn(
            "serve_engine", self._factory, threads=self._threads, environment=self._environment
        )
        try:
            async with asyncio.timeout(self._load_timeout_s):
                facts = _interpret(await self._exchange(self._settings))
        except EngineUnavailableError as error:
            _log.error("engine_unavailable", advice=error.detail)  # settings and advice, never input
            await self._kill()
            raise
        except BaseException:
            await self._kill()
            raise
        self._fingerprint = EngineFingerprint.model_validate(facts)
        self.loads += 1
        return self._fingerprint

    async def _exchange(self, message: Mapping[str, Any]) -> dict[str, Any]:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        body = json.dumps(dict(message)).encode()
        try:
            process.stdin.write(FRAME_HEADER.pack(len(body)) + body)
            await process.stdin.drain()
            (length,) = FRAME_HEADER.unpack(await process.stdout.readexactly(FRAME_HEADER.size))
            if length > LONGEST_ANSWER:
                raise TransientError("engine_failed", "answer too large")
            outcome: dict[str, Any] = json.loads(await process.stdout.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
            await self._kill()
            raise TransientError("engine_died") from error
        return outcome

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await children.end(process)


def _interpret(outcome: dict[str, Any]) -> dict[str, Any]:
    match outcome:
        case {"answer": dict() as found}:
            return found
        case {"refused": str() as reason}:
            raise PermanentError(reason)
        case {"missing": str() as advice}:
            raise EngineUnavailableError(advice)
        case {"out_of_memory": str() as place}:
            raise TransientError("engine_out_of_memory", place)
        case {"failed": str() as place}:
            raise TransientError("engine_failed", place)
        case _:
            raise TransientError("engine_failed", "not an answer")

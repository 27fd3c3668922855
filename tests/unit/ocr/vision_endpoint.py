"""An OpenAI-compatible endpoint on this machine, which answers what a test says and keeps what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class VisionEndpoint:
    """`content` is what the model says; `body`, where set, is the whole answer instead."""

    content: str = json.dumps({"text": "Harbour"})
    body: bytes | None = None
    status: int = 200
    hangs: bool = False
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    authorizations: list[str | None] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        self.authorizations.append(request.headers.get("authorization"))
        if self.hangs:
            await self.released.wait()
        said = {"choices": [{"message": {"role": "assistant", "content": self.content}}]}
        return web.Response(status=self.status, body=json.dumps(said).encode() if self.body is None else self.body)


@asynccontextmanager
async def serving() -> AsyncIterator[VisionEndpoint]:
    endpoint = VisionEndpoint()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", endpoint.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    endpoint.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield endpoint
    finally:
        endpoint.released.set()
        await runner.cleanup()

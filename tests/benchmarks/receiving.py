"""A webhook receiver in a process of its own that costs next to nothing: `/ok` answers after 20 ms, `/fail` with 500.

`/hang` never answers. Connections are kept. Run it as a program: it prints its port and ends with its standard input.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, cast

import uvloop

LATENCY_S: Final = 0.02
_OK: Final = b"HTTP/1.1 204 No Content\r\n\r\n"
_FAIL: Final = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n"


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._left = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one by its methods only

    def data_received(self, data: bytes) -> None:
        self._left += data
        head, separator, body = self._left.partition(b"\r\n\r\n")
        if not separator:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) < length:
            return
        self._left = body[length:]
        if head.startswith(b"POST /ok"):
            asyncio.get_running_loop().call_later(LATENCY_S, self._answer, _OK)
        elif head.startswith(b"POST /fail"):
            self._answer(_FAIL)

    def _answer(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


@contextmanager
def receiving() -> Iterator[str]:
    """Run the receiver and yield its address."""
    program = [sys.executable, "-m", "tests.benchmarks.receiving"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.stdin.close()


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(_serve())

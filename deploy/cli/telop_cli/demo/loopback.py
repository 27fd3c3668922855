"""A small HTTP server on loopback, in a thread of its own, for the receivers of the demo.

It answers POST requests only, bounds their bodies, and ends with its `with` block.
"""

from collections.abc import Callable
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final, Self

MAX_BODY_BYTES: Final = 64 * 2**20

Answer = tuple[int, str, bytes]
"""Status, content type, body."""
Post = Callable[[str, Message, bytes], Answer]
"""Called with path, headers and body, from several threads at once."""


class LoopbackServer:
    """Answers POST requests on a port of 127.0.0.1, a free one by default, while its `with` block runs."""

    def __init__(self, post: Post, *, port: int = 0) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self._answer(*self._call())

            def _call(self) -> Answer:
                length = int(self.headers.get("content-length", "0"))
                if not 0 <= length <= MAX_BODY_BYTES:
                    self.close_connection = True
                    return 413, "text/plain", b""
                return post(self.path, self.headers, self.rfile.read(length))

            def _answer(self, status: int, content_type: str, body: bytes) -> None:
                self.send_response(status)
                if body:
                    self.send_header("content-type", content_type)
                if status != 204:
                    self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
                """Say nothing: standard error belongs to the command."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

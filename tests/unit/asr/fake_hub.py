"""A model hub on this machine: enough of the Hugging Face Hub's interface for its own client to fetch a repository."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(BaseHTTPRequestHandler):
    """Answers for one repository."""

    repository: ClassVar[str]
    files: ClassVar[dict[str, bytes]]

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.wfile.write(self.answer())

    def answer(self) -> bytes:
        name = self.path.rpartition("/")[2]
        if self.path.startswith(f"/api/models/{self.repository}/tree/"):
            return self.head(json.dumps([self.entry(each) for each in self.files]).encode(), "application/json")
        if self.path.startswith(f"/api/models/{self.repository}/"):
            about = {"id": self.repository, "sha": COMMIT, "siblings": [{"rfilename": each} for each in self.files]}
            return self.head(json.dumps(about).encode(), "application/json")
        if self.path.startswith(f"/{self.repository}/resolve/") and name in self.files:
            return self.head(self.files[name], "application/octet-stream")
        self.send_error(404)
        return b""

    def entry(self, name: str) -> dict[str, str | int]:
        body = self.files[name]
        return {"type": "file", "path": name, "size": len(body), "oid": hashlib.sha1(body).hexdigest()}

    def head(self, body: bytes, kind: str) -> bytes:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        return body

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(repository: str, folder: Path) -> Iterator[str]:
    """Serve the files of a folder as a repository; gives the hub's address."""
    content = {"repository": repository, "files": {path.name: path.read_bytes() for path in folder.iterdir()}}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OneHub", (Hub,), content))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""Stands in for a service: says that it is ready, or, if `TELOP_TEST_LAST_WORDS` is set, says that and ends."""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Ready(BaseHTTPRequestHandler):
    """Answers everything with 200."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()


if __name__ == "__main__":
    if "TELOP_TEST_LAST_WORDS" in os.environ:
        sys.exit(os.environ["TELOP_TEST_LAST_WORDS"])
    HTTPServer(("127.0.0.1", int(os.environ["TELOP_HTTP__PORT"])), Ready).serve_forever()

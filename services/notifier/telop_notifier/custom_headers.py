"""Headers that an endpoint's owner adds to each request, and why some may not be added.

Only names and values that no proxy or server can read in two ways pass: RFC 9110 tokens and printable ASCII. What the
request itself needs (its framing, its host, its signature, its trace) and what a proxy would act on stays ours.
`authorization` may be set: many receivers ask for it. Values are secrets: messages never repeat them.
"""

import re
from collections.abc import Mapping
from typing import Final

MAX_HEADERS: Final = 20
MAX_NAME: Final = 64
MAX_VALUE: Final = 1_024
MAX_TOTAL: Final = 4_096

_TOKEN: Final = re.compile(r"[a-z0-9!#$%&'*+.^`|~-]{1,64}")
"""A token of RFC 9110 but for `_`, which some servers read as `-`: a way around the names below."""
_VALUE: Final = re.compile(r"[!-~]([ -~]*[!-~])?")
_OURS: Final = frozenset(
    {
        "host", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect", "http2-settings",
        "proxy-authenticate", "proxy-authorization", "proxy-connection", "accept", "accept-encoding", "user-agent",
        "cookie", "set-cookie", "forwarded", "via", "traceparent", "tracestate", "baggage", "date", "range",
        "max-forwards", "x-http-method", "x-http-method-override", "x-method-override", "x-real-ip", "x-original-url",
        "x-rewrite-url",
    }
)  # fmt: skip
_OUR_PREFIXES: Final = ("webhook-", "content-", "x-forwarded-", "proxy-", "sec-", "if-", "access-control-")


def checked(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers with their names in lower case; raises `ValueError` with a message that repeats no value."""
    found: dict[str, str] = {}
    for name, value in headers.items():
        lower = name.lower()
        if not _TOKEN.fullmatch(lower):
            raise ValueError("a header name is letters, digits and hyphens, at most 64")
        if lower in _OURS or lower.startswith(_OUR_PREFIXES):
            raise ValueError("one of these headers is set by Telopcheck, or acted on by proxies, and cannot be chosen")
        if lower in found:
            raise ValueError("a header is given twice")
        if len(value) > MAX_VALUE or not _VALUE.fullmatch(value):
            raise ValueError("a header value is 1 to 1,024 printable ASCII characters, without spaces around it")
        found[lower] = value
    if sum(len(name) + len(value) for name, value in found.items()) > MAX_TOTAL:
        raise ValueError("all headers together are at most 4,096 characters")
    return found

"""Every log line of a process is one JSON object on standard error, whoever wrote it.

Lines carry service, level, time, request id, job id and trace id where there are any. Exceptions appear as types and
places inside this project, never as messages, because messages of parsers and databases quote input. Lines of other
libraries are cut to their first line and never show an exception's text or bytes. Our own lines are an event name and
ids, counts and codes; whoever writes one keeps recognised text, names and secrets out of it.
"""

import errno
import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import PurePath
from types import TracebackType
from typing import Any, Final, TextIO

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.stdlib import BoundLogger, ProcessorFormatter

from telop_chassis.telemetry import current_job_id, current_trace_id

request_id: ContextVar[str | None] = ContextVar("telop_request_id", default=None)
"""The id of the HTTP request that is being served."""

_FOREIGN_LINE_LIMIT: Final = 300
_PLACES_LIMIT: Final = 8
_CHATTY: Final = ("aiokafka", "sqlalchemy", "httpx", "httpcore", "alembic", "asyncio", "opentelemetry")
"""Libraries whose INFO lines are of no use to an operator."""

EventDict = MutableMapping[str, Any]


def get_logger(name: str) -> BoundLogger:
    """Return the logger of a module; pass `__name__`."""
    return structlog.stdlib.get_logger(name)


@contextmanager
def bound(**fields: str | int | None) -> Iterator[None]:
    """Put fields (ids, no content) on every line written inside, also by tasks started inside."""
    with bound_contextvars(**fields):
        yield


def configure_logs(service: str, version: str, level: str = "INFO", *, stream: TextIO | None = None) -> None:
    """Send every line of this process to `stream` (standard error) as JSON. Safe to call again."""
    shared = _shared_processors(service, version)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(_tame_foreign)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                _describe_exception,
                ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=False,
    )
    _take_over(handler, level)


def _take_over(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in list(logging.Logger.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
        logger.setLevel(logging.NOTSET)  # some libraries set one of their own when they are imported
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.getLogger("uvicorn.access").disabled = True  # the middleware writes that line, with the ids
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_crash


def _shared_processors(service: str, version: str) -> list[structlog.types.Processor]:
    def identity(_logger: object, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        event["version"] = version
        return event

    return [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        identity,
        _add_ids,
    ]


def _add_ids(_logger: object, _method: str, event: EventDict) -> EventDict:
    current = request_id.get()
    if current is not None:
        event.setdefault("request_id", current)
    if job_id := current_job_id.get():
        event.setdefault("job_id", job_id)
    if trace_id := current_trace_id():
        event.setdefault("trace_id", trace_id)
    return event


def _describe_exception(_logger: object, _method: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    event.pop("exception", None)
    info = event.pop("exc_info", None) or (record.exc_info if isinstance(record, logging.LogRecord) else None)
    error = info[1] if isinstance(info, tuple) else info if isinstance(info, BaseException) else sys.exc_info()[1]
    if info and isinstance(error, BaseException):
        event["error"] = describe(error)
    return event


def describe(error: BaseException) -> dict[str, object]:
    """Return the types of an error and of its causes, the system's code, and the places it came through: ours, and the
    innermost.
    """
    causes: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < _PLACES_LIMIT:
        causes.append(type(cause).__qualname__)
        cause = cause.__cause__ or cause.__context__
    number = errno.errorcode.get(error.errno or 0) if isinstance(error, OSError) else None
    told: dict[str, object] = {"type": type(error).__qualname__, "places": _places(error.__traceback__)}
    return told | {"causes": causes} | ({"errno": number} if number else {})


def _places(origin: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(origin)
    ours = [frame for frame in frames[:-1] if "telop_" in frame.filename] + frames[-1:]
    return [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in ours[-_PLACES_LIMIT:]]


def _tame_foreign(record: logging.LogRecord) -> bool:
    if record.name.startswith("telop_") or isinstance(record.msg, dict):
        return True
    if isinstance(record.args, tuple):
        record.args = tuple(_harmless(argument) for argument in record.args)
    elif record.args:
        record.args = {key: _harmless(value) for key, value in record.args.items()}
    try:
        line = record.getMessage()
    except (TypeError, ValueError):
        line = str(record.msg)
    first = line.partition("\n")[0]
    record.msg, record.args = first[:_FOREIGN_LINE_LIMIT], ()
    return True


def _harmless(argument: object) -> object:
    if isinstance(argument, BaseException):
        return type(argument).__qualname__
    if isinstance(argument, bytes | bytearray | memoryview):
        return f"<{len(argument)} bytes>"
    return argument


def _log_crash(kind: type[BaseException], error: BaseException, origin: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, origin)
        return
    get_logger(__name__).critical("process_crashed", exc_info=(kind, error, origin))

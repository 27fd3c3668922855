"""One way to build an HTTP application: strict input, problem documents, nothing open by default.

`create_app` puts every router of a service behind authentication and gives it the same middleware, errors, health
routes and metrics. Routes find their use cases with `provided`, so that tests can swap them, and take JSON bodies as
`Json[Model]`. FastAPI's own tracing is off, because its spans hold the query string; its metrics are on.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Lifespan

from telop_chassis import dead_letter_routes, documentation, input_errors, middleware
from telop_chassis.auth import Authenticator, KeySource, authenticated
from telop_chassis.health import Check, Life, operations_router
from telop_chassis.logs import get_logger
from telop_chassis.middleware import problem_response, set_body_limit
from telop_chassis.pagination import Cursors
from telop_chassis.problems import BY_STATUS, BadRequest, InternalError, Problem, problem_responses
from telop_chassis.settings import HttpSettings
from telop_chassis.strict_json import Json
from telop_chassis.version import VERSION

__all__ = ["Json", "create_app", "limit_body", "provided"]

T = TypeVar("T")
log = get_logger(__name__)

_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "operation_spans": False,
    "logs": False,
    "auto_configure": False,
    "exclude": lambda scope: scope.get("path") in middleware.PROBES,
}


def create_app(
    *,
    name: str,
    settings: HttpSettings,
    routers: Sequence[APIRouter],
    provides: Sequence[object],
    access_keys: KeySource,
    dead_letters: dead_letter_routes.DeadLetters,
    life: Life,
    checks: Mapping[str, Check],
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """Build the application of a service; opens nothing. `provides` are the objects that `provided` finds by type."""
    app = FastAPI(
        title=f"Telopcheck {name}",
        version=VERSION,
        openapi_url="/openapi.json" if settings.docs else None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        telemetry=_TELEMETRY,
        lifespan=lifespan,
        middleware=middleware.stack(
            allowed_hosts=settings.allowed_hosts, cors_origins=settings.cors_origins, life=life
        ),
    )
    app.state.life = life
    app.state.authenticator = Authenticator(access_keys)
    app.state.cursors = Cursors(settings.cursor_key)
    app.state.provided = {type(each): each for each in provides}
    app.include_router(operations_router(checks))
    for router in (*routers, dead_letter_routes.router(dead_letters)):
        app.include_router(
            router,
            dependencies=[Depends(authenticated)],
            responses=problem_responses(401, 403, 413, 415, 422, 500),
        )
    documentation.install(app, page=settings.docs)
    _translate_errors(app)
    return app


@cache
def provided(kind: type[T]) -> Callable[[Request], T]:
    """Return the dependency that finds what the service provides of this type; the same one each time."""

    def find(request: Request) -> T:
        found: T = request.app.state.provided[kind]
        return found

    return find


def limit_body(request: Request, limit: int) -> None:
    """Set the limit in bytes of this request's body; call it before reading. What exceeds it is a 413."""
    set_body_limit(request.scope, limit)


def _translate_errors(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http_exception)


async def _answer_problem(_request: Request, error: Exception) -> Response:
    problem = error if isinstance(error, Problem) else InternalError()
    if problem.status >= 500:
        log.error("problem_raised", code=problem.code, exc_info=error)
    return problem_response(problem)


async def _answer_invalid(_request: Request, error: Exception) -> Response:
    found: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
    return problem_response(input_errors.invalid(found))


async def _answer_http_exception(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    answer = problem_response(BY_STATUS.get(status, BadRequest if status < 500 else InternalError)())
    if isinstance(error, HTTPException) and error.headers and "Allow" in error.headers:
        answer.headers["Allow"] = error.headers["Allow"]
    return answer

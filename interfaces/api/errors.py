"""Every error of the API as a problem: refusals, what FastAPI refuses by itself, and what went wrong with us."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from domain.people import Reason, Refused
from interfaces import forms
from interfaces.access.throttle import TooSoon
from interfaces.api.problems import Problem, problem_of, problem_response
from interfaces.wiring import is_of_storage

_log = logging.getLogger("lvzhi.api")
AGAIN_AFTER = {"Retry-After": "1"}
SIGN_IN = {"WWW-Authenticate": 'Bearer realm="lvzhi"'}


def install(app: FastAPI) -> None:
    """Have the application answer every error with `application/problem+json`."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unexpected)


def answer(refused: Refused, parameters: frozenset[str] = frozenset()) -> Response:
    """The refusal as an answer."""
    problem = problem_of(refused, parameters)
    headers: dict[str, str] = {}
    if problem.status == 401:
        headers = SIGN_IN
    elif isinstance(refused, TooSoon):
        headers = {"Retry-After": str(refused.seconds)}
    elif problem.status == 503:
        headers = AGAIN_AFTER
    return problem_response(problem, headers)


def method_not_taken(method: str, headers: dict[str, str] | None = None) -> Response:
    """The answer to a method that an address does not take."""
    problem = Problem(
        type="/problems/method_not_allowed",
        title="此地址不支持该方法",
        title_en="the address does not take this method",
        status=405,
        reason="method_not_allowed",
        detail=f"此地址不支持 {method}",
        detail_en=f"{method} is not taken here",
    )
    return problem_response(problem, headers or {"Allow": "GET, HEAD, POST, PUT"})


async def _refused(request: Request, error: Exception) -> Response:
    refused = cast("Refused", error)
    return answer(refused, frozenset(request.query_params) | frozenset(request.path_params))


async def _not_valid(_: Request, error: Exception) -> Response:
    """Query parameters that FastAPI read; bodies are read by `bodies`."""
    found = []
    for each in cast("RequestValidationError", error).errors():
        where, *rest = [str(part) for part in each["loc"]]
        field = rest[0] if rest else where
        if each["type"] == "missing":
            found.append(Refused(Reason.MISSING, field))
            continue
        said, wanted = forms.given(each["input"]), forms.wanted(each)
        found.append(Refused(Reason.MALFORMED, field, said, wanted=wanted))
    first, *others = found
    names = frozenset(each.field for each in found)
    return answer(replace(first, others=tuple(others)), names)


async def _page(request: Request, status: int) -> Response | None:
    """The same as a page, for whoever reads pages; none for a program."""
    make = getattr(request.app.state, "page_of_error", None)
    if make is None or request.url.path.startswith("/api/"):
        return None
    if "text/html" not in request.headers.get("accept", ""):
        return None
    made: Response = await run_in_threadpool(make, request, status)
    return made


async def _of_http(request: Request, error: Exception) -> Response:
    failed = cast("HTTPException", error)
    if failed.status_code == 404:
        return await _page(request, 404) or answer(Refused(Reason.NO_SUCH_PAGE))
    if failed.status_code == 405:
        return method_not_taken(request.method, dict(failed.headers or {}))
    refused = answer(Refused(Reason.MALFORMED, about=str(failed.detail)))
    refused.status_code = failed.status_code
    return refused


async def _gone(_: Request, __: Exception) -> Response:
    """Whoever went away in the middle of what he sent is answered nothing, and it is no fault of ours."""
    return Response(status_code=400)


def _where(request: Request) -> dict[str, str]:
    """The route as it is declared: what was asked for by it stays out of the log."""
    route = request.scope.get("route")
    return {"route": f"{request.method} {getattr(route, 'path', '?')}"}


async def _unexpected(request: Request, error: Exception) -> Response:
    """Our own fault, or the database's; the text of the error goes to the log, never out."""
    if is_of_storage(error):
        _log.error("storage failed", extra=_where(request), exc_info=error)
        return await _page(request, 503) or answer(Refused(Reason.UNAVAILABLE))
    _log.error("failed", extra=_where(request), exc_info=error)
    return await _page(request, 500) or problem_response(
        Problem(
            type="/problems/internal_error",
            title="系统内部错误",
            title_en="internal error",
            status=500,
            reason="internal_error",
            detail="系统内部错误,已记入日志;同一命令编号可安全重试",
            detail_en="an internal error was logged; it is safe to try again with the same command id",
        )
    )

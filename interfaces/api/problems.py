"""A refusal as an RFC 9457 problem."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from starlette.responses import Response

from domain.people import Reason, Refused
from interfaces.refusals import status_of

MEDIA_TYPE = "application/problem+json"
_encode = msgspec.json.Encoder().encode


class ProblemError(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong: where (a JSON pointer, a header or a parameter), why, in two languages."""

    reason: str
    detail: str
    detail_en: str
    pointer: str | None = None
    header: str | None = None
    parameter: str | None = None


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An RFC 9457 problem; `title` and `detail` are Chinese, `reason` is of the closed list."""

    type: str
    title: str
    title_en: str
    status: int
    reason: str
    detail: str
    detail_en: str
    errors: tuple[ProblemError, ...] = ()


def problem_of(refused: Refused, parameters: frozenset[str] = frozenset()) -> Problem:
    """The refusal as a problem; a field that is one of `parameters` is named as a query parameter."""
    return Problem(
        type=f"/problems/{refused.reason.value}",
        title=refused.reason.zh,
        title_en=refused.reason.en,
        status=status_of(refused),
        reason=refused.reason.value,
        detail=refused.zh,
        detail_en=refused.en,
        errors=tuple(_errors(refused, parameters)),
    )


def _errors(refused: Refused, parameters: frozenset[str]) -> Iterator[ProblemError]:
    for each in (refused, *refused.others):
        field = each.field
        if not field and not each.others:
            continue
        is_pointer = field.startswith("/")
        is_parameter = each.reason is Reason.UNKNOWN_PARAMETER or field in parameters
        yield ProblemError(
            reason=each.reason.value,
            detail=each.zh,
            detail_en=each.en,
            pointer=field if is_pointer else None,
            parameter=field if is_parameter else None,
            header=field if field and not is_pointer and not is_parameter else None,
        )


def problem_response(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """An answer that says what is wrong."""
    return Response(_encode(problem), problem.status, headers, MEDIA_TYPE)

"""Files of evidence over HTTP: a picture or a PDF is the body; it is shown where a record names it, to those who see names of citizens there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Annotated, Any, TypeAlias
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Request, Response

from application import evidence
from application.evidence import Kept
from application.pictures import MediaType
from domain.access import Action, Relation, always
from domain.characters import FORBIDDEN
from domain.evidence import is_hash
from domain.inspection import MOST
from domain.people import PersonId, Reason, Refused
from domain.problem import standing
from domain.streams import facts_of
from domain.words import Protection
from interfaces import sealed
from interfaces.api.asking import AskedNow, Asking, Look
from interfaces.api.door import COLLECTIONS, needs
from interfaces.api.imports import Sent, let_in
from interfaces.api.writes import LEDGER
from projections import deeds
from projections.evidence import evidence_of, naming_of

Number: TypeAlias = Annotated[int, Path(ge=1, le=MOST, description="问题序号 / its number")]
TAG = "files"
OPERATION = "keep_file"
MOST_A_DAY = 200
"""Files that one person may send to a ledger in a day, as far as this process knows."""
CONTENT_SECURITY = "default-src 'none'; sandbox"
"""What an answer with a file carries beside what every answer does: opened by itself it runs nothing and is of no site."""
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file that is kept: name it by this hash in a record within a week. The hash is of what is kept, which is not all that was sent."""

    sha256: str
    size: int
    media_type: MediaType


class SentToday:
    """How many files each person has sent to each ledger today. Safe for several threads."""

    def __init__(self) -> None:
        self._sent: dict[tuple[str, PersonId], tuple[date, int]] = {}
        self._lock = Lock()

    def count(self, ledger: str, person: PersonId, day: date) -> None:
        """One more; refuses it where it is one too many."""
        with self._lock:
            last, number = self._sent.get((ledger, person), (day, 0))
            if last != day:
                number = 0
            if number >= MOST_A_DAY:
                raise Refused(Reason.TOO_MANY_TODAY, about=str(MOST_A_DAY))
            self._sent[ledger, person] = day, number + 1


async def sent(request: Request) -> AsyncIterator[Sent]:
    """Let in a file of evidence."""
    async with let_in(request, evidence.LARGEST) as file:
        yield file


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER, tags=[TAG])
    of_file = {"schema": {"type": "string", "format": "binary"}}
    content = {"application/octet-stream": of_file} | {each.value: of_file for each in MediaType}
    body = {"requestBody": {"required": True, "content": content}}

    @made.post(
        "/files",
        status_code=201,
        operation_id=OPERATION,
        summary="上传佐证文件",
        openapi_extra=body | needs(Action.RECORD),
    )
    def keep_file(
        request: Request, file: Annotated[Sent, Depends(sent, scope="function")]
    ) -> FileView:
        """Keep a JPEG, PNG or WebP picture or a PDF, without what tells of place and device. The same file again answers the same."""
        today: SentToday = request.app.state.sent_today
        desk = file.desk
        today.count(desk.code, file.actor.person, desk.today())
        kept = desk.files.put(file.content)
        return FileView(sha256=kept.sha256, size=kept.size, media_type=kept.media_type)

    for root in ("occasion", "matter", "finding"):
        _add_evidence(made, root, content)

    @made.get(
        "/matters/{id}/problems/{number}/evidence/{sha256}",
        operation_id="get_evidence_of_problem",
        summary="整改佐证文件",
        response_class=Response,
        responses={200: {"description": "文件 / the file", "content": content}},
        openapi_extra=needs(Action.SEE_UNIT_FILE),
    )
    def get_evidence_of_problem(asked: AskedNow, id: str, number: Number, sha256: str) -> Response:
        """A file that bears out the mending of a problem, to those to whom the problem is open; of other units it is noted."""
        with asked.look() as look:
            shown = problem_shown_by(asked, look, id, number, sha256)
        return given(asked, sha256, *shown)

    return made


def _add_evidence(made: APIRouter, root: str, content: dict[str, Any]) -> None:
    def get_evidence(asked: AskedNow, id: str, sha256: str) -> Response:
        """A file that the record names as its evidence, to those who see names of citizens in it; what somebody else recorded is noted."""
        with asked.look() as look:
            shown = shown_by(asked, look, f"{root}/{id}", sha256)
        return given(asked, sha256, *shown)

    made.add_api_route(
        f"/{COLLECTIONS[root]}/{{id}}/evidence/{{sha256}}",
        get_evidence,
        operation_id=f"get_evidence_of_{root}",
        summary="佐证文件",
        response_class=Response,
        responses={200: {"description": "文件 / the file", "content": content}},
        openapi_extra=needs(Action.SEE_RECORD),
    )


def shown_by(
    asked: Asking, look: Look, stream: str, sha256: str
) -> tuple[str, list[tuple[str, Action]]]:
    """What the record calls the file, and what is to be noted before it is shown; refuses who may not see it, and a file that the record does not name."""
    state = deeds.states(look.connection, look.ledger, [stream]).get(stream)
    told = deeds.summaries(look.connection, look.ledger, [stream]).get(stream)
    if state is None or told is None:
        reason = Reason.NO_SUCH_FINDING if stream.startswith("finding/") else Reason.NO_SUCH_DEED
        raise Refused(reason, "id", stream.partition("/")[2])
    subjects = {fact.subject for fact in facts_of(state)}
    seen = sealed.sight(asked.asker, told.recorded_by, told.recorder, subjects)
    if Protection.P2 in seen.hidden:
        raise Refused(Reason.NOT_ALLOWED, "sha256", Action.SEE_PRIVATE.zh)
    if not asked.asker.always(Action.SEE_PRIVATE):
        _refuse_borrowed(look, stream, sha256)
    names = [each.name for each in evidence_of(state) if each.sha256.lower() == sha256]
    if not names or not is_hash(sha256):
        raise Refused(Reason.NO_SUCH_FILE, "sha256", sha256[:12])
    return names[0], [(stream, Action.SEE_PRIVATE)] if seen.others else []


def problem_shown_by(
    asked: Asking, look: Look, id: str, number: int, sha256: str
) -> tuple[str, list[tuple[str, Action]]]:
    """The same of a file by which a problem of an inspection was mended; refuses whom the problem is not open to, and a file that it does not name."""
    stream = f"matter/{id}"
    state: Any = deeds.states(look.connection, look.ledger, [stream]).get(stream)
    problems = standing(getattr(state, "problems", ()))
    found = next((each for each in problems if each.number == number), None)
    only = asked.inspections_open(look)
    if found is None or not sealed.is_told_of_problem(only, state.body.organiser, found.unit):
        raise Refused(Reason.NO_SUCH_FILE, "number", str(number))
    asked.asker.must(Action.SEE_PRIVATE, Relation.OTHER, "sha256")
    names = [each.name for each in found.evidence if each.sha256 == sha256]
    if not names:
        raise Refused(Reason.NO_SUCH_FILE, "sha256", sha256[:12])
    own = asked.actor.unit == found.unit
    return names[0], [] if own else [(stream, Action.SEE_PRIVATE)]


def given(asked: Asking, sha256: str, name: str, shown: Iterable[tuple[str, Action]]) -> Response:
    """A file under the name that it has where it is shown; that it is, is noted before."""
    found = asked.desk.files.get(sha256)
    if found is None:
        raise Refused(Reason.NO_SUCH_FILE, "sha256", sha256[:12])
    asked.note(shown)
    return answer(*found, name)


def _refuse_borrowed(look: Look, stream: str, sha256: str) -> None:
    """Refuse a file that another record had named before, where it was named here by somebody who may not have seen it.

    Everybody sees the hashes in other people's records: who names one of them in a record of his own does not see the file for that.
    """
    how = naming_of(look.connection, look.ledger, sha256, stream)
    if how is not None and not how.first and not always(how.role, Action.SEE_PRIVATE):
        raise Refused(Reason.NOT_ALLOWED, "sha256", Action.SEE_PRIVATE.zh)


def answer(kept: Kept, content: bytes, name: str) -> Response:
    """The file; a picture to be looked at, a PDF to be saved, under the name that the record gives it."""
    ending = kept.media_type.ending
    plain = FORBIDDEN.sub("", name).replace("/", "_").replace("\\", "_").strip(" .")
    called = plain.removesuffix(ending)[:LONGEST_NAME] or kept.sha256[:12]
    shown = "attachment" if kept.media_type is MediaType.PDF else "inline"
    said = f"filename=\"{kept.sha256[:12]}{ending}\"; filename*=UTF-8''{quote(called + ending)}"
    headers = {
        "Content-Disposition": f"{shown}; {said}",
        "Content-Security-Policy": CONTENT_SECURITY,
        "Cache-Control": "private, no-store",
    }
    return Response(content, headers=headers, media_type=kept.media_type.value)

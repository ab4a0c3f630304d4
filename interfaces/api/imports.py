"""Imports over HTTP: the file is the body, what is said beside it stands in the query; a preview unless `commit` is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import StringConstraints

from application import importing
from application.sheets import LARGEST_FILE, Sheet, read_sheet
from domain.access import Action
from domain.deed import Known
from domain.people import Actor
from interfaces import bodies, imports
from interfaces.api.asking import known_parameters
from interfaces.api.door import Door, Gate, needs
from interfaces.api.writes import LEDGER
from interfaces.imports import ImportView, Said
from interfaces.wiring import Desk

MOST_AT_ONCE = 4
"""Files that are read at a time: each is as large as a sheet may be."""
MOST_COMING, MOST_OF_ONE = 32, 2
"""Files that may be on their way at a time, and of those how many of one person."""
MOST_CHOICES = 2_000
"""Rows about which one request may choose something."""
FILE_TYPES = (
    "application/octet-stream",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/csv",
)


LONGEST_WORD = 300
Word: TypeAlias = Annotated[str, StringConstraints(max_length=LONGEST_WORD)]
Name: TypeAlias = Annotated[
    str,
    Query(
        min_length=1,
        max_length=LONGEST_WORD,
        description="文件名,如 六月.xlsx / name of the file: its ending says what it is, a year in it completes days",
    ),
]
Tab: TypeAlias = Annotated[str, Query(max_length=LONGEST_WORD, description="工作表 / sheet")]
Commit: TypeAlias = Annotated[
    bool, Query(description="写入;默认只预览 / write; only a preview otherwise")
]
AllOrNothing: TypeAlias = Annotated[
    bool, Query(description="有一行出错就一行也不写 / write nothing if any row has an error")
]


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was sent, by whom, for which ledger."""

    desk: Desk
    actor: Actor
    content: bytes


Plans: TypeAlias = Callable[[Known, Sheet], importing.Plan]


async def sent(request: Request) -> AsyncIterator[Sent]:
    """Let in a sheet."""
    async with let_in(request, LARGEST_FILE) as file:
        yield file


@asynccontextmanager
async def let_in(request: Request, largest: int) -> AsyncIterator[Sent]:
    """Let in a file: who sends it is asked before it comes, and it takes its turn when it is there, so that nobody waits for who sends it."""
    door: Door = request.app.state.door
    coming: Gate = request.app.state.coming
    gate: Gate = request.app.state.gate
    desk, asker = await door.enter(request)
    await known_parameters(request)
    with coming.passed(f"{desk.code} {asker.actor.person}"):
        content = await door.body(request, desk, asker, largest)
    with gate.passed():
        yield Sent(desk, asker.actor, content)


def router() -> APIRouter:
    """The routes of both imports."""
    made = APIRouter(prefix=f"{LEDGER}/imports", tags=["imports"])
    content = {each: {"schema": {"type": "string", "format": "binary"}} for each in FILE_TYPES}
    body = {"requestBody": {"required": True, "content": content}}

    @made.post(
        "/records",
        operation_id="import_records",
        summary="导入履职记录",
        openapi_extra=body | needs(Action.IMPORT_RECORDS),
    )
    def import_records(
        response: Response,
        file: Annotated[Sent, Depends(sent, scope="function")],
        name: Name,
        said: Annotated[Said, Depends(_said_beside)],
        tab: Tab = "",
        commit: Commit = False,
        all_or_nothing: AllOrNothing = False,
    ) -> ImportView:
        """A list of records as a workbook or CSV. The same file again writes nothing twice, and says so."""

        def plan(known: Known, sheet: Sheet) -> importing.Plan:
            return imports.records(file.desk, known, sheet, file.actor, said)

        return _answer(response, file, name, tab, plan, commit=commit, whole=all_or_nothing)

    @made.post(
        "/roster",
        operation_id="import_roster",
        summary="导入名册",
        openapi_extra=body | needs(Action.IMPORT_ROSTER),
    )
    def import_roster(
        response: Response,
        file: Annotated[Sent, Depends(sent, scope="function")],
        name: Name,
        tab: Tab = "",
        commit: Commit = False,
        all_or_nothing: AllOrNothing = False,
        term: Annotated[
            int | None,
            Query(ge=1, le=99, description="届,默认第1届 / number of the term, 1 by default"),
        ] = None,
        since: Annotated[
            date | None,
            Query(
                description="本届起始日期,默认四年前的1月1日 / first day of the term, 1 January four years ago"
            ),
        ] = None,
    ) -> ImportView:
        """A roster as a workbook or CSV: units that do not exist yet are opened, people are admitted."""

        def plan(known: Known, sheet: Sheet) -> importing.Plan:
            begun = imports.term_of(term, since, known.today)
            return imports.roster(file.desk, known, sheet, file.actor, begun)

        return _answer(response, file, name, tab, plan, commit=commit, whole=all_or_nothing)

    return made


def _word(zh: str, en: str) -> Any:
    return Query(max_length=LONGEST_WORD, description=f"{zh} / {en}")


def _rows(zh: str, en: str) -> Any:
    return Query(max_length=MOST_CHOICES, description=f"{zh} / {en}")


def _said_beside(
    kind: Annotated[str, _word("类型", "kind, by its word or its name")] = "",
    on: Annotated[
        date | None, Query(description="日期,默认取自标题行 / day, by default of a title row")
    ] = None,
    title: Annotated[str, _word("名称,默认取自标题行", "title, by default of a title row")] = "",
    organiser: Annotated[str, _word("组织单位(编号或名称)", "organiser, by id or name")] = "",
    place: Annotated[str, _word("地点", "place")] = "",
    detail: Annotated[
        tuple[Word, ...], _rows("该类型的其他栏目", "further fields: FIELD=VALUE")
    ] = (),
    column: Annotated[
        tuple[Word, ...], _rows("某列是什么", "what a column is: NUMBER=NAME, - leaves it out")
    ] = (),
    choose: Annotated[tuple[Word, ...], _rows("该行是谁", "who is meant: ROW=PERSON")] = (),
    guest: Annotated[
        tuple[Word, ...], _rows("按特邀等身份登记", "a guest: ROW, ROW=CAPACITY")
    ] = (),
    leave: Annotated[tuple[Word, ...], _rows("请假类别", "kind of leave: ROW=KIND")] = (),
    skip: Annotated[tuple[Word, ...], _rows("跳过该行", "rows to leave out: ROW")] = (),
    repeats: Annotated[
        tuple[Word, ...],
        _rows("同日已有同类记录的", "where a like record stands: record, link, skip, or ROW=…"),
    ] = (),
) -> Said:
    """What the sheet leaves out, and what was chosen about its rows after a preview."""
    said = Said(
        kind=kind,
        on="" if on is None else on.isoformat(),
        title=title,
        organiser=organiser,
        place=place,
        detail=detail,
        column=column,
        choose=choose,
        guest=guest,
        leave=leave,
        skip=skip,
        repeats=repeats,
    )
    for each in imports.SAID_IN_WORDS:
        words = getattr(said, each)
        for word in (words,) if isinstance(words, str) else words:
            bodies.check_text(word, each)
    return said


def _answer(
    response: Response,
    file: Sent,
    name: str,
    tab: str,
    plan_of: Plans,
    *,
    commit: bool,
    whole: bool,
) -> ImportView:
    for field, word in (("name", name), ("tab", tab)):
        bodies.check_text(word, field)
    sheet = read_sheet(name, file.content, tab)
    with file.desk.knowing() as known:
        plan = plan_of(known, sheet)
        told: importing.Plan | importing.Outcome = plan
        if commit:
            told = importing.commit(plan, file.desk.write, all_or_nothing=whole)
        view = imports.view_of(told, known)
    if view.position:
        response.headers["Lvzhi-Position"] = str(view.position)
    return view

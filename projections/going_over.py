"""Open matters that still go by an older version of their loop: how many there are, which can go over to a newer one, and what would be due then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select, tuple_

from domain import handling
from domain.course import Course, Standing
from domain.deed import Deed
from domain.document import Document, Sort
from domain.loop import Loop
from domain.people import Actor, Reason, Refused
from domain.words import Label
from projections import bodies, courses, deeds, documents, meetings
from projections.courses import (
    OF_COURSE,
    DueLine,
    Timing,
    course_versions,
    due_rows,
    its_course,
    timing_of,
)
from projections.documents import Shelf
from projections.paging import Key, Page, checked_limit, page_of

NOTHING = Label("", "")
_OWN = Label(
    "本人提出的事项,请由机关其他人员办理",
    "you wrote it yourself; somebody else of the office does it",
)
_THE_OFFICES = Label(
    "改按新版由政协机关办理(不代委员办理)",
    "the office of the committee lets it go over, in nobody else's name",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """How many open matters go by a version of their loop that is not the one in force, `newest`, but came before it."""

    loop: str
    loop_name: Label
    version: str
    newest: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingOver:
    """An open matter of an older version of its loop, and how it would stand by version `to`.

    `refused` says why whoever asks cannot let it go over, none where he can; `closes` that it ends where it stands; `due_then` and its stage are what would be due first.
    """

    line: DueLine
    version: str
    to: str
    refused: Label | None
    closes: bool
    due_then: date | None
    due_stage_then: Label


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of a loop before the one to go over to, `new`, in the order in which they were published."""

    new: Loop
    older: tuple[str, ...]
    time: Timing


def behind(connection: Connection, ledger: str, shelf: Shelf, *, today: date) -> tuple[Behind, ...]:
    """Of each loop the older versions by which open matters still go, by loop and in the order of their publication."""
    papers = documents.states(connection, ledger, shelf, sorts=(Sort.LOOP,))
    older = [each for paper in papers for each in _older(paper, shelf, today)]
    rows = due_rows.c
    pair = (rows.loop, rows.version)
    asked = select(*pair, func.count()).where(
        rows.ledger == ledger, tuple_(*pair).in_([(each.loop, each.version) for each in older])
    )
    counted = connection.execute(asked.group_by(*pair)).all() if older else ()
    numbers = {(loop, version): number for loop, version, number in counted}
    found = (replace(each, number=numbers.get((each.loop, each.version), 0)) for each in older)
    return tuple(each for each in found if each.number)


def _older(paper: Document, shelf: Shelf, today: date) -> Iterator[Behind]:
    """The versions before the one in force, without how many go by each."""
    newest = paper.in_force(today)
    if newest is None:
        return
    loop = shelf.loop(newest)
    for version in _before(paper, newest.version):
        yield Behind(
            loop=paper.code,
            loop_name=Label(loop.zh, loop.en),
            version=version,
            newest=newest.version,
            number=0,
        )


def _before(paper: Document, version: str) -> tuple[str, ...]:
    names = [each.version for each in paper.versions]
    return tuple(names[: names.index(version)])


def versions_of(
    connection: Connection, ledger: str, shelf: Shelf, loop: str, to: str | None, *, today: date
) -> Versions:
    """The version to go over to, the one in force today where none is named, and those before it; refused at `loop` or `to` where there is no such."""
    papers = documents.states(connection, ledger, shelf, sorts=(Sort.LOOP, Sort.CALENDAR))
    paper = next((p for p in papers if p.sort is Sort.LOOP and p.code == loop), None)
    newest = None if paper is None else paper.in_force(today)
    if paper is None or (to is None and newest is None):
        raise Refused(Reason.NO_SUCH_LOOP, "loop", loop[:80])
    time = timing_of(papers, shelf, meetings.days(connection, ledger))
    version = to if to is not None or newest is None else newest.version
    new = None if version is None else time.loops.get((loop, version))
    if version is None or new is None:
        raise Refused(Reason.NO_SUCH_LOOP, "to", f"{loop} {to}"[:80])
    return Versions(new, _before(paper, version), time)


def going_over(
    connection: Connection,
    ledger: str,
    versions: Versions,
    actor: Actor,
    *,
    today: date,
    after: Key | None = None,
    limit: int = 50,
) -> Page[GoingOver]:
    """The open matters of the older versions, by version and matter, and which of them `actor` can let go over."""
    checked_limit(limit)
    rows, order = due_rows.c, (due_rows.c.version, due_rows.c.matter)
    asked = (
        select(rows.matter, rows.version, *OF_COURSE)
        .select_from(due_rows.join(course_versions, its_course()))
        .where(
            rows.ledger == ledger,
            rows.loop == versions.new.code,
            rows.version.in_(versions.older),
        )
    )
    if after is not None:
        asked = asked.where(tuple_(*order) > tuple_(*after))
    asked = asked.order_by(*order).limit(limit + 1)
    found = connection.execute(asked).all()
    page = page_of(found, limit, lambda row: (row.version, row.matter))
    told = courses.lines(connection, ledger, versions.time, page.rows, today)
    states = deeds.states(connection, ledger, [f"matter/{row.matter}" for row in page.rows])
    over = []
    for row, line in zip(page.rows, told, strict=True):
        no_stage, then = _by_new(bodies.course(row.body), line, versions)
        refused = _refused(states.get(f"matter/{row.matter}"), actor, no_stage)
        over.append(_line(line, row.version, versions, refused, then))
    return Page(rows=tuple(over), after=page.after)


def _by_new(
    course: Course, line: DueLine, versions: Versions
) -> tuple[Label | None, Course | None]:
    """How it would stand by the new version, or why it cannot stand there."""
    old = versions.time.loops.get((course.loop, course.version))
    try:
        return None, handling.by_version(course, old, versions.new)
    except Refused:
        return _no_such_stage(line.stage_name, versions.new), None


def _refused(deed: Any, actor: Actor, no_stage: Label | None) -> Label | None:
    """Why he cannot let it go over: he wrote it, it has no place in the new version, or it is the office's to do."""
    if not isinstance(deed, Deed) or handling.may_migrate(deed, actor):
        return no_stage
    return _OWN if actor.person in handling.authors_of(deed) else no_stage or _THE_OFFICES


def _no_such_stage(stage: Label, new: Loop) -> Label:
    return Label(
        f"{new.version}版没有“{stage.zh}”这一环节;请先办到新版也有的环节,或退回以前的环节",
        f"version {new.version} has no stage “{stage.en}”; move it on to one that it has first, or set it back",
    )


def _line(
    line: DueLine, version: str, versions: Versions, refused: Label | None, then: Course | None
) -> GoingOver:
    clocks = () if then is None else versions.time.clocks(then)
    first = clocks[0] if clocks else None
    return GoingOver(
        line=line,
        version=version,
        to=versions.new.version,
        refused=refused,
        closes=then is not None and then.standing is Standing.CLOSED,
        due_then=None if first is None else first.due.day,
        due_stage_then=NOTHING if first is None else versions.new.called(first.stage),
    )

"""The year's rhythm on pages: the plan with its quotas, topics from five sources with their screening in one go, and the responsibility list."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from domain import handling
from domain.access import Action
from domain.course import Move
from domain.deed import Deed
from domain.fact import Reached, TopicSource
from domain.kinds import KINDS, Stage
from domain.kinds.advice import RaisedTopic
from domain.kinds.works import PlannedWork
from domain.matter import AmendMatter, Matter, ReportOutcome
from domain.people import Reason, Refused
from domain.words import Choice, Label
from interfaces.api.door import checked_id, needs
from interfaces.ids import minted_id
from interfaces.refusals import status_of
from interfaces.sealed import lines_for
from interfaces.web import fields
from interfaces.web.asked import Narrowing, next_page, with_parameters
from interfaces.web.deed import collection_of
from interfaces.web.dues import ALL, Chip, Which
from interfaces.web.fields import Trouble
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, Sent, VisitingNow, Visitor
from projections import courses, deeds, roster, works
from projections.courses import Timing
from projections.paging import Page
from projections.works import Held, PlanLine, TaskLine, TaskState, TopicLine, TopicState

MOST_SHOWN = 30
MOST_TARGETS = 100
"""Topics of a year that one is offered to be merged into."""
SECTORS_MONTH = 6
"""The month of the sectors' consultations, which stands beside its year where none is chosen."""

HOW_HELD: Mapping[str, Which] = {
    ALL: Which("全部", "all", {}),
    **{each.value: Which(each.zh, each.en, {"held": each}) for each in Held},
}
WHICH_TASKS: Mapping[str, Which] = {
    "overdue": Which("已逾期", "overdue", {"overdue": True}),
    **{each.value: Which(each.zh, each.en, {"state": each}) for each in TaskState},
    "all": Which("全部", "all", {}),
}


def _chips(
    visitor: Visitor, parts: Mapping[str, Which], here: str, numbers: Mapping[str, int]
) -> list[Chip]:
    return [
        Chip(each, numbers.get(name), with_parameters(visitor, which=name), name == here)
        for name, each in parts.items()
    ]


class Decision(Choice):
    """What is decided of a topic."""

    ADOPTED = "adopted", "采用"
    DECLINED = "declined", "不采用"
    MERGED = "merged", "合并", "merged into another"

    @property
    def stage(self) -> Stage:
        """The stage that a topic reaches by it."""
        return Stage.of(self.value)


_ASKED = ("decision", "why", "into")
"""What the sheet asks of each topic."""


@dataclass(frozen=True, slots=True)
class Screened:
    """A topic on the sheet that screens many: what was said of it, and what is wrong with that."""

    line: TopicLine
    decision: str = ""
    why: str = ""
    into: str = ""
    wrong: tuple[Trouble, ...] = ()

    def at(self, name: str) -> list[Trouble]:
        """What is wrong with one of its inputs; with none of them, where the name is empty."""
        return [e for e in self.wrong if e.field == name or (not name and e.field not in _ASKED)]


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/plan", operation_id="page_plan", openapi_extra=needs(Action.SEE_RECORD))
    def plan(
        visitor: VisitingNow,
        year: str = "",
        which: str = "",
        quarter: str = "",
        item: str = "",
        owner: str = "",
        month: str = "",
        cursor: str = "",
    ) -> Response:
        """A year's plan by quarters, tiers against their quotas, and a month beside its year."""
        said = {"year": year, "which": which, "quarter": quarter, "item": item, "month": month}
        return _plan(Narrowing(visitor, **said, owner=owner), cursor)

    @made.get("/topics", operation_id="page_topics", openapi_extra=needs(Action.SEE_RECORD))
    def topics(
        visitor: VisitingNow,
        year: str = "",
        source: str = "",
        state: str = "",
        did: str = "",
        cursor: str = "",
    ) -> Response:
        """The topics of a year by their five sources, what was decided of each, and what it became."""
        return _topics(Narrowing(visitor, year=year, source=source, state=state), did, cursor)

    @made.get(
        "/topics/screening", operation_id="page_screening", openapi_extra=needs(Action.HANDLE)
    )
    def screening(visitor: VisitingNow, year: str = "") -> Response:
        """Topics of which something is still to be said, to be screened in one go."""
        return _sheet(Narrowing(visitor, year=year))

    @made.post(
        "/topics/screening", operation_id="send_screening", openapi_extra=needs(Action.HANDLE)
    )
    async def send_screening(sending: Sending) -> Response:
        """Carry out what the sheet says of each topic; where some are refused they stay on it, with what is wrong."""
        visitor, sent = sending
        refused: dict[str, Refused] = {}
        for topic in list(dict.fromkeys(sent.all("p")))[:MOST_SHOWN]:
            try:
                found = await run_in_threadpool(_commands, visitor, sent, topic)
                for name, command, seen in found:
                    # The sheet says several things of many: each is an act of its own, and sent again the same.
                    await visitor.submit(command, f"{sent.command_id}.{topic}.{name}", seen=seen)
            except Refused as each:
                refused[topic] = each
        if refused:
            narrowing = Narrowing(visitor, year=sent.one("year"))
            return await run_in_threadpool(_sheet, narrowing, sent, refused)
        year = sent.one("year")
        asked = f"&year={year}" if year.isdecimal() else ""
        return see(visitor.address(f"/topics?did=screened{asked}"))

    @made.get("/tasks", operation_id="page_tasks", openapi_extra=needs(Action.SEE_RECORD))
    def tasks(
        visitor: VisitingNow,
        year: str = "",
        which: str = "open",
        owner: str = "",
        person: str = "",
        cursor: str = "",
    ) -> Response:
        """The responsibility list: what is overdue first, by owner and person."""
        return _tasks(
            Narrowing(visitor, year=year, which=which, owner=owner, person=person), cursor
        )

    return made


# The plan


def _plan(narrowing: Narrowing, cursor: str) -> Response:
    visitor, asked, said = narrowing.visitor, narrowing.filters, narrowing.said
    which = HOW_HELD[asked.one_of(said["which"], HOW_HELD, "which") or ALL]
    year = narrowing.year()
    month = narrowing.read("month", lambda each: _in(asked.number(each, "month"), 1, 12, "month"))
    quarter = narrowing.read(
        "quarter", lambda each: _in(asked.number(each, "quarter"), 0, 4, "quarter")
    )
    item = narrowing.read("item", lambda each: asked.choice(each, PlannedWork, "item"))
    month = month or SECTORS_MONTH
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    today = visitor.desk.today()
    with visitor.asking.look() as look:
        known = roster.all_units(look.connection, look.ledger)
        owner = narrowing.read("owner", lambda each: asked.unit(each, known))
        told = (look.connection, look.ledger)
        figures = works.plan_figures(*told, visitor.desk.shelf, year=year, today=today)
        page: Page[PlanLine] = Page(rows=())
        if not narrowing.wrong:
            page = works.plan(
                *told,
                year=year,
                today=today,
                quarter=quarter,
                item=item,
                owner=owner,
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
                **which.asked,
            )
        months = works.month_figures(*told, first=first, last=last)
    planned = sum(each.planned for each in figures.quarters)
    held = sum(each.held for each in figures.quarters)
    late = sum(each.late for each in figures.quarters)
    numbers = {ALL: planned, "held": held, "late": late, "ahead": planned - held - late}
    if any((quarter is not None, item, owner)):
        # They are those of the whole year.
        numbers = {}
    return render(
        visitor,
        "plan.html",
        status=narrowing.status,
        narrowing=narrowing,
        year=year,
        month=month,
        figures=figures,
        months=months,
        page=page,
        chips=_chips(visitor, HOW_HELD, said["which"], numbers),
        asked=said | ({} if owner is None else {"owner": known[owner].profile.name}),
        items=list(PlannedWork),
        kinds=KINDS,
        where=collection_of,
        units=_owners(known.values()),
        next=next_page(visitor, page.after),
    )


def _in(number: int | None, first: int, last: int, name: str) -> int | None:
    if number is not None and not first <= number <= last:
        raise Refused(Reason.MALFORMED, name, str(number))
    return number


def _owners(units: Iterable[Any]) -> list[str]:
    return [each.profile.name for each in units]


# Topics


def _topics(narrowing: Narrowing, did: str, cursor: str) -> Response:
    visitor, asked, said = narrowing.visitor, narrowing.filters, narrowing.said
    year = narrowing.year()
    source = narrowing.read("source", lambda each: asked.choice(each, TopicSource, "source"))
    state = narrowing.read("state", lambda each: asked.choice(each, TopicState, "state"))
    with visitor.asking.look() as look:
        told = (look.connection, look.ledger)
        page: Page[TopicLine] = Page(rows=())
        if not narrowing.wrong:
            page = works.topics(
                *told,
                year=year,
                source=source,
                state=state,
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
            page = replace(page, rows=lines_for(visitor.asker, *told, page.rows))
        counts = works.topic_counts(*told, year=year)
    return render(
        visitor,
        "topics.html",
        status=narrowing.status,
        narrowing=narrowing,
        year=year,
        page=page,
        counts=counts,
        waiting=sum(each.open for each in counts),
        asked=said,
        did=did == "screened",
        sources=list(TopicSource),
        states=list(TopicState),
        kinds=KINDS,
        where=collection_of,
        next=next_page(visitor, page.after),
    )


def _sheet(
    narrowing: Narrowing, sent: Sent | None = None, refused: Mapping[str, Refused] | None = None
) -> Response:
    """The sheet; where some topics were refused as it was sent, with what is wrong beside each."""
    visitor, wrong = narrowing.visitor, refused or {}
    year = narrowing.year()
    with visitor.asking.look() as look:
        told = (look.connection, look.ledger)
        page = works.topics(*told, year=year, is_open=True, limit=MOST_SHOWN)
        page = replace(page, rows=lines_for(visitor.asker, *told, page.rows))
        targets = works.topics(*told, year=year, limit=MOST_TARGETS).rows
    rows = [_screened(line, sent, wrong.get(line.matter)) for line in page.rows]
    first = next(iter(wrong.values()), None)
    return render(
        visitor,
        "screening.html",
        status=200 if first is None else status_of(first),
        narrowing=narrowing,
        year=year,
        rows=rows,
        more=page.after is not None,
        targets=[each for each in targets if each.state is not TopicState.DECLINED],
        decisions=list(Decision),
        day=sent.one("on") if sent is not None else visitor.desk.today().isoformat(),
        wrong=[
            replace(
                each, label=Label(row.line.title, row.line.title), anchor=f"t-{row.line.matter}"
            )
            for row in rows
            for each in row.wrong
        ],
        done=0
        if sent is None
        else sum(bool(sent.one(f"decision.{each}")) for each in {*sent.all("p")} - {*wrong}),
        command_id=minted_id(),
    )


def _screened(line: TopicLine, sent: Sent | None, refused: Refused | None) -> Screened:
    if sent is None:
        return Screened(line)
    said = {name: sent.one(f"{name}.{line.matter}") for name in _ASKED}
    return Screened(line, **said, wrong=() if refused is None else fields.troubles(refused, ()))


def _commands(visitor: Visitor, sent: Sent, topic: str) -> list[tuple[str, Any, int | None]]:
    """What the sheet says of a topic: acts with a name for each, and the version that was seen of what is replaced."""
    said = sent.one(f"decision.{checked_id(topic, '/p')}")
    if not said:
        return []
    if said not in Decision._value2member_map_:
        raise Refused(Reason.MALFORMED, "/decision", said[:40])
    decision, why, into = Decision.of(said), sent.one(f"why.{topic}"), sent.one(f"into.{topic}")
    if decision is Decision.DECLINED and not why:
        raise Refused(Reason.REASON_MISSING, "/why", decision.zh)
    if decision is Decision.MERGED and not into:
        raise Refused(Reason.MISSING, "/into", decision.zh)
    try:
        on = date.fromisoformat(sent.one("on"))
    except ValueError as error:
        raise Refused(Reason.MALFORMED, "/on", sent.one("on")[:40]) from error
    with visitor.asking.look() as look:
        found = deeds.matter_state(look.connection, look.ledger, topic)
        if found is None or not isinstance(found[0].body.details, RaisedTopic):
            raise Refused(Reason.NO_SUCH_DEED, "/p", topic)
        state, version = found
        if any(each.stage in _DECIDED for each in state.reached):
            # Sent once more: it is decided.
            return []
        made: list[tuple[str, Any, int | None]] = []
        if decision is Decision.MERGED:
            made.append(("into", _merging(state, topic, into), version))
        if state.course is None:
            made += _reports(state, topic, decision, on, why)
        else:
            time = courses.timing(look.connection, look.ledger, visitor.desk.shelf)
            made += _moves(state, time, topic, decision, on, why)
    return made


_DECIDED = frozenset(each.stage for each in Decision)


def _merging(state: Deed[Matter[Any]], topic: str, into: str) -> AmendMatter:
    body = replace(state.body, merged_into=f"matter/{checked_id(into, '/into')}")
    return AmendMatter(matter=topic, body=body, reason="筛选时合并")


def _reports(
    state: Deed[Matter[Any]], topic: str, decision: Decision, on: date, why: str
) -> list[tuple[str, Any, int | None]]:
    """Where no loop takes topics, its stages are reported."""
    stages = [Stage.SCREENED, decision.stage]
    already = {each.stage for each in state.reached}
    return [
        (
            stage.value,
            ReportOutcome(matter=topic, outcome=Reached(stage=stage, on=on, note=why)),
            None,
        )
        for stage in stages
        if stage not in already
    ]


def _moves(
    state: Deed[Matter[Any]], time: Timing, topic: str, decision: Decision, on: date, why: str
) -> list[tuple[str, Any, int | None]]:
    """The moves by which it comes to what was decided: to be screened, and on from there."""
    course = state.course
    loop = None if course is None else time.loops.get((course.loop, course.version))
    if course is None or loop is None:
        raise Refused(Reason.NO_SUCH_LOOP, "/decision", topic)
    by_stage = {each.reaches: each.code for each in loop.stages if each.reaches is not None}
    wanted = [by_stage.get(stage) for stage in (Stage.SCREENED, decision.stage)]
    return [
        (code, handling.MoveMatter(matter=topic, move=Move(stage=code, on=on, note=why)), None)
        for code in wanted
        if code is not None and code not in course.done
    ]


# Tasks


def _tasks(narrowing: Narrowing, cursor: str) -> Response:
    visitor, asked, said = narrowing.visitor, narrowing.filters, narrowing.said
    which = WHICH_TASKS[asked.one_of(said["which"], WHICH_TASKS, "which") or "open"]
    year = narrowing.read("year", asked.year)
    person = narrowing.read("person", asked.text)
    today = visitor.desk.today()
    with visitor.asking.look() as look:
        known = roster.all_units(look.connection, look.ledger)
        owner = narrowing.read("owner", lambda each: asked.unit(each, known))
        told = (look.connection, look.ledger)
        counts = works.task_counts(*told, today=today, year=year)
        page: Page[TaskLine] = Page(rows=())
        if not narrowing.wrong:
            page = works.tasks(
                *told,
                visitor.desk.shelf,
                today=today,
                year=year,
                owner=owner,
                person=person,
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
                **which.asked,
            )
            page = replace(page, rows=lines_for(visitor.asker, *told, page.rows))
    own = [
        each
        for each in counts
        if owner in {None, each.owner.partition("/")[2]} and person in {None, each.person}
    ]
    numbers = {
        "overdue": sum(each.overdue for each in own),
        "open": sum(each.open for each in own),
        "done": sum(each.done for each in own),
        "dropped": sum(each.dropped for each in own),
    }
    numbers["all"] = numbers["open"] + numbers["done"] + numbers["dropped"]
    return render(
        visitor,
        "tasks.html",
        status=narrowing.status,
        narrowing=narrowing,
        page=page,
        counts=counts,
        chips=_chips(visitor, WHICH_TASKS, said["which"], numbers),
        asked=said | ({} if owner is None else {"owner": known[owner].profile.name}),
        year=year or "",
        where=collection_of,
        units=_owners(known.values()),
        next=next_page(visitor, page.after),
    )

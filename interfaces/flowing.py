"""Which matters somebody asks figures of, as every door reads it; what is named and is not there is refused at its field."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Unpack

from sqlalchemy import Connection

from application.handed_out import Value, csv_of
from domain import flow
from domain.course import Standing
from domain.document import Sort
from domain.fact import RecordClass
from domain.kinds import KINDS, kind_of
from domain.kinds.units import WasInspected
from domain.people import Reason, Refused, UnitId
from domain.unit import Unit
from interfaces.asked import LONGEST_REPEATED
from projections import documents
from projections.courses import DueLine, Timeliness, Whose
from projections.documents import Shelf
from projections.flows import Among, matter_kinds, units_in
from projections.inspections import Asked
from projections.opinion_ledgers import MonthLine


def among(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    units: Mapping[UnitId, Unit],
    *,
    kind: str | None = None,
    loop: str | None = None,
    since: date | None = None,
    until: date | None = None,
    unit: UnitId | None = None,
    township: UnitId | None = None,
    holder: str | None = None,
    channel: str | None = None,
    record: RecordClass | None = None,
) -> Among:
    """The matters that are meant: of a kind or a loop, one of which has to be said.

    A holder is a unit's id or the name of a department; `NOBODY` asks for those that have none, or are of no township or channel.
    """
    if kind is None and loop is None:
        raise Refused(Reason.MISSING, "kind")
    if kind is not None and kind not in matter_kinds():
        raise Refused(Reason.UNKNOWN_KIND, "kind", kind[:LONGEST_REPEATED])
    if loop is not None and loop not in _loops(connection, ledger, shelf):
        raise Refused(Reason.NO_SUCH_LOOP, "loop", loop[:LONGEST_REPEATED])
    if since is not None and until is not None and until < since:
        raise Refused(Reason.WRONG_ORDER, "until", f"{since} > {until}")
    for field, named in (("unit", unit), ("township", township)):
        if named not in {None, NOBODY, *units}:
            raise Refused(Reason.NO_SUCH_UNIT, field, str(named)[:LONGEST_REPEATED])
    organisers: list[UnitId] | None = None
    if township is not None:
        place = UnitId("") if township == NOBODY else township
        organisers = [e for e in units_in(units, place) if unit in {None, e}]
    elif unit is not None:
        organisers = [unit]
    return Among(
        kind=kind,
        loop=loop,
        since=since,
        until=until,
        organisers=organisers,
        holder=None if holder is None else held_by(holder, units),
        channel="" if channel == NOBODY else channel,
        record=record,
    )


def must_be_stages(
    connection: Connection, ledger: str, shelf: Shelf, among: Among, **said: str
) -> None:
    """Refuse a stage that neither the loop ever had, in any version, nor the kind."""
    asked = {field: code for field, code in said.items() if code}
    if not asked:
        return
    why = Reason.STAGE_NOT_OF_KIND
    stages = {each.value for each in KINDS[among.kind].about.stages} if among.kind else set()
    if among.loop is not None:
        why = Reason.NO_SUCH_STAGE
        papers = documents.states(connection, ledger, shelf, sorts=(Sort.LOOP,))
        versions = (v for paper in papers if paper.code == among.loop for v in paper.versions)
        stages = {stage.code for version in versions for stage in shelf.loop(version).stages}
    for field, code in asked.items():
        if code not in stages:
            raise Refused(why, field, code[:LONGEST_REPEATED])


NOBODY = "-"
"""Asks for matters of which something is not said."""


def held_by(said: str, units: Mapping[UnitId, Unit]) -> str:
    """Who has a matter in hand, as rows have it: a unit by its id or name, else a department by its name."""
    if said == NOBODY:
        return ""
    key = UnitId(said.removeprefix("unit/"))
    if key in units:
        return f"unit/{key}"
    named = next(
        (u.unit for u in units.values() if said and said in {u.profile.name, u.profile.short}), None
    )
    return said if named is None else f"unit/{named}"


def problems_beside(
    today: date,
    only: Collection[UnitId] | None,
    *,
    not_told: bool = False,
    how: Timeliness | None = None,
    standing: Standing | None = None,
    **whose: Unpack[Whose],
) -> Asked | None:
    """Which problems of inspections stand beside matters that are narrowed so: a unit that has them in hand is the one inspected, one that they came in through held the inspection.

    None where the matters are narrowed by what problems do not have: a loop, a stage, a meeting, an author.
    """
    of_matters = any(whose.get(name) is not None for name in ("loop", "stage", "meeting", "author"))
    holder = whose.get("holder")
    unit = None if holder is None else holder.removeprefix("unit/")
    if (
        of_matters
        or whose.get("kind") not in {None, kind_of(WasInspected)}
        or not_told
        or how is Timeliness.NO_DAY
        or standing is Standing.RESTING
        or (holder is not None and unit == holder)
    ):
        return None
    return Asked(
        today=today,
        unit=None if unit is None else UnitId(unit),
        held=whose.get("unit"),
        only=only,
    )


def _loops(connection: Connection, ledger: str, shelf: Shelf) -> set[str]:
    return {p.code for p in documents.states(connection, ledger, shelf, sorts=(Sort.LOOP,))}


def taken_kind(kind: str) -> str:
    """A kind of what people ask for, of which there is a board."""
    if kind not in flow.TAKEN:
        raise Refused(Reason.UNKNOWN_KIND, "kind", kind[:LONGEST_REPEATED])
    return kind


def kind_of_words(said: str) -> str:
    """A kind by its code or its Chinese name, as somebody types it."""
    return next((n for n, k in KINDS.items() if said in {n, k.about.zh}), said)


_DUES = (
    "承办单位",
    "事项",
    "类型",
    "流程",
    "当前环节",
    "到达日期",
    "下一步",
    "期限",
    "时限情况",
    "还有(天)",
    "以哪次会议为期限",
    "登记单位",
    "登记日期",
    "内部编号",
)


def due_sheet(lines: Iterable[DueLine]) -> bytes:
    """What is due as a CSV file: a line for each matter."""
    return csv_of([_DUES, *(_due_line(each) for each in lines)])


def _due_line(each: DueLine) -> tuple[Value, ...]:
    kind = KINDS.get(each.kind)
    how = "已办未告知" if each.not_told else each.timeliness.zh
    return (
        *(each.holder_name, each.title, each.kind if kind is None else kind.about.zh),
        *(each.loop_name.zh, each.stage_name.zh, each.since, each.due_stage_name.zh),
        *(each.due, how, each.days_left),
        "" if each.for_meeting is None else each.for_meeting.title,
        *(each.organiser_name, each.begun_on, f"matter/{each.matter}"),
    )


_HEADER = (
    "单位",
    "月份",
    "登记情况",
    "收集",
    "其中直通车",
    "采编",
    "转送",
    "转送去向",
    "采用",
    "采用层级",
    "批示",
    "办理",
    "反馈",
)


def ledger_sheet(lines: Iterable[MonthLine]) -> bytes:
    """The month's ledgers of townships as a CSV file: a line for each month of each."""
    return csv_of([_HEADER, *(_ledger_line(each) for each in lines)])


def _ledger_line(each: MonthLine) -> tuple[Value, ...]:
    return (
        *(each.unit_name, f"{each.month:%Y-%m}", each.state.zh, each.received, each.direct),
        *(each.edited, each.forwarded, where_said(each), each.taken_up, levels_said(each)),
        *(each.instructed, each.handled, each.fed_back),
    )


def where_said(each: MonthLine, rest: str = "其余") -> str:
    """Where opinions were sent, and how many; `rest` is what all places are called that are not named."""
    others = [(rest, each.elsewhere)] if each.elsewhere else []
    return ";".join(f"{place} {number}" for place, number in (*each.where, *others))


def levels_said(each: MonthLine) -> str:
    """At which levels they were taken up, and how many."""
    return ";".join(f"{level.zh} {number}" for level, number in each.levels)

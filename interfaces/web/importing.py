"""Imports on pages: a file is dropped, looked at row by row, written as one batch, and taken back where it was wrong.

Between the look and the writing the sheet stays with whoever sent it, in a field of the form: nothing of it lies on the server before it is
written, and it survives without scripts, in any process.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from application import importing, undoing
from application.cells import names_in, said_above, text_of
from application.columns import RECORD_COLUMNS, Column, is_column, key_of, record_column
from application.importing import Finding, Plan, RowState, Severity
from application.kind_words import is_readable, kind_meant
from application.people_named import People
from application.record_import import Repeats
from application.sheets import NOT_READ, Sheet, read_sheet, result_sheet
from application.sizes import too_large
from domain.access import Action, Relation
from domain.batch import is_batch
from domain.deed import Known
from domain.kinds import KINDS, Shape
from domain.kinds.about import About
from domain.kinds.fields import fields_of
from domain.matter import RecordMatter
from domain.member import Bond
from domain.occasion import AmendOccasion, RecordOccasion
from domain.people import PersonId, Reason, Refused, UnitId
from domain.words import Choice, Label
from interfaces import batches, bodies, imports
from interfaces.access.cookies import Cookie, set_cookie
from interfaces.api.asking import LONGEST_WAIT, Look
from interfaces.api.door import Gate, cookie_of, is_https, needs
from interfaces.imports import Meant, Said
from interfaces.moments import day_said
from interfaces.refusals import status_of
from interfaces.web import fields
from interfaces.web.asked import next_page
from interfaces.web.deed import collection_of
from interfaces.web.fields import DETAILS, Input, Trouble, Widget
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, Sent, Visiting, Visitor, whole
from projections import batches as listed
from projections import roster
from projections.foreseen import Foreseen, foreseen, members_concerned

LARGEST_SHEET = 2 * 1024 * 1024
"""Bytes of a file that a page takes: it goes to and fro in the form. Larger ones go by the API or the command line."""
LARGEST_FORM = 4 * 1024 * 1024
MOST_SHOWN = 30
MOST_ROWS = 400
"""Rows of one sort that a page lists."""
MOST_MOVED = 6
MOST_DEEDS = 12
"""Records that are listed before they are written."""
MOST_ALIKE = 2
"""Rows from which what they all lack is said once."""
MOST_KINDS = 6
"""Kinds whose own fields can be said beside a sheet that holds several."""
BETWEEN = "、"
"""What stands between several values of one field."""
LONGEST_COOKIE = 2_500
COLUMNS_KEPT = 180 * 24 * 3600
"""Seconds for which a browser remembers what a column is."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class What(Choice):
    """What a sheet holds."""

    RECORDS = "records", "履职记录", "records"
    ROSTER = "roster", "名册", "the roster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a form says of an import: the file, and all that was said and chosen about it."""

    name: str
    content: bytes
    what: What
    tab: str
    whole: bool
    said: Said
    term: str = ""
    since: str = ""

    @property
    def kept(self) -> str:
        """The file as a form carries it."""
        return base64.urlsafe_b64encode(self.content).decode()


class Empty(Refused):
    """A file that holds nothing."""

    said = Label("文件是空的,请另选一个", "is an empty file; choose another")

    def __init__(self) -> None:
        super().__init__(Reason.MISSING, "/file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What was said the last time of a sheet with these headings: of which kind its rows are, and what columns are."""

    kind: str
    columns: Mapping[int, str]


_NOTHING = Remembered(kind="", columns={})


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetColumn:
    """A column of the sheet: what stands over it, what it is taken to be, and what somebody said that it is."""

    number: int
    heading: str
    meant: str
    said: str
    remembered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A row as the page shows it: its number in the sheet, what stands in it, what is to be said, and what may be chosen.

    `chosen` says who was chosen, `asks` which controls it needs.
    """

    number: int
    text: str
    state: RowState
    findings: tuple[Finding, ...]
    people: tuple[Meant, ...]
    asks: frozenset[str]
    chosen: Mapping[str, str]

    @property
    def is_wrong(self) -> bool:
        """Whether an error keeps it from being written."""
        return any(each.severity is Severity.ERROR for each in self.findings)

    @property
    def lacks(self) -> frozenset[str]:
        """The columns that keep it from being written because they say nothing; one without a name where something else does, too."""
        return frozenset(
            each.column if each.reason is Reason.MISSING else ""
            for each in self.findings
            if each.severity is Severity.ERROR
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KindAsked:
    """What can be said beside the sheet of rows of one kind: `first` what each record of it needs."""

    about: About
    first: tuple[Input, ...]
    more: tuple[Input, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToWrite:
    """A record as it would be written, or added to where it `stands` already; `people` are those of the sheet, `guests` stand on no roster."""

    about: About
    on: date
    until: date | None
    title: str
    place: str
    organiser: str
    people: int
    guests: int
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """All that the page of a preview shows. `as_last` says that the kind is that of the last time; `lacking` is what many rows lack, with their number; `waiting` are rows that lack nothing else."""

    plan: Plan
    columns: tuple[SheetColumn, ...]
    offered: tuple[str, ...]
    wrong: tuple[SheetRow, ...]
    remarks: tuple[SheetRow, ...]
    already: tuple[SheetRow, ...]
    skipped: tuple[SheetRow, ...]
    sure: tuple[SheetRow, ...]
    of_sheet: tuple[Finding, ...]
    foreseen: Foreseen | None
    before: listed.Batch | None
    before_by: str
    lacking: Mapping[str, int]
    waiting: tuple[SheetRow, ...]
    asked: tuple[KindAsked, ...]
    deeds: tuple[ToWrite, ...]
    as_last: bool


def router() -> APIRouter:
    """The pages of imports."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/imports", operation_id="page_imports", openapi_extra=needs(Action.SEE_IMPORTS))
    def list_imports(visitor: Visiting, cursor: str = "") -> Response:
        """The batches, and a form for another file."""
        return _list(visitor, cursor=cursor)

    async def preview(sending: Sending) -> Response:
        """What a file would write, row by row."""
        visitor, sent = sending
        try:
            held = await _held(visitor, sent)
        except Refused as refused:
            return await run_in_threadpool(_list, visitor, refused=refused)
        with _turn(visitor).passed():
            return await run_in_threadpool(_preview, visitor, held, first=not sent.one("sheet"))

    async def commit(sending: Sending) -> Response:
        """Write a file as one batch, and tell what became of each row."""
        visitor, sent = sending
        try:
            held = await _held(visitor, sent)
        except Refused as refused:
            return await run_in_threadpool(_list, visitor, refused=refused)
        with _turn(visitor).passed():
            return await run_in_threadpool(_commit, visitor, held)

    async def result(sending: Sending) -> Response:
        """The sheet with a column that tells what became of each row, as a workbook."""
        visitor, sent = sending
        held = await _held(visitor, sent)
        with _turn(visitor).passed():
            return await run_in_threadpool(_result_file, held, sent.one("results"))

    for path, act in (("preview", preview), ("commit", commit), ("result", result)):
        act.largest_form = LARGEST_FORM  # type: ignore[attr-defined]  # read where forms come in
        made.add_api_route(
            f"/imports/{path}",
            act,
            methods=["POST"],
            operation_id=f"send_import_{path}",
            openapi_extra=needs(Action.IMPORT_RECORDS),
        )

    @made.get(
        "/imports/{batch}", operation_id="page_import", openapi_extra=needs(Action.SEE_IMPORTS)
    )
    def show_import(visitor: Visiting, batch: str) -> Response:
        """What a batch wrote, and what of it was taken back; the pages on the way to one lead to the list, as the sheet is not kept."""
        if batch in {"preview", "commit", "result"}:
            return see(visitor.address("/imports"))
        return _batch(visitor, batch)

    @made.post(
        "/imports/{batch}/undoing",
        operation_id="send_import_undoing",
        openapi_extra=needs(Action.IMPORT_RECORDS),
    )
    async def undo(sending: Sending, batch: str) -> Response:
        """Look at what an undo would do; once that was seen, do it."""
        visitor, sent = sending
        return await run_in_threadpool(
            _undo, visitor, batch, sent.one("reason"), sure=sent.one("sure") == "1"
        )

    return made


def _turn(visitor: Visitor) -> Gate:
    """The gate of sheets that are read; the event loop asks it, and no thread."""
    gate: Gate = visitor.request.app.state.gate
    return gate


# The list


def _pairs(held: Held) -> list[tuple[str, str]]:
    """All that was said and chosen about a file, as the form of its preview sends it."""
    said = held.said
    told = [
        *((each, getattr(said, each)) for each in ("kind", "on", "title", "organiser", "place")),
        *(("all_repeats", each) for each in said.repeats if "=" not in each),
        ("whole", "1" if held.whole else ""),
        ("term", held.term),
        ("since", held.since),
    ]
    for field in ("detail", "column", "choose", "guest", "leave", "skip", "repeats"):
        for each in getattr(said, field):
            about, between, value = each.partition("=")
            if between or field == "skip":
                told.append((f"{field}.{about}", value or "1"))
    return [(name, value) for name, value in told if value]


def _list(visitor: Visitor, *, cursor: str = "", refused: Refused | None = None) -> Response:
    actor = visitor.actor
    with visitor.asking.look() as look:
        page = listed.batches(
            look.connection,
            look.ledger,
            by=actor.person,
            unit=actor.unit,
            everybodys=visitor.asker.always(Action.SEE_IMPORTS),
            after=visitor.asking.after(cursor or None),
            limit=MOST_SHOWN,
        )
        people = {who for row in page.rows for who in (row.by, row.undone_by, row.again_by) if who}
        units = {row.unit for row in page.rows if row.unit}
        names = roster.names(look.connection, look.ledger, people=people, units=units)
    return render(
        visitor,
        "imports.html",
        status=200 if refused is None else status_of(refused),
        page=page,
        names=names,
        may_import=visitor.may_ever(Action.IMPORT_RECORDS),
        may_roster=visitor.may_ever(Action.IMPORT_ROSTER),
        largest=LARGEST_SHEET // 1024 // 1024,
        refused=_troubles(refused),
        next=next_page(visitor, page.after),
    )


_ENCODINGS: Mapping[str, str] = MappingProxyType(
    {"xlsx": "Excel", "gb18030": "GBK", "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16"}
)
"""What people call the ways in which a file is written."""
_LABELS: Mapping[str, Label] = MappingProxyType(
    {
        "file": Label("文件", "file"),
        "kind": Label("类型", "kind"),
        "on": Label("日期", "day"),
        "title": Label("名称", "title"),
        "organiser": Label("组织单位", "organiser"),
        "place": Label("地点", "place"),
        "term": Label("第几届", "term"),
        "since": Label("本届自", "since"),
        "column": Label("列", "column"),
        "choose": Label("是哪一位", "who is meant"),
        "guest": Label("当日不是委员", "guest"),
        "leave": Label("请假类别", "kind of leave"),
        "repeats": Label("同类记录", "like records"),
    }
)
"""Fields of the pages of imports, whose ids are their names."""
_OF_ROWS = frozenset({"column", "choose", "guest", "leave", "repeats"})
"""Those that stand beside rows or columns."""


def _troubles(refused: Refused | None) -> tuple[Trouble, ...] | None:
    """What is wrong, each leading to its field."""
    if refused is None:
        return None
    return tuple(
        replace(
            each,
            said=refused.said if isinstance(refused, Empty) else each.said,
            label=_LABELS[each.field],
            anchor=("read" if each.field == "column" else "wrong")
            if each.field in _OF_ROWS
            else each.field,
        )
        if each.field in _LABELS
        else each
        for each in fields.troubles(refused, ())
    )


# What a form says


async def _held(visitor: Visitor, sent: Sent) -> Held:
    """The file and all that was said of it; raises `Refused` with the field that is wrong."""
    uploads = sent.files.get("file", ())
    if uploads:
        content, name = uploads[0].content, uploads[0].name
    else:
        try:
            content = base64.b64decode(sent.one("sheet"), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise Refused(Reason.MALFORMED, "/file") from error
        name = sent.one("name")
    name = bodies.check_text(name.replace("\\", "/").rpartition("/")[2], "file")[:200]
    if not content:
        raise Empty() if uploads else Refused(Reason.MISSING, "/file")
    if len(content) > LARGEST_SHEET:
        raise too_large(len(content), LARGEST_SHEET, "/file")
    try:
        what = What.of(sent.one("what", What.RECORDS.value))
    except KeyError as error:
        raise Refused(Reason.MALFORMED, "/what", sent.one("what")[:40]) from error
    if what is What.ROSTER:
        visitor.asker.must(Action.IMPORT_ROSTER, Relation.OTHER, "/what")
    return Held(
        name=name,
        content=content,
        what=what,
        tab=sent.one("tab"),
        whole=sent.one("whole") == "1",
        said=_said(sent),
        term=sent.one("term"),
        since=sent.one("since"),
    )


def _said(sent: Sent) -> Said:
    """What was said beside the sheet, and chosen about its rows: fields such as `choose.12`."""
    rows: dict[str, list[str]] = {}
    for key, value in sent.pairs:
        field, between, number = key.partition(".")
        told = value.strip()
        if not (between and whole(number) is not None and told):
            continue
        if field == "skip":
            rows.setdefault(field, []).append(number)
        elif field in {"choose", "leave", "repeats", "column", "guest"}:
            rows.setdefault(field, []).append(f"{number}={told}")
    return Said(
        kind=sent.one("kind"),
        on=sent.one("on"),
        title=sent.one("title"),
        organiser=sent.one("organiser"),
        place=sent.one("place"),
        detail=tuple(_details_in(sent)),
        column=rows.get("column", ()),
        choose=rows.get("choose", ()),
        guest=rows.get("guest", ()),
        leave=rows.get("leave", ()),
        skip=rows.get("skip", ()),
        repeats=(
            *([sent.one("all_repeats")] if sent.one("all_repeats") else []),
            *rows.get("repeats", ()),
        ),
    )


def _details_in(sent: Sent) -> Iterator[str]:
    """What was said of the fields of kinds: fields such as `detail.attended.meeting`."""
    for key in dict.fromkeys(key for key, _ in sent.pairs):
        field, _, name = key.partition(".")
        asked = _own_inputs(name.partition(".")[0]).get(name) if field == "detail" else None
        values = [] if asked is None else sent.all(key)
        if asked is None or not values:
            continue
        match asked.widget:
            case Widget.TICK:
                told = "是"
            case Widget.MANY | Widget.LINES | Widget.UNITS:
                lines = (line.strip() for each in values for line in each.split("\n"))
                told = BETWEEN.join(filter(None, lines))
            case _:
                told = values[0]
        yield f"{name}={told}"


def _own_inputs(kind: str) -> Mapping[str, Input]:
    """The inputs of the fields of a kind that can be said in words, by `KIND.FIELD`."""
    if kind not in KINDS:
        return {}
    readable = {each.name for each in fields_of(KINDS[kind]) if is_readable(each.type)}
    return {
        f"{kind}.{name}": replace(each, name=f"detail.{kind}.{name}")
        for each in fields.inputs_of(kind)
        if each.name.startswith(f"{DETAILS}.")
        and (name := each.name.removeprefix(f"{DETAILS}.")) in readable
    }


def _plan(visitor: Visitor, held: Held, known: Known, sheet: Sheet) -> Plan:
    desk, actor = visitor.desk, visitor.actor
    if held.what is What.RECORDS:
        return imports.records(desk, known, sheet, actor, held.said)
    number = whole(held.term)
    if held.term and (number is None or not 1 <= number <= 99):
        raise Refused(Reason.MALFORMED, "term", held.term[:40])
    since = day_said(held.since, "since") if held.since else None
    term = imports.term_of(number, since, known.today)
    return imports.roster(desk, known, sheet, actor, term)


# The preview


def _preview(
    visitor: Visitor, held: Held, *, first: bool, refused: Refused | None = None
) -> Response:
    try:
        sheet = read_sheet(held.name, held.content, held.tab)
    except Refused as error:
        return _list(visitor, refused=Refused(error.reason, "/file", error.about))
    remembered = _remembered(visitor, sheet) if held.what is What.RECORDS else _NOTHING
    if first:
        column = [f"{number}={heading}" for number, heading in remembered.columns.items()]
        kind = held.said.kind or remembered.kind
        held = replace(held, said=replace(held.said, kind=kind, column=column))
    with visitor.desk.knowing() as known:
        if refused is None:
            try:
                plan = _plan(visitor, held, known, sheet)
            except Refused as error:
                refused = error
        if refused is not None:
            # What was said stays in the form; what it would come to is shown without what is wrong.
            plan = _plan_of_the_rest(visitor, held, known, sheet, refused)
        told = _told(visitor, held, plan, known, sheet, remembered)
    with visitor.desk.store.reading() as connection:
        units = roster.all_units(connection, visitor.ledger)
    made = render(
        visitor,
        "import_preview.html",
        status=200 if refused is None else status_of(refused),
        p_=told,
        held=held,
        above=said_above(sheet),
        written_in=_ENCODINGS.get(sheet.encoding, sheet.encoding),
        what=What,
        kinds=_kinds(),
        kind=_kind_of(held.said.kind),
        units=sorted({each.profile.name for each in units.values()}),
        organiser=_unit_name(held.said.organiser, units),
        row_states=RowState,
        repeats=Repeats,
        all_repeats=next((each for each in held.said.repeats if "=" not in each), ""),
        most_rows=MOST_ROWS,
        most_moved=MOST_MOVED,
        most_deeds=MOST_DEEDS,
        everybodys=visitor.asker.always(Action.SEE_TOTALS),
        record_column=record_column,
        refused=_troubles(refused),
        hidden=_hidden(told, held),
    )
    if not first and held.what is What.RECORDS:
        made.headers.append("Set-Cookie", _remember(visitor, sheet, held))
    return made


def _hidden(told: Preview, held: Held) -> list[tuple[str, str]]:
    """Choices about rows whose controls the page does not show: they are carried along."""
    shown = {
        (ask, row.number)
        for rows in (told.wrong, told.waiting, told.remarks, told.already, told.skipped)
        for row in rows[:MOST_ROWS]
        for ask in row.asks
    }
    carried = []
    for field in ("choose", "guest", "leave", "skip", "repeats"):
        for each in getattr(held.said, field):
            number, _, value = each.partition("=")
            row = whole(number)
            if row is not None and (field, row) not in shown:
                carried.append((f"{field}.{number}", value or "1"))
    return carried


def _plan_of_the_rest(
    visitor: Visitor, held: Held, known: Known, sheet: Sheet, refused: Refused
) -> Plan:
    field = refused.field.strip("/")
    without: dict[str, Any] = {}
    if field in imports.SAID_IN_WORDS:
        usual = "" if isinstance(getattr(held.said, field), str) else ()
        without = {field: usual}
    try:
        return _plan(
            visitor,
            replace(held, said=replace(held.said, **without), term="", since=""),
            known,
            sheet,
        )
    except Refused:
        return _plan(visitor, replace(held, said=Said(), term="", since=""), known, sheet)


def _told(
    visitor: Visitor,
    held: Held,
    plan: Plan,
    known: Known,
    sheet: Sheet,
    remembered: Remembered,
) -> Preview:
    rows = tuple(_rows(held, plan, known, visitor.actor.unit))
    lacking = _lacking(plan.sheet, rows) if held.what is What.RECORDS else {}
    by: dict[str, list[SheetRow]] = {
        each: [] for each in ("wrong", "waiting", "remarks", "already", "skipped", "sure")
    }
    for row in rows:
        if row.is_wrong and row.lacks <= lacking.keys():
            by["waiting"].append(row)
        elif row.is_wrong or row.state is RowState.LEFT_OUT:
            by["wrong"].append(row)
        elif row.state is RowState.ALREADY:
            by["already"].append(row)
        elif row.state is RowState.SKIPPED:
            by["skipped"].append(row)
        elif row.asks or row.findings:
            by["remarks"].append(row)
        else:
            by["sure"].append(row)
    with visitor.asking.look() as look:
        before = listed.batch(look.connection, look.ledger, sheet.digest[:16])
        who = {before.by} if before is not None else set()
        names = roster.names(look.connection, look.ledger, people=who)
        moves = _moves(visitor, look, plan, known.today)
    said = dict(each.split("=", 1) for each in held.said.column)
    return Preview(
        plan=plan,
        columns=tuple(
            SheetColumn(
                number=number,
                heading=heading,
                meant=_meant(number, plan),
                said=said.get(str(number), ""),
                remembered=remembered.columns.get(number, "") == said.get(str(number), "") != "",
            )
            for number, heading in enumerate(sheet.columns, start=1)
            if heading
        ),
        offered=_offered(held, plan),
        wrong=tuple(by["wrong"]),
        remarks=tuple(by["remarks"]),
        already=tuple(by["already"]),
        skipped=tuple(by["skipped"]),
        sure=tuple(by["sure"]),
        of_sheet=tuple(each for each in plan.findings if not each.row),
        foreseen=moves,
        before=before,
        before_by="" if before is None else names.get(f"member/{before.by}", before.by),
        lacking=lacking,
        waiting=tuple(by["waiting"]),
        asked=tuple(_kinds_asked(held, plan, lacking)) if held.what is What.RECORDS else (),
        deeds=tuple(_to_write(plan, known)),
        as_last=_kind_of(held.said.kind) == remembered.kind != "",
    )


def _moves(visitor: Visitor, look: Look, plan: Plan, today: date) -> Foreseen | None:
    """Whose totals would move, among those whose file is open to whoever looks; nothing where it is of nobody concerned."""
    asker = visitor.asker
    where = (look.connection, look.ledger, visitor.desk.shelf)
    whose = set(members_concerned(*where, plan.facts))
    everybodys = asker.always(Action.SEE_TOTALS)
    if not everybodys:
        names = {each.removeprefix("member/") for each in whose}
        seen = visitor.asking.may_see_people(look, names, Action.SEE_FILE)
        whose = {each for each in whose if each.removeprefix("member/") in seen}
    if not whose:
        return None
    told = foreseen(*where, plan.facts, today=today, whose=whose)
    if not everybodys:
        for each in told.moved[:MOST_MOVED]:
            look.shows(Action.SEE_FILE, each.member)
    return told


def _to_write(plan: Plan, known: Known) -> Iterator[ToWrite]:
    """The records that a plan writes or adds to."""
    for step in plan.steps:
        match step.request.command:
            case RecordOccasion(body=body) | AmendOccasion(body=body):
                until, place, guests = body.until, body.place, len(body.guests)
            case RecordMatter(body=body):
                until, place, guests = None, "", 0
            case _:
                continue
        stands = isinstance(step.request.command, AmendOccasion)
        unit = known.roster.units.get(body.organiser)
        yield ToWrite(
            about=body.details.about,
            on=body.on,
            until=until,
            title=body.title,
            place=place,
            organiser="" if unit is None else unit.profile.name,
            people=sum(row in step.rows for row in step.row_of.values()),
            guests=0 if stands else guests,
            stands=stands,
        )


def _rows(held: Held, plan: Plan, known: Known, unit: UnitId | None) -> Iterator[SheetRow]:
    """The rows of the sheet; among people who may be meant those of the unit go first."""
    findings: dict[int, list[Finding]] = {}
    for each in plan.findings:
        findings.setdefault(each.row, []).append(each)
    chosen: dict[int, dict[str, str]] = {}
    for field in ("choose", "guest", "leave", "skip", "repeats"):
        for each in getattr(held.said, field):
            number, _, value = each.partition("=")
            place = whole(number)
            if place is not None:
                chosen.setdefault(place, {})[field] = value or "1"
    roster = People(known.roster) if chosen else None
    for row in plan.sheet.rows:
        found, mine = findings.get(row.number, []), chosen.get(row.number, {})
        people = {each.id: each for one in found for each in imports.meant(one, known)}
        if roster is not None and (who := mine.get("choose")):
            # Whom else the row may mean stays open to choice.
            names = list(_names(plan.sheet, row.cells))
            for one in (PersonId(who), *(one for name in names for one in roster.meant(name))):
                person = known.roster.people.get(one)
                if person is not None:
                    described = roster.described(person, known.today)
                    people.setdefault(one, Meant(id=one, described=described))
        already = plan.rows[row.number] is RowState.ALREADY
        asks = {*(() if already else _asks(found)), *mine}
        yield SheetRow(
            number=row.number,
            text=_text(plan.sheet, row.cells),
            state=plan.rows[row.number],
            findings=tuple(found),
            people=tuple(
                sorted(people.values(), key=lambda each: not _is_of(known, each.id, unit))
            ),
            asks=frozenset(asks if held.what is What.RECORDS else ()),
            chosen=mine,
        )


def _names(sheet: Sheet, cells: Sequence[Any]) -> Iterator[str]:
    """The names that stand in a row."""
    for heading, cell in zip(sheet.columns, cells, strict=False):
        if record_column(heading) in (Column.NAME, Column.AUTHORS):
            yield from names_in(text_of(cell))


def _is_of(known: Known, who: str, unit: UnitId | None) -> bool:
    """Whether somebody is bound to a unit today."""
    person = known.roster.people.get(PersonId(who))
    if person is None or unit is None:
        return False
    return any(person.bound_to(bond, known.today) == unit for bond in Bond)


def _text(sheet: Sheet, cells: Sequence[Any]) -> str:
    """What stands in a row, without its own numbering."""
    return " · ".join(
        told
        for heading, cell in zip(sheet.columns, cells, strict=False)
        if record_column(heading) is not Column.SERIAL and (told := text_of(cell))
    )


def _lacking(sheet: Sheet, rows: Sequence[SheetRow]) -> Mapping[str, int]:
    """What rows lack because no column of the sheet holds it, or none says anything: it is said once, with how many they are."""
    missing = Counter(column for row in rows for column in row.lacks if column)
    return {
        column: number
        for column, number in missing.items()
        if number >= MOST_ALIKE and (number == len(rows) or column not in sheet.columns)
    }


def _kinds_asked(held: Held, plan: Plan, lacking: Mapping[str, int]) -> Iterator[KindAsked]:
    """The fields of the kinds of a sheet that no column of it holds, those that are needed first."""
    said = dict(each.split("=", 1) for each in held.said.detail)
    in_sheet = {key_of(each) for each in plan.sheet.columns}
    kinds = dict.fromkeys(filter(None, (_kind_of(held.said.kind), *plan.kinds)))
    for kind in list(kinds)[:MOST_KINDS]:
        first: list[Input] = []
        more: list[Input] = []
        for name, each in _own_inputs(kind).items():
            told = said.get(name, "")
            if key_of(each.label.zh) in in_sheet and not told:
                continue
            number = lacking.get(each.label.zh, 0)
            rows = Label(f"表中 {number} 行没有写明", f"{number} rows do not say it")
            filled = replace(
                each,
                # The title may say it, so that nothing has to be filled in before the rows lack it.
                required=bool(number),
                values=_values(each, told),
                wrong=(rows,) if number else (),
            )
            (first if each.required or number or told else more).append(filled)
        if first or more:
            yield KindAsked(about=KINDS[kind].about, first=tuple(first), more=tuple(more))


def _values(asked: Input, told: str) -> tuple[str, ...]:
    match asked.widget:
        case _ if not told:
            return ()
        case Widget.TICK:
            return ("on",)
        case Widget.MANY | Widget.LINES | Widget.UNITS:
            return tuple(told.split(BETWEEN))
        case _:
            return (told,)


def _asks(found: Sequence[Finding]) -> Iterator[str]:
    """Which controls settle what is to be said of a row."""
    for each in found:
        match each.reason:
            case Reason.AMBIGUOUS_NAME:
                yield from ("choose", "skip")
            case Reason.NO_SUCH_PERSON:
                yield from ("choose", "guest", "skip")
            case Reason.NOT_A_MEMBER_THEN:
                yield from ("guest", "skip")
            case Reason.LIKELY_DUPLICATE if each.people or each.deed:
                yield "repeats"
            case Reason.MISSING if record_column(each.column) is Column.LEAVE:
                yield "leave"
            case _ if each.severity is Severity.ERROR:
                yield "skip"
            case _:
                continue


def _kinds() -> list[tuple[str, Any]]:
    return [
        (name, kind.about)
        for name, kind in KINDS.items()
        if kind.about.shape in (Shape.OCCASION, Shape.MATTER)
    ]


def _kind_of(said: str) -> str:
    """The stored name of a kind that was said in words."""
    if not said or said in KINDS:
        return said
    try:
        meant = kind_meant(said).kind
    except Refused:
        return ""
    return next((name for name, kind in KINDS.items() if kind is meant), "")


def _unit_name(said: str, units: Mapping[Any, Any]) -> str:
    found = units.get(said)
    return said if found is None else str(found.profile.name)


def _offered(held: Held, plan: Plan) -> tuple[str, ...]:
    """What a column may be said to be; what one is said to be already stays."""
    kinds = dict.fromkeys(filter(None, (_kind_of(held.said.kind), *plan.kinds)))
    own = [each.label.zh for kind in kinds for each in fields_of(KINDS[kind])]
    said = [each.partition("=")[2] for each in held.said.column]
    told = dict.fromkeys([*(each.zh for each in RECORD_COLUMNS), *own, *said])
    return tuple(each for each in told if each != NOT_READ)


def _meant(number: int, plan: Plan) -> str:
    """What a column is taken to be; empty where it is not read."""
    heading = plan.sheet.columns[number - 1]
    column = record_column(heading)
    if number in plan.read:
        return heading
    if column is not None:
        return column.zh
    # Where no row says of which kind it is, a column that some kind has is not known to be idle.
    return heading if not plan.kinds and is_column(heading) else ""


# What columns were said to be


def _kept_columns(visitor: Visitor) -> dict[str, str]:
    said = cookie_of(visitor.request, Cookie.COLUMNS) or ""
    try:
        told = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {str(key): str(value) for key, value in told.items()}


def _headings_of(sheet: Sheet) -> str:
    """A word for the headings of a sheet: it is the same where they are the same."""
    keys = sorted(key_of(each) for each in sheet.columns if each)
    return hashlib.sha256("|".join(keys).encode()).hexdigest()[:8]


def _remembered(visitor: Visitor, sheet: Sheet) -> Remembered:
    """What was said the last time: of these headings together, or else of a column with such a heading on any sheet."""
    kept, headings = _kept_columns(visitor), _headings_of(sheet)
    shared = {*(each.zh for each in RECORD_COLUMNS), NOT_READ}
    columns: dict[int, str] = {}
    for number, heading in enumerate(sheet.columns, start=1):
        key = key_of(heading)
        own, told = kept.get(f"{headings} {key}", ""), kept.get(key, "")
        if heading and is_column(own):
            columns[number] = own
        elif heading and told in shared:
            columns[number] = told
    kind = kept.get(f"{headings} ", "")
    return Remembered(kind=kind if kind in KINDS else "", columns=columns)


def _remember(visitor: Visitor, sheet: Sheet, held: Held) -> str:
    """What is said now, for the next sheet. What a column is among a kind's own fields is kept for these headings together."""
    kept, headings = _kept_columns(visitor), _headings_of(sheet)
    said = dict(each.split("=", 1) for each in held.said.column)
    shared = {*(each.zh for each in RECORD_COLUMNS), NOT_READ}
    for number, heading in enumerate(sheet.columns, start=1):
        key, told = key_of(heading), said.get(str(number), "")
        # No heading has a space when it is compared.
        own = f"{headings} {key}"
        kept.pop(own, None)
        if told and told not in shared:
            kept[own] = told
            continue
        kept.pop(key, None)
        if heading and told:
            kept[key] = told
    kept.pop(f"{headings} ", None)
    if kind := _kind_of(held.said.kind):
        kept[f"{headings} "] = kind
    told = ""
    while kept:
        raw = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
        told = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        if len(told) <= LONGEST_COOKIE:
            break
        kept.pop(next(iter(kept)))
        told = ""
    return set_cookie(
        Cookie.COLUMNS,
        told,
        https=is_https(visitor.request),
        seconds=COLUMNS_KEPT if told else 0,
    )


# Writing


def _commit(visitor: Visitor, held: Held) -> Response:
    desk = visitor.desk
    try:
        sheet = read_sheet(held.name, held.content, held.tab)
    except Refused as error:
        return _list(visitor, refused=Refused(error.reason, "/file", error.about))
    try:
        with desk.knowing() as known:
            plan = _plan(visitor, held, known, sheet)
    except Refused as refused:
        return _preview(visitor, held, first=False, refused=refused)
    outcome = importing.commit(plan, desk.write, all_or_nothing=held.whole)
    if outcome.position:
        desk.reader.wait_for(outcome.position, LONGEST_WAIT)
    results = importing.results_of(outcome)
    by_row: dict[int, list[Finding]] = {}
    for each in outcome.findings:
        by_row.setdefault(each.row, []).append(each)
    with desk.store.reading() as connection:
        batch = listed.batch(connection, visitor.ledger, sheet.digest[:16])
    texts = {row.number: _text(sheet, row.cells) for row in sheet.rows}
    made = render(
        visitor,
        "import_result.html",
        outcome=outcome,
        held=held,
        batch=batch,
        pairs=_pairs(held),
        sheet=sheet,
        texts=texts,
        by_row=by_row,
        row_states=RowState,
        results=json.dumps(results, ensure_ascii=False, separators=(",", ":")),
        most_rows=MOST_ROWS,
    )
    if held.what is What.RECORDS:
        made.headers.append("Set-Cookie", _remember(visitor, sheet, held))
    return made


def _result_file(held: Held, said: str) -> Response:
    sheet = read_sheet(held.name, held.content, held.tab)
    rows = {row.number for row in sheet.rows}
    try:
        told = json.loads(said)
        results = {int(row): str(text) for row, text in told.items() if int(row) in rows}
    except (ValueError, AttributeError, RecursionError) as error:
        raise Refused(Reason.MALFORMED, "results") from error
    headers = {
        "Content-Disposition": 'attachment; filename="import-result.xlsx"',
        "Cache-Control": "no-store",
    }
    return Response(result_sheet(sheet, results), 200, headers, XLSX)


# One batch


def _batch(
    visitor: Visitor,
    name: str,
    *,
    undo: batches.UndoView | None = None,
    reason: str = "",
    refused: Refused | None = None,
) -> Response:
    if not is_batch(name):
        raise Refused(Reason.NO_SUCH_BATCH, "batch", name[:40])
    with visitor.asking.look() as look:
        batch = batches.found(look.connection, look.ledger, visitor.asker, name)
        page = batches.page_of(look.connection, look.ledger, batch)
        people = {each.by for each in page.entries}
        units = {each.unit for each in page.entries if each.unit}
        names = roster.names(look.connection, look.ledger, people=people, units=units)
    undone = [each for each in page.entries if each.undoes]
    why = [
        entry.event.reason for entry in visitor.desk.entries_at([e.position for e in undone[-1:]])
    ]
    done = undo is not None and undo.committed
    return render(
        visitor,
        "import_batch.html",
        status=200 if refused is None else status_of(refused),
        batch=batch,
        rounds=_rounds(page.entries),
        why="".join(why),
        titles=page.titles,
        names=names,
        where=collection_of,
        undo=undo,
        done=done,
        reason=reason,
        may_undo=visitor.may_ever(Action.IMPORT_RECORDS) and not batch.roster,
        most_rows=MOST_ROWS,
        refused=_troubles(refused),
    )


@dataclass(frozen=True, slots=True)
class Round:
    """What an import of the file wrote at one go, or what an undo took back."""

    undoes: bool
    entries: tuple[listed.BatchEntry, ...]


def _rounds(entries: Sequence[listed.BatchEntry]) -> list[Round]:
    """The imports and undos of a batch, the newest first."""
    told = [Round(undoes, tuple(each)) for undoes, each in groupby(entries, lambda e: e.undoes)]
    return told[::-1]


def _undo(visitor: Visitor, name: str, reason: str, *, sure: bool) -> Response:
    desk = visitor.desk
    if not desk.reader.wait_for(desk.head(), LONGEST_WAIT):
        raise Refused(Reason.BUSY)
    with desk.store.reading() as connection:
        batches.found(connection, visitor.ledger, visitor.asker, name)
    try:
        undo = batches.planned(desk, visitor.actor, name, reason)
    except Refused as refused:
        return _batch(visitor, name, reason=reason, refused=refused)
    if sure:
        undo = undoing.commit_undo(undo, desk.write)
        if undo.position:
            desk.reader.wait_for(undo.position, LONGEST_WAIT)
    view = batches.view_of(undo, batches.names_in(desk, undo), committed=sure)
    return _batch(visitor, name, undo=view, reason=reason)

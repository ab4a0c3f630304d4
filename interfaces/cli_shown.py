"""What the command line shows: reads on a read model that is brought up to date first."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Connection

from application.handed_out import Value, csv_of
from domain.checklist import Cell, CellState
from domain.document import Sort
from domain.explain import told
from domain.kinds import KINDS, Subject
from domain.people import PersonId, Reason, Refused, Role, UnitId
from domain.period import Period
from domain.roster import Roster
from domain.rule import Rule
from domain.scorecard import Cut, Line, Scorecard, WhyNot
from domain.words import Choice, Label
from interfaces import refusals
from interfaces.api import views
from interfaces.asked import governed_said, must_be_published
from interfaces.called import person_of, subject_of, unit_of
from interfaces.granting import let_in
from interfaces.moments import day_of, day_said, position_of
from interfaces.wiring import OWNER, Desk, Installation
from projections import (
    as_of,
    checklists,
    documents,
    history,
    prefixes,
    roster,
    scorecards,
    unit_cards,
)
from projections import rules as register
from projections.deeds import titles
from projections.paging import MOST, Key, Page

T = TypeVar("T")

DEEDS = ("occasion/", "matter/", "pairing/", "finding/")
"""How the streams of records begin."""
USUAL_DAYS = 30
"""Days that a token is good for where nothing is said."""
MEMBERS_DAYS = 1
"""Days that a token in the role of a member is good for: nobody grants that role, and so nobody could take it back."""
_MEMBERS = Label(
    f"委员本人的令牌最多 {MEMBERS_DAYS} 天、只用于一个台账(--days {MEMBERS_DAYS});长期使用请建账号 lvzhi account add",
    f"in the role of a member {MEMBERS_DAYS} day at the most and one ledger; for longer, lvzhi account add",
)


@contextmanager
def looking(desk: Desk, said: str | None) -> Iterator[tuple[Connection, int | None, date]]:
    """The read model, brought up to date, and the past position that is asked for, none for now, with its local day."""
    desk.reader.catch_up()
    with desk.store.reading() as connection:
        if said is None:
            yield connection, None, desk.today()
        else:
            told = (connection, desk, said, "--as-of", desk.writer.zone)
            yield connection, position_of(*told), day_of(*told)


def ledgers(installation: Installation, options: argparse.Namespace) -> int:
    """All ledgers; what cannot be opened is told beside, and makes the exit code."""
    code = 0
    desks: list[Desk] = []
    for each in installation.each():
        if isinstance(each, Desk):
            desks.append(each)
            continue
        code = refusals.exit_of(each)
        for line in refusals.sentences(each):
            print(line, file=sys.stderr)
    found = [
        views.LedgerView(
            code=desk.code,
            committee=desk.opened.committee,
            zone=desk.opened.zone,
            href=f"/api/v1/ledgers/{desk.code}",
        )
        for desk in desks
    ]
    if options.json:
        printed_json(list[views.LedgerView], found)
    else:
        rows = [(each.code, each.committee, each.zone) for each in found]
        table(["代码", "政协", "时区"], rows)
    return code


def token(installation: Installation, options: argparse.Namespace) -> str:
    """A bearer token for somebody of the roster, or for the county office itself; the unit that he acts in is looked up too.

    For all ledgers he is looked up in each: the same number may be another person there. In the role of a member, which nobody
    grants and so nobody takes back, it is for one ledger and a day.
    """
    role = Role.of(options.bearer_role)
    longest = MEMBERS_DAYS if role is Role.MEMBER else USUAL_DAYS
    days = longest if options.days is None else options.days
    if role is Role.MEMBER and (options.all_ledgers or days > MEMBERS_DAYS):
        raise Refused(Reason.MALFORMED, "--days", f"{days:g}", wanted=_MEMBERS)
    # One that is damaged keeps nobody from the others.
    desks = [each for each in installation.each() if isinstance(each, Desk)]
    if not options.all_ledgers:
        desks = [installation.only()]
    found = {_bearer(each, options, role) for each in desks}
    if len(found) != 1:
        told = ", ".join(f"{person} {name} {unit or ''}".rstrip() for person, name, unit in found)
        raise Refused(Reason.NOT_THE_SAME, "--person", told)
    ((person, _, unit),) = found
    for each in desks:
        if let_in(each, person, role, unit, days=days, reason="随令牌授权 granted with a token"):
            print(f"{each.code}: 已授权 / access granted", file=sys.stderr)
    ledger = "*" if options.all_ledgers else desks[0].code
    return installation.tokens.mint(person, role, unit, ledger, days=days)


def _bearer(
    desk: Desk, options: argparse.Namespace, role: Role
) -> tuple[PersonId, str, UnitId | None]:
    """Who is meant in a ledger, his name there, and in which unit he acts."""
    known = desk.writer.opened().roster
    unit = None if options.unit is None else unit_of(known, options.unit, "--unit")
    if options.person == OWNER.person and role is OWNER.role:
        return OWNER.person, "", unit
    person = person_of(known, options.person, "--person")
    return person, known.people[person].profile.name, unit


def members(installation: Installation, options: argparse.Namespace) -> None:
    """Everybody on the roster with his number, his units and his id."""
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, today):
        known = as_of.roster(connection, desk.code, position)
        unit = None if options.unit is None else unit_of(known, options.unit, "--unit")
        lines = all_pages(
            lambda after: roster.people(
                connection,
                desk.code,
                day=today,
                position=position,
                unit=unit,
                text=options.text,
                after=after,
                limit=MOST,
            )
        )
    if options.json:
        printed_json(list[roster.RosterLine], lines)
        return
    rows = [
        (each.number, each.name, each.standing.zh, *_sides(known, each), each.person)
        for each in lines
    ]
    table(["编号", "姓名", "身份", "界别", "工作室", "内部编号"], rows)


def _sides(known: Roster, line: roster.RosterLine) -> tuple[str, str]:
    """The names of his sector and his studio."""
    sector, studio = (
        "" if unit is None or unit not in known.units else known.units[unit].profile.name
        for unit in (line.sector, line.studio)
    )
    return sector, studio


def units(installation: Installation, options: argparse.Namespace) -> None:
    """All units with their ids."""
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, today):
        lines = all_pages(
            lambda after: roster.units(
                connection,
                desk.code,
                day=today,
                position=position,
                text=options.text,
                after=after,
                limit=MOST,
            )
        )
    if options.json:
        printed_json(list[roster.UnitLine], lines)
        return
    rows = [
        (each.name, each.kind.zh, each.side.zh, "" if each.open else "未设立或已撤销", each.unit)
        for each in lines
    ]
    table(["名称", "类型", "一侧", "状态", "内部编号"], rows)


def all_pages(ask: Callable[[Key | None], Page[T]]) -> list[T]:
    """The rows of all pages."""
    page = ask(None)
    rows = list(page.rows)
    while page.after is not None:
        page = ask(page.after)
        rows += page.rows
    return rows


def score(installation: Installation, options: argparse.Namespace) -> None:
    """The scorecards of a member or a unit, each line with its sentence."""
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, today):
        known = as_of.roster(connection, desk.code, position)
        period = Period.year(options.year or today.year)
        if options.unit is None:
            person = person_of(known, options.member, "MEMBER")
            name = known.people[person].profile.name
            found = scorecards.cards(
                connection,
                desk.code,
                desk.shelf,
                person,
                period=period,
                today=today,
                rubric=options.rubric,
                position=position,
            )
        else:
            unit = unit_of(known, options.unit, "--unit")
            name = known.units[unit].profile.name
            found = unit_cards.cards_of_unit(
                connection,
                desk.code,
                desk.shelf,
                unit,
                period=period,
                today=today,
                rubric=options.rubric,
                position=position,
            )
        if options.rubric and not found:
            must_be_published(
                connection, desk.code, Sort.RUBRIC, options.rubric, "--rubric", position=position
            )
        deeds = {each.deed for card in found for each in _with_deeds(card.scorecard)}
        called = titles(connection, desk.code, deeds)
        names = scorecards.names_in(connection, desk.code, found)
    cards = [views.card_view(card, names) for card in found]
    if options.json:
        printed_json(list[views.CardView], cards)
        return
    for card in cards:
        print(f"{name} {card.period.zh}《{card.title}》{told(card.total)} 分")
        for said in _lines(card.lines, called, every=options.all):
            print(said)
        for why in card.why_not:
            print(f"       –  {_titled(why.zh, called.get(why.of.deed))}")
    if not cards:
        print("该年度没有施行的考核办法 / no rubric is in force in that year")


FOLDED = 3
"""Lines cut to nothing in one way from which on they are told together."""


def _lines(
    lines: Sequence[views.Explained[Line]], called: Mapping[str, str], *, every: bool
) -> Iterator[str]:
    """Each line with its sentence; those of a clause that a limit cut to nothing together, unless `every` one is wanted."""
    nothing: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        if line.of.points == "0" and line.of.deed and _cut_to_nothing(line.of):
            nothing.setdefault(_cut(line.of), []).append(line.of)
    for line in lines:
        together = nothing.get(_cut(line.of), [])
        if every or line.of.points != "0" or len(together) < FOLDED:
            yield f"  {line.of.points:>6}  {_titled(line.zh, called.get(line.of.deed))}"
        elif line.of is together[-1]:
            first, last = together[0].on, line.of.on
            cut = [a.cut for a in line.of.adjustments if a.cut is not Cut.TOO_LATE][-1]
            yield (
                f"       0  另有{len(together)}笔同一条目的不再计分:{cut.zh}"
                f"({first.isoformat()} 至 {last.isoformat()},--all 逐笔列出)"
            )


def _cut_to_nothing(line: Line) -> bool:
    """Whether a limit, and not the price, left nothing of it."""
    return any(a.cut is not Cut.TOO_LATE for a in line.adjustments)


def _cut(line: Line) -> tuple[object, ...]:
    """The clause of a line and all that was done to it."""
    return (line.block, line.clause, *((a.cut, a.by) for a in line.adjustments))


def _with_deeds(card: Scorecard) -> tuple[Line | WhyNot, ...]:
    return (*card.lines, *card.why_not)


def _titled(sentence: str, title: str | None) -> str:
    """The sentence after the title of the record that it is about, so that two of one day and kind are told apart."""
    return f"“{title}”:{sentence}" if title else sentence


def scores(installation: Installation, options: argparse.Namespace) -> None:
    """All members' totals under one rubric, by name."""
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, today):
        period = Period.year(options.year or today.year)
        rubric = rubric_asked(connection, desk, options.rubric, period.last, position)
        lines = all_pages(
            lambda after: scorecards.card_lines(
                connection,
                desk.code,
                desk.shelf,
                period=period,
                today=today,
                rubric=rubric,
                position=position,
                after=after,
                limit=MOST,
            )
        )
    if options.json:
        printed_json(list[scorecards.CardLine], lines)
        return
    table(["编号", "姓名", "得分"], [(each.number, each.name, each.total) for each in lines])


def rubric_asked(
    connection: Connection, desk: Desk, said: str | None, day: date, position: int | None
) -> str:
    """The code of the rubric that is asked for, the one in force on a day where none is; refused where nobody published it."""
    code = said or _only_rubric(connection, desk, day, position)
    must_be_published(connection, desk.code, Sort.RUBRIC, code, "--rubric", position=position)
    return code


def _only_rubric(connection: Connection, desk: Desk, day: date, position: int | None) -> str:
    """The code of the rubric that is in force on a day, of several the only one about members; refused where there are several, or none."""
    papers = documents.states(connection, desk.code, desk.shelf, position=position)
    rubrics = [
        desk.shelf.rubric(version)
        for paper in papers
        if paper.sort is Sort.RUBRIC and (version := paper.in_force(day)) is not None
    ]
    of_members = [each.code for each in rubrics if each.subject is Subject.MEMBER]
    found = of_members if len(of_members) == 1 else sorted(each.code for each in rubrics)
    if len(found) > 1:
        raise Refused(Reason.NAME_ONE, "--rubric", " ".join(found))
    if not found:
        raise Refused(Reason.NO_SUCH_RUBRIC, "--rubric", str(day.year))
    return found[0]


def history_of(installation: Installation, options: argparse.Namespace) -> None:
    """What happened to a subject, newest first."""
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, _):
        subject = options.subject
        if subject.startswith(DEEDS):
            subject = _stream_of(connection, desk.code, subject, "SUBJECT")
        elif "/" not in subject:
            subject = subject_of(as_of.roster(connection, desk.code, position), subject, "SUBJECT")
        page = history.history(
            connection,
            desk.code,
            subject,
            desk.entries_at,
            position=position,
            limit=max(1, min(options.limit, MOST)),
        )
        found = [views.happening_view(each) for each in page.rows]
        names = roster.names(
            connection,
            desk.code,
            people={who for each in found for who in (each.by, each.acting_for) if who},
            units={each.unit for each in found if each.unit},
        )
        deeds = {each.stream for each in found if each.stream.startswith(DEEDS)}
        short = prefixes.shortened(connection, desk.code, deeds)
    if options.json:
        printed_json(list[views.HappeningView], found)
        return
    for each in found:
        at = each.at.astimezone(desk.writer.zone).strftime("%Y-%m-%d %H:%M")
        print(f"{each.position:>7}  {at}  {each.zh}")
        print(f"           {_recorder(each, names)}  {short.get(each.stream, '')}".rstrip())
        for difference in each.differences:
            print(f"           {difference.zh}:{difference.old} → {difference.new}")
    if not found:
        raise Refused(Reason.NO_SUCH_PAGE, about=options.subject)


def _recorder(each: views.HappeningView, names: Mapping[str, str]) -> str:
    """Who recorded an entry: the person, for whom, his role and unit, and the door."""
    who = names.get(f"member/{each.by}", each.by)
    if each.acting_for is not None:
        who += f"(代{names.get(f'member/{each.acting_for}', each.acting_for)})"
    unit = "" if each.unit is None else names.get(f"unit/{each.unit}", each.unit)
    return " · ".join(filter(None, (who, each.role.zh, unit, each.via.zh)))


def deed_of(desk: Desk, said: str, field: str) -> str:
    """The stream of the record that begins so; several are a refusal that lists them."""
    if desk.known().deed(said) is not None:
        return said
    desk.reader.catch_up()
    with desk.store.reading() as connection:
        return _stream_of(connection, desk.code, said, field)


def _stream_of(connection: Connection, ledger: str, said: str, field: str) -> str:
    found = prefixes.beginning_with(connection, ledger, said)
    if len(found) > 1:
        others = tuple(Refused(Reason.NAME_ONE, field, each) for each in found)
        raise Refused(Reason.NAME_ONE, field, said, others)
    return found[0] if found else said


def checklist(installation: Installation, options: argparse.Namespace) -> None:
    """How far a member, or a unit, has come with each list."""
    if options.unit is not None:
        _grids(installation, options)
        return
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, today):
        known = as_of.roster(connection, desk.code, position)
        person = person_of(known, options.member, "MEMBER")
        found = checklists.of_member(
            connection,
            desk.code,
            desk.shelf,
            person,
            period=Period.year(options.year or today.year),
            today=today,
            code=options.code,
            position=position,
        )
        if options.code and not found:
            must_be_published(
                connection, desk.code, Sort.CHECKLIST, options.code, "--code", position=position
            )
    shown = [views.progress_view(each) for each in found]
    if options.json:
        printed_json(list[views.ProgressView], shown)
        return
    name = known.people[person].profile.name
    for each in shown:
        print(f"{name} {each.period.zh}《{each.title}》{each.done}/{each.of}")
        for beside in each.besides:
            print(f"       {beside.zh}:{beside.of.acts}次")
        for slot in each.slots:
            mark = "✓" if slot.of.state.value == "done" else " "
            print(f"  {mark} {slot.of.number:>2} {slot.zh}:{slot.of.state.zh}")
            for filled in slot.of.filled:
                moved = f",指定归入本项,理由:{filled.moved}" if filled.moved else ""
                named = KINDS[filled.kind].about.zh
                print(f"       {filled.on.isoformat()} {named} {' '.join(filled.deeds)}{moved}")
        for unmoved in each.unmoved:
            print(f"    –  {unmoved.zh}")
    if not shown:
        print("该年度没有施行的清单 / no list is in force in that year")


GAPS_SHOWN = 20
"""Cells of a row that are named where they are not done; `--json` has all."""


def _grids(installation: Installation, options: argparse.Namespace) -> None:
    """A unit's lists: each row with what is not done of it."""
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, today):
        known = as_of.roster(connection, desk.code, position)
        unit = unit_of(known, options.unit, "--unit")
        found = checklists.of_unit(
            connection,
            desk.code,
            desk.shelf,
            unit,
            period=Period.year(options.year or today.year),
            today=today,
            code=options.code,
            position=position,
        )
        if options.code and not found:
            must_be_published(
                connection, desk.code, Sort.CHECKLIST, options.code, "--code", position=position
            )
    shown = [views.grid_view(each) for each in found]
    if options.json:
        printed_json(list[views.GridView], shown)
        return
    for each in shown:
        print(
            f"{known.units[unit].profile.name} {each.period.zh}《{each.title}》{each.done}/{each.of}"
        )
        for row in each.rows:
            done = row.of.of and row.of.done == row.of.of
            print(f"  {'✓' if done else ' '} {row.of.number:>2} {row.zh}:{row.of.done}/{row.of.of}")
            gaps = [_cell(cell, known) for cell in row.of.cells if cell.state in _NOT_DONE]
            for gap in gaps[:GAPS_SHOWN]:
                print(f"       {gap}")
            if len(gaps) > GAPS_SHOWN:
                print(f"       …… 另有 {len(gaps) - GAPS_SHOWN} 项,--json 列出全部")
    if not shown:
        print("该年度没有施行的清单 / no list is in force in that year")


_NOT_DONE = frozenset({CellState.BLANK, CellState.OPEN, CellState.MISSED})


def _cell(cell: Cell, known: Roster) -> str:
    """What is not done: in which stretch of time, by whom."""
    root, _, name = (cell.whose or "").partition("/")
    match root:
        case "member":
            person = known.people.get(PersonId(name))
            whose = name if person is None else person.profile.name
        case "unit":
            unit = known.units.get(UnitId(name))
            whose = name if unit is None else unit.profile.name
        case _:
            whose = ""
    return f"{cell.period.zh}{whose and f' {whose}'}:{cell.state.zh}"


def rules(installation: Installation, options: argparse.Namespace) -> None:
    """Which rules are in force on a day, or which one governs a document on it."""
    document = governed_said(options.governs, "--governs")
    day = None if options.on is None else day_said(options.on, "--on")
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, today):
        known = as_of.roster(connection, desk.code, position)
        found = register.rules_on(
            connection,
            desk.code,
            desk.shelf,
            day or today,
            unit=None if options.unit is None else unit_of(known, options.unit, "--unit"),
            governs=document,
            every=options.every,
            position=position,
        )
        if document is not None and not found:
            must_be_published(
                *(connection, desk.code, document.sort, document.code, "--governs"),
                position=position,
            )
    if options.json:
        printed_json(list[register.RuleLine], found)
        return
    for each in found:
        for line in _rule_text(each, known):
            print(line)
    if not found:
        print("该日没有施行的规则文件 / no rule document is in force on that day")


def _rule_text(line: register.RuleLine, known: Roster) -> Iterator[str]:
    """A rule document as lines to read."""
    rule, about = line.rule, line.rule.document
    trial = ("(试行)", ", on trial") if about.trial else ("", "")
    yield f"{about.number}《{about.zh}》{trial[0]} / {about.en}{trial[1]}"
    yield (
        f"    {about.adopted_by} {about.adopted_on} 通过,{_span(rule)}"
        f" / adopted by {about.adopted_by} on {about.adopted_on}, {_span_en(rule)}"
    )
    if rule.trial_in is not None:
        unit = known.units.get(rule.trial_in)
        name = rule.trial_in if unit is None else unit.profile.name
        yield f"    只在 {name} 试行 / on trial in {name} only"
    for old in rule.replaced:
        title = (f"《{old.zh}》", f" ({old.en})") if old.zh else ("", "")
        yield f"    替代 {old.number}{title[0]} / replaces {old.number}{title[1]}"
    for each in about.governs:
        missing = ("(尚未发布)", " (not published yet)") if each in line.unpublished else ("", "")
        yield f"    管 {each.sort.zh} {each.code}{missing[0]} / governs {each}{missing[1]}"
    if about.address:
        yield f"    {about.address}"


def _span(rule: Rule) -> str:
    if rule.until is None or rule.ends is None:
        return f"{rule.since} 起施行"
    if rule.until < rule.since:
        return f"未曾施行,{rule.ends.zh} {rule.replaced_by}"
    return f"{rule.since} 起施行,至 {rule.until} 止,{rule.ends.zh} {rule.replaced_by}".rstrip()


def _span_en(rule: Rule) -> str:
    by = f" by {rule.replaced_by}" if rule.replaced_by else ""
    if rule.until is None or rule.ends is None:
        return f"in force from {rule.since}"
    if rule.until < rule.since:
        return f"never in force, {rule.ends.en}{by}"
    return f"in force from {rule.since} to {rule.until}, {rule.ends.en}{by}"


def kinds(options: argparse.Namespace) -> None:
    """The catalogue, or one kind with its fields."""
    if options.kind is not None and options.kind not in KINDS:
        raise Refused(Reason.UNKNOWN_KIND, about=options.kind)
    found = [views.kind_view(kind) for kind in KINDS if options.kind in (None, kind)]
    if options.json:
        printed_json(list[views.KindView], found)
        return
    if options.kind is None:
        table(["类型", "名称", "形态"], [(each.kind, each.zh, each.shape.zh) for each in found])
        return
    (kind,) = found
    print(f"{kind.zh} / {kind.en} ({kind.shape.zh})")
    for field in kind.fields:
        choices = "、".join(f"{c.value}={c.zh}" for c in field.choices)
        needed = "(必填)" if field.required else ""
        print(
            f"  --{field.name.replace('_', '-')}  {field.zh}{needed} / {field.en} {choices}".rstrip()
        )


def rebuild(installation: Installation) -> None:
    """Fold the read model of the ledger anew."""
    desk = installation.only()
    head = desk.head()
    with working(f"重建查询库,共 {head} 条 / folding {head} entries"):
        position = desk.reader.rebuild()
    print(f"已重建至 {position} / rebuilt up to {position}")


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal that something takes a while."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


def printed_json(type_: Any, value: object) -> None:
    """JSON for another program."""
    print(TypeAdapter(type_).dump_json(value, indent=1, ensure_ascii=False).decode())


def csv_table(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """The same as a CSV file."""
    sys.stdout.buffer.write(csv_of([header, *rows]))


MOST_COLUMNS = 10_000
LEAST_COLUMN = 10
"""Columns of a terminal that a column of a table needs to be read: five characters."""


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns for a terminal or, between tabs, for another program; where a terminal is too narrow for the columns, each row by lines of its own."""
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(_word(cell) for cell in row))
        return
    from rich.console import Console
    from rich.table import Table

    console, shown = Console(), Table(*header)
    words = [[_word(cell) for cell in row] for row in rows]
    for row in words:
        shown.add_row(*row)
    whole = console.measure(shown, options=console.options.update_width(MOST_COLUMNS)).maximum
    if console.width < min(whole, len(header) * LEAST_COLUMN):
        for row in words:
            print(
                *(f"{name}:{word}" for name, word in zip(header, row, strict=True) if word),
                sep="\n",
            )
            print()
        return
    console.print(shown)


def listed(
    options: argparse.Namespace,
    type_: Any,
    found: Sequence[Any],
    header: Sequence[str],
    line: Callable[[Any], tuple[Value, ...]],
) -> None:
    """Print what was found: as JSON, as CSV, or as a table."""
    if options.json:
        printed_json(type_, found)
        return
    rows = [line(each) for each in found]
    if options.csv:
        csv_table(header, rows)
    else:
        table(header, [["" if cell is None else cell for cell in row] for row in rows])


def _word(cell: object) -> str:
    return cell.zh if isinstance(cell, Choice) else str(cell)

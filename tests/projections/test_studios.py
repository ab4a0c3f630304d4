"""What is built up with units: the register adds up, standards and documents stand cell by cell, walls stay as they were posted, quarters compare, a pack tells all that is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.resources import files
from typing import Any, cast

import pytest
from sqlalchemy import Connection, event

from application import packs
from domain.attestation import SideState
from domain.deed import Return, Withdraw
from domain.document import Publish, Repeal, Sort
from domain.evidence import Evidence
from domain.fact import Reached
from domain.finding import Finding, RevokeFinding, SetFinding
from domain.invitation import (
    End,
    Invited,
    InviteUnits,
    Kept,
    Pledge,
    RecordStatement,
    SettlePromise,
)
from domain.kinds import Stage
from domain.kinds.advice import CarriedUp
from domain.kinds.findings import MetStandard
from domain.kinds.meetings import Attended, Meeting
from domain.kinds.people import Counterpart, PairedWith, ReceivedPublic, Relation
from domain.kinds.units import Check, Document, SubmittedDocument, WasInspected
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.meeting import AskLeave, CheckIn, DecideLeave, OpenMeeting, PlanMeeting
from domain.member import Place, Placement, ReportIn
from domain.occasion import AmendOccasion, Occasion, RecordOccasion
from domain.pairing import Pair, Pairing
from domain.people import UnitId
from domain.period import Period, Span
from domain.posting import CheckMonth, ItemSaid, PostingStep, PostMonth, ReportMonth, SendBackMonth
from domain.unit import (
    Appoint,
    Appointment,
    DescribeUnit,
    Life,
    MoveUnitOn,
    Office,
    OpenUnit,
    Platform,
    Side,
    StudioKind,
    UnitKind,
    UnitProfile,
)
from domain.words import Level
from projections import (
    checklists,
    coverage,
    documents,
    dual,
    handovers,
    history,
    invitations,
    owed,
    postings,
    registers,
    roster,
    standards,
)
from projections.documents import Shelf
from projections.invitations import Due
from projections.postings import InTime, Wall
from projections.standards import Meets
from projections.store import SqliteStore, Store
from tests.projections.county import (
    BEGAN,
    CLERK,
    LI,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    SOUTH_HEAD,
    TODAY,
    WANG,
    ZHAO,
    County,
    read_document,
    rows_of,
    visit,
)

MONTHS = """\
checklist: months
version: 1
zh: 月度清单
en: monthly list
since: 2024-01-01
subject: 单位
of_kinds: 委员工作室
slots:
  - {slot: 1, zh: 走访, en: visits, every: 月, need: 2, counts: 走访村(社区)}
  - {slot: 2, zh: 接待, en: reception, every: 季度, counts: 委员接待日}
  - {slot: 3, zh: 带话, en: messages, every: 月, through: true, counts: 委员带话·带上来}
posting: {within_days: 5, invites: 1}
"""
MAY = Period.around(Span.MONTH, date(2025, 5, 1))
SPRING = Period.around(Span.QUARTER, date(2025, 4, 1))
YEAR = Period.year(2025)
DAY = date(2025, 5, 20)


def paper(text: str) -> Publish:
    sort = packs.sort_of(text)
    code = text.split(f"{sort.value}: ")[1].split("\n", maxsplit=1)[0]
    return Publish(sort=sort, code=code, version="1", text=text, since=date(2024, 1, 1))


def shipped(file: str) -> Publish:
    return paper(files("packs").joinpath(file).read_text("utf-8"))


@pytest.fixture
def county() -> County:
    """Two studios that a monthly list, five haves and documents are asked of; it is the end of June once what tests say early is said."""
    county = County(day=date(2025, 1, 6)).found()
    county.say(
        OFFICE,
        paper(MONTHS),
        shipped("shangluo/five-haves.yaml"),
        shipped("rehearsal/studio-documents.yaml"),
        shipped("shangluo/five-covers.yaml"),
    )
    return county


OTHERS = MONTHS.replace("checklist: months", "checklist: others").replace("月度清单", "另一清单")


def looked(county: County, store: Store, ask: Callable[[Connection, Shelf], Any]) -> Any:
    county.day = max(county.day, date(2025, 6, 4))
    county.reader(store).catch_up()
    with store.reading() as connection:
        return ask(connection, Shelf(read_document))


def statements(connection: Connection, ask: Callable[[], object]) -> int:
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(connection, "before_cursor_execute", counted)
    ask()
    event.remove(connection, "before_cursor_execute", counted)
    return count


def visited(county: County, name: str, on: date, organiser: UnitId = SOUTH) -> None:
    body = visit(LI, on=on, organiser=organiser)
    county.visited(CLERK if organiser == SOUTH else NORTH_CLERK, name, body)


def message(name: str, on: date = DAY) -> RecordMatter:
    body: Matter[Any] = Matter(
        details=CarriedUp(topic="饮水"),
        title="群众反映饮水",
        on=on,
        organiser=SOUTH,
        authors=(Author(person=ZHAO),),
    )
    return RecordMatter(matter=name, body=body)


# The register


def studio(unit: str, kind: StudioKind | None, **said: Any) -> OpenUnit:
    profile = UnitProfile(kind=UnitKind.STUDIO, name=f"工作室{unit}", studio_kind=kind, **said)
    return OpenUnit(unit=UnitId(unit), profile=profile, since=date(2024, 1, 1))


def test_the_numbers_of_the_types_add_up_to_all_and_pages_neither_skip_nor_double(
    county: County, store: Store
) -> None:
    """36 of sectors, 42 of regions, 7 of persons, 7 others and two of no type."""
    numbers: dict[StudioKind | None, int] = {
        StudioKind.SECTORAL: 36,
        StudioKind.REGIONAL: 42,
        StudioKind.INDIVIDUAL: 7,
        StudioKind.OTHER: 7,
    }
    county.day = date(2025, 6, 25)
    opened = [
        studio(f"{k.value}{n}", k)
        for k, many in numbers.items()
        if k is not None
        for n in range(many)
    ]
    county.say(OFFICE, *opened)
    county.say(OFFICE, MoveUnitOn(unit=UnitId("other0"), life=Life.EXEMPLARY, on=DAY))
    county.say(OFFICE, MoveUnitOn(unit=UnitId("other1"), life=Life.CLOSED, on=DAY))

    def pages(connection: Connection, _: Shelf) -> tuple[Any, list[str]]:
        seen: list[str] = []
        after = None
        while True:
            found = registers.register(connection, "small", day=TODAY, after=after, limit=40)
            seen += [row.unit for row in found.page.rows]
            after = found.page.after
            if after is None:
                return found, seen

    found, seen = looked(county, store, pages)
    counted = {each.studio_kind: each.number for each in found.types}
    assert counted == {**numbers, StudioKind.OTHER: 6, None: 2}
    assert found.total == sum(counted.values()) == len(seen) == len(set(seen)) == 93
    assert next(t for t in found.types if t.studio_kind is StudioKind.OTHER).exemplary == 1


def test_the_register_tells_who_heads_it_who_belongs_and_is_narrowed(
    county: County, store: Store
) -> None:
    county.day = date(2025, 6, 25)
    told = UnitProfile(
        kind=UnitKind.STUDIO,
        name="城南工作室",
        studio_kind=StudioKind.SECTORAL,
        parent=UnitId("economy"),
        online="城南云工作室(小程序)",
    )
    county.say(OFFICE, DescribeUnit(unit=SOUTH, profile=told, reason="补登"))

    def lines(connection: Connection, **asked: Any) -> dict[str, Any]:
        found = registers.register(connection, "small", day=TODAY, **asked)
        return {row.unit: row for row in found.page.rows}

    south = looked(county, store, lambda c, _: lines(c, sector=UnitId("economy")))
    assert set(south) == {SOUTH}
    assert (south[SOUTH].heads, south[SOUTH].members, south[SOUTH].online) == (
        ("何书记",),
        3,
        "城南云工作室(小程序)",
    )
    assert south[SOUTH].sector_name == "界别economy"
    assert looked(county, store, lambda c, _: lines(c, studio_kind=StudioKind.OTHER)) == {}
    assert looked(county, store, lambda c, _: lines(c, life=Life.CLOSED)) == {}
    assert len(looked(county, store, lambda c, _: lines(c, kind=UnitKind.SECTOR))) == 2


def test_the_register_counts_platforms_and_is_narrowed_to_one(county: County, store: Store) -> None:
    profile = UnitProfile(kind=UnitKind.STUDIO, name="城南工作室", platform=Platform.REPORTED)
    county.say(OFFICE, DescribeUnit(unit=SOUTH, profile=profile, reason="补登"))

    def found(connection: Connection, **asked: Any) -> Any:
        return registers.register(connection, "small", day=TODAY, **asked)

    whole = looked(county, store, lambda c, _: found(c))
    assert [(each.platform, each.number) for each in whole.platforms] == [
        (Platform.REPORTED, 1),
        (None, 1),
    ]
    one = looked(county, store, lambda c, _: found(c, platform=Platform.REPORTED))
    assert ([row.unit for row in one.page.rows], one.total) == ([SOUTH], 1)
    assert looked(county, store, lambda c, _: found(c, platform=Platform.CHOSEN)).total == 0


def test_townships_without_a_member_are_named(county: County, store: Store) -> None:
    for name in ("east", "west"):
        profile = UnitProfile(kind=UnitKind.TOWNSHIP, name=f"{name}镇")
        county.say(OFFICE, OpenUnit(unit=UnitId(name), profile=profile, since=BEGAN))
    placement = Placement(township=UnitId("east"), step=ReportIn.REPORTED, on=BEGAN)
    county.say(OFFICE, Place(person=LI, placement=placement))
    found = looked(
        county,
        store,
        lambda c, shelf: coverage.coverage(
            c, "small", shelf, period=Period.year(TODAY.year), today=TODAY
        ),
    )
    assert (found.townships, found.townships_without) == (2, 1)
    assert [(each.subject, each.name) for each in found.without_members] == [
        ("unit/west", "west镇")
    ]


# Standards


def met(name: str, item: str, unit: UnitId = SOUTH, on: date = DAY) -> SetFinding:
    body: Finding[MetStandard] = Finding(
        details=MetStandard(standard="五个有", item=item),
        on=on,
        body="办公室",
        reason="查看",
        unit=unit,
        evidence=(Evidence(name="照片.png", sha256="0" * 64),),
    )
    return SetFinding(finding=name, body=body)


def inspected(name: str, on: date, **said: Any) -> RecordMatter:
    details = WasInspected(check=Check.ACCEPTANCE, inspected_by="办公室", **said)
    body: Matter[Any] = Matter(
        details=details,
        title="验收",
        on=on,
        organiser=SOUTH,
        authors=(Author(unit=SOUTH),),
    )
    return RecordMatter(matter=name, body=body)


def reached(matter: str, stage: Stage, on: date) -> ReportOutcome:
    return ReportOutcome(matter=matter, outcome=Reached(stage=stage, on=on))


def test_what_has_evidence_what_lacks_it_and_what_was_accepted_on_what_day(
    county: County, store: Store
) -> None:
    accepted = date(2025, 6, 5)
    county.day = date(2025, 6, 25)
    county.say(OFFICE, met("a", "有场所"), met("b", "有设施", on=date(2025, 6, 20)))
    county.say(OFFICE, met("c", "有人员", NORTH), met("d", "有保障", NORTH))
    county.say(OFFICE, RevokeFinding(finding="d", reason="复查不合格"))
    county.say(
        OFFICE, inspected("m", date(2025, 6, 1), standard="五个有", findings=2, findings_mended=2)
    )
    for stage, on in (
        (Stage.NOTIFIED, date(2025, 6, 2)),
        (Stage.MENDED, date(2025, 6, 4)),
        (Stage.PASSED, accepted),
    ):
        county.say(OFFICE, reached("m", stage, on))

    def matrix(connection: Connection, shelf: Shelf, **asked: Any) -> Any:
        return standards.matrix(
            connection, "small", shelf, "studio-five-haves", period=YEAR, today=TODAY, **asked
        )

    found = looked(county, store, matrix)
    rows = {row.unit: row for row in found.page.rows}
    assert [item.zh for item in found.items] == ["有场所", "有设施", "有人员", "有保障", "有规范"]
    assert [cell.meets for cell in rows[SOUTH].cells] == [
        Meets.ACCEPTED,
        Meets.HAS,
        Meets.LACKS,
        Meets.LACKS,
        Meets.LACKS,
    ]
    assert [cell.meets for cell in rows[NORTH].cells] == [
        Meets.LACKS,
        Meets.LACKS,
        Meets.HAS,
        Meets.LACKS,
        Meets.LACKS,
    ]
    first = rows[SOUTH].cells[0]
    assert (first.evidence, first.findings, first.accepted_on) == (1, ("finding/a",), accepted)
    (check,) = rows[SOUTH].inspections
    assert (check.findings, check.mended, check.notified_on, check.mended_on, check.passed_on) == (
        *(2, 2, date(2025, 6, 2), date(2025, 6, 4)),
        accepted,
    )
    assert rows[NORTH].accepted_on is None
    then = looked(county, store, lambda c, s: matrix(c, s, position=county.log.head() - 1))
    assert then.page.rows[-1].accepted_on is None
    only = looked(county, store, lambda c, s: matrix(c, s, only={NORTH}))
    assert [row.unit for row in only.page.rows] == [NORTH]


def test_an_acceptance_stands_until_the_day_on_which_a_later_check_was_passed(
    county: County, store: Store
) -> None:
    """The second check began before the day that is asked for, and was passed after it."""
    first, second, between = date(2025, 6, 5), date(2025, 6, 24), date(2025, 6, 15)
    county.day = date(2025, 6, 25)
    for name, on, passed in (("m", date(2025, 6, 1), first), ("n", date(2025, 6, 10), second)):
        county.say(OFFICE, inspected(name, on, standard="五个有"))
        county.say(OFFICE, reached(name, Stage.PASSED, passed))

    def accepted(connection: Connection, shelf: Shelf) -> Any:
        found = []
        for day in (between, second):
            matrix = standards.matrix(
                *(connection, "small", shelf, "studio-five-haves"),
                period=YEAR,
                today=day,
                only={SOUTH},
            )
            assert matrix is not None
            register = registers.register(connection, "small", day=day)
            (line,) = (row for row in register.page.rows if row.unit == SOUTH)
            found.append((matrix.page.rows[0].accepted_on, line.accepted_on))
        return found

    assert looked(county, store, accepted) == [(first, first), (second, second)]


def test_a_list_that_is_no_standard_has_no_matrix(county: County, store: Store) -> None:
    def ask(connection: Connection, shelf: Shelf) -> Any:
        papers = documents.states(connection, "small", shelf)
        codes = [each.code for each in standards.lists_in_force(papers, shelf, TODAY)]
        asked = standards.matrix(connection, "small", shelf, "months", period=YEAR, today=TODAY)
        return codes, asked

    assert looked(county, store, ask) == (["studio-five-haves"], None)


# Documents


def handed_in(name: str, document: Document, on: date, due: date | None = None) -> RecordMatter:
    body: Matter[Any] = Matter(
        details=SubmittedDocument(document=document, due=due),
        title="材料",
        on=on,
        organiser=SOUTH,
        authors=(Author(unit=SOUTH),),
    )
    return RecordMatter(matter=name, body=body)


def test_documents_are_in_time_late_missing_and_not_due_yet(county: County, store: Store) -> None:
    due = date(2025, 4, 8)
    county.day = date(2025, 2, 4)
    county.say(CLERK, handed_in("plan", Document.YEARLY_PLAN, date(2025, 2, 3), date(2025, 2, 10)))
    county.day = date(2025, 4, 14)
    county.say(CLERK, handed_in("ledger", Document.OPINION_LEDGER, date(2025, 4, 12), due))

    def ask(connection: Connection, shelf: Shelf, **asked: Any) -> Any:
        return owed.owed(connection, "small", shelf, period=YEAR, today=TODAY, **asked)

    north, south = looked(county, store, ask).rows
    assert (south.in_time, south.late, south.missing, south.open) == (1, 1, 0, 6)
    assert (north.in_time, north.late, north.missing, north.open) == (0, 0, 2, 6)
    late = next(line for line in south.lines if line.days_late)
    assert (late.zh, late.period.zh, late.due, late.came_on, late.days_late, late.stream) == (
        *("民情台账(季后8日内)", "2025年第1季度", due),
        *(date(2025, 4, 12), 4, "matter/ledger"),
    )
    paged = looked(county, store, lambda c, s: ask(c, s, limit=1))
    rest = looked(county, store, lambda c, s: ask(c, s, limit=1, after=paged.after))
    assert [r.unit for r in (*paged.rows, *rest.rows)] == [NORTH, SOUTH]


# Coverage


def test_who_is_not_covered_and_which_villages_nobody_visited(county: County, store: Store) -> None:
    county.day = date(2025, 6, 25)
    for name in ("han", "wu"):
        profile = UnitProfile(kind=UnitKind.VILLAGE, name=f"{name}村")
        county.say(OFFICE, OpenUnit(unit=UnitId(name), profile=profile, since=date(2024, 1, 1)))
    county.visited(CLERK, "v", replace(visit(LI, on=DAY), village=UnitId("han")))
    found = looked(
        county,
        store,
        lambda c, s: coverage.coverage(c, "small", s, period=YEAR, today=TODAY),
    )
    (covers,) = found.lists
    sectors, members = covers.targets[1], covers.targets[2]
    assert (sectors.done, sectors.of, [g.name for g in sectors.gaps]) == (
        *(0, 2),
        ["界别economy", "界别medicine"],
    )
    assert (members.lacking, [g.name for g in members.gaps]) == (1, ["孙丽"])
    assert (found.visited, found.villages, [g.name for g in found.unvisited]) == (1, 2, ["wu村"])


# Months on the wall


def report(unit: UnitId = SOUTH, words: str = "走访了韩村", **said: Any) -> ReportMonth:
    items = (ItemSaid(number=1, words=words),)
    whole = {"unit": unit, "month": MAY.first, "checklist": "months", "items": items, **said}
    return ReportMonth(**whole)


CHECK, POST = CheckMonth(unit=SOUTH, month=MAY.first), PostMonth(unit=SOUTH, month=MAY.first)


def wall(
    county: County, store: Store, today: date = TODAY, code: str = "months", **asked: Any
) -> Wall:
    def ask(connection: Connection, shelf: Shelf) -> Any:
        listed = posted_list(connection, shelf, code)
        return postings.wall(connection, "small", shelf, listed, MAY, today=today, **asked)

    found: Wall = looked(county, store, ask)
    return found


def posted_list(connection: Connection, shelf: Shelf, code: str = "months") -> Any:
    papers = documents.states(connection, "small", shelf)
    return next(e for e in postings.posted_lists(papers, shelf, MAY.last) if e.code == code)


def month_of(county: County, store: Store, code: str = "months") -> Any:
    """The month of May of the studio in the south on a list."""

    def ask(connection: Connection, shelf: Shelf) -> Any:
        listed = posted_list(connection, shelf, code)
        unit = roster.some_units(connection, "small", (SOUTH,))[SOUTH]
        return postings.posting(connection, "small", shelf, unit, listed, MAY, today=TODAY)

    return looked(county, store, ask)


def told_of(found: Wall, unit: UnitId = SOUTH) -> Any:
    return next(line for line in found.page.rows if line.unit == unit)


def test_only_what_was_posted_stands_on_the_wall_and_who_is_late_or_missing_is_told(
    county: County, store: Store
) -> None:
    county.day = date(2025, 6, 4)
    visited(county, "v1", DAY)
    county.say(CLERK, report())
    assert told_of(wall(county, store)).figures is None
    county.say(OFFICE, CHECK, POST)
    county.day = date(2025, 6, 9)
    county.say(NORTH_CLERK, report(NORTH))
    found = wall(county, store)
    line = told_of(found)
    assert (line.in_time, line.step, line.report.posted_on) == (
        InTime.IN_TIME,
        PostingStep.POSTED,
        date(2025, 6, 4),
    )
    assert [(i.number, i.count, i.need, i.done, i.words) for i in line.figures.items] == [
        (1, 1, 2, False, "走访了韩村"),
        (3, 0, 1, False, ""),
    ]
    north = told_of(found, NORTH)
    assert (north.in_time, north.step, north.report) == (InTime.LATE, PostingStep.REPORTED, None)
    assert (found.units, found.posted, found.late, found.missing) == (2, 1, 1, 0)


def tallied(county: County, store: Store, today: date) -> list[postings.Tally]:
    return cast(
        "list[postings.Tally]",
        looked(county, store, lambda c, s: postings.tallies(c, "small", s, YEAR, today=today)),
    )


def test_each_month_is_counted_by_the_lists_of_its_last_day_as_its_wall_has_it(
    county: County, store: Store
) -> None:
    """A list that ended in spring tells of its months, one that begins in April asks nothing of March, and what a newer version says moves no month before."""
    ended = Repeal(sort=Sort.CHECKLIST, code="ended", until=date(2025, 2, 28), reason="合并")
    begun = replace(paper(OTHERS), since=date(2025, 4, 1))
    newer = MONTHS.replace("version: 1", "version: 2").replace("within_days: 5", "within_days: 20")
    county.say(
        OFFICE,
        paper(MONTHS.replace(": months", ": ended")),
        ended,
        begun,
        replace(paper(newer), version="2", since=date(2025, 5, 1)),
    )
    county.day = date(2025, 6, 10)
    county.say(CLERK, report())
    found = tallied(county, store, date(2025, 6, 30))
    told = {each.checklist.code: (each.asked, each.late, each.missing) for each in found}
    # Two studios: January and February; January to May, of which one report of May; April and May.
    assert told == {"ended": (4, 0, 4), "months": (10, 0, 9), "others": (4, 0, 4)}
    (first, *_) = tallied(county, store, date(2025, 1, 31))
    assert (first.checklist.code, first.asked) == ("ended", 0)


def test_the_months_of_a_list_are_counted_as_of_a_day(county: County, store: Store) -> None:
    county.day = date(2025, 6, 4)
    county.say(CLERK, report())
    county.day = date(2025, 6, 9)
    county.say(OFFICE, CHECK, POST)
    county.say(NORTH_CLERK, report(NORTH))

    def by(today: date) -> tuple[int, int, int, int]:
        (found,) = tallied(county, store, today)
        return found.asked, found.posted, found.late, found.missing

    # January to April of two units, which reported nothing; May from June on.
    assert by(date(2025, 5, 31)) == (8, 0, 0, 8)
    assert by(date(2025, 6, 5)) == (10, 0, 0, 8)
    assert by(date(2025, 6, 8)) == (10, 0, 0, 9)
    assert by(date(2025, 6, 9)) == (10, 1, 1, 8)


def test_who_reported_nothing_is_missing_once_it_was_due(county: County, store: Store) -> None:
    assert wall(county, store, today=date(2025, 6, 5)).missing == 0
    found = wall(county, store, today=date(2025, 6, 6))
    assert (found.due, found.missing) == (date(2025, 6, 5), 2)


def test_what_was_posted_stays_as_it_was_known_until_a_correction_is_posted(
    county: County, store: Store
) -> None:
    """Facts that come later, are amended or withdrawn do not move what hangs on the wall."""
    county.day = date(2025, 6, 4)
    visited(county, "v1", DAY)
    county.say(CLERK, message("m1"))
    county.say(CLERK, report())
    county.say(OFFICE, CHECK, POST)
    before = told_of(wall(county, store)).figures
    assert [(i.number, i.count) for i in before.items] == [(1, 1), (3, 1)]

    visited(county, "v2", date(2025, 5, 27))
    moved = visit(LI, on=date(2025, 4, 30))
    county.say(CLERK, AmendOccasion(occasion="v1", body=moved, reason="日期误"))
    assert told_of(wall(county, store)).figures == before

    county.say(CLERK, report(reason="补登", words="补了一次"))
    assert told_of(wall(county, store)).figures == before
    county.say(OFFICE, CHECK, POST)
    line = told_of(wall(county, store))
    assert (line.corrected, line.figures.items[0].words) == (True, "补了一次")
    assert [i.deeds for i in line.figures.items] == [("occasion/v2",), ("matter/m1",)]


def test_a_units_month_has_all_versions_each_by_its_own_facts_and_those_of_now(
    county: County, store: Store
) -> None:
    county.day = date(2025, 6, 4)
    county.say(CLERK, report())
    county.say(OFFICE, SendBackMonth(unit=SOUTH, month=MAY.first, reason="漏报"))
    visited(county, "v1", DAY)
    county.say(CLERK, report())
    visited(county, "v2", DAY)
    found = month_of(county, store)
    assert [each.items[0].count for each in found.figures] == [0, 1]
    assert (found.now.items[0].count, found.now.done, found.now.of) == (2, 1, 2)
    assert found.now.items[0].words == "走访了韩村"
    assert (found.version, found.state.step) == (3, PostingStep.REPORTED)
    assert found.state.reports[0].sent_back == "漏报"


def test_what_was_reported_against_one_list_hangs_on_no_other(county: County, store: Store) -> None:
    county.say(OFFICE, paper(OTHERS))
    county.day = date(2025, 6, 4)
    county.say(CLERK, report())
    county.say(OFFICE, CHECK, POST)
    county.day = date(2025, 6, 9)
    county.say(NORTH_CLERK, report(NORTH, checklist="others"))
    counted = {
        code: (found.posted, found.late, found.missing)
        for code in ("months", "others")
        for found in (wall(county, store, code=code),)
    }
    assert counted == {"months": (1, 0, 1), "others": (0, 1, 1)}
    line = told_of(wall(county, store, code="others"))
    assert (line.step, line.in_time, line.report, line.figures) == (
        *(None, InTime.MISSING),
        *(None, None),
    )
    here, there = month_of(county, store), month_of(county, store, "others")
    assert (here.state.step, here.in_time, here.is_newest) == (
        *(PostingStep.POSTED, InTime.IN_TIME),
        True,
    )
    assert (there.state, there.figures, there.in_time, there.is_newest) == (
        *(None, ()),
        *(InTime.MISSING, False),
    )
    assert here.version == there.version == 3


def test_a_version_that_is_the_newest_entry_keeps_the_list_that_it_was_reported_on(
    county: County, store: Store
) -> None:
    """From the 20th the list asks for one visit: that is how the month stands now, and not what was reported on the 10th."""
    newer = MONTHS.replace("version: 1", "version: 2").replace("need: 2", "need: 1")
    newer = newer.replace("2024-01-01", "2025-05-20")
    county.day = date(2025, 5, 10)
    county.say(OFFICE, replace(paper(newer), version="2", since=date(2025, 5, 20)))
    county.say(CLERK, report())
    found = month_of(county, store)
    assert found.figures[0].position == found.now.position == county.log.head()
    assert [each.items[0].need for each in (*found.figures, found.now)] == [2, 1]


def test_a_wall_of_many_units_takes_as_many_queries_as_of_one(county: County, store: Store) -> None:
    county.day = date(2025, 6, 4)
    visited(county, "v1", DAY)
    head = Appointment(person=ZHAO, office=Office.HEAD, since=date(2024, 1, 1))
    county.say(OFFICE, Appoint(unit=NORTH, appointment=head))
    for clerk, unit in ((CLERK, SOUTH), (NORTH_CLERK, NORTH)):
        county.say(clerk, report(unit))
        county.say(OFFICE, CheckMonth(unit=unit, month=MAY.first))
        county.say(OFFICE, PostMonth(unit=unit, month=MAY.first))
    county.reader(store).catch_up()
    shelf = Shelf(read_document)
    with store.reading() as connection:
        papers = documents.states(connection, "small", shelf)
        (listed,) = postings.posted_lists(papers, shelf, MAY.last)

        def ask(limit: int) -> int:
            return statements(
                connection,
                lambda: postings.wall(
                    connection, "small", shelf, listed, MAY, today=TODAY, limit=limit
                ),
            )

        ask(1)
        assert ask(1) == ask(2)
        south = roster.some_units(connection, "small", (SOUTH,))[SOUTH]
        of_one, of_many = (
            statements(
                connection,
                lambda first=first: postings.months_left(  # type: ignore[misc]
                    connection, "small", shelf, south, first, MAY.last
                ),
            )
            for first in (MAY.first, YEAR.first)
        )
        assert of_one == of_many
        for many in (
            lambda n: standards.matrix(
                *(connection, "small", shelf, "studio-five-haves"),
                period=YEAR,
                today=TODAY,
                limit=n,
            ),
            lambda n: owed.owed(connection, "small", shelf, period=YEAR, today=TODAY, limit=n),
            lambda n: registers.register(connection, "small", day=TODAY, limit=n),
        ):
            counted = [statements(connection, lambda n=n, many=many: many(n)) for n in (1, 2)]  # type: ignore[misc]
            assert counted[0] == counted[1]


# Quarters


def test_units_compare_by_what_was_due_and_equal_rates_share_a_place(
    county: County, store: Store
) -> None:
    county.day = date(2025, 6, 10)
    received: Occasion[Any] = Occasion(
        details=ReceivedPublic(), title="接待日", on=DAY, organiser=SOUTH
    )
    county.say(CLERK, RecordOccasion(occasion="r", body=received), message("m1"))

    def ask(connection: Connection, shelf: Shelf) -> Any:
        papers = documents.states(connection, "small", shelf)
        (listed,) = postings.posted_lists(papers, shelf, SPRING.last)
        return listed, invitations.quarter_page(
            connection, "small", shelf, listed, SPRING, today=date(2025, 7, 10)
        )

    _, page = looked(county, store, ask)
    assert [(u.unit, u.done, u.of, u.place) for u in page.compared] == [
        (SOUTH, 2, 7, 1),
        (NORTH, 0, 7, 2),
    ]
    assert (page.state, page.version, page.guests) == (None, 0, ())
    county.say(OFFICE, studio("third", None))
    _, page = looked(county, store, ask)
    assert [u.place for u in page.compared] == [1, 2, 2]


def test_a_quarter_stays_under_the_version_of_the_list_that_governed_it(
    county: County, store: Store
) -> None:
    """The list asks less from July on: the places of spring do not move, and its cells are those that the year had."""
    county.day = date(2025, 6, 10)
    received: Occasion[Any] = Occasion(
        details=ReceivedPublic(), title="接待日", on=DAY, organiser=SOUTH
    )
    county.say(CLERK, RecordOccasion(occasion="r", body=received), message("m1"))

    def cells(connection: Connection, shelf: Shelf) -> Any:
        unit = roster.some_units(connection, "small", (SOUTH,))[SOUTH]
        grids = [
            checklists.of_units(
                *(connection, "small", shelf, [unit]),
                period=period,
                today=date(2025, 7, 10),
                wanted=lambda each: each.code == "months",
            )[SOUTH][0].grid
            for period in (YEAR, SPRING)
        ]
        return [
            [[cell for cell in row.cells if SPRING.holds(cell.period.first)] for row in grid.rows]
            for grid in grids
        ]

    by_year, by_quarter = looked(county, store, cells)
    assert by_quarter == by_year
    assert [len(row) for row in by_quarter] == [3, 1, 3]

    def places(connection: Connection, shelf: Shelf) -> Any:
        listed = posted_list(connection, shelf)
        found = invitations.compared(
            connection, "small", shelf, listed, SPRING, today=date(2025, 7, 10)
        )
        return [(each.unit, each.done, each.of, each.place) for each in found]

    before = looked(county, store, places)
    newer = MONTHS.replace("version: 1", "version: 2").replace("2024-01-01", "2025-07-01")
    newer = newer[: newer.index("  - {slot: 3")] + newer[newer.index("posting:") :]
    county.say(OFFICE, replace(paper(newer), version="2", since=date(2025, 7, 1)))
    assert looked(county, store, places) == before == [(SOUTH, 2, 7, 1), (NORTH, 0, 7, 2)]


def test_promises_are_those_of_three_years_on_however_many_lists(
    county: County, store: Store
) -> None:
    """Four quarters on four lists: all are told, until the first is more than three years back."""
    codes = ("months", "others", "third", "fourth")
    county.say(OFFICE, *(paper(MONTHS.replace(": months", f": {code}")) for code in codes[1:]))
    county.day = date(2025, 6, 25)
    invited = (Invited(unit=SOUTH, end=End.LAST, reason="走访少"),)
    for first in (date(2024, 1 + 3 * n, 1) for n in range(4)):
        for code in codes:
            told: dict[str, Any] = {"quarter": first, "checklist": code}
            said: dict[str, Any] = {"on": county.day, "text": "表态", "speaker": LI}
            pledges = (Pledge(text=f"{first:%Y-%m} {code}", due=TODAY),)
            county.say(
                OFFICE,
                InviteUnits(**told, on=county.day, invited=invited),
                RecordStatement(**told, **said, unit=SOUTH, promises=pledges),
            )

    def promised(connection: Connection, _: Shelf) -> Any:
        return [
            [
                line.promise.text
                for line in invitations.promises_of(connection, "small", SOUTH, today=day)
            ]
            for day in (TODAY, date(2027, 3, 31), date(2027, 4, 1))
        ]

    now, later, too_late = looked(county, store, promised)
    assert now == later
    assert (len(now), now[0], now[-1]) == (16, "2024-10 fourth", "2024-01 third")
    assert too_late == now[:-4]


def test_who_was_invited_what_he_promised_and_whether_it_was_done(
    county: County, store: Store
) -> None:
    county.day = date(2025, 6, 25)
    winter = date(2025, 1, 1)
    told: dict[str, Any] = {"quarter": winter, "checklist": "months"}
    decided, spoke, due = date(2025, 4, 10), date(2025, 4, 20), date(2025, 6, 10)
    invited = (Invited(unit=SOUTH, end=End.LAST, reason="走访少"),)
    pledges = (Pledge(text="补走访", due=due), Pledge(text="设接待日", due=date(2025, 12, 1)))
    county.say(
        OFFICE,
        InviteUnits(**told, on=decided, invited=invited),
        RecordStatement(
            **told, unit=SOUTH, on=spoke, text="表态", speaker=SOUTH_HEAD.person, promises=pledges
        ),
    )

    def promised(connection: Connection, _: Shelf) -> Any:
        lines = invitations.promises_of(connection, "small", SOUTH, today=TODAY)
        return [(line.promise.text, line.due) for line in lines]

    assert looked(county, store, promised) == [("补走访", Due.OVERDUE), ("设接待日", Due.OPEN)]
    county.say(OFFICE, SettlePromise(**told, unit=SOUTH, number=1, kept=Kept.DONE, on=due))
    assert looked(county, store, promised) == [("补走访", Due.DONE), ("设接待日", Due.OPEN)]

    def page(connection: Connection, shelf: Shelf) -> Any:
        papers = documents.states(connection, "small", shelf)
        (listed,) = postings.posted_lists(papers, shelf, TODAY)
        quarter = Period.around(Span.QUARTER, winter)
        return invitations.quarter_page(connection, "small", shelf, listed, quarter, today=TODAY)

    found = looked(county, store, page)
    (line,) = found.guests
    assert (line.name, line.speaker_name, found.version) == ("委员工作室south", "何书记", 3)


# The handover


def test_a_pack_tells_all_that_is_open_of_a_unit(county: County, store: Store) -> None:
    county.day = date(2025, 2, 4)
    county.say(CLERK, handed_in("plan", Document.YEARLY_PLAN, date(2025, 2, 3), date(2025, 2, 10)))
    county.day = date(2025, 6, 25)
    county.say(CLERK, report())
    found = looked(
        county,
        store,
        lambda c, s: handovers.handover(c, "small", s, SOUTH, today=TODAY, year=2025),
    )
    assert (found.heads, found.members, found.answering) == (("何书记",), 3, SOUTH)
    assert [(o.name, o.appointment.since) for o in found.offices] == [("何书记", date(2024, 1, 1))]
    assert found.documents[0].zh == "民情台账(季后8日内)"
    before = [*(f"2024年{n}月" for n in range(6, 13)), *(f"2025年{n}月" for n in range(1, 5))]
    assert [(m.month.zh, m.step) for m in found.months] == [
        *((month, None) for month in before),
        ("2025年5月", PostingStep.REPORTED),
        ("2025年6月", None),
    ]
    assert {(c.checklist, c.number) for c in found.unfinished} >= {("months", 1), ("months", 2)}
    assert all(cell.period.first <= TODAY for cell in found.unfinished)
    assert found.more == ()
    none = looked(
        county,
        store,
        lambda c, s: handovers.handover(c, "small", s, UnitId("x"), today=TODAY, year=2025),
    )
    assert none is None


@pytest.mark.parametrize(
    ("today", "year", "first", "last"),
    [
        (date(2026, 1, 2), 2026, "2025年1月", "2026年1月"),
        (date(2026, 1, 2), 2025, "2025年1月", "2025年12月"),
        (date(2026, 3, 31), 2026, "2025年3月", "2026年3月"),
    ],
)
def test_a_pack_of_the_present_year_tells_of_the_months_before_that_are_not_posted(
    county: County, store: Store, today: date, year: int, first: str, last: str
) -> None:
    found = looked(
        county,
        store,
        lambda c, s: handovers.handover(c, "small", s, SOUTH, today=today, year=year),
    )
    told = [month.month.zh for month in found.months]
    assert (told[0], told[-1]) == (first, last)
    assert len(told) == len(set(told))


def test_a_pack_tells_of_leave_that_is_not_decided_and_with_whom_the_unit_keeps_touch(
    county: County, store: Store
) -> None:
    household = PairedWith(
        relation=Relation.CONSTITUENTS,
        counterpart=Counterpart.HOUSEHOLD,
        counterpart_name="张家",
    )
    bond = Pairing(details=household, since=date(2025, 3, 1), organiser=SOUTH, person=LI)
    sitting = Occasion(
        details=Attended(meeting=Meeting.OTHER),
        title="工作室例会",
        on=date(2025, 7, 20),
        organiser=SOUTH,
        expected=(LI, ZHAO),
    )
    county.day = TODAY
    county.say(CLERK, Pair(pairing="p", body=bond), PlanMeeting(meeting="m", body=sitting))
    for person in (LI, ZHAO):
        county.say(CLERK, AskLeave(meeting="m", person=person, leave="公假"))
    decided = DecideLeave(meeting="m", person=ZHAO, granted=True, by="何书记", level=Level.TOWNSHIP)
    county.say(CLERK, decided)
    found = looked(
        county,
        store,
        lambda c, s: handovers.handover(c, "small", s, SOUTH, today=TODAY, year=2025),
    )
    assert [(e.title, e.person, e.name, e.on) for e in found.leaves] == [
        ("工作室例会", LI, "李敏", date(2025, 7, 20))
    ]
    assert [(p.subject, p.counterpart_name, p.visits) for p in found.pairings] == [
        ("member/li", "张家", 0)
    ]
    # Who came after all needs no leave.
    county.day = sitting.on
    county.say(CLERK, OpenMeeting(meeting="m"), CheckIn(meeting="m", person=LI))
    found = looked(
        county,
        store,
        lambda c, s: handovers.handover(c, "small", s, SOUTH, today=sitting.on, year=2025),
    )
    assert ([m.meeting for m in found.meetings], found.leaves) == (["m"], ())


def test_a_pack_leaves_out_months_after_the_unit_closed_and_tells_each_list(
    county: County, store: Store
) -> None:
    county.say(OFFICE, paper(OTHERS))
    county.day = date(2025, 6, 4)
    county.say(CLERK, report())
    county.say(OFFICE, CHECK, POST)
    county.say(OFFICE, MoveUnitOn(unit=SOUTH, life=Life.CLOSED, on=DAY))
    found = looked(
        county,
        store,
        lambda c, s: handovers.handover(c, "small", s, SOUTH, today=TODAY, year=2025),
    )
    assert [(m.month.zh, m.checklist, m.step) for m in found.months][-3:] == [
        ("2025年4月", "months", None),
        ("2025年4月", "others", None),
        ("2025年5月", "others", None),
    ]


def test_a_pack_has_the_newest_lines_that_were_returned(county: County, store: Store) -> None:
    county.day = date(2025, 6, 25)
    for name, on in (("v1", date(2025, 5, 2)), ("v2", DAY), ("v3", date(2025, 6, 3))):
        county.visited(OFFICE, name, visit(LI, WANG, on=on))
    for name in ("v1", "v2"):
        county.say(
            SOUTH_HEAD, Return(deed=f"occasion/{name}", side=Side.STUDIO, people=(LI,), reason="误")
        )

    def ask(connection: Connection, shelf: Shelf) -> Any:
        unit = roster.some_units(connection, "small", (SOUTH,))[SOUTH]
        told: dict[str, Any] = {"first": YEAR.first, "last": YEAR.last}
        every = dual.answered(
            *(connection, "small", unit),
            **told,
            today=TODAY,
            policies=documents.policies(connection, "small", shelf),
        )
        some = [dual.returned(connection, "small", unit, **told, limit=limit) for limit in (1, 100)]
        pack = handovers.handover(connection, "small", shelf, SOUTH, today=TODAY, year=2025)
        assert pack is not None
        return every, some, pack.returned

    every, (first, both), pack = looked(county, store, ask)
    assert len(every) == 6
    assert both == [line for line in every if line.state is SideState.RETURNED]
    assert first == both[:1]
    assert [(line.deed, line.name) for line in pack] == [
        ("occasion/v2", "李敏"),
        ("occasion/v1", "李敏"),
    ]


def test_pages_of_units_look_up_no_more_than_they_show(county: County, store: Store) -> None:
    """What units are looked through for in all years has an index; the villages that were visited are told without their visits."""
    county.day = date(2025, 6, 25)
    profile = UnitProfile(kind=UnitKind.VILLAGE, name="韩村")
    county.say(OFFICE, OpenUnit(unit=UnitId("han"), profile=profile, since=date(2024, 1, 1)))
    gone = replace(visit(LI, on=DAY), village=UnitId("han"))
    county.visited(CLERK, "gone", gone)
    county.say(CLERK, handed_in("plan", Document.YEARLY_PLAN, date(2025, 2, 3)))
    asked: list[tuple[str, Any]] = []

    def heard(_: object, __: object, statement: str, values: object, *___: object) -> None:
        asked.append((statement, values))

    def ask(connection: Connection, shelf: Shelf) -> Any:
        told: dict[str, Any] = {"period": YEAR, "today": TODAY}
        event.listen(connection, "before_cursor_execute", heard)
        visited = coverage.visited(connection, "small", YEAR)
        owed.owed(connection, "small", shelf, **told)
        standards.matrix(connection, "small", shelf, "studio-five-haves", **told)
        registers.register(connection, "small", day=TODAY)
        event.remove(connection, "before_cursor_execute", heard)
        found = dict[str, int]()
        for index, asks in (
            ("deeds_visited", "visited != ''"),
            ("facts_found_of_units", "kind IN ('met_standard'"),
        ):
            for statement, values in asked:
                shown, _, where = statement.partition("WHERE")
                if asks not in where:
                    continue
                found[index] = found.get(index, 0) + 1
                assert index != "deeds_visited" or "body" not in shown
                if isinstance(store, SqliteStore):
                    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                    assert index in " ".join(row.detail for row in plan), statement
        return visited, found

    looks = {"deeds_visited": 1, "facts_found_of_units": 7}
    assert looked(county, store, ask) == ({UnitId("han")}, looks)
    county.say(CLERK, Withdraw(deed="occasion/gone", reason="误"))
    asked.clear()
    assert looked(county, store, ask) == (frozenset(), looks)


# Live is rebuilt, and the history tells it


def everything(county: County) -> None:
    county.day = date(2025, 6, 29)
    told: dict[str, Any] = {"quarter": date(2025, 1, 1), "checklist": "months"}
    invited = (Invited(unit=SOUTH, end=End.FIRST, reason="好"),)
    county.say(CLERK, report())
    county.say(OFFICE, SendBackMonth(unit=SOUTH, month=MAY.first, reason="漏"))
    county.say(CLERK, report(words="补"))
    county.say(OFFICE, CHECK, POST)
    county.say(CLERK, report(words="再补", reason="更正"))
    county.say(
        OFFICE,
        InviteUnits(**told, on=date(2025, 4, 10), invited=invited),
        RecordStatement(
            **told,
            unit=SOUTH,
            on=date(2025, 4, 20),
            text="交流",
            speaker=LI,
            promises=(Pledge(text="分享", due=TODAY),),
        ),
        SettlePromise(**told, unit=SOUTH, number=1, kept=Kept.DONE, on=date(2025, 6, 20)),
    )


def test_live_in_steps_and_rebuilding_come_to_the_same(county: County, store: Store) -> None:
    reader = county.reader(store)
    reader.catch_up()
    everything(county)
    reader.catch_up(at_a_time=1)
    live = rows_of(store, "small")
    assert (len(live["postings"]), len(live["invitations"])) == (1, 1)
    county.reader(store).rebuild()
    assert rows_of(store, "small") == live


def test_every_turn_has_a_sentence_in_the_history_of_the_unit(county: County, store: Store) -> None:
    everything(county)

    def ask(connection: Connection, _: Shelf) -> list[str]:
        page = history.history(connection, "small", f"unit/{SOUTH}", county.at, limit=20)
        return [
            each.said.zh
            for each in page.rows
            if each.entry.stream.startswith(("posting/", "invitation/"))
        ]

    assert looked(county, store, ask) == [
        "委员工作室south2025年第1季度的第1项承诺已兑现(2025-06-20)。",
        "委员工作室south就2025年第1季度受邀发言(2025-04-20),承诺1项。",
        "确定2025年第1季度受邀发言的单位:委员工作室south。",
        "委员工作室south2025年5月晾晒更正自报,理由:更正。",
        "委员工作室south2025年5月晾晒发布。",
        "委员工作室south2025年5月晾晒已对照记录核对。",
        "委员工作室south2025年5月晾晒自报。",
        "委员工作室south2025年5月晾晒退回补正,理由:漏。",
        "委员工作室south2025年5月晾晒自报。",
    ]

"""Pages of figures drawn up from the read model: as now and as then, of a year and of a month, and what each figure is made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, event

from domain import numbers as bounds
from domain.deed import Withdraw
from domain.document import Publish, Repeal, Sort
from domain.fact import Capacity, Reached
from domain.figure_text import sentence
from domain.kinds import Stage
from domain.kinds.advice import CarriedDown, CarriedUp, Obstacle
from domain.kinds.help import PromotedInvestment
from domain.kinds.meetings import Attended, Meeting
from domain.kinds.people import VisitedConstituents
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.meeting import PlanMeeting
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import PersonId, Reason, Refused
from domain.period import Period, Span
from projections import figures
from projections.documents import Shelf
from projections.figures import DrawnUp, MadeOf
from projections.paging import Key
from projections.store import SqliteStore, Store
from tests.projections.county import (
    CHEN,
    CLERK,
    COUNTY,
    LI,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    TODAY,
    WANG,
    ZHAO,
    County,
    read_document,
    visit,
)

TEXT = """\
figures: county
version: 1
zh: 履职数据
en: figures of the county
since: 2025-01-01
page:
  - {figure: visits, zh: 走访, en: visits, by: 月份, compare: 上年同期, counts: 走访村(社区)}
  - {figure: june, zh: 六月走访, en: visits in June, month: 6, part_of: visits, counts: 走访村(社区)}
  - {figure: times, zh: 走访人次, en: times, sums: 人次, by: 界别, counts: 走访村(社区)}
  - {figure: reached, zh: 服务, en: reached, measure: 人次, sums: reached_people, counts: 走访村(社区)}
  - {figure: hosts, zh: 各室走访, en: by host, by: 各承办单位, counts: 走访村(社区)}
  - {figure: guests, zh: 上级委员, en: guests, sums: 人次, counts: {kinds: 一切活动, capacities: 上级委员}}
  - {figure: up, zh: 带上来, en: carried up, counts: 委员带话·带上来}
  - {figure: cannot, zh: 暂无法处理, en: cannot, part_of: up, by: obstacle, counts: {kinds: 委员带话·带上来, reached: {any: 暂无法处理}}}
  - {figure: paired, zh: 结对, en: pairings, counts: 结对联系}
  - {figure: studios, zh: 工作室, en: studios, roster: {units: 委员工作室}}
  - {figure: members, zh: 委员, en: members, by: 镇街委员工作室, roster: 委员}
"""
INVESTED = """\
figures: invested
version: 1
zh: 招商
en: investment
since: 2025-01-01
page:
  - {figure: sum, zh: 投资额, en: investment, measure: 万元, sums: investment, by: 月份, compare: 上年同期, counts: 招商引资}
  - {figure: reached, zh: 服务, en: reached, measure: 人次, sums: reached_people, counts: 走访村(社区)}
"""
YEAR = Period.year(2025)


def publication(text: str = TEXT, version: str = "1", code: str = "county") -> Publish:
    return Publish(sort=Sort.FIGURES, code=code, version=version, text=text, since=date(2025, 1, 1))


def message(name: str, on: date = date(2025, 6, 1), **said: Any) -> RecordMatter:
    body: Matter[Any] = Matter(
        details=CarriedUp(topic="饮水", **said),
        title=f"群众反映{name}",
        on=on,
        organiser=SOUTH,
        authors=(Author(person=LI),),
    )
    return RecordMatter(matter=name, body=body)


@pytest.fixture
def told() -> County:
    """Visits of two years, one of them recorded late, two messages of which one cannot be handled, and the page."""
    county = County(day=date(2024, 6, 5)).found()
    county.visited(CLERK, "c", visit(CHEN, on=date(2024, 6, 2), title="走访旧村"))
    county.say(OFFICE, publication())
    guest = Participant(person=PersonId("guest"), capacity=Capacity.HIGHER_MEMBER)
    county.day = date(2025, 3, 10)
    county.visited(
        NORTH_CLERK,
        "b",
        visit(ZHAO, guest, on=date(2025, 3, 2), organiser=NORTH, title="走访北村"),
    )
    county.day = date(2025, 6, 25)
    county.visited(CLERK, "a", visit(LI, WANG, on=date(2025, 6, 20), reached_people=30))
    county.visited(CLERK, "late", visit(CHEN, on=date(2025, 2, 2), title="走访旧村"))
    county.say(CLERK, message("m"), message("n", obstacle=Obstacle.POLICY))
    county.say(
        OFFICE,
        ReportOutcome(
            matter="n", outcome=Reached(stage=Stage.CANNOT_FOR_NOW, on=date(2025, 6, 10))
        ),
    )
    return county


def drawn_up(
    county: County,
    store: Store,
    period: Period = YEAR,
    position: int | None = None,
    code: str = "county",
) -> DrawnUp:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return figures.drawn_up(
            connection,
            "small",
            Shelf(read_document),
            code,
            period=period,
            today=TODAY,
            position=position,
        )


def made_of(
    county: County,
    store: Store,
    figure: str,
    part: str | None = None,
    after: Key | None = None,
    limit: int = 50,
    period: Period = YEAR,
) -> MadeOf:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return figures.made_of(
            connection,
            "small",
            Shelf(read_document),
            "county",
            figure,
            period=period,
            today=TODAY,
            part=part,
            after=after,
            limit=limit,
        )


def numbers(page: DrawnUp) -> dict[str, Any]:
    return {told.figure.code: told.number for told in page.values}


def test_a_page_is_drawn_up_for_a_year(store: Store, told: County) -> None:
    page = drawn_up(told, store)
    assert numbers(page) == {
        "visits": 2,
        "june": 1,
        "times": 3,
        "reached": 30,
        "hosts": 2,
        "guests": 1,
        "up": 2,
        "cannot": 1,
        "paired": 0,
        "studios": 2,
        "members": 6,
    }
    visits, cannot, times = (page.value(code) for code in ("visits", "cannot", "times"))
    assert visits is not None
    assert cannot is not None
    assert times is not None
    assert (visits.before, visits.waiting) == (1, 1)
    assert sentence(visits).zh == (
        "2025年度走访2次;上年同期为1次,为其2倍;其中3月1次(上年同期0)、6月1次(上年同期1)。"
    )
    assert (cannot.whole, cannot.rate) == (2, 50)
    assert [part.label.zh for part in cannot.parts] == ["政策原因"]
    assert {part.label.zh: part.number for part in times.parts} == {"界别economy": 3}
    members = page.value("members")
    assert members is not None
    assert members.day == min(TODAY, YEAR.last)


def test_numbers_from_before_they_were_bounded_break_no_page(
    store: Store, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can be reckoned with is; the rest is shown on its record and counts as not said."""
    said = ("1.50", "12345678901234567890123456789.5", "1E+5000", "1E+999999999", "1E-999999999")
    with monkeypatch.context() as before:
        before.setattr(bounds, "refused", lambda *_: None)
        for n, amount in enumerate(said):
            body: Matter[Any] = Matter(
                details=PromotedInvestment(project=f"项目{n}", investment=Decimal(amount)),
                title=f"项目{n}",
                on=date(2025, 6, 1),
                organiser=SOUTH,
                authors=(Author(person=LI),),
            )
            county.say(CLERK, RecordMatter(matter=f"p{n}", body=body))
        county.visited(CLERK, "a", visit(LI, reached_people=10**4200, half_days=10**4200))
    county.say(OFFICE, publication(INVESTED, code="invested"))
    page = drawn_up(county, store, code="invested")
    assert numbers(page) == {
        "sum": Decimal("12345678901234567890123456791.00"),
        "reached": 10**30 - 1,
    }
    assert all(sentence(told).zh for told in page.values)


def test_a_month_has_the_figures_of_its_days_alone(store: Store, told: County) -> None:
    march = Period.around(Span.MONTH, date(2025, 3, 1))
    page = drawn_up(told, store, march)
    assert numbers(page) == {
        "visits": 1,
        "times": 1,
        "reached": 0,
        "hosts": 1,
        "guests": 1,
        "up": 0,
        "cannot": 0,
        "paired": 0,
        "studios": 2,
        "members": 6,
    }


def test_over_several_years_each_month_tells_its_year_and_opens_its_records(
    store: Store, told: County
) -> None:
    both = Period(span=Span.TERM, first=date(2024, 1, 1), last=date(2025, 12, 31))
    visits = drawn_up(told, store, both).value("visits")
    assert visits is not None
    assert sentence(visits).zh == (
        "2024-01-01至2025-12-31走访3次;其中2024年6月1次、2025年3月1次、2025年6月1次。"
    )
    june = made_of(told, store, "visits", part="2024-06", period=both)
    assert [line.key for line in june.lines.rows] == ["occasion/c"]


def test_it_is_told_as_it_was_known_then(store: Store, told: County) -> None:
    before = told.log.head()
    told.say(CLERK, Withdraw(deed="occasion/a", reason="登记有误"))
    assert numbers(drawn_up(told, store))["visits"] == 1
    then = numbers(drawn_up(told, store, position=before))
    assert (then["visits"], then["cannot"]) == (2, 1)
    assert numbers(drawn_up(told, store, position=before - 1))["cannot"] == 0


def test_live_and_rebuilt_are_the_same(store: Store, told: County) -> None:
    live = drawn_up(told, store)
    told.reader(store).rebuild()
    assert drawn_up(told, store) == live


def test_a_figure_opens_what_it_is_made_of(store: Store, told: County) -> None:
    visits = made_of(told, store, "visits")
    assert [(line.key, line.title) for line in visits.lines.rows] == [
        ("occasion/a", "走访韩村"),
        ("occasion/b", "走访北村"),
    ]
    south = made_of(told, store, "hosts", part=f"unit/{SOUTH}")
    assert [line.key for line in south.lines.rows] == ["occasion/a"]
    assert (south.number, south.told.number) == (1, 2)
    assert [line.key for line in made_of(told, store, "june").lines.rows] == ["occasion/a"]
    studios = [line.title for line in made_of(told, store, "studios").lines.rows]
    assert studios == sorted(studios)
    assert len(made_of(told, store, "members").lines.rows) == 6


@pytest.mark.parametrize("figure", ["visits", "members"])
def test_its_pages_go_on_where_they_stopped(store: Store, told: County, figure: str) -> None:
    whole = [line.key for line in made_of(told, store, figure).lines.rows]
    found: list[str] = []
    after: Key | None = None
    while True:
        page = made_of(told, store, figure, after=after, limit=1).lines
        found += [line.key for line in page.rows]
        after = page.after
        if after is None:
            break
    assert found == whole


@pytest.mark.parametrize("after", [("x",), (1,), ("name", "key")])
def test_a_key_of_another_page_is_refused(store: Store, told: County, after: Key) -> None:
    with pytest.raises(Refused) as caught:
        made_of(told, store, "visits", after=after)
    assert caught.value.reason is Reason.MALFORMED


def test_what_there_is_not_is_refused(store: Store, told: County) -> None:
    for ask, reason in (
        (lambda: drawn_up(told, store, code="nothing"), Reason.NO_SUCH_FIGURES),
        (lambda: made_of(told, store, "nothing"), Reason.NO_SUCH_FIGURE),
        (
            lambda: made_of(
                told, store, "june", period=Period.around(Span.MONTH, date(2025, 3, 1))
            ),
            Reason.NO_SUCH_FIGURE,
        ),
    ):
        with pytest.raises(Refused) as caught:
            ask()
        assert caught.value.reason is reason


def listed(county: County, store: Store, day: date = TODAY) -> list[tuple[str, str, int]]:
    county.reader(store).catch_up()
    with store.reading() as connection:
        found = figures.pages(connection, "small", Shelf(read_document), day=day)
    return [(page.code, page.zh, page.figures) for page in found]


def test_the_pages_in_force_are_listed(store: Store, told: County) -> None:
    assert listed(told, store) == [("county", "履职数据", 11)]
    assert listed(told, store, date(2024, 12, 31)) == []
    told.say(
        OFFICE, Repeal(sort=Sort.FIGURES, code="county", until=date(2025, 6, 1), reason="不再用")
    )
    assert listed(told, store) == []
    # A year is drawn up by the version that governed in it last.
    assert numbers(drawn_up(told, store))["visits"] == 2


def test_a_new_version_defines_its_figures_anew(store: Store, told: County) -> None:
    text = TEXT.replace("version: 1", "version: 2").replace("走访, en", "下村, en")
    told.say(OFFICE, publication(text, "2"))
    page = drawn_up(told, store)
    assert (page.page.version, page.values[0].figure.zh) == ("2", "下村")


def statements(connection: Connection, shelf: Shelf) -> int:
    """How many statements a page takes, asked for the first time."""
    ran: list[str] = []

    def note(*run: Any) -> None:
        ran.append(run[2])

    event.listen(connection.engine, "before_cursor_execute", note)
    try:
        figures.drawn_up(connection, "small", shelf, "county", period=YEAR, today=TODAY)
    finally:
        event.remove(connection.engine, "before_cursor_execute", note)
    return len(ran)


def test_what_is_asked_does_not_grow_with_the_records(store: Store, told: County) -> None:
    told.reader(store).catch_up()
    with store.reading() as connection:
        few = statements(connection, Shelf(read_document))
    met = Occasion(
        details=VisitedConstituents(appeals_heard=2),
        title="走访界别群众",
        on=TODAY,
        organiser=SOUTH,
        participants=(Participant(person=LI),),
    )
    for n in range(12):
        body = visit(LI, WANG, on=date(2025, 6, 1 + n), title=f"走访{n}")
        told.visited(CLERK, f"v{n}", body)
        told.visited(CLERK, f"w{n}", replace(met, title=f"访{n}", on=body.on))
    down: Matter[Any] = Matter(
        details=CarriedDown(topic="医保"),
        title="宣讲医保",
        on=date(2025, 5, 6),
        organiser=SOUTH,
        authors=(Author(person=LI),),
    )
    told.say(CLERK, RecordMatter(matter="d", body=down))
    told.reader(store).catch_up()
    shelf = Shelf(read_document)
    with store.reading() as connection:
        assert statements(connection, shelf) == few
        # Asked again before anything is added, the answer is at hand.
        assert statements(connection, shelf) == 2
    assert few <= 6


SESSIONS = """\
calendar: sessions
version: 1
zh: 全会日期
en: plenary sessions
since: 2025-01-01
year: 2025
sessions:
  - {zh: 四次会议, en: fourth session, from: 2025-01-14}
"""
BY_SESSIONS = """\
rubric: by-session
version: 1
zh: 按会期考核
en: by session years
since: 2020-01-01
period: session_year
sessions: [2024-01-09, 2025-01-13]
blocks:
  - block: main
    zh: 主体
    en: main
    clauses:
      - {clause: visits, zh: 走访, en: visits, counts: 走访村(社区), each: 1}
"""


def since(county: County, store: Store, day: date = TODAY, position: int | None = None) -> Any:
    """From when a page can be drawn up, and by whose word."""
    county.reader(store).catch_up()
    with store.reading() as connection:
        found = figures.begun(
            connection, "small", Shelf(read_document), today=day, position=position
        )
    return {each.since: (each.period.first, each.why.zh) for each in found}


def session_of(county: County, store: Store, **asked: Any) -> Any:
    return since(county, store, **asked).get(figures.Since.SESSION)


def published(sort: Sort, code: str, text: str) -> Publish:
    return Publish(sort=sort, code=code, version="1", text=text, since=date(2020, 1, 1))


def attended(name: str, on: date, meeting: Meeting = Meeting.PLENARY_SESSION) -> RecordOccasion:
    body = Occasion(
        details=Attended(meeting=meeting),
        title=f"会议{name}",
        on=on,
        organiser=COUNTY,
        participants=(Participant(person=LI),),
    )
    return RecordOccasion(occasion=name, body=body)


def test_the_last_session_is_known_from_what_tells_of_it_in_order(
    store: Store, county: County
) -> None:
    county.day = TODAY
    begun = since(county, store)
    assert begun.keys() == {figures.Since.TERM}, "nothing tells of a session"
    assert begun[figures.Since.TERM][1].startswith("据名册:第")
    nothing = county.log.head()

    county.say(OFFICE, published(Sort.RUBRIC, "by-session", BY_SESSIONS))
    assert session_of(county, store) == (
        *(date(2025, 1, 13),),
        "全会首日2025-01-13,据考核办法(sessions)“按会期考核”",
    )
    assert session_of(county, store, day=date(2024, 12, 1))[0] == date(2024, 1, 9)
    # A later session than that of the rubric is on record alone.
    later = date(2025, 12, 20)
    assert session_of(county, store, day=later)[0] == date(2025, 1, 13)
    county.say(
        OFFICE,
        attended("late", date(2025, 1, 16)),
        attended("opening", date(2025, 1, 12)),
        attended("council", date(2025, 1, 2), Meeting.CHAIRPERSONS_COUNCIL),
    )
    assert session_of(county, store)[0] == date(2025, 1, 13), (
        "a rubric tells of it: no record is asked"
    )
    assert session_of(county, store, day=later)[0] == date(2025, 1, 12), "by the record"

    county.say(OFFICE, planned("plenary", date(2025, 1, 15)))
    assert session_of(county, store)[1] == (
        "全会首日2025-01-15,据会议安排“会议plenary”;考核办法(sessions)为2025-01-13"
    )
    county.say(OFFICE, published(Sort.CALENDAR, "sessions", SESSIONS))
    assert session_of(county, store) == (
        date(2025, 1, 14),
        "全会首日2025-01-14,据日历文件(sessions)“四次会议”;会议安排为2025-01-15;考核办法(sessions)为2025-01-13",
    )
    assert session_of(county, store, position=nothing) is None, "as known then"
    assert session_of(county, store, position=nothing + 1)[0] == date(2025, 1, 13)
    text = SESSIONS.replace("version: 1", "version: 2").replace("01-14", "01-16")
    county.say(OFFICE, replace(published(Sort.CALENDAR, "sessions", text), version="2"))
    assert session_of(county, store)[0] == date(2025, 1, 16), "a year as its newest version has it"


def planned(name: str, on: date) -> PlanMeeting:
    body: Occasion[Any] = Occasion(
        details=Attended(meeting=Meeting.PLENARY_SESSION),
        title=f"会议{name}",
        on=on,
        organiser=COUNTY,
        expected=(WANG, LI),
    )
    return PlanMeeting(meeting=name, body=body)


def test_facts_are_found_by_kind_and_day(sqlite_store: SqliteStore, told: County) -> None:
    """A year is looked into by itself, however many there are."""
    told.reader(sqlite_store).catch_up()
    ran: list[tuple[str, Any]] = []
    with sqlite_store.reading() as connection:

        def note(*run: Any) -> None:
            ran.append((run[2], run[3]))

        event.listen(connection.engine, "before_cursor_execute", note)
        figures.drawn_up(
            connection, "small", Shelf(read_document), "county", period=YEAR, today=TODAY
        )
        event.remove(connection.engine, "before_cursor_execute", note)
        (asked,) = [each for each in ran if "UNION ALL" in each[0]]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0]}", asked[1]).all()
    searched = [row[3] for row in plan if "facts" in row[3]]
    assert searched
    assert [line for line in searched if "facts_of_kind" not in line] == []

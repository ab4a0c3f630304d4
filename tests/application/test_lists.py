"""The lists that ship: each says what its account says, letter by letter, and what an account leaves blank stays blank."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from application.documents.source import Unreadable
from application.packs import cases, check, load_checklist, questions, sort_of
from domain.checklist import CellState, Checklist, not_built
from domain.document import Publish, Sort
from domain.evidence import Evidence
from domain.finding import Finding, RevokeFinding, SetFinding
from domain.kinds import Subject
from domain.kinds.findings import MetStandard
from domain.people import UnitId
from domain.period import Period, Span
from domain.unit import OpenUnit, UnitKind, UnitProfile
from projections import checklists
from projections.documents import Shelf
from projections.store import SqliteStore
from tests.projections.county import LI, OFFICE, TODAY, County, read_document, visit

PACKS = Path(__file__).parents[2] / "packs"
LISTS = [
    path for path in sorted(PACKS.rglob("*.yaml")) if sort_of(path.read_text()) is Sort.CHECKLIST
]


def text_of(name: str) -> str:
    return (PACKS / f"{name}.yaml").read_text()


def shipped(name: str) -> Checklist:
    return load_checklist(text_of(name))


@pytest.mark.parametrize("path", LISTS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_list_that_ships_can_be_published_and_passes_its_cases(path: Path) -> None:
    """It says where it is from, and has a worked case at least."""
    text = path.read_text()
    listed = load_checklist(text)

    assert not_built(listed) == []
    assert [(r.case, r.differs) for r in check(text) if not r.passed] == []
    assert listed.source
    assert cases(text)


def test_no_two_lists_have_one_code() -> None:
    """Three places say 五有 and mean three different things."""
    codes = [load_checklist(path.read_text()).code for path in LISTS]

    assert len(set(codes)) == len(codes)


ITEMS = {
    "haiyan/ten-ones": (
        "撰写一件提案 报送一篇社情民意信息 参与一项调查研究 参加一项民主监督 一次读书分享 "
        "一次重点协商发言 一次界别走访服务 参加一次公益活动 联系一个村社 一条政协工作建议"
    ),
    "three-norms/five-ones": (
        "一月一次民情信息反馈 一季一次调研视察活动 半年一次xx协商活动 一年一次重点提案征集 "
        "一人一件民生实事"
    ),
    "three-norms/three-haves": "组织有序 领导有力 履职有人",
    "three-norms/five-haves": (
        "有专门的办公场所并挂牌 有必要的办公设备 有一名以上专(兼)职工作人员具体从事日常工作 "
        "有一套规范化运行的工作制度和规则 有必要的工作经费保障"
    ),
    "three-norms/four-schemes": "设置方案 规范化建设工作方案 履职方案 考核评价方案",
    "five-front-lines/sector-five-haves": "有办公场所 有标志标牌 有运转制度 有活动内容 有计划总结",
    "five-front-lines/sector-four-unified": "统一制作标牌 统一工作制度 统一安排部署 统一总结考核",
    "five-front-lines/sector-four-ones": "一套制度 一支队伍 一批调研 一批成果",
    "five-front-lines/liaison-centre-three-haves": "有机构 有人员 有岗位",
    "linshu/six-haves": "有组织 有场所 有设施 有制度 有活动 有记录",
    "linshu/four-displays": "亮标识 亮身份 亮职责 亮风采",
    "shangluo/four-unified": "统一标识 统一规范 统一要求 统一名称",
    "shangluo/four-on-the-wall": "工作职责 规章制度 服务流程 委员信息",
    "shangluo/five-haves": "有场所 有设施 有人员 有保障 有规范",
    "shangluo/yearly-four-haves": "年初有计划 活动有方案 实施有步骤 年终有总结",
}


@pytest.mark.parametrize("name", ITEMS)
def test_a_list_says_what_its_account_says(name: str) -> None:
    """Letter by letter, in its order."""
    assert [slot.zh for slot in shipped(name).slots] == ITEMS[name].split()


STANDARDS = {
    "three-norms/three-haves": ("三个有", UnitKind.LIAISON_COMMITTEE),
    "three-norms/five-haves": ("五有", UnitKind.LIAISON_COMMITTEE),
    "three-norms/four-schemes": ("四个方案", UnitKind.COMMITTEE),
    "five-front-lines/sector-five-haves": ("五有", UnitKind.SECTOR_GROUP),
    "five-front-lines/sector-four-unified": ("四统一", UnitKind.SECTOR_GROUP),
    "five-front-lines/sector-four-ones": ("四个一", UnitKind.SECTOR),
    "five-front-lines/liaison-centre-three-haves": ("三有", UnitKind.LIAISON_CENTRE),
    "linshu/six-haves": ("六有", UnitKind.MEMBERS_HOME),
    "linshu/four-displays": ("四亮", UnitKind.MEMBERS_HOME),
    "shangluo/four-unified": ("四统一", UnitKind.STUDIO),
    "shangluo/four-on-the-wall": ("四上墙", UnitKind.STUDIO),
    "shangluo/five-haves": ("五个有", UnitKind.STUDIO),
    "shangluo/yearly-four-haves": ("年度四有", UnitKind.STUDIO),
}
YEARLY = {
    "shangluo/yearly-four-haves": {1, 2, 3, 4},
    "five-front-lines/sector-four-ones": {3, 4},
}
"""Items that are found anew every year."""


@pytest.mark.parametrize("name", STANDARDS)
def test_a_standard_is_met_item_by_item_with_evidence(name: str) -> None:
    """Each slot takes the finding of its own wording, and how long it holds is asked of the county."""
    listed = shipped(name)
    standard, kind = STANDARDS[name]

    assert (listed.subject, listed.of_kinds) == (Subject.UNIT, frozenset({kind}))
    for slot in listed.slots:
        (selects,) = slot.counts
        assert (selects.kinds, selects.evidence) == (("met_standard",), 1)
        assert {where.name: where.values for where in selects.where} == {
            "standard": {standard},
            "item": {slot.zh},
        }
    assert {s.number for s in listed.slots if not s.lasting} == YEARLY.get(name, set())
    assert any("多久有效" in silence.zh for silence in listed.silences)


def test_what_the_accounts_leave_blank_stays_blank() -> None:
    """The samples say that they are samples, in every line."""
    blanks = {
        "haiyan/ten-plus-one": 11,
        "five-front-lines/township-duties": 1,
        "five-front-lines/sector-people": 1,
    }
    for name, slots in blanks.items():
        blank, sample = shipped(name), shipped(f"{name}-sample")
        assert [s.counts for s in blank.slots] == [()] * slots
        assert questions(text_of(name)).blank == tuple(range(1, slots + 1))
        assert (blank.sample, sample.sample) == (False, True)
        assert all("示例" in said for said in (sample.zh, *(s.zh for s in sample.slots)))


def test_the_five_ones_are_twelve_four_two_and_one_cells_and_one_a_person() -> None:
    full, _ = check(text_of("three-norms/five-ones"))
    told = text_of("three-norms/five-ones")

    assert full.passed
    for row in ("of: 12,", "of: 4}", "of: 2}", "of: 1}", "of: 3,"):
        assert row in told


# Worked cases

LIST = """\
checklist: list
version: 1
zh: 清单
en: list
since: 2024-01-01
period: 月
slots:
  - {slot: 1, zh: 走访, en: visit, counts: visited_village}
cases:
  - case: 三月走访过
    year: 2024
    part: 3
    facts:
      - {kind: visited_village, on: 2024-03-05}
    expect: {done: 1, left: 0, slots: {1: done}}
"""
GRID = """\
checklist: list
version: 1
zh: 清单
en: list
since: 2024-01-01
subject: unit
of_kinds: studio
slots:
  - {slot: 1, zh: 走访, en: visit, every: quarter, through: true, counts: visited_village}
cases:
  - case: 一季度走访过
    year: 2024
    unit: {kind: studio, since: 2020-01-01, until: 2024-08-31}
    facts:
      - {kind: visited_village, on: 2024-03-05, acts: 2, person: 甲, through: true}
    expect: {done: 1, left: 2, rows: {1: {done: 1, of: 3, cells: {4: not_applicable}}}}
"""


def test_a_case_of_a_month_looks_at_that_month_only() -> None:
    other = LIST.replace("part: 3", "part: 4")

    assert [r.passed for r in (*check(LIST), *check(GRID), *check(other))] == [True, True, False]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("done: 1, of: 3", "done: 2, of: 3", "/cases/0/expect/rows/1/done"),
        ("done: 1, of: 3", "done: 1, of: 4", "/cases/0/expect/rows/1/of"),
        ("{4: not_applicable}", "{1: missed}", "/cases/0/expect/rows/1/cells/1"),
        ("{4: not_applicable}", "{5: open}", "/cases/0/expect/rows/1/cells/5"),
        ("left: 2,", "left: 2, next: {1: 某次活动},", "/cases/0/expect/next/1"),
        ("left: 2,", "left: 2, besides: {1: 1},", "/cases/0/expect/besides/1"),
    ],
)
def test_what_a_grid_does_not_come_to_is_named(old: str, new: str, path: str) -> None:
    (result,) = check(GRID.replace(old, new))

    assert [f.path for f in result.differs] == [path]


def test_a_row_that_the_list_does_not_have_comes_to_nothing() -> None:
    (result,) = check(GRID.replace("rows: {1:", "rows: {2:"))

    assert [f.path.rpartition("/rows")[2] for f in result.differs] == [
        "/2/done",
        "/2/of",
        "/2/cells/4",
    ]


@pytest.mark.parametrize(
    ("text", "old", "new", "path"),
    [
        (LIST, "part: 3", "part: 13", "/cases/0/part"),
        (LIST, "part: 3", "part: 0", "/cases/0/part"),
        (LIST, "on: 2024-03-05}", "on: 2024-03-05, person: 甲}", "/cases/0/facts/0"),
        (LIST, "on: 2024-03-05}", "on: 2024-03-05, through: true}", "/cases/0/facts/0"),
        (LIST, "slots: {1: done}", "rows: {1: {done: 1, of: 1}}", "/cases/0/expect/rows"),
        (
            GRID,
            "rows: {1: {done: 1, of: 3, cells: {4: not_applicable}}}",
            "slots: {1: done}",
            "/cases/0/expect/slots",
        ),
        (GRID, "unit: {kind: studio", "unit: {kind: sector", "/cases/0/unit/kind"),
        (
            GRID,
            "expect:",
            "planned: [{kind: flew, on: 2024-05-01}]\n    expect:",
            "/cases/0/planned/0/kind",
        ),
        (LIST, "period: 月", "period: 会期年度(本次全会至下次全会)", "/period"),
        (LIST, "counts: visited_village", "every: 季度, counts: visited_village", "/slots/0/every"),
        (
            LIST,
            "counts: visited_village",
            "lasting: true, counts: visited_village",
            "/slots/0/lasting",
        ),
    ],
)
def test_a_case_that_does_not_go_with_its_list_is_refused(
    text: str, old: str, new: str, path: str
) -> None:
    assert old in text
    with pytest.raises(Unreadable) as raised:
        check(text.replace(old, new))

    assert [f.path for f in raised.value.flaws] == [path]


# As the read side draws them up

HOME = UnitId("home")
YEAR = Period.year(TODAY.year)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path, "small")) as made:
        yield made


@pytest.fixture
def county() -> County:
    return County().found()


def publish(county: County, text: str, version: str = "1", since: date = date(2024, 1, 1)) -> None:
    code = load_checklist(text).code
    published = Publish(sort=Sort.CHECKLIST, code=code, version=version, text=text, since=since)
    county.say(OFFICE, published)


def done_by_month(county: County, store: SqliteStore, position: int | None = None) -> list[int]:
    """How much of a monthly list of members is done in each month of the year."""
    county.reader(store).catch_up()
    with store.reading() as connection:
        found = checklists.of_member(
            connection,
            "small",
            Shelf(read_document),
            LI,
            period=YEAR,
            today=TODAY,
            position=position,
        )
    assert [each.progress.period for each in found] == list(YEAR.parts(Span.MONTH))
    return [each.progress.done for each in found]


def test_a_members_monthly_list_is_drawn_up_month_by_month(
    county: County, store: SqliteStore
) -> None:
    publish(county, LIST)
    county.visited(OFFICE, "may", visit(LI, on=date(2025, 5, 28)))
    before = county.log.head()
    may, june = [0] * 4 + [1] + [0] * 7, [0] * 4 + [1, 1] + [0] * 6

    assert done_by_month(county, store) == may
    county.visited(OFFICE, "june", visit(LI, on=date(2025, 6, 20)))
    assert done_by_month(county, store) == june
    assert done_by_month(county, store, county.log.head()) == june
    assert done_by_month(county, store, before) == may


@pytest.mark.parametrize("as_known", [False, True])
def test_all_members_progress_with_a_monthly_list_is_that_of_the_present_month(
    county: County, store: SqliteStore, *, as_known: bool
) -> None:
    """Of a year that is over, that of its last month."""
    publish(county, LIST)
    county.visited(OFFICE, "june", visit(LI, on=date(2025, 6, 20)))
    county.reader(store).catch_up()

    def months(year: int) -> set[tuple[str, Period, int]]:
        with store.reading() as connection:
            page = checklists.progress_lines(
                connection,
                "small",
                Shelf(read_document),
                period=Period.year(year),
                today=TODAY,
                code="list",
                position=county.log.head() if as_known else None,
            )
        return {(line.member, line.period, line.done) for line in page.rows}

    june, december = (
        YEAR.parts(Span.MONTH)[5],
        Period.year(2024).parts(Span.MONTH)[11],
    )
    assert len(months(2025)) == 6
    assert {line for line in months(2025) if line[2]} == {(f"member/{LI}", june, 1)}
    assert {(period, done) for _, period, done in months(2024)} == {(december, 0)}


def test_a_list_that_turns_from_months_to_quarters_is_drawn_up_by_each_in_its_time(
    county: County, store: SqliteStore
) -> None:
    """A quarter in which months were asked for at first, and it is the quarter at last, is asked for as well."""
    publish(county, LIST)
    quarterly = LIST.replace("period: 月", "period: 季度").replace("part: 3", "part: 1")
    publish(county, quarterly, "2", date(2025, 5, 1))
    county.reader(store).catch_up()
    with store.reading() as connection:
        found = checklists.of_member(
            connection, "small", Shelf(read_document), LI, period=YEAR, today=TODAY
        )

    assert [each.progress.period.en for each in found] == [
        *("2025-01", "2025-02", "2025-03", "2025 Q2", "2025-04", "2025 Q3", "2025 Q4"),
    ]


def test_two_versions_of_a_list_are_each_drawn_up_in_their_years(
    county: County, store: SqliteStore
) -> None:
    one = LIST.replace("period: 月\n", "").replace("    part: 3\n", "")
    two = one.replace("cases:", "  - {slot: 2, zh: 提案, en: proposal, counts: proposed}\ncases:")
    publish(county, one)
    publish(county, two.replace("version: 1", "version: 2"), "2", date(2025, 1, 1))
    county.reader(store).catch_up()
    with store.reading() as connection:
        by_year = {
            year: checklists.of_member(
                connection,
                "small",
                Shelf(read_document),
                LI,
                period=Period.year(year),
                today=TODAY,
            )
            for year in (2024, 2025)
        }

    assert {y: [(f.progress.version, f.progress.of) for f in x] for y, x in by_year.items()} == {
        2024: [("1", 1)],
        2025: [("2", 2)],
    }


def found_to_have(county: County, item: str, on: date) -> None:
    county.say(
        OFFICE,
        SetFinding(
            finding=f"{item}-{on}",
            body=Finding(
                details=MetStandard(standard="六有", item=item),
                on=on,
                body="委员工作委",
                reason="实地查看",
                unit=HOME,
                evidence=(Evidence(name="照片"),),
            ),
        ),
    )


def test_a_standard_met_in_an_earlier_year_counts_until_it_is_revoked(
    county: County, store: SqliteStore
) -> None:
    profile = UnitProfile(kind=UnitKind.MEMBERS_HOME, name="南镇委员之家")
    county.say(OFFICE, OpenUnit(unit=HOME, profile=profile, since=date(2023, 1, 1)))
    publish(county, text_of("linshu/six-haves"), since=date(2021, 1, 1))
    found_to_have(county, "有场所", date(2023, 6, 1))
    found_to_have(county, "有制度", date(2025, 6, 1))
    before = county.log.head()

    def states(year: int, position: int | None = None) -> list[CellState]:
        county.reader(store).catch_up()
        with store.reading() as connection:
            (found,) = checklists.of_unit(
                connection,
                "small",
                Shelf(read_document),
                HOME,
                period=Period.year(year),
                today=TODAY,
                position=position,
            )
        return [row.cells[0].state for row in found.grid.rows]

    met, missed, left = CellState.DONE, CellState.MISSED, CellState.OPEN
    assert states(2023) == states(2024) == [missed, met, missed, missed, missed, missed]
    assert states(2025) == [left, met, left, met, left, left]
    county.say(OFFICE, RevokeFinding(finding="有场所-2023-06-01", reason="场所已腾退"))
    assert states(2025) == [left, left, left, met, left, left]
    assert states(2025, before) == [left, met, left, met, left, left]

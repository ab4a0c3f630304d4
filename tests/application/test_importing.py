"""Imports: what a preview says row by row, what is written, and that the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.book import MOST_ALIKE
from application.handle import Request, Verdict, Writer
from application.importing import (
    Finding,
    Late,
    Outcome,
    Plan,
    RowState,
    Severity,
    commit,
    results_of,
)
from application.kind_words import SAID, kind_meant, short_forms
from application.memory_log import MemoryLog
from application.record_import import Assumed, Chosen, Repeats, plan_records
from application.roster_import import plan_roster
from application.sheets import Sheet, read_sheet
from domain.attestation import Counts, Policy
from domain.deed import Deed, Known, Withdraw
from domain.fact import Attendance, Authorship, Capacity, Followed, Part, RecordClass, Spoke
from domain.kinds import KINDS, Shape, Stage, kind_of
from domain.kinds.advice import Proposer
from domain.kinds.meetings import Meeting
from domain.member import (
    Admit,
    Bond,
    MemberClass,
    MemberRole,
    Membership,
    Profile,
    Standing,
    Term,
)
from domain.occasion import MOST_NAMED
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId, Via
from domain.streams import Command
from domain.unit import (
    Appoint,
    Appointment,
    Life,
    MoveUnitOn,
    Office,
    OpenUnit,
    StudioKind,
    UnitKind,
    UnitProfile,
)
from domain.words import Level
from tests.application.sheet_makers import Value, xlsx

BEGAN = date(2021, 12, 1)
NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
TERM = Term(number=10, since=BEGAN)
OFFICE = Actor(person=PersonId("secretary"), role=Role.OFFICE, unit=UnitId("county"))
CLERK = Actor(person=PersonId("clerk"), role=Role.CLERK, unit=UnitId("south"))

UNITS = {
    "county": (UnitKind.COMMITTEE, "县政协"),
    "south": (UnitKind.STUDIO, "城南镇委员工作室"),
    "north": (UnitKind.STUDIO, "城北镇委员工作室"),
    "teach": (UnitKind.SECTOR, "教育界"),
    "heal": (UnitKind.SECTOR, "医药卫生界"),
    "guild": (UnitKind.ORGANISATION, "民建县支部"),
}
PEOPLE = {
    "zhangwei": ("张伟", "teach", BEGAN),
    "lisi": ("李四", "teach", BEGAN),
    "wang1": ("王芳", "teach", BEGAN),
    "wang2": ("王芳", "heal", BEGAN),
    "later": ("张建国", "heal", date(2026, 3, 12)),
    "zhao": ("赵敏", "heal", BEGAN),
}


class County:
    """A small committee in memory, and imports into it."""

    def __init__(self) -> None:
        self.writer = Writer(MemoryLog("county"), clock=lambda: NOW)
        self.count = 0
        for unit, (kind, name) in UNITS.items():
            profile = UnitProfile(kind=kind, name=name)
            self.do(OpenUnit(unit=UnitId(unit), profile=profile, since=BEGAN))
        for person, (name, sector, since) in PEOPLE.items():
            self.do(
                Admit(
                    person=PersonId(person),
                    profile=Profile(name=name),
                    term=replace(TERM, since=since),
                    memberships=(
                        Membership(bond=Bond.SECTOR, unit=UnitId(sector), since=since),
                        Membership(bond=Bond.STUDIO, unit=UnitId("south"), since=since),
                    ),
                )
            )
        guest = Profile(name="钱进", standing=Standing.GUEST)
        self.do(Admit(person=PersonId("guest"), profile=guest))

    def do(self, command: Command) -> None:
        self.count += 1
        self.writer.one(Request(command=command, actor=OFFICE, command_id=f"set-up-{self.count}"))

    @property
    def known(self) -> Known:
        return self.writer.opened().known(NOW.date(), False)

    @property
    def head(self) -> int:
        return self.writer.log.head()

    def preview(self, sheet: Sheet, actor: Actor = OFFICE, **told: Any) -> Plan:
        return plan_records(sheet, known=self.known, actor=actor, ledger="county", **told)

    def load(self, sheet: Sheet, actor: Actor = OFFICE, **told: Any) -> Outcome:
        return commit(self.preview(sheet, actor, **told), self.writer.write)

    def roster(self, sheet: Sheet, actor: Actor = OFFICE) -> Plan:
        return plan_roster(
            sheet, known=self.known, actor=actor, ledger="county", term=TERM, committee="县政协"
        )

    def deed(self, plan: Plan, place: int = 0) -> Deed[Any]:
        command: Any = plan.steps[place].request.command
        identity = getattr(command, "occasion", None) or command.matter
        root = "occasion" if hasattr(command, "occasion") else "matter"
        deed: Any = self.known.deed(f"{root}/{identity}")
        return deed  # type: ignore[no-any-return]  # a deed of that stream


@pytest.fixture
def county() -> County:
    return County()


def sheet_of(*rows: Sequence[Value], title: str = "", name: str = "a.xlsx") -> Sheet:
    return read_sheet(name, xlsx(rows, title=title))


def visits(*rows: Sequence[Value], head: Sequence[Value] = ()) -> Sheet:
    """A list of visits to villages on 5 March 2026; rows are a name and further columns."""
    fixed: list[Value] = [date(2026, 3, 5), "走访村(社区)", "春季走访"]
    return sheet_of(
        ["姓名", "日期", "类型", "名称", *head], *([row[0], *fixed, *row[1:]] for row in rows)
    )


def on_may_day(*rows: Sequence[Value]) -> Sheet:
    """A list of visits on 1 May 2026, when everybody is a member."""
    fixed: list[Value] = [date(2026, 5, 1), "走访村(社区)", "五一走访"]
    return sheet_of(["姓名", "日期", "类型", "名称"], *([row[0], *fixed] for row in rows))


def told(plan: Plan | Outcome, severity: Severity | None = None) -> list[tuple[int, Reason]]:
    return [
        (each.row, each.reason)
        for each in plan.findings
        if severity is None or each.severity is severity
    ]


def finding(plan: Plan | Outcome, row: int) -> Finding:
    (found,) = [each for each in plan.findings if each.row == row]
    return found


def people_in(deed: Deed[Any]) -> list[str]:
    return [str(p.person) for p in deed.body.participants]


# Occasions


def test_rows_of_one_occasion_become_one_record(county: County) -> None:
    sheet = sheet_of(
        ["姓名", "日期", "类型", "名称", "地点", "组织单位"],
        ["张 伟", "2026.3.5", "走访村", "春季走访", "龙泉村", "城南镇委员工作室"],
        ["李四", "3月5日", "visited_village", "春季走访 ", None, "城南镇委员工作室"],
        ["赵敏", date(2026, 3, 6), "走访村(社区)", "春季走访", "龙泉村", "城南镇委员工作室"],
        title="2026年春季走访登记表",
    )
    plan = county.preview(sheet)
    assert (plan.counts.occasions, plan.counts.sure, plan.findings) == (2, 3, ())
    before = county.head
    outcome = commit(plan, county.writer.write)
    assert (outcome.written, outcome.entries, county.head) == (2, 2, before + 2)
    deed = county.deed(plan)
    assert people_in(deed) == ["zhangwei", "lisi"]
    assert (deed.body.on, deed.body.place) == (date(2026, 3, 5), "龙泉村")
    assert deed.body.organiser == UnitId("south")
    assert (deed.recorded.via, deed.recorded.cause) == (Via.IMPORT, plan.cause)
    assert set(outcome.rows.values()) == {RowState.WRITTEN}


def test_an_attendance_sheet_takes_day_title_and_kind_from_the_form_and_its_own_title(
    county: County,
) -> None:
    sheet = sheet_of(
        ["序号", "姓名", "界别", "签到", "备注"],
        [1, "张伟", "教育界", "√", None],
        [2, "李四", "教育界", "请假", "因公出差"],
        [3, "王芳", "医药卫生界", "缺席", None],
        [4, "赵敏", None, "迟到", None],
        [5, "王芳", "教育界", None, None],
        title="2026年3月18日县政协常委会会议签到表",
    )
    plan = county.preview(sheet, assumed=Assumed(kind="参加会议"))
    assert plan.sound, plan.findings
    assert plan.counts.attendance == {
        Attendance.PRESENT: 1,
        Attendance.LEAVE: 1,
        Attendance.ABSENT: 1,
        Attendance.LATE: 1,
        Attendance.NOT_RECORDED: 1,
    }
    commit(plan, county.writer.write)
    body = county.deed(plan).body
    assert body.details.meeting is Meeting.STANDING_COMMITTEE
    assert (body.on, body.title) == (date(2026, 3, 18), "2026年3月18日县政协常委会会议")
    assert [(p.person, p.attendance, p.leave) for p in body.participants] == [
        ("zhangwei", Attendance.PRESENT, ""),
        ("lisi", Attendance.LEAVE, "因公出差"),
        ("wang2", Attendance.ABSENT, ""),
        ("zhao", Attendance.LATE, ""),
    ]
    assert set(body.expected) == {"zhangwei", "lisi", "wang2", "zhao", "wang1"}


def sign_in(*above: Sequence[Value], title: str = "") -> Sheet:
    """A sign-in sheet of two under the given rows."""
    return sheet_of(
        *above,
        ["姓名", "界别", "签到", "备注"],
        ["张伟", "教育界", "√", None],
        ["李四", "教育界", "√", None],
        title=title,
    )


@pytest.mark.parametrize(
    ("above", "title", "on", "place", "organiser"),
    [
        ([], "2026年3月18日春季走访签到表", date(2026, 3, 18), "", "county"),
        (
            [["时间:2026年3月18日 上午9:00 地点:龙泉村 主持:王某"]],
            "春季走访签到表",
            date(2026, 3, 18),
            "龙泉村",
            "county",
        ),
        (
            [["活动时间:3月18日"], ["主办单位:城南镇委员工作室"]],
            "2026年春季走访",
            date(2026, 3, 18),
            "",
            "south",
        ),
        (
            [["填表日期:2026年4月1日"]],
            "2026.3.18走访签到册",
            date(2026, 3, 18),
            "",
            "county",
        ),
        (
            [["会议地点:县政协三楼", None, "日期:2026-3-18"]],
            "",
            date(2026, 3, 18),
            "县政协三楼",
            "county",
        ),
    ],
)
def test_what_stands_above_the_table_holds_for_all_its_rows(
    county: County,
    above: list[Sequence[Value]],
    title: str,
    on: date,
    place: str,
    organiser: str,
) -> None:
    plan = county.preview(
        sign_in(*above, title=title), assumed=Assumed(kind="走访村", title="走访")
    )
    assert plan.sound, plan.findings
    commit(plan, county.writer.write)
    body = county.deed(plan).body
    assert (body.on, body.place, body.organiser) == (on, place, organiser)


def test_what_is_said_beside_the_sheet_goes_before_what_stands_above_the_table(
    county: County,
) -> None:
    assumed = Assumed(
        kind="走访村", on=date(2026, 3, 19), organiser=UnitId("north"), place="北村", title="走访"
    )
    sheet = sign_in(["时间:2026年3月18日  地点:龙泉村"], title="走访签到表")
    plan = county.preview(sheet, assumed=assumed)
    commit(plan, county.writer.write)
    body = county.deed(plan).body
    assert (body.on, body.place, body.organiser) == (date(2026, 3, 19), "北村", "north")


def test_a_day_above_the_table_may_not_lie_in_the_future(county: County) -> None:
    plan = county.preview(sign_in(title="2026年12月1日走访"), assumed=Assumed(kind="走访村"))
    assert told(plan) == [(3, Reason.IN_FUTURE), (4, Reason.IN_FUTURE)]


ALONE = replace(OFFICE, unit=None)


def test_what_neither_stands_in_the_sheet_nor_was_said_beside_it_is_asked_for(
    county: County,
) -> None:
    plan = county.preview(sign_in(title="2026年3月18日走访"), ALONE)
    assert told(plan) == [(3, Reason.MISSING), (4, Reason.MISSING)]
    assert finding(plan, 3).zh == "第3行 类型 表中没有此列,导入时也未注明:必填,请补充"
    plan = county.preview(sign_in(title="2026年3月18日走访"), ALONE, assumed=Assumed(kind="走访村"))
    assert {each.column for each in plan.findings} == {"组织单位"}


def test_of_columns_that_a_kind_may_have_none_is_said_to_be_idle_while_no_row_says_its_kind(
    county: County,
) -> None:
    sheet = sheet_of(["编号", "提案人", "案由", "血型"], ["17", "张伟", "关于校车"])
    plan = county.preview(sheet)
    assert [(f.row, f.column) for f in plan.findings] == [(0, "血型"), (2, "类型")]


def test_rows_that_fail_make_no_column_idle(county: County) -> None:
    sheet = sheet_of(
        ["编号", "提交日期", "类型", "案由", "提案人"],
        ["17", date(2026, 1, 10), "提案", "关于校车", "无名氏"],
    )
    assert [(f.row, f.column) for f in county.preview(sheet).findings] == [(2, "提案人")]


def test_several_names_in_one_cell_are_several_participants(county: County) -> None:
    plan = county.preview(visits(["张伟、李 四、赵敏(主持)"]))
    assert plan.sound, plan.findings
    commit(plan, county.writer.write)
    assert people_in(county.deed(plan)) == ["zhangwei", "lisi", "zhao"]


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("张建国 李 四", ["later", "lisi"]),
        ("李 四 赵 敏", ["lisi", "zhao"]),
        ("赵敏 王芳(教育界)", ["zhao", "wang1"]),
        ("王 芳(医药卫生界) 张 伟", ["wang2", "zhangwei"]),
        ("张 伟 (教育界)、李四等2人", ["zhangwei", "lisi"]),
        ("张伟、李四、赵敏等三人", ["zhangwei", "lisi", "zhao"]),
    ],
)
def test_names_with_spaces_in_them_are_parted_as_the_roster_has_them(
    county: County, cell: str, people: list[str]
) -> None:
    plan = county.preview(on_may_day([cell]))
    assert plan.sound, plan.findings
    commit(plan, county.writer.write)
    assert people_in(county.deed(plan)) == people


@pytest.mark.parametrize(
    ("cell", "unknown"),
    [
        ("张建国 李 娜", "李娜"),
        ("李 娜 张伟", "李娜"),
        ("张 伟 孙立 李四", "孙立"),
        ("李四 孙 立国", "孙立国"),
        ("赵敏 孙", "孙"),
    ],
)
def test_of_several_names_the_one_that_is_unknown_is_named(
    county: County, cell: str, unknown: str
) -> None:
    found = finding(county.preview(on_may_day([cell])), 2)
    assert (found.reason, found.about.partition("(")[0]) == (Reason.NO_SUCH_PERSON, unknown)


@pytest.mark.parametrize(
    ("cell", "lost"),
    [
        ("李四等3人", "只写出1人,其余2人没有姓名"),
        ("张伟、李四等5名委员", "只写出2人,其余3人没有姓名"),
        ("张伟 李四 等三人", "只写出2人,其余1人没有姓名"),
        ("李四等人", "只写出1人,其余的人没有姓名"),
        ("张伟、李四等", "只写出2人,其余的人没有姓名"),
        ("李四等多名委员", "只写出1人,其余的人没有姓名"),
        ("等3人", "只写出0人,其余3人没有姓名"),
    ],
)
def test_people_who_are_counted_but_not_named_keep_the_row_out(
    county: County, cell: str, lost: str
) -> None:
    plan = county.preview(on_may_day([cell]))
    found = finding(plan, 2)
    assert (found.severity, found.reason, found.column) == (
        Severity.ERROR,
        Reason.MISSING,
        "姓名",
    )
    assert found.about == f"「{cell}」{lost}"
    assert plan.rows == {2: RowState.LEFT_OUT}


def test_somebody_whose_name_ends_in_the_word_for_others_is_one_person(county: County) -> None:
    county.do(Admit(person=PersonId("deng"), profile=Profile(name="王等"), term=TERM))
    assert county.preview(on_may_day(["王等"])).sound


def test_roles_speaking_half_days_and_capacity(county: County) -> None:
    sheet = visits(
        ["张伟", "带队", "√", 2.0],
        ["李四", "列席", "书面", "1"],
        ["钱进", None, None, None],
        head=["角色", "发言", "半天数"],
    )
    plan = county.preview(sheet)
    commit(plan, county.writer.write)
    first, second, third = county.deed(plan).body.participants
    assert (first.part, first.spoke, first.half_days) == (Part.LEADS, Spoke.ORALLY, 2)
    assert (second.capacity, second.spoke, second.half_days) == (
        Capacity.SITS_IN,
        Spoke.IN_WRITING,
        1,
    )
    assert third.capacity is Capacity.HIGHER_MEMBER
    assert county.deed(plan).body.half_days == 2


def test_a_row_marked_as_a_declaration_is_the_members_own_typed_in_for_him(county: County) -> None:
    sheet = visits(("李四", "是"), ("张伟", ""), ("王芳(医药卫生界)", ""), head=["代委员申报"])

    plan = county.preview(sheet, CLERK)

    assert [
        (step.rows, step.request.actor.acting_for, len(step.request.command.body.participants))  # type: ignore[union-attr]
        for step in plan.steps
    ] == [((2,), "lisi", 1), ((3, 4), None, 2)]
    assert commit(plan, county.writer.write).refused == 0
    assert [county.deed(plan, place).record for place in (0, 1)] == [
        RecordClass.SELF,
        RecordClass.TOWNSHIP,
    ]


def test_a_declaration_of_a_member_of_another_unit_is_refused_at_its_column(county: County) -> None:
    """Given a list of a studio's clerk, when a row is declared by a member who is bound to another, then it says so beside 代委员申报."""
    north = Actor(person=PersonId("other"), role=Role.CLERK, unit=UnitId("north"))
    found = county.preview(visits(("李四", "是"), head=["代委员申报"]), north).findings
    wrong = [each for each in found if each.severity is Severity.ERROR]

    assert [(each.row, each.why, each.column) for each in wrong] == [
        (2, Reason.NOT_YOURS_TO_SPEAK_FOR, "代委员申报")
    ]


def test_a_declaration_names_one_member(county: County) -> None:
    sheet = visits(("李四、张伟", "是"), ("李四", "张伟"), head=["代报"])

    assert told(county.preview(sheet, CLERK), Severity.ERROR) == [
        (2, Reason.NOT_YOURS_TO_RECORD),
        (3, Reason.MALFORMED),
    ]


def test_columns_named_by_the_fields_of_a_kind_are_read(county: County) -> None:
    sheet = sheet_of(
        [
            "姓名",
            "日期",
            "类型",
            "名称",
            "企业(项目)名称",
            "走访对象",
            "反映问题数",
            "服务人次",
            "重点",
        ],
        ["张伟", "2026-3-5", "走访企业", "助企", "春风厂", "企业", "3个", 12.0, "是"],
    )
    plan = county.preview(sheet)
    assert plan.sound, plan.findings
    commit(plan, county.writer.write)
    body = county.deed(plan).body
    assert (body.details.visited, body.details.problems_raised) == ("春风厂", 3)
    assert (body.reached_people, body.key) == (12, True)


def test_a_word_for_a_choice_settles_the_kind_and_the_choice() -> None:
    meant = kind_meant("界别会议")
    assert (kind_of(meant.kind), meant.values) == ("attended", {"meeting": Meeting.SECTOR})


@pytest.mark.parametrize(
    "kind", [k for k in KINDS.values() if k.about.shape in {Shape.OCCASION, Shape.MATTER}]
)
def test_every_kind_is_found_by_its_label_and_its_stored_name(kind: type[Any]) -> None:
    assert kind_meant(kind.about.zh).kind is kind
    assert kind_meant(kind_of(kind)).kind is kind


@pytest.mark.parametrize(("kind", "word"), [(k, w) for k, words in SAID.items() for w in words])
def test_what_people_call_a_kind_leads_to_it(kind: type[Any], word: str) -> None:
    assert kind_meant(word).kind is kind


SHORT = [
    (kind, word)
    for kind in KINDS.values()
    if kind.about.shape in {Shape.OCCASION, Shape.MATTER}
    for word in sorted(short_forms(kind))
    if sum(word in short_forms(other) for other in KINDS.values()) == 1
]


@pytest.mark.parametrize(("kind", "word"), SHORT)
def test_the_whole_name_of_an_act_leads_to_its_kind_whatever_other_labels_hold_it(
    kind: type[Any], word: str
) -> None:
    assert kind_meant(word).kind is kind


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("调研", "researched"),
        ("视察", "inspected"),
        ("监督", "joined_oversight"),
        ("建议案", "issued_recommendation"),
        ("报告", "wrote_report"),
        ("调研报告", "wrote_report"),
        ("政协工作建议", "suggested_cppcc_work"),
    ],
)
def test_the_commonest_words_lead_to_their_kinds(word: str, kind: str) -> None:
    assert kind_of(kind_meant(word).kind) == kind


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("提出", ["提出建议案", "提出政协工作建议"]),
        ("走防村社", ["走访村(社区)"]),
        ("其他履职", ["其他履职(县自定活动)", "其他履职(县自定事项)"]),
    ],
)
def test_a_word_of_no_kind_is_refused_with_the_nearest_kinds(word: str, near: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        kind_meant(word)
    assert refused.value.reason is Reason.UNKNOWN_KIND
    assert [each for each in near if each not in refused.value.zh] == []


def test_a_word_that_is_like_no_kind_is_refused_without_guesses() -> None:
    with pytest.raises(Refused) as refused:
        kind_meant("跳舞")
    assert refused.value.about == "「跳舞」"


def test_a_required_field_without_a_column_is_named(county: County) -> None:
    sheet = sheet_of(["姓名", "日期", "类型", "名称"], ["张伟", "2026-3-5", "走访企业", "助企"])
    found = finding(county.preview(sheet), 2)
    assert (found.reason, found.column) == (Reason.MISSING, "企业(项目)名称")
    plan = county.preview(sheet, assumed=Assumed(details={"企业(项目)名称": "春风厂"}))
    assert plan.sound


def test_a_long_list_is_one_occasion_of_several_entries() -> None:
    county = County()
    names = [
        f"甲{a}{b}"
        for a in "一二三四五六七八九十百千万"
        for b in "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余"
    ]
    for name in names[:320]:
        county.do(Admit(person=PersonId(name), profile=Profile(name=name), term=TERM))
    plan = county.preview(visits(*([name] for name in names[:320])))
    outcome = commit(plan, county.writer.write)
    assert (plan.counts.occasions, outcome.entries) == (1, -(-320 // MOST_NAMED))
    assert len(county.deed(plan).body.participants) == 320


# What a preview finds


def test_namesakes_are_told_apart_or_asked_about(county: County) -> None:
    sheet = visits(["王芳", "教育界"], ["王芳", "医药卫生"], ["王芳", None], head=["界别"])
    plan = county.preview(sheet)
    found = finding(plan, 4)
    assert (found.reason, set(found.people)) == (Reason.AMBIGUOUS_NAME, {"wang1", "wang2"})
    assert (plan.counts.same_name, plan.counts.sure) == (1, 2)
    assert "教育界" in found.zh
    only = visits(["王芳"])
    assert county.preview(only, choices={2: Chosen(person=PersonId("wang2"))}).sound


def test_a_member_who_joined_later_was_no_member_on_that_day(county: County) -> None:
    plan = county.preview(visits(["张建国"], ["张伟"]))
    found = finding(plan, 2)
    assert (found.reason, found.people) == (Reason.NOT_A_MEMBER_THEN, ("later",))
    assert "2026-03-12" in found.zh
    assert plan.rows == {2: RowState.LEFT_OUT, 3: RowState.READY}
    as_guest = county.preview(visits(["张建国"]), choices={2: Chosen(capacity=Capacity.INVITED)})
    assert as_guest.sound


def test_a_name_that_is_not_on_the_roster_gets_suggestions(county: County) -> None:
    found = finding(county.preview(visits(["张建团"])), 2)
    assert (found.reason, found.people) == (Reason.NO_SUCH_PERSON, ("later",))


def guests(county: County, plan: Plan) -> list[tuple[str, ...]]:
    """Whom the records of a plan name as guests."""
    bodies: list[Any] = [getattr(step.request.command, "body", None) for step in plan.steps]
    return [body.guests for body in bodies if body is not None]


def test_who_is_on_no_roster_can_be_a_guest_by_his_name_alone(county: County) -> None:
    sheet = visits(["张伟", None], ["何大年", "市政协"], head=["单位"])
    plan = county.preview(sheet)
    assert told(plan) == [(3, Reason.NO_SUCH_PERSON)]
    choices = {3: Chosen(capacity=Capacity.INVITED)}
    plan = county.preview(sheet, choices=choices)
    assert plan.sound
    assert plan.rows == {2: RowState.READY, 3: RowState.READY}
    assert guests(county, plan) == [("何大年(市政协)",)]
    done = county.load(sheet, choices=choices)
    assert done.rows == {2: RowState.WRITTEN, 3: RowState.WRITTEN}
    again = county.preview(sheet, choices=choices)
    assert again.rows == {2: RowState.ALREADY, 3: RowState.ALREADY}
    assert again.steps == ()


def test_a_guest_is_told_where_his_occasion_stands_without_him_or_without_anybody(
    county: County,
) -> None:
    county.load(visits(["张伟"]))
    choices = {3: Chosen(capacity=Capacity.INVITED)}
    later = county.preview(visits(["张伟"], ["何大年"]), choices=choices)
    assert later.rows == {2: RowState.ALREADY, 3: RowState.LEFT_OUT}
    assert "请在原记录中补充" in finding(later, 3).zh
    alone = county.preview(visits(["何大年"]), choices={2: Chosen(capacity=Capacity.INVITED)})
    assert alone.steps == ()
    assert "嘉宾未登记" in finding(alone, 2).zh


def test_who_was_away_was_no_guest(county: County) -> None:
    sheet = visits(["张伟", "到"], ["何大年", "缺席"], head=["签到"])
    plan = county.preview(sheet, choices={3: Chosen(capacity=Capacity.INVITED)})
    assert told(plan) == [(3, Reason.NO_SUCH_PERSON)]


def test_a_column_names_the_guests_of_an_occasion(county: County) -> None:
    sheet = visits(
        ["张伟", "何大年(市政协)、范小雨"], ["李四", "孙平"], ["赵敏", None], head=["嘉宾"]
    )
    plan = county.preview(sheet)
    assert plan.findings == ()
    assert guests(county, plan) == [("何大年(市政协)", "范小雨", "孙平")]


def test_leave_without_its_kind_is_asked_for(county: County) -> None:
    sheet = visits(["张伟", "请假"], ["李四", "事假"], head=["签到"])
    plan = county.preview(sheet)
    assert told(plan) == [(2, Reason.MISSING)]
    assert plan.counts.leave_without_kind == 1
    assert plan.sound
    assert county.preview(sheet, choices={2: Chosen(leave="病假")}).findings == ()


@pytest.mark.parametrize(
    ("heading", "value", "reason"),
    [
        ("日期", "2026.2.30", Reason.MALFORMED),
        ("日期", date(2026, 6, 2), Reason.IN_FUTURE),
        ("日期", None, Reason.MISSING),
        ("类型", "跳舞", Reason.UNKNOWN_KIND),
        ("类型", None, Reason.MISSING),
        ("名称", None, Reason.MISSING),
        ("姓名", None, Reason.MISSING),
        ("姓名", "张\u202e伟", Reason.BAD_CHARACTERS),
        ("名称", "走访\x07", Reason.BAD_CHARACTERS),
        ("组织单位", "无此单位", Reason.NO_SUCH_UNIT),
        ("签到", "也许", Reason.MALFORMED),
        ("半天数", "一些", Reason.MALFORMED),
        ("半天数", "1000000000000", Reason.MALFORMED),
        ("日期", "#N/A", Reason.MALFORMED),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(
    county: County, heading: str, value: Value, reason: Reason
) -> None:
    good: Mapping[str, Value] = {
        "姓名": "张伟",
        "日期": "2026-3-5",
        "类型": "走访村",
        "名称": "走访",
        "组织单位": "城南镇委员工作室",
        "签到": "√",
        "半天数": 1,
    }
    bad = {**good, heading: value}
    rows: list[list[Value]] = [[*good], [*good.values()], [*bad.values()]]
    text = "\n".join(",".join("" if c is None else str(c) for c in row) for row in rows)
    plan = county.preview(read_sheet("a.csv", text.encode()))
    errors = [each for each in plan.findings if each.severity is Severity.ERROR]
    assert [(each.row, each.column, each.reason) for each in errors] == [(3, heading, reason)]
    assert plan.rows == {2: RowState.READY, 3: RowState.LEFT_OUT}


@pytest.mark.parametrize("amount", ["1E+999999999", "1000000000000万元", "0.0000001"])
def test_an_amount_that_is_too_large_or_too_fine_is_left_out_and_told_what_it_may_be(
    county: County, amount: str
) -> None:
    told = {
        "姓名": "张伟",
        "日期": "2026-3-5",
        "类型": "招商引资",
        "名称": "引进项目",
        "组织单位": "城南镇委员工作室",
        "投资额(万元)": amount,
    }
    plan = county.preview(
        read_sheet("a.csv", "\n".join(map(",".join, [told, told.values()])).encode())
    )
    (found,) = [each for each in plan.findings if each.severity is Severity.ERROR]
    assert (found.row, found.column, found.reason) == (2, "投资额(万元)", Reason.MALFORMED)
    assert "整数部分不超过 12 位" in found.zh
    assert "(a number of at most 12 digits" in found.en


def test_row_numbers_are_those_of_excel_under_title_rows(county: County) -> None:
    rows: list[list[Value]] = [
        ["填报单位"],
        [],
        ["姓名", "日期", "类型", "名称"],
        ["张伟", "2026-3-5", "走访村", "走访"],
        [],
        ["无名氏", "2026-3-5", "走访村", "走访"],
        ["合计", 2],
    ]
    plan = county.preview(read_sheet("a.xlsx", xlsx(rows, title="登记表")))
    assert told(plan) == [(7, Reason.NO_SUCH_PERSON)]
    assert set(plan.rows) == {5, 7}


def test_the_same_person_twice_in_one_occasion(county: County) -> None:
    plan = county.preview(visits(["张伟"], ["张 伟"], ["李四"]))
    assert told(plan) == [(3, Reason.SAME_TWICE)]
    assert plan.steps[0].rows == (2, 4)


def test_a_row_that_repeats_one_of_its_names_is_entered_with_the_others(county: County) -> None:
    plan = county.preview(visits(["张伟"], ["张伟、李四"]))

    (repeated,) = (each for each in plan.findings if each.reason is Reason.SAME_TWICE)
    assert (repeated.row, repeated.severity) == (3, Severity.WARNING)
    assert plan.rows == {2: RowState.READY, 3: RowState.READY}


def test_a_column_that_nothing_reads_is_said_to_be_left_out(county: County) -> None:
    plan = county.preview(visits(["张伟", "3301"], head=["身份证号"]))
    (found,) = plan.findings
    assert (found.row, found.column, found.reason) == (0, "身份证号", Reason.UNKNOWN_FIELD)
    assert plan.sound


def test_a_year_that_was_assumed_is_said(county: County) -> None:
    sheet = sheet_of(["姓名", "日期", "类型", "名称"], ["张伟", "3月5日", "走访村", "走访"])
    plan = county.preview(sheet)
    assert [(f.row, f.severity) for f in plan.findings] == [(0, Severity.WARNING)]
    assert county.preview(replace(sheet, year=2025)).findings == ()


def test_a_preview_writes_nothing(county: County) -> None:
    before = county.head
    county.preview(visits(["张伟"], ["王芳"], ["无名氏"]))
    assert county.head == before


def test_a_list_that_nobody_signed_is_pointed_out(county: County) -> None:
    plan = county.preview(visits(["张伟", None], ["李四", None], head=["签到"]))
    found = finding(plan, 2)
    assert (found.column, found.reason) == ("签到", Reason.MISSING)
    commit(plan, county.writer.write)
    assert county.deed(plan).body.expected == ("zhangwei", "lisi")


def test_who_did_not_sign_in_where_others_did_is_pointed_out_and_counted(county: County) -> None:
    plan = county.preview(
        visits(["张伟", "√"], ["李四", None], ["钱进", None], ["赵敏", "请假"], head=["签到"])
    )
    said = {each.row: each for each in plan.findings if each.column == "签到"}
    assert set(said) == {3, 4}
    assert said[3].severity is Severity.WARNING
    assert "李四 未签到" in said[3].zh
    assert "李四 did not sign in" in said[3].en
    assert "必填" not in said[3].zh and "required" not in said[3].en
    assert "不是应到人员" in said[4].zh
    assert plan.rows[4] is RowState.LEFT_OUT
    assert plan.counts.sure == 1
    assert dict(plan.counts.attendance) == {
        Attendance.PRESENT: 1,
        Attendance.LEAVE: 1,
        Attendance.NOT_RECORDED: 1,
    }
    commit(plan, county.writer.write)
    # Who stands as expected already is told so, and nothing else.
    more = county.preview(
        visits(["张伟", "√"], ["李四", None], ["王芳", None], head=["签到"]),
        choices={4: Chosen(person=PersonId("wang1"))},
    )
    assert {e.row: e.reason for e in more.findings if e.column == "签到"} == {4: Reason.MISSING}
    assert more.counts.attendance[Attendance.NOT_RECORDED] == 1


@pytest.mark.parametrize(
    ("head", "row", "named"),
    [
        (["提案人", "案由"], ["无名氏", "关于校车"], "提案人"),
        (["提案人", "案由", "联名人"], ["张伟", "关于校车", "无名氏"], "联名人"),
        (["提案人", "案由"], ["张伟等5人", "关于校车"], "提案人"),
        (["提案人", "案由"], [None, "关于校车"], "提案人"),
        (["提案人", "案由"], ["张伟", "长" * 301], "案由"),
        (["委员姓名", "案由"], ["无名氏", "关于校车"], "委员姓名"),
    ],
)
def test_a_finding_names_the_column_as_the_sheet_does(
    county: County, head: list[Value], row: list[Value], named: str
) -> None:
    plan = county.preview(
        sheet_of([*head, "提交日期", "类型"], [*row, date(2026, 1, 10), "提案"]),
    )
    assert [(f.row, f.column) for f in plan.findings] == [(2, named)]


def test_what_the_ledger_refuses_when_writing_is_named_as_the_sheet_does(county: County) -> None:
    plan = county.preview(
        sheet_of(
            ["提案人", "案由", "提交日期", "类型"], ["张伟", "校车", date(2026, 1, 10), "提案"]
        )
    )

    def gone(requests: list[Request]) -> list[Verdict]:
        return [Refused(Reason.NOT_A_MEMBER_THEN, "/body/authors/0/person") for _ in requests]

    assert finding(commit(plan, gone), 2).column == "提案人"


def test_findings_that_name_another_row_read_well_in_both_languages(county: County) -> None:
    found = finding(county.preview(visits(["张伟"], ["张 伟"])), 3)
    assert found.zh == "第3行 姓名 张伟,见第2行:重复列出同一人或同一单位"
    assert found.en == "row 3 姓名 张伟, see row 2: lists the same person or unit twice"


def may_and_march(*more: Sequence[Value]) -> Sheet:
    """Visits of a studio in May, in time on 1 June, and in March."""
    return sheet_of(
        ["姓名", "日期", "类型", "名称", "组织单位"],
        ["张伟", "2026-5-20", "走访村", "五月走访", "城南镇委员工作室"],
        ["李四", "2026-3-5", "走访村", "三月走访", "城南镇委员工作室"],
        ["赵敏", "2026-3-5", "走访村", "三月走访", "城南镇委员工作室"],
        *more,
    )


def with_heads(county: County) -> County:
    """The county with somebody at the head of its sectors and its studio in the south."""
    for unit, head in (("teach", "lisi"), ("heal", "zhao"), ("south", "guest")):
        held = Appointment(person=PersonId(head), office=Office.HEAD, since=BEGAN)
        county.do(Appoint(unit=UnitId(unit), appointment=held))
    return county


def test_rows_recorded_long_after_the_day_are_said_to_wait_and_for_whom(county: County) -> None:
    assert county.preview(may_and_march()).late.units == ("县政协",)
    with_heads(county)
    late = county.preview(may_and_march()).late
    assert late.rows == (3, 4)
    assert late.days == 30
    assert set(late.units) == {"教育界", "医药卫生界", "城南镇委员工作室"}
    assert late.zh.startswith("2 行登记时距履职已超过 30 天,须经确认才计分;可由 ")
    assert late.en.startswith("2 rows are recorded more than 30 days after")
    assert results_of(county.preview(may_and_march()))[3] == "可登记;逾期登记,待确认后计分"


def test_the_side_that_records_does_not_confirm_its_own_late_rows(county: County) -> None:
    late = with_heads(county).preview(may_and_march(), CLERK).late
    assert set(late.units) == {"教育界", "医药卫生界"}


def test_what_is_late_is_as_the_countys_rule_has_it(county: County) -> None:
    policy = Policy(late=Counts.AT_ONCE)
    assert county.preview(may_and_march(), policy=policy).late == Late(days=30)
    policy = Policy(late_days=365)
    assert county.preview(may_and_march(), policy=policy).late == Late(days=365)


def test_the_countys_own_old_records_wait_for_nobody(county: County) -> None:
    own: list[Value] = ["王芳(教育界)", "2026-3-5", "走访村", "走访", "县政协"]
    assert county.preview(may_and_march(own)).late.rows == (3, 4)


def test_rows_that_are_not_written_are_not_late(county: County) -> None:
    unknown: list[Value] = ["无名氏", "2026-3-5", "走访村", "三月走访", "城南镇委员工作室"]
    county.load(may_and_march())
    assert county.preview(may_and_march(unknown)).late.rows == ()


def test_a_choice_about_a_row_that_the_sheet_does_not_have_is_refused(county: County) -> None:
    with pytest.raises(Refused) as refused:
        county.preview(visits(["张伟"]), choices={1: Chosen(skip=True), 9: Chosen(skip=True)})
    assert refused.value == Refused(Reason.NO_SUCH_ROW, about="1, 9 (2–2)")


@pytest.mark.parametrize(
    ("cell", "heading", "hint"),
    [
        ("张建团", "姓名", "(perhaps 张建国)"),
        ("2026.2.30", "日期", "(there is no such day)"),
        ("走防村", "类型", "(perhaps 走访村(社区)"),
    ],
)
def test_hints_are_in_english_too(county: County, cell: str, heading: str, hint: str) -> None:
    good = {"姓名": "张伟", "日期": "2026-3-5", "类型": "走访村", "名称": "走访"}
    row = {**good, heading: cell}
    found = finding(county.preview(sheet_of([*row], [*row.values()])), 2)
    assert hint in found.en
    assert found.en.startswith(f"row 2 {heading} ")


# Committing


def test_the_same_plan_twice_changes_nothing(county: County) -> None:
    plan = county.preview(visits(["张伟"], ["李四"]))
    commit(plan, county.writer.write)
    before = county.head
    again = commit(plan, county.writer.write)
    assert county.head == before
    assert (again.written, again.again, again.imported_before) == (0, 1, True)
    assert set(again.rows.values()) == {RowState.ALREADY}


def test_the_same_file_again_says_that_it_was_imported_and_when(county: County) -> None:
    sheet = visits(["张伟"], ["李四"])
    county.load(sheet)
    before = county.head
    plan = county.preview(sheet)
    assert plan.steps == ()
    assert plan.counts.already == 2
    assert "2026-06-01 由 政协机关 由此文件导入" in finding(plan, 2).zh
    outcome = commit(plan, county.writer.write)
    assert county.head == before
    assert outcome.imported_before


def test_the_same_file_said_to_be_of_another_day_is_another_import(county: County) -> None:
    sheet = sign_in(title="春季走访签到表")
    march = county.load(sheet, assumed=Assumed(kind="走访村", on=date(2026, 3, 5)))
    april = county.load(sheet, assumed=Assumed(kind="走访村", on=date(2026, 4, 5)))
    assert [(each.written, each.refused) for each in (march, april)] == [(1, 0), (1, 0)]
    place = Assumed(kind="走访村", on=date(2026, 4, 5), place="龙泉村")
    assert county.load(sheet, assumed=place).imported_before


def test_a_corrected_file_adds_only_those_who_were_missing(county: County) -> None:
    first = county.preview(visits(["张伟"], ["李思"]))
    commit(first, county.writer.write)
    plan = county.preview(visits(["张伟"], ["李四"]))
    assert plan.rows == {2: RowState.ALREADY, 3: RowState.READY}
    assert plan.counts.occasions == 0
    outcome = commit(plan, county.writer.write)
    assert (outcome.refused, outcome.written) == (0, 1)
    assert people_in(county.deed(first)) == ["zhangwei", "lisi"]


def test_a_corrected_file_that_says_otherwise_shows_the_difference(county: County) -> None:
    county.load(visits(["张伟", "√"], ["李四", "√"], ["赵敏", None], head=["签到"]))
    plan = county.preview(
        visits(
            ["张伟", "√"], ["李四", "缺席"], ["赵敏", None], ["王芳(教育界)", "√"], head=["签到"]
        )
    )
    assert list(plan.rows.values()) == [RowState.ALREADY] * 3 + [RowState.READY]
    assert finding(plan, 2).severity is Severity.OK
    assert "原登记为「到会」,本表为「缺席」" in finding(plan, 3).zh
    assert finding(plan, 3).severity is Severity.WARNING
    assert commit(plan, county.writer.write).refused == 0


def test_after_an_undo_the_same_file_may_be_imported_again(county: County) -> None:
    sheet = visits(["张伟"])
    county.load(sheet)
    for _ in range(2):
        first = county.preview(sheet)
        deed = finding(first, 2).deed
        county.do(Withdraw(deed=deed, reason="月份有误"))
        assert county.load(sheet).written == 1


def test_a_like_record_under_another_title_is_warned_of_not_blocked(county: County) -> None:
    first = county.preview(visits(["张伟"]))
    commit(first, county.writer.write)
    other = sheet_of(
        ["姓名", "日期", "类型", "名称"],
        ["张伟", "2026-3-5", "走访村", "界别走访"],
        ["李四", "2026-3-5", "走访村", "界别走访"],
    )
    plan = county.preview(other)
    found = finding(plan, 2)
    assert (found.reason, found.severity) == (Reason.LIKELY_DUPLICATE, Severity.WARNING)
    assert found.deed == county.deed(first).stream
    assert plan.sound
    assert plan.steps[0].rows == (2, 3)
    strict = replace(county.known, strict=True)
    assert plan_records(other, known=strict, actor=OFFICE, ledger="county").sound
    skipping = county.preview(other, repeats=Repeats.SKIP)
    assert skipping.rows == {2: RowState.ALREADY, 3: RowState.READY}
    assert len(told(commit(plan, county.writer.write))) == 1


def test_a_like_record_may_be_linked_as_one_deed(county: County) -> None:
    first = county.preview(visits(["张伟"]))
    commit(first, county.writer.write)
    other = sheet_of(["姓名", "日期", "类型", "名称"], ["张伟", "2026-3-5", "走访村", "界别走访"])
    plan = county.preview(other, choices={2: Chosen(repeats=Repeats.LINK)})
    outcome = commit(plan, county.writer.write)
    assert (outcome.written, outcome.refused) == (2, 0)
    assert county.deed(plan).same_as == county.deed(first).stream


def test_a_declaration_of_the_same_is_linked_to_what_the_organiser_imports(county: County) -> None:
    own = sheet_of(
        ["姓名", "日期", "类型", "名称", "代委员申报"],
        ["张伟", "2026-3-5", "走访村", "走访韩村", "是"],
    )
    first = county.preview(own, CLERK)
    commit(first, county.writer.write)

    plan = county.preview(visits(["张伟"]), CLERK, repeats=Repeats.LINK)
    assert commit(plan, county.writer.write).refused == 0

    assert county.deed(first).same_as == county.deed(plan).stream


def under_another_title(*names: str) -> Sheet:
    """Visits of the same day under another title."""
    rows: list[list[Value]] = [[n, "2026-3-5", "走访村", "界别走访"] for n in names]
    return sheet_of(["姓名", "日期", "类型", "名称"], *rows)


def test_what_cannot_be_linked_whole_is_said_and_recorded_unlinked(county: County) -> None:
    county.load(visits(["张伟"]))
    plan = county.preview(under_another_title("张伟", "李四"), repeats=Repeats.LINK)
    first, second = [each for each in plan.findings if each.row == 2]
    assert "当日已有同类记录" in first.zh
    assert second.about.startswith("未关联:只能整条关联")
    assert (plan.counts.commands, set(plan.rows.values())) == (1, {RowState.READY})


def test_a_link_that_the_ledger_would_refuse_leaves_the_record(county: County) -> None:
    first = county.preview(visits(["张伟"]))
    commit(first, county.writer.write)
    linking = county.preview(under_another_title("张伟"), repeats=Repeats.LINK)
    commit(linking, county.writer.write)
    third = sheet_of(["姓名", "日期", "类型", "名称"], ["张伟", "2026-3-5", "走访村", "又一次"])
    plan = county.preview(third, repeats=Repeats.LINK)
    assert [each.severity for each in plan.findings] == [Severity.WARNING] * 2
    assert "未关联" in plan.findings[1].zh
    outcome = commit(plan, county.writer.write)
    assert (outcome.refused, outcome.count(RowState.WRITTEN)) == (0, 1)


def test_a_like_matter_of_another_day_may_be_linked_as_one(county: County) -> None:
    first = county.preview(proposals(["关于校车", "李四"]))
    commit(first, county.writer.write)
    other = sheet_of(["题目", "作者", "日期", "类型"], ["关于校车", "李四", "2026-1-12", "提案"])
    plan = county.preview(other, repeats=Repeats.LINK)
    outcome = commit(plan, county.writer.write)
    assert (outcome.written, outcome.refused) == (2, 0)
    assert county.deed(plan).same_as == county.deed(first).stream


def test_with_all_or_nothing_an_error_writes_nothing(county: County) -> None:
    plan = county.preview(visits(["张伟"], ["无名氏"]))
    before = county.head
    outcome = commit(plan, county.writer.write, all_or_nothing=True)
    assert (county.head, outcome.stopped, outcome.written) == (before, True, 0)
    assert set(outcome.rows.values()) == {RowState.LEFT_OUT}


def test_with_all_or_nothing_everything_goes_in_one_call(county: County) -> None:
    names = list(PEOPLE)[:2]
    rows: list[list[Value]] = [
        [PEOPLE[n][0], date(2025, 1 + i % 12, 1 + i // 12), "走访村", f"走访{i}"]
        for i in range(300)
        for n in names
    ]
    calls: list[int] = []

    def write(requests: list[Request]) -> list[Verdict]:
        calls.append(len(requests))
        return county.writer.write(requests)

    plan = county.preview(sheet_of(["姓名", "日期", "类型", "名称"], *rows))
    commit(plan, write, all_or_nothing=True)
    assert calls == [300]


def test_progress_is_told_in_batches(county: County) -> None:
    rows: list[list[Value]] = [
        ["张伟", date(2025, 1 + i % 12, 1 + i // 12), "走访村", f"走访{i}"] for i in range(300)
    ]
    seen: list[tuple[int, int]] = []
    plan = county.preview(sheet_of(["姓名", "日期", "类型", "名称"], *rows))
    commit(plan, county.writer.write, lambda done, of: seen.append((done, of)))
    assert seen == [(0, 300), (256, 300), (300, 300)]


def test_what_the_ledger_refuses_after_the_preview_is_a_finding_with_its_row(
    county: County,
) -> None:
    plan = county.preview(visits(["张伟"], ["李四"]))

    def gone(requests: list[Request]) -> list[Verdict]:
        return [
            Refused(Reason.NOT_A_MEMBER_THEN, "/body/participants/1/person", "李四 2026-03-05")
            for _ in requests
        ]

    outcome = commit(plan, gone)
    assert told(outcome) == [(2, Reason.NOT_A_MEMBER_THEN), (3, Reason.NOT_A_MEMBER_THEN)]
    assert "见第3行" in finding(outcome, 2).zh
    assert outcome.count(RowState.LEFT_OUT) == 2


def test_a_clerk_records_for_his_own_studio_only(county: County) -> None:
    sheet = visits(["张伟", "城北镇委员工作室"], ["李四", "城南镇委员工作室"], head=["组织单位"])
    plan = county.preview(sheet, CLERK)
    assert told(plan) == [(2, Reason.NOT_YOURS_TO_RECORD)]
    assert finding(plan, 2).column == "组织单位"
    assert plan.rows == {2: RowState.LEFT_OUT, 3: RowState.READY}


def test_results_say_what_became_of_each_row(county: County) -> None:
    outcome = county.load(visits(["张伟"], ["无名氏"]))
    results = results_of(outcome)
    assert results[2] == "已登记"
    assert results[3].startswith("未登记;姓名 无名氏")


# Matters


def proposals(*rows: Sequence[Value], head: Sequence[Value] = ()) -> Sheet:
    fixed: list[Value] = ["2026-1-10", "提案"]
    return sheet_of(
        ["题目", "作者", "日期", "类型", *head],
        *([row[0], row[1], *fixed, *row[2:]] for row in rows),
    )


def test_matters_stand_one_to_a_row_with_authors_in_order(county: County) -> None:
    plan = county.preview(
        proposals(["关于校车", "李四、张伟", 17.0], ["关于用药", "赵敏", "18"], head=["编号"])
    )
    commit(plan, county.writer.write)
    first, second = (county.deed(plan, i).body for i in range(2))
    assert [(a.person, a.role) for a in first.authors] == [
        ("lisi", Authorship.FIRST),
        ("zhangwei", Authorship.JOINT),
    ]
    assert (first.number, first.details.form) == ("17", Proposer.JOINT)
    assert (second.number, second.details.form) == ("18", Proposer.INDIVIDUAL)


def test_a_row_that_repeats_an_earlier_matter_is_left_out_with_the_number_of_that_row(
    county: County,
) -> None:
    sheet = proposals(
        ["关于校车", "李四"], ["关于用药", "李四"], ["关于 校车", "李四"], ["关于校车", "张伟"]
    )
    plan = county.preview(sheet)
    found = finding(plan, 4)
    assert (found.severity, found.reason) == (Severity.ERROR, Reason.SAME_TWICE)
    assert (found.about, found.about_en) == ("「关于 校车」,见第2行", "「关于 校车」, see row 2")
    assert (plan.counts.matters, plan.rows[4]) == (3, RowState.LEFT_OUT)
    commit(plan, county.writer.write)
    again = county.preview(sheet)
    assert (again.steps, again.rows[2], again.rows[4]) == (
        (),
        RowState.ALREADY,
        RowState.LEFT_OUT,
    )


def test_a_row_repeats_no_row_that_is_left_out_itself(county: County) -> None:
    plan = county.preview(
        proposals(["关于校车", "李四", "某级"], ["关于校车", "李四", None], head=["转送层级"])
    )
    assert plan.rows == {2: RowState.LEFT_OUT, 3: RowState.READY}


def test_matters_without_an_organiser_are_the_committees_own(county: County) -> None:
    plan = county.preview(proposals(["关于校车", "李四"]), ALONE)
    commit(plan, county.writer.write)
    assert county.deed(plan).body.organiser == "county"


def test_matters_of_a_clerk_are_his_units(county: County) -> None:
    plan = county.preview(proposals(["关于校车", "李四"]), CLERK)
    commit(plan, county.writer.write)
    assert county.deed(plan).body.organiser == "south"


def test_without_a_unit_of_the_committee_it_is_said_what_to_do(county: County) -> None:
    units = {k: u for k, u in county.known.roster.units.items() if k != "county"}
    known = replace(county.known, roster=replace(county.known.roster, units=units))
    sheet = proposals(["关于校车", "李四"])
    plan = plan_records(sheet, known=known, actor=ALONE, ledger="county")
    assert (finding(plan, 2).column, finding(plan, 2).reason) == ("组织单位", Reason.MISSING)
    assert "请先设立,或注明组织单位" in finding(plan, 2).zh
    assert "open one, or name the organiser" in finding(plan, 2).en


def test_a_unit_may_be_the_author(county: County) -> None:
    plan = county.preview(proposals(["关于民企", "民建县支部"]))
    body: Any = plan.steps[0].request.command
    assert (body.body.authors[0].unit, body.body.details.form) == ("guild", Proposer.PARTY)


def test_outcomes_are_reported_with_level_and_day(county: County) -> None:
    sheet = sheet_of(
        ["题目", "作者", "日期", "类型", "采用层级", "采用日期", "批示", "批示领导"],
        ["信息一", "张伟", "2026-1-10", "社情民意信息", "市、省", "2026-2-1", "√", "市委书记"],
    )
    plan = county.preview(sheet)
    assert plan.counts.outcomes == 3
    outcome = commit(plan, county.writer.write)
    assert outcome.refused == 0
    reached = county.deed(plan).reached
    assert [(r.stage, r.level, r.on) for r in reached[1:]] == [
        (Stage.TAKEN_UP, Level.PROVINCE, date(2026, 2, 1)),
        (Stage.INSTRUCTED, Level.COUNTY, date(2026, 1, 10)),
    ]
    assert reached[2].rank == "市委书记"


def test_filing_is_read_as_people_write_it(county: County) -> None:
    plan = county.preview(
        proposals(
            ["甲", "张伟", "√"],
            ["乙", "李四", "不予立案"],
            ["丙", "赵敏", "×"],
            ["丁", "赵敏", "2026.2.3"],
            head=["立案"],
        )
    )
    commands: list[Any] = [step.request.command for step in plan.steps]
    stages = [(c.outcome.stage, c.outcome.on) for c in commands if hasattr(c, "outcome")]
    day = date(2026, 1, 10)
    assert stages == [
        (Stage.FILED, day),
        (Stage.NOT_FILED, day),
        (Stage.FILED, date(2026, 2, 3)),
    ]


def test_a_stage_that_the_kind_does_not_know_keeps_the_row_out(county: County) -> None:
    plan = county.preview(proposals(["甲", "张伟", "市"], head=["采用"]))
    assert (Reason.STAGE_NOT_OF_KIND in [r for _, r in told(plan)], plan.steps) == (True, ())


def test_outcomes_may_be_added_by_a_later_file(county: County) -> None:
    first = county.preview(proposals(["甲", "张伟"]))
    commit(first, county.writer.write)
    plan = county.preview(proposals(["甲", "张伟", "2026-2-3"], head=["立案日期"]))
    assert (plan.counts.matters, plan.counts.outcomes) == (0, 1)
    commit(plan, county.writer.write)
    assert [r.stage for r in county.deed(first).reached] == [Stage.FILED]
    assert county.preview(proposals(["甲", "张伟", "2026-2-3"], head=["立案日期"])).steps == ()


# The roster


def members(*rows: Sequence[Value]) -> Sheet:
    return sheet_of(
        [
            "序号",
            "姓 名",
            "性别",
            "界别",
            "镇街/工作室",
            "政协职务",
            "类别",
            "体制内外",
            "党派",
            "单位",
            "手机",
        ],
        *([i, *row] for i, row in enumerate(rows, start=1)),
        title="政协第十届委员会委员名册",
    )


NEW: Sequence[Value] = [
    "钱 多",
    "男",
    "工商联界",
    "城南镇委员工作室",
    "常委",
    "企业",
    "体制外",
    "民建",
    "钱庄",
    13800000000.0,
]


def test_a_roster_opens_units_and_admits_people(county: County) -> None:
    plan = county.roster(members(NEW))
    assert (plan.counts.units, plan.counts.people, plan.findings) == (2, 1, ())
    outcome = commit(plan, county.writer.write)
    assert outcome.refused == 0
    command: Any = plan.steps[-1].request.command
    person = county.known.roster.people[command.person]
    assert person.profile == Profile(
        name="钱多",
        sex="男",
        member_class=MemberClass.ENTERPRISE,
        employer="钱庄",
        phone="13800000000",
    )
    assert person.holds(MemberRole.STANDING_MEMBER, NOW.date())
    assert person.bound_to(Bond.STUDIO, BEGAN) == UnitId("south")
    sector = person.bound_to(Bond.SECTOR, BEGAN)
    assert sector is not None
    assert county.known.roster.units[sector].profile == UnitProfile(
        kind=UnitKind.SECTOR, name="工商联界"
    )
    assert person.bound_to(Bond.ORGANISATION, BEGAN) is not None


def test_a_roster_opens_the_committee_itself_where_there_is_none() -> None:
    writer = Writer(MemoryLog("county"), clock=lambda: NOW)

    def plan() -> Plan:
        known = writer.opened().known(NOW.date(), False)
        told: dict[str, Any] = {"known": known, "actor": OFFICE, "ledger": "county", "term": TERM}
        return plan_roster(members(NEW), committee="海晏县政协", **told)

    first = plan()
    assert (first.counts.units, first.counts.people) == (4, 1)
    assert commit(first, writer.write).refused == 0
    (own,) = [u for u in writer.opened().units.values() if u.profile.kind is UnitKind.COMMITTEE]
    assert (own.profile.name, own.since) == ("海晏县政协", BEGAN)
    assert plan().steps == ()


def test_the_same_roster_again_changes_nothing(county: County) -> None:
    sheet = members(NEW)
    first = county.roster(sheet)
    commit(first, county.writer.write)
    before = county.head
    assert commit(first, county.writer.write).again == 3
    plan = county.roster(sheet)
    assert (plan.steps, plan.rows) == ((), {3: RowState.ALREADY})
    assert county.head == before


def test_a_township_answers_where_there_is_no_studio(county: County) -> None:
    row = [*NEW]
    row[3] = "城西镇"
    plan = county.roster(members(row))
    commit(plan, county.writer.write)
    command: Any = plan.steps[-1].request.command
    home = county.known.roster.people[command.person].bound_to(Bond.STUDIO, BEGAN)
    assert home is not None
    assert county.known.roster.units[home].profile.kind is UnitKind.TOWNSHIP


def test_a_bond_begins_with_the_unit_where_that_was_set_up_after_the_term_began(
    county: County,
) -> None:
    young = UnitProfile(kind=UnitKind.STUDIO, name="城东镇委员工作室")
    county.do(OpenUnit(unit=UnitId("east"), profile=young, since=date(2023, 5, 1)))
    row = [*NEW]
    row[3] = young.name
    plan = county.roster(members(row))
    assert commit(plan, county.writer.write).refused == 0
    command: Any = plan.steps[-1].request.command
    person = county.known.roster.people[command.person]
    assert person.bound_to(Bond.STUDIO, date(2023, 4, 30)) is None
    assert person.bound_to(Bond.STUDIO, date(2023, 5, 1)) == "east"


def test_a_unit_that_a_roster_may_not_name_is_found_in_the_preview(county: County) -> None:
    closed, doctors = UnitId("closed"), UnitId("doctors")
    names = {closed: "老街委员工作室", doctors: "名医委员工作室"}
    for unit, name in names.items():
        kind = StudioKind.SECTORAL if unit == doctors else None
        profile = UnitProfile(kind=UnitKind.STUDIO, name=name, studio_kind=kind)
        county.do(OpenUnit(unit=unit, profile=profile, since=date(2020, 1, 1)))
    county.do(MoveUnitOn(unit=closed, life=Life.CLOSED, on=date(2021, 6, 30)))
    rows = [[name, *NEW[1:]] for name in ("钱一", "钱二")]
    rows[0][3], rows[1][3] = names.values()
    plan = county.roster(members(*rows))
    assert [(each.row, each.column, each.reason) for each in plan.findings] == [
        (3, "工作室", Reason.UNIT_CLOSED),
        (4, "工作室", Reason.UNIT_NOT_OF_KIND),
    ]
    assert (plan.counts.people, set(plan.rows.values())) == (0, {RowState.LEFT_OUT})
    assert commit(plan, county.writer.write).refused == 0


def test_namesakes_on_a_roster_are_two_people_if_anything_tells_them_apart(county: County) -> None:
    other = [*NEW]
    other[2], other[9] = "教育界", "13900000000"
    plan = county.roster(members(NEW, other, NEW))
    assert plan.counts.people == 2
    assert told(plan) == [(5, Reason.SAME_TWICE)]


def test_columns_of_a_roster_come_in_any_order_and_terms_may_differ(county: County) -> None:
    sheet = sheet_of(
        ["任期起", "是否常委", "委员姓名", "届次", "增补", "身份"],
        ["2023年5月", "√", "孙一", "第十一届", "是", None],
        [None, None, "孙二", None, None, "市政协委员"],
    )
    plan = county.roster(sheet)
    assert plan.sound, plan.findings
    first, second = (step.request.command for step in plan.steps)
    assert isinstance(first, Admit)
    assert isinstance(second, Admit)
    assert first.term == Term(number=11, since=date(2023, 5, 1), added=True)
    assert (second.profile.standing, second.term) == (Standing.GUEST, None)


def test_bad_cells_of_a_roster_are_named(county: County) -> None:
    bad_sex, bad_class = [*NEW], [*NEW]
    bad_sex[1], bad_class[5] = "公", "外星"
    plan = county.roster(members(bad_sex, bad_class))
    assert [(f.row, f.column) for f in plan.findings] == [(3, "性别"), (4, "类别")]


def test_a_finding_on_a_roster_names_the_column_as_the_sheet_does(county: County) -> None:
    sheet = sheet_of(["委员姓名", "任职时间"], ["孙一", "不详"], ["张伟", None])
    assert [(f.row, f.column) for f in county.roster(sheet).findings] == [
        (2, "任职时间"),
        (3, "委员姓名"),
    ]


def test_only_the_office_imports_a_roster(county: County) -> None:
    plan = county.roster(members(NEW), CLERK)
    assert told(plan) == [(0, Reason.NOT_ALLOWED)]
    assert (plan.steps, plan.rows) == ((), {3: RowState.LEFT_OUT})


# Whatever a sheet holds

CELLS = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "张伟",
            "王芳",
            "张伟、李四",
            "张建国 李 四",
            "张伟等3人",
            "√",
            "请假",
            "2026.3.5",
            "走访村",
            "提案",
            "立案",
            "合计",
            "城南镇委员工作室",
        ]
    ),
    st.text(max_size=8),
)
HEADINGS = st.lists(
    st.sampled_from(
        [
            "姓名",
            "日期",
            "类型",
            "名称",
            "签到",
            "角色",
            "发言",
            "半天数",
            "作者",
            "立案",
            "采用层级",
            "组织单位",
            "重点",
            "服务人次",
        ]
    ),
    min_size=2,
    max_size=8,
    unique=True,
)
COUNTY = County()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_a_sheet_holds_each_row_has_an_answer_and_what_is_ready_is_written(
    data: st.DataObject,
) -> None:
    headings = data.draw(HEADINGS)
    width = st.lists(CELLS, min_size=len(headings), max_size=len(headings))
    rows = data.draw(st.lists(width, max_size=6))
    lines: list[list[str | None]] = [[*headings], *rows]
    text = "\n".join(
        ",".join('"' + (cell or "").replace('"', '""') + '"' for cell in row) for row in lines
    )
    try:
        sheet = read_sheet("a.csv", text.encode("utf-8", "replace"))
    except Refused:
        return
    plan = COUNTY.preview(sheet, assumed=Assumed(kind="走访村", on=date(2026, 2, 1), title="走访"))
    outcome = commit(plan, COUNTY.writer.write)
    assert set(outcome.rows) == {row.number for row in sheet.rows}
    assert RowState.READY not in outcome.rows.values()
    assert outcome.refused == 0
    left_out = {row for row, state in outcome.rows.items() if state is RowState.LEFT_OUT}
    errors = {f.row for f in outcome.findings if f.severity is Severity.ERROR}
    assert left_out == errors - {0} or 0 in errors
    head = COUNTY.head
    commit(plan, COUNTY.writer.write)
    assert COUNTY.head == head


# What a matter is merged into, named in a sheet

MERGED = ["编号", "提案人", "案由", "提交日期", "类型", "并入"]


def numbered(*rows: Sequence[Value]) -> Sheet:
    """A list of proposals of 10 January 2026: number, author, title and what it is merged into."""
    day: list[Value] = [date(2026, 1, 10), "提案"]
    return sheet_of(MERGED, *([*row[:3], *day, row[3]] for row in rows))


def merged_into(county: County, plan: Plan, place: int) -> str:
    into: str = county.deed(plan, place).body.merged_into
    return into.removeprefix("matter/")


@pytest.mark.parametrize(
    "said",
    [
        "12",
        "关于 校车",
        "《关于校车》",
        "关于校车(2026-01-10)",
        "《关于校车》(2026-01-10)",
        "关于校车 2026.1.10",
        "12(1月10日)",
    ],
)
def test_a_row_names_what_it_is_merged_into_by_number_or_title_with_day(
    county: County, said: str
) -> None:
    first = county.load(numbered(["12", "张伟", "关于校车", None])).plan
    plan = county.load(numbered(["13", "李四", "校车不足", said])).plan
    assert plan.findings == ()
    assert merged_into(county, plan, 0) == county.deed(first).stream.removeprefix("matter/")


def test_an_earlier_row_of_the_sheet_is_named_and_a_later_one_is_not_there_yet(
    county: County,
) -> None:
    rows = ["12", "张伟", "关于校车", None], ["13", "李四", "校车不足", "12"]
    plan = county.load(numbered(*rows)).plan
    assert plan.findings == ()
    assert f"matter/{merged_into(county, plan, 1)}" == county.deed(plan, 0).stream

    late = County().preview(numbered(*reversed(rows)))
    assert finding(late, 2).reason is Reason.NO_SUCH_DEED
    assert finding(late, 2).column == "并入"
    assert "排在前面的行" in finding(late, 2).zh
    assert late.rows == {2: RowState.LEFT_OUT, 3: RowState.READY}


def test_what_several_are_called_is_refused_until_the_day_tells_them_apart(county: County) -> None:
    county.load(
        sheet_of(
            MERGED[:5],
            ["1", "张伟", "关于校车", date(2025, 1, 10), "提案"],
            ["1", "赵敏", "关于校车", date(2026, 1, 9), "提案"],
        )
    )
    for said in ("1", "关于校车"):
        found = finding(county.preview(numbered(["2", "李四", "校车不足", said])), 2)
        assert (found.reason, found.column) == (Reason.NAME_ONE, "并入")
        assert "2025-01-10" in found.zh
        assert "2026-01-09" in found.zh
    plan = county.preview(numbered(["2", "李四", "校车不足", "关于校车(2026-01-09)"]))
    assert plan.findings == ()


@pytest.mark.parametrize("said", ["关于校车(2026-01-02)", "12(2026-01-02)"])
def test_the_day_finds_an_older_one_of_more_of_that_name_than_are_remembered(
    county: County, said: str
) -> None:
    many: list[list[Value]] = [
        ["12", who, "关于校车", date(2026, 1, 2 + n), "提案"]
        for n, who in enumerate(["张伟", "赵敏"] * (MOST_ALIKE // 2 + 1))
    ]
    loaded = county.load(sheet_of(MERGED[:5], *many)).plan
    assert len(loaded.steps) > MOST_ALIKE
    plan = county.load(numbered(["13", "李四", "校车不足", said])).plan
    assert plan.findings == ()
    assert f"matter/{merged_into(county, plan, 0)}" == county.deed(loaded, 0).stream


def test_what_was_taken_back_or_is_of_another_kind_is_not_merged_into(county: County) -> None:
    first = county.load(numbered(["12", "张伟", "关于校车", None])).plan
    opinion = sheet_of(
        ["报送人", "题目", "提交日期", "类型", "并入"],
        ["李四", "校车不足", date(2026, 1, 11), "社情民意信息", "12"],
    )
    assert finding(county.preview(opinion), 2).reason is Reason.NO_SUCH_DEED
    gone = county.deed(first).stream
    county.do(Withdraw(deed=gone, reason="重复"))
    assert told(county.preview(numbered(["13", "李四", "校车不足", "12"]))) == [
        (2, Reason.NO_SUCH_DEED)
    ]


def opinions(*rows: Sequence[Value]) -> Sheet:
    """Opinion reports with an instruction: author, title, day of the instruction, whose, what followed."""
    head = ["报送人", "题目", "日期", "类型", "批示日期", "批示层级", "批示领导", "批示此后情况"]
    fixed: list[Value] = [date(2026, 1, 10), "社情民意信息"]
    return sheet_of(head, *([*row[:2], *fixed, row[2], "县级", *row[3:]] for row in rows))


def test_what_followed_from_an_instruction_stands_in_a_column_and_may_come_by_a_later_file(
    county: County,
) -> None:
    given = date(2026, 1, 20)
    first = county.load(
        opinions(
            ["张伟", "停车难", given, "县长", "列入督办"], ["李四", "校车", given, "县委书记", None]
        )
    ).plan
    assert first.findings == ()

    def said(matter: str) -> list[tuple[str, Followed | None]]:
        deed: Any = county.known.deed(matter)
        return [(each.rank, each.followed) for each in deed.reached]

    one, other = county.deed(first, 0).stream, county.deed(first, 2).stream
    assert said(one) == [("县长", Followed.SUPERVISED)]
    assert said(other) == [("县委书记", None)]

    before = county.head
    county.load(
        opinions(
            ["张伟", "停车难", given, None, "列入督办"], ["李四", "校车", given, None, "专题会议"]
        )
    )
    assert said(other) == [("县委书记", Followed.MEETING)]
    assert said(one) == [("县长", Followed.SUPERVISED)]
    assert county.head == before + 1


def test_what_followed_is_of_instructions_alone_and_one_of_some_words(county: County) -> None:
    wrong = county.preview(opinions(["张伟", "停车难", date(2026, 1, 20), "县长", "好"]))
    assert told(wrong) == [(2, Reason.MALFORMED)]
    assert "列入督办" in wrong.findings[0].zh
    sheet = sheet_of(
        ["报送人", "题目", "日期", "类型", "采用层级", "采用此后情况"],
        ["张伟", "停车难", date(2026, 1, 10), "社情民意信息", "县级", "专题会议"],
    )
    assert told(county.preview(sheet)) == [(2, Reason.MALFORMED)]

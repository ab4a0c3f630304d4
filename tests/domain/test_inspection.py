"""Problems one by one: notified with a day, said to be mended by the unit, checked off by whoever inspected; the numbers of the inspection follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.access import Action
from domain.checklist import Checklist, Slot
from domain.evidence import Evidence
from domain.fact import Fact, Mark, Reached
from domain.inspection import (
    MOST_EVIDENCE,
    CheckOffProblem,
    NotifyProblems,
    ProblemSaid,
    PutOffProblem,
    ReopenProblem,
    ReportMending,
    WithdrawProblem,
)
from domain.kinds.about import Stage, Subject
from domain.kinds.advice import Proposed
from domain.kinds.units import Check, WasInspected
from domain.matter import (
    AmendMatter,
    Author,
    Matter,
    RecordMatter,
    ReportOutcome,
    RetractOutcome,
    Sensitivity,
)
from domain.people import PersonId, Reason, Role, UnitId
from domain.problem import Mending, ProblemState, ProblemTally, tally
from domain.streams import ACTIONS
from domain.words import Label
from tests.county import (
    CLERK,
    COUNTY,
    ECONOMY,
    LI,
    LINKING,
    LINKING_HEAD,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    STUDIO_HEAD,
    TODAY,
    Told,
    himself,
)
from tests.refusal import refusal

HELD, BY = date(2025, 6, 10), date(2025, 6, 20)
INSPECTION: Matter[Any] = Matter(
    details=WasInspected(check=Check.INSPECTION, inspected_by="县政协办公室"),
    title="督查工作室规范化建设",
    on=HELD,
    organiser=COUNTY,
    authors=(Author(unit=SOUTH),),
)
MENDED = {"matter": "m", "mending": Mending.MENDED, "account": "已补挂制度牌"}


@pytest.fixture
def told() -> Told:
    """An inspection of one studio by the office."""
    told = Told()
    told.say(OFFICE, RecordMatter(matter="m", body=INSPECTION))
    return told


def listing(*texts: str, on: date = HELD, by: date | None = BY, **said: Any) -> NotifyProblems:
    problems = tuple(ProblemSaid(text=text, mend_by=by, **said) for text in texts)
    return NotifyProblems(matter="m", on=on, problems=problems)


def report(number: int = 1, on: date = BY, **said: Any) -> ReportMending:
    return ReportMending(**{**MENDED, "number": number, "on": on, **said})


def off(number: int = 1, on: date = TODAY) -> CheckOffProblem:
    return CheckOffProblem(matter="m", number=number, on=on)


def numbers(told: Told) -> tuple[int, int]:
    (fact,) = told.facts("matter/m").values()
    return fact.details.findings, fact.details.findings_mended


def stages(told: Told) -> list[tuple[Stage, date]]:
    (fact,) = told.facts("matter/m").values()
    return [(each.stage, each.on) for each in fact.reached]


def test_no_problem_is_listed_of_what_stays_on_paper(told: Told) -> None:
    paper = replace(INSPECTION, sensitivity=Sensitivity.PAPER_ONLY, on_paper="密〔2025〕1号")
    told.say(OFFICE, AmendMatter(matter="m", body=paper, reason="改为不录正文"))

    assert refusal(told, OFFICE, listing("制度未上墙")) == (Reason.STAYS_ON_PAPER, "/problems")
    assert refusal(told, CLERK, listing("制度未上墙"))[0] is Reason.NOT_YOURS_TO_INSPECT


def test_a_problem_is_notified_said_to_be_mended_and_checked_off(told: Told) -> None:
    told.say(OFFICE, listing("制度未上墙", "台账不全"))
    assert numbers(told) == (2, 0)
    assert stages(told) == [(Stage.NOTIFIED, HELD)]

    told.say(STUDIO_HEAD, report())
    assert numbers(told) == (2, 0)
    told.say(OFFICE, off())
    assert (numbers(told), stages(told)) == ((2, 1), [(Stage.NOTIFIED, HELD)])

    told.say(CLERK, report(2))
    told.say(OFFICE, off(2))
    assert numbers(told) == (2, 2)
    assert stages(told) == [(Stage.NOTIFIED, HELD), (Stage.MENDED, TODAY)]
    first, second = told.deed("matter/m").problems
    assert (first.text, first.account, first.state) == (
        "制度未上墙",
        "已补挂制度牌",
        ProblemState.CHECKED_OFF,
    )
    assert (second.number, second.unit, second.mend_by) == (2, SOUTH, BY)


PHOTO = Evidence(name="制度牌照片.jpg", sha256="a" * 64)
PAPER = Evidence(name="整改报告", number="政协办〔2025〕9号")


def test_files_and_papers_bear_out_what_was_mended_until_it_is_sent_back(told: Told) -> None:
    """Given a problem, when the unit says that it is mended, then pictures and papers bear that out; more are added, each once; sent back, none is left."""
    told.say(OFFICE, listing("制度未上墙", "台账不全"))
    told.say(STUDIO_HEAD, report(evidence=(PHOTO,)))
    assert told.deed("matter/m").problems[0].evidence == (PHOTO,)
    assert told.deed("matter/m").problems[1].evidence == ()

    assert told.say(STUDIO_HEAD, report()) == []
    assert told.say(STUDIO_HEAD, report(evidence=(replace(PHOTO, name="同一张"),))) == []
    told.say(CLERK, report(evidence=(PHOTO, PAPER)))
    assert told.deed("matter/m").problems[0].evidence == (PHOTO, PAPER)
    assert told.deed("matter/m").body.evidence == ()

    told.say(OFFICE, ReopenProblem(matter="m", number=1, reason="照片不是本室的"))
    assert told.deed("matter/m").problems[0].evidence == ()


@pytest.mark.parametrize(
    ("evidence", "reason", "field"),
    [
        ((Evidence(name=" ", sha256="a" * 64),), Reason.MISSING, "/evidence/0/name"),
        ((Evidence(name="长" * 101, sha256="a" * 64),), Reason.TOO_LARGE, "/evidence/0/name"),
        ((PHOTO, Evidence(name="照片")), Reason.MISSING, "/evidence/1/sha256"),
        ((Evidence(name="照片", sha256="A" * 64),), Reason.MALFORMED, "/evidence/0/sha256"),
        ((Evidence(name="照片", sha256="b2"),), Reason.MALFORMED, "/evidence/0/sha256"),
        (
            tuple(Evidence(name="照片", sha256=f"{n:064x}") for n in range(MOST_EVIDENCE + 1)),
            Reason.TOO_MANY,
            "/evidence",
        ),
    ],
)
def test_evidence_has_a_name_and_a_file_or_a_number_and_there_is_an_end_of_it(
    told: Told, evidence: tuple[Evidence, ...], reason: Reason, field: str
) -> None:
    told.say(OFFICE, listing("制度未上墙"))
    assert refusal(told, STUDIO_HEAD, report(evidence=evidence)) == (reason, field)


def test_nothing_is_added_to_what_is_checked_off(told: Told) -> None:
    told.say(OFFICE, listing("制度未上墙"))
    told.say(STUDIO_HEAD, report())
    told.say(OFFICE, off())
    assert refusal(told, STUDIO_HEAD, report(evidence=(PHOTO,))) == (
        Reason.NOT_AT_THIS_STEP,
        "/number",
    )


def own_fact(told: Told) -> Fact[Any]:
    (fact,) = told.facts("matter/own").values()
    return fact


def test_the_county_confirms_the_record_by_what_it_lists(told: Told) -> None:
    own = replace(INSPECTION, organiser=SOUTH)
    told.say(CLERK, RecordMatter(matter="own", body=own))
    assert own_fact(told).county is None

    told.say(OFFICE, replace(listing("台账不全"), matter="own"))
    stamp = own_fact(told).county
    assert stamp is not None
    assert stamp.mark is Mark.CONFIRMED

    told.say(OFFICE, WithdrawProblem(matter="own", number=1, reason="误登"))
    assert own_fact(told).county is None


def test_the_county_confirms_by_what_it_lists_itself_alone(told: Told) -> None:
    held = replace(INSPECTION, organiser=ECONOMY, title="界别看工作室")
    told.say(OFFICE, RecordMatter(matter="held", body=held))
    told.say(OFFICE, replace(listing("台账不全"), matter="held"))
    convenor = replace(LINKING_HEAD, person=PersonId("wang"), unit=ECONOMY)
    told.say(convenor, replace(listing("没有标牌"), matter="held"))

    def confirmed() -> bool:
        (fact,) = told.facts("matter/held").values()
        return fact.county is not None

    assert confirmed()
    told.say(OFFICE, WithdrawProblem(matter="held", number=1, reason="误登"))
    assert [r.stage for r in told.deed("matter/held").reached] == [Stage.NOTIFIED]
    assert not confirmed()
    told.say(OFFICE, replace(listing("台账不全", "没有场所"), matter="held"))
    told.say(OFFICE, WithdrawProblem(matter="held", number=3, reason="误登"))
    assert confirmed()


def test_the_county_confirms_still_by_what_it_typed_before(told: Told) -> None:
    held = replace(INSPECTION, organiser=ECONOMY, title="界别看工作室")
    told.say(OFFICE, RecordMatter(matter="held", body=held))
    notified = Reached(stage=Stage.NOTIFIED, on=BY)
    told.say(OFFICE, ReportOutcome(matter="held", outcome=notified))
    convenor = replace(LINKING_HEAD, person=PersonId("wang"), unit=ECONOMY)
    told.say(convenor, replace(listing("误", "没有标牌"), matter="held"))
    told.say(convenor, WithdrawProblem(matter="held", number=1, reason="误登"))
    (fact,) = told.facts("matter/held").values()
    assert fact.county is not None


def test_saying_it_twice_is_saying_it_once(told: Told) -> None:
    for actor, command in (
        (OFFICE, listing("台账不全")),
        (STUDIO_HEAD, report()),
        (OFFICE, off()),
    ):
        assert told.say(actor, command)
        assert told.say(actor, command) == []
    assert told.say(OFFICE, listing("台账不全", "没有标牌"))
    assert [p.text for p in told.deed("matter/m").problems] == ["台账不全", "没有标牌"]
    put_off = PutOffProblem(matter="m", number=2, mend_by=TODAY, reason="待制作")
    assert told.say(OFFICE, put_off)
    assert told.say(OFFICE, put_off) == []
    assert refusal(told, OFFICE, listing("又", "又")) == (Reason.SAME_PROBLEM, "/problems/1/text")


def test_what_cannot_be_mended_for_now_stays_open_and_is_overdue_after_its_day(told: Told) -> None:
    told.say(OFFICE, listing("没有场所", "台账不全", "没有标牌"))
    told.say(STUDIO_HEAD, report(mending=Mending.CANNOT, account="镇里正在调剂用房"))
    told.say(STUDIO_HEAD, report(2))
    assert refusal(told, OFFICE, off()) == (Reason.NOT_AT_THIS_STEP, "/number")
    problems = told.deed("matter/m").problems
    expected = ProblemTally(found=3, reported=1, cannot=1, overdue=2)
    assert tally(problems, TODAY) == expected
    assert expected.to_mend == 2
    assert tally(problems, BY) == replace(expected, overdue=0)

    put_off = PutOffProblem(matter="m", number=1, mend_by=TODAY, reason="九月交付")
    told.say(OFFICE, put_off)
    assert tally(told.deed("matter/m").problems, TODAY).overdue == 1
    assert told.deed("matter/m").problems[0].account == "镇里正在调剂用房"


def test_what_was_mended_after_its_day_is_late(told: Told) -> None:
    told.say(OFFICE, listing("台账不全", "没有标牌"))
    told.say(STUDIO_HEAD, report(1, BY))
    told.say(STUDIO_HEAD, report(2, BY + timedelta(days=1)))
    assert [each.late for each in told.deed("matter/m").problems] == [False, True]


def test_what_was_not_mended_after_all_is_to_be_mended_again(told: Told) -> None:
    told.say(OFFICE, listing("台账不全"))
    back = ReopenProblem(matter="m", number=1, reason="缺五月")
    assert refusal(told, OFFICE, back) == (Reason.NOT_AT_THIS_STEP, "/number")
    told.say(STUDIO_HEAD, report())
    told.say(OFFICE, off())
    assert refusal(told, STUDIO_HEAD, report(account="另说")) == (
        Reason.NOT_AT_THIS_STEP,
        "/number",
    )
    assert told.say(OFFICE, back)
    assert told.say(OFFICE, back) == []

    (found,) = told.deed("matter/m").problems
    assert (found.state, found.account, found.reopened) == (ProblemState.NOTIFIED, "", "缺五月")
    assert numbers(told) == (1, 0)
    assert stages(told) == [(Stage.NOTIFIED, HELD)]
    told.say(STUDIO_HEAD, report(on=TODAY, account="补了五月"))
    assert told.deed("matter/m").problems[0].reopened == ""


def test_a_problem_listed_in_error_is_taken_back_and_its_number_not_given_again(
    told: Told,
) -> None:
    told.say(OFFICE, listing("误"))
    silent = WithdrawProblem(matter="m", number=1, reason=" ")
    assert refusal(told, OFFICE, silent) == (Reason.REASON_MISSING, "/reason")
    told.say(OFFICE, replace(silent, reason="不是本站的"))
    assert (numbers(told), stages(told)) == ((0, 0), [])
    told.say(OFFICE, listing("正"))
    assert [(p.number, p.withdrawn) for p in told.deed("matter/m").problems] == [
        (1, "不是本站的"),
        (2, ""),
    ]
    assert refusal(told, STUDIO_HEAD, report()) == (Reason.WITHDRAWN, "/number")
    assert refusal(told, STUDIO_HEAD, report(9)) == (Reason.NO_SUCH_PROBLEM, "/number")


def test_whoever_inspects_lists_and_checks_off_and_the_unit_says_what_it_mended(
    told: Told,
) -> None:
    not_theirs = (Reason.NOT_YOURS_TO_INSPECT, "/matter")
    for actor in (STUDIO_HEAD, CLERK, NORTH_CLERK, himself(LI)):
        assert refusal(told, actor, listing("台账不全")) == not_theirs
    told.say(LINKING_HEAD, listing("台账不全"))

    for actor in (NORTH_CLERK, himself(LI)):
        assert refusal(told, actor, report()) == (Reason.NOT_YOURS_TO_MEND, "/number")
    told.say(CLERK, report())
    for command in (
        off(),
        ReopenProblem(matter="m", number=1, reason="再改"),
        PutOffProblem(matter="m", number=1, mend_by=TODAY, reason="缓"),
        WithdrawProblem(matter="m", number=1, reason="误"),
    ):
        assert refusal(told, STUDIO_HEAD, command) == not_theirs
    told.say(LINKING_HEAD, off())


def test_the_unit_that_held_it_inspects_but_never_itself(told: Told) -> None:
    held = replace(INSPECTION, organiser=ECONOMY, title="界别看工作室")
    told.say(OFFICE, RecordMatter(matter="held", body=held))
    convenor = replace(LINKING_HEAD, person=PersonId("wang"), unit=ECONOMY)
    assert told.say(convenor, replace(listing("台账不全"), matter="held"))

    own = replace(INSPECTION, authors=(Author(unit=LINKING),), organiser=LINKING, title="自查")
    told.say(OFFICE, RecordMatter(matter="own", body=own))
    itself = replace(listing("台账不全"), matter="own")
    assert refusal(told, LINKING_HEAD, itself) == (Reason.NOT_YOURS_TO_INSPECT, "/matter")


def test_of_several_units_each_has_its_own_problems(told: Told) -> None:
    both = replace(INSPECTION, authors=(Author(unit=SOUTH), Author(unit=NORTH)), title="督查两站")
    told.say(OFFICE, RecordMatter(matter="both", body=both))
    unnamed = replace(listing("台账不全"), matter="both")
    assert refusal(told, OFFICE, unnamed) == (Reason.NAME_ONE, "/problems/0/unit")
    other = replace(listing("台账不全", unit=ECONOMY), matter="both")
    assert refusal(told, OFFICE, other) == (Reason.NOT_INSPECTED, "/problems/0/unit")

    told.say(OFFICE, replace(listing("台账不全", "没有标牌", unit=SOUTH), matter="both"))
    assert refusal(told, NORTH_CLERK, replace(report(), matter="both")) == (
        Reason.NOT_YOURS_TO_MEND,
        "/number",
    )
    south, north = told.facts("matter/both").values()
    assert (south.details.findings, north.details.findings) == (2, 0)
    assert ([r.stage for r in south.reached], north.reached) == ([Stage.NOTIFIED], ())
    assert told.deed("matter/both").body.details.findings == 2

    less = replace(told.deed("matter/both").body, authors=(Author(unit=NORTH),))
    amend = AmendMatter(matter="both", body=less, reason="误登")
    assert refusal(told, OFFICE, amend) == (Reason.PROBLEMS_LISTED, "/body/authors")


def test_nobody_says_other_numbers_or_stages_than_the_problems_that_are_listed(
    told: Told,
) -> None:
    typed = replace(INSPECTION, details=replace(INSPECTION.details, findings=5, findings_mended=4))
    told.say(OFFICE, AmendMatter(matter="m", body=typed, reason="补数"))
    told.say(OFFICE, ReportOutcome(matter="m", outcome=Reached(stage=Stage.MENDED, on=BY)))
    assert (numbers(told), stages(told)) == ((5, 4), [(Stage.MENDED, BY)])

    told.say(OFFICE, listing("台账不全", "没有标牌"))
    assert (numbers(told), stages(told)) == ((2, 0), [(Stage.NOTIFIED, HELD)])
    amend = AmendMatter(matter="m", body=typed, reason="补数")
    assert refusal(told, OFFICE, amend) == (Reason.PROBLEMS_LISTED, "/body/details/findings")
    other = replace(typed, details=Proposed(), authors=(Author(person=LI), Author(unit=SOUTH)))
    kind = AmendMatter(matter="m", body=other, reason="类别")
    assert refusal(told, OFFICE, kind) == (Reason.PROBLEMS_LISTED, "/body/details/kind")
    outcome = ReportOutcome(matter="m", outcome=Reached(stage=Stage.MENDED, on=TODAY))
    retract = RetractOutcome(matter="m", stage=Stage.NOTIFIED, reason="误")
    assert refusal(told, OFFICE, outcome) == (Reason.PROBLEMS_LISTED, "/outcome/stage")
    assert refusal(told, OFFICE, retract) == (Reason.PROBLEMS_LISTED, "/stage")

    body = told.deed("matter/m").body
    assert told.say(
        OFFICE, AmendMatter(matter="m", body=replace(body, title="督查"), reason="题目")
    )
    told.say(OFFICE, ReportOutcome(matter="m", outcome=Reached(stage=Stage.PASSED, on=TODAY)))
    assert numbers(told) == (2, 0)
    assert stages(told) == [(Stage.NOTIFIED, HELD), (Stage.PASSED, TODAY)]


def test_what_was_typed_stands_again_once_all_that_was_listed_is_taken_back(told: Told) -> None:
    typed = replace(INSPECTION, details=replace(INSPECTION.details, findings=5, findings_mended=4))
    told.say(OFFICE, AmendMatter(matter="m", body=typed, reason="补数"))
    for stage in (Stage.NOTIFIED, Stage.MENDED):
        told.say(OFFICE, ReportOutcome(matter="m", outcome=Reached(stage=stage, on=BY)))
    told.say(OFFICE, listing("误", "又误"))
    passed = Reached(stage=Stage.PASSED, on=TODAY)
    told.say(OFFICE, ReportOutcome(matter="m", outcome=passed))
    body = told.deed("matter/m").body
    renamed = replace(body, title="督查一站", details=replace(body.details, standard="五有"))
    told.say(OFFICE, AmendMatter(matter="m", body=renamed, reason="题目"))
    told.say(OFFICE, WithdrawProblem(matter="m", number=1, reason="误登"))
    assert (numbers(told), stages(told)[0]) == ((1, 0), (Stage.NOTIFIED, HELD))

    told.say(OFFICE, WithdrawProblem(matter="m", number=2, reason="误登"))
    assert numbers(told) == (5, 4)
    assert stages(told) == [(Stage.NOTIFIED, BY), (Stage.MENDED, BY), (Stage.PASSED, TODAY)]
    body = told.deed("matter/m").body
    assert (body.title, body.details.standard) == ("督查一站", "五有")

    told.say(OFFICE, AmendMatter(matter="m", body=INSPECTION, reason="没有发现"))
    told.say(OFFICE, RetractOutcome(matter="m", stage=Stage.MENDED, reason="误"))
    assert (numbers(told), stages(told)[-1]) == ((0, 0), (Stage.PASSED, TODAY))
    told.say(OFFICE, listing("正"))
    told.say(OFFICE, WithdrawProblem(matter="m", number=3, reason="误登"))
    assert (numbers(told), stages(told)[0]) == ((0, 0), (Stage.NOTIFIED, BY))


def test_an_inspection_is_not_moved_past_the_day_on_which_a_problem_was_notified(
    told: Told,
) -> None:
    told.say(OFFICE, listing("误"))
    told.say(OFFICE, listing("台账不全", on=BY))

    def moved(on: date) -> AmendMatter:
        body = replace(told.deed("matter/m").body, on=on)
        return AmendMatter(matter="m", body=body, reason="日期")

    next_day = HELD + timedelta(days=1)
    assert refusal(told, OFFICE, moved(next_day)) == (Reason.AFTER_NOTIFIED, "/body/on")
    assert told.say(OFFICE, moved(HELD - timedelta(days=1)))
    assert told.say(OFFICE, moved(HELD))
    told.say(OFFICE, WithdrawProblem(matter="m", number=1, reason="误登"))
    assert told.say(OFFICE, moved(BY))
    assert refusal(told, OFFICE, moved(BY + timedelta(days=1)))[0] is Reason.AFTER_NOTIFIED


def test_days_texts_and_standards_are_checked(told: Told) -> None:
    tomorrow = TODAY + timedelta(days=1)
    has = Checklist(
        code="five",
        version="1",
        zh="五有",
        en="five haves",
        since=date(2025, 1, 1),
        subject=Subject.UNIT,
        slots=(Slot(number=2, zh="有标识标牌", en="signs"),),
    )
    told.lists.append(has)
    told.lists.append(replace(has, code="members", subject=Subject.MEMBER))
    for wrong, refused in (
        (NotifyProblems(matter="m", on=HELD, problems=()), (Reason.MISSING, "/problems")),
        (listing(" "), (Reason.MISSING, "/problems/0/text")),
        (listing("长" * 2001), (Reason.TOO_LARGE, "/problems/0/text")),
        (listing("台", on=tomorrow, by=tomorrow), (Reason.IN_FUTURE, "/on")),
        (listing("台", on=HELD - timedelta(days=1)), (Reason.TOO_EARLY, "/on")),
        (
            listing("台", by=HELD - timedelta(days=1)),
            (Reason.WRONG_ORDER, "/problems/0/mend_by"),
        ),
        (
            listing("台", checklist="none", item=2),
            (Reason.NO_SUCH_CHECKLIST, "/problems/0/checklist"),
        ),
        (
            listing("台", checklist="members", item=2),
            (Reason.NO_SUCH_CHECKLIST, "/problems/0/checklist"),
        ),
        (listing("台", item=2), (Reason.NO_SUCH_CHECKLIST, "/problems/0/checklist")),
        (listing("台", checklist="five", item=9), (Reason.NO_SUCH_ITEM, "/problems/0/item")),
        (replace(listing("台"), matter="none"), (Reason.NO_SUCH_DEED, "/matter")),
    ):
        assert refusal(told, OFFICE, wrong) == refused
    told.say(OFFICE, listing("没有标牌", checklist="five", item=2, by=None))
    (found,) = told.deed("matter/m").problems
    assert (found.called, found.mend_by) == (Label("五有·有标识标牌", "five haves: signs"), None)
    assert not found.overdue(tomorrow)

    for bad, refused in (
        (report(on=tomorrow), (Reason.IN_FUTURE, "/on")),
        (report(on=HELD - timedelta(days=1)), (Reason.TOO_EARLY, "/on")),
        (report(account=" "), (Reason.MISSING, "/account")),
    ):
        assert refusal(told, STUDIO_HEAD, bad) == refused
    told.say(STUDIO_HEAD, report(on=BY))
    assert refusal(told, OFFICE, off(on=BY - timedelta(days=1))) == (Reason.TOO_EARLY, "/on")
    early = PutOffProblem(matter="m", number=1, mend_by=HELD - timedelta(days=1), reason="缓")
    assert refusal(told, OFFICE, early) == (Reason.WRONG_ORDER, "/mend_by")
    long = PutOffProblem(matter="m", number=1, mend_by=TODAY, reason="长" * 2001)
    assert refusal(told, OFFICE, long) == (Reason.TOO_LARGE, "/reason")


def test_only_inspections_have_problems_one_by_one(told: Told) -> None:
    proposal = replace(INSPECTION, details=Proposed(), authors=(Author(person=LI),))
    told.say(OFFICE, RecordMatter(matter="p", body=proposal))
    wrong = replace(listing("台账不全"), matter="p")
    assert refusal(told, OFFICE, wrong) == (Reason.STAGE_NOT_OF_KIND, "/matter")


def test_two_hundred_problems_are_the_most(told: Told) -> None:
    told.say(OFFICE, listing(*(f"问题{n}" for n in range(200))))
    assert refusal(told, OFFICE, listing("又一条")) == (Reason.TOO_MANY, "/problems")


def test_all_of_it_is_handling(told: Told) -> None:
    for command in (listing("台"), report(), off()):
        assert ACTIONS[type(command)] is Action.HANDLE
    auditor = replace(OFFICE, role=Role.AUDITOR, unit=UnitId("none"))
    assert refusal(told, auditor, listing("台"))[0] is Reason.NOT_ALLOWED

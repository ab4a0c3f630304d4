"""Matters: authors, stages reached and taken back, what is refused, and the facts that follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.deed import AssignItem, Confirm, LinkSame, Return, Supersede, Withdraw
from domain.evidence import Evidence
from domain.fact import Authorship, Fact, Followed, Mark, Reached, RecordClass, Stamp, SubjectId
from domain.kinds import Stage
from domain.kinds.advice import CarriedUp, DeliveredSpeech, Proposed, ReportedOpinion
from domain.kinds.help import DeliveredLivelihoodDeed, PromotedInvestment
from domain.kinds.people import VisitedVillage
from domain.kinds.works import Survey
from domain.matter import (
    AmendMatter,
    Author,
    Matter,
    MatterAmended,
    MatterRecorded,
    OutcomeReached,
    OutcomeRetracted,
    RecordMatter,
    ReportOutcome,
    RetractOutcome,
    Sensitivity,
    warnings,
)
from domain.people import Actor, PersonId, Reason, Role, UnitId, Warned
from domain.streams import day_of
from domain.streams import warnings as all_warnings
from domain.unit import Side
from domain.words import Level
from tests.county import (
    AUDITOR,
    CHEN,
    CLERK,
    CONVENOR,
    COUNTY,
    ECONOMY,
    GUEST,
    LATER,
    LI,
    LINKING_HEAD,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    TODAY,
    WANG,
    ZHAO,
    Told,
    himself,
)
from tests.refusal import refusal

MATTER = "matter/p"
DAY = date(2025, 3, 1)
LATER_ON = date(2025, 4, 1)
CLOSED = UnitId("closed")


def by(who: PersonId, **said: Any) -> Author:
    """A member as author."""
    return Author(person=who, **said)


def proposal(*authors: Author, **said: Any) -> Matter[Any]:
    """A proposal about a road."""
    given: dict[str, Any] = {
        "details": Proposed(),
        "title": "修路提案",
        "on": DAY,
        "organiser": COUNTY,
        "authors": authors or (by(LI),),
    }
    return Matter(**(given | said))


def record(body: Matter[Any], matter: str = "p", **said: Any) -> RecordMatter:
    return RecordMatter(matter=matter, body=body, **said)


def amend(body: Matter[Any], reason: str = "更正") -> AmendMatter:
    return AmendMatter(matter="p", body=body, reason=reason)


def recorded(*authors: Author, actor: Actor = OFFICE, **said: Any) -> Told:
    told = Told()
    told.say(actor, record(proposal(*authors, **said)))
    return told


def report(stage: Stage, on: date = LATER_ON, **said: Any) -> ReportOutcome:
    return ReportOutcome(matter="p", outcome=Reached(stage=stage, on=on, **said))


# Recording


def test_what_is_recorded_is_stored_as_it_was_said() -> None:
    body = proposal(by(LI), by(ZHAO))
    told = Told()

    events = told.say(OFFICE, record(body))

    assert events == [MatterRecorded(matter="p", body=body, record=RecordClass.COUNTY)]
    assert day_of(events[0]) == DAY
    assert told.deed(MATTER).body == body


def test_every_author_has_a_fact_with_his_place_and_share() -> None:
    told = recorded(
        by(LI, role=Authorship.FIRST, share=Decimal("0.6")),
        Author(unit=ECONOMY, role=Authorship.CONTRIBUTOR),
        actor=CONVENOR,
        organiser=ECONOMY,
        level=Level.CITY,
        key=True,
        work="w1",
        figure=Decimal("12.5"),
        evidence=(Evidence(name="原件"),),
    )

    first = Fact(
        deed=MATTER,
        subject=SubjectId("member/li"),
        kind="proposed",
        on=DAY,
        details=Proposed(),
        title="修路提案",
        position=1,
        recorded_on=TODAY,
        recorded_by=WANG,
        recorder=ECONOMY,
        record=RecordClass.SECTOR,
        organiser=ECONOMY,
        level=Level.CITY,
        key=True,
        work="w1",
        authorship=Authorship.FIRST,
        place=1,
        authors=2,
        share=Decimal("0.6"),
        figure=Decimal("12.5"),
        evidence=1,
        sector=Stamp(mark=Mark.RECORDED, by=WANG, unit=ECONOMY, on=TODAY, position=1),
    )
    assert told.facts(MATTER) == {
        "member/li": first,
        "unit/economy": replace(
            first,
            subject=SubjectId("unit/economy"),
            authorship=Authorship.CONTRIBUTOR,
            place=2,
            share=None,
        ),
    }


def test_members_declare_what_they_are_first_to_sign() -> None:
    told = recorded(by(LI), by(CHEN), actor=himself(LI))

    assert {f.record for f in told.facts(MATTER).values()} == {RecordClass.SELF}
    for authors in ((by(CHEN),), (by(CHEN), by(LI)), (Author(unit=ECONOMY), by(LI))):
        assert refusal(Told(), himself(LI), record(proposal(*authors))) == (
            Reason.NOT_YOURS_TO_RECORD,
            "/body/authors/0",
        )


def test_an_id_is_recorded_under_only_once() -> None:
    assert refusal(recorded(), OFFICE, record(proposal())) == (Reason.ALREADY_RECORDED, "/matter")


@pytest.mark.parametrize(
    ("body", "reason", "field"),
    [
        (proposal(details=VisitedVillage()), Reason.WRONG_TAG, "/body/details/kind"),
        (proposal(title=" "), Reason.MISSING, "/body/title"),
        (proposal(on=TODAY + timedelta(days=1)), Reason.IN_FUTURE, "/body/on"),
        (
            proposal(sensitivity=Sensitivity.PAPER_ONLY, text="正文", on_paper="密1号"),
            Reason.STAYS_ON_PAPER,
            "/body/text",
        ),
        (
            proposal(sensitivity=Sensitivity.PAPER_ONLY, on_paper=" "),
            Reason.MISSING,
            "/body/on_paper",
        ),
        (proposal(figure=Decimal("Infinity")), Reason.MALFORMED, "/body/figure"),
        (proposal(figure=Decimal("1E+999999999")), Reason.MALFORMED, "/body/figure"),
        (
            proposal(details=PromotedInvestment(project="甲", investment=Decimal("1E+5000"))),
            Reason.MALFORMED,
            "/body/details/investment",
        ),
        (proposal(organiser=UnitId("nowhere")), Reason.NO_SUCH_UNIT, "/body/organiser"),
        (proposal(organiser=CLOSED), Reason.UNIT_CLOSED, "/body/organiser"),
        (proposal(authors=()), Reason.MISSING, "/body/authors"),
        (proposal(Author()), Reason.MALFORMED, "/body/authors/0"),
        (proposal(by(LI, unit=ECONOMY)), Reason.MALFORMED, "/body/authors/0"),
        (proposal(by(LI, share=Decimal("1.1"))), Reason.MALFORMED, "/body/authors/0/share"),
        (proposal(by(LI, share=Decimal("-0.1"))), Reason.MALFORMED, "/body/authors/0/share"),
        (proposal(by(LI, share=Decimal("NaN"))), Reason.MALFORMED, "/body/authors/0/share"),
        (proposal(by(LI, share=Decimal("1E-99"))), Reason.MALFORMED, "/body/authors/0/share"),
        (
            proposal(by(LI), by(PersonId("nobody"))),
            Reason.NO_SUCH_PERSON,
            "/body/authors/1/person",
        ),
        (proposal(by(LATER)), Reason.NOT_A_MEMBER_THEN, "/body/authors/0/person"),
        (proposal(by(GUEST)), Reason.NOT_A_MEMBER_THEN, "/body/authors/0/person"),
        (proposal(Author(unit=UnitId("x"))), Reason.NO_SUCH_UNIT, "/body/authors/0/unit"),
        (proposal(Author(unit=CLOSED)), Reason.UNIT_CLOSED, "/body/authors/0/unit"),
        (proposal(by(LI), by(CHEN), by(LI)), Reason.SAME_TWICE, "/body/authors/2"),
        (
            proposal(by(LI), by(CHEN, role=Authorship.FIRST)),
            Reason.MALFORMED,
            "/body/authors/1/role",
        ),
        (
            proposal(Author(unit=ECONOMY), by(LI), details=Survey()),
            Reason.SUBJECT_NOT_OF_KIND,
            "/body/authors/1",
        ),
        (
            proposal(Author(unit=ECONOMY), details=CarriedUp()),
            Reason.SUBJECT_NOT_OF_KIND,
            "/body/authors/0",
        ),
    ],
)
def test_a_body_that_does_not_hold_is_refused_where_it_is_wrong(
    body: Matter[Any], reason: Reason, field: str
) -> None:
    assert refusal(Told(), OFFICE, record(body)) == (reason, field)
    assert refusal(recorded(by(CHEN)), OFFICE, amend(body)) == (reason, field)


def test_who_gives_help_need_not_be_a_member() -> None:
    deed = proposal(by(LATER), by(GUEST), details=DeliveredLivelihoodDeed())

    assert Told().say(OFFICE, record(deed)) == [
        MatterRecorded(matter="p", body=deed, record=RecordClass.COUNTY)
    ]
    unknown = replace(deed, authors=(by(PersonId("nobody")),))
    assert refusal(Told(), OFFICE, record(unknown)) == (
        Reason.NO_SUCH_PERSON,
        "/body/authors/0/person",
    )


def test_today_and_the_day_of_the_matter_are_soon_enough() -> None:
    told = recorded(on=TODAY)

    told.say(OFFICE, report(Stage.FILED, TODAY))

    assert [r.on for r in told.facts(MATTER)["member/li"].reached] == [TODAY]


def test_what_is_on_paper_only_is_registered_by_its_number() -> None:
    told = recorded(sensitivity=Sensitivity.PAPER_ONLY, on_paper="密〔2025〕1号")

    assert told.deed(MATTER).body.on_paper == "密〔2025〕1号"


@pytest.mark.parametrize(
    ("actor", "reason", "field"),
    [
        (NORTH_CLERK, Reason.NOT_YOURS_TO_RECORD, "/body/organiser"),
        (
            Actor(person=PersonId("a"), role=Role.APPRAISAL, unit=SOUTH),
            Reason.NOT_ALLOWED,
            "",
        ),
        (AUDITOR, Reason.NOT_ALLOWED, ""),
    ],
)
def test_a_matter_is_recorded_by_the_unit_it_came_in_through(
    actor: Actor, reason: Reason, field: str
) -> None:
    assert refusal(Told(), actor, record(proposal(organiser=SOUTH))) == (reason, field)


# Saying it anew, taking it back


def test_what_is_said_anew_replaces_the_whole_and_keeps_the_stages() -> None:
    told = recorded()
    told.say(OFFICE, report(Stage.FILED))
    new = proposal(by(LI), by(ZHAO), title="修桥提案")

    assert told.say(OFFICE, amend(new, "题目有误")) == [
        MatterAmended(matter="p", body=new, reason="题目有误")
    ]

    facts = told.facts(MATTER)
    assert {s: f.title for s, f in facts.items()} == {
        "member/li": "修桥提案",
        "member/zhao": "修桥提案",
    }
    assert all(f.has(Stage.FILED) for f in facts.values())
    assert told.say(OFFICE, amend(new)) == []


def test_a_correction_answers_the_return() -> None:
    told = recorded(actor=CLERK, organiser=SOUTH)
    told.say(CONVENOR, Return(deed=MATTER, side=Side.SECTOR, people=(LI,), reason="题目不对"))

    told.say(CLERK, amend(proposal(by(LI), by(CHEN), organiser=SOUTH, title="修桥提案")))

    facts = told.facts(MATTER)
    assert facts["member/li"].sector is not None
    assert facts["member/li"].sector.mark is Mark.CORRECTED
    assert facts["member/chen"].studio == Stamp(
        mark=Mark.RECORDED, by=CLERK.person, unit=SOUTH, on=TODAY, position=3
    )


def test_who_may_say_it_anew() -> None:
    told = recorded(organiser=SOUTH)

    assert refusal(told, NORTH_CLERK, amend(proposal())) == (Reason.NOT_YOURS_TO_RECORD, "")
    assert refusal(told, himself(LI), amend(proposal())) == (Reason.NOT_ALLOWED, "")
    assert refusal(told, CLERK, amend(proposal(), "")) == (Reason.REASON_MISSING, "/reason")
    assert refusal(Told(), OFFICE, amend(proposal())) == (Reason.NO_SUCH_DEED, "/matter")


def test_a_member_says_anew_what_he_declared() -> None:
    told = recorded(actor=himself(LI))

    assert len(told.say(himself(LI), amend(proposal(title="修桥提案")))) == 1
    assert refusal(told, himself(ZHAO), amend(proposal(by(ZHAO)))) == (Reason.NOT_ALLOWED, "")


def test_what_is_withdrawn_yields_no_facts_and_cannot_be_changed() -> None:
    told = recorded()
    told.say(OFFICE, Withdraw(deed=MATTER, reason="误登"))

    assert told.facts(MATTER) == {}
    assert refusal(told, OFFICE, amend(proposal())) == (Reason.WITHDRAWN, "/matter")
    assert refusal(told, OFFICE, report(Stage.FILED)) == (Reason.WITHDRAWN, "/matter")
    assert refusal(told, OFFICE, Withdraw(deed=MATTER, reason="误登")) == (
        Reason.WITHDRAWN,
        "/deed",
    )


def test_a_matter_gives_way_is_linked_and_fills_an_item_like_any_deed() -> None:
    told = recorded()
    told.say(OFFICE, record(proposal(title="同一提案"), "q"))

    told.say(OFFICE, LinkSame(deed="matter/q", same_as=MATTER))
    told.say(OFFICE, AssignItem(deed="matter/q", person=LI, item="proposal", reason="归入"))
    assert (told.facts("matter/q")["member/li"].same_as, told.facts(MATTER)["member/li"].item) == (
        MATTER,
        "",
    )
    assert told.facts("matter/q")["member/li"].item == "proposal"
    told.say(OFFICE, Supersede(deed="matter/q", by=MATTER, reason="合并"))
    assert told.facts("matter/q") == {}


def test_only_persons_among_the_authors_are_answered_for() -> None:
    told = recorded(Author(unit=ECONOMY), by(LI), by(ZHAO))

    (confirmed,) = told.say(CONVENOR, Confirm(deed=MATTER, side=Side.SECTOR))

    assert confirmed.people == (LI, ZHAO)  # type: ignore[union-attr]
    assert told.facts(MATTER)["unit/economy"].sector == told.facts(MATTER)["member/li"].sector


# Likely duplicates


def test_one_kind_title_and_first_author_twice_is_worth_a_look() -> None:
    told = recorded(by(LI), by(ZHAO))
    again = record(proposal(by(LI), title=" 修路 提案 ", on=LATER_ON), "q")
    warned = [Warned(reason=Reason.LIKELY_DUPLICATE, field="/body/title", deed=MATTER)]

    assert warnings(again, told.known()) == warned
    assert all_warnings(again, told.known()) == warned
    assert len(told.say(OFFICE, again)) == 1


@pytest.mark.parametrize(
    "other",
    [
        proposal(by(ZHAO), by(LI)),
        proposal(title="修桥提案"),
        proposal(details=ReportedOpinion()),
    ],
)
def test_another_author_title_or_kind_is_nothing_like_it(other: Matter[Any]) -> None:
    assert warnings(record(other, "q"), recorded().known()) == []


def test_strictly_a_likely_duplicate_is_refused_until_the_recorder_has_looked() -> None:
    told = recorded()
    told.strict = True

    assert refusal(told, OFFICE, record(proposal(), "q")) == (
        Reason.LIKELY_DUPLICATE,
        "/body/title",
    )
    assert len(told.say(OFFICE, record(proposal(), "q", differs=True))) == 1


def test_what_was_withdrawn_may_be_recorded_anew() -> None:
    told = recorded()
    told.strict = True
    told.say(OFFICE, Withdraw(deed=MATTER, reason="误登"))

    assert len(told.say(OFFICE, record(proposal(), "q"))) == 1


# Stages


@pytest.mark.parametrize(
    "reached",
    [
        Reached(stage=Stage.FILED, on=LATER_ON, document="立案〔2025〕7号"),
        Reached(stage=Stage.NOT_FILED, on=LATER_ON, note="内容重复"),
        Reached(stage=Stage.CONVERTED_TO_OPINION, on=LATER_ON),
        Reached(stage=Stage.ADOPTED, on=LATER_ON, by="交通局"),
        Reached(stage=Stage.FORWARDED, on=LATER_ON, level=Level.CITY),
        Reached(stage=Stage.INSTRUCTED, on=LATER_ON, level=Level.PROVINCE, rank="副省长"),
        Reached(stage=Stage.MADE_KEY, on=LATER_ON),
        Reached(stage=Stage.RATED_EXCELLENT, on=DAY),
    ],
)
def test_a_stage_is_told_with_its_day_level_and_papers(reached: Reached) -> None:
    told = recorded()

    events = told.say(OFFICE, ReportOutcome(matter="p", outcome=replace(reached, position=99)))

    assert events == [OutcomeReached(matter="p", outcome=reached)]
    assert day_of(events[0]) == reached.on
    fact = told.facts(MATTER)["member/li"]
    assert fact.reached == (replace(reached, position=2),)
    assert fact.has(reached.stage)
    assert fact.key is (reached.stage is Stage.MADE_KEY)


def test_the_same_stage_twice_changes_nothing_and_at_another_level_it_is_another() -> None:
    told = recorded()
    told.say(OFFICE, report(Stage.FORWARDED, level=Level.CITY))

    assert told.say(OFFICE, report(Stage.FORWARDED, level=Level.CITY)) == []
    assert len(told.say(OFFICE, report(Stage.FORWARDED, level=Level.PROVINCE))) == 1
    assert [r.level for r in told.facts(MATTER)["member/li"].reached] == [
        Level.CITY,
        Level.PROVINCE,
    ]


def test_a_stage_taken_back_was_not_reached() -> None:
    told = recorded()
    told.say(OFFICE, report(Stage.MADE_KEY))
    before = told.facts(MATTER)
    told.say(OFFICE, report(Stage.FORWARDED, level=Level.CITY))
    retract = RetractOutcome(
        matter="p", stage=Stage.FORWARDED, level=Level.CITY, reason="未实际报送"
    )

    assert told.say(OFFICE, retract) == [
        OutcomeRetracted(matter="p", stage=Stage.FORWARDED, level=Level.CITY, reason="未实际报送")
    ]

    assert told.facts(MATTER) == before
    assert refusal(told, OFFICE, retract) == (Reason.NO_SUCH_OUTCOME, "/stage")
    told.say(OFFICE, RetractOutcome(matter="p", stage=Stage.MADE_KEY, reason="未列入"))
    assert not told.facts(MATTER)["member/li"].key
    assert len(told.say(OFFICE, report(Stage.FORWARDED, level=Level.CITY))) == 1


def test_a_stage_is_taken_back_at_the_level_that_it_was_reported_at() -> None:
    told = recorded()
    told.say(OFFICE, report(Stage.FORWARDED, level=Level.CITY))

    for stage, level in (
        (Stage.FORWARDED, Level.PROVINCE),
        (Stage.FORWARDED, None),
        (Stage.INSTRUCTED, Level.CITY),
    ):
        retract = RetractOutcome(matter="p", stage=stage, level=level, reason="误")
        assert refusal(told, OFFICE, retract) == (Reason.NO_SUCH_OUTCOME, "/stage")


def test_the_latest_of_a_stage_and_level_is_taken_back() -> None:
    told = recorded()
    for on in (date(2025, 4, 1), date(2025, 5, 1)):
        told.say(OFFICE, report(Stage.INSTRUCTED, on, level=Level.CITY))

    told.say(
        OFFICE,
        RetractOutcome(matter="p", stage=Stage.INSTRUCTED, level=Level.CITY, reason="重复"),
    )

    assert [r.on for r in told.facts(MATTER)["member/li"].reached] == [date(2025, 4, 1)]


def test_what_followed_from_an_instruction_is_said_of_it_and_may_be_said_anew() -> None:
    told = recorded()
    said: dict[str, Any] = {"level": Level.CITY, "rank": "市长", "document": "批〔2025〕3号"}
    told.say(OFFICE, report(Stage.INSTRUCTED, **said, by="某某", note="纸质"))
    told.say(OFFICE, report(Stage.INSTRUCTED, **said | {"document": "批〔2025〕4号"}))

    then = report(Stage.INSTRUCTED, **said, followed=Followed.MEETING)
    assert len(told.say(OFFICE, then)) == 1
    assert told.say(OFFICE, then) == []
    told.say(OFFICE, report(Stage.INSTRUCTED, **said, followed=Followed.DOCUMENT))

    reached = told.facts(MATTER)["member/li"].reached
    assert [(r.document, r.followed, r.by, r.note, r.position) for r in reached] == [
        ("批〔2025〕3号", Followed.DOCUMENT, "某某", "纸质", 2),
        ("批〔2025〕4号", None, "", "", 3),
    ]


def test_nothing_follows_but_from_an_instruction() -> None:
    said = report(Stage.FILED, followed=Followed.DOCUMENT)
    assert refusal(recorded(), OFFICE, said) == (Reason.MALFORMED, "/outcome/followed")


def test_a_key_matter_stays_key_however_it_became_so() -> None:
    assert recorded(key=True).facts(MATTER)["member/li"].key


@pytest.mark.parametrize(
    ("actor", "command", "reason", "field"),
    [
        (OFFICE, report(Stage.PRINTED), Reason.STAGE_NOT_OF_KIND, "/outcome/stage"),
        (
            OFFICE,
            report(Stage.FILED, TODAY + timedelta(days=1)),
            Reason.IN_FUTURE,
            "/outcome/on",
        ),
        (OFFICE, report(Stage.FILED, date(2025, 2, 28)), Reason.BEFORE_SUBMISSION, "/outcome/on"),
        (himself(LI), report(Stage.FILED), Reason.NOT_ALLOWED, ""),
        (AUDITOR, report(Stage.FILED), Reason.NOT_ALLOWED, ""),
        (
            himself(LI),
            RetractOutcome(matter="p", stage=Stage.FILED, reason="误"),
            Reason.NOT_ALLOWED,
            "",
        ),
        (
            OFFICE,
            RetractOutcome(matter="p", stage=Stage.FILED, reason=""),
            Reason.REASON_MISSING,
            "/reason",
        ),
        (
            OFFICE,
            RetractOutcome(matter="p", stage=Stage.FILED, reason="误"),
            Reason.NO_SUCH_OUTCOME,
            "/stage",
        ),
    ],
)
def test_stages_that_cannot_be_are_refused(
    actor: Actor, command: ReportOutcome | RetractOutcome, reason: Reason, field: str
) -> None:
    assert refusal(recorded(), actor, command) == (reason, field)


def test_nothing_becomes_of_a_matter_that_is_not_there() -> None:
    told = Told()

    assert refusal(told, OFFICE, report(Stage.FILED)) == (Reason.NO_SUCH_DEED, "/matter")
    assert refusal(told, OFFICE, RetractOutcome(matter="p", stage=Stage.FILED, reason="误")) == (
        Reason.NO_SUCH_DEED,
        "/matter",
    )
    assert refusal(told, OFFICE, Withdraw(deed=MATTER, reason="误")) == (
        Reason.NO_SUCH_DEED,
        "/deed",
    )


def test_the_unit_that_it_came_in_through_reports_what_becomes_of_it() -> None:
    told = recorded(by(LI), organiser=SOUTH)

    assert len(told.say(CLERK, report(Stage.REPLIED, by="交通局"))) == 1


def test_a_special_committee_reports_what_becomes_of_any_matter() -> None:
    assert len(recorded().say(LINKING_HEAD, report(Stage.REPLIED, by="交通局"))) == 1


def test_another_unit_does_not_report_outcomes() -> None:
    assert refusal(recorded(), CLERK, report(Stage.REPLIED))[0] is Reason.NOT_YOURS_TO_RECORD


def test_nobody_reports_outcomes_of_his_own_matter() -> None:
    told = recorded(by(WANG), organiser=ECONOMY)

    assert refusal(told, CONVENOR, report(Stage.FILED)) == (Reason.OWN_MATTER, "/matter")


def test_an_author_whom_an_amendment_adds_late_is_late() -> None:
    told = recorded(by(LI))
    told.today = LATER_ON + timedelta(days=300)

    amended = AmendMatter(matter="p", body=proposal(by(LI), by(CHEN)), reason="补联名")
    told.say(OFFICE, amended)

    days = {s: f.recorded_on for s, f in told.facts(MATTER).items()}
    assert days == {"member/li": TODAY, "member/chen": told.today}


def test_a_share_belongs_to_one_author() -> None:
    facts = recorded(by(LI, share=Decimal(1)), by(CHEN, share=Decimal(0))).facts(MATTER)

    assert [(f.place, f.share) for f in facts.values()] == [(1, Decimal(1)), (2, Decimal(0))]


def test_of_a_proposal_nothing_is_said_about_the_session_unless_somebody_does() -> None:
    assert Proposed().season is None


# Other forms of the same


def test_what_was_converted_stands_as_one_deed_with_its_source() -> None:
    told = recorded(by(LI))
    report_ = proposal(by(LI), details=ReportedOpinion(), converted_from=MATTER)
    told.say(OFFICE, record(report_, "o"))

    assert told.facts("matter/o")["member/li"].same_as == MATTER
    assert told.deed("matter/o").same_as == ""

    told.say(OFFICE, LinkSame(deed="matter/o", same_as=MATTER))
    told.say(OFFICE, AmendMatter(matter="o", body=proposal(by(LI)), reason="误"))
    assert told.facts("matter/o")["member/li"].same_as == MATTER


NAMES_ANOTHER = [
    ({"answers": "{}"}, "/body/answers"),
    ({"converted_from": "{}"}, "/body/converted_from"),
    ({"merged_into": "{}"}, "/body/merged_into"),
]


def naming(said: dict[str, str], other: str) -> Matter[Any]:
    return proposal(by(LI), **{name: text.format(other) for name, text in said.items()})


@pytest.mark.parametrize(("said", "field"), NAMES_ANOTHER)
def test_the_deeds_that_a_matter_names_are_there(said: dict[str, str], field: str) -> None:
    told = recorded(by(LI))

    for other in ("matter/nothing", "pairing/p", "not the name of a record"):
        new = record(naming(said, other), "q")
        assert refusal(told, OFFICE, new) == (Reason.NO_SUCH_DEED, field)
        assert refusal(told, OFFICE, amend(new.body)) == (Reason.NO_SUCH_DEED, field)


@pytest.mark.parametrize(("said", "field"), NAMES_ANOTHER)
def test_a_matter_is_not_another_form_of_itself_and_does_not_answer_itself(
    said: dict[str, str], field: str
) -> None:
    told = recorded(by(LI))

    assert refusal(told, OFFICE, record(naming(said, "matter/q"), "q")) == (
        Reason.SAME_RECORD,
        field,
    )
    assert refusal(told, OFFICE, amend(naming(said, MATTER))) == (Reason.SAME_RECORD, field)


@pytest.mark.parametrize(("said", "field"), NAMES_ANOTHER)
def test_the_deeds_that_a_matter_newly_names_stand(said: dict[str, str], field: str) -> None:
    told = recorded(by(LI))
    told.say(OFFICE, record(naming(said, MATTER), "q"))
    told.say(OFFICE, Withdraw(deed=MATTER, reason="误录"))

    another = record(naming(said, MATTER), "r")
    assert refusal(told, OFFICE, another) == (Reason.WITHDRAWN, field)

    corrected = replace(naming(said, MATTER), title="改建道路提案")
    assert told.say(OFFICE, AmendMatter(matter="q", body=corrected, reason="更正题目")) != []


def test_the_speech_that_a_matter_names_is_there() -> None:
    told = recorded(by(LI))
    speech = proposal(by(LI), details=DeliveredSpeech(spoken_at="nothing"))
    said = (Reason.NO_SUCH_DEED, "/body/details/spoken_at")

    assert refusal(told, OFFICE, record(speech, "q")) == said


def test_a_matter_cannot_answer_what_answers_it() -> None:
    told = recorded(by(LI))
    told.say(OFFICE, record(proposal(by(LI), answers=MATTER), "q"))
    told.say(OFFICE, record(proposal(by(LI), converted_from="matter/q"), "r"))

    for name in ("answers", "converted_from"):
        back = amend(proposal(by(LI), **{name: "matter/r"}))
        assert refusal(told, OFFICE, back) == (Reason.IN_A_CIRCLE, f"/body/{name}")

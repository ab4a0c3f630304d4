"""Findings: what the appraisal committee and the office set, with a reason, and take back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.evidence import Evidence
from domain.fact import Fact, RecordClass, SubjectId
from domain.finding import (
    Finding,
    FindingRevoked,
    FindingSet,
    RevokeFinding,
    SetFinding,
)
from domain.kinds.findings import (
    MetStandard,
    Sanction,
    WasGraded,
    WasMarked,
    WasSanctioned,
    WasVetoed,
)
from domain.kinds.people import VisitedVillage
from domain.people import Actor, PersonId, Reason, Role, UnitId
from domain.streams import day_of
from tests.county import (
    AUDITOR,
    CLERK,
    CONVENOR,
    COUNTY,
    LI,
    OFFICE,
    SOUTH,
    TODAY,
    Told,
    himself,
)
from tests.refusal import refusal

STREAM = "finding/f"
APPRAISER = Actor(person=PersonId("appraiser"), role=Role.APPRAISAL, unit=COUNTY)
DETAILS = WasMarked(code="peer")


def finding(**said: Any) -> Finding[Any]:
    """A mark that the committee gave Li."""
    given: dict[str, Any] = {
        "details": DETAILS,
        "on": date(2025, 6, 1),
        "body": "考核组",
        "reason": "互评结果",
        "person": LI,
        "figure": Decimal("8.5"),
    }
    return Finding(**(given | said))


def set_(**said: Any) -> SetFinding:
    return SetFinding(finding="f", body=finding(**said))


def test_a_finding_is_one_fact_until_it_is_revoked() -> None:
    told = Told()

    events = told.say(APPRAISER, set_())

    assert events == [FindingSet(finding="f", body=finding())]
    assert day_of(events[0]) == date(2025, 6, 1)
    assert told.facts(STREAM) == {
        "member/li": Fact(
            deed=STREAM,
            subject=SubjectId("member/li"),
            kind="was_marked",
            on=date(2025, 6, 1),
            details=DETAILS,
            title=f"评定分数({finding().body})",
            position=1,
            recorded_on=TODAY,
            recorded_by=APPRAISER.person,
            recorder=COUNTY,
            record=RecordClass.COUNTY,
            figure=Decimal("8.5"),
        )
    }

    revoke = RevokeFinding(finding="f", reason="误录")
    assert told.say(OFFICE, revoke) == [FindingRevoked(finding="f", reason="误录")]
    assert told.facts(STREAM) == {}
    assert told.say(OFFICE, revoke) == []


def test_a_finding_may_be_of_today() -> None:
    told = Told()
    told.say(OFFICE, set_(on=TODAY))

    assert told.facts(STREAM)["member/li"].on == TODAY


def test_a_unit_is_found_of_too() -> None:
    told = Told()
    told.say(OFFICE, set_(person=None, unit=SOUTH, details=WasVetoed(code="v1"), figure=None))

    assert list(told.facts(STREAM)) == ["unit/south"]


def test_what_bears_a_finding_out_is_counted_in_its_fact() -> None:
    told = Told()
    proofs = (Evidence(name="场所照片"), Evidence(name="制度汇编", number="12"))
    met = MetStandard(standard="六有", item="有场所")
    told.say(OFFICE, set_(person=None, unit=SOUTH, details=met, reason="实地查看", evidence=proofs))

    (fact,) = told.facts(STREAM).values()
    assert (fact.subject, fact.details, fact.evidence) == ("unit/south", met, 2)


@pytest.mark.parametrize(
    ("details", "kind"),
    [
        (WasSanctioned(sanction=Sanction.ADMONITION, by="县纪委"), "was_sanctioned"),
        (WasGraded(by="专委会", grade="优秀"), "was_graded"),
        (MetStandard(standard="六有", item="有记录"), "met_standard"),
    ],
)
def test_each_kind_of_finding_is_found_of_a_member(details: Any, kind: str) -> None:
    told = Told()
    told.say(APPRAISER, set_(details=details, figure=None))

    fact = told.facts(STREAM)["member/li"]
    assert (fact.kind, fact.details, fact.figure, fact.evidence) == (kind, details, None, 0)


@pytest.mark.parametrize(
    ("said", "reason", "field"),
    [
        ({"details": VisitedVillage()}, Reason.WRONG_TAG, "/body/details/kind"),
        ({"reason": " "}, Reason.REASON_MISSING, "/body/reason"),
        ({"body": " "}, Reason.MISSING, "/body/body"),
        ({"on": TODAY + timedelta(days=1)}, Reason.IN_FUTURE, "/body/on"),
        ({"figure": Decimal("NaN")}, Reason.MALFORMED, "/body/figure"),
        ({"figure": Decimal("1E+999999999")}, Reason.MALFORMED, "/body/figure"),
        ({"person": None}, Reason.MALFORMED, "/body/person"),
        ({"unit": SOUTH}, Reason.MALFORMED, "/body/person"),
        ({"person": PersonId("nobody")}, Reason.NO_SUCH_PERSON, "/body/person"),
        ({"person": None, "unit": UnitId("x")}, Reason.NO_SUCH_UNIT, "/body/unit"),
    ],
)
def test_a_finding_that_does_not_hold_is_refused_where_it_is_wrong(
    said: dict[str, Any], reason: Reason, field: str
) -> None:
    assert refusal(Told(), APPRAISER, set_(**said)) == (reason, field)


@pytest.mark.parametrize("actor", [CLERK, CONVENOR, himself(LI), AUDITOR])
def test_nobody_else_sets_or_revokes(actor: Actor) -> None:
    told = Told()
    assert refusal(told, actor, set_()) == (Reason.NOT_ALLOWED, "")
    told.say(OFFICE, set_())
    assert refusal(told, actor, RevokeFinding(finding="f", reason="误")) == (
        Reason.NOT_ALLOWED,
        "",
    )


def test_nobody_sets_a_finding_of_himself() -> None:
    appraiser = Actor(person=LI, role=Role.APPRAISAL)

    assert refusal(Told(), appraiser, set_()) == (Reason.OWN_LINE, "/body/person")


def test_what_cannot_be_set_or_revoked_is_refused() -> None:
    told = Told()
    told.say(OFFICE, set_())

    assert refusal(told, OFFICE, set_()) == (Reason.ALREADY_RECORDED, "/finding")
    assert refusal(told, OFFICE, RevokeFinding(finding="f", reason=" ")) == (
        Reason.REASON_MISSING,
        "/reason",
    )
    assert refusal(Told(), OFFICE, RevokeFinding(finding="f", reason="误")) == (
        Reason.NO_SUCH_FINDING,
        "/finding",
    )


def test_nobody_revokes_a_finding_of_himself() -> None:
    told = Told()
    told.say(OFFICE, set_())

    assert refusal(
        told, Actor(person=LI, role=Role.APPRAISAL), RevokeFinding(finding="f", reason="误")
    ) == (Reason.OWN_LINE, "/finding")

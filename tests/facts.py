"""Builds facts and members for tests, with plain defaults."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.fact import Attendance, Authorship, Fact, Reached, SubjectId
from domain.kinds import Details, Stage, kind_of
from domain.kinds.advice import Proposed, ReportedOpinion
from domain.kinds.meetings import Attended, Meeting
from domain.member import Exemption, MemberRole, Person, Profile, RoleHeld, Term
from domain.people import PersonId
from domain.words import Level

YEAR = 2024
TODAY = date(2024, 12, 31)


def day(text: str) -> date:
    """A day of the year of the tests, from `03-05`."""
    return date.fromisoformat(f"{YEAR}-{text}")


def fact(details: Details, on: str = "03-05", **rest: Any) -> Fact[Any]:
    """A fact about member m1, recorded on its day by the county; its deed is named after its kind and day unless said."""
    kind = kind_of(type(details))
    shape = details.about.shape.value
    happened = day(on)
    given: dict[str, Any] = {
        "deed": f"{shape}/{kind}-{on}",
        "subject": SubjectId("member/m1"),
        "recorded_on": happened,
        "recorded_by": PersonId("clerk"),
    }
    return Fact(kind=kind, on=happened, details=details, **(given | rest))


def meeting(
    of: Meeting = Meeting.FORUM,
    on: str = "03-05",
    state: Attendance = Attendance.PRESENT,
    **rest: Any,
) -> Fact[Any]:
    """A meeting."""
    return fact(Attended(meeting=of), on, attendance=state, **rest)


def proposal(
    on: str = "03-05", *reached: Stage | Reached, place: int = 1, authors: int = 1, **rest: Any
) -> Fact[Any]:
    """A proposal: his own, or jointly with his place among the authors."""
    return fact(
        Proposed(),
        on,
        reached=tuple(at(r, on) for r in reached),
        authorship=Authorship.FIRST if place == 1 else Authorship.JOINT,
        place=place,
        authors=authors,
        **rest,
    )


def opinion(on: str = "03-05", *reached: Stage | Reached, **rest: Any) -> Fact[Any]:
    """An opinion report of his own."""
    return fact(
        ReportedOpinion(),
        on,
        reached=tuple(at(r, on) for r in reached),
        authorship=Authorship.FIRST,
        place=1,
        authors=1,
        **rest,
    )


def at(stage: Stage | Reached, on: str = "03-05", level: Level | None = None) -> Reached:
    """A stage reached on a day, at a level."""
    return stage if isinstance(stage, Reached) else Reached(stage=stage, on=day(on), level=level)


def member(*roles: MemberRole, exempt: tuple[str, str] | None = None) -> Person:
    """Member m1 with these roles through all his term."""
    return Person(
        person=PersonId("m1"),
        profile=Profile(name="示例委员"),
        terms=(Term(number=1, since=date(2020, 1, 1)),),
        roles=tuple(RoleHeld(role=role, since=date(2020, 1, 1)) for role in roles),
        exemptions=()
        if exempt is None
        else (Exemption(since=day(exempt[0]), until=day(exempt[1]), reason="病假"),),
    )

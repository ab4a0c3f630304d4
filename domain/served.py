"""How much of a period somebody served, and how much is asked of him for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from domain.member import Person
from domain.period import Period, Span
from domain.rubric import (
    Asked,
    Assessed,
    PartYear,
)


@dataclass(slots=True)
class Served:
    """How many calendar months of the period somebody served, and the numbers of acts that are asked of him for them."""

    months: int
    of: int
    scales: bool

    def acts(self, asked: int) -> int:
        """How many of so many acts are asked of him, rounded up."""
        return -(-asked * self.months // self.of) if self.scales and self.of else asked


def served_by(whom: Assessed, rule: PartYear | None, period: Period) -> Served:
    """The months that somebody served: those in which he was a member, and not exempt, on as many days as are asked for."""
    of = 12 if period.span is Span.YEAR else len(period.months)
    person = whom.person
    if person is None or not person.terms:
        return Served(of, of, False)
    if rule is not None and not rule.is_for(whom, period):
        rule = None
    exempt = () if rule is not None and rule.exempt_serves else person.exemptions
    if not exempt and _throughout(person, period.first, period.last):
        return Served(of, of, False)
    least = 1 if rule is None else rule.least_days
    months = 0
    for first, last in period.months:
        away = [e for e in exempt if e.since <= last and (e.until is None or first <= e.until)]
        if not away and _throughout(person, first, last):
            months += 1
            continue
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        served = sum(person.member_on(day) and not any(e.on(day) for e in away) for day in days)
        months += served >= min(least, len(days))
    return Served(months, of, rule is not None and rule.acts is Asked.MONTHS)


def _throughout(person: Person, first: date, last: date) -> bool:
    """Whether one term of his covers all days from the first to the last."""
    return any(t.since <= first and (t.until is None or last <= t.until) for t in person.terms)

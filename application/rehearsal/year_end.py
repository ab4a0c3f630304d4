"""What closes the year: study notes handed in, reports on duties, opinions on grades, a sanction, standards met.

It draws on chance of its own, so that the rest of the year stays as it is.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from application.rehearsal import words
from application.rehearsal.diary import workday
from application.rehearsal.told import Teller
from domain.fact import Part
from domain.finding import Finding, SetFinding
from domain.kinds.findings import MetStandard, Sanction, WasGraded, WasSanctioned
from domain.kinds.meetings import Hearer, Note, ReportedOnDuties, Reporting, WroteStudyNote
from domain.people import Actor, Role

SIX = ("有组织", "有场所", "有设施", "有制度", "有活动", "有记录")
FOUND_ON = date(2025, 12, 18)


class YearEnd:
    """Tells the end of the year to the ledger."""

    def __init__(self, teller: Teller) -> None:
        self.t = teller
        self.rng = teller.rng
        self.county = teller.county
        office = self.county.officers[0].person
        self.panel = Actor(person=office, role=Role.APPRAISAL, unit=self.county.affairs)

    def tell(self) -> None:
        """All of it."""
        self.notes()
        self.reports()
        self.grades()
        self.standards()

    def notes(self) -> None:
        """Members hand in a notebook or an essay."""
        t, county = self.t, self.county
        day = date(2025, 11, 20)
        for seat in t.pick(county.seats, 30, day):
            form, book = self.rng.choice(list(Note)), self.rng.choice(words.BOOKS)
            t.matter(
                day,
                WroteStudyNote(form=form, theme=book),
                f"{book}{form.zh}",
                county.affairs,
                county.officers[0],
                t.authors([seat]),
            )

    def reports(self) -> None:
        """Some report to their sector by word of mouth; the studios report in writing to the Standing Committee."""
        t, county = self.t, self.county
        for sector in county.sectors:
            day = workday(date(2025, 12, self.rng.randint(8, 12)))
            t.occasion(
                day,
                ReportedOnDuties(to_whom=Hearer.SECTOR),
                f"{county.names[sector]}年度述职",
                county.affairs,
                county.officers[0],
                t.lines(t.pick(t.of_sector(sector), 4, day), Part.SHARES, 0.0),
            )
        for township in county.townships:
            t.occasion(
                date(2025, 12, 15),
                ReportedOnDuties(to_whom=Hearer.STANDING_COMMITTEE, form=Reporting.WRITTEN),
                f"{township.name}委员工作室书面述职",
                township.studio,
                township.clerk,
                (),
                lag=1,
            )

    def grades(self) -> None:
        """The special committees say which grades they hold apt; one member was sanctioned."""
        county = self.county
        apt = [s for s in county.members(FOUND_ON) if s.zeal > 0.1]
        chosen = self.rng.sample(apt, 25)
        for seat in chosen[1:]:
            opinion = WasGraded(by="专委会", grade=self.rng.choice(("优秀", "称职", "称职")))
            self.finding(opinion, "专委会等次意见", person=seat.person)
        criticised = WasSanctioned(sanction=Sanction.CIRCULATED_CRITICISM, by="所在单位")
        self.finding(criticised, "所在单位通报批评", person=chosen[0].person)

    def standards(self) -> None:
        """Most members' homes meet most of the six standards; pictures bear it out."""
        for home in self.county.homes:
            for item in SIX:
                if self.rng.random() < 0.85:
                    picture = self.t.diary.photo(f"{item}.png")
                    met = MetStandard(standard="六有", item=item)
                    self.finding(met, "实地查看", unit=home, evidence=(picture,))

    def finding(self, details: Any, reason: str, **said: Any) -> None:
        """Set a finding of the appraisal group on the day after."""
        body: Finding[Any] = Finding(
            details=details, on=FOUND_ON, body="委员考核领导小组", reason=reason, **said
        )
        found = self.t.diary.new_id()
        self.t.diary.put(date(2025, 12, 19), SetFinding(finding=found, body=body), self.panel)

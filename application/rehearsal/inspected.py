"""Inspections of studios whose problems are listed one by one: mended, checked off, put off, sent back, overdue; one studio commended, one criticised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from application.rehearsal.diary import LAST, after, workday
from application.rehearsal.setting import Township
from application.rehearsal.told import Teller, Told
from domain.checklist import Checklist
from domain.fact import Authorship
from domain.finding import Finding, SetFinding
from domain.inspection import (
    CheckOffProblem,
    NotifyProblems,
    ProblemSaid,
    PutOffProblem,
    ReopenProblem,
    ReportMending,
)
from domain.kinds.culture import WasCommended
from domain.kinds.findings import Sanction, WasSanctioned
from domain.kinds.units import WasInspected
from domain.matter import Author
from domain.people import Actor, Role, UnitId
from domain.problem import Mending

HAVES = "studio-five-haves"


@dataclass(frozen=True, slots=True)
class Wrong:
    """What may be found wrong: what it is, which of the five haves it is about, and how it was mended."""

    text: str
    item: int
    mended: str


WRONG = (
    Wrong("制度牌没有上墙", 5, "已按统一样式补挂,附照片"),
    Wrong("接待日没有登记台账", 5, "补建接待台账,专人登记"),
    Wrong("没有专职或兼职工作人员", 3, "明确一名兼职人员,已报备"),
    Wrong("办公电脑不能联网", 2, "已开通网络"),
    Wrong("与村委会合用一间办公室", 1, "调整出独立办公用房一间"),
    Wrong("没有安排年度活动经费", 4, "列入镇财政年度预算"),
    Wrong("委员信息公示不全", 5, "已更新公示栏"),
)
SPRING, AUTUMN = date(2025, 4, 14), date(2025, 11, 10)
DAYS_TO_MEND = 30
OFFICE = "县政协办公室"


class Inspected:
    """Tells them to the ledger; problems name an item of the five haves where that list is published."""

    def __init__(self, teller: Teller, lists: Sequence[Checklist]) -> None:
        self.t = teller
        self.listed = next((each.code for each in lists if each.code == HAVES), "")
        self.rng = teller.rng
        self.county = teller.county
        self.officer = self.county.officers[0]
        self.panel = Actor(
            person=self.officer.person, role=Role.APPRAISAL, unit=self.county.affairs
        )

    def tell(self) -> None:
        """All of them."""
        for place, township in enumerate(self.county.townships):
            if place % 2 == 0:
                self.spring(place, township)
            if place % 3 == 1:
                self.autumn(place, township)
        self.honours()

    def inspection(self, day: date, by: str, held: UnitId, title: str, township: Township) -> Told:
        """An inspection of a studio, held by that unit and kept by the office."""
        author = Author(unit=township.studio, role=Authorship.FIRST)
        details = WasInspected(inspected_by=by, standard="五个有")
        return self.t.matter(day, details, title, held, self.officer, [author])

    def notify(self, told: Told, number: int) -> tuple[date, list[Wrong]]:
        """So many problems, notified together within a week; on which day, and which they are."""
        found = self.rng.sample(WRONG, number)
        on = workday(after(max(told.body.on, told.recorded), self.rng.randint(3, 7)))
        problems = tuple(
            ProblemSaid(
                text=each.text,
                checklist=self.listed,
                item=each.item if self.listed else 0,
                mend_by=after(on, DAYS_TO_MEND),
            )
            for each in found
        )
        self.t.diary.put(on, NotifyProblems(matter=told.id, on=on, problems=problems), self.officer)
        return on, found

    def mend(
        self, told: Told, number: int, township: Township, day: date, account: str
    ) -> date | None:
        """The studio says that one is mended, and the office checks it off within a fortnight; none where the year ends before."""
        day = workday(day)
        if day >= LAST:
            return None
        said = ReportMending(
            matter=told.id, number=number, mending=Mending.MENDED, on=day, account=account
        )
        self.t.diary.put(day, said, township.clerk)
        checked = workday(after(day, self.rng.randint(3, 14)))
        if checked >= LAST:
            return None
        done = CheckOffProblem(matter=told.id, number=number, on=checked)
        self.t.diary.put(checked, done, self.officer)
        return checked

    def spring(self, place: int, township: Township) -> None:
        """In spring all was mended, a little late here and there; one had to be mended again."""
        day = workday(after(SPRING, place % 5))
        title = f"{township.name}委员工作室规范化建设督查"
        told = self.inspection(day, OFFICE, self.county.committee, title, township)
        on, found = self.notify(told, 2 + place % 3)
        for number, wrong in enumerate(found, start=1):
            gap = self.rng.randint(8, DAYS_TO_MEND + 6)
            checked = self.mend(told, number, township, after(on, gap), wrong.mended)
            if place == 0 and number == 1 and checked is not None:
                again = workday(after(checked, 20))
                back = ReopenProblem(matter=told.id, number=number, reason="回访时又有缺项")
                self.t.diary.put(again, back, self.officer)
                account = f"{wrong.mended},并定期自查"
                self.mend(told, number, township, after(again, 10), account)

    def autumn(self, place: int, township: Township) -> None:
        """In autumn a special committee looked again: at the year's end something is overdue, waits to be checked, or cannot be mended for now."""
        day = workday(after(AUTUMN, place % 5))
        held = self.county.committees[0]
        title = f"{township.name}委员工作室督查“回头看”"
        told = self.inspection(day, self.county.names[held], held, title, township)
        on, found = self.notify(told, 3)
        self.mend(told, 1, township, after(on, 12), found[0].mended)
        cannot = ReportMending(
            matter=told.id,
            number=2,
            mending=Mending.CANNOT,
            on=workday(after(on, 20)),
            account="须由镇党委统筹解决,已报告,年内难以完成",
        )
        self.t.diary.put(cannot.on, cannot, township.head)
        if place % 2:
            put_off = PutOffProblem(
                matter=told.id, number=2, mend_by=date(2026, 3, 31), reason="镇里已列入明年计划"
            )
            self.t.diary.put(workday(after(cannot.on, 3)), put_off, self.officer)

    def honours(self) -> None:
        """In December one studio was commended, and one criticised that left problems overdue."""
        best, last = self.county.townships[0], self.county.townships[4]
        self.t.matter(
            date(2025, 12, 16),
            WasCommended(commended_by="县政协", honour="先进委员工作室"),
            f"{best.name}委员工作室受表彰",
            self.county.committee,
            self.officer,
            [Author(unit=best.studio, role=Authorship.FIRST)],
        )
        body: Finding[WasSanctioned] = Finding(
            details=WasSanctioned(sanction=Sanction.CIRCULATED_CRITICISM, by=OFFICE),
            on=date(2025, 12, 22),
            body=OFFICE,
            reason="督查发现的问题逾期未整改",
            unit=last.studio,
        )
        self.t.diary.put(
            date(2025, 12, 23), SetFinding(finding=self.t.diary.new_id(), body=body), self.panel
        )

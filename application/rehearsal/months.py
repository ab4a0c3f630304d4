"""What studios show of themselves: standards met and found, their months on the wall, and two quarters' invitations with what was promised.

It draws on chance of its own, so that the rest of the year stays as it is.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from application.rehearsal.diary import after, workday
from application.rehearsal.setting import Township
from application.rehearsal.told import Teller
from domain.checklist import Checklist
from domain.finding import Finding, SetFinding
from domain.invitation import (
    End,
    Invited,
    InviteUnits,
    Kept,
    Pledge,
    RecordStatement,
    SettlePromise,
)
from domain.kinds.findings import MetStandard
from domain.people import Actor, Role
from domain.posting import CheckMonth, ItemSaid, PostMonth, ReportMonth, SendBackMonth

FIVE = ("有场所", "有设施", "有人员", "有保障", "有规范")
FOUND_ON = date(2025, 8, 20)
MONTHS = range(3, 12)
WORDS = (
    "本月随同镇街干部走访,帮助联系农机合作社",
    "接待日收到的三件事已转交相关部门,并当面回复",
    "结合赶集日开展政策宣讲",
    "与村里商定了下月走访的农户名单",
    "因防汛推迟一次,已在下旬补上",
)
SAID = {
    End.FIRST: "介绍了把接待日设在集市、当天分办、次周回访的做法",
    End.LAST: "说明了走访少的原因,将固定走访日并由副主任带队",
}
PLEDGES = {
    End.FIRST: "把接待日分办表提供给其他工作室使用",
    End.LAST: "每月走访村(社区)不少于两次,并于月底前登记",
}


class Months:
    """Tells the months of the studios to the ledger."""

    def __init__(self, teller: Teller, lists: Sequence[Checklist]) -> None:
        self.t = teller
        self.rng = teller.rng
        self.put = teller.diary.put
        self.townships = teller.county.townships
        self.officer = teller.county.officers[0]
        self.listed = next((each for each in lists if each.posting is not None), None)

    def tell(self) -> None:
        """All of it; months and quarters only where a list asks for them."""
        self.standards()
        if self.listed is not None:
            for month in MONTHS:
                self.month(self.listed, date(2025, month, 1))
            self.quarter(self.listed, date(2025, 4, 1), date(2025, 7, 16), (2, 3), (4, 6))
            self.quarter(self.listed, date(2025, 7, 1), date(2025, 10, 17), (5, 4), (1, 7))

    def standards(self) -> None:
        """Most studios meet most of the five haves; pictures bear it out."""
        panel = Actor(person=self.officer.person, role=Role.APPRAISAL, unit=self.t.county.affairs)
        for place, township in enumerate(self.townships):
            for nth, item in enumerate(FIVE):
                if (place + nth) % 6 == 5:
                    continue
                body: Finding[MetStandard] = Finding(
                    details=MetStandard(standard="五个有", item=item),
                    on=FOUND_ON,
                    body="县政协办公室",
                    reason="实地查看",
                    unit=township.studio,
                    evidence=(self.t.diary.photo(f"{item}.png"),),
                )
                command = SetFinding(finding=self.t.diary.new_id(), body=body)
                self.put(FOUND_ON, command, panel)

    def month(self, listed: Checklist, month: date) -> None:
        """Studios report a month, most in time; the office checks and posts, one is sent back, one corrects what was posted."""
        last = month.replace(day=monthrange(month.year, month.month)[1])
        for place, township in enumerate(self.townships):
            if (place + month.month) % 17 == 9:
                continue
            late = (place + month.month) % 11 == 5
            reported = workday(last + timedelta(days=9 if late else self.rng.randint(1, 2)))
            self.report(listed, township, month, reported)
            checked = workday(after(reported, 2))
            if (place, month.month) == (3, 5):
                sent_back = SendBackMonth(
                    unit=township.studio, month=month, reason="第2项没有写清接待情况"
                )
                self.put(checked, sent_back, self.officer)
                self.report(listed, township, month, workday(after(checked, 1)))
                checked = workday(after(checked, 3))
            self.post(township, month, checked)
            if (place, month.month) == (2, 6):
                again = workday(after(checked, 8))
                self.report(listed, township, month, again, "补登了6月27日的走访")
                self.post(township, month, workday(after(again, 2)))

    def report(
        self,
        listed: Checklist,
        township: Township,
        month: date,
        on: date,
        reason: str = "",
    ) -> None:
        """A studio's clerk says something of one to three items."""
        numbers = [slot.number for slot in listed.monthly]
        chosen = sorted(self.rng.sample(numbers, self.rng.randint(1, min(3, len(numbers)))))
        command = ReportMonth(
            unit=township.studio,
            month=month,
            checklist=listed.code,
            items=tuple(ItemSaid(number=n, words=self.rng.choice(WORDS)) for n in chosen),
            reason=reason,
        )
        self.put(on, command, township.clerk)

    def post(self, township: Township, month: date, on: date) -> None:
        """The office checks a report against the facts and posts it the next working day."""
        self.put(on, CheckMonth(unit=township.studio, month=month), self.officer)
        self.put(workday(after(on, 1)), PostMonth(unit=township.studio, month=month), self.officer)

    def quarter(
        self,
        listed: Checklist,
        quarter: date,
        on: date,
        first: tuple[int, ...],
        last: tuple[int, ...],
    ) -> None:
        """Two studios of either end are invited; each speaks and promises, all but the last keep it."""
        ends = [*((n, End.FIRST) for n in first), *((n, End.LAST) for n in last)]
        invited = tuple(
            Invited(
                unit=self.townships[n].studio,
                end=end,
                reason="走访、接待按月不断,做法可以推广"
                if end is End.FIRST
                else "走访、接待有几个月没有开展",
            )
            for n, end in ends
        )
        inviting = InviteUnits(quarter=quarter, checklist=listed.code, on=on, invited=invited)
        self.put(on, inviting, self.officer)
        spoke = workday(after(on, 12))
        due = after(spoke, 60)
        for place, (n, end) in enumerate(ends):
            township = self.townships[n]
            statement = RecordStatement(
                quarter=quarter,
                checklist=listed.code,
                unit=township.studio,
                on=spoke,
                text=SAID[end],
                speaker=township.head.person,
                promises=(Pledge(text=PLEDGES[end], due=due),),
            )
            self.put(spoke, statement, self.officer)
            if place < len(ends) - 1:
                settled = SettlePromise(
                    quarter=quarter,
                    checklist=listed.code,
                    unit=township.studio,
                    number=1,
                    kept=Kept.DONE,
                    on=workday(due),
                    outcome="督查时查看了登记",
                )
                self.put(workday(due), settled, self.officer)

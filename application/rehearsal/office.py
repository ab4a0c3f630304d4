"""What the office keeps beside the duties of members: experts of the think tank who are no members, requests that wait, the work log of the liaison centre, budgets and venues of sectors.

It draws on chance of its own, so that the rest of the year stays as it is.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from application.rehearsal import words
from application.rehearsal.diary import after, workday
from application.rehearsal.told import Teller
from domain.fact import Authorship
from domain.kinds import Stage
from domain.kinds.advice import AnsweredInquiry
from domain.kinds.units import Channel, Errand, HandledServiceMatter
from domain.matter import Author
from domain.member import Admit, Profile, Standing
from domain.people import PersonId
from domain.support import (
    BookVenue,
    CancelBooking,
    RecordExpense,
    SetBudgetLine,
    TakeBackExpense,
)
from domain.supported import HalfDay
from domain.unit import Appoint, Appointment, Office
from domain.words import Level

_HANDLED = (
    (Errand.CONTACT, "转达调研安排并确认人数"),
    (Errand.ACTIVITY, "落实接待日场地和桌签"),
    (Errand.REPORT_IN, "更新下沉报到信息"),
    (Errand.DOCUMENTS, "汇总工作室月度材料"),
    (Errand.RECEPTION, "接待到访委员,说明报到流程"),
    (Errand.ADVICE, "解答提案系统填报问题"),
    (Errand.LOGISTICS, "协调车辆和会议室"),
)
"""What the centre handles, by sort."""
_ITEMS = (("活动经费", 8000), ("培训经费", 3000), ("办公经费", 1500))
_SPENT = ("调研租车", "座谈会材料印刷", "学习资料", "活动场地布置", "专家讲课费")
_VENUES = ("政协三楼会议室", "委员之家活动室", "协商议事厅")
APPOINTED_ON = date(2025, 3, 3)


class Desk:
    """Tells it to the ledger."""

    def __init__(self, teller: Teller) -> None:
        self.t = teller
        self.rng = teller.rng
        self.put = teller.diary.put
        self.county = teller.county
        self.officer = teller.county.officers[0]
        self.experts = list(teller.county.experts)

    def tell(self) -> None:
        """All of it."""
        self.outsiders()
        self.requests()
        self.log()
        self.support()

    def outsiders(self) -> None:
        """Experts from outside are entered on the roster and appointed, each with a certificate."""
        for place, name in enumerate(words.OUTSIDERS):
            person = PersonId(self.t.diary.new_id())
            fields = (words.FIELDS[place + 2], words.FIELDS[place])
            profile = Profile(name=name, standing=Standing.OTHER, employer="市属院校(演练)")
            self.put(APPOINTED_ON, Admit(person=person, profile=profile), self.officer)
            held = Appointment(
                person=person,
                office=Office.EXPERT,
                since=APPOINTED_ON,
                until=date(2027, 12, 31),
                certificate=f"智库聘〔2025〕{place + 1}号",
                expertise=fields,
            )
            self.put(APPOINTED_ON, Appoint(unit=self.county.tank, appointment=held), self.officer)
            self.experts.append((person, fields[0]))

    def requests(self) -> None:
        """Requests to the experts in their fields: most are answered, the last ones wait."""
        for index in range(14):
            person, field = self.experts[index % len(self.experts)]
            day = workday(date(2025, 3 + index * 9 // 14, self.rng.randint(4, 24)))
            told = self.t.matter(
                day,
                AnsweredInquiry(
                    asked_by=words.DEPARTMENTS[index % len(words.DEPARTMENTS)], expertise=field
                ),
                f"{words.TOPICS[index]}请{field}专家把关",
                self.county.office,
                self.officer,
                [Author(person=person, role=Authorship.FIRST)],
            )
            steps: list[tuple[int, Stage, Level | None]] = [(0, Stage.RECEIVED, None)]
            if index % 5 != 4:
                steps.append((2, Stage.ASSIGNED, None))
            if index < 10 and index % 5 != 4:
                used = (Stage.ADOPTED, Stage.PARTLY_ADOPTED, Stage.NOT_ADOPTED)[index % 3]
                steps += [(8, Stage.ANSWERED, None), (15, used, None)]
            self.t.outcomes(told, self.officer, steps)

    def log(self) -> None:
        """The liaison centre writes down what it handles, some days of every month, the day after at the latest."""
        for month in range(1, 13):
            for day in sorted(self.rng.sample(range(2, 27), 6)):
                errand, done = self.rng.choice(_HANDLED)
                on = workday(date(2025, month, day))
                seat = self.rng.choice(self.county.members(on))
                self.t.matter(
                    on,
                    HandledServiceMatter(
                        errand=errand,
                        served=f"{seat.name}委员",
                        channel=self.rng.choice(list(Channel)),
                        handled_by="联络中心值班人员",
                        minutes=self.rng.choice((10, 15, 20, 30, 45, 60, 90)),
                    ),
                    done,
                    self.county.liaison,
                    self.officer,
                    [Author(unit=self.county.liaison, role=Authorship.FIRST)],
                    effect="当日办结",
                    level=Level.COUNTY,
                )

    def support(self) -> None:
        """Sectors have budgets; most spend some of them and book venues, one has more given, one expense and one booking are taken back."""
        taken: set[tuple[str, date, HalfDay]] = set()
        for place, unit in enumerate(self.county.sectors):
            of: dict[str, Any] = {"unit": unit, "year": 2025}
            for item, amount in _ITEMS[: 1 + place % 3]:
                line = SetBudgetLine(**of, item=item, amount=Decimal(amount + 500 * (place % 4)))
                self.put(date(2025, 1, 15), line, self.officer)
            for _ in range(self.rng.randint(0, 6)):
                on = workday(date(2025, self.rng.randint(2, 12), self.rng.randint(1, 25)))
                item, amount = _ITEMS[self.rng.randrange(1 + place % 3)]
                spent = RecordExpense(
                    **of,
                    item=item,
                    amount=Decimal(self.rng.randint(amount, amount * 40)).scaleb(-2),
                    on=on,
                    purpose=self.rng.choice(_SPENT),
                )
                self.put(after(on, 2), spent, self.officer)
            for _ in range(self.rng.randint(0, 4)):
                on = workday(date(2025, self.rng.randint(2, 12), self.rng.randint(1, 25)))
                slot = (self.rng.choice(_VENUES), on, self.rng.choice(list(HalfDay)))
                if slot not in taken:
                    taken.add(slot)
                    venue, _, half = slot
                    booked = BookVenue(**of, venue=venue, on=on, half=half, purpose="界别活动")
                    self.put(workday(after(on, -9)), booked, self.officer)
        first: dict[str, Any] = {"unit": self.county.sectors[0], "year": 2025}
        more = SetBudgetLine(
            **first, item=_ITEMS[0][0], amount=Decimal(9000), reason="年中追加调研经费"
        )
        self.put(date(2025, 7, 2), more, self.officer)
        wrong = RecordExpense(
            **first,
            item=_ITEMS[0][0],
            amount=Decimal("120.00"),
            on=date(2025, 1, 16),
            purpose=_SPENT[0],
        )
        self.put(date(2025, 1, 16), wrong, self.officer)
        back = TakeBackExpense(**first, number=1, reason="票据开错,已另行登记")
        self.put(date(2025, 1, 20), back, self.officer)
        booked = BookVenue(
            **first,
            venue="机关小会议室",
            on=date(2025, 1, 24),
            half=HalfDay.MORNING,
            purpose="界别召集人碰头会",
        )
        self.put(date(2025, 1, 16), booked, self.officer)
        cancelled = CancelBooking(**first, number=1, reason="改为线上召开")
        self.put(date(2025, 1, 22), cancelled, self.officer)

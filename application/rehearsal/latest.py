"""What came in at the end of the year, so that each loop has something in hand: topics and surveys for the new year, letters, orders, wishes, a recommendation, a task.

It draws on chance of its own, so that the rest of the year stays as it is.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from application.rehearsal import words
from application.rehearsal.diary import workday
from application.rehearsal.setting import Seat
from application.rehearsal.told import Teller
from domain.fact import Authorship, TopicSource
from domain.kinds.advice import AnsweredLetter, RaisedTopic
from domain.kinds.deliberation import IssuedRecommendation
from domain.kinds.help import GrantedWish, ServedOrder, Wisher
from domain.kinds.people import Service
from domain.kinds.works import Survey, Task
from domain.matter import Author
from domain.people import UnitId
from domain.words import Level

NEXT_YEAR = "2026年"
TOPICS, SURVEYS, LETTERS, ORDERS, WISHES = 4, 2, 3, 4, 4


class Latest:
    """Tells it to the ledger."""

    def __init__(self, teller: Teller) -> None:
        self.t = teller
        self.rng = teller.rng
        self.county = teller.county

    def tell(self) -> None:
        """All of it."""
        self.topics()
        self.of_units()
        self.letters()
        self.help()

    def day(self, first: int, last: int) -> date:
        """A working day of December."""
        return workday(date(2025, 12, self.rng.randint(first, last)))

    def seat(self, day: date) -> Seat:
        """One of the members."""
        (seat,) = self.t.pick(self.county.seats, 1, day)
        return seat

    def by_office(
        self, day: date, details: Any, title: str, organiser: UnitId, author: Author, **said: Any
    ) -> None:
        """A matter of one author that the office keeps."""
        officer = self.county.officers[0]
        self.t.matter(day, details, title, organiser, officer, [author], **said)

    def topics(self) -> None:
        """Topics for the new year's plan."""
        for nth in range(TOPICS):
            day = self.day(8, 24)
            self.by_office(
                day,
                RaisedTopic(),
                f"建议将{words.TOPICS[5 * nth]}列为{NEXT_YEAR}议题",
                self.county.office,
                Author(person=self.seat(day).person, role=Authorship.FIRST),
                topic_source=list(TopicSource)[nth],
            )

    def of_units(self) -> None:
        """Surveys of special committees, a recommendation, a task for the new year."""
        county = self.county
        for nth, committee in enumerate(county.committees[1 : 1 + SURVEYS]):
            topic = words.TOPICS[7 + nth]
            author = Author(unit=committee, role=Authorship.FIRST)
            survey = Survey(scheme=f"“{topic}”调研方案", team_leader="分管副主席")
            title = f"{topic}({NEXT_YEAR}课题)"
            self.by_office(self.day(15, 26), survey, title, committee, author)
        author = Author(unit=county.committees[3], role=Authorship.FIRST)
        issued = IssuedRecommendation(addressed_to="县委、县政府", suggestions=5)
        title = f"关于{words.TOPICS[16]}的建议案"
        self.by_office(date(2025, 11, 28), issued, title, county.office, author)
        author = Author(unit=county.committees[4], role=Authorship.FIRST)
        task = Task(
            person_responsible=f"{county.names[county.committees[4]]}主任",
            due=date(2026, 3, 31),
            goal="编印一册",
        )
        title = "整理界别协商活动月成果"
        self.by_office(date(2025, 12, 5), task, title, county.office, author)

    def letters(self) -> None:
        """Letters to the mailbox."""
        for nth in range(LETTERS):
            day = self.day(22, 30)
            self.by_office(
                day,
                AnsweredLetter(sender=f"来信人{'甲乙丙'[nth]}"),
                f"委员信箱来信:{words.POLICIES[nth]}(12月)",
                self.county.liaison,
                Author(person=self.seat(day).person, role=Authorship.FIRST),
            )

    def help(self) -> None:
        """Orders of people, and wishes that are claimed already."""
        t = self.t
        for nth in range(ORDERS):
            day, township = self.day(18, 29), self.county.townships[2 * nth]
            t.matter(
                day,
                ServedOrder(
                    service=list(Service)[nth],
                    wanted=words.SERVICES_TO_PEOPLE[nth],
                    station=township.station,
                ),
                f"{self.rng.choice(township.village_names)}点单(12月)",
                township.studio,
                township.clerk,
                t.authors(t.pick(t.of_studio(township, day), 1, day)),
                level=Level.VILLAGE,
            )
        for nth in range(WISHES):
            day, township = self.day(12, 26), self.county.townships[2 * nth + 1]
            t.matter(
                day,
                GrantedWish(wisher=list(Wisher)[nth % len(Wisher)], cost=Decimal(120)),
                f"微心愿:{words.WISHES[nth]}(12月)",
                township.studio,
                township.clerk,
                t.authors(t.pick(t.of_studio(township, day), 1, day)),
            )

"""Special tasks of the year: who called to them, what was given for them; and what was done at the exemplary posts.

It draws on chance of its own, so that the rest of the year stays as it is. Most of those who joined were told before; they bear the names of the tasks.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from application.rehearsal import words
from application.rehearsal.diary import workday
from application.rehearsal.told import Teller, Told
from domain.fact import Authorship, Part
from domain.kinds import Stage
from domain.kinds.help import (
    ContributedResources,
    Resource,
    ServedOrder,
    SolvedDifficulty,
    Whose,
)
from domain.kinds.people import (
    Deployment,
    JoinedSpecialTask,
    ReceivedPublic,
    Service,
    Volunteered,
)
from domain.kinds.works import SpecialTask
from domain.matter import Author
from domain.occasion import Participant
from domain.people import PersonId, UnitId
from domain.words import Level

_CALLED = (
    (date(2025, 2, 24), "县森林防灭火指挥部", "各镇街每村两人,重点时段巡山、劝导", 2),
    (date(2025, 6, 23), "县防汛抗旱指挥部", "险工险段日夜值守,转移独居老人", 2),
    (date(2025, 9, 22), "县农业农村局", "组织机手和志愿者,抢在雨前收完", 1),
)
"""When each of the tasks was called to, by whom and for what, and how many of its stages were reached: the last is still going on."""
_STEPS: tuple[tuple[int, Stage, Level | None], ...] = (
    (4, Stage.DEPLOYED, None),
    (45, Stage.DONE, None),
)
_GIVEN = (
    (Resource.MONEY, Decimal(2000), "元"),
    (Resource.GOODS, Decimal(120), "件"),
    (Resource.VENUE, Decimal(1), "处"),
)
_AT_POSTS = (Service.TECHNICAL_GUIDANCE, Service.FREE_CLINIC, Service.LEGAL_AID)
"""What is given at each of the posts."""


class Campaigns:
    """Tells it to the ledger; what most members joined was told before."""

    def __init__(self, teller: Teller) -> None:
        self.t = teller
        self.rng = teller.rng
        self.county = teller.county
        self.officer = teller.county.officers[0]

    def tell(self) -> None:
        """All of it."""
        calls = [self.call(place) for place in range(len(_CALLED))]
        self.by_its_page(calls[1])
        self.at_posts()

    def call(self, place: int) -> Told:
        """The committee passes on a call; members give something for it."""
        t, county = self.t, self.county
        on, called_by, asked_for, reached = _CALLED[place]
        call = t.matter(
            workday(on),
            SpecialTask(called_by=called_by, asked_for=asked_for),
            words.TASKS[place],
            county.office,
            self.officer,
            [Author(unit=county.committee, role=Authorship.FIRST)],
        )
        t.outcomes(call, self.officer, _STEPS[:reached])
        for resource, amount, unit in _GIVEN[: 1 + place]:
            day = workday(date.fromordinal(on.toordinal() + self.rng.randint(6, 20)))
            t.matter(
                day,
                ContributedResources(resource=resource, amount=amount, amount_unit=unit),
                f"为{words.TASKS[place]}提供{resource.zh}",
                county.office,
                self.officer,
                t.authors(t.pick(county.seats, 1, day)),
                not_before=call.recorded,
                work=call.id,
            )
        return call

    def by_its_page(self, call: Told) -> None:
        """Some were recorded from the page of the call, and call it otherwise."""
        day = date.fromordinal(call.body.on.toordinal() + 9)
        self.t.occasion(
            day,
            JoinedSpecialTask(task="抗洪抢险", deployment=Deployment.DONE, duty="转移独居老人"),
            "县机关委员参加抗洪抢险",
            self.county.office,
            self.officer,
            self.t.lines(self.t.pick(self.county.seats, 3, day), Part.TAKES_PART, 0.0),
            half_days=2,
            lag=3,
            work=call.id,
            work_title=call.body.title,
        )

    def at_posts(self) -> None:
        """Whoever has a post serves there in every quarter, receives people there once, and takes an order."""
        for post, service in zip(self.county.posts, _AT_POSTS, strict=True):
            days = [workday(date(2025, month, self.rng.randint(3, 25))) for month in (3, 5, 8, 11)]
            (owner, *_) = self.county.heads_on(post, days[0])
            name = self.county.names[post]
            there = (Participant(person=owner, part=Part.LEADS),)
            served = [
                self.t.occasion(
                    day,
                    self.service(service, post),
                    f"{name}服务日",
                    self.county.office,
                    self.officer,
                    there,
                    lag=2,
                    reached_people=self.rng.randint(20, 90),
                    evidence=(),
                )
                for day in days
            ]
            self.t.occasion(
                workday(date(2025, 6, self.rng.randint(3, 25))),
                ReceivedPublic(matters_received=4, answered_on_spot=3),
                f"{name}接待日",
                post,
                self.officer,
                there,
                lag=2,
                reached_people=self.rng.randint(4, 12),
                evidence=(),
            )
            self.order(post, service, owner)
            self.difficulty(served[0], owner, solved=post != self.county.posts[0])

    def service(self, service: Service, post: UnitId) -> Volunteered:
        """A day of service at a post, with what was counted there."""
        trained = self.rng.choice((0, 40, 120))
        return Volunteered(
            service=service,
            station=post,
            trained=trained,
            households=trained // 3,
            employed=trained // 8,
            consultations=self.rng.randint(3, 9),
            problems_solved=self.rng.randint(2, 12),
            appeals=self.rng.randint(0, 4),
        )

    def order(self, post: UnitId, service: Service, owner: PersonId) -> None:
        """Something that people asked for at a post."""
        ordered = self.t.matter(
            workday(date(2025, 4, self.rng.randint(3, 25))),
            ServedOrder(service=service, station=post, wanted=f"请上门{service.zh}"),
            f"群众点单:{service.zh}",
            self.county.office,
            self.officer,
            [Author(person=owner, role=Authorship.FIRST)],
        )
        steps: list[tuple[int, Stage, Level | None]] = [
            (0, Stage.ORDERED, None),
            (2, Stage.TAKEN, None),
            (6, Stage.SERVED, None),
        ]
        self.t.outcomes(ordered, self.officer, steps)

    def difficulty(self, came_of: Told, owner: PersonId, *, solved: bool) -> None:
        """A difficulty that came to light at a post."""
        difficulty = self.t.matter(
            workday(date.fromordinal(came_of.body.on.toordinal() + 2)),
            SolvedDifficulty(whose=Whose.HOUSEHOLD),
            f"{came_of.body.title}反映的困难",
            self.county.office,
            self.officer,
            [Author(person=owner, role=Authorship.FIRST)],
            not_before=came_of.recorded,
            answers=came_of.stream,
        )
        steps: list[tuple[int, Stage, Level | None]] = [
            (0, Stage.RAISED, None),
            (5, Stage.COORDINATED, None),
            (20, Stage.SOLVED, None),
        ]
        self.t.outcomes(difficulty, self.officer, steps if solved else steps[:2])

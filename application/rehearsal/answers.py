"""What the other side says, and what goes wrong: confirmations in bunches, returns, corrections, withdrawals, links."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from application.rehearsal import words
from application.rehearsal.diary import LAST, after, workday
from application.rehearsal.occasions import Year
from application.rehearsal.told import Teller, Told
from domain.deed import (
    AssignItem,
    Confirm,
    LinkSame,
    Return,
    Supersede,
    UnlinkSame,
    Uphold,
    Withdraw,
)
from domain.fact import Part
from domain.occasion import AmendOccasion, Occasion, RecordOccasion
from domain.people import Actor, PersonId, UnitId, Via
from domain.unit import Side

STOOD_IN_ON = (date(2025, 4, 24), date(2025, 5, 14), date(2025, 5, 28))
"""When the committee that stands in for the sector without convenor goes through what waits there."""


def occasion_of(told: Told) -> Occasion[Any]:
    """What was said of it; only for occasions."""
    if not isinstance(told.body, Occasion):
        raise TypeError(told.stream)
    return told.body


class Answers:
    """Tells what the sides answer to what was recorded."""

    def __init__(self, teller: Teller, year: Year) -> None:
        self.t = teller
        self.rng = teller.rng
        self.county = teller.county
        self.year = year
        self.in_question: set[tuple[str, PersonId]] = set()
        self.batches: dict[tuple[date, PersonId], str] = {}

    def tell(self) -> None:
        """First what goes wrong, then who confirms what is left."""
        self.items()
        self.links()
        self.amendments()
        self.withdrawals()
        self.returns()
        self.confirmations()

    def some(
        self, n: int, *, sides: tuple[Side, ...] = (Side.SECTOR,), until: date = LAST
    ) -> list[Told]:
        """Some occasions for one side to answer, with which nothing has been done yet."""
        fit = [
            told
            for told in self.t.told
            if not told.settled
            and told.answers == sides
            and isinstance(told.body, Occasion)
            and told.people
            and told.recorded <= until
        ]
        found = self.rng.sample(fit, n)
        for told in found:
            told.settled = True
        return sorted(found, key=lambda told: told.recorded)

    def links(self) -> None:
        """Clinics that both sides recorded: most are linked later, one wrongly and undone, some not yet."""
        for place, (ours, theirs) in enumerate(self.year.clinics):
            ours.settled = theirs.settled = True
            if place % 3 == 2:
                continue
            day = after(max(ours.recorded, theirs.recorded), self.rng.randint(1, 20))
            office = self.county.officers[0]
            self.t.diary.put(
                day,
                LinkSame(deed=theirs.stream, same_as=ours.stream, reason="同一次义诊,双方均有登记"),
                office,
            )
            theirs.linked = True
            if place == 6:
                self.t.diary.put(
                    after(day, 9), UnlinkSame(deed=theirs.stream, reason="经核实为两次活动"), office
                )

    def amendments(self) -> None:
        """Recorders correct themselves: one left out, another place, other figures."""
        for side in (Side.SECTOR, Side.STUDIO):
            for told in self.some(35, sides=(side,), until=date(2025, 12, 20)):
                body = occasion_of(told)
                reason = self.rng.choice(words.AMENDED_REASONS)
                match reason:
                    case "漏登一人,补登":
                        extra = self.t.pick(
                            [s for s in self.county.seats if s.person not in told.people],
                            1,
                            body.on,
                        )
                        new = replace(
                            body, participants=(*body.participants, self.t.line(extra[0]))
                        )
                    case "更正活动地点":
                        new = replace(body, place=body.place + "(更正:便民服务中心)")
                    case "更正服务人次":
                        new = replace(body, reached_people=body.reached_people + 7)
                    case _:
                        new = replace(body, title=f"{body.title}(更名)")
                day = after(told.recorded, self.rng.randint(1, 12))
                self.t.diary.put(
                    day,
                    AmendOccasion(occasion=told.id, body=new, reason=reason),
                    self.t.recorder(told.actor, day),
                )
                told.body = new

    def withdrawals(self) -> None:
        """Records taken back with a reason, or replaced by another for good."""
        for side in (Side.SECTOR, Side.STUDIO):
            for told in self.some(11, sides=(side,)):
                day = after(told.recorded, self.rng.randint(0, 10))
                reason = self.rng.choice(words.WITHDRAWN_REASONS)
                if told.named:
                    continue
                told.gone = day
                self.t.diary.put(
                    told.gone,
                    Withdraw(deed=told.stream, reason=reason),
                    self.t.recorder(told.actor, told.gone),
                )
        for told in self.some(8, until=date(2025, 12, 10)):
            body = occasion_of(told)
            day = after(told.recorded, self.rng.randint(1, 6))
            again = self.t.diary.new_id()
            if told.named:
                continue
            new = replace(body, title=f"{body.title}(重新登记)")
            put = self.t.diary.put
            put(day, RecordOccasion(occasion=again, body=new, differs=True), told.actor)
            put(
                day,
                Supersede(deed=told.stream, by=f"occasion/{again}", reason="原登记有误,重新登记"),
                told.actor,
            )
            told.gone = day

    def returns(self) -> None:
        """Lines returned for checking: corrected, upheld, or open to this day."""
        for place, told in enumerate(self.some(54, until=date(2025, 12, 12))):
            self.returned(place, told, Side.SECTOR)
        for place, told in enumerate(self.some(18, sides=(Side.STUDIO,), until=date(2025, 12, 12))):
            self.returned(place, told, Side.STUDIO)

    def returned(self, place: int, told: Told, side: Side) -> None:
        """One return, and what came of it."""
        day = after(told.recorded, self.rng.randint(1, 13))
        lines = [(p, who) for p in told.people if (who := self.who(told, p, side, day)) is not None]
        if not lines:
            return
        line, actor = self.rng.choice(lines)
        reason, suggestion = self.rng.choice(words.RETURN_REASONS)
        put = self.t.diary.put
        put(
            day,
            Return(
                deed=told.stream, side=side, people=(line,), reason=reason, suggestion=suggestion
            ),
            actor,
        )
        self.in_question.add((told.stream, line))
        then = after(day, self.rng.randint(1, 15))
        if place % 3 == 0:
            body = occasion_of(told)
            lines_now = tuple(
                replace(
                    p, part=Part.HELPS if p.part is Part.LEADS else p.part, half_days=body.half_days
                )
                if p.person == line
                else p
                for p in body.participants
            )
            new = replace(body, participants=lines_now, result="已按退回意见更正")
            amend = AmendOccasion(occasion=told.id, body=new, reason="按退回意见更正")
            put(then, amend, self.t.recorder(told.actor, then))
        elif place % 3 == 1:
            reason = self.rng.choice(words.UPHELD_REASONS)
            put(
                then,
                Uphold(deed=told.stream, side=side, people=(line,), reason=reason),
                self.checker(told, line, then),
            )

    def checker(self, told: Told, line: PersonId, day: date) -> Actor:
        """Who answers a return: another head of the unit than he who recorded it, else the office."""
        organiser = told.body.organiser
        for head in self.county.heads_on(organiser, day):
            if head not in (told.actor.person, line):
                return self.county.acting(head, organiser, Via.WEB)
        return self.county.officers[0]

    def items(self) -> None:
        """Lines moved to another item of the ten ones that they fit: oversight by survey counts as a survey."""
        for told in self.year.oversights:
            if told.body.details.form.value == "by_survey":
                told.settled = True
                for person in told.people[:4]:
                    self.t.diary.put(
                        after(told.recorded, 5),
                        AssignItem(
                            deed=told.stream,
                            person=person,
                            item="ten-ones/3",
                            reason="监督性调研,本人申请归入第3项",
                        ),
                        told.actor,
                    )

    # Who confirms

    def home(self, person: PersonId, side: Side, on: date) -> UnitId | None:
        """The unit that answers for him on that side as of the day of the deed."""
        seat = self.county.by_person[person]
        if not seat.since <= on:
            return None
        return seat.sector if side is Side.SECTOR else seat.studio_on(on)

    def who(self, told: Told, person: PersonId, side: Side, day: date) -> Actor | None:
        """Who may answer for that line on that day: a head of its unit, else of a unit that stands in; never himself."""
        county = self.county
        home = self.home(person, side, told.body.on)
        linking = None if home is None else county.linked_by.get(home)
        for unit in (home, linking, county.affairs):
            if unit is None:
                continue
            heads = county.heads_on(unit, day)
            fit = [h for h in heads if h not in (person, told.actor.person)]
            if fit:
                return county.acting(fit[0], unit, Via.WEB)
            if any(h != person for h in heads):
                return None
        return None

    def sessions(self) -> list[date]:
        """The days on which a head goes through the queue: some weekly, some monthly, some hardly ever."""
        habit = self.rng.choices((9, 16, 30, 75, 400), (20, 30, 30, 15, 5))[0]
        day, days = date(2025, 1, 6), []
        while day < LAST:
            day = after(day, max(3, round(habit * self.rng.uniform(0.6, 1.4))))
            days.append(workday(day))
        return days

    def confirmations(self) -> None:
        """In bunches: what has waited since the last time, most of it, deed by deed."""
        rng = self.rng
        asked: dict[UnitId, list[tuple[Told, Side, list[PersonId]]]] = defaultdict(list)
        for told in self.t.told:
            if told.linked:
                continue
            sides = told.answers
            if len(sides) == 2:
                sides = (sides[0] if rng.random() < 0.75 else sides[1],)
            for side in sides:
                by_unit: dict[UnitId, list[PersonId]] = defaultdict(list)
                for person in told.people:
                    home = self.home(person, side, told.body.on)
                    if home is not None and (told.stream, person) not in self.in_question:
                        by_unit[home].append(person)
                for unit, people in by_unit.items():
                    asked[unit].append((told, side, people))
        for unit, lines in asked.items():
            days = self.sessions()
            if unit == self.county.vacant:
                days = sorted({*days, *STOOD_IN_ON})
            for told, side, people in lines:
                day = next((d for d in days if d > told.recorded), None)
                willing = 0.5 if len(told.answers) == 1 else 0.85
                if day is None or (told.gone is not None and told.gone <= day):
                    continue
                if rng.random() > willing or (told.settled and rng.random() < 0.8):
                    continue
                self.confirm(told, side, people, day)

    def confirm(self, told: Told, side: Side, people: list[PersonId], day: date) -> None:
        """One act for each head whose lines these are; his own line goes to whoever stands in."""
        by_actor: dict[PersonId, tuple[Actor, list[PersonId]]] = {}
        for person in people:
            actor = self.who(told, person, side, day)
            if actor is not None:
                by_actor.setdefault(actor.person, (actor, []))[1].append(person)
        for actor, lines in by_actor.values():
            cause = self.batches.setdefault((day, actor.person), self.t.diary.new_id())
            self.t.diary.put(
                day, Confirm(deed=told.stream, side=side, people=tuple(lines)), actor, cause
            )

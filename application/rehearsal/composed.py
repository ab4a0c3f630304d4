"""Who makes up the liaison committees besides their heads, and the study groups of the special committees: members and others, approved or not yet, and offices that nobody holds.

It draws on chance of its own, so that the rest of the year stays as it is.
"""

from __future__ import annotations

from datetime import date

from application.rehearsal import words
from application.rehearsal.setting import APPROVED, APPROVED_ON, Township, appointment
from application.rehearsal.told import Teller
from domain.member import Admit, Profile, Standing
from domain.people import PersonId, UnitId
from domain.streams import Command
from domain.unit import Appoint, Life, Office, OpenUnit, Relieve, UnitKind, UnitProfile

SINCE, GROUPS_OPENED, LEFT_ON = date(2025, 1, 6), date(2025, 2, 24), date(2025, 9, 30)
NONE_YET, HAS_LEFT, NOT_APPROVED = 3, 6, 8
"""Places of townships whose liaison committee has had no deputy, lost him in autumn, or has one of whom no approval is on record."""
WITHOUT_HEAD = 4
"""The place of the special committee whose study group nobody heads."""


class Composed:
    """Tells it to the ledger."""

    def __init__(self, teller: Teller) -> None:
        self.t = teller
        self.rng = teller.rng
        self.county = teller.county

    def tell(self) -> None:
        """All of it."""
        for township in self.county.townships:
            if township.index != NONE_YET:
                self.deputy(township)
        for place, committee in enumerate(self.county.committees):
            self.study_group(place, committee)

    def put(self, day: date, command: Command) -> None:
        """The office enters it on that day."""
        self.t.diary.put(day, command, self.county.officers[0])

    def deputy(self, township: Township) -> None:
        """A deputy of a liaison committee: a member of its studio, or somebody of the township who is none."""
        unit, place = township.liaison, township.index
        person = self.member(township) if place % 2 else self.other(township)
        approval = "" if place == NOT_APPROVED else APPROVED
        held = appointment(person, Office.DEPUTY, SINCE, approval, APPROVED_ON)
        self.put(SINCE, Appoint(unit=unit, appointment=held))
        if place == HAS_LEFT:
            gone = Relieve(
                unit=unit, person=person, office=Office.DEPUTY, until=LEFT_ON, reason="工作调动"
            )
            self.put(LEFT_ON, gone)

    def member(self, township: Township) -> PersonId:
        """One of the studio's members who stays."""
        seats = [s for s in self.t.of_studio(township, SINCE) if s.until is None and s.on(SINCE)]
        return self.rng.choice(seats).person

    def other(self, township: Township) -> PersonId:
        """Somebody of the township who is no member."""
        person = PersonId(self.t.diary.new_id())
        profile = Profile(
            name=words.DEPUTIES[township.index // 2],
            standing=Standing.STAFF,
            in_public_system=True,
            employer=township.name,
            position="党政办主任",
        )
        self.put(SINCE, Admit(person=person, profile=profile))
        return person

    def study_group(self, place: int, committee: UnitId) -> None:
        """The study group of a special committee, headed by one of its members."""
        unit = UnitId(self.t.diary.new_id())
        profile = UnitProfile(
            kind=UnitKind.STUDY_GROUP,
            name=f"{self.county.names[committee]}学习组",
            parent=committee,
            linked_by=committee,
        )
        self.put(
            GROUPS_OPENED, OpenUnit(unit=unit, profile=profile, since=GROUPS_OPENED, life=Life.OPEN)
        )
        own = [s for s in self.county.seats if s.committee == committee and s.until is None]
        head = self.rng.choice([s for s in own if s.on(GROUPS_OPENED)])
        if place != WITHOUT_HEAD:
            held = appointment(head.person, Office.HEAD, GROUPS_OPENED)
            self.put(GROUPS_OPENED, Appoint(unit=unit, appointment=held))

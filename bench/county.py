"""The county that is measured: a roster of 213 members in 12 sectors and 9 studios, and occasions of four of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from application.clock import Clock
from application.handle import Inspect, Request, Writer, nothing_to_inspect
from application.log import Log
from domain.evidence import Evidence
from domain.grant import GrantAccess
from domain.kinds import Details
from domain.kinds.deliberation import Inspected, Researched
from domain.kinds.meetings import TookStudyTour
from domain.kinds.people import (
    ReceivedPublic,
    VisitedConstituents,
    VisitedEnterprise,
    VisitedHousehold,
    VisitedVillage,
)
from domain.member import Admit, Bond, Membership, Profile, Standing, Term
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import Actor, PersonId, Refused, Role, UnitId, Via
from domain.streams import Command, OpenLedger
from domain.unit import Appoint, Appointment, Office, OpenUnit, UnitKind, UnitProfile

BEGAN = date(2016, 1, 1)
TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
COUNTY = UnitId("county")
SECTORS = tuple(UnitId(f"sector-{n}") for n in range(12))
STUDIOS = tuple(UnitId(f"studio-{n}") for n in range(9))
MEMBERS = tuple(PersonId(f"member-{n:03}") for n in range(213))
AT_ONE = 4
"""Members at one occasion."""
DAYS = 600
"""Days over which occasions are spread."""
KINDS_HELD: tuple[Details, ...] = (
    VisitedVillage(purpose="了解春耕和饮水情况", problems_raised=2),
    VisitedEnterprise(visited="县食品公司", problems_raised=1),
    VisitedHousehold(),
    VisitedConstituents(),
    ReceivedPublic(),
    Researched(),
    Inspected(),
    TookStudyTour(),
)
CALLER = PersonId("caller")
"""Who asks over HTTP; the office lets him."""
OFFICE = Actor(person=PersonId("secretary"), role=Role.OFFICE, unit=COUNTY)


def noon() -> datetime:
    """The same instant always, so that every run decides the same."""
    return NOON


def roster(code: str) -> Iterator[Command]:
    """The commands that open the ledger and enter everybody."""
    yield OpenLedger(code=code, committee="Bench County")
    kinds = dict.fromkeys(SECTORS, UnitKind.SECTOR) | dict.fromkeys(STUDIOS, UnitKind.STUDIO)
    for unit, kind in {COUNTY: UnitKind.COMMITTEE, **kinds}.items():
        yield OpenUnit(unit=unit, profile=UnitProfile(kind=kind, name=unit), since=BEGAN)
        head = PersonId(f"head-of-{unit}")
        yield Admit(person=head, profile=Profile(name=head, standing=Standing.STAFF))
        yield Appoint(
            unit=unit,
            appointment=Appointment(
                person=head,
                office=Office.CONVENOR if kind is UnitKind.SECTOR else Office.HEAD,
                since=BEGAN,
            ),
        )
    yield GrantAccess(
        grant="caller",
        person=CALLER,
        role=Role.OFFICE,
        unit=COUNTY,
        since=BEGAN,
        reason="bench",
    )
    for n, person in enumerate(MEMBERS):
        yield Admit(
            person=person,
            profile=Profile(name=f"委员{n}"),
            term=Term(number=10, since=BEGAN),
            memberships=(
                Membership(bond=Bond.SECTOR, unit=SECTORS[n % len(SECTORS)], since=BEGAN),
                Membership(bond=Bond.STUDIO, unit=STUDIOS[n % len(STUDIOS)], since=BEGAN),
            ),
        )


class Occurrences:
    """Occasions of four members, one after the other; ids never repeat in a run.

    No two of the first 254,400 are alike, since a real ledger hardly ever warns of a duplicate.
    """

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)
        self._members = self._random.sample(MEMBERS, len(MEMBERS))
        self._told = 0

    def id(self) -> str:
        """An id that nobody has had."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def occasion(self, by: date = TODAY) -> Occasion[Details]:
        """One held in the days before that day."""
        pick, told = self._random, self._told
        self._told += 1
        told, nth_day = divmod(told, DAYS)
        nth_kind, group = divmod(told, len(MEMBERS) // AT_ONE)
        group = (group + nth_day) % (len(MEMBERS) // AT_ONE)
        return Occasion(
            details=KINDS_HELD[nth_kind % len(KINDS_HELD)],
            title=f"走访第{pick.randrange(400)}村,听取群众意见",
            on=by - timedelta(days=nth_day),
            organiser=STUDIOS[pick.randrange(len(STUDIOS))],
            place="村委会议室",
            evidence=(Evidence(name="签到表", number=f"{pick.randrange(10_000)}"),),
            participants=tuple(
                Participant(person=who)
                for who in self._members[group * AT_ONE : (group + 1) * AT_ONE]
            ),
        )

    def request(self) -> Request:
        """A request of the county office to record one."""
        return Request(
            command=RecordOccasion(occasion=self.id(), body=self.occasion()),
            actor=OFFICE,
            command_id=self.id(),
        )

    def requests(self, count: int) -> list[Request]:
        """That many."""
        return [self.request() for _ in range(count)]


def found(log: Log, clock: Clock = noon, inspect: Inspect = nothing_to_inspect) -> Writer:
    """A writer on an empty log, after entering the roster."""
    writer = Writer(log, clock=clock, inspect=inspect)
    carry_out(writer, list(roster(log.ledger)))
    return writer


def carry_out(writer: Writer, commands: Sequence[Command]) -> None:
    """Have the county office give these commands at the machine; raises what is refused."""
    actor = replace(OFFICE, via=Via.CLI)
    requests = [
        Request(command=command, actor=actor, command_id=f"{writer.log.head()}-{nth}")
        for nth, command in enumerate(commands)
    ]
    for verdict in writer.write(requests):
        if isinstance(verdict, Refused):
            raise verdict

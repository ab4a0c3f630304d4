"""A county in a log in memory, small enough to hold in the head, and all rows that its read model has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

from application import codec, packs
from application.handle import Done, Request, Writer
from application.memory_log import MemoryLog
from domain.document import Publish, Sort
from domain.entry import Entry
from domain.kinds.people import VisitedVillage
from domain.member import (
    Admit,
    Bond,
    MemberRole,
    Membership,
    Profile,
    RoleHeld,
    Standing,
    Term,
)
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import Actor, PersonId, Refused, Role, UnitId
from domain.streams import Command, OpenLedger
from domain.unit import Appoint, Appointment, Office, OpenUnit, UnitKind, UnitProfile
from projections.columns import SCHEMA, Row
from projections.reader import OnPoison, Reader
from projections.store import TABLES, Store

BEGAN = date(2024, 1, 1)
TODAY = date(2025, 6, 30)

COUNTY, ECONOMY, MEDICINE = UnitId("county"), UnitId("economy"), UnitId("medicine")
SOUTH, NORTH = UnitId("south"), UnitId("north")
LINKING, AFFAIRS = UnitId("linking"), UnitId("affairs")

WANG, LI, ZHAO, CHEN, SUN, ZHOU = (
    PersonId(name) for name in ("wang", "li", "zhao", "chen", "sun", "zhou")
)
MEMBERS = (WANG, LI, ZHAO, CHEN, SUN, ZHOU)
"""Wang convenes the economy, Chen medicine; Sun has no studio and Zhou no sector."""
NAMES = {WANG: "王强", LI: "李敏", ZHAO: "赵刚", CHEN: "陈静", SUN: "孙丽", ZHOU: "周涛"}
HOMES: dict[PersonId, tuple[UnitId | None, UnitId | None]] = {
    WANG: (ECONOMY, SOUTH),
    LI: (ECONOMY, SOUTH),
    ZHAO: (ECONOMY, NORTH),
    CHEN: (MEDICINE, SOUTH),
    SUN: (MEDICINE, None),
    ZHOU: (None, NORTH),
}

OFFICE = Actor(person=PersonId("secretary"), role=Role.OFFICE, unit=COUNTY)
CLERK = Actor(person=PersonId("clerk"), role=Role.CLERK, unit=SOUTH)
NORTH_CLERK = Actor(person=PersonId("north-clerk"), role=Role.CLERK, unit=NORTH)
SECTOR_CLERK = Actor(person=PersonId("sector-clerk"), role=Role.CLERK, unit=ECONOMY)
CONVENOR = Actor(person=WANG, role=Role.HEAD, unit=ECONOMY)
LINKING_HEAD = Actor(person=PersonId("linking-head"), role=Role.HEAD, unit=LINKING)
SOUTH_HEAD = Actor(person=PersonId("south-head"), role=Role.HEAD, unit=SOUTH)
AFFAIRS_HEAD = PersonId("affairs-head")
STAFF = {SOUTH_HEAD.person: "何书记", LINKING_HEAD.person: "林主任", AFFAIRS_HEAD: "马主任"}
"""Who heads a unit and is no member."""

TEXTS = {
    Sort.RUBRIC: ("rehearsal", "rehearsal/rubric.yaml"),
    Sort.CHECKLIST: ("ten-ones", "haiyan/ten-ones.yaml"),
    Sort.POLICY: ("rehearsal", "rehearsal/policy.yaml"),
    Sort.RULE: ("appraisal-measure", "rehearsal/rule.yaml"),
    Sort.TERMS: ("district", "terms/district.yaml"),
    Sort.CALENDAR: ("cn-2025", "calendars/cn-2025.yaml"),
    Sort.LOOP: ("messages", "rehearsal/messages.yaml"),
    Sort.FIGURES: ("carried-messages", "messages/figures.yaml"),
}


OF_UNITS = """\
rubric: of-units
version: %s
zh: 工作室建设计入委员得分
en: what studios are built up to counts for their members
since: 2024-01-01
%s
blocks:
  - block: work
    zh: 工作
    en: work
    clauses:
      - {clause: visits, zh: 走访, en: visits, counts: 走访村(社区), each: 1}
      - {clause: studio, zh: 工作室建设, en: the studio, whose: 所属单位, of_kinds: 委员工作室, counts: 达到标准, each: 2}
      - {clause: unit, zh: 单位受督查, en: checks, whose: 所属单位, counts: {kinds: 接受督查、验收, reached: {all: 验收通过}}, each: 4}
      - {clause: less, zh: 通报批评, en: criticism, whose: 所属单位, counts: {kinds: 受到处理, where: {sanction: 通报批评}}, each: -1}
"""
"""A rubric that counts what is on record of members' units; `%s` is for its version, and for more of what it says."""


def of_units(
    version: str = "1", since: date = BEGAN, more: str = "period: 自然年度", *, own: bool = False
) -> Publish:
    """The publication of such a rubric, or of one that counts what is his own alone."""
    text = OF_UNITS % (version, more)
    if own:
        text = "".join(line for line in text.splitlines(True) if "whose" not in line)
    return Publish(sort=Sort.RUBRIC, code="of-units", version=version, text=text, since=since)


read_document = packs.published
"""What a published text says."""


def publication(sort: Sort, version: str = "1", since: date = BEGAN, text: str = "") -> Publish:
    """The publication of one of the documents that come with the product, or of another text under its code."""
    code, file = TEXTS[sort]
    whole = text or files("packs").joinpath(file).read_text(encoding="utf-8")
    return Publish(sort=sort, code=code, version=version, text=whole, since=since)


def founding() -> list[Command]:
    """Seven units, six members and a guest, and who heads what; three heads are no members."""
    kinds = {
        COUNTY: UnitKind.COMMITTEE,
        LINKING: UnitKind.SPECIAL_COMMITTEE,
        ECONOMY: UnitKind.SECTOR,
        MEDICINE: UnitKind.SECTOR,
        SOUTH: UnitKind.STUDIO,
        NORTH: UnitKind.STUDIO,
        AFFAIRS: UnitKind.OFFICE,
    }
    heads = {
        ECONOMY: WANG,
        MEDICINE: CHEN,
        SOUTH: SOUTH_HEAD.person,
        LINKING: LINKING_HEAD.person,
        AFFAIRS: AFFAIRS_HEAD,
    }
    commands: list[Command] = [OpenLedger(code="small", committee="小县政协")]
    for unit, kind in kinds.items():
        profile = UnitProfile(
            kind=kind,
            name=f"{kind.zh}{unit}",
            linked_by=LINKING if kind is UnitKind.SECTOR else None,
            member_affairs=unit == AFFAIRS,
        )
        commands.append(OpenUnit(unit=unit, profile=profile, since=BEGAN))
    for n, who in enumerate(MEMBERS):
        sector, studio = HOMES[who]
        bonds = ((Bond.SECTOR, sector), (Bond.STUDIO, studio))
        commands.append(
            Admit(
                person=who,
                profile=Profile(name=NAMES[who], number=f"{n:03}"),
                term=Term(number=10, since=BEGAN),
                memberships=tuple(
                    Membership(bond=bond, unit=unit, since=BEGAN)
                    for bond, unit in bonds
                    if unit is not None
                ),
                roles=(RoleHeld(role=MemberRole.STANDING_MEMBER, since=BEGAN),)
                if who == WANG
                else (),
            )
        )
    guest = Profile(name="省委员", standing=Standing.GUEST)
    commands.append(Admit(person=PersonId("guest"), profile=guest))
    for person, name in STAFF.items():
        staff = Profile(name=name, standing=Standing.STAFF)
        commands.append(Admit(person=person, profile=staff))
    for unit, head in heads.items():
        held = Appointment(person=head, office=Office.HEAD, since=BEGAN)
        commands.append(Appoint(unit=unit, appointment=held))
    return commands


def visit(
    *people: PersonId | Participant,
    on: date = date(2025, 6, 20),
    organiser: UnitId = SOUTH,
    title: str = "走访韩村",
    **said: Any,
) -> Occasion[VisitedVillage]:
    """A village visit by these people."""
    return Occasion(
        details=VisitedVillage(),
        title=title,
        on=on,
        organiser=organiser,
        participants=tuple(
            p if isinstance(p, Participant) else Participant(person=p) for p in people
        ),
        **said,
    )


@dataclass
class County:
    """A ledger in memory with a clock that is set by hand."""

    log: MemoryLog = field(default_factory=lambda: MemoryLog("small"))
    day: date = date(2025, 6, 25)
    commands: int = 0

    def __post_init__(self) -> None:
        self.writer = Writer(self.log, clock=self._clock)

    def _clock(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 2, tzinfo=UTC)

    def found(self) -> County:
        """Open the ledger and enter everybody."""
        self.say(OFFICE, *founding())
        return self

    def say(self, actor: Actor, *commands: Command) -> list[Done]:
        """Carry out commands, none of which may be refused."""
        verdicts = self.writer.write(self._requests(actor, commands))
        for verdict in verdicts:
            if isinstance(verdict, Refused):
                raise verdict
        return [verdict for verdict in verdicts if isinstance(verdict, Done)]

    def try_to(self, actor: Actor, command: Command) -> bool:
        """Carry out a command that may be refused; whether it was carried out."""
        (verdict,) = self.writer.write(self._requests(actor, [command]))
        return isinstance(verdict, Done)

    def visited(self, actor: Actor, name: str, body: Occasion[Any]) -> str:
        """Record an occasion; returns its stream."""
        self.say(actor, RecordOccasion(occasion=name, body=body))
        return f"occasion/{name}"

    def _requests(self, actor: Actor, commands: Sequence[Command]) -> list[Request]:
        self.commands += len(commands)
        first = self.commands - len(commands)
        return [
            Request(command=command, actor=actor, command_id=f"c{first + n}")
            for n, command in enumerate(commands)
        ]

    @property
    def entries(self) -> list[Entry[Any]]:
        """All entries."""
        return self.since(0, self.log.head())

    def since(self, position: int, limit: int) -> list[Entry[Any]]:
        """Entries after a position."""
        return codec.decode_all(self.log.since(position, limit))

    def at(self, positions: Sequence[int]) -> list[Entry[Any]]:
        """The entries at these positions."""
        return codec.decode_all(self.log.at(positions))

    def reader(
        self,
        store: Store,
        *,
        up_to: int | None = None,
        at_a_time: int = 5_000,
        today: date = TODAY,
        on_poison: OnPoison = OnPoison.STOP,
    ) -> Reader:
        """A reader of this ledger, or of its first entries."""

        def since(position: int, limit: int) -> list[Entry[Any]]:
            end = limit if up_to is None else min(limit, up_to - position)
            return self.since(position, end)

        return Reader(
            store,
            self.log.ledger,
            since,
            today=lambda: today,
            read_document=read_document,
            on_poison=on_poison,
            at_a_time=at_a_time,
        )


def rows_of(store: Store, ledger: str) -> dict[str, list[Row]]:
    """All rows of a ledger by table as they are stored, in one order."""
    with store.reading() as connection:
        schema = f"{SCHEMA}." if connection.dialect.name == "postgresql" else ""
        found = {
            table.name: in_order(
                connection.exec_driver_sql(
                    f"SELECT * FROM {schema}{table.name} WHERE ledger = '{ledger}'"
                )
            )
            for table in TABLES
        }
    # How often rows were made anew is the only thing that two ways of making them may differ in.
    found["positions"] = [row[:-1] for row in found["positions"]]
    return found


def in_order(rows: Iterable[Sequence[Any]]) -> list[Row]:
    """Rows in an order that does not depend on how they were read."""
    return sorted((tuple(row) for row in rows), key=lambda row: [(v is None, v) for v in row])

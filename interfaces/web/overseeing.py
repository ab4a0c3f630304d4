"""What the office and auditors watch: how everything stands, how far the ledger is sealed, who was shown what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from application.clock import now
from application.readings import Reading
from application.seal.verify import Bad
from domain.access import Action, Relation
from domain.people import PersonId, Refused
from domain.words import Choice
from interfaces.api.door import needs
from interfaces.api.reads import MOST_BEHIND
from interfaces.api.seals import CheckpointView, view_of
from interfaces.sealing import SealState, state_of
from interfaces.web import choosing
from interfaces.web.asked import Filters, with_parameters
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting, Visitor, whole
from interfaces.wiring import OF_READINGS
from projections import documents, roster

MOST_SHOWN = 50
NEWEST_CHECKPOINTS = 10
LONGEST_UNSEALED = 600.0
"""Seconds after which what is not sealed yet is worth a look."""


class State(Choice):
    """How something stands."""

    GOOD = "good", "正常", "fine"
    LOOK = "look", "需要查看", "worth a look"
    STOPPED = "stopped", "已停止", "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How this ledger stands: its reader, and its seals."""

    head: int
    behind: int
    reading: bool
    seal: SealState | None
    seal_stopped: str
    readings_stopped: str
    sealing: bool

    @property
    def reader(self) -> State:
        """Whether what can be read is not far behind what was written."""
        if not self.reading:
            return State.STOPPED
        return State.LOOK if self.behind > MOST_BEHIND else State.GOOD

    @property
    def sealer(self) -> State:
        """Whether what is written is sealed."""
        if self.seal_stopped or self.readings_stopped:
            return State.STOPPED
        if not self.sealing or self.seal is None or not self.seal.sealed:
            return State.LOOK
        lag = self.seal.lag_seconds
        return State.LOOK if lag is not None and lag > LONGEST_UNSEALED else State.GOOD

    @property
    def all(self) -> State:
        """The worse of both."""
        return max(self.reader, self.sealer, key=list(State).index)


def health_of(visitor: Visitor) -> Health:
    """How the visitor's ledger stands."""
    desk, state = visitor.desk, visitor.request.app.state
    stopped = state.stopped.get(desk.code)
    seal, trouble = None, "" if stopped is None else str(stopped)
    try:
        seal = state_of(desk.log, desk.seals, desk.signer, stopped)
    except Refused as refused:
        trouble = trouble or (refused.about or refused.zh)
    of_readings = state.stopped.get(desk.code + OF_READINGS)
    head = desk.head()
    return Health(
        head=head,
        behind=max(0, head - desk.reader.position),
        reading=desk.is_reading,
        seal=seal,
        seal_stopped=trouble,
        readings_stopped="" if of_readings is None else str(of_readings),
        sealing=visitor.request.app.state.door.installation.settings.seal_every is not None,
    )


@dataclass(frozen=True, slots=True)
class ShownReading:
    """A reading as a page shows it, with how often in that minute the same was shown to the same person."""

    reading: Reading
    who: str
    unit: str
    times: int


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(
        route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}/admin"
    )

    @made.get("", operation_id="page_admin", openapi_extra=needs(Action.VERIFY))
    def admin(visitor: Visiting) -> Response:
        """What there is to see to, and how each stands."""
        desk, day = visitor.desk, visitor.asking.today
        desk.grants.look_again()
        instant = now()
        in_force = [
            each
            for each in desk.grants.all()
            if each.within(desk.grants.of(each.person), instant, day)
        ]
        with visitor.asking.look() as look:
            known = roster.how_many(look.connection, look.ledger, day)
            papers = documents.documents(look.connection, look.ledger, day=day)
        return render(
            visitor,
            "admin.html",
            known=known,
            grants=sum(1 for each in in_force if not each.standby),
            emergencies=sum(1 for each in in_force if each.under),
            papers=sum(1 for each in papers if each.in_force is not None),
            accounts=_accounts(visitor),
            health=health_of(visitor),
        )

    @made.get("/seal", operation_id="page_seal", openapi_extra=needs(Action.SEE_SEAL))
    def seal(visitor: Visiting) -> Response:
        """How far the ledger is sealed, under which checkpoint, and how somebody checks it."""
        seals = visitor.desk.seals
        checkpoints: Sequence[CheckpointView] = ()
        trouble = policy = ""
        try:
            sizes = list(reversed(seals.sizes()))[:NEWEST_CHECKPOINTS]
            found = map(seals.checkpoint, sizes)
            checkpoints = [view_of(each) for each in found if each is not None]
            policy = seals.policy
        except Bad as bad:
            trouble = str(bad)
        health = health_of(visitor)
        return render(
            visitor,
            "seal.html",
            health=health,
            checkpoints=checkpoints,
            trouble=trouble,
            policy=policy,
        )

    @made.get("/health", operation_id="page_health", openapi_extra=needs(Action.VERIFY))
    def health(visitor: Visiting) -> Response:
        """Whether this ledger is read and sealed as it should be."""
        return render(visitor, "health.html", health=health_of(visitor))

    @made.get("/readings", operation_id="page_readings", openapi_extra=needs(Action.SEE_READINGS))
    def readings(
        visitor: Visiting, person: str = "", month: str = "", before: str = ""
    ) -> Response:
        """Who was shown in a month what tells of somebody, the newest first."""
        return _readings(visitor, person, month, before)

    return made


def _accounts(visitor: Visitor) -> int | None:
    """How many accounts the people of the ledger have, for who sees to them."""
    if not visitor.may_ever(Action.SEE_TO_ACCOUNTS):
        return None
    access = visitor.request.app.state.door.installation.access
    return int(access.accounts.how_many_in(visitor.ledger))


def folded(found: Sequence[Reading]) -> list[tuple[Reading, int]]:
    """Readings of one minute that say the same of the same person as one, the first of them, with how many they are."""
    alike: dict[tuple[object, ...], list[Reading]] = {}
    for each in found:
        told, minute = each.envelope, each.envelope.at.replace(second=0, microsecond=0)
        key = (minute, told.by, told.role, told.unit, each.noted.action, each.noted.reason)
        alike.setdefault(key, []).append(each)
    return [(some[0], len(some)) for some in alike.values()]


def _readings(visitor: Visitor, person: str, month: str, before: str) -> Response:
    asking, asker = visitor.asking, visitor.asker
    all_of_them = asker.always(Action.SEE_READINGS)
    said = person or ("" if all_of_them else visitor.actor.person)
    when = Filters(visitor).month(month) or now().date().replace(day=1)
    start = whole(before)
    found: list[Reading] = []
    chosen: choosing.PersonRow | None = None
    wrong: Refused | None = None
    names: dict[str, str] = {}
    with asking.look() as look:
        if said:
            try:
                told = (look.connection, look.ledger, said, asking.today, "person")
                chosen = choosing.one_called(*told)
            except Refused as refused:
                wrong = refused
        if chosen is not None:
            himself = chosen.person == visitor.actor.person
            asker.must(Action.SEE_READINGS, Relation.SELF if himself else Relation.OTHER, "person")
            found = visitor.desk.readings.of(f"member/{chosen.person}", when, MOST_SHOWN, start)
            # By name for the auditor and the office; he himself sees by which office.
            people = {PersonId(each.envelope.by) for each in found} if all_of_them else set()
            units = {each.envelope.unit for each in found if each.envelope.unit is not None}
            names = roster.names(look.connection, look.ledger, people=people, units=units)
    rows = [
        ShownReading(
            each,
            names.get(f"member/{each.envelope.by}", ""),
            names.get(f"unit/{each.envelope.unit}", "") if each.envelope.unit else "",
            times,
        )
        for each, times in folded(found)
    ]
    more: dict[str, Any] = {}
    if len(found) == MOST_SHOWN:
        more["before"] = str(found[-1].position)
    return render(
        visitor,
        "readings.html",
        status=200 if wrong is None else 422,
        rows=rows,
        chosen=chosen,
        said=said,
        wrong=wrong,
        month=f"{when:%Y-%m}",
        all_of_them=all_of_them,
        next=with_parameters(visitor, **more) if more else "",
    )

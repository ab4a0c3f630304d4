"""What waits for a unit: by record or by member, confirmed many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from application.handle import Request as Asked
from domain import deed as acts
from domain.access import Action
from domain.attestation import counting, rule_for
from domain.fact import SubjectId
from domain.kinds import KINDS
from domain.people import PersonId, Reason, Refused
from domain.period import Period
from domain.selection import Why
from domain.streams import State, facts_of
from domain.unit import Side
from domain.words import Label
from interfaces.api.asking import LONGEST_WAIT
from interfaces.api.door import needs
from interfaces.web import fields
from interfaces.web.asked import Filters, next_page
from interfaces.web.deed import DID, collection_of, earned_by
from interfaces.web.in_question import in_question
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, Sent, VisitingNow, Visitor, whole
from projections import deeds, documents, dual, roster, waiting
from projections.evidence import evidence_of
from projections.scorecards import Earned
from projections.waiting import WaitingDeed, WaitingLine

MOST_SHOWN = 50
BETWEEN = "|"
TICK_ONE = fields.Trouble(
    Label("请至少勾选一行", "tick one at least"), "p", Label("待确认的", "what waits"), "lines"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line that waits, as the queue shows it: whether it counts today, and if not, the day from which silence lets it."""

    deed: WaitingDeed
    line: WaitingLine
    own: bool
    earned: tuple[Earned, ...]
    counts: bool
    counts_from: date | None

    @property
    def gives(self) -> tuple[Earned, ...]:
        """What it gives, but that it has to be confirmed first, which is said of the line already."""
        return tuple(e for e in self.earned if self.counts or e.why is not Why.NOT_YET)

    @property
    def told(self) -> str:
        """The same as a form sends it."""
        return BETWEEN.join((self.deed.deed.stream, self.line.side.value, self.line.subject[7:]))


def router() -> APIRouter:
    """The pages of what waits."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/waiting", operation_id="page_waiting", openapi_extra=needs(Action.SEE_WAITING))
    def list_waiting(
        visitor: VisitingNow, by: str = "record", cursor: str = "", done: str = "", did: str = ""
    ) -> Response:
        """What the unit answers for, oldest first."""
        return _page(visitor, by=by, cursor=cursor, done=done, did=did)

    @made.post("/waiting", operation_id="send_waiting", openapi_extra=needs(Action.CONFIRM))
    async def confirm_many(sending: Sending) -> Response:
        """Confirm many lines in one act: each gets a stamp of its own."""
        visitor, sent = sending
        by = "member" if sent.one("by") == "member" else "record"
        try:
            commands = list(_commands(sent))
        except Refused as refused:
            nothing = refused.reason is Reason.MISSING
            trouble = (TICK_ONE,) if nothing else fields.troubles(refused, ())
            return await run_in_threadpool(_page, visitor, by=by, refused=trouble)
        verdicts = await visitor.desk.submit_all(
            [
                Asked(
                    command=command,
                    actor=visitor.actor,
                    command_id=f"{sent.command_id}/{command.deed}/{command.side.value}"[:200],
                    cause=sent.command_id,
                )
                for command in commands
            ]
        )
        both = list(zip(commands, verdicts, strict=True))
        not_done = [(c.deed, said) for c, said in both if isinstance(said, Refused)]
        done = [said.position for _, said in both if not isinstance(said, Refused)]
        people = sum(len(c.people) for c, said in both if not isinstance(said, Refused))
        if done:
            await visitor.desk.reader.arrived(max(done), LONGEST_WAIT)
        if not_done:
            told = str(people) if people else ""
            return await run_in_threadpool(_page, visitor, by=by, not_done=not_done, done=told)
        return see(visitor.address(f"/waiting?by={by}&done={people}"))

    return made


def _commands(sent: Sent) -> Iterable[acts.Confirm]:
    chosen: dict[tuple[str, Side], list[PersonId]] = {}
    for told in dict.fromkeys(sent.all("p")):
        stream, _, rest = told.partition(BETWEEN)
        side, _, person = rest.partition(BETWEEN)
        try:
            chosen.setdefault((stream, Side.of(side)), []).append(PersonId(person))
        except KeyError as error:
            raise Refused(Reason.MALFORMED, "/people", told[:40]) from error
    if not chosen:
        raise Refused(Reason.MISSING, "/people")
    for (stream, side), people in chosen.items():
        yield acts.Confirm(deed=stream, side=side, people=tuple(people))


def _counting(
    states: Mapping[str, State], rules: documents.Policies, today: date
) -> dict[tuple[str, SubjectId], tuple[bool, date | None]]:
    """Whether each line of these records counts today, and if not, the day from which it will where nobody says anything."""
    found: dict[tuple[str, SubjectId], tuple[bool, date | None]] = {}
    for stream, state in states.items():
        for fact in facts_of(state):
            policy = rules.on(fact.on)
            told = counting(fact, rule_for(fact, policy), policy, today)
            found[stream, fact.subject] = told
    return found


def _page(
    visitor: Visitor,
    *,
    by: str = "record",
    cursor: str = "",
    done: str = "",
    did: str = "",
    refused: tuple[fields.Trouble, ...] = (),
    not_done: Sequence[tuple[str, Refused]] = (),
) -> Response:
    unit = visitor.capacity.unit
    if unit is None:
        raise Refused(Reason.NAME_ONE, "as")
    today = visitor.asking.today
    period = Period.year(Filters(visitor).year(""))
    with visitor.asking.look() as look:
        units = roster.all_units(look.connection, look.ledger)
        queue = waiting.queue_among(units, unit, today)
        page = waiting.waiting(
            look.connection,
            look.ledger,
            unit,
            today=today,
            queue=queue,
            after=visitor.asking.after(cursor or None),
            limit=MOST_SHOWN,
        )
        count = waiting.waiting_count(look.connection, look.ledger, unit, today=today, queue=queue)
        people = {each.deed.recorded_by for each in page.rows}
        recorders = {each.deed.recorder for each in page.rows if each.deed.recorder}
        names = roster.names(look.connection, look.ledger, people=people, units=recorders)
        shelf = visitor.desk.shelf
        rules = documents.policies(look.connection, look.ledger, shelf)
        # The read model may not have come to a unit that was opened just now.
        record = (
            dual.unit(
                look.connection,
                look.ledger,
                units[unit],
                first=period.first,
                last=period.last,
                today=today,
                policies=rules,
            )
            if unit in units
            else None
        )
        alone = () if record is None else record.one_side_only
        members = roster.names(
            look.connection,
            look.ledger,
            people=[PersonId(each[7:]) for each in alone],
        )
        titles = deeds.titles(look.connection, look.ledger, [stream for stream, _ in not_done])
        corrected = () if record is None else record.corrected
        about = deeds.summaries(look.connection, look.ledger, corrected)
        questions = in_question(visitor, look, [each.deed.stream for each in page.rows])
        states = deeds.states(look.connection, look.ledger, [d.deed.stream for d in page.rows])
        earned = earned_by(
            visitor,
            look,
            ((d.deed.stream, d.deed.on.year, each.subject) for d in page.rows for each in d.lines),
        )
    own = f"member/{visitor.actor.person}"
    said = _counting(states, rules, today)
    lines = [
        Line(
            each,
            line,
            line.subject == own,
            earned.get((line.subject, each.deed.stream), ()),
            *said.get((each.deed.stream, line.subject), (False, None)),
        )
        for each in page.rows
        for line in each.lines
    ]
    groups: dict[str, list[Line]] = {}
    for line in lines:
        key = line.line.name if by == "member" else line.deed.deed.stream
        groups.setdefault(key, []).append(line)
    if by == "member":
        groups = dict(sorted(groups.items()))
    return render(
        visitor,
        "waiting.html",
        status=422 if refused or not_done else 200,
        groups=groups,
        count=count,
        by=by,
        did=DID.get(did),
        done=done if whole(done) is not None else "",
        names=names,
        kinds=KINDS,
        evidence={stream: len(evidence_of(state)) for stream, state in states.items()},
        questions=questions,
        where=collection_of,
        refused=refused,
        not_done=[(stream, titles.get(stream, ""), said.reason) for stream, said in not_done],
        may_confirm=visitor.may_ever(Action.CONFIRM),
        today=today,
        record=record,
        corrected=[about[each] for each in corrected if each in about],
        year=period.first.year,
        unit=unit,
        alone=sorted(members.items(), key=lambda item: item[1]),
        next=next_page(visitor, page.after),
    )

"""Take back what a file brought in: what nobody has touched since is reversed, what somebody has is kept and told, what was only linked is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from application.handle import Request, Verdict
from application.importing import Rehearsal
from domain import batch as batches
from domain import matter, on_paper, streams
from domain.deed import (
    Confirmed,
    Deed,
    ItemAssigned,
    Known,
    LinkedLedTo,
    LinkedSame,
    Returned,
    Superseded,
    UnlinkedLedTo,
    UnlinkedSame,
    UnlinkSame,
    Upheld,
    Withdraw,
    Withdrawn,
)
from domain.disputed import DisputeStep
from domain.entry import Entry
from domain.occasion import AmendOccasion, Occasion, OccasionAmended, ParticipantsListed
from domain.on_paper import Neutral
from domain.people import Actor, PersonId, Reason, Refused, Via
from domain.streams import Command
from domain.words import Choice

MOST_AT_ONCE = 2_000
"""Records of one batch that can be taken back together."""
NO_REASON_YET = "…"
"""Stands for the reason of an undo that is only looked at."""

Entries = Sequence[Entry[Any]]


class Fate(Choice):
    """What an undo does about a record."""

    REVERSED = "reversed", "撤销", "is reversed"
    KEPT = "kept", "保留", "is kept"
    LINKED = "linked", "只曾关联", "was only linked"
    GONE = "gone", "此前已撤回", "is gone already"


class Touch(Choice):
    """What somebody has done since to a record that a batch brought in."""

    AMENDED = "amended", "已更正", "corrected it"
    CONFIRMED = "confirmed", "已确认", "confirmed it"
    RETURNED = "returned", "已退回核实", "returned it for checking"
    UPHELD = "upheld", "已核实维持", "upheld it"
    OUTCOME = "outcome", "已登记办理结果", "reported an outcome"
    LINKED = "linked", "已关联其他记录", "linked it to another"
    ITEM = "item", "已归入清单项目", "moved it to an item of a list"
    WITHDRAWN = "withdrawn", "已撤回", "withdrew it"
    QUERIED = "queried", "委员已提出核对申请", "a member queries it"
    OTHER = "other", "已作处理", "acted on it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """That somebody did something to a record since."""

    how: Touch
    by: PersonId
    on: date
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record and what becomes of it.

    `people` are those who are taken out, where only people had been added. `touched` says why it is kept, or `refused`
    where the ledger would not take it back. `link_undone` says that a link which the batch had made is undone.
    """

    stream: str
    title: str
    on: date
    fate: Fate
    people: tuple[PersonId, ...] = ()
    touched: tuple[Touched, ...] = ()
    refused: Refused | None = None
    link_undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What an undo would do, or did. `steps` are its commands, each with the place of its line."""

    batch: str
    lines: tuple[Line, ...]
    steps: tuple[tuple[int, Request], ...]
    written: int = 0
    again: int = 0
    refused: int = 0
    position: int = 0

    def of(self, fate: Fate) -> tuple[Line, ...]:
        """The lines that end so."""
        return tuple(each for each in self.lines if each.fate is fate)


def plan_undo(
    batch: str,
    of_streams: Mapping[str, Entries],
    *,
    known: Known,
    actor: Actor,
    ledger: str,
    reason: str = NO_REASON_YET,
) -> Undo:
    """What taking a batch back would do. `of_streams` has all entries of the records that it names, and of those linked to them.

    Raises `Refused` without a reason, for a batch of the roster, and for one with too many records.
    """
    if not reason.strip():
        raise Refused(Reason.REASON_MISSING, "/reason")
    return _Undoing(batch, of_streams, known, actor, ledger, reason).plan()


@dataclass(slots=True)
class _Record:
    """A record that a batch wrote to: its entries, and as they leave it."""

    entries: Entries
    deed: Deed[Any]
    own: list[Entry[Any]]

    @property
    def is_new(self) -> bool:
        return self.own[0].version == 1


class _Undoing:
    def __init__(
        self,
        batch: str,
        of_streams: Mapping[str, Entries],
        known: Known,
        actor: Actor,
        ledger: str,
        reason: str,
    ) -> None:
        self.batch, self.of_streams, self.known = batch, of_streams, known
        self.actor = replace(actor, via=Via.IMPORT)
        self.ledger = ledger
        self.reason = f"撤销导入:{reason.strip()}"
        self.cause = batches.import_cause(batch)
        self.rehearsal = Rehearsal(known)
        self.lines: list[Line] = []
        self.steps: list[tuple[int, Request]] = []

    def plan(self) -> Undo:
        records = {}
        for stream, entries in self.of_streams.items():
            own = [each for each in entries if self.is_own(each)]
            if not own:
                continue
            state: Any = None
            for entry in entries:
                state = streams.evolve(state, entry)
            if not isinstance(state, Deed):
                raise Refused(Reason.ROSTER_STAYS, about=self.batch)
            records[stream] = _Record(entries, state, own)
        if not records:
            raise Refused(Reason.NO_SUCH_BATCH, "batch", self.batch)
        if len(records) > MOST_AT_ONCE:
            raise Refused(Reason.TOO_MANY, "batch", f"{len(records)} > {MOST_AT_ONCE}")
        for record in sorted(records.values(), key=lambda each: each.own[0].position):
            if record.is_new:
                self.take_back(record, records)
            else:
                self.take_out(record)
        return Undo(batch=self.batch, lines=tuple(self.lines), steps=tuple(self.steps))

    def is_own(self, entry: Entry[Any]) -> bool:
        found = batches.of_batch(entry)
        return found is not None and found.batch == self.batch and not found.undoes

    def is_ours(self, entry: Entry[Any]) -> bool:
        """Whether an entry came with the batch or an undo of it."""
        found = batches.of_batch(entry)
        return found is not None and found.batch == self.batch

    # What the batch recorded

    def take_back(self, record: _Record, records: Mapping[str, _Record]) -> None:
        """Withdraw a record that the batch made, unless somebody has touched it."""
        deed = record.deed
        if deed.gone:
            ended = tuple(self.ends(record))
            # An undo that broke off may have left a link to what it withdrew.
            ours = any(self.is_ours(e) and isinstance(e.event, Withdrawn) for e in record.entries)
            unlinks = self.unlinks(deed.stream, records) if ours else []
            self.say(record, Fate.GONE, touched=ended, commands=unlinks)
            return
        touched = (
            *self.touches(record.entries),
            *self.links_of_others(deed.stream),
            *self.queries_on(deed.stream),
        )
        if touched and self.only_lines_are_touched(record, touched):
            self.take_out_people(record)
            return
        if touched:
            self.say(record, Fate.KEPT, touched=touched)
            self.left_alone(deed, records)
            return
        commands = [
            self.request(
                Withdraw(deed=deed.stream, reason=self.why(deed)),
                f"withdraw|{deed.stream}",
                seen=deed.version,
            ),
            *self.unlinks(deed.stream, records),
        ]
        self.say(record, Fate.REVERSED, commands=commands)
        self.left_alone(deed, records)

    def unlinks(self, stream: str, records: Mapping[str, _Record]) -> list[Request]:
        """Undo the links that the batch made from records of others to this one."""
        return [
            self.request(
                UnlinkSame(deed=other.deed.stream, reason=self.why(other.deed)),
                f"unlink|{other.deed.stream}|{stream}",
            )
            for other in records.values()
            if not other.is_new and other.deed.same_as == stream and not other.deed.gone
        ]

    def left_alone(self, deed: Deed[Any], records: Mapping[str, _Record]) -> None:
        """Say of a record to which this one was only linked that it stays."""
        undone = self.lines[-1].fate is Fate.REVERSED
        others = [
            (other, undone)
            for other in self.of_streams
            if deed.same_as == other and other not in records
        ]
        others += [
            (stream, undone and each.deed.same_as == deed.stream)
            for stream, each in records.items()
            if any(
                isinstance(entry.event, LinkedSame) and entry.event.same_as == deed.stream
                for entry in each.own
            )
        ]
        for stream, link_undone in others:
            state: Any = None
            for entry in self.of_streams[stream]:
                state = streams.evolve(state, entry)
            self.lines.append(
                Line(
                    stream=stream,
                    title=state.body.title,
                    on=state.body.on,
                    fate=Fate.LINKED,
                    link_undone=link_undone,
                )
            )

    def only_lines_are_touched(self, record: _Record, touched: Sequence[Touched]) -> bool:
        """Whether others have acted on some people's lines alone, so that the other people may be taken out."""
        if not isinstance(record.deed.body, Occasion):
            return False
        positions = {each.position for each in touched}
        entries = [each for each in record.entries if each.position in positions]
        return len(entries) == len(positions) and all(
            isinstance(each.event, ItemAssigned)
            or (isinstance(each.event, Confirmed | Returned | Upheld) and each.event.people)
            for each in entries
        )

    def touches(self, entries: Entries) -> Iterator[Touched]:
        """What others have done to a record since the batch wrote it."""
        began = False
        for entry in entries:
            if self.is_ours(entry):
                began = True
            elif began:
                yield _touched(entry)

    def links_of_others(self, stream: str) -> Iterator[Touched]:
        """That somebody has linked another record to this one, and the link is in force."""
        for entries in self.of_streams.values():
            link: Entry[Any] | None = None
            for entry in entries:
                if isinstance(entry.event, LinkedSame):
                    link = entry if entry.event.same_as == stream else None
                elif isinstance(entry.event, UnlinkedSame | Withdrawn | Superseded):
                    link = None
            if link is not None and not self.is_ours(link):
                yield _touched(link)

    def queries_on(self, stream: str) -> Iterator[Touched]:
        """That a member has queried a record, and did not take the query back."""
        for query in self.known.disputes():
            if stream in query.claim.named and query.step is not DisputeStep.WITHDRAWN:
                yield Touched(
                    how=Touch.QUERIED,
                    by=query.raised_by,
                    on=query.raised_on,
                    position=query.raised_at,
                )

    def ends(self, record: _Record) -> Iterator[Touched]:
        """Who took a record back before."""
        for entry in record.entries:
            if isinstance(entry.event, Withdrawn | Superseded):
                yield _touched(entry)

    # People and outcomes

    def take_out(self, record: _Record) -> None:
        """Take out the people and outcomes that the batch added to a record which stood before; links are told with the records."""
        if any(isinstance(each.event, OccasionAmended | ParticipantsListed) for each in record.own):
            self.take_out_people(record)
        for entry in record.own:
            if isinstance(entry.event, matter.OutcomeReached):
                self.retract(record, entry)

    def take_out_people(self, record: _Record) -> None:
        deed = record.deed
        if deed.gone:
            self.say(record, Fate.GONE, touched=tuple(self.ends(record)))
            return
        added, half_days = self.added(record)
        body: Occasion[Any] = deed.body
        lines = {each.person: each for each in body.participants}
        standing = [p for p in added if p in lines or p in body.expected]
        if not standing:
            self.say(record, Fate.GONE)
            return
        touched = {p: tuple(self.touches_of(record, p, added[p], lines.get(p))) for p in standing}
        out = tuple(p for p in standing if not touched[p])
        kept = tuple(p for p in standing if touched[p])
        if kept:
            told = dict.fromkeys(each for p in kept for each in touched[p])
            self.say(record, Fate.KEPT, people=kept, touched=tuple(told))
        if not out:
            return
        left = replace(
            body,
            participants=tuple(p for p in body.participants if p.person not in out),
            expected=tuple(p for p in body.expected if p not in out),
        )
        if half_days is not None and all(
            (p.half_days or 1) <= half_days for p in left.participants
        ):
            left = replace(left, half_days=half_days)
        command = AmendOccasion(
            occasion=deed.stream.partition("/")[2], body=left, reason=self.reason
        )
        request = self.request(command, f"out|{deed.stream}|{deed.version}", seen=deed.version)
        self.say(record, Fate.REVERSED, people=out, commands=[request])

    def added(self, record: _Record) -> tuple[dict[PersonId, Any], int | None]:
        """Whom the batch put in and with which line, and how long the occasion was before, where it made it longer."""
        added: dict[PersonId, Any] = {}
        shorter: int | None = None
        state: Any = None
        for entry in record.entries:
            before = state
            state = streams.evolve(state, entry)
            if not self.is_own(entry) or isinstance(entry.event, LinkedSame):
                continue
            had: set[PersonId] = set()
            if before is not None:
                had = {p.person for p in before.body.participants} | {*before.body.expected}
            now = {p.person: p for p in state.body.participants}
            for person in (*now, *state.body.expected):
                if person not in had:
                    added[person] = now.get(person)
            if before is not None and before.body.half_days < state.body.half_days:
                shorter = before.body.half_days if shorter is None else shorter
        return added, shorter

    def touches_of(
        self, record: _Record, person: PersonId, was: Any, now: Any
    ) -> Iterator[Touched]:
        """What others have done to one line since the batch wrote it."""
        first = record.own[0].position
        amendment: Entry[Any] | None = None
        for entry in record.entries:
            if entry.position < first or self.is_ours(entry):
                continue
            match entry.event:
                case Confirmed(people=people) | Returned(people=people) | Upheld(people=people):
                    if person in people:
                        yield _touched(entry)
                case ItemAssigned(person=one) if one == person:
                    yield _touched(entry)
                case OccasionAmended() | ParticipantsListed():
                    amendment = entry
                case _:
                    continue
        if amendment is not None and was != now:
            yield _touched(amendment)

    def retract(self, record: _Record, reported: Entry[Any]) -> None:
        """Take back an outcome that the batch reported of a matter which stood before."""
        deed, outcome = record.deed, reported.event.outcome
        if deed.gone:
            self.say(record, Fate.GONE, touched=tuple(self.ends(record)))
            return
        if not any(
            (r.stage, r.level, r.on) == (outcome.stage, outcome.level, outcome.on)
            for r in deed.reached
        ):
            self.say(record, Fate.GONE)
            return
        touched = [
            _touched(each)
            for each in record.entries
            if each.position > reported.position
            and not self.is_ours(each)
            and (
                isinstance(each.event, Confirmed | Returned | Upheld)
                or (
                    isinstance(each.event, matter.OutcomeReached)
                    and each.event.outcome.stage is outcome.stage
                )
            )
        ]
        if touched:
            self.say(record, Fate.KEPT, touched=tuple(touched))
            return
        command = matter.RetractOutcome(
            matter=deed.stream.partition("/")[2],
            stage=outcome.stage,
            level=outcome.level,
            reason=self.why(deed),
        )
        request = self.request(command, f"retract|{deed.stream}|{reported.version}")
        self.say(record, Fate.REVERSED, commands=[request])

    # Lines and commands

    def why(self, deed: Deed[Any]) -> str:
        """Why it is undone, as it may be said of this record."""
        return on_paper.said_of(deed.body, self.reason, Neutral.WRONG)

    def request(self, command: Command, what: str, seen: int | None = None) -> Request:
        """A command with an id that follows from the batch and the record, so that a repeat changes nothing."""
        within = uuid5(NAMESPACE_URL, f"lvzhi:{self.ledger}")
        return Request(
            command=command,
            actor=self.actor,
            command_id=str(uuid5(within, f"{batches.undo_cause(self.batch)}|{what}")),
            cause=batches.undo_cause(self.batch),
            seen=seen,
        )

    def say(
        self,
        record: _Record,
        fate: Fate,
        *,
        people: tuple[PersonId, ...] = (),
        touched: tuple[Touched, ...] = (),
        commands: Sequence[Request] = (),
    ) -> None:
        """A line; where the ledger would refuse one of its commands, the record is kept and nothing of it is tried."""
        refused = next(
            (why for each in commands if (why := self.rehearsal.refusal(each)) is not None), None
        )
        self.lines.append(
            Line(
                stream=record.deed.stream,
                title=record.deed.body.title,
                on=record.deed.body.on,
                fate=fate if refused is None else Fate.KEPT,
                people=people,
                touched=touched,
                refused=refused,
            )
        )
        if refused is None:
            self.steps += [(len(self.lines) - 1, each) for each in commands]


def _touched(entry: Entry[Any]) -> Touched:
    match entry.event:
        case OccasionAmended() | ParticipantsListed() | matter.MatterAmended():
            how = Touch.AMENDED
        case Confirmed():
            how = Touch.CONFIRMED
        case Returned():
            how = Touch.RETURNED
        case Upheld():
            how = Touch.UPHELD
        case matter.OutcomeReached() | matter.OutcomeRetracted():
            how = Touch.OUTCOME
        case LinkedSame() | UnlinkedSame() | LinkedLedTo() | UnlinkedLedTo():
            how = Touch.LINKED
        case ItemAssigned():
            how = Touch.ITEM
        case Withdrawn() | Superseded():
            how = Touch.WITHDRAWN
        case _:
            how = Touch.OTHER
    envelope = entry.envelope
    return Touched(how=how, by=envelope.by, on=envelope.day, position=entry.position)


def commit_undo(undo: Undo, write: Callable[[list[Request]], list[Verdict]]) -> Undo:
    """Carry an undo out; a record that somebody touched meanwhile is refused, and kept.

    All is taken back in one transaction, then links to what was taken back are undone in another.
    """
    lines = list(undo.lines)
    written = again = refused = position = 0
    for after in (False, True):
        steps = [
            (place, request)
            for place, request in undo.steps
            if isinstance(request.command, UnlinkSame) is after and lines[place].refused is None
        ]
        verdicts = write([request for _, request in steps]) if steps else []
        for (place, _), verdict in zip(steps, verdicts, strict=True):
            if isinstance(verdict, Refused):
                refused += 1
                fate = lines[place].fate if after else Fate.KEPT
                lines[place] = replace(lines[place], fate=fate, refused=verdict)
                continue
            position = max(position, verdict.position if verdict.entries else 0)
            written += not verdict.again and verdict.entries > 0
            again += verdict.again
    return replace(
        undo, lines=tuple(lines), written=written, again=again, refused=refused, position=position
    )

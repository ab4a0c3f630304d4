"""What decisions know of one ledger: roster and documents whole, recent likenesses, other streams as they are asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable, MutableMapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import Any, TypeAlias

from application import codec, packs
from application.log import Log, StoredRow
from application.vault import UNSEALED, Vault
from domain import streams
from domain.attestation import DEFAULT, Policy
from domain.calendar import Calendar, WorkingDays
from domain.checklist import Checklist
from domain.deadline import MeetingDay
from domain.deed import Deed, Known, Likeness, LinkedSame, Superseded, UnlinkedSame, Withdrawn
from domain.disputed import Dispute
from domain.document import Document, Sort, newest_in_force
from domain.entry import Entry
from domain.granted import Grant
from domain.loop import Loop, most_fitting
from domain.meeting import Meeting, days_of
from domain.member import Person
from domain.people import PersonId, UnitId
from domain.roster import Roster
from domain.streams import KEPT_WHOLE, Root, State
from domain.supported import Support
from domain.unit import Unit

MOST_ALIKE = 8
"""Records of one likeness that are remembered, the newest: of those that look like one, and of those that are called the same."""
MOST_DAYS = 1_000
"""Days of which it is remembered what governs on them."""
AT_A_TIME = 5_000
"""Entries read at a time while catching up."""

_WHOLE = frozenset(root.value for root in KEPT_WHOLE)
_NOTHING = object()


def _with(streams_alike: tuple[str, ...], stream: str) -> tuple[str, ...]:
    """Streams that are alike, newest first, and one more of them."""
    if stream in streams_alike:
        return streams_alike
    return (stream, *streams_alike[: MOST_ALIKE - 1])


def _is_whole(stream: str) -> bool:
    return stream.partition("/")[0] in _WHOLE


def _is_remembered(stream: str) -> bool:
    return stream.startswith((Root.OCCASION.prefix, Root.MATTER.prefix))


_LINKING = frozenset({LinkedSame, UnlinkedSame, Withdrawn, Superseded})


def _linked_by(event: Any) -> str | None:
    """The deed that an event links its own to, nothing where it undoes a link, none where it says neither."""
    if type(event) not in _LINKING:
        return None
    return event.same_as if isinstance(event, LinkedSame) else ""


class _Unfolded:
    """A deed's state before an entry, and the entry."""

    __slots__ = ("before", "entry")

    def __init__(self, before: _Kept, entry: Entry[Any]) -> None:
        self.before = before
        self.entry = entry


def _folded(kept: _Kept) -> State | None:
    """The state of a deed. A deed that was just recorded is kept as its first entry: most are never decided on again."""
    if isinstance(kept, Entry):
        return streams.evolve(None, kept)
    if isinstance(kept, _Unfolded):
        return streams.evolve(_folded(kept.before), kept.entry)
    return kept


_Kept: TypeAlias = State | Entry[Any] | _Unfolded | None


@lru_cache(maxsize=8)
def _policy_of(text: str) -> Policy:
    """The rule of dual management of a published text."""
    found = packs.published(Sort.POLICY, text)
    return found if isinstance(found, Policy) else DEFAULT


@lru_cache(maxsize=64)
def _loop_of(text: str) -> Loop | None:
    """The loop of a published text."""
    found = packs.published(Sort.LOOP, text)
    return found if isinstance(found, Loop) else None


@lru_cache(maxsize=64)
def _checklist_of(text: str) -> Checklist | None:
    """The checklist of a published text."""
    found = packs.published(Sort.CHECKLIST, text)
    return found if isinstance(found, Checklist) else None


@lru_cache(maxsize=8)
def _working_days_of(texts: tuple[str, ...]) -> WorkingDays:
    """The working days by the calendars of published texts."""
    found = (packs.published(Sort.CALENDAR, text) for text in texts)
    return WorkingDays.of(each for each in found if isinstance(each, Calendar))


class NotHere(Exception):
    """A stream is asked for that is not in memory, by somebody who must not wait for it."""


class Page:
    """What was decided on top of what is stored: how to undo it, and what it assumed. `before` is the head it names."""

    __slots__ = ("assumed", "before", "new_likenesses", "undo")

    def __init__(self, before: int) -> None:
        self.before = before
        self.undo: list[tuple[MutableMapping[Any, Any], Hashable, object]] = []
        self.new_likenesses: list[int] = []
        self.assumed: list[str] = []


class Book:
    """The state of a ledger up to `head`, folded from its log.

    What is not in memory is read from the log, unless it `may_read` nothing for now: then `NotHere` is raised.

    Memory is bounded: the roster and documents, one number per likeness and the links recorded since the start of last
    year, and at most `most_deeds` deeds. Not safe for several threads: its writer holds a lock.
    """

    def __init__(self, log: Log, vault: Vault = UNSEALED, *, most_deeds: int = 20_000) -> None:
        self.log = log
        self.vault = vault
        self.head = self.newest = 0
        self.last_at = datetime.min.replace(tzinfo=UTC)
        self.people: dict[PersonId, Person] = {}
        self.units: dict[UnitId, Unit] = {}
        self.roster = Roster(people=self.people, units=self.units)
        self._papers: dict[str, Document] = {}
        self._looked_through: tuple[Document, ...] = ()
        self._governing: dict[tuple[Sort, date], tuple[str, ...]] = {}
        self._meetings: dict[str, Meeting[Any]] = {}
        self._states: dict[str, tuple[State | None, int]] = {}
        self._deeds: OrderedDict[str, tuple[_Kept, int]] = OrderedDict()
        self._alike: dict[int, tuple[str, ...]] = {}
        self._links: dict[str, str] = {}
        self._most_deeds = most_deeds
        self._pages: list[Page] = []
        self.may_read = True

    def open(self, today: date) -> None:
        """Read what decisions keep in memory; other entries are left in the log."""
        head = self.log.head()
        for root in KEPT_WHOLE:
            for entry in codec.decode_all(self.log.streams_like(root.prefix, head), self.vault):
                self._fold(entry)
        position = self._recorded_since(date(today.year - 1, 1, 1), head)
        while position < head:
            rows = self.log.since(position, AT_A_TIME)
            codec.read_keys((row for row in rows if _is_remembered(row.stream)), self.vault)
            for row in rows:
                if row.position <= head:
                    self._remember(row)
            position = rows[-1].position
        self.head = self.newest = head
        for row in self.log.at([head]):
            self.last_at = codec.envelope_of(row).at

    def catch_up(self) -> None:
        """Fold what others have appended since; only where nothing is decided on top."""
        while rows := self.log.since(self.head, AT_A_TIME):
            codec.read_keys(rows, self.vault)
            for row in rows:
                self._deeds.pop(row.stream, None)
                if _is_whole(row.stream):
                    self._fold(codec.decode(row, self.vault))
                else:
                    self._remember(row)
                self.head = self.newest = row.position
            self.last_at = max(self.last_at, codec.envelope_of(rows[-1]).at)
        self._keep_few()

    def load(self, names: Iterable[str]) -> None:
        """Read the streams that are not in memory, in one go."""
        missing = [n for n in dict.fromkeys(names) if not self._holds(n) or self._is_assumed(n)]
        if missing:
            if not self.may_read:
                raise NotHere(*missing)
            found = self.log.streams(missing)
            codec.read_keys((row for rows in found.values() for row in rows), self.vault)
            for name, rows in found.items():
                self._load(name, rows)

    def assume_new(self, stream: str) -> None:
        """Take it that a stream whose id was just minted does not exist; the log refuses the append if it does."""
        if not self._holds(stream):
            self._keep(stream, None, 0)
        if self._deeds[stream][1] == 0:
            self._pages[-1].assumed.append(stream)

    def look(self, stream: str) -> tuple[State | None, int]:
        """The state of a stream and the number of its entries, read from the log where it is not in memory."""
        held = self._deeds.get(stream)
        if held is None:
            if _is_whole(stream):
                return self._states.get(stream, (None, 0))
            self._load(stream, self._read(stream))
            return self._deeds[stream]  # type: ignore[return-value]  # just folded
        self._deeds.move_to_end(stream)
        kept, version = held
        if isinstance(kept, Entry | _Unfolded):
            kept = _folded(kept)
            self._deeds[stream] = (kept, version)
        return kept, version

    def about(self, stream: str) -> str:
        """The stream of whom a query is about, nothing for any other stream: what is said in it is kept with him."""
        state, _ = self._states.get(stream, (None, 0))
        return state.subject if isinstance(state, Dispute) else ""

    def state(self, stream: str) -> State | None:
        """The state of a stream."""
        return self.look(stream)[0]

    def version(self, stream: str) -> int:
        """The number of entries of a stream."""
        return self.look(stream)[1]

    def known(self, today: date, strict: bool, now: datetime | None = None) -> Known:
        """What a decision may look at; `now` is the instant at which it is taken."""
        return Known(
            today=today,
            roster=self.roster,
            recorded_as=self._recorded_as,
            deed=self._deed,
            linked_to=self._linked_to,
            paired=self._paired,
            granted=self._granted,
            disputes=self._disputes,
            policy=partial(self._policy, today),
            now=now,
            has_meeting=self._meetings.__contains__,
            meeting_days=self._meeting_days,
            loop=partial(self._loop, today),
            loop_for=self._loop_for,
            loop_in=_loop_of,
            supports=self._supports,
            checklist=self._checklist,
            working_days=self._working_days,
            strict=strict,
        )

    def apply(self, entry: Entry[Any]) -> None:
        """Take in an entry that was just decided, on the newest page; a deed is folded when it is asked for."""
        stream, page = entry.stream, self._pages[-1]
        self.newest = entry.position
        before = self._deeds.get(stream)
        if before is None:
            state, _ = self._states.get(stream, (None, 0))
            new = streams.evolve(state, entry)
            self._set(self._states, stream, (new, entry.version))
            if isinstance(new, Person):
                self._set(self.people, new.person, new)
            elif isinstance(new, Unit):
                self._set(self.units, new.unit, new)
            elif isinstance(new, Document):
                self._set(self._papers, stream, new)
            elif isinstance(new, Meeting):
                self._set(self._meetings, new.meeting, new)
        else:
            page.undo.append((self._deeds, stream, before))
            kept = entry if before[0] is None else _Unfolded(before[0], entry)
            self._deeds[stream] = (kept, entry.version)
        alike, alone = self._alike, (stream,)
        for likeness in streams.likenesses(entry.event):
            key = hash(likeness)
            before_this = alike.setdefault(key, alone)
            if before_this is alone:
                page.new_likenesses.append(key)
            else:
                page.undo.append((alike, key, before_this))
                alike[key] = _with(before_this, stream)
        target = _linked_by(entry.event)
        if target is not None:
            self._set(self._links, stream, target)

    def begin(self) -> Page:
        """A new page on top of what is there: it will be settled or taken back."""
        page = Page(self.newest)
        self._pages.append(page)
        return page

    def has(self, page: Page) -> bool:
        """Whether what was decided on that page still holds."""
        return page in self._pages

    def settle(self, page: Page) -> None:
        """What is on the oldest page is stored."""
        if self._pages[0] is not page:
            raise ValueError("an older page is not settled")
        del self._pages[0]
        self._forget_assumptions(page)
        self.head = self._pages[0].before if self._pages else self.newest
        self._keep_few()

    def _keep_few(self) -> None:
        while len(self._deeds) > self._most_deeds:
            self._deeds.popitem(last=False)

    def take_back(self, since: Page | None = None) -> None:
        """Undo what is not settled: all of it, or from a page on."""
        while self._pages:
            page = self._pages.pop()
            for where, key, old in reversed(page.undo):
                if old is _NOTHING:
                    where.pop(key, None)
                else:
                    where[key] = old
            for likeness in page.new_likenesses:
                self._alike.pop(likeness, None)
            self._forget_assumptions(page)
            self.newest = page.before
            if page is since:
                break

    def _forget_assumptions(self, page: Page) -> None:
        """A stream that was taken to be new and got no entry may be there all the same."""
        for stream in page.assumed:
            held = self._deeds.get(stream)
            if held is not None and held[1] == 0:
                del self._deeds[stream]

    def _is_assumed(self, stream: str) -> bool:
        held = self._deeds.get(stream)
        return (
            held is not None
            and held[1] == 0
            and any(stream in page.assumed for page in self._pages)
        )

    def _recorded_since(self, day: date, head: int) -> int:
        """The last position recorded before that day, found by halving: recorded-at never decreases."""
        low, high = 0, head
        while low < high:
            middle = (low + high + 1) // 2
            (row,) = self.log.at([middle])
            if codec.envelope_of(row).day < day:
                low = middle
            else:
                high = middle - 1
        return low

    def _remember(self, row: StoredRow) -> None:
        if _is_remembered(row.stream):
            event = codec.decode(row, self.vault).event
            for likeness in streams.likenesses(event):
                key = hash(likeness)
                self._alike[key] = _with(self._alike.get(key, ()), row.stream)
            target = _linked_by(event)
            if target is not None:
                self._links[row.stream] = target

    def _read(self, stream: str) -> list[StoredRow]:
        if not self.may_read:
            raise NotHere(stream)
        return self.log.stream(stream)

    def _load(self, stream: str, rows: list[StoredRow]) -> None:
        state: State | None = None
        for row in rows:
            state = streams.evolve(state, codec.decode(row, self.vault))
        self._keep(stream, state, len(rows))

    def _fold(self, entry: Entry[Any]) -> None:
        state, _ = self._states.get(entry.stream, (None, 0))
        new = streams.evolve(state, entry)
        self._states[entry.stream] = (new, entry.version)
        if isinstance(new, Person):
            self.people[new.person] = new
        elif isinstance(new, Unit):
            self.units[new.unit] = new
        elif isinstance(new, Document):
            self._papers[entry.stream] = new
        elif isinstance(new, Meeting):
            self._meetings[new.meeting] = new

    def _set(self, where: MutableMapping[Any, Any], key: Hashable, value: object) -> None:
        self._pages[-1].undo.append((where, key, where.get(key, _NOTHING)))
        where[key] = value

    def _holds(self, stream: str) -> bool:
        return stream in self._deeds or _is_whole(stream)

    def _keep(self, stream: str, state: State | None, version: int) -> None:
        self._deeds[stream] = (state, version)
        self._deeds.move_to_end(stream)

    def _linked_to(self, stream: str) -> bool:
        return stream in self._links.values()

    def _recorded_as(self, likeness: Likeness) -> Sequence[str]:
        return self._alike.get(hash(likeness), ())

    def _granted(self, person: PersonId) -> list[Grant]:
        states = (state for state, _ in self._states.values())
        return [each for each in states if isinstance(each, Grant) and each.person == person]

    def _disputes(self) -> list[Dispute]:
        return [state for state, _ in self._states.values() if isinstance(state, Dispute)]

    def _supports(self, year: int) -> list[Support]:
        states = (state for state, _ in self._states.values())
        return [each for each in states if isinstance(each, Support) and each.year == year]

    def _policy(self, day: date) -> Policy:
        found = newest_in_force(self._papers.values(), Sort.POLICY, day)
        return DEFAULT if found is None else _policy_of(found.text)

    def _meeting_days(self) -> tuple[MeetingDay, ...]:
        return days_of(self._meetings.values())

    def _loop(self, today: date, code: str, version: str) -> Loop | None:
        paper = self._papers.get(f"{Root.LOOP.prefix}{code}")
        if paper is None:
            return None
        if not version:
            found = paper.in_force(today)
        else:
            found = next((v for v in paper.versions if v.version == version), None)
        return None if found is None else _loop_of(found.text)

    def _checklist(self, code: str, day: date) -> Checklist | None:
        paper = self._papers.get(f"{Root.CHECKLIST.prefix}{code}")
        found = None if paper is None else paper.in_force(day)
        return None if found is None else _checklist_of(found.text)

    def _loop_for(self, details: Any, day: date) -> Loop | None:
        return most_fitting(
            (loop for text in self._in_force(Sort.LOOP, day) if (loop := _loop_of(text))), details
        )

    def _working_days(self) -> WorkingDays:
        papers = (p for p in self._papers.values() if p.sort is Sort.CALENDAR)
        newest = (paper.newest for paper in papers)
        return _working_days_of(tuple(p.text for p in newest if p is not None))

    def _in_force(self, sort: Sort, day: date) -> tuple[str, ...]:
        """The texts of all documents of a sort that govern on a day; found once as long as the documents are the same."""
        papers = tuple(self._papers.values())
        if papers != self._looked_through or len(self._governing) > MOST_DAYS:
            self._looked_through, self._governing = papers, {}
        if (sort, day) not in self._governing:
            found = (paper.in_force(day) for paper in papers if paper.sort is sort)
            texts = tuple(published.text for published in found if published is not None)
            self._governing[sort, day] = texts
        return self._governing[sort, day]

    def _paired(self, pairing: str) -> bool:
        return self.state(f"{Root.PAIRING.prefix}{pairing}") is not None

    def _deed(self, stream: str) -> Deed[Any] | None:
        if not stream.startswith((Root.OCCASION.prefix, Root.MATTER.prefix)):
            return None
        if len(stream) > streams.LONGEST_NAME:
            return None
        if self._is_assumed(stream):
            # By a request of its own, which may be refused yet: others see what is stored.
            self._load(stream, self._read(stream))
        state = self.state(stream)
        return state if isinstance(state, Deed) else None

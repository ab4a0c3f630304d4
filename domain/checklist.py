"""Checklists: so many ones in a year for a member, or a grid of months and quarters for a unit; filled by facts, never ticked."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from domain.attestation import DEFAULT, Policy
from domain.fact import Fact, RecordClass, SubjectId
from domain.kinds import Details, kind_of
from domain.kinds.about import Subject
from domain.kinds.units import SubmittedDocument
from domain.member import Bond, Person
from domain.people import PersonId
from domain.period import Period, Span
from domain.rubric import Remark, Silence
from domain.scorecard import WhyNot
from domain.selection import Problem, Selects, Why, check_selects, meant_by
from domain.sifting import Sifted, sift
from domain.unit import Office, StudioKind, Unit, UnitKind
from domain.values import value
from domain.words import Choice, Level, Open


@value(frozen=True, slots=True, kw_only=True)
class Slot:
    """One thing asked for: what fills it (any of `counts`; none means that the county has yet to say), and how many.

    `linked_by` is a pairing that has to be in force, and to be served, for the rest to count. `through` lets count what came in through the unit, whoever is its author. `every` asks for it in each month, quarter or half of the
    year, rather than once in each period of the list, `each_person` of each person of the unit; `grace_days` after the end of a cell a record is still on time.
    `lasting` lets count what was found by the end of a cell in whatever year, until it is revoked: a standard once met stays met.
    `each_of` asks it of each unit of these kinds, of which it is enough to have a unit of a kind of `has` placed in it; `bound`
    asks of each member that he is bound to such a unit, or with `party` of each Party member among them. `by` is the month and day by which it is asked once a year, where that
    is not the year's end. With `before` it asks for a document of each activity of these that the unit held, which came by the day of it.
    """

    number: int
    zh: str
    en: str
    counts: tuple[Selects, ...] = ()
    need: int = 1
    linked_by: tuple[Selects, ...] = ()
    every: Span | None = None
    each_person: bool = False
    each_of: frozenset[UnitKind] = frozenset()
    has: frozenset[UnitKind] = frozenset()
    bound: Bond | None = None
    party: bool = False
    through: bool = False
    lasting: bool = False
    grace_days: int = 0
    by: tuple[int, int] | None = None
    before: tuple[Selects, ...] = ()
    reading: Remark | None = None

    @property
    def is_said(self) -> bool:
        """Whether it says what fills it."""
        return bool(self.counts or self.has or self.bound)

    @property
    def looks_around(self) -> bool:
        """Whether it is asked of other units, or of all members."""
        return bool(self.each_of or self.bound)

    @property
    def asks_documents(self) -> bool:
        """Whether it asks for documents: one that says by when it was due fills the cell that was due then, whenever it came."""
        return any(_HANDED_IN in selects.kinds for selects in self.counts)

    def due(self, part: Period) -> date:
        """The last day on which what fills that cell is on time."""
        last = part.last
        if self.by is not None:
            month, day = self.by
            last = date(last.year, month, min(day, monthrange(last.year, month)[1]))
        return last + timedelta(days=self.grace_days)


_HANDED_IN = kind_of(SubmittedDocument)


@value(frozen=True, slots=True, kw_only=True)
class Beside:
    """Something counted above the list that is not one of its slots."""

    zh: str
    en: str
    counts: tuple[Selects, ...]


@value(frozen=True, slots=True, kw_only=True)
class Posting:
    """That units report each month on a list themselves, within so many days of its end, and that the reports are posted side by side (晾晒).

    `invites` is how many units of those that come first in a quarter, and of those that come last, are invited to speak; none means
    that units are not compared.
    """

    within_days: int = 5
    invites: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """A list of what is asked of every member, or of every unit of some kinds (none named means all), of studios of some types (`of_types`), in a period.

    `sample` marks one that is only an example.
    """

    code: str
    version: str
    zh: str
    en: str
    since: date
    until: date | None = None
    subject: Subject = Subject.MEMBER
    of_kinds: frozenset[UnitKind] = frozenset()
    of_types: frozenset[StudioKind] = frozenset()
    period: Span = Span.YEAR
    source: str = ""
    sample: bool = False
    slots: tuple[Slot, ...]
    besides: tuple[Beside, ...] = ()
    silences: tuple[Silence, ...] = ()
    posting: Posting | None = None

    def __hash__(self) -> int:
        """By name and version only, which keeps look-ups cheap; equality still compares everything."""
        return hash((self.code, self.version))

    def asks(self, unit: Unit) -> bool:
        """Whether it asks something of that unit."""
        return (
            self.subject is Subject.UNIT
            and (not self.of_kinds or unit.profile.kind in self.of_kinds)
            and (not self.of_types or unit.profile.studio_kind in self.of_types)
        )

    @property
    def monthly(self) -> tuple[Slot, ...]:
        """What it asks for in each month."""
        return tuple(s for s in self.slots if (s.every or self.period) is Span.MONTH)


class SlotState(Choice):
    """How far a slot is filled. A pairing in force fills `linked`, the visit that it asks for fills `done`."""

    BLANK = "blank", "待本级填写", "to be filled by the committee"
    OPEN = "open", "未完成", "open"
    BEGUN = "begun", "部分完成", "partly done"
    LINKED = "linked", "已联系,待走访", "linked, not yet visited"
    DONE = "done", "已完成", "done"


@value(frozen=True, slots=True, kw_only=True)
class Filled:
    """A deed in a slot (all its records where it is a work of several sessions, which is then named), and the slots that it fits.

    `moved` is the reason of whoever put it in this slot rather than leave it where it would have come.
    """

    deeds: Open[tuple[str, ...]]
    kind: Open[str]
    on: date
    fits: tuple[int, ...]
    moved: str = ""
    work: Open[str] = ""


@value(frozen=True, slots=True, kw_only=True)
class SlotProgress:
    """How far one slot is filled, and by what."""

    number: int
    state: SlotState
    filled: tuple[Filled, ...]
    links: tuple[str, ...]
    left: int


@value(frozen=True, slots=True, kw_only=True)
class BesideCount:
    """How often something happened that is shown above the list."""

    place: int
    acts: int


class NoEffect(Choice):
    """Why a line did not go to the item that somebody put it in."""

    NO_SUCH_SLOT = "no_such_slot", "清单没有这一项", "the list has no such item"
    DOES_NOT_FIT = "does_not_fit", "不符合该项的要求", "it does not fit that item"
    NOT_COUNTED = "not_counted", "该记录不计或尚未计入", "the record does not count, or not yet"
    FILLED = "filled", "该项已由指定归入的其他记录完成", "others that were put there fill it"


@value(frozen=True, slots=True, kw_only=True)
class Unmoved:
    """A line that was put in an item, with the reason given, and why that had no effect."""

    deed: Open[str]
    kind: Open[str]
    on: date
    item: Open[str]
    reason: str
    why: NoEffect


@value(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a subject has come with a list: `done` of `of` slots.

    `spare` fits slots that others fill already; `waiting` would fit a slot if it counted, and says why it does not.
    `unmoved` was put in an item of this list without effect.
    """

    checklist: str
    version: str
    subject: SubjectId
    period: Period
    done: int
    of: int
    slots: tuple[SlotProgress, ...]
    spare: tuple[Filled, ...]
    waiting: tuple[WhyNot, ...]
    besides: tuple[BesideCount, ...]
    changes_on: date | None
    unmoved: tuple[Unmoved, ...] = ()


_Test = Callable[[Fact[Any]], bool]


@dataclass(slots=True, kw_only=True)
class _Ready:
    """A checklist made ready; `items` has the place of each slot under the two ways to put a line in it: `9`, or `LIST/9`.

    `promises` are what can be asked of an occasion before it is held, `before` which activities need a document, slot by slot.
    """

    fills: tuple[tuple[Slot, _Test, _Test], ...]
    items: Mapping[str, int]
    besides: tuple[_Test, ...]
    promises: tuple[_Test, ...]
    before: tuple[_Test, ...]


@lru_cache(maxsize=512)
def _ready(checklist: Checklist) -> _Ready:
    """A checklist made ready, once for each version of it."""
    return _Ready(
        fills=tuple((s, meant_by(s.counts), meant_by(s.linked_by)) for s in checklist.slots),
        items={
            name: place
            for place, s in enumerate(checklist.slots)
            for name in (str(s.number), f"{checklist.code}/{s.number}")
        },
        besides=tuple(meant_by(b.counts) for b in checklist.besides),
        promises=tuple(meant_by([_beforehand(c) for c in s.counts]) for s in checklist.slots),
        before=tuple(meant_by(s.before) for s in checklist.slots),
    )


@dataclass(slots=True)
class _Deed:
    """A deed, or all sessions of a work, that can fill one slot."""

    key: tuple[date, str, str]
    facts: list[Fact[Any]]
    fits: list[int]
    pinned: int | None = None
    reason: str = ""


def progress(
    facts: Iterable[Fact[Any]],
    checklist: Checklist,
    subject: SubjectId,
    period: Period,
    today: date,
    policy: Policy = DEFAULT,
) -> Progress:
    """How far a subject has come. One deed fills one slot: the one it was put in, else so that as many as possible are filled."""
    ready = _ready(checklist)
    sifted = sift(facts, period, today, policy)
    pairings = [
        [f for f in sifted.counted if linked(f)] if slot.linked_by else None
        for slot, _, linked in ready.fills
    ]
    deeds = _deeds(sifted.counted, ready, pairings)
    placed = _placed(deeds, [slot for slot, _, _ in ready.fills])
    slots: list[SlotProgress] = []
    for place, (slot, _, _) in enumerate(ready.fills):
        filled = [
            _filled(d, checklist, d.reason if d.pinned == place else "") for d in placed[place]
        ]
        slots.append(
            SlotProgress(
                number=slot.number,
                state=_state(slot, len(filled), bool(pairings[place])),
                filled=tuple(filled),
                links=tuple(sorted(f.deed for f in pairings[place] or ())),
                left=max(0, slot.need - len(filled)) if slot.counts else 0,
            )
        )
    used = {id(d) for own in placed for d in own}
    return Progress(
        checklist=checklist.code,
        version=checklist.version,
        subject=subject,
        period=period,
        done=sum(s.state is SlotState.DONE for s in slots),
        of=sum(s.state is not SlotState.BLANK for s in slots),
        slots=tuple(slots),
        spare=tuple(_filled(d, checklist) for d in deeds if id(d) not in used),
        waiting=_waiting(sifted.left_out, ready),
        besides=tuple(
            BesideCount(place=i, acts=sum(map(test, sifted.counted)))
            for i, test in enumerate(ready.besides)
        ),
        changes_on=sifted.changes_on,
        unmoved=_unmoved(sifted, checklist, ready, deeds, placed),
    )


def _unmoved(
    sifted: Sifted,
    checklist: Checklist,
    ready: _Ready,
    deeds: Sequence[_Deed],
    placed: Sequence[Sequence[_Deed]],
) -> tuple[Unmoved, ...]:
    """Lines that were put in an item of this list and are not there."""

    def why_not(fact: Fact[Any], *, counts: bool) -> NoEffect | None:
        place = ready.items.get(fact.item)
        if place is None:
            return NoEffect.NO_SUCH_SLOT
        if not counts:
            return NoEffect.NOT_COUNTED if ready.fills[place][1](fact) else NoEffect.DOES_NOT_FIT
        if any(fact in deed.facts for deed in placed[place]):
            return None
        fits = any(place in deed.fits and fact in deed.facts for deed in deeds)
        return NoEffect.FILLED if fits else NoEffect.DOES_NOT_FIT

    put = [(f, True) for f in sifted.counted if f.item]
    put += [(f, False) for f in sifted.behind if f.item]
    put += [(f, False) for f, why in sifted.left_out if f.item and why is not Why.OTHER_PERIOD]
    found = [
        (f, why)
        for f, counts in put
        if ("/" not in f.item or f.item.startswith(f"{checklist.code}/"))
        and (why := why_not(f, counts=counts)) is not None
    ]
    unmoved = [
        Unmoved(deed=f.deed, kind=f.kind, on=f.on, item=f.item, reason=f.item_reason, why=why)
        for f, why in found
    ]
    return tuple(sorted(unmoved, key=lambda u: (u.on, u.deed)))


def _deeds(
    counted: Sequence[Fact[Any]], ready: _Ready, pairings: Sequence[list[Fact[Any]] | None]
) -> list[_Deed]:
    """The deeds that fit at least one slot, in an order that does not depend on entry."""
    found: dict[tuple[str, str], _Deed] = {}
    for fact in sorted(counted, key=lambda f: (f.on, f.kind, f.deed)):
        fits = [
            place
            for place, (_, test, _) in enumerate(ready.fills)
            if test(fact) and _in_force(pairings[place], fact)
        ]
        if not fits:
            continue
        one_work = fact.work if fact.details.about.by_work and fact.work else ""
        name = (fact.kind, one_work) if one_work else ("", fact.deed)
        deed = found.setdefault(name, _Deed((fact.on, fact.kind, fact.deed), [], []))
        deed.facts.append(fact)
        deed.fits = sorted({*deed.fits, *fits})
        pinned = ready.items.get(fact.item) if fact.item else None
        if pinned in fits and deed.pinned is None:
            deed.pinned, deed.reason = pinned, fact.item_reason
    return list(found.values())


def _in_force(pairings: list[Fact[Any]] | None, fact: Fact[Any]) -> bool:
    """Whether a pairing that the slot asks for was in force on that day, and this served it.

    It served the pairing that it names; where it names none, that with the village it went to. What says neither served none.
    """
    return pairings is None or any(
        p.on <= fact.on
        and (p.until is None or fact.on <= p.until)
        and (
            p.deed == f"pairing/{fact.pairing}"
            if fact.pairing
            else fact.village is not None and fact.village == p.with_unit
        )
        for p in pairings
    )


def _placed(deeds: Sequence[_Deed], slots: Sequence[Slot]) -> list[list[_Deed]]:
    """Deeds by slot: those put there by somebody first, then as many slots as can be filled."""
    placed: list[list[_Deed]] = [[] for _ in slots]
    for deed in deeds:
        if deed.pinned is not None and len(placed[deed.pinned]) < slots[deed.pinned].need:
            placed[deed.pinned].append(deed)
    free = [d for d in deeds if d.pinned is None]
    where: dict[int, int] = {}
    pinned = [len(own) for own in placed]

    def seat(place: int, tried: set[int]) -> bool:
        """Find a deed for a slot, moving others to slots that they fit as well."""
        for i, deed in enumerate(free):
            if i in tried or place not in deed.fits:
                continue
            tried.add(i)
            if i not in where or seat(where[i], tried):
                where[i] = place
                return True
        return False

    for place, slot in enumerate(slots):
        for _ in range(slot.need - pinned[place]):
            if not seat(place, set()):
                break
    for i, place in sorted(where.items()):
        placed[place].append(free[i])
    return [sorted(own, key=lambda d: d.key) for own in placed]


def _filled(deed: _Deed, checklist: Checklist, moved: str = "") -> Filled:
    first = deed.facts[0]
    return Filled(
        deeds=tuple(f.deed for f in deed.facts),
        kind=first.kind,
        on=first.on,
        fits=tuple(checklist.slots[place].number for place in deed.fits),
        moved=moved,
        work=first.work if first.details.about.by_work else "",
    )


def _state(slot: Slot, filled: int, linked: bool) -> SlotState:
    if not slot.counts:
        return SlotState.BLANK
    if filled >= slot.need:
        return SlotState.DONE
    if filled:
        return SlotState.BEGUN
    return SlotState.LINKED if linked else SlotState.OPEN


def _waiting(left_out: Iterable[tuple[Fact[Any], Why]], ready: _Ready) -> tuple[WhyNot, ...]:
    """What would fit a slot but does not count, other than by lying in another period."""
    found = [
        WhyNot(deed=f.deed, subject=f.subject, kind=f.kind, on=f.on, why=why)
        for f, why in left_out
        if why is not Why.OTHER_PERIOD and any(test(f) for _, test, _ in ready.fills)
    ]
    return tuple(sorted(found, key=lambda w: (w.on, w.deed)))


# Grids of units

_FROM_OUTSIDE = frozenset(
    {Office.CORRESPONDENT, Office.MAILBOX_CORRESPONDENT, Office.EXPERT, Office.CONTRIBUTOR}
)


def officers(unit: Unit, period: Period) -> list[SubjectId]:
    """Those who held an office of a unit at any time of a period, members or not; those who only write or advise for it are not of it."""
    return [
        SubjectId(f"member/{a.person}")
        for a in unit.appointments
        if a.office not in _FROM_OUTSIDE
        and a.since <= period.last
        and (a.until is None or period.first <= a.until)
    ]


class CellState(Choice):
    """How a cell of a grid stands."""

    BLANK = "blank", "待本级填写", "to be filled by the committee"
    OPEN = "open", "未到期", "open"
    DONE = "done", "按时完成", "done"
    DONE_LATE = "done_late", "逾期完成", "done late"
    MISSED = "missed", "未完成", "missed"
    NOT_APPLICABLE = "not_applicable", "不适用", "not applicable"


@value(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: a stretch of time, or one person or unit in it, and what fills it; `lacking` are the activities of it without the document that each needs."""

    period: Period
    state: CellState
    deeds: tuple[str, ...]
    whose: SubjectId | None = None
    lacking: tuple[str, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class Row:
    """The cells of one slot."""

    number: int
    cells: tuple[Cell, ...]
    done: int
    of: int


@value(frozen=True, slots=True, kw_only=True)
class Grid:
    """A unit's list over the parts of a period: `done` of `of` cells, those that are blank or not applicable left out.

    `changes_on` is the first day on which time alone changes it, `besides` what the unit itself did that is shown beside the list.
    """

    checklist: str
    version: str
    subject: SubjectId
    period: Period
    rows: tuple[Row, ...]
    done: int
    of: int
    changes_on: date | None
    besides: tuple[BesideCount, ...] = ()


_DONE = frozenset({CellState.DONE, CellState.DONE_LATE})
_NOT_ASKED = frozenset({CellState.BLANK, CellState.NOT_APPLICABLE})


def grid(
    facts: Iterable[Fact[Any]],
    checklist: Checklist,
    unit: Unit,
    period: Period,
    today: date,
    policy: Policy = DEFAULT,
    people: Sequence[SubjectId] = (),
    units: Sequence[Unit] = (),
    members: Sequence[Person] = (),
) -> Grid:
    """A unit's grid: what it held fills cells by day, and where a slot says so what came in through it.

    Slots that are asked of each person, or of each of all `units`, are filled by the facts of those, or by what is placed there;
    of all `members` by whom they are bound to; lasting ones by what was found by the end of a cell.
    """
    ready = _ready(checklist)
    subject = SubjectId(f"unit/{unit.unit}")
    found = list(facts)
    within = sift(found, period, today, policy)
    by_then = papers = within
    if any(slot.lasting for slot in checklist.slots):
        by_then = sift(found, replace(period, first=date.min), today, policy)
    if any(slot.asks_documents for slot in checklist.slots):
        papers = sift(found, replace(period, first=date.min, last=date.max), today, policy)
    changes = [s.changes_on for s in (within, by_then, papers) if s.changes_on is not None]
    rows: list[Row] = []
    for (slot, test, _), needs in zip(ready.fills, ready.before, strict=True):
        counted = (by_then if slot.lasting else papers if slot.asks_documents else within).counted
        own = sorted(filter(test, counted), key=lambda f: (f.on, f.deed, f.recorded_on, f.subject))
        cells: list[Cell] = []
        parts = period.parts(slot.every or checklist.period)
        schemed = None
        if slot.before:
            held = [
                f
                for f in within.counted
                if f.organiser == unit.unit and f.subject == subject and needs(f)
            ]
            schemed = _schemed(held, [f for f in own if f.subject == subject], period)
        handed = _documents(slot, own, parts) if slot.asks_documents and schemed is None else None
        for part in parts:
            due = slot.due(part)
            if slot.is_said and today <= due:
                changes.append(due + timedelta(days=1))
            if schemed is not None:
                acts = [s for s in schemed if part.has(s.act)]
                cells.append(_schemed_cell(acts, part, unit, today))
                continue
            day = min(today, part.last)
            there = _there(slot, units, members, day)
            for one in _asked_of(slot, people, units, members, day):
                whose = subject if one is None else one
                inside = [
                    f
                    for f in (own if handed is None else handed[part])
                    if (handed is not None or (f.on <= part.last if slot.lasting else part.has(f)))
                    and (f.subject == whose or (slot.through and f.organiser == unit.unit))
                ]
                if slot.through:
                    inside = list({f.deed: f for f in reversed(inside)}.values())[::-1]
                state = _cell_state(slot, inside, part, due, unit, today)
                if whose in there:
                    state = CellState.DONE
                cells.append(
                    Cell(
                        period=part,
                        state=state,
                        deeds=tuple(f.deed for f in inside),
                        whose=one,
                    )
                )
        asked = [c for c in cells if c.state not in _NOT_ASKED]
        rows.append(
            Row(
                number=slot.number,
                cells=tuple(cells),
                done=sum(c.state in _DONE for c in asked),
                of=len(asked),
            )
        )
    return Grid(
        checklist=checklist.code,
        version=checklist.version,
        subject=subject,
        period=period,
        rows=tuple(rows),
        done=sum(r.done for r in rows),
        of=sum(r.of for r in rows),
        changes_on=min(changes, default=None),
        besides=tuple(
            BesideCount(
                place=i,
                acts=len({f.deed for f in within.counted if f.subject == subject and test(f)}),
            )
            for i, test in enumerate(ready.besides)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Schemed:
    """An activity and the document of it; none where none came."""

    act: Fact[Any]
    document: Fact[Any] | None


def _schemed(
    held: Iterable[Fact[Any]], documents: Iterable[Fact[Any]], period: Period
) -> list[_Schemed]:
    """Each activity with its document: the one that names its day as the day it was due, or else the earliest one of the period that came by then and names no day."""
    acts = sorted(held, key=lambda f: (f.on, f.deed))
    found: dict[str, Fact[Any]] = {}
    nameless: list[Fact[Any]] = []
    for each in documents:
        if each.details.due is None:
            nameless += [each] if period.has(each) else []
            continue
        named = next((a for a in acts if a.on == each.details.due and a.deed not in found), None)
        if named is not None:
            found[named.deed] = each
    for act in acts:
        if act.deed not in found and nameless and nameless[0].on <= act.on:
            found[act.deed] = nameless.pop(0)
    return [_Schemed(act, found.get(act.deed)) for act in acts]


def _schemed_cell(schemed: Sequence[_Schemed], part: Period, unit: Unit, today: date) -> Cell:
    """How the activities of a stretch of time stand: missed as soon as one of them was held without its document; open while the unit may hold more of them."""
    lacking = tuple(s.act.deed for s in schemed if s.document is None)
    late = any(s.document is not None and s.document.on > s.act.on for s in schemed)
    if lacking:
        state = CellState.MISSED
    elif today <= part.last and unit.open_within(part.first, part.last):
        state = CellState.OPEN
    elif not schemed:
        state = CellState.NOT_APPLICABLE
    else:
        state = CellState.DONE_LATE if late else CellState.DONE
    deeds = tuple(s.document.deed for s in schemed if s.document is not None)
    return Cell(period=part, state=state, deeds=deeds, lacking=lacking)


def _documents(
    slot: Slot, own: Sequence[Fact[Any]], parts: Sequence[Period]
) -> dict[Period, list[Fact[Any]]]:
    """What fills a slot that asks for documents, by cell: the one that was due nearest to the day that a document names, or else that of its own day."""
    found: dict[Period, list[Fact[Any]]] = {part: [] for part in parts}
    for part in parts:
        due = slot.due(part)
        before = slot.due(part.before)
        after = slot.due(part.after)
        first, last = due - (due - before) / 2, due + (after - due) / 2
        for fact in own:
            named = fact.details.due if fact.kind == _HANDED_IN else None
            if part.has(fact) if named is None else first < named <= last:
                found[part].append(fact)
    return found


def _asked_of(
    slot: Slot,
    people: Sequence[SubjectId],
    units: Sequence[Unit],
    members: Sequence[Person],
    day: date,
) -> Sequence[SubjectId | None]:
    """Of whom a slot is asked one by one; of the unit itself where it names nobody."""
    if slot.each_person:
        return people
    if slot.each_of:
        return [
            SubjectId(f"unit/{u.unit}")
            for u in units
            if u.profile.kind in slot.each_of and u.open_on(day)
        ]
    if slot.bound is not None:
        return [
            SubjectId(f"member/{p.person}")
            for p in members
            if p.member_on(day) and (p.profile.party or not slot.party)
        ]
    return (None,)


def _there(
    slot: Slot, units: Sequence[Unit], members: Sequence[Person], day: date
) -> frozenset[str]:
    """For whom the roster itself fills it: units in which one is placed, members who are bound."""
    placed = {
        f"unit/{where}"
        for u in units
        if u.profile.kind in slot.has and u.open_on(day)
        for where in (u.profile.parent, u.profile.township)
        if where is not None
    }
    bound = {
        f"member/{p.person}"
        for p in members
        if any(m.bond is slot.bound and m.on(day) for m in p.memberships)
    }
    return frozenset(placed | bound)


def _cell_state(
    slot: Slot, inside: Sequence[Fact[Any]], part: Period, due: date, unit: Unit, today: date
) -> CellState:
    if not slot.is_said:
        return CellState.BLANK
    if slot.counts and len(inside) >= slot.need:
        # A finding is entered by whoever finds: that it was entered late is not the unit's lateness. A document is on time by the day it came.
        came = [f.on if slot.asks_documents else f.recorded_on for f in inside]
        on_time = slot.lasting or sum(day <= due for day in came) >= slot.need
        return CellState.DONE if on_time else CellState.DONE_LATE
    if not unit.open_within(part.first, part.last):
        return CellState.NOT_APPLICABLE
    return CellState.MISSED if today > due else CellState.OPEN


# What is planned


@value(frozen=True, slots=True, kw_only=True)
class Planned:
    """An occasion before it is held, as a subject has it in his plan: one that he is expected at, or that a unit is to hold.

    `pairing` is the id of the pairing that a visit is to serve, `record` the class of the record that whoever organises it will make.
    """

    deed: str
    kind: str
    on: date
    details: Details
    title: str = ""
    record: RecordClass = RecordClass.COUNTY
    level: Level = Level.COUNTY
    mandatory: bool = False
    key: bool = False
    work: str = ""
    pairing: str = ""


def next_planned(
    of: Progress | Grid, checklist: Checklist, planned: Iterable[Planned], today: date
) -> dict[int, Planned]:
    """The next planned occasion, today's among them, that would fit each slot with something left; slots without one are not named.

    What only taking part can tell is not asked: part, speaking, attendance, evidence. One occasion may be named for several slots,
    though it will fill one. A further session of a work that has been counted fits none, and a visit has to name a pairing in force
    where a slot asks for one.
    """
    ready = _ready(checklist)
    to_come = sorted((p for p in planned if p.on >= today), key=lambda p: (p.on, p.deed))
    wanted = _wanted(of)
    begun = _works(of) if isinstance(of, Progress) else frozenset[tuple[str, str]]()
    links = {s.number: s.links for s in of.slots} if isinstance(of, Progress) else {}
    found: dict[int, Planned] = {}
    for place, slot in enumerate(checklist.slots):
        for each in to_come:
            if (
                any(part.holds(each.on) for part in wanted.get(slot.number, ()))
                and (each.kind, each.work) not in begun
                and (not slot.linked_by or f"pairing/{each.pairing}" in links.get(slot.number, ()))
                and ready.promises[place](_as_held(each, of.subject))
            ):
                found[slot.number] = each
                break
    return found


def _wanted(of: Progress | Grid) -> dict[int, list[Period]]:
    """By slot, the stretches of time in which something more would fill it."""
    if isinstance(of, Progress):
        return {slot.number: [of.period] for slot in of.slots if slot.left}
    return {
        row.number: [
            cell.period for cell in row.cells if cell.state is CellState.OPEN and cell.whose is None
        ]
        for row in of.rows
    }


def _works(of: Progress) -> frozenset[tuple[str, str]]:
    """The works that have been counted, each with the kind of its sessions."""
    filled = [f for slot in of.slots for f in slot.filled]
    return frozenset((f.kind, f.work) for f in (*filled, *of.spare) if f.work)


def _beforehand(selects: Selects) -> Selects:
    """What of a selection is known of an occasion before it is held."""
    return Selects(
        kinds=selects.kinds,
        where=selects.where,
        capacities=frozenset(),
        states=frozenset(),
        levels=selects.levels,
        records=selects.records,
        key=selects.key,
        mandatory=selects.mandatory,
    )


def _as_held(planned: Planned, subject: SubjectId) -> Fact[Any]:
    """The fact that it would be if it were held as planned."""
    return Fact(
        deed=planned.deed,
        subject=subject,
        kind=planned.kind,
        on=planned.on,
        details=planned.details,
        title=planned.title,
        recorded_on=planned.on,
        recorded_by=PersonId(""),
        record=planned.record,
        level=planned.level,
        mandatory=planned.mandatory,
        key=planned.key,
        work=planned.work,
        pairing=planned.pairing,
    )


# Checks

_BUILT = (Span.YEAR, Span.HALF, Span.QUARTER, Span.MONTH)


def not_built(checklist: Checklist) -> list[Problem]:
    """What a list says that nothing carries out yet; it is not published, rather than read as something else.

    Lists are drawn up by calendar years, halves, quarters and months. A member's list is drawn up as a whole for each of its
    periods: no slot of it has a time of its own.
    """
    found: list[Problem] = []
    spans = [("/period", checklist.period)]
    spans += [(f"/slots/{i}/every", s.every) for i, s in enumerate(checklist.slots) if s.every]
    for path, span in spans:
        if span not in _BUILT:
            found.append(
                Problem(
                    path=path,
                    zh=f"目前还不能按{span.zh}列清单(可选:{'、'.join(s.zh for s in _BUILT)})",
                    en=f"not possible yet by {span.en} (one of: {', '.join(s.en for s in _BUILT)})",
                )
            )
        elif checklist.subject is Subject.MEMBER and span is not checklist.period:
            found.append(
                Problem(
                    path=path,
                    zh="委员清单的各项目前只能随整份清单的周期",
                    en="the slots of a member's list go by the period of the list as yet",
                )
            )
    return found


def _of_posting(checklist: Checklist, posting: Posting) -> list[Problem]:
    """What keeps a list from being reported on and posted each month."""
    found: list[Problem] = []
    if checklist.subject is not Subject.UNIT or not checklist.monthly:
        found.append(
            Problem(
                path="/posting",
                zh="只用于单位的清单,且至少有一项按月要求",
                en="goes with a list of units that asks for something every month",
            )
        )
    found += [
        Problem(
            path=f"/slots/{i}",
            zh="每月晾晒的项须由单位自己的记录完成,不用 each_person、each_of、bound、lasting",
            en="what is posted each month is filled by the unit's own records: no each_person, each_of, bound or lasting",
        )
        for i, slot in enumerate(checklist.slots)
        if slot in checklist.monthly and (slot.each_person or slot.looks_around or slot.lasting)
    ]
    for name, number, most in (
        ("within_days", posting.within_days, 31),
        ("invites", posting.invites, 20),
    ):
        if not 0 <= number <= most:
            found.append(
                Problem(path=f"/posting/{name}", zh=f"为 0 至 {most}", en=f"is 0 to {most}")
            )
    return found


def problems(checklist: Checklist, kinds: Mapping[str, type[Details]]) -> list[Problem]:
    """All that keeps a checklist from being used with this catalogue, in the order of the document."""
    found: list[Problem] = []
    if checklist.until is not None and checklist.until < checklist.since:
        found.append(
            Problem(path="/until", zh="早于生效日期", en="is before the day it comes into force")
        )
    if checklist.of_kinds and checklist.subject is not Subject.UNIT:
        found.append(
            Problem(path="/of_kinds", zh="只用于单位的清单", en="goes with a list of units only")
        )
    if checklist.of_types and checklist.of_kinds != {UnitKind.STUDIO}:
        found.append(
            Problem(
                path="/of_types",
                zh="只用于委员工作室的清单(of_kinds: 委员工作室)",
                en="goes with a list of studios only (of_kinds: 委员工作室)",
            )
        )
    if checklist.posting is not None:
        found.extend(_of_posting(checklist, checklist.posting))
    numbers = [s.number for s in checklist.slots]
    for i, slot in enumerate(checklist.slots):
        at = f"/slots/{i}"
        if numbers.index(slot.number) < i:
            found.append(
                Problem(
                    path=f"{at}/slot",
                    zh=f"序号 {slot.number} 重复",
                    en=f"the number {slot.number} is used twice",
                )
            )
        if slot.through and (slot.each_person or checklist.subject is not Subject.UNIT):
            found.append(
                Problem(
                    path=f"{at}/through",
                    zh="只用于单位的清单,且不逐人要求",
                    en="goes with a list of units, and not with each_person",
                )
            )
        if slot.lasting and (
            slot.each_person or slot.through or checklist.subject is not Subject.UNIT
        ):
            found.append(
                Problem(
                    path=f"{at}/lasting",
                    zh="只用于单位的清单,且不与 each_person、through 同用",
                    en="goes with a list of units, and not with each_person or through",
                )
            )
        if slot.before:
            if (
                not slot.counts
                or any(selects.kinds != (_HANDED_IN,) for selects in slot.counts)
                or slot.each_person
                or slot.looks_around
                or slot.through
                or slot.lasting
                or slot.by is not None
                or slot.grace_days
                or slot.need != 1
                or checklist.subject is not Subject.UNIT
            ):
                found.append(
                    Problem(
                        path=f"{at}/before",
                        zh="只用于单位清单中只数报送材料的项,且不与 each_person、each_of、bound、through、lasting、by、grace_days、need 同用",
                        en="goes with what a list of units asks for in documents alone, and not with each_person, each_of, bound, through, lasting, by, grace_days or need",
                    )
                )
            for j, selects in enumerate(slot.before):
                found.extend(check_selects(selects, kinds, f"{at}/before/{j}"))
        for name, wrong in (
            ("each_of", slot.each_of and (slot.each_person or slot.through)),
            ("has", slot.has and not slot.each_of),
            ("bound", slot.bound and (slot.counts or slot.each_of or slot.each_person)),
            ("party", slot.party and not slot.bound),
        ):
            if wrong or (getattr(slot, name) and checklist.subject is not Subject.UNIT):
                found.append(
                    Problem(
                        path=f"{at}/{name}",
                        zh="只用于单位的清单:has 须与 each_of 同用,each_of 不与 each_person、through 同用,bound 单独使用,party 须与 bound 同用",
                        en="goes with a list of units: has with each_of, each_of without each_person and through, bound by itself, party with bound",
                    )
                )
        if slot.by is not None and (
            (slot.every or checklist.period) is not Span.YEAR
            or checklist.subject is not Subject.UNIT
        ):
            found.append(
                Problem(
                    path=f"{at}/by",
                    zh="只用于单位清单中每年一次的项",
                    en="goes with what a list of units asks for once a year",
                )
            )
        if slot.need < 1:
            found.append(Problem(path=f"{at}/need", zh="至少为 1", en="is at least 1"))
        for name, counts in (("counts", slot.counts), ("linked_by", slot.linked_by)):
            for j, selects in enumerate(counts):
                found.extend(check_selects(selects, kinds, f"{at}/{name}/{j}"))
    for i, beside in enumerate(checklist.besides):
        for j, selects in enumerate(beside.counts):
            found.extend(check_selects(selects, kinds, f"/besides/{i}/counts/{j}"))
    return found

"""A member's own page: what he has done, what it earned and why, what is left, how both sides stand, and what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response

from domain import explain, rubric_text
from domain.access import Action
from domain.attestation import Policy, attested
from domain.checklist import Slot, SlotState
from domain.explain import Said
from domain.fact import Fact, Mark, Part, SubjectId
from domain.kinds import KINDS, kind_of
from domain.meeting import Meeting
from domain.people import PersonId, Reason, Refused, UnitId
from domain.period import Period
from domain.rubric import Clause, points_text
from domain.scorecard import ZERO, Line, WhyNot
from domain.selection import Why, meant_by
from domain.unit import Side
from domain.words import Choice, Label
from interfaces.api.asking import Look
from interfaces.api.door import needs
from interfaces.sealed import happenings_for, person_for
from interfaces.web.asked import Narrowing, next_page, with_parameters
from interfaces.web.deed import collection_of
from interfaces.web.in_question import in_question
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting, Visitor
from projections import (
    archive,
    checklists,
    deeds,
    documents,
    dual,
    facts,
    history,
    meetings,
    roster,
    scorecards,
)
from projections.checklists import MemberList
from projections.roster import PersonPage
from projections.scorecards import Card

MOST_HAPPENINGS = 30
MOST_AHEAD = 10
"""Planned meetings that are looked through for what could fill a list."""
NO_TERMS: dict[str, Any] = {"terms": (), "papers": {}, "questions": {}}
"""What is told of the terms of somebody whose file is not open, and of what is in question there."""


@dataclass(frozen=True, slots=True)
class ShownRule:
    """What a clause says, and where it stands in the rubric."""

    said: Said
    address: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of a scorecard with its sentence and the record that it is about."""

    line: Line
    said: Said
    title: str
    address: str
    rule: ShownRule | None
    vouched: tuple[tuple[Label | Choice, Label | Choice, UnitId | None], ...]


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block of a rubric: what it came to, and its lines; `folded` are those that a limit left without points."""

    zh: str
    en: str
    points: str
    lines: tuple[ShownLine, ...]
    folded: tuple[ShownLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownWhyNot:
    """A record that earned nothing, and why; `asks` is what the clause that came nearest asks for."""

    said: Said
    title: str
    address: str
    on: date
    deed: str
    rule: ShownRule | None
    asks: Said | None


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A scorecard as a page shows it."""

    card: Card
    blocks: tuple[ShownBlock, ...]
    why_not: tuple[ShownWhyNot, ...]
    reachable: tuple[Said, ...]
    accounts: tuple[Said, ...]
    gates: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class ShownSlot:
    """One item of a list: how it stands, what filled it, what would once it is confirmed, and the next meetings at which it could be."""

    number: int
    zh: str
    en: str
    state: SlotState
    by: tuple[tuple[str, str, date], ...]
    links: tuple[str, ...]
    fills: tuple[str, ...]
    left: int
    awaited: tuple[tuple[str, str, date], ...]
    chances: tuple[Meeting[Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ShownList:
    """A list as a page shows it."""

    found: MemberList
    slots: tuple[ShownSlot, ...]


def router() -> APIRouter:
    """The pages of a member."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/people/{id}", operation_id="page_person", openapi_extra=needs(Action.SEE_ROSTER))
    def person(visitor: Visiting, id: str, year: str = "") -> Response:
        """Somebody of the roster; his file where it is open to whoever looks."""
        return _page(Narrowing(visitor, year=year), PersonId(id), "person.html")

    @made.get(
        "/people/{id}/handbook", operation_id="page_handbook", openapi_extra=needs(Action.SEE_FILE)
    )
    def handbook(visitor: Visiting, id: str, year: str = "") -> Response:
        """The handbook of a year, to be printed: each line has the id by which the archive finds it."""
        return _page(Narrowing(visitor, year=year), PersonId(id), "handbook.html")

    @made.get(
        "/people/{id}/history",
        operation_id="page_history_of_person",
        openapi_extra=needs(Action.SEE_FILE),
    )
    def person_history(visitor: Visiting, id: str, cursor: str = "") -> Response:
        """All that happened to him, newest first: who, when, what, old and new."""
        return _history(visitor, PersonId(id), cursor)

    return made


def _found(visitor: Visitor, look: Look, id: PersonId) -> PersonPage:
    page = roster.person(
        look.connection, look.ledger, id, day=visitor.asking.today, position=look.position
    )
    if page is None:
        raise Refused(Reason.NO_SUCH_PERSON, "id", id[:40])
    return page


def _page(narrowing: Narrowing, id: PersonId, template: str) -> Response:
    visitor, year = narrowing.visitor, narrowing.year()
    asking = visitor.asking
    with asking.look() as look:
        found = _found(visitor, look, id)
        contact = asking.may_see_person(look, id, Action.SEE_CONTACT)
        file = asking.may_see_person(look, id, Action.SEE_FILE)
        if template == "handbook.html":
            asking.must_see_person(look, id)
        shown = person_for(found, contact=contact, file=file)
        if contact and found.person.profile.phone:
            look.shows(Action.SEE_CONTACT, f"member/{id}")
        told: dict[str, Any] = {}
        if file and not narrowing.wrong:
            look.shows(Action.SEE_FILE, f"member/{id}")
            told = _file(visitor, look, id, Period.year(year))
            if template == "person.html":
                told["terms"] = archive.archive(
                    look.connection,
                    look.ledger,
                    visitor.desk.shelf,
                    found.person,
                    today=asking.today,
                    position=look.position,
                )
                told["questions"] = in_question(visitor, look, told["titles"])
                told["papers"] = archive.names_of(look.connection, look.ledger, visitor.desk.shelf)
        units = roster.all_units(look.connection, look.ledger, look.position)
    return render(
        visitor,
        # What is wrong stands beside its field, and that is on the page of the member.
        "person.html" if narrowing.wrong else template,
        status=narrowing.status,
        narrowing=narrowing,
        page=shown,
        person=shown.person,
        line=shown.line,
        units={unit: each.profile.name for unit, each in units.items()},
        file=file,
        year=year,
        as_of=asking.as_of or "",
        today=asking.today,
        where=collection_of,
        kinds=KINDS,
        parts={part.value: part for part in Part},
        own=id == visitor.actor.person,
        with_parameters=lambda **said: with_parameters(visitor, **said),
        **(
            {"cards": (), "lists": (), "dual": None, "titles": {}, "found": ()}
            | {"of_year": (), "earned": {}}
            | NO_TERMS
            | told
        ),
    )


def _file(visitor: Visitor, look: Look, id: PersonId, period: Period) -> dict[str, Any]:
    asking = visitor.asking
    today, shelf, position = asking.today, visitor.desk.shelf, look.position
    told = (look.connection, look.ledger, shelf, id)
    cards = scorecards.cards(*told, period=period, today=today, position=position)
    lists = checklists.of_member(*told, period=period, today=today, position=position)
    policies = documents.policies(look.connection, look.ledger, shelf, position=position)
    record = dual.member(
        look.connection,
        look.ledger,
        id,
        first=period.first,
        last=period.last,
        today=today,
        policies=policies,
        position=position,
    )
    found = facts.facts_of(
        look.connection,
        look.ledger,
        f"member/{id}",  # type: ignore[arg-type]  # the stream of a member
        first=period.first,
        last=period.last,
        position=position,
    )
    titles = {fact.deed: fact.title for fact in found}
    named = {line.deed for card in cards for line in card.scorecard.lines}
    named |= {why.deed for card in cards for why in card.scorecard.why_not}
    named |= {pair.same_as for pair in record.pairs} if record else set()
    named |= {deed for each in lists for slot in each.progress.slots for deed in slot.links}
    facts_by_deed = {fact.deed: fact for fact in found}
    others = {deed for deed in named if deed and deed not in titles}
    titles |= deeds.titles(look.connection, look.ledger, others)
    ahead = _ahead(visitor, look, id, period)
    names = scorecards.names_in(look.connection, look.ledger, cards)
    return {
        "cards": tuple(_card(visitor, card, titles, facts_by_deed, names) for card in cards),
        "lists": tuple(_list(each, facts_by_deed, ahead, id) for each in lists),
        "dual": record,
        "titles": titles,
        "earned": {card.rubric.code: _by_deed(card) for card in cards},
        "of_year": _of_year(found, policies.over(period, today), today),
        "found": tuple(sorted(found, key=lambda fact: (fact.on, fact.deed))),
    }


def _ahead(visitor: Visitor, look: Look, person: PersonId, period: Period) -> list[Meeting[Any]]:
    """The meetings of the rest of a year that expect somebody; none where it is over, or looked back at."""
    today = visitor.desk.today()
    if look.position is not None or not period.first <= today <= period.last:
        return []
    told = (look.connection, look.ledger, person)
    found = meetings.expecting(*told, since=today, limit=MOST_AHEAD)
    return [each for each in found if each.body.on <= period.last]


def _by_deed(card: Card) -> dict[str, str]:
    """What each record came to under a rubric."""
    sums: dict[str, Fraction] = {}
    for line in card.scorecard.lines:
        if line.deed:
            sums[line.deed] = sums.get(line.deed, Fraction(0)) + Fraction(line.points)
    return {deed: explain.told(points_text(points)) for deed, points in sums.items()}


def _of_year(
    found: Sequence[Fact[Any]], policy: Policy, today: date
) -> tuple[tuple[str, date, bool, bool], ...]:
    """The records that the figures of dual management are of, by day: whether each counts, and whether with another."""
    by_deed: dict[str, tuple[str, date, bool, bool]] = {}
    for fact in found:
        if dual.is_deed(fact):
            counts = attested(fact, policy, today).counts or by_deed.get(fact.deed, _NONE)[2]
            by_deed[fact.deed] = (fact.deed, fact.on, counts, bool(fact.same_as))
    return tuple(sorted(by_deed.values(), key=lambda each: (each[1], each[0])))


_NONE = ("", date.min, False, False)


def _card(
    visitor: Visitor,
    card: Card,
    titles: Mapping[str, str],
    by_deed: Mapping[str, Fact[Any]],
    names: Mapping[str, str],
) -> ShownCard:
    rubric, found = card.rubric, card.scorecard
    clauses = {clause.code: clause for _, clause in rubric.clauses}
    place = f"/documents/rubric/{quote(rubric.code)}?version={quote(rubric.version)}"
    rules = {
        code: ShownRule(rubric_text.clause(clause, rubric), visitor.address(f"{place}#c-{code}"))
        for code, clause in clauses.items()
    }
    points = {each.block: each.points for each in found.blocks}
    by_block: dict[str, list[ShownLine]] = {}
    for line in found.lines:
        said = explain.line(line, rubric, names.get(line.subject, ""))
        title = titles.get(line.deed, "")
        address = visitor.address(collection_of(line.deed)) if line.deed else ""
        shown = ShownLine(
            line, said, title, address, rules.get(line.clause), _vouched(by_deed.get(line.deed))
        )
        by_block.setdefault(line.block, []).append(shown)
    blocks = [
        _block(block.zh, block.en, points.get(block.code, ZERO), by_block.pop(block.code, []))
        for block in rubric.blocks
    ]
    rest = [line for lines in by_block.values() for line in lines]
    if rest:
        blocks.append(_block("合计调整", "adjusting the total", "", rest))
    return ShownCard(
        card,
        tuple(blocks),
        tuple(
            ShownWhyNot(
                explain.why_not(each, rubric, names.get(each.subject, "")),
                titles.get(each.deed, ""),
                visitor.address(collection_of(each.deed)) if each.deed else "",
                each.on,
                each.deed,
                rules.get(each.clause),
                _asked_of(clauses.get(each.clause), each),
            )
            for each in found.why_not
        ),
        tuple(explain.reach(each, rubric) for each in found.reachable),
        tuple(explain.account(each, rubric) for each in found.accounts),
        tuple(explain.gate(each, rubric) for each in found.gates if not each.met),
    )


def _vouched(
    fact: Fact[Any] | None,
) -> tuple[tuple[Label | Choice, Label | Choice, UnitId | None], ...]:
    """Who recorded a line, and what each side, or the county, has said of it."""
    if fact is None:
        return ()
    told: list[tuple[Label | Choice, Label | Choice, UnitId | None]] = [
        (_RECORDED, fact.record, fact.recorder)
    ]
    for side, stamp in (
        (Side.SECTOR, fact.sector),
        (Side.STUDIO, fact.studio),
        (Side.COUNTY, fact.county),
    ):
        if stamp is not None and stamp.mark is not Mark.RECORDED:
            told.append((side, stamp.mark, stamp.unit))
    return tuple(told)


_RECORDED = Label("登记", "recorded by")


def _asked_of(clause: Clause | None, of: WhyNot) -> Said | None:
    """What a clause asks of the kind that came near it."""
    if clause is None or of.why not in _OF_CONDITIONS:
        return None
    near = [each for each in clause.counts if of.kind in each.kinds]
    return rubric_text.selections(near) if near else None


_OF_CONDITIONS = frozenset(
    {Why.CONDITIONS, Why.STATE, Why.PARTLY, Why.STAGE, Why.DAY, Why.CAPACITY, Why.READ}
)
"""Reasons that what a clause asks for makes plain."""


def _block(zh: str, en: str, points: str, lines: list[ShownLine]) -> ShownBlock:
    folded = [each for each in lines if each.line.past_a_limit]
    shown = [each for each in lines if not each.line.past_a_limit]
    return ShownBlock(zh, en, points, tuple(shown), tuple(folded))


def _fills(slot: Slot, state: SlotState) -> tuple[str, ...]:
    """The kinds of records that would fill what is open of an item: where it asks for a pairing first, that."""
    if state is SlotState.DONE:
        return ()
    selects = slot.linked_by if slot.linked_by and state is SlotState.OPEN else slot.counts
    return tuple(dict.fromkeys(kind for each in selects for kind in each.kinds if kind in KINDS))


def _awaited(
    slot: Slot, state: SlotState, waiting: Sequence[WhyNot], by_deed: Mapping[str, Fact[Any]]
) -> tuple[tuple[str, str, date], ...]:
    """The records that would fill what is open of an item if they were confirmed."""
    if state is SlotState.DONE:
        return ()
    fits = meant_by(slot.counts)
    return tuple(
        (each.deed, each.kind, each.on)
        for each in waiting
        if each.why is Why.NOT_YET and each.deed in by_deed and fits(by_deed[each.deed])
    )


def _chances(
    slot: Slot, state: SlotState, ahead: Sequence[Meeting[Any]], person: PersonId
) -> tuple[Meeting[Any], ...]:
    """The planned meetings that expect him and would fill what is open of an item if he comes."""
    if state is SlotState.DONE or slot.linked_by:
        return ()
    fits = meant_by(slot.counts)
    return tuple(each for each in ahead if fits(_as_if_held(each, person)))


def _as_if_held(meeting: Meeting[Any], person: PersonId) -> Fact[Any]:
    """The line of somebody who comes to a meeting, as it would be recorded."""
    body = meeting.body
    return Fact(
        deed=f"occasion/{meeting.meeting}",
        subject=SubjectId(f"member/{person}"),
        kind=kind_of(type(body.details)),
        on=body.on,
        details=body.details,
        title=body.title,
        recorded_on=body.on,
        recorded_by=person,
        recorder=body.organiser,
        organiser=body.organiser,
        half_days=body.half_days,
        of_half_days=body.half_days,
        level=body.level,
        mandatory=body.mandatory,
        key=body.key,
        micro=body.micro,
        expected=True,
    )


def _list(
    found: MemberList,
    by_deed: Mapping[str, Fact[Any]],
    ahead: Sequence[Meeting[Any]],
    person: PersonId,
) -> ShownList:
    by_number = {slot.number: slot for slot in found.checklist.slots}
    waiting = found.progress.waiting
    return ShownList(
        found,
        tuple(
            ShownSlot(
                slot.number,
                by_number[slot.number].zh,
                by_number[slot.number].en,
                slot.state,
                tuple((each.deeds[0], each.kind, each.on) for each in slot.filled),
                slot.links,
                _fills(by_number[slot.number], slot.state),
                slot.left,
                _awaited(by_number[slot.number], slot.state, waiting, by_deed),
                _chances(by_number[slot.number], slot.state, ahead, person),
            )
            for slot in found.progress.slots
        ),
    )


def _history(visitor: Visitor, id: PersonId, cursor: str) -> Response:
    asking = visitor.asking
    with asking.look() as look:
        found = _found(visitor, look, id)
        asking.must_see_person(look, id)
        page = history.history(
            look.connection,
            look.ledger,
            f"member/{id}",
            visitor.desk.entries_at,
            position=look.position,
            after=asking.after(cursor or None),
            limit=MOST_HAPPENINGS,
        )
        rows, noted = happenings_for(
            visitor.asker,
            look.connection,
            look.ledger,
            page.rows,
            of=f"member/{id}",
            today=visitor.desk.today(),
            contact=asking.may_see_person(look, id, Action.SEE_CONTACT),
        )
        look.shown.update(dict.fromkeys(noted.items()))
        people = {each.entry.envelope.by for each in rows}
        names = roster.names(look.connection, look.ledger, people=people)
    return render(
        visitor,
        "history.html",
        name=found.person.profile.name,
        back=f"/people/{id}",
        rows=rows,
        names=names,
        where=collection_of,
        next=next_page(visitor, page.after),
    )

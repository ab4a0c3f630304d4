"""The story of a matter, a member or a unit: what led to what, each with the stages that it reached and what became of its suggestions, in order of days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, exists, or_, select, tuple_, union

from domain.course import Move, Step, Turn
from domain.deed import Deed
from domain.fact import Reached, SubjectId, reached_last
from domain.kinds import Stage, kind_of
from domain.loop import Loop
from domain.occasion import Occasion
from domain.people import PersonId, UnitId
from domain.words import Choice, Label, Level, Open
from projections import bodies, courses, deeds, links, roster
from projections.documents import Shelf
from projections.facts import fact_versions
from projections.links import Arrow, Way, link_rows
from projections.paging import Key, Page, checked_limit, page_of

MOST_DEEDS = 100
"""Records that one story tells of."""
MOST_STEPS = 400
"""Lines that one story has."""
MOST_ARROWS = 1_000
MOST_NAMED = 5
"""Authors who are named of one record."""


class StepKind(Choice):
    """What a line of a story tells."""

    RECORDED = "recorded", "履职", "something was held or submitted"
    REACHED = "reached", "办理", "a stage was reached"
    SET_BACK = "set_back", "退回", "a matter was given back or reopened"
    SUGGESTED = "suggested", "建议", "a suggestion was made"
    ANSWERED = "answered", "答复", "a suggestion was answered"
    CARRIED_OUT = "carried_out", "落实", "a suggestion was carried out"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryStep:
    """One line: what happened on a day with which record, and who did it.

    `said` is the stage that was reached, the answer that was given, or the kind of the record; `number` that of a suggestion.
    `who` are its authors, who made or answered a suggestion, or who has the matter in hand since; `by` is who is said to have done it, where nobody has it in hand.
    Of an instruction `level`, `rank` and `document` are told, never what it says.
    """

    on: date
    deed: Open[str]
    title: Open[str]
    kind: StepKind
    said: Label
    who: Open[str] = ""
    by: str = ""
    text: str = ""
    number: int = 0
    level: Level | None = None
    rank: Open[str] = ""
    document: Open[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDeed:
    """A record of a story: how far it has come, and what came of it in words."""

    stream: Open[str]
    kind: Open[str]
    title: Open[str]
    on: date
    organiser: UnitId
    organiser_name: Open[str]
    stage: Label | None
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Records that hang together, in order of days: `steps` are their lines, `arrows` what led to what. `cut` says that there is more."""

    deeds: tuple[StoryDeed, ...]
    steps: tuple[StoryStep, ...]
    arrows: tuple[Arrow, ...]
    cut: bool


def story(connection: Connection, ledger: str, shelf: Shelf, stream: str) -> Story | None:
    """All that came before a record and all that came after it; none where there is no such record, or where it was withdrawn."""
    found = _stories(connection, ledger, shelf, [stream])
    return found[0] if found else None


def stories(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    subject: SubjectId,
    *,
    first: date,
    last: date,
    after: Key | None = None,
    limit: int = 10,
) -> Page[Story]:
    """What the matters of a member or unit of some days came from and led to, and what led on among its occasions; the newest first.

    A page goes by so many of its records. Where two of them hang together and fall on two pages, each page tells what lies before and after its own.
    """
    checked_limit(limit)
    rows = deeds.deed_rows.c
    lines = fact_versions.c
    theirs = select(lines.deed).where(
        lines.ledger == ledger,
        lines.subject == subject,
        lines.done,
        roster.known(fact_versions, None),
    )
    if subject.startswith("unit/"):
        organised = select(rows.stream).where(
            rows.ledger == ledger,
            rows.organiser == subject.removeprefix("unit/"),
            rows.on >= first,
            rows.on <= last,
        )
        theirs = union(theirs, organised)  # type: ignore[assignment]  # one column of names as well
    tied = exists(
        select(link_rows.c.near).where(
            link_rows.c.ledger == ledger,
            link_rows.c.near == rows.stream,
            link_rows.c.way.in_((Way.BEFORE.value, Way.AFTER.value)),
        )
    )
    asked = select(rows.stream, rows.on, rows.position).where(
        rows.ledger == ledger,
        rows.stream.in_(theirs),
        rows.on >= first,
        rows.on <= last,
        rows.gone == "",
        or_(rows.stream.startswith("matter/"), tied),
    )
    if after is not None:
        asked = asked.where(tuple_(rows.on, rows.position) < tuple_(*after))
    asked = asked.order_by(rows.on.desc(), rows.position.desc()).limit(limit + 1)
    found = connection.execute(asked).all()
    page = page_of(found, limit, lambda row: (row.on.toordinal(), row.position))
    roots = [row.stream for row in page.rows]
    return Page(rows=tuple(_stories(connection, ledger, shelf, roots)), after=page.after)


def _stories(
    connection: Connection, ledger: str, shelf: Shelf, roots: Sequence[str]
) -> list[Story]:
    """What these records came from and led to, those that hang together as one, in the order of the records."""
    streams, cut = links.around(connection, ledger, roots, most=MOST_DEEDS)
    states = _standing(connection, ledger, streams)
    if not states:
        return []
    found = links.arrows(connection, ledger, list(states), most=MOST_ARROWS)
    teller = _Teller(connection, ledger, shelf, states)
    told = []
    for together in _apart([root for root in roots if root in states], states, found):
        steps = sorted(
            (step for stream in together for step in teller.steps(states[stream])),
            key=lambda each: each[0],
        )
        told.append(
            Story(
                deeds=tuple(teller.deed(states[stream]) for stream in together),
                steps=tuple(step for _, step in steps[:MOST_STEPS]),
                arrows=tuple(a for a in found if a.earlier in together and a.later in together),
                cut=cut or len(steps) > MOST_STEPS,
            )
        )
    return told


def _standing(connection: Connection, ledger: str, streams: Sequence[str]) -> dict[str, Deed[Any]]:
    """The records of these that stand, in order of days."""
    rows = deeds.deed_rows.c
    asked = select(rows.kind, rows.body).where(
        rows.ledger == ledger, rows.stream.in_(streams), rows.gone == ""
    )
    read = (bodies.deed(kind, body) for kind, body in connection.execute(asked))
    found = [state for state in read if isinstance(state, Deed)]
    # Were the database to sort them, it would look through all days for a hundred names.
    return {
        state.stream: state
        for state in sorted(found, key=lambda each: (each.body.on, each.position))
    }


def _apart(
    roots: Sequence[str], states: Mapping[str, Deed[Any]], found: Iterable[Arrow]
) -> list[list[str]]:
    """The records that hang together, each lot once, in order of days; by the order of the roots."""
    beside: dict[str, set[str]] = {}
    for arrow in found:
        beside.setdefault(arrow.earlier, set()).add(arrow.later)
        beside.setdefault(arrow.later, set()).add(arrow.earlier)
    lots: list[list[str]] = []
    seen: set[str] = set()
    for root in roots:
        if root in seen:
            continue
        lot, ahead = {root}, [root]
        while ahead:
            for other in beside.get(ahead.pop(), ()):
                if other not in lot:
                    lot.add(other)
                    ahead.append(other)
        seen |= lot
        lots.append([stream for stream in states if stream in lot])
    return lots


_Order = tuple[date, int, int, int]


class _Teller:
    """Tells records line by line; names and loops are asked for once for all of them."""

    def __init__(
        self, connection: Connection, ledger: str, shelf: Shelf, states: Mapping[str, Deed[Any]]
    ) -> None:
        people: set[PersonId] = set()
        units: set[UnitId] = set()
        for state in states.values():
            people |= set(_authors(state)[:MOST_NAMED])
            people |= {person for each in state.suggestions for person in each.by[:MOST_NAMED]}
            units |= set(_units(state))
            units |= {each.unit for each in state.suggestions if each.unit is not None}
            if state.course is not None:
                holders = (each.holder for each in state.course.holders)
                units |= {h.unit for h in holders if h is not None and h.unit is not None}
        self._names = roster.names(connection, ledger, people=people, units=units)
        on_their_way = any(state.course is not None for state in states.values())
        self._loops: Mapping[tuple[str, str], Loop] = (
            courses.timing(connection, ledger, shelf).loops if on_their_way else {}
        )

    def deed(self, state: Deed[Any]) -> StoryDeed:
        """A record, and how far it has come."""
        body, course = state.body, state.course
        stage: Label | None = None
        if course is not None:
            stage = self._called(state, course.at)
        elif (newest := reached_last(state.reached)) is not None:
            stage = Label(newest.stage.zh, newest.stage.en)
        return StoryDeed(
            stream=state.stream,
            kind=kind_of(type(body.details)),
            title=body.title,
            on=body.on,
            organiser=body.organiser,
            organiser_name=self._unit(body.organiser),
            stage=stage,
            effect=body.result if isinstance(body, Occasion) else body.effect,
        )

    def steps(self, state: Deed[Any]) -> Iterator[tuple[_Order, StoryStep]]:
        """The lines of a record, each with its place among others."""
        body = state.body
        about = body.details.about

        def step(
            on: date, kind: StepKind, said: Label, place: int = 0, **told: Any
        ) -> tuple[_Order, StoryStep]:
            line = StoryStep(
                on=on, deed=state.stream, title=body.title, kind=kind, said=said, **told
            )
            return (on, state.position, place, told.get("number", 0)), line

        yield step(body.on, StepKind.RECORDED, Label(about.zh, about.en), who=self._whose(state))
        of_course: set[int] = set()
        for nth, turn in enumerate(() if state.course is None else state.course.turns):
            of_course.add(turn.position)
            said = self._called(state, turn.stage)
            if turn.turn in (Turn.GIVEN_BACK, Turn.REOPENED):
                yield step(turn.on, StepKind.SET_BACK, said, nth + 1)
                continue
            yield step(turn.on, StepKind.REACHED, said, nth + 1, **self._moved(state, turn))
        for nth, outcome in enumerate(state.reached):
            if outcome.position not in of_course:
                said = Label(outcome.stage.zh, outcome.stage.en)
                yield step(
                    outcome.on,
                    StepKind.REACHED,
                    said,
                    nth + 1,
                    **_told(outcome, outcome.stage),
                )
        for each in state.suggestions:
            if each.withdrawn:
                continue
            made = Label("提出意见建议", "a suggestion was made")
            number = each.number
            yield step(
                *(each.on, StepKind.SUGGESTED, made, 50),
                who=self._people(each.by) or self._unit(each.unit or UnitId("")),
                text=each.text,
                number=number,
            )
            if each.answer is not None and each.answered_on is not None:
                answer = Label(each.answer.zh, each.answer.en)
                yield step(
                    *(each.answered_on, StepKind.ANSWERED, answer, 51),
                    who=each.answered_by,
                    text=each.reason,
                    number=number,
                )
            if each.carried_out_on is not None:
                done = Label("已落实", "carried out")
                yield step(
                    *(each.carried_out_on, StepKind.CARRIED_OUT, done, 52),
                    text=each.outcome,
                    number=number,
                )

    def _moved(self, state: Deed[Any], turn: Step) -> dict[str, Any]:
        """What is told of a move: who has the matter in hand since, or who moved it; never a note."""
        move = turn.move
        if move is None:
            return {}
        loop, holder = self._loop(state), move.holder
        held = "" if holder is None else holder.name or self._unit(holder.unit or UnitId(""))
        stage = None if loop is None else loop.stage(turn.stage)
        # Of a stage that is not known it is not known whether it is an instruction.
        reaches = Stage.INSTRUCTED if stage is None else stage.reaches
        return _told(move, reaches, held)

    def _loop(self, state: Deed[Any]) -> Loop | None:
        course = state.course
        return None if course is None else self._loops.get((course.loop, course.version))

    def _called(self, state: Deed[Any], code: str) -> Label:
        loop = self._loop(state)
        return Label(code, code) if loop is None else loop.called(code)

    def _whose(self, state: Deed[Any]) -> str:
        """The authors of a matter; the units that held an occasion."""
        units = "、".join(self._unit(unit) for unit in _units(state))
        if isinstance(state.body, Occasion):
            return units
        return self._people(_authors(state)) or units

    def _people(self, people: Sequence[PersonId]) -> str:
        named = [self._names.get(f"member/{p}", p) for p in people[:MOST_NAMED]]
        more = f"等{len(people)}人" if len(people) > MOST_NAMED else ""
        return "、".join(named) + more

    def _unit(self, unit: UnitId) -> str:
        return self._names.get(f"unit/{unit}", unit)


def _told(said: Move | Reached, stage: Stage | None, held: str = "") -> dict[str, Any]:
    """What is told of a stage that was reached: of an instruction its level, the leader's rank and its number, and nobody's name."""
    told = {"level": said.level, "rank": said.rank, "document": said.document}
    if stage is Stage.INSTRUCTED or said.rank:
        return told
    return told | ({"who": held} if held else {"by": said.by})


def _authors(state: Deed[Any]) -> tuple[PersonId, ...]:
    authors = getattr(state.body, "authors", ())
    return tuple(a.person for a in authors if a.person is not None)


def _units(state: Deed[Any]) -> tuple[UnitId, ...]:
    """The units that held an occasion or are authors of a matter; of a matter of members the one that it came in through."""
    body = state.body
    if isinstance(body, Occasion):
        return body.hosts
    return tuple(a.unit for a in body.authors if a.unit is not None) or (body.organiser,)

"""A record that a member queries, as it was when he asked and as it is now: in what he names, and in what was changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.deed import Deed
from domain.explain import Said
from domain.people import PersonId, UnitId
from domain.words import Label
from interfaces.api.asking import Look
from interfaces.sealed import Leaves, Sight, sight, tells_leave
from interfaces.web.visiting import Visitor
from projections import deeds, history, roster
from projections.deeds import DeedSummary
from projections.differences import named_by, told

MOST_NAMED = 10
"""People of a record that are named; of the others it is said how many they are."""
MOST_CHANGED = 12
"""Fields that are shown beside those that he names."""

DAY, PEOPLE, PART, PLACE, CONTENT = (
    Label("日期", "the day"),
    Label("人员", "the people"),
    Label("角色", "the role"),
    Label("地点", "the place"),
    Label("内容", "what was done"),
)
FIELDS = (DAY, PEOPLE, PART, PLACE, CONTENT)
"""What is often wrong in a record."""
_NAMED_BY: Mapping[Label, tuple[str, ...]] = {
    DAY: ("/body/on", "/body/until"),
    PLACE: ("/body/place", "/body/village"),
    CONTENT: ("/body/title", "/body/text", "/body/result", "/body/details/"),
}
"""The beginnings of the fields of records that these mean."""
_OF_PEOPLE = ("/body/participants/", "/body/authors/")
_NOTHING = Said("", "")


@dataclass(frozen=True, slots=True)
class Told:
    """What a record says in one field: when it was asked about, and now."""

    label: Label
    then: Said
    now: Said

    @property
    def changed(self) -> bool:
        """Whether it says something else now."""
        return self.then != self.now


@dataclass(frozen=True, slots=True)
class ThenAndNow:
    """A record when it was asked about and now; `gone` says why it no longer stands."""

    named: tuple[Told, ...]
    others: tuple[Told, ...]
    changed: bool
    gone: str

    @property
    def shown(self) -> tuple[Told, ...]:
        """What is shown of it."""
        return (*self.named, *self.others)


def is_changed(visitor: Visitor, look: Look, about: DeedSummary, raised_at: int) -> bool:
    """Whether a record says something else than at that position, no longer stands, or was linked since."""
    return _differ(*_states(visitor, look, about, raised_at))


def then_and_now(
    visitor: Visitor, look: Look, about: DeedSummary, person: PersonId, field: str, raised_at: int
) -> ThenAndNow | None:
    """The record at the position at which he asked and now, as whoever looks may see it; what others said in it is noted."""
    then, now = _states(visitor, look, about, raised_at)
    if then is None or now is None:
        return None
    named = {each for state in (then, now) for each in named_by(state)}
    names = roster.names(
        look.connection,
        look.ledger,
        people={PersonId(each[7:]) for each in named if each.startswith("member/")},
        units={UnitId(each[5:]) for each in named if each.startswith("unit/")},
    )
    was = _told(visitor, look, about, then, names)
    stands = _told(visitor, look, about, now, names)
    asked = tuple(_asked(was, stands, person, field))
    paths = {path for path, _ in asked}
    others = [
        told
        for path, told in _compared(was, stands, dict.fromkeys([*was, *stands]))
        if told.changed and path not in paths
    ]
    return ThenAndNow(
        tuple(told for _, told in asked if told.then != _NOTHING or told.now != _NOTHING),
        tuple(others[:MOST_CHANGED]),
        changed=_differ(then, now),
        gone=_sight(visitor, about, now).inside(now, now.body).gone,
    )


def _differ(then: Deed[Any] | None, now: Deed[Any] | None) -> bool:
    if then is now or then is None or now is None:
        return False
    return (then.body, then.gone, then.same_as) != (now.body, now.gone, now.same_as)


def _states(
    visitor: Visitor, look: Look, about: DeedSummary, raised_at: int
) -> tuple[Deed[Any] | None, Deed[Any] | None]:
    """The record at that position and now; what it says now is what it said then where nothing was said of it since."""
    read = (look.connection, look.ledger, about.stream, visitor.desk.entries_at)

    def at(position: int | None) -> Deed[Any] | None:
        if position is None or position >= about.last_position:
            found: Any = deeds.states(look.connection, look.ledger, [about.stream])
            state = found.get(about.stream)
        else:
            state = history.state_at(*read, position)
        return state if isinstance(state, Deed) else None

    now = at(look.position)
    same = about.last_position <= raised_at and look.position is None
    return (now if same else at(raised_at)), now


def _sight(visitor: Visitor, about: DeedSummary, state: Deed[Any]) -> Sight:
    return sight(visitor.asker, about.recorded_by, about.recorder, state.body.subjects)


def _told(
    visitor: Visitor, look: Look, about: DeedSummary, state: Deed[Any], names: Mapping[str, str]
) -> dict[str, tuple[Label, Said]]:
    seen = _sight(visitor, about, state)
    action = seen.noted(state.body)
    if action is not None:
        look.shows(action, about.stream)
    body = state.body
    leaves = [(about, body)] if tells_leave(body) else []
    whose = Leaves(visitor.asker, look.connection, look.ledger, leaves).of(about.stream)
    return told(seen.inside(replace(state, body=whose.shown(seen.of(body))), body), names)


def _asked(
    was: Mapping[str, tuple[Label, Said]],
    stands: Mapping[str, tuple[Label, Said]],
    person: PersonId,
    field: str,
) -> Iterator[tuple[str, Told]]:
    """What he names, as far as it can be told from his words which fields he means."""
    which = next((each for each in FIELDS if field in (each.zh, each.en)), None)
    paths = tuple(dict.fromkeys([*was, *stands]))
    if which is PEOPLE:
        yield "", Told(PEOPLE, _people(was), _people(stands))
        return
    if which is PART:
        own = {f"{of}{who}" for of in _OF_PEOPLE for who in (person, f"member/{person}")}
        found = tuple(path for path in paths if path in own)
    elif which is not None:
        found = tuple(path for path in paths if path.startswith(_NAMED_BY[which]))
    else:
        called = {path: (was.get(path) or stands[path])[0] for path in paths}
        found = tuple(path for path in paths if called[path].zh and called[path].zh in field)
    yield from _compared(was, stands, found)


def _compared(
    was: Mapping[str, tuple[Label, Said]],
    stands: Mapping[str, tuple[Label, Said]],
    paths: Iterable[str],
) -> Iterator[tuple[str, Told]]:
    for path in paths:
        label = (stands.get(path) or was[path])[0]
        yield (
            path,
            Told(
                label,
                was[path][1] if path in was else _NOTHING,
                stands[path][1] if path in stands else _NOTHING,
            ),
        )


def _people(said: Mapping[str, tuple[Label, Said]]) -> Said:
    """The names of those whom a record names."""
    who = [label.zh for path, (label, _) in said.items() if path.startswith(_OF_PEOPLE)]
    shown = who[:MOST_NAMED]
    more = len(who) - len(shown)
    return Said(
        "、".join(shown) + (f"等{len(who)}人" if more else ""),
        ", ".join(shown) + (f" and {more} more" if more else ""),
    )

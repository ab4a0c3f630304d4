"""What somebody else changed while a form was open: it stands where whoever sends the form changed nothing, and both are shown where both did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.people import Refused, UnitId
from domain.words import Label
from interfaces.web.choosing import Units
from interfaces.web.fields import Input, Trouble, Widget
from interfaces.web.words import Said

YES = Label("是", "yes")
COMPARE = Label("别人刚改过,请对照下表", "has just been changed by somebody else; compare below")
TAKEN_IN = Label(
    "别人刚改过别的项目,已填入下面,请核对后再按一次",
    "has just been changed elsewhere by somebody else; that is filled in below: look at it and send once more",
)


@dataclass(frozen=True, slots=True)
class Differs:
    """What two people said otherwise of one thing."""

    label: Said
    theirs: tuple[str | Said, ...]
    yours: tuple[str | Said, ...]


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """A form that came too late: `inputs` hold what he changed and what stands of the rest, `both` is what both changed, `taken` what the other did alone."""

    inputs: tuple[Input, ...]
    both: tuple[Differs, ...] = ()
    taken: tuple[Said, ...] = ()


def compared(
    opened: Sequence[Input] | None, stands: Sequence[Input], typed: Sequence[Input], units: Units
) -> Meanwhile:
    """What was typed against what stands, by what the form was opened with; where that is not known, all that differs is shown."""
    was = None if opened is None else {each.name: _plain(each, units) for each in opened}
    now = {each.name: each for each in stands}
    inputs: list[Input] = []
    both: list[Differs] = []
    taken: list[Said] = []
    for each in typed:
        theirs = now.get(each.name)
        yours = _plain(each, units)
        if theirs is None or yours == _plain(theirs, units):
            inputs.append(each)
        elif was is not None and was.get(each.name) == yours:
            inputs.append(each.with_values(*theirs.values))
            taken.append(each.label)
        else:
            inputs.append(each)
            if was is None or was.get(each.name) != _plain(theirs, units):
                both.append(Differs(each.label, in_words(theirs, units), in_words(each, units)))
    return Meanwhile(tuple(inputs), tuple(both), tuple(taken))


def troubles_of(found: Meanwhile) -> tuple[Trouble, ...]:
    """What is said above a form that came too late."""
    return (Trouble(COMPARE if found.both else TAKEN_IN),)


def _plain(asked: Input, units: Units) -> tuple[str, ...]:
    """What stands in an input, the same however a unit is called."""
    values = tuple(value.strip() for value in asked.values if value.strip())
    if asked.widget in (Widget.UNIT, Widget.UNITS):
        return tuple(_by_id(value, units) for value in values)
    return tuple(sorted(values)) if asked.widget is Widget.MANY else values


def _by_id(said: str, units: Units) -> str:
    try:
        return units.called(said, "")
    except Refused:
        return said


def in_words(asked: Input, units: Units) -> tuple[str | Said, ...]:
    """What stands in an input, as people say it."""
    if asked.widget is Widget.TICK:
        return (YES,) if asked.values else ()
    called = {choice.value: choice for choice in asked.choices}
    if asked.widget in (Widget.UNIT, Widget.UNITS):
        return tuple(units.name(UnitId(_by_id(value, units))) for value in asked.values)
    return tuple(called.get(value, value) for value in asked.values)

"""Figures in words: what each counts, and what it comes to as a sentence that can be copied into a report."""

from __future__ import annotations

from collections.abc import Iterable

from domain import rubric_text
from domain.figures import (
    REACHED_PEOPLE,
    SAID,
    Axis,
    Compare,
    Figure,
    FigurePart,
    FigureValue,
    Number,
    OfRoster,
    RosterAxis,
    Sums,
    choices_of,
    field_of,
    times_of,
)
from domain.member import Bond
from domain.period import Period
from domain.words import Choice, Label, day_zh


def sentence(told: FigureValue) -> Label:
    """A figure as a sentence that can be copied: its days, its number, its parts, what it is compared with and contained in."""
    zh, en = (
        [f"{_days(told).zh}{told.figure.zh}{_said(told, told.number)}"],
        [f"{_days(told).en}: {told.figure.en} {told.number}"],
    )
    if told.quota is not None:
        zh.append(f"应有{told.quota}{told.figure.measured()}")
        en.append(f"of {told.quota} meant to be")
    if told.whole_of is not None and told.whole is not None:
        rate_zh = f",占{told.rate}%" if told.rate is not None else ""
        rate_en = f", {told.rate}%" if told.rate is not None else ""
        name, of = told.whole_of, _said_of(told.whole_of, told.whole)
        zh.append(
            f"占{name.zh}{of}的{told.rate}%"
            if name.roster is not None and told.rate is not None
            else f"已含在{name.zh}{of}之内{rate_zh}"
        )
        en.append(f"contained in {name.en} ({told.whole}){rate_en}")
    if told.before is not None:
        which = told.figure.compare or Compare.LAST_YEAR
        zh.append(f"{which.zh}为{_said(told, told.before)}")
        en.append(f"{which.en}: {told.before}")
        if told.multiple is not None:
            times = f"{told.multiple.normalize():f}"
            zh[-1] += f",为其{times}倍"
            en[-1] += f", {times} times as many"
    if told.parts:
        several = "(可重复计)" if told.overlaps else ""
        zh.append(f"其中{several}" + "、".join(f"{p.label.zh}{_part(told, p)}" for p in told.parts))
        en.append(
            "; ".join(
                f"{p.label.en} {p.number}" + ("" if p.before is None else f" ({p.before})")
                for p in told.parts
            )
        )
    return Label(";".join(zh) + "。", "; ".join(en) + ".")


def _days(told: FigureValue) -> Label:
    if told.day is None:
        return called(told.period)
    return Label(f"截至{day_zh(told.day)},", told.day.isoformat())


def called(period: Period) -> Label:
    """What a period is called; one that is cut off, by its first and last day."""
    if not period.span.is_of_calendar or period == Period.around(period.span, period.first):
        return Label(period.zh, period.en)
    first, last = period.first.isoformat(), period.last.isoformat()
    return Label(f"{first}至{last}", f"{first} to {last}")


def _part(told: FigureValue, part: FigurePart) -> str:
    said = _said(told, part.number)
    if part.before is None or told.figure.compare is None:
        return said
    return f"{said}({told.figure.compare.zh}{part.before})"


def _said(told: FigureValue, number: Number) -> str:
    return _said_of(told.figure, number)


def _said_of(figure: Figure, number: Number) -> str:
    return f"{number}{figure.measured()}"


# What it counts


def meaning(figure: Figure) -> Label:
    """What a figure counts, narrowed and summed how; the words of the county's own remark are not in it."""
    if figure.roster is not None:
        return _of_roster(figure.roster)
    counted = rubric_text.selections(figure.counts)
    zh, en = [counted.zh], [counted.en]
    for name, words in figure.only:
        axis = named(figure, name)
        said = [_word(figure, name, word) for word in sorted(words)]
        zh.append(f"{axis.zh}:{'、'.join(word.zh for word in said)}")
        en.append(f"{axis.en}: {', '.join(word.en for word in said)}")
    summed = _summed(figure)
    if summed is not None:
        zh.append(f"数{summed.zh}")
        en.append(f"summing {summed.en}")
    return Label(";".join(zh), "; ".join(en))


def _of_roster(asked: OfRoster) -> Label:
    kinds, lives, offices = (
        sorted(some, key=list(type(next(iter(some)))).index) if some else []
        for some in (asked.units, asked.lives, asked.offices)
    )
    if asked.of_members:
        bound = asked.bound
        if bound is None:
            return Label("名册:当日在任的委员", "the roster: members on that day")
        return Label(
            f"名册:当日编入{bound.zh}的委员",
            f"the roster: members bound to a {bound.en} on that day",
        )
    zh, en = _listed(kinds)
    if lives:
        zh, en = f"{zh}({_listed(lives)[0]})", f"{en} ({_listed(lives)[1]})"
    if offices:
        zh, en = f"{zh}的{_listed(offices)[0]}", f"{_listed(offices)[1]} of: {en}"
    return Label(f"名册:当日的{zh}", f"the roster on that day: {en}")


def _listed(choices: Iterable[Choice]) -> tuple[str, str]:
    found = list(choices)
    return "、".join(c.zh for c in found), ", ".join(c.en for c in found)


def named(figure: Figure, name: str) -> Label:
    """What an axis or a field is called by which a figure is split or narrowed."""
    if figure.roster is not None:
        is_ours = name in RosterAxis._value2member_map_
        axis: Choice = RosterAxis.of(name) if is_ours else Bond.of(name)
        return Label(axis.zh, axis.en)
    if name in Axis._value2member_map_:
        found = Axis.of(name)
        return Label(found.zh, found.en)
    about = field_of(figure, name)
    return Label(name, name) if about is None else about.label


def _word(figure: Figure, name: str, word: str) -> Label:
    if word == SAID.en:
        return SAID
    if word in {"true", "false"}:
        return Label("是", "yes") if word == "true" else Label("否", "no")
    found = next((c for c in choices_of(figure, name) if c.value == word), None)
    if found is not None:
        return Label(found.zh, found.en)
    return dict(times_of(name)).get(word, Label(word, word))


def _summed(figure: Figure) -> Label | None:
    """What is summed, where that is not records."""
    if figure.distinct:
        of = named(figure, figure.distinct)
        return Label(f"不同的{of.zh}", f"each {of.en} once")
    if figure.sums == Sums.RECORDS:
        return None
    if figure.sums in Sums._value2member_map_:
        sums = Sums.of(figure.sums)
        return Label(sums.zh, sums.en)
    if figure.sums == REACHED_PEOPLE:
        return Label("服务人次", "people reached")
    return named(figure, figure.sums)

"""What the command line shows of scores side by side: a draft over past years, grades, what moved between two moments."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from fractions import Fraction

import msgspec

from application import packs
from application.documents.source import Unreadable
from domain import explain
from domain.comparison import Cause
from domain.explain import Said, names_of
from domain.kinds import KINDS
from domain.period import Period
from domain.rubric import Rubric, points_text
from domain.scorecard import Points
from interfaces import whatif
from interfaces.cli_rubrics import said_wrong, text_of
from interfaces.cli_shown import all_pages, looking, rubric_asked
from interfaces.moments import positions_between
from interfaces.wiring import Installation
from projections import comparisons, grades
from projections.comparisons import Mover, Spread, Tally
from projections.deeds import titles


def what_if(installation: Installation, options: argparse.Namespace) -> int:
    """Run a draft over past years: who moves, and which rule is responsible."""
    desk = installation.only()
    desk.reader.catch_up()
    try:
        text = text_of(options.file)
        draft = packs.load_rubric(text)
        found = whatif.run(
            installation.settings,
            desk.code,
            text,
            years=options.years,
            today=desk.today(),
            against=options.against,
        )
    except Unreadable as error:
        return said_wrong(error)
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(found)).decode())
        return 0
    called = names_of(draft)
    for spread in found.spreads:
        for line in _spread(spread):
            print(line)
    for tally in found.clauses:
        said = called.get(tally.code, Said(tally.code, tally.code))
        print(
            f"因“{said.zh}”变化:{tally.members} 人次 / “{said.en}” moves {tally.members} accounts"
        )
    for mover in found.movers[: options.limit]:
        for line in _mover(mover, called, draft):
            print(line)
    left = len(found.movers) - options.limit
    if left > 0:
        print(f"另有 {left} 人(--limit) / {left} more")
    return 0


def _spread(of: Spread) -> Iterator[str]:
    """How a period is spread, before and after."""
    yield (
        f"{of.period.zh}:{of.members} 人,{of.moved} 人得分有变,{of.grades_changed} 人等次有变"
        f" / {of.period.en}: {of.members} members, {of.moved} totals and {of.grades_changed} grades change"
    )
    if not of.records:
        yield "    台账中该期没有履职记录 / the ledger holds no records of it"
        return
    for zh, en, before, after in (
        ("平均", "mean", of.mean_before, of.mean_after),
        ("中位", "median", of.median_before, of.median_after),
    ):
        yield f"    {zh} {_about(before)} → {_about(after)} / {en}"
    if of.grades_before or of.grades_after:
        was, now = _counted(of.grades_before), _counted(of.grades_after)
        yield f"    等次 {was} → {now} / grades"
    if of.without_before:
        yield (
            f"    {of.without_before} 人没有可比的得分,不计入变化(当时没有该办法,或考核期长短不同)"
            f" / {of.without_before} had nothing to compare with: no such rubric was in force, or for"
            " periods of another length"
        )


def _counted(tallies: tuple[Tally, ...]) -> str:
    """Grades with how many have each."""
    return "、".join(f"{t.code or '–'} {t.members}" for t in tallies) or "–"


def _about(points: Points) -> str:
    """Points as a figure to read: exact where two decimals say them, else about."""
    if not points:
        return "–"
    exact = Fraction(points)
    rounded = Fraction(round(exact * 100), 100)
    return points_text(rounded) if rounded == exact else f"约{points_text(rounded)}"


def _mover(of: Mover, called: Mapping[str, Said], draft: Rubric) -> Iterator[str]:
    grade = f" {of.grade_before or '–'} → {of.grade_after or '–'}" if of.grade_changes else ""
    yield f"{of.name} {of.period.zh}:{of.before} → {of.after}{grade}"
    for shift in of.shifts:
        said = called.get(shift.clause or shift.block)
        named = shift.clause or shift.block or "总分" if said is None else said.zh
        yield f"    “{named}”:{shift.before} → {shift.after}"
    if of.grade_changes:
        if of.moved_band:
            yield "    等次:按总分所在的分数段不同 / the total lies in another band"
        for reason in of.reasons:
            said = explain.grade_reason(reason, draft)
            yield f"    {said.zh} / {said.en}"


def grades_of(installation: Installation, options: argparse.Namespace) -> int:
    """The grades of all members under one rubric, by name, with what bears on each."""
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, today):
        period = Period.year(options.year or today.year)
        code = rubric_asked(connection, desk, options.rubric, period.last, position)
        found = grades.grades(
            connection,
            desk.code,
            desk.shelf,
            rubric=code,
            period=period,
            today=today,
            position=position,
        )
    if options.json:
        told = [{"name": each.name, "grade": each.graded} for each in found]
        print(msgspec.json.format(msgspec.json.encode(told)).decode())
        return 0
    if not found:
        print("该年度没有按本办法考核的 / nobody is appraised by it in that year")
    elif all(each.rubric.grading is None for each in found):
        print("本办法没有规定等次,以下只列得分 / the measure has no grades; totals only")
    for each in found:
        print(f"{each.name} {explain.told(each.graded.total)} 分 {each.graded.grade or '–'}")
        for reason in each.graded.reasons:
            said = explain.grade_reason(reason, each.rubric)
            print(f"    {said.zh} / {said.en}")
        for trigger in each.graded.triggers:
            if trigger.fired:
                said = explain.trigger(trigger, each.rubric)
                print(f"    ! {said.zh} / {said.en}")
    return 0


def moved(installation: Installation, options: argparse.Namespace) -> int:
    """Whose scores moved between two positions, and why."""
    desk = installation.only()
    with looking(desk, None) as (connection, _, _):
        first, last, today = positions_between(
            connection,
            desk,
            options.first,
            options.last,
            ("--from", "--to"),
            desk.writer.zone,
        )
        period = Period.year(options.year or today.year)
        code = rubric_asked(connection, desk, options.rubric, period.last, last)
        found = all_pages(
            lambda after: comparisons.moved_between(
                connection,
                desk.code,
                desk.shelf,
                rubric=code,
                period=period,
                today=today,
                first=first,
                last=last,
                after=after,
            )
        )
        shown = found[: options.limit]
        called = titles(
            connection, desk.code, {cause.deed for each in shown for cause in each.causes}
        )
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(found)).decode())
        return 0
    for each in shown:
        print(f"{each.name} {each.period.zh}:{each.before or '–'} → {each.after or '–'}")
        for cause in each.causes:
            print(f"    {_cause(cause, called)}")
    left = len(found) - len(shown)
    more = (f",另有 {left} 人未列(--limit)", f", {left} of them not listed") if left else ("", "")
    print(f"{len(found)} 人得分有变{more[0]} / {len(found)} members moved{more[1]}")
    return 0


def _cause(of: Cause, called: Mapping[str, str]) -> str:
    """A record whose points moved, by its title, and why."""
    change = of.change if of.change.startswith("-") else f"+{of.change}"
    kind = KINDS[of.kind].about.zh if of.kind in KINDS else "合计"
    title = called.get(of.deed)
    named = f"“{title}”({kind})" if title else kind
    return f"{change} {named}:{of.because.zh} / {of.because.en}"

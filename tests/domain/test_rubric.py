"""Rubrics in rules: what keeps one from being used, what nobody prices, how points and periods are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fact import Attendance, Authorship
from domain.kinds import KINDS, Stage
from domain.kinds.advice import Proposed
from domain.period import Period, Span
from domain.rubric import (
    Axis,
    Block,
    Clause,
    Each,
    Full,
    Rubric,
    SharedCap,
    Silence,
    Table,
    Topic,
    points_text,
)
from domain.rubric_checks import Gap, gaps, problems
from domain.selection import Byline, Passed, Selects, Where, byline
from tests.facts import fact

VISITS = Selects(kinds=("visited_village",))
PLAIN = Clause(code="c", zh="走访", en="visits", counts=(VISITS,), measure=Each(price=Fraction(1)))


def rubric(*clauses: Clause) -> Rubric:
    return Rubric(
        code="r",
        version="1",
        zh="办法",
        en="rubric",
        since=date(2024, 1, 1),
        blocks=(Block(code="b", zh="分", en="block", clauses=clauses),),
    )


def paths(of: Rubric) -> list[str]:
    return [p.path for p in problems(of, KINDS)]


def test_a_rubric_that_fits_the_catalogue_has_no_problems() -> None:
    """Nothing to say of a plain one."""
    assert problems(rubric(PLAIN), KINDS) == []


def test_kinds_that_nobody_prices_are_listed() -> None:
    """Coverage: every kind but the one that is priced, of which those who were not there earn nothing."""
    found = {gap.kind: gap for gap in gaps(rubric(PLAIN), KINDS)}

    assert set(KINDS) == set(found)
    assert found.pop("visited_village") == Gap(
        kind="visited_village",
        states=(Attendance.LEAVE, Attendance.LEAVE_REFUSED, Attendance.ABSENT),
    )
    assert all(gap == Gap(kind=kind, whole=True) for kind, gap in found.items())


def test_stages_and_choices_that_nobody_prices_are_listed() -> None:
    """What spoils a clause is looked at as well; a kind that is priced whatever its details has no gap there."""
    carried = Selects(
        kinds=("carried_down",), where=(Where(name="message", values=frozenset({"policy"})),)
    )
    some = replace(PLAIN, counts=(carried, replace(VISITS, states=frozenset())))

    found = {gap.kind: gap for gap in gaps(rubric(some), KINDS) if not gap.whole}
    assert found == {
        "carried_down": Gap(
            kind="carried_down", stages=(Stage.CARRIED,), choices=(("message", "reply"),)
        )
    }
    assert "carried_down" not in {
        gap.kind
        for gap in gaps(
            rubric(
                some,
                replace(
                    PLAIN,
                    counts=(
                        Selects(kinds=("carried_down",), passed_all=(Passed(stage=Stage.CARRIED),)),
                    ),
                ),
            ),
            KINDS,
        )
    }


@pytest.mark.parametrize(
    ("selects", "path"),
    [
        (replace(VISITS, kinds=()), "/kinds"),
        (replace(VISITS, kinds=("flew",)), "/kinds/0"),
        (replace(VISITS, where=(Where(name="colour", values=frozenset({"x"})),)), "/where/colour"),
        (
            Selects(
                kinds=("attended",), where=(Where(name="meeting", values=frozenset({"party"})),)
            ),
            "/where/meeting",
        ),
        (replace(VISITS, passed_all=(Passed(stage=Stage.FILED),)), "/reached/all/0"),
        (replace(VISITS, bylines=frozenset({Byline.SOLE})), "/bylines"),
    ],
)
def test_a_selection_has_to_fit_the_catalogue(selects: Selects, path: str) -> None:
    """Each problem names its place."""
    assert paths(rubric(replace(PLAIN, counts=(selects,)))) == [
        f"/blocks/0/clauses/0/counts/0{path}"
    ]


@pytest.mark.parametrize(
    ("clause", "path"),
    [
        (replace(PLAIN, counts=()), "/counts"),
        (replace(PLAIN, beyond=("other",)), "/beyond/0"),
        (replace(PLAIN, cap=Fraction(-1)), "/cap"),
        (replace(PLAIN, times=0), "/times"),
        (replace(PLAIN, measure=Each(price=Fraction(1), from_nth=0)), "/from_nth"),
        (replace(PLAIN, shares=((Byline.SOLE, Fraction(2)),)), "/shares/sole"),
        (
            replace(
                PLAIN,
                measure=Each(price=Table(by=Axis.LEVEL, prices=(("moon", Fraction(1)),))),
            ),
            "/each/prices/moon",
        ),
        (
            replace(
                PLAIN,
                measure=Each(price=Table(by=Axis.OUTCOME, prices=(("city", Fraction(1)),))),
            ),
            "/each/prices",
        ),
        (replace(PLAIN, spoiled_by=(Selects(kinds=("flew",)),)), "/spoiled_by/0/kinds/0"),
    ],
)
def test_a_clause_has_to_make_sense(clause: Clause, path: str) -> None:
    """Each problem names its place."""
    assert paths(rubric(clause)) == [f"/blocks/0/clauses/0{path}"]


def test_a_full_mark_takes_at_least_one_act() -> None:
    """满0次 is refused."""
    assert paths(rubric(replace(PLAIN, measure=Full(points=Fraction(1), acts=0)))) == [
        "/blocks/0/clauses/0/full/acts"
    ]


def test_codes_are_used_once_and_references_resolve() -> None:
    """Blocks, clauses and shared caps are called by name in explanations."""
    twice = rubric(PLAIN, replace(PLAIN, code="b"))
    shared = SharedCap(code="s", zh="合", en="s", clauses=("x",), points=Fraction(1))
    stray = replace(twice.blocks[0], clauses=(PLAIN,), shared=(shared,))
    silent = Silence(
        topic=Topic.TIES, zh="?", en="?", reading_zh="-", reading_en="-", clauses=("y",)
    )

    assert paths(twice) == ["/blocks"]
    assert paths(replace(twice, blocks=(stray,))) == ["/blocks/0/shared/0/clauses/0"]
    assert paths(replace(rubric(PLAIN), silences=(silent,))) == ["/silences/0/clauses/0"]


def test_limits_and_days_are_in_order() -> None:
    """A floor above its cap and an end before the start are refused."""
    odd = replace(rubric(PLAIN), cap=Fraction(1), floor=Fraction(2), until=date(2023, 1, 1))

    assert paths(odd) == ["/until", "/floor"]


@given(st.fractions(max_denominator=10_000))
def test_points_are_written_exactly(points: Fraction) -> None:
    """`Fraction` reads back what is written."""
    assert Fraction(points_text(points)) == points


@pytest.mark.parametrize(
    ("points", "text"),
    [("67.5", "67.5"), ("161/3", "161/3"), ("-3/2", "-1.5"), ("1/40", "0.025"), ("20", "20")],
)
def test_points_are_written_as_people_write_them(points: str, text: str) -> None:
    """Decimals where they suffice, a fraction where they do not."""
    assert points_text(Fraction(points)) == text


def test_a_year_has_twelve_months_four_quarters_two_halves() -> None:
    """The parts of a year cover it without gaps."""
    year = Period.year(2024)

    for span, number in ((Span.MONTH, 12), (Span.QUARTER, 4), (Span.HALF, 2), (Span.YEAR, 1)):
        parts = year.parts(span)
        assert len(parts) == number
        assert (parts[0].first, parts[-1].last) == (year.first, year.last)
    assert year.parts(Span.MONTH)[1].last == date(2024, 2, 29)
    assert [q.zh for q in year.parts(Span.QUARTER)][1] == "2024年第2季度"


@pytest.mark.parametrize(
    ("authorship", "place", "authors", "expected"),
    [
        (None, 0, 0, Byline.SOLE),
        (Authorship.FIRST, 1, 1, Byline.SOLE),
        (Authorship.JOINT, 1, 1, Byline.SOLE),
        (Authorship.WRITER, 1, 1, Byline.WRITER),
        (Authorship.FIRST, 1, 3, Byline.FIRST),
        (Authorship.JOINT, 1, 3, Byline.FIRST),
        (Authorship.JOINT, 2, 3, Byline.JOINT),
        (Authorship.CONTRIBUTOR, 1, 3, Byline.CONTRIBUTOR),
    ],
)
def test_how_a_name_stands_on_a_piece_of_work(
    authorship: Authorship | None, place: int, authors: int, expected: Byline
) -> None:
    found = fact(Proposed(), authorship=authorship, place=place, authors=authors)

    assert byline(found) is expected

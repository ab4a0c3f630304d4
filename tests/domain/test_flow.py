"""Which stages end a matter of each kind, and how days are spread."""

from __future__ import annotations

import pytest

from domain import flow
from domain.flow import Spread, spread
from domain.kinds import KINDS
from domain.kinds.about import Shape, Stage


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ({}, None),
        ({5: 1}, Spread(1, 5, 5, 5)),
        ({1: 1, 9: 1}, Spread(2, 1, 9, 9)),
        ({1: 5, 2: 4, 30: 1}, Spread(10, 1, 2, 30)),
        ({1: 4, 2: 4, 30: 2}, Spread(10, 2, 30, 30)),
        ({0: 3}, Spread(3, 0, 0, 0)),
    ],
)
def test_the_middle_nine_of_ten_and_the_longest(days: dict[int, int], found: Spread | None) -> None:
    assert spread(days) == found


@pytest.mark.parametrize(
    "kind",
    [n for n, k in KINDS.items() if k.about.shape is Shape.MATTER and k.about.stages],
)
def test_every_matter_with_stages_can_end(kind: str) -> None:
    stages = {*KINDS[kind].about.stages}
    ends = flow.ends_of(kind)
    assert ends <= stages | {Stage.CLOSED}
    assert ends & stages
    assert flow.TAKEN.get(kind) in {None, *stages}


@pytest.mark.parametrize("kind", [*KINDS])
def test_what_tells_matters_apart_is_a_choice_or_yes_or_no(kind: str) -> None:
    about = flow.channel_of(kind)
    assert about is None or about.choices or about.type is bool


def test_a_kind_that_there_is_not_has_nothing_that_tells_its_matters_apart() -> None:
    assert flow.channel_of("zzz") is None

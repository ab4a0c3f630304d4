"""What somebody may have meant, in rules: words that hold it, words that are spelt like it, and how lists are told."""

from __future__ import annotations

import pytest

from domain.kinds import KINDS
from domain.member import MemberRole
from domain.nearest import listed, nearest, proposal, quoted
from domain.words import Level

KNOWN = {name: kind.about.zh for name, kind in KINDS.items()}


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("受到表扬", "was_commended"),
        ("视察", "inspected"),
        ("走访村", "visited_village"),
        ("was_comended", "was_commended"),
        ("Proposed", "proposed"),
    ],
)
def test_the_nearest_kind_is_proposed(said: str, first: str) -> None:
    """By its Chinese or by its code; one that holds the word goes before one that is spelt like it."""
    assert nearest(said, KNOWN)[0] == first


@pytest.mark.parametrize("said", ["飞行", "", "s", "ed"])
def test_nothing_is_proposed_for_a_word_that_is_near_to_nothing(said: str) -> None:
    """A few Latin letters stand in half of all codes."""
    assert nearest(said, KNOWN) == []


def test_a_short_list_is_told_beside_what_is_proposed() -> None:
    """Chinese words with their codes, and codes alone."""
    assert proposal("常委", listed(MemberRole)) == (
        ",是否为:常务委员(standing_member)?可选:常务委员(standing_member)、主席(chairperson)、副主席(vice_chairperson)、秘书长(secretary_general)",
        "; did you mean standing_member? One of: standing_member, chairperson, vice_chairperson, secretary_general",
    )
    assert nearest("县级", listed(Level)) == ["county"]


def test_a_long_list_is_told_where_nothing_can_be_proposed() -> None:
    """And none that is longer than a list of ours."""
    assert proposal("视察", KNOWN)[1] == "; did you mean inspected or wrote_report?"
    assert "、提交提案(proposed)、" in proposal("飞行", KNOWN)[0]
    assert proposal("飞行", dict.fromkeys(map(str, range(1000)), "")) == ("", "")


def test_a_code_that_is_a_chinese_word_stands_in_quotation_marks() -> None:
    """Only in the English sentence, where it is a foreign word."""
    grades = {"优秀": "优秀", "称职": ""}

    assert proposal("良好", grades) == (",可选:优秀、称职", "; one of: “优秀”, “称职”")
    assert proposal("x", {}) == (",可选:无", "; one of: none")


def test_long_words_of_somebody_are_cut() -> None:
    assert quoted("x" * 5000) == f"“{'x' * 40}…”"
    assert quoted(7) == "“7”"

"""A committee's own words: each place of a text once, the longest first; two things are never called the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.member import Bond
from domain.terms import CHOSEN_FROM, OURS, Alike, Term, Terms, alike
from domain.unit import Office, Side, UnitKind
from domain.words import Choice, Level


def called(**words: str) -> Terms:
    return Terms(words=tuple((Term[name.upper()], said) for name, said in words.items()))


DISTRICT = called(
    county="区",
    county_party="区委",
    township_side="街道",
    studio="联络委",
    township_studio="街道联络委",
    convenor="牵头人",
)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Level.COUNTY.zh, "区"),
        (UnitKind.STUDIO.zh, "联络委"),
        (Bond.STUDIO.zh, "街道联络委"),
        ("镇街工作室", "街道联络委"),
        (Side.STUDIO.zh, "街道"),
        ("界别召集人会议", "界别牵头人会议"),
        ("县委交办、县级承办", "区委交办、区级承办"),
        ("界别或工作室", "界别或联络委"),
        (UnitKind.SECTOR_GROUP.zh, UnitKind.SECTOR_GROUP.zh),
        (Level.TOWNSHIP.zh, Level.TOWNSHIP.zh),
    ],
)
def test_a_text_of_ours_is_said_in_the_committees_words(ours: str, theirs: str) -> None:
    assert DISTRICT.said(ours) == theirs


def test_a_word_that_is_not_given_follows_from_the_words_in_it() -> None:
    assert called(county="区").said("县委") == "区委"
    assert called(studio="室组").said(Bond.STUDIO.zh) == "镇街室组"
    assert called(sector="委组").said("界别联络组(界别工作室)") == "委组联络组(委组工作室)"


def test_what_is_said_in_place_of_a_word_is_not_replaced_again() -> None:
    chained = called(studio="委员之家", members_home="县委员之家", county="镇街")

    assert chained.said("工作室、委员之家、县") == "委员之家、县委员之家、镇街"


def test_without_words_of_its_own_a_committee_uses_ours() -> None:
    assert OURS.said("县、工作室") == "县、工作室"


WORDS = st.dictionaries(
    st.sampled_from(Term),
    st.text(st.sampled_from("县委镇街界别工作室召集人员之家区甲"), min_size=1, max_size=8),
)


@given(WORDS, st.lists(st.sampled_from(["参加", "会议", "|", *Term])))
def test_each_place_is_replaced_once_and_the_order_of_words_never_matters(
    words: dict[Term, str], parts: list[str]
) -> None:
    text = "".join(part.zh if isinstance(part, Term) else part for part in parts)
    said = Terms(words=tuple(words.items())).said(text)

    assert Terms(words=tuple(reversed(words.items()))).said(text) == said
    apart = Terms(words=tuple((term, f"<{term.value}>") for term in words)).said(text)
    for term, theirs in words.items():
        apart = apart.replace(f"<{term.value}>", theirs)
    assert said == apart.replace("<sector>", Term.SECTOR.zh)


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        (DISTRICT, []),
        (called(county="市"), [Alike(Term.COUNTY, Level.COUNTY, Level.CITY, "市")]),
        (called(county="本市"), []),
        (
            called(township_side="界别"),
            [Alike(Term.TOWNSHIP_SIDE, Side.SECTOR, Side.STUDIO, "界别")],
        ),
        (
            called(studio="委员之家"),
            [Alike(Term.STUDIO, UnitKind.STUDIO, UnitKind.MEMBERS_HOME, "委员之家")],
        ),
        (called(studio="委员之家", members_home="委员活动室"), []),
        (
            called(members_home="之家", township_studio="之家"),
            [Alike(Term.TOWNSHIP_STUDIO, Bond.STUDIO, Bond.HOME, "之家")],
        ),
        (
            called(convenor="联络员"),
            [Alike(Term.CONVENOR, Office.CONVENOR, Office.LIAISON_OFFICER, "联络员")],
        ),
    ],
)
def test_two_choices_of_a_list_are_not_to_read_alike(terms: Terms, found: list[Alike]) -> None:
    assert list(alike(terms)) == found


@pytest.mark.parametrize("choices", CHOSEN_FROM)
def test_no_two_choices_of_ours_read_alike(choices: type[Choice]) -> None:
    assert len({choice.zh for choice in choices}) == len(choices)


@pytest.mark.parametrize("term", Term)
def test_every_term_is_a_word_that_our_choices_or_texts_use(term: Term) -> None:
    assert re.fullmatch(r"[\u4e00-\u9fff]{1,20}", term.zh)
    assert Terms(words=((term, "某"),)).said(term.zh) == "某"

"""In which words a committee is spoken to on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.document import Published, Repeal, Sort
from domain.terms import OURS, Terms
from projections.documents import Shelf, terms
from projections.store import Store
from tests.projections.county import OFFICE, County, publication, read_document

FIRST = publication(Sort.TERMS, since=date(2024, 1, 1))
SECOND = replace(
    publication(Sort.TERMS, version="2", since=date(2025, 1, 1)),
    text=FIRST.text.replace("工作室: 联络委", "工作室: 室组"),
)


def asked(county: County, store: Store, day: date, shelf: Shelf | None = None) -> Terms:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return terms(connection, "small", shelf or Shelf(read_document), day)


def test_the_words_of_the_day_count_until_they_are_repealed(store: Store, county: County) -> None:
    assert asked(county, store, date(2025, 6, 1)) is OURS
    county.say(OFFICE, FIRST, SECOND)
    county.say(
        OFFICE, Repeal(sort=Sort.TERMS, code="district", until=date(2025, 6, 30), reason="区划调整")
    )

    days = [date(2023, 12, 31), date(2024, 1, 1), date(2025, 1, 1), date(2025, 6, 30)]
    said = [asked(county, store, day).said("委员工作室") for day in days]
    assert said == ["委员工作室", "联络委", "室组", "室组"]
    assert asked(county, store, date(2025, 7, 1)) is OURS


def test_of_two_documents_the_later_governs(store: Store, county: County) -> None:
    other = replace(
        SECOND, code="other", text=SECOND.text.replace("terms: district", "terms: other")
    )
    county.say(OFFICE, FIRST, other)

    assert asked(county, store, date(2024, 6, 1)).said("工作室") == "联络委"
    assert asked(county, store, date(2025, 6, 1)).said("工作室") == "室组"


def test_the_shelf_reads_a_text_once_and_only_words_as_words(store: Store, county: County) -> None:
    county.say(OFFICE, FIRST)
    shelf = Shelf(read_document)

    once = asked(county, store, date(2025, 6, 1), shelf)
    assert asked(county, store, date(2025, 6, 1), shelf) is once
    policy = publication(Sort.POLICY)
    told = Published(
        sort=policy.sort,
        code=policy.code,
        version=policy.version,
        text=policy.text,
        since=policy.since,
        trial_in=None,
    )
    with pytest.raises(TypeError, match="policy/rehearsal holds no words"):
        shelf.terms(told)

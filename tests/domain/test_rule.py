"""Rule documents: which rule governs a rubric on a day, across replacement, trial, repeal and gaps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.document import Document, Publish, Published, Repeal, Sort
from domain.people import UnitId
from domain.rule import (
    Ending,
    Governed,
    Replaced,
    Rule,
    RuleDocument,
    governed,
    governing,
    in_force_on,
    problems,
    register,
    silences,
    unknown,
)
from tests.county import NORTH, OFFICE, SOUTH, Told

RUBRIC = Governed(Sort.RUBRIC, "points")
OLD, NEW = "某协发〔2017〕5号", "某协发〔2024〕3号"


def rule(number: str, since: date, **said: Any) -> RuleDocument:
    """A measure that governs the rubric `points`."""
    given: dict[str, Any] = {
        "code": "measure",
        "version": str(since.year),
        "number": number,
        "zh": f"考核办法{since.year}",
        "en": f"measure of {since.year}",
        "adopted_by": "常委会会议",
        "adopted_on": since - timedelta(days=12),
        "since": since,
        "governs": (RUBRIC,),
    }
    return RuleDocument(**(given | said))


@dataclass
class Shelf:
    """A ledger in which rule documents are published, and what their texts say."""

    told: Told = field(default_factory=Told)
    texts: dict[str, RuleDocument] = field(default_factory=dict)

    def publish(self, said: RuleDocument, trial_in: UnitId | None = None) -> Shelf:
        text = f"text {len(self.texts)}"
        self.texts[text] = said
        command = Publish(
            sort=Sort.RULE,
            code=said.code,
            version=said.version,
            text=text,
            since=said.since,
            until=said.until,
            trial_in=trial_in,
        )
        self.told.say(OFFICE, command)
        return self

    def repeal(self, code: str, until: date) -> Shelf:
        self.told.say(OFFICE, Repeal(sort=Sort.RULE, code=code, until=until, reason="废止"))
        return self

    @property
    def rules(self) -> tuple[Rule, ...]:
        papers = [s for s in self.told.states.values() if isinstance(s, Document)]
        return register(papers, lambda published: self.texts[published.text])

    def governs(self, day: date, unit: UnitId | None = None, code: str = "points") -> str | None:
        """The number of the rule that governs a rubric on that day."""
        found = governing(self.rules, Sort.RUBRIC, code, day, unit)
        return None if found is None else found.document.number

    def ends(self) -> dict[str, tuple[date | None, Ending | None, str]]:
        return {r.document.number: (r.until, r.ends, r.replaced_by) for r in self.rules}


Y2017, Y2024 = rule(OLD, date(2017, 3, 1)), rule(NEW, date(2024, 2, 1))
BEFORE, LAST_OF_OLD, FIRST_OF_NEW = date(2017, 2, 28), date(2024, 1, 31), date(2024, 2, 1)


def test_each_day_has_the_version_that_was_in_force() -> None:
    shelf = Shelf().publish(Y2017).publish(Y2024)

    assert [shelf.governs(d) for d in (BEFORE, Y2017.since, LAST_OF_OLD, FIRST_OF_NEW)] == [
        None,
        OLD,
        OLD,
        NEW,
    ]
    assert shelf.ends() == {NEW: (None, None, ""), OLD: (LAST_OF_OLD, Ending.REPLACED, NEW)}


def test_the_rule_of_the_day_tells_who_adopted_it_and_what_it_replaced() -> None:
    shelf = Shelf().publish(Y2017).publish(replace(Y2024, replaces=("某协办〔2009〕1号",)))

    found = governing(shelf.rules, Sort.RUBRIC, "points", FIRST_OF_NEW)

    assert found is not None
    assert (found.document.adopted_by, found.document.adopted_on, found.since) == (
        "常委会会议",
        date(2024, 1, 20),
        FIRST_OF_NEW,
    )
    assert found.replaced == (
        Replaced(number="某协办〔2009〕1号"),
        Replaced(number=OLD, zh="考核办法2017", en="measure of 2017"),
    )


def test_what_had_ended_before_is_not_replaced() -> None:
    """A version that expired or was repealed leaves nothing to replace for one that begins later."""
    expired = Shelf().publish(replace(Y2017, until=date(2020, 12, 31))).publish(Y2024)
    repealed = Shelf().publish(Y2017).repeal("measure", date(2020, 12, 31)).publish(Y2024)

    for shelf in (expired, repealed):
        found = governing(shelf.rules, Sort.RUBRIC, "points", FIRST_OF_NEW)
        assert found is not None
        assert (found.document.number, found.replaced) == (NEW, ())


def test_a_document_of_another_name_replaces_by_number_however_its_brackets_are_typed() -> None:
    other = replace(Y2024, code="points-measure", replaces=("某协发 [2017] 5号",))
    shelf = Shelf().publish(Y2017).publish(other)

    assert [shelf.governs(d) for d in (LAST_OF_OLD, FIRST_OF_NEW)] == [OLD, NEW]
    assert shelf.ends()[OLD] == (LAST_OF_OLD, Ending.REPLACED, NEW)
    assert in_force_on(shelf.rules, FIRST_OF_NEW) == [shelf.rules[0]]


def test_what_was_replaced_does_not_come_back_when_its_successor_ends() -> None:
    other = replace(Y2024, code="points-measure", replaces=(OLD,), until=date(2024, 12, 31))
    shelf = Shelf().publish(Y2017).publish(other)

    assert [shelf.governs(d) for d in (date(2024, 12, 31), date(2025, 1, 1))] == [NEW, None]


def test_a_document_that_began_before_another_does_not_replace_it() -> None:
    earlier = replace(Y2017, code="wrong", replaces=(NEW,))

    assert Shelf().publish(earlier).publish(Y2024).governs(FIRST_OF_NEW) == NEW


def test_of_several_that_govern_one_document_the_one_that_began_last_does() -> None:
    notice = rule("某协办〔2024〕8号", date(2024, 6, 1), code="notice")
    shelf = Shelf().publish(Y2024).publish(notice)

    assert [shelf.governs(d) for d in (date(2024, 5, 31), date(2024, 6, 1))] == [
        NEW,
        notice.number,
    ]
    assert len(in_force_on(shelf.rules, date(2024, 6, 1))) == 2
    assert shelf.governs(date(2024, 6, 1), code="other") is None


def test_a_trial_governs_everybody_until_its_last_day_and_leaves_a_gap() -> None:
    trial = replace(Y2017, trial=True, until=date(2019, 2, 28))
    shelf = Shelf().publish(trial).publish(Y2024)

    assert [
        shelf.governs(d) for d in (date(2019, 2, 28), date(2019, 3, 1), LAST_OF_OLD, FIRST_OF_NEW)
    ] == [OLD, None, None, NEW]
    assert shelf.ends()[OLD] == (date(2019, 2, 28), Ending.EXPIRES, "")


def test_a_rule_on_trial_in_one_unit_governs_there_alone() -> None:
    shelf = Shelf().publish(Y2017).publish(Y2024, trial_in=SOUTH)

    assert [shelf.governs(FIRST_OF_NEW, unit) for unit in (None, NORTH, SOUTH)] == [OLD, OLD, NEW]
    assert [r.document.number for r in in_force_on(shelf.rules, FIRST_OF_NEW, SOUTH)] == [NEW]
    assert shelf.ends()[OLD] == (None, None, "")

    shelf.publish(rule("某协发〔2025〕1号", date(2025, 1, 1)))
    assert shelf.governs(date(2025, 1, 1), SOUTH) == "某协发〔2025〕1号"
    assert shelf.ends()[NEW] == (date(2024, 12, 31), Ending.REPLACED, "某协发〔2025〕1号")


def test_a_trial_in_one_unit_replaces_by_number_there_alone() -> None:
    tried = replace(Y2024, code="tried", replaces=(OLD,))
    shelf = Shelf().publish(Y2017).publish(tried, trial_in=SOUTH)

    found = {
        unit: [r.document.number for r in in_force_on(shelf.rules, FIRST_OF_NEW, unit)]
        for unit in (None, SOUTH)
    }

    assert found == {None: [OLD], SOUTH: [NEW]}


def test_a_repealed_rule_governs_until_its_last_day() -> None:
    shelf = Shelf().publish(Y2017).repeal("measure", date(2020, 12, 31)).publish(Y2024)

    assert [
        shelf.governs(d) for d in (date(2020, 12, 31), date(2021, 1, 1), LAST_OF_OLD, FIRST_OF_NEW)
    ] == [OLD, None, None, NEW]
    assert shelf.ends()[OLD] == (date(2020, 12, 31), Ending.REPEALED, "")


def test_a_version_replaced_from_its_own_first_day_never_governed() -> None:
    shelf = Shelf().publish(Y2024).publish(replace(Y2024, version="2024a", zh="更正"))

    found = governing(shelf.rules, Sort.RUBRIC, "points", FIRST_OF_NEW)

    assert found is not None
    assert (found.document.version, found.replaced) == ("2024a", ())
    (never,) = [r for r in shelf.rules if r.document.version == "2024"]
    assert (never.until, never.on(FIRST_OF_NEW)) == (LAST_OF_OLD, False)


def test_the_first_day_of_time_has_no_day_before() -> None:
    first = replace(Y2017, since=date.min)

    assert len(Shelf().publish(first).publish(replace(first, version="2")).rules) == 2


DAYS = st.dates(date(2020, 1, 1), date(2020, 1, 12))


@given(
    st.lists(st.tuples(DAYS, st.none() | DAYS), min_size=1, max_size=5),
    st.lists(DAYS, max_size=2, unique=True).map(tuple),
    DAYS,
)
def test_the_register_and_the_document_agree_on_the_version_of_a_day(
    spans: list[tuple[date, date | None]], repealed: tuple[date, ...], day: date
) -> None:
    versions = tuple(
        Published(
            sort=Sort.RULE,
            code="measure",
            version=str(n),
            text=str(n),
            since=since,
            until=None if until is None else max(since, until),
            trial_in=None,
        )
        for n, (since, until) in enumerate(spans)
    )
    paper = Document(sort=Sort.RULE, code="measure", versions=versions, repealed=repealed)
    rules = register([paper], lambda p: rule("1号", p.since, version=p.version))

    expected = paper.in_force(day)

    assert [r.document.version for r in in_force_on(rules, day)] == (
        [] if expected is None else [expected.version]
    )


def test_documents_of_other_sorts_are_not_in_the_register() -> None:
    told = Told()
    told.say(
        OFFICE, Publish(sort=Sort.RUBRIC, code="points", version="1", text="x", since=Y2017.since)
    )

    papers = [s for s in told.states.values() if isinstance(s, Document)]

    assert register(papers, lambda _: Y2017) == ()


# What is wrong with one, and what it leaves open


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("rubric/points", RUBRIC),
        ("考核办法/points", RUBRIC),
        ("checklist/ten-ones", Governed(Sort.CHECKLIST, "ten-ones")),
        ("双重管理规则/one", Governed(Sort.POLICY, "one")),
        ("rule/measure", None),
        ("poem/points", None),
        ("rubric/", None),
        ("rubric", None),
    ],
)
def test_what_can_be_governed(said: str, found: Governed | None) -> None:
    assert governed(said) == found


@pytest.mark.parametrize(
    ("wrong", "paths"),
    [
        ({}, []),
        ({"until": date(2024, 1, 1)}, ["/until"]),
        ({"replaces": (OLD, "某协发(2024)3号")}, ["/replaces/1"]),
        ({"replaces": (OLD, OLD)}, ["/replaces/1"]),
        ({"governs": (RUBRIC, RUBRIC)}, ["/governs/1"]),
    ],
)
def test_what_is_wrong_with_a_rule(wrong: dict[str, Any], paths: list[str]) -> None:
    assert [p.path for p in problems(replace(Y2024, **wrong))] == paths


def test_what_a_rule_leaves_open() -> None:
    assert list(silences(Y2024)) == []
    assert list(silences(replace(Y2024, trial=True, until=date(2025, 1, 31)))) == []
    (asked,) = silences(replace(Y2024, trial=True))
    assert "试行到哪一天" in asked.zh
    assert [r.zh for r in unknown(Y2024)] == ["考核办法 points 是否已发布(也可以以后发布)"]
    late = replace(Y2024, governs=(), adopted_on=date(2024, 3, 1))
    assert [r.en for r in unknown(late)] == [
        "what it governs",
        "whether it is meant to be in force before it was adopted",
    ]

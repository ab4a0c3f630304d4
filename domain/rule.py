"""Rule documents: which paper of the committee governs a rubric, a list or a policy on a day, who adopted it, what it replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.document import Document, Published, Sort
from domain.people import UnitId
from domain.rubric import Remark, Silence, Topic
from domain.selection import Problem
from domain.words import Choice

GOVERNED = (Sort.RUBRIC, Sort.CHECKLIST, Sort.POLICY)
"""What a rule document can govern."""


@dataclass(frozen=True, slots=True)
class Governed:
    """A document that a rule governs, in all its versions."""

    sort: Sort
    code: str

    def __str__(self) -> str:
        return f"{self.sort.value}/{self.code}"


def governed(said: str) -> Governed | None:
    """What `rubric/CODE` or `考核办法/CODE` means; none where it is nothing that a rule can govern."""
    word, _, code = said.partition("/")
    sort = next((s for s in GOVERNED if word in (s.value, s.zh)), None)
    return Governed(sort, code) if sort is not None and code else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDocument:
    """What a version of a rule document says of itself; `trial` is 试行, for everybody. The text of the rule stays where it lies."""

    code: str
    version: str
    number: str
    zh: str
    en: str
    adopted_by: str
    adopted_on: date
    since: date
    until: date | None = None
    trial: bool = False
    replaces: tuple[str, ...] = ()
    governs: tuple[Governed, ...] = ()
    address: str = ""
    source: str = ""


class Ending(Choice):
    """Why a rule has a last day."""

    REPLACED = "replaced", "被替代"
    REPEALED = "repealed", "废止"
    EXPIRES = "expires", "施行期满"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """What a rule put an end to. Without a title it is known by its number alone: it was never entered here."""

    number: str
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A version of a rule document in the register: what it says, and from when to when it governs, all told.

    `until` is its last day, `ends` why; where another replaced it from its own first day, that day lies before `since`, and it never
    governed. `trial_in` limits it to one unit.
    """

    document: RuleDocument
    since: date
    until: date | None = None
    ends: Ending | None = None
    replaced_by: str = ""
    trial_in: UnitId | None = None
    replaced: tuple[Replaced, ...] = ()

    def on(self, day: date) -> bool:
        """Whether it governs on that day."""
        return self.since <= day and (self.until is None or day <= self.until)


# The register


@dataclass(frozen=True, slots=True)
class _Version:
    """A published version; `nth` is its place among those of its document."""

    published: Published
    document: RuleDocument
    nth: int

    @property
    def begins(self) -> tuple[date, int]:
        return self.published.since, self.nth

    def replaces(self, other: _Version) -> bool:
        """Whether it puts an end to the other: as a later version of it, or by its number; on trial, only to what is tried in the same unit."""
        mine, its = self.published, other.published
        if mine.trial_in not in (None, its.trial_in):
            return False
        if mine.code != its.code:
            return mine.since >= its.since and self.names(other.document.number)
        if mine.trial_in != its.trial_in:
            return mine.since > its.since
        return self.begins > other.begins

    def names(self, number: str) -> bool:
        return _plain(number) in map(_plain, self.document.replaces)


def register(
    documents: Iterable[Document], read: Callable[[Published], RuleDocument]
) -> tuple[Rule, ...]:
    """All versions of all rule documents, those that began last first.

    What a later version or another document replaced is replaced for good: it does not come back when that one ends in its turn.
    """
    papers = [d for d in documents if d.sort is Sort.RULE]
    repealed = {d.code: d.repealed for d in papers}
    versions = [_Version(v, read(v), n) for d in papers for n, v in enumerate(d.versions)]
    rules = [_rule(each, versions, repealed[each.published.code]) for each in versions]
    return tuple(sorted(rules, key=_order, reverse=True))


def _rule(version: _Version, versions: Sequence[_Version], repealed: Sequence[date]) -> Rule:
    published = version.published
    ends = list(_ends(version, versions, repealed))
    last, _, why, by = min(ends, default=(None, 0, None, ""))
    return Rule(
        document=version.document,
        since=published.since,
        until=last,
        ends=why,
        replaced_by=by,
        trial_in=published.trial_in,
        replaced=tuple(_replaced(version, versions, repealed)),
    )


_RANK = {ending: place for place, ending in enumerate(Ending)}


def _ends(
    version: _Version, versions: Sequence[_Version], repealed: Sequence[date]
) -> Iterator[tuple[date, int, Ending, str]]:
    """Every last day that it has; of several reasons for one day the first of the list is told."""
    own = version.published
    if own.until is not None:
        yield own.until, _RANK[Ending.EXPIRES], Ending.EXPIRES, ""
    for last in repealed:
        if last >= own.since:
            yield last, _RANK[Ending.REPEALED], Ending.REPEALED, ""
    for other in versions:
        if other.replaces(version):
            last = _day_before(other.published.since)
            yield last, _RANK[Ending.REPLACED], Ending.REPLACED, other.document.number


def _replaced(
    version: _Version, versions: Sequence[_Version], repealed: Sequence[date]
) -> Iterator[Replaced]:
    """The numbers that it names, with the titles that are known; then the version before it that still governed, where it names none of that number."""
    begins = version.published.since
    titles = {_plain(v.document.number): v.document for v in versions}
    for number in version.document.replaces:
        found = titles.get(_plain(number))
        if found is None:
            yield Replaced(number=number)
        else:
            yield _told(found)
    before = [
        v
        for v in versions
        if v.published.code == version.published.code
        and v.published.trial_in == version.published.trial_in
        and v.begins < version.begins
        and (v.published.until is None or v.published.until >= begins)
        and not any(v.published.since <= last < begins for last in repealed)
    ]
    if before:
        last = max(before, key=lambda v: v.begins)
        if last.document.number != version.document.number and not version.names(
            last.document.number
        ):
            yield _told(last.document)


def _told(document: RuleDocument) -> Replaced:
    return Replaced(number=document.number, zh=document.zh, en=document.en)


def _order(rule: Rule) -> tuple[date, bool, date, str]:
    """By when it began; a trial in one unit after what is for all."""
    return rule.since, rule.trial_in is not None, rule.document.adopted_on, rule.document.number


def _day_before(day: date) -> date:
    return day - timedelta(days=1) if day > date.min else day


_BRACKETS = str.maketrans("[]【】()\uff08\uff09", "〔〕〔〕〔〕〔〕")


def _plain(number: str) -> str:
    """A number such that two ways of typing its brackets are one."""
    return "".join(number.split()).translate(_BRACKETS)


# Which rule on that day


def in_force_on(rules: Iterable[Rule], day: date, unit: UnitId | None = None) -> list[Rule]:
    """The rules in force on that day, those that began last first; in a unit also those on trial there, in place of what they replace."""
    found = [r for r in rules if r.on(day) and r.trial_in in (None, unit)]
    tried = [r for r in found if r.trial_in is not None]
    stand = [r for r in found if not any(_stands_in(t, r) for t in tried)]
    return sorted(stand, key=_order, reverse=True)


def _stands_in(tried: Rule, other: Rule) -> bool:
    """Whether a rule on trial stands in place of one for all."""
    numbers = {_plain(number) for number in tried.document.replaces}
    return (
        other.trial_in is None
        and other.since <= tried.since
        and (other.document.code == tried.document.code or _plain(other.document.number) in numbers)
    )


def governing(
    rules: Iterable[Rule], sort: Sort, code: str, day: date, unit: UnitId | None = None
) -> Rule | None:
    """The rule that governs a document on that day: of several the one that began last."""
    asked = Governed(sort, code)
    return next((r for r in in_force_on(rules, day, unit) if asked in r.document.governs), None)


# Checks


def problems(rule: RuleDocument) -> Iterator[Problem]:
    """All that keeps a rule document from being used."""
    if rule.until is not None and rule.until < rule.since:
        yield Problem(path="/until", zh="早于生效日期", en="is before the day it comes into force")
    numbers = [_plain(number) for number in rule.replaces]
    for i, number in enumerate(numbers):
        if number == _plain(rule.number):
            yield Problem(path=f"/replaces/{i}", zh="不能替代自身", en="cannot replace itself")
        elif number in numbers[:i]:
            yield Problem(path=f"/replaces/{i}", zh="重复列出", en="is listed twice")
    for i, each in enumerate(rule.governs):
        if each in rule.governs[:i]:
            yield Problem(path=f"/governs/{i}", zh="重复列出", en="is listed twice")


def silences(rule: RuleDocument) -> Iterator[Silence]:
    """What it leaves open, with the reading that is assumed."""
    if rule.trial and rule.until is None:
        yield Silence(
            topic=Topic.SCOPE,
            zh="试行到哪一天?",
            en="until when is it on trial?",
            reading_zh="到被替代或废止为止",
            reading_en="until it is replaced or repealed",
        )


def unknown(rule: RuleDocument) -> Iterator[Remark]:
    """What its text alone cannot tell: what it governs may be published before it or after."""
    if not rule.governs:
        yield Remark(zh="管的是哪份办法、清单或规则(governs)", en="what it governs")
    for each in rule.governs:
        yield Remark(
            zh=f"{each.sort.zh} {each.code} 是否已发布(也可以以后发布)",
            en=f"whether {each.sort.en} {each.code} has been published (it may be later)",
        )
    if rule.adopted_on > rule.since:
        yield Remark(
            zh="施行日期早于通过日期,是否有误",
            en="whether it is meant to be in force before it was adopted",
        )

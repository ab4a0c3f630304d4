"""Small invented rubrics in words, facts as a file writes them, and what comes of them: for tests of what can be said."""

from __future__ import annotations

from fractions import Fraction
from textwrap import dedent, indent

import pytest

from application.documents.rubric_cases import Result, results
from application.documents.source import Unreadable
from application.packs import check, load_facts, load_rubric
from domain.grading import Because
from domain.rubric import Rubric
from domain.rubric_text import text
from domain.scorecard import Cut
from domain.selection import Why

HEAD = """\
rubric: invented
version: 1
zh: 某县政协委员履职考核办法
en: invented appraisal measures
since: 2020-01-01
"""


# Documents


def document(blocks: str, rest: str = "") -> str:
    """A whole document of these blocks, and of what else it says."""
    return HEAD + "blocks:\n" + indent(dedent(blocks), "  ") + dedent(rest)


def measures(clauses: str, rest: str = "", *, block: str = "") -> str:
    """A whole document with one block of these clauses; `block` is what else is said of the block."""
    return document(
        "- block: base\n  zh: 基础分\n  en: base\n"
        + indent(dedent(block), "  ")
        + "  clauses:\n"
        + indent(dedent(clauses), "    "),
        rest,
    )


MARK = "- {clause: mark, zh: 评分, en: mark, counts: 评定分数, each: {of: figure, points: 1}}\n"


def marked(rest: str) -> str:
    """A document whose total is the marks that were given, to try grades on."""
    return measures(MARK, rest)


def laid_down(*practices: str) -> str:
    """A document that lays down these practices."""
    return marked("process:\n" + "".join(f"  - {{{p}}}\n" for p in practices))


def printed(rules: str) -> str:
    """The Chinese text of a document, paragraph by paragraph."""
    return "\n".join(p.said.zh for p in text(load_rubric(rules)))


def refused(rules: str) -> list[tuple[int, str]]:
    """The lines and paths of what is wrong with a document."""
    with pytest.raises(Unreadable) as raised:
        load_rubric(rules)
    return [(flaw.line, flaw.path) for flaw in raised.value.flaws]


def line_of(rules: str, words: str) -> int:
    """The line of a document that holds these words."""
    (found,) = [n for n, line in enumerate(rules.splitlines(), start=1) if words in line]
    return found


def is_refused_at(rules: str, right: str, wrong: str, path: str) -> None:
    """The document can be used; with the wrong word instead it is refused at that word's line and path."""
    load_rubric(rules)
    assert rules.count(right) == 1
    broken = rules.replace(right, wrong)
    assert refused(broken) == [(line_of(broken, wrong), path)]


def passes(rules: str, cases: str) -> None:
    """All worked cases come out as they are written."""
    found = check(rules + "cases:\n" + indent(dedent(cases), "  "))
    assert found
    assert [str(flaw) for result in found for flaw in result.differs] == []


# Accounts


def accounts(rules: str | Rubric, facts: str) -> dict[str, Result]:
    """What everyone in a facts file comes to, by name."""
    rubric = load_rubric(rules) if isinstance(rules, str) else rules
    appraised, period, today, term = load_facts(dedent(facts), rubric)
    found = results(appraised, rubric, period, today, term)
    return {each.subject.partition("/")[2]: r for each, r in zip(appraised, found, strict=True)}


def account(
    rules: str | Rubric, facts: str = "", *, who: str = "", year: str = "2024", today: str = ""
) -> Result:
    """What one member comes to, of whom `who` says more."""
    written = f"year: {year}\n" + (f"today: {today}\n" if today else "")
    written += "members:\n  - member: 甲\n" + indent(dedent(who).rstrip() + "\n", "    ")
    written += "    facts:\n" + indent(dedent(facts), "      ") if facts else ""
    return accounts(rules, written)["甲"]


def unit(rules: str, facts: str = "", rest: str = "", kind: str = "镇街委员活动组") -> Result:
    """What one unit comes to."""
    written = f"year: 2024\nunits:\n  - unit: 城关组\n    kind: {kind}\n"
    written += indent(dedent(rest), "    ")
    written += "    facts:\n" + indent(dedent(facts), "      ") if facts else ""
    return accounts(rules, written)["城关组"]


def marks(*given: str) -> str:
    """A facts file in which members have these marks: `甲 90`; what else is said of them follows in braces' words."""
    rows = []
    for each in given:
        name, mark, *more = each.split(" ", 2)
        said = f", {more[0]}" if more else ""
        rows.append(
            f"  - {{member: {name}{said}, facts: [{{kind: 评定分数, on: 2024-12-01, figure: {mark}}}]}}\n"
        )
    return "year: 2024\nmembers:\n" + "".join(rows)


def total(of: Result) -> str:
    """The total; the lines always add up to it."""
    added = sum((Fraction(line.points) for line in of.card.lines), Fraction(0))
    assert added == Fraction(of.card.total)
    return of.card.total


def lines(of: Result) -> dict[str, list[str]]:
    """By clause what each of its lines brings."""
    found: dict[str, list[str]] = {}
    for line in of.card.lines:
        found.setdefault(line.clause, []).append(line.points)
    return found


def paid(of: Result) -> dict[str, str]:
    """By deed what it brings in all."""
    found: dict[str, Fraction] = {}
    for line in of.card.lines:
        found[line.deed] = found.get(line.deed, Fraction(0)) + Fraction(line.points)
    return {deed: str(points) for deed, points in found.items()}


def blocks(of: Result) -> dict[str, str]:
    """By block what it comes to."""
    return {b.block: b.points for b in of.card.blocks}


def cuts(of: Result) -> list[tuple[str, Cut, str, str]]:
    """All that was done to lines: the deed, what was done, how much, and by what."""
    return [(line.deed, a.cut, a.amount, a.by) for line in of.card.lines for a in line.adjustments]


def why(of: Result) -> dict[str, Why]:
    """By deed why it brings nothing."""
    return {w.deed: w.why for w in of.card.why_not}


def grades(of: dict[str, Result]) -> dict[str, str]:
    """By member the grade."""
    return {name: each.graded.grade for name, each in of.items()}


def because(of: Result) -> list[tuple[Because, str]]:
    """What bears on the grade, and on which."""
    return [(r.because, r.grade) for r in of.graded.reasons]


def fired(of: Result) -> dict[str, str]:
    """The triggers that have fired, with the step."""
    return {t.trigger: t.step for t in of.graded.triggers if t.fired}


def near(of: Result) -> list[str]:
    """The triggers that one more would fire."""
    return [t.trigger for t in of.graded.triggers if t.near]

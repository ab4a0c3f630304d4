"""A county's documents: YAML text becomes rubrics, checklists, policies, rule documents, words of the committee, calendars, loops and pages of figures, or a list of all that is wrong with it, by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from application.documents.calendars import CalendarDoc, calendar_of
from application.documents.case_result import CaseResult
from application.documents.cases import filled
from application.documents.checklists import ChecklistDoc, checklist_of
from application.documents.figures import FiguresDoc, figures_of
from application.documents.loops import LoopDoc, loop_of
from application.documents.policies import PolicyDoc, policy_of
from application.documents.rubric_cases import Appraised, FactsDoc, appraised_in, scored
from application.documents.rubrics import RubricDoc, rubric_of
from application.documents.rules import RuleDoc, rule_of
from application.documents.selections import silence_of
from application.documents.source import FACTS, Source, Unreadable, parsed, refuse
from application.documents.terms import TermsDoc, terms_of
from application.documents.words import validated
from domain import checklist as checklists
from domain import rule as rules
from domain.attestation import Policy
from domain.calendar import Calendar
from domain.checklist import Checklist
from domain.document import Sort
from domain.figures import FigurePage
from domain.kinds import KINDS
from domain.loop import Loop
from domain.period import Period
from domain.questions import all_questions
from domain.rubric import (
    Remark,
    Rubric,
    Silence,
)
from domain.rubric_checks import not_built
from domain.rule import RuleDocument
from domain.terms import Terms
from domain.unpriced import Gap, gaps


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotReading:
    """How a slot of a list is read where nothing says so."""

    slot: int
    reading: Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What a document asks of its author: what it leaves open with the reading assumed, what is not known of it, what it does not price."""

    silences: tuple[Silence, ...] = ()
    readings: tuple[SlotReading, ...] = ()
    unknown: tuple[Remark, ...] = ()
    blank: tuple[int, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What a county ships: its rubrics, checklists, policies, rule documents, words, calendars, loops and pages of figures, by code."""

    rubrics: Mapping[str, Rubric] = field(default_factory=dict)
    checklists: Mapping[str, Checklist] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    rules: Mapping[str, RuleDocument] = field(default_factory=dict)
    terms: Mapping[str, Terms] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    loops: Mapping[str, Loop] = field(default_factory=dict)
    figures: Mapping[str, FigurePage] = field(default_factory=dict)


Said = Rubric | Checklist | Policy | RuleDocument | Terms | Calendar | Loop | FigurePage
"""What a document says."""


# Doors


def sort_of(text: str) -> Sort:
    """What a document governs: its first line names it, such as `rubric: CODE` or `loop: CODE`."""
    return _sort(parsed(text))


def load_rubric(text: str) -> Rubric:
    """The rubric that a document holds, fit for use with the catalogue; otherwise `Unreadable`."""
    source = parsed(text)
    return rubric_of(validated(RubricDoc, source), source)


def load_checklist(text: str) -> Checklist:
    """The checklist that a document holds, fit for use with the catalogue; otherwise `Unreadable`."""
    source = parsed(text)
    return checklist_of(validated(ChecklistDoc, source), source)


def load_policy(text: str) -> Policy:
    """The policy of dual management that a document holds; otherwise `Unreadable`."""
    source = parsed(text)
    return policy_of(validated(PolicyDoc, source), source)


def load_rule(text: str) -> RuleDocument:
    """The rule document that a text describes; otherwise `Unreadable`."""
    source = parsed(text)
    return rule_of(validated(RuleDoc, source), source)


def load_terms(text: str) -> Terms:
    """The words of a committee that a document holds; otherwise `Unreadable`."""
    source = parsed(text)
    return terms_of(validated(TermsDoc, source), source)


def load_calendar(text: str) -> Calendar:
    """The calendar of a year that a document holds; otherwise `Unreadable`."""
    source = parsed(text)
    return calendar_of(validated(CalendarDoc, source), source)


def load_loop(text: str) -> Loop:
    """The loop that a document holds, fit for use with the catalogue; otherwise `Unreadable`."""
    source = parsed(text)
    return loop_of(validated(LoopDoc, source), source)


def load_figures(text: str) -> FigurePage:
    """The page of figures that a document holds, fit for use with the catalogue; otherwise `Unreadable`."""
    source = parsed(text)
    return figures_of(validated(FiguresDoc, source), source)


def load(sort: Sort, text: str) -> Said:
    """What a document says, fit for use; otherwise `Unreadable`."""
    match sort:
        case Sort.RUBRIC:
            return load_rubric(text)
        case Sort.CHECKLIST:
            return load_checklist(text)
        case Sort.POLICY:
            return load_policy(text)
        case Sort.RULE:
            return load_rule(text)
        case Sort.TERMS:
            return load_terms(text)
        case Sort.CALENDAR:
            return load_calendar(text)
        case Sort.LOOP:
            return load_loop(text)
        case Sort.FIGURES:
            return load_figures(text)


def published(sort: Sort, text: str) -> Said:
    """What a document says that was published: it was found fit then, and is never judged again by what is checked since."""
    source = parsed(text, checked=False)
    match sort:
        case Sort.RUBRIC:
            return rubric_of(validated(RubricDoc, source), source, checked=False)
        case Sort.CHECKLIST:
            return checklist_of(validated(ChecklistDoc, source), source, checked=False)
        case Sort.POLICY:
            return policy_of(validated(PolicyDoc, source), source)
        case Sort.RULE:
            return rule_of(validated(RuleDoc, source), source, checked=False)
        case Sort.TERMS:
            return terms_of(validated(TermsDoc, source), source, checked=False)
        case Sort.CALENDAR:
            return calendar_of(validated(CalendarDoc, source), source, checked=False)
        case Sort.LOOP:
            return loop_of(validated(LoopDoc, source), source, checked=False)
        case Sort.FIGURES:
            return figures_of(validated(FiguresDoc, source), source, checked=False)


def load_pack(texts: Iterable[str]) -> Pack:
    """All documents of a county together."""
    found_rubrics: dict[str, Rubric] = {}
    found_checklists: dict[str, Checklist] = {}
    policies: dict[str, Policy] = {}
    found_rules: dict[str, RuleDocument] = {}
    found_terms: dict[str, Terms] = {}
    found_calendars: dict[str, Calendar] = {}
    found_loops: dict[str, Loop] = {}
    found_figures: dict[str, FigurePage] = {}
    for text in texts:
        source = parsed(text)
        match _sort(source):
            case Sort.RUBRIC:
                rubric = rubric_of(validated(RubricDoc, source), source)
                found_rubrics[rubric.code] = rubric
            case Sort.CHECKLIST:
                checklist = checklist_of(validated(ChecklistDoc, source), source)
                found_checklists[checklist.code] = checklist
            case Sort.POLICY:
                doc = validated(PolicyDoc, source)
                policies[doc.policy] = policy_of(doc, source)
            case Sort.RULE:
                rule = rule_of(validated(RuleDoc, source), source)
                found_rules[rule.code] = rule
            case Sort.TERMS:
                terms = terms_of(validated(TermsDoc, source), source)
                found_terms[terms.code] = terms
            case Sort.CALENDAR:
                calendar = calendar_of(validated(CalendarDoc, source), source)
                found_calendars[calendar.code] = calendar
            case Sort.LOOP:
                loop = loop_of(validated(LoopDoc, source), source)
                found_loops[loop.code] = loop
            case Sort.FIGURES:
                page = figures_of(validated(FiguresDoc, source), source)
                found_figures[page.code] = page
    return Pack(
        rubrics=found_rubrics,
        checklists=found_checklists,
        policies=policies,
        rules=found_rules,
        terms=found_terms,
        calendars=found_calendars,
        loops=found_loops,
        figures=found_figures,
    )


def cases(text: str) -> list[str]:
    """The names of the worked cases of a document."""
    source = parsed(text)
    match _sort(source):
        case Sort.RUBRIC:
            return [c.case for c in validated(RubricDoc, source).cases]
        case Sort.CHECKLIST:
            return [c.case for c in validated(ChecklistDoc, source).cases]
        case Sort.POLICY | Sort.RULE | Sort.TERMS | Sort.CALENDAR | Sort.LOOP | Sort.FIGURES:
            return []


def number_of_cases(text: str) -> int:
    """How many worked cases a document has that was published."""
    values = parsed(text, checked=False).values
    return len(values.get("cases") or ()) if isinstance(values, dict) else 0


def check(text: str) -> list[CaseResult]:
    """Every worked case of a document, worked out; `Unreadable` where it says what nothing carries out yet."""
    source = parsed(text)
    match _sort(source):
        case Sort.RUBRIC:
            doc = validated(RubricDoc, source)
            rubric = rubric_of(doc, source)
            refuse([], not_built(rubric), source)
            return [scored(case, i, rubric, source) for i, case in enumerate(doc.cases)]
        case Sort.CHECKLIST:
            listed = validated(ChecklistDoc, source)
            checklist = checklist_of(listed, source)
            refuse([], checklists.not_built(checklist), source)
            return [filled(case, i, checklist, source) for i, case in enumerate(listed.cases)]
        case Sort.POLICY:
            policy_of(validated(PolicyDoc, source), source)
            return []
        case Sort.RULE:
            rule_of(validated(RuleDoc, source), source)
            return []
        case Sort.TERMS:
            terms_of(validated(TermsDoc, source), source)
            return []
        case Sort.CALENDAR:
            calendar_of(validated(CalendarDoc, source), source)
            return []
        case Sort.LOOP:
            loop_of(validated(LoopDoc, source), source)
            return []
        case Sort.FIGURES:
            figures_of(validated(FiguresDoc, source), source)
            return []


def questions(text: str) -> Questions:
    """What a document leaves open; shown whenever it is checked, so that nobody takes our reading for the author's."""
    source = parsed(text)
    match _sort(source):
        case Sort.RUBRIC:
            rubric = rubric_of(validated(RubricDoc, source), source)
            return Questions(
                silences=all_questions(rubric),
                unknown=rubric.unknown,
                gaps=tuple(gaps(rubric, KINDS)),
            )
        case Sort.CHECKLIST:
            listed = checklist_of(validated(ChecklistDoc, source), source)
            return Questions(
                silences=listed.silences,
                readings=tuple(
                    SlotReading(slot=s.number, reading=s.reading)
                    for s in listed.slots
                    if s.reading is not None
                ),
                blank=tuple(s.number for s in listed.slots if not s.counts),
            )
        case Sort.POLICY:
            doc = validated(PolicyDoc, source)
            return Questions(silences=tuple(map(silence_of, doc.silences)))
        case Sort.RULE:
            rule = rule_of(validated(RuleDoc, source), source)
            return Questions(
                silences=tuple(rules.silences(rule)), unknown=tuple(rules.unknown(rule))
            )
        case Sort.TERMS:
            terms_of(validated(TermsDoc, source), source)
            return Questions()
        case Sort.CALENDAR:
            calendar_of(validated(CalendarDoc, source), source)
            return Questions()
        case Sort.LOOP:
            looped = validated(LoopDoc, source)
            loop_of(looped, source)
            return Questions(silences=tuple(map(silence_of, looped.silences)))
        case Sort.FIGURES:
            page = figures_of(validated(FiguresDoc, source), source)
            return Questions(silences=page.silences)


def load_facts(text: str, rubric: Rubric) -> tuple[list[Appraised], Period, date, Period | None]:
    """Who is appraised by a facts file under a rubric, for which period, on which day, in which term; otherwise `Unreadable`."""
    source = parsed(text, FACTS)
    return appraised_in(validated(FactsDoc, source), rubric, source)


def _sort(source: Source) -> Sort:
    for sort in Sort:
        if sort.value in source.values:
            return sort
    raise Unreadable(
        (
            source.flaw(
                (),
                f"第一行应写明{'、'.join(f'{s.value}({s.zh})' for s in Sort)}之一",
                f"has to name one of: {', '.join(s.value for s in Sort)}",
            ),
        )
    )

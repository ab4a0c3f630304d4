"""What the command line does with documents: check them, score facts by them, print their text, publish them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from application import packs
from application.documents.case_result import CaseResult
from application.documents.rubric_cases import Appraised, Result, results
from application.documents.source import Flaw, Unreadable, decoded
from domain import document, explain, rubric_text
from domain import health as of_health
from domain.explain import Said
from domain.fact import SubjectId
from domain.kinds import KINDS, Subject
from domain.kinds.fields import fields_of
from domain.people import Reason, Refused
from domain.period import Period
from domain.questions import all_questions, met
from domain.rubric import Rubric, Silence
from domain.unpriced import Gap
from interfaces.called import unit_of
from interfaces.cli_shown import looking
from interfaces.cli_written import actor_of, carry_out
from interfaces.ids import minted_id
from interfaces.moments import day_said
from interfaces.refusals import Exit
from interfaces.wiring import Installation
from projections import comparisons, scorecards


def said_wrong(error: Unreadable) -> int:
    """Say all that is wrong with a document, by line."""
    for flaw in error.flaws:
        print(flaw, file=sys.stderr)
    return Exit.INVALID


def publish(installation: Installation, options: argparse.Namespace) -> int:
    """Publish a document file."""
    try:
        text = text_of(options.file)
        sort = packs.sort_of(text)
        found = packs.load(sort, text)
    except Unreadable as error:
        return said_wrong(error)
    desk = installation.only()
    roster = desk.writer.opened().roster
    command = document.Publish(
        sort=sort,
        code=options.code or _said_by(found, "code"),
        version=options.version or _said_by(found, "version"),
        text=text,
        since=day_said(options.since, "--since") if options.since else _said_by(found, "since"),
        trial_in=None
        if options.trial_in is None
        else unit_of(roster, options.trial_in, "--trial-in"),
        until=day_said(options.until, "--until")
        if options.until
        else getattr(found, "until", None),
    )
    carry_out(desk, command, actor_of(options, roster), options.command_id or minted_id())
    if isinstance(found, Rubric) and found.subject is Subject.MEMBER:
        with looking(desk, None) as (connection, _, today):
            effects = comparisons.effects_of(
                connection, desk.code, desk.shelf, command.code, command.version, today=today
            )
        for line in _effects_text(desk.code, effects):
            print(line)
    return 0


def _effects_text(ledger: str, effects: comparisons.Effects) -> Iterator[str]:
    """Whom a publication affects, year by year, as lines to read."""
    affected = [each for each in effects.years if not each.is_none]
    if not affected:
        yield "已开始的考核期均不受影响 / no period that has begun is affected"
    for each in affected:
        year = each.year
        if each.moved:
            yield (
                f"{year}年度:影响 {each.moved} 名委员({each.up} 人升、{each.down} 人降),合计 {each.change} 分"
                f" / {year}: {each.moved} members' totals change ({each.up} up, {each.down} down), {each.change} in all"
            )
            for change in each.largest:
                yield f"    {change.name} {change.period.zh}:{change.before} → {change.after}"
        if each.begun:
            yield f"{year}年度:{each.begun} 名委员新有得分 / {year}: {each.begun} members have a card that they had not"
        if each.ended:
            yield f"{year}年度:{each.ended} 名委员不再有原来的得分 / {year}: {each.ended} members have a card no more"
        yield (
            f"    全部及原因:lvzhi moved --ledger {ledger} --rubric {effects.rubric} --year {year}"
            f" --from {effects.position - 1} --to {effects.position} / all of them, and why"
        )


def _said_by(found: object, name: str) -> Any:
    """What the document says of itself; a policy leaves it to the options."""
    said = getattr(found, name, None)
    if said is None:
        raise Refused(Reason.MISSING, f"--{name}")
    return said


def check(options: argparse.Namespace) -> int:
    """Say whether a document holds and whether its worked cases come out."""
    flaws: tuple[Flaw, ...] = ()
    results: list[CaseResult] = []
    asked = packs.Questions()
    try:
        text = text_of(options.file)
        asked = packs.questions(text)
        results = packs.check(text)
    except Unreadable as error:
        flaws = error.flaws
    failed = sum(not result.passed for result in results)
    code = Exit.INVALID if failed or flaws else 0
    if options.json:
        told = {"holds": not code, "flaws": flaws, "cases": results, "questions": asked}
        print(msgspec.json.format(msgspec.json.encode(told)).decode())
        return code
    for flaw in flaws:
        print(flaw)
    for result in results:
        print(f"{'✓' if result.passed else '✗'} {result.case}")
        for flaw in result.differs:
            print(f"    {flaw}")
    for line in () if code else _asked(asked):
        print(line)
    if not flaws:
        print(
            f"{len(results)} 个算例,{failed} 个不符 / "
            f"{len(results)} worked cases, {failed} come out otherwise"
        )
    return code


def _asked(questions: packs.Questions) -> Iterator[str]:
    """What a document leaves open, as a list to take to its author."""
    if questions.silences or questions.readings:
        yield "文中没有写明、按我们的读法,请县里答复 / left open and read by us, the county to answer:"
    for silence in questions.silences:
        of = "、".join(silence.clauses)
        yield f"  ? 〔{silence.topic.zh}〕{f'({of})' if of else ''}{silence.zh} 我们的读法:{silence.reading_zh}"
        yield f"    {f'({of}) ' if of else ''}{silence.en} Our reading: {silence.reading_en}"
    for slot in questions.readings:
        yield f"  ? 第{slot.slot}项 我们的读法:{slot.reading.zh}"
        yield f"    no. {slot.slot} Our reading: {slot.reading.en}"
    if questions.unknown:
        yield "没有看到、需要县里提供 / not known, to be asked of the county:"
    for remark in questions.unknown:
        yield f"  ? {remark.zh} / {remark.en}"
    if questions.blank:
        numbers = "、".join(map(str, questions.blank))
        yield f"待县里填写的项 / to be filled by the county: {numbers}"
    whole = [KINDS[gap.kind].about for gap in questions.gaps if gap.whole]
    if whole:
        names = "、".join(about.zh for about in whole[:GAPS_SHOWN])
        more = f"等 {len(whole)} 种" if len(whole) > GAPS_SHOWN else ""
        yield f"没有列分值的类型 / kinds that nobody prices: {names}{more}"
    parts = [gap for gap in questions.gaps if not gap.whole]
    if parts:
        yield "没有列分值的出勤状态、环节、类别 / states, stages and choices that nobody prices:"
    for gap in parts[:GAPS_SHOWN]:
        said = list(_left_out(gap))
        more = f"等{len(said)}项" if len(said) > GAPS_SHOWN else ""
        yield f"  {KINDS[gap.kind].about.zh}:{'、'.join(said[:GAPS_SHOWN])}{more}"
    if max(len(whole), len(parts)) > GAPS_SHOWN:
        yield "  --json 全部列出 / --json lists all"


GAPS_SHOWN = 6
"""Kinds, and what of each, that a check lists as not priced."""


def _left_out(gap: Gap) -> Iterator[str]:
    yield from (word.zh for word in (*gap.states, *gap.stages))
    by_name = {field.name: field for field in fields_of(KINDS[gap.kind])}
    for name, value in gap.choices:
        field = by_name[name]
        said = next((choice.zh for choice in field.choices if choice.value == value), value)
        yield f"{field.label.zh}·{said}"


def score(options: argparse.Namespace) -> int:
    """Score a facts file by a rubric file, without a ledger."""
    try:
        rubric = packs.load_rubric(text_of(options.file))
    except Unreadable as error:
        return said_wrong(error)
    try:
        appraised, period, today, term = packs.load_facts(text_of(options.facts), rubric)
    except Unreadable as error:
        return said_wrong(error)
    found = results(appraised, rubric, period, today, term)
    questions = all_questions(rubric)
    told = [
        _told(each, result, rubric, questions)
        for each, result in zip(appraised, found, strict=True)
    ]
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(told)).decode())
        return 0
    for account in told:
        for line in _account_text(account):
            print(line)
    return 0


def text(options: argparse.Namespace) -> int:
    """Print a rubric as a measure that can be read and adopted."""
    try:
        rubric = packs.load_rubric(text_of(options.file))
    except Unreadable as error:
        return said_wrong(error)
    for language in ("zh", "en"):
        if options.language in {language, "both"}:
            for paragraph in rubric_text.text(rubric, all_questions(rubric)):
                indent = "  " * max(0, paragraph.depth - 1)
                print(f"{indent}{getattr(paragraph.said, language)}")
            print()
    return 0


def health(installation: Installation, options: argparse.Namespace) -> int:
    """Say what of a rubric may turn out badly, from its text and, where a year is named, from that year's facts in a ledger."""
    try:
        rubric = packs.load_rubric(text_of(options.file))
    except Unreadable as error:
        return said_wrong(error)
    concerns = of_health.health(rubric, KINDS)
    if options.ledger is not None or options.year is not None:
        desk = installation.only()
        desk.reader.catch_up()
        today = desk.today()
        period = Period.year(options.year or today.year)
        with desk.store.reading() as connection:
            cards = [
                each.scorecard
                for some in scorecards.scored(
                    connection,
                    desk.code,
                    desk.reader.shelf,
                    period=period,
                    today=today,
                    rubric=rubric.code,
                    draft=rubric,
                )
                for each in some
            ]
        concerns += of_health.health_of(rubric, cards)
        if not options.json and not any(map(of_health.has_records, cards)):
            print(
                f"{period.zh}台账中没有履职记录,只看正文 / "
                f"no records of {period.en}: looking at the text alone"
            )
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(concerns)).decode())
        return 0
    for concern in concerns:
        print(f"{concern.path} 〔{concern.sort.zh}〕{concern.zh}")
        print(f"    {concern.en}")
    print(f"{len(concerns)} 处值得再看 / {len(concerns)} things to look at again")
    return 0


def _unit_in(subject: SubjectId) -> str:
    """The unit that something is on record of, as its file calls it."""
    root, _, name = subject.partition("/")
    return name if root == "unit" else ""


def _told(
    each: Appraised, result: Result, rubric: Rubric, questions: tuple[Silence, ...]
) -> dict[str, Any]:
    """One account as JSON: figures as exact text, sentences in two languages beside what they are written from."""
    card, graded = result.card, result.graded
    gates = {g.code: g for g in rubric.gates}
    triggers = {t.code: t for t in rubric.triggers}
    return {
        "member": card.member.partition("/")[2],
        "rubric": card.rubric,
        "version": card.version,
        "period": {"first": card.period.first, "last": card.period.last},
        "total": card.total,
        "grade": graded.grade,
        "by_score": graded.by_score,
        "waits_for": graded.waits_for,
        "tied": graded.tied,
        "board": graded.board,
        "place": graded.place,
        "reasons": [
            {
                "because": r.because.value,
                "grade": r.grade,
                "by": r.by,
                "zh": r.because.zh,
                "en": r.because.en,
            }
            for r in graded.reasons
        ],
        "opinions": [
            {"by": o.by, "grade": o.grade, "on": o.on, "wording": o.wording}
            for o in graded.opinions
        ],
        "blocks": {b.block: b.points for b in card.blocks},
        "gates": [
            {
                "gate": g.gate,
                "met": g.met,
                "got": g.got,
                "asked": g.asked,
                "missing": g.missing,
                "at_most": g.most,
                "for_him": g.for_him,
                "title": gates[g.gate].zh,
                **_two(explain.gate(g, rubric)),
            }
            for g in card.gates
        ],
        "triggers": [
            {
                "trigger": t.trigger,
                "step": t.step,
                "got": t.got,
                "needed": t.needed,
                "periods": t.periods,
                "provisional": t.provisional,
                "zh": triggers[t.trigger].zh,
                "en": triggers[t.trigger].en,
            }
            for t in graded.triggers
            if t.fired
        ],
        "near": [
            {"trigger": t.trigger, "got": t.got, "needed": t.needed}
            for t in graded.triggers
            if t.near
        ],
        "lines": [
            {
                "deed": line.deed,
                "subject": line.subject,
                "kind": line.kind,
                "on": line.on,
                "block": line.block,
                "clause": line.clause,
                "nth": line.nth,
                "worth": line.worth,
                "adjustments": [
                    {"cut": a.cut.value, "amount": a.amount, "by": a.by} for a in line.adjustments
                ],
                "points": line.points,
                **_two(explain.line(line, rubric, _unit_in(line.subject))),
            }
            for line in card.lines
        ],
        "why_not": [
            {
                "deed": w.deed,
                "kind": w.kind,
                "on": w.on,
                "why": w.why.value,
                "clause": w.clause,
                **_two(explain.why_not(w, rubric, _unit_in(w.subject))),
            }
            for w in card.why_not
        ],
        "reachable": [
            {
                "clause": r.clause,
                "next_act": r.next_act,
                "left": r.left,
                **_two(explain.reach(r, rubric)),
            }
            for r in card.reachable
        ],
        "accounts": [
            {
                "clause": a.clause,
                "doing": a.doing.value,
                "acts": a.acts,
                "expected": a.expected,
                "not_recorded": a.not_recorded,
                "excused": a.excused,
                **_two(explain.account(a, rubric)),
            }
            for a in card.accounts
        ],
        "questions": [
            {
                "about": q.topic.value,
                "clauses": q.clauses,
                "zh": q.zh,
                "en": q.en,
                "reading": {"zh": q.reading_zh, "en": q.reading_en},
            }
            for q in met(questions, card, graded, each.facts)
        ],
    }


def _two(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}


def _account_text(told: dict[str, Any]) -> Iterator[str]:
    """An account as lines to read."""
    grade = f",{told['grade']}" if told["grade"] else ""
    yield f"{told['member']}:{explain.told(told['total'])} 分{grade} / {explain.told(told['total'])} points{grade and ', ' + told['grade']}"
    for reason in told["reasons"]:
        yield f"  {reason['grade'] or '–'}:{reason['zh']} {reason['by']} / {reason['en']}"
    if told["waits_for"]:
        yield f"  待{told['waits_for']}审定 / {told['waits_for']} has yet to decide"
    for name, mark in (
        ("lines", "  "),
        ("why_not", "  – "),
        ("gates", "  "),
        ("triggers", "  ! "),
        ("reachable", "  + "),
    ):
        for each in told[name]:
            step = f" → {each['step']}" if "step" in each else ""
            yield f"{mark}{each['zh']}{step} / {each['en']}"
    for question in told["questions"]:
        yield f"  ? {question['zh']} 我们的读法:{question['reading']['zh']}"
        yield f"    {question['en']} Our reading: {question['reading']['en']}"


def text_of(file: str) -> str:
    """The text of a file, without the mark that some editors put before it. Raises `Unreadable`."""
    return decoded(Path(file).read_bytes())

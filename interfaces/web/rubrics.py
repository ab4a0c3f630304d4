"""A rubric on pages: its text, what may turn out badly, what it does not price, what a publication did, and what a draft would do."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from application import packs
from application.documents.source import LARGEST, Flaw, Unreadable, decoded
from domain import explain, rubric_text, unpriced
from domain import health as of_health
from domain.access import Action
from domain.document import NOT_PUBLISHED, Published, Sort
from domain.explain import Said
from domain.health import Concern
from domain.kinds import KINDS, Subject
from domain.kinds.fields import fields_of
from domain.people import Reason, Refused
from domain.period import Period
from domain.rubric import Rubric
from domain.unpriced import Gap
from domain.words import Label
from interfaces import whatif
from interfaces.api.asking import Look
from interfaces.api.door import Gate, needs
from interfaces.web import fields
from interfaces.web.asked import Filters, Narrowing, next_page
from interfaces.web.deed import collection_of
from interfaces.web.fields import Trouble
from interfaces.web.flaws import shown
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Sending, Sent, Visiting, Visitor
from projections import comparisons, deeds, documents, roster, scorecards
from projections.comparisons import Mover, WhatIf
from projections.documents import DocumentLine

MOST_SHOWN = 50
MOST_MOVERS = 200
"""Movers that a page lists of what a draft would do."""
MOST_YEARS = 6
"""Years that a form offers to try a draft on: the newest."""
LARGEST_FORM = 2 * LARGEST
"""A draft may come in a field and in a file."""


@dataclass(frozen=True, slots=True)
class ShownGap:
    """A kind of which a rubric prices nothing, or not these parts."""

    kind: Label
    parts: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class ShownMover:
    """Whom a draft moves, with the clauses responsible and his grades in words."""

    mover: Mover
    shifts: tuple[tuple[Said, str], ...]
    before: Said
    after: Said


@dataclass(frozen=True, slots=True)
class Tried:
    """What a draft would do, with the words that clauses and grades have."""

    found: WhatIf
    movers: tuple[ShownMover, ...]
    clauses: tuple[tuple[Said, int], ...]
    flips: int
    grades: Mapping[str, Said]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks of a draft: which years, beside which rubric."""

    text: str = ""
    years: tuple[int, ...] = ()
    against: str = ""


def router() -> APIRouter:
    """The pages of rubrics."""
    made = APIRouter(
        route_class=PageRoute,
        include_in_schema=False,
        prefix="/ledgers/{ledger}/documents/rubric/{code}",
    )

    @made.get("", operation_id="page_rubric", openapi_extra=needs(Action.SEE_DOCUMENT))
    def rubric(
        visitor: Visiting, code: str, version: str = "", year: str = "", health: str = ""
    ) -> Response:
        """A rubric in readable words, and what may be said of it."""
        narrowing = Narrowing(visitor, year=year)
        visitor, when = narrowing.visitor, narrowing.year()
        with visitor.asking.look() as look:
            line = _line(visitor, look, code)
            published = _version(line, version)
            found = visitor.desk.shelf.rubric(published)
            told = of_health.health(found, KINDS)
            of_year: Sequence[Concern] | None = None
            if health and not narrowing.wrong and visitor.may_ever(Action.SEE_TOTALS):
                of_year = _health_of(visitor, look, found, when)
        return render(
            visitor,
            "rubric.html",
            status=narrowing.status,
            narrowing=narrowing,
            line=line,
            published=published,
            rubric=found,
            text=rubric_text.text(found),
            concerns=told,
            of_year=of_year,
            gaps=[_gap(each) for each in unpriced.gaps(found, KINDS)],
            cases=cases_in(published.text),
            versions=line.document.versions[::-1],
            about_members=found.subject is Subject.MEMBER,
            year=when,
            as_of=visitor.asking.as_of or "",
        )

    @made.get(
        "/effects", operation_id="page_effects_of_rubric", openapi_extra=needs(Action.SEE_TOTALS)
    )
    def effects(
        visitor: Visiting, code: str, version: str = "", year: str = "", cursor: str = ""
    ) -> Response:
        """Whom the publication of a version affected, year by year."""
        when = Filters(visitor).year(year)
        with visitor.asking.look() as look:
            line = _line(visitor, look, code)
            published = _version(line, version)
            found = comparisons.effects_of(
                look.connection,
                look.ledger,
                visitor.desk.shelf,
                code,
                published.version,
                today=visitor.asking.today,
                year=when,
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
            named = {c.deed for row in found.movers.rows for c in row.causes if c.deed}
            titles = deeds.titles(look.connection, look.ledger, named)
        return render(
            visitor,
            "effects.html",
            rubric=visitor.desk.shelf.rubric(published),
            published=published,
            found=found,
            titles=titles,
            kinds=KINDS,
            where=collection_of,
            year=when,
            next=next_page(visitor, found.movers.after),
        )

    @made.get("/draft", operation_id="page_draft", openapi_extra=needs(Action.TRY_DRAFT))
    def draft(visitor: Visiting, code: str, version: str = "") -> Response:
        """The form on which a draft is tried, with the text in force to begin with."""
        with visitor.asking.look() as look:
            published = _version(_line(visitor, look, code), version)
        year = Filters(visitor).year("")
        return _form(visitor, code, Asked(published.text, (year,), code))

    @made.post("/draft", operation_id="send_draft", openapi_extra=needs(Action.TRY_DRAFT))
    async def send_draft(request: Request, sending: Sending, code: str) -> Response:
        """Run a draft over past years; nothing is written."""
        visitor, sent = sending
        asked = Asked(against=sent.one("against", code), text=_said(sent))
        gate: Gate = request.app.state.trying
        try:
            asked = Asked(_text(sent), _years(sent), asked.against)
            with gate.passed():
                found = await run_in_threadpool(partial(_run, visitor, asked))
        except Unreadable as error:
            return await run_in_threadpool(_form, visitor, code, asked, flaws=error.flaws)
        except Refused as refused:
            return await run_in_threadpool(_form, visitor, code, asked, refused=refused)
        return await run_in_threadpool(_form, visitor, code, asked, found=found)

    send_draft.largest_form = LARGEST_FORM  # type: ignore[attr-defined]  # as `sending` reads it
    return made


def _line(visitor: Visitor, look: Look, code: str) -> DocumentLine:
    line = documents.document(
        look.connection,
        look.ledger,
        Sort.RUBRIC,
        code,
        day=visitor.asking.today,
        position=look.position,
    )
    if line is None or not line.document.versions:
        raise Refused(NOT_PUBLISHED[Sort.RUBRIC], "code", code[:40])
    return line


def _version(line: DocumentLine, version: str) -> Published:
    """The version that is asked for; the one in force, or else the last, where none is."""
    if not version:
        return line.in_force or line.document.versions[-1]
    for each in line.document.versions:
        if each.version == version:
            return each
    raise Refused(NOT_PUBLISHED[Sort.RUBRIC], "version", version[:40])


@lru_cache(maxsize=64)
def cases_in(text: str) -> int:
    """How many worked cases a published text has."""
    return packs.number_of_cases(text)


def _health_of(visitor: Visitor, look: Look, rubric: Rubric, year: int) -> list[Concern]:
    """What the cards of a year say about a rubric about members."""
    kept = scorecards.stored_cards(
        look.connection, look.ledger, rubric.code, Period.year(year), visitor.asking.today
    )
    cards = [card for card in kept.values() if card.version == rubric.version]
    return of_health.health_of(rubric, cards)


def _gap(gap: Gap) -> ShownGap:
    about = KINDS[gap.kind].about
    return ShownGap(Label(about.zh, about.en), () if gap.whole else tuple(_left_out(gap)))


def _left_out(gap: Gap) -> Iterator[Label]:
    yield from (Label(word.zh, word.en) for word in (*gap.states, *gap.stages))
    by_name = {each.name: each for each in fields_of(KINDS[gap.kind])}
    for name, value in gap.choices:
        label = by_name[name].label
        choice = next((c for c in by_name[name].choices if c.value == value), None)
        zh, en = (value, value) if choice is None else (choice.zh, choice.en)
        yield Label(f"{label.zh}·{zh}", f"{label.en}: {en}")


# A draft


def _said(sent: Sent) -> str:
    """The text in the field as it was sent: lines keep their ends."""
    return next((value for key, value in sent.pairs if key == "text"), "")


def _text(sent: Sent) -> str:
    """The text of the draft: that of a file where one was sent, else of the field."""
    files = sent.files.get("file", ())
    if files:
        return decoded(files[0].content)
    text = _said(sent)
    if not text.strip():
        raise Refused(Reason.MISSING, "/text")
    return text


def _years(sent: Sent) -> tuple[int, ...]:
    said = sent.all("years")
    if not said:
        raise Refused(Reason.MISSING, "/years")
    if not all(each.isascii() and each.isdecimal() and len(each) == 4 for each in said):
        raise Refused(Reason.MALFORMED, "/years", ",".join(said)[:40])
    return tuple(sorted({int(each) for each in said}))


def _run(visitor: Visitor, asked: Asked) -> Tried:
    desk = visitor.desk
    found = whatif.run(
        visitor.request.app.state.door.installation.settings,
        desk.code,
        asked.text,
        years=asked.years,
        today=desk.today(),
        against=asked.against or None,
        # One processor is left to whoever else asks.
        processes=max(1, (os.cpu_count() or 1) - 1),
        aside=True,
    )
    draft = packs.load_rubric(asked.text)
    with desk.store.reading() as connection:
        rules = comparisons.rules_over(connection, desk.code, desk.shelf, found.against)
    return tried(found, draft, rules)


def tried(found: WhatIf, draft: Rubric, rules: Sequence[Rubric]) -> Tried:
    """What a draft would do, in words: those of the draft where both have some."""
    named: dict[str, Said] = {}
    grades: dict[str, Said] = {"": Said("无等次", "no grade")}
    for rubric in (*rules, draft):
        named |= explain.names_of(rubric)
        grading = rubric.grading
        grades |= {g.code: Said(g.zh, g.en) for g in (() if grading is None else grading.grades)}

    def name(code: str) -> Said:
        return named.get(code, Said(code or "合计调整", code or "adjusting the total"))

    return Tried(
        found=found,
        movers=tuple(
            ShownMover(
                mover,
                tuple((name(s.clause or s.block), s.change) for s in mover.shifts),
                grades.get(mover.grade_before, Said(mover.grade_before, mover.grade_before)),
                grades.get(mover.grade_after, Said(mover.grade_after, mover.grade_after)),
            )
            for mover in found.movers[:MOST_MOVERS]
        ),
        clauses=tuple((name(each.code), each.members) for each in found.clauses),
        flips=sum(mover.grade_changes for mover in found.movers),
        grades=grades,
    )


def decimal(points: str) -> str:
    """Points as somebody reads them who compares: a fraction to one place."""
    return f"{float(Fraction(points)):.1f}" if "/" in points else points


def _form(
    visitor: Visitor,
    code: str,
    asked: Asked,
    *,
    flaws: Iterable[Flaw] = (),
    refused: Refused | None = None,
    found: Tried | None = None,
) -> Response:
    troubles: tuple[Trouble, ...] = () if refused is None else fields.troubles(refused, ())
    told: dict[str, list[Trouble]] = {}
    for each in troubles:
        told.setdefault(each.field if each.field in {"years", "against"} else "text", []).append(
            each
        )
    flawed = tuple(flaws)
    with visitor.asking.look() as look:
        first = roster.first_term(look.connection, look.ledger, None)
        papers = documents.documents(
            look.connection, look.ledger, day=visitor.asking.today, sort=Sort.RUBRIC
        )
    today = visitor.asking.today.year
    begun = today if first is None else min(first.year, today)
    shelf = visitor.desk.shelf
    rubrics = [
        (each.code, shelf.rubric(each.in_force or each.document.versions[-1]))
        for each in papers
        if each.document.versions
    ]
    told_all: dict[str, Any] = {
        "code": code,
        "asked": asked,
        "flaws": shown(flawed, asked.text),
        "wrong": told,
        "tried": found,
        "offered": list(range(today, begun - 1, -1))[:MOST_YEARS],
        "rubrics": [each for each in rubrics if each[1].subject is Subject.MEMBER],
        "most": MOST_MOVERS,
        "decimal": decimal,
    }
    return render(visitor, "draft.html", status=422 if flawed or troubles else 200, **told_all)

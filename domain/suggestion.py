"""Suggestions one by one: what a consultation, an oversight, a survey or a recommendation suggests, what was answered to each, and whether it was carried out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from domain import numbered
from domain.deed import Deed, Known, with_reason
from domain.entry import Entry
from domain.people import PersonId, Reason, Refused, UnitId
from domain.suggested import Answer, Suggestion
from domain.values import value
from domain.words import Open

MOST = 200
"""Suggestions of one matter at the most."""
LONGEST = 2_000
"""Characters of one at the most."""


# Commands


@value(frozen=True, slots=True, kw_only=True)
class MakeSuggestion:
    """Enter a suggestion of a matter; it gets the next number."""

    matter: str
    text: str
    on: date
    by: tuple[PersonId, ...] = ()
    unit: UnitId | None = None


@value(frozen=True, slots=True, kw_only=True)
class AnswerSuggestion:
    """Say what was answered to a suggestion, anew where the answer changed; one that is not adopted, or only in part, needs a reason."""

    matter: str
    number: int
    answer: Answer
    on: date
    answered_by: str
    reason: str = ""


@value(frozen=True, slots=True, kw_only=True)
class CarryOutSuggestion:
    """Say that what was adopted was carried out, and what came of it."""

    matter: str
    number: int
    on: date
    outcome: str = ""


@value(frozen=True, slots=True, kw_only=True)
class WithdrawSuggestion:
    """Take back a suggestion that was entered in error, with a reason; its number is not given again."""

    matter: str
    number: int
    reason: str


SuggestionCommand = MakeSuggestion | AnswerSuggestion | CarryOutSuggestion | WithdrawSuggestion

# Events


@value(frozen=True, slots=True, kw_only=True)
class SuggestionMade:
    """A suggestion was made."""

    matter: Open[str]
    number: int
    text: str
    on: date
    by: tuple[PersonId, ...]
    unit: UnitId | None


@value(frozen=True, slots=True, kw_only=True)
class SuggestionAnswered:
    """It was answered whether a suggestion is adopted."""

    matter: Open[str]
    number: int
    answer: Answer
    on: date
    answered_by: Open[str]
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class SuggestionCarriedOut:
    """A suggestion was carried out."""

    matter: Open[str]
    number: int
    on: date
    outcome: str


@value(frozen=True, slots=True, kw_only=True)
class SuggestionWithdrawn:
    """A suggestion was taken back."""

    matter: Open[str]
    number: int
    reason: str


SuggestionEvent = SuggestionMade | SuggestionAnswered | SuggestionCarriedOut | SuggestionWithdrawn


def decide(deed: Deed[Any], command: SuggestionCommand, known: Known) -> list[SuggestionEvent]:
    """What follows from a command on a matter that stands; who may is decided before."""
    match command:
        case MakeSuggestion():
            return _make(deed, command, known)
        case AnswerSuggestion():
            return _answer(deed, command, known)
        case CarryOutSuggestion(number=number, on=on, outcome=outcome):
            found = _of(deed, number)
            if found.answer in {None, Answer.DECLINED}:
                raise Refused(Reason.NOT_AT_THIS_STEP, "/number", _stands(found))
            if (found.carried_out_on, found.outcome) == (on, outcome):
                return []
            numbered.check_day(on, found.answered_on or found.on, known)
            return [
                SuggestionCarriedOut(matter=command.matter, number=number, on=on, outcome=outcome)
            ]
        case WithdrawSuggestion(number=number, reason=reason):
            _of(deed, number)
            with_reason(reason)
            return [SuggestionWithdrawn(matter=command.matter, number=number, reason=reason)]


def _make(deed: Deed[Any], command: MakeSuggestion, known: Known) -> list[SuggestionEvent]:
    numbered.check_text(command.text, LONGEST, "/text")
    numbered.check_day(command.on, deed.body.on, known)
    for i, person in enumerate(command.by):
        if person not in known.roster.people:
            raise Refused(Reason.NO_SUCH_PERSON, f"/by/{i}", person)
        if person in command.by[:i]:
            raise Refused(Reason.SAME_TWICE, f"/by/{i}", person)
    if command.unit is not None and command.unit not in known.roster.units:
        raise Refused(Reason.NO_SUCH_UNIT, "/unit", command.unit)
    said = (command.text, command.on, command.by, command.unit)
    if any((s.text, s.on, s.by, s.unit) == said for s in deed.suggestions if not s.withdrawn):
        return []
    number = len(deed.suggestions) + 1
    if number > MOST:
        raise Refused(Reason.TOO_MANY, "/matter", f"> {MOST}")
    return [
        SuggestionMade(
            matter=command.matter,
            number=number,
            text=command.text,
            on=command.on,
            by=command.by,
            unit=command.unit,
        )
    ]


def _answer(deed: Deed[Any], command: AnswerSuggestion, known: Known) -> list[SuggestionEvent]:
    found = _of(deed, command.number)
    if not command.answered_by.strip():
        raise Refused(Reason.MISSING, "/answered_by")
    if command.answer is not Answer.ADOPTED and not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "/reason", command.answer.zh)
    numbered.check_day(command.on, found.on, known)
    said = (command.answer, command.on, command.answered_by, command.reason)
    if said == (found.answer, found.answered_on, found.answered_by, found.reason):
        return []
    return [
        SuggestionAnswered(
            matter=command.matter,
            number=command.number,
            answer=command.answer,
            on=command.on,
            answered_by=command.answered_by,
            reason=command.reason,
        )
    ]


def _of(deed: Deed[Any], number: int) -> Suggestion:
    return numbered.standing(deed.suggestions, number, Reason.NO_SUCH_SUGGESTION)


def _stands(found: Suggestion) -> str:
    return "未答复" if found.answer is None else found.answer.zh


def evolve(deed: Deed[Any], entry: Entry[SuggestionEvent]) -> Deed[Any]:
    """A matter after one more entry about its suggestions."""
    event = entry.event
    if isinstance(event, SuggestionMade):
        made = Suggestion(
            number=event.number, text=event.text, on=event.on, by=event.by, unit=event.unit
        )
        return replace(deed, suggestions=(*deed.suggestions, made), version=entry.version)

    def changed(found: Suggestion) -> Suggestion:
        match event:
            case SuggestionAnswered():
                return replace(
                    found,
                    answer=event.answer,
                    reason=event.reason,
                    answered_by=event.answered_by,
                    answered_on=event.on,
                    # What is not adopted after all has not been carried out.
                    carried_out_on=None
                    if event.answer is Answer.DECLINED
                    else found.carried_out_on,
                    outcome="" if event.answer is Answer.DECLINED else found.outcome,
                )
            case SuggestionCarriedOut(on=on, outcome=outcome):
                return replace(found, carried_out_on=on, outcome=outcome)
            case _:
                return replace(found, withdrawn=getattr(event, "reason", ""))

    suggestions = numbered.changed(deed.suggestions, event.number, changed)
    return replace(deed, suggestions=suggestions, version=entry.version)

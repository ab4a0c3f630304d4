"""The suggestions of a consultation, survey, oversight or recommendation on its page: one by one, and forms for whoever has charge of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain import handling
from domain.deed import Deed
from domain.matter import Matter
from domain.people import Refused
from domain.suggested import Answer, Suggestion, Tally, tally
from domain.words import Label
from interfaces.api.asking import Look
from interfaces.web import one_by_one, turning
from interfaces.web.belonging import has_tasks
from interfaces.web.fields import Trouble, Widget
from interfaces.web.turning import Turning
from interfaces.web.visiting import Sent, Visitor
from projections import roster
from projections.deeds import DeedPage

SUGGEST, ANSWER, CARRY_OUT, TAKE_BACK = (
    "suggest",
    "answer-suggestion",
    "carry-out-suggestion",
    "take-back-suggestion",
)
"""What may be done to suggestions, as addresses call it."""
LABELS: Mapping[str, Label] = {
    "number": one_by_one.NUMBER,
    "text": Label("建议内容", "what is suggested"),
    "on": turning.DAY,
    "answer": Label("答复", "answer"),
    "answered_by": Label("答复单位", "answered by"),
    "reason": turning.REASON,
    "outcome": Label("成效", "what came of it"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """All suggestions that stand, how many stand how, the names of who made them, and what whoever looks may do: forms, and whether he may make tasks of them."""

    suggestions: tuple[Suggestion, ...]
    tally: Tally
    names: Mapping[str, str]
    forms: tuple[Turning, ...]
    to_tasks: bool


def section_of(visitor: Visitor, look: Look, record: DeedPage) -> Section | None:
    """The suggestions of a matter; nothing of kinds that have none, and where there is nothing to show or do."""
    deed: Any = record.state
    if not isinstance(deed, Deed) or not isinstance(deed.body, Matter):
        return None
    if not deed.body.details.about.suggests:
        return None
    units = roster.all_units(look.connection, look.ledger)
    standing = tuple(each for each in deed.suggestions if not each.withdrawn)
    may = visitor.may_ever("handle") and handling.is_in_charge(deed, visitor.actor, units)
    offered = may and not record.summary.gone
    forms = turning.on_paper(_forms(visitor, standing), deed.body) if offered else ()
    if not (standing or forms):
        return None
    people = {person for each in standing for person in each.by}
    names = roster.names(
        look.connection,
        look.ledger,
        people=people,
        units={each.unit for each in standing if each.unit is not None},
    )
    return Section(
        suggestions=standing,
        tally=tally(standing),
        names=names,
        forms=forms,
        to_tasks=may and visitor.may_ever("record") and has_tasks(deed.body),
    )


def as_sent(section: Section, key: str, sent: Sent, found: Sequence[Trouble]) -> Section:
    """The same with the form of that key as it was sent, and what is wrong beside each of its inputs."""
    return replace(section, forms=turning.as_sent(section.forms, key, sent, found))


def _forms(visitor: Visitor, standing: Sequence[Suggestion]) -> Iterator[Turning]:
    today = visitor.desk.today()
    yield Turning(
        key=SUGGEST,
        path=SUGGEST,
        said=Label("登记一条建议", "enter a suggestion"),
        inputs=(
            turning.text(f"{SUGGEST}.text", LABELS["text"], widget=Widget.LONG),
            turning.day(f"{SUGGEST}.on", today),
        ),
    )
    if standing:
        yield Turning(
            key=ANSWER,
            path=ANSWER,
            said=Label("登记答复", "enter an answer"),
            hint=Label(
                "部分采纳、不采纳的写明理由", "what is not adopted, or only in part, needs a reason"
            ),
            inputs=(
                one_by_one.which(ANSWER, standing),
                turning.one(f"{ANSWER}.answer", LABELS["answer"], tuple(Answer)),
                turning.text(f"{ANSWER}.answered_by", LABELS["answered_by"]),
                turning.day(f"{ANSWER}.on", today),
                turning.text(f"{ANSWER}.reason", LABELS["reason"], required=False),
            ),
        )
    adopted = [each for each in standing if each.answer in {Answer.ADOPTED, Answer.PARTLY}]
    if adopted:
        yield Turning(
            key=CARRY_OUT,
            path=CARRY_OUT,
            said=Label("登记落实", "say that one was carried out"),
            inputs=(
                one_by_one.which(CARRY_OUT, adopted),
                turning.day(f"{CARRY_OUT}.on", today),
                turning.text(f"{CARRY_OUT}.outcome", LABELS["outcome"], required=False),
            ),
        )
    if standing:
        yield Turning(
            key=TAKE_BACK,
            path=TAKE_BACK,
            said=Label("撤回登错的一条", "take back one that was entered in error"),
            inputs=(
                one_by_one.which(TAKE_BACK, standing),
                turning.text(f"{TAKE_BACK}.reason", LABELS["reason"]),
            ),
        )


def troubles(refused: Refused, key: str) -> tuple[Trouble, ...]:
    """What is wrong with a form, beside its inputs."""
    return turning.troubles(refused, key, LABELS)


def said_in(key: str, sent: Sent) -> dict[str, Any]:
    """What a form says, as JSON has it."""
    return one_by_one.said_in(key, sent, LABELS, reasoned=key == TAKE_BACK)

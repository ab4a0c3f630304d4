"""The problems of an inspection on its page: one by one, and forms for the unit that mends and for whoever inspects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from domain import inspection
from domain.deed import Deed
from domain.kinds.units import WasInspected
from domain.matter import Matter
from domain.people import Refused, UnitId
from domain.problem import Mending, Problem, ProblemState, ProblemTally, standing, tally
from domain.unit import Unit
from domain.words import Label
from interfaces.api.asking import Look
from interfaces.sealed import is_told_of_problem
from interfaces.web import one_by_one, turning
from interfaces.web.fields import Input, Trouble, Widget
from interfaces.web.photos import held, photos_in
from interfaces.web.turning import Option, Turning
from interfaces.web.visiting import Sent, Visitor, whole
from projections import documents, standards
from projections.deeds import DeedPage

NOTIFY, REPORT, CHECK_OFF, REOPEN, PUT_OFF, TAKE_BACK = (
    "notify-problems",
    "report-mending",
    "check-off-problem",
    "reopen-problem",
    "put-off-problem",
    "take-back-problem",
)
"""What may be done to problems, as addresses call it."""
LABELS: Mapping[str, Label] = {
    "number": one_by_one.NUMBER,
    "text": Label("发现问题(每行一条)", "problems found, one a line"),
    "unit": Label("受检单位", "unit inspected"),
    "standard": Label("所涉标准条目", "item of a standard"),
    "on": turning.DAY,
    "mend_by": Label("整改期限", "to be mended by"),
    "mending": Label("整改情况", "what became of it"),
    "account": Label("整改措施或暂不能整改的原因", "how it was mended, or why it cannot be"),
    "evidence": Label("佐证", "evidence"),
    "reason": turning.REASON,
}
_REASONED = frozenset({REOPEN, PUT_OFF, TAKE_BACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The problems that stand and are open to whoever looks, how many stand how, the names of several units, and what he may do; `today` says what is overdue, `held` which files of evidence are kept."""

    problems: tuple[Problem, ...]
    tally: ProblemTally
    names: Mapping[UnitId, str]
    today: date
    forms: tuple[Turning, ...]
    held: frozenset[str] = frozenset()


def section_of(
    visitor: Visitor, look: Look, record: DeedPage, units: Mapping[UnitId, Unit]
) -> Section | None:
    """The problems of an inspection; nothing of other kinds, to whom they are not open, and where there is nothing to show or do."""
    deed: Any = record.state
    if not isinstance(deed, Deed) or not isinstance(deed.body, Matter):
        return None
    if not isinstance(deed.body.details, WasInspected):
        return None
    inspected = inspection.units_of(deed)
    only, organiser = visitor.asking.inspections_open(look), deed.body.organiser
    if not any(is_told_of_problem(only, organiser, unit) for unit in inspected):
        return None
    problems = tuple(
        each for each in standing(deed.problems) if is_told_of_problem(only, organiser, each.unit)
    )
    forms: tuple[Turning, ...] = ()
    if visitor.may_ever("handle") and not record.summary.gone:
        forms = turning.on_paper(_forms(visitor, look, deed, problems, units), deed.body)
    if not (problems or forms):
        return None
    names = {unit: units[unit].profile.name for unit in inspected if unit in units}
    today = visitor.desk.today()
    return Section(
        problems=problems,
        tally=tally(problems, today),
        names=names if len(inspected) > 1 else {},
        today=today,
        forms=forms,
        held=held(visitor, (piece.sha256 for each in problems for piece in each.evidence)),
    )


def as_sent(section: Section, key: str, sent: Sent, found: Sequence[Trouble]) -> Section:
    """The same with the form of that key as it was sent, and what is wrong beside each of its inputs."""
    return replace(section, forms=turning.as_sent(section.forms, key, sent, found))


def _forms(
    visitor: Visitor,
    look: Look,
    deed: Deed[Any],
    problems: Sequence[Problem],
    units: Mapping[UnitId, Unit],
) -> Iterator[Turning]:
    today = visitor.desk.today()
    inspects = inspection.inspects(deed, visitor.actor, units)
    if inspects:
        yield _notify(visitor, look, deed, units, today)
    theirs = [
        each
        for each in problems
        if each.state.waits and inspection.mends(deed, each.unit, visitor.actor, units)
    ]
    if theirs:
        yield Turning(
            key=REPORT,
            path=REPORT,
            said=Label("登记整改情况", "say what was mended"),
            hint=Label(
                "附上的照片、材料加在这条已有的佐证之上",
                "pictures and papers are added to what bears this one out already",
            ),
            inputs=(
                one_by_one.which(REPORT, theirs),
                turning.one(f"{REPORT}.mending", LABELS["mending"], tuple(Mending)),
                turning.day(f"{REPORT}.on", today),
                turning.text(f"{REPORT}.account", LABELS["account"], widget=Widget.LONG),
                Input(name=f"{REPORT}.evidence", label=LABELS["evidence"], widget=Widget.FILES),
            ),
        )
    if not (inspects and problems):
        return
    done = [each for each in problems if each.state is ProblemState.REPORTED]
    if done:
        yield Turning(
            key=CHECK_OFF,
            path=CHECK_OFF,
            said=Label("销号", "check one off"),
            inputs=(
                one_by_one.which(CHECK_OFF, done),
                turning.day(f"{CHECK_OFF}.on", today),
            ),
        )
    for key, some, said, more in (
        (
            REOPEN,
            [each for each in problems if each.mending is not None],
            Label("退回重新整改", "have one mended again"),
            (),
        ),
        (
            PUT_OFF,
            [each for each in problems if each.state.waits],
            Label("延长整改期限", "set another day"),
            (turning.day(f"{PUT_OFF}.mend_by", None, LABELS["mend_by"]),),
        ),
        (
            TAKE_BACK,
            problems,
            Label("撤回登错的一条", "take back one that was listed in error"),
            (),
        ),
    ):
        if some:
            reason = turning.text(f"{key}.reason", LABELS["reason"])
            inputs = (one_by_one.which(key, some), *more, reason)
            yield Turning(key=key, path=key, said=said, inputs=inputs)


def _notify(
    visitor: Visitor,
    look: Look,
    deed: Deed[Any],
    units: Mapping[UnitId, Unit],
    today: date,
) -> Turning:
    inspected = [units[unit] for unit in inspection.units_of(deed) if unit in units]
    inputs: list[Input] = [
        turning.text(f"{NOTIFY}.text", LABELS["text"], widget=Widget.LONG),
        turning.day(f"{NOTIFY}.on", today),
        turning.day(f"{NOTIFY}.mend_by", None, LABELS["mend_by"], required=False),
    ]
    if len(inspected) > 1:
        named = [Option(u.unit, u.profile.name, u.profile.name) for u in inspected]
        inputs.insert(1, turning.one(f"{NOTIFY}.unit", LABELS["unit"], named))
    papers = documents.states(look.connection, look.ledger, visitor.desk.shelf)
    items = [
        Option(f"{found.code}/{slot.number}", f"{found.zh}·{slot.zh}", f"{found.en}: {slot.en}")
        for found in standards.lists_in_force(papers, visitor.desk.shelf, deed.body.on)
        if any(map(found.asks, inspected))
        for slot in found.slots
    ]
    if items:
        asked = turning.one(f"{NOTIFY}.standard", LABELS["standard"], items)
        inputs.append(replace(asked, required=False, values=()))
    return Turning(
        key=NOTIFY,
        path=NOTIFY,
        said=Label("通报发现的问题", "notify problems found"),
        hint=Label(
            "一条问题一行,便于逐条整改、逐条销号",
            "one problem a line, so that each is mended and checked off",
        ),
        inputs=tuple(inputs),
    )


def said_in(key: str, sent: Sent) -> dict[str, Any]:
    """What a form says, as JSON has it."""
    said = one_by_one.said_in(key, sent, LABELS, reasoned=key in _REASONED)
    if key == REPORT:
        said["evidence"] = [each.as_evidence for each in photos_in(sent)]
    if key != NOTIFY:
        return said
    texts = [line.strip() for line in said.pop("text", "").splitlines() if line.strip()]
    code, _, item = said.pop("standard", "").partition("/")
    every: dict[str, Any] = {name: said.pop(name) for name in ("unit", "mend_by") if name in said}
    if code:
        number = whole(item)
        every |= {"checklist": code, "item": item if number is None else number}
    return said | {"problems": [{"text": text, **every} for text in texts or [""]]}


def troubles(refused: Refused, key: str) -> tuple[Trouble, ...]:
    """What is wrong with a form, beside its inputs: what is said of one of several problems stands beside the text that lists them."""
    others = tuple(map(_in_form, refused.others))
    return turning.troubles(replace(_in_form(refused), others=others), key, LABELS)


_INPUT_OF: Mapping[str, str] = {"": "/text", "/checklist": "/standard", "/item": "/standard"}


def _in_form(refused: Refused) -> Refused:
    """The same said of an input of the form, where it is of one of the problems."""
    field = re.sub(r"^/problems(/\d+)?", "", refused.field)
    if field == refused.field:
        return refused
    return replace(refused, field=_INPUT_OF.get(field, field))

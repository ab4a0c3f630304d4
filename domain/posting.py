"""A unit's month on the wall (晾晒): it reports itself against its list, the office checks it against the facts and posts it; figures come from facts alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain.access import Action, must
from domain.deed import Known, with_reason
from domain.entry import Entry
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId, no_longer_than
from domain.period import Period, Span
from domain.unit import Unit, on_roster
from domain.values import value
from domain.words import Choice

LONGEST = 1_000
"""Characters that may be said of one item, in a note, a remark or a reason."""


class PostingStep(Choice):
    """How far a unit's month is."""

    REPORTED = "reported", "已自报"
    SENT_BACK = "sent_back", "退回补正", "sent back"
    CHECKED = "checked", "已核对"
    POSTED = "posted", "已晾晒"


@value(frozen=True, slots=True, kw_only=True)
class ItemSaid:
    """What a unit says in words of one item of its list."""

    number: int
    words: str


@value(frozen=True, slots=True, kw_only=True)
class MonthReport:
    """One version of a unit's report: its words, by the facts as they were known at `position`; a day is none until it has been so.

    `reason` says why it stands instead of one that was posted before.
    """

    checklist: str
    list_version: str
    items: tuple[ItemSaid, ...]
    note: str
    reason: str
    position: int
    reported_by: PersonId
    reported_on: date
    checked_on: date | None = None
    remark: str = ""
    posted_on: date | None = None
    sent_back: str = ""

    @property
    def step(self) -> PostingStep:
        """How far this version came."""
        if self.posted_on is not None:
            return PostingStep.POSTED
        if self.sent_back:
            return PostingStep.SENT_BACK
        return PostingStep.REPORTED if self.checked_on is None else PostingStep.CHECKED


# Commands


@value(frozen=True, slots=True, kw_only=True)
class ReportMonth:
    """Report a unit's month against a list, or report it anew; what was posted stands until the new report is, and needs a reason."""

    unit: UnitId
    month: date
    checklist: str
    items: tuple[ItemSaid, ...] = ()
    note: str = ""
    reason: str = ""


@value(frozen=True, slots=True, kw_only=True)
class SendBackMonth:
    """Send a report back to be mended, with a reason."""

    unit: UnitId
    month: date
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class CheckMonth:
    """Say that a report was checked against the facts."""

    unit: UnitId
    month: date
    remark: str = ""


@value(frozen=True, slots=True, kw_only=True)
class PostMonth:
    """Post a report that was checked, side by side with those of other units."""

    unit: UnitId
    month: date


PostingCommand = ReportMonth | SendBackMonth | CheckMonth | PostMonth

# Events


@value(frozen=True, slots=True, kw_only=True)
class MonthReported:
    """A unit reported a month; the figures are those of the facts as known by then."""

    unit: UnitId
    month: date
    checklist: str
    list_version: str
    items: tuple[ItemSaid, ...]
    note: str
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class MonthSentBack:
    """A report was sent back to be mended."""

    unit: UnitId
    month: date
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class MonthChecked:
    """A report was checked against the facts."""

    unit: UnitId
    month: date
    remark: str


@value(frozen=True, slots=True, kw_only=True)
class MonthPosted:
    """A report was posted."""

    unit: UnitId
    month: date


PostingEvent = MonthReported | MonthSentBack | MonthChecked | MonthPosted

# State


@value(frozen=True, slots=True, kw_only=True)
class MonthPosting:
    """A unit's month as decisions need it: all versions of its report, the newest last."""

    unit: UnitId
    month: date
    step: PostingStep
    reports: tuple[MonthReport, ...]

    @property
    def newest(self) -> MonthReport:
        """The newest version."""
        return self.reports[-1]

    @property
    def posted(self) -> MonthReport | None:
        """The version that stands on the wall."""
        return next((r for r in reversed(self.reports) if r.posted_on is not None), None)

    @property
    def first_reported_on(self) -> date:
        """The day on which the unit first reported: by that it was in time or late."""
        return self.reports[0].reported_on

    @property
    def name(self) -> str:
        """Its key."""
        return key_of(self.unit, self.month)

    def by(self, day: date) -> MonthPosting | None:
        """What had been reported and posted by the end of a day; none where nothing had."""
        reports = tuple(
            replace(r, posted_on=r.posted_on if (r.posted_on or date.max) <= day else None)
            for r in self.reports
            if r.reported_on <= day
        )
        return replace(self, step=reports[-1].step, reports=reports) if reports else None

    def against(self, checklist: str) -> MonthPosting | None:
        """What was reported against one list, as far as that came; none where nothing was."""
        reports = tuple(each for each in self.reports if each.checklist == checklist)
        return replace(self, step=reports[-1].step, reports=reports) if reports else None


def as_posted(state: MonthPosting) -> MonthPosting | None:
    """A month as others than its unit and the office know it: the versions that were posted, without who reported them and what the office remarked; none where none was."""
    posted = tuple(
        replace(each, reported_by=PersonId(""), remark="")
        for each in state.reports
        if each.posted_on is not None
    )
    return replace(state, step=PostingStep.POSTED, reports=posted) if posted else None


def key_of(unit: UnitId, month: date) -> str:
    """The key of a unit's month."""
    return f"{month:%Y-%m}.{unit}"


def stream_of(unit: UnitId, month: date) -> str:
    """The stream of a unit's month."""
    return f"posting/{key_of(unit, month)}"


def decide(
    state: MonthPosting | None, command: PostingCommand, actor: Actor, known: Known
) -> list[PostingEvent]:
    """What follows from a command about a unit's month: the unit reports, the office checks and posts."""
    if command.month.day != 1:
        raise Refused(Reason.MALFORMED, "/month", command.month.isoformat())
    if isinstance(command, ReportMonth):
        return _report(state, command, actor, known)
    must(actor.role, Action.POST_MONTH)
    if state is None:
        raise Refused(Reason.NO_SUCH_POSTING, "/month", f"{command.unit} {command.month:%Y-%m}")
    match command:
        case SendBackMonth(reason=reason):
            with_reason(reason)
            no_longer_than(LONGEST, reason, "/reason")
            _at(state, PostingStep.REPORTED, PostingStep.CHECKED)
            return [MonthSentBack(unit=command.unit, month=command.month, reason=reason)]
        case CheckMonth(remark=remark):
            no_longer_than(LONGEST, remark, "/remark")
            if state.step is PostingStep.CHECKED and state.newest.remark == remark:
                return []
            _at(state, PostingStep.REPORTED, PostingStep.CHECKED)
            return [MonthChecked(unit=command.unit, month=command.month, remark=remark)]
        case PostMonth():
            if state.step is PostingStep.POSTED:
                return []
            _at(state, PostingStep.CHECKED)
            return [MonthPosted(unit=command.unit, month=command.month)]


def _report(
    state: MonthPosting | None, command: ReportMonth, actor: Actor, known: Known
) -> list[PostingEvent]:
    must(actor.role, Action.REPORT_MONTH)
    unit = on_roster(known.roster.units, command.unit, "/unit")
    if not speaks_for(actor, unit, known.today):
        raise Refused(Reason.NOT_ALLOWED, "/unit", unit.profile.name)
    if command.month > known.today:
        raise Refused(Reason.IN_FUTURE, "/month", f"{command.month:%Y-%m}")
    month = Period.around(Span.MONTH, command.month)
    if not unit.open_within(month.first, month.last):
        raise Refused(Reason.UNIT_CLOSED, "/month", f"{unit.profile.name} {command.month:%Y-%m}")
    listed = known.checklist(command.checklist, min(month.last, known.today))
    if listed is None or listed.posting is None or not listed.asks(unit):
        raise Refused(Reason.NO_SUCH_CHECKLIST, "/checklist", command.checklist[:80])
    items = _items(command, {slot.number for slot in listed.monthly})
    no_longer_than(LONGEST, command.note, "/note")
    no_longer_than(LONGEST, command.reason, "/reason")
    if state is not None:
        said = (command.checklist, items, command.note)
        newest = state.newest
        same = said == (newest.checklist, newest.items, newest.note)
        if same and state.step is PostingStep.REPORTED:
            return []
        on_it = state.against(command.checklist)
        if on_it is not None and on_it.posted is not None:
            with_reason(command.reason)
    return [
        MonthReported(
            unit=command.unit,
            month=command.month,
            checklist=command.checklist,
            list_version=listed.version,
            items=items,
            note=command.note,
            reason=command.reason,
        )
    ]


def speaks_for(actor: Actor, unit: Unit, day: date) -> bool:
    """Whether somebody may say what a unit says: its clerk, who answers for it, or the office."""
    if actor.role is Role.OFFICE or actor.unit == unit.unit:
        return True
    return actor.role is Role.HEAD and actor.person in unit.answering_on(day)


def _items(command: ReportMonth, asked: set[int]) -> tuple[ItemSaid, ...]:
    """What is said of the items, in their order; of whom nothing is said is left out."""
    seen: set[int] = set()
    for i, item in enumerate(command.items):
        if item.number not in asked:
            raise Refused(Reason.MALFORMED, f"/items/{i}/number", str(item.number))
        if item.number in seen:
            raise Refused(Reason.SAME_TWICE, f"/items/{i}/number", str(item.number))
        no_longer_than(LONGEST, item.words, f"/items/{i}/words")
        seen.add(item.number)
    said = [replace(item, words=item.words.strip()) for item in command.items]
    return tuple(sorted((i for i in said if i.words), key=lambda i: i.number))


def _at(state: MonthPosting, *steps: PostingStep) -> None:
    if state.step not in steps:
        raise Refused(Reason.NOT_AT_THIS_STEP, "/month", state.step.zh)


def evolve(state: MonthPosting | None, entry: Entry[PostingEvent]) -> MonthPosting | None:
    """A unit's month after one more entry."""
    event, day = entry.event, entry.envelope.day
    if isinstance(event, MonthReported):
        report = MonthReport(
            checklist=event.checklist,
            list_version=event.list_version,
            items=event.items,
            note=event.note,
            reason=event.reason,
            position=entry.position,
            reported_by=entry.envelope.by,
            reported_on=day,
        )
        before = () if state is None else state.reports
        return MonthPosting(
            unit=event.unit,
            month=event.month,
            step=PostingStep.REPORTED,
            reports=(*before, report),
        )
    if state is None:
        return None
    match event:
        case MonthSentBack(reason=reason):
            newest = replace(state.newest, sent_back=reason, checked_on=None, remark="")
        case MonthChecked(remark=remark):
            newest = replace(state.newest, checked_on=day, remark=remark)
        case MonthPosted():
            newest = replace(state.newest, posted_on=day)
    return replace(state, step=newest.step, reports=(*state.reports[:-1], newest))

"""By when something has to be done, and why on that day: within so many days, on a day of the year, or at the next meeting of a kind."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeAlias

from domain.calendar import Crossed, WorkingDays
from domain.kinds.meetings import Meeting
from domain.values import value
from domain.words import Choice, Given, Label

SUBMITTED = "submitted"
"""What a rule counts from where it counts from the day on which the matter was submitted; any other word is the code of a stage."""


class Count(Choice):
    """In what a duration is counted."""

    DAYS = "days", "天"
    WORKING_DAYS = "working_days", "个工作日"
    MONTHS = "months", "个月"


@value(frozen=True, slots=True, kw_only=True)
class Within:
    """So many days, working days or months from the start, the day of which does not count."""

    number: int
    count: Count = Count.DAYS
    since: tuple[str, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class OnDay:
    """A day of the year: the first after the start, in the year that comes `years` after that of the start."""

    month: int
    day: int
    years: int = 0
    since: tuple[str, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class AtMeeting:
    """The first meeting of these kinds after the start; with `years`, the first of the year that comes so many after that of the start.

    `otherwise` is what holds as long as no such meeting is planned.
    """

    kinds: tuple[Meeting, ...]
    years: int = 0
    otherwise: Within | OnDay | None = None
    since: tuple[str, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class OnNamedDay:
    """The day that the matter itself names, which is filled in where it is known; `otherwise` is what holds where it names none."""

    day: date | None = None
    otherwise: Within | OnDay | None = None
    since: tuple[str, ...] = ()


Rule: TypeAlias = Within | OnDay | AtMeeting | OnNamedDay
"""Each counts from `since`: stages of the loop of which the one reached last counts, the day of submission, or where it is empty the stage before."""


@value(frozen=True, slots=True, kw_only=True)
class MeetingDay:
    """A meeting that is planned or was held, with its day as it stands."""

    meeting: str
    kind: Meeting
    title: str
    on: date


@value(frozen=True, slots=True, kw_only=True)
class Pause:
    """Time that does not count; without `until` it still lasts."""

    since: date
    until: date | None
    reason: str
    consented_by: str


@value(frozen=True, slots=True, kw_only=True)
class Extension:
    """A later day, with the reason and who consented to it; `on` is when it was granted."""

    until: date
    reason: str
    consented_by: str
    on: date


@value(frozen=True, slots=True, kw_only=True)
class Due:
    """The day by which something is due, and what it comes from.

    `day` is none where time stands still or no meeting is planned. `first` is the day before pauses and extensions, `counted_from` the day from
    which it was counted once the last pause that bears on it was over.
    """

    day: date | None
    rule: Rule
    start: date
    counted_from: date
    first: date | None
    by: Rule
    meeting: MeetingDay | None = None
    crossed: Crossed | None = None
    pauses: tuple[Pause, ...] = ()
    extension: Extension | None = None

    @property
    def decided_by(self) -> MeetingDay | None:
        """The meeting of which it has its day; none where time stands still, or an extension is later."""
        return None if self.day is None or self.extension is not None else self.meeting

    @property
    def paused(self) -> bool:
        """Whether time stands still."""
        return bool(self.pauses) and self.pauses[-1].until is None


def due(
    rule: Rule,
    start: date,
    *,
    days: WorkingDays,
    meetings: Sequence[MeetingDay] = (),
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
) -> Due:
    """When it is due by a rule that counts from `start`. `meetings` are those there are, in order of their days.

    A pause that begins when the day is already over moves nothing, nor does one that ends on the day on which it begins. A duration goes on where
    it stopped; a day of the year or a meeting that the pause has passed gives way to the next one after it. The extension granted last moves the
    day where it is later.
    """
    found = _plain(rule, start, days, meetings)
    found = replace(found, first=found.day)
    borne: list[Pause] = []
    last = found.day  # that was counted off
    for pause in sorted(pauses, key=lambda p: p.since):
        if pause.until is not None and pause.until <= max(start, pause.since):
            continue
        if found.day is not None and found.day < pause.since:
            continue
        borne.append(pause)
        if pause.until is None:
            found = replace(found, day=None)
            break
        found = _after(pause, pause.until, replace(found, day=last), start, days, meetings)
        last = found.day
        if last is not None and last < pause.until and _by_working_days(found):
            # Nothing was left to count: it is due on the first day that is worked again.
            found = replace(found, day=days.after(pause.until - timedelta(days=1), 1))
    granted = extensions[-1] if extensions else None
    open_pause = bool(borne) and borne[-1].until is None
    if granted is not None and not open_pause and (found.day is None or granted.until > found.day):
        found = replace(found, day=granted.until, extension=granted)
    crossed = None
    if found.day and _by_working_days(found):
        crossed = days.crossed(found.counted_from, found.day)
    return replace(found, pauses=tuple(borne), crossed=crossed)


def _by_working_days(found: Due) -> bool:
    return isinstance(found.by, Within) and found.by.count is Count.WORKING_DAYS


def _plain(
    rule: Rule,
    start: date,
    days: WorkingDays,
    meetings: Sequence[MeetingDay],
    after: date | None = None,
) -> Due:
    """By the rule alone, or what it comes to after a later day than the start."""
    counted_from = after or start
    nothing = Due(day=None, rule=rule, start=start, counted_from=counted_from, first=None, by=rule)
    match rule:
        case Within():
            return replace(nothing, day=within(rule, counted_from, days))
        case OnDay():
            return replace(nothing, day=on_day(rule, start, after))
        case AtMeeting(otherwise=otherwise):
            meeting = next_meeting(rule, start, meetings, after)
            if meeting is not None:
                return replace(nothing, day=meeting.on, meeting=meeting)
            if otherwise is None:
                return nothing
            return replace(_plain(otherwise, start, days, (), after), rule=rule)
        case OnNamedDay(day=day, otherwise=otherwise):
            if day is not None or otherwise is None:
                return replace(nothing, day=day)
            return replace(_plain(otherwise, start, days, (), after), rule=rule)


def _after(
    pause: Pause,
    until: date,
    found: Due,
    start: date,
    days: WorkingDays,
    meetings: Sequence[MeetingDay],
) -> Due:
    """The same once a pause is over."""
    if isinstance(found.by, Within):
        if found.day is None:
            return found
        since = max(pause.since, start)
        if _by_working_days(found):
            return replace(found, day=days.after(found.day, days.between(since, until)))
        return replace(found, day=found.day + (until - since))
    return replace(_plain(found.rule, start, days, meetings, until), first=found.first)


def within(rule: Within, start: date, days: WorkingDays) -> date:
    """The last day of a duration."""
    match rule.count:
        case Count.DAYS:
            return start + timedelta(days=rule.number)
        case Count.WORKING_DAYS:
            return days.after(start, rule.number)
        case Count.MONTHS:
            years, month = divmod(start.month - 1 + rule.number, 12)
            year, month = start.year + years, month + 1
            return date(year, month, min(start.day, monthrange(year, month)[1]))


def on_day(rule: OnDay, start: date, after: date | None = None) -> date:
    """The day of the year that a rule means, or the first such day after a later one; the last of the month where it is too short for it."""
    year = start.year + rule.years
    while (found := _in_year(rule, year)) <= (after or start):
        year += 1
    return found


def _in_year(rule: OnDay, year: int) -> date:
    return date(year, rule.month, min(rule.day, monthrange(year, rule.month)[1]))


def next_meeting(
    rule: AtMeeting, start: date, meetings: Sequence[MeetingDay], after: date | None = None
) -> MeetingDay | None:
    """The meeting that a rule means, or the first such meeting after a later day, if it is planned."""
    earliest = date(start.year + rule.years, 1, 1)
    since = after or start
    return next(
        (m for m in meetings if m.kind in rule.kinds and m.on > since and m.on >= earliest), None
    )


# In words


def rule_text(rule: Rule, since: Label) -> Label:
    """A rule in words; `since` is how what it counts from is called."""
    match rule:
        case Within(number=number, count=count):
            en = count.en if number != 1 else count.en.removesuffix("s")
            return Label(f"自{since.zh}起 {number} {count.zh}内", f"{number} {en} from: {since.en}")
        case OnDay(month=month, day=day, years=years):
            return Label(
                f"{_YEARS_ZH.get(years, f'{years}年后')}{month}月{day}日前",
                f"by {day}/{month} {_YEARS_EN.get(years, f'{years} years later')}".rstrip(),
            )
        case AtMeeting(kinds=kinds, years=years, otherwise=otherwise):
            zh = f"{since.zh}后{_YEARS_ZH.get(years, f'{years}年后')}的下一次{'或'.join(k.zh for k in kinds)}"
            en = f"the next {' or '.join(k.en for k in kinds)} after: {since.en}"
            if years:
                en += f", {_YEARS_EN.get(years, f'{years} years later')}"
            if otherwise is not None:
                other = rule_text(otherwise, since)
                zh += f";未排定时为{other.zh}"
                en += f"; while none is planned, {other.en}"
            return Label(zh, en)
        case OnNamedDay(otherwise=otherwise):
            zh, en = "事项自己写明的时限", "the day that it names itself"
            if otherwise is not None:
                other = rule_text(otherwise, since)
                zh, en = f"{zh};未写明时为{other.zh}", f"{en}; where it names none, {other.en}"
            return Label(zh, en)


_YEARS_ZH = {0: "", 1: "次年"}
_YEARS_EN = {0: "", 1: "of the year after"}


def why(found: Due, since: Label) -> Iterator[Label]:
    """A due day explained, line by line: rule, start, meeting or calendar, pauses, extension, the day itself."""
    text = rule_text(found.rule, since)
    yield Label(f"规则:{text.zh}", f"rule: {text.en}")
    yield Label(f"起算:{since.zh}({found.start})", f"counted from: {since.en} ({found.start})")
    if found.meeting is not None:
        yield Label(
            f"会议:{found.meeting.title}({found.meeting.kind.zh},{found.meeting.on})",
            f"meeting: {found.meeting.title} ({found.meeting.kind.en}, {found.meeting.on})",
        )
    elif isinstance(found.rule, AtMeeting):
        if found.day is None and not found.paused:
            yield Label(
                "尚未排定这样的会议,排定后即有期限",
                "no such meeting is planned yet; it is due once one is",
            )
        elif found.by is not found.rule:
            other = rule_text(found.by, since)
            yield Label(
                f"尚未排定这样的会议,暂按{other.zh}",
                f"no such meeting is planned yet; for now: {other.en}",
            )
    elif isinstance(found.rule, OnNamedDay):
        if found.rule.day is not None:
            yield Label(f"写明的时限:{found.rule.day}", f"day named: {found.rule.day}")
        else:
            yield Label("没有写明时限", "it names no day")
    if found.crossed is not None:
        yield from _crossed(found.crossed)
    for pause in found.pauses:
        until = "至今" if pause.until is None else f"至{pause.until}"
        yield Given(
            f"暂停:{pause.since}{until},{pause.reason}({pause.consented_by}同意)",
            f"paused: from {pause.since} {'on' if pause.until is None else f'until {pause.until}'}, {pause.reason} (consented to by {pause.consented_by})",
        )
    if found.extension is not None:
        e = found.extension
        yield Given(
            f"延期:{e.on}经{e.consented_by}同意延至{e.until},{e.reason}",
            f"extended: on {e.on} to {e.until}, {e.reason} (consented to by {e.consented_by})",
        )
    if found.day is not None:
        yield Label(f"期限:{found.day}", f"due: {found.day}")
    elif found.paused:
        yield Label("期限:暂停中", "due: time stands still")


def _crossed(crossed: Crossed) -> Iterator[Label]:
    """What of the calendar lies in between."""
    if crossed.holidays:
        yield Label(
            f"期间节假日:{'、'.join(h.zh for h in crossed.holidays)}",
            f"holidays in between: {', '.join(h.en for h in crossed.holidays)}",
        )
    if crossed.workdays:
        said = "、".join(str(day) for day in crossed.workdays)
        yield Label(f"调休上班:{said}", f"weekend days that are worked: {said}")
    for year in crossed.unknown_years:
        yield Label(
            f"{year}年节假日安排尚未发布,只除去周末",
            f"no calendar of {year} is published: only weekends are left out",
        )

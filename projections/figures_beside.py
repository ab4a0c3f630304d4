"""What a page of figures tells beside its figures: how far members have come with their lists, what became of suggestions, what is overdue; as known now or then, and ready to be copied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from domain.checklist import Checklist
from domain.document import Sort
from domain.figure_text import called
from domain.figures import Also, FigurePage
from domain.kinds import Subject
from domain.period import Period, Span
from domain.words import Label, day_zh
from projections import checklists, courses, documents, postings, suggestions
from projections.as_of import position_now, position_on
from projections.documents import Shelf, governing
from projections.postings import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One thing told beside figures: what it is called, its numbers in their order, and all of it as a sentence. `list` is the code of the list that it is about.

    `on` is the past day as of which it is told, none where it is told as known now; `known` says so in words.
    """

    also: Also
    list: str
    name: Label
    numbers: tuple[tuple[Label, int], ...]
    sentence: Label
    on: date | None
    known: Label


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for: of which days, and as known when; none of `position` is now."""

    connection: Connection
    ledger: str
    shelf: Shelf
    period: Period
    today: date
    position: int | None

    @property
    def known(self) -> Label:
        """As known when, in words."""
        if self.position is None:
            return Label("按现在所知", "as known now")
        if self.position == 0:
            return Label("当时台账尚无记录", "nothing was on record by then")
        return self._then

    @property
    def _then(self) -> Label:
        return Label(f"按{day_zh(self.today)}所知", f"as known on {self.today}")

    @property
    def when(self) -> Label:
        """The days that are told of, with the day as known on which, where that is another."""
        days = called(self.period)
        if self.position is None and self.today <= self.period.last:
            return days
        then = self._then
        return Label(f"{days.zh}({then.zh})", f"{days.en} ({then.en})")

    def at_the_end(self) -> _Asked:
        """The same as known on the last day of a period that is over by then."""
        if self.today <= self.period.last:
            return self
        last = position_on(self.connection, self.ledger, self.period.last)
        at = last if self.position is None else min(last, self.position)
        return replace(self, today=self.period.last, position=at)


def beside(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    page: FigurePage,
    *,
    period: Period,
    today: date,
    position: int | None = None,
) -> tuple[Beside, ...]:
    """All that a page tells beside its figures, in its order, as known at a position or now; lists of a calendar year alone; what is due on the last day of a period that is over, as known on it.

    Worked out once for each position of the ledger.
    """
    if not page.also:
        return ()
    at = position_now(connection, ledger) if position is None else position
    asked = _Asked(connection, ledger, shelf, period, today, position)
    return shelf.answer(
        ("beside", ledger, at, position is None, page.also, period, today),
        lambda: tuple(told for also in page.also for told in _told(also, asked)),
    )


def _told(also: Also, asked: _Asked) -> Iterator[Beside]:
    match also:
        case Also.LISTS:
            if asked.period.span is Span.YEAR:
                for checklist in _lists(asked):
                    yield _list(asked, checklist)
        case Also.SUGGESTIONS:
            yield _suggestions(asked)
        case Also.POSTINGS:
            told = (asked.connection, asked.ledger, asked.shelf, asked.period)
            for tally in postings.tallies(*told, today=asked.today, position=asked.position):
                yield _postings(asked, tally)
        case Also.DUE:
            yield _due(asked.at_the_end())


def _said(
    also: Also,
    name: Label,
    when: Label,
    asked: _Asked,
    numbers: tuple[tuple[Label, int, str], ...],
    code: str = "",
) -> Beside:
    """The sentence that these numbers with their measure words make."""
    zh = ",".join(f"{label.zh}{number}{measure}" for label, number, measure in numbers)
    en = ", ".join(f"{label.en} {number}" for label, number, _ in numbers)
    return Beside(
        also=also,
        list=code,
        name=name,
        numbers=tuple((label, number) for label, number, _ in numbers),
        sentence=Label(f"{when.zh}{name.zh}:{zh}。", f"{when.en}: {name.en}: {en}."),
        on=None if asked.position is None else asked.today,
        known=asked.known,
    )


def _lists(asked: _Asked) -> Iterator[Checklist]:
    """The lists of members that govern a year and say what fills them."""
    papers = documents.states(
        asked.connection,
        asked.ledger,
        asked.shelf,
        position=asked.position,
        sorts=(Sort.CHECKLIST,),
    )
    for paper in papers:
        published = governing(paper, asked.period)
        if published is None:
            continue
        checklist = asked.shelf.checklist(published)
        if (
            checklist.subject is Subject.MEMBER
            and checklist.period is Span.YEAR
            and any(slot.is_said for slot in checklist.slots)
        ):
            yield checklist


def _list(asked: _Asked, checklist: Checklist) -> Beside:
    lines = checklists.all_lines(
        *(asked.connection, asked.ledger, asked.shelf),
        period=asked.period,
        today=asked.today,
        code=checklist.code,
        position=asked.position,
    )
    return _said(
        Also.LISTS,
        Label(checklist.zh, checklist.en),
        asked.when,
        asked,
        (
            (Label("年内委员", "members at some time of it"), len(lines), "人"),
            (
                Label("各项都已完成的", "with every item done"),
                sum(line.done == line.of for line in lines),
                "人",
            ),
            (Label("已完成", "items done"), sum(line.done for line in lines), "项次"),
            (Label("还差", "items left"), sum(line.of - line.done for line in lines), "项次"),
        ),
        checklist.code,
    )


def _postings(asked: _Asked, tally: Tally) -> Beside:
    checklist = tally.checklist
    return _said(
        Also.POSTINGS,
        Label(checklist.zh, checklist.en),
        asked.when,
        asked,
        (
            (Label("应晾晒", "to be posted"), tally.asked, "份"),
            (Label("已晾晒", "posted"), tally.posted, "份"),
            (Label("迟报", "reported late"), tally.late, "份"),
            (Label("缺报", "missing"), tally.missing, "份"),
        ),
        checklist.code,
    )


def _suggestions(asked: _Asked) -> Beside:
    tally = suggestions.tally_of(
        *(asked.connection, asked.ledger),
        since=asked.period.first,
        until=asked.period.last,
        position=asked.position,
    )
    return _said(
        Also.SUGGESTIONS,
        Label("意见建议", "suggestions"),
        asked.when,
        asked,
        (
            (Label("提出", "made"), tally.made, "条"),
            (Label("采纳", "adopted"), tally.adopted, "条"),
            (Label("部分采纳", "adopted in part"), tally.partly, "条"),
            (Label("不采纳", "not adopted"), tally.declined, "条"),
            (Label("待答复", "not answered yet"), tally.open, "条"),
            (Label("已落实", "carried out"), tally.carried_out, "条"),
        ),
    )


def _due(asked: _Asked) -> Beside:
    told = asked.connection, asked.ledger
    if asked.position is None:
        found = courses.counts(*told, today=asked.today)
        when = Label(f"截至{day_zh(asked.today)},", asked.today.isoformat())
    else:
        found = courses.counts_then(*told, asked.shelf, today=asked.today, position=asked.position)
        then = asked.known if asked.position == 0 else Label("按当时所知", "as known then")
        when = Label(f"截至{day_zh(asked.today)}({then.zh}),", f"{asked.today} ({then.en})")
    return _said(
        Also.DUE,
        Label("闭环事项", "matters on their way"),
        when,
        asked,
        (
            (Label("在办", "open"), found.open, "件"),
            (Label("逾期", "overdue"), found.overdue, "件"),
            (Label("暂缓", "resting"), found.resting, "件"),
            (Label("已办未告知", "done and not told"), found.not_told, "件"),
        ),
    )

"""What a page of figures tells beside its figures: how far members have come with their lists, what became of suggestions, what is overdue; as known now, and ready to be copied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from domain.checklist import Checklist
from domain.document import Sort
from domain.figure_text import called
from domain.figures import Also, FigurePage
from domain.kinds import Subject
from domain.period import Period, Span
from domain.words import Label
from projections import checklists, courses, documents, suggestions
from projections.as_of import position_now
from projections.documents import Shelf, governing


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One thing told beside figures: what it is called, its numbers in their order, and all of it as a sentence. `list` is the code of the list that it is about."""

    also: Also
    list: str
    name: Label
    numbers: tuple[tuple[Label, int], ...]
    sentence: Label


def beside(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    page: FigurePage,
    *,
    period: Period,
    today: date,
) -> tuple[Beside, ...]:
    """All that a page tells beside its figures, in its order; lists of a calendar year alone. Worked out once for each position of the ledger."""
    if not page.also:
        return ()
    asked = ("beside", ledger, position_now(connection, ledger), page.also, period, today)
    return shelf.answer(
        asked,
        lambda: tuple(
            told
            for also in page.also
            for told in _told(connection, ledger, shelf, also, period, today)
        ),
    )


def _told(
    connection: Connection, ledger: str, shelf: Shelf, also: Also, period: Period, today: date
) -> Iterator[Beside]:
    match also:
        case Also.LISTS:
            if period.span is Span.YEAR:
                for checklist in _lists(connection, ledger, shelf, period):
                    yield _list(connection, ledger, shelf, checklist, period, today)
        case Also.SUGGESTIONS:
            yield _suggestions(connection, ledger, period)
        case Also.DUE:
            yield _due(connection, ledger, today)


def _said(
    also: Also,
    name: Label,
    when: Label,
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
    )


def _lists(
    connection: Connection, ledger: str, shelf: Shelf, period: Period
) -> Iterator[Checklist]:
    """The lists of members that govern a year and say what fills them."""
    for paper in documents.states(connection, ledger, shelf, sorts=(Sort.CHECKLIST,)):
        published = governing(paper, period)
        if published is None:
            continue
        checklist = shelf.checklist(published)
        if (
            checklist.subject is Subject.MEMBER
            and checklist.period is Span.YEAR
            and any(slot.is_said for slot in checklist.slots)
        ):
            yield checklist


def _list(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    checklist: Checklist,
    period: Period,
    today: date,
) -> Beside:
    lines = checklists.all_lines(
        connection, ledger, shelf, period=period, today=today, code=checklist.code
    )
    return _said(
        Also.LISTS,
        Label(checklist.zh, checklist.en),
        called(period),
        (
            (Label("委员", "members"), len(lines), "人"),
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


def _suggestions(connection: Connection, ledger: str, period: Period) -> Beside:
    tally = suggestions.tally_of(connection, ledger, since=period.first, until=period.last)
    return _said(
        Also.SUGGESTIONS,
        Label("意见建议", "suggestions"),
        called(period),
        (
            (Label("提出", "made"), tally.made, "条"),
            (Label("采纳", "adopted"), tally.adopted, "条"),
            (Label("部分采纳", "adopted in part"), tally.partly, "条"),
            (Label("不采纳", "not adopted"), tally.declined, "条"),
            (Label("待答复", "not answered yet"), tally.open, "条"),
            (Label("已落实", "carried out"), tally.carried_out, "条"),
        ),
    )


def _due(connection: Connection, ledger: str, today: date) -> Beside:
    found = courses.counts(connection, ledger, today=today)
    when = Label(f"截至{today.year}年{today.month}月{today.day}日,", today.isoformat())
    return _said(
        Also.DUE,
        Label("闭环事项", "matters on their way"),
        when,
        (
            (Label("在办", "open"), found.open, "件"),
            (Label("逾期", "overdue"), found.overdue, "件"),
            (Label("暂缓", "resting"), found.resting, "件"),
            (Label("已办未告知", "done and not told"), found.not_told, "件"),
        ),
    )

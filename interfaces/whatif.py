"""A draft run over past years, by as many processes as there are processors; it only reads."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import date
from multiprocessing import get_context

from application import packs
from domain.kinds import Subject
from domain.people import Reason, Refused
from domain.rubric import Rubric
from domain.words import Label
from interfaces.settings import Settings, tune_process
from interfaces.wiring import store_of
from projections import roster
from projections.comparisons import Trial, WhatIf, rules_over, trials, what_if
from projections.documents import Shelf
from projections.paging import Key
from projections.store import Store

MOST_YEARS = 20
"""Years that a draft is run over at a time."""
FEW = 500
"""Members' years up to which one process is as quick as several."""
_ABOUT_MEMBERS = Label("考核委员的办法", "a rubric about members")


def run(
    settings: Settings,
    ledger: str,
    text: str,
    *,
    years: Sequence[int],
    today: date,
    against: str | None = None,
    processes: int | None = None,
    aside: bool = False,
) -> WhatIf:
    """What a draft would have done to all members in these years, against the rubric of its own code or another.

    What takes long is shared among so many processes (as many as there are processors where nothing is said); `aside` keeps this one out of
    it even where one other does all. Raises `Unreadable` for a draft that does not hold, `Refused` for one about units, and where there is
    nothing to compare it with.
    """
    draft = packs.load_rubric(text)
    if draft.subject is not Subject.MEMBER:
        raise Refused(Reason.MALFORMED, "/text", draft.subject.value, wanted=_ABOUT_MEMBERS)
    if not 1 <= len(years) <= MOST_YEARS:
        raise Refused(Reason.MALFORMED, "/years", ",".join(map(str, years)))
    other = against or draft.code
    many = processes or os.cpu_count() or 1
    with closing(store_of(settings, ledger)) as store:
        with store.reading() as connection:
            rules = rules_over(connection, ledger, Shelf(packs.published), other)
            keys = roster.keys_by_name(connection, ledger)
        shares = _shares(keys, many)
        if len(keys) * len(years) <= FEW or (len(shares) < 2 and not aside):
            found = _tried(store, ledger, draft, years, today, other, None, None)
            return what_if(found, draft, rules, other)
    with ProcessPoolExecutor(
        len(shares), mp_context=get_context("spawn"), initializer=tune_process
    ) as pool:
        asked = [
            pool.submit(_share, settings, ledger, text, tuple(years), today, other, *share)
            for share in shares
        ]
        everything = [trial for each in asked for trial in each.result()]
    return what_if(everything, draft, rules, other)


def _shares(keys: Sequence[Key], many: int) -> list[tuple[Key | None, Key | None]]:
    """The members by name in so many parts: after whom each begins, and with whom it ends."""
    if len(keys) < many:
        return [(None, None)]
    ends: list[Key | None] = [keys[len(keys) * n // many - 1] for n in range(1, many)]
    return list(zip([None, *ends], [*ends, None], strict=True))


def _share(
    settings: Settings,
    ledger: str,
    text: str,
    years: tuple[int, ...],
    today: date,
    against: str,
    after: Key | None,
    until: Key | None,
) -> list[Trial]:
    """One part of the members, in a process of its own."""
    draft = packs.load_rubric(text)
    with closing(store_of(settings, ledger)) as store:
        return list(_tried(store, ledger, draft, years, today, against, after, until))


def _tried(
    store: Store,
    ledger: str,
    draft: Rubric,
    years: Sequence[int],
    today: date,
    against: str,
    after: Key | None,
    until: Key | None,
) -> Iterator[Trial]:
    with store.reading() as connection:
        for some in trials(
            connection,
            ledger,
            Shelf(packs.published),
            draft,
            years=years,
            today=today,
            against=against,
            after=after,
            until=until,
        ):
            yield from some

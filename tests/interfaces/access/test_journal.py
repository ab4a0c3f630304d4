"""What happened to accounts, as rows."""

from __future__ import annotations

from interfaces.access.journal import Entry, Journal, Page, What
from interfaces.access.store import Store
from tests.interfaces.access.conftest import Clock


def _noted(store: Store, clock: Clock) -> Journal:
    journal = Journal(store, clock)
    with store.writing() as connection:
        for each in ("li", "zhao", "li", "li"):
            journal.note(connection, What.SIGNED_IN, each, address="10.0.0.1")
            clock.passes(hours=24)
    return journal


def test_pages_hold_every_row_once_the_newest_first(store: Store, clock: Clock) -> None:
    journal = _noted(store, clock)
    first = journal.page(most=3)
    second = journal.page(most=3, before=first.before)
    ids = [each.id for each in first.entries + second.entries]

    assert len(first.entries) == 3 and len(second.entries) == 1
    assert ids == sorted(set(ids), reverse=True)
    assert second.before is None


def test_a_page_may_be_of_one_account(store: Store, clock: Clock) -> None:
    journal = _noted(store, clock)
    (entry,) = journal.page(account="zhao").entries

    assert entry == Entry(
        id=entry.id,
        at=Clock().now + 86_400,
        what=What.SIGNED_IN,
        account="zhao",
        by=None,
        address="10.0.0.1",
        detail=None,
    )
    assert journal.page(account="nobody") == Page((), None)


def test_rows_are_kept_400_days(store: Store, clock: Clock) -> None:
    journal = _noted(store, clock)
    clock.passes(hours=24 * 398)

    assert journal.purge() == 2
    assert len(journal.page().entries) == 2

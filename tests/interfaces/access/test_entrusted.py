"""The office sees to accounts of its own ledger: each step is noted with who took it, and nobody comes into an account that opens others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.people import PersonId, Reason, Refused
from interfaces.access.accounts import Accounts, Purpose
from interfaces.access.entrusted import REMEMBERED, Entrusted
from interfaces.access.journal import Journal, What
from interfaces.access.second_factor import SecondFactor
from interfaces.access.sessions import Sessions
from interfaces.access.store import Store
from tests.interfaces.access.conftest import Clock

OURS, THEIRS = "ours", "theirs"
LI, ZHAO = PersonId("li"), PersonId("zhao")


def refused(step: Callable[[], object]) -> Refused:
    """Why a step was refused."""
    with pytest.raises(Refused) as caught:
        step()
    return caught.value


@pytest.fixture
def entrusted(
    store: Store, accounts: Accounts, sessions: Sessions, factor: SecondFactor, clock: Clock
) -> Entrusted:
    return Entrusted(store, accounts, sessions, factor, clock)


@pytest.fixture
def officer(accounts: Accounts) -> str:
    """The account of whoever sees to others."""
    return accounts.make_for("officer", OURS, PersonId("officer")).id


def by_whom(journal: Journal, account: str) -> list[tuple[What, str | None]]:
    """What happened to an account and who did it, the oldest first."""
    return [(each.what, each.by) for each in reversed(journal.page(account=account).entries)]


def test_an_account_is_made_with_a_secret_once(
    entrusted: Entrusted, accounts: Accounts, journal: Journal, officer: str
) -> None:
    account, secret = entrusted.make(OURS, LI, " LiMing ", by=officer)

    assert accounts.holder(secret, Purpose.PASSWORD) == account
    assert entrusted.make(OURS, LI, "liming", by=officer) == (account, "")
    assert by_whom(journal, account.id) == [
        (What.ACCOUNT_MADE, officer),
        (What.LINKED, officer),
        (What.LINK_SENT, officer),
    ]
    (held,) = accounts.in_ledger(OURS, persons=[LI])
    assert (held.account.id, held.elsewhere, held.awaited) == (account.id, False, True)


def test_who_has_an_account_gets_no_second_one_and_nothing_is_left_of_it(
    entrusted: Entrusted, accounts: Accounts, officer: str
) -> None:
    entrusted.make(OURS, LI, "liming", by=officer)
    assert refused(lambda: entrusted.make(OURS, LI, "other", by=officer)).reason is (
        Reason.ALREADY_DONE
    )
    assert accounts.known("other") is None
    assert refused(lambda: entrusted.make(OURS, ZHAO, "liming", by=officer)).reason is (
        Reason.NAME_TAKEN
    )
    assert accounts.how_many_in(OURS) == 2


def test_a_form_gives_one_secret_and_another_form_another(
    entrusted: Entrusted, accounts: Accounts, officer: str, clock: Clock
) -> None:
    account, _ = entrusted.make(OURS, LI, "liming", by=officer)
    first = entrusted.new_secret(OURS, account.id, "form-1", by=officer)
    assert first and entrusted.new_secret(OURS, account.id, "form-1", by=officer) == ""
    second = entrusted.new_secret(OURS, account.id, "form-2", by=officer)
    assert accounts.holder(second, Purpose.PASSWORD).id == account.id
    with pytest.raises(Refused):
        accounts.holder(first, Purpose.PASSWORD)
    clock.passes(seconds=REMEMBERED * 4)
    assert not accounts.in_ledger(OURS, account=account.id)[0].awaited


def test_an_account_is_disabled_and_enabled(
    entrusted: Entrusted, accounts: Accounts, journal: Journal, officer: str
) -> None:
    account, secret = entrusted.make(OURS, LI, "liming", by=officer)
    assert entrusted.close(OURS, account.id, by=officer) is True
    assert accounts.of(account.id).disabled
    with pytest.raises(Refused):
        accounts.holder(secret, Purpose.PASSWORD)
    entrusted.reopen(OURS, account.id, by=officer)
    assert not accounts.of(account.id).disabled
    assert by_whom(journal, account.id)[-2:] == [
        (What.ACCOUNT_DISABLED, officer),
        (What.ACCOUNT_ENABLED, officer),
    ]


def test_one_that_opens_other_ledgers_too_is_unlinked_and_never_handed_over(
    entrusted: Entrusted, accounts: Accounts, journal: Journal, officer: str
) -> None:
    shared = accounts.make_for("shared", OURS, LI).id
    accounts.link(shared, THEIRS, ZHAO)
    for step in (
        lambda: entrusted.new_secret(OURS, shared, "form", by=officer),
        lambda: entrusted.drop_factor(OURS, shared, by=officer),
        lambda: entrusted.reopen(OURS, shared, by=officer),
    ):
        assert refused(step).reason is Reason.LINKED_ELSEWHERE
    assert entrusted.close(OURS, shared, by=officer) is False
    assert [each.ledger for each in accounts.links_of(shared)] == [THEIRS]
    assert not accounts.of(shared).disabled
    assert by_whom(journal, shared)[-1] == (What.UNLINKED, officer)


def test_of_accounts_of_other_ledgers_nothing_is_told(
    entrusted: Entrusted, accounts: Accounts, officer: str
) -> None:
    theirs = accounts.make_for("theirs", THEIRS, LI).id
    assert refused(lambda: entrusted.of(OURS, theirs)) == Refused(Reason.NO_SUCH_ACCOUNT)
    assert refused(lambda: entrusted.close(OURS, theirs, by=officer)).reason is (
        Reason.NO_SUCH_ACCOUNT
    )


def test_nobody_sees_to_his_own(entrusted: Entrusted, accounts: Accounts, officer: str) -> None:
    for step in (
        lambda: entrusted.new_secret(OURS, officer, "form", by=officer),
        lambda: entrusted.drop_factor(OURS, officer, by=officer),
        lambda: entrusted.close(OURS, officer, by=officer),
        lambda: entrusted.end_sessions(OURS, officer, by=officer),
    ):
        assert refused(step).reason is Reason.NEEDS_ANOTHER
    assert not accounts.of(officer).disabled


def test_accounts_of_a_ledger_are_listed_by_name_and_by_pages(
    entrusted: Entrusted, accounts: Accounts, officer: str
) -> None:
    for n in range(3):
        entrusted.make(OURS, PersonId(f"p{n}"), f"name{n}", by=officer)
    accounts.make_for("aaa", THEIRS, LI)
    first = accounts.in_ledger(OURS, most=2)
    rest = accounts.in_ledger(OURS, after=first[-1].account.name)
    assert [each.account.name for each in (*first, *rest)] == ["name0", "name1", "name2", "officer"]

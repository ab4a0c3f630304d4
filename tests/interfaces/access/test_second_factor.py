"""The second factor."""

from __future__ import annotations

import re

import pyotp
import pytest
from sqlalchemy import select

from domain.people import Reason
from interfaces.access import spending, tables
from interfaces.access.accounts import Account, Accounts
from interfaces.access.journal import Journal, What
from interfaces.access.second_factor import SecondFactor
from interfaces.access.secret import Keyring
from interfaces.access.sessions import Way
from interfaces.access.store import Store
from tests.interfaces.access.conftest import Clock, at_once
from tests.interfaces.access.test_accounts import refusal


@pytest.fixture
def li(accounts: Accounts) -> Account:
    """An account without a second factor."""
    return accounts.make("li")


class Telephone:
    """Shows codes of the secret that it was given, by a clock of its own."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._totp = pyotp.TOTP(secret)
        self._clock = clock

    def code(self, steps: int = 0) -> str:
        """The code that it shows so many steps from now."""
        return self._totp.generate_otp(int(self._clock()) // 30 + steps)


@pytest.fixture
def telephone(factor: SecondFactor, li: Account, clock: Clock) -> Telephone:
    """A telephone whose secret is in force, and of which a code can be given now."""
    telephone = Telephone(factor.ask(li.id).secret, clock)
    factor.confirm(li.id, telephone.code())
    clock.passes(minutes=5)
    return telephone


def test_a_secret_is_in_force_once_a_code_of_it_was_given(
    factor: SecondFactor, accounts: Accounts, li: Account, clock: Clock
) -> None:
    asked = factor.ask(li.id)
    telephone = Telephone(asked.secret, clock)

    assert asked.address.startswith("otpauth://totp/") and asked.secret not in repr(asked)
    assert refusal(lambda: factor.check(li.id, telephone.code())) is Reason.WRONG_CODE
    assert refusal(lambda: factor.confirm(li.id, "000000x")) is Reason.WRONG_CODE
    assert not accounts.of(li.id).has_factor
    codes = factor.confirm(li.id, telephone.code())
    assert accounts.of(li.id).has_factor
    assert len(set(codes)) == 10 == factor.left(li.id)
    assert all(re.fullmatch("([a-z2-7]{4}-){3}[a-z2-7]{4}", each) for each in codes)
    assert refusal(lambda: factor.confirm(li.id, telephone.code(1))) is Reason.ALREADY_DONE


def test_a_code_is_good_a_step_before_and_after_and_once(
    factor: SecondFactor, li: Account, telephone: Telephone, clock: Clock
) -> None:
    for step in (-1, 0, 1):
        assert factor.check(li.id, telephone.code(step)) is Way.CODE
        assert refusal(lambda s=step: factor.check(li.id, telephone.code(s))) is Reason.WRONG_CODE  # type: ignore[misc]  # of numbers
    clock.passes(minutes=10)
    for step in (-2, 2):
        assert refusal(lambda s=step: factor.check(li.id, telephone.code(s))) is Reason.WRONG_CODE  # type: ignore[misc]  # of numbers


def test_a_code_that_confirmed_is_spent(factor: SecondFactor, li: Account, clock: Clock) -> None:
    telephone = Telephone(factor.ask(li.id).secret, clock)
    code = telephone.code()
    factor.confirm(li.id, code)

    assert refusal(lambda: factor.check(li.id, code)) is Reason.WRONG_CODE


def test_of_eight_who_give_one_code_at_once_one_is_let_in(
    factor: SecondFactor, li: Account, telephone: Telephone
) -> None:
    done, refused = at_once(lambda: factor.check(li.id, telephone.code()))

    assert done == [Way.CODE]
    assert {each.reason for each in refused} == {Reason.WRONG_CODE}


def test_each_recovery_code_is_good_once(
    factor: SecondFactor, li: Account, telephone: Telephone, journal: Journal
) -> None:
    codes = factor.renew_codes(li.id)
    done, refused = at_once(lambda: factor.check(li.id, codes[0]))

    assert done == [Way.RECOVERY] and len(refused) == 7
    assert factor.check(li.id, codes[1].upper().replace("-", " ")) is Way.RECOVERY
    assert factor.left(li.id) == 8
    assert journal.page().entries[0].what is What.RECOVERY_USED
    factor.renew_codes(li.id)
    assert refusal(lambda: factor.check(li.id, codes[2])) is Reason.WRONG_CODE


def test_a_new_secret_leaves_the_old_in_force_until_it_is_confirmed(
    factor: SecondFactor, li: Account, telephone: Telephone, clock: Clock
) -> None:
    second = Telephone(factor.ask(li.id).secret, clock)

    assert factor.check(li.id, telephone.code()) is Way.CODE
    factor.confirm(li.id, second.code())
    clock.passes(minutes=5)
    assert factor.check(li.id, second.code()) is Way.CODE
    assert refusal(lambda: factor.check(li.id, telephone.code())) is Reason.WRONG_CODE


def test_a_removed_factor_is_gone(
    factor: SecondFactor, accounts: Accounts, li: Account, telephone: Telephone
) -> None:
    factor.remove(li.id, by="office")

    assert not accounts.of(li.id).has_factor and factor.left(li.id) == 0
    assert refusal(lambda: factor.check(li.id, telephone.code())) is Reason.WRONG_CODE
    assert refusal(lambda: factor.renew_codes(li.id)) is Reason.NO_SUCH_ACCOUNT


@pytest.mark.parametrize("act", ["ask", "remove"])
def test_nobody_has_no_factor(factor: SecondFactor, act: str) -> None:
    assert refusal(lambda: getattr(factor, act)("nobody")) is Reason.NO_SUCH_ACCOUNT


def test_secrets_are_sealed_each_to_its_account(
    factor: SecondFactor, accounts: Accounts, li: Account, telephone: Telephone, store: Store
) -> None:
    zhao = accounts.make("zhao")
    asked = factor.ask(zhao.id)
    with store.writing() as connection:
        rows = connection.execute(select(tables.accounts)).all()
        moved = {"factor": next(row.factor for row in rows if row.id == li.id), "factor_key": "k1"}
        mine = tables.accounts.c.id == zhao.id
        connection.execute(tables.accounts.update().where(mine).values(**moved))

    assert asked.secret not in str(rows)
    assert refusal(lambda: factor.check(zhao.id, telephone.code())) is Reason.WRONG_KEY_FILE


def test_a_rotation_seals_all_under_the_newest_key(
    factor: SecondFactor,
    accounts: Accounts,
    li: Account,
    telephone: Telephone,
    store: Store,
    journal: Journal,
    clock: Clock,
) -> None:
    factor.ask(accounts.make("zhao").id)
    both = SecondFactor(store, Keyring({"k1": b"1" * 32, "k2": b"2" * 32}), journal, clock)
    new = SecondFactor(store, Keyring({"k2": b"2" * 32}), journal, clock)

    assert refusal(lambda: new.check(li.id, telephone.code())) is Reason.WRONG_KEY_FILE
    assert (both.rotate(), both.rotate()) == (2, 0)
    assert new.check(li.id, telephone.code()) is Way.CODE


def test_what_was_spent_is_forgotten_when_it_could_not_be_used_any_more(
    factor: SecondFactor, li: Account, telephone: Telephone, store: Store, clock: Clock
) -> None:
    code = telephone.code(1)
    factor.check(li.id, code)
    clock.passes(seconds=60)
    spending.purge(store, clock)
    assert refusal(lambda: factor.check(li.id, code)) is Reason.WRONG_CODE
    clock.passes(minutes=5)

    assert spending.purge(store, clock) == 1

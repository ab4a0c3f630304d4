"""Accounts of the people of one ledger, as its office sees to them: never one's own, and none of those that open other ledgers too."""

from __future__ import annotations

from domain.people import PersonId, Reason, Refused
from interfaces.access.accounts import Account, Accounts, InLedger, Purpose, folded
from interfaces.access.second_factor import SecondFactor
from interfaces.access.secret import Clock
from interfaces.access.sessions import Sessions
from interfaces.access.spending import spends
from interfaces.access.store import Store

REMEMBERED = 86_400.0
"""Seconds for which a form that gave a secret gives no other one."""


class Entrusted:
    """Sees to accounts of a ledger; `by` is the account of whoever does it, and stands in the journal with each act."""

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        sessions: Sessions,
        factor: SecondFactor,
        clock: Clock,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._sessions = sessions
        self._factor = factor
        self._clock = clock

    def of(self, ledger: str, account: str) -> InLedger:
        """An account of this ledger; of others nothing is told."""
        found = self._accounts.in_ledger(ledger, account=account)
        if not found:
            raise Refused(Reason.NO_SUCH_ACCOUNT)
        return found[0]

    def make(self, ledger: str, person: PersonId, name: str, *, by: str) -> tuple[Account, str]:
        """An account for somebody of the roster, and the secret by which he sets his password; no secret where the same was made before."""
        for each in self._accounts.in_ledger(ledger, persons=[person]):
            if each.account.name == folded(name.strip()):
                return each.account, ""
        made = self._accounts.make_for(name, ledger, person, by=by)
        return made, self._accounts.ticket(made.id, Purpose.PASSWORD, by=by)

    def new_secret(self, ledger: str, account: str, form: str, *, by: str) -> str:
        """A secret by which somebody sets another password; nothing where the same form gave one before."""
        self._alone(ledger, account, by)
        with self._store.writing() as connection:
            if not spends(connection, f"secret {account} {form}", self._clock() + REMEMBERED):
                return ""
        return self._accounts.ticket(account, Purpose.PASSWORD, by=by)

    def close(self, ledger: str, account: str, *, by: str) -> bool:
        """Have it open this ledger no more: it is disabled, or where it opens others too, unlinked here; whether it was disabled."""
        found = self._of_another(ledger, account, by)
        if found.elsewhere:
            self._accounts.unlink(account, ledger, by=by)
        else:
            self._accounts.disable(account, by=by)
        return not found.elsewhere

    def reopen(self, ledger: str, account: str, *, by: str) -> None:
        """It may be signed in to again."""
        self._alone(ledger, account, by)
        self._accounts.enable(account, by=by)

    def end_sessions(self, ledger: str, account: str, *, by: str) -> int:
        """Sign somebody out everywhere; how many sessions he had."""
        self._of_another(ledger, account, by)
        return self._sessions.revoke_all(account, by=by)

    def drop_factor(self, ledger: str, account: str, *, by: str) -> None:
        """Remove the second factor of somebody who lost telephone and recovery codes."""
        self._alone(ledger, account, by)
        self._factor.remove(account, by=by)

    def _of_another(self, ledger: str, account: str, by: str) -> InLedger:
        if account == by:
            raise Refused(Reason.NEEDS_ANOTHER)
        return self.of(ledger, account)

    def _alone(self, ledger: str, account: str, by: str) -> None:
        """Refuse what would hand over an account that opens other ledgers too, or one's own."""
        if self._of_another(ledger, account, by).elsewhere:
            raise Refused(Reason.LINKED_ELSEWHERE)

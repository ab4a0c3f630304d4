"""How somebody signs in: counted first, then looked at, then let in, each step in the journal. There is no other way in."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from domain.people import Reason, Refused
from interfaces.access.accounts import Accounts, Known, folded
from interfaces.access.devices import Devices
from interfaces.access.identities import Identities, Identity
from interfaces.access.journal import Journal, What
from interfaces.access.passwords import Passwords
from interfaces.access.second_factor import SecondFactor
from interfaces.access.secret import Marks
from interfaces.access.sessions import Opened, Sessions, Way
from interfaces.access.store import Store
from interfaces.access.tables import accounts
from interfaces.access.throttle import Admitted, Counted, Throttle, of_address, of_name

TOLD_FROM = 30.0
"""Seconds of delay from which the journal tells of it."""
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What somebody typed and where he is, by the address of his connection; `device` is the mark of an earlier success."""

    name: str = field(repr=False)
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    device: str | None = field(default=None, repr=False)
    address: str
    agent: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The session that began, and the mark that the browser keeps of it."""

    opened: Opened
    device: str = field(repr=False)


class SigningIn:
    """Passwords, second factors, identities from elsewhere and steps up, in one order that never changes."""

    def __init__(
        self,
        store: Store,
        people: Accounts,
        identities: Identities,
        passwords: Passwords,
        factor: SecondFactor,
        sessions: Sessions,
        throttle: Throttle,
        devices: Devices,
        journal: Journal,
        marks: Marks,
    ) -> None:
        self._store = store
        self._accounts = people
        self._identities = identities
        self._passwords = passwords
        self._factor = factor
        self._sessions = sessions
        self._throttle = throttle
        self._devices = devices
        self._journal = journal
        self._marks = marks

    def by_password(self, attempt: Attempt) -> SignedIn:
        """A session by name, password and, where the account has a second factor, a code.

        Refuses in the same words and at the same cost, whether the name, the password or both are wrong or the account is
        disabled. A right password without a code that is needed is told (`CODE_NEEDED`): the caller asks for all three again.
        """
        name = folded(attempt.name.strip()[:LONGEST_NAME])
        known = self._accounts.known(name)
        device = None if known is None else self._devices.known(attempt.device, known.account.id)
        counted = self._counted(name, device, attempt.address)
        who = None if known is None else known.account.id
        detail = "password" if known else f"name {self._marks.pseudonym(name, 'journal')}"
        admitted = self._throttle.admit(*counted)
        if not self._fits(admitted, known, attempt.password) or known is None:
            self._failed(who, attempt.address, detail, admitted)
            raise Refused(Reason.WRONG_SIGN_IN)
        if known.account.disabled:
            self._failed(who, attempt.address, "disabled", admitted)
            raise Refused(Reason.WRONG_SIGN_IN)
        self._throttle.succeeded(admitted)
        way = self._way(known, attempt, device)
        known = self._renewed(known, attempt.password)
        return self._let_in(known, way, attempt.address, attempt.agent)

    def _counted(self, name: str, device: str | None, address: str) -> tuple[Counted, ...]:
        """Strangers count by name and address together; a known device by itself, so that they cannot lock it out."""
        if device is not None:
            return (Counted(f"device {device}"),)
        return of_name(self._marks, name), of_address(address)

    def _way(self, known: Known, attempt: Attempt, device: str | None) -> Way:
        if not known.account.has_factor:
            return Way.PASSWORD
        if not attempt.code:
            raise Refused(Reason.CODE_NEEDED, "/code")
        apart = "" if device is None else f" {device}"
        counted = Counted(f"code {known.account.id}{apart}")
        return self._checked(known.account.id, attempt.code, attempt.address, counted)

    def _checked(self, account: str, code: str, address: str, counted: Counted) -> Way:
        admitted = self._throttle.admit(counted)
        try:
            way = self._factor.check(account, code)
        except Refused as refused:
            if refused.reason is Reason.WRONG_CODE:
                self._failed(account, address, "code", admitted)
            else:
                self._throttle.not_looked_at(admitted)
            raise
        self._throttle.succeeded(admitted)
        return way

    def _fits(self, admitted: Admitted, known: Known | None, password: str) -> bool:
        try:
            return self._passwords.fits(None if known is None else known.kept, password)
        except Refused:
            # The gate was full: nobody looked at it.
            self._throttle.not_looked_at(admitted)
            raise

    def _failed(
        self, account: str | None, address: str, detail: str, admitted: Admitted | None = None
    ) -> None:
        told = {What.SIGN_IN_FAILED: detail}
        if admitted is not None and admitted.delay >= TOLD_FROM:
            told[What.DELAYED] = f"{admitted.delay:.0f} s"
        with self._store.writing() as connection:
            for what, said in told.items():
                self._journal.note(connection, what, account, address=address, detail=said)

    def _renewed(self, known: Known, password: str) -> Known:
        """The same, kept as it is kept by now; that the gate is full is no reason not to let somebody in."""
        try:
            renewed = self._passwords.renewed(str(known.kept), password)
        except Refused:
            return known
        if renewed is None:
            return known
        self._accounts.renew(known.account.id, str(known.kept), renewed)
        return Known(known.account, renewed)

    def _let_in(self, known: Known, way: Way, address: str, agent: str) -> SignedIn:
        account = known.account.id
        with self._store.writing() as connection:
            self._refuse_changed(connection, known)
            opened = self._sessions.begin(connection, account, way, address=address, agent=agent)
            self._journal.note(connection, What.SIGNED_IN, account, address=address, detail=way)
        return SignedIn(opened, self._devices.mark(account))

    def _refuse_changed(self, connection: Connection, known: Known) -> None:
        """Whoever was disabled or got another password while he signed in does not get in."""
        asked = select(accounts.c.password, accounts.c.disabled_at)
        asked = asked.where(accounts.c.id == known.account.id).with_for_update()
        row = connection.execute(asked).one()
        if row.disabled_at is not None or row.password != known.kept:
            raise Refused(Reason.WRONG_SIGN_IN)

    def by_identity(
        self,
        identity: Identity,
        *,
        address: str,
        agent: str = "",
        ticket: str | None = None,
    ) -> SignedIn:
        """A session for an identity that its provider answered for; an invitation links it first, once."""
        try:
            if ticket is not None:
                self._identities.link_by_ticket(ticket, identity)
            known = self._accounts.kept(self._identities.account_of(identity))
            if known.account.disabled:
                raise Refused(Reason.NOT_LINKED)
        except Refused as refused:
            if refused.reason in {Reason.NOT_LINKED, Reason.LINK_SPENT}:
                detail = f"identity {self._marks.pseudonym(identity.subject, 'journal')}"
                self._failed(None, address, detail)
            raise
        return self._let_in(known, Way.OUTSIDE, address, agent)

    def step_up(
        self, session_id: str, *, password: str | None = None, code: str | None = None
    ) -> Opened:
        """The same session under a new id, after he showed again who he is: by a code where he has a second factor, else by the password."""
        session = self._sessions.of(session_id)
        known = self._accounts.kept(session.account)
        counted = Counted(f"step {session.account}")
        if known.account.has_factor:
            if not code:
                raise Refused(Reason.CODE_NEEDED, "/code")
            way = self._checked(session.account, code, session.address, counted)
            return self._sessions.rotate(session_id, way)
        admitted = self._throttle.admit(counted)
        if not self._fits(admitted, known, password or ""):
            self._failed(session.account, session.address, "password", admitted)
            raise Refused(Reason.WRONG_SIGN_IN, "/password")
        self._throttle.succeeded(admitted)
        return self._sessions.rotate(session_id)

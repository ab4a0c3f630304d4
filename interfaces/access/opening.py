"""All that is known of accounts, opened as one: from a data folder, or from a database and the keys in the folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import time

from interfaces.access import spending
from interfaces.access.accounts import Accounts
from interfaces.access.devices import Devices
from interfaces.access.entrusted import Entrusted
from interfaces.access.identities import Identities
from interfaces.access.journal import Journal
from interfaces.access.machines import Clients, Keys
from interfaces.access.passwords import LEAST_MEMORY, LEAST_PASSES, Passwords
from interfaces.access.second_factor import SecondFactor
from interfaces.access.secret import Clock, Marks, keyring_in, marks_in
from interfaces.access.sessions import ABSOLUTE, IDLE, Sessions
from interfaces.access.signing_in import SigningIn
from interfaces.access.store import Store, in_database, in_folder
from interfaces.access.throttle import Throttle


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an installation may set: seconds of sessions, and what a hash of a password costs (KiB, passes, lanes)."""

    idle: float = IDLE
    absolute: float = ABSOLUTE
    memory: int = LEAST_MEMORY
    passes: int = LEAST_PASSES
    lanes: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Everything about who somebody is, each part by its name."""

    store: Store
    clock: Clock
    marks: Marks
    journal: Journal
    sessions: Sessions
    accounts: Accounts
    factor: SecondFactor
    entrusted: Entrusted
    identities: Identities
    throttle: Throttle
    devices: Devices
    keys: Keys
    clients: Clients
    signing_in: SigningIn

    def purge(self) -> int:
        """Take away what ended or is kept no longer; how many rows it were. Once an hour is enough."""
        parts = (self.journal, self.sessions, self.accounts, self.throttle, self.clients)
        return sum(each.purge() for each in parts) + spending.purge(self.store, self.clock)

    def close(self) -> None:
        """Give back connections and files."""
        self.store.close()


def seal_keys(folder: Path) -> Path:
    """Where the keys lie that seal second factors: `secret.add_key` adds one, `SecondFactor.rotate` seals all under it."""
    return folder / "access" / "seal.keys"


def opened(
    folder: Path,
    database: str | None = None,
    *,
    terms: Terms | None = None,
    clock: Clock = time,
) -> Access:
    """The store in the data folder, or in a PostgreSQL database; the keys lie in the folder either way."""
    terms = terms or Terms()
    (folder / "access").mkdir(mode=0o700, parents=True, exist_ok=True)
    marks, keys = marks_in(folder / "access" / "marks.key"), keyring_in(seal_keys(folder))
    passwords = Passwords(memory=terms.memory, passes=terms.passes, lanes=terms.lanes)
    store = in_folder(folder) if database is None else in_database(database)
    journal = Journal(store, clock)
    sessions = Sessions(store, journal, clock, idle=terms.idle, absolute=terms.absolute)
    accounts = Accounts(store, passwords, sessions, journal, clock)
    factor = SecondFactor(store, keys, journal, clock)
    identities = Identities(store, accounts, journal, clock)
    throttle, devices = Throttle(store, clock), Devices(marks, clock)
    return Access(
        store=store,
        clock=clock,
        marks=marks,
        journal=journal,
        sessions=sessions,
        accounts=accounts,
        factor=factor,
        entrusted=Entrusted(store, accounts, sessions, factor, clock),
        identities=identities,
        throttle=throttle,
        devices=devices,
        keys=Keys(store, journal, clock),
        clients=Clients(store, journal, clock),
        signing_in=SigningIn(
            store=store,
            people=accounts,
            identities=identities,
            passwords=passwords,
            factor=factor,
            sessions=sessions,
            throttle=throttle,
            devices=devices,
            journal=journal,
            marks=marks,
        ),
    )

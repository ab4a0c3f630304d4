"""The one place where concrete things meet: logs, writers, readers, and what a document's text means."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from uuid import uuid4

from application import codec, postgres_log, sqlite_log
from application.handle import Done, GroupCommit, Request, Verdict, Writer
from application.log import Log, checked_code
from domain.people import Actor, PersonId, Reason, Refused, Role, Via
from domain.streams import LedgerOpened, OpenLedger
from interfaces.identity import Tokens, key_in
from interfaces.settings import Settings

OWNER = Actor(person=PersonId("office"), role=Role.OFFICE, via=Via.CLI)
"""Who opens a ledger and, on the office's own computer, works on the command line."""
LEDGER_STREAM = "ledger/ledger"
_STORAGE = frozenset({"psycopg", "psycopg_pool", "sqlite3", "sqlalchemy", "eventsourcing"})


def is_of_storage(error: BaseException) -> bool:
    """Whether an error comes from the database: it may be tried again under the same command id."""
    return type(error).__module__.partition(".")[0] in _STORAGE


class Desk:
    """One ledger that is open in this process: where it is written, and where it is read."""

    def __init__(self, log: Log, *, strict: bool) -> None:
        self.code = log.ledger
        self.strict = strict
        self._log = log
        opened = [codec.decode(row).event for row in log.stream(LEDGER_STREAM)[:1]]
        if not opened:
            raise LookupError(f"ledger {log.ledger} was never opened")
        self.opened: LedgerOpened = opened[0]
        self.writer = Writer(log, zone=self.opened.zone)
        self._commits = GroupCommit(self.writer)

    async def submit(self, request: Request) -> Done:
        """Carry out one request together with its neighbours; raises `Refused`."""
        return await self._commits.submit(request)

    async def submit_all(self, requests: Sequence[Request]) -> list[Verdict]:
        """Carry out requests in order, in as few transactions as may be, with a verdict each."""
        return await asyncio.gather(*(self._verdict(request) for request in requests))

    async def _verdict(self, request: Request) -> Verdict:
        try:
            return await self._commits.submit(request)
        except Refused as refused:
            return refused

    def one(self, request: Request) -> Done:
        """Carry out one request; raises `Refused`."""
        return self.writer.one(request)

    def head(self) -> int:
        """The position of the newest entry."""
        return self._log.head()

    def close(self) -> None:
        """Wait for what is under way and give back files and connections."""
        self._commits.close()
        self._log.close()


class Installation:
    """All ledgers of a data folder or of a database; each is opened on first use. Safe for several threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._desks: dict[str, Desk] = {}
        self._lock = threading.Lock()
        self._pool: postgres_log.LogPool | None = None
        self._tokens: Tokens | None = None

    @property
    def tokens(self) -> Tokens:
        """What mints and verifies tokens here; the key is made on first use."""
        with self._lock:
            if self._tokens is None:
                key = self.settings.token_key or key_in(self.settings.token_key_file)
                self._tokens = Tokens(key)
            return self._tokens

    def ledgers(self) -> list[str]:
        """The codes of all ledgers, in order."""
        if self.settings.database is not None:
            return postgres_log.ledgers(self.settings.database)
        return sqlite_log.ledgers(self.settings.data)

    def create(self, code: str, committee: str, zone: str = "Asia/Shanghai") -> Desk:
        """Make a ledger and write its first entry; raises `Refused` where there is one of that code."""
        try:
            checked_code(code)
        except ValueError as error:
            raise Refused(Reason.MALFORMED, "/code", code) from error
        if code in self.ledgers():
            raise Refused(Reason.ALREADY_RECORDED, "/code", code)
        if self.settings.database is not None:
            postgres_log.create_ledger(self.settings.database, code)
        else:
            sqlite_log.create_ledger(self.settings.data, code)
        log = self._open(code)
        try:
            command = OpenLedger(code=code, committee=committee, zone=zone)
            Writer(log, zone=zone).one(
                Request(command=command, actor=OWNER, command_id=f"open-{code}-{uuid4()}")
            )
        finally:
            log.close()
        return self.desk(code)

    def desk(self, code: str) -> Desk:
        """The ledger of that code; raises `Refused` where there is none."""
        desk = self._desks.get(code)
        if desk is not None:
            return desk
        with self._lock:
            if code not in self._desks:
                try:
                    self._desks[code] = Desk(self._open(code), strict=self.settings.strict)
                except (LookupError, ValueError) as error:
                    raise Refused(Reason.NO_SUCH_LEDGER, about=code[:40]) from error
            return self._desks[code]

    def only(self) -> Desk:
        """The ledger that is meant where none is named: the one of the settings, or the only one there is."""
        if self.settings.ledger is not None:
            return self.desk(self.settings.ledger)
        codes = self.ledgers()
        if len(codes) != 1:
            raise Refused(Reason.NO_SUCH_LEDGER, "--ledger", " ".join(codes))
        return self.desk(codes[0])

    def close(self) -> None:
        """Close all that is open; a second time does nothing."""
        with self._lock:
            for desk in self._desks.values():
                desk.close()
            self._desks.clear()
            if self._pool is not None:
                self._pool.close()
                self._pool = None

    def _open(self, code: str) -> Log:
        if self.settings.database is None:
            return sqlite_log.SqliteLog(self.settings.data, code)
        if self._pool is None:
            self._pool = postgres_log.LogPool(self.settings.database)
        return postgres_log.PostgresLog(self._pool, code)

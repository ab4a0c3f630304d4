"""The one place where concrete things meet: logs, writers, readers, and what a document's text means."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from functools import partial
from time import monotonic
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DatabaseError, ProgrammingError

from application import codec, packs, postgres_log, sqlite_log
from application.book import Book
from application.clock import now, rehearsed
from application.documents.source import Unreadable
from application.evidence import EvidenceFiles, Files, FolderFiles, TableFiles
from application.granting import Grants
from application.group_commit import GroupCommit
from application.handle import Done, Request, Verdict, Writer
from application.log import Log, checked_code
from application.readings import Readings
from application.seal.folder import Seals
from application.seal.sealing import Sealer
from application.seal.signing import FileSigner
from application.vault import ErasedList, KeyFile, MasterKeys
from domain import streams
from domain.attestation import Policy
from domain.deed import Known
from domain.document import Publish
from domain.entry import Entry
from domain.erasure import CarryOutErasure, Erasure, ErasureCarriedOut, Step
from domain.grant import GrantAccess, RevokeAccess, TakeEmergencyAccess
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId, Via
from domain.rule import RuleDocument
from domain.streams import LedgerOpened, OpenLedger, Root
from domain.words import Label
from interfaces.access.oidc import OpenId
from interfaces.access.opening import Access, opened
from interfaces.access.provider import Asking
from interfaces.forms import given
from interfaces.identity import Tokens, key_in
from interfaces.settings import Settings
from projections import as_of, documents, evidence
from projections.documents import Shelf
from projections.purged import note_purged, purged_of
from projections.reader import OnPoison, Poisoned, Reader
from projections.store import (
    OtherLayout,
    PostgresStore,
    Scrubbed,
    SqliteStore,
    Store,
    create_tables,
)

_log = logging.getLogger("lvzhi")

OWNER = Actor(person=PersonId("office"), role=Role.OFFICE, via=Via.CLI)
"""Who opens a ledger and, on the office's own computer, works on the command line."""
OF_READINGS = ".readings"
"""After the code of a ledger: what is sealed is the log of who was shown what."""
LEDGER_STREAM = "ledger/ledger"
_CODE = Label(
    "小写字母开头,只含小写字母、数字和下划线,不超过 40 字",
    "small letters, digits and underscores, beginning with a letter, at most 40",
)
_ZONE = Label("时区名,如 Asia/Shanghai", "the name of a time zone, such as Asia/Shanghai")
GRANTS_EVERY = 1.0
"""Seconds after which it is seen what another process granted or revoked."""
_GRANTS = (GrantAccess, RevokeAccess, TakeEmergencyAccess)
_HEEDED = (*_GRANTS, CarryOutErasure)
READ_AGAIN_AFTER = 1.0
"""Seconds after which a reader that storage failed tries again."""
SETTLED_AGAIN_AFTER = 30.0
"""Seconds after which an erasure that could not be carried through is tried again."""
SPARE_KEPT = 600.0
"""Seconds for which what a preview read is kept for the next."""
UNNAMED_KEPT = timedelta(days=7)
"""How long a file of evidence is kept that no record names."""
MOST_AT_START = 32
"""A service of more ledgers than this opens each when it is first asked for."""
_STORAGE = frozenset({"psycopg", "psycopg_pool", "sqlite3", "sqlalchemy", "eventsourcing"})


def is_of_storage(error: BaseException) -> bool:
    """Whether an error comes from the database: it may be tried again under the same command id."""
    return type(error).__module__.partition(".")[0] in _STORAGE


def _tells_of_damage(error: BaseException | None) -> bool:
    """Whether SQLite found no database, a broken one, or one without our tables; trouble that passes has classes of its own."""
    return type(error) is sqlite3.DatabaseError or "no such table" in str(error)


def inspect(command: Publish) -> None:
    """Refuse to publish a document that does not hold, or whose worked cases come out otherwise than it says."""
    try:
        if packs.sort_of(command.text) is not command.sort:
            raise Refused(Reason.RUBRIC_INVALID, "/sort", command.sort.zh)
        document = packs.load(command.sort, command.text)
        failed = [flaw for case in packs.check(command.text) for flaw in case.differs]
    except Unreadable as error:
        raise error.refusal() from error
    if not isinstance(document, Policy) and document.code != command.code:
        raise Refused(Reason.RUBRIC_INVALID, "/code", f"{command.code} ≠ {document.code}")
    if not isinstance(document, Policy) and document.until not in {None, command.until}:
        about = f"{command.until or '–'} ≠ {document.until}"
        raise Refused(Reason.RUBRIC_INVALID, "/until", about)
    if isinstance(document, RuleDocument) and document.since != command.since:
        raise Refused(Reason.RUBRIC_INVALID, "/since", f"{command.since} ≠ {document.since}")
    if failed:
        raise Unreadable(tuple(failed)).refusal(Reason.CASES_DIFFER)


def store_of(settings: Settings, code: str) -> Store:
    """Where the rows of a ledger lie; whoever opens it closes it."""
    if settings.database is None:
        return SqliteStore(settings.data, code)
    return PostgresStore(settings.database)


class Desk:
    """One ledger that is open in this process: where it is written, and where it is read."""

    def __init__(
        self,
        log: Log,
        store: Store,
        seals: Seals,
        signer: FileSigner,
        vault: KeyFile,
        readings: Readings,
        files: EvidenceFiles,
        *,
        strict: bool,
    ) -> None:
        self.code = log.ledger
        self.seals = seals
        self.signer = signer
        self.vault = vault
        self.readings = readings
        self.files = files
        self.grants = Grants(log)
        self.grants.look_again()
        self.strict = strict
        self.log = log
        opened = [codec.decode(row).event for row in log.stream(LEDGER_STREAM)[:1]]
        if not opened:
            raise Refused(Reason.NO_SUCH_LEDGER, about=log.ledger)
        self.opened: LedgerOpened = opened[0]
        self.writer = Writer(log, zone=self.opened.zone, inspect=inspect, vault=vault)
        self._commits = GroupCommit(self.writer)
        self.store = store
        self.shelf = Shelf(packs.published)
        self.reader = Reader(
            store,
            log.ledger,
            self._since,
            today=self.today,
            read_document=packs.published,
            on_poison=OnPoison.STOP,
        )
        self._erasing = threading.Lock()
        self._forgotten: frozenset[str] = frozenset()
        self._followed = self.grants.position
        self._unclean: frozenset[str] = frozenset()
        self._spare: list[Book] = []
        self._spared_at = 0.0
        self._unsettled = False
        self._settling = threading.Thread()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._reading: threading.Thread | None = None
        self.apply_erasures()

    def today(self) -> date:
        """The local day of the ledger's zone."""
        return now().astimezone(self.writer.zone).date()

    def entries_at(self, positions: Sequence[int]) -> list[Entry[Any]]:
        """The entries at these positions, in order of position."""
        return codec.decode_all(self.log.at(positions), self.vault)

    @property
    def sealer(self) -> Sealer:
        """Who seals this ledger."""
        return Sealer(self.log, self.seals, self.signer)

    def _since(self, position: int, limit: int) -> list[Entry[Any]]:
        return codec.decode_all(self.log.since(position, limit), self.vault)

    def keep_reading(self) -> None:
        """Have a thread keep the read model up to date until `close`."""
        if self._reading is None:
            self._reading = threading.Thread(
                target=self._read, name=f"reader of {self.code}", daemon=True
            )
            self._reading.start()

    def _read(self) -> None:
        while not self._stop.is_set():
            try:
                self.reader.run_forever(self._stop, self._wake)
            except Exception as error:
                if not is_of_storage(error):
                    # Told by /readyz too: nothing more is read until somebody has looked.
                    _log.exception("a reader has stopped", extra={"ledger": self.code})
                    return
                _log.exception("a reader tries again", extra={"ledger": self.code})
                self._stop.wait(READ_AGAIN_AFTER)

    @property
    def is_reading(self) -> bool:
        """Whether the thread that keeps the read model up to date is alive."""
        return self._reading is not None and self._reading.is_alive()

    def roles_of(self, person: PersonId) -> list[tuple[Role, UnitId | None]]:
        """The roles, each with its unit, that are granted to somebody now."""
        at, day, held = now(), self.today(), self.grants.of(person)
        found = [
            (each.role, each.unit)
            for each in held
            if not each.standby and each.within(held, at, day)
        ]
        return list(dict.fromkeys(found))

    async def submit(self, request: Request) -> Done:
        """Carry out one request together with its neighbours; raises `Refused`."""
        done = await self._commits.submit(request)
        if isinstance(request.command, _HEEDED):
            await asyncio.to_thread(self._heed, [request])
        self._wake.set()
        return done

    async def submit_all(self, requests: Sequence[Request]) -> list[Verdict]:
        """Carry out requests in order, in as few transactions as may be, with a verdict each."""
        return await asyncio.gather(*(self._verdict(request) for request in requests))

    async def _verdict(self, request: Request) -> Verdict:
        try:
            return await self.submit(request)
        except Refused as refused:
            return refused

    def one(self, request: Request) -> Done:
        """Carry out one request; raises `Refused`."""
        done = self.writer.one(request)
        self._heed([request])
        self._wake.set()
        return done

    def write(self, requests: Sequence[Request]) -> list[Verdict]:
        """Carry out requests in one transaction, with a verdict each."""
        verdicts = self.writer.write(requests)
        self._heed(requests)
        self._wake.set()
        return verdicts

    def erasures(self) -> list[Erasure]:
        """Every erasure as the log has it, the newest first."""
        found: dict[str, Any] = {}
        for row in self.log.streams_like(Root.ERASURE.prefix, self.log.head()):
            state = streams.evolve(found.pop(row.stream, None), codec.decode(row, self.vault))
            found[row.stream] = state
        return [each for each in reversed(found.values()) if isinstance(each, Erasure)]

    def apply_erasures(self) -> None:
        """Whoever was erased, in this log or before it was put back, has no key, and is in no row of the read model."""
        carried_out = {e.subject for e in self.erasures() if e.step is Step.CARRIED_OUT}
        with self._erasing:
            self.vault.erased.add(self.today().isoformat(), carried_out)
            gone = self.vault.erased.subjects()
            if not gone:
                return
            self.vault.destroy(gone)
            if gone != self._forgotten:
                self.writer.forget()
                self._forgotten = gone
                self._spare.clear()
                self.shelf.forget()
            with self.store.reading() as connection:
                left = gone - purged_of(connection, self.code)
            if left:
                if left != self._unclean:
                    self.reader.rebuild()
                    self.shelf.forget()
                scrubbed = note_purged(self.store, self.code, left)
                self._unclean = left if scrubbed is Scrubbed.LATER else frozenset()
                self._tell_of(scrubbed)

    def _tell_of(self, scrubbed: Scrubbed) -> None:
        """Say where a database keeps for a while what rows were before."""
        told = {"ledger": self.code}
        if scrubbed is Scrubbed.LATER:
            _log.warning(
                "查询库正被读取,清理将重做 / the read model is in use: it is cleaned later",
                extra=told,
            )
        if scrubbed is Scrubbed.BY_OWNER:
            _log.warning(
                "请由数据库所有者运行 lvzhi database clean / have the owner of the database run lvzhi database clean",
                extra=told,
            )

    def follow(self) -> None:
        """See what another process granted, revoked or erased, or this one where its answer was lost; reads those entries alone."""
        self.grants.look_again()
        if monotonic() - self._spared_at > SPARE_KEPT:
            self._spare.clear()
        head = self.grants.position
        if head > self._followed:
            rows = self.log.streams_like(Root.ERASURE.prefix, head, self._followed)
            self._unsettled |= any(
                isinstance(codec.decode(row).event, ErasureCarriedOut) for row in rows
            )
            self._followed = head
        if (self._unsettled or self._unclean) and not self._settling.is_alive():
            # Aside: it may wait for who is still reading, and what others revoked does not wait for that.
            self._settling = threading.Thread(
                target=self._settle, name=f"erasing in {self.code}", daemon=True
            )
            self._settling.start()

    def _settle(self) -> None:
        self._unsettled = False
        try:
            self.apply_erasures()
        except Exception:
            self._unsettled = True
            _log.exception("an erasure is tried again", extra={"ledger": self.code})
            self._stop.wait(SETTLED_AGAIN_AFTER)

    def settle(self) -> None:
        """Wait for what is being erased aside."""
        if self._settling.ident is not None:
            self._settling.join()

    def _heed(self, requests: Sequence[Request]) -> None:
        """See to what some commands want done at once: who lost access has lost it, who is erased is gone, an emergency is told loudly."""
        commands = [request.command for request in requests]
        if any(isinstance(command, _GRANTS) for command in commands):
            self.grants.look_again()
        if any(isinstance(command, TakeEmergencyAccess) for command in commands):
            _log.warning(
                "应急授权已启用,请核查 / emergency access was taken: look at it",
                extra={"ledger": self.code},
            )
        if any(isinstance(command, CarryOutErasure) for command in commands):
            self.apply_erasures()

    def known(self) -> Known:
        """What a decision may look at now, for a preview: read apart, so that what is written meanwhile does not disturb it."""
        book = Book(self.log, self.vault)
        book.open(self.today())
        return book.known(self.today(), self.strict)

    @contextmanager
    def knowing(self) -> Iterator[Known]:
        """The same for one preview after the other: what was read for the last is kept for a while, and only what came since is read."""
        forgotten = self._forgotten
        try:
            book = self._spare.pop()
        except IndexError:
            book = Book(self.log, self.vault)
            book.open(self.today())
        else:
            book.catch_up()
        try:
            yield book.known(self.today(), self.strict)
        finally:
            # One is enough, and none that still knows of somebody who was erased meanwhile.
            if forgotten is self._forgotten and not self._spare:
                self._spare.append(book)
                self._spared_at = monotonic()

    def policy(self) -> Policy:
        """The rule of dual management that is in force today, as the log has it."""
        found: dict[str, Any] = {}
        for row in self.log.streams_like(Root.POLICY.prefix, self.log.head()):
            found[row.stream] = streams.evolve(found.get(row.stream), codec.decode(row))
        return documents.policy_of(found.values(), self.shelf, self.today())

    def purge_files(self) -> int:
        """Take away the files of evidence that were sent some days ago and that no record has named yet; how many.

        Only while what can be read is as far as what was written: rows that are being made anew name nothing yet.
        """
        before = now() - UNNAMED_KEPT
        old = self.files.put_before(before)
        if not old:
            return 0
        head = self.log.head()
        with self.store.reading() as connection:
            if as_of.position_now(connection, self.code) < head:
                return 0
            named = evidence.named_among(connection, self.code, old)
        gone = sum(self.files.forget(each, before) for each in old if each not in named)
        if gone:
            told = {"ledger": self.code, "count": gone}
            _log.info("files of evidence that no record names were taken away", extra=told)
        return gone

    def head(self) -> int:
        """The position of the newest entry."""
        return self.log.head()

    def close(self) -> None:
        """Wait for what is under way and give back the log's files and connections."""
        self._commits.close()
        self._stop.set()
        self._wake.set()
        if self._reading is not None:
            self._reading.join()
        self.settle()
        self.readings.close()
        self.log.close()


class Installation:
    """All ledgers of a data folder or of a database; each is opened on first use. Safe for several threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._desks: dict[str, Desk] = {}
        self._lock = threading.Lock()
        self._pool: postgres_log.LogPool | None = None
        self._stores: list[Store] = []
        self._keeps_reading = False
        self._not_served: set[str] = set()
        self._tokens: Tokens | None = None
        self.master = MasterKeys(settings.master_key_file, settings.keys)
        self._closing = threading.Event()
        self._following = threading.Thread(target=self._follow, name="grants", daemon=True)
        self._access: Access | None = None
        self._asking: Asking | None = None

    @property
    def tokens(self) -> Tokens:
        """What mints and verifies tokens here; the key is made on first use."""
        with self._lock:
            if self._tokens is None:
                key = self.settings.token_key or key_in(self.settings.token_key_file)
                self._tokens = Tokens(key)
            return self._tokens

    @property
    def access(self) -> Access:
        """Who somebody is: accounts, sessions, keys of other systems; opened on first use."""
        with self._lock:
            if self._access is None:
                self._access = opened(self.settings.access, self.settings.database)
            return self._access

    @property
    def provider(self) -> OpenId | None:
        """The identity provider that people may sign in at, none where the operator named none."""
        named = self.settings.provider
        if named is None:
            return None
        access = self.access
        with self._lock:
            if self._asking is None:
                self._asking = Asking(named, access.clock)
            return OpenId(self._asking, access.store, access.marks, access.clock)

    def purge_access(self) -> None:
        """Take away sessions, links and notes that ended, where accounts are in use here."""
        if self._access is not None:
            self._access.purge()

    def purge_files(self) -> None:
        """Take away the files of evidence that no record has named for some days, of the ledgers that are open; one that fails keeps none of the others."""
        for desk in self.open_desks():
            try:
                desk.purge_files()
            except Exception as error:
                told = {"ledger": desk.code}
                _log.warning("files of evidence cannot be tidied now", extra=told, exc_info=error)

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
            raise Refused(Reason.MALFORMED, "/code", given(code), wanted=_CODE) from error
        if not committee.strip():
            raise Refused(Reason.MISSING, "/name")
        try:
            ZoneInfo(zone)
        except (LookupError, ValueError) as error:
            raise Refused(Reason.MALFORMED, "/zone", given(zone), wanted=_ZONE) from error
        if self.settings.database is not None:
            postgres_log.create_ledger(self.settings.database, code)
            create_tables(self.settings.database)
        else:
            sqlite_log.create_ledger(self.settings.data, code)
        log = self._open(code)
        try:
            # One that was left empty when its making was broken off is taken up again.
            if log.head():
                raise Refused(Reason.ALREADY_RECORDED, "/code", code)
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
                self._desks[code] = self._opened(code)
                self._not_served.discard(code)
                if self._keeps_reading:
                    self._desks[code].keep_reading()
            return self._desks[code]

    def opened_already(self, code: str) -> Desk | None:
        """The ledger of that code, if it was asked for before."""
        return self._desks.get(code)

    def _opened(self, code: str) -> Desk:
        """The ledger of that code, opened; a damaged file is named. In a rehearsed time none is but the one that is rehearsed."""
        if rehearsed() is not None and self.settings.ledger not in {None, code}:
            raise Refused(Reason.NO_SUCH_LEDGER, about=code[:40])
        try:
            log = self._open(code)
        except (LookupError, ValueError) as error:
            raise Refused(Reason.NO_SUCH_LEDGER, about=code[:40]) from error
        except sqlite3.DatabaseError as error:
            if not _tells_of_damage(error):
                raise
            file = sqlite_log.ledger_file(self.settings.data, code)
            raise Refused(Reason.DAMAGED, about=str(file)) from error
        had = len(self._stores)
        vault = self.vault(code)
        try:
            return Desk(
                log,
                self._store(code),
                *self.sealing(code),
                vault,
                Readings(partial(self._readings_log, code)),
                self.files(code, vault),
                strict=self.settings.strict,
            )
        except BaseException as error:
            log.close()
            for store in self._stores[had:]:
                store.close()
            del self._stores[had:]
            refused = self._refusal(code, error)
            if refused is None:
                raise
            raise refused from error

    def _refusal(self, code: str, error: BaseException) -> Refused | None:
        """Why a ledger cannot be opened, where it is its own trouble and none that passes."""
        if isinstance(error, DatabaseError) and _tells_of_damage(error.orig):
            file = self.settings.data / "read" / f"{code}.sqlite"
            return Refused(Reason.READ_MODEL_DAMAGED, about=str(file))
        if isinstance(error, Poisoned):
            told = f"{code} {error.position} {error.stream}"
            cause = error.__cause__
            return cause if isinstance(cause, Refused) else Refused(Reason.DAMAGED, about=told)
        return None

    def each(self) -> Iterator[Desk | Refused]:
        """Every ledger in order of its code, or why it cannot be opened: one that is damaged keeps none from the others."""
        for code in self.ledgers():
            try:
                yield self.desk(code)
            except Refused as refused:
                yield refused

    def opened(self, code: str) -> Iterator[Desk]:
        """The ledger of that code, or none where it cannot be opened; the log says why."""
        try:
            desk = self.desk(code)
        except Refused as refused:
            told = {"ledger": code, "reason": refused.reason.value}
            _log.warning("a ledger is not served", extra=told)
            # One that is not there, or whose making was broken off, is none that is missed.
            if refused.reason is not Reason.NO_SUCH_LEDGER:
                self._not_served.add(code)
        else:
            yield desk

    def only(self) -> Desk:
        """The ledger that is meant where none is named, opened."""
        return self.desk(self.named())

    def named(self) -> str:
        """The code of the ledger that is meant where none is named: that of the settings, or of the only one there is."""
        if self.settings.ledger is not None:
            return self.settings.ledger
        codes = self.ledgers()
        if len(codes) > 1:
            raise Refused(Reason.NAME_ONE, "--ledger", " ".join(codes))
        if not codes:
            raise Refused(Reason.NO_SUCH_LEDGER, about="lvzhi ledger create CODE --name …")
        return codes[0]

    def sealing(self, code: str) -> tuple[Seals, FileSigner]:
        """Where the seals of a ledger, or of its readings, lie, and the key that signs them."""
        if code.endswith(OF_READINGS):
            seals = Seals(self.settings.readings / "seals", code.removesuffix(OF_READINGS))
            return seals, FileSigner(self.settings.seal_keys, code)
        return Seals(self.settings.seals, code), FileSigner(self.settings.seal_keys, code)

    def vault(self, code: str) -> KeyFile:
        """Where the keys of the people of a ledger lie."""
        erased = ErasedList(self.settings.erased / f"{code}.txt")
        return KeyFile(self.settings.keys / f"{code}.sqlite", code, self.master, erased)

    def heads(self) -> dict[str, int]:
        """How far each ledger goes, whoever wrote to it."""
        if self.settings.database is None:
            return sqlite_log.heads(self.settings.data)
        with self._lock:
            pool = self._shared_pool()
        return postgres_log.heads(pool)

    def heads_of_readings(self) -> dict[str, int]:
        """How far the readings of each ledger go, by the code with which they are sealed."""
        found = sqlite_log.heads(self.settings.readings)
        return {f"{code}{OF_READINGS}": head for code, head in found.items() if head}

    def _readings_log(self, code: str) -> Log:
        self.settings.readings.mkdir(mode=0o700, parents=True, exist_ok=True)
        sqlite_log.create_ledger(self.settings.readings, code)
        return sqlite_log.SqliteLog(self.settings.readings, code)

    @contextmanager
    def borrowed_log(self, code: str) -> Iterator[Log]:
        """The log of a ledger, or of its readings: of its desk where that is open, otherwise for this once."""
        plain = code.removesuffix(OF_READINGS)
        desk = self._desks.get(plain)
        if plain != code:
            with closing(self._readings_log(plain)) as log:
                yield log
        elif desk is not None:
            yield desk.log
        else:
            with self._lock:
                log = self._open(code)
            with closing(log):
                yield log

    def keep_reading(self) -> None:
        """From now on keep the read model of every ledger up to date, from the moment that it is first asked for."""
        self._keeps_reading = True
        if self._following.ident is None:
            self._following.start()
        codes = self.ledgers()
        # One that is damaged, or whose making was broken off, keeps none of the others from being served.
        for code in codes if len(codes) <= MOST_AT_START else []:
            for desk in self.opened(code):
                desk.keep_reading()

    def open_desks(self) -> list[Desk]:
        """The ledgers that are open."""
        return list(self._desks.values())

    @property
    def serves_all(self) -> bool:
        """Whether each ledger that was asked for could be opened."""
        return not self._not_served

    def _follow(self) -> None:
        """See what other processes grant and revoke in the ledgers that are open here."""
        while not self._closing.wait(GRANTS_EVERY):
            for desk in self.open_desks():
                try:
                    desk.follow()
                except Exception as error:
                    # Until it can be read again, what was known stands.
                    told = {"ledger": desk.code}
                    _log.warning("a ledger cannot be followed now", extra=told, exc_info=error)

    def close(self) -> None:
        """Close all that is open; a second time does nothing."""
        self._closing.set()
        if self._following.is_alive():
            self._following.join()
        with self._lock:
            desks, self._desks = list(self._desks.values()), {}
        # Not under the lock, which whoever still asks may want in the thread that these wait for.
        for desk in desks:
            desk.close()
        with self._lock:
            if self._asking is not None:
                self._asking.close()
            if self._access is not None:
                self._access.close()
            self._asking = self._access = None
            for store in self._stores:
                store.close()
            self._stores.clear()
            if self._pool is not None:
                self._pool.close()
                self._pool = None

    def _store(self, code: str) -> Store:
        """Where the rows of this ledger lie: a file of its own, or the tables that all ledgers of a database share."""
        if self.settings.database is None:
            self._stores.append(SqliteStore(self.settings.data, code))
        elif not self._stores:
            self._stores.append(self._postgres_store(self.settings.database))
        return self._stores[-1]

    def _postgres_store(self, url: str) -> Store:
        """The tables of read models, made anew where they are of another version and may be made here."""
        try:
            return PostgresStore(url)
        except OtherLayout:
            try:
                create_tables(url)
            except ProgrammingError as error:
                raise OtherLayout(Reason.NOT_PREPARED) from error
            return PostgresStore(url)

    def files(self, code: str, vault: KeyFile | None = None) -> EvidenceFiles:
        """The files of evidence of a ledger, for which none need be open."""
        return EvidenceFiles(self._files(code), vault or self.vault(code))

    def _files(self, code: str) -> Files:
        """Where the files of evidence of this ledger lie: in the data folder, or beside its log in the database."""
        if self.settings.database is None:
            return FolderFiles(self.settings.data / "files", code)
        return TableFiles(self._shared_pool(), code)

    def _open(self, code: str) -> Log:
        if self.settings.database is None:
            return sqlite_log.SqliteLog(self.settings.data, code)
        return postgres_log.PostgresLog(self._shared_pool(), code)

    def _shared_pool(self) -> postgres_log.LogPool:
        if self._pool is None and self.settings.database is not None:
            self._pool = postgres_log.LogPool(self.settings.database)
        if self._pool is None:
            raise LookupError("no database")
        return self._pool

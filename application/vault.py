"""What tells of a person lies sealed in the log, under a key of his own that is kept apart; with the key it is gone for good.

A sealed text is `PREFIX` and, in base64 for addresses, a nonce of 12 bytes and what AES-256-GCM made of the text. Ledger, stream,
version, place in the event and whose key it is are bound in: moved to another place it does not open. Whoever a text tells of is
named by a stream: a person of the roster, or the record that a citizen's words stand in.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Protocol, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from filelock import FileLock, Timeout

from application.durable import kept_secret, secret_in, write_durably
from domain import personal
from domain.people import Reason, Refused
from domain.words import Label

V = TypeVar("V")

PREFIX = "sealed1."
"""How a sealed text begins; a later form begins otherwise."""
FILE_PREFIX = b"lvzhi1\0"
"""How a sealed file begins, before its nonce and what AES-256-GCM made of it; a later form begins otherwise."""
FILE_ADDED = len(FILE_PREFIX) + 12 + 16
"""Bytes by which a sealed file is longer than it was: these, the nonce and the tag."""
ERASED = "(已删除)"
"""What stands where somebody's key was destroyed."""
KEY_BYTES, NONCE_BYTES = 32, 12
PATIENCE = 15.0
"""Seconds that a writer waits for another process to finish writing."""
MOST_KEPT = 200_000
"""Keys that are kept in memory."""
AT_ONCE = 500
"""Keys that are read by one query."""
ZEROS = 1_048_576
"""Bytes that are overwritten at a time."""
_MASTER = "lvzhi-master-1 "
_MASTER_FILE = Label(
    "加密了这些钥匙的主密钥文件:请核对路径、磁盘是否挂载",
    "the file of the master key that wrapped these keys: see whether the path is right and the disk mounted",
)

_LAYOUT = """
CREATE TABLE IF NOT EXISTS keys (
    subject TEXT PRIMARY KEY,
    master TEXT NOT NULL,
    wrapped BLOB NOT NULL
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of a ledger: its stream and its version there."""

    stream: str
    version: int


class Vault(Protocol):
    """Seals and opens what tells of a person in the entries of one ledger. Safe for several threads."""

    def has(self, subjects: Collection[str]) -> bool:
        """Whether nobody need wait for the keys of these: they are in memory, or destroyed."""

    def prepare(self, subjects: Iterable[str]) -> None:
        """Make and store the keys that are missing, in one transaction; none for whom a key was destroyed."""

    def fetch(self, subjects: Iterable[str]) -> None:
        """Read the keys of these into memory, in few queries."""

    def sealed(self, event: V, place: Place) -> V:
        """The event with what tells of a person sealed; the very same where nothing does. Refuses what would tell of somebody erased."""

    def opened(self, event: V, place: Place) -> V:
        """The event as it was before it was sealed, but for what was erased. Raises `KeyMissing`, `Broken`."""

    def masked(self, command: V, stream: str, subject: str = "") -> V:
        """The command with what tells of a person replaced by marks that nobody can guess at without the keys; `subject` is whom its stream is about."""


class Unsealed:
    """A vault that leaves everything as it is: for ledgers of made-up people."""

    def has(self, subjects: Collection[str]) -> bool:  # noqa: ARG002  # the form of a vault
        """Yes."""
        return True

    def prepare(self, subjects: Iterable[str]) -> None:
        """Nothing to make."""

    def fetch(self, subjects: Iterable[str]) -> None:
        """Nothing to read."""

    def sealed(self, event: V, place: Place) -> V:  # noqa: ARG002  # the form of a vault
        """The event."""
        return event

    def opened(self, event: V, place: Place) -> V:  # noqa: ARG002  # the form of a vault
        """The event."""
        return event

    def masked(self, command: V, stream: str, subject: str = "") -> V:  # noqa: ARG002  # the form of a vault
        """The command."""
        return command


@dataclass(unsafe_hash=True)
class KeyMissing(Refused):
    """Something is sealed for which there is no key, though none was destroyed: the keys are not those of this ledger, or lost."""


@dataclass(unsafe_hash=True)
class Broken(Refused):
    """A sealed text that its key does not open: it was changed, or stands where it was not sealed."""


class MasterKeys:
    """The keys that wrap all others, in one file, the newest last; its first is made on first use.

    `keys` is the folder of what they wrap. Whoever wraps holds them until what he wrapped is stored, and so does whoever adds or
    forgets one: nothing is stored under one that was forgotten meanwhile, in whatever process.
    """

    def __init__(self, file: Path, keys: Path) -> None:
        self.file = file
        self.keys = keys
        self._stamp: tuple[int, int, int] | None = None
        self._keys: dict[str, AESGCM] = {}
        # Where whoever makes keys writes anyway: the file of the master key may be out of his reach but for reading.
        self._alone = FileLock(keys / "master.lock", timeout=PATIENCE)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else wraps, adds or forgets meanwhile; they are read as they are now. Refused after some time of waiting."""
        if not self.file.exists():
            # Before anything is made where nothing should be.
            self._refuse_used()
        self.keys.mkdir(parents=True, exist_ok=True)
        try:
            self._alone.acquire()
        except Timeout as error:
            raise Refused(Reason.BUSY, about=self.file.name) from error
        try:
            self._stamp = None
            self._look_again()
            yield
        finally:
            self._alone.release()

    def wrap(self, key: bytes, bound: bytes) -> tuple[str, bytes]:
        """The name of the newest, and a key wrapped under it; only while they are held."""
        name, nonce = list(self._keys)[-1], os.urandom(NONCE_BYTES)
        return name, nonce + self._keys[name].encrypt(nonce, key, bound)

    def unwrap(self, name: str, wrapped: bytes, bound: bytes) -> bytes:
        """The key that was wrapped under that one; refuses where there is none of that name, or it does not fit."""
        if name not in self._keys:
            # It was not read yet, or another process has added it since.
            self._look_again()
        master = self._keys.get(name)
        if master is None:
            raise self._wrong(name)
        try:
            return master.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound)
        except InvalidTag as error:
            raise self._wrong(name) from error

    def add(self) -> None:
        """Wrap under a new one from now on; the old ones still unwrap."""
        with self.held():
            raw = kept_secret(self.file)
            self._sweep()
            write_durably(self.file, raw + b"\n" + _new_master(), mode=0o600)
            self._look_again()

    def keep_only_newest(self) -> None:
        """Forget the older ones; refused while a key in any file of keys is wrapped under one of them."""
        with self.held():
            self._sweep()
            name = list(self._keys)[-1]
            for file in sorted(self.keys.glob("*.sqlite")):
                older = _rows(file, "WHERE master != ?", name)
                if older:
                    raise Refused(Reason.KEYS_UNDER_OLDER, about=f"{file.name}: {older}")
            line = kept_secret(self.file).splitlines()[-1]
            write_durably(self.file, line + b"\n", mode=0o600)
            self._look_again()

    def _look_again(self) -> None:
        try:
            found = self.file.stat()
            if self._stamp == (found.st_mtime_ns, found.st_size, found.st_ino):
                return
            raw = kept_secret(self.file)
        except FileNotFoundError:
            raw = secret_in(self.file, self._first)
            found = self.file.stat()
        self._keys = self._read(raw)
        self._stamp = found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self, raw: bytes) -> dict[str, AESGCM]:
        found = {}
        try:
            for line in raw.decode().splitlines():
                name, _, said = line.removeprefix(_MASTER).partition(" ")
                if not line.startswith(_MASTER):
                    raise ValueError(line[:1])
                key = bytes.fromhex(said)
                if len(key) != KEY_BYTES:
                    raise ValueError(len(key))
                found[name] = AESGCM(key)
        except ValueError:
            # What it says may be a key.
            raise self._wrong() from None
        if not found:
            raise self._wrong()
        return found

    def _first(self) -> bytes:
        self._refuse_used()
        return _new_master()

    def _refuse_used(self) -> None:
        """Where there are keys already the file is not missing, but elsewhere: with another one the next keys would be lost."""
        used = any(_rows(file) for file in self.keys.glob("*.sqlite"))
        # Another process may have made the first one meanwhile, and used it; then that is taken.
        if used and not self.file.exists():
            raise self._wrong()

    def _wrong(self, name: str = "") -> Refused:
        about = f"{self.file} {name}".strip()
        return Refused(Reason.WRONG_KEY_FILE, "LVZHI_MASTER_KEY_FILE", about, wanted=_MASTER_FILE)

    def _sweep(self) -> None:
        """Take away what somebody left who was killed while he wrote the file."""
        for draft in self.file.parent.glob(f"{self.file.name}.{'[0-9a-f]' * 8}"):
            draft.unlink(missing_ok=True)


def _rows(file: Path, where: str = "", *asked: str) -> int:
    """How many keys there are in a file of keys."""
    with _opened(file) as connection:
        try:
            found = connection.execute(f"SELECT count(*) FROM keys {where}", asked).fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return 0
            raise
        return int(found[0])


def _new_master() -> bytes:
    return f"{_MASTER}{os.urandom(4).hex()} {os.urandom(KEY_BYTES).hex()}\n".encode()


class ErasedList:
    """Whose keys were destroyed, in a file that is only added to and never restored from a backup.

    It is kept apart from the ledger and from the keys, and applied again after either was restored.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._stamp: tuple[int, int] | None = None
        self._subjects: frozenset[str] = frozenset()

    def subjects(self) -> frozenset[str]:
        """All of them, as the file has them now."""
        try:
            found = self.file.stat()
        except FileNotFoundError:
            self._stamp, self._subjects = None, frozenset()
            return self._subjects
        stamp = (found.st_mtime_ns, found.st_size)
        if stamp != self._stamp:
            lines = self.file.read_text("utf-8").splitlines()
            self._subjects = frozenset(line.partition(" ")[2] for line in lines if line)
            self._stamp = stamp
        return self._subjects

    def add(self, day: str, subjects: Iterable[str]) -> None:
        """Note these, durably, before their keys are destroyed."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.file.with_suffix(".lock")):
            new = sorted(set(subjects) - self.subjects())
            if not new:
                return
            old = self.file.read_bytes() if self.file.exists() else b""
            lines = "".join(f"{day} {subject}\n" for subject in new)
            write_durably(self.file, old + lines.encode(), mode=0o600)


UNSEALED = Unsealed()


class KeyFile:
    """The keys of one ledger's people, wrapped, in a file of their own."""

    def __init__(self, file: Path, ledger: str, master: MasterKeys, erased: ErasedList) -> None:
        self.file = file
        self.ledger = ledger
        self.erased = erased
        self.master = master
        self._keys: dict[str, tuple[AESGCM, bytes]] = {}
        self._gone: frozenset[str] = frozenset()
        self._lock = RLock()

    # The keys

    def has(self, subjects: Collection[str]) -> bool:
        """Whether nobody need wait for the keys of these: they are in memory, or destroyed."""
        gone = self._look_again()
        return all(each in self._keys or each in gone for each in subjects)

    def prepare(self, subjects: Iterable[str]) -> None:
        """Make and store the keys that are missing, in one transaction; none for whom a key was destroyed."""
        wanted = dict.fromkeys(subjects)
        with self._lock:
            self.fetch(wanted)
            gone = self._look_again()
            missing = [each for each in wanted if each not in self._keys and each not in gone]
            if not missing:
                return
            with self.master.held(), self._writing() as connection:
                self._try_one(connection)
                rows = [
                    (each, *self.master.wrap(os.urandom(KEY_BYTES), self._of(each)))
                    for each in missing
                ]
                connection.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?, ?)", rows)
            # Of two processes that make one at once, both use the first.
            self.fetch(missing)

    def fetch(self, subjects: Iterable[str]) -> None:
        """Read the keys of these into memory, in few queries; none for whom a key was destroyed."""
        wanted = dict.fromkeys(subjects)
        with self._lock:
            gone = self._look_again()
            missing = [each for each in wanted if each not in self._keys and each not in gone]
            if not missing or not self.file.exists():
                return
            if len(self._keys) + len(missing) > MOST_KEPT:
                self._keys.clear()
            with self._connected() as connection:
                for start in range(0, len(missing), AT_ONCE):
                    some = missing[start : start + AT_ONCE]
                    marks = ", ".join("?" * len(some))
                    found = connection.execute(
                        f"SELECT subject, master, wrapped FROM keys WHERE subject IN ({marks})",
                        some,
                    )
                    for subject, master, wrapped in found:
                        self._take_in(subject, master, wrapped)

    def destroy(self, subjects: Iterable[str]) -> int:
        """Destroy the keys of these, so that nothing of them is left in the file; how many there were."""
        gone = list(dict.fromkeys(subjects))
        with self._lock:
            for each in gone:
                self._keys.pop(each, None)
            if not self.file.exists():
                return 0
            with self._writing() as connection:
                asked = ((each,) for each in gone)
                number = connection.executemany(
                    "DELETE FROM keys WHERE subject = ?", asked
                ).rowcount
                if number:
                    # Pages that were divided keep copies of rows that moved: all of them are freed, which overwrites them.
                    left = connection.execute(
                        "SELECT subject, master, wrapped FROM keys"
                    ).fetchall()
                    connection.execute("DELETE FROM keys")
                    connection.executemany("INSERT INTO keys VALUES (?, ?, ?)", left)
                return number

    def rewrap(self) -> int:
        """Wrap all keys under the newest master key; how many keys there are."""
        with self._lock, self.master.held(), self._writing() as connection:
            rows = connection.execute("SELECT subject, master, wrapped FROM keys").fetchall()
            anew = [
                (*self.master.wrap(self._unwrapped(*row), self._of(row[0])), row[0]) for row in rows
            ]
            connection.executemany(
                "UPDATE keys SET master = ?, wrapped = ? WHERE subject = ?", anew
            )
        return len(anew)

    def copy_to(self, file: Path) -> None:
        """A backup of the keys, which are of no use without the master key."""
        file.touch(mode=0o600, exist_ok=False)
        with self._connected() as connection, closing(sqlite3.connect(file)) as copy:
            connection.backup(copy)

    def number(self) -> int:
        """How many keys there are."""
        if not self.file.exists():
            return 0
        with self._connected() as connection:
            return int(connection.execute("SELECT count(*) FROM keys").fetchone()[0])

    # What lies under them

    def sealed(self, event: V, place: Place) -> V:
        """The event with what tells of a person sealed; the very same where nothing does. Refuses what would tell of somebody erased."""

        def seal(whose: str, where: str, text: str) -> str:
            key, _ = self._made_key(whose)
            nonce = os.urandom(NONCE_BYTES)
            said = nonce + key.encrypt(nonce, text.encode(), self._bound(place, where, whose))
            return PREFIX + base64.urlsafe_b64encode(said).decode()

        return personal.changed(event, place.stream, seal)

    def opened(self, event: V, place: Place) -> V:
        """The event as it was before it was sealed, but for what was erased. Raises `KeyMissing`, `Broken`."""

        def open_(whose: str, where: str, text: str) -> str:
            if not text.startswith(PREFIX):
                return text
            found = self._key(whose)
            if found is None:
                if whose in self.erased.subjects():
                    return ERASED
                raise KeyMissing(Reason.KEYS_MISSING, about=whose)
            try:
                said = base64.urlsafe_b64decode(text[len(PREFIX) :])
                bound = self._bound(place, where, whose)
                return found[0].decrypt(said[:NONCE_BYTES], said[NONCE_BYTES:], bound).decode()
            except (InvalidTag, binascii.Error, ValueError) as error:
                about = f"{place.stream} {place.version} {where}"
                raise Broken(Reason.DAMAGED, about=about) from error

        return personal.changed(event, place.stream, open_)

    def sealed_file(self, content: bytes, whose: str, name: str) -> bytes:
        """A file sealed under a key, made where it is missing; it opens under its own name alone."""
        key, _ = self._made_key(whose)
        nonce = os.urandom(NONCE_BYTES)
        return FILE_PREFIX + nonce + key.encrypt(nonce, content, self._bound_file(whose, name))

    def opened_file(self, sealed: bytes, whose: str, name: str) -> bytes:
        """The file as it was before it was sealed. Raises `KeyMissing`, `Broken`."""
        found = self._key(whose)
        if found is None:
            raise KeyMissing(Reason.KEYS_MISSING, about=whose)
        said = sealed.removeprefix(FILE_PREFIX)
        try:
            if len(said) == len(sealed):
                raise InvalidTag
            bound = self._bound_file(whose, name)
            return found[0].decrypt(said[:NONCE_BYTES], said[NONCE_BYTES:], bound)
        except (InvalidTag, ValueError) as error:
            raise Broken(Reason.DAMAGED, about=name) from error

    def masked(self, command: V, stream: str, subject: str = "") -> V:
        """The command with what tells of a person replaced by marks that nobody can guess at without the keys; `subject` is whom its stream is about."""

        def mask(whose: str, where: str, text: str) -> str:
            _, key = self._made_key(whose)
            return hmac.digest(key, f"{where}\0{text}".encode(), "sha256").hex()

        return personal.changed(command, stream, mask, subject=subject)

    def _key(self, subject: str) -> tuple[AESGCM, bytes] | None:
        if subject in self._look_again():
            return None
        found = self._keys.get(subject)
        if found is None:
            self.fetch([subject])
            found = self._keys.get(subject)
        return found

    def _made_key(self, subject: str) -> tuple[AESGCM, bytes]:
        found = self._key(subject)
        if found is None and subject not in self._gone:
            self.prepare([subject])
            found = self._key(subject)
        if found is None:
            raise Refused(Reason.ERASED, about=subject)
        return found

    def _take_in(self, subject: str, master: str, wrapped: bytes) -> None:
        key = self._unwrapped(subject, master, wrapped)
        self._keys[subject] = AESGCM(key), hmac.digest(key, b"lvzhi mark", "sha256")

    def _try_one(self, connection: sqlite3.Connection) -> None:
        """Refuse a master key that is not the one of what lies in the file already: once the right one is back, the next keys would be lost."""
        for row in connection.execute("SELECT subject, master, wrapped FROM keys LIMIT 1"):
            self._unwrapped(*row)

    def _unwrapped(self, subject: str, master: str, wrapped: bytes) -> bytes:
        return self.master.unwrap(master, wrapped, self._of(subject))

    def _look_again(self) -> frozenset[str]:
        """Whose keys were destroyed, by whatever process; they are forgotten here too."""
        gone = self.erased.subjects()
        if gone is not self._gone:
            with self._lock:
                for each in gone:
                    self._keys.pop(each, None)
                self._gone = gone
        return gone

    def _of(self, subject: str) -> bytes:
        return f"lvzhi key\0{self.ledger}\0{subject}".encode()

    def _bound(self, place: Place, where: str, whose: str) -> bytes:
        said = (self.ledger, place.stream, str(place.version), where, whose)
        return "\0".join(("lvzhi text", *said)).encode()

    def _bound_file(self, whose: str, name: str) -> bytes:
        return f"lvzhi file\0{self.ledger}\0{whose}\0{name}".encode()

    # The file

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        if not self.file.exists():
            self.file.touch(mode=0o600)
        with _opened(self.file) as connection:
            connection.execute(_LAYOUT)
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._connected() as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                _overwrite(self._journal)
                raise
            connection.execute("COMMIT")
            # Nobody else writes before the connection is closed: when this returns, what was deleted is overwritten in file
            # and journal alike. After a crash before that, whoever writes next overwrites it.
            _overwrite(self._journal)

    @property
    def _journal(self) -> Path:
        return self.file.with_name(f"{self.file.name}-journal")


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A file of keys, whose journal is never unlinked: what was in it would stay on the disk."""
    with closing(sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)) as connection:
        # The first look takes back what a crash left half done, before any other journal mode holds; held alone, it unlinks nothing.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_size_limit = -1")
        connection.execute("PRAGMA journal_mode = PERSIST")
        connection.execute("PRAGMA locking_mode = NORMAL")
        # What is deleted is overwritten, and a commit is on the disk when it returns.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("PRAGMA temp_store = MEMORY")
        yield connection


def _overwrite(file: Path) -> None:
    """Overwrite all that is in a file on the disk, then cut it."""
    if not file.exists():
        return
    with file.open("r+b") as opened:
        left = opened.seek(0, os.SEEK_END)
        opened.seek(0)
        while left > 0:
            left -= opened.write(bytes(min(left, ZEROS)))
        opened.flush()
        os.fsync(opened.fileno())
        opened.truncate(0)

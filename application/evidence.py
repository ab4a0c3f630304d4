"""Files of evidence: pictures and papers that bear records out, each under its SHA-256, sealed under one key of its ledger.

They lie beside the log and are no part of it: a record names a file by its hash, which stays when the file is forgotten. What is
kept is what `pictures` leaves of what was sent, and the hash is of that.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from psycopg.errors import InsufficientPrivilege, UndefinedTable
from psycopg.rows import tuple_row

from application.clock import Clock, now
from application.durable import make_folder, remove_durably, write_durably
from application.log import checked_code
from application.pictures import MediaType, cleaned, media_type_of
from application.postgres_log import LogPool
from application.sizes import too_large
from application.vault import FILE_ADDED, Broken, KeyFile, KeyMissing
from domain.evidence import is_hash
from domain.people import Reason, Refused

LARGEST = 5 * 1024 * 1024
"""Bytes that a file may have as it is sent."""
KEY = "files"
"""Under whose key in the vault they lie: one for all of a ledger, apart from those of people."""
_DRAFT = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file that is kept: its hash, how many bytes it has, and what it is."""

    sha256: str
    size: int
    media_type: MediaType


@dataclass(frozen=True, slots=True)
class Total:
    """How many files there are, and their bytes together."""

    count: int
    size: int


class Files(Protocol):
    """Where the sealed files of one ledger lie. Safe for several threads and processes."""

    def put(self, sha256: str, sealed: bytes, at: datetime) -> None:
        """Keep a file as of this instant, durably; in place of one of that name."""

    def get(self, sha256: str) -> bytes | None:
        """The file of that name."""

    def held(self, hashes: Sequence[str]) -> frozenset[str]:
        """Which of these are the names of files that are there."""

    def forget(self, sha256: str, before: datetime | None = None) -> bool:
        """Take a file away, only where it was last put before that instant if one is told; whether it was."""

    def put_before(self, instant: datetime) -> list[str]:
        """The names of all that were last put before that instant."""

    def total(self) -> Total:
        """How many there are, and their bytes together, sealed."""


class FolderFiles:
    """Files in `files/LEDGER/ab/abcdef…`; when one was put is its time of change."""

    def __init__(self, folder: Path, ledger: str) -> None:
        self.folder = folder / checked_code(ledger)

    def put(self, sha256: str, sealed: bytes, at: datetime) -> None:
        """Keep a file."""
        file = self._file(sha256)
        try:
            make_folder(file.parent)
            write_durably(file, sealed, mode=0o600)
            os.utime(file, (at.timestamp(), at.timestamp()))
        except OSError as error:
            # Such as a disk that is full.
            raise Refused(Reason.UNAVAILABLE) from error

    def get(self, sha256: str) -> bytes | None:
        """The file of that name."""
        try:
            return self._file(sha256).read_bytes()
        except FileNotFoundError:
            return None

    def held(self, hashes: Sequence[str]) -> frozenset[str]:
        """Which of these are there."""
        return frozenset(each for each in hashes if self._file(each).exists())

    def forget(self, sha256: str, before: datetime | None = None) -> bool:
        """Take a file away."""
        file = self._file(sha256)
        try:
            if before is not None and file.stat().st_mtime >= before.timestamp():
                return False
        except FileNotFoundError:
            return False
        return remove_durably(file)

    def put_before(self, instant: datetime) -> list[str]:
        """The names of all that were last put before that instant; what was left half written by then goes."""
        found = []
        for entry, status in self._entries():
            if status.st_mtime >= instant.timestamp():
                continue
            if _DRAFT.fullmatch(entry.name):
                remove_durably(Path(entry.path))
            elif is_hash(entry.name):
                found.append(entry.name)
        return sorted(found)

    def total(self) -> Total:
        """How many there are, and their bytes together, sealed."""
        sizes = [status.st_size for entry, status in self._entries() if is_hash(entry.name)]
        return Total(len(sizes), sum(sizes))

    def _file(self, sha256: str) -> Path:
        if not is_hash(sha256):
            raise ValueError(sha256)
        return self.folder / sha256[:2] / sha256

    def _entries(self) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
        if not self.folder.exists():
            return
        for folder in sorted(each for each in self.folder.iterdir() if each.is_dir()):
            with os.scandir(folder) as entries:
                for entry in entries:
                    try:
                        yield entry, entry.stat()
                    except FileNotFoundError:
                        # Another process has just taken it away.
                        continue


class TableFiles:
    """Files in the table `files` beside the log of the ledger, which its owner makes."""

    def __init__(self, pool: LogPool, ledger: str) -> None:
        self._pool = pool
        self._table = f"lvzhi_{checked_code(ledger)}.files"

    def put(self, sha256: str, sealed: bytes, at: datetime) -> None:
        """Keep a file."""
        with self._pool.connection() as connection, _prepared(), connection.transaction():
            connection.execute(f"DELETE FROM {self._table} WHERE sha256 = %s".encode(), (sha256,))
            # Of two who put it at once, one is enough.
            connection.execute(
                f"INSERT INTO {self._table} VALUES (%s, %s, %s) ON CONFLICT DO NOTHING".encode(),
                (sha256, at, sealed),
            )

    def get(self, sha256: str) -> bytes | None:
        """The file of that name."""
        found = self._rows("SELECT content FROM {table} WHERE sha256 = %b", sha256)
        return bytes(found[0][0]) if found else None  # type: ignore[call-overload]  # a bytea

    def held(self, hashes: Sequence[str]) -> frozenset[str]:
        """Which of these are there, in one question."""
        asked = "SELECT sha256 FROM {table} WHERE sha256 = ANY(%b)"
        return frozenset(str(sha256) for (sha256,) in self._rows(asked, list(hashes)))

    def forget(self, sha256: str, before: datetime | None = None) -> bool:
        """Take a file away."""
        gone = self._rows(
            "DELETE FROM {table} WHERE sha256 = %b AND kept_at < %b RETURNING 1",
            *(sha256, before or datetime.max.replace(tzinfo=UTC)),
        )
        return bool(gone)

    def put_before(self, instant: datetime) -> list[str]:
        """The names of all that were last put before that instant."""
        found = self._rows("SELECT sha256 FROM {table} WHERE kept_at < %b ORDER BY sha256", instant)
        return [str(sha256) for (sha256,) in found]

    def total(self) -> Total:
        """How many there are, and their bytes together, sealed."""
        ((count, size),) = self._rows(
            "SELECT count(*), coalesce(sum(octet_length(content)), 0)::bigint FROM {table}"
        )
        return Total(int(str(count)), int(str(size)))

    def _rows(self, statement: str, *told: object) -> list[tuple[object, ...]]:
        with (
            self._pool.connection() as connection,
            _prepared(),
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            return cursor.execute(statement.format(table=self._table).encode(), told).fetchall()


@contextmanager
def _prepared() -> Iterator[None]:
    """A database whose owner has not yet made the table says who makes it."""
    try:
        yield
    except (UndefinedTable, InsufficientPrivilege) as error:
        raise Refused(Reason.NOT_PREPARED) from error


class EvidenceFiles:
    """The files of evidence of one ledger. Safe for several threads."""

    def __init__(self, files: Files, vault: KeyFile, *, clock: Clock = now) -> None:
        self._files = files
        self._vault = vault
        self._clock = clock

    def put(self, content: bytes) -> Kept:
        """Keep what may be kept of a file; a file that is there already is put anew. Refuses what is none that is kept, and what is too large."""
        if len(content) > LARGEST:
            raise too_large(len(content), LARGEST)
        clean = cleaned(content)
        sha256 = hashlib.sha256(clean.content).hexdigest()
        self._refuse_lost_key()
        sealed = self._vault.sealed_file(clean.content, KEY, sha256)
        self._files.put(sha256, sealed, self._clock())
        return Kept(sha256=sha256, size=len(clean.content), media_type=clean.media_type)

    def get(self, sha256: str) -> tuple[Kept, bytes] | None:
        """A file and what it is, none where it is not kept. Raises `KeyMissing`, `Broken`."""
        sealed = self._files.get(sha256) if is_hash(sha256) else None
        if sealed is None:
            return None
        content = self._vault.opened_file(sealed, KEY, sha256)
        media_type = media_type_of(content)
        if media_type is None or hashlib.sha256(content).hexdigest() != sha256:
            raise Broken(Reason.DAMAGED, about=sha256)
        return Kept(sha256=sha256, size=len(content), media_type=media_type), content

    def holds(self, sha256: str) -> bool:
        """Whether that file is kept."""
        return is_hash(sha256) and self._files.get(sha256) is not None

    def held(self, hashes: Iterable[str]) -> frozenset[str]:
        """Which of these files are kept; none is read."""
        named = [each for each in hashes if is_hash(each)]
        return self._files.held(named) if named else frozenset()

    def forget(self, sha256: str, before: datetime | None = None) -> bool:
        """Take a file away, only where it was last put before that instant if one is told; whether it was."""
        return is_hash(sha256) and self._files.forget(sha256, before)

    def put_before(self, instant: datetime) -> list[str]:
        """The hashes of all that were last put before that instant."""
        return self._files.put_before(instant)

    def total(self) -> Total:
        """How many there are, and their bytes together."""
        found = self._files.total()
        return Total(found.count, found.size - FILE_ADDED * found.count)

    def _refuse_lost_key(self) -> None:
        """Where there are files and no key, it is lost or elsewhere: with another one these would never open again."""
        if self._has_key() or not self._files.total().count:
            return
        # Somebody else may have made it and put the first file in between: what is there now had its key before.
        if not self._has_key():
            raise KeyMissing(Reason.KEYS_MISSING, about=KEY)

    def _has_key(self) -> bool:
        self._vault.fetch([KEY])
        return self._vault.has([KEY])

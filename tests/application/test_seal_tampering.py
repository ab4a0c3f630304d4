"""What somebody does who may write to everything: the database, the seals, at last even the key. One checkpoint is kept outside."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from application.handle import Done, Request, Writer
from application.log import Log
from application.postgres_log import LogPool, PostgresLog, create_ledger
from application.seal.bundle import write_bundle
from application.seal.check import Report, check_ledger, json_of
from application.seal.folder import Seals
from application.seal.receipts import receipt_of
from application.seal.sealing import Sealer, hash_of, origin_in
from application.seal.signing import NOTHING, FileSigner, new_secret
from application.seal.verify import LOG, Bad, Key, parse_key
from application.sqlite_log import SqliteLog
from application.sqlite_log import create_ledger as create_file
from domain.deed import Confirm
from domain.document import Publish, Sort
from domain.grant import GrantAccess
from domain.people import Role
from domain.unit import Side
from tests.application.test_handle import beginning, noon, record
from tests.county import BEGAN, CONVENOR, LI, OFFICE, SOUTH, ZHAO

CODE = "tampered"
EARLY, LATE = 20, 60
"""Positions of two checkpoints: the later one is the one that is kept outside."""


def happened(log: Log, sealer: Sealer) -> None:
    """A county begins, a rubric is published, visits are recorded and confirmed; sealed at two positions, and three entries follow."""
    writer = Writer(log, clock=noon)
    verdicts = writer.write(beginning())
    rubric = Publish(sort=Sort.RUBRIC, code="r", version="1", text="points: 2", since=BEGAN)
    grant = GrantAccess(
        grant="g", person=ZHAO, role=Role.CLERK, unit=SOUTH, since=BEGAN, reason="新任"
    )
    verdicts += writer.write(
        [
            Request(command=rubric, actor=OFFICE, command_id="publish"),
            Request(command=grant, actor=OFFICE, command_id="grant"),
        ]
    )
    number = 0
    while log.head() < LATE + 3:
        if log.head() in (EARLY, LATE):
            sealer.seal()
        number += 1
        verdicts += writer.write([record(f"v{number}", LI, ZHAO, title=f"走访{number}村")])
        if number == 3:
            confirm = Confirm(deed="occasion/v1", side=Side.SECTOR)
            verdicts += writer.write(
                [Request(command=confirm, actor=CONVENOR, command_id="confirm")]
            )
    assert all(isinstance(each, Done) for each in verdicts)


@dataclass(slots=True)
class Place:
    """A data folder that somebody may write to, and what is kept where he may not."""

    folder: Path
    outside: Path
    key: Key

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """The ledger's file without its triggers, as its owner has it."""
        file = self.folder / "ledgers" / f"{CODE}.sqlite"
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in triggers.fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            yield connection

    def do(self, *statements: str) -> None:
        """Carry out statements."""
        with self.database() as connection:
            for each in statements:
                connection.execute(each)

    def change(self, position: int, old: str, new: str) -> None:
        """Change what an entry says."""
        with self.database() as connection:
            (state,) = connection.execute(
                "SELECT state FROM events WHERE rowid = ?", (position,)
            ).fetchone()
            assert old.encode() in state
            changed = state.replace(old.encode(), new.encode(), 1)
            connection.execute("UPDATE events SET state = ? WHERE rowid = ?", (changed, position))

    def find(self, text: str) -> int:
        """The position of the first entry that says this."""
        with self.database() as connection:
            found = connection.execute(
                "SELECT min(rowid) FROM events WHERE instr(state, ?) > 0", (text.encode(),)
            )
            return int(found.fetchone()[0])

    @property
    def seals(self) -> Path:
        """The folder of the seals."""
        return self.folder / "seals" / CODE

    def shift(self, first: int, by: int) -> None:
        """Renumber all entries from a position on."""
        with self.database() as connection:
            order = "DESC" if by > 0 else "ASC"
            rows = connection.execute(
                f"SELECT rowid FROM events WHERE rowid >= ? ORDER BY rowid {order}", (first,)
            )
            for (position,) in rows.fetchall():
                connection.execute(
                    "UPDATE events SET rowid = ? WHERE rowid = ?", (position + by, position)
                )
            connection.execute("UPDATE heads SET head = head + ?", (by,))

    def sealed_anew(self, *, key: str) -> None:
        """Throw the seals away and seal what is there now, with the stolen key or with another."""
        shutil.rmtree(self.seals)
        file = self.folder / "seal-keys" / f"{CODE}.key"
        with closing(SqliteLog(self.folder, CODE)) as log:
            (self.folder / "seal-keys" / f"{CODE}.last").write_text(NOTHING)
            if key == "another" or origin_in(log) != self.key.name:
                file.write_bytes(new_secret(origin_in(log) or "", LOG).text())
            seals = Seals(self.folder / "seals", CODE)
            Sealer(log, seals, FileSigner(self.folder / "seal-keys", CODE)).seal()

    def check(self, *, outside: bool = True) -> Report:
        """What a check finds that has the first key, and the checkpoint that was kept."""
        seals = Seals(self.folder / "seals", CODE)
        with closing(SqliteLog(self.folder, CODE)) as log:
            signer = FileSigner(self.folder / "seal-keys", CODE)
            return check_ledger(
                log, seals, signer, key=self.key, kept=[self.outside] if outside else []
            )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A county that has been sealed twice; `outside` the checkpoint of the second."""
    folder = tmp_path_factory.mktemp("made")
    data = folder / "data"
    create_file(data, CODE)
    seals = Seals(data / "seals", CODE)
    with closing(SqliteLog(data, CODE)) as log:
        signer = FileSigner(data / "seal-keys", CODE)

        hours = iter(range(10))
        happened(
            log,
            Sealer(log, seals, signer, lambda: datetime.now(UTC) + timedelta(hours=next(hours))),
        )
        outside = seals.checkpoint(LATE)
        assert outside is not None
        (folder / "outside").write_text(str(outside), "utf-8")
        key = signer.key(origin_in(log) or "")
    return Place(data, folder / "outside", key)


@pytest.fixture
def place(made: Place, tmp_path: Path) -> Place:
    """A copy of it to do harm to."""
    shutil.copytree(made.folder, tmp_path / "data")
    return Place(tmp_path / "data", made.outside, made.key)


def cut_back(place: Place, position: int) -> None:
    """The ledger as a backup of that moment had it."""
    place.do(
        f"DELETE FROM events WHERE rowid > {position}",
        f"DELETE FROM commands WHERE last > {position}",
        f"UPDATE heads SET head = {position}",
    )


def seals_cut_back(place: Place, position: int) -> None:
    """The seals as a backup of that moment had them."""
    for each in (place.seals / "checkpoints").iterdir():
        if int(each.name) > position:
            each.unlink()
    seals = Seals(place.folder / "seals", CODE)
    root, origin = seals.nodes.root(position), place.key.name
    (place.seals / "sealed").write_text(f"{origin}\n{position}\n{root.hex()}\n")
    for level in range(8):
        file = place.seals / "tree" / f"level{level:02}"
        if file.exists():
            with file.open("r+b") as opened:
                opened.truncate((position >> level) * 32)


def grown_otherwise(place: Place) -> None:
    """The ledger as it was at the first checkpoint, then with other entries."""
    cut_back(place, EARLY)
    with closing(SqliteLog(place.folder, CODE)) as log:
        writer = Writer(log, clock=noon)
        for number in range(100, 160):
            assert isinstance(
                writer.write([record(f"w{number}", ZHAO, title=f"{number}")])[0], Done
            )


def flip(file: Path, place: int) -> None:
    """Change one bit of a file."""
    raw = bytearray(file.read_bytes())
    raw[place] ^= 1
    file.write_bytes(raw)


def swap(place: Place, first: int, second: int, columns: str) -> None:
    """Let two entries change places, or what they say."""
    names = columns.split(", ")
    with place.database() as connection:
        rows = [
            connection.execute(f"SELECT {columns} FROM events WHERE rowid = ?", (n,)).fetchone()
            for n in (first, second)
        ]
        connection.execute(
            "UPDATE events SET originator_id = originator_id || '~' WHERE rowid = ?", (second,)
        )
        sets = ", ".join(f"{name} = ?" for name in names)
        connection.execute(f"UPDATE events SET {sets} WHERE rowid = ?", (*rows[1], first))
        connection.execute(f"UPDATE events SET {sets} WHERE rowid = ?", (*rows[0], second))
        connection.execute("UPDATE events SET originator_id = rtrim(originator_id, '~')")


def insert_forged(place: Place, position: int, copied: int) -> None:
    """Slip a forged entry in."""
    place.shift(position, 1)
    place.do(
        f"INSERT INTO events SELECT {position}, 'occasion/forged', 1, topic, state FROM events WHERE rowid = {copied}"
    )


def forged_signature(place: Place) -> None:
    """A checkpoint under which somebody writes a signature of his own making."""
    file = place.seals / "checkpoints" / f"{EARLY:012}"
    said = file.read_text("utf-8")
    head, _, line = said.rpartition("— ")
    name, _, raw = line.strip().partition(" ")
    file.write_text(
        f"{head}— {name} {raw[:12]}{'A' if raw[12] != 'A' else 'B'}{raw[13:]}\n", "utf-8"
    )


def rotation_of_his_own(place: Place) -> None:
    """A rotation to a key of his own, signed by that key alone."""
    mine = new_secret(place.key.name, LOG)
    text = f"lvzhi-rotation/1\n{place.key.name}\n{EARLY}\n{place.key}\n{mine.key}\n"
    folder = place.seals / "rotations"
    folder.mkdir()
    (folder / f"{EARLY:012}").write_text(f"{text}\n{mine.sign(text.encode())}", "utf-8")


def everything(place: Place, key: str, harm: Callable[[Place], object]) -> None:
    """Do harm, then seal it all anew."""
    harm(place)
    place.sealed_anew(key=key)


def edited_and_mended(place: Place) -> None:
    """Change an entry and every hash that follows from it, but for what only the key can sign."""
    place.change(30, "走访", "慰问")
    seals = Seals(place.folder / "seals", CODE)
    with closing(SqliteLog(place.folder, CODE)) as log:
        hashes = [hash_of(place.key.name.encode(), row) for row in log.since(0, LATE)]
        seals.grow(place.key.name, 0, hashes)


def closed(place: Place) -> None:
    """Delete an entry and close the gap."""
    place.do("DELETE FROM events WHERE rowid = 42")
    place.shift(43, -1)


def all_cut_back(place: Place) -> None:
    """Ledger and seals as an old backup had them."""
    cut_back(place, EARLY)
    seals_cut_back(place, EARLY)


Attack = Callable[[Place], object]
EXACT: dict[str, tuple[Attack, int]] = {
    "edit a body": (lambda p: p.change(30, "走访", "慰问"), 30),
    "edit one bit of a salt": (
        lambda p: p.do(
            'UPDATE events SET state = CAST(replace(state, \'"salt":"\', \'"salt":"0\') AS BLOB) WHERE rowid = 31'
        ),
        31,
    ),
    "store the same as text": (
        lambda p: p.do("UPDATE events SET state = CAST(state AS TEXT) WHERE rowid = 38"),
        38,
    ),
    "edit the stream": (
        lambda p: p.do("UPDATE events SET originator_id = 'occasion/other' WHERE rowid = 32"),
        32,
    ),
    "edit the version": (
        lambda p: p.do("UPDATE events SET originator_version = 2 WHERE rowid = 33"),
        33,
    ),
    "edit the name": (lambda p: p.do("UPDATE events SET topic = 'attended' WHERE rowid = 34"), 34),
    "edit who recorded": (lambda p: p.change(35, '"by":"clerk"', '"by":"someone"'), 35),
    "edit when it was recorded": (
        lambda p: p.change(36, '"at":"2025-06-30', '"at":"2025-05-30'),
        36,
    ),
    "edit when it happened": (lambda p: p.change(37, '"on":"', '"on":"2'), 37),
    "replace an entry by another": (
        lambda p: p.do(
            "UPDATE events SET state = (SELECT state FROM events WHERE rowid = 40) WHERE rowid = 39"
        ),
        39,
    ),
    "empty a body": (lambda p: p.do("UPDATE events SET state = x'' WHERE rowid = 40"), 40),
    "alter the rubric": (lambda p: p.change(p.find("points: 2"), "points: 2", "points: 9"), -1),
    "alter an appointment": (
        lambda p: p.change(p.find('"convenor"'), '"person":"wang"', '"person":"zhao"'),
        -2,
    ),
    "alter a grant": (
        lambda p: p.change(p.find('"grant":"g"'), '"role":"clerk"', '"role":"office"'),
        -4,
    ),
    "turn a grant into its revocation": (
        lambda p: p.do("UPDATE events SET topic = 'access.revoked' WHERE topic = 'access.granted'"),
        -4,
    ),
    "alter a confirmation": (
        lambda p: p.change(p.find('"side":"sector"'), '"by":"wang"', '"by":"chen"'),
        -3,
    ),
    "replace the first entry": (lambda p: p.change(1, "演练县政协", "别的县政协"), 1),
    "replace the last sealed entry": (lambda p: p.change(LATE, "走访", "慰问"), LATE),
    "delete one": (lambda p: p.do("DELETE FROM events WHERE rowid = 41"), 41),
    "delete several": (lambda p: p.do("DELETE FROM events WHERE rowid BETWEEN 41 AND 44"), 41),
    "delete one and close the gap": (closed, 42),
    "delete the newest": (lambda p: cut_back(p, LATE - 5), LATE - 4),
    "delete the newest, leave the head": (
        lambda p: p.do(f"DELETE FROM events WHERE rowid > {LATE - 1}"),
        LATE,
    ),
    "delete all": (lambda p: cut_back(p, 0), 1),
    "swap two entries": (
        lambda p: swap(p, 43, 45, "originator_id, originator_version, topic, state"),
        43,
    ),
    "swap what two entries say": (lambda p: swap(p, 44, 46, "state"), 44),
    "slip one in": (lambda p: insert_forged(p, 47, 20), 47),
    "slip a copy in": (lambda p: insert_forged(p, 48, 48 + 1), 48),
    "renumber all": (lambda p: p.shift(1, 1), 1),
    "renumber some": (lambda p: p.shift(50, 1), 50),
    "replay an old backup of the ledger": (lambda p: cut_back(p, EARLY), EARLY + 1),
    "replay an old backup of ledger and seals": (
        all_cut_back,
        EARLY + 1,
    ),
    "let an old backup grow otherwise": (grown_otherwise, EARLY + 1),
    "set the head back": (lambda p: p.do(f"UPDATE heads SET head = {LATE}"), LATE + 1),
    "set the head ahead": (lambda p: p.do(f"UPDATE heads SET head = {LATE + 9}"), LATE + 4),
    "append without the service": (
        lambda p: p.do(
            f"INSERT INTO events SELECT {LATE + 4}, 'occasion/f', 1, topic, CAST(replace(state, '\"command\":\"id-', '\"command\":\"x') AS BLOB) FROM events WHERE rowid = 30",
            "UPDATE heads SET head = head + 1",
        ),
        LATE + 4,
    ),
    "forget a command id": (lambda p: p.do("DELETE FROM commands WHERE first = 51"), 51),
    "spend a command id elsewhere": (
        lambda p: p.do("UPDATE commands SET first = 1, last = 1 WHERE first = 52"),
        52,
    ),
    "change a hash of the tree": (lambda p: flip(p.seals / "tree" / "level00", 32 * 53), 54),
    "cut the tree's leaves": (
        lambda p: (p.seals / "tree" / "level00").write_bytes(
            (p.seals / "tree" / "level00").read_bytes()[: 32 * 54]
        ),
        55,
    ),
}
"""Attacks after which the first bad position is named; below nought: found out when it is done."""

WITHIN: dict[str, tuple[Attack, tuple[int, int]]] = {
    "change an upper hash of the tree": (
        lambda p: flip(p.seals / "tree" / "level02", 32 * 5),
        (21, 24),
    ),
    "cut an upper level of the tree": (
        lambda p: (p.seals / "tree" / "level03").write_bytes(b""),
        (1, 16),
    ),
    "edit, and seal anew with the stolen key": (
        lambda p: everything(p, "stolen", lambda q: q.change(30, "走访", "慰问")),
        (1, LATE),
    ),
    "edit, and mend the tree": (edited_and_mended, (EARLY + 1, LATE)),
    "fork, and seal anew with the stolen key": (
        lambda p: everything(p, "stolen", grown_otherwise),
        (1, LATE),
    ),
    "move a checkpoint": (
        lambda p: (p.seals / "checkpoints" / f"{EARLY:012}").rename(
            p.seals / "checkpoints" / f"{EARLY + 1:012}"
        ),
        (1, EARLY + 1),
    ),
    "forge a signature": (forged_signature, (1, EARLY)),
}
"""Attacks that leave nothing by which one position could be told: the range that is named lies between these."""

UNPLACED: dict[str, Attack] = {
    "edit, and seal anew with a key of his own": lambda p: everything(
        p, "another", lambda q: q.change(30, "走访", "慰问")
    ),
    "take another key": lambda p: (p.folder / "seal-keys" / f"{CODE}.key").write_bytes(
        new_secret(p.key.name, LOG).text()
    ),
    "rotate to a key of his own": rotation_of_his_own,
    "replace the public key": lambda p: (p.seals / "key").write_text(
        f"{new_secret(p.key.name, LOG).key}\n"
    ),
    "remove the signer's memory": lambda p: (p.folder / "seal-keys" / f"{CODE}.last").unlink(),
    "garble the state of the seals": lambda p: (p.seals / "sealed").write_text("x"),
    "claim another root": lambda p: (p.seals / "sealed").write_text(
        f"{p.key.name}\n{LATE}\n{'00' * 32}\n"
    ),
}
"""Attacks on keys and seals alone: no entry is wrong, and so none is named."""


def test_what_nobody_touched_holds(place: Place) -> None:
    report = place.check()
    assert report.findings == []
    assert (report.entries, report.sealed, report.unsealed) == (LATE + 3, LATE, 3)
    assert set(report.compared) == {EARLY, LATE}
    assert "outside" in report.compared[LATE]


@pytest.mark.parametrize("name", EXACT)
def test_the_position_is_named(place: Place, name: str) -> None:
    harm, position = EXACT[name]
    where = {
        -1: "points: 2",
        -2: '"convenor"',
        -3: '"side":"sector"',
        -4: '"grant":"g"',
    }.get(position)
    if where is not None:
        position = place.find(where)
        assert 0 < position <= LATE
    harm(place)
    first = place.check().first
    assert first is not None
    assert first.position == position


@pytest.mark.parametrize("name", WITHIN)
def test_a_range_is_named_where_nothing_tells_more(place: Place, name: str) -> None:
    harm, (least, most) = WITHIN[name]
    harm(place)
    first = place.check().first
    assert first is not None and first.within is not None
    low, high = first.within[0] + 1, first.within[1]
    assert least <= low <= high <= most


@pytest.mark.parametrize("name", UNPLACED)
def test_keys_and_seals_that_were_replaced_are_found(place: Place, name: str) -> None:
    UNPLACED[name](place)
    assert not place.check().holds


def test_there_are_more_than_thirty_classes() -> None:
    assert len(EXACT) + len(WITHIN) + len(UNPLACED) >= 45


@pytest.mark.parametrize("name", [*EXACT, *WITHIN, *UNPLACED])
def test_nothing_is_signed_afterwards_that_contradicts_what_is_kept(
    place: Place, name: str
) -> None:
    """Whatever was done: a checkpoint that is believed goes on from the one outside, or there is none."""
    harm = {
        **UNPLACED,
        **{n: h for n, (h, _) in EXACT.items()},
        **{n: h for n, (h, _) in WITHIN.items()},
    }[name]
    harm(place)
    seals = Seals(place.folder / "seals", CODE)
    with closing(SqliteLog(place.folder, CODE)) as log:
        try:
            Sealer(log, seals, FileSigner(place.folder / "seal-keys", CODE)).seal()
        except (Bad, OSError):
            return
    report = place.check()
    clean = all(each.check in {"command", "head", "altered"} for each in report.findings)
    signed = max(report.compared, default=0) > LATE
    assert not report.holds or (clean and not signed)


def test_a_receipt_and_a_bundle_name_the_position_where_a_checkpoint_cannot(
    made: Place, place: Place, tmp_path: Path
) -> None:
    seals = Seals(made.folder / "seals", CODE)
    with closing(SqliteLog(made.folder, CODE)) as log:
        checkpoint = seals.checkpoint(LATE)
        assert checkpoint is not None
        write_bundle(log, seals, checkpoint, tmp_path / "b.zip")
        (tmp_path / "r").write_text(str(receipt_of(log, seals, checkpoint, 30)), "utf-8")
    everything(place, "stolen", lambda p: p.change(30, "走访", "慰问"))
    for kept in ("b.zip", "r"):
        place.outside = tmp_path / kept
        first = place.check().first
        assert first is not None and first.position == 30


def test_postgresql_is_checked_as_well(
    postgres_url: str, postgres_pool: LogPool, fresh_code: str, tmp_path: Path
) -> None:
    create_ledger(postgres_url, fresh_code)
    seals = Seals(tmp_path / "seals", fresh_code)
    signer = FileSigner(tmp_path / "seal-keys", fresh_code)
    with closing(PostgresLog(postgres_pool, fresh_code)) as log:
        happened(log, Sealer(log, seals, signer))
        assert check_ledger(log, seals, signer).findings == []
        with postgres_pool.connection() as connection:
            connection.execute(
                f"ALTER TABLE {log.schema}.events DISABLE TRIGGER ALL; "
                f"UPDATE {log.schema}.events SET state = state || '\\x20' WHERE notification_id = 44"
            )
        first = check_ledger(log, seals, signer).first
        assert first is not None and first.position == 44


def test_a_report_is_told_as_json(place: Place) -> None:
    place.change(30, "走访", "慰问")
    said = json_of(place.check())
    assert said["holds"] is False and said["first_bad"] == {"position": 30, "range": None}
    assert parse_key(str(place.key)) == place.key


def test_whoever_may_not_read_the_private_key_checks_with_the_public_one(place: Place) -> None:
    key = place.folder / "seal-keys" / f"{CODE}.key"
    key.chmod(0o644)
    seals = Seals(place.folder / "seals", CODE)
    with closing(SqliteLog(place.folder, CODE)) as log:
        report = check_ledger(log, seals, FileSigner(place.folder / "seal-keys", CODE))
    assert report.holds
    assert set(report.compared) == {EARLY, LATE}

"""Keys of people: what is sealed under them opens only where it was sealed, and never again once they are gone."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from subprocess import PIPE, Popen, run
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application import codec
from application import vault as vault_module
from application.book import Book
from application.handle import Done, Request, Writer
from application.log import NewRow, StoredRow
from application.memory_log import MemoryLog
from application.vault import (
    ERASED,
    PREFIX,
    Broken,
    ErasedList,
    KeyFile,
    KeyMissing,
    MasterKeys,
    Place,
    _new_master,
)
from domain import personal
from domain.entry import sealed_in
from domain.finding import Finding, FindingSet
from domain.kinds.findings import WasMarked
from domain.member import Admit, Admitted, Describe, Profile, Standing
from domain.people import PersonId, Reason, Refused
from tests import events
from tests.application.test_handle import noon
from tests.county import OFFICE
from tests.golden import samples

PERSON = PersonId("p1")
WHO = Profile(
    name="金丝雀", standing=Standing.STAFF, employer="县医院", position="医师", phone="13812345678"
)
HERE = Place("member/p1", 1)


class Keys:
    """The folders that an installation keeps its keys in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.master = folder / "master.key"
        self.file = folder / "keys" / "county.sqlite"
        self.erased = folder / "erased" / "county.txt"

    def vault(self, ledger: str = "county") -> KeyFile:
        """The keys as another process opens them."""
        return KeyFile(
            self.file, ledger, MasterKeys(self.master, self.file.parent), ErasedList(self.erased)
        )


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


def admitted(profile: Profile = WHO) -> Admitted:
    return Admitted(person=PERSON, profile=profile, term=None, memberships=(), roles=())


def admit(command_id: str = "admit", profile: Profile = WHO) -> Request:
    command = Admit(person=PERSON, profile=profile)
    return Request(command=command, actor=OFFICE, command_id=command_id)


def private_names() -> list[str]:
    """The stored names of events that can tell of a person."""
    return [n for n in codec.NAMES if any(personal.texts(events.sample_of(n), "member/p1"))]


# Sealing and opening


@pytest.mark.parametrize("name", private_names())
def test_every_text_of_every_event_that_tells_of_a_person_is_sealed_and_opens(
    name: str, keys: Keys
) -> None:
    vault, event = keys.vault(), events.sample_of(name)
    before = list(personal.texts(event, HERE.stream))

    sealed = vault.sealed(event, HERE)

    assert all(t.startswith(PREFIX) for _, _, t in personal.texts(sealed, HERE.stream))
    assert keys.vault().opened(sealed, HERE) == event
    assert [(w, p) for w, p, _ in before] == [
        (w, p) for w, p, _ in personal.texts(sealed, HERE.stream)
    ]


def test_names_are_told_apart_from_what_nobody_is_told_of() -> None:
    """The list above is not empty, and a proposal is not on it."""
    assert {"member.admitted", "carried_up", "was_sanctioned", "visited_village"} <= {
        *private_names()
    }
    assert "proposed" not in private_names()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_said_is_read_back_as_it_was(data: st.DataObject, keys: Keys) -> None:
    name = data.draw(st.sampled_from(private_names()))
    event = data.draw(events.events_of(name))
    vault = keys.vault()

    assert vault.opened(vault.sealed(event, HERE), HERE) == event


def test_nothing_is_changed_that_tells_of_nobody(keys: Keys) -> None:
    visit = events.sample_of("visited_village")
    without_guests = replace(visit, body=replace(visit.body, guests=()))

    for event in (events.sample_of("proposed"), without_guests):
        assert keys.vault().sealed(event, HERE) is event
    assert not keys.file.exists()


def test_a_text_does_not_open_where_it_was_not_sealed(keys: Keys) -> None:
    """Another field, version, stream, person or ledger: whoever moves a text by hand is found out."""
    vault = keys.vault()
    vault.prepare(["member/p2"])
    sealed = vault.sealed(admitted(), HERE)
    swapped = replace(
        sealed,
        profile=replace(sealed.profile, name=sealed.profile.employer, employer=sealed.profile.name),
    )

    for event, place in (
        (swapped, HERE),
        (sealed, Place(HERE.stream, 2)),
        (sealed, Place("member/p2", 1)),
    ):
        with pytest.raises(Broken):
            vault.opened(event, place)
    with pytest.raises(Refused):
        keys.vault("other").opened(sealed, HERE)


@pytest.mark.parametrize("broken", [PREFIX, PREFIX + "AAAA", PREFIX + "!", PREFIX + "A" * 60])
def test_what_is_no_sealed_text_is_broken(keys: Keys, broken: str) -> None:
    vault = keys.vault()
    vault.prepare([HERE.stream])

    with pytest.raises(Broken):
        vault.opened(admitted(replace(WHO, name=broken)), HERE)


def test_a_text_that_looks_sealed_is_sealed_like_any_other(keys: Keys) -> None:
    vault, event = keys.vault(), admitted(replace(WHO, name=PREFIX + "AAAA"))

    assert vault.opened(vault.sealed(event, HERE), HERE) == event


def test_what_was_stored_plainly_is_read_as_it_is(keys: Keys) -> None:
    """Golden entries of before, and ledgers of made-up people."""
    for name in private_names():
        row = samples.kept()[name].row
        assert codec.decode(row, keys.vault()) == codec.decode(row)


def test_two_sealings_of_one_text_differ(keys: Keys) -> None:
    vault = keys.vault()

    assert vault.sealed(admitted(), HERE) != vault.sealed(admitted(), HERE)


# The ledger


def test_nothing_that_tells_of_a_person_lies_in_the_log(keys: Keys) -> None:
    log = MemoryLog("county")
    writer = Writer(log, clock=noon, vault=keys.vault())

    writer.one(admit())
    (row,) = log.stream("member/p1")

    assert not any(
        said.encode() in row.body for said in ("金丝雀", "县医院", "医师", "13812345678")
    )
    assert row.body.count(PREFIX.encode()) == 4
    entry = codec.decode(row, keys.vault())
    assert entry.event.profile == WHO
    assert codec.decode_all([row], keys.vault()) == [entry]


def test_a_retry_is_known_again_and_other_content_is_not(keys: Keys) -> None:
    """Also by another process; and whoever has the log alone cannot guess at what a command said."""
    log = MemoryLog("county")
    done = Writer(log, clock=noon, vault=keys.vault()).one(admit())
    other = Writer(log, clock=noon, vault=keys.vault())

    again, refused = other.write([admit(), admit(profile=replace(WHO, phone="13812345679"))])

    assert again == done._replace(again=True)
    assert isinstance(refused, Refused) and refused.reason is Reason.COMMAND_ID_REUSED
    (spent,) = log.look_up(["admit"]).values()
    assert spent.digest != codec.Told(admit().command).digest


def test_a_batch_makes_its_keys_at_once(keys: Keys) -> None:
    log = MemoryLog("county")
    vault = keys.vault()
    writer = Writer(log, clock=noon, vault=vault)
    made: list[int] = []
    prepare = vault.prepare
    vault.prepare = lambda subjects: (made.append(len(subjects)), prepare(subjects))[1]  # type: ignore[method-assign,arg-type,func-returns-value]  # counts

    verdicts = writer.write(
        [
            Request(
                command=Admit(person=PersonId(f"p{i}"), profile=WHO),
                actor=OFFICE,
                command_id=f"a{i}",
            )
            for i in range(50)
        ]
    )

    assert all(isinstance(each, Done) for each in verdicts)
    assert made == [50] and vault.number() == 50


# Erasing


def test_what_is_erased_is_gone_everywhere_but_for_the_place_where_it_stood(keys: Keys) -> None:
    vault = keys.vault()
    sealed = vault.sealed(admitted(), HERE)
    vault.sealed(admitted(), Place("member/p2", 1))

    vault.erased.add("2025-06-30", [HERE.stream])
    assert vault.destroy([HERE.stream]) == 1

    told = vault.opened(sealed, HERE).profile
    assert (told.name, told.employer, told.phone, told.sex) == (ERASED, ERASED, ERASED, "")
    assert keys.vault().opened(sealed, HERE).profile == told
    with closing(sqlite3.connect(keys.file)) as connection:
        assert connection.execute("SELECT subject FROM keys").fetchall() == [("member/p2",)]
    assert b"member/p1" not in keys.file.read_bytes()


def wrapped_in(keys: Keys, subjects: Sequence[str]) -> list[bytes]:
    """What is stored of the keys of these."""
    with closing(sqlite3.connect(keys.file)) as connection:
        found = dict(connection.execute("SELECT subject, wrapped FROM keys").fetchall())
    return [found[each] for each in subjects]


def stored_bytes(keys: Keys) -> bytes:
    """All that lies in the folder of keys."""
    return b"".join(each.read_bytes() for each in keys.file.parent.iterdir() if each.is_file())


def test_nothing_of_a_destroyed_key_is_left_in_any_file(keys: Keys) -> None:
    """Over many rounds, in which pages are divided and freed: neither in the file nor in its journal."""
    chance = Random(28)
    vault, there, gone = keys.vault(), list[str](), list[bytes]()
    for _ in range(12):
        new = [f"matter/{chance.randbytes(chance.randint(3, 14)).hex()}" for _ in range(250)]
        vault.prepare(new)
        there += new
        some = chance.sample(there, 40)
        gone += wrapped_in(keys, some)

        assert vault.destroy(some) == 40

        there = [each for each in there if each not in some]
        stored = stored_bytes(keys)
        assert not [each for each in gone if each in stored]
    assert vault.number() == len(there)
    again = keys.vault()
    again.fetch(there)
    assert again.has(there)


def test_the_journal_is_overwritten_on_the_disk_before_it_is_cut(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks that are freed hold nothing; the file that held them is the same all along."""
    vault = keys.vault()
    vault.prepare(["member/p1", "member/p2"])
    journal = keys.file.with_name("county.sqlite-journal")
    before, flushed = journal.stat().st_ino, list[bytes]()
    really = os.fsync

    def seen(descriptor: int) -> None:
        really(descriptor)
        flushed.append(journal.read_bytes())

    monkeypatch.setattr(os, "fsync", seen)
    vault.destroy(["member/p1"])

    (zeros,) = flushed
    assert len(zeros) > 1_000 and not zeros.strip(b"\0")
    assert (journal.stat().st_ino, journal.stat().st_size) == (before, 0)


def test_what_a_crash_leaves_of_a_key_is_overwritten_by_who_writes_next(keys: Keys) -> None:
    """A process ends in the middle: what it had begun is taken back, and its journal is not unlinked."""
    keys.vault().prepare([f"member/{n}" for n in range(60)])
    said = f"""
import os
from pathlib import Path
from application.vault import ErasedList, KeyFile, MasterKeys
file = Path({str(keys.file)!r})
vault = KeyFile(file, "county", MasterKeys(Path({str(keys.master)!r}), file.parent), ErasedList(Path({str(keys.erased)!r})))
with vault._writing() as connection:
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("DELETE FROM keys")
    os._exit(0)
"""
    assert run([sys.executable, "-c", said], check=True).returncode == 0
    journal = keys.file.with_name("county.sqlite-journal")
    assert journal.stat().st_size > 0

    vault = keys.vault()
    assert vault.number() == 60
    assert journal.stat().st_size > 0
    gone = wrapped_in(keys, ["member/7"])
    vault.destroy(["member/7"])

    assert gone[0] not in stored_bytes(keys)
    assert (vault.number(), journal.stat().st_size) == (59, 0)


def test_another_process_forgets_the_key_at_once(keys: Keys) -> None:
    one, other = keys.vault(), keys.vault()
    sealed = one.sealed(admitted(), HERE)
    assert other.opened(sealed, HERE).profile == WHO

    one.erased.add("2025-06-30", [HERE.stream])

    assert other.opened(sealed, HERE).profile.name == ERASED
    assert not other.has(["member/p2"]) and other.has([HERE.stream])


def test_keys_that_come_back_with_an_old_backup_open_nothing(keys: Keys) -> None:
    vault = keys.vault()
    sealed = vault.sealed(admitted(), HERE)
    backup = keys.folder / "backup.sqlite"
    vault.copy_to(backup)
    vault.erased.add("2025-06-30", [HERE.stream])
    vault.destroy([HERE.stream])

    keys.file.write_bytes(backup.read_bytes())

    assert keys.vault().number() == 1
    assert keys.vault().opened(sealed, HERE).profile.name == ERASED


def test_nothing_more_is_said_of_who_was_erased(keys: Keys) -> None:
    vault = keys.vault()
    log = MemoryLog("county")
    writer = Writer(log, clock=noon, vault=vault)
    writer.one(admit())
    vault.erased.add("2025-06-30", [HERE.stream])
    vault.destroy([HERE.stream])
    again = Describe(person=PERSON, profile=WHO, reason="更正")

    for request in (
        Request(command=again, actor=OFFICE, command_id="again"),
        admit(),
    ):
        with pytest.raises(Refused) as refused:
            writer.one(request)
        assert refused.value.reason is Reason.ERASED
    assert vault.number() == 0


def test_a_key_that_is_missing_and_was_not_destroyed_is_told(keys: Keys) -> None:
    """Lost keys are not taken for erased people."""
    sealed = keys.vault().sealed(admitted(), HERE)
    keys.file.unlink()

    with pytest.raises(KeyMissing, match="member/p1"):
        keys.vault().opened(sealed, HERE)


def test_the_list_is_only_added_to_and_each_stands_once(keys: Keys) -> None:
    listed = ErasedList(keys.erased)
    threads = [
        Thread(target=listed.add, args=("2025-06-30", [f"member/{i % 5}"])) for i in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert ErasedList(keys.erased).subjects() == {f"member/{i}" for i in range(5)}
    assert len(keys.erased.read_text("utf-8").splitlines()) == 5


# How often they are looked for


def counting(monkeypatch: pytest.MonkeyPatch, vault: KeyFile) -> list[int]:
    """One for each time that the file is opened from now on."""
    asked: list[int] = []
    really = vault._connected

    def counted() -> Any:
        asked.append(1)
        return really()

    monkeypatch.setattr(vault, "_connected", counted)
    return asked


def test_the_keys_of_many_findings_are_read_together(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = keys.vault()
    rows = []
    for n in range(50):
        body = Finding(details=WasMarked(code="x", wording="评语"), on=noon().date(), body="考核组", reason="互评", person=PersonId(f"p{n}"))  # fmt: skip
        place = Place(f"finding/f{n}", 1)
        vault.prepare([body.subject])
        event = vault.sealed(FindingSet(finding=f"f{n}", body=body), place)
        told = sealed_in(OFFICE, at=noon(), day=noon().date(), on=None, command="", cause="")
        rows.append(StoredRow(n + 1, place.stream, 1, codec.name_of(event), codec.encode(event, told)))  # fmt: skip
    again = keys.vault()
    asked = counting(monkeypatch, again)

    entries = codec.decode_all(rows, again)

    assert [each.event.body.reason for each in entries] == ["互评"] * 50
    assert len(asked) == 1


def noted(log: MemoryLog, vault: KeyFile, numbers: range) -> None:
    """So many citizens speak, each in a matter of its own."""
    rows = []
    vault.prepare([f"matter/m{n}" for n in numbers])
    for n in numbers:
        place = Place(f"matter/m{n}", 1)
        event = vault.sealed(replace(events.sample_of("carried_up"), matter=f"m{n}"), place)
        told = sealed_in(OFFICE, at=noon(), day=noon().date(), on=None, command="", cause="")
        body = codec.encode(event, told)
        assert PREFIX.encode() in body
        rows.append(NewRow(place.stream, 1, "carried_up", body))
    log.append(log.head(), rows, [])


def test_the_keys_of_many_records_are_read_together(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a ledger is opened, when others have written to it, and when records are loaded."""
    log, vault = MemoryLog("county"), keys.vault()
    noted(log, vault, range(50))
    again = keys.vault()
    book, asked = Book(log, again), counting(monkeypatch, again)

    book.open(noon().date())
    assert len(asked) == 1
    noted(log, vault, range(50, 80))
    book.catch_up()
    assert len(asked) == 2
    again._keys.clear()
    book.load([f"matter/m{n}" for n in range(80)])
    assert len(asked) == 3
    assert book.head == 80 and book.state("matter/m79") is not None


def test_for_who_is_erased_no_key_is_looked_for(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.vault().prepare(["member/other"])
    vault = keys.vault()
    vault.erased.add("2025-06-30", ["member/p1"])

    def never() -> None:
        raise AssertionError

    monkeypatch.setattr(vault, "_connected", never)
    vault.fetch(["member/p1"])
    with pytest.raises(Refused) as refused:
        vault.sealed(admitted(), HERE)
    assert refused.value.reason is Reason.ERASED


# The master key


def test_keys_are_of_no_use_without_the_master_key(keys: Keys) -> None:
    sealed = keys.vault().sealed(admitted(), HERE)
    keys.master.unlink()

    with pytest.raises(Refused) as refused:
        keys.vault().opened(sealed, HERE)
    assert (refused.value.reason, refused.value.field) == (
        Reason.WRONG_KEY_FILE,
        "LVZHI_MASTER_KEY_FILE",
    )


def test_a_master_key_that_is_not_there_is_not_made_anew_where_it_was_used(keys: Keys) -> None:
    """The path is mistyped, or the volume not mounted: under another one the next keys would be lost once it is back."""
    keys.vault().prepare(["member/p1"])
    kept = keys.master.read_bytes()
    keys.master.unlink()

    for act in (
        lambda: keys.vault().prepare(["member/p2"]),
        keys.vault().master.add,
        keys.vault().rewrap,
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.reason is Reason.WRONG_KEY_FILE
    assert not keys.master.exists()
    assert keys.vault().number() == 1
    mistyped = keys.folder / "volume" / "master.key"
    with pytest.raises(Refused, match="LVZHI_MASTER_KEY_FILE"):
        MasterKeys(mistyped, keys.file.parent).add()
    assert not mistyped.parent.exists()

    keys.master.write_bytes(kept)
    keys.master.chmod(0o600)
    keys.vault().prepare(["member/p2"])
    assert keys.vault().number() == 2


def test_no_key_is_made_under_the_master_key_of_somebody_else(keys: Keys) -> None:
    """The path is that of another one: once the right one is back, what was wrapped under it would be lost."""
    keys.vault().prepare(["member/p1"])
    keys.master.write_bytes(_new_master())

    with pytest.raises(Refused) as refused:
        keys.vault().prepare(["member/p2"])

    assert refused.value.reason is Reason.WRONG_KEY_FILE
    assert "核对路径" in refused.value.zh
    assert keys.vault().number() == 1


def test_processes_that_start_at_once_have_one_master_key(keys: Keys) -> None:
    files = [keys.file.with_name(f"l{n}.sqlite") for n in range(6)]

    def vault(file: Path) -> KeyFile:
        return KeyFile(file, file.stem, MasterKeys(keys.master, keys.file.parent), ErasedList(keys.erased))  # fmt: skip

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda file: vault(file).prepare([f"member/{file.stem}"]), files))

    assert len(keys.master.read_text().splitlines()) == 1
    for file in files:
        again = vault(file)
        again.fetch([f"member/{file.stem}"])
        assert again.has([f"member/{file.stem}"])


@pytest.mark.parametrize(
    "said", ["", "no key of ours", "lvzhi-master-1 a 00", "lvzhi-master-1 a x"]
)
def test_what_is_no_file_of_master_keys_is_refused_and_not_repeated(keys: Keys, said: str) -> None:
    keys.vault().prepare(["member/p1"])
    keys.master.write_text(said)

    with pytest.raises(Refused) as refused:
        keys.vault().prepare(["member/p2"])
    assert refused.value.reason is Reason.WRONG_KEY_FILE
    assert not said or said not in str(refused.value)


def test_a_new_master_key_wraps_all_and_the_old_one_may_go(keys: Keys) -> None:
    vault, other = keys.vault(), keys.vault()
    sealed = vault.sealed(admitted(), HERE)
    backup = keys.folder / "backup.sqlite"
    vault.copy_to(backup)

    vault.master.add()
    assert vault.rewrap() == 1

    assert other.opened(sealed, HERE).profile == WHO
    vault.master.keep_only_newest()
    assert keys.vault().opened(sealed, HERE).profile == WHO
    keys.file.write_bytes(backup.read_bytes())
    with pytest.raises(Refused) as refused:
        keys.vault().opened(sealed, HERE)
    assert refused.value.reason is Reason.WRONG_KEY_FILE


def test_keys_that_are_made_while_the_master_key_changes_all_open_afterwards(keys: Keys) -> None:
    """Somebody else goes on making keys, having read the master key before it changed."""
    running, rotating = keys.vault(), keys.vault()
    running.prepare(["member/before"])
    rotating.master.add()
    running.prepare(["member/between"])
    rotating.rewrap()
    running.prepare(["member/after"])
    rotating.master.keep_only_newest()
    running.prepare(["member/later"])

    new = keys.vault()
    new.fetch(["member/before", "member/between", "member/after", "member/later"])
    assert new.has(["member/before", "member/between", "member/after", "member/later"])


def test_what_was_left_by_who_was_killed_while_he_changed_it_is_taken_away(keys: Keys) -> None:
    keys.vault().prepare(["member/p1"])
    left = keys.master.with_name("master.key.0b9f4be8")
    other = keys.master.with_name("master.key.of-before")
    for file in (left, other):
        file.write_bytes(keys.master.read_bytes())
    keys.vault().master.add()
    assert (left.exists(), other.exists()) == (False, True)


def test_no_master_key_is_forgotten_that_a_key_still_needs(keys: Keys) -> None:
    vault = keys.vault()
    vault.prepare(["member/p1"])
    other = keys.file.with_name("other.sqlite")
    KeyFile(other, "other", vault.master, vault.erased).prepare(["member/x"])
    vault.master.add()
    vault.rewrap()

    with pytest.raises(Refused) as refused:
        vault.master.keep_only_newest()

    assert refused.value.reason is Reason.KEYS_UNDER_OLDER
    assert "other.sqlite: 1" in str(refused.value)
    again = KeyFile(other, "other", MasterKeys(keys.master, keys.file.parent), vault.erased)
    again.fetch(["member/x"])
    assert again.has(["member/x"])


def test_the_master_key_is_changed_under_a_process_that_makes_keys(keys: Keys) -> None:
    """For some moments, with a real process: of all that it made nothing is lost."""
    keys.vault().prepare(["member/0"])
    said = f"""
from pathlib import Path
from application.vault import ErasedList, KeyFile, MasterKeys
file = Path({str(keys.file)!r})
vault = KeyFile(file, "county", MasterKeys(Path({str(keys.master)!r}), file.parent), ErasedList(Path({str(keys.erased)!r})))
for n in range(60):
    vault.prepare([f"member/{{n}}"])
print("made", flush=True)
"""
    with Popen([sys.executable, "-c", said], stdout=PIPE, text=True) as process:
        rotated = 0
        while process.poll() is None:
            vault = keys.vault()
            vault.master.add()
            vault.rewrap()
            vault.master.keep_only_newest()
            rotated += 1
        assert process.stdout is not None and process.stdout.read() == "made\n"
    assert rotated
    everybody = [f"member/{n}" for n in range(60)]
    new = keys.vault()
    new.fetch(everybody)
    assert new.has(everybody) and new.number() == 60


@pytest.mark.parametrize("ledger", ["county", "new"])
def test_a_key_that_is_stored_while_the_master_key_changes_is_not_lost(
    keys: Keys, monkeypatch: pytest.MonkeyPatch, ledger: str
) -> None:
    """Also that of a ledger which whoever changes it did not know of: he waits, and then forgets nothing."""
    keys.vault().prepare(["member/p1"])
    file = keys.file.with_name(f"{ledger}.sqlite")
    slow = KeyFile(file, ledger, MasterKeys(keys.master, file.parent), ErasedList(keys.erased))
    wrapped, stored = Event(), Event()
    really = slow.master.wrap

    def wrap(key: bytes, bound: bytes) -> tuple[str, bytes]:
        told = really(key, bound)
        wrapped.set()
        stored.wait(10)
        return told

    monkeypatch.setattr(slow.master, "wrap", wrap)

    def rotate() -> None:
        vault = keys.vault()
        vault.master.add()
        vault.rewrap()
        vault.master.keep_only_newest()

    with ThreadPoolExecutor(2) as pool:
        made = pool.submit(slow.prepare, ["member/p2"])
        assert wrapped.wait(10)
        rotated = pool.submit(rotate)
        with pytest.raises(TimeoutError):
            rotated.result(0.3)
        stored.set()
        made.result(10)
        # What was wrapped before the change is wrapped anew, or keeps the older one from being forgotten.
        assert getattr(rotated.exception(10), "reason", None) in {None, Reason.KEYS_UNDER_OLDER}

    again = KeyFile(file, ledger, MasterKeys(keys.master, file.parent), ErasedList(keys.erased))
    again.fetch(["member/p2"])
    assert again.has(["member/p2"])


def test_who_wraps_reads_the_master_key_however_much_its_file_looks_as_before(keys: Keys) -> None:
    running, rotating = keys.vault(), keys.vault()
    running.prepare(["member/p1"])
    rotating.master.add()
    rotating.rewrap()
    rotating.master.keep_only_newest()
    found = keys.master.stat()
    running.master._stamp = found.st_mtime_ns, found.st_size, found.st_ino

    running.prepare(["member/p2"])

    again = keys.vault()
    again.fetch(["member/p1", "member/p2"])
    assert again.has(["member/p1", "member/p2"])


def test_who_waits_too_long_for_the_master_key_is_told(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault_module, "PATIENCE", 0.1)
    other = keys.vault()
    with keys.vault().master.held(), ThreadPoolExecutor(1) as pool:
        refused = pool.submit(other.prepare, ["member/p1"]).exception(10)
    assert isinstance(refused, Refused) and refused.reason is Reason.BUSY
    other.prepare(["member/p1"])
    assert other.number() == 1


def test_only_their_owner_reads_the_files(keys: Keys) -> None:
    vault = keys.vault()
    vault.sealed(admitted(), HERE)
    vault.erased.add("2025-06-30", ["member/x"])
    backup = keys.folder / "backup.sqlite"
    vault.copy_to(backup)

    for file in (keys.master, keys.file, keys.erased, backup):
        assert file.stat().st_mode & 0o077 == 0


def test_two_processes_that_make_a_key_at_once_use_one(keys: Keys) -> None:
    vaults = [keys.vault() for _ in range(4)]
    sealed: list[Any] = []
    threads = [Thread(target=lambda v=v: sealed.append(v.sealed(admitted(), HERE))) for v in vaults]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(sealed) == 4
    assert all(v.opened(s, HERE).profile == WHO for v in vaults for s in sealed)


# For ever


def test_a_sealed_text_of_old_opens_with_the_key_of_then(keys: Keys) -> None:
    """The form of keys and texts is fixed: this text was sealed once and for all."""
    kept = json.loads((Path(__file__).parents[1] / "golden" / "sealed_text.json").read_text())
    keys.master.write_text(kept["master"])
    keys.master.chmod(0o600)
    keys.file.parent.mkdir()
    with closing(sqlite3.connect(keys.file)) as connection:
        connection.executescript(kept["keys"])
    position, stream, version, name, body = kept["row"]
    row = StoredRow(position, stream, version, name, body.encode())

    assert codec.decode(row, keys.vault()).event.profile == WHO

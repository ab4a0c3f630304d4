"""Kill -9 campaign on the writer: python -m tests.faults [--cycles N] [--seed N] (sqlite FOLDER | postgres URL).

Each cycle forks a writer that acknowledges commands through a pipe, kills it at a random moment, and then sends every
command of the cycle again under its id, as a client does that got no answer. At the end nothing that was acknowledged may
be missing, and nothing may be there twice.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from application import postgres_log, sqlite_log
from application.handle import Done, Request, Writer
from application.log import Log
from domain.fact import Capacity
from domain.kinds.people import VisitedVillage
from domain.member import Admit, Profile, Term
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import Actor, PersonId, Role, UnitId
from domain.streams import Command, OpenLedger
from domain.unit import OpenUnit, UnitKind, UnitProfile

OFFICE = Actor(person=PersonId("office"), role=Role.OFFICE, unit=UnitId("county"))
BEGAN = date(2021, 1, 1)
BATCH = 5


def clock() -> datetime:
    """One instant: what is tested here does not depend on time."""
    return datetime(2025, 6, 30, 4, tzinfo=UTC)


def beginning() -> list[Request]:
    """A ledger with one unit and one member."""
    unit = OpenUnit(
        unit=UnitId("county"),
        profile=UnitProfile(kind=UnitKind.COMMITTEE, name="演练县政协"),
        since=BEGAN,
    )
    member = Admit(
        person=PersonId("m"), profile=Profile(name="演练委员"), term=Term(number=1, since=BEGAN)
    )
    commands: list[Command] = [OpenLedger(code="faults", committee="演练县政协"), unit, member]
    return [
        Request(command=c, actor=OFFICE, command_id=f"begin-{i}") for i, c in enumerate(commands)
    ]


def command(cycle: int, number: int) -> Request:
    """The one command of that number: the same whenever it is asked for."""
    body = Occasion(
        details=VisitedVillage(),
        title=f"走访{cycle}-{number}",
        on=date(2025, 6, 1),
        organiser=UnitId("county"),
        participants=(Participant(person=PersonId("m"), capacity=Capacity.ATTENDS),),
    )
    return Request(
        command=RecordOccasion(occasion=f"{cycle}-{number}", body=body),
        actor=OFFICE,
        command_id=f"c{cycle}-{number}",
    )


def write_until_killed(open_log: Callable[[], Log], cycle: int, told: int) -> None:
    """Append batch after batch, telling the number of each acknowledged command."""
    writer = Writer(open_log(), clock=clock)
    number = 0
    while True:
        batch = [command(cycle, number + i) for i in range(BATCH)]
        verdicts = writer.write(batch)
        assert all(isinstance(v, Done) for v in verdicts), verdicts
        number += BATCH
        os.write(told, f"{number}\n".encode())


def cycle_of(open_log: Callable[[], Log], cycle: int, patience: float) -> int:
    """Fork a writer, kill it, send everything again; returns how many commands the cycle holds."""
    reading, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            write_until_killed(open_log, cycle, told)
        finally:
            os._exit(3)
    os.close(told)
    heard = os.read(reading, 65536)  # it is at work
    time.sleep(patience)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise AssertionError(f"the writer ended by itself: {status}")
    with os.fdopen(reading, "rb") as rest:
        heard += rest.read()
    acknowledged = int(heard.split(b"\n")[-2])
    with closing(open_log()) as log:
        writer = Writer(log, clock=clock)
        verdicts = writer.write([command(cycle, n) for n in range(acknowledged + BATCH)])
    for n, verdict in enumerate(verdicts):
        assert isinstance(verdict, Done), verdict
        assert verdict.again or n >= acknowledged, f"acknowledged and lost: {cycle}-{n}"
    return len(verdicts)


def campaign(open_log: Callable[[], Log], cycles: int, seed: int) -> tuple[int, int]:
    """Run all cycles; returns how many commands were sent and how many entries there are."""
    chance = random.Random(seed)
    with closing(open_log()) as log:
        Writer(log, clock=clock).write(beginning())
    sent = sum(cycle_of(open_log, c, chance.random() * 0.03) for c in range(cycles))
    with closing(open_log()) as log:
        rows = log.since(0, 10_000_000)
    assert [row.position for row in rows] == list(range(1, len(rows) + 1)), "a gap"
    visits = [row.stream for row in rows if row.name == "visited_village"]
    assert len(visits) == len(set(visits)) == sent, (len(visits), len(set(visits)), sent)
    return sent, len(rows)


def killed(store: str, place: str, cycles: int) -> None:
    """Run the campaign as the command that it is; fails where anything was lost or doubled."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.faults", store, place, "--cycles", str(cycles)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    assert "none lost, none twice" in ran.stdout


def main() -> int:
    """Run a campaign from the command line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("store", choices=["sqlite", "postgres"])
    asked.add_argument("place")
    asked.add_argument("--cycles", type=int, default=100)
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    if told.store == "sqlite":
        folder = Path(told.place)
        sqlite_log.create_ledger(folder, "faults")
        sent, entries = campaign(
            lambda: sqlite_log.SqliteLog(folder, "faults"), told.cycles, told.seed
        )
    else:
        postgres_log.create_ledger(told.place, "faults")
        sent, entries = campaign(
            lambda: postgres_log.PostgresLog(told.place, "faults"), told.cycles, told.seed
        )
    print(f"{told.cycles} kills, {sent} commands, {entries} entries, none lost, none twice")
    return 0


if __name__ == "__main__":
    sys.exit(main())

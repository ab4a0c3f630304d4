"""The command line of what tells of a person: erasing it by two and after a waiting time, and the keys it lies under."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from uuid import uuid4

import msgspec

from application.clock import now
from application.durable import write_durably
from application.lost_keys import lost_keys
from application.readings import ReadingNoted
from application.seal.verify import Bad
from domain.access import Asker
from domain.erasure import (
    ApproveErasure,
    Basis,
    CancelErasure,
    CarryOutErasure,
    Erasure,
    ErasureCommand,
    RequestErasure,
)
from domain.people import PersonId, Reason, Refused
from domain.roster import Roster
from interfaces.api.export import export_of, view_of
from interfaces.called import named, person_of
from interfaces.cli_written import actor_of, carry_out
from interfaces.refusals import Exit
from interfaces.wiring import Desk, Installation


def request(installation: Installation, options: argparse.Namespace) -> None:
    """Ask that a person, or those whom a record names, be erased."""
    desk = installation.only()
    subject = subject_of(desk.known().roster, options.subject)
    _carry_out(
        desk,
        options,
        RequestErasure(
            erasure=options.id or uuid4().hex[:12],
            subject=subject,
            basis=Basis.of(options.basis),
            reason=options.reason,
        ),
    )


def subject_of(known: Roster, said: str) -> str:
    """The stream of somebody of the roster, or of a record (`matter/…`)."""
    return said if "/" in said else f"member/{person_of(known, said, 'SUBJECT')}"


def approve(installation: Installation, options: argparse.Namespace) -> None:
    """Agree to it, as another than the one who asked."""
    _carry_out(installation.only(), options, ApproveErasure(erasure=options.erasure))


def cancel(installation: Installation, options: argparse.Namespace) -> None:
    """Let it be."""
    command = CancelErasure(erasure=options.erasure, reason=options.reason)
    _carry_out(installation.only(), options, command)


def execute(installation: Installation, options: argparse.Namespace) -> None:
    """Destroy the key, once the waiting time is over."""
    _carry_out(installation.only(), options, CarryOutErasure(erasure=options.erasure))


def _carry_out(desk: Desk, options: argparse.Namespace, command: ErasureCommand) -> None:
    actor = actor_of(options, desk.known().roster)
    carry_out(desk, command, actor, options.command_id or uuid4().hex)


def show(installation: Installation, options: argparse.Namespace) -> None:
    """Every erasure, the newest first."""
    found = installation.only().erasures()
    if options.json:
        print(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
        return
    for each in found:
        print(_line(each))


def _line(each: Erasure) -> str:
    due = f" {each.due} 起可执行 / from then on" if each.due is not None else ""
    return f"{each.erasure}  {each.subject}  {each.step.zh} {each.step.en}{due}  {each.basis.zh}"


def readings(installation: Installation, options: argparse.Namespace) -> None:
    """Who was shown in a month what tells of somebody, or what a record says of citizens."""
    desk = installation.only()
    known = desk.known().roster
    subject = subject_of(known, options.subject)
    month = date.fromisoformat(f"{options.month}-01") if options.month else now().date()
    found = [view_of(each) for each in desk.readings.of(subject, month, options.limit)]
    if options.json:
        print(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
        return
    for each in found:
        unit = f" {each.unit}" if each.unit else ""
        why = f"  {each.reason}" if each.reason else ""
        print(
            f"{each.at:%Y-%m-%d %H:%M:%S}  {named(known, PersonId(each.by))} {each.role}{unit}  {each.action} {each.through}{why}"
        )


def export(installation: Installation, options: argparse.Namespace) -> None:
    """Write all that the ledger tells of somebody into a file, and note that it was done."""
    desk = installation.only()
    known = desk.known().roster
    person, actor = person_of(known, options.person, "PERSON"), actor_of(options, known)
    desk.reader.catch_up()
    try:
        told, shown = export_of(desk, Asker(actor), person)
    except Bad as bad:
        raise Refused(Reason.SEALS_DIFFER, about=str(bad)) from bad
    desk.readings.note(
        actor,
        [
            ReadingNoted(subject=each, action=action, through="lvzhi export")
            for each, action in shown
        ],
    )
    found = msgspec.json.format(msgspec.json.encode(told), indent=1)
    write_durably(Path(options.out), found, mode=0o600)
    print(f"{options.out}:{len(found)} 字节 / bytes")
    for each in told.left_out:
        print(f"  {each}")


def lost(installation: Installation, options: argparse.Namespace) -> int | None:
    """Whose keys are not there; given up, what they open is as if it had been erased, and the ledger opens again."""
    code = installation.named()
    vault = installation.vault(code)
    with installation.borrowed_log(code) as log:
        found = lost_keys(log, vault)
    for each in found:
        print(each)
    if options.give_up:
        vault.erased.add(now().date().isoformat(), found)
        print(f"已放弃 {len(found)} 个,请重启服务 / given up; start the service again")
        return None
    return Exit.FAILED if found else None


def backup(installation: Installation, options: argparse.Namespace) -> None:
    """Copy the keys of a ledger's people, which are of no use without the master key."""
    vault = installation.only().vault
    file = Path(options.file)
    if file.exists():
        raise Refused(Reason.ALREADY_RECORDED, "FILE", str(file))
    vault.copy_to(file)
    print(f"{file}:{vault.number()} 把钥匙 / keys;请短期保存 / keep it for a short time only")


def rotate(installation: Installation, options: argparse.Namespace) -> None:
    """Wrap all keys of all ledgers under a new master key; what was wrapped under an older one is of backups."""
    installation.master.add()
    for code in installation.ledgers():
        print(
            f"{code}: {installation.vault(code).rewrap()} 把钥匙已换用新主密钥 / keys wrapped anew"
        )
    if options.forget_old:
        installation.master.keep_only_newest()
        print(
            "旧主密钥已删除,旧的钥匙备份不再可用 / older master keys are gone; so are older backups"
        )

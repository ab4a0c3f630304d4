"""The command line of grants: who may act in which role."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import date
from uuid import uuid4

from domain.grant import GrantAccess, GrantCommand, RevokeAccess
from domain.people import Actor, PersonId, Role, UnitId
from domain.roster import Roster
from interfaces.api.grants import GrantView, grants_of
from interfaces.called import named, person_of, unit_of
from interfaces.cli_written import actor_of, carry_out
from interfaces.granting import OPERATOR
from interfaces.wiring import OWNER, Desk, Installation


def grant(installation: Installation, options: argparse.Namespace) -> None:
    """Let somebody act in a role."""
    desk = installation.only()
    known = desk.known().roster
    unit = None if options.unit_of is None else unit_of(known, options.unit_of, "--in")
    _carry_out(
        desk,
        known,
        options,
        GrantAccess(
            grant=options.id or uuid4().hex[:12],
            person=_person(known, options.person),
            role=Role.of(options.to_be),
            unit=unit,
            since=options.since or desk.today(),
            until=options.until,
            standby=options.standby,
            reason=options.reason,
        ),
    )


def revoke(installation: Installation, options: argparse.Namespace) -> None:
    """Take a grant back."""
    desk = installation.only()
    command = RevokeAccess(grant=options.grant, reason=options.reason)
    _carry_out(desk, desk.known().roster, options, command)


def _carry_out(
    desk: Desk, known: Roster, options: argparse.Namespace, command: GrantCommand
) -> None:
    carry_out(desk, command, _actor(known, options), options.command_id or uuid4().hex)


def _actor(known: Roster, options: argparse.Namespace) -> Actor:
    """Who grants: somebody who is named, or whoever works at this machine."""
    return OPERATOR if options.by is None else actor_of(options, known)


def _person(known: Roster, said: str) -> PersonId:
    return OWNER.person if said == OWNER.person else person_of(known, said, "PERSON")


def grants(installation: Installation, options: argparse.Namespace) -> None:
    """The grants, those taken in an emergency first."""
    desk = installation.only()
    known = desk.known().roster
    person = None if options.of is None else _person(known, options.of)
    found = grants_of(desk, person=person, standing=options.standing, limit=options.limit)
    if options.json:
        print(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
        return
    for each in found:
        print(_line(each, known))


def _line(each: GrantView, known: Roster) -> str:
    until: date | str = each.until or ""
    marks = [
        "应急 EMERGENCY" if each.emergency else "",
        "备用 standby" if each.standby else "",
        "有效 in force"
        if each.stands
        else "已收回 revoked"
        if each.revoked_at
        else "无效 not in force",
    ]
    who = named(known, PersonId(each.person))
    unit = known.units.get(UnitId(each.unit or ""))
    where = each.unit or "" if unit is None else unit.profile.name
    told = " ".join(mark for mark in marks if mark)
    return f"{each.grant}  {who}  {each.role.zh} {where}  {each.since}–{until}  {told}"

"""The command line of queries on records: raised for a member, listed by what is due, answered, looked at once more."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace

from domain.dispute import (
    AskReview,
    DecideDispute,
    DecideReview,
    DisputeCommand,
    RaiseDispute,
    WithdrawDispute,
)
from domain.disputed import Claim, Dispute, DisputeOutcome, DisputeSort, Ruling
from domain.people import Actor, PersonId, Reason, Refused, Role
from domain.roster import Roster
from interfaces.called import named, person_of, unit_of
from interfaces.cli_shown import all_pages, deed_of, looking, printed_json, table
from interfaces.cli_written import actor_of, carry_out
from interfaces.ids import id_for, minted_id
from interfaces.wiring import Desk, Installation
from projections import disputes
from projections.disputes import DisputeEffect, DisputeLine
from projections.paging import MOST


def raise_(installation: Installation, options: argparse.Namespace) -> None:
    """Ask for a member, or as the member himself, that a record about him be checked."""
    desk = installation.only()
    known = desk.writer.opened().roster
    person = person_of(known, options.person, "PERSON")
    claim = Claim(
        person=person,
        sort=DisputeSort.of(options.sort),
        deed="" if options.deed is None else deed_of(desk, options.deed, "--deed"),
        same_as="" if options.same_as is None else deed_of(desk, options.same_as, "--same-as"),
        field=options.field,
        should_be=options.should_be,
        kind=options.kind,
        what=options.what,
        on=options.on,
        organiser=None
        if options.organiser is None
        else unit_of(known, options.organiser, "--organiser"),
        organised_by=options.organised_by,
        note=options.note,
    )
    command_id = options.command_id or minted_id()
    command = RaiseDispute(dispute=options.id or id_for(desk.code, command_id), claim=claim)
    carry_out(desk, command, _speaking_for(person, options, known), command_id)


def withdraw(installation: Installation, options: argparse.Namespace) -> None:
    """Take a query back."""
    _for_member(
        installation,
        options,
        lambda found: WithdrawDispute(dispute=found.dispute, reason=options.reason),
    )


def review(installation: Installation, options: argparse.Namespace) -> None:
    """Ask that somebody else look at the decision."""
    _for_member(
        installation,
        options,
        lambda found: AskReview(dispute=found.dispute, reason=options.reason),
    )


def decide(installation: Installation, options: argparse.Namespace) -> None:
    """Answer a query."""
    _decide(installation, options, DecideDispute)


def decide_review(installation: Installation, options: argparse.Namespace) -> None:
    """Decide on a query once more."""
    _decide(installation, options, DecideReview)


def _for_member(
    installation: Installation,
    options: argparse.Namespace,
    made: Callable[[Dispute], DisputeCommand],
) -> None:
    desk = installation.only()
    known = desk.writer.opened().roster
    found = _called(desk, options.dispute)
    actor = _speaking_for(found.person, options, known)
    carry_out(desk, made(found), actor, options.command_id or minted_id())


def _decide(
    installation: Installation,
    options: argparse.Namespace,
    made: Callable[..., DecideDispute | DecideReview],
) -> None:
    desk = installation.only()
    command = made(
        dispute=_called(desk, options.dispute).dispute,
        outcome=DisputeOutcome.of(options.outcome),
        reason=options.reason,
        deeds=tuple(deed_of(desk, each, "--deed") for each in options.deed),
    )
    actor = actor_of(options, desk.writer.opened().roster)
    carry_out(desk, command, actor, options.command_id or minted_id())


def _speaking_for(person: PersonId, options: argparse.Namespace, known: Roster) -> Actor:
    """Who acts: the member himself, or whoever types it in for him."""
    actor = actor_of(options, known)
    return actor if actor.role is Role.MEMBER else replace(actor, acting_for=person)


def _called(desk: Desk, said: str) -> Dispute:
    """The query of that id or number, as the log has it."""
    found = [d for d in desk.known().disputes() if said in (d.dispute, d.number)]
    if not found:
        raise Refused(Reason.NO_SUCH_DISPUTE, "DISPUTE", said[:80])
    return found[0]


def show_all(installation: Installation, options: argparse.Namespace) -> None:
    """What is to be answered, what is due first first; or all, the newest first."""
    desk = installation.only()
    known = desk.writer.opened().roster
    person = None if options.of is None else person_of(known, options.of, "--of")
    with looking(desk, options.as_of) as (connection, position, today):
        lines = all_pages(
            lambda after: disputes.disputes(
                connection,
                desk.code,
                today=today,
                only_open=not options.all and not options.overdue,
                overdue=options.overdue,
                person=person,
                position=position,
                after=after,
                limit=MOST,
            )
        )
    if options.json:
        printed_json(list[DisputeLine], lines)
        return
    rows = [
        (
            each.number,
            each.name,
            each.sort.zh,
            each.step.zh,
            f"{each.due}{' 超期' if each.overdue else ''}",
            "" if each.outcome is None else each.outcome.zh,
            each.deed,
            each.dispute,
        )
        for each in lines
    ]
    table(["编号", "委员", "类别", "环节", "答复期限", "结果", "记录", "内部编号"], rows)


def show(installation: Installation, options: argparse.Namespace) -> None:
    """One query: what is said, what was answered, and what of the member's totals it changed."""
    desk = installation.only()
    known = desk.writer.opened().roster
    asked = _called(desk, options.dispute)
    with looking(desk, options.as_of) as (connection, position, today):
        page = disputes.dispute(
            connection, desk.code, asked.dispute, today=today, position=position
        )
        if page is None:
            raise Refused(Reason.NO_SUCH_DISPUTE, "DISPUTE", options.dispute[:80])
        effect = disputes.effects_of(connection, desk.code, desk.shelf, page.state, today=today)
    if options.json:
        printed_json(Dispute, page.state)
        return
    for line in _told(page.state, known):
        print(line)
    for each in effect:
        print(_effect(each))


def _told(state: Dispute, known: Roster) -> Iterator[str]:
    claim = state.claim
    who = named(known, state.person)
    yield f"{state.number} {who}({claim.sort.zh})  {state.step.zh},答复期限 {state.due} / {state.step.en}, due {state.due}"
    yield (
        f"  {claim.deed} {claim.same_as}".rstrip()
        if claim.deed
        else f"  {claim.on} {claim.kind} {claim.what}".rstrip()
    )
    said = [claim.field, claim.should_be and f"应为 {claim.should_be}", claim.note]
    if any(said):
        yield f"  {' '.join(each for each in said if each)}"
    for words, ruling in (("答复 answered", state.ruling), ("复核 reviewed", state.review)):
        if words.startswith("复核") and state.review_for:
            yield f"  申请复核 review asked {state.review_on}: {state.review_for}"
        if ruling is not None:
            yield f"  {words} {_ruled(ruling, known)}"
    if state.withdrawn_for:
        yield f"  撤回 withdrawn {state.withdrawn_on}: {state.withdrawn_for}"


def _ruled(ruling: Ruling, known: Roster) -> str:
    who = named(known, ruling.by)
    deeds = f"  {' '.join(ruling.deeds)}" if ruling.deeds else ""
    return f"{ruling.on} {ruling.outcome.zh}({who},{ruling.role.zh}): {ruling.reason}{deeds}"


def _effect(each: DisputeEffect) -> str:
    after = each.after or "–"
    return f"  {each.rubric} {each.period.zh}: {each.before or '–'} → {after}"

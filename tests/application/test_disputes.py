"""Queries as they are written: numbers without gaps among writers that race, retries that are known again, terms by the rule in force, texts under the member's key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from application import codec, packs
from application.documents.source import Unreadable
from application.handle import Done, Request, Writer
from application.log import Log
from application.memory_log import MemoryLog
from domain.dispute import AskReview, DecideDispute, DisputeCommand, RaiseDispute, WithdrawDispute
from domain.disputed import Claim, Dispute, DisputeOutcome, DisputeSort
from domain.document import Publish, Sort
from domain.people import Actor, PersonId, Reason, Refused, Role
from tests.application.test_handle import beginning, county, noon, record, writer_on
from tests.application.test_vault import Keys, keys
from tests.county import LI, OFFICE

__all__ = ["county", "keys"]

SAID, WHY = "金丝雀村", "金丝雀的签到表"
WRONG = Claim(person=LI, sort=DisputeSort.WRONG, deed="occasion/v", field="地点", should_be=SAID)
MISSING = Claim(
    person=LI, sort=DisputeSort.MISSING, what="讲座", on=date(2025, 6, 1), organised_by="镇里"
)
HIMSELF = Actor(person=LI, role=Role.MEMBER)
DECIDED = DecideDispute(dispute="d", outcome=DisputeOutcome.PARTLY, reason=WHY)
POLICY = (files("packs") / "rehearsal" / "policy.yaml").read_text("utf-8")


def asked(command: DisputeCommand, command_id: str, actor: Actor = HIMSELF) -> Request:
    return Request(command=command, actor=actor, command_id=command_id)


def raised(n: int, claim: Claim = MISSING) -> Request:
    return asked(RaiseDispute(dispute=f"d{n}", claim=replace(claim, what=f"讲座{n}")), f"r{n}")


def state(writer: Writer, name: str) -> Dispute:
    found = writer.opened().state(f"dispute/{name}")
    assert isinstance(found, Dispute)
    return found


def test_numbers_have_no_gaps_whoever_writes(county: Writer, any_log: Log) -> None:
    """A refused query takes no number, and a writer that was overtaken decides on its number anew."""
    other = writer_on(any_log)
    other.opened()
    for n, writer in enumerate((county, other, county, other)):
        writer.one(raised(n))
    repeated = replace(raised(3), command=RaiseDispute(dispute="x", claim=replace(MISSING, what="讲座3")), command_id="x")  # fmt: skip
    verdicts = county.write([repeated, raised(4), raised(5)])

    assert isinstance(verdicts[0], Refused) and verdicts[0].reason is Reason.ALREADY_DONE
    later = writer_on(any_log)
    assert [state(later, f"d{n}").number for n in range(6)] == [f"2025-{n}" for n in range(1, 7)]
    assert [state(county, f"d{n}") for n in range(6)] == [state(later, f"d{n}") for n in range(6)]


@pytest.mark.parametrize(
    ("change", "due"),
    [
        (lambda text: text.replace("answer_within: 15", "answer_within: 4"), date(2025, 7, 4)),
        (lambda text: text.replace("answer_within: 15\n", ""), date(2025, 7, 15)),
        (None, date(2025, 7, 15)),
    ],
    ids=["said", "left out", "nothing published"],
)
def test_the_term_is_that_of_the_rule_in_force(
    county: Writer, change: Callable[[str], str] | None, due: date
) -> None:
    if change is not None:
        publish = Publish(
            sort=Sort.POLICY, code="p", version="1", text=change(POLICY), since=date(2024, 1, 1)
        )
        county.one(Request(command=publish, actor=OFFICE, command_id="p"))
    county.one(raised(1))
    assert state(county, "d1").due == due


def test_a_term_is_no_negative_number() -> None:
    with pytest.raises(Unreadable) as refused:
        packs.load_policy(POLICY.replace("answer_within: 15", "answer_within: -1"))
    assert "/answer_within" in str(refused.value.refusal().others or refused.value.refusal())


# What tells of a person


def begun(keys: Keys) -> Writer:
    writer = Writer(MemoryLog("county"), clock=noon, vault=keys.vault())
    verdicts = writer.write([*beginning(), record("v", LI)])
    assert all(isinstance(each, Done) for each in verdicts)
    return writer


WAY: list[Request] = [
    asked(RaiseDispute(dispute="d", claim=replace(WRONG, note=SAID)), "raise"),
    asked(DECIDED, "decide", OFFICE),
    asked(AskReview(dispute="d", reason=SAID), "ask"),
    asked(WithdrawDispute(dispute="d", reason=SAID), "withdraw"),
]


def test_what_is_said_in_a_query_lies_under_the_members_key_alone(keys: Keys) -> None:
    writer = begun(keys)
    for request in WAY:
        writer.one(request)

    rows = writer.log.stream("dispute/d")
    assert not any(said.encode() in row.body for row in rows for said in ("金丝雀", SAID))
    vault = keys.vault()
    events: list[Any] = [entry.event for entry in codec.decode_all(rows, vault)]
    assert events[0].claim.should_be == SAID
    assert [each.reason for each in events[1:]] == [WHY, SAID, SAID]
    vault.fetch(["member/li", "dispute/d"])
    assert (vault.has(["member/li"]), vault.has(["dispute/d"])) == (True, False)


@pytest.mark.parametrize("number", range(len(WAY)))
def test_a_retry_is_known_again_by_a_writer_that_did_not_write_it(keys: Keys, number: int) -> None:
    """Its digest is taken under the member's key, also where this writer's book does not know the query yet."""
    writer = begun(keys)
    other = Writer(writer.log, clock=noon, vault=keys.vault())
    other.opened()
    done = [writer.one(request) for request in WAY]

    said = WAY[number]
    assert other.one(said) == done[number]._replace(again=True)
    changed = replace(said, command=_changed(said.command))
    (verdict,) = Writer(writer.log, clock=noon, vault=keys.vault()).write([changed])
    assert isinstance(verdict, Refused) and verdict.reason is Reason.COMMAND_ID_REUSED


def _changed(command: Any) -> Any:
    if isinstance(command, RaiseDispute):
        return replace(command, claim=replace(command.claim, note="别的"))
    return replace(command, reason="别的")


def test_with_the_member_goes_what_he_said_and_what_he_was_answered(keys: Keys) -> None:
    writer = begun(keys)
    for request in WAY[:2]:
        writer.one(request)
    keys.vault().erased.add("2025-07-01", ["member/li"])
    keys.vault().destroy(["member/li"])

    events: list[Any] = [
        entry.event for entry in codec.decode_all(writer.log.stream("dispute/d"), keys.vault())
    ]
    assert {events[0].claim.should_be, events[0].claim.note, events[1].reason} == {"(已删除)"}
    later = Writer(writer.log, clock=noon, vault=keys.vault())
    for request in (WAY[1], WAY[2]):
        (verdict,) = later.write([request])
        assert isinstance(verdict, Refused) and verdict.reason is Reason.ERASED
    new = asked(RaiseDispute(dispute="e", claim=MISSING), "new")
    (verdict,) = later.write([new])
    assert isinstance(verdict, Refused) and verdict.reason is Reason.ERASED


def test_who_is_asked_again_answers_himself_alone(county: Writer) -> None:
    """A command id that somebody else spent is no answer of his."""
    county.one(record("v", LI))
    county.one(asked(RaiseDispute(dispute="d", claim=WRONG), "raise"))
    county.one(asked(DECIDED, "decide", OFFICE))
    deputy = replace(OFFICE, person=PersonId("deputy"))
    (verdict,) = county.write([asked(DECIDED, "decide", deputy)])
    assert isinstance(verdict, Refused) and verdict.reason is Reason.COMMAND_ID_REUSED

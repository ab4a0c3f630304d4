"""Who may do what, said a second time and compared in every place."""

from __future__ import annotations

from typing import get_args

import pytest

from domain import deed, matter, member, streams
from domain.access import TABLE, TOLD_WHY, Action, Relation, always, ever, may, must
from domain.people import Actor, PersonId, Reason, Refused, Role
from domain.streams import ACTIONS, Command
from tests.commands import NOT_TWICE
from tests.commands import SAID as SAID_OF
from tests.county import Told

SAID = """
                 office clerk head member appraisal auditor consumer
look_up          all    all   all  all    all       all     all
sign_in          all    all   all  all    all       all     all
own_account      all    all   all  all    all       all     all
see_roster       all    all   all  all    all       all     all
see_contact      all    unit  unit self   none      none    none
see_record       all    all   all  all    all       all     all
see_private      all    all   all  own    all       all     own
see_sensitive    all    unit  unit own    own       own     own
see_file         all    unit  unit self   all       all     all
see_unit_file    all    unit  unit none   all       all     all
see_waiting      all    unit  unit none   all       all     none
see_totals       all    none  none none   all       all     all
see_document     all    all   all  all    all       all     all
see_seal         all    all   all  all    all       all     all
see_receipt      all    own   own  own    own       all     own
try_draft        all    none  none none   all       all     none
record           all    all   all  all    none      none    none
confirm          all    none  all  none   none      none    none
uphold           all    all   all  none   none      none    none
report_outcome   all    all   all  none   none      none    none
meet             all    all   all  none   none      none    none
take_part        all    all   all  self   none      none    none
report_month     all    unit  unit none   none      none    none
post_month       all    none  none none   none      none    none
invite_units     all    none  none none   none      none    none
see_compared     all    none  all  none   none      none    none
keep_support     all    none  none none   none      none    none
handle           all    all   all  own    none      none    none
dispute          all    unit  none self   none      none    none
decide_dispute   all    none  none none   all       none    none
see_dispute      all    unit  unit own    all       all     none
find             all    none  none none   all       none    none
keep_roster      all    none  none none   none      none    none
publish          all    none  none none   none      none    none
import_records   all    all   all  all    all       none    none
import_roster    all    none  none none   none      none    none
see_imports      all    unit  unit own    all       all     none
submit           all    all   all  all    all       none    none
cosign           all    none  none none   none      none    none
verify           all    none  none none   none      all     none
copy             all    none  none none   none      all     none
grant            all    none  none none   none      none    none
take_access      all    all   all  all    all       none    none
see_grants       all    self  self self   self      all     none
see_to_accounts  all    none  none none   none      none    none
erase            all    none  none none   none      none    none
see_erasures     all    none  none none   none      all     none
see_readings     all    self  self self   self      all     none
export_person    all    self  self self   self      self    none
run              all    none  none none   none      none    none
"""
BY = {
    "all": {Relation.SELF, Relation.OWN, Relation.UNIT, Relation.OTHER},
    "unit": {Relation.SELF, Relation.OWN, Relation.UNIT},
    "own": {Relation.SELF, Relation.OWN},
    "self": {Relation.SELF},
    "none": set[Relation](),
}


def _said() -> dict[tuple[Action, Role], set[Relation]]:
    head, *rows = (line.split() for line in SAID.strip().splitlines())
    roles = [Role.of(name) for name in head]
    return {
        (Action.of(row[0]), role): BY[word]
        for row in rows
        for role, word in zip(roles, row[1:], strict=True)
    }


def test_the_table_is_whole() -> None:
    assert _said().keys() == {(action, role) for action in Action for role in Role}
    assert TABLE.keys() == set(Action)
    assert all(row.keys() == set(Role) for row in TABLE.values())


@pytest.mark.parametrize("relation", Relation)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_every_place_of_the_table(action: Action, role: Role, relation: Relation) -> None:
    allowed = _said()[action, role]
    assert may(role, action, relation) is (relation in allowed)
    assert ever(role, action) is bool(allowed)
    assert always(role, action) is (allowed == BY["all"])
    if allowed:
        must(role, action)
    else:
        with pytest.raises(Refused) as caught:
            must(role, action)
        assert caught.value.reason is Reason.NOT_ALLOWED


def test_a_nearer_relation_never_closes_what_a_farther_one_opens() -> None:
    order = list(Relation)
    for row in TABLE.values():
        for allowed in row.values():
            found = [relation in allowed for relation in order]
            assert found == sorted(found, reverse=True)


def test_every_command_has_its_action() -> None:
    def every(hint: object) -> set[object]:
        parts = get_args(hint)
        return {hint} if not parts else {each for part in parts for each in every(part)}

    assert ACTIONS.keys() == every(Command)


@pytest.mark.parametrize("role", Role)
def test_who_writes_is_who_may_do_something_that_is_written(role: Role) -> None:
    writes = any(ever(role, action) for action in set(ACTIONS.values()))
    assert Actor(person=PersonId("x"), role=role).writes is writes


@pytest.mark.parametrize("role", Role)
def test_a_decision_asks_the_table_first(role: Role) -> None:
    """Whatever else a command lacks: who may never do it is told so, and nothing more."""
    known = Told().known()
    asked = {type(command): command for _, command, _ in (*SAID_OF, *NOT_TWICE)}
    assert len(asked) > 25
    for kind, command in asked.items():
        action = ACTIONS[kind]
        if ever(role, action) or action in TOLD_WHY:
            continue
        with pytest.raises(Refused) as caught:
            streams.decide(None, command, Actor(person=PersonId("x"), role=role), known)
        assert caught.value.reason is Reason.NOT_ALLOWED


def test_what_the_table_leaves_to_the_decision_is_refused_by_it() -> None:
    assert {ACTIONS[each] for each in (deed.Confirm, deed.Return, deed.Uphold)} == TOLD_WHY
    assert ACTIONS[matter.ReportOutcome] is Action.REPORT_OUTCOME
    assert ACTIONS[member.Admit] is Action.KEEP_ROSTER

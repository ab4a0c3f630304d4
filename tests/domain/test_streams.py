"""The one table of what there is: commands find their streams, any stored past folds, and saying it twice is once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain import streams
from domain.deed import (
    Confirm,
    LinkSame,
    Return,
    UnlinkSame,
    Uphold,
    Withdraw,
)
from domain.dispute import RaiseDispute
from domain.document import Sort
from domain.entry import Entry, Envelope
from domain.erasure import RequestErasure
from domain.fact import Fact, Mark
from domain.finding import SetFinding
from domain.grant import EmergencyAccessTaken, GrantAccess
from domain.matter import (
    RecordMatter,
)
from domain.meeting import AmendMeeting, CallMeeting, CloseMeeting, PlanMeeting
from domain.member import (
    Admit,
)
from domain.occasion import AmendOccasion, RecordOccasion
from domain.pairing import Pair
from domain.people import Actor, PersonId, Reason, Refused, Role
from domain.streams import (
    KEPT_WHOLE,
    Command,
    LedgerOpened,
    OpenLedger,
    Root,
    facts_of,
    root_of,
    stream_of,
)
from domain.support import VenueBooked
from domain.unit import (
    OpenUnit,
    Side,
)
from tests import events
from tests.commands import NOT_TWICE, SAID, county, say
from tests.county import (
    CHEN,
    CLERK,
    CONVENOR,
    LI,
    OFFICE,
    SOUTH,
    STUDIO_HEAD,
    TODAY,
    WANG,
    ZHAO,
    Told,
    himself,
    visit,
)
from tests.refusal import refusal

ENVELOPE = Envelope(
    at=datetime(2025, 6, 30, tzinfo=UTC), day=TODAY, by=PersonId("clerk"), role=Role.CLERK
)


@pytest.fixture(scope="module")
def all_said() -> Told:
    """A ledger in which one of each command was said, and each is on the stream that it belongs to."""
    told = county()
    for actor, command, stream in SAID + NOT_TWICE:
        assert stream_of(command) == stream
        new = say(told, actor, command)
        of_two = isinstance(command, AmendMeeting | CallMeeting | CloseMeeting)
        assert len(new) == (2 if of_two else 1), command
        assert told.entries[-1].stream == stream
    return told


def test_one_of_each_command_is_said_here() -> None:
    assert {type(command) for _, command, _ in SAID + NOT_TWICE} == set(get_args(Command))


def test_every_event_follows_from_some_command(all_said: Told) -> None:
    """Only the rest of a long list follows from none of these."""
    followed = {type(entry.event) for entry in all_said.entries}
    possible = {getattr(each, "__origin__", each) for each in get_args(streams.Event)}

    assert {cls.__name__ for cls in possible - followed} == {"ParticipantsListed"}


def test_every_root_has_a_stream(all_said: Told) -> None:
    roots = {root_of(stream) for stream in all_said.states}
    papers = {Root.of(sort.value) for sort in Sort}

    assert roots == set(Root) - papers | {Root.POLICY}
    assert {root for root in Root if root not in KEPT_WHOLE} == {
        Root.OCCASION,
        Root.MATTER,
        Root.FINDING,
    }


BEGINNINGS = (
    OpenLedger,
    Admit,
    OpenUnit,
    RecordOccasion,
    RecordMatter,
    Pair,
    SetFinding,
    RequestErasure,
    GrantAccess,
    RaiseDispute,
    PlanMeeting,
)


def test_what_was_said_already_is_not_said_again() -> None:
    """The same command at once again leads to nothing; under an id that is taken it is refused."""
    told = county()
    for actor, command, _ in SAID:
        told.say(actor, command)
        if isinstance(command, BEGINNINGS):
            assert refusal(told, actor, command)[0] is Reason.ALREADY_RECORDED
        else:
            assert told.say(actor, command) == [], command


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CONSUMER])
def test_who_only_reads_never_writes(role: Role) -> None:
    reader = Actor(person=PersonId("reader"), role=role, unit=SOUTH)

    for _, command, _ in SAID + NOT_TWICE:
        assert refusal(Told(), reader, command) == (Reason.NOT_ALLOWED, "")


@pytest.mark.parametrize("deed", ["", "v", "member/li", "finding/f", "pairing/a", "unit/south"])
def test_only_occasions_and_matters_are_deeds(deed: str) -> None:
    with pytest.raises(Refused) as refused:
        stream_of(Withdraw(deed=deed, reason="误"))

    assert (refused.value.reason, refused.value.field) == (Reason.NO_SUCH_DEED, "/deed")


def test_a_ledger_is_opened_once_and_by_the_office() -> None:
    told = Told()
    open_it = OpenLedger(code="hanxian", committee="韩县政协")

    assert refusal(told, CLERK, open_it) == (Reason.NOT_ALLOWED, "")
    assert told.say(OFFICE, open_it) == [
        LedgerOpened(code="hanxian", committee="韩县政协", zone="Asia/Shanghai")
    ]
    assert refusal(told, OFFICE, open_it) == (Reason.ALREADY_RECORDED, "/code")
    assert facts_of(told.states["ledger/ledger"]) == []


# Any stored past folds


def entries(root: Root, happened: list[Any]) -> list[Entry[Any]]:
    """These events as a stream."""
    return [
        Entry(position=i, stream=f"{root.prefix}x", version=i, event=event, envelope=ENVELOPE)
        for i, event in enumerate(happened, start=1)
    ]


@pytest.mark.parametrize("root", list(Root))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_past_cannot_be_refused(root: Root, data: st.DataObject) -> None:
    """Whatever was stored folds in whatever order, from the first event on or from a later one."""
    state = None
    for entry in entries(root, data.draw(st.lists(events.events_in(root), max_size=6))):
        state = streams.evolve(state, entry)
        assert all(isinstance(fact, Fact) for fact in facts_of(state))
        assert all(isinstance(each, tuple) for each in streams.likenesses(entry.event))
        assert streams.day_of(entry.event) is None or streams.day_of(entry.event) <= date.max


@pytest.mark.parametrize("root", [root for root in Root if len(events.ROOTS[root]) > 1])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_stream_begins_with_its_first_event(root: Root, data: st.DataObject) -> None:
    """What comes before it, or without it, makes nothing of itself."""
    first, *later = events.ROOTS[root]
    event = data.draw(events.events_in(root))
    (entry,) = entries(root, [event])

    begun = streams.evolve(None, entry)

    begins = (first, EmergencyAccessTaken, VenueBooked)
    assert isinstance(event, begins) is (begun is not None)
    assert not later or facts_of(None) == []


@pytest.mark.parametrize("root", [Root.OCCASION, Root.MATTER])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_deed_knows_its_version_and_when_it_was_first_recorded(
    root: Root, data: st.DataObject
) -> None:
    first, *_ = events.ROOTS[root]
    happened = data.draw(st.lists(events.events_in(root), min_size=1, max_size=6))
    begun = next((i for i, e in enumerate(happened, start=1) if isinstance(e, first)), None)
    again = [i for i, e in enumerate(happened, start=1) if isinstance(e, first)]

    state: Any = None
    for entry in entries(root, happened):
        state = streams.evolve(state, entry)

    if begun is None:
        assert state is None
    else:
        assert (state.version, state.position) == (len(happened), again[-1])


# Dual management against a model of it


class Line:
    """What the model knows of one deed: who is in it, and what the sector side has said of whom."""

    def __init__(self, people: tuple[PersonId, ...]) -> None:
        self.people = people
        self.title = ""
        self.marks: dict[PersonId, Mark] = {}
        self.gone = False
        self.same_as = ""


PEOPLE = st.lists(st.sampled_from([WANG, LI, ZHAO, CHEN]), min_size=1, max_size=4, unique=True).map(
    tuple
)
DEED = st.sampled_from(["v", "w", "x"])
HIS = (LI, ZHAO)
"""Those whom the convenor Wang answers for: of his sector, and not himself."""


class DualManagement(RuleBasedStateMachine):
    """The studio's clerk records, the sector's convenor answers; each rule says what must come of it."""

    @initialize(people=PEOPLE)
    def a_first_record(self, people: tuple[PersonId, ...]) -> None:
        self.told = Told()
        self.model: dict[str, Line] = {}
        self.record("v", people)

    def _says(self, actor: Actor, command: Command, *, may: bool) -> bool:
        """Say it; whether it was carried out must be what the model says."""
        try:
            self.told.say(actor, command)
        except Refused:
            assert not may, command
        else:
            assert may, command
        return may

    def _open(self, deed: str) -> Line | None:
        line = self.model.get(deed)
        return None if line is None or line.gone else line

    @rule(deed=DEED, people=PEOPLE)
    def record(self, deed: str, people: tuple[PersonId, ...]) -> None:
        command = RecordOccasion(occasion=deed, body=visit(*people))
        if self._says(CLERK, command, may=deed not in self.model):
            self.model[deed] = Line(people)
            self.model[deed].title = command.body.title

    @rule(deed=DEED, people=PEOPLE, title=st.sampled_from(["走访", "慰问"]))
    def amend(self, deed: str, people: tuple[PersonId, ...], title: str) -> None:
        line = self._open(deed)
        body = visit(*people, title=title)
        same = line is not None and self.told.deed(f"occasion/{deed}").body == body
        command = AmendOccasion(occasion=deed, body=body, reason="更正")
        if self._says(CLERK, command, may=line is not None) and line is not None and not same:
            renamed, line.people, line.title = title != line.title, people, title
            # Who is taken out leaves nothing behind; a return is answered where the record says something else.
            line.marks = {
                who: Mark.CORRECTED if renamed and mark is Mark.RETURNED else mark
                for who, mark in line.marks.items()
                if who in people
            }

    @rule(deed=DEED)
    def confirm(self, deed: str) -> None:
        line = self._open(deed)
        mine = [p for p in line.people if p in HIS] if line else []
        command = Confirm(deed=f"occasion/{deed}", side=Side.SECTOR)
        if self._says(CONVENOR, command, may=bool(mine)) and line is not None:
            line.marks |= dict.fromkeys(mine, Mark.CONFIRMED)

    @rule(deed=DEED, who=st.sampled_from([WANG, LI, ZHAO, CHEN]))
    def return_(self, deed: str, who: PersonId) -> None:
        line = self._open(deed)
        command = Return(deed=f"occasion/{deed}", side=Side.SECTOR, people=(who,), reason="未到")
        may = line is not None and who in line.people and who in HIS
        if self._says(CONVENOR, command, may=may) and line is not None:
            line.marks[who] = Mark.RETURNED

    @rule(deed=DEED, who=st.sampled_from(HIS))
    def uphold(self, deed: str, who: PersonId) -> None:
        line = self._open(deed)
        command = Uphold(deed=f"occasion/{deed}", side=Side.SECTOR, people=(who,), reason="属实")
        may = line is not None and line.marks.get(who) is Mark.RETURNED
        assert not self._says(CLERK, command, may=False)
        if self._says(STUDIO_HEAD, command, may=may) and line is not None:
            line.marks[who] = Mark.UPHELD

    @rule(deed=DEED, by=st.sampled_from([CLERK, OFFICE, himself(LI)]))
    def withdraw(self, deed: str, by: Actor) -> None:
        line = self._open(deed)
        command = Withdraw(deed=f"occasion/{deed}", reason="误")
        may = line is not None and by.role is not Role.MEMBER
        if self._says(by, command, may=may) and line is not None:
            line.gone = True

    @rule(deed=DEED, other=DEED)
    def link(self, deed: str, other: str) -> None:
        line, to = self._open(deed), self._open(other)
        stream = f"occasion/{other}"
        command = LinkSame(deed=f"occasion/{deed}", same_as=stream)
        may = line is not None and to is not None and deed != other
        may = may and (not to.same_as or line.same_as == stream)  # type: ignore[union-attr]
        may = may and (line.same_as == stream or bool({*line.people} & {*to.people}))  # type: ignore[union-attr]
        if self._says(CLERK, command, may=may) and line is not None:
            line.same_as = stream

    @rule(deed=DEED)
    def unlink(self, deed: str) -> None:
        line = self._open(deed)
        command = UnlinkSame(deed=f"occasion/{deed}", reason="两次")
        if self._says(CLERK, command, may=line is not None) and line is not None:
            line.same_as = ""

    @invariant()
    def facts_are_what_the_model_says(self) -> None:
        for deed, line in self.model.items():
            facts = self.told.facts(f"occasion/{deed}")
            expected = {} if line.gone else {f"member/{p}": line.marks.get(p) for p in line.people}
            assert {
                subject: fact.sector and fact.sector.mark
                for subject, fact in facts.items()
                if subject.startswith("member/")
            } == expected
            assert ("unit/south" in facts) is not line.gone
            assert {fact.same_as for fact in facts.values()} <= {line.same_as}
            assert all(
                fact.studio is not None and fact.studio.mark is Mark.RECORDED
                for subject, fact in facts.items()
                if subject.startswith("member/")
            )

    @invariant()
    def the_entries_alone_say_the_same(self) -> None:
        states: dict[str, Any] = {}
        for entry in self.told.entries:
            states[entry.stream] = streams.evolve(states.get(entry.stream), entry)
        assert states == self.told.states

    @invariant()
    def no_links_go_round(self) -> None:
        for deed in self.model:
            seen, at = {deed}, deed
            while at := self.model[at].same_as.removeprefix("occasion/"):
                assert at not in seen
                seen.add(at)


TestDualManagement = DualManagement.TestCase
TestDualManagement.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)

"""How events lie in the log: names of our own, bytes that are read back as the same event, digests of commands."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application import codec
from application.log import LARGEST_BODY, StoredRow
from domain import streams
from domain.deed import Confirm, Return
from domain.entry import Entry, Envelope
from domain.fact import Attendance, Capacity, RecordClass, Spoke
from domain.kinds import Shape
from domain.kinds.advice import Proposed, ReportedOpinion
from domain.kinds.people import VisitedConstituents, VisitedVillage
from domain.matter import Author, Matter, RecordMatter
from domain.member import Dismiss, Exit
from domain.occasion import (
    MOST_NAMED,
    AmendOccasion,
    Occasion,
    OccasionHappened,
    Participant,
    RecordOccasion,
)
from domain.people import PersonId, Role, UnitId, Via
from domain.unit import Side
from tests import events
from tests.county import COUNTY, LI, SOUTH, visit

ENVELOPE = Envelope(
    at=datetime(2025, 6, 30, 16, 30, tzinfo=UTC),
    day=date(2025, 7, 1),
    by=PersonId("clerk"),
    role=Role.CLERK,
    unit=SOUTH,
    via=Via.PHONE,
    on=date(2025, 6, 10),
)


def happened(body: Occasion[Any]) -> OccasionHappened[Any]:
    return OccasionHappened(occasion="v", body=body, record=RecordClass.TOWNSHIP)


def stored(event: Any, envelope: Envelope = ENVELOPE) -> StoredRow:
    """The event as the first entry of a log."""
    return StoredRow(1, "occasion/v", 1, codec.name_of(event), codec.encode(event, envelope))


# Names


def test_every_event_there_is_has_a_name() -> None:
    """Whatever a decision may return can be stored."""
    named = {events.classes_of(name)[0] for name in codec.NAMES}
    possible = {getattr(each, "__origin__", each) for each in get_args(streams.Event)}

    assert named == possible
    assert {cls for classes in events.ROOTS.values() for cls in classes} == possible


@pytest.mark.parametrize("name", codec.NAMES)
def test_an_event_is_stored_under_the_name_that_it_is_read_by(name: str) -> None:
    assert codec.name_of(events.sample_of(name)) == name


def test_names_are_ours_and_never_paths_in_the_code() -> None:
    for name in codec.NAMES:
        first, *rest = name.split(".")
        assert len(rest) <= 1
        assert all(part and part == part.lower() for part in (first, *rest))
        assert not name.startswith(("domain", "application"))


def test_an_amended_kind_has_a_name_beside_the_kind_s_own() -> None:
    by_shape = {
        Shape.OCCASION: ("visited_village", "visited_village.amended"),
        Shape.MATTER: ("proposed", "proposed.amended"),
    }

    for names in by_shape.values():
        assert set(names) <= set(codec.NAMES)
    assert "paired_with.amended" not in codec.NAMES
    assert "was_marked.amended" not in codec.NAMES


def test_names_are_read_as_types_of_their_own() -> None:
    assert codec.NAMES["visited_village"] == OccasionHappened[VisitedVillage]
    assert codec.NAMES["member.left"] is events.classes_of("member.left")[0]


# Bytes


@pytest.mark.parametrize("name", codec.NAMES)
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_what_is_stored_is_what_is_read(name: str, data: st.DataObject) -> None:
    event, envelope = data.draw(events.events_of(name)), data.draw(events.envelopes())
    row = StoredRow(7, "some/stream", 3, codec.name_of(event), codec.encode(event, envelope))

    assert codec.decode(row) == Entry(
        position=7, stream="some/stream", version=3, event=event, envelope=envelope
    )
    assert codec.envelope_of(row) == envelope


def test_the_kind_of_the_details_is_told_by_the_name_alone() -> None:
    details = VisitedVillage(problems_raised=2)

    entry = codec.decode(stored(happened(visit(LI, details=details))))

    assert type(entry.event.body.details) is VisitedVillage
    assert entry.event.body.details == details


def test_the_same_event_is_never_the_same_bytes_so_that_hashes_cannot_be_guessed_at() -> None:
    event = happened(visit(LI))

    first, second = (codec.encode(event, ENVELOPE) for _ in range(2))

    assert first != second
    salts = [json.loads(body)["salt"] for body in (first, second)]
    assert len({len(bytes.fromhex(salt)) for salt in salts}) == 1
    assert len(bytes.fromhex(salts[0])) == 16


def test_chinese_is_stored_as_itself() -> None:
    body = codec.encode(happened(visit(LI, title="走访韩村")), ENVELOPE)

    assert "走访韩村" in body.decode()


def test_the_fullest_entry_fits_into_the_log() -> None:
    """With as many names as one entry may hold, each with all that is said of a leave, there is room for the text."""
    people = tuple(
        Participant(
            person=PersonId(str(UUID(int=i))),
            capacity=Capacity.HIGHER_MEMBER,
            attendance=Attendance.LEAVE_REFUSED,
            leave="因公出差(参加省里会议)",
            granted_by="县政协主席会议",
            spoke=Spoke.IN_WRITING,
            half_days=0,
        )
        for i in range(MOST_NAMED)
    )
    expected = tuple(p.person for p in people)
    event = happened(replace(visit(expected=expected, result="好" * 2_000), participants=people))

    assert len(codec.encode(event, ENVELOPE)) < LARGEST_BODY


def test_a_name_of_a_later_version_stops_the_reader() -> None:
    row = stored(happened(visit(LI)))._replace(name="flew_to_the_moon", position=9)

    with pytest.raises(codec.UnknownName) as unknown:
        codec.decode(row)

    assert unknown.value == codec.UnknownName("flew_to_the_moon", 9)
    assert codec.envelope_of(row) == ENVELOPE


def test_a_field_of_a_later_version_is_passed_over() -> None:
    row = stored(happened(visit(LI)))
    told = json.loads(row.body)
    told["event"]["body"]["mood"] = "cheerful"
    told["event"]["body"]["details"]["weather"] = "rain"

    assert codec.decode(row._replace(body=json.dumps(told).encode())) == codec.decode(row)


def test_a_field_that_was_not_there_yet_has_its_default() -> None:
    row = stored(happened(visit(LI)))
    told = json.loads(row.body)
    del told["event"]["body"]["micro"], told["event"]["body"]["details"]["purpose"]

    assert codec.decode(row._replace(body=json.dumps(told).encode())) == codec.decode(row)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"envelope":{},"event":{},"salt":""}'])
def test_bytes_that_are_no_entry_are_an_error(body: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        codec.decode(stored(happened(visit(LI)))._replace(body=body))


def test_entries_are_decoded_in_order() -> None:
    row = stored(happened(visit(LI)))

    rows = [row, row._replace(position=2, version=2)]

    assert [(e.position, e.version) for e in codec.decode_all(rows)] == [(1, 1), (2, 2)]


# Digests


def record(**said: Any) -> RecordOccasion:
    return RecordOccasion(occasion="v", body=visit(LI, **said))


def test_a_command_said_again_has_the_same_digest() -> None:
    assert codec.Told(record()).digest == codec.Told(record()).digest
    assert len(codec.Told(record()).digest) == 32


def matter(details: Any) -> RecordMatter:
    body = Matter(
        details=details,
        title="修路",
        on=date(2025, 6, 1),
        organiser=COUNTY,
        authors=(Author(person=LI),),
    )
    return RecordMatter(matter="p", body=body)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (record(), record(title="走访李村")),
        (record(), record(details=VisitedConstituents())),
        (record(), replace(record(), differs=True)),
        (record(), replace(record(), occasion="w")),
        (record(), AmendOccasion(occasion="v", body=visit(LI), reason="误")),
        (matter(Proposed()), matter(ReportedOpinion())),
        (
            Confirm(deed="occasion/v", side=Side.SECTOR, people=(LI,)),
            Return(deed="occasion/v", side=Side.SECTOR, people=(LI,), reason=""),
        ),
        (
            Dismiss(person=LI, on=date(2025, 1, 1), how=Exit.DIED),
            Dismiss(person=LI, on=date(2025, 1, 1), how=Exit.RESIGNED),
        ),
    ],
)
def test_a_command_id_cannot_be_spent_on_something_else(one: Any, other: Any) -> None:
    assert codec.Told(one).digest != codec.Told(other).digest


def test_kinds_with_the_same_fields_have_different_digests() -> None:
    """Two kinds without anything said of them look the same in JSON."""
    one, other = matter(Proposed()), matter(ReportedOpinion())

    assert codec.Told(one).digest != codec.Told(other).digest
    assert codec.Told(record(organiser=UnitId("south"))).digest == codec.Told(record()).digest

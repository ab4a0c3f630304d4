"""Every event that can be stored, from its own annotations: one plain sample of each, and arbitrary ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from application import codec
from domain import (
    deed,
    dispute,
    document,
    erasure,
    finding,
    grant,
    handling,
    inspection,
    invitation,
    matter,
    meeting,
    member,
    occasion,
    pairing,
    posting,
    streams,
    suggestion,
    support,
    unit,
)
from domain.entry import Envelope
from domain.kinds import KINDS, Details, Shape, Stage
from domain.streams import Root
from domain.words import Choice
from tests import builders

ROOTS: Mapping[Root, tuple[type[Any], ...]] = {
    Root.LEDGER: (streams.LedgerOpened,),
    Root.MEMBER: get_args(member.MemberEvent),
    Root.UNIT: get_args(unit.UnitEvent),
    Root.OCCASION: (
        occasion.OccasionHappened,
        occasion.OccasionAmended,
        occasion.ParticipantsListed,
        *get_args(deed.DeedEvent),
    ),
    Root.MATTER: (
        matter.MatterRecorded,
        matter.MatterAmended,
        matter.OutcomeReached,
        matter.OutcomeRetracted,
        *get_args(handling.HandlingEvent),
        *get_args(suggestion.SuggestionEvent),
        *get_args(inspection.InspectionEvent),
        *get_args(deed.DeedEvent),
    ),
    Root.MEETING: (
        meeting.MeetingPlanned,
        meeting.MeetingAmended,
        *(e for e in get_args(meeting.MeetingEvent) if get_origin(e) is None),
    ),
    Root.POSTING: get_args(posting.PostingEvent),
    Root.INVITATION: get_args(invitation.InvitationEvent),
    Root.SUPPORT: get_args(support.SupportEvent),
    Root.PAIRING: (pairing.Paired, pairing.PairingEnded),
    Root.FINDING: (finding.FindingSet, finding.FindingRevoked),
    Root.RUBRIC: (document.Published, document.Repealed),
    Root.CHECKLIST: (document.Published, document.Repealed),
    Root.POLICY: (document.Published, document.Repealed),
    Root.RULE: (document.Published, document.Repealed),
    Root.TERMS: (document.Published, document.Repealed),
    Root.CALENDAR: (document.Published, document.Repealed),
    Root.LOOP: (document.Published, document.Repealed),
    Root.FIGURES: (document.Published, document.Repealed),
    Root.ERASURE: get_args(erasure.ErasureEvent),
    Root.GRANT: get_args(grant.GrantEvent),
    Root.DISPUTE: get_args(dispute.DisputeEvent),
}
"""The classes of events in the streams of each root; the first begins a stream."""

SHAPES = {
    Root.OCCASION: Shape.OCCASION,
    Root.MATTER: Shape.MATTER,
    Root.MEETING: Shape.OCCASION,
    Root.PAIRING: Shape.PAIRING,
    Root.FINDING: Shape.FINDING,
}


def classes_of(name: str) -> tuple[Any, Any]:
    """The class of event that a stored name stands for, and the kind it is about where it is about one."""
    stored = codec.NAMES[name]
    kinds = get_args(stored)
    return get_origin(stored) or stored, kinds[0] if kinds else None


def root_of(name: str) -> Root:
    """In which streams a stored name can stand; for what all deeds share, those of occasions."""
    if name.partition(".")[0] in set(document.Sort):
        return Root.of(name.partition(".")[0])
    cls, _ = classes_of(name)
    return next(root for root, classes in ROOTS.items() if cls in classes)


# One plain sample

PLAIN: Mapping[Any, Any] = {
    bool: True,
    int: 1,
    Decimal: Decimal("1.50"),
    date: date(2025, 6, 10),
    datetime: datetime(2025, 6, 10, 4, 30, tzinfo=UTC),
}


def sample_of(name: str) -> Any:
    """The plain sample of a stored name: every field filled."""
    cls, kind = classes_of(name)
    return _named(name, _plain(cls, cls.__name__, kind))


def _plain(hint: Any, called: str, kind: type[Details] | None) -> Any:
    if isinstance(hint, TypeVar):
        hint = kind
    if get_origin(hint) is Annotated or is_dataclass(get_origin(hint)):
        hint = get_origin(hint) if is_dataclass(get_origin(hint)) else get_args(hint)[0]
    if hint in PLAIN:
        return PLAIN[hint]
    if hint is str or hasattr(hint, "__supertype__"):
        return called
    if isinstance(hint, type) and issubclass(hint, Choice):
        return next(iter(hint))
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return hint(**{f.name: _plain(hints[f.name], f.name, kind) for f in fields(hint)})
    inner = [each for each in get_args(hint) if each not in (NoneType, Ellipsis)]
    if get_origin(hint) is tuple:
        return tuple(_plain(each, called, kind) for each in inner)
    if get_origin(hint) in (Union, UnionType):
        return _plain(inner[0], called, kind)
    raise TypeError(f"no sample of {hint!r}")


def _named(name: str, event: Any) -> Any:
    """The event, such that it is stored under that name."""
    first, _, second = name.partition(".")
    if isinstance(event, matter.OutcomeReached):
        return replace(event, outcome=replace(event.outcome, stage=Stage.of(second)))
    if isinstance(event, document.Published | document.Repealed):
        return replace(event, sort=document.Sort.of(first))
    return event


# Arbitrary ones


def events_of(name: str) -> st.SearchStrategy[Any]:
    """Arbitrary events of a stored name."""
    cls, kind = classes_of(name)
    return values_of(cls, kind).map(lambda event: _named(name, event))


@cache
def events_in(root: Root) -> st.SearchStrategy[Any]:
    """Arbitrary events of the streams of a root."""
    kind = next((k for k in KINDS.values() if k.about.shape is SHAPES.get(root)), None)
    classes: tuple[Any, ...] = ROOTS[root]
    return st.one_of([values_of(cls, kind) for cls in classes])


def envelopes() -> st.SearchStrategy[Envelope]:
    """Arbitrary envelopes."""
    envelope: Any = Envelope
    return values_of(envelope, None)


@cache
def values_of(hint: Any, kind: type[Details] | None) -> st.SearchStrategy[Any]:
    """Arbitrary values of a type; within a generic event the details are of that kind."""
    if isinstance(hint, TypeVar):
        assert kind is not None
        return builders.details_of(kind)
    origin = get_origin(hint)
    if origin is Annotated:
        return values_of(get_args(hint)[0], kind)
    if origin in (Union, UnionType):
        return st.one_of([values_of(each, kind) for each in get_args(hint)])
    if origin is tuple:
        inner = [values_of(each, kind) for each in get_args(hint) if each is not Ellipsis]
        if Ellipsis in get_args(hint):
            return st.lists(inner[0], max_size=2).map(tuple)
        return st.tuples(*inner)
    hint = origin or hint
    if hint is date:
        return st.dates()
    if hint is datetime:
        return st.datetimes(timezones=st.just(UTC))
    if is_dataclass(hint):
        return _built(hint, kind)
    return builders.values_of(hint)


def _built(cls: Any, kind: type[Details] | None) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    return st.builds(cls, **{f.name: values_of(hints[f.name], kind) for f in fields(cls)})

"""Of a matter that is not public everybody sees what it is called, its numbers, days, choices and units; every other word is for who may see inside."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any, get_origin, get_type_hints

import pytest

from application import codec
from domain import inside
from domain.course import Move
from domain.deed import Deed
from domain.evidence import Evidence
from domain.fact import Authorship, Fact
from domain.kinds import KINDS, Shape, kind_of
from domain.kinds.advice import CarriedUp, Proposed, ReportedOpinion, Satisfaction, Way
from domain.kinds.county import DidOtherMatter
from domain.loop import Holder
from domain.matter import Author, Matter, MatterRecorded, Sensitivity
from domain.people import PersonId, UnitId
from domain.personal import leaves
from domain.streams import Root
from domain.suggestion import SuggestionMade
from domain.words import Given, Label, Open
from tests import events

MASK = "X"

OPEN: dict[str, str] = {
    "MatterRecorded": "matter",
    "MatterAmended": "matter",
    "Matter": "title number on_paper activity plan_item work answers handlers converted_from merged_into",
    "Evidence": "sha256 number",
    "OutcomeReached": "matter",
    "OutcomeRetracted": "matter",
    "Reached": "rank document",
    "CourseBegun": "matter loop version stage",
    "CourseMoved": "matter",
    "CourseGivenBack": "matter stage undone",
    "CourseHandedOver": "matter",
    "CourseExtended": "matter stage",
    "CoursePaused": "matter",
    "CourseResumed": "matter",
    "CourseReopened": "matter stage undone",
    "CourseMigrated": "matter version",
    "Course": "loop version at",
    "Move": "stage rank document into",
    "Step": "stage version was",
    "Holder": "name",
    "SuggestionMade": "matter",
    "SuggestionAnswered": "matter answered_by",
    "SuggestionCarriedOut": "matter",
    "SuggestionWithdrawn": "matter",
    "Suggestion": "answered_by",
    "ProblemNotified": "matter checklist",
    "MendingReported": "matter",
    "ProblemCheckedOff": "matter",
    "ProblemReopened": "matter",
    "ProblemPutOff": "matter",
    "ProblemWithdrawn": "matter",
    "Problem": "checklist",
    "Withdrawn": "deed",
    "Superseded": "deed by",
    "LinkedSame": "deed same_as",
    "UnlinkedSame": "deed",
    "LinkedLedTo": "deed source",
    "UnlinkedLedTo": "deed source",
    "Confirmed": "deed",
    "Returned": "deed",
    "Upheld": "deed",
    "ItemAssigned": "deed item",
    "Cause": "source",
    "Envelope": "cause command",
    "Deed": "stream superseded_by same_as items",
    "Fact": "deed kind title leave activity work pairing same_as item",
    "PrintedVolume": "issue",
    "PlanItem": "person_responsible",
    "Task": "person_responsible",
    "Proposed": "satisfaction",
    "DeliveredSpeech": "spoken_at",
    "AnsweredInquiry": "expertise",
    "ContributedResources": "amount_unit",
    "SubmittedDocument": "covers",
    "WasInspected": "inspected_by standard",
    "DidOtherMatter": "code called",
}
"""Every text that stays open, by where it stands: who opens another one says so here too, and why where it is marked."""

MATTERS = [kind for kind in KINDS.values() if kind.about.shape is Shape.MATTER]


def reached(cls: type[Any], found: dict[str, type[Any]]) -> dict[str, type[Any]]:
    """All classes in which words of a matter can stand, from one on."""
    if cls.__name__ not in found and cls is not Label:
        found[cls.__name__] = cls
        hints = get_type_hints(cls)
        for each in fields(cls):
            for leaf in leaves(hints[each.name]):
                if isinstance(leaf, type) and is_dataclass(leaf):
                    reached(leaf, found)
    return found


def every_class() -> dict[str, type[Any]]:
    """All of them: from every event of a matter, its state and facts, and the details of every kind."""
    found: dict[str, type[Any]] = {}
    of_events = [get_origin(each) or each for each in events.ROOTS[Root.MATTER]]
    for cls in (*of_events, Matter, Deed, Fact, *MATTERS):
        reached(cls, found)
    return found


def test_no_text_of_a_matter_is_open_that_nobody_has_opened() -> None:
    told = {
        name: " ".join(field for field, is_open in inside.text_fields(cls).items() if is_open)
        for name, cls in every_class().items()
    }
    assert {name: said for name, said in told.items() if said} == OPEN


STORED = [name for name in codec.NAMES if events.classes_of(name)[0] in events.ROOTS[Root.MATTER]]
"""The stored names of all that can happen to a matter."""


@pytest.mark.parametrize("name", STORED)
def test_whatever_happens_to_a_matter_is_told_without_its_words(name: str) -> None:
    event = events.sample_of(name)
    assert_without_words(event, inside.sealed(event, lambda _: MASK))


@pytest.mark.parametrize("name", STORED)
def test_what_is_sealed_of_whatever_happens_to_a_matter_is_what_is_told_of_its_words(
    name: str,
) -> None:
    event = events.sample_of(name)
    asked: list[str] = []

    def seal(text: str) -> str:
        asked.append(text)
        return MASK

    inside.sealed(event, seal)
    told = list(inside.texts(event))
    assert [text for _, text in told] == asked
    assert [at_pointer(event, place) for place, _ in told] == asked


def at_pointer(told: Any, place: str) -> Any:
    """What lies there."""
    for part in place.split("/")[1:]:
        told = told[int(part)] if isinstance(told, tuple) else getattr(told, part)
    return told


def assert_without_words(was: Any, shown: Any) -> None:
    """Compare what was told with what is shown of it, text by text: by the types of the fields and the list above alone."""
    assert type(shown) is type(was)
    hints = get_type_hints(type(was))
    for each in fields(was):
        old, new = getattr(was, each.name), getattr(shown, each.name)
        where = f"{type(was).__name__}.{each.name}"
        is_open = each.name in OPEN.get(type(was).__name__, "").split()
        if is_dataclass(old) and not isinstance(old, Label):
            assert_without_words(old, new)
        elif isinstance(old, tuple) and old and is_dataclass(old[0]):
            assert len(new) == len(old), where
            for one, other in zip(old, new, strict=True):
                assert_without_words(one, other)
        elif str in leaves(hints[each.name]) and not is_open:
            assert new == (MASK if isinstance(old, str) else tuple(map(covered, old[:1]))), where
        else:
            assert new == old, where


def covered(told: Any) -> Any:
    """A text, or a pair of some, covered."""
    return MASK if isinstance(told, str) else tuple(map(covered, told))


def opinion() -> Matter[ReportedOpinion]:
    """An opinion with words wherever there can be some."""
    return Matter(
        details=ReportedOpinion(
            raised_by="王大妈",
            edited_version="路基塌了三处",
            sent_to=("县委办", "县府办"),
            direct_channel=True,
        ),
        title="关于山塘村道的反映",
        number="社情12号",
        on=date(2026, 3, 1),
        organiser=UnitId("south"),
        authors=(Author(person=PersonId("li"), role=Authorship.FIRST),),
        text="摘要",
        sensitivity=Sensitivity.INTERNAL,
        handlers=("县水利局",),
        effect="已修复",
        evidence=(Evidence(name="现场照片", sha256="ab", number="3"),),
    )


def test_of_an_opinion_its_words_go_and_what_tells_it_from_others_stays() -> None:
    body = opinion()
    shown = inside.sealed(body, lambda _: MASK)
    assert shown == Matter(
        details=ReportedOpinion(
            raised_by=MASK, edited_version=MASK, sent_to=(MASK,), direct_channel=True
        ),
        title=body.title,
        number=body.number,
        on=body.on,
        organiser=body.organiser,
        authors=body.authors,
        text=MASK,
        sensitivity=Sensitivity.INTERNAL,
        handlers=("县水利局",),
        effect=MASK,
        evidence=(Evidence(name=MASK, sha256="ab", number="3"),),
    )
    assert {place for place, _ in inside.texts(body)} == {
        "/details/raised_by",
        "/details/edited_version",
        "/details/sent_to/0",
        "/details/sent_to/1",
        "/text",
        "/effect",
        "/evidence/0/name",
    }


def test_what_says_nothing_is_left_as_it_is() -> None:
    body = Matter(
        details=Proposed(satisfaction=(("member/li", Satisfaction.SATISFIED),)),
        title="提案",
        on=date(2026, 3, 1),
        organiser=UnitId("south"),
        authors=(),
    )
    assert inside.sealed(body, lambda _: MASK) is body
    assert list(inside.texts(body)) == []


def test_of_a_move_the_note_goes_and_the_day_the_stage_and_the_choices_stay() -> None:
    move = Move(
        stage="handled",
        on=date(2026, 3, 2),
        holder=Holder(name="县水利局"),
        rank="县长",
        by="张三",
        document="县府〔2026〕3号",
        note="已派人",
        way=Way.FIRST,
    )
    assert inside.sealed(move, lambda _: MASK) == Move(
        stage="handled",
        on=date(2026, 3, 2),
        holder=Holder(name="县水利局"),
        rank="县长",
        by=MASK,
        document="县府〔2026〕3号",
        note=MASK,
        way=Way.FIRST,
    )


def test_pairs_with_texts_are_told_as_one_so_that_a_kind_can_say_them() -> None:
    details = DidOtherMatter(code="c1", called="县自定", values=(("甲", "一"), ("乙", "二")))
    shown = inside.sealed(details, lambda _: MASK)
    assert shown == DidOtherMatter(code="c1", called="县自定", values=((MASK, MASK),))


def test_a_reason_that_somebody_gave_goes_and_other_labels_stay() -> None:
    told = (Label("规则:30天", "rule: 30 days"), Given("延期:因病", "extended: ill"))

    @dataclass(frozen=True)
    class Line:
        """A line of a list."""

        matter: Open[str]
        why: tuple[Label, ...]

    shown = inside.sealed(Line("m1", told), lambda _: MASK)
    assert shown == Line("m1", (told[0], Given(MASK, MASK)))
    assert list(inside.texts(Line("m1", told))) == [
        ("/why/1", "延期:因病"),
        ("/why/1", "extended: ill"),
    ]


@dataclass(frozen=True)
class New:
    """What somebody has just added: a text and an id."""

    text: str
    unit: UnitId
    many: tuple[str, ...] = ()
    listed: list[str] = field(default_factory=list)


def test_a_field_that_somebody_adds_is_closed_until_he_opens_it() -> None:
    assert inside.text_fields(New) == {"text": False, "many": False, "listed": False}
    shown = inside.sealed(New("a", UnitId("south"), ("b", "c")), lambda _: MASK)
    assert shown == New(MASK, UnitId("south"), (MASK,))


def test_texts_in_a_list_are_closed_as_all_others() -> None:
    new = New("", UnitId("south"), listed=["a", "b"])
    assert inside.sealed(new, lambda _: MASK) == New("", UnitId("south"), listed=[MASK])
    assert list(inside.texts(new)) == [("/listed/0", "a"), ("/listed/1", "b")]


def test_the_fields_in_which_something_is_closed() -> None:
    assert inside.closed_fields(Matter) == {"text", "effect", "evidence"}
    assert inside.closed_fields(ReportedOpinion) == {"raised_by", "edited_version", "sent_to"}
    assert inside.closed_fields(MatterRecorded) == {"body"}
    assert inside.closed_fields(SuggestionMade) == {"text"}
    assert "topic" in inside.closed_fields(CarriedUp)


def test_what_is_closed_in_a_class_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True)
    class Outer:
        """A class that nobody has asked of yet, with a text in what stands in it."""

        new: New

    asked: list[type[Any]] = []

    def heard(cls: type[Any], **how: Any) -> dict[str, Any]:
        asked.append(cls)
        return get_type_hints(cls, **how)

    monkeypatch.setattr(inside, "get_type_hints", heard)
    assert inside.closed_fields(Outer) == {"new"}
    worked = len(asked)
    assert Outer in asked
    assert inside.closed_fields(Outer) == {"new"}
    assert len(asked) == worked


@pytest.mark.parametrize("kind", MATTERS, ids=kind_of)
def test_the_details_of_every_kind_can_be_told_without_their_words(kind: type[Any]) -> None:
    details = events.sample_of(kind_of(kind)).body.details
    shown = inside.sealed(details, lambda _: MASK)
    for name, is_open in inside.text_fields(kind).items():
        old, new = getattr(details, name), getattr(shown, name)
        assert (new == old) is (is_open or not old), name

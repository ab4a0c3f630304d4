"""The catalogue of kinds: complete, labelled, and the same after a journey through JSON."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from functools import cache
from types import ModuleType
from typing import Annotated, Any, ClassVar, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.kinds import FAMILIES, KINDS, Details, Shape, Stage, Subject, catalogue
from domain.kinds.about import About, occasion
from domain.kinds.advice import Proposed, Proposer, Satisfaction
from domain.kinds.county import DidOther
from domain.kinds.deliberation import Consulted, Tier
from domain.kinds.fields import FieldAbout, fields_of
from domain.kinds.help import ContributedResources, Resource
from domain.kinds.people import ReceivedPublic
from domain.kinds.units import Document, SubmittedDocument, WasInspected
from domain.kinds.works import PlannedFor
from domain.matter import LABELS as MATTER
from domain.matter import Matter
from domain.occasion import LABELS as OCCASION
from domain.occasion import Occasion
from domain.people import UnitId
from domain.words import Choice, Label, Level, Personal, Sensitive
from tests.builders import details_of

EXPECTED = [
    "attended",
    "studied",
    "wrote_study_note",
    "shared_reading",
    "lectured",
    "met_leader",
    "joined_fellowship",
    "took_study_tour",
    "reported_on_duties",
    "consulted",
    "researched",
    "inspected",
    "joined_oversight",
    "advised_project",
    "wrote_report",
    "issued_recommendation",
    "consultation",
    "survey",
    "oversight",
    "case",
    "printed_volume",
    "plan_item",
    "special_task",
    "task",
    "visited_village",
    "visited_enterprise",
    "visited_household",
    "visited_constituents",
    "received_public",
    "volunteered",
    "joined_special_task",
    "hosted_delegation",
    "paired_with",
    "proposed",
    "reported_opinion",
    "delivered_speech",
    "suggested_cppcc_work",
    "carried_up",
    "carried_down",
    "answered_letter",
    "answered_inquiry",
    "raised_topic",
    "delivered_livelihood_deed",
    "granted_wish",
    "served_order",
    "solved_difficulty",
    "mediated_dispute",
    "contributed_resources",
    "promoted_investment",
    "contributed_history",
    "was_covered",
    "was_commended",
    "submitted_document",
    "was_inspected",
    "handled_service_matter",
    "did_other",
    "did_other_matter",
]

COMMON = {
    "kind",
    "about",
    "title",
    "on",
    "until",
    "half_days",
    "place",
    "village",
    "organiser",
    "co_organisers",
    "level",
    "mode",
    "micro",
    "venue",
    "mandatory",
    "key",
    "activity",
    "plan_item",
    "work",
    "work_title",
    "pairing",
    "reached",
    "result",
    "evidence",
    "participants",
    "expected",
    "number",
    "text",
    "on_paper",
    "sensitivity",
    "authors",
    "topic_source",
    "handlers",
    "effect",
    "links",
    "stages",
}
"""What every occasion or matter has anyway."""

CHOICES = sorted(
    {
        type(choice)
        for kind in KINDS.values()
        for field in fields_of(kind)
        for choice in field.choices
    }
    | {Shape, Stage, Subject},
    key=lambda choice: (choice.__module__, choice.__name__),
)

each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
each_choice = pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.__name__)


def test_the_catalogue_holds_every_deed_in_order_of_family() -> None:
    """No deed is missing and none is there that nobody asked for; findings are no deeds."""
    deeds = [name for name, kind in KINDS.items() if kind.about.shape is not Shape.FINDING]
    assert sorted(deeds) == sorted(EXPECTED)
    places = [[family.__name__ for family in FAMILIES].index(k.__module__) for k in KINDS.values()]
    assert places == sorted(places)


def test_a_new_kind_needs_nothing_but_its_class() -> None:
    """Defining it in a family is enough; helpers without `about` are not kinds."""
    family = ModuleType("family")

    @dataclass(frozen=True, slots=True, kw_only=True)
    class BuiltBridge:
        about: ClassVar[About] = occasion("修桥", "built a bridge")

    BuiltBridge.__module__ = "family"
    vars(family).update(BuiltBridge=BuiltBridge, About=About, Label=Label)
    assert dict(catalogue((family,))) == {"built_bridge": BuiltBridge}


@each_kind
def test_a_kind_is_frozen_slotted_documented_and_worded(kind: type[Details]) -> None:
    """It has one sentence of its own, words in both languages, and a measure word."""
    assert kind.__doc__ is not None and not kind.__doc__.startswith(f"{kind.__name__}(")
    assert "\n" not in kind.__doc__ and kind.__doc__.endswith(".")
    assert "__slots__" in vars(kind)
    assert vars(kind)["__dataclass_params__"].frozen
    assert all(field.kw_only for field in fields(kind))
    assert kind.about.zh and kind.about.en and kind.about.zh != kind.about.en
    assert kind.about.measure in {"次", "件", "篇", "条", "个", "批次", "项", "起", "份"}
    assert kind.about.subjects


def test_names_words_and_stored_names_are_unique() -> None:
    """Nobody has to ask which of two kinds is meant."""
    for words in (
        list(KINDS),
        [kind.about.zh for kind in KINDS.values()],
        [kind.about.en for kind in KINDS.values()],
    ):
        assert not repeated(words)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in KINDS)


@each_kind
def test_every_field_has_its_label_in_both_languages(kind: type[Details]) -> None:
    """Labels are there, differ from each other, and are unique within the kind."""
    abouts = fields_of(kind)
    assert [about.name for about in abouts] == [field.name for field in fields(kind)]
    for about in abouts:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", about.name)
        assert about.label.zh.strip() and about.label.en.strip()
        assert about.label.zh != about.label.en
    assert not repeated([about.label.zh for about in abouts])
    assert not repeated([about.label.en for about in abouts])


@each_kind
def test_no_field_repeats_what_every_record_has(kind: type[Details]) -> None:
    """Only the kind's own fields are there, under names and labels that no column beside them has."""
    shared = {Shape.OCCASION: (Occasion, OCCASION), Shape.MATTER: (Matter, MATTER)}
    assert COMMON.isdisjoint(about.name for about in fields_of(kind))
    if kind.about.shape in shared:
        body, labels = shared[kind.about.shape]
        names = {field.name for field in fields(body)}
        assert names.isdisjoint(about.name for about in fields_of(kind))
        for words in ({label.zh for label in labels.values()}, {x.en for x in labels.values()}):
            assert words.isdisjoint(w for f in fields_of(kind) for w in (f.label.zh, f.label.en))


@each_kind
def test_only_matters_have_stages_and_each_once(kind: type[Details]) -> None:
    """An occasion is held and done; a matter goes on."""
    stages = kind.about.stages
    assert kind.about.shape is Shape.MATTER or not stages
    assert len(set(stages)) == len(stages)


def test_every_stage_can_be_reached_by_a_kind_of_the_catalogue() -> None:
    """No stage is left over."""
    reachable = {
        stage
        for name, kind in KINDS.items()
        if name != "did_other_matter"
        for stage in kind.about.stages
    }
    assert set(Stage) == reachable


def test_works_are_counted_where_the_field_counts_them() -> None:
    """Surveys and oversight are counted by work, all else by itself."""
    by_work = {name: kind.about.measure for name, kind in KINDS.items() if kind.about.by_work}
    assert by_work == {"researched": "项", "joined_oversight": "项"}


def test_some_deeds_are_a_member_s_alone() -> None:
    """A unit is not talked to, takes no notes and carries no messages; a letter that nobody was given yet bears its name."""
    alone = {n for n, kind in KINDS.items() if kind.about.subjects == {Subject.MEMBER}}
    assert alone == {
        "wrote_study_note",
        "met_leader",
        "carried_up",
        "carried_down",
    }


WORKS = (
    *("consultation", "survey", "oversight", "case"),
    *("printed_volume", "special_task", "plan_item", "task"),
)


def test_works_and_what_units_owe_are_of_units_alone() -> None:
    """Members take part in the sessions of a work; the work itself is nobody's deed."""
    of_units = {n for n, kind in KINDS.items() if kind.about.subjects == {Subject.UNIT}}
    assert of_units == {*WORKS, "submitted_document", "was_inspected", "handled_service_matter"}
    assert all(KINDS[name].about.by_units for name in of_units)


@pytest.mark.parametrize(
    ("kind", "stages"),
    [
        (  # 选题、调研、协商、交办、落实、反馈、跟踪
            "consultation",
            "topic_chosen surveyed discussed assigned implemented fed_back tracked",
        ),
        (  # 议题确定、调研实施、监督报告、建言处置、效果跟踪
            "oversight",
            "topic_chosen surveyed reported dealt_with tracked",
        ),
        (  # 征求意见、充分讨论、凝聚共识、请示报告、会议决定
            "plan_item",
            "opinions_sought debated consensus_reached approval_sought decided",
        ),
        ("special_task", "deployed done"),  # 受命、到岗、完成
        ("task", "assigned in_hand done"),
        ("case", "raised accepted discussed agreed implemented closed"),
        ("survey", "topic_chosen surveyed reported instructed supervised put_to_use"),
        ("raised_topic", "screened adopted declined"),
        ("served_order", "ordered taken served evaluated"),
        ("answered_letter", "received assigned answered"),
        ("was_inspected", "notified mended passed"),
    ],
)
def test_a_loop_has_its_stages_in_the_order_in_which_the_field_tells_them(
    kind: str, stages: str
) -> None:
    """Others may stand between them, as a leader's instruction does."""
    told = [stage.value for stage in KINDS[kind].about.stages]
    assert [stage for stage in told if stage in stages.split()] == stages.split()


def test_a_document_is_due_on_a_day_and_says_whether_there_was_nothing() -> None:
    """The day it came is that of the record; a form asks for the other day as for any."""
    about = {field.name: field for field in fields_of(SubmittedDocument)}
    assert (about["due"].type, about["due"].default) == (date | None, None)
    assert about["document"].required
    made = SubmittedDocument(
        document=Document.OPINION_LEDGER, covers="3月", due=date(2025, 4, 5), zero_report=True
    )
    assert msgspec.to_builtins(made)["due"] == "2025-04-05"


def test_an_item_of_the_plan_is_due_in_a_quarter_or_in_a_month() -> None:
    """A month is in its quarter, so that a year's board can show both."""
    assert [each.quarter for each in PlannedFor] == [
        *(1, 2, 3, 4),
        *(1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4),
    ]


@each_choice
def test_choices_are_unique_and_worded_in_both_languages(choice: type[Choice]) -> None:
    """Two entries of one list never look the same."""
    assert choice.__doc__
    assert not repeated([one.zh for one in choice])
    assert not repeated([one.en for one in choice])
    assert all(one.zh and one.en and one.zh != one.en for one in choice)


@each_kind
@settings(deadline=None)
@given(data=st.data())
def test_details_survive_json(kind: type[Details], data: st.DataObject) -> None:
    """What is stored is what is read, by the store's reader and by the API's."""
    details = data.draw(details_of(kind))
    stored = msgspec.json.encode(details)
    assert msgspec.json.Decoder(kind).decode(stored) == details
    adapter = adapter_of(kind)
    assert adapter.validate_json(stored, extra="forbid") == details
    assert adapter.validate_json(adapter.dump_json(details)) == details
    assert hash(details) == hash(adapter.validate_json(stored))


@each_kind
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_unknown_fields_are_refused(kind: type[Details], data: st.DataObject) -> None:
    """A misspelt field is not silently dropped."""
    body = msgspec.to_builtins(data.draw(details_of(kind))) | {"no_such_field": 1}
    with pytest.raises(ValidationError, match="no_such_field"):
        adapter_of(kind).validate_python(body, extra="forbid")


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        pytest.param(kind, about.name, id=f"{name}.{about.name}")
        for name, kind in KINDS.items()
        for about in fields_of(kind)
        if {int, Decimal} & {about.type, *get_args(about.type)}
    ],
)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_counts_and_amounts_are_never_negative(
    kind: type[Details], field: str, data: st.DataObject
) -> None:
    """The refusal names the field, whoever reads it."""
    details = data.draw(details_of(kind))
    with pytest.raises(ValueError, match=f"^{field}$"):
        replace(details, **{field: -1})
    body = msgspec.to_builtins(details) | {field: -1}
    with pytest.raises(msgspec.ValidationError, match=field):
        msgspec.convert(body, kind)
    with pytest.raises(ValidationError, match=field):
        adapter_of(kind).validate_python(body)


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-0.01"])
def test_an_amount_is_a_number_not_below_zero(amount: str) -> None:
    """Neither no number at all nor a debt."""
    with pytest.raises(ValueError, match=r"^amount$"):
        ContributedResources(resource=Resource.MONEY, amount=Decimal(amount))


def test_amounts_are_exact() -> None:
    """Fen are not lost on the way."""
    given_ = ContributedResources(resource=Resource.MONEY, amount=Decimal("1234567890123456.78"))
    again = msgspec.json.decode(msgspec.json.encode(given_), type=ContributedResources)
    assert again.amount == Decimal("1234567890123456.78")


def test_what_contradicts_itself_is_refused() -> None:
    """Each of the checks that look at more than one value."""
    satisfied = Satisfaction.SATISFIED
    with pytest.raises(ValueError, match=r"^satisfaction$"):
        Proposed(satisfaction=(("m1", satisfied), ("m1", Satisfaction.NOT_SATISFIED)))
    assert Proposed(satisfaction=(("m1", satisfied), ("m2", satisfied))).satisfaction
    with pytest.raises(ValueError, match=r"^answered_on_spot$"):
        ReceivedPublic(matters_received=1, answered_on_spot=2)
    with pytest.raises(ValueError, match=r"^findings_mended$"):
        WasInspected(findings=1, findings_mended=2)
    with pytest.raises(ValueError, match=r"^values$"):
        DidOther(code="A1", called="巡河", values=(("里程", "3"), ("里程", "4")))


def test_fields_tell_all_that_forms_need() -> None:
    """Type, default, choices and protection come from the annotations."""
    proposed = {about.name: about for about in fields_of(Proposed)}
    assert proposed["form"] == FieldAbout(
        name="form",
        label=Label("提案形式", "form of the proposal"),
        type=Proposer,
        required=False,
        default=Proposer.INDIVIDUAL,
        choices=tuple(Proposer),
    )
    assert proposed["collected_by"].type == UnitId | None
    assert proposed["satisfaction"].many and not proposed["form"].many
    consulted = {about.name: about for about in fields_of(Consulted)}
    assert consulted["form"].required and consulted["form"].default is None
    assert [choice.value for choice in consulted["tier"].choices] == ["1", "2", "6", "X", "none"]
    assert consulted["tier"].default is Tier.NONE
    assert consulted["parties"].protection == "P2"
    researched = {about.name: about for about in fields_of(KINDS["researched"])}
    assert researched["levels"].choices == tuple(Level) and researched["levels"].many
    assert fields_of(Proposed) is fields_of(Proposed)


def test_who_is_named_is_protected() -> None:
    """Every field that tells of a private person carries its class, beside the label."""
    marked = {
        f"{name}.{about.name}": about.protection
        for name, kind in KINDS.items()
        for about in fields_of(kind)
        if about.protection
    }
    assert marked == {
        "met_leader.matters_raised": "P2",
        "met_leader.follow_up": "P2",
        "consulted.parties": "P2",
        "case.raised_by": "P2",
        "case.parties": "P2",
        "case.agreement": "P3",
        "visited_household.names": "P2",
        "paired_with.counterpart_name": "P2",
        "reported_opinion.raised_by": "P2",
        "carried_up.spoken_by": "P3",
        "carried_up.contact": "P3",
        "answered_letter.sender": "P3",
        "answered_letter.contact": "P3",
        "answered_letter.answer": "P2",
        "answered_inquiry.asked_by": "P2",
        "solved_difficulty.whose_name": "P2",
        "mediated_dispute.parties": "P3",
        "mediated_dispute.agreement": "P3",
        "contributed_resources.recipient": "P2",
        "handled_service_matter.served": "P2",
        "was_marked.wording": "P2",
        "was_vetoed.wording": "P2",
        "was_sanctioned.wording": "P2",
        "was_graded.wording": "P2",
        "met_standard.wording": "P2",
    }


def test_protection_is_found_within_containers_and_the_strictest_counts() -> None:
    """A name in a list is as protected as a name alone; a field without a label is refused."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        about: ClassVar[About] = occasion("点名", "named people")

        names: Annotated[tuple[Sensitive[str], ...], Label("姓名", "names")] = ()
        either: Annotated[Personal[Sensitive[str] | None], Label("其一", "either")] = None

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Unlabelled:
        about: ClassVar[About] = occasion("点名", "named people")

        names: tuple[str, ...] = ()

    assert [about.protection for about in fields_of(Named)] == ["P3", "P3"]
    with pytest.raises(TypeError, match=r"Unlabelled\.names needs one label"):
        fields_of(Unlabelled)


@each_kind
def test_what_is_not_required_has_the_default_of_the_class(kind: type[Details]) -> None:
    """The form starts with what the record would hold anyway."""
    for about, field in zip(fields_of(kind), fields(kind), strict=True):
        assert about.required == (field.default is MISSING)
        assert about.required or about.default == field.default
        assert field.default_factory is MISSING


@cache
def adapter_of(kind: type[Details]) -> TypeAdapter[Any]:
    """The API's reader of a kind."""
    return TypeAdapter(kind)


def repeated(words: list[str]) -> list[str]:
    """The words that are there more than once."""
    return [word for word, times in Counter(words).items() if times > 1]

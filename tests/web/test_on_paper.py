"""The page of a matter that stays on paper: no field for words and none for files, and where a reason is asked a list to choose from."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from typing import Any, get_args

import pytest

from domain import inside
from domain.course import Move
from domain.fact import Authorship
from domain.handling import HandlingEvent, MoveMatter
from domain.inspection import InspectionEvent
from domain.kinds.advice import CarriedUp
from domain.matter import Author, Matter, RecordMatter, Sensitivity
from domain.on_paper import Neutral
from domain.people import Role, UnitId
from domain.suggestion import SuggestionEvent
from interfaces.web.turning import WORDS
from tests.interfaces.conftest import Caller, Service
from tests.web.conftest import Reading
from tests.web.rounds import LI, Rounds, days

WORD = "路基塌了三处"


@pytest.fixture
def rounds(office: Caller, sqlite_service: Service) -> Rounds:
    """A message of Li that stays on paper, verified, beside one that does not."""
    told = Rounds(sqlite_service.installation.desk(office.ledger))
    told.publish_loops()
    body: Matter[Any] = Matter(
        details=CarriedUp(),
        title="涉密来信",
        on=told.today - days(3),
        organiser=UnitId("south"),
        authors=(Author(person=LI, role=Authorship.FIRST),),
        sensitivity=Sensitivity.PAPER_ONLY,
        on_paper="密〔2026〕1号",
    )
    told.tell(RecordMatter(matter="paper", body=body))
    told.tell(MoveMatter(matter="paper", move=Move(stage="verified", on=told.today - days(2))))
    told.tell(RecordMatter(matter="other", body=replace(body, title="来信", sensitivity=Sensitivity.PUBLIC, on_paper="")))  # fmt: skip
    told.tell(MoveMatter(matter="other", move=Move(stage="verified", on=told.today - days(2))))
    return told


def test_its_forms_ask_for_no_words(reading: Reading, rounds: Rounds) -> None:
    secretary = reading("secretary", Role.OFFICE, "county")
    other, page = (secretary.read(f"/matters/{key}") for key in ("other", "paper"))
    assert '.note"' in other
    assert '.note"' not in page
    assert 'id="why-withdraw" name="reason" value=""' in other
    assert '<select class="form-select" id="why-withdraw" name="reason" required>' in page
    assert 'name="pause.reason" value=""' in other
    for name in ("pause.reason", "pause.consented_by", "extend.reason", "reopen.reason"):
        assert f'<select class="form-select" id="f-{name.replace(".", "-")}" name="{name}"' in page
    assert "data-reason" not in page
    for each in Neutral:
        assert f'<option value="{each.zh}">' in page


def test_what_is_typed_all_the_same_is_refused_beside_its_field(
    reading: Reading, rounds: Rounds
) -> None:
    secretary = reading("secretary", Role.OFFICE, "county")
    pairs = [("act", "pause"), ("pause.on", rounds.today.isoformat())]
    pairs += [("pause.reason", WORD), ("pause.consented_by", Neutral.CONSENT.zh)]
    answer = secretary.send("/matters/paper/pause", *pairs, page="/matters/paper")
    assert answer.status_code == 422
    assert "此事项不录正文,涉密内容和文件不得录入,请清空" in answer.text
    pairs[2] = ("pause.reason", Neutral.HANDLING.zh)
    assert secretary.send("/matters/paper/pause", *pairs, page="/matters/paper").status_code == 200
    version = secretary.hidden(secretary.read("/matters/paper"), "version")
    gone = [("reason", Neutral.WRONG.zh), ("version", version)]
    answer = secretary.send("/matters/paper/withdraw", *gone, page="/matters/paper")
    assert "已撤回: 登记有误" in answer.text


def test_the_form_says_what_is_not_entered_and_hides_it_once_that_is_chosen(
    reading: Reading, rounds: Rounds
) -> None:
    secretary = reading("secretary", Role.OFFICE, "county")
    form = secretary.read("/record/reported_opinion")
    assert "不录正文的事项只登记题目、编号和纸质文号" in form
    for name in ("text", "effect", "details.edited_version", "details.sent_to"):
        before = form[: form.index(f' name="{name}"')]
        assert before[before.rindex('<div class="field') :].startswith('<div class="field words"')
    for name in ("title", "number", "on_paper"):
        before = form[: form.index(f' name="{name}"')]
        assert before[before.rindex('<div class="field') :].startswith('<div class="field"')
    assert '<div class="field words" id="photo">' in form
    assert '<div class="panel">' in form
    assert '<div class="panel stays-on-paper">' in secretary.read("/matters/paper/amend")
    static = files("interfaces").joinpath("web/static")
    style = static.joinpath("lvzhi.css").read_text("utf-8")
    assert ".stays-on-paper .words:not(.is-wrong) { display: none; }" in style
    assert '"stays-on-paper", event.target.value === "paper_only"' in static.joinpath(
        "lvzhi.js"
    ).read_text("utf-8")
    assert "on-paper" not in secretary.read("/record/visited_village")


def test_every_word_that_a_form_of_a_matter_asks_for_is_known_as_one() -> None:
    told = (
        *get_args(HandlingEvent),
        *get_args(SuggestionEvent),
        *get_args(InspectionEvent),
        Move,
    )
    texts = [each for cls in told for each in inside.text_fields(cls).items()]
    assert {name for name, is_open in texts if not is_open} == WORDS


def test_a_scan_of_it_is_not_taken(reading: Reading, rounds: Rounds, office: Caller) -> None:
    proof = {"name": "扫描件", "sha256": "a" * 64}
    sent = {
        "details": {"kind": "reported_opinion"},
        "title": "涉密信息",
        "on": rounds.today.isoformat(),
        "organiser": "county",
        "authors": [{"person": "li", "role": "first"}],
        "sensitivity": "paper_only",
        "on_paper": "密〔2026〕2号",
        "evidence": [proof],
    }
    answer = office.send("/matters", sent)
    assert (answer.status_code, answer.json()["reason"]) == (422, "stays_on_paper")
    assert answer.json()["errors"][0]["pointer"] == "/evidence"
    assert office.send("/matters", {**sent, "evidence": []}).status_code == 201

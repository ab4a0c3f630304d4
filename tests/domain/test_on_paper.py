"""What stays on paper is registered by its number: no word of it is taken in, and no file, whatever happens to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from application import codec
from domain import inside, on_paper
from domain.course import Move
from domain.deed import LinkLedTo, LinkSame, Supersede, Withdraw
from domain.evidence import Evidence
from domain.fact import Authorship, Reached
from domain.handling import GiveBack, HandOver, MoveMatter, PauseCourse, ReopenMatter
from domain.kinds import Stage
from domain.kinds.advice import CarriedDown, CarriedUp, ReportedOpinion, Way
from domain.loop import Holder
from domain.matter import (
    AmendMatter,
    Author,
    Matter,
    RecordMatter,
    ReportOutcome,
    RetractOutcome,
    Sensitivity,
)
from domain.on_paper import Neutral
from domain.people import Reason, Refused
from domain.streams import Root
from domain.words import Level
from tests import events
from tests.county import COUNTY, LI, OFFICE, SOUTH, TODAY, Told
from tests.domain.test_handling import LOOP
from tests.refusal import refusal

DAY = date(2025, 6, 2)
STORED = [n for n in codec.NAMES if events.classes_of(n)[0] in events.ROOTS[Root.MATTER]]
WORD = "路基塌了三处"


def body(**said: Any) -> Matter[Any]:
    """An opinion that stays on paper."""
    given: dict[str, Any] = {
        "details": ReportedOpinion(),
        "title": "社情民意信息",
        "on": DAY,
        "organiser": COUNTY,
        "authors": (Author(person=LI, role=Authorship.FIRST),),
        "sensitivity": Sensitivity.PAPER_ONLY,
        "on_paper": "密〔2025〕1号",
    }
    return Matter(**(given | said))


def record(matter: Matter[Any], key: str = "p") -> RecordMatter:
    return RecordMatter(matter=key, body=matter, differs=True)


@pytest.fixture
def told() -> Told:
    """One is registered."""
    told = Told()
    told.say(OFFICE, record(body()))
    return told


@pytest.mark.parametrize("name", STORED)
def test_no_event_of_a_matter_is_taken_in_with_a_word_in_it(name: str) -> None:
    event = events.sample_of(name)
    body = getattr(event, "body", None)
    words = list(inside.texts(event))
    if not words and (body is None or not body.evidence):
        on_paper.check([event])
        return
    with pytest.raises(Refused) as caught:
        on_paper.check([event])
    assert caught.value.reason is Reason.STAYS_ON_PAPER


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"text": WORD}, "/body/text"),
        ({"effect": WORD}, "/body/effect"),
        ({"evidence": (Evidence(name="扫描件", sha256="a" * 64),)}, "/body/evidence"),
        ({"evidence": (Evidence(name=Neutral.SEE_PAPER.zh, number="1"),)}, "/body/evidence"),
        ({"details": ReportedOpinion(edited_version=WORD)}, "/body/details/edited_version"),
        ({"details": ReportedOpinion(sent_to=("县委办",))}, "/body/details/sent_to/0"),
        ({"details": ReportedOpinion(raised_by="王大妈")}, "/body/details/raised_by"),
        ({"details": CarriedUp(topic=WORD)}, "/body/details/topic"),
    ],
)
def test_it_is_not_recorded_nor_corrected_with_words_or_files(
    told: Told, said: dict[str, Any], field: str
) -> None:
    assert refusal(Told(), OFFICE, record(body(**said))) == (Reason.STAYS_ON_PAPER, field)
    amended = AmendMatter(matter="p", body=body(**said), reason=Neutral.WRONG.zh)
    assert refusal(told, OFFICE, amended) == (Reason.STAYS_ON_PAPER, field)


def test_what_tells_it_from_others_is_taken_in() -> None:
    matter = body(
        number="12",
        handlers=("县水利局",),
        level=Level.CITY,
        details=ReportedOpinion(direct_channel=True),
    )
    told = Told()
    told.say(OFFICE, record(matter))
    assert told.deed("matter/p").body == matter


def test_a_text_that_its_kind_requires_is_one_of_the_list() -> None:
    matter = body(details=CarriedDown(topic=Neutral.SEE_PAPER.zh))
    assert len(Told().say(OFFICE, record(matter))) == 1
    assert refusal(Told(), OFFICE, record(body(details=CarriedDown(topic=WORD)))) == (
        Reason.STAYS_ON_PAPER,
        "/body/details/topic",
    )


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (AmendMatter(matter="p", body=body(number="2"), reason=WORD), "/reason"),
        (ReportOutcome(matter="p", outcome=Reached(stage=Stage.EDITED, on=TODAY, note=WORD)), "/outcome/note"),
        (ReportOutcome(matter="p", outcome=Reached(stage=Stage.EDITED, on=TODAY, by="张三")), "/outcome/by"),
        (Withdraw(deed="matter/p", reason=WORD), "/reason"),
        (Supersede(deed="matter/p", by="matter/q", reason=WORD), "/reason"),
        (LinkSame(deed="matter/p", same_as="matter/q", reason=WORD), "/reason"),
        (LinkLedTo(deed="matter/p", source="matter/q", on=TODAY, note=WORD), "/note"),
    ],
)  # fmt: skip
def test_no_act_on_it_tells_a_word(told: Told, command: Any, field: str) -> None:
    told.say(OFFICE, record(replace(body(), title="另一件", on_paper="密〔2025〕2号"), "q"))
    assert refusal(told, OFFICE, command) == (Reason.STAYS_ON_PAPER, field)


def test_where_a_reason_is_asked_one_of_the_list_will_do(told: Told) -> None:
    told.say(OFFICE, ReportOutcome(matter="p", outcome=Reached(stage=Stage.EDITED, on=TODAY)))
    taken_back = RetractOutcome(matter="p", stage=Stage.EDITED, reason=WORD)
    assert refusal(told, OFFICE, taken_back) == (Reason.STAYS_ON_PAPER, "/reason")
    assert len(told.say(OFFICE, replace(taken_back, reason="entered in error"))) == 1
    assert len(told.say(OFFICE, Withdraw(deed="matter/p", reason=Neutral.WRONG.zh))) == 1


def test_it_goes_round_a_loop_without_a_word() -> None:
    told = Told(loops=[LOOP])
    told.say(OFFICE, record(body(details=CarriedUp())))

    def go(stage: str, **said: Any) -> MoveMatter:
        return MoveMatter(matter="p", move=Move(stage=stage, on=TODAY, **said))

    assert refusal(told, OFFICE, go("verified", by="张三")) == (Reason.STAYS_ON_PAPER, "/move/by")
    told.say(OFFICE, go("verified", by=Neutral.SEE_PAPER.zh))
    whom = Holder(name="县水利局")
    noted = go("assigned", way=Way.FIRST, holder=whom, note=WORD)
    assert refusal(told, OFFICE, noted) == (Reason.STAYS_ON_PAPER, "/move/note")
    told.say(OFFICE, go("assigned", way=Way.FIRST, holder=whom))
    consent = Neutral.CONSENT.zh
    for command, field in (
        (HandOver(matter="p", on=TODAY, holder=Holder(unit=SOUTH), reason=WORD), "/reason"),
        (GiveBack(matter="p", on=TODAY, reason=WORD), "/reason"),
        (ReopenMatter(matter="p", stage="verified", on=TODAY, reason=WORD), "/reason"),
        (PauseCourse(matter="p", on=TODAY, reason=WORD, consented_by=consent), "/reason"),
        (PauseCourse(matter="p", on=TODAY, reason=consent, consented_by="张三"), "/consented_by"),
    ):
        assert refusal(told, OFFICE, command) == (Reason.STAYS_ON_PAPER, field)
    paused = PauseCourse(matter="p", on=TODAY, reason=consent, consented_by=consent)
    assert len(told.say(OFFICE, paused)) == 1


def test_the_refusal_says_what_to_do_in_both_languages() -> None:
    with pytest.raises(Refused) as caught:
        Told().say(OFFICE, record(body(effect=WORD)))
    assert "/body/effect:此事项不录正文,涉密内容和文件不得录入,请清空" in caught.value.zh
    assert "见纸质文件" in caught.value.zh
    assert "is of a matter that stays on paper" in caught.value.en
    assert "see the paper" in caught.value.en
    assert WORD not in caught.value.zh + caught.value.en


def test_what_nobody_typed_for_it_alone_is_said_otherwise() -> None:
    assert on_paper.said_of(body(), "撤销导入:传错了", Neutral.WRONG) == "登记有误"
    assert on_paper.said_of(body(), "重复登记", Neutral.WRONG) == "重复登记"
    public = replace(body(), sensitivity=Sensitivity.PUBLIC)
    assert on_paper.said_of(public, "撤销导入:传错了", Neutral.WRONG) == "撤销导入:传错了"
    assert on_paper.said_of(None, "x", Neutral.WRONG) == "x"

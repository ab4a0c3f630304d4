"""A sentence names the record that it is about, and stops where there is nothing more to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain import deed, dispute, matter, occasion
from domain.disputed import Claim, DisputeOutcome, DisputeSort
from domain.fact import Reached, RecordClass
from domain.kinds.about import Stage
from domain.kinds.people import VisitedVillage
from domain.occasion import Occasion
from domain.people import PersonId, UnitId
from domain.unit import Side
from domain.words import Level
from projections.sentences import named_in, sentence

DAY = date(2025, 1, 12)
NAMES = {
    "occasion/v": "走访桃源村",
    "matter/q": "改善乡村医疗",
    "member/li": "李明",
    "unit/medicine": "医药卫生界",
    "unit/south": "城南工作室",
    "dispute/d": "2025-3",
}
LI = (PersonId("li"),)
MEDICINE = UnitId("medicine")
DOUBLED = Claim(
    person=LI[0],
    sort=DisputeSort.DUPLICATE,
    deed="occasion/v",
    same_as="matter/q",
    note="有照片",
)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            matter.OutcomeReached(
                matter="q", outcome=Reached(stage=Stage.FILED, on=DAY, level=Level.COUNTY)
            ),
            "“改善乡村医疗”立案(县),2025-01-12。",
        ),
        (
            matter.OutcomeRetracted(matter="q", stage=Stage.FILED, level=None, reason="误"),
            "撤回“改善乡村医疗”的“立案”,理由:误。",
        ),
        (
            deed.Confirmed(deed="occasion/v", side=Side.SECTOR, unit=MEDICINE, people=LI),
            "医药卫生界确认“走访桃源村”:李明。",
        ),
        (
            deed.Returned(
                deed="occasion/v",
                side=Side.SECTOR,
                unit=MEDICINE,
                people=LI,
                reason="日期",
                suggestion="",
            ),
            "医药卫生界退回核实“走访桃源村”:李明,理由:日期。",
        ),
        (
            deed.Returned(
                deed="occasion/v",
                side=Side.SECTOR,
                unit=MEDICINE,
                people=LI,
                reason="日期",
                suggestion="3月6日",
            ),
            "医药卫生界退回核实“走访桃源村”:李明,理由:日期,应当是:3月6日。",
        ),
        (
            deed.Upheld(deed="occasion/v", side=Side.SECTOR, people=LI, reason="无误"),
            "“走访桃源村”核实维持:李明,理由:无误。",
        ),
        (deed.Withdrawn(deed="matter/q", reason="误"), "撤回记录“改善乡村医疗”,理由:误。"),
        (
            deed.UnlinkedSame(deed="occasion/v", reason="两次"),
            "“走访桃源村”解除同一履职关联,理由:两次。",
        ),
        (
            deed.ItemAssigned(deed="occasion/v", person=LI[0], item="3", reason="更合适"),
            "李明的“走访桃源村”计入清单第3项,理由:更合适。",
        ),
        (
            occasion.ParticipantsListed(occasion="v", expected=LI),
            "“走访桃源村”续列应到1人。",
        ),
        (
            dispute.DisputeRaised(dispute="d", claim=DOUBLED, year=2025, nth=3, due=DAY, apart=()),
            "李明提出核对申请2025-3(重):“走访桃源村”与“改善乡村医疗”重复。有照片;答复期限2025-01-12。",
        ),
        (
            dispute.DisputeRaised(
                dispute="d",
                claim=replace(
                    DOUBLED, sort=DisputeSort.WRONG, same_as="", field="地点", should_be="李家村"
                ),
                year=2025,
                nth=4,
                due=DAY,
                apart=(),
            ),
            "李明提出核对申请2025-4(错):“走访桃源村”的地点应为李家村。有照片;答复期限2025-01-12。",
        ),
        (
            dispute.DisputeDecided(
                dispute="d",
                person=LI[0],
                outcome=DisputeOutcome.PARTLY,
                reason="核对",
                deeds=("occasion/v", "matter/q"),
            ),
            "李明的核对申请2025-3:部分采纳,理由:核对;更正或补登“走访桃源村”、“改善乡村医疗”。",
        ),
    ],
    ids=lambda each: type(each).__name__ if not isinstance(each, str) else "",
)
def test_a_sentence_names_the_record(event: Any, said: str) -> None:
    assert set(named_in(event)) <= set(NAMES)
    assert sentence(event, NAMES).zh == said
    assert any(NAMES[each] in sentence(event, NAMES).en for each in ("occasion/v", "matter/q"))


@pytest.mark.parametrize(
    ("event", "zh", "en"),
    [
        (
            dispute.DisputeRaised(
                dispute="d",
                claim=Claim(
                    person=LI[0],
                    sort=DisputeSort.MISSING,
                    kind="visited_village",
                    on=DAY,
                    organiser=UnitId("south"),
                ),
                year=2025,
                nth=1,
                due=DAY,
                apart=(),
            ),
            "李明提出核对申请2025-1(漏):2025-01-12城南工作室的“走访村(社区)”未登记;答复期限2025-01-12。",
            "李明 raised query 2025-1: “visited a village” of 2025-01-12, held by 城南工作室, is not recorded; to be answered by 2025-01-12.",
        ),
        (
            dispute.DisputeWithdrawn(dispute="d", person=LI[0], reason="看错了"),
            "李明撤回核对申请2025-3,理由:看错了。",
            "Query 2025-3 of 李明 was withdrawn: 看错了.",
        ),
        (
            dispute.ReviewAsked(dispute="d", person=LI[0], reason="再核", due=DAY),
            "李明就核对申请2025-3申请复核,理由:再核;答复期限2025-01-12。",
            "李明 asked for a review of query 2025-3: 再核; to be answered by 2025-01-12.",
        ),
        (
            dispute.ReviewDecided(
                dispute="d",
                person=LI[0],
                outcome=DisputeOutcome.NOT_ACCEPTED,
                reason="无据",
                deeds=(),
            ),
            "李明的核对申请2025-3复核结果:不予采纳,理由:无据。",
            "The review of query 2025-3 of 李明 was decided, not accepted: 无据.",
        ),
    ],
    ids=lambda each: type(each).__name__ if not isinstance(each, str) else "",
)
def test_a_sentence_on_a_query_names_the_member(event: Any, zh: str, en: str) -> None:
    assert "member/li" in set(named_in(event))
    said = sentence(event, NAMES)
    assert (said.zh, said.en) == (zh, en)


def test_quotes_within_a_title_are_single_ones() -> None:
    gone = deed.Withdrawn(deed="occasion/v", reason="误登")

    def zh(title: str) -> str:
        return sentence(gone, {"occasion/v": title}).zh

    assert zh("“道路改造工程”民主监督(1)") == "撤回记录“‘道路改造工程’民主监督(1)”,理由:误登。"
    assert zh("走访“桃源村") == "撤回记录“走访“桃源村”,理由:误登。"
    assert zh("走访”桃源“村") == "撤回记录“走访”桃源“村”,理由:误登。"


def test_where_nobody_was_present_the_sentence_ends_with_the_day() -> None:
    body = Occasion(details=VisitedVillage(), title="走访桃源村", on=DAY, organiser=UnitId("south"))
    happened = occasion.OccasionHappened(occasion="v", body=body, record=RecordClass.TOWNSHIP)
    assert sentence(happened, NAMES).zh == "城南工作室组织走访村(社区)“走访桃源村”(2025-01-12)。"
    assert sentence(happened, NAMES).en.endswith("on 2025-01-12, held by 城南工作室.")

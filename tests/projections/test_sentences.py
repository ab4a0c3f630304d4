"""A sentence names the record that it is about, and stops where there is nothing more to say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain import deed, matter, occasion
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
}
LI = (PersonId("li"),)
MEDICINE = UnitId("medicine")


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
    ],
    ids=lambda each: type(each).__name__ if not isinstance(each, str) else "",
)
def test_a_sentence_names_the_record(event: Any, said: str) -> None:
    assert set(named_in(event)) <= set(NAMES)
    assert sentence(event, NAMES).zh == said
    assert any(NAMES[each] in sentence(event, NAMES).en for each in ("occasion/v", "matter/q"))


def test_where_nobody_was_present_the_sentence_ends_with_the_day() -> None:
    body = Occasion(details=VisitedVillage(), title="走访桃源村", on=DAY, organiser=UnitId("south"))
    happened = occasion.OccasionHappened(occasion="v", body=body, record=RecordClass.TOWNSHIP)
    assert sentence(happened, NAMES).zh == "城南工作室组织走访村(社区)“走访桃源村”(2025-01-12)。"
    assert sentence(happened, NAMES).en.endswith("on 2025-01-12, held by 城南工作室.")

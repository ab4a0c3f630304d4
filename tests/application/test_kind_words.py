"""What a word on a sheet settles beside its kind, and which words name no kind at all."""

from __future__ import annotations

from typing import Any

import pytest

from application.kind_words import Meant, details_of, kind_meant
from domain.kinds.deliberation import Report, WroteReport
from domain.kinds.meetings import Hearer, Note, ReportedOnDuties, WroteStudyNote
from domain.people import Reason, Refused


@pytest.mark.parametrize(
    ("word", "kind", "values"),
    [
        ("学习笔记", WroteStudyNote, {"form": Note.NOTEBOOK}),
        ("心得体会", WroteStudyNote, {"form": Note.ESSAY}),
        ("调研报告", WroteReport, {"report": Report.SURVEY}),
        ("学习笔记、心得体会", WroteStudyNote, {}),
    ],
)
def test_a_part_of_a_label_that_is_a_choice_settles_the_choice_too(
    word: str, kind: Any, values: dict[str, Any]
) -> None:
    assert kind_meant(word) == Meant(kind, values)


@pytest.mark.parametrize("hearer", list(Hearer))
def test_the_name_of_a_body_does_not_mean_that_somebody_reported_to_it(hearer: Hearer) -> None:
    with pytest.raises(Refused) as refused:
        kind_meant(hearer.zh)
    assert refused.value.reason is Reason.UNKNOWN_KIND


def test_a_title_tells_to_whom_somebody_reported() -> None:
    meant = kind_meant("述职")
    made = details_of(meant.kind, meant.values, "向常委会述职")
    assert made == ReportedOnDuties(to_whom=Hearer.STANDING_COMMITTEE)

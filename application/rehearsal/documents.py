"""The documents that govern the rehearsal county, as they lie in the packs."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

from application import packs
from application.documents.source import parsed
from domain.document import Publish

FILES = (
    "rehearsal/rubric.yaml",
    "rehearsal/studio-rubric.yaml",
    "haiyan/ten-ones.yaml",
    "rehearsal/studio-months.yaml",
    "rehearsal/studio-documents.yaml",
    "shangluo/five-haves.yaml",
    "shangluo/five-covers.yaml",
    "five-front-lines/two-covers.yaml",
    "linshu/six-haves.yaml",
    "three-norms/five-ones.yaml",
    "three-norms/documents.yaml",
    "rehearsal/policy.yaml",
    "rehearsal/rule.yaml",
    "calendars/cn-2025.yaml",
    "rehearsal/messages.yaml",
    "rehearsal/proposals.yaml",
    "rehearsal/opinions.yaml",
    "haiyan/consultation-plenary.yaml",
    "haiyan/consultation-standing.yaml",
    "haiyan/consultation-council.yaml",
    "haiyan/consultation-other.yaml",
    "haiyan/oversight.yaml",
    "linshu/topics.yaml",
    "three-norms/plan.yaml",
    "three-norms/tasks.yaml",
    "three-norms/deeds.yaml",
    "five-front-lines/wishes.yaml",
    "five-front-lines/difficulties.yaml",
    "five-front-lines/mediation.yaml",
    "five-front-lines/letters.yaml",
    "five-front-lines/inquiries.yaml",
    "five-front-lines/surveys.yaml",
    "linshu/cases.yaml",
    "linshu/orders.yaml",
    "linshu/month.yaml",
    "haiyan/speeches.yaml",
    "haiyan/work-suggestions.yaml",
    "three-norms/reports.yaml",
    "three-norms/recommendations.yaml",
    "history/manuscripts.yaml",
    "messages/figures.yaml",
    "linshu/figures.yaml",
    "haiyan/figures.yaml",
    "three-norms/figures.yaml",
    "five-front-lines/figures.yaml",
    "five-front-lines/sector-figures.yaml",
    "shangluo/figures.yaml",
    "history/figures.yaml",
)
"""Its rubric, that of its studios, the ten ones of every member, the lists of its studios, homes, liaison committees and of itself, its rule of dual management, the rule document of its rubric, the year's holidays; from July on the loops of proposals, opinions and messages; those of consultations, oversight, surveys, reports, recommendations, topics, the plan and tasks, and of what members do for people and are asked for; all pages of its figures."""


def documents() -> list[Publish]:
    """Their publication, each under the code, version and day that its text names."""
    return [_publish(files("packs").joinpath(file).read_text("utf-8")) for file in FILES]


def _publish(text: str) -> Publish:
    sort, said = packs.sort_of(text), parsed(text).values
    until = said.get("until")
    return Publish(
        sort=sort,
        code=str(said[sort.value]),
        version=str(said["version"]),
        text=text,
        since=date.fromisoformat(str(said["since"])),
        until=None if until is None else date.fromisoformat(str(until)),
    )

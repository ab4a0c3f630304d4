"""What belongs to a topic, a plan item or a work: what may be recorded next of it, and what is filled in when it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection

from domain.deed import LONGEST_TITLE, Deed
from domain.kinds import KINDS, Shape, Subject, kind_of
from domain.kinds.advice import RaisedTopic
from domain.kinds.people import JoinedSpecialTask
from domain.kinds.works import (
    Case,
    Consultation,
    Oversight,
    PlanItem,
    PlannedWork,
    PrintedVolume,
    SpecialTask,
    Survey,
    Task,
)
from domain.matter import Matter
from domain.period import Period
from interfaces.api.asking import Look
from projections import deeds, works
from projections.works import WorkFile

_OF_KIND: Mapping[type[Any], tuple[str, ...]] = {
    RaisedTopic: ("plan_item", "consultation", "survey", "oversight"),
    Consultation: ("consulted", "task"),
    Survey: ("researched", "wrote_report", "task"),
    Oversight: ("joined_oversight", "inspected", "wrote_report", "task"),
    Case: ("consulted", "task"),
    PrintedVolume: ("contributed_history",),
    SpecialTask: ("joined_special_task", "contributed_resources"),
}
_FOR_ITEM: Mapping[PlannedWork, tuple[str, ...]] = {
    PlannedWork.CONSULTATION: ("consultation", "consulted"),
    PlannedWork.SURVEY: ("survey", "researched"),
    PlannedWork.INSPECTION: ("inspected",),
    PlannedWork.OVERSIGHT: ("oversight", "joined_oversight"),
    PlannedWork.MEETING: ("attended",),
    PlannedWork.STUDY: ("studied",),
    PlannedWork.SECTOR_ACTIVITY: ("visited_constituents", "consulted"),
}
"""What is usually recorded of what is planned so; of all else, something that the county calls by its own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """What belongs to a matter, and which kinds may be recorded next of it; of a call to a task where its totals and its team are told."""

    file: WorkFile | None
    next: tuple[str, ...]
    totals: str = ""


def belonging(
    look: Look, state: object, *, may_record: bool, himself: bool = False
) -> Belonging | None:
    """The file of a work and what may follow; nothing of what is none of these."""
    if not isinstance(state, Deed) or not isinstance(state.body, Matter):
        return None
    body = state.body
    following = _following(body) if may_record and not state.gone else ()
    if himself:
        # A member records what he did himself, and nothing that is of units alone.
        following = tuple(k for k in following if Subject.MEMBER in KINDS[k].about.subjects)
    file = None
    if isinstance(body.details, _HAS_FILE):
        key = state.stream.partition("/")[2]
        file = works.work_file(look.connection, look.ledger, key, body, limit=MOST_SHOWN)
    if file is None and not following:
        return None
    return Belonging(file=file, next=following, totals=_totals(body))


_HAS_FILE = (Consultation, Survey, Oversight, Case, PlanItem, PrintedVolume, SpecialTask)
MOST_SHOWN = 30
"""Records of a file that a page shows, the latest."""


def _totals(body: Matter[Any]) -> str:
    """Where it is told what the task of a call came to in the year of the call."""
    if not isinstance(body.details, SpecialTask):
        return ""
    year = Period.year(body.on.year)
    days = {"first": year.first.isoformat(), "last": year.last.isoformat()}
    return f"/campaigns/one?{urlencode({'name': body.title, **days})}"


def _following(body: Matter[Any]) -> tuple[str, ...]:
    if isinstance(body.details, PlanItem):
        return (*_FOR_ITEM.get(body.details.item, ("did_other",)), kind_of(Task))
    return _OF_KIND.get(type(body.details), ())


def has_tasks(body: Matter[Any]) -> bool:
    """Whether entries of the responsibility list may come from a matter."""
    return kind_of(Task) in _following(body)


def filled_in(
    connection: Connection, ledger: str, kind: str, of: str, suggestion: int = 0
) -> dict[str, str]:
    """What a form of a kind starts with where something is recorded of a matter, a task by the suggestion that is to be carried out by it."""
    root, _, key = of[:200].partition("/")
    found = deeds.matter_state(connection, ledger, key) if root == Shape.MATTER.value else None
    if found is None or kind not in _following(found[0].body):
        return {}
    body = found[0].body
    if isinstance(body.details, PlanItem):
        plan = {"plan_item": key, "title": body.title}
        return {**plan, "answers": of} if kind == kind_of(Task) else plan
    if kind == kind_of(Task):
        texts = (s.text for s in found[0].suggestions if s.number == suggestion and not s.withdrawn)
        text = next(texts, "")
        if not text:
            return {"answers": of}
        filled = {"answers": of, "details.suggestion": str(suggestion)}
        # The title of a task is open to everybody.
        return filled if body.closed else filled | {"title": text[:LONGEST_TITLE]}
    if isinstance(body.details, RaisedTopic):
        source = body.topic_source
        said = {"answers": of, "title": body.title}
        return said if source is None else {**said, "topic_source": source.value}
    if isinstance(body.details, SpecialTask):
        # Whoever joins names the call itself.
        its = {"work": key}
        if kind == kind_of(JoinedSpecialTask):
            its |= {"details.task": body.title, "title": body.title, "work_title": body.title}
        return its
    its = {"work": body.work or key}
    if isinstance(body.details, PrintedVolume):
        its["details.publication"] = body.details.publication.value
        its["details.publication_name"] = body.title
    if KINDS[kind].about.shape is Shape.OCCASION:
        its["work_title"] = body.title
    return its

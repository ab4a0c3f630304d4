"""Batches: what came into the ledger by one file, and what of it was taken back together. Their names stand in the causes of entries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from domain import deed, matter, occasion
from domain.entry import Entry
from domain.people import Via
from domain.words import Choice

IMPORTED = "import:"
UNDONE = "undo:"
_BATCH = re.compile(r"[0-9a-f]{16}")


class BatchAct(Choice):
    """What an entry of a batch does; the last four are of an undo."""

    RECORDED = "recorded", "登记", "recorded"
    ADDED = "added", "补充人员", "added people to a record"
    OUTCOME = "outcome", "登记办理结果", "reported an outcome"
    LINKED = "linked", "关联同一履职", "linked two records"
    ROSTER = "roster", "登记名册", "kept the roster"
    WITHDRAWN = "withdrawn", "撤回", "withdrew"
    REMOVED = "removed", "移出人员", "took people out of a record"
    RETRACTED = "retracted", "收回办理结果", "took an outcome back"
    UNLINKED = "unlinked", "取消关联", "undid a link"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfBatch:
    """To which batch an entry belongs, and what it does there; `undoes` says that it takes something back."""

    batch: str
    act: BatchAct
    undoes: bool


def import_cause(batch: str) -> str:
    """The cause of what a batch records."""
    return IMPORTED + batch


def undo_cause(batch: str) -> str:
    """The cause of what takes a batch back."""
    return UNDONE + batch


def is_batch(said: str) -> bool:
    """Whether this can be the name of a batch."""
    return _BATCH.fullmatch(said) is not None


def of_batch(entry: Entry[Any]) -> OfBatch | None:
    """The batch of an entry; none where it came by itself. Only an import writes as an import, whatever cause somebody gives."""
    if entry.envelope.via is not Via.IMPORT:
        return None
    cause = entry.envelope.cause
    prefix = next((each for each in (IMPORTED, UNDONE) if cause.startswith(each)), "")
    batch = cause.removeprefix(prefix)
    if not prefix or not is_batch(batch):
        return None
    undoes = prefix == UNDONE
    return OfBatch(batch=batch, act=_act(entry.event, undoes=undoes), undoes=undoes)


def _act(event: Any, *, undoes: bool) -> BatchAct:
    match event:
        case occasion.OccasionHappened() | matter.MatterRecorded():
            return BatchAct.RECORDED
        case occasion.OccasionAmended() | occasion.ParticipantsListed() | matter.MatterAmended():
            return BatchAct.REMOVED if undoes else BatchAct.ADDED
        case matter.OutcomeReached():
            return BatchAct.OUTCOME
        case deed.LinkedSame():
            return BatchAct.LINKED
        case deed.Withdrawn():
            return BatchAct.WITHDRAWN
        case matter.OutcomeRetracted():
            return BatchAct.RETRACTED
        case deed.UnlinkedSame():
            return BatchAct.UNLINKED
        case _:
            return BatchAct.ROSTER

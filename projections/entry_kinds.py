"""What sort of entry an entry is, as somebody looks for it who asks what happened."""

from __future__ import annotations

from typing import Any

from domain import deed, matter, occasion, pairing
from domain.entry import Entry
from domain.words import Choice


class EntryKind(Choice):
    """What an entry does."""

    RECORDED = "recorded", "登记履职", "recorded"
    AMENDED = "amended", "更正记录", "amended"
    WITHDRAWN = "withdrawn", "撤回记录", "withdrawn"
    LINKED = "linked", "关联记录", "linked to another record"
    CONFIRMED = "confirmed", "确认", "confirmed"
    RETURNED = "returned", "退回核实", "returned for checking"
    UPHELD = "upheld", "核实维持", "upheld"
    OUTCOME = "outcome", "办理结果", "what became of a matter"
    ASSIGNED = "assigned", "归入清单项", "put in an item of a list"
    FOUND = "found", "认定", "found"
    SUPPORT = "support", "经费场地", "budget and venues"
    POSTED = "posted", "月度晾晒、季度受邀", "months posted, units invited"
    QUERIED = "queried", "核对申请", "queries on records"
    ROSTER = "roster", "名册变动", "the roster"
    UNITS = "units", "单位变动", "units"
    DOCUMENTS = "documents", "规则文件", "documents"
    ACCESS = "access", "授权", "access"
    ERASURE = "erasure", "个人信息删除", "erasure"
    OTHER = "other", "其他", "something else"


_OF_STREAM = {
    "member": EntryKind.ROSTER,
    "unit": EntryKind.UNITS,
    "finding": EntryKind.FOUND,
    "grant": EntryKind.ACCESS,
    "erasure": EntryKind.ERASURE,
    "dispute": EntryKind.QUERIED,
    "support": EntryKind.SUPPORT,
    **dict.fromkeys(("posting", "invitation"), EntryKind.POSTED),
    **dict.fromkeys(("rubric", "checklist", "policy", "rule", "terms"), EntryKind.DOCUMENTS),
}


def kind_of_entry(entry: Entry[Any]) -> EntryKind:
    """What sort of entry it is: by what it is about, and of a record by what is done to it."""
    found = _OF_STREAM.get(entry.stream.partition("/")[0])
    return _of_record(entry.event) if found is None else found


def _of_record(event: Any) -> EntryKind:
    match event:
        case occasion.OccasionHappened() | matter.MatterRecorded() | pairing.Paired():
            return EntryKind.RECORDED
        case (
            occasion.OccasionAmended()
            | matter.MatterAmended()
            | occasion.ParticipantsListed()
            | pairing.PairingEnded()
        ):
            return EntryKind.AMENDED
        case deed.Withdrawn() | deed.Superseded():
            return EntryKind.WITHDRAWN
        case deed.LinkedSame() | deed.UnlinkedSame() | deed.LinkedLedTo() | deed.UnlinkedLedTo():
            return EntryKind.LINKED
        case deed.Confirmed():
            return EntryKind.CONFIRMED
        case deed.Returned():
            return EntryKind.RETURNED
        case deed.Upheld():
            return EntryKind.UPHELD
        case matter.OutcomeReached() | matter.OutcomeRetracted():
            return EntryKind.OUTCOME
        case deed.ItemAssigned():
            return EntryKind.ASSIGNED
        case _:
            return EntryKind.OTHER

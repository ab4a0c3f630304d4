"""One sentence in Chinese and one in English on every turn of a unit's month and of a quarter's invitations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain import invitation, posting
from domain.invitation import InvitationEvent
from domain.period import Period, Span
from domain.posting import PostingEvent

Both = tuple[str, str]


def named_in_posting(event: Any) -> Iterator[str]:
    """The streams of the units and people that such a sentence names."""
    match event:
        case invitation.UnitsInvited(invited=invited):
            yield from (f"unit/{each.unit}" for each in invited)
        case invitation.StatementRecorded(statement=statement):
            yield f"unit/{statement.unit}"
            if statement.speaker is not None:
                yield f"member/{statement.speaker}"
        case _:
            yield f"unit/{event.unit}"


def of_posting(event: PostingEvent, names: Mapping[str, str]) -> Both:
    """What became of a unit's month."""
    who = names.get(f"unit/{event.unit}", event.unit)
    month = Period.around(Span.MONTH, event.month)
    zh, en = f"{who}{month.zh}晾晒", f"{who}, {month.en}"
    match event:
        case posting.MonthReported(reason=reason):
            if reason:
                return f"{zh}更正自报,理由:{reason}", f"{en}: reported anew: {reason}"
            return f"{zh}自报", f"{en}: reported"
        case posting.MonthSentBack(reason=reason):
            return f"{zh}退回补正,理由:{reason}", f"{en}: sent back to be mended: {reason}"
        case posting.MonthChecked():
            return f"{zh}已对照记录核对", f"{en}: checked against the facts"
        case posting.MonthPosted():
            return f"{zh}发布", f"{en}: posted"


def of_invitation(event: InvitationEvent, names: Mapping[str, str]) -> Both:
    """What became of a quarter's invitations."""
    quarter = Period.around(Span.QUARTER, event.quarter)
    match event:
        case invitation.UnitsInvited(invited=invited):
            called = [names.get(f"unit/{each.unit}", each.unit) for each in invited]
            return (
                f"确定{quarter.zh}受邀发言的单位:{'、'.join(called)}",
                f"Invited to speak on {quarter.en}: {', '.join(called)}",
            )
        case invitation.StatementRecorded(statement=statement, promises=promises):
            who = names.get(f"unit/{statement.unit}", statement.unit)
            more_zh = f",承诺{len(promises)}项" if promises else ""
            more_en = f", promising {len(promises)}" if promises else ""
            return (
                f"{who}就{quarter.zh}受邀发言({statement.on}){more_zh}",
                f"{who} spoke on {quarter.en} ({statement.on}){more_en}",
            )
        case invitation.PromiseSettled(number=number, kept=kept, on=on):
            who = names.get(f"unit/{event.unit}", event.unit)
            return (
                f"{who}{quarter.zh}的第{number}项承诺{kept.zh}({on})",
                f"Promise {number} of {who} on {quarter.en}: {kept.en} ({on})",
            )

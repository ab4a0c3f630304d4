"""One sentence in Chinese and one in English on every entry of a unit's budget and bookings."""

from __future__ import annotations

from collections.abc import Mapping

from domain import support
from domain.support import SupportEvent

Both = tuple[str, str]


def of_support(event: SupportEvent, names: Mapping[str, str]) -> Both:
    """What became of a unit's budget or of a booking."""
    who = names.get(f"unit/{event.unit}", event.unit)
    zh, en = f"{who}{event.year}年", f"{who}, {event.year}"
    match event:
        case support.BudgetLineSet(line=line, reason=reason):
            why_zh = f",理由:{reason}" if reason else ""
            why_en = f": {reason}" if reason else ""
            return (
                f"{zh}预算“{line.item}”{line.amount}元{why_zh}",
                f"{en}: {line.item} was given {line.amount} yuan{why_en}",
            )
        case support.ExpenseRecorded(expense=spent):
            return (
                f"{zh}从“{spent.item}”支出{spent.amount}元({spent.on}):{spent.purpose}",
                f"{en}: {spent.amount} yuan of {spent.item} were spent ({spent.on}): {spent.purpose}",
            )
        case support.ExpenseTakenBack(number=number, reason=reason):
            return (
                f"撤销{zh}第{number}笔支出,理由:{reason}",
                f"{en}: expense {number} was taken back: {reason}",
            )
        case support.VenueBooked(booking=booked):
            return (
                f"{who}预订{booked.venue}({booked.on} {booked.half.zh}):{booked.purpose}",
                f"{who} booked {booked.venue} ({booked.on}, {booked.half.en}): {booked.purpose}",
            )
        case support.BookingCancelled(number=number, reason=reason):
            return (
                f"取消{zh}第{number}次场地预订,理由:{reason}",
                f"{en}: booking {number} was cancelled: {reason}",
            )

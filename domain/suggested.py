"""A suggestion as it stands: what it says, what was answered to it, whether it was carried out; and how many of them stand how."""

from __future__ import annotations

from datetime import date

from domain.people import PersonId, UnitId
from domain.values import value
from domain.words import Choice, Open


class Answer(Choice):
    """What was answered to a suggestion; whether it was carried out is another thing."""

    ADOPTED = "adopted", "采纳"
    PARTLY = "partly", "部分采纳", "adopted in part"
    DECLINED = "declined", "不采纳", "not adopted"


@value(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One of a matter's suggestions: `number` counts them from 1, `by` are those who made it, where they are named.

    A day is none until it has been so. `reason` says why it was not adopted, or only in part.
    """

    number: int
    text: str
    on: date
    by: tuple[PersonId, ...] = ()
    unit: UnitId | None = None
    answer: Answer | None = None
    reason: str = ""
    answered_by: Open[str] = ""
    answered_on: date | None = None
    carried_out_on: date | None = None
    outcome: str = ""
    withdrawn: str = ""


@value(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many suggestions were made, answered so, and carried out."""

    made: int = 0
    adopted: int = 0
    partly: int = 0
    declined: int = 0
    carried_out: int = 0

    @property
    def open(self) -> int:
        """How many wait for an answer."""
        return self.made - self.adopted - self.partly - self.declined


def tally(suggestions: tuple[Suggestion, ...]) -> Tally:
    """Those that stand, counted."""
    standing = [s for s in suggestions if not s.withdrawn]
    answers = [s.answer for s in standing]
    return Tally(
        made=len(standing),
        adopted=answers.count(Answer.ADOPTED),
        partly=answers.count(Answer.PARTLY),
        declined=answers.count(Answer.DECLINED),
        carried_out=sum(s.carried_out_on is not None for s in standing),
    )

"""A problem that an inspection found, as it stands: what it is, by which day it is to be mended, what the unit said of it, whether it was checked off (销号)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.evidence import Evidence
from domain.fact import Reached
from domain.people import UnitId
from domain.values import value
from domain.words import Choice, Label, Open


class Mending(Choice):
    """What a unit says became of a problem."""

    MENDED = "mended", "已整改"
    CANNOT = "cannot", "暂不能整改", "cannot be mended for now"


class ProblemState(Choice):
    """How far a problem is: what the unit says is one thing, that whoever inspected has checked it another."""

    NOTIFIED = "notified", "待整改", "notified, to be mended"
    CANNOT = "cannot", "暂不能整改", "cannot be mended for now"
    REPORTED = "reported", "待销号", "reported as mended, to be checked"
    CHECKED_OFF = "checked_off", "已销号"

    @property
    def waits(self) -> bool:
        """Whether somebody has still to act on it: the unit, or whoever inspected."""
        return self is not ProblemState.CHECKED_OFF


@value(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem of an inspection: `number` counts them from 1, `unit` is the one inspected that it is of.

    `checklist` and `item` say which item of which standard it is about, `called` what that was called when it was listed; nothing
    where none is named. A day is none until it has been so; without `mend_by` no day was set. `account` says how it was mended, or
    why it cannot be, `evidence` bears that out. `put_off` says why its day was last moved, `reopened` why what was said to be mended was last sent back.
    `notified_at` and `checked_at` are the entries. `original` says that whoever listed it holds the county's papers.
    """

    number: int
    unit: UnitId
    text: str
    notified_on: date
    mend_by: date | None = None
    checklist: Open[str] = ""
    item: int = 0
    called: Label | None = None
    mending: Mending | None = None
    reported_on: date | None = None
    account: str = ""
    evidence: tuple[Evidence, ...] = ()
    checked_off_on: date | None = None
    put_off: str = ""
    reopened: str = ""
    withdrawn: str = ""
    notified_at: int = 0
    checked_at: int = 0
    original: bool = False

    @property
    def state(self) -> ProblemState:
        """How far it is."""
        if self.checked_off_on is not None:
            return ProblemState.CHECKED_OFF
        if self.mending is None:
            return ProblemState.NOTIFIED
        return ProblemState.REPORTED if self.mending is Mending.MENDED else ProblemState.CANNOT

    @property
    def waits(self) -> bool:
        """Whether it waits for its unit, which has not said that it is mended."""
        return self.state in {ProblemState.NOTIFIED, ProblemState.CANNOT}

    def overdue(self, today: date) -> bool:
        """Whether its day is over and the unit has not said that it is mended."""
        return self.waits and self.mend_by is not None and self.mend_by < today

    @property
    def late(self) -> bool:
        """Whether it was said to be mended after its day."""
        return (
            self.mending is Mending.MENDED
            and self.mend_by is not None
            and self.reported_on is not None
            and self.reported_on > self.mend_by
        )


@value(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed of an inspection before its problems were listed: the numbers found and mended, the stages that follow from problems since."""

    findings: int
    findings_mended: int
    reached: tuple[Reached, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class ProblemTally:
    """How many problems were found, and how many of them stand how; `overdue` are among those that are not mended."""

    found: int = 0
    checked_off: int = 0
    reported: int = 0
    cannot: int = 0
    overdue: int = 0

    @property
    def to_mend(self) -> int:
        """How many wait for the unit, those among them that it cannot mend for now."""
        return self.found - self.checked_off - self.reported


def standing(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that were not taken back."""
    return tuple(each for each in problems if not each.withdrawn)


def tally(problems: Iterable[Problem], today: date) -> ProblemTally:
    """Those that stand, counted as of a day."""
    found = standing(problems)
    states = [each.state for each in found]
    return ProblemTally(
        found=len(found),
        checked_off=states.count(ProblemState.CHECKED_OFF),
        reported=states.count(ProblemState.REPORTED),
        cannot=states.count(ProblemState.CANNOT),
        overdue=sum(each.overdue(today) for each in found),
    )

"""How a worked case came out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from application.documents.source import Flaw
from domain.rubric import points_text
from domain.words import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """How one worked case came out; it passed if nothing differs."""

    case: str
    line: int
    differs: tuple[Flaw, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything came out as the document says."""
        return not self.differs


def shown(value: object) -> str:
    """A figure, a word of a list or a text, as differences are told."""
    match value:
        case None:
            return "无(nothing)"
        case bool():
            return "是(yes)" if value else "否(no)"
        case Fraction():
            return points_text(value)
        case Choice():
            return f"{value.value}({value.zh})"
        case _:
            return str(value)

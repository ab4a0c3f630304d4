"""How a worked case came out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from application.documents.source import Flaw
from domain.nearest import quoted
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


def differing(says: object, got: object) -> tuple[str, str]:
    """What is said where a case comes out otherwise, in two languages."""
    return (
        f"写的是 {_zh(says)},算得 {_zh(got)}",
        f"says {_en(says)}, comes to {_en(got)}",
    )


def _zh(value: object) -> str:
    match value:
        case None:
            return "无"
        case bool():
            return "是" if value else "否"
        case Choice():
            return f"{value.zh}({value.value})"
        case _:
            return _figure(value)


def _en(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case Choice():
            return value.value
        case _:
            return _figure(value)


def _figure(value: object) -> str:
    """A figure as a figure, a text in quotation marks."""
    match value:
        case Fraction():
            return points_text(value)
        case int():
            return str(value)
        case _:
            return quoted(value)

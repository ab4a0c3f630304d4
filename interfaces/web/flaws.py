"""What is wrong with a document, as a page says it: the line and what stands in it, and the place in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from application.documents.source import Flaw
from domain.nearest import quoted
from domain.words import Label

LONGEST = 60
"""Characters of a line that are repeated."""
PARTS: Mapping[str, Label] = {
    "blocks": Label("板块", "block"),
    "clauses": Label("条目", "clause"),
    "gates": Label("门槛", "gate"),
    "attendance": Label("出勤读法", "reading of attendance"),
    "grades": Label("等次", "grade"),
    "vetoes": Label("一票否决项", "veto"),
    "ladder": Label("处理步骤", "step"),
    "triggers": Label("触发条件", "trigger"),
    "practices": Label("做法", "practice"),
    "silences": Label("未写明之处", "silence"),
    "slots": Label("清单项", "item"),
    "besides": Label("清单外的项", "figure beside the list"),
    "counts": Label("计入内容", "selection"),
    "cases": Label("算例", "worked case"),
    "facts": Label("事实", "fact"),
    "planned": Label("计划", "plan"),
}
"""What the lists of documents hold."""


@dataclass(frozen=True, slots=True)
class ShownFlaw:
    """One thing that is wrong: the line and what stands in it, the place in words (nothing where the line says it all), what is wrong."""

    line: int
    text: str
    path: str
    place: Label
    said: Label


def shown(flaws: Iterable[Flaw], text: str) -> tuple[ShownFlaw, ...]:
    """What is wrong with a text, for a page."""
    lines = text.splitlines()
    found = []
    for each in flaws:
        stands = lines[each.line - 1].strip() if 0 < each.line <= len(lines) else ""
        stands = stands if len(stands) <= LONGEST else f"{stands[: LONGEST - 1]}…"
        said = Label(each.zh, each.en)
        found.append(ShownFlaw(each.line, stands, each.path, _place(each), said))
    return tuple(found)


def _place(flaw: Flaw) -> Label:
    """A path in words; a last name that is said anyway is left out."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in flaw.path.split("/") if part]
    if parts and quoted(parts[-1]) in flaw.zh:
        parts = parts[:-1]
    zh: list[str] = []
    en: list[str] = []
    for i, part in enumerate(parts):
        before = PARTS.get(parts[i - 1]) if i else None
        if part.isdecimal() and i:
            word = before or Label(f"{quoted(parts[i - 1])}", f"{quoted(parts[i - 1])}")
            zh.append(f"第{int(part) + 1}个{word.zh}")
            en.append(f"{word.en} {int(part) + 1}")
        elif not (i + 1 < len(parts) and parts[i + 1].isdecimal()):
            known = PARTS.get(part)
            zh.append(known.zh if known else quoted(part))
            en.append(known.en if known else quoted(part))
    return Label("、".join(zh), ", ".join(en))

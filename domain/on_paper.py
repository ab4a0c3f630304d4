"""What stays on paper (不录正文): registered by its number, with no word of it and no file; where a reason has to be given, one of a closed list that tells nothing of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain import inside
from domain.inspection import ProblemNotified
from domain.people import Reason, Refused
from domain.suggestion import SuggestionMade
from domain.words import Choice, Label


class Neutral(Choice):
    """What may be said of a matter that stays on paper where something has to be said."""

    SEE_PAPER = "see_paper", "见纸质文件", "see the paper"
    WRONG = "wrong", "登记有误", "entered in error"
    TWICE = "twice", "重复登记", "entered twice"
    KEPT = "kept", "改为不录正文", "kept on paper from now on"
    CHECKED = "checked", "已核实", "checked"
    TO_CHECK = "to_check", "请核对纸质文件", "to be checked against the paper"
    HANDLING = "handling", "办理需要", "as handling it asks"
    CONSENT = "consent", "经领导同意", "with a leader's consent"
    SAME = "same", "导入时核对为同一履职", "found to be one deed when it was imported"
    SCREENED = "screened", "筛选时合并", "merged when topics were screened"
    MERGED = "merged", "并案署名", "named as an author of what it was merged into"


ANY = Label(
    "不填;须说明的填:" + "、".join(each.zh for each in Neutral),
    "nothing; where something has to be said one of: " + ", ".join(each.en for each in Neutral),
)
_SAID = frozenset(said for each in Neutral for said in (each.zh, each.en))
_ONE_BY_ONE = {SuggestionMade: "/text", ProblemNotified: "/problems"}
"""What is not listed of it at all, with the field that says it."""


def is_neutral(text: str) -> bool:
    """Whether this may be said of what stays on paper."""
    return text.strip() in _SAID


def said_of(body: object, text: str, usual: Neutral) -> str:
    """A reason that nobody typed for this record alone: the text, or of what stays on paper what may be said instead."""
    stays = getattr(body, "stays_on_paper", False)
    return usual.zh if stays and not is_neutral(text) else text


def check(events: Iterable[Any]) -> None:
    """Refuse events of a matter that stays on paper that hold a word of it, or a file."""
    for event in events:
        if type(event) in _ONE_BY_ONE:
            raise Refused(Reason.STAYS_ON_PAPER, _ONE_BY_ONE[type(event)], wanted=ANY)
        for place, said in (("/body", getattr(event, "body", None)), ("", event)):
            if getattr(said, "evidence", ()):
                raise Refused(Reason.STAYS_ON_PAPER, f"{place}/evidence", wanted=_NO_FILE)
        for place, text in inside.texts(event):
            if not is_neutral(text):
                raise Refused(Reason.STAYS_ON_PAPER, place, wanted=ANY)


_NO_FILE = Label("不传", "none")

"""What forms share that are about one of several things under numbers on the page of a matter: which one is meant, and what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from domain.words import Label
from interfaces.web import turning
from interfaces.web.fields import Input
from interfaces.web.turning import Option
from interfaces.web.visiting import Sent, whole

NUMBER = Label("哪一条", "which")
SHOWN_OF_TEXT = 30
"""Characters of a text by which a form tells it from the others."""


class Said(Protocol):
    """One of them."""

    @property
    def number(self) -> int:
        """Its number."""

    @property
    def text(self) -> str:
        """What it says."""


def which(key: str, some: Sequence[Said]) -> Input:
    """The input that asks which of them is meant, by number and first words."""

    def called(each: Said) -> str:
        dots = "…" if len(each.text) > SHOWN_OF_TEXT else ""
        return f"{each.number}. {each.text[:SHOWN_OF_TEXT]}{dots}"

    options = [Option(str(each.number), called(each), called(each)) for each in some]
    return turning.one(f"{key}.number", NUMBER, options)


def said_in(key: str, sent: Sent, labels: Mapping[str, Label], reasoned: bool) -> dict[str, Any]:
    """What a form says, as JSON has it; where it is `reasoned` and no reason is given it is said that there is none, not that a field is missing."""
    said: dict[str, Any] = {
        name: value for name in labels if (value := sent.one(f"{key}.{name}").strip())
    }
    if (number := whole(said.get("number", ""))) is not None:
        said["number"] = number
    if reasoned:
        said.setdefault("reason", "")
    return said

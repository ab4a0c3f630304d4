"""How the values are declared that are made by the ten thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    def value(*, frozen: bool, **options: object) -> object:
        """As `dataclass`; the type checker alone sees to it that nobody changes one.

        Python makes a frozen dataclass four times as slowly as another: it goes round its own guard for every field. Facts,
        states and lines of scorecards are made by the ten thousand, and all code that handles them is type-checked.
        """
        if not frozen:
            raise TypeError("values are frozen")
        return dataclass(unsafe_hash=True, **options)


__all__ = ["value"]

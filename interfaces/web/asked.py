"""What stands in the address of a page: filters, the day or position as of which is asked, and where the next page goes on."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from urllib.parse import urlencode

from domain.people import Reason, Refused, UnitId
from domain.unit import Unit
from domain.words import Choice
from interfaces import bodies, forms
from interfaces.web.visiting import Visitor, whole
from projections import deeds
from projections.paging import Key, cursor_of

C = TypeVar("C", bound=Choice)

FIRST_YEAR, LAST_YEAR = 1949, 2200


@dataclass(frozen=True, slots=True)
class Filters:
    """Reads what a form of filters put into an address; what is empty asks nothing."""

    visitor: Visitor

    def one_of(self, said: str, known: Container[str], name: str) -> str | None:
        """One of a closed list."""
        if not said:
            return None
        if said not in known:
            raise Refused(Reason.MALFORMED, name, forms.given(said))
        return said

    def choice(self, said: str, choices: type[C], name: str) -> C:
        """A choice by its stored value."""
        try:
            return choices.of(said)
        except KeyError as error:
            raise Refused(Reason.MALFORMED, name, forms.given(said)) from error

    def day(self, said: str, name: str) -> date | None:
        """A day."""
        if not said:
            return None
        try:
            return date.fromisoformat(said)
        except ValueError as error:
            raise Refused(Reason.MALFORMED, name, forms.given(said), wanted=forms.DAY) from error

    def month(self, said: str) -> date | None:
        """The first day of a month, such as 2026-11."""
        if not said:
            return None
        try:
            return date.fromisoformat(f"{said}-01")
        except ValueError as error:
            raise Refused(Reason.MALFORMED, "month", forms.given(said)) from error

    def year(self, said: str) -> int:
        """A year; where nothing is said this one, or the last in which something was done."""
        if not said:
            return self._usual_year()
        year = whole(said)
        if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
            raise Refused(Reason.MALFORMED, "year", forms.given(said))
        return year

    def _usual_year(self) -> int:
        today = self.visitor.asking.today
        with self.visitor.desk.store.reading() as connection:
            newest = deeds.newest_day(connection, self.visitor.ledger, until=today)
        return today.year if newest is None else newest.year

    def text(self, said: str) -> str:
        """A text to look for."""
        return bodies.check_text(said.strip()[:100], "text")

    def unit(self, said: str, units: Mapping[UnitId, Unit]) -> UnitId | None:
        """A unit by its id or its exact name."""
        if not said:
            return None
        if UnitId(said) in units:
            return UnitId(said)
        found = [u.unit for u in units.values() if said in {u.profile.name, u.profile.short}]
        if not found:
            raise Refused(Reason.NO_SUCH_UNIT, "unit", forms.given(said))
        return found[0]


def next_page(visitor: Visitor, after: Key | None) -> str:
    """The address of the next page; empty on the last."""
    if after is None:
        return ""
    request = visitor.request
    door = request.app.state.door
    page = str(request.scope["route"].operation_id)
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k not in {"cursor", "after"}]
    sealed = door.tokens.sealed(cursor_of(after), page)
    return f"{request.url.path}?{urlencode([*pairs, ('cursor', sealed)])}"


def with_parameters(visitor: Visitor, **told: str) -> str:
    """The address of this page with some parameters said otherwise; an empty one is left out."""
    request = visitor.request
    kept = {k: v for k, v in request.query_params.items() if k != "cursor"} | told
    pairs = [(name, value) for name, value in kept.items() if value]
    return f"{request.url.path}?{urlencode(pairs)}" if pairs else request.url.path

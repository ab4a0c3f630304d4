"""What stands in the address of a page: filters, the day or position as of which is asked, and where the next page goes on."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from domain.people import PersonId, Reason, Refused, UnitId
from domain.unit import Unit
from domain.words import Choice
from interfaces import bodies, called, forms
from interfaces.api.asking import Look
from interfaces.moments import of_our_time
from interfaces.web.fields import Trouble, troubles
from interfaces.web.visiting import Visitor, whole
from projections import deeds, roster
from projections.paging import Key, cursor_of

C = TypeVar("C", bound=Choice)
T = TypeVar("T")

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

    def number(self, said: str, name: str) -> int | None:
        """A whole number, below zero too."""
        if not said:
            return None
        number = whole(said.removeprefix("-"))
        if number is None:
            raise Refused(Reason.MALFORMED, name, forms.given(said))
        return -number if said.startswith("-") else number

    def among(self, said: str, choices: Sequence[C], name: str) -> C:
        """One of some choices by its stored value."""
        for each in choices:
            if each.value == said:
                return each
        raise Refused(Reason.MALFORMED, name, forms.given(said))

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
            found = date.fromisoformat(f"{said}-01")
        except ValueError as error:
            raise Refused(Reason.MALFORMED, "month", forms.given(said)) from error
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise Refused(Reason.MALFORMED, "month", forms.given(said))
        return found

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


class Narrowing:
    """What narrows a page down, read one by one: what is wrong with one stands beside its field, and the page stays.

    `visitor` looks as of the moment that is asked for, or at now where there is no such moment.
    """

    def __init__(self, visitor: Visitor, **said: str) -> None:
        self.said = said | {"as_of": visitor.asking.as_of or ""}
        self.wrong: dict[str, tuple[Trouble, ...]] = {}
        self.visitor = visitor
        try:
            self.today = visitor.asking.today
        except Refused as refused:
            self.wrong["as_of"] = troubles(refused, ())
            self.visitor = replace(visitor, asking=replace(visitor.asking, as_of=None))
            self.today = self.visitor.asking.today
        self.filters = Filters(self.visitor)

    def read(self, name: str, how: Callable[[str], T]) -> T | None:
        """What a filter asks; none where it says nothing, or what cannot be meant."""
        said = self.said.get(name, "").strip()
        if not said:
            return None
        try:
            return how(said)
        except Refused as refused:
            self.wrong[name] = troubles(refused, ())
            return None

    def day(self, name: str) -> date | None:
        """A day of our time."""

        def of(said: str) -> date | None:
            found = self.filters.day(said, name)
            return None if found is None else of_our_time(found, name)

        return self.read(name, of)

    def year(self) -> int:
        """The year; where none is said, or none that there is, the last in which something was done."""
        found = self.read("year", self.filters.year)
        return self.filters.year("") if found is None else found

    def not_ahead(self, day: date | None, name: str) -> None:
        """The field of a day says so where that day has not come."""
        if day is not None and day > self.visitor.desk.today():
            self.wrong[name] = troubles(Refused(Reason.NOT_YET, name), ())

    def in_order(self, first: date | None, last: date | None, name: str) -> None:
        """The field of the later day says so where it is before the earlier."""
        if first is not None and last is not None and last < first:
            self.wrong[name] = troubles(Refused(Reason.WRONG_ORDER, name), ())

    def years(self, chosen: int) -> list[int]:
        """The years that can be chosen, newest first: those since something was done, and the one that is."""
        desk = self.visitor.desk
        with desk.store.reading() as connection:
            oldest = deeds.oldest_day(connection, self.visitor.ledger)
        newest = desk.today().year
        first = newest if oldest is None else min(oldest.year, newest)
        return sorted({*range(first, newest + 1), chosen}, reverse=True)

    @property
    def as_of(self) -> str:
        """The moment as of which the page is; empty for now."""
        return self.visitor.asking.as_of or ""

    @property
    def now(self) -> str:
        """The address of the same page as things stand now."""
        return with_parameters(self.visitor, as_of="")

    def to(self, path: str, anchor: str = "", **asked: Any) -> str:
        """The address of another page of the ledger as of the same moment; what is empty is left out."""
        pairs = [(k, str(v)) for k, v in (asked | {"as_of": self.as_of}).items() if v]
        query = f"?{urlencode(pairs)}" if pairs else ""
        return self.visitor.address(path) + query + (f"#{quote(anchor)}" if anchor else "")

    @property
    def status(self) -> int:
        """What the page answers with."""
        return 422 if self.wrong else 200


def person_called(look: Look, said: str) -> PersonId:
    """Somebody of the roster by id, number or name."""
    if roster.persons(look.connection, look.ledger, [PersonId(said)], position=look.position):
        return PersonId(said)
    return called.person_of(roster.roster(look.connection, look.ledger, look.position), said)


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

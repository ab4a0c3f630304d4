"""Budget and venues of units (经费、场地): how much each was given in a year, has spent and has left, and what it booked. Money lies in fen, and is told in yuan."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Table,
    and_,
    func,
    select,
    tuple_,
)

from domain.people import UnitId
from domain.supported import Booking, Expense, Support, key_of
from projections import bodies
from projections.columns import METADATA, Row, Word, ledger_column
from projections.paging import Key, Page, checked_limit, page_of
from projections.roster import known, unit_versions

support_rows = Table(
    "supports",
    METADATA,
    ledger_column(),
    Column("support", Word, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("unit", Word, nullable=False),
    Column("budgeted", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("booked", Integer, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("supports_of_year", "ledger", "year", "unit"),
)
"""The budget and bookings of each unit and year as they stand; `budgeted` and `used` in fen, `booked` the bookings that were not cancelled."""

_FEN = 100
_MOST = Decimal(10**15)
"""What no figure of a row is above; decisions let in none that comes near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Yuan that were given, spent and are left, and bookings that stand; below zero where more was spent than given."""

    budgeted: Decimal
    used: Decimal
    left: Decimal
    booked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportLine:
    """A unit's figures of a year."""

    unit: UnitId
    name: str
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportOfYear:
    """A page of units with their figures of a year, and those of all that are shown together."""

    page: Page[SupportLine]
    together: Sums
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """An item of a unit's budget: yuan given, spent and left."""

    item: str
    budgeted: Decimal
    used: Decimal
    left: Decimal


# Rows


def support_row(ledger: str, version: int, state: Support) -> Row:
    """A unit's budget and bookings of a year as they stand."""
    return (
        *(ledger, state.name, min(max(state.year, 0), 9999), state.unit),
        *(_fen(state.budgeted), _fen(state.used())),
        *(len(state.booked), version, bodies.encode(state)),
    )


def _fen(amount: Decimal) -> int:
    """Fen of an amount, as far as a column holds them: a fold takes whatever was stored."""
    if not amount.is_finite():
        return 0
    return int(min(max(amount, -_MOST), _MOST) * _FEN)


def states(connection: Connection, ledger: str, asked: Collection[str]) -> dict[str, Support]:
    """These states, by stream."""
    rows = support_rows.c
    found = connection.execute(
        select(rows.support, rows.body).where(rows.ledger == ledger, rows.support.in_(list(asked)))
    )
    return {f"support/{name}": bodies.support(body) for name, body in found}


# Queries


def of_year(
    connection: Connection,
    ledger: str,
    *,
    year: int,
    only: Collection[UnitId] | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> SupportOfYear:
    """The units of which something is recorded in a year, by name; `only` some of them where not all are open to who asks."""
    checked_limit(limit)
    rows, units = support_rows.c, unit_versions.c
    which = [rows.ledger == ledger, rows.year == year]
    if only is not None:
        which.append(rows.unit.in_(sorted(only)))
    asked = (
        select(units.name, rows.unit, rows.budgeted, rows.used, rows.booked)
        .select_from(
            support_rows.join(
                unit_versions,
                and_(
                    units.ledger == rows.ledger,
                    units.unit == rows.unit,
                    known(unit_versions, None),
                ),
            )
        )
        .where(*which)
    )
    if after is not None:
        asked = asked.where(tuple_(units.name, rows.unit) > tuple_(*after))
    asked = asked.order_by(units.name, rows.unit).limit(limit + 1)
    lines = [
        SupportLine(unit=unit, name=name, sums=_sums(budgeted, used, booked))
        for name, unit, budgeted, used, booked in connection.execute(asked)
    ]
    number, *all_together = connection.execute(
        select(
            func.count(),
            *(func.coalesce(func.sum(each), 0) for each in (rows.budgeted, rows.used, rows.booked)),
        ).where(*which)
    ).one()
    return SupportOfYear(
        page=page_of(lines, limit, lambda line: (line.name, line.unit)),
        together=_sums(*map(int, all_together)),
        units=int(number),
    )


def _sums(budgeted: int, used: int, booked: int) -> Sums:
    return Sums(
        budgeted=_yuan(budgeted), used=_yuan(used), left=_yuan(budgeted - used), booked=booked
    )


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def of_unit(
    connection: Connection, ledger: str, unit: UnitId, year: int
) -> tuple[Support, int] | None:
    """A unit's budget and bookings of a year and their version; nothing where none are recorded."""
    rows = support_rows.c
    found = connection.execute(
        select(rows.body, rows.version).where(
            rows.ledger == ledger, rows.support == key_of(unit, year)
        )
    ).one_or_none()
    return None if found is None else (bodies.support(found.body), int(found.version))


def sums_of(state: Support) -> Sums:
    """The figures of a unit's year."""
    return Sums(
        budgeted=state.budgeted, used=state.used(), left=state.left, booked=len(state.booked)
    )


def items(state: Support) -> tuple[ItemLine, ...]:
    """The items of a budget in the order in which they were set; there are sixty at the most."""
    return tuple(
        ItemLine(
            item=line.item,
            budgeted=line.amount,
            used=state.used(line.item),
            left=line.amount - state.used(line.item),
        )
        for line in state.lines
    )


def expenses(
    state: Support, *, item: str | None = None, after: Key | None = None, limit: int = 50
) -> Page[Expense]:
    """What was spent, of an item or of all, the newest day first; what was taken back is among it, marked."""
    checked_limit(limit)
    found = [each for each in state.expenses if item in {None, each.item}]
    found.sort(key=_newest, reverse=True)
    rest = [each for each in found if after is None or _newest(each) < tuple(after)]
    return page_of(rest[: limit + 1], limit, _newest)


def bookings(state: Support, *, after: Key | None = None, limit: int = 50) -> Page[Booking]:
    """What was booked, the newest day first; what was cancelled is among it, marked."""
    checked_limit(limit)
    found = sorted(state.bookings, key=_newest, reverse=True)
    rest = [each for each in found if after is None or _newest(each) < tuple(after)]
    return page_of(rest[: limit + 1], limit, _newest)


def _newest(each: Expense | Booking) -> Key:
    return (each.on.toordinal(), each.number)

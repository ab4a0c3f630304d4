"""What columns are made of: days, instants, positions, and tables that hold every version of a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    literal_column,
)
from sqlalchemy.types import TypeDecorator

Row = tuple[Any, ...]
"""The columns of a row in the order of its table, as they are stored."""
Key = tuple[Any, ...]

OPEN = 2**53 - 1
"""The end of a version that still stands."""
FOREVER = date.max.toordinal()
"""The end of an interval that has none."""

SCHEMA = "lvzhi"
METADATA = MetaData(schema=SCHEMA)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Day(TypeDecorator[date]):
    """A local day, stored as the number of days since the start of the year 1, so that windows are sums on any database."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, _: Dialect) -> int | None:
        """The number of a day."""
        return None if value is None else value.toordinal()

    def process_result_value(self, value: int | None, _: Dialect) -> date | None:
        """The day of a number."""
        return None if value is None else date.fromordinal(value)


class Instant(TypeDecorator[datetime]):
    """A UTC instant, stored in microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> int | None:
        """The number of an instant."""
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, _: Dialect) -> datetime | None:
        """The instant of a number."""
        return None if value is None else _EPOCH + value * _MICROSECOND


def micros(instant: datetime) -> int:
    """An instant in microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def last_day(until: date | None) -> int:
    """The stored last day of an interval."""
    return FOREVER if until is None else until.toordinal()


Word = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared by code points on both databases."""
Position = BigInteger
Body = LargeBinary


NOTHING: ColumnElement[str] = literal_column("''")
"""No text, where a query asks for those rows alone that have some. It is written out: an index of these rows is taken only where that is sure before
the query is given its values."""


def ledger_column() -> Column[str]:
    """The first column of every table."""
    return Column("ledger", Word, primary_key=True)


@dataclass(frozen=True, slots=True)
class Versioned:
    """A table of versions: its columns are the key (ledger first), `from_position`, `to_position`, those cleared at the end, and the rest."""

    table: Table
    key: int
    cleared: int = 0

    def ended(self, row: Row, position: int) -> Row:
        """A version that ends at a position."""
        rest = self.key + 2 + self.cleared
        return (*row[: self.key + 1], position, *(None,) * self.cleared, *row[rest:])

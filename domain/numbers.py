"""Numbers that records hold: how large and how fine one may be, and which of older records are still reckoned with."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Context, Decimal
from fractions import Fraction

from domain.people import Reason, Refused
from domain.words import Label

_EXACT = Context(prec=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Numbers of at most so many digits before the point and so many decimal places after it."""

    digits: int
    places: int

    @property
    def label(self) -> Label:
        """What such a number is."""
        return Label(
            f"整数部分不超过 {self.digits} 位、小数不超过 {self.places} 位的数",
            f"a number of at most {self.digits} digits and {self.places} decimal places",
        )

    @property
    def largest(self) -> int:
        """The largest whole number among them."""
        return int(10**self.digits) - 1

    def hold(self, number: int | Decimal) -> bool:
        """Whether a number is one of them; a decimal in no more time than its digits take to read."""
        if isinstance(number, int):
            return abs(number) <= self.largest
        if not number.is_finite() or number.adjusted() >= self.digits:
            return False
        return number == rounded(number, self.places)


ENTERED = Bounds(digits=12, places=6)
"""What may be entered, at every door: below 10**12 (一万亿) yuan, to a fen (分) even where the unit is 10,000 yuan."""
RECKONED = Bounds(digits=30, places=30)
"""What is reckoned with of records from before there was a bound; larger and finer numbers are shown, and count as not said."""


def refused(value: int | Decimal | None, field: str) -> Refused | None:
    """What is wrong with a number that is entered, if anything; `field` is its JSON pointer."""
    if value is None or ENTERED.hold(value):
        return None
    return Refused(Reason.MALFORMED, field, wanted=ENTERED.label)


def flaws(body: object, pointer: str) -> list[Refused]:
    """What is wrong with the numbers among the fields of a body, in their order; `pointer` is the JSON pointer of the body."""
    said = ((each.name, getattr(body, each.name)) for each in fields(body))  # type: ignore[arg-type]
    return [
        wrong
        for name, value in said
        if isinstance(value, int | Decimal)
        and (wrong := refused(value, f"{pointer}/{name}")) is not None
    ]


def check(body: object, pointer: str) -> None:
    """Refuse numbers among the fields of a body that are too large or too fine, naming each."""
    if wrong := flaws(body, pointer):
        raise replace(wrong[0], others=tuple(wrong[1:]))


def reckoned(value: object) -> Fraction | None:
    """A number of a record exactly; none where it says none, or none that is reckoned with."""
    if isinstance(value, int | Decimal) and RECKONED.hold(value):
        return Fraction(value)
    return None


def rounded(number: Fraction | Decimal, places: int) -> Decimal:
    """A number to so many decimal places, half to even; of at most a hundred digits before the point."""
    step = Decimal(1).scaleb(-places)
    if isinstance(number, Fraction):
        number = _EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))
    return number.quantize(step, context=_EXACT)

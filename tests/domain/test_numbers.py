"""Numbers that records hold: what may be entered, and what of older records is still reckoned with."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from domain.kinds.help import PromotedInvestment
from domain.numbers import ENTERED, check, reckoned, rounded
from domain.people import Reason, Refused


@pytest.mark.parametrize(
    ("number", "may_be_entered"),
    [
        *((0, True), (999_999_999_999, True), (10**12, False), (-(10**12), False)),
        *((Decimal("999999999999.999999"), True), (Decimal("1E+11"), True)),
        *((Decimal("1E+12"), False), (Decimal("-1E+12"), False), (Decimal("0E+99"), False)),
        *((Decimal("0.0000010000"), True), (Decimal("0.0000001"), False)),
        (Decimal("1." + "0" * 40 + "1"), False),
        *((Decimal("1E+999999999"), False), (Decimal("1E-999999999"), False)),
        *((Decimal("NaN"), False), (Decimal("-Infinity"), False)),
    ],
)
def test_a_number_is_bounded_before_and_after_the_point(
    number: int | Decimal, may_be_entered: bool
) -> None:
    assert ENTERED.hold(number) is may_be_entered


def test_each_field_with_such_a_number_is_named_with_what_it_may_be() -> None:
    with pytest.raises(Refused) as found:
        check(PromotedInvestment(project="甲", investment=Decimal("1E+5000")), "/body/details")
    refused = found.value
    assert (refused.reason, refused.field, refused.others) == (
        *(Reason.MALFORMED, "/body/details/investment"),
        (),
    )
    assert "整数部分不超过 12 位、小数不超过 6 位的数" in refused.zh
    assert "a number of at most 12 digits and 6 decimal places" in refused.en


@pytest.mark.parametrize(
    ("said", "number"),
    [
        (Decimal("0.1234567"), Fraction(1234567, 10**7)),
        (Decimal("1E+29"), Fraction(10**29)),
        (7, Fraction(7)),
        *((Decimal("1E+30"), None), (10**30, None), (Decimal("1E+999999999"), None)),
        *((Decimal("1E-31"), None), (Decimal("1E-999999999"), None), (Decimal("NaN"), None)),
        *((None, None), ("12", None)),
    ],
)
def test_what_older_records_say_is_reckoned_with_as_far_as_it_can_be(
    said: object, number: Fraction | None
) -> None:
    assert reckoned(said) == number


def test_a_sum_of_many_digits_is_rounded_half_to_even() -> None:
    assert rounded(Fraction(10**40 * 3 + 1, 3), 2) == Decimal("1" + "0" * 40 + ".33")
    assert [rounded(Fraction(n, 8), 2) for n in (1, 3)] == [Decimal("0.12"), Decimal("0.38")]

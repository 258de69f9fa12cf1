"""What a printed figure means, worked by hand and by property."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.numbers import Interval, narrow, read_interval, read_numeral


@pytest.mark.parametrize(
    "worked",  # by hand: printed form, lower, upper, step
    [
        "1022.3万件 10222500 10223500 1000",
        "18031件 18030.5 18031.5 1",
        "53.01% 0.53005 0.53015 0.0001",
        "630.8% 6.3075 6.3085 0.001",
        "100% 0.995 1.005 0.01",
        "-5.2% -0.0525 -0.0515 0.001",
        "12000件以上 12000 - 1",
        "约4000件 3500 4500 1000",
        "约2600件 2550 2650 100",
        "14万件左右 135000 145000 10000",
        "8400余件 8400 8500 100",
        "3400多万件 34000000 35000000 1000000",
        "六成以上 0.6 - 0.01",
        "六成多 0.6 0.7 0.1",
        "约三成 0.25 0.35 0.1",
        "46家 45.5 46.5 1",
        "１，０２２.3万件 10222500 10223500 1000",
    ],
)
def test_intervals_worked_by_hand(worked):
    printed, *numbers = worked.split()
    lower, upper, step = (None if number == "-" else Decimal(number) for number in numbers)
    assert read_interval(printed) == Interval(lower, upper, step)


@pytest.mark.parametrize(
    "printed", ["", "件", "**%", "一万件", "约84余件", "1.2.3%", "3%万", "-8余"]
)
def test_other_forms_are_refused(printed):
    with pytest.raises(ValueError, match="“"):
        read_interval(printed)


@given(st.integers(0, 10**9), st.integers(0, 3))
def test_a_count_is_in_what_it_prints_as(count, decimals):
    printed = (Decimal(count) / 10_000).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert read_interval(f"{printed}万件").holds(count)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 2))
def test_a_share_is_in_what_it_prints_as(numerator, denominator, decimals):
    scale = 10 ** (decimals + 2)
    rounded = (2 * numerator * scale + denominator) // (2 * denominator)
    printed = f"{rounded // 10**decimals}.{rounded % 10**decimals:0{decimals}d}%"
    assert read_interval(printed).holds(numerator, denominator)


@given(st.integers(1, 10**9), st.integers(0, 6))
def test_a_count_is_in_its_first_digits_and_more(count, places):
    cut = count // 10**places * 10**places
    assert cut == 0 or read_interval(f"{cut}余件").holds(count)


@given(st.integers(0, 10**7), st.sampled_from(["件", "万件", "%"]))
def test_neighbours_share_an_end_and_nothing_else(tenths, unit):
    one, two = (read_interval(f"{Decimal(n).scaleb(-1)}{unit}") for n in (tenths, tenths + 1))
    assert one.upper == two.lower == one.lower + one.step


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("零", 0), ("十", 10), ("十二", 12), ("两百", 200), ("一百〇五", 105), ("八千四百", 8400),
     ("三万二千", 32_000), ("一亿二千万", 120_000_000), ("三万亿", 3 * 10**12),
     ("12", 12)],
)  # fmt: skip
def test_a_numeral_is_a_whole_number(numeral, value):
    assert read_numeral(numeral) == value


def test_full_width_signs_become_narrow_and_places_stay():
    assert narrow("１．２万件，占５％") == "1.2万件,占5%"

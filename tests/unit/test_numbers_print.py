"""How numbers and dates are printed: by hand, at zero and at the ends of units."""

from datetime import date
from decimal import Decimal as D

import pytest

from pipeline import numbers


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(0, 1, "0件"), (9_999, 1, "9999件"), (10_000, 1, "1.0万件"), (10_223_312, 2, "1022.33万件"),
     (15_500, 0, "2万件"), (-48_950, 2, "-4.90万件"), (99_995, 2, "10.00万件")],
)  # fmt: skip
def test_a_count_is_whole_below_ten_thousand(value, places, text):
    assert numbers.count(value, "件", places) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(D("0.53006827"), ("同比上升", "53.01%")), (D("-0.11070000"), ("同比下降", "11.07%")),
     (D(0), ("同比持平", "")), (D("0.00004999"), ("同比基本持平", "")),
     (D("-0.00005"), ("同比下降", "0.01%")), (D(-1), ("同比下降", "100.00%"))],
)  # fmt: skip
def test_a_change_says_its_direction_once(value, text):
    assert numbers.change(value, "同比") == text


def test_small_numbers_and_months_as_read():
    assert [numbers.numeral(n) for n in (0, 1, 10, 11, 20, 38)] == [
        "零", "一", "十", "十一", "二十", "三十八"
    ]  # fmt: skip
    assert numbers.months([1, 2, 3]) == "1至3月"
    assert numbers.months([1, 3, 4, 12]) == "1月、3至4月、12月"
    assert numbers.months([]) == ""


def test_days_that_follow_each_other_are_a_span():
    days = [date(2031, 2, 3), date(2031, 2, 27), date(2031, 2, 28), date(2031, 3, 1)]
    assert numbers.days(days) == ["2月3日", "2月27日至3月1日"]
    assert numbers.days([]) == []


@pytest.mark.parametrize(
    ("value", "long", "little"),
    [
        (0, "0", "0"), (9999, "9,999", "9,999"), (10_000, "10,000", "1.0万"),
        (123_456, "123,456", "12.3万"), (1_234_567, "1,234,567", "123万"),
        (-48_250, "-48,250", "-4.8万"), ("12.345", "12.35", "12.3"), ("0.125", "0.13", "0.13"),
        (987_654_321_098, "987,654,321,098", "9,877亿"), (None, "–", "–"), ("", "–", "–"),
        (float("nan"), "–", "–"),
    ],
)  # fmt: skip
def test_numbers_in_pictures_are_rounded_half_up(value, long, little):
    assert (numbers.grouped(value), numbers.short(value)) == (long, little)

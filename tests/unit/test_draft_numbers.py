"""Numbers of a Chinese text: what kind they are and the form that is read."""

import pytest

from pipeline.numbers import narrow, read_interval
from pipeline.proofread import printed
from pipeline.proofread.numbers import find
from pipeline.proofread.resolve_metric import MetricReading


def numbers_of(text: str) -> list[tuple[str, str, str | None]]:
    return [(one.text, one.kind, one.printed) for one in find(text)]


@pytest.mark.parametrize(
    ("text", "kind", "form"),
    [
        ("1022.3万件", "count", "1022.3万件"),
        ("８４００余件", "count", "8400余件"),
        ("3400多万件", "count", "3400万多件"),
        ("约为4000件", "count", "约4000件"),
        ("4000件左右", "count", "约4000件"),
        ("12,000件以上", "count", "12000件以上"),
        ("逾120件", "count", "120件以上"),
        ("53.01%", "ratio", "53.01%"),
        ("六成以上", "ratio", "60%以上"),
        ("四成", "ratio", "约40%"),
        ("六成多", "ratio", "60多%"),
        ("2.3倍", "ratio", "2.3"),
        ("-5.2%", "ratio", "-5.2%"),
        ("八千四百余件", "count", "8400余件"),
        ("近95万件", "count", None),
        ("不足100件", "count", None),
        ("3千件", "count", None),
        ("493人次", "other", None),
        ("2个百分点", "other", None),
        ("2020年", "year", None),
        ("2020 年", "year", None),
        ("95.6 万件", "count", "95.6万件"),
        ("11月", "month", None),
        ("31日", "day", None),
        ("1-6月", "span", None),
        ("**%", "blank", None),
        ("前十类", "top", None),
        ("第一", "order", None),
        ("12345", "name", None),
    ],
)
def test_one_number(text, kind, form):
    assert numbers_of(f"共{text}，") == [(text, kind, form)]
    if form is not None:
        read_interval(form)


def test_everyday_words_are_no_numbers():
    assert numbers_of("一件事、件件有回应、七有五性、十九大") == []


def test_a_list_shares_its_unit():
    assert numbers_of("分别为6.1和5.9万件") == [
        ("6.1", "count", "6.1万件"),
        ("5.9万件", "count", "5.9万件"),
    ]
    assert numbers_of("于1、11月") == [("1", "month", None), ("11月", "month", None)]
    assert [form for *_, form in numbers_of("5%-6%")] == [None, None]


def test_places_are_those_of_the_text():
    text = "１．　共１２.５％（见注）12345热线8号"
    assert len(narrow(text)) == len(text)
    for one in find(text):
        assert text[one.start : one.end] == one.text


@pytest.mark.parametrize(
    ("drafted", "numerator", "denominator", "right"),
    [
        ("1022.3万件", 10_235_499, 1, "1023.5万件"),
        ("53.01%", 5302_5, 100_000, "53.03%"),
        ("8400余件", 8_399, 1, "8300余件"),
        ("约4000件", 2_600, 1, "约3000件"),
        ("12000件以上", 11_999, 1, "11999件"),
        ("12,000件", 1_234_567, 1, "1,234,567件"),
        ("8400余件", 3, 1, "3件"),
        ("六成以上", 57, 100, "57%"),
    ],
)
def test_the_right_value_is_printed_as_the_draft_prints(drafted, numerator, denominator, right):
    (number,) = find(drafted)
    reading = MetricReading("record_count", "2033", ())
    assert printed.like(number, numerator, denominator, reading, is_change=False) == right


def test_growth_that_turned_says_which_way():
    (number,) = find("3.5%")
    up = MetricReading("growth_record_count", "2033", ())
    assert printed.like(number, -12, 1000, up, is_change=True) == "下降1.2%"
    assert printed.like(number, 12, 1000, up, is_change=True) == "1.2%"

"""Renamed, split and merged classes are compared as the register of changes says, by hand."""

from decimal import Decimal as D
from pathlib import Path

import pytest

from pipeline.home import Home
from pipeline.warehouse import build
from tests.support.city import ask, deliver, make_home, record, select_named

HEAD = "valid_from,category,subcategory,former_category,former_subcategory,note\n"
CHANGES = (
    "2024-01-01,新,,旧,,\n2024-01-01,甲,,分,,\n2024-01-01,乙,,分,,\n2024-01-01,丙,,丙一,,\n"
    "2024-01-01,丙,,丙二,,\n2024-07-01,晚,,早,,\n2024-01-01,稳,壹,稳,一,\n"
)
CLASSES = ("新", "旧", "分", "甲", "乙", "丙", "丙一", "丙二", "早", "晚", "稳", "奇")
# Category, subcategory: records in June and July of 2023, and of 2024.
COUNTS = {
    ("旧", "?"): (4, 6, 0, 0),
    ("新", "?"): (0, 0, 5, 7),
    ("分", "?"): (5, 5, 0, 0),
    ("甲", "?"): (0, 0, 4, 4),
    ("乙", "?"): (0, 0, 3, 4),
    ("丙一", "?"): (2, 2, 0, 0),
    ("丙二", "?"): (3, 1, 0, 0),
    ("丙", "?"): (0, 0, 6, 0),
    ("早", "?"): (4, 4, 6, 0),
    ("晚", "?"): (0, 0, 0, 3),
    ("稳", "一"): (4, 1, 0, 0),
    ("稳", "壹"): (0, 0, 4, 2),
    ("稳", "二"): (1, 0, 0, 0),
    ("奇", "?"): (0, 0, 0, 1),
}
REFERENCE = {
    "category": "category,sort_order\n" + "".join(f"{c},{n}\n" for n, c in enumerate(CLASSES)),
    "subcategory": "category,subcategory,sort_order\n稳,一,1\n稳,壹,2\n稳,二,3\n",
    "partial_year": "year,is_partial,reason\n2023,false,x\n2024,false,x\n",
    "rate_convention": (
        "convention,satisfied_weight,basically_satisfied_weight,weight_base,valid_from,valid_to,"
        "definition\njiesu2020,10,9,10,,,x\n"
    ),
}


def city(root: Path, changes: str) -> Home:
    home = make_home(root, {**REFERENCE, "category_change": HEAD + changes})
    months = ("2023-06", "2023-07", "2024-06", "2024-07")
    deliver(
        home,
        [
            record(
                f"{category}{subcategory}{month}-{n}", f"{month}-{1 + 3 * n:02d} 08:00:00",
                category=category, subcategory=subcategory, record_type="诉求",
            )
            for (category, subcategory), counts in COUNTS.items()
            for month, count in zip(months, counts, strict=True)
            for n in range(count)
        ],
    )  # fmt: skip
    build(home)
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return city(tmp_path_factory.mktemp("change"), CHANGES)


def figures(home: Home, metric: str, period: str, cut: str = "category") -> dict[str, tuple]:
    return {
        "/".join(name for name in names if name != "*"): (numerator, denominator)
        for *names, numerator, denominator in ask(
            home,
            "SELECT category, subcategory, numerator, denominator FROM metric.figure "
            f"WHERE metric = '{metric}' AND period = '{period}' AND cut = '{cut}' "
            "AND scope = 'all'",
        )
    }


def test_a_year_grows_by_the_classes_that_the_register_ties(home: Home):
    assert figures(home, "growth_record_count", "2024") == {
        "新": (2, 10), "甲、乙（原分）": (5, 10), "丙": (-2, 8), "晚": (1, 8), "稳": (0, 6),
    }  # fmt: skip


def test_contributions_sum_to_the_growth_of_the_whole(home: Home):
    found = figures(home, "contribution_record_count", "2024")
    assert found == {
        "新": (2, 42), "甲、乙（原分）": (5, 42), "丙": (-2, 42), "晚": (1, 42), "稳": (0, 42),
        "奇": (1, 42),
    }  # fmt: skip
    assert figures(home, "growth_record_count", "2024", "total") == {"": (7, 42)}
    printed = ask(
        home,
        "SELECT part, record_count, before_count FROM annual.t25_growth_part "
        "WHERE year = 2024 AND part_kind = '类别' AND part LIKE '%原%'",
    )
    assert printed == [("甲、乙（原分）", 15, 10)]


def test_a_change_within_the_year_divides_the_days(home: Home):
    june = figures(home, "growth_record_count", "2024-06")
    july = figures(home, "growth_record_count", "2024-07")
    assert (june["早"], july["晚"]) == ((2, 4), (-1, 4))
    assert "晚" not in june and "早" not in july
    assert figures(home, "growth_previous_record_count", "2024-07")["晚"] == (-3, 6)


def test_a_subcategory_is_renamed_within_its_category(home: Home):
    found = figures(home, "growth_record_count", "2024", "category subcategory")
    assert {name: value for name, value in found.items() if "稳" in name} == {
        "稳/壹": (1, 5), "稳/二": (-1, 1),
    }  # fmt: skip


def test_the_year_prints_counts_as_recorded_and_the_growth_of_a_split_once(home: Home):
    rows = ask(
        home,
        "SELECT category, record_count, growth_rate FROM annual.t15_category WHERE year = 2024 "
        "ORDER BY rank",
    )
    assert rows == [
        ("新", 12, D("0.2")), ("甲", 8, None), ("乙", 7, None), ("丙", 6, D("-0.25")),
        ("早", 6, None), ("稳", 6, 0), ("晚", 3, D("0.125")), ("奇", 1, None),
        ("甲、乙（原分）", None, D("0.5")),
    ]  # fmt: skip


def test_a_bulletin_compares_the_same_classes(home: Home):
    rows = {
        row[0]: row[1:]
        for row in ask(
            home,
            "SELECT category, record_count, before_count, growth_rate, previous_count, is_new, "
            "is_from_zero_in_year, is_gone_in_year FROM monthly.m04_category "
            "WHERE period_type = 'month' AND period = '2024-06' AND NOT is_rest",
        )
    }
    calm = (None, False, False, False)
    assert rows == {
        "新": (5, 4, D("0.25"), *calm),
        "甲": (4, None, None, *calm),
        "乙": (3, None, None, *calm),
        "甲、乙（原分）": (None, 5, D("0.4"), *calm),
        "丙": (6, 5, D("0.2"), *calm),
        "早": (6, 4, D("0.5"), *calm),
        "稳": (4, 5, D("-0.2"), *calm),
    }
    july = ask(
        home,
        "SELECT category FROM monthly.m04_category WHERE period = '2024-07' AND is_new "
        "AND period_type = 'month'",
    )
    assert july == [("奇",)]
    gone = ask(
        home,
        "SELECT category FROM monthly.m04_category WHERE period = '2024-07' AND is_gone_in_year "
        "AND period_type = 'month'",
    )
    assert gone == [("丙",)]


PERIODS = {
    "metric.reported_period": "SELECT 'month' AS period_type, '2024-07' AS period, "
    "DATE '2024-07-01' AS first_on, DATE '2024-07-31' AS last_on",
    "metric.period_part": "SELECT 'year' AS period_type, '2024' AS period, 2024 AS year",
    "source.partition": "SELECT 'record' AS entity, TIMESTAMP '2024-10-31' AS last_received_at, "
    "1 AS row_count",
    "ref.category": "SELECT category, 1 AS sort_order "
    "FROM (VALUES ('A'), ('B'), ('C'), ('D')) AS l (category)",
}


def change(*rows: str) -> str:
    """Return a SELECT of rows written as 'day new former', a class as A or A/x."""
    listed = []
    for row in rows:
        day, new, former = row.split()
        cells = [part for name in (new, former) for part in [*name.split("/"), ""][:2]]
        listed_cells = ", ".join(f"'{cell}'" if cell else "NULL" for cell in cells)
        listed.append(f"(DATE '{day}', {listed_cells})")
    return (
        f"SELECT * FROM (VALUES {', '.join(listed)}) AS c "
        "(valid_from, category, subcategory, former_category, former_subcategory)"
    )


def classes(*rows: str, comparison: str = "before", period: str = "2024", held: str = "") -> dict:
    """Return class -> what it is compared as."""
    pairs = [name.split("/") for name in held.split()] or [["-", "-"]]
    values = ", ".join(f"('{category}', '{subcategory}')" for category, subcategory in pairs)
    found = select_named(
        "metric/class_compared",
        {
            **PERIODS,
            "ref.category_change": change(*rows),
            "metric.cell": "SELECT *, 'record_count' AS metric, 'category subcategory' AS cut "
            f"FROM (VALUES {values}) AS t (category, subcategory)",
        },
    )
    return {
        f"{row['category']}/{row['subcategory']}": (
            f"{row['compared_category']}/{row['compared_subcategory']}"
        )
        for row in found
        if (row["comparison"], row["period"]) == (comparison, period)
    }


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["2024-01-01 B A"], {"A/*": "B/*", "B/*": "B/*"}),
        # In force since the first day of the earlier year, or only after the last record.
        (["2023-01-01 B A"], {}),
        (["2024-11-01 B A"], {}),
        # A keeps its name beside what is split off.
        (["2024-01-01 A A", "2024-01-01 B A"], {"A/*": "A、B/*", "B/*": "A、B/*"}),
        # Two renames in a row, and back again.
        (["2023-05-01 B A", "2024-05-01 C B"], dict.fromkeys(["A/*", "B/*", "C/*"], "C/*")),
        (["2023-05-01 B A", "2024-05-01 A B"], {"A/*": "A/*", "B/*": "A/*"}),
        # A subcategory that changes its category ties both, and is itself one class.
        (["2024-01-01 B/x A/x"], {"A/*": "A、B/*", "B/*": "A、B/*", "A/x": "B/x", "B/x": "B/x"}),
        (["2024-01-01 A/y A/x", "2024-01-01 A/z A/x"], dict.fromkeys(
            ["A/x", "A/y", "A/z"], "A/y、z（原x）")),
    ],
)  # fmt: skip
def test_classes_that_are_tied_are_compared_as_one(rows, expected):
    assert classes(*rows) == expected


def test_subcategories_follow_their_category_unless_they_have_a_row():
    found = classes("2024-01-01 B A", "2024-01-01 C/y A/x", held="A/x A/z B/x B/z B/w C/y")
    assert {name: value for name, value in found.items() if "*" not in name} == {
        "A/x": "C/y", "C/y": "C/y", "A/z": "B/z", "B/z": "B/z",
    }  # fmt: skip
    assert found["A/*"] == found["C/*"] == "B、C（原A）/*"


def test_a_month_ties_only_what_changed_within_what_it_is_compared_with():
    rows = ("2024-07-01 B A", "2024-03-01 D C")
    assert set(classes(*rows, comparison="previous", period="2024-07")) == {"A/*", "B/*"}
    assert set(classes(*rows, period="2024-07")) == {"A/*", "B/*", "C/*", "D/*"}


def faults(*rows: str) -> list[str]:
    found = select_named(
        "check/fail_category_change",
        {
            "ref.category": PERIODS["ref.category"],
            "ref.subcategory": "SELECT 'A' AS category, 'x' AS subcategory",
            "ref.category_change": change(*rows),
        },
    )
    return sorted(f"{row['former']}>{row['new']} {row['fault']}" for row in found)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["2024-01-01 B A", "2024-01-01 C A"], []),
        (["2023-01-01 B A", "2024-01-01 A B", "2025-01-01 C A"], []),
        (["2024-01-01 A A", "2024-01-01 B A", "2024-01-01 A D"], []),
        (["2024-01-01 Q A"], ["A>Q 类别表或二级类别表里没有“Q”"]),
        (["2024-01-01 B/y A/x"], ["A/x>B/y 类别表或二级类别表里没有“B/y”"]),
        (["2024-01-01 B A/x"], ["A/x>B 一级类别只能对一级类别,二级只能对二级"]),
        (["2023-01-01 B A", "2024-01-01 C A"],
         ["A>C “A”自 2023-01-01 起已经变更,两行的日期重叠"]),
        (["2024-01-01 B A", "2024-01-01 C B"],
         ["B>C “B”同日又由“A”改来,成了循环或连环,请写成一步"]),
        (["2024-01-01 B A", "2024-01-01 A B"],
         ["A>B “A”同日又由“B”改来,成了循环或连环,请写成一步",
          "B>A “B”同日又由“A”改来,成了循环或连环,请写成一步"]),
    ],
)  # fmt: skip
def test_a_fault_of_the_register_is_one_line(rows, words):
    assert faults(*rows) == words

"""A metric that a home adds by the recipe of docs/new-metric.md, seen wherever metrics are seen.

The recipe is followed to the letter, with the blocks of the page: a new count, of records
closed within one day. Beside it a rate of an entry with terms, of which the solver makes a sum: the
part of valid call-backs that were not satisfied.
"""

import csv
import re
from fractions import Fraction

import pytest

from pipeline import ledger
from pipeline.audit.explain import gather
from pipeline.constraints.claim_constraints import constraints_of
from pipeline.constraints.ratio import Domain, Unsupported
from pipeline.constraints.register import read_register
from pipeline.db import open_warehouse
from pipeline.home import REPOSITORY, Home
from pipeline.metrics.definitions import metrics_of
from pipeline.narrative.figures import Figures
from pipeline.narrative.print_table import printed_table, template, use_headings
from pipeline.proofread import proofread
from tests.support.city import RULES, ask, build_only, deliver, make_home, record
from tests.support.pages import blocks

SQL = """-- One row: valid call-backs that were not satisfied, over all, in total and by unit type.
-- Key: the key of metric.figure_value.
WITH counted AS (
    SELECT
        scope.scope,
        period.period_type,
        period.period,
        CASE WHEN record.unit_type IS NULL THEN 'total' ELSE 'unit_type' END AS cut,
        coalesce(record.unit_type, '*') AS unit_type,
        count(*) FILTER (WHERE record.satisfaction = '不满意') AS numerator,
        count(*) AS denominator,
        period.is_partial
    FROM core.record AS record
    JOIN metric.period AS period ON period.year = record.year AND period.month = record.month
    JOIN metric.scope AS scope
        ON scope.year = record.year AND scope.scope_tier = record.scope_tier
    WHERE record.is_called_back
    GROUP BY
        scope.scope, period.period_type, period.period, period.is_partial,
        GROUPING SETS ((), (record.unit_type))
)

SELECT
    'unsatisfied_rate' AS metric,
    '-' AS convention,
    scope,
    period_type,
    period,
    cut_key,
    numerator,
    denominator,
    is_partial
FROM counted
LEFT JOIN metric.cut_member USING (cut, unit_type)
"""
ENTRY = """
[metric.unsatisfied_rate]
label = "不满意率"
unit = "比率"
numerator = "不满意的有效回访数"
denominator = "有效回访数"
base = "outcome"
terms = [{ filter = { satisfaction = ["不满意"] } }]
words = ["不满意率"]
columns = ["unhappy_rate"]
"""
PAGE = REPOSITORY / "docs/new-metric.md"
BLOCKS = {block.file: block.text for block in blocks(PAGE, "text")}
(COUNT_ENTRY,) = (block.text for block in blocks(PAGE, "toml"))
# Of districts 1 of 4 call-backs was not satisfied, of streets 2 of 4, so of all 3 of 8.
ANSWERS = {
    "区": ["满意", "满意", "基本满意", "不满意"],
    "街乡镇": ["满意", "基本满意", "不满意", "不满意"],
}


def claim(name: str, printed: str, lower: str, upper: str, **cells: str) -> dict[str, str]:
    return dict.fromkeys(ledger.FILE_COLUMNS, "") | {
        "claim": name, "year": "2020", "document": "own", "section": "1 满意", "label": name,
        "metric": "unsatisfied_rate", "method_version": "1", "convention": "-", "scope": "all",
        "date_basis": "received", "period_type": "year", "period": "2020", "relation": "equals",
        "printed": printed, "printed_unit": "%", "step": "0.001", "lower": lower, "upper": upper,
    } | cells  # fmt: skip


CLAIMS = [
    claim("own-all", "37.5%", "0.3745", "0.3755"),
    claim("own-quick", "5件", "4.5", "5.5", metric="quick_count", printed_unit="件", step="1"),
    claim("own-street", "49.0%", "0.4895", "0.4905", unit_type="街乡镇"),
]


# After how many hours the eight records were closed: five within a day, none of them early.
CLOSED = [
    *("2020-03-10 09:00:00", "2020-03-11 07:59:59", "2020-03-11 08:00:00", None),
    *("2020-03-10 08:00:00", "2020-03-10 07:00:00", "2020-03-10 20:00:00", "2020-03-10 23:00:00"),
]
CATEGORIES = ["住房"] * 4 + ["教育"] * 4


def _beside(text: str) -> str:
    """Put quick_count beside each closed_early_count of the text, as the page says."""
    lines = []
    for line in text.splitlines():
        if "closed_early_count" in line and "FILTER" not in line:
            new = line.replace("closed_early_count", "quick_count")
            in_list = "cell.closed_early_count" in line
            line = f"{line}, cell.quick_count" if in_list else f"{new},\n{line}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _inserted(text: str, before: str, new: str, after: str = "\n") -> str:
    assert before in text
    return text.replace(before, f"{new}{after}{before}", 1)


def _own_sql() -> dict[str, str]:
    """Return the SQL files of the home by path: what the steps of the page make of the shipped."""
    sql = {
        name: (REPOSITORY / f"sql/{name}.sql").read_text(encoding="utf-8")
        for name in (
            *("metric/cell", "metric/tally", "metric/known_month", "metric/figure_value"),
            "annual/t15_category",
        )
    }
    # Step 1: the count, through cells and tally, and the column that it needs.
    cell = _beside(sql["metric/cell"])
    cell = _inserted(
        cell, "count(*) FILTER (WHERE is_closed_early)", BLOCKS["count"].rstrip(), ",\n"
    )
    sql["metric/cell"] = cell.replace(
        "FROM core.part_record\n", f"FROM core.part_record\n{BLOCKS['join']}", 1
    )
    sql["metric/tally"] = _beside(sql["metric/tally"])
    sql["metric/known_month"] += BLOCKS["known"]
    # Step 2: the SQL, and its line in the list of parts.
    sql["metric/quick_count"] = BLOCKS["quick_count.sql"]
    sql["metric/unsatisfied_rate"] = SQL
    first = "    SELECT * FROM metric.record_count\n"
    own = [f"    SELECT * FROM metric.{name}\n" for name in ("quick_count", "unsatisfied_rate")]
    sql["metric/figure_value"] = _inserted(
        sql["metric/figure_value"], first, "    UNION ALL\n".join([*own, ""]), ""
    )
    # Step 5: a column of a printed table.
    table = _inserted(sql["annual/t15_category"], "printed AS (", BLOCKS["quick"].rstrip(), ",\n\n")
    last = "    is_partial\nFROM printed\n"
    assert last in table
    sql["annual/t15_category"] = table.replace(
        last,
        "    is_partial,\n    quick_count\nFROM printed\nLEFT JOIN quick USING (year, category)\n",
    )
    return sql


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    (rule,) = re.findall("`(quick_close_days,.*?)`", PAGE.read_text(encoding="utf-8"))
    made = make_home(
        tmp_path_factory.mktemp("own"),
        {
            "partial_year": "year,is_partial,reason\n2020,否,x\n",
            "report_rule": f"{RULES}{rule}\n",
        },
    )
    for name, text in _own_sql().items():
        path = made.sql / f"{name}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    # Step 3: what it is.
    (made.root / "data/reference/metric.toml").write_text(COUNT_ENTRY + ENTRY, encoding="utf-8")
    # Its claims.
    path = made.root / "data/published/own.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ledger.FILE_COLUMNS)
        writer.writeheader()
        writer.writerows(CLAIMS)
    deliver(
        made,
        [
            record(
                f"{unit_type}{n}", "2020-03-10 08:00:00", handling="派单", unit_type=unit_type,
                unit="甲区", unit_district="甲区", is_valid=True, is_contacted=True,
                resolution="解决", satisfaction=satisfaction,
                category=category, closed_at=closed_at,
            )
            for (unit_type, n, satisfaction), category, closed_at in zip(
                (
                    (unit_type, n, satisfaction)
                    for unit_type, answers in ANSWERS.items()
                    for n, satisfaction in enumerate(answers)
                ),
                CATEGORIES, CLOSED, strict=True,
            )
        ],
    )  # fmt: skip
    build_only(
        made,
        "metric.figure",
        "metric.held_day",
        "metric.lacking",
        "metric.section_year",
        "annual.t15_category",
    )
    return made


def test_its_figures_are_in_the_metric_table(home: Home):
    found = ask(
        home,
        "SELECT unit_type, numerator, denominator, value FROM metric.figure "
        "WHERE metric = 'unsatisfied_rate' AND period = '2020' ORDER BY ALL",
    )
    worked = [("*", 3, 8), ("区", 1, 4), ("街乡镇", 2, 4)]
    assert sorted(row[:3] for row in found) == worked
    assert [Fraction(value) for *_, value in sorted(found)] == [
        Fraction(3, 8), Fraction(1, 4), Fraction(1, 2),
    ]  # fmt: skip


def test_the_new_count_is_in_the_metric_table(home: Home):
    found = ask(
        home,
        "SELECT category, numerator, denominator, is_partial FROM metric.figure WHERE "
        "metric = 'quick_count' AND period = '2020' AND scope = 'all' ORDER BY ALL",
    )
    # Of 住房 not the one closed after exactly a day, of 教育 not the one closed before it came.
    assert found == [("*", 5, 1, False), ("住房", 2, 1, False), ("教育", 3, 1, False)]


def test_a_claim_of_the_new_count_is_judged_and_counted_again(home: Home):
    quick = gather(home, "own-quick")
    assert quick["claim"]["verdict"] == "reproduced" and quick["is_agreed"]
    assert [row["numerator"] for row in quick["recounted"]] == [5]


def test_the_new_count_is_printed_and_its_cell_has_its_figure(home: Home):
    template.cache_clear()
    (home.templates).mkdir(parents=True)
    (home.templates / "headings.toml").write_text(
        '[heading]\nquick_count = "一日内办结件数"\n', encoding="utf-8"
    )
    try:
        use_headings(home)
        with open_warehouse(home) as con:
            printed = printed_table(con, "annual.t15_category", {"year": 2020})
            figures = Figures.of_year(con, 2020, None, metrics_of(home))
            keys = [figures.find(printed.name, row, "quick_count") for row in printed.records()]
            held = [con.execute(figures.used[key].sql).fetchall() for key in keys if key]
    finally:
        template.cache_clear()
    assert (printed.columns[-1].heading, printed.columns[-1].kind) == ("一日内办结件数", "count")
    assert [(row[2], row[-1]) for row in printed.rows] == [("住房", 2), ("教育", 3)]
    assert [[row[:2] for row in rows] for rows in held] == [[(2, 1)], [(3, 1)]]


def test_the_solver_leaves_the_new_count_out_and_says_why(home: Home):
    register = read_register(home, 2020)
    domain = Domain(
        {}, (), {}, {2019: (0,), 2020: (0,)}, lambda *_: [],
        rules=register.rules, metrics=register.metrics,
    )  # fmt: skip
    (row,) = (row for row in ledger.rows(home, 2020) if row["claim"] == "own-quick")
    with pytest.raises(Unsupported, match="计数表里没有办结时间"):
        constraints_of(row, domain)


def test_its_claims_are_judged_and_counted_again_from_the_records(home: Home):
    held, street = gather(home, "own-all"), gather(home, "own-street")
    assert (held["claim"]["verdict"], street["claim"]["verdict"]) == ("reproduced", "differs")
    assert held["is_agreed"] and street["is_agreed"]
    assert [(row["numerator"], row["denominator"]) for row in street["recounted"]] == [(2, 4)]
    assert held["metric"]["label"] == "不满意率"


def test_the_solver_takes_it_for_a_sum_of_call_backs(home: Home):
    register = read_register(home, 2020)
    domain = Domain(
        {}, (), {}, {2019: (0,), 2020: (0,)}, lambda *_: [],
        rules=register.rules, metrics=register.metrics,
    )  # fmt: skip
    (row,) = (row for row in ledger.rows(home, 2020) if row["claim"] == "own-all")
    (bound,) = constraints_of(row, domain)
    ((factor, above),), ((_, below),) = bound.numerator, bound.denominator
    assert (factor, above.table) == (1, "outcome")
    assert dict(above.filters) == {"is_valid": ("是",), "satisfaction": ("不满意",)}
    assert dict(below.filters) == {"is_valid": ("是",)}


def test_a_draft_that_names_it_is_held_against_it(home: Home, tmp_path, capsys):
    draft = tmp_path / "draft.txt"
    lines = ["2020年，全市不满意率为37.5%。", "2020年，街乡镇不满意率为49.0%。"]
    draft.write_text("\n".join(lines), encoding="utf-8")
    found = proofread(home, 2020, draft).findings
    verdicts = [(one.number.text, one.verdict, one.right) for one in found]
    assert verdicts == [("37.5%", "agrees", "37.5%"), ("49.0%", "differs", "50.0%")]


def test_a_printed_column_shows_it(home: Home):
    assert metrics_of(home).columns["unhappy_rate"] == "unsatisfied_rate"
    assert metrics_of(home).columns["unsatisfied_rate"] == "unsatisfied_rate"


def test_the_recipe_has_at_most_eight_places():
    """Counted from the table of the recipe, which lists each file that a new metric touches."""
    text = (REPOSITORY / "docs/new-metric.md").read_text(encoding="utf-8")
    places = re.findall(r"^\| (\d) \| ", text, re.M)
    assert places == [str(place) for place in range(1, len(places) + 1)]
    assert 5 <= len(places) <= 8
    table = "".join(re.findall(r"^\| \d \| (.*)$", text, re.M))
    files = re.findall(r"`([\w/.]+\.\w+)`", table)
    assert f"all eight places and {len(set(files))} files" in " ".join(text.split())

"""A metric that a home adds by the recipe of docs/new-metric.md, seen wherever metrics are seen.

The recipe is followed to the letter: its SQL, one line in the union, one entry of the register. The
invented metric is the part of valid call-backs that were not satisfied.
"""

import csv
import re
from fractions import Fraction

import pytest

from pipeline import ledger
from pipeline.audit.explain import gather
from pipeline.constraints.claim_constraints import constraints_of
from pipeline.constraints.ratio import Domain
from pipeline.constraints.register import read_register
from pipeline.home import REPOSITORY, Home
from pipeline.metrics.definitions import metrics_of
from pipeline.proofread import proofread
from tests.support.city import ask, build_only, deliver, make_home, record

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
    claim("own-street", "49.0%", "0.4895", "0.4905", unit_type="街乡镇"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = make_home(
        tmp_path_factory.mktemp("own"), {"partial_year": "year,is_partial,reason\n2020,否,x\n"}
    )
    # Step 2 of the recipe: the SQL, and its line in the list of parts.
    folder = made.sql / "metric"
    folder.mkdir(parents=True)
    (folder / "unsatisfied_rate.sql").write_text(SQL, encoding="utf-8")
    parts = (REPOSITORY / "sql/metric/figure_value.sql").read_text(encoding="utf-8")
    first = "    SELECT * FROM metric.record_count\n"
    assert first in parts
    own = f"{first}    UNION ALL\n    SELECT * FROM metric.unsatisfied_rate\n"
    (folder / "figure_value.sql").write_text(parts.replace(first, own), encoding="utf-8")
    # Step 3: what it is.
    (made.root / "data/reference/metric.toml").write_text(ENTRY, encoding="utf-8")
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
            )
            for unit_type, answers in ANSWERS.items()
            for n, satisfaction in enumerate(answers)
        ],
    )  # fmt: skip
    build_only(made, "metric.figure", "metric.held_day", "metric.lacking")
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
    (row,) = ledger.rows(home, 2020)[:1]
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

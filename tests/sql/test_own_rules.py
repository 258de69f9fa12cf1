"""A city with weights, words and assessment months of its own: SQL, recount and solver agree.

Its conventions: 基本满意 counts 6 of 10; the score is 20 response, 50 resolution, 30 satisfaction;
assessment months run from the 26th to the 25th.
"""

import csv
from decimal import Decimal as D
from fractions import Fraction

import pytest

from pipeline import ledger
from pipeline.bulletin import periods
from pipeline.constraints.claim_constraints import constraints_of
from pipeline.constraints.ratio import Domain, Unsupported
from pipeline.constraints.register import read_register
from pipeline.errors import USAGE, HotlineError
from pipeline.home import REPOSITORY, Home
from pipeline.metrics import recount
from pipeline.period import ASSESSMENT, parse
from pipeline.warehouse import build
from tests.support.city import ask, deliver, make_home, record

RULES = {
    "rate_convention": (
        "convention,satisfied_weight,basically_satisfied_weight,weight_base,valid_from,valid_to,"
        "definition\nown,10,6,10,,,x\n"
    ),
    "composite_convention": (
        "composite,convention,response_weight,resolution_weight,satisfaction_weight,valid_from,"
        "valid_to,definition,source\nown score,own,20,50,30,,,x,x\n"
    ),
    "assessment_month": "first_day_of_month,source\n26,x\n",
    "report_rule": (
        "rule,value,source,note\ninterval_z,1.959964,x,\nrank_min_n,2,x,\njoint_low,0.3,x,\n"
        "joint_high,0.7,x,\nmuch_change,0.25,x,\n"
    ),
}
# (contacted, resolution, satisfaction) of the call-backs, all of March 2020.
OUTCOMES = [
    (True, "解决", "满意"), (True, "解决", "满意"), (True, "解决", "满意"),
    (True, "解决", "基本满意"), (True, "解决", "基本满意"), (True, "未解决", "基本满意"),
    (True, "未解决", "不满意"), (False, "未解决", "未评价"),
]  # fmt: skip
# The first and last days of the assessment month of March, and the days beside them.
DAYS = {"2020-02-25": 1, "2020-02-26": 2, "2020-03-25": 4, "2020-03-26": 8}
# Of 8: 7 contacted, 5 resolved, 3 满意 and 3 基本满意, which weigh 3 * 10 + 3 * 6 = 48 of 80.
# Score: 20 * 7/8 + 50 * 5/8 + 30 * 48/80 = 17.5 + 31.25 + 18.
WORKED = {
    "response_rate": ("own", Fraction(7, 8)),
    "resolution_rate": ("own", Fraction(5, 8)),
    "satisfaction_rate": ("own", Fraction(48, 80)),
    "satisfaction_gap": ("own", Fraction(48, 80) - Fraction(5, 8)),
    "composite_score": ("own score", Fraction("66.75")),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = make_home(tmp_path_factory.mktemp("own"), RULES)
    rows = [record(f"{d}/{n}", f"{d} 08:00:00") for d, count in DAYS.items() for n in range(count)]
    rows += [
        record(
            f"called{n}", "2020-03-10 08:00:00", handling="派单", unit_type="区", unit="甲区",
            unit_district="甲区", is_valid=True, is_contacted=contacted, resolution=resolution,
            satisfaction=satisfaction,
        )
        for n, (contacted, resolution, satisfaction) in enumerate(OUTCOMES)
    ]  # fmt: skip
    deliver(made, rows)
    build(made)
    return made


def claimed(metric: str, convention: str) -> dict:
    return dict.fromkeys(ledger.COLUMNS, "") | dict.fromkeys(ledger.DIMENSIONS, "*") | {
        "claim": "c", "metric": metric, "convention": convention, "scope": "all",
        "method_version": "1", "date_basis": "received", "period_type": "year", "period": "2020",
        "relation": "equals", "printed": "x", "lower": D(0), "upper": D(1),
    }  # fmt: skip


@pytest.mark.parametrize("metric", WORKED)
def test_tables_weigh_by_the_citys_convention(home: Home, metric: str):
    convention, worked = WORKED[metric]
    found = ask(
        home,
        "SELECT numerator, denominator FROM metric.figure WHERE period = '2020' AND cut = 'total' "
        f"AND metric = '{metric}' AND convention = '{convention}'",
    )
    assert [Fraction(n, d) for n, d in found] == [worked]


@pytest.mark.parametrize("metric", WORKED)
def test_the_recount_weighs_by_the_citys_convention(home: Home, metric: str):
    convention, worked = WORKED[metric]
    query = recount.from_records(claimed(metric, convention), [(2020, 3)])
    assert query is not None
    ((numerator, denominator, _),) = ask(home, query.sql)
    assert Fraction(numerator, denominator) == worked


@pytest.mark.parametrize("metric", WORKED)
def test_the_solver_weighs_by_the_citys_convention(home: Home, metric: str):
    convention, worked = WORKED[metric]
    (bound,) = constraints_of(claimed(metric, convention), domain(home))
    assert summed(bound.numerator) / summed(bound.denominator) == worked


def domain(home: Home) -> Domain:
    register = read_register(home, 2020)
    return Domain({}, (), {}, {2019: (0,), 2020: (0,)}, lambda *_: [], rules=register.rules)


def summed(terms) -> Fraction:
    """The terms over the outcomes above."""
    total = Fraction(0)
    for factor, selector in terms:
        wanted = dict(selector.filters)
        for contacted, resolution, satisfaction in OUTCOMES:
            outcome = {"is_valid": "是", "is_contacted": "是" if contacted else "否"}
            outcome |= {"resolution": resolution, "satisfaction": satisfaction, "handling": "派单"}
            total += factor * all(outcome[name] in members for name, members in wanted.items())
    return total


def test_a_convention_that_the_city_lacks_cannot_be_solved(home: Home):
    with pytest.raises(Unsupported, match="rate_convention 里没有 jiesu2020"):
        constraints_of(claimed("satisfaction_rate", "jiesu2020"), domain(home))


def test_words_of_the_ledger_follow_the_citys_rules(home: Home):
    part = claimed("joint_share", "-") | {"dimension": "category", "members": "住房"}
    (most,) = constraints_of(part | {"relation": "predominant"}, domain(home))
    (joint,) = constraints_of(part | {"relation": "joint"}, domain(home))
    assert (most.lower, most.upper) == (Fraction(7, 10), None)
    assert (joint.lower, joint.upper) == (Fraction(3, 10), Fraction(7, 10))
    course = claimed("record_count", "-") | {
        "dimension": "period", "period_type": "month", "members": "2020-03",
    }  # fmt: skip
    (higher,) = constraints_of(course | {"relation": "much_higher"}, domain(home))
    (lower,) = constraints_of(course | {"relation": "much_lower"}, domain(home))
    assert [factor for factor, _ in higher.numerator] == [1, Fraction(-5, 4)]
    assert [factor for factor, _ in lower.numerator] == [-1, Fraction(3, 4)]


def test_assessment_months_run_from_the_citys_day(home: Home):
    rows = ask(
        home,
        "SELECT period, first_on, last_on, record_count FROM monthly.m01_overview "
        "WHERE period_type = 'assessment' ORDER BY 1",
    )
    assert [(p, str(first), str(last), count) for p, first, last, count in rows] == [
        ("2020-02", "2020-01-26", "2020-02-25", 1),
        # 26 and later of February, March to the 25th, and the 8 that were called back.
        ("2020-03", "2020-02-26", "2020-03-25", 2 + 4 + 8),
        ("2020-04", "2020-03-26", "2020-04-25", 8),
    ]
    with periods.open_built(home) as con:
        period = periods.dated(con, parse("2020-03", ASSESSMENT))
    assert period.label == "2020年3月考核期(2月26日至3月25日)"


@pytest.mark.parametrize("days", ["", "1\n", "29\n", "19\n26\n"])
def test_a_day_that_is_none_is_refused(tmp_path, days: str):
    rules = {"assessment_month": f"first_day_of_month\n{days}"}
    home = make_home(tmp_path, rules)
    deliver(home, [record("1", "2020-03-10 08:00:00")])
    with pytest.raises(HotlineError, match=r"assessment_month.csv 要有且只有一行") as refused:
        build(home)
    assert refused.value.code == USAGE


def test_the_rules_are_in_the_reference_data_alone():
    """No second 0.9, 60/40 or 18th: what weighs and words mean is read, not written."""
    with (REPOSITORY / "data/reference/rate_convention.csv").open(encoding="utf-8") as handle:
        (row,) = csv.DictReader(handle)
    rules = read_register(Home(REPOSITORY), 2020).rules
    weights = rules.weights["rate_convention"][row["convention"]]
    names = ("satisfied_weight", "basically_satisfied_weight", "weight_base")
    assert [weights[name] for name in names] == [10, 9, 10]
    score = rules.weights["composite_convention"]["composite2020"]
    names = ("response_weight", "resolution_weight", "satisfaction_weight")
    assert [score[name] for name in names] == [10, 50, 40]
    assert [rules.word(r) for r in ("joint_low", "joint_high", "much_change")] == [
        Fraction(2, 5), Fraction(3, 5), Fraction(1, 10),
    ]  # fmt: skip
    for path in (REPOSITORY / "sql").rglob("*.sql"):
        assert "<= 18 THEN" not in path.read_text(encoding="utf-8"), path

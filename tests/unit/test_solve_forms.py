"""Claims as linear forms, and the prior they are solved beside."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.constraints.claim_constraints import Domain, Unsupported, constraints_of
from pipeline.constraints.ledger_context import shells_of
from pipeline.constraints.register import read_register
from pipeline.constraints.rules import Rules
from pipeline.home import Home
from pipeline.simulate.solve.prior import read_prior
from pipeline.simulate.solve.prior_totals import shell_sizes

STREETS = ["东区/甲街", "东区/乙街", "西区/丙街", "西区/丁街"]
WEIGHTS = {
    "satisfied_weight": Fraction(10),
    "basically_satisfied_weight": Fraction(9),
    "weight_base": Fraction(10),
}
DOMAIN = Domain(
    regions={"城": ("东区",), "乡": ("西区",)},
    districts=("东区", "西区"),
    population={(2050, "东区"): 40_000},
    shells={2049: (1, 2), 2050: (1, 2)},
    members=lambda dimension, selector: {"street": STREETS, "category": ["甲", "乙"]}[dimension],
    rules=Rules({"rate_convention": {"own": WEIGHTS}}),
)
DIMENSIONS = (
    *("record_type", "category", "subcategory", "handling", "unit_type", "unit"),
    *("region", "district", "street", "channel", "desk"),
    *("platform", "praise_form", "epidemic", "tag"),
)


def claim(**cells) -> dict:
    row = dict.fromkeys(DIMENSIONS, "*") | {
        "claim": "c", "metric": "record_count", "scope": "tier1", "period_type": "year",
        "period": "2050", "relation": "equals", "dimension": "", "members": "", "printed": "",
        "lower": Decimal("10"), "upper": Decimal("20"), "status": "",
        "repair_lower": None, "repair_upper": None,
    }  # fmt: skip
    return row | cells


def spelt(terms) -> list:
    return [(c, s.table, s.year, s.shell, dict(s.filters)) for c, s in terms]


def test_a_count_of_a_tier_sums_its_shells():
    (got,) = constraints_of(claim(scope="tier2", handling="派单"), DOMAIN)
    where = {"handling": ("派单",)}
    assert spelt(got.numerator) == [(1, "base", 2050, 1, where), (1, "base", 2050, 2, where)]
    assert (got.denominator, got.lower, got.upper) == ((), 10, 20)


def test_growth_is_the_difference_over_the_year_before():
    (got,) = constraints_of(claim(metric="growth_record_count", category="甲"), DOMAIN)
    where = {"category": ("甲",)}
    assert spelt(got.numerator) == [(1, "base", 2050, 1, where), (-1, "base", 2049, 1, where)]
    assert spelt(got.denominator) == [(1, "base", 2049, 1, where)]


def test_per_10k_divides_by_the_districts_people():
    (got,) = constraints_of(claim(metric="per_10k", district="东区"), DOMAIN)
    where = {"district": ("东区",), "unit_type": ("区", "街乡镇")}
    assert spelt(got.numerator) == [(Fraction(1, 4), "hand", 2050, 1, where)]


def test_unit_type_share_is_of_the_dispatched_only():
    (got,) = constraints_of(claim(metric="unit_type_share", unit_type="区"), DOMAIN)
    assert spelt(got.numerator) == [(1, "hand", 2050, 1, {"unit_type": ("区",)})]
    assert spelt(got.denominator) == [(1, "base", 2050, 1, {"handling": ("派单",)})]


def test_satisfaction_weighs_the_fairly_satisfied():
    (got,) = constraints_of(claim(metric="satisfaction_rate", convention="own"), DOMAIN)
    assert [(c, dict(s.filters)["satisfaction"]) for c, s in got.numerator] == [
        (1, ("满意",)),
        (Fraction(9, 10), ("基本满意",)),
    ]


def test_smallest_is_below_every_other():
    ranked = claim(relation="smallest", dimension="category", members="乙", lower=None, upper=None)
    (got,) = constraints_of(ranked, DOMAIN)
    assert [(c, dict(s.filters)["category"]) for c, s in got.numerator] == [
        (1, ("甲",)),
        (-1, ("乙",)),
    ]
    assert (got.lower, got.upper) == (1, None)


def test_top_members_fill_the_quota_in_order_of_the_prior():
    top = claim(
        relation="top_members", dimension="street", unit_type="街乡镇", members="东区|西区",
        printed="2:东区=1|西区=1", lower=None, upper=None,
    )  # fmt: skip
    got = constraints_of(top, DOMAIN)
    pairs = [tuple(dict(s.filters)["street"][0] for _, s in c.numerator) for c in got]
    assert pairs == [("甲街", "丙街"), ("丙街", "乙街"), ("丙街", "丁街")]


def test_a_contradicted_claim_counts_as_its_repair_or_not_at_all():
    assert constraints_of(claim(status="contradicted"), DOMAIN) == []
    mended = claim(status="contradicted", repair_lower=Decimal(1), repair_upper=Decimal(2))
    (got,) = constraints_of(mended, DOMAIN)
    assert (got.lower, got.upper) == (1, 2)


def test_what_no_table_holds_is_unsupported():
    with pytest.raises(Unsupported):
        constraints_of(claim(channel="电话", record_type="咨询"), DOMAIN)
    with pytest.raises(Unsupported):
        constraints_of(claim(metric="median_days"), DOMAIN)


def test_shell_sizes_come_from_complete_cuts_and_growth():
    claims = [
        claim(handling="直接解答", lower=Decimal(590), upper=Decimal(610)),
        claim(handling="派单", lower=Decimal(390), upper=Decimal(410)),
        claim(scope="tier2", lower=Decimal(1190), upper=Decimal(1210)),
        claim(scope="tier2", metric="growth_record_count", lower=Decimal(1), upper=Decimal(1)),
    ]
    shells = shells_of(claims, 2050)
    assert shells == {2049: (1, 2), 2050: (1, 2)}
    sizes = shell_sizes(claims, 2050, shells)
    assert sizes == pytest.approx({(2050, 1): 1000, (2050, 2): 200, (2049, 1): 500, (2049, 2): 100})
    assert shells_of([claim(scope="all")], 2050) == {2049: (0,), 2050: (0,)}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with two categories, two districts, one unit and a few prior weights."""
    files = {
        "reference/category.csv": "category,sort_order\n甲,1\n乙,2\n",
        "reference/subcategory.csv": "category,subcategory,sort_order\n甲,一,1\n甲,二,2\n",
        "reference/district.csv": "district,region,sort_order\n东区,城,1\n西区,乡,2\n",
        "reference/street.csv": "district,street\n东区,甲街\n西区,丙街\n",
        "reference/unit.csv": "unit,unit_type,valid_from,valid_to\n某局,市级部门,,\n"
        "旧局,市级部门,,2010-01-01\n",
        "calibration/prior.csv": "axis,member,given_axis,given,weight\n"
        "category,甲,,,3\ncategory,乙,,,1\n"
        "category,甲,year,2049,1\ncategory,乙,year,2049,1\n"
        "handling,直接解答,,,1\nhandling,派单,,,1\nhandling_tilt,直接解答,category,甲,3\n"
        "district,东区,unit_type,区,6\ndistrict,西区,unit_type,区,3\ndistrict,?,unit_type,区,1\n"
        "district,东区,unit_type:category,区:甲,1\n",
    }
    for name, text in files.items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Home(tmp_path)


def test_the_most_specific_table_wins_and_tilts_bend_it(home):
    prior = read_prior(home, read_register(home, 2050))

    def weights(axis, **context):
        names, values = prior.weights(axis, context)
        return dict(zip(names, values.tolist(), strict=True))

    assert weights("category", year="2050") == pytest.approx({"甲": 0.75, "乙": 0.25})
    assert weights("category", year="2049") == pytest.approx({"甲": 0.5, "乙": 0.5})
    assert weights("handling", category="甲") == pytest.approx({"直接解答": 0.75, "派单": 0.25})
    assert weights("handling", category="乙") == pytest.approx({"直接解答": 0.5, "派单": 0.5})
    # The detailed table leaves out `?`: it keeps its tenth from the table above it.
    fine = weights("district", unit_type="区", category="甲")
    assert fine == pytest.approx({"东区": 0.9, "?": 0.1})
    coarse = weights("district", unit_type="区", category="乙")
    assert coarse == pytest.approx({"东区": 0.6, "西区": 0.3, "?": 0.1})
    assert weights("unit", unit_type="市级部门") == {"某局": 1.0}


def test_the_cells_of_each_table_sum_to_its_part_of_the_year(home):
    prior = read_prior(home, read_register(home, 2050))
    shares = {t: prior.cells(t, 2050, 0)[1].sum() for t in ("base", "type", "hand", "sub", "place")}
    assert shares == pytest.approx(dict.fromkeys(shares, 1.0))
    keys, share = prior.cells("hand", 2050, 0)
    dispatched = share[(keys["handling"] == "派单").to_numpy()].sum()
    assert prior.cells("outcome", 2050, 0)[1].sum() == pytest.approx(dispatched)
    assert set(keys["district"][keys["unit_type"] == "街乡镇"]) == {"东区", "西区"}

"""Bulletins and the year say the same: months and quarters add up to the annual tables."""

import duckdb
import pytest

from tests.support.tiny import YEAR

RATES = [
    f"{rate}_{side}"
    for rate in ("response", "resolution", "satisfaction")
    for side in ("numerator", "denominator")
]
# Annual table: the table of bulletins, what names a row in both, what adds up, and which rows.
PAIRS = {
    "t01_overview": (
        "m01_overview",
        ["scope"],
        [
            f"{part}_count"
            for part in ("record", "dispatched", "direct", "phone", "online", "online_dispatched")
        ],
        "TRUE",
    ),
    "t02_channel": ("m02_channel", ["channel"], ["record_count"], "TRUE"),
    "t04_type": ("m03_type", ["record_type"], ["record_count"], "TRUE"),
    "t11_district": ("m07_district", ["district"], ["record_count"], "TRUE"),
    "t12_street": ("m08_street", ["district", "street"], ["record_count"], "NOT is_rest"),
    "t15_category": ("m04_category", ["category"], ["record_count"], "NOT is_rest"),
    "t21_rate": ("m10_rate", ["convention", "unit_type"], RATES, "TRUE"),
    "t33_unit_rank": (
        "m09_unit",
        ["convention", "unit_type", "district", "street", "unit"],
        ["called_back_count"],
        "TRUE",
    ),
}


def added(
    con: duckdb.DuckDBPyConnection, annual: str, period_type: str, year: str
) -> tuple[dict, dict]:
    """Return the year's rows and the sums of its periods: what names a row -> what adds up."""
    monthly, names, counts, where = PAIRS[annual]
    key, sums = ", ".join(names), ", ".join(f"sum({name})" for name in counts)
    whole = con.execute(
        f"SELECT {key}, {', '.join(counts)} FROM annual.{annual} WHERE year = {year}"
    )
    found = {row[: len(names)]: row[len(names) :] for row in whole.fetchall()}
    if annual == "t01_overview" and period_type == "quarter":
        # Quarters have their totals on every scope, too.
        assert len(found) == 3
    parts = con.execute(
        f"SELECT {key}, {sums} FROM monthly.{monthly} WHERE period_type = '{period_type}' "
        f"AND period LIKE '{year}-%' AND {where} GROUP BY {key}"
    )
    summed = {row[: len(names)]: row[len(names) :] for row in parts.fetchall()}
    # Gone in every period of the year: it is in bulletins for its fall alone.
    return found, {name: row for name, row in summed.items() if any(row) or name in found}


@pytest.mark.parametrize("period_type", ["month", "quarter"])
@pytest.mark.parametrize("annual", PAIRS)
def test_the_periods_of_a_year_add_up_to_its_table(warehouse, annual: str, period_type: str):
    whole, parts = added(warehouse, annual, period_type, YEAR)
    assert len(whole) > 1
    assert parts == whole


@pytest.mark.parametrize("table", ["m04_category", "m05_subcategory", "m06_topic", "m08_street"])
def test_what_is_listed_and_the_rest_sum_to_the_total(warehouse, table: str):
    total = f"SELECT period_type, period, max(share_denominator) FROM monthly.{table} GROUP BY ALL"
    listed = (
        f"SELECT period_type, period, sum(record_count) FROM monthly.{table} "
        "WHERE is_listed OR is_rest GROUP BY ALL"
    )
    every = (
        f"SELECT period_type, period, sum(record_count) FROM monthly.{table} "
        "WHERE NOT is_rest GROUP BY ALL"
    )
    wholes = sorted(warehouse.execute(total).fetchall())
    assert len(wholes) == 24 + 25 + 8
    assert sorted(warehouse.execute(listed).fetchall()) == wholes
    assert sorted(warehouse.execute(every).fetchall()) == wholes


def test_assessment_months_hold_every_record_once(warehouse):
    """Counted again from the records: from the 19th on, a record is of the next month's."""
    counted = warehouse.execute(
        """SELECT strftime(CASE WHEN day(received_at) > 18
                  THEN date_trunc('month', received_at) + INTERVAL 1 MONTH
                  ELSE received_at END, '%Y-%m'), count(*)
           FROM core.record WHERE scope_tier = 1 GROUP BY 1"""
    ).fetchall()
    printed = warehouse.execute(
        """SELECT period, record_count FROM monthly.m01_overview
           WHERE period_type = 'assessment' AND is_section"""
    ).fetchall()
    assert len(printed) == 25
    assert dict(printed) == dict(counted)


def test_assessment_rates_are_pooled_over_their_own_days(warehouse):
    """November's, from the records: called back, and of these resolved."""
    first, last = f"{YEAR}-10-19", f"{YEAR}-11-18"
    counted = warehouse.execute(
        f"""SELECT count(*) FILTER (WHERE resolution = '解决'), count(*) FROM core.record
            WHERE scope_tier = 1 AND is_called_back
            AND CAST(received_at AS DATE) BETWEEN DATE '{first}' AND DATE '{last}'"""
    ).fetchall()
    printed = warehouse.execute(
        f"""SELECT resolution_numerator, resolution_denominator FROM monthly.m10_rate
            WHERE period_type = 'assessment' AND period = '{YEAR}-11' AND unit_type = '合计'"""
    ).fetchall()
    assert printed == counted
    assert counted[0][1] > 100


def test_changes_are_those_of_the_figures(warehouse):
    """metric.changed rounds by itself; where metric.figure has the same, they agree."""
    differing = warehouse.execute(
        """SELECT count(*), count(*) FILTER (WHERE changed.growth_rate <> figure.value)
           FROM metric.changed AS changed JOIN metric.figure AS figure
           ON figure.metric = 'growth_' || changed.metric AND figure.scope = changed.scope
           AND figure.period_type = changed.period_type AND figure.period = changed.period
           AND figure.cut = changed.cut AND figure.record_type = changed.record_type
           AND figure.category = changed.category AND figure.subcategory = changed.subcategory
           AND figure.handling = changed.handling AND figure.unit_type = changed.unit_type
           AND figure.region = changed.region AND figure.district = changed.district
           AND figure.street = changed.street AND figure.channel = changed.channel
           WHERE NOT changed.is_rest AND changed.growth_rate IS NOT NULL"""
    ).fetchall()[0]
    assert differing[0] > 500
    assert differing[1] == 0


def test_repeats_of_the_months_add_up_to_the_year(warehouse):
    year = warehouse.execute(
        """SELECT metric, numerator FROM metric.figure WHERE period_type = 'year'
           AND period = ? AND scope = 'tier1' AND cut = 'total' AND metric IN (
               'redispatched_count', 'repeat_call_count', 'reopened_count', 'mass_matter_count')""",
        [YEAR],
    ).fetchall()
    for period_type in ("month", "quarter"):
        months = warehouse.execute(
            """SELECT metric, sum(record_count) FROM monthly.m11_repeat
               WHERE period_type = ? AND period LIKE ? || '-%'
               GROUP BY 1 HAVING sum(record_count) > 0""",
            [period_type, YEAR],
        ).fetchall()
        assert dict(year)["redispatched_count"] > 50
        assert dict(months) == dict(year)

"""sql/audit/verdict.sql on a few figures and claims whose verdicts are worked by hand."""

import csv
import json
from decimal import Decimal

import duckdb
import pandas as pd
import pytest

from pipeline import ledger
from pipeline.audit import audit
from pipeline.audit.judge import register_claims, run
from pipeline.errors import IO, NO_DATA, USAGE, HotlineError
from pipeline.home import Home

KEY = dict.fromkeys(ledger.DIMENSIONS, "*") | {
    "metric": "record_count",
    "method_version": "1",
    "convention": "-",
    "scope": "all",
    "date_basis": "received",
    "period_type": "year",
    "period": "2020",
}


def figure(numerator, denominator=1, *, partial=False, **key):
    """One row of metric.figure."""
    value = round(numerator / denominator, 8)
    return {**KEY, **key, "numerator": numerator, "denominator": denominator} | {
        "value": value,
        "is_partial": partial,
    }


def claim(relation, lower=None, upper=None, **cells):
    """One row of published.claim; `lower` and `upper` as typed."""
    row = dict.fromkeys(ledger.COLUMNS, "") | KEY | dict.fromkeys(ledger.NUMBERS)
    row |= {"claim": "c", "year": 2020, "relation": relation} | cells
    row["lower"] = None if lower is None else Decimal(lower)
    row["upper"] = None if upper is None else Decimal(upper)
    return row


def put_figures(con, figures):
    """Make metric.figure of the rows."""
    columns = dict.fromkeys(KEY, "VARCHAR") | {
        "numerator": "BIGINT",
        "denominator": "BIGINT",
        "value": "DECIMAL(18, 8)",
        "is_partial": "BOOLEAN",
    }
    con.execute("CREATE SCHEMA metric")
    typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    con.execute(f"CREATE TABLE metric.figure ({typed})")
    con.executemany(
        f"INSERT INTO metric.figure VALUES ({', '.join('?' * len(columns))})",
        [[row[name] for name in columns] for row in figures],
    )


def verdicts(figures, *claims):
    """Return claim id -> row of the verdict."""
    with duckdb.connect() as con:
        put_figures(con, figures)
        register_claims(con, pd.DataFrame(list(claims), columns=list(ledger.COLUMNS), dtype=object))
        rows = run(con)
    assert len(rows) == len(claims)
    return {row["claim"]: row for row in rows}


def verdict(figures, one):
    return verdicts(figures, one)["c"]["verdict"]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1049, "differs"),
        (1050, "reproduced"),  # the lower end belongs to the interval
        (1149, "reproduced"),
        (1150, "differs"),  # the upper end does not
    ],
)
def test_a_count_at_the_ends_of_its_interval(count, expected):
    assert verdict([figure(count)], claim("equals", "1050", "1150", printed="0.11万件")) == expected


@pytest.mark.parametrize(
    ("numerator", "expected"),
    [
        # 0.13955 and 0.13965 of 2,000,000 are 279,100 and 279,300.
        (279_099, "differs"),
        (279_100, "reproduced"),
        (279_299, "reproduced"),
        (279_300, "differs"),
    ],
)
def test_a_share_is_judged_by_one_record(numerator, expected):
    shares = [figure(numerator, 2_000_000, metric="channel_share", channel="电话")]
    wanted = claim("equals", "0.13955", "0.13965", metric="channel_share", channel="电话")
    assert verdict(shares, wanted) == expected


def test_an_edge_that_eight_decimals_of_the_value_would_blur():
    # 0.3333333299 lies below 0.33333333, but reads so when rounded to eight decimals.
    blurred = [figure(3_333_333_299, 10_000_000_000, metric="x_share")]
    wanted = claim("equals", "0.33333333", "0.4", metric="x_share")
    assert blurred[0]["value"] == 0.33333333
    assert verdict(blurred, wanted) == "differs"


def test_at_least_includes_the_bound():
    assert verdict([figure(12_000)], claim("at_least", "12000")) == "reproduced"
    assert verdict([figure(11_999)], claim("at_least", "12000")) == "differs"


def test_growth_may_be_negative():
    fall = [figure(-5, 100, metric="growth_record_count")]
    wanted = claim("equals", "-0.055", "-0.045", metric="growth_record_count")
    assert verdict(fall, wanted) == "reproduced"


ELSEWHERE = ("scope", "period", "convention", "date_basis", "method_version", "channel")


@pytest.mark.parametrize("cell", ELSEWHERE)
def test_every_cell_of_the_key_counts(cell):
    row = verdicts([figure(1100, **{cell: "x"})], claim("equals", "1050", "1150"))["c"]
    assert (row["verdict"], row["numerator"]) == ("not computable", None)
    assert row["reason"]


def test_a_cell_without_records_is_a_zero_and_not_an_excuse():
    others = [figure(900, channel="电话")]
    row = verdicts(others, claim("equals", "50", "150", channel="网络"))["c"]
    assert (row["verdict"], row["numerator"], row["denominator"]) == ("differs", 0, 1)
    # a dump without the column has unknowns only: then there is nothing to judge by
    unknown = [figure(900, channel="?")]
    assert verdict(unknown, claim("equals", "50", "150", channel="网络")) == "not computable"


def test_no_growth_is_made_of_nothing():
    others = [figure(1, 2, metric="growth_record_count", category="甲")]
    wanted = claim("equals", "-0.5", "0.5", metric="growth_record_count", category="乙")
    assert verdict(others, wanted) == "not computable"


def test_a_partial_year_is_not_judged():
    wanted = claim("equals", "1050", "1150")
    assert verdict([figure(1100, partial=True)], wanted) == "not computable"


def test_contradicted_shows_the_figure_all_the_same():
    wanted = claim("equals", "1050", "1150", status="contradicted", reason="容不下")
    row = verdicts([figure(110)], wanted)["c"]
    assert (row["verdict"], row["numerator"], row["reason"]) == ("contradicted", 110, "容不下")
    inside = verdicts([figure(1100)], wanted)["c"]
    assert inside["verdict"] == "contradicted"
    assert inside["reason"].startswith("容不下") and inside["reason"] != "容不下"


def test_a_blank_of_the_document_is_computed_and_not_judged():
    row = verdicts([figure(7)], claim("equals", printed="**件"))["c"]
    assert (row["verdict"], row["numerator"]) == ("not published", 7)


def ranking(**counts):
    """Figures by category, beside a total and an unknown that must not be ranked."""
    return [
        figure(10_000),
        figure(9_000, category="?"),
        *(figure(count, category=name) for name, count in counts.items()),
    ]


def listed(members, relation="ranked_list", dimension="category", **cells):
    return claim(relation, dimension=dimension, members=members, **cells)


def test_a_list_is_the_first_members_in_their_order():
    figures = ranking(甲=30, 乙=20, 丙=10, 丁=5)
    assert verdict(figures, listed("甲|乙|丙")) == "reproduced"
    wrong = verdicts(figures, listed("乙|甲|丙"))["c"]
    assert (wrong["verdict"], wrong["computed"]) == ("differs", "甲|乙|丙")
    assert verdict(figures, listed("甲|乙|丁")) == "differs"  # 丙 left out
    assert verdict(figures, listed("甲|丙")) == "differs"
    assert verdict(figures, listed("甲|乙|丙|丁|戊")) == "differs"  # 戊 does not exist


def test_one_record_turns_a_list():
    wanted = listed("甲|乙")
    assert verdict(ranking(甲=30, 乙=20, 丙=19), wanted) == "reproduced"
    assert verdict(ranking(甲=30, 乙=20, 丙=21), wanted) == "differs"


def test_between_equals_the_printed_order_is_right():
    figures = ranking(甲=30, 乙=20, 丙=20, 丁=20)
    for members in ("甲|乙", "甲|丙", "甲|丁|乙", "甲|丁|丙|乙"):
        assert verdict(figures, listed(members)) == "reproduced", members
    assert verdict(figures, listed("乙|甲")) == "differs"


def test_a_name_inside_a_longer_name_is_not_that_member():
    figures = ranking(住房安全=30, 住房=20, 安全=10)
    assert verdict(figures, listed("住房安全|住房")) == "reproduced"
    row = verdicts(figures, listed("住房"))["c"]
    assert (row["verdict"], row["computed"]) == ("differs", "住房安全")


def test_largest_and_smallest():
    figures = ranking(甲=30, 乙=20, 丙=10)
    assert verdict(figures, listed("甲", "largest")) == "reproduced"
    assert verdict(figures, listed("乙", "largest")) == "differs"
    assert verdict(figures, listed("丙", "smallest")) == "reproduced"
    assert verdict(figures, listed("乙", "smallest")) == "differs"


def test_other_cells_of_the_key_hold_for_every_member():
    figures = [
        figure(30, category="甲", channel="电话"),
        figure(20, category="乙", channel="电话"),
        figure(1, category="甲"),
        figure(2, category="乙"),
    ]
    assert verdict(figures, listed("甲|乙", channel="电话")) == "reproduced"
    assert verdict(figures, listed("乙|甲")) == "reproduced"


def test_ratios_are_ranked_crosswise():
    # 0.333333333 lies below 1/3; rounded to eight decimals they are equal.
    figures = [
        figure(333_333_333, 1_000_000_000, metric="per_10k", district="东区"),
        figure(1, 3, metric="per_10k", district="西区"),
    ]
    assert figures[0]["value"] == figures[1]["value"]
    wanted = {"metric": "per_10k", "dimension": "district"}
    assert verdict(figures, listed("西区|东区", **wanted)) == "reproduced"
    assert verdict(figures, listed("东区|西区", **wanted)) == "differs"
    assert verdict(figures, listed("东区", "smallest", **wanted)) == "reproduced"


def months(low, high, last=12):
    return [
        figure(high if m == 4 else low, period_type="month", period=f"2020-{m:02d}")
        for m in range(1, last + 1)
    ]


def test_the_peak_month_of_a_whole_year_only():
    peak = listed("2020-04", "largest", "period", period_type="month", period="2020")
    assert verdict(months(10, 11), peak) == "reproduced"
    assert verdict(months(10, 9), peak) == "differs"
    assert verdict(months(10, 11, last=11), peak) == "not computable"


def streets(*rows):
    return [figure(1000, district="丰台区", street="*", unit_type="街乡镇")] + [
        figure(count, district=district, street=street, unit_type="街乡镇")
        for district, street, count in rows
    ]


FOUR = [("丰台区", "八里", 40), ("通州区", "八里", 30), ("丰台区", "新村", 20), ("通州区", "?", 99)]


def test_streets_are_told_by_district_and_name():
    cells = {"dimension": "street", "unit_type": "街乡镇"}
    assert verdict(streets(*FOUR), listed("丰台区/八里|通州区/八里", **cells)) == "reproduced"
    assert verdict(streets(*FOUR), listed("通州区/八里|丰台区/八里", **cells)) == "differs"


def test_how_many_of_the_first_lie_in_each_district():
    def top(printed, members):
        cells = {"dimension": "street", "unit_type": "街乡镇", "printed": printed}
        return verdicts(
            streets(*FOUR, ("通州区", "末", 1)), listed(members, "top_members", **cells)
        )

    right = top("3:丰台区=2|通州区=1", "丰台区|通州区")["c"]
    assert (right["verdict"], right["computed"]) == ("reproduced", "3:丰台区=2|通州区=1")
    wrong = top("3:丰台区=1|通州区=2", "丰台区|通州区")["c"]
    assert (wrong["verdict"], wrong["computed"]) == ("differs", "3:丰台区=2|通州区=1")
    missing = top("3:丰台区=3", "丰台区")["c"]
    assert (missing["verdict"], missing["computed"]) == ("differs", "3:丰台区=2|通州区=1")


# -- the whole audit on a warehouse of a few figures ------------------------------------------


def write_ledger(root, *claims):
    folder = root / "data" / "published"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "d.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(ledger.COLUMNS)
        for row in claims:
            cells = {**row, "document": "d", "section": row["section"] or "1 总体"}
            writer.writerow(["" if cells[name] is None else cells[name] for name in ledger.COLUMNS])
    reference = root / "data" / "reference"
    reference.mkdir(parents=True, exist_ok=True)
    (reference / "metric.csv").write_text("metric\nrecord_count\n", encoding="utf-8")


def write_warehouse(root, figures, *, scale=1.0, simulated=False):
    home = Home(root)
    home.warehouse.mkdir(parents=True, exist_ok=True)
    home.database.unlink(missing_ok=True)
    con = duckdb.connect(str(home.database))
    put_figures(con, figures)
    con.execute("CREATE VIEW metric.record_count AS SELECT * FROM metric.figure")
    con.execute("CREATE SCHEMA core")
    con.execute("CREATE TABLE core.partition AS SELECT 'r' AS receipt, 2020 AS year")
    con.execute(
        "CREATE TABLE core.receipt AS SELECT 'r' AS receipt, ? AS simulated, ? AS scale",
        [simulated, scale],
    )
    con.close()
    return home


TOTAL = claim("equals", "1050", "1150", claim="d-1-total", label="总量", printed="若干件")
PART = {"channel": "网络", "printed": "90件", "section": "10 渠道"}
FALSE = claim("equals", "89.5", "90.5", claim="d-2-part", status="contradicted", **PART) | {
    "reason": "容不下"
}


def test_an_audit_counts_and_fails_on_a_figure_that_differs(tmp_path, capsys):
    write_ledger(tmp_path, TOTAL, FALSE)
    right = [figure(1100), figure(80, channel="网络")]
    result = audit(write_warehouse(tmp_path, right), 2020)
    assert {k: n for k, n in result.counts.items() if n} == {"reproduced": 1, "contradicted": 1}
    assert result.exit_code == 0
    told = capsys.readouterr().out
    assert "d-2-part" in told and "d-1-total" not in told and "模拟数据" not in told
    wrong = [figure(1150), figure(80, channel="网络")]
    result = audit(write_warehouse(tmp_path, wrong, simulated=True), 2020)
    assert (result.counts["differs"], result.exit_code) == (1, 1)
    told = capsys.readouterr().out
    assert "1,150" in told and "[1,050, 1,150)" in told and "模拟数据" in told


def test_the_json_holds_every_claim_exactly(tmp_path):
    write_ledger(tmp_path, TOTAL, FALSE)
    out = tmp_path / "audit.json"
    home = write_warehouse(tmp_path, [figure(1100), figure(80, channel="网络")], simulated=True)
    audit(home, 2020, out)
    rows = {row["claim"]: row for row in json.loads(out.read_text(encoding="utf-8"))}
    total = rows["d-1-total"]
    assert (total["verdict"], total["numerator"], total["denominator"]) == ("reproduced", 1100, 1)
    assert (Decimal(total["lower"]), Decimal(total["upper"])) == (1050, 1150)
    assert (total["scope"], total["sql"]) == ("all", "sql/metric/record_count.sql")
    assert total["simulated"] is True
    assert rows["d-2-part"]["verdict"] == "contradicted"
    with pytest.raises(HotlineError) as caught:
        audit(home, 2020, tmp_path / "no" / "folder.json")
    assert caught.value.code == IO


def test_a_scaled_dump_is_not_judged(tmp_path, capsys):
    write_ledger(tmp_path, TOTAL, FALSE)
    result = audit(write_warehouse(tmp_path, [figure(11)], scale=0.01, simulated=True), 2020)
    assert result.counts["not computable"] == 2
    assert result.exit_code == 0
    assert "达不到公布的精度" in capsys.readouterr().out


def test_what_cannot_be_audited_is_told_in_one_line(tmp_path):
    write_ledger(tmp_path, TOTAL)
    with pytest.raises(HotlineError, match="hotline build") as caught:
        audit(Home(tmp_path), 2020)
    assert caught.value.code == NO_DATA
    home = write_warehouse(tmp_path, [figure(5, period="2019")])
    with pytest.raises(HotlineError, match=r"没有 2020 年.*2019") as caught:
        audit(home, 2020)
    assert caught.value.code == NO_DATA
    with pytest.raises(HotlineError, match=r"没有 2031 年.*2020") as caught:
        audit(home, 2031)
    assert caught.value.code == USAGE
    home.database.unlink()
    duckdb.connect(str(home.database)).close()
    with pytest.raises(HotlineError, match="缺表") as caught:
        audit(home, 2020)
    assert caught.value.code == IO
    home.database.write_bytes(b"no database")
    with pytest.raises(HotlineError, match="打不开") as caught:
        audit(home, 2020)
    assert caught.value.code == IO

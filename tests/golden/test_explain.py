"""`hotline explain` on the tiny city: what it prints is run again, and must give the figure."""

import csv
import gzip
import hashlib
import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from pipeline import ledger
from pipeline.audit.explain import agrees, ask
from pipeline.home import REPOSITORY
from pipeline.metrics import recount
from tests.support.processes import hotline
from tests.support.tiny import TINY, YEAR

LEDGER = TINY / "data/published/tiny.csv"
with LEDGER.open(encoding="utf-8") as _handle:
    _ROWS = list(csv.DictReader(_handle))
CLAIMS = [row["claim"] for row in _ROWS]
# The first claim of each metric and relation is quick, the others are slow.
_FIRST = {(row["metric"], row["relation"]): row["claim"] for row in reversed(_ROWS)}.values()
EXPLAINED = [
    pytest.param(claim, marks=() if claim in _FIRST else pytest.mark.slow) for claim in CLAIMS
]


def explained(home: Path, claim: str, *arguments: str) -> dict:
    path = home.parent / "explained.json"
    result = hotline(home, "explain", claim, "--json", str(path), *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(path.read_text("utf-8"))


def printed_sql(screen: str) -> list[str]:
    """The statements as on the screen, cut out by their first and last words."""
    return re.findall(r"^(?:SELECT|WITH)\b.*?(?=\n(?:→|\s*\n))", screen, re.M | re.S)


@pytest.mark.parametrize("claim", EXPLAINED)
def test_the_printed_text_runs_in_a_notebook_and_gives_the_figure_twice(city, warehouse, claim):
    result = hotline(city, "explain", claim)
    assert result.exit_code == 0
    assert "与指标表一致" in result.output
    from_metric, from_records = (
        {row.get("member"): (row["numerator"], row["denominator"]) for row in ask(warehouse, sql)}
        for sql in printed_sql(result.output)
    )
    assert from_metric
    assert from_records == from_metric
    assert all(isinstance(side, int) for pair in from_records.values() for side in pair)


def families(con: duckdb.DuckDBPyConnection) -> list[dict]:
    """One known member of every metric, cut, scope and kind of period, as a claim would ask."""
    known = " AND ".join(f"{name} <> '?'" for name in ledger.DIMENSIONS)
    return ask(
        con,
        f"""SELECT DISTINCT ON (metric, cut, scope, period_type) * FROM metric.figure
            WHERE substring(period, 1, 4) = '{YEAR}' AND period_type IN ('month', 'year')
            AND {known}
            ORDER BY metric, cut, scope, period_type, numerator DESC, period, {known}""",
    )


def asked(con: duckdb.DuckDBPyConnection, claim: dict) -> tuple[list[dict], list[dict]]:
    months = con.execute("SELECT DISTINCT year, month FROM source.partition").fetchall()
    counted = recount.from_records(claim, months)
    assert counted is not None, claim["metric"]
    return ask(con, recount.from_figures(claim).sql), ask(con, counted.sql)


@pytest.mark.slow
def test_the_records_give_every_family_of_figures(warehouse):
    """Not the ledger's claims alone: each metric in each cut that the warehouse computes."""
    value = {"dimension": "", "members": "", "relation": "equals"}
    held = families(warehouse)
    # Every metric but one whose members are all unknown in this city.
    known = " AND ".join(f"{name} <> '?'" for name in ledger.DIMENSIONS)
    metrics = ask(warehouse, f"SELECT DISTINCT metric FROM metric.figure WHERE {known}")
    assert {row["metric"] for row in held} == {row["metric"] for row in metrics}
    assert len(metrics) > 15
    wrong = [
        (row["metric"], row["cut"], row["scope"], row["period"], figure, count)
        for row in held
        for figure, count in [asked(warehouse, row | value)]
        if agrees(figure, count) is not True
    ]
    assert wrong == []


@pytest.mark.slow
def test_the_records_give_every_list_of_figures(warehouse):
    wrong = []
    for row in families(warehouse):
        for dimension in set(row["cut"].split()) - {"total"}:
            claim = row | {"dimension": dimension, dimension: "*", "relation": "ranked_list"}
            if dimension in ("district", "street") and row["street"] != "*":
                claim |= {"dimension": "street", "district": "*", "street": "*"}
            figures, counts = asked(warehouse, claim | {"members": ""})
            assert figures
            if agrees(figures, counts) is not True:
                wrong.append((row["metric"], row["cut"], dimension, row["period"]))
    assert wrong == []


def test_figures_worked_by_hand_from_the_ledger(city):
    street = explained(city, "tiny-3-east-gate")
    assert [street["recounted"][0][name] for name in ("numerator", "record_count")] == [318, 318]
    share = explained(city, "tiny-1-direct-share")["recounted"][0]
    assert (share["numerator"], share["denominator"]) == (6_600, 11_000)
    lists = explained(city, "tiny-3-largest-enterprise")
    assert lists["recounted"][0]["member"] == "公交公司"


def test_the_files_behind_a_figure_are_those_of_its_months(city):
    found = explained(city, "tiny-2-request-november")
    (november,) = found["sources"]
    raw = city / november["file"]
    assert raw.name == f"{YEAR}-11.csv.gz"
    assert november["sha256"] == hashlib.sha256(raw.read_bytes()).hexdigest()
    with gzip.open(raw, "rt", encoding="utf-8", newline="") as handle:
        assert november["row_count"] == sum(1 for _ in csv.DictReader(handle))
    before = str(int(YEAR) - 1)
    names = [
        Path(source["file"]).name[:4] for source in explained(city, "tiny-1-growth")["sources"]
    ]
    assert names == [before] * 12 + [YEAR] * 12
    # A month's share is of its year.
    assert len(explained(city, "tiny-2-request-november-share")["sources"]) == 12


def test_the_definition_and_the_build_are_named_with_their_digests(city):
    found = explained(city, "tiny-4-market-direct-share")
    (definition,) = found["sql_files"]
    path = REPOSITORY / definition["file"]
    assert path.name == "share.sql"
    assert definition["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    lock = (city / "data/warehouse/build.lock.toml").read_text("utf-8")
    assert f'fingerprint = "{found["build"]["fingerprint"]}"' in lock
    assert found["build"]["is_locked"]
    assert found["build"]["versions"]["duckdb"] == duckdb.__version__


def test_records_are_shown_masked_and_in_a_stable_order(city):
    phones: set[str] = set()
    callers: dict[str, str] = {}
    for path in sorted((city / "data/raw/simulated").rglob(f"{YEAR}-*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                phones.add(row["来电人电话"])
                callers[row["工单编号"]] = row["来电人"]
    result = hotline(city, "explain", "tiny-4-housing-direct", "--records", "50")
    shown = re.findall(r"^热线-\S+", result.output, re.M)
    assert len(shown) == 50 == len(set(shown))
    assert (
        result.output == hotline(city, "explain", "tiny-4-housing-direct", "--records", "50").output
    )
    assert [phone for phone in phones if phone and phone in result.output] == []
    assert "caller" not in result.output
    found = explained(city, "tiny-4-housing-direct", "--records", "50")["records"]
    assert {record["category"] for record in found} == {"住房"}
    assert {record["handling"] for record in found} == {"直接解答"}
    times = [(record["received_at"], record["record_id"]) for record in found]
    assert times == sorted(times)
    assert any("某某" in record["content"] or "***" in record["content"] for record in found)
    assert [
        record["record_id"]
        for record in found
        if len(name := callers[record["record_id"]]) > 1 and name in str(record)
    ] == []
    assert not {"caller_hash", "receipt"} & found[0].keys()


def test_records_without_texts_are_shown_all_the_same(city, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(city, home)
    shutil.rmtree(home / "data/warehouse/texts")
    found = explained(home, "tiny-3-police", "--records", "3")["records"]
    assert [record["content"] for record in found] == ["", "", ""]
    assert {record["unit"] for record in found} == {"市公安局"}


def test_an_unknown_claim_is_reported_with_near_names(city):
    result = hotline(city, "explain", "tiny-3-polce")
    assert result.exit_code == 2
    assert "tiny-3-police" in result.output
    assert hotline(city, "explain", "什么都不像").exit_code == 2


def test_without_a_warehouse_the_error_is_the_audits(tmp_path):
    home = tmp_path / "home"
    shutil.copytree(TINY, home)
    result = hotline(home, "explain", CLAIMS[0])
    assert result.exit_code == 65
    assert "hotline build" in result.output


def test_a_contradicted_and_a_blank_claim_are_explained(city, tmp_path):
    result = hotline(city, "explain", "tiny-5-dispatched-again")
    assert "矛盾" in result.output and "4,400" in result.output
    home = tmp_path / "home"
    shutil.copytree(city, home)
    path = home / "data/published/tiny.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    blank = next(row for row in rows if row["claim"] == "tiny-1-phone-share")
    blank |= {"printed": "**%", "lower": "", "upper": "", "step": ""}
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    result = hotline(home, "explain", "tiny-1-phone-share")
    assert result.exit_code == 0
    assert "原文空缺" in result.output and "与指标表一致" in result.output


def test_a_metric_table_that_disagrees_with_the_records_is_exit_1(city, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(city, home)
    with duckdb.connect(str(home / "data/warehouse/hotline.duckdb")) as con:
        con.execute(
            "UPDATE metric.figure_value SET numerator = 319 WHERE cut_key IN "
            "(SELECT cut_key FROM metric.cut_member WHERE street = '东门街道')"
        )
    result = hotline(home, "explain", "tiny-3-east-gate")
    assert result.exit_code == 1
    assert "与指标表不一致" in result.output

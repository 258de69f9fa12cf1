"""The whole audit on a warehouse of a few figures: counts, exit codes, JSON, bad input."""

import csv
import json
from decimal import Decimal

import duckdb
import pytest

from pipeline import ledger
from pipeline.audit import audit
from pipeline.errors import IO, NO_DATA, USAGE, HotlineError
from pipeline.home import Home
from tests.support.ledgers import claim, figure, put_figures


def write_ledger(root, *claims):
    folder = root / "data" / "published"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "d.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(ledger.FILE_COLUMNS)
        for row in claims:
            if row["status"] == "contradicted":
                write_finding(folder, row)
                row = {**row, "status": "", "reason": ""}
            cells = {**row, "document": "d", "section": row["section"] or "1 总体"}
            writer.writerow(
                ["" if cells[name] is None else cells[name] for name in ledger.FILE_COLUMNS]
            )
    reference = root / "data" / "reference"
    reference.mkdir(parents=True, exist_ok=True)
    (reference / "metric.csv").write_text("metric\nrecord_count\n", encoding="utf-8")


def write_finding(folder, row):
    """What `hotline audit --conflicts` would have left beside the ledger."""
    (folder / "derived").mkdir(exist_ok=True)
    names = ("claim", "printed", "status", "reason", "repair", "repair_lower", "repair_upper")
    with (folder / "derived" / "conflict.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerow(["" if row[name] is None else row[name] for name in names])


def write_warehouse(root, figures, *, scale=1.0, simulated=False):
    home = Home(root)
    home.warehouse.mkdir(parents=True, exist_ok=True)
    home.database.unlink(missing_ok=True)
    con = duckdb.connect(str(home.database))
    put_figures(con, figures)
    con.execute("CREATE VIEW metric.record_count AS SELECT * FROM metric.figure")
    con.execute("CREATE SCHEMA source")
    con.execute("CREATE TABLE source.partition AS SELECT 'r' AS receipt, 2020 AS year")
    con.execute(
        "CREATE TABLE source.receipt AS SELECT 'r' AS receipt, ? AS simulated, ? AS scale",
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
    output = capsys.readouterr().out
    assert "d-2-part" in output and "d-1-total" not in output and "模拟数据" not in output
    wrong = [figure(1150), figure(80, channel="网络")]
    result = audit(write_warehouse(tmp_path, wrong, simulated=True), 2020)
    assert (result.counts["differs"], result.exit_code) == (1, 1)
    output = capsys.readouterr().out
    assert "1,150" in output and "[1,050, 1,150)" in output and "模拟数据" in output


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


def test_what_cannot_be_audited_is_reported_in_one_line(tmp_path):
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

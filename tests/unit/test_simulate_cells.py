"""An invented town's grid events: its ledger solved, written, loaded, built and audited."""

import csv
from pathlib import Path

import pytest

from pipeline import ledger
from pipeline.audit import audit
from pipeline.entity import load_entities
from pipeline.errors import HotlineError
from pipeline.home import Home
from pipeline.ingest import ingest
from pipeline.lock import exclusive
from pipeline.simulate import simulate
from pipeline.simulate.dump.cells import solve_cells
from pipeline.warehouse import build

YEAR = 2033
PRIOR = [
    *[("district", name, "", "", weight) for name, weight in (("甲区", 3), ("乙区", 1))],
    *[("category", name, "", "", weight) for name, weight in (("道路", 2), ("绿地", 1))],
    *[("month", f"{month:02d}", "", "", 1) for month in range(1, 13)],
    *[("part", "solved", "category", name, 0.9) for name in ("道路", "绿地")],
    *[("close_hours", "mean", "category", name, 10) for name in ("道路", "绿地")],
    *[("channel", "网格员", "category", name, 1) for name in ("道路", "绿地")],
]
REFERENCE = {
    "district": "district,region,sort_order\n甲区,东部,1\n乙区,西部,2\n",
    "street": "district,street,aliases\n甲区,一街道,\n甲区,二街道,\n乙区,三镇,\n",
    "grid_class": "grid_class,sort_order,aliases,category,note\n道路,1,,市政,\n绿地,2,,园林绿化,\n",
}


def claim(name: str, metric: str, printed: str, lower, upper, **cells) -> dict[str, str]:
    row = dict.fromkeys(ledger.FILE_COLUMNS, "")
    return row | {
        "claim": name, "year": str(YEAR), "document": "t", "section": "s", "label": name,
        "metric": metric, "method_version": "1", "convention": "-", "scope": "all",
        "date_basis": "received", "period_type": "year", "period": str(YEAR),
        "relation": "equals", "printed": printed, "lower": str(lower), "upper": str(upper),
        **cells,
    }  # fmt: skip


CLAIMS = [
    claim("events", "event_count", "2000件", 1999.5, 2000.5),
    claim("rate", "event_solved_rate", "85.3%", 0.8525, 0.8535),
    # The prior has a quarter here: the ledger moves it to 29.6%.
    claim("east", "event_share", "29.6%", 0.2955, 0.2965, district="乙区"),
    claim("parks", "event_solved_count", "550件", 549.5, 550.5, category="绿地"),
    claim("first", "event_count", "", "", "", relation="largest", dimension="period",
          members=f"{YEAR}-05", period_type="month"),
    claim("towns", "event_district_count", "2个", 1.5, 2.5),
]  # fmt: skip


def town(root: Path, claims: list[dict[str, str]]) -> Home:
    for folder in ("published", "calibration", "reference"):
        (root / "data" / folder).mkdir(parents=True)
    with (root / "data/published/t.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(ledger.FILE_COLUMNS))
        writer.writeheader()
        writer.writerows(claims)
    with (root / "data/calibration/grid_event.csv").open("w", encoding="utf-8") as handle:
        csv.writer(handle).writerows([("axis", "member", "given_axis", "given", "weight"), *PRIOR])
    for name, text in REFERENCE.items():
        (root / "data/reference" / f"{name}.csv").write_text(text, encoding="utf-8")
    return Home(root)


def solved(home: Home):
    claims = list(ledger.rows(home, YEAR))
    return solve_cells(home, YEAR, load_entities()["grid_event"], claims).frame


def test_whole_counts_meet_every_claim_and_stay_near_the_prior(tmp_path):
    frame = solved(town(tmp_path, CLAIMS))
    assert frame["n"].sum() == 2000
    assert 0.8525 * 2000 <= frame[frame["part"] == "solved"]["n"].sum() < 0.8535 * 2000
    east = frame[frame["district"] == "乙区"]["n"].sum()
    assert 0.2955 * 2000 <= east < 0.2965 * 2000
    months = frame.groupby("month")["n"].sum()
    assert months["05"] > months.drop("05").max()
    # A twelfth each by the prior: none is moved by more than a fifth of it.
    assert all(133 <= n <= 200 for n in months)


def test_claims_that_cannot_hold_are_named(tmp_path):
    wrong = claim("solved", "event_solved_count", "100件", 99.5, 100.5)
    with pytest.raises(HotlineError, match=r"rate、.*solved.*--conflicts"):
        solved(town(tmp_path, [*CLAIMS, wrong]))


@pytest.mark.slow
def test_a_town_goes_the_whole_way(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "key"))
    home = town(tmp_path / "home", CLAIMS)
    with exclusive(home):
        folder = simulate(home, YEAR)
        first = (folder / f"{YEAR}-01.csv.gz").read_bytes()
        assert simulate(home, YEAR) == folder
        ingest(home, [])
        build(home)
    assert (folder / f"{YEAR}-01.csv.gz").read_bytes() == first
    result = audit(home, YEAR)
    assert {row["claim"]: row["verdict"] for row in result.rows} == dict.fromkeys(
        sorted(row["claim"] for row in CLAIMS), "reproduced"
    )
    assert "模拟数据" in capsys.readouterr().out

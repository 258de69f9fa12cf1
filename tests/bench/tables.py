"""The whole command, and every table beside one bare scan and a pandas script."""

import json
from pathlib import Path

from tests.bench.measure import GIB, Cost, bare, best, hotline
from tests.bench.page import Row

YEAR = "2020"


def main_job(folder: Path, home: Path) -> list[Row]:
    """Measure the main command where there is nothing before."""
    if (home / "data/raw").exists():
        home = folder / "home"
        home.mkdir()
    cost = hotline(home, "run", YEAR)
    size = sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
    return [
        Row(
            f"`hotline run {YEAR}`, nothing there before",
            "6 min, 4 GiB, 4 GB on disk",
            f"{cost.seconds / 60:.1f} min, {cost.peak / GIB:.1f} GiB, {size / 1e9:.1f} GB; "
            f"{_records(home):,} records",
        )
    ]


def tables(folder: Path, home: Path) -> list[Row]:
    """Measure building every table from Parquet, and a month more."""
    warehouse = home / "data/warehouse"
    every = best(lambda: _fresh_build(warehouse))
    scan = best(lambda: bare("bare_scan", warehouse / "records", folder))
    receipts = sorted((warehouse / "receipts").glob("*.json"), key=_period)
    last = receipts[-1]
    aside = folder / last.name
    last.replace(aside)
    _fresh_build(warehouse)
    aside.replace(last)
    month = hotline(home, "build")
    idle = best(lambda: hotline(home, "build"))
    start = best(lambda: hotline(home, "--help"))
    part, share = _tenth(receipts, warehouse)
    script = best(lambda: bare("pandas_tables", *part))
    return [
        Row(
            "every table from Parquet, to one bare scan that groups by the cell key",
            "6 x of its processor time, 1.2 GiB",
            f"{every.processor / scan.processor:.2f} x ({every.processor:.1f} s to "
            f"{scan.processor:.1f} s; {every.seconds:.1f} s on the clock), "
            f"{every.peak / GIB:.2f} GiB",
        ),
        Row(
            "the same to a pandas script, timed on a part of the records and scaled up",
            "a tenth of time and memory",
            f"{every.seconds / (script.seconds / share):.2f} of its time "
            f"({script.seconds / share:.0f} s), "
            f"{every.peak / (script.peak / share):.2f} of its memory; timed on {share:.0%}",
        ),
        Row(
            "adding one month to the others, to one bare scan of them all",
            "2 x of its processor time, 1.2 GiB",
            f"{month.processor / scan.processor:.2f} x ({month.processor:.1f} s), "
            f"{month.peak / GIB:.2f} GiB; {len(receipts) - 1} others",
        ),
        Row(
            "`hotline build` with nothing new, beyond the start of the program",
            "0.3 s",
            f"{idle.processor - start.processor:.2f} s ({idle.processor:.2f} s)",
        ),
    ]


def queries(folder: Path, home: Path) -> list[Row]:
    """Measure what readers ask of the records, on the views and on the bare Parquet."""
    warehouse = home / "data/warehouse"
    if not (warehouse / "hotline.duckdb").exists():
        hotline(home, "build")
    view = best(lambda: bare("reader_queries", warehouse, "view"))
    files = best(lambda: bare("reader_queries", warehouse, "bare"))
    return [
        Row(
            "five queries of readers on `core.record`, to the same on the bare Parquet",
            "1.2 x of its processor time",
            f"{view.processor / files.processor:.2f} x "
            f"({view.processor:.1f} s to {files.processor:.1f} s)",
        )
    ]


def _fresh_build(warehouse: Path) -> Cost:
    (warehouse / "hotline.duckdb").unlink(missing_ok=True)
    return hotline(warehouse.parents[1], "build")


def _period(receipt: Path) -> str:
    return str(json.loads(receipt.read_text(encoding="utf-8"))["period_first"])


def _records(home: Path) -> int:
    receipts = (home / "data/warehouse/receipts").glob("*.json")
    return sum(json.loads(path.read_text(encoding="utf-8"))["records"] for path in receipts)


def _tenth(receipts: list[Path], warehouse: Path) -> tuple[list[Path], float]:
    """Return record files that hold about a tenth of all rows, and the share they hold."""
    read = [json.loads(path.read_text(encoding="utf-8")) for path in receipts]
    total, files, rows = sum(item["rows_loaded"] for item in read), [], 0
    for item in read[-3:]:
        if rows < total / 10:
            files += [warehouse / part["records_file"] for part in item["partitions"]]
            rows += item["rows_loaded"]
    return files, rows / total

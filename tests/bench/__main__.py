"""`make bench`: measure the lines of the design that apply and write them to the README."""

import datetime
import gzip
import json
import os
import platform
import shutil
import tempfile
from pathlib import Path

from pipeline.home import REPOSITORY
from tests.bench.measure import Cost, bare, hotline

YEAR = "2020"
BEST_OF = 2
GIB = 1024**3
START, END = "<!-- bench -->", "<!-- /bench -->"


def main() -> None:
    """Run the whole benchmark in a folder of its own; it takes about fifteen minutes."""
    folder = REPOSITORY / "build" / "bench"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["HOTLINE_KEY_FILE"] = str(folder / "caller.key")
    home = folder / "home"
    home.mkdir()
    rows = [_main_job(home), *_ingest(folder, home), *_build(folder, home)]
    write_readme(rows)
    shutil.rmtree(folder)


def _main_job(home: Path) -> tuple[str, str, str]:
    cost = hotline(home, "run", YEAR)
    size = sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
    return (
        f"`hotline run {YEAR}`, {_records(home):,} records, nothing there before",
        "6 min, 4 GiB, 4 GB on disk",
        f"{cost.seconds / 60:.1f} min, {cost.peak / GIB:.1f} GiB, {size / 1e9:.1f} GB",
    )


def _ingest(folder: Path, home: Path) -> list[tuple[str, str, str]]:
    packed = max((home / "data/raw").rglob(f"{YEAR}-*.csv.gz"), key=lambda f: f.stat().st_size)
    plain = folder / "utf8" / packed.stem
    other = folder / "gb18030" / packed.stem
    plain.parent.mkdir()
    other.parent.mkdir()
    with (
        gzip.open(packed, "rt", encoding="utf-8", newline="") as source,
        plain.open("w", encoding="utf-8", newline="") as first,
        other.open("w", encoding="gb18030", newline="") as second,
    ):
        while block := source.read(1 << 22):
            first.write(block)
            second.write(block)
    base = _best(lambda: bare("bare_ingest", plain, folder / "bare.parquet"))
    ours = _best(lambda: _fresh_ingest(plain))
    chinese = _best(lambda: _fresh_ingest(other))
    return [
        (
            f"ingest of plain UTF-8 CSV, {plain.stat().st_size / 1e6:.0f} MB, "
            "to the bare engine's COPY to Parquet",
            "2.0 x, 2 GiB",
            f"{ours.seconds / base.seconds:.2f} x ({ours.seconds:.1f} s to {base.seconds:.1f} s), "
            f"{ours.peak / GIB:.1f} GiB",
        ),
        (
            "GB18030 ingest to UTF-8 ingest of the same rows",
            "1.8 x",
            f"{chinese.seconds / ours.seconds:.2f} x ({chinese.seconds:.1f} s)",
        ),
    ]


def _fresh_ingest(file: Path) -> Cost:
    with tempfile.TemporaryDirectory(dir=file.parent) as name:
        return hotline(Path(name), "ingest", file)


def _build(folder: Path, home: Path) -> list[tuple[str, str, str]]:
    warehouse = home / "data/warehouse"
    every = _best(lambda: _fresh_build(warehouse))
    scan = _best(lambda: bare("bare_scan", warehouse / "records", folder))
    receipts = sorted((warehouse / "receipts").glob("*.json"), key=_period)
    last = receipts[-1]
    aside = folder / last.name
    last.replace(aside)
    _fresh_build(warehouse)
    aside.replace(last)
    month = hotline(home, "build")
    part, share = _tenth(receipts, warehouse)
    script = _best(lambda: bare("pandas_tables", *part))
    return [
        (
            "every table from Parquet, to one bare scan that groups by the cell key",
            "3 x",
            f"{every.seconds / scan.seconds:.2f} x ({every.seconds:.1f} s to {scan.seconds:.1f} s)",
        ),
        (
            f"the same to a pandas script, timed on {share:.0%} of the records and scaled up",
            "a tenth of time and memory",
            f"{every.seconds / (script.seconds / share):.2f} of its time "
            f"({script.seconds / share:.0f} s), "
            f"{every.peak / (script.peak / share):.2f} of its memory",
        ),
        (
            f"adding one month to {len(receipts) - 1} loaded ones, to building them all",
            "follows the month",
            f"{month.seconds / every.seconds:.2f} x ({month.seconds:.1f} s)",
        ),
    ]


def _fresh_build(warehouse: Path) -> Cost:
    (warehouse / "hotline.duckdb").unlink(missing_ok=True)
    return hotline(warehouse.parents[1], "build")


def _best(run) -> Cost:  # type: ignore[no-untyped-def]
    """Return the fastest of a few runs, with the largest peak: other work on the machine adds."""
    costs = [run() for _ in range(BEST_OF)]
    return Cost(min(cost.seconds for cost in costs), max(cost.peak for cost in costs))


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


def write_readme(rows: list[tuple[str, str, str]]) -> None:
    """Replace the table between the marks of the README."""
    lines = [
        START,
        "| work | target | measured |",
        "|---|---|---|",
        *(f"| {work} | {target} | {measured} |" for work, target, measured in rows),
        "",
        f"Measured on {datetime.date.today()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}.",
        END,
    ]
    path = REPOSITORY / "README.md"
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    path.write_text(before + "\n".join(lines) + rest.partition(END)[2], encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()

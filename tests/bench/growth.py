"""Building three times the records: the home's months again in later years, as other records."""

import datetime
import hashlib
import json
import os
import shutil
from pathlib import Path

import duckdb

from pipeline.db import literal
from tests.bench.measure import GIB, best, hotline
from tests.bench.page import Row

TIMES = 3
YEARS = 2


def growth(folder: Path, home: Path) -> list[Row]:
    """Measure the build of the home as it is, and of one that is three times as large."""
    large = folder / "large"
    grow(home, large)
    costs = []
    for root in (home, large):
        (root / "data/warehouse/hotline.duckdb").unlink(missing_ok=True)
        costs.append(hotline(root, "build"))
    small, big = costs
    again = best(lambda: _touched(large))
    return [
        Row(
            f"every table of {TIMES} times the records, to those of the records",
            f"{TIMES} x, memory flat",
            f"{big.processor / small.processor:.2f} x of the processor time "
            f"({big.processor:.0f} s to {small.processor:.0f} s), "
            f"{big.peak / GIB:.2f} GiB to {small.peak / GIB:.2f}; one month of them again: "
            f"{again.processor / big.processor:.2f} x of that, {again.peak / GIB:.2f} GiB",
        )
    ]


def _touched(home: Path):
    """Build once more, the newest month taken for new."""
    receipt = max((home / "data/warehouse/receipts").glob("*.json"), key=_period)
    stored = json.loads(receipt.read_text(encoding="utf-8"))
    loaded_at = datetime.datetime.fromisoformat(stored["loaded_at"])
    stored["loaded_at"] = (loaded_at + datetime.timedelta(seconds=1)).isoformat()
    receipt.write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")
    return hotline(home, "build")


def _period(receipt: Path) -> str:
    return str(json.loads(receipt.read_text(encoding="utf-8"))["period_first"])


def grow(home: Path, target: Path) -> None:
    """Make a home that holds the records of `home` and, years later, other records like them.

    The new ids are not led by the date, so that those of all months have to be compared.
    """
    shutil.copytree(home / "data", target / "data", copy_function=_placed)
    warehouse = target / "data/warehouse"
    for name in ("hotline.duckdb", "build.lock.toml"):
        (warehouse / name).unlink(missing_ok=True)
    with duckdb.connect() as con:
        con.execute("SET memory_limit = '2GB'")
        con.execute("SET preserve_insertion_order = false")
        for path in sorted((warehouse / "receipts").glob("*.json")):
            stored = json.loads(path.read_text(encoding="utf-8"))
            if stored["entity"] == "record":
                for number in range(1, TIMES):
                    _copy(con, warehouse, stored, number)


def _placed(source: str, target: str) -> None:
    """Link a large file, which nobody writes into; copy a receipt, which `_touched` writes."""
    (shutil.copy2 if source.endswith(".json") else os.link)(source, target)


def _copy(con: duckdb.DuckDBPyConnection, warehouse: Path, stored: dict, number: int) -> None:
    """Write the records of a receipt again, so many times `YEARS` later, without texts."""
    receipt = hashlib.sha256(f"{number} {stored['receipt']}".encode()).hexdigest()[:16]
    years = YEARS * number
    partitions = []
    for part in stored["partitions"]:
        year, month = part["year"] + years, part["month"]
        name = f"records/year={year}/month={month:02d}/{receipt}.parquet"
        (warehouse / name).parent.mkdir(parents=True, exist_ok=True)
        later = ", ".join(
            f"{column} + INTERVAL {years} YEAR AS {column}"
            for column in ("received_at", "dispatched_at", "due_at", "closed_at")
        )
        con.execute(
            f"""COPY (
                SELECT * REPLACE (
                    concat(right(record_id, 6), record_id, {number}) AS record_id,
                    {literal(receipt)} AS receipt, {later},
                    xor(caller_hash, {number * 7_919}) AS caller_hash
                ) FROM read_parquet({literal(warehouse / part["records_file"])},
                    hive_partitioning = false)
            ) TO {literal(warehouse / name)} (FORMAT parquet, COMPRESSION zstd)"""
        )
        moved = {key: _later(part[key], years) for key in ("first_received_at", "last_received_at")}
        texts = {"texts": 0, "texts_file": "", "texts_sha256": "", "records_sha256": ""}
        partitions.append({**part, **texts, **moved, "year": year, "records_file": name})
    period = {key: _later(stored[key], years) for key in ("period_first", "period_last")}
    other = {**stored, **period, "receipt": receipt, "partitions": partitions}
    other |= {"sha256": receipt + stored["sha256"][16:], "parts": [receipt]}
    other |= {"sequence": stored["sequence"] + 1000 * number}
    path = warehouse / f"receipts/{receipt}.json"
    path.write_text(json.dumps(other, ensure_ascii=False), encoding="utf-8")


def _later(day: str, years: int) -> str:
    return f"{int(day[:4]) + years}{day[4:]}".replace("-02-29", "-02-28")

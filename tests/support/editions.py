"""What the tests of bulletins as a process share: an edition held to its record, late data."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

from pipeline.document import Document
from pipeline.editions import store
from tests.support.processes import hotline
from tests.support.tiny import YEAR

MONTH = f"{YEAR}-05"
FORMATS = ["bulletin.docx", "bulletin.json", "bulletin.pdf", "bulletin.xlsx"]


def reports(home: Path) -> Path:
    return home / "data/reports"


def status(home: Path) -> dict:
    return json.loads((reports(home) / "bulletin_status.json").read_text("utf-8"))


def number(folder: Path) -> int:
    """Return the number of the present edition, held against its record."""
    held = store.read(folder)
    assert held is not None and store.is_whole(folder, held), folder
    assert sorted(held.files) == FORMATS
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == [
        *FORMATS,
        "edition.json",
    ]
    return held.number


def document(folder: Path) -> Document:
    return store.document(folder)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def left_behind(home: Path) -> list[str]:
    """Return what a run works with and should not leave."""
    return [
        str(path.relative_to(home))
        for path in (home / "data").rglob(".*")
        if path.name != ".lock" and path.name != "none.parquet"
    ]


def rows_of(home: Path, month: str) -> tuple[list[str], list[dict[str, str]]]:
    """Return header and rows of a month's simulated file."""
    source = next((home / "data/raw/simulated").rglob(f"{month}.csv.gz"))
    reader = csv.DictReader(io.StringIO(gzip.decompress(source.read_bytes()).decode("utf-8")))
    return list(reader.fieldnames or ()), list(reader)


def write_rows(path: Path, header: list[str], rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header)
        writer.writeheader()
        writer.writerows(rows)
    return path


def late(home: Path, path: Path, count: int, tag: str, month: str = MONTH) -> Path:
    """Write a file of `count` records of the month that come after its bulletin."""
    header, rows = rows_of(home, month)
    fresh = [{**row, "工单编号": f"{row['工单编号']}{tag}"} for row in rows[:count]]
    return write_rows(path, header, fresh)


def ingest_and_build(home: Path, path: Path) -> None:
    for arguments in (["ingest", str(path)], ["build"]):
        result = hotline(home, *arguments)
        assert result.exit_code == 0, result.output


def some_days(source: Path, month: str, path: Path, is_kept: Callable[[int], bool]) -> Path:
    """Write the month's file with the records of some days alone."""
    header, rows = rows_of(source, month)
    kept = [row for row in rows if is_kept(int(row["来电时间"][8:10]))]
    return write_rows(path, header, kept)

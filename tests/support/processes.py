"""The command as a user calls it: in this process, or in one of its own that is killed."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from click.testing import CliRunner, Result

from pipeline.cli import main
from pipeline.home import Home
from pipeline.ledger import DIMENSIONS

# Dies before its n-th operation that changes a file; with 0 it lives and counts them.
DYING = """
import atexit, os, signal, sys
limit, done = int(sys.argv[1]), 0
CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.truncate", "os.chmod"}
def changes(event, args):
    if event != "open":
        return event in CHANGES
    _, mode, flags = args
    written = isinstance(mode, str) and set(mode) & set("wax+")
    return bool(written) or isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
def hook(event, args):
    global done
    if changes(event, args):
        done += 1
        if done == limit:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
atexit.register(lambda: print(f"writes={done}", file=sys.stderr))
from pipeline.cli import main
main(sys.argv[2:])
"""
PLAIN = "from pipeline.__main__ import main; main()"


def hotline(home: Path, *arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["--home", str(home), *arguments], catch_exceptions=False)


def start(home: Path, *arguments: str, dying: int | None = None, **options) -> subprocess.Popen:
    """Start the command; `dying` kills it before that write (0: counts them only)."""
    code = [PLAIN] if dying is None else [DYING, str(dying)]
    return subprocess.Popen(
        [sys.executable, "-B", "-c", *code, "--home", str(home), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUTF8": "1"},
        **options,
    )


def finish(process: subprocess.Popen) -> tuple[int, str]:
    """Return exit code and all that was said."""
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


def writes(home: Path, *arguments: str) -> int:
    """Return how many operations of a whole run change a file."""
    code, said = finish(start(home, *arguments, dying=0))
    assert code == 0, said
    return int(re.findall(r"^writes=(\d+)$", said, re.M)[0])


def kill_after(seconds: float, home: Path, *arguments: str) -> int:
    """Kill the command after so long; return its exit code (it may have been faster)."""
    process = start(home, *arguments)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    return finish(process)[0]


def rows_by_file(home: Path) -> dict[str, int]:
    """Return what the receipts say is loaded, each Parquet file held against it."""
    found = {}
    for path in Home(home).receipts.glob("*.json"):
        receipt = json.loads(path.read_text("utf-8"))
        assert receipt["name"] not in found, "loaded twice"
        held = 0
        for part in receipt["partitions"]:
            for name in ("records_file", "texts_file"):
                rows = pq.read_metadata(home / "data/warehouse" / part[name]).num_rows
                held += rows if name == "records_file" else 0
        assert held == receipt["rows_loaded"]
        found[receipt["name"]] = held
    return found


def total(home: Path) -> int | None:
    """Return the records of the built tables; None where there are none yet."""
    database = Home(home).database
    if not database.is_file():
        return None
    with duckdb.connect(str(database), read_only=True) as con:
        whole = " AND ".join(f"{name} = '*'" for name in DIMENSIONS)
        return con.execute(
            "SELECT CAST(sum(record_count) AS BIGINT) FROM metric.cell"
            f" WHERE metric = 'record_count' AND {whole}"
        ).fetchall()[0][0]


def left_over(home: Path) -> list[str]:
    """Return files that no receipt names, and what a run works with."""
    named = set()
    for path in Home(home).receipts.glob("*.json"):
        receipt = json.loads(path.read_text("utf-8"))
        for part in receipt["partitions"]:
            named |= {part["records_file"], part["texts_file"]}
    warehouse = Home(home).warehouse
    parquet = {
        str(path.relative_to(warehouse))
        for kind in ("records", "texts")
        for path in (warehouse / kind).rglob("*.parquet")
    }
    hidden = [
        str(path)
        for path in (home / "data").rglob("*")
        if path.name.startswith(".") and path.name != ".lock"
    ]
    return sorted(parquet - named) + hidden


def records_of(paths: list[Path]) -> int:
    """Return the distinct record ids of plain CSV files, counted by the csv module."""
    ids = set()
    for path in paths:
        encoding = "gb18030" if "gb" in path.name else "utf-8"
        with path.open(encoding=encoding, newline="") as handle:
            ids |= {row["工单编号"] for row in csv.DictReader(handle)}
    return len(ids)


def stays_usable(home: Path) -> None:
    """The home can be asked: status works and every receipt's files are whole."""
    result = hotline(home, "status")
    assert result.exit_code == 0, result.output
    rows_by_file(home)

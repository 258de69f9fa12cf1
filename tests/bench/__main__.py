"""`make bench`: measure the lines of the design that apply and write them to docs/performance.md.

    python -m tests.bench [PART...] [--home HOME]

Without a part all are run, in about half an hour. A part that needs a simulated dump of full size
makes one, which takes minutes; `--home` names a home that has one, and nothing is written there.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from pipeline.home import REPOSITORY
from tests.bench import growth, ingest, tables
from tests.bench.page import Row, write_table
from tests.bench.tables import YEAR

Part = Callable[[Path, Path], list[Row]]
PARTS: dict[str, Part] = {
    "main": tables.main_job,
    "csv": ingest.csv,
    "xlsx": ingest.xlsx,
    "double": ingest.double,
    "large": ingest.large,
    "tables": tables.tables,
    "queries": tables.queries,
    "growth": growth.growth,
}
_BUILT = ("tables", "queries", "growth")


def main() -> None:
    """Run the parts named, one after another, in a folder of their own."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--home", type=Path, help="a home with a simulated dump of full size")
    asked = parser.parse_args()
    if unknown := [part for part in asked.parts if part not in PARTS]:
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    folder = REPOSITORY / "build" / "bench"
    shutil.rmtree(folder, ignore_errors=True)
    home = folder / "home"
    home.mkdir(parents=True)
    os.environ["HOTLINE_KEY_FILE"] = str(folder / "caller.key")
    if asked.home:
        shutil.copytree(asked.home / "data/raw", home / "data/raw", copy_function=os.link)
    for name in asked.parts or list(PARTS):
        if name != "main" and not (home / "data/raw").exists():
            _hotline(home, "simulate", YEAR)
        if name in _BUILT and not (home / "data/warehouse").exists():
            _hotline(home, "ingest")
        work = folder / name
        work.mkdir()
        write_table(PARTS[name](work, home))
        shutil.rmtree(work)
    shutil.rmtree(folder)


def _hotline(home: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "pipeline.cli", "--home", str(home), "--quiet", *arguments]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()

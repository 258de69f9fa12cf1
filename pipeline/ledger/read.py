"""Reads the ledger's files, and reports the first row that is no claim by file, line and remedy."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.entity import DEFAULT
from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home
from pipeline.ledger import check, conflict
from pipeline.ledger.columns import COLUMNS, FILE_COLUMNS
from pipeline.metrics.definitions import metrics_of
from pipeline.reference import read_cells

if TYPE_CHECKING:
    import pandas as pd


def load(home: Home, year: int | None = None) -> "pd.DataFrame":
    """Return the claims as a frame; see `rows`."""
    # Half a second that a build, which only needs the rows, does not spend.
    import pandas as pd

    return pd.DataFrame(rows(home, year), columns=list(COLUMNS), dtype=object)


def rows(home: Home, year: int | None = None) -> list[dict]:
    """Return the claims, of one report year if given, sorted by claim id.

    Columns as in `COLUMNS`: `year` is an integer, `NUMBERS` are Decimal or None, all others text;
    an empty dimension reads `*`. Raises HotlineError(USAGE) naming file, line and remedy for the
    first row that is not a claim.
    """
    return rows_of_files(home, home.published_files().values(), year)


def rows_of_files(home: Home, paths: Iterable[Path], year: int | None = None) -> list[dict]:
    """Return the claims of some ledger files, as `rows` does."""
    metrics = set(metric_entities(home))
    seen: dict[str, str] = {}
    found = []
    for path in paths:
        derived = conflict.read(conflict.findings_beside(path))
        for line, cells in _lines(home, path):
            where = f"{home.relative(path)} 第 {line} 行"
            try:
                row = check.claim(cells, metrics)
                if row["claim"] in seen:
                    raise check.Fault(
                        f"编号 {row['claim']} 与{seen[row['claim']]}重复,请改一个编号"
                    )
            except check.Fault as fault:
                raise HotlineError(f"{where}:{fault}", USAGE) from None
            conflict.merge(row, derived)
            seen[row["claim"]] = where
            if year is None or row["year"] == year:
                found.append(row)
    return sorted(found, key=lambda row: row["claim"])


def years_with_ledger(home: Home) -> list[int]:
    """Return the report years that have claims, in order."""
    return sorted({row["year"] for row in rows(home)})


def metric_entities(home: Home) -> dict[str, str]:
    """Return metric -> the entity whose rows it counts; `-` for what no rows give."""
    metrics = metrics_of(home)
    if not metrics:
        raise HotlineError("缺少 data/reference/metric.toml(指标定义),请从项目仓库补回", USAGE)
    return {name: metrics.entity_of(name) or DEFAULT for name in metrics}


def _lines(home: Home, path: Path) -> list[tuple[int, dict[str, str]]]:
    """Return line number and cells of each row; raises HotlineError for a foreign header."""
    name = home.relative(path)
    header, rows = read_cells(path, name=name)
    _check_header(name, header)
    return [(line, dict(zip(header, row, strict=True))) for line, row in rows]


def _check_header(name: str, header: list[str]) -> None:
    missing = [column for column in FILE_COLUMNS if column not in header]
    foreign = [column for column in header if column not in FILE_COLUMNS]
    if missing:
        fault = f"缺少列 {'、'.join(missing[:5])}{'等' if len(missing) > 5 else ''}"
    elif foreign:
        fault = f"多出列 {'、'.join(foreign[:5])}"
    elif len(header) != len(FILE_COLUMNS):
        fault = "有重名的列"
    else:
        return
    raise HotlineError(f"{name}:{fault},请按 data/published 的表头改正", USAGE)

"""Reference CSVs: read in one way, and as tables of schema ref with types by the columns' names."""

import csv
import datetime
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipeline.csv_file import unguarded
from pipeline.db import create_rows, literal
from pipeline.errors import USAGE, HotlineError
from pipeline.home import REPOSITORY, Home

# The tables that SQL reads. A home without the file gets the table empty, so that what
# rests on it says "not computable" and nothing breaks.
REQUIRED = {
    "district": ("district", "region", "sort_order"),
    "population": ("district", "vintage", "population"),
    "population_use": ("year", "vintage"),
    "calendar": ("day_on", "kind"),
    "category": ("category", "sort_order"),
    "category_crosswalk": ("taxonomy", "category", "subcategory", "member"),
    "category_change": (
        *("valid_from", "category", "subcategory", "former_category", "former_subcategory"),
    ),
    "subcategory": ("category", "subcategory", "sort_order"),
    "member": ("dimension", "member", "sort_order"),
    "unit": ("unit", "unit_type", "district", "street"),
    "assessment_month": ("first_day_of_month",),
    "season": ("season", "first_day", "last_day"),
    "stop_word": ("stop_word",),
    "street": ("district", "street"),
    "rate_convention": (
        "convention",
        "satisfied_weight",
        "basically_satisfied_weight",
        "weight_base",
        "valid_from",
        "valid_to",
    ),
    "praise_form": ("praise_form", "is_counted"),
    "repeat_rule": ("rule", "window_days", "least_count", "least_length"),
    "scope": ("scope", "title", "counted", "excluded", "used_by", "sort_order"),
    "scope_use": ("purpose", "scope"),
    "released_case": ("record_id", "text", "released_by", "released_on"),
    "table": ("table", "title", "unit", "note", "section", "entities"),
    "table_part": ("table", "columns", "title", "note", "absent"),
    "grid_class": ("grid_class", "sort_order", "category"),
    "plan_indicator": (
        *("plan", "group", "number", "indicator", "unit", "relation", "target", "binding", "kind"),
        *("base_period", "end_period", "note"),
    ),
    "partial_year": ("year", "is_partial", "reason"),
    "composite_convention": (
        "composite",
        "convention",
        "response_weight",
        "resolution_weight",
        "satisfaction_weight",
        "valid_from",
        "valid_to",
    ),
    "context": ("item", "year", "value", "unit", "document"),
    "report_rule": ("rule", "value"),
    "list_rule": ("list", "place", "measure", "sort_order", "list_count", "part_count"),
    "office": ("item", "text"),
    "district_tile": ("district", "col", "row"),
}

# What a register says of one value, as functions of SQL, each with the table that it reads. Views
# over the records call them instead of joining: every query pays for a join, asked for or not.
FUNCTIONS = {
    "ref.region_of": "ref.district",
    "ref.assessment_day": "ref.assessment_month",
}

# Of these a home that has rules of its own, and not these, has the repository's: else a table would
# print what it must not, or lose names that it may print.
PRIVACY_RULES = ("unlisted_min_count", "bulletin_word_min_callers", "bulletin_case_min_count")

_TRUTH = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}
_TYPES: dict[str, tuple[str, Callable[[str], Any], str]] = {
    "integer": ("BIGINT", int, "整数"),
    "date": ("DATE", datetime.date.fromisoformat, "YYYY-MM-DD 形式的日期"),
    "boolean": ("BOOLEAN", lambda text: _TRUTH[text.lower()], "是或否"),
    "text": ("VARCHAR", str, "文字"),
}


def type_of(column: str) -> str:
    """Return integer, date, boolean or text: by the naming rules of columns."""
    last = column.rsplit("_", 1)[-1]
    if column in ("sort_order", "weight_base", "first_day_of_month") or last in (
        "count",
        "population",
        "rank",
        "year",
        "weight",
        "days",
        "length",
    ):
        return "integer"
    if last == "on" or column in ("valid_from", "valid_to"):
        return "date"
    return "boolean" if column.startswith("is_") else "text"


def load(con: duckdb.DuckDBPyConnection, home: Home) -> list[str]:
    """Create ref.* from the home's reference files; return the tables' names as ref.name."""
    con.execute("CREATE SCHEMA IF NOT EXISTS ref")
    files = home.reference_files()
    # What metrics are called comes from their definitions.
    names = sorted({*REQUIRED, *files} - {"metric"})
    for name in names:
        columns = REQUIRED.get(name, ())
        header, rows = read(home, files[name], columns) if name in files else (columns, [])
        if name == "report_rule":
            rows = [*rows, *_rules_of_privacy(header, rows)]
        if name == "assessment_month" and name in files:
            _require_one_day(home, files[name], [row[header.index(columns[0])] for row in rows])
        types = {column: _TYPES[type_of(column)][0] for column in header}
        create_rows(con, f'ref."{name}"', types, rows)
    _create_functions(con)
    return [f"ref.{name}" for name in names]


def _rules_of_privacy(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return the rules of PRIVACY_RULES that the rows lack, as the repository has them."""
    held = {row[header.index("rule")] for row in rows}
    own = read_rows(REPOSITORY / "data" / "reference" / "report_rule.csv")
    more = [row for row in own if row["rule"] in PRIVACY_RULES and row["rule"] not in held]
    return [[row.get(name) or None for name in header] for row in more]


def _create_functions(con: duckdb.DuckDBPyConnection) -> None:
    """Create FUNCTIONS from the tables that they read, as constants of the database.

    A map of constants is looked up once for each distinct value of a file, not for each row. Of a
    district that stands there twice one row is taken; sql/check/fail_reference_key.sql refuses it.
    """
    rows = con.execute(
        "SELECT district, min(region) FROM ref.district WHERE region IS NOT NULL"
        " GROUP BY district HAVING district IS NOT NULL ORDER BY district"
    ).fetchall()
    districts, regions = ([literal(row[place]) for row in rows] for place in (0, 1))
    con.execute(
        "CREATE MACRO ref.region_of(district) AS coalesce(map_extract_value("
        f"map({_texts(districts)}, {_texts(regions)}), district), '?')"
    )
    days = con.execute("SELECT min(first_day_of_month) FROM ref.assessment_month").fetchall()
    day = "NULL" if days[0][0] is None else days[0][0]
    con.execute(f"CREATE MACRO ref.assessment_day() AS CAST({day} AS INTEGER)")


def _texts(literals: list[str]) -> str:
    return f"CAST([{', '.join(literals)}] AS VARCHAR[])"


def _require_one_day(home: Home, path: Path, days: list[Any]) -> None:
    """Raise USAGE where assessment months do not begin on one day that every month has."""
    if len(days) != 1 or days[0] not in range(2, 29):
        raise HotlineError(
            f"{home.relative(path)} 要有且只有一行,first_day_of_month 为 2 至 28"
            "(考核月从上月的这一日起,到本月的前一日止);请改正",
            USAGE,
        )


def read(
    home: Home, path: Path, required: tuple[str, ...] = ()
) -> tuple[list[str], list[list[Any]]]:
    """Return the header of the CSV and its rows with values of the columns' types, an empty cell
    as None.

    Raises HotlineError USAGE naming file, line and column for a missing column or a bad value.
    """
    name = home.relative(path)
    header, found = read_cells(path, required, name)
    kinds = [type_of(column) for column in header]
    rows: list[list[Any]] = []
    for line, row in found:
        rows.append([])
        for text, column, kind in zip(row, header, kinds, strict=True):
            try:
                rows[-1].append(_TYPES[kind][1](text) if text else None)
            except (ValueError, KeyError):
                raise HotlineError(
                    f"{name} 第 {line} 行列 {column} 的值“{text}”不是{_TYPES[kind][2]};请改正",
                    USAGE,
                ) from None
    return header, rows


def read_rows(
    path: Path | None, required: tuple[str, ...] = (), name: str | None = None
) -> list[dict[str, str]]:
    """Return the rows of a CSV as text, an empty cell as ""; none where there is no file.

    Raises HotlineError USAGE as `read` does; `name` is what messages call the file.
    """
    return [row for _, row in read_lines(path, required, name)]


def read_lines(
    path: Path | None, required: tuple[str, ...] = (), name: str | None = None
) -> list[tuple[int, dict[str, str]]]:
    """Return the rows as `read_rows` does, each with the line of the file on which it ends."""
    if path is None:
        return []
    header, found = read_cells(path, required, name)
    return [(line, dict(zip(header, row, strict=True))) for line, row in found]


def read_cells(
    path: Path, required: tuple[str, ...] = (), name: str | None = None
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header and the rows of a CSV with their line numbers, blanks trimmed."""
    name = name or f"{path.parent.name}/{path.name}"
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.reader(handle, strict=True)
            header = next(reader, [])
            if not header:
                raise HotlineError(f"{name} 是空文件;请补上表头,或删除该文件", USAGE)
            missing = [column for column in required if column not in header]
            if missing or len(set(header)) != len(header):
                fault = f"缺少列 {'、'.join(missing)}" if missing else "有重名的列"
                raise HotlineError(f"{name} 的表头{fault};请改正表头", USAGE)
            return header, list(_rows(reader, len(header), name))
    except UnicodeDecodeError:
        raise HotlineError(f"{name} 不是 UTF-8 编码;请另存为 UTF-8", USAGE) from None
    except csv.Error as error:
        raise HotlineError(f"{name} 不是完好的 CSV({error});请检查引号", USAGE) from None


def _rows(reader: Any, width: int, name: str) -> Iterator[tuple[int, list[str]]]:
    for row in reader:
        if not row:
            continue
        if len(row) != width:
            raise HotlineError(
                f"{name} 第 {reader.line_num} 行有 {len(row)} 列,表头有 {width} 列;"
                "请检查逗号和引号",
                USAGE,
            )
        yield reader.line_num, [unguarded(text.strip()) for text in row]

"""The SQL of a home's data/sql/staging: one SELECT over the rows at hand that reaches nothing else.

The session that runs it knows the key of the callers and may read files. So a SELECT there reads
the tables of staging and the registers, calls no function that reads files, settings or what
others wrote, and never the key: `caller_hash_of(phone)` hashes with it.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from pipeline.errors import USAGE, HotlineError

SCHEMAS = ("staging", "ref", "source")
HIDDEN_TABLES = ("secret", "secret_input")
# Table functions that make rows of their arguments alone.
_ROWS = ("unnest", "generate_series", "range", "repeat_row")
_REACHING = re.compile(
    r"(read_|parquet_|sniff_|glob|duckdb_|pragma_|query|json_execute|sql_auto|which_secret|getenv"
    r"|getvariable|current_setting|from_substrait|iceberg_|delta_|sqlite_|postgres_|mysql_)",
    re.IGNORECASE,
)


def require_harmless(path: Path, sql: str) -> None:
    """Raise HotlineError USAGE unless the file is one SELECT that stays among the rows at hand."""
    if fault := _fault(sql):
        raise HotlineError(
            f"data/sql/staging/{path.parent.name}/{path.name} {fault};请改正该文件", USAGE
        )


def _fault(sql: str) -> str:
    """Return what the SQL must not do; '' for none."""
    with duckdb.connect() as con:
        try:
            statements = con.extract_statements(sql)
        except duckdb.Error as error:
            return f"不是有效的 SQL({str(error).splitlines()[0][:120]})"
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            return "应是一个 SELECT,不能有别的语句"
        tree = json.loads(con.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()[0][0])
    if tree.get("error"):
        return "应是一个 SELECT,不能有别的语句"
    nodes = list(_nodes(tree))
    # Names of the WITH clauses.
    named = {entry["key"] for node in nodes for entry in _entries(node)}
    return next((fault for node in nodes if (fault := _reach(node, named))), "")


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from _nodes(part)


def _entries(node: dict[str, Any]) -> list[dict[str, Any]]:
    held = node.get("cte_map")
    return held.get("map", []) if isinstance(held, dict) else []


def _reach(node: dict[str, Any], named: set[str]) -> str:
    """Return what a node reaches that is not its own; '' for nothing."""
    if node.get("type") == "BASE_TABLE":
        schema, table = node.get("schema_name", ""), str(node.get("table_name", ""))
        if node.get("catalog_name") or schema not in ("", *SCHEMAS):
            return f"不能读 {schema}.{table}(只能读 {'、'.join(SCHEMAS)} 里的表)"
        if table.lower() in HIDDEN_TABLES:
            return "不能读密钥;来电人的散列请写 caller_hash_of(号码)"
        if not schema and table not in named:
            return f"里的 {table} 没有写明是哪里的表(例如 staging.{table})"
    function = str(node.get("function_name", ""))
    if node.get("type") == "TABLE_FUNCTION":
        function = str((node.get("function") or {}).get("function_name", ""))
        if function.lower() not in _ROWS:
            return f"不能用 {function}:只能读已在手的行"
    if function and _REACHING.match(function):
        return f"不能用 {function}:只能读已在手的行"
    return ""

"""The registers (ref.*) and the alias tables that sql/staging joins."""

import duckdb

from pipeline.engine import literal
from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home
from pipeline.ingest.statement import materialise

# What sql/staging reads; a city that has no such register has an empty one.
COLUMNS = {
    "district": ("district", "region"),
    "street": ("district", "street", "aliases"),
    "unit": ("unit", "unit_type", "district", "street", "aliases"),
    "category": ("category", "aliases"),
    "repeat_rule": ("rule", "least_length"),
}
ALIAS_TABLES = ("category_alias", "district_alias", "street_alias", "unit_alias")


def install(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Create ref.district, .street, .unit, .category (all text) and the alias tables."""
    con.execute("CREATE SCHEMA IF NOT EXISTS ref")
    files = home.reference_files()
    for name, columns in COLUMNS.items():
        if name in files:
            scan = f"read_csv({literal(files[name])}, all_varchar = true, header = true)"
            try:
                con.execute(f"CREATE TABLE ref.{name} AS SELECT {', '.join(columns)} FROM {scan}")
            except duckdb.Error as error:
                reason = str(error).splitlines()[0]
                raise HotlineError(
                    f"参考表 {home.relative(files[name])} 读不出({reason});"
                    f"应有列 {'、'.join(columns)}",
                    USAGE,
                ) from error
        else:
            con.execute(f"CREATE TABLE ref.{name} ({' VARCHAR, '.join(columns)} VARCHAR)")
    for name in ALIAS_TABLES:
        materialise(con, name)

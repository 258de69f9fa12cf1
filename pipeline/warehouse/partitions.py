"""Tables made per month or year: computed where its inputs changed, carried over where not."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import duckdb

from pipeline.console import progress, say
from pipeline.db import disk_fault, literal
from pipeline.entity import Entity
from pipeline.errors import IO, USAGE, HotlineError
from pipeline.home import Home
from pipeline.receipts import Month, Partition, Receipt
from pipeline.warehouse import graph
from pipeline.warehouse.candidates import narrow
from pipeline.warehouse.graph import SqlFile
from pipeline.warehouse.sources import point

# A batch of months is one query, and a few large queries beat many small ones (5.7 s to 6.8 s on 18
# million rows); what a query keeps are groups, so that its memory does not grow with the rows.
BATCH_ROWS = 20_000_000
# Except where deliveries are merged column by column: a large month of those is alone.
MERGED_ROWS = 20

Months = dict[Month, list[Partition]]


def fingerprints(months: Months, receipts: list[Receipt], basis: str) -> dict[Month, str]:
    """Return a digest per month of all that its rows in the partitioned tables rest on.

    `basis` is what all months share: the SQL, the references it reads, the builder.
    """
    # A file that was loaded again, with new corrections or value maps, may have as many rows as
    # before under the same names; receipts from before there was a time of loading do not say.
    delivery = {
        receipt.id: [
            str(receipt.received_on),
            receipt.sequence,
            receipt.loaded_at,
        ]
        for receipt in receipts
    }
    return {
        key: digest(
            [
                basis,
                [
                    [
                        *(p.receipt, p.rows, p.records_file, p.has_texts, p.moved, p.gained),
                        *(p.given, p.optional, delivery[p.receipt]),
                    ]
                    for p in ps
                ],
            ]
        )
        for key, ps in months.items()
    }


def with_before(months: Iterable[Month], loaded: Iterable[Month], before: int) -> list[Month]:
    """Return the months and those that are up to `before` months before one, as far as loaded."""
    wanted = {_number(key) - back for key in months for back in range(before + 1)}
    return [key for key in loaded if _number(key) in wanted]


def _number(key: Month) -> int:
    return 12 * key[0] + key[1]


def digest(value: object) -> str:
    """Return a sha256 of a JSON value."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class TableGroup:
    """Partitioned tables that rest on the same entities, and the months that those have.

    A table that rests on one entity is not computed anew because another one has news.
    """

    entities: tuple[str, ...]
    tables: list[SqlFile]
    months: Months

    @property
    def name(self) -> str:
        return "+".join(self.entities)


def families(
    files: dict[str, SqlFile], entities: dict[str, Entity], loaded: dict[str, Months]
) -> list[TableGroup]:
    """Return the families of the partitioned files."""
    views = {view: name for name, entity in entities.items() for view in entity.views}
    grouped: dict[tuple[str, ...], list[SqlFile]] = {}
    for file in files.values():
        if file.kind == "partitioned":
            _, outside = graph.closure(files, [file.name])
            key = tuple(sorted({views[name] for name in outside if name in views}))
            grouped.setdefault(key, []).append(file)
    return [
        TableGroup(key, tables, _together(key, loaded)) for key, tables in sorted(grouped.items())
    ]


def _together(names: Iterable[str], loaded: dict[str, Months]) -> Months:
    months: Months = {}
    for name in names:
        for key, partitions in loaded.get(name, {}).items():
            months[key] = [*months.get(key, []), *partitions]
    return {key: months[key] for key in sorted(months)}


def make(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    files: list[SqlFile],
    entities: dict[str, Entity],
    loaded: dict[str, Months],
    prints: dict[str, dict[Month, str]],
) -> list[Month]:
    """Create views and partitioned tables, fill them, and return the months that were computed.

    `files` are the views and partitioned files in order, `prints` the months' digests by family.
    The same SELECT runs on every batch of months: only the views of the entities, on which all of
    them rest, are narrowed to the batch's files. Tables that look back to months before come after
    all others, which they may read for those months too; of what they make the batch's months are
    kept.
    """
    sight = VisibleMonths(con, home, entities, loaded)
    sight.widen()
    for file in files:
        _create(con, file)
    con.execute("CREATE SCHEMA IF NOT EXISTS build")
    con.execute(
        """CREATE TABLE build."partition" (family VARCHAR, "year" INTEGER, "month" INTEGER,
           months_before INTEGER, is_yearly BOOLEAN, print VARCHAR)"""
    )
    order = {file.name: place for place, file in enumerate(files)}
    changed: set[Month] = set()
    jobs: list[_Job] = []
    for family in families({file.name: file for file in files}, entities, loaded):
        marks, months = prints[family.name], family.months
        for span in sorted({Span(file.months_before, file.is_yearly) for file in family.tables}):
            tables = [
                file for file in family.tables if Span(file.months_before, file.is_yearly) == span
            ]
            tables.sort(key=lambda file: order[file.name])
            wide = {key: digest([marks[k] for k in span.of([key], months)]) for key in months}
            kept = _carry_over(con, home, family, tables, wide, span)
            fresh = [key for key in months if key not in kept]
            jobs += [_Job(tables, months, run, span) for run in span.runs(months, fresh)]
            # What reads other months is computed with them; only months with news are printed.
            changed.update(() if span.is_wide else fresh)
            rows = [[family.name, *key, *span, wide[key]] for key in months]
            if rows:
                con.executemany("""INSERT INTO build."partition" VALUES (?, ?, ?, ?, ?, ?)""", rows)
    _compute(sight, jobs)
    sight.widen()
    return sorted(changed)


@dataclass(frozen=True)
class VisibleMonths:
    """What the views of the entities show: all months that are loaded, or some of them."""

    con: duckdb.DuckDBPyConnection
    home: Home
    entities: dict[str, Entity]
    loaded: dict[str, Months]

    def widen(self) -> None:
        """Show all months."""
        self.narrow(None)

    def narrow(self, keys: Iterable[Month] | None) -> None:
        """Show these months alone."""
        wanted = None if keys is None else set(keys)
        for name, entity in self.entities.items():
            months = self.loaded.get(name, {})
            shown = [own for key, own in months.items() if wanted is None or key in wanted]
            point(self.con, self.home, entity, shown)


@contextmanager
def only_months_of(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    entities: dict[str, Entity],
    loaded: dict[str, Months],
    table: str,
) -> Iterator[None]:
    """Let the views of the entities show the months of `table` alone; all where it is empty."""
    if not table:
        yield
        return
    sight = VisibleMonths(con, home, entities, loaded)
    sight.narrow(con.execute(f'SELECT "year", "month" FROM {table}').fetchall())
    try:
        yield
    finally:
        sight.widen()


class Span(NamedTuple):
    """On which months a month of a table rests: some before it, or all of its year."""

    months_before: int
    is_yearly: bool

    @property
    def is_wide(self) -> bool:
        return self.months_before > 0 or self.is_yearly

    def of(self, keys: Iterable[Month], loaded: Iterable[Month]) -> list[Month]:
        """Return the months that these rest on, themselves among them, as far as loaded."""
        if self.is_yearly:
            years = {year for year, _ in keys}
            return [key for key in loaded if key[0] in years]
        return with_before(keys, loaded, self.months_before)

    def runs(self, months: Months, keys: list[Month]) -> list[list[Month]]:
        """Return the months as they are computed together; a year is never parted."""
        if self.is_yearly:
            return [list(run) for _, run in groupby(keys, key=lambda key: key[0])]
        return batches(months, keys)


@dataclass(frozen=True)
class _Job:
    """Tables of a family, to be filled for months that rest on their span."""

    tables: list[SqlFile]
    months: Months
    run: list[Month]
    span: Span


def _compute(sight: VisibleMonths, jobs: list[_Job]) -> None:
    """Fill the tables, batch by batch and in order; one line is printed for each go."""
    con = sight.con
    con.execute('CREATE TEMP TABLE wanted ("year" INTEGER, "month" INTEGER)')
    for reads_other_months, grouped in groupby(jobs, key=lambda job: job.span.is_wide):
        group = list(grouped)
        name = "逐月查找重复与来电人" if reads_other_months else "逐月汇总"
        for job in progress(group, name, len(group)):
            sight.narrow(job.span.of(job.run, job.months))
            con.execute("DELETE FROM wanted")
            con.executemany("INSERT INTO wanted VALUES (?, ?)", [list(key) for key in job.run])
            for file in job.tables:
                with _named_fault(file.label):
                    made = narrow(con, file)
                if job.span.months_before:
                    made = f'FROM (\n{made}\n) AS made SEMI JOIN wanted USING ("year", "month")'
                run_sql(con, f"INSERT INTO {file.name}\n{made}", file.label)
    con.execute("DROP TABLE wanted")


def _create(con: duckdb.DuckDBPyConnection, file: SqlFile) -> None:
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {file.name.split('.')[0]}")
    if file.kind == "view":
        run_sql(con, f"CREATE VIEW {file.name} AS\n{file.text}", file.label)
        return
    run_sql(con, f"CREATE TABLE {file.name} AS\n{file.text}\nWITH NO DATA", file.label)
    columns = {row[0] for row in con.execute(f"DESCRIBE {file.name}").fetchall()}
    if file.is_yearly and "year" not in columns:
        raise HotlineError(f"{file.label} 按年计算,必须有 year 列;请补上", USAGE)
    if not file.is_yearly and not {"year", "month"} <= columns:
        raise HotlineError(f"{file.label} 按月计算,必须有 year 和 month 两列;请补上", USAGE)


def _carry_over(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    family: TableGroup,
    tables: list[SqlFile],
    prints: dict[Month, str],
    span: Span,
) -> set[Month]:
    """Copy the months whose inputs did not change from the old warehouse; return them."""
    if not home.database.is_file():
        return set()
    try:
        con.execute(f"ATTACH {literal(home.database)} AS previous (READ_ONLY)")
    except duckdb.Error:
        say(f"{home.relative(home.database)} 打不开,全部重新计算")
        return set()
    try:
        old = con.execute(
            'SELECT "year", "month", print FROM previous.build."partition"'
            " WHERE family = ? AND months_before = ? AND is_yearly = ?",
            [family.name, *span],
        )
        kept = {(y, m) for y, m, mark in old.fetchall() if prints.get((y, m)) == mark}
        con.execute('CREATE TEMP TABLE kept ("year" INTEGER, "month" INTEGER)')
        if kept:
            con.executemany("INSERT INTO kept VALUES (?, ?)", [list(key) for key in sorted(kept)])
        match = 'kept."year" = old."year"'
        if not span.is_yearly:
            match += ' AND kept."month" = old."month"'
        for file in tables:
            con.execute(
                f"INSERT INTO {file.name} SELECT old.* FROM previous.{file.name} AS old "
                f"SEMI JOIN kept ON {match}"
            )
        return kept
    except (duckdb.CatalogException, duckdb.BinderException):
        # Made by another version of this program, without the tables or columns to carry over.
        for file in tables:
            con.execute(f"DELETE FROM {file.name}")
        return set()
    finally:
        con.execute("DROP TABLE IF EXISTS kept")
        con.execute("DETACH previous")


def run_sql(con: duckdb.DuckDBPyConnection, statement: str, label: str) -> None:
    """Run one statement made from an SQL file; a fault is one line that names the file."""
    with _named_fault(label):
        con.execute(statement).fetchall()


@contextmanager
def _named_fault(label: str) -> Iterator[None]:
    """Turn what the engine raises for an SQL file into one line that names the file."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise HotlineError(
            f"{label} 内存或临时磁盘不够;请调大 HOTLINE_MEMORY_LIMIT,或清理磁盘后重试", IO
        ) from error
    except duckdb.Error as error:
        if disk_fault(error) is not None:
            raise
        reason = " ".join(str(error).splitlines()[:1])
        if _of_parquet(error):
            raise HotlineError(
                f"有损坏的 Parquet({reason});请删除对应的回执,再重新 hotline ingest", IO
            ) from error
        raise HotlineError(f"{label} 执行失败({reason});请改正该文件", USAGE) from error


# Of a receipt without digests a damaged file is met by the engine alone, which names its format.
_PARQUET = ("parquet", "thrift", "zstd", "snappy", "decompress", "dictionary")


def _of_parquet(error: duckdb.Error) -> bool:
    """Return whether a file could not be read, and not the SQL."""
    if isinstance(error, (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)):
        return False
    return any(word in str(error).lower() for word in _PARQUET)


def _is_merged(partitions: list[Partition]) -> bool:
    """Return whether the deliveries of some entity have different columns."""
    given = {(part.entity, columns) for part in partitions for columns in part.given or ("",)}
    return len(given) > len({part.entity for part in partitions})


def batches(months: Months, keys: list[Month], limit: int = BATCH_ROWS) -> list[list[Month]]:
    """Return the months in runs of at most `limit` rows; a larger month is alone.

    Rows of months that are merged column by column are kept whole, and count as so many more.
    """
    runs: list[list[Month]] = []
    filled = 0
    for key in keys:
        rows = sum(partition.rows for partition in months[key])
        rows *= MERGED_ROWS if _is_merged(months[key]) else 1
        if not runs or filled + rows > limit:
            runs.append([])
            filled = 0
        runs[-1].append(key)
        filled += rows
    return runs

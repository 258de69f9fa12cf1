"""`hotline build`: every table beside the old ones, checked, then swapped in."""

import datetime
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline import file_digests, model_tables, receipts, reference
from pipeline.console import say
from pipeline.db import connect, create_place
from pipeline.entity import Entity, entities_of
from pipeline.errors import NO_DATA, USAGE, HotlineError
from pipeline.home import Home
from pipeline.ingest import read_again, rename
from pipeline.metrics import definitions
from pipeline.model_tables import delete_orphaned_words
from pipeline.receipts import Month, Receipt
from pipeline.settings import load as load_settings
from pipeline.stopping import held
from pipeline.warehouse import (
    buildlock,
    checks,
    graph,
    kept_columns,
    moved_ids,
    partitions,
    sources,
    unmatched,
)
from pipeline.warehouse.checks import CheckResult
from pipeline.warehouse.graph import SqlFile
from pipeline.warehouse.partitions import Months


@dataclass(frozen=True)
class BuildResult:
    """What a build did: whether anything was new, rows per table, months computed, warnings."""

    is_new: bool
    rows: dict[str, int]
    months: int
    computed: tuple[Month, ...] = ()
    findings: tuple[CheckResult, ...] = ()


def build(home: Home, sql: Path = graph.SQL) -> BuildResult:
    """Build data/warehouse/hotline.duckdb and build.lock.toml from what the receipts list.

    The caller holds the home's lock. Raises HotlineError: NO_DATA without receipts, CHECK_FAILED
    if a fail_ check has rows (the old warehouse stays as it was), USAGE for faulty SQL or
    reference data, IO for missing files.
    """
    started = time.monotonic()
    loaded = receipts.load(home)
    if read_again(home, loaded):
        loaded = receipts.load(home)
    months = receipts.by_entity(loaded)
    count = len({key for own in months.values() for key in own})
    if not count:
        raise HotlineError(
            f"{home.relative(home.receipts)} 中没有已入库的记录;请先运行 hotline ingest 路径",
            NO_DATA,
        )
    entities = entities_of(home)
    unknown = sorted(months.keys() - entities.keys())
    if unknown:
        raise HotlineError(
            f"回执里的数据种类 {'、'.join(unknown)} 没有定义;请补回 data/entities 下的文件", USAGE
        )
    untouched = receipts.require_changed_files(home, loaded)
    renamed = rename(home, loaded)
    loaded, months = renamed.receipts, receipts.by_entity(renamed.receipts)
    files = graph.load(sql, own=home.sql)
    tests = checks.load(sql, own=home.sql)
    inputs = buildlock.inputs(home, [*files.values(), *tests], loaded, entities)
    delete_orphaned_words(home)
    if buildlock.is_current(home, inputs, entities):
        say(f"没有新的内容:{home.relative(home.database)} 已是最新")
        return BuildResult(False, {}, count)
    file_digests.require_whole(home, untouched, load_settings(home.root).threads)
    # Also where no lock holder made it: a test, a notebook.
    home.tmp.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = home.tmp / "hotline.duckdb"
    fresh.unlink(missing_ok=True)
    graph.recall_reads(home.sql_reads)
    con = connect(fresh, home=home)
    try:
        computed = _make_tables(con, home, files, entities, loaded, months, inputs)
        findings = checks.run(con, tests)
        rows = _count_rows(con)
        _sign(con, home, inputs)
    finally:
        con.close()
    with held():
        for receipt in renamed.changed:
            receipts.commit(home, receipt)
        _swap(fresh, home.database)
        for path in renamed.replaced:
            path.unlink(missing_ok=True)
        graph.keep_reads(home.sql_reads, files.values())
        buildlock.write(home, inputs, rows)
    file_digests.keep_stamps(home, [one for r in loaded for one in receipts.stored_files(home, r)])
    unmatched.write(home)
    for line in kept_columns.lines(home, loaded):
        say(line)
    if renamed.replaced:
        say(f"名册改过:{len(renamed.replaced)} 个月的名称已按新名册重认,原文件没有重读")
    _report(home, rows, count, computed, findings, time.monotonic() - started)
    return BuildResult(True, rows, count, tuple(computed), tuple(findings))


def _make_tables(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    files: dict[str, SqlFile],
    entities: dict[str, Entity],
    loaded: list[Receipt],
    months: dict[str, Months],
    inputs: buildlock.Inputs,
) -> list[Month]:
    """Create every table in the new file; return the months that had to be computed."""
    references = [*reference.load(con, home), definitions.create_table(con, home)]
    views = [view for entity in entities.values() for view in entity.views]
    given = [f"model.{table.name}" for table in model_tables.TABLES]
    given += [entity.shared for entity in entities.values() if entity.shared]
    ordered = graph.order(files, [*references, *sources.GIVEN, *views, *given])
    sources.load_entities(con, entities.values())
    sources.load_receipts(con, home, loaded)
    sources.load_ledger(con, home)
    create_place(con, home)
    months = moved_ids.find(con, home, entities, months)
    prints = {
        family.name: partitions.fingerprints(
            family.months, loaded, _basis(files, family.tables, inputs)
        )
        for family in partitions.families(files, entities, months)
    }
    model_tables.create_views(con, home)
    first = [file for file in ordered if file.kind in ("view", "partitioned")]
    computed = partitions.make(con, home, first, entities, months, prints)
    # The rest is small: kept in the order its SQL asks for, so that printed tables print alike.
    con.execute("SET preserve_insertion_order = true")
    for file in ordered:
        if file.kind in ("table", "table view", "asked"):
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {file.name.split('.')[0]}")
            made = "TABLE" if file.kind == "table" else "VIEW"
            with partitions.only_months_of(con, home, entities, months, file.months):
                partitions.run_sql(con, f"CREATE {made} {file.name} AS\n{file.text}", file.label)
    return computed


def _basis(files: dict[str, SqlFile], tables: list[SqlFile], inputs: buildlock.Inputs) -> str:
    """Return a digest of what every month of these partitioned tables rests on."""
    names = [file.name for file in tables]
    inside, outside = graph.closure(files, names)
    stems = {name.removeprefix("ref.") for name in outside if name.startswith("ref.")}
    return partitions.digest(
        [
            {name: files[name].sha256 for name in sorted(inside)},
            {stem: inputs.reference[stem] for stem in sorted(stems) if stem in inputs.reference},
            inputs.versions,
        ]
    )


def _count_rows(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return rows per table (views are not counted: that would read the Parquet again)."""
    names = con.execute(
        """SELECT table_schema || '."' || table_name || '"', table_schema || '.' || table_name
           FROM information_schema.tables
           WHERE table_type = 'BASE TABLE' AND table_catalog = current_database() ORDER BY 2"""
    ).fetchall()
    return {
        plain: con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name, plain in names
    }


def _sign(con: duckdb.DuckDBPyConnection, home: Home, inputs: buildlock.Inputs) -> None:
    """Write into the new file what it was built from, when and where."""
    built_at = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    con.execute("CREATE TABLE build.run (fingerprint VARCHAR, built_at VARCHAR, folder VARCHAR)")
    row = [inputs.fingerprint, built_at, str(home.warehouse.absolute())]
    con.execute("INSERT INTO build.run VALUES (?, ?, ?)", row)
    con.execute("CHECKPOINT")


def _swap(fresh: Path, database: Path) -> None:
    """Put the new file in the old one's place.

    A log beside it (someone wrote into the tables and died) fits the old file alone: the
    engine would refuse to open the new one with it.
    """
    database.with_name(f"{database.name}.wal").unlink(missing_ok=True)
    fresh.replace(database)


def _report(
    home: Home,
    rows: dict[str, int],
    months: int,
    computed: list[Month],
    findings: list[CheckResult],
    seconds: float,
) -> None:
    for found in findings:
        more = f"{found.rows} 处,例如 " if found.rows > 1 else ""
        say(f"提醒:{found.check.title}:{more}{found.example}")
    carried = months - len(computed)
    say(
        f"建表完成:{len(rows)} 张表,{months} 个月(重算 {len(computed)} 个,沿用 {carried} 个),"
        f"{len(findings)} 项提醒,{seconds:.1f} 秒 → {home.relative(home.database)}",
        tables=len(rows),
        months=months,
        computed=len(computed),
        warnings=len(findings),
        seconds=round(seconds, 1),
    )

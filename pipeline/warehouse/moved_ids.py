"""Records that deliveries have in different months: their ids, and the files that hold old rows.

A later delivery may give a record another time of receipt, and with it another month. Each month is
computed from its own files, so that nobody would see there that the record is elsewhere too.
"""

import shutil
from dataclasses import dataclass

import duckdb

from pipeline.db import create_rows, exact_path, literal, parquet_scan, registered
from pipeline.entity import Entity
from pipeline.home import Home
from pipeline.receipts import Partition
from pipeline.warehouse import candidates
from pipeline.warehouse.partitions import BATCH_ROWS, Months
from pipeline.warehouse.sources import given_columns, point

# More than so many records of a delivery, and such a part of them, do not move to another month. A
# clock that is eight hours off moves one in ninety.
_MOST_MOVED = 20
_MOST_MOVED_SHARE = 0.1


_KEY = candidates.key_of("record_id")


@dataclass(frozen=True)
class _Held:
    """A partition with the least and the greatest id in its file; None where it does not say."""

    partition: Partition
    least: str | None
    most: str | None


def find(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    entities: dict[str, Entity],
    loaded: dict[str, Months],
) -> dict[str, Months]:
    """Create source.shared_id, source.reused_id and each entity's rows whose ids are shared.

    source.shared_id has one row an id, delivery and month of the ids that are in several of both;
    source.reused_id one row a delivery, with how many of its ids others use for something else.

    Return the months with each partition marked by the ids of it that a newer delivery has in
    another month, and by what other months hold of ids that count in it. Ids with a date in them
    are in ranges that do not meet, so that for most homes the footers of the files are enough; only
    files whose ranges meet are read, one column of them. Of two files that the last build compared
    its result is kept.
    """
    con.execute(
        """CREATE TABLE source.shared_id (entity VARCHAR, "year" INTEGER, "month" INTEGER,
           record_id VARCHAR, receipt VARCHAR)"""
    )
    con.execute("CREATE TABLE source.reused_id (entity VARCHAR, receipt VARCHAR, id_count BIGINT)")
    loaded_at = dict(
        con.execute("SELECT receipt, coalesce(loaded_at, '') FROM source.receipt").fetchall()
    )
    for name, months in loaded.items():
        held = _ranges(con, home, [part for parts in months.values() for part in parts])
        met = _meeting(held)
        if met:
            known = _compared_before(con, home, name)
            fresh = [p for p in met if (p.records_file, p.rows, loaded_at[p.receipt]) not in known]
            _compare(con, home, name, met, fresh)
    for name, entity in entities.items():
        if entity.shared:
            _keep_rows(con, home, entity, loaded.get(name, {}))
    return _marked(con, entities, loaded)


def _keep_rows(con: duckdb.DuckDBPyConnection, home: Home, entity: Entity, months: Months) -> None:
    """Create the table of the rows whose ids are shared: a month is computed without the others."""
    places = con.execute(
        'SELECT DISTINCT "year", "month" FROM source.shared_id WHERE entity = ?', [entity.name]
    ).fetchall()
    point(con, home, entity, [months[place] for place in sorted(places)])
    con.execute(
        f"""CREATE TABLE {entity.shared} AS
            SELECT held.* EXCLUDE (is_contested, is_mixed)
            FROM {entity.view} AS held
            SEMI JOIN (
                SELECT * FROM source.shared_id WHERE entity = {literal(entity.name)}
            ) AS shared
                ON shared.record_id = held.record_id AND shared.receipt = held.receipt
                AND shared."year" = held."year" AND shared."month" = held."month" """
    )


def _ranges(con: duckdb.DuckDBPyConnection, home: Home, partitions: list[Partition]) -> list[_Held]:
    """Return the partitions with the ranges of their ids, from the footers of the files."""
    if len({part.receipt for part in partitions}) < 2:
        return []
    files = {str(home.warehouse / part.records_file): part for part in partitions}
    rows = con.execute(
        """SELECT
               file_name,
               CASE WHEN count(stats_min_value) = count(*) THEN min(stats_min_value) END,
               CASE WHEN count(stats_max_value) = count(*) THEN max(stats_max_value) END
           FROM parquet_metadata(?)
           WHERE path_in_schema = 'record_id'
           GROUP BY file_name""",
        [[exact_path(name) for name in sorted(files)]],
    ).fetchall()
    return [_Held(files[name], least, most) for name, least, most in rows]


def _meeting(held: list[_Held]) -> list[Partition]:
    """Return the partitions whose ids may be in another month of another delivery."""
    ordered = sorted(held, key=lambda one: one.least or "")
    met: dict[str, Partition] = {}
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if one.most is not None and (other.least or "") > one.most:
                break
            first, second = one.partition, other.partition
            if first.receipt != second.receipt and first.key != second.key:
                met[first.records_file] = first
                met[second.records_file] = second
    return [met[file] for file in sorted(met)]


def _compared_before(
    con: duckdb.DuckDBPyConnection, home: Home, entity: str
) -> set[tuple[str, int, str]]:
    """Return the files that the last build compared with each other; put the ids that it found in
    several of them into the table `shared_before`.

    Ids given anew are not kept, so that after a build that met any all files are compared again.
    """
    con.execute("CREATE TEMP TABLE shared_before (record_id VARCHAR)")
    if not home.database.is_file():
        return set()
    try:
        con.execute(f"ATTACH {literal(home.database)} AS previous (READ_ONLY)")
    except duckdb.Error:
        return set()
    try:
        reused = "SELECT count(*) FROM previous.source.reused_id WHERE entity = ?"
        if con.execute(reused, [entity]).fetchall()[0][0]:
            return set()
        known = con.execute(
            """SELECT part.records_file, part.row_count, coalesce(held.loaded_at, '')
               FROM previous.source."partition" AS part
               JOIN previous.source.receipt AS held ON held.receipt = part.receipt
               WHERE part.entity = ?""",
            [entity],
        ).fetchall()
        con.execute(
            """INSERT INTO shared_before
               SELECT DISTINCT record_id FROM previous.source.shared_id WHERE entity = ?""",
            [entity],
        )
        return {(file, rows, at) for file, rows, at in known}
    except (duckdb.CatalogException, duckdb.BinderException):
        return set()  # made by another version of this program
    finally:
        con.execute("DETACH previous")


def _compare(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    entity: str,
    partitions: list[Partition],
    fresh: list[Partition],
) -> None:
    """Add the ids that are in several deliveries and months of these partitions.

    Narrow keys propose ids of the `fresh` files that are in another file too; those of the others
    among themselves are known.
    """
    names = sorted({part.receipt for part in partitions})
    places = [
        [place, names.index(part.receipt), part.year, part.month]
        for place, part in enumerate(partitions)
    ]
    types = dict.fromkeys(("place", "delivery"), "BIGINT")
    create_rows(con, "file_place", types | dict.fromkeys(("year", "month"), "INTEGER"), places)
    scan = parquet_scan(home.warehouse / part.records_file for part in partitions)
    if _propose(con, home, partitions, fresh):
        con.execute(
            f"""CREATE TEMP TABLE shared AS
                SELECT held.record_id
                FROM (
                    SELECT record_id, file_index AS place FROM {scan}
                    WHERE {_KEY} IN (SELECT k FROM shared_key)
                ) AS held
                JOIN file_place USING (place)
                GROUP BY held.record_id
                HAVING min(delivery) <> max(delivery)
                    AND min(12 * "year" + "month") <> max(12 * "year" + "month")"""
        ).fetchall()
        if con.execute("SELECT count(*) FROM shared").fetchall()[0][0]:
            _sort_out(con, entity, scan)
        con.execute("DROP TABLE shared")
    con.execute("DROP TABLE file_place")
    con.execute("DROP TABLE shared_key")
    con.execute("DROP TABLE shared_before")


def _propose(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    partitions: list[Partition],
    fresh: list[Partition],
) -> int:
    """Create `shared_key`, the keys of ids that may be shared; return how many there are.

    Two ids may have one key: what is shared is decided by the ids themselves. Of the rows of a
    record one is looked at, and of very many files one part of the keys after another: they are
    written out once by part, so that the ids are not read again for each.
    """
    con.execute("CREATE TEMP TABLE shared_key AS SELECT 0::UBIGINT AS k LIMIT 0")
    parts = 1 + sum(part.rows for part in fresh) // BATCH_ROWS
    rest = [part for part in partitions if part not in fresh]
    folder = home.tmp / "id_key"
    if parts > 1:
        con.execute(
            f"""COPY (SELECT {_KEY} AS k, {_KEY} % {parts} AS part FROM {_last_rows(home, fresh)})
                TO {literal(folder)} (FORMAT parquet, PARTITION_BY (part), COMPRESSION uncompressed,
                                      OVERWRITE true)"""
        )
    for number in range(parts if fresh else 0):
        own = sorted(folder.glob(f"part={number}/*.parquet"))
        if parts > 1 and not own:
            continue
        keys = con.execute(
            f"SELECT k FROM {parquet_scan(own)}"
            if parts > 1
            else f"SELECT {_KEY} AS k FROM {_last_rows(home, fresh)}"
        ).fetchnumpy()["k"]
        with registered(con, "found", {"k": candidates.repeated(keys, 2)}):
            con.execute("INSERT INTO shared_key FROM found")
        if rest:
            with registered(con, "fresh_key", {"k": keys}):
                con.execute(
                    f"""INSERT INTO shared_key
                        SELECT DISTINCT {_KEY} FROM {_last_rows(home, rest)}
                        AND {_KEY} IN (SELECT k FROM fresh_key)"""
                ).fetchall()
    shutil.rmtree(folder, ignore_errors=True)
    con.execute(f"INSERT INTO shared_key SELECT {_KEY} FROM shared_before")
    return int(con.execute("SELECT count(*) FROM shared_key").fetchall()[0][0])


def _last_rows(home: Home, files: list[Partition]) -> str:
    """Return the FROM clause of the last row of each record of these files."""
    return f"{parquet_scan(home.warehouse / one.records_file for one in files)} WHERE is_last"


def _sort_out(con: duckdb.DuckDBPyConnection, entity: str, scan: str) -> None:
    """Tell records that moved from numbers that were given anew, as where they restart each month.

    Few records of a delivery move. Where a large part of the ids of all deliveries that hold an id
    is elsewhere too, it is no name of one record, and none of them replaces another.
    """
    con.execute(
        f"""CREATE TEMP TABLE lying AS
            SELECT DISTINCT "year", "month", held.record_id, held.receipt
            FROM (SELECT record_id, receipt, file_index AS place FROM {scan}) AS held
            JOIN file_place USING (place)
            SEMI JOIN shared USING (record_id)"""
    ).fetchall()
    con.execute(
        """CREATE TEMP TABLE reused AS
           SELECT record_id
           FROM lying
           JOIN (
               SELECT lying.receipt,
                   count(DISTINCT record_id) > greatest($1, $2 * max(r.records)) AS is_large
               FROM lying
               JOIN source.receipt AS r ON r.receipt = lying.receipt
               WHERE NOT r.is_supplement
               GROUP BY lying.receipt
           ) AS part ON part.receipt = lying.receipt
           GROUP BY record_id
           HAVING bool_and(is_large)""",
        [_MOST_MOVED, _MOST_MOVED_SHARE],
    ).fetchall()
    con.execute(
        """INSERT INTO source.shared_id
           SELECT ?, "year", "month", record_id, receipt FROM lying
           ANTI JOIN reused USING (record_id)""",
        [entity],
    )
    con.execute(
        """INSERT INTO source.reused_id
           SELECT ?, receipt, count(DISTINCT record_id) FROM lying
           SEMI JOIN reused USING (record_id)
           SEMI JOIN (SELECT receipt FROM source.receipt WHERE NOT is_supplement) AS whole
               USING (receipt)
           GROUP BY receipt""",
        [entity],
    )
    con.execute("DROP TABLE lying")
    con.execute("DROP TABLE reused")


def _marked(
    con: duckdb.DuckDBPyConnection, entities: dict[str, Entity], loaded: dict[str, Months]
) -> dict[str, Months]:
    """Return the months with their partitions marked.

    `moved` marks those that hold rows of a record that counts elsewhere, `gained` those with the
    record itself where other months hold deliveries of it that have other columns. The newest
    delivery is the one of sql/core/moved_id.sql.
    """
    con.execute(
        """CREATE TEMP TABLE ranked AS
           SELECT s.*, r.loaded_at, first_value(s.receipt) OVER (
               PARTITION BY s.entity, s.record_id
               ORDER BY r.is_supplement, r.precedence DESC
           ) AS newest
           FROM source.shared_id AS s
           JOIN source.receipt AS r ON r.receipt = s.receipt"""
    )
    rows = con.execute(
        """SELECT receipt, "year", "month", md5(string_agg(record_id, chr(31) ORDER BY record_id))
           FROM ranked
           WHERE receipt <> newest
           GROUP BY receipt, "year", "month" """
    ).fetchall()
    lost = {(receipt, year, month): ids for receipt, year, month, ids in rows}
    rows = con.execute(
        """SELECT
               one.receipt, one."year", one."month", list(DISTINCT other.receipt),
               md5(string_agg(
                   concat_ws(chr(31), other.record_id, other.receipt, other.loaded_at), chr(30)
                   ORDER BY other.record_id, other.receipt
               ))
           FROM ranked AS one
           JOIN ranked AS other
               ON other.entity = one.entity AND other.record_id = one.record_id
               AND other.receipt <> one.receipt
               AND (other."year" <> one."year" OR other."month" <> one."month")
           WHERE one.receipt = one.newest
           GROUP BY one.receipt, one."year", one."month" """
    ).fetchall()
    con.execute("DROP TABLE ranked")
    given = {
        part.receipt: given_columns(entities[name], part)
        for name, months in loaded.items()
        for parts in months.values()
        for part in parts
    }
    gained = {
        (receipt, year, month): columns
        for receipt, year, month, others, columns in rows
        if any(given[other] != given[receipt] for other in others)
    }
    return {
        name: {
            key: [
                part.model_copy(
                    update={
                        "moved": lost.get((part.receipt, *key), ""),
                        "gained": gained.get((part.receipt, *key), ""),
                    }
                )
                for part in parts
            ]
            for key, parts in months.items()
        }
        for name, months in loaded.items()
    }

"""Small homes: records in the layout of ingest, written by hand, and what they are built into."""

import atexit
import functools
import hashlib
import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.home import REPOSITORY, Home
from pipeline.warehouse import BuildResult, build, graph

TEXT = [
    "record_type",
    "category",
    "subcategory",
    "topic",
    "tag",
    "status",
    "channel",
    "platform",
    "handling",
    "unit_type",
    "unit",
    "unit_district",
    "unit_street",
    "place_district",
    "place_street",
]
LAYOUT = [
    ("record_id", "VARCHAR"),
    ("receipt", "VARCHAR"),
    ("dispatch_no", "SMALLINT"),
    ("is_last", "BOOLEAN"),
    *[(name, "TIMESTAMP") for name in ("received_at", "dispatched_at", "due_at", "closed_at")],
    *[(name, "VARCHAR") for name in TEXT],
    ("caller_hash", "BIGINT"),
    ("is_valid", "BOOLEAN"),
    ("is_contacted", "BOOLEAN"),
    ("resolution", "VARCHAR"),
    ("satisfaction", "VARCHAR"),
    ("scope_tier", "TINYINT"),
    ("is_epidemic", "BOOLEAN"),
    ("is_company_desk", "BOOLEAN"),
    ("praise_form", "VARCHAR"),
    ("unknown_district", "VARCHAR"),
    ("unknown_street", "VARCHAR"),
    ("unread", "VARCHAR"),
]
# Homes of a few records, whose names are mostly in no register: each is counted by itself.
RULES = (
    (REPOSITORY / "data" / "reference" / "report_rule.csv")
    .read_text(encoding="utf-8")
    .replace("unlisted_min_count,10,", "unlisted_min_count,0,")
)
REFERENCE = {
    "report_rule": RULES,
    "district": "district,region,sort_order\n甲区,东部,1\n乙区,西部,2\n",
    "population": "district,vintage,population,source\n甲区,2019,20000,x\n乙区,2019,50000,x\n",
    "population_use": "year,vintage\n2020,2019\n",
    "category": "category,sort_order,aliases,note\n公共安全,1,,\n住房,2,,\n教育,3,,\n",
    # Against code points on purpose: what is printed must come from here.
    "subcategory": "category,subcategory,sort_order\n公共安全,食品安全,1\n公共安全,卫生安全,2\n",
    "member": (
        "dimension,member,sort_order,note\nrecord_type,咨询,1,\nrecord_type,诉求,2,\n"
        "record_type,建议,3,\nhandling,直接解答,1,\nhandling,派单,2,\ndesk,企业专席,1,\n"
        "desk,其他席,2,\nunit_type,国有企业,1,\nunit_type,电商企业,2,\n"
    ),
    "scope_use": (
        "purpose,scope\nsection,tier1\nsection,all\nheadline,tier2\nheadline,all\n"
        "wide,tier3\nwide,all\n"
    ),
    "rate_convention": (
        "convention,satisfied_weight,basically_satisfied_weight,weight_base,valid_from,valid_to,"
        "definition\njiesu2020,10,9,10,2020-01-01,2020-12-31,x\n"
    ),
    "partial_year": "year,is_partial,reason\n",
    "context": "item,year,value,unit,document\n整合的热线,2020,52,条,文件甲\n",
}


def record(record_id: str, received_at: str, **fields: Any) -> dict[str, Any]:
    """Return one row of the records layout; what is not given is unknown or empty."""
    row: dict[str, Any] = {name: None for name, _ in LAYOUT}
    row.update(dict.fromkeys((*TEXT, "resolution", "satisfaction", "praise_form"), "?"))
    row.update(record_id=record_id, received_at=received_at, dispatch_no=1, is_last=True)
    row.update(scope_tier=0, is_epidemic=False, handling="直接解答", channel="电话")
    unknown = fields.keys() - row.keys()
    assert not unknown, f"no such column: {unknown}"
    return {**row, **fields}


def empty_home(root: Path) -> Home:
    """Return a home without files; its reference data are the repository's."""
    root.mkdir(parents=True, exist_ok=True)
    return Home(root)


def make_home(root: Path, reference: dict[str, str] | None = None) -> Home:
    """Return a home with references of its own and an empty ledger."""
    home = empty_home(root)
    (root / "data" / "published").mkdir(parents=True)
    (root / "data" / "reference").mkdir()
    for name, text in {**REFERENCE, **(reference or {})}.items():
        (root / "data" / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")
    home.receipts.mkdir(parents=True)
    home.tmp.mkdir(mode=0o700)
    return home


def deliver(
    home: Home,
    rows: Iterable[dict[str, Any]],
    *,
    sequence: int = 1,
    received_on: str = "2021-01-01",
    texts: dict[str, str] | None = None,
    text_hashes: dict[str, int] | None = None,
    **fields: Any,
) -> str:
    """Put rows in place as ingest does, Parquet first and the receipt last; return its id.

    `texts` are the (masked) contents and `text_hashes` their prints, by record id.
    """
    rows = list(rows)
    receipt = hashlib.sha256(f"{sequence}{received_on}{len(rows)}".encode()).hexdigest()[:16]
    months: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        year, month = row["received_at"][:7].split("-")
        months[int(year), int(month)].append({**row, "receipt": receipt})
    partitions = []
    for (year, month), held in sorted(months.items()):
        name = f"records/year={year}/month={month:02d}/{receipt}.parquet"
        _write(home.warehouse / name, held)
        has_texts = texts is not None or text_hashes is not None
        text_name = name.replace("records/", "texts/", 1) if has_texts else ""
        if has_texts:
            _write_texts(home.warehouse / text_name, held, texts or {}, text_hashes or {})
        times = sorted(row["received_at"] for row in held)
        partitions.append(
            {"year": year, "month": month, "rows": len(held), "records_file": name}
            | {
                "texts_file": text_name,
                "first_received_at": times[0],
                "last_received_at": times[-1],
            }
        )
    count = len(rows)
    body = {
        "receipt": receipt,
        "file": f"data/raw/test/{sequence}.csv",
        "name": f"{sequence}.csv",
        "source": "test",
        "sender": "test",
        "received_on": received_on,
        "simulated": False,
        "scale": 1.0,
        "sha256": receipt * 4,
        "bytes": 1,
        "encoding": "utf-8",
        "format": "csv",
        "rows_read": count,
        "rows_loaded": count,
        "rows_duplicate": 0,
        "rows_rejected": 0,
        "reject_reasons": {},
        "records": len({row["record_id"] for row in rows}),
        "partitions": partitions,
        "has_tiers": any(row["scope_tier"] for row in rows),
        "optional_columns": [],
        "loaded_at": f"{received_on}T00:00:00",
        "sequence": sequence,
        "version": 0 if text_hashes is None else 2,
        **fields,
    }
    path = home.receipts / f"{receipt}.json"
    path.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    return receipt


# What every build reads when the tables are made, or status after it.
_ALWAYS = ("core.record", "core.unmatched")


def build_only(home: Home, *tables: str) -> BuildResult:
    """Build these tables, what they rest on and the checks of those: a part of the time of all."""
    return build(home, sql=sql_of(*tables))


@functools.cache
def sql_of(*tables: str) -> Path:
    """Return a folder of the SQL of these tables, of what they rest on, and of the checks."""
    folder = Path(tempfile.mkdtemp(prefix="hotline-sql-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    files = graph.load()
    inside, _ = graph.closure(files, [*tables, *_ALWAYS])
    # What a file makes a second time comes with it.
    while more := {
        again.name for name in inside if (again := files[name].again()) and again.name not in inside
    }:
        inside |= graph.closure(files, more)[0]
    wanted = {files[name] for name in inside if (graph.SQL / _sql_file(name)).is_file()}
    wanted |= {
        check
        for check in graph.load(schemas=["check"]).values()
        if not check.reads & (files.keys() - inside)
    }
    for file in wanted:
        path = folder / _sql_file(file.name)
        path.parent.mkdir(exist_ok=True)
        path.symlink_to(graph.SQL / _sql_file(file.name))
    return folder


def _sql_file(name: str) -> Path:
    return Path(*name.split(".")).with_suffix(".sql")


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {
        name: pa.array([None if row[name] is None else str(row[name]) for row in rows], pa.string())
        for name, _ in LAYOUT
    }
    casts = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in LAYOUT)
    with duckdb.connect() as con:
        con.register("held", pa.table(columns))
        pq.write_table(con.sql(f"SELECT {casts} FROM held").to_arrow_table(), path)


def _write_texts(
    path: Path, rows: list[dict[str, Any]], texts: dict[str, str], hashes: dict[str, int]
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    held = [row for row in rows if row["is_last"]]
    columns = {
        "record_id": [row["record_id"] for row in held],
        "receipt": [row["receipt"] for row in held],
        "title": [None for _ in held],
        "content": [texts.get(row["record_id"]) for row in held],
        "reply": [None for _ in held],
    }
    table = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    prints = pa.array([hashes.get(row["record_id"]) for row in held], pa.int64())
    pq.write_table(table.append_column("text_hash", prints), path)


def ask(home: Home, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query on the built warehouse."""
    with duckdb.connect(str(home.database), read_only=True) as con:
        return con.execute(sql).fetchall()


def digests(home: Home, schemas: Iterable[str] = ("core", "metric", "annual")) -> dict[str, Any]:
    """Return per table an order-free digest of all its rows."""
    with duckdb.connect(str(home.database), read_only=True) as con:
        names = con.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables ORDER BY 1"
        ).fetchall()
        wanted = [name for (name,) in names if name.split(".")[0] in set(schemas)]
        return {
            name: con.execute(
                f"SELECT count(*), md5(coalesce(string_agg(md5(CAST(t AS VARCHAR)), '' "
                f"ORDER BY md5(CAST(t AS VARCHAR))), '')) FROM {name} AS t"
            ).fetchall()[0]
            for name in wanted
        }


def sql_text(name: str) -> str:
    """Return the text of sql/<name>.sql."""
    return (REPOSITORY / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def select_file(name: str, tables: dict[str, str]) -> list[tuple[Any, ...]]:
    """Run sql/<name>.sql in memory over tables that are given as SELECTs; return its rows."""
    return [tuple(row.values()) for row in select_named(name, tables)]


def select_named(name: str, tables: dict[str, str]) -> list[dict[str, Any]]:
    """Return the rows of select_file as column -> value; a SELECT may read the tables before it."""
    with duckdb.connect() as con:
        for table, select in tables.items():
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {table.split('.')[0]}")
            con.execute(f"CREATE TABLE {table} AS {select}")
        cursor = con.execute(sql_text(name))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def dispatched(record_id: str, received_at: str, unit_type: str, unit: str, **fields):
    """Return a dispatched record with a valid call-back, by default."""
    return record(
        record_id,
        received_at,
        **{
            "handling": "派单",
            "record_type": "诉求",
            "unit_type": unit_type,
            "unit": unit,
            "is_valid": True,
            "is_contacted": True,
            "is_company_desk": False,
            "scope_tier": 1,
            **fields,
        },
    )


# Ways of saying that a record is of a matter, or is with a unit.
SAFETY = {"category": "公共安全", "subcategory": "卫生安全"}
FOOD = {"category": "公共安全", "subcategory": "食品安全"}
AGENT = {"category": "住房", "subcategory": "房产中介"}
REPAIR = {"category": "住房", "subcategory": "房屋修缮"}
SCHOOL = {"category": "教育", "subcategory": "入学升学"}
EAST = {"unit_district": "甲区", "place_district": "甲区"}
GOOD = {"resolution": "解决", "satisfaction": "满意"}
PARTLY = {"resolution": "部分解决", "satisfaction": "基本满意"}
BAD = {"resolution": "未解决", "satisfaction": "不满意", "is_contacted": False}
DIRECT = {"scope_tier": 1, "is_company_desk": False}
TOWN = {"unit_district": "乙区", "unit_street": "二镇", "place_district": "乙区"}
STREET = {"unit_district": "甲区", "unit_street": "一街道", "place_district": "乙区"}

THIS_YEAR = [
    record(
        "A1", "2020-01-02 08:00:00", record_type="咨询", place_district="甲区", **SAFETY, **DIRECT
    ),
    dispatched("A2", "2020-01-05 08:00:00", "区", "甲区", **SAFETY, **EAST, **GOOD),
    dispatched(
        "A3",
        "2020-01-31 08:00:00",
        "街乡镇",
        "甲区一街道",
        channel="网络",
        **FOOD,
        **STREET,
        **PARTLY,
    ),
    dispatched(
        "B1",
        "2020-02-01 08:00:00",
        "市级部门",
        "市公安局",
        **{**AGENT, **BAD, "is_company_desk": True},
    ),
    record(
        "B2",
        "2020-02-10 08:00:00",
        record_type="建议",
        channel="网络",
        place_district="乙区",
        **AGENT,
        **DIRECT,
    ),
    # Tier 2 and tier 3: in no figure of the sections, in the headline and the wide scope.
    dispatched(
        "B3",
        "2020-02-11 08:00:00",
        "街乡镇",
        "乙区二镇",
        **{**REPAIR, **TOWN, **GOOD, "scope_tier": 2},
    ),
    # A district's record whose district is not known; no valid call-back; closed too early.
    dispatched(
        "B4",
        "2020-02-29 08:00:00",
        "区",
        "区级单位(未指定区)",
        **{**REPAIR, "record_type": "其他", "is_valid": False, "scope_tier": 3},
        closed_at="2020-02-28 08:00:00",
    ),
]
LAST_YEAR = [
    dispatched("C1", "2019-01-03 08:00:00", "区", "甲区", **SAFETY, **EAST, **GOOD),
    record("C2", "2019-01-04 08:00:00", record_type="咨询", **AGENT, **DIRECT),
    record("C4", "2019-02-04 08:00:00", record_type="咨询", **SCHOOL, **DIRECT),
    # March is not loaded for 2020, so growth must leave it out.
    dispatched("C3", "2019-03-04 08:00:00", "街乡镇", "乙区二镇", **AGENT, **TOWN),
]
# The first dispatch of A2 went to another unit: the chain is kept, the last one counts.
RETURNED = {
    **dispatched("A2", "2020-01-05 08:00:00", "市级部门", "市公安局", **SAFETY),
    "is_last": False,
}
A2_CHAIN = [{**THIS_YEAR[1], "dispatch_no": 2}, RETURNED]

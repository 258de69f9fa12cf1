"""The registers (ref.*) and the alias tables that the SQL of staging joins."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import duckdb

from pipeline.db import csv_scan, literal
from pipeline.entity import Entity
from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home
from pipeline.ingest.staging.session import StagingSession
from pipeline.reference import read_rows

# The columns that the SQL of staging reads; a missing register is an empty table.
COLUMNS = {
    "district": ("district", "region"),
    "street": ("district", "street", "aliases"),
    "unit": ("unit", "unit_type", "district", "street", "aliases"),
    "category": ("category", "aliases"),
    "office": ("item", "text"),
    "member": ("dimension", "member"),
    "repeat_rule": ("rule", "least_length"),
}
# Columns that a register may lack: its names then have no aliases, and are always valid.
OPTIONAL = ("aliases", "valid_from", "valid_to")
KINDS = ("category", "district", "street", "unit", "place")
# Separators between the parts of one name. Those of a list (、，;) separate several names.
_FIRST = "\\1"
_BETWEEN = r"[\s/\\|>→·_—–-]+"
_OPENING, _CLOSING = r"[(（\[【]", r"[)）\]】]"
_BRACKETS = rf"{_OPENING}[^)）\]】]*{_CLOSING}"
# Ends of the names of offices of a street or a district.
_STREET_OFFICE = "(?:办事处|办|党工委|(?:人民)?政府|[一-龥]{1,20}(?:局|所|队|科|站|中心|办公室|办))"
_STREET_END = f"(街道|地区|镇|乡){_STREET_OFFICE}$"
_OFFICE = (
    "[一-龥]{0,20}(?:局|委|委员会|办|办公室|政府|法院|检察院|(?:支|大|总|执法|监察)队|管委会|总工会"
    "|残联|妇联|团委|管理所|监管所|司法所|派出所|(?:指挥|救助|控制|疾控|事务|治理|调度|热线|区|分"
    "|政务服务|便民服务|卫生监督)中心)"
)
# These end like an office of a district, and are none.
_NO_OFFICE = "(?:居民|村民|业主|家属|社区)委员会|[邮书药]局"


def digest(home: Home) -> str:
    """Return a digest of what the registers say of names; their order and notes do not count."""
    files = home.reference_files()
    found = {}
    for name, columns in COLUMNS.items():
        if name == "repeat_rule":
            continue
        wanted = (*columns, *(column for column in OPTIONAL if column not in columns))
        rows = read_rows(files.get(name), ())
        found[name] = sorted([row.get(column) or "" for column in wanted] for row in rows)
    text = json.dumps(found, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def install(con: duckdb.DuckDBPyConnection, home: Home, *, without: Collection[str] = ()) -> None:
    """Create the registers as tables ref.* of text, the alias tables and the macros on names.

    Those of `without` are created without rows.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS ref")
    _load_all(con, home, COLUMNS, without)
    shared = StagingSession(con, home)
    try:
        shared.materialise("spelling")
    except duckdb.ConversionException as error:
        reason = str(error).splitlines()[0]
        raise HotlineError(
            f"名册(district、street、unit、category)的 valid_from 或 valid_to 不是日期({reason});"
            "请写成 YYYY-MM-DD,不限则留空",
            USAGE,
        ) from error
    shared.materialise("meaning")
    for kind in KINDS:
        shared.materialise(f"{kind}_alias")
        _define_in_force(con, kind)
    shared.materialise("street_path")
    _define_keys(con)


def install_own(con: duckdb.DuckDBPyConnection, home: Home, entity: Entity) -> None:
    """Create the registers of an entity, besides those for all entities."""
    _load_all(con, home, entity.registers)


def _load_all(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    registers: Mapping[str, Sequence[str]],
    without: Collection[str] = (),
) -> None:
    files = home.reference_files()
    for name, columns in registers.items():
        if name in files and name not in without:
            _load(con, home, name, files[name], columns)
        else:
            every = dict.fromkeys((*columns, *OPTIONAL))
            con.execute(f"CREATE OR REPLACE TABLE ref.{name} ({' VARCHAR, '.join(every)} VARCHAR)")


def _load(
    con: duckdb.DuckDBPyConnection, home: Home, name: str, path: Path, columns: Sequence[str]
) -> None:
    scan = csv_scan(path, "all_varchar = true, header = true")
    try:
        present = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()}
        chosen = [column for column in columns if column in present or column not in OPTIONAL]
        chosen += [
            column if column in present else f"NULL::VARCHAR AS {column}"
            for column in OPTIONAL
            if column not in chosen
        ]
        con.execute(f"CREATE OR REPLACE TABLE ref.{name} AS SELECT {', '.join(chosen)} FROM {scan}")
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise HotlineError(
            f"参考表 {home.relative(path)} 读不出({reason});应有列 {'、'.join(columns)}", USAGE
        ) from error


def are_dated(con: duckdb.DuckDBPyConnection) -> bool:
    """Return whether what a name means depends on the day."""
    return any(_is_dated(con, kind) for kind in KINDS)


def _is_dated(con: duckdb.DuckDBPyConnection, kind: str) -> bool:
    return bool(
        con.execute(
            f"SELECT count(*) FROM staging.{kind}_alias"
            " WHERE valid_from > DATE '0001-01-01' OR valid_to < DATE '9999-12-31'"
        ).fetchall()[0][0]
    )


def _define_in_force(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Create the macro in_force_<kind>: whether an alias is valid at a time.

    If all aliases are always valid it is a constant, so that records are joined by equal names
    only: testing dates doubles the time of such a join.
    """
    dated = _is_dated(con, kind)
    test = "CAST(x AS DATE) BETWEEN first_on AND last_on" if dated else "true"
    con.execute(f"CREATE OR REPLACE TEMP MACRO in_force_{kind}(x, first_on, last_on) AS ({test})")


def _define_keys(con: duckdb.DuckDBPyConnection) -> None:
    """Create the macros that normalise names for a second lookup in the registers.

    place_key: without brackets, separators and the city. street_key: preceded by its district.
    unit_key: of an office (朝阳区市场监管局) the district or street that its name begins with, of a
    street without its district that of the district. Names with another city keep it, and so are
    not found. to_unit_type: the kind of unit by the word of a dump.
    """
    # A name wholly in brackets is the text inside.
    whole = _replaced("x", f"^{_OPENING}([^)）\\]】]+){_CLOSING}$|[。.;；,，、]+$", "\\1")
    whole = _replaced(whole, f"{_BRACKETS}|{_BETWEEN}", everywhere=True)
    place, city = whole, ""
    if cities := _cities(con):
        city = f"(?:{'|'.join(cities)})+(?:市辖区)?"
        # Only names that begin with the city: 吉林省长春市朝阳区 is in another one.
        before = f"^(?:中国)?(?:[一-龥]{{2,7}}(?:省|自治区))?({city})[,，、]?"
        place, whole = _replaced(whole, before), _replaced(whole, before, "\\1")
    # A unit keeps the city, which may be part of its name: 北京建工集团.
    office = _replaced(whole, f"({_NO_OFFICE})$", "\\1?")
    if districts := "|".join(_districts(con)):
        district = f"(?:{city})?(?:{districts})" if city else f"(?:{districts})"
        named = f"(?:{districts})"
        street = f"{district}[一-龥]{{0,6}}?[^城](?:街道|地区|镇|乡)"
        # 市朝阳区; the government of the district, and the office of a street, which is one of it.
        government = f"^({district})(?:人民)?政府([一-龥]{{1,7}}(?:街道|地区|镇|乡))"
        place = _replaced(place, f"^市({named})", "\\1")
        place = _replaced(place, f"^({named})(?:(?:人民)?政府|区级|本级)$", "\\1")
        place = _replaced(
            _replaced(place, government, "\\1\\2"), f"^({street}){_STREET_OFFICE}$", "\\1"
        )
        office = _replaced(_replaced(office, f"^市({named})", "\\1"), government, "\\1\\2")
        office = _replaced(office, f"^({street}){_STREET_OFFICE}$", "\\1")
        office = _replaced(office, f"^({district}){_OFFICE}$", "\\1")
        # A place that is no street (a park) may have an office too; found only if registered.
        office = _replaced(office, f"^({district}[一-龥]{{2,30}})办事处$", "\\1")
        office = _of_street(office, city, districts)
    path = _replaced(place, _STREET_END, "\\1")
    types = ", ".join(f"{literal(name)}: {literal(name)}" for name in _unit_types(con))
    for signature, body in {
        "place_key(x)": place,
        "unit_key(district, x)": office,
        # Without a repeated district.
        "street_key(district, x)": f"replace(district || {path}, district || district, district)",
        "to_unit_type(x)": f"CASE WHEN x IS NOT NULL THEN MAP {{{types}}}[tidy(x)] END",
    }.items():
        con.execute(f"CREATE OR REPLACE TEMP MACRO {signature} AS ({body})")


def _of_street(office: str, city: str, districts: str) -> str:
    """Return the key of an office, which of a street without its district is that in `district`."""
    alone = literal(f"^[一-龥]{{1,10}}(?:街道|地区|镇|乡)(?:{_STREET_OFFICE})?$")
    placed = literal(f"^(?:市{f'|{city}' if city else ''})?(?:{districts})")
    return (
        f"CASE WHEN regexp_matches(x, {alone}) AND NOT regexp_matches(x, {placed})"
        f" THEN district || {_replaced('x', _STREET_END, _FIRST)} ELSE {office} END"
    )


def _replaced(x: str, pattern: str, by: str = "", *, everywhere: bool = False) -> str:
    """Return the SQL that replaces a pattern in x."""
    flags = ", 'g'" if everywhere else ""
    return f"regexp_replace({x}, {literal(pattern)}, {literal(by)}{flags})"


def _cities(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the spellings of the city as patterns: 北京市, 北京."""
    rows = con.execute("SELECT text FROM ref.office WHERE item = 'city' AND text <> ''").fetchall()
    names = [name for (name,) in rows]
    names += [name.removesuffix("市") for name in names if len(name) > 2 and name.endswith("市")]
    return [re.escape(name) for name in names]


def _districts(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the full names of districts, also former ones, as patterns, the longest first."""
    rows = con.execute(
        """SELECT DISTINCT name
           FROM (
               SELECT district AS name FROM ref.district
               UNION ALL SELECT unnest(string_split(aliases, '|')) FROM ref.district
           )
           WHERE length(name) >= 3 AND name[-1] IN ('区', '县', '市')
           ORDER BY length(name) DESC, name"""
    ).fetchall()
    return [re.escape(name) for (name,) in rows]


def _unit_types(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the home's kinds of units."""
    rows = con.execute(
        """SELECT unit_type FROM ref.unit
           UNION SELECT member FROM ref.member WHERE dimension = 'unit_type'
           UNION VALUES ('区'), ('街乡镇')
           ORDER BY 1"""
    ).fetchall()
    return [name for (name,) in rows if name not in (None, "", "?")]

"""The order of the SQL files, found in the SQL itself."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from importlib import metadata
from pathlib import Path

from pipeline.errors import USAGE, HotlineError
from pipeline.files import write_whole
from pipeline.home import REPOSITORY
from pipeline.reference import FUNCTIONS

SQL = REPOSITORY / "sql"
# staging belongs to ingest, audit to the audit, check is run on the finished tables.
SCHEMAS = ("core", "metric", "annual", "monthly")
_MATERIALISED = re.compile(
    r"^-- materialised(?P<parted> per (?:partition(?:, with (?P<before>\d+) months before)?"
    r"|(?P<year>year)))?\s*$",
    re.MULTILINE,
)
_AGAIN = re.compile(
    r"^-- made again as (?P<name>\S+) with (?P<by>\S+) for (?P<what>\S+), in (?P<months>\S+)$",
    re.MULTILINE,
)
_WHEN_ASKED = re.compile(r"^-- computed when asked\s*$", re.MULTILINE)
_ON_TABLES = re.compile(r"^-- a view on tables\s*$", re.MULTILINE)
_CANDIDATES = re.compile(
    r"^-- candidates in (?P<rows>\S+): (?P<known>.+)\n-- alike in: (?P<alike>.+)\n"
    r"-- at least: (?P<rule>\w+)$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Candidates:
    """Of which rows a file needs those alone that enough others are alike (candidates.py).

    `rows` is the table that the file reads, `known` what holds for all rows that count, `alike` the
    columns or expressions in which they agree, `rule` the one of ref.repeat_rule whose least_count
    says how many must.
    """

    rows: str
    known: str
    alike: str
    rule: str


@dataclass(frozen=True)
class SqlFile:
    """One SELECT; the path is the name: sql/core/record.sql builds core.record."""

    name: str
    label: str
    text: str
    # The table of the months that it is made for alone; empty: for all.
    months: str = ""

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def kind(self) -> str:
        """Return view, table, partitioned, table view or asked.

        Files of schema core are views on the Parquet, so that nothing is stored twice, unless
        their header says `-- materialised`. A header `-- materialised per partition` makes a table
        that is computed month by month and carried over for months that did not change,
        `-- materialised per year` one that is computed and carried over by whole years. A header
        `-- a view on tables` makes a view on finished tables: for what readers see wider than it is
        stored. So does `-- computed when asked`, for what rests on model tables, which grow after
        the build: no table may read it.
        """
        if _WHEN_ASKED.search(self.header):
            return "asked"
        if _ON_TABLES.search(self.header):
            return "table view"
        mark = _MATERIALISED.search(self.header)
        if mark and mark["parted"]:
            return "partitioned"
        return "table" if mark or not self.name.startswith("core.") else "view"

    @property
    def months_before(self) -> int:
        """Return how many months before its own a month of a partitioned table rests on:
        `-- materialised per partition, with 2 months before`."""
        mark = _MATERIALISED.search(self.header)
        return int(mark["before"] or 0) if mark else 0

    @property
    def is_yearly(self) -> bool:
        """Return whether a month of a partitioned table rests on all months of its year."""
        mark = _MATERIALISED.search(self.header)
        return bool(mark and mark["year"])

    @property
    def candidates(self) -> Candidates | None:
        """Return which rows the table needs, where its header has the three lines
        `-- candidates in core.t: condition`, `-- alike in: columns`, `-- at least: rule`."""
        mark = _CANDIDATES.search(self.header)
        return Candidates(**mark.groupdict()) if mark else None

    @property
    def header(self) -> str:
        """Return the comment lines that the file begins with."""
        lines = self.text.splitlines()
        end = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
        return "\n".join(lines[:end])

    @cached_property
    def reads(self) -> frozenset[str]:
        """Return the tables the SELECT reads, as schema.name; CTEs are not tables."""
        if self.sha256 not in _reads:
            _reads[self.sha256] = tables_read(self.text, self.label)
        return _reads[self.sha256] | ({self.months} if self.months else set())

    def again(self) -> "SqlFile | None":
        """Return the second table that the same SELECT makes, from another view of the records:
        `-- made again as metric.b with core.v for core.u, in metric.m`, for the months of metric.m.
        """
        mark = _AGAIN.search(self.header)
        if mark is None:
            return None
        text = re.sub(rf"\b{re.escape(mark['what'])}\b", mark["by"], self.text)
        text = _AGAIN.sub("", _MATERIALISED.sub("", text))
        return SqlFile(
            mark["name"], f"{self.label}({mark['name']})", text.lstrip("\n"), mark["months"]
        )


# By digest of the text. Parsing costs a small build half its time, so builds pass it on in a file.
_reads: dict[str, frozenset[str]] = {}


def recall_reads(path: Path) -> None:
    """Take over what former builds found; ignore a damaged file or another parser's."""
    try:
        found = json.loads(path.read_bytes())
        if found["sqlglot"] == metadata.version("sqlglot"):
            _reads.update({digest: frozenset(names) for digest, names in found["reads"].items()})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return


def keep_reads(path: Path, files: Iterable[SqlFile]) -> None:
    """Write the tables that each of the files reads, for `recall_reads`."""
    reads = {file.sha256: sorted(file.reads) for file in files}
    write_whole(path, json.dumps({"sqlglot": metadata.version("sqlglot"), "reads": reads}).encode())


def tables_read(text: str, label: str) -> frozenset[str]:
    """Return the tables that one SELECT reads, those behind functions of `ref` among them.

    Raises HotlineError USAGE if it is not one SELECT.
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.scope import traverse_scope

    try:
        statements = sqlglot.parse(text, read="duckdb")
    except SqlglotError as error:
        reason = str(error).splitlines()[0]
        raise HotlineError(f"{label} 不是可读的 SQL({reason});请改正该文件", USAGE) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise HotlineError(f"{label} 必须恰好是一条 SELECT;请改正该文件", USAGE)
    found = set()
    for scope in traverse_scope(statements[0]):
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                if not source.db:
                    raise HotlineError(
                        f"{label} 读取的表 {source.name} 没有写出模式名;请写成 模式.表名", USAGE
                    )
                found.add(f"{source.db}.{source.name}")
    called = {f"{call.this.name}.{call.name}" for call in statements[0].find_all(exp.Dot)}
    return frozenset(found | {FUNCTIONS[name] for name in called & FUNCTIONS.keys()})


def load(
    folder: Path = SQL, schemas: Iterable[str] = SCHEMAS, own: Path | None = None
) -> dict[str, SqlFile]:
    """Return the SQL files of the schemas, by table name; of one name a home's `own` wins."""
    files = {}
    for schema in schemas:
        for root in [folder, *([own] if own else [])]:
            for path in sorted((root / schema).glob("*.sql")):
                name = f"{schema}.{path.stem}"
                # Printed as for the user: a home's is in data/sql.
                label = f"{'data/' if root == own else ''}{root.name}/{schema}/{path.name}"
                files[name] = SqlFile(name, label, path.read_text(encoding="utf-8"))
    for file in [again for file in files.values() if (again := file.again())]:
        files[file.name] = file
    return files


def order(files: dict[str, SqlFile], given: Iterable[str]) -> list[SqlFile]:
    """Return the files so that each comes after those it reads.

    `given` are the tables that exist already. Raises HotlineError USAGE for an unknown table, a
    cycle, a view or partitioned file that reads a table made whole, or a table that reads what
    is computed when asked (it would hold the answer of the day of the build).
    """
    known = set(given)
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for file in files.values():
        unknown = sorted(file.reads - known - files.keys())
        if unknown:
            raise HotlineError(
                f"{file.label} 读取了不存在的表 {'、'.join(unknown)};"
                "请检查表名,或补上对应的 SQL 或 data/reference 文件",
                USAGE,
            )
        sorter.add(file.name, *sorted(file.reads & files.keys()))
    try:
        ordered = [files[name] for name in sorter.static_order()]
    except CycleError as error:
        ring = " → ".join(error.args[1])
        raise HotlineError(f"SQL 文件互相依赖,成了环:{ring};请断开其中一处", USAGE) from error
    for file in ordered:
        read = sorted(file.reads & files.keys())
        asked = [n for n in read if files[n].kind == "asked"]
        if file.kind != "asked" and asked:
            raise HotlineError(
                f"{file.label} 建表时读取了随问随算的 {'、'.join(asked)};"
                "请去掉该依赖,或在文件头加上 -- computed when asked",
                USAGE,
            )
        late = [n for n in read if files[n].kind in ("table", "table view")]
        if file.kind in ("view", "partitioned") and late:
            raise HotlineError(
                f"{file.label} 是视图或按月计算的表,不能读取整表 {'、'.join(late)};"
                "请去掉该依赖,或改 -- materialised 标记",
                USAGE,
            )
    return ordered


def closure(files: dict[str, SqlFile], names: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return what the named tables rest on: the SQL files (with themselves), the given tables."""
    inside: set[str] = set()
    outside: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in files:
            outside.add(name)
        elif name not in inside:
            inside.add(name)
            waiting.extend(files[name].reads)
    return inside, outside

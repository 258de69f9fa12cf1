"""A small dump in the city's layout, written by hand, and ways to read back what was loaded."""

import csv
import io
from pathlib import Path
from typing import Any

import duckdb

from pipeline.home import Home
from pipeline.ingest import IngestResult, ingest
from pipeline.lock import exclusive

HEADINGS = [
    *("序号", "工单编号", "工单类型", "一级分类", "二级分类", "三级分类"),
    *("标签", "标题", "主要内容", "问题点位", "工单状态", "工单来源"),
    *("来电人", "来电人电话", "被反映区", "被反映街乡镇", "承办单位", "处理结果"),
    *("受理处理方式", "来电时间", "派单时间", "处理时限", "办结时间", "坐席ID"),
    *("坐席姓名", "企业名称", "重复反映告知单量", "是否有效回访", "是否联系", "是否解决"),
    *("是否满意", "口径层级", "是否涉疫", "是否企业专席", "网络渠道", "表扬形式"),
]

DEFAULT = {
    "工单类型": "诉求",
    "一级分类": "公共服务",
    "二级分类": "供暖",
    "标题": "暖气不热",
    "主要内容": "市民来电反映暖气不热",
    "工单来源": "电话",
    "受理处理方式": "直接解答",
    "来电时间": "2020-01-05 08:00:00",
}


def row(number: str, **cells: str) -> dict[str, str]:
    """Return a row of the dump; cells that are not named are as in DEFAULT or empty."""
    return {**dict.fromkeys(HEADINGS, ""), **DEFAULT, "工单编号": number, **cells}


def dispatched(number: str, unit: str, at: str, **cells: str) -> dict[str, str]:
    """Return a dispatched row."""
    return row(number, 承办单位=unit, 派单时间=at, 受理处理方式="派单", **cells)


def csv_text(rows: list[dict[str, str]]) -> str:
    """Return the rows as the text of a CSV file with the header."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADINGS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def make_home(root: Path) -> Home:
    """Return an empty home (reference data are the repository's)."""
    root.mkdir(parents=True, exist_ok=True)
    return Home(root)


def give(home: Home, name: str, content: str | bytes, day: str = "2020-02-01") -> Path:
    """Put a file under data/raw as received on `day`."""
    folder = home.raw / "beijing_city" / day
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def load(home: Home, *paths: Path, **options: Any) -> IngestResult:
    """Ingest under the lock, as the command does."""
    with exclusive(home):
        return ingest(home, list(paths), **options)


def fetch(home: Home, kind: str, columns: str = "*", tail: str = "ORDER BY ALL") -> list[tuple]:
    """Return rows of all Parquet files of a kind (records, texts, rejects)."""
    files = sorted(str(path) for path in (home.warehouse / kind).rglob("*.parquet"))
    if not files:
        return []
    sql = f"SELECT {columns} FROM read_parquet($1, hive_partitioning = false) {tail}"
    return duckdb.execute(sql, [files]).fetchall()


def tree(home: Home) -> dict[str, bytes]:
    """Return every file of the warehouse with its bytes."""
    return {
        str(path.relative_to(home.warehouse)): path.read_bytes()
        for path in sorted(home.warehouse.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }

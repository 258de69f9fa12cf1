"""Dumps written by hand in every form that offices send, and ways to read what was loaded."""

import base64
import csv
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
import xlwt

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


Rows = Sequence[Sequence[Any]]

HEAD = ["工单编号", "来电时间", "一级分类", "被反映区", "承办单位", "主要内容"]


def line(number: Any, at: Any = "2020-01-05 08:00:00", **cells: Any) -> list[Any]:
    """Return a row under HEAD."""
    given = {"一级分类": "公共服务", "主要内容": "暖气不热", **cells}
    return [number, at, *(given.get(name) for name in HEAD[2:])]


def xlsx(sheets: dict[str, Rows]) -> bytes:
    """Return a workbook; a number stays a number, text is text, None an empty cell."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    date = book.add_format({"num_format": "yyyy/m/d h:mm:ss"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(y, x, cell)
                elif hasattr(cell, "year"):
                    sheet.write_datetime(y, x, cell, date)
                elif cell is not None:
                    sheet.write_number(y, x, cell)
    book.close()
    return out.getvalue()


def xls(sheets: dict[str, Rows]) -> bytes:
    """Return a workbook of the old kind."""
    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if cell is not None:
                    sheet.write(y, x, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def page(rows: Rows, charset: str = "gb2312") -> bytes:
    """Return a table saved as a web page, in GB18030."""
    body = "".join(
        "<tr>" + "".join(f"<td>{'' if c is None else c}</td>" for c in row) + "</tr>"
        for row in rows
    )
    head = f'<html><head><meta charset="{charset}"></head><body>'
    return f"{head}<table border=1>{body}</table></body></html>".encode("gb18030")


def delimited(rows: Rows, sign: str = ",") -> str:
    """Return rows as text without quotes."""
    return "".join(sign.join("" if c is None else str(c) for c in row) + "\n" for row in rows)


def archive(files: dict[str, bytes]) -> bytes:
    """Return a zip with names in UTF-8."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return out.getvalue()


def archive_in_gbk(files: dict[str, bytes]) -> bytes:
    """Return a zip as an old Windows writes it: names in GBK, without a flag that says so."""
    body, entries = b"", b""
    for name, content in files.items():
        raw, size, check = name.encode("gbk"), len(content), zlib.crc32(content)
        common = (0, 0, 0, 0, check, size, size, len(raw), 0)
        place = len(body)
        body += struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, *common) + raw + content
        entries += struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, *common, 0, 0, 0, 0, place)
        entries += raw
    end = (0, 0, len(files), len(files), len(entries), len(body), 0)
    return body + entries + struct.pack("<4s4H2LH", b"PK\x05\x06", *end)


def as_jsonl(rows: Rows) -> str:
    """Return rows under HEAD as JSON lines."""
    objects = [dict(zip(HEAD, row, strict=True)) for row in rows]
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in objects)


def as_parquet(rows: Rows) -> bytes:
    """Return rows under HEAD as Parquet, all text."""
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    out = io.BytesIO()
    pq.write_table(pa.table(columns, HEAD), out)
    return out.getvalue()


SPACE = "urn:schemas-microsoft-com:office:spreadsheet"


def ods(rows) -> bytes:
    """Return an OpenDocument sheet."""
    text = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string">'
            f"<text:p>{'' if cell is None else cell}</text:p></table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}>'
        '<office:body><office:spreadsheet><table:table table:name="一月">'
        f"{text}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr("content.xml", content)
    return out.getvalue()


def spreadsheet_xml(rows: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>'
        f'<Workbook xmlns="{SPACE}" xmlns:ss="{SPACE}">'
        f'<Worksheet ss:Name="一月"><Table>{rows}</Table></Worksheet></Workbook>'
    )


def xml_row(row, place: str = "") -> str:
    return (
        f"<Row{place}>"
        + "".join(
            "<Cell/>" if cell is None else f'<Cell><Data ss:Type="String">{cell}</Data></Cell>'
            for cell in row
        )
        + "</Row>"
    )


def mhtml(*pages: bytes) -> bytes:
    parts = b"".join(
        b'--b\r\nContent-Type: text/html; charset="gb2312"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(body) + b"\r\n"
        for body in pages
    )
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
    return head + parts + b"--b--\r\n"


ROWS = [
    line("A1", 被反映区="朝阳区", 承办单位="市公安局"),
    line("A2", "2020-01-06 09:00:00", 被反映区="东城区"),
    line("A3", "2020-02-30 09:00:00"),
    line(None, "2020-01-07 09:00:00"),
]
TABLE = [HEAD, *ROWS]
# The same four rows in every form that is read.
CONTENTS = {
    "csv": delimited(TABLE).encode(),
    "tsv": delimited(TABLE, "\t").encode(),
    "bars.txt": delimited(TABLE, "|").encode(),
    "semicolons.txt": delimited(TABLE, ";").encode("gb18030"),
    "utf-8-bom": delimited(TABLE).encode("utf-8-sig"),
    "utf-16-le": ("\ufeff" + delimited(TABLE, "\t")).encode("utf-16-le"),
    "utf-16-be": ("\ufeff" + delimited(TABLE)).encode("utf-16-be"),
    "xlsx": xlsx({"一月": TABLE}),
    "xls": xls({"一月": TABLE}),
    "html": page(TABLE),
    "jsonl": as_jsonl(ROWS).encode(),
    "gb.jsonl": as_jsonl(ROWS).encode("gb18030"),
    "parquet": as_parquet(ROWS),
    "json": json.dumps([dict(zip(HEAD, row, strict=True)) for row in ROWS], indent=1).encode(),
    "arrays.json": json.dumps({"code": 0, "data": {"columns": HEAD, "rows": ROWS}}).encode(),
    "xml": spreadsheet_xml("".join(xml_row(row) for row in TABLE)).encode(),
    "ods": ods(TABLE),
    "mhtml": mhtml(page(TABLE)),
}

"""Load one file: from the bytes as received to a committed receipt."""

import datetime
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from pipeline.errors import NO_DATA, HotlineError
from pipeline.home import Home
from pipeline.ingest import receipt as receipts
from pipeline.ingest.detect import decode_head, detect_kind, read_head, read_header
from pipeline.ingest.look_back import look_back
from pipeline.ingest.read import Table
from pipeline.ingest.receive import Delivery, keep
from pipeline.ingest.source import Mapping, choose
from pipeline.ingest.stage import Staged, stage
from pipeline.ingest.unpack import unpack
from pipeline.ingest.write import Partition, put_in_place, write


@dataclass(frozen=True)
class Opened:
    """A file whose form and header are known, before its body is read."""

    delivery: Delivery
    format: str
    delimiter: str
    mapping: Mapping


def open_file(delivery: Delivery, source: str | None) -> Opened:
    """Return the file's form and header; NO_DATA in one line for what cannot be loaded."""
    path = delivery.path
    kind = detect_kind(path)
    name = source or delivery.note.source
    try:
        if kind.format == "parquet":
            try:
                headings = pq.read_schema(path).names
            except Exception as error:
                raise HotlineError("Parquet 文件已损坏;请向发送方重新索取", NO_DATA) from error
            return Opened(delivery, kind.format, ",", choose(headings, name))
        header = read_header(decode_head(read_head(path, packed=kind.is_packed), path), path)
        return Opened(delivery, kind.format, header.delimiter, choose(header.headings, name))
    except HotlineError as error:
        message = str(error)
        told = message if path.name in message else f"{path.name}:{message}"
        raise HotlineError(told, error.code) from error


def load(
    con: duckdb.DuckDBPyConnection, home: Home, opened: Opened, digest: str, sequence: int
) -> dict[str, Any]:
    """Load an opened file and return its receipt. Until the last step nothing of it is visible."""
    tmp = home.tmp / digest[:16]
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir(parents=True)
    try:
        kept = keep(home, opened.delivery, opened.mapping.source.name)
        name = digest[:16]
        encoding, path = "", kept
        if opened.format != "parquet":
            plain = unpack(kept, detect_kind(kept), tmp)
            encoding, path = plain.encoding, plain.path
        table = Table(path, opened.format, opened.mapping, opened.delimiter)
        staged = stage(con, table, name, home.relative(kept))
        partitions = write(con, staged, name, tmp)
        data = _receipt(con, home, opened, kept, digest, sequence, encoding, staged, partitions)
        _assert_conserved(data, tmp)
        if not partitions:
            raise HotlineError(_nothing_left(kept, staged), NO_DATA)
        put_in_place(home, partitions, name, tmp)
        receipts.commit(home, data)
        return data
    finally:
        shutil.rmtree(tmp, ignore_errors=True)


def _nothing_left(path: Path, staged: Staged) -> str:
    reasons = "、".join(f"{reason} {n}" for reason, n in staged.reject_reasons.items())
    return (
        f"{path.name} 共 {staged.rows_read} 行,没有一行可用({reasons});"
        "请核对时间与编号两列,或用 --source 指定来源"
    )


def _assert_conserved(data: dict[str, Any], tmp: Path) -> None:
    """read = loaded + duplicate + rejected, where loaded and rejected are counted in what was
    written (Parquet footers), not in what was meant to be written."""
    loaded = sum(
        pq.read_metadata(tmp / part["records_file"]).num_rows for part in data["partitions"]
    )
    texts = sum(pq.read_metadata(tmp / part["texts_file"]).num_rows for part in data["partitions"])
    file = tmp / "rejects" / f"{data['receipt']}.parquet"
    rejected = pq.read_metadata(file).num_rows if file.exists() else 0
    if data["rows_read"] != loaded + data["rows_duplicate"] + rejected or texts != data["records"]:
        raise HotlineError(
            f"{data['name']} 行数不守恒:读入 {data['rows_read']},写出 {loaded},"
            f"重复 {data['rows_duplicate']},退回 {rejected};未入库,请报告此问题",
            NO_DATA,
        )


def _receipt(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    opened: Opened,
    kept: Path,
    digest: str,
    sequence: int,
    encoding: str,
    staged: Staged,
    partitions: list[Partition],
) -> dict[str, Any]:
    note, mapping = opened.delivery.note, opened.mapping
    months = [f"{year:04d}-{month:02d}" for year, month in staged.months]
    written = look_back(con, home.tmp / digest[:16], partitions)
    return {
        "receipt": digest[:16],
        "file": home.relative(kept),
        "name": kept.name,
        "source": mapping.source.name,
        "sender": note.sender,
        "received_on": opened.delivery.received_on.isoformat(),
        "simulated": bool(note.simulated),
        "scale": note.scale,
        "sha256": digest,
        "bytes": kept.stat().st_size,
        "modified_ns": kept.stat().st_mtime_ns,
        "encoding": encoding,
        "format": opened.format,
        "rows_read": staged.rows_read,
        "rows_loaded": staged.rows_loaded,
        "rows_duplicate": staged.rows_duplicate,
        "rows_rejected": staged.rows_rejected,
        "reject_reasons": staged.reject_reasons,
        "records": written.records,
        "unknown": written.unknown,
        "period_first": months[0] if months else None,
        "period_last": months[-1] if months else None,
        "partitions": [part.as_json() for part in partitions],
        "has_tiers": written.has_tiers,
        "optional_columns": mapping.optional,
        "unmapped_columns": mapping.unmapped,
        "loaded_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "sequence": sequence,
        "version": receipts.VERSION,
    }

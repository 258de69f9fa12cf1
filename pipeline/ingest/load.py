"""Load one file: from the bytes as received to a committed receipt."""

import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from pipeline import console
from pipeline.errors import NO_DATA, HotlineError
from pipeline.file_digests import digest as digest_of
from pipeline.home import Home
from pipeline.ingest import receipt as receipts
from pipeline.ingest.columns import supplement
from pipeline.ingest.columns.open_file import OpenedFile
from pipeline.ingest.columns.sparse import first_of_runs
from pipeline.ingest.delivery import keep, require_unchanged
from pipeline.ingest.feedback.disagreements import disagreements
from pipeline.ingest.feedback.joint_units import joint_units
from pipeline.ingest.feedback.lost_cells import unread_cells
from pipeline.ingest.feedback.messages import advice
from pipeline.ingest.feedback.overlap import find_overlap
from pipeline.ingest.feedback.reject_reasons import read_reasons, words
from pipeline.ingest.feedback.reject_workbook import RejectWorkbook, write_letter
from pipeline.ingest.feedback.unknown_values import strange_values
from pipeline.ingest.look_back import WrittenCounts, look_back
from pipeline.ingest.progress import FileProgress
from pipeline.ingest.staging.corrections import Corrections
from pipeline.ingest.staging.input_view import InputTable
from pipeline.ingest.staging.session import StagingSession
from pipeline.ingest.staging.stage import Staged, settle_reading, stage
from pipeline.ingest.staging.time_zones import zoned_times
from pipeline.ingest.write import WrittenPartition, put_in_place, write


def load(
    staging: StagingSession,
    home: Home,
    opened: OpenedFile,
    digest: str,
    before: dict[str, dict[str, Any]],
    tmp: Path,
    corrections: Corrections,
) -> dict[str, Any]:
    """Load an opened file and return its receipt. Until the last step nothing of it is visible.

    `before` are the receipts so far.
    """
    con, delivery, name = staging.con, opened.delivery, receipts.name_of(digest, opened.part)
    if opened.is_supplement:
        settle_reading(con, opened.tables)
        supplement.look_up(staging, home, opened, before.values())
    kept, is_new = keep(home, delivery, opened.source.name)
    file = home.relative(kept / delivery.member if delivery.member else kept)
    gauge = FileProgress(con)
    with console.gauge(delivery.name, gauge.read):
        staged = stage(
            staging,
            opened.tables,
            name,
            file,
            gauge,
            tmp,
            correct=bool(corrections) and staging.has("corrected"),
        )
        partitions = write(
            con, opened.entity, staged, name, tmp, gauge, has_texts=_has_texts(opened)
        )
    sequence = max((item["sequence"] for item in before.values()), default=0) + 1
    data = _receipt(staging, home, opened, kept, digest, sequence, tmp, staged, partitions)
    data["corrections"]["digest"] = corrections.digest
    data |= find_overlap(staging, home, opened.entity, data, partitions, before.values(), tmp)
    _assert_conserved(data, tmp)
    if staged.rows_rejected or data["unread"]:
        data["letter"] = _write_letter(con, home, opened, data, tmp)
    if not partitions:
        raise HotlineError(_nothing_left(home, data), NO_DATA)
    try:
        require_unchanged(delivery)
    except HotlineError:
        if is_new:
            kept.unlink(missing_ok=True)
        raise
    put_in_place(home, partitions, name, tmp)
    receipts.commit(home, data)
    return data


def _has_texts(opened: OpenedFile) -> bool:
    """Return whether texts are written: a supplement without any must not look as if it had."""
    entity = opened.entity
    added = supplement.added_columns(opened)
    return bool(entity.texts) and (
        not opened.is_supplement or any(name in added for name in entity.text_columns)
    )


def _write_letter(
    con: duckdb.DuckDBPyConnection, home: Home, opened: OpenedFile, data: dict[str, Any], tmp: Path
) -> str:
    """Write the letter to the sender and return its path as told to the user."""
    target = home.letters / f"{data['receipt']}.xlsx"
    letter = RejectWorkbook(data, opened, read_reasons(home))
    write_letter(con, letter, tmp / "rejects" / f"{data['receipt']}.parquet", target)
    return home.relative(target)


def _nothing_left(home: Home, data: dict[str, Any]) -> str:
    reasons = read_reasons(home)
    told = "、".join(
        f"{words(reasons, name).label} {n}" for name, n in data["reject_reasons"].items()
    )
    letter = f"逐行见 {data['letter']};" if data["letter"] else ""
    by_cells = all(name.startswith(("record_id", "received_at")) for name in data["reject_reasons"])
    asked = "请核对时间与编号两列,或用 --source 指定来源" if by_cells else "请按原因改正后再入库"
    return (
        f"{data['name']} 共 {data['rows_read']} 行,没有一行可用({told or '全是空行'});"
        f"{letter}{asked}"
    )


def _assert_conserved(data: dict[str, Any], tmp: Path) -> None:
    """read = loaded + duplicate + rejected, where loaded and rejected are counted in what was
    written (Parquet footers), not in what was meant to be written."""
    loaded = sum(
        pq.read_metadata(tmp / part["records_file"]).num_rows for part in data["partitions"]
    )
    named = [part["texts_file"] for part in data["partitions"] if part["texts_file"]]
    texts = sum(pq.read_metadata(tmp / name).num_rows for name in named)
    file = tmp / "rejects" / f"{data['receipt']}.parquet"
    rejected = pq.read_metadata(file).num_rows if file.exists() else 0
    if data["rows_read"] != loaded + data["rows_duplicate"] + rejected or (
        named and texts != data["records"]
    ):
        raise HotlineError(
            f"{data['name']} 行数不守恒:读入 {data['rows_read']},写出 {loaded},"
            f"重复 {data['rows_duplicate']},退回 {rejected};未入库,请报告此问题",
            NO_DATA,
        )


def _receipt(
    staging: StagingSession,
    home: Home,
    opened: OpenedFile,
    kept: Path,
    digest: str,
    sequence: int,
    tmp: Path,
    staged: Staged,
    partitions: list[WrittenPartition],
) -> dict[str, Any]:
    delivery, note = opened.delivery, opened.delivery.note
    months = [f"{year:04d}-{month:02d}" for year, month in staged.months]
    written = look_back(staging, tmp, partitions)
    name = receipts.name_of(digest, opened.part)
    rejects = tmp / "rejects" / f"{name}.parquet"
    return {
        "receipt": name,
        "file": home.relative(kept),
        "member": delivery.member,
        "name": opened.name if delivery.member or opened.part else kept.name,
        # Of the first part all of the file; a later one rests on the first.
        "parts": [
            receipts.name_of(digest, part)
            for part in (("", opened.part) if opened.part else opened.all_parts)
        ],
        "is_supplement": opened.is_supplement,
        "source": opened.source.name,
        "entity": opened.entity.name,
        "sender": note.sender,
        "received_on": delivery.received_on.isoformat(),
        "received_on_told": delivery.ahead.isoformat() if delivery.ahead else None,
        "simulated": bool(note.simulated),
        "scale": note.scale,
        "sha256": digest,
        "bytes": kept.stat().st_size,
        "modified_ns": kept.stat().st_mtime_ns,
        "encoding": opened.encoding,
        "format": opened.format,
        "rows_read": staged.rows_read,
        "rows_loaded": staged.rows_loaded,
        "rows_duplicate": staged.rows_duplicate,
        "rows_rejected": staged.rows_rejected,
        "rows_skipped": staged.skipped,
        "reject_reasons": staged.reject_reasons,
        "unread": unread_cells(staging, opened.tables, written.counts),
        "records": written.records,
        "unknown": {
            name: count for name in opened.entity.unknown if (count := written.counts.get(name, 0))
        },
        "period_first": months[0] if months else None,
        "period_last": months[-1] if months else None,
        "partitions": [part.as_json() for part in partitions],
        "rejects_sha256": digest_of(rejects) if rejects.exists() else "",
        "has_tiers": written.counts.get("tiered", 0) > 0,
        **_columns(opened.tables),
        "letter": None,
        "corrections": {
            "applied": staged.corrections.applied,
            "stale": list(staged.corrections.stale),
        },
        "unread_sheets": opened.unread,
        "warnings": [
            *_warnings(staging, home, opened, name, written),
            *_ahead(opened),
            *_too_late(opened, staged),
        ],
        "loaded_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds"),
        "sequence": sequence,
        "version": receipts.VERSION,
    }


def _warnings(
    staging: StagingSession, home: Home, opened: OpenedFile, name: str, written: WrittenCounts
) -> list[str]:
    """Return what the user is told of the file, and how to read it anew with a changed source."""
    strange = strange_values(staging, opened, written.counts)
    if strange:
        receipt = home.relative(home.receipts / f"{name}.json")
        strange.append(f"写明之后,删去 {receipt},再入库这个文件")
    found = [
        *first_of_runs(staging, opened.tables[0]),
        *zoned_times(staging, opened),
        *joint_units(staging, opened),
        *disagreements(staging, opened),
    ]
    return [*opened.warnings, *found, *advice(opened.tables), *strange]


def _ahead(opened: OpenedFile) -> list[str]:
    """Return what is told of a delivery dated after the day of its ingest."""
    delivery = opened.delivery
    if not delivery.ahead:
        return []
    return [
        f"收到日期写的是 {delivery.ahead},晚于今天,按今天 {delivery.received_on} 计;"
        "请改正 receipt.toml 或文件夹的日期"
    ]


def _too_late(opened: OpenedFile, staged: Staged) -> list[str]:
    """Return what is told of rows of a month after the one in which the file was received."""
    received, last = opened.delivery.received_on, staged.months[-1:]
    if not last or last[0] <= (received.year, received.month):
        return []
    return [
        f"最晚的{opened.entity.dated}在 {last[0][0]}-{last[0][1]:02d},晚于收到日期 {received};"
        "请核对年份,或在 receipt.toml 里写明收到日期"
    ]


def _heading(tables: list[InputTable], column: str) -> str | None:
    for table in tables:
        if f"|{column}|" in table.given:
            place = table.mapping.positions.get(column)
            if place is not None:
                return table.mapping.headings[place].strip()
            return table.mapping.source.columns.get(column, [column])[0]
    return None


def _columns(tables: list[InputTable]) -> dict[str, Any]:
    """Return what the receipt tells of the sheets: their headers and the columns used and left."""
    return {
        # What the rows tell of, sheet by sheet: a column that is not there is not an empty one.
        "given": list(dict.fromkeys(table.given for table in tables)),
        # What the columns are called in the file.
        "columns": {
            name: heading
            for name in tables[0].entity.columns
            if (heading := _heading(tables, name)) is not None
        },
        "optional_columns": [
            name
            for name in tables[0].entity.optional
            if any(name in table.mapping.positions for table in tables)
        ],
        "unmapped_columns": list(
            dict.fromkeys(name for table in tables for name in table.mapping.unmapped)
        ),
        "sheets": [
            {
                "sheet": table.sheet,
                "header_row": table.header_row,
                "header_span": table.header_span,
                "district_from_name": table.district,
            }
            for table in tables
        ],
    }

"""Load one opened file: stage it, write its Parquet files and commit its receipt."""

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from pipeline import console, receipts
from pipeline.db import parquet_scan
from pipeline.errors import NO_DATA, HotlineError
from pipeline.file_digests import digest as digest_of
from pipeline.home import Home
from pipeline.ingest.columns.input_table import InputTable
from pipeline.ingest.columns.open_file import OpenedFile
from pipeline.ingest.columns.source import own_digest
from pipeline.ingest.delivery import keep, require_unchanged
from pipeline.ingest.feedback.messages import read_reasons, words
from pipeline.ingest.feedback.overlap import find_overlap
from pipeline.ingest.feedback.reject_workbook import RejectWorkbook, write_workbook
from pipeline.ingest.feedback.value_warnings import value_warnings
from pipeline.ingest.staging.corrections import Corrections
from pipeline.ingest.staging.row_numbers import count_unread_cells
from pipeline.ingest.staging.session import StagingSession
from pipeline.ingest.staging.stage import Staged, count_records, count_written, stage
from pipeline.ingest.staging.supplement import look_up
from pipeline.ingest.write import put_in_place, write
from pipeline.receipts import Partition, Receipt, Sheet
from pipeline.shown_name import shown_name
from pipeline.stopping import held


def load(
    session: StagingSession,
    home: Home,
    opened: OpenedFile,
    digest: str,
    before: Mapping[str, Receipt],
    tmp: Path,
    corrections: Corrections,
) -> Receipt:
    """Load an opened file and return its receipt. Nothing of it is visible until the last step.

    `digest` is the SHA-256 of the file, `before` are the receipts so far.
    """
    delivery, name = opened.delivery, receipts.receipt_id(digest, opened.part)
    session.begin(opened.tables, is_corrected=bool(corrections))
    if opened.is_supplement:
        look_up(session, home, opened, before.values())
    kept, is_new = keep(home, delivery, opened.source.name)
    file = shown_name(home.relative(kept / delivery.member if delivery.member else kept))
    with console.gauge(delivery.name, session.progress.read):
        staged = stage(session, name, file, tmp)
        partitions = write(session, opened.entity, staged, name, tmp, has_texts=_has_texts(opened))
    receipt = _receipt(session, home, opened, kept, digest, tmp, staged, partitions).model_copy(
        update={
            "corrections": receipts.Corrections(
                applied=staged.corrections.applied,
                stale=list(staged.corrections.stale),
                digest=corrections.digest,
            ),
            "sequence": _sequence(home, name, before),
        }
    )
    overlap = find_overlap(session, home, opened.entity, receipt, before.values(), tmp)
    receipt = receipt.model_copy(update={"kept": overlap.kept, "emptied": overlap.emptied})
    if line := _met_again(opened, receipt, before.values()):
        receipt = receipt.model_copy(update={"warnings": [*receipt.warnings, line]})
    _assert_conserved(receipt, tmp)
    if receipt.rows_rejected or receipt.unread:
        letter = _write_letter(session, home, opened, receipt, tmp)
        receipt = receipt.model_copy(update={"letter": letter})
    if not partitions:
        raise HotlineError(_nothing_left(home, receipt), NO_DATA)
    try:
        require_unchanged(delivery)
    except HotlineError:
        if is_new:
            kept.unlink(missing_ok=True)
        raise
    with held():
        # Of a file that is read again: a run killed here leaves one that is not loaded.
        (home.receipts / f"{name}.json").unlink(missing_ok=True)
        put_in_place(home, receipt, tmp)
        receipts.commit(home, receipt)
    return receipt


def _sequence(home: Home, name: str, before: Mapping[str, Receipt]) -> int:
    """Return the place in the order of ingest; a file that is read again keeps its own."""
    path = home.receipts / f"{name}.json"
    if path.is_file():
        return receipts.read(home, path).sequence
    return max((one.sequence for one in before.values()), default=0) + 1


def _has_texts(opened: OpenedFile) -> bool:
    """Return whether texts are written: not for a supplement without a text column."""
    entity = opened.entity
    return bool(entity.texts) and (
        not opened.is_supplement
        or any(name in opened.added_columns for name in entity.text_columns)
    )


def _write_letter(
    session: StagingSession, home: Home, opened: OpenedFile, receipt: Receipt, tmp: Path
) -> str:
    """Write the reject workbook and return its path for the user."""
    target = home.letters / f"{receipt.id}.xlsx"
    letter = RejectWorkbook(receipt, opened, read_reasons(home))
    write_workbook(session.con, letter, tmp / receipt.rejects_file, target)
    return home.relative(target)


def _nothing_left(home: Home, receipt: Receipt) -> str:
    """Return the message for a file without a row to load."""
    reasons = read_reasons(home)
    why = "、".join(
        f"{words(reasons, name).label} {n}" for name, n in receipt.reject_reasons.items()
    )
    letter = f"逐行见 {receipt.letter};" if receipt.letter else ""
    by_cells = all(name.startswith(("record_id", "received_at")) for name in receipt.reject_reasons)
    advice = "请核对时间与编号两列,或用 --source 指定来源" if by_cells else "请按原因改正后再入库"
    return (
        f"{receipt.name} 共 {receipt.rows_read} 行,没有一行可用({why or '全是空行'});"
        f"{letter}{advice}"
    )


def _assert_conserved(receipt: Receipt, tmp: Path) -> None:
    """Raise HotlineError NO_DATA unless read = loaded + duplicate + rejected.

    Loaded and rejected are counted in the footers of the Parquet files written.
    """
    loaded = sum(pq.read_metadata(tmp / part.records_file).num_rows for part in receipt.partitions)
    named = [part.texts_file for part in receipt.partitions if part.texts_file]
    texts = sum(pq.read_metadata(tmp / name).num_rows for name in named)
    file = tmp / receipt.rejects_file
    rejected = pq.read_metadata(file).num_rows if file.exists() else 0
    if receipt.rows_read != loaded + receipt.rows_duplicate + rejected or (
        named and texts != receipt.records
    ):
        raise HotlineError(
            f"{receipt.name} 行数不守恒:读入 {receipt.rows_read},写出 {loaded},"
            f"重复 {receipt.rows_duplicate},退回 {rejected};未入库,请报告此问题",
            NO_DATA,
        )


def _receipt(
    session: StagingSession,
    home: Home,
    opened: OpenedFile,
    kept: Path,
    digest: str,
    tmp: Path,
    staged: Staged,
    partitions: list[Partition],
) -> Receipt:
    """Return the receipt without what depends on other files."""
    delivery, note, tables = opened.delivery, opened.delivery.note, opened.tables
    months = [f"{year:04d}-{month:02d}" for year, month in staged.months]
    files = [tmp / part.records_file for part in partitions]
    written = count_written(session, f"FROM {parquet_scan(files)}") if files else {}
    name = receipts.receipt_id(digest, opened.part)
    rejects = tmp / "rejects" / f"{name}.parquet"
    return Receipt(
        id=name,
        file=shown_name(home.relative(kept)),
        member=shown_name(delivery.member),
        name=opened.name if delivery.member or opened.part else shown_name(kept.name),
        # The first part lists all parts of the file, a later one itself and the first.
        parts=[
            receipts.receipt_id(digest, part)
            for part in (("", opened.part) if opened.part else opened.all_parts)
        ],
        is_supplement=opened.is_supplement,
        source=opened.source.name,
        entity=opened.entity.name,
        sender=note.sender,
        received_on=delivery.received_on,
        received_on_told=delivery.ahead,
        simulated=bool(note.simulated),
        scale=note.scale,
        sha256=digest,
        bytes=kept.stat().st_size,
        modified_ns=kept.stat().st_mtime_ns,
        encoding=opened.encoding,
        format=opened.format,
        rows_read=staged.rows_read,
        rows_loaded=staged.rows_loaded,
        rows_duplicate=staged.rows_duplicate,
        rows_rejected=staged.rows_rejected,
        rows_skipped=staged.skipped,
        reject_reasons=staged.reject_reasons,
        unread=count_unread_cells(session, written),
        records=count_records(session) if files else 0,
        unknown={name: count for name in opened.entity.unknown if (count := written.get(name, 0))},
        period_first=months[0] if months else None,
        period_last=months[-1] if months else None,
        partitions=tuple(partitions),
        rejects_sha256=digest_of(rejects) if rejects.exists() else "",
        has_tiers=written.get("tiered", 0) > 0,
        given=tuple(dict.fromkeys(table.given for table in tables)),
        columns={
            name: shown_name(heading)
            for name in opened.entity.columns
            if (heading := _heading(tables, name)) is not None
        },
        optional_columns=tuple(
            name
            for name in opened.entity.optional
            if any(name in table.mapping.positions for table in tables)
        ),
        unmapped_columns=list(
            dict.fromkeys(shown_name(name) for table in tables for name in table.mapping.unmapped)
        ),
        sheets=[
            Sheet(
                sheet=shown_name(table.sheet),
                header_row=table.header_row,
                header_span=table.header_span,
                district_from_name=table.district,
            )
            for table in tables
        ],
        unread_sheets={shown_name(name): rows for name, rows in opened.unread.items()},
        warnings=[
            opened.without_people(line)
            for line in [
                *opened.warnings,
                *value_warnings(session, opened, written, is_loaded=True),
                *_ahead(opened),
                *_too_late(opened, staged),
            ]
        ],
        loaded_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds"),
        sequence=0,
        version=receipts.VERSION,
        registers=session.registers,
        source_digest=own_digest(home, opened.source.name),
    )


def _ahead(opened: OpenedFile) -> list[str]:
    """Return a warning for a delivery dated after the day of its ingest."""
    delivery = opened.delivery
    if not delivery.ahead:
        return []
    return [
        f"收到日期写的是 {delivery.ahead},晚于今天,按今天 {delivery.received_on} 计;"
        "请改正 receipt.toml 或文件夹的日期"
    ]


def _too_late(opened: OpenedFile, staged: Staged) -> list[str]:
    """Return a warning for rows of a month after the one in which the file was received."""
    received, last = opened.delivery.received_on, staged.months[-1:]
    if not last or last[0] <= (received.year, received.month):
        return []
    return [
        f"最晚的{opened.entity.dated}在 {last[0][0]}-{last[0][1]:02d},晚于收到日期 {received};"
        "请核对年份,或在 receipt.toml 里写明收到日期"
    ]


def _met_again(opened: OpenedFile, receipt: Receipt, before: Iterable[Receipt]) -> str | None:
    """Return a warning if rows without ids may be those of a file loaded before."""
    mapping = opened.tables[0].mapping
    if not mapping.has_made_ids or mapping.id_places:
        return None
    months = {(part.year, part.month) for part in receipt.partitions}
    met = [
        other.name
        for other in before
        if other.source == receipt.source
        and months & {(part.year, part.month) for part in other.partitions}
    ]
    if not met:
        return None
    more = f" 等 {len(met)} 个文件" if len(met) > 1 else ""
    return (
        f"{met[0]}{more}已有同一来源、同样月份的记录;没有编号,认不出重复:若是重发,"
        "请先删去旧文件的回执"
    )


def _heading(tables: list[InputTable], column: str) -> str | None:
    """Return the heading of a column in the first table that has it."""
    for table in tables:
        if f"|{column}|" in table.given:
            place = table.mapping.positions.get(column)
            if place is not None:
                return table.mapping.headings[place].strip()
            return table.mapping.source.columns.get(column, [column])[0]
    return None

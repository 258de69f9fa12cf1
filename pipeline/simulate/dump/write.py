"""Months to files: DuckDB writes a plain CSV, a thread compresses it while the next one renders."""

from __future__ import annotations

import datetime
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import tomli_w
from isal import isal_zlib

from pipeline.db import connect, literal
from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home

FORMATS = ("csv.gz", "csv", "parquet", "xlsx")
ENCODINGS = ("utf-8", "gb18030")
RECEIPT = "receipt.toml"
# Excel has 1,048,576 rows a sheet; some are left for the title rows that people put on top.
SHEET_ROWS = 1_000_000
BLOCK = 1 << 22
GZIP_BITS = 31  # zlib window with a gzip header


@dataclass(frozen=True)
class Dump:
    """What a dump is: equal dumps have equal rows and equal files."""

    year: int
    scale: float
    seed: int
    format: str
    encoding: str
    inputs: str

    def facts(self) -> dict[str, Any]:
        """The facts as in the receipt."""
        return {
            "year": self.year,
            "seed": self.seed,
            "format": self.format,
            "encoding": self.encoding,
            "inputs": self.inputs,
        }


def check_wish(dump: Dump) -> None:
    """Raise HotlineError for a format or an encoding that does not exist or does not fit."""
    for value, known, word in (
        (dump.format, FORMATS, "格式"),
        (dump.encoding, ENCODINGS, "编码"),
    ):
        if value not in known:
            raise HotlineError(f"没有{word} {value!r};可用:{'、'.join(known)}", USAGE)
    if dump.encoding != "utf-8" and dump.format in ("parquet", "xlsx"):
        raise HotlineError(
            f"{dump.format} 文件没有编码可选;请去掉 --encoding 或改用 csv、csv.gz", USAGE
        )


def is_complete(folder: Path, dump: Dump) -> bool:
    """Whether the folder holds this very dump, whole."""
    receipt = _receipt(folder)
    if receipt.get("scale") != dump.scale or receipt.get("simulation") is None:
        return False
    known = dict(receipt["simulation"])
    files = known.pop("files", [])
    known = {key: value for key, value in known.items() if key in dump.facts()}
    return known == dump.facts() and all((folder / name).is_file() for name in files)


def check_target(folder: Path) -> None:
    """Raise HotlineError where the folder holds anything but an earlier simulated dump."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise HotlineError(f"{folder} 不是目录;请用 --out 指定一个目录", USAGE)
    strangers = sorted(path.name for path in folder.iterdir() if path not in _own_files(folder))
    if strangers:
        raise HotlineError(
            f"{folder} 中有不是模拟生成的文件(例如 {strangers[0]}),不覆盖;请用 --out 另指定目录",
            USAGE,
        )


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Yield a hidden folder beside `folder`, which takes its place at the end, whole.

    A killed run leaves only the hidden folder, which no reader looks into and the next run
    removes; an earlier dump stays until the new one is complete.
    """
    part = folder.parent / f".{folder.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        for path in _own_files(folder):
            path.unlink()
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


@dataclass
class Writer:
    """Writes the months of a dump into a folder; `close` waits for the last one."""

    con: duckdb.DuckDBPyConnection
    folder: Path
    work: Path
    dump: Dump
    files: list[str] = field(default_factory=list)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _pending: Future[None] | None = None

    def write(self, query: str, stem: str) -> None:
        """Write the rows of `query` as `<stem>.<format>`."""
        name = f"{stem}.{self.dump.format}"
        target = self.folder / name
        if self.dump.format == "parquet":
            self.con.execute(f"COPY ({query}) TO {literal(target)} (FORMAT parquet)").fetchall()
        elif self.dump.format == "xlsx":
            _write_xlsx(self.con, query, target)
        else:
            self._write_csv(query, target)
        self.files.append(name)

    def _write_csv(self, query: str, target: Path) -> None:
        plain = self.dump.format == "csv" and self.dump.encoding == "utf-8"
        copy = target if plain else self.work / f"{target.name}.plain"
        self.con.execute(f"COPY ({query}) TO {literal(copy)} (FORMAT csv, HEADER)").fetchall()
        # One month at a time in the background: two would double the space on disk.
        self.wait()
        if not plain:
            self._pending = self._pool.submit(self._pack, copy, target)

    def _pack(self, copy: Path, target: Path) -> None:
        try:
            pack(copy, target, self.dump.encoding, gzipped=self.dump.format == "csv.gz")
        finally:
            copy.unlink()

    def wait(self) -> None:
        """Wait for the month in the background; raises what went wrong there."""
        if self._pending is not None:
            pending, self._pending = self._pending, None
            pending.result()

    def close(self) -> None:
        """Wait for what is under way and end the background thread."""
        try:
            self.wait()
        finally:
            self._pool.shutdown()


def pack(copy: Path, target: Path, encoding: str, *, gzipped: bool) -> None:
    """Write `copy` (UTF-8) to `target` in another encoding, compressed or not."""
    packer = isal_zlib.compressobj(1, isal_zlib.DEFLATED, GZIP_BITS)
    press: Callable[[bytes], bytes] = packer.compress if gzipped else bytes
    recode = encoding.lower() != "utf-8"
    rest = b""
    with copy.open("rb") as source, target.open("wb") as sink:
        while block := source.read(BLOCK):
            if recode:
                # Cut at the last newline: a block must not end inside a character.
                body, newline, tail = (rest + block).rpartition(b"\n")
                block, rest = (body + newline).decode().encode(encoding), tail
            sink.write(press(block))
        sink.write(press(rest.decode().encode(encoding)))
        if gzipped:
            sink.write(packer.flush())


def check_sheet(rows: int, stem: str) -> None:
    """Raise HotlineError for a month that does not fit into one Excel sheet."""
    if rows > SHEET_ROWS:
        raise HotlineError(
            f"{stem} 有 {rows:,} 行,超过 xlsx 单表可用的 {SHEET_ROWS:,} 行;"
            "请改用 --format csv.gz 或减小 --scale",
            USAGE,
        )


def _write_xlsx(con: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    import xlsxwriter

    result = con.execute(query)
    headings = [column[0] for column in result.description or []]
    with xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("工单")
        sheet.write_row(0, 0, headings)
        number = 0
        while rows := result.fetchmany(10_000):
            for row in rows:
                number += 1
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write_string(number, column, value)


def write_receipt(
    folder: Path,
    dump: Dump,
    files: list[str],
    records: int,
    rows: int,
    source: str = "beijing_city",
) -> None:
    """Write receipt.toml, the last file of a dump."""
    receipt = {
        "source": source,
        "sender": "hotline simulate",
        "received_on": datetime.date(dump.year + 1, 1, 1),
        "simulated": True,
        "scale": dump.scale,
        "simulation": {**dump.facts(), "records": records, "rows": rows, "files": files},
    }
    (folder / RECEIPT).write_text(tomli_w.dumps(receipt), encoding="utf-8")


def default_folder(home: Home, year: int, source: str = "simulated") -> Path:
    """The default place of a year's dump."""
    return home.raw / source / f"{year + 1}-01-01"


def _receipt(folder: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / RECEIPT).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return {}


def _own_files(folder: Path) -> list[Path]:
    """The files of an earlier simulated dump, its receipt first."""
    receipt = _receipt(folder)
    if receipt.get("simulated") is not True or "simulation" not in receipt:
        return []
    names = [RECEIPT, *receipt["simulation"].get("files", [])]
    return [folder / name for name in names if (folder / name).is_file()]


@contextmanager
def writing(
    home: Home, dump: Dump, folder: Path
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Writer]]:
    """Yield a connection and a writer into a hidden folder, which takes the place of `folder`."""
    home.tmp.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        staged(folder) as part,
        tempfile.TemporaryDirectory(dir=home.tmp) as work,
        connect(home=home) as con,
    ):
        writer = Writer(con, part, Path(work), dump)
        try:
            yield con, writer
        finally:
            writer.close()

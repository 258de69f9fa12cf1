"""Ingest files one by one: a fault in one does not stop the others."""

import errno
import re
import secrets
import shutil
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from pipeline import city, console, receipts, stopping
from pipeline.console import say
from pipeline.db import connect, disk_fault
from pipeline.errors import IO, NO_DATA, OK, PARTIAL, USAGE, HotlineError
from pipeline.home import Home
from pipeline.ingest.columns.open_file import OpenedFile, open_delivery
from pipeline.ingest.columns.source import own_digest, usable_sources
from pipeline.ingest.delivery import (
    Delivery,
    find_files,
    is_broken_link,
    note_repeat,
    read_note,
    require_unchanged,
)
from pipeline.ingest.feedback import dry_run
from pipeline.ingest.feedback.messages import read_reasons, remarks, summary
from pipeline.ingest.formats import archive
from pipeline.ingest.formats.encoding import read_content
from pipeline.ingest.formats.kind import detect_kind
from pipeline.ingest.load import load
from pipeline.ingest.new_source import draft_source
from pipeline.ingest.staging import caller_key, corrections, macros, other_city, registers
from pipeline.ingest.staging.session import StagingSession
from pipeline.ingest.staging.supplement import UnknownIds
from pipeline.receipts import Receipt
from pipeline.settings import load as load_settings
from pipeline.shown_name import shown_name

# More than the passes need; the rest of the memory is for the page cache.
_MEMORY_BYTES = 1_400_000_000


_SQL_ERRORS = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
# The version of receipts from which on they say what their source was.
_WITH_SOURCE = 5
# A bad sector, a lost share, a removed file: other files may be readable.
_FILE_ERRORS = (errno.EIO, errno.ENOENT, errno.ESTALE, errno.ENXIO)


@dataclass(frozen=True)
class FileResult:
    """The result of one file: `state` is loaded, known, planned, unread or failed."""

    name: str
    state: str
    line: str
    receipt: Receipt | None = None
    details: list[str] = field(default_factory=list)


@dataclass
class IngestResult:
    """All files of a run, in order; `exit_code` is 0, 3 (some failed) or 65 (nothing usable)."""

    files: list[FileResult] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        return [file.line for file in self.files]

    @property
    def loaded(self) -> list[Receipt]:
        return [file.receipt for file in self.files if file.state == "loaded" and file.receipt]

    @property
    def exit_code(self) -> int:
        states = {file.state for file in self.files}
        if not states or states == {"failed"}:
            return NO_DATA
        return PARTIAL if "failed" in states else OK


def ingest(
    home: Home,
    paths: list[Path],
    source: str | None = None,
    dry_run: bool = False,
    new_source: str | None = None,
) -> IngestResult:
    """Load every new file of `paths` (default: all of data/raw) and print a line per file.

    With `dry_run` nothing is loaded; with `new_source` a source of that name is drafted from the
    one file given. The caller holds the home's lock. Raises HotlineError for wrong usage or a full
    disk. An error in one file is printed in its line, and the others are loaded.
    """
    if new_source is not None:
        target = draft_source(home, new_source, paths)
        return IngestResult([FileResult(paths[0].name, "planned", home.relative(target))])
    files = find_files(home, paths)
    result = IngestResult()
    if not files:
        say("没有可入库的文件")
        return result
    for fault in usable_sources(home)[1].values():
        say(f"提醒:{fault};用其他来源的文件照常入库")
    loaded = receipts.load(home)
    if not dry_run:
        swept = receipts.sweep(home, loaded)
        if swept:
            say(f"清理了没有回执的 {swept} 个入库文件(上次运行中断,或回执已删)")
    again = [one for one in loaded if source_changed(home, one)]
    run = IngestRun(home, source, dry_run, [one for one in loaded if one not in again])
    run.has_city |= bool(loaded)
    try:
        for number, file in run.all_files(files):
            result.files.append(file)
            if paths or file.state != "known":
                say(f"[{number}/{len(files)}] {file.line}", state=file.state)
            for detail in file.details:
                say(f"  {detail}", state=file.state)
    finally:
        run.close()
    late = corrections.warn_late(list(run.receipts.values()), run.corrections)
    if late:
        say(late)
    skipped = sum(file.state == "known" for file in result.files)
    if skipped and not paths:
        # All of data/raw was read: one line for all files loaded before.
        say(f"{skipped} 个文件已入过库,跳过", skipped=skipped)
    return result


def source_changed(home: Home, receipt: Receipt) -> bool:
    """Return whether the home's source of a file says something else than when it was loaded."""
    now = own_digest(home, receipt.source)
    return bool(receipt.version >= _WITH_SOURCE and now and now != receipt.source_digest)


def read_again(home: Home, loaded: Iterable[Receipt]) -> bool:
    """Load the files anew whose source has changed since; return whether there were any.

    One that is gone is named and stays.
    """
    changed = [one for one in loaded if source_changed(home, one)]
    paths = dict.fromkeys(_raw_file(home, one) for one in changed)
    gone = [shown_name(path.name) for path in paths if not path.is_file()]
    if gone:
        say(f"提醒:来源文件改过,但 {'、'.join(gone)} 已不在 data/raw,照原样保留")
    if here := [path for path in paths if path.is_file()]:
        say(f"来源文件改过,重新读入 {len(here)} 个文件")
        ingest(home, here)
    return bool(here)


def _raw_file(home: Home, receipt: Receipt) -> Path:
    """Return the path of a file under data/raw: receipts hold it as it may be printed."""
    path = home.root / receipt.file
    if path.exists():
        return path
    shown = (one for one in home.raw.rglob("*") if shown_name(home.relative(one)) == receipt.file)
    return next(shown, path)


def _without_raw_name(result: FileResult, raw: str) -> FileResult:
    shown = shown_name(raw)
    if shown == raw:
        return result
    return replace(
        result,
        name=result.name.replace(raw, shown),
        line=result.line.replace(raw, shown),
        details=[line.replace(raw, shown) for line in result.details],
    )


class IngestRun:
    """One ingest: the receipts so far and the connection, opened for the first file to load."""

    def __init__(
        self, home: Home, source: str | None, dry_run: bool, loaded: Iterable[Receipt]
    ) -> None:
        self.home, self.source, self.dry_run = home, source, dry_run
        self.receipts = {one.id: one for one in loaded}
        self.corrections = corrections.read_corrections(home)
        # Supplements are loaded last, after all files of records, in whatever order they are given.
        self.is_late = False
        self.has_waiting = False
        # Whether it is known whose registers the home needs.
        self.has_city = not city.is_open(home)
        self.con: duckdb.DuckDBPyConnection | None = None
        self.session: tuple[str, StagingSession] | None = None

    def all_files(self, files: list[Path]) -> Iterator[tuple[int, FileResult]]:
        """Yield the result of each file, with its number; supplements come last."""
        waiting: dict[int, Path] = {}
        for number, path in enumerate(files, 1):
            self.has_waiting = False
            for file in self.files(path):
                yield number, file
            if self.has_waiting:
                waiting[number] = path
        self.is_late = True
        for number, path in waiting.items():
            for file in self.files(path):
                if file.state != "known":
                    yield number, file

    def files(self, path: Path) -> list[FileResult]:
        """Return the result of a file, or of each file in a zip; no line has a person's name."""
        return [_without_raw_name(result, path.name) for result in self._files(path)]

    def _files(self, path: Path) -> list[FileResult]:
        if is_broken_link(path):
            line = f"{path.name} 未入库:是断开的链接,指向的文件不在;请补上文件或删去链接"
            return [FileResult(path.name, "failed", line)]
        seen = self._unchanged(path)
        if seen:
            return [FileResult(path.name, "known", f"{path.name} 已入过库,跳过", seen)]
        found: list[FileResult] = []
        fault = self._guard(path, path.name, lambda: found.extend(self._open(path)))
        return [*found, fault] if fault else found

    def _guard(self, path: Path, name: str, work: Callable[[], object]) -> FileResult | None:
        """Do some work on a file; return the result if it failed.

        Errors of usage or of the disk are not those of a file, and raised. So is Stopped, whatever
        error the engine or a library made of it.
        """
        try:
            work()
            return None
        except Exception as error:
            stopping.raise_if_stopped()
            reason = _reason(path, name, error)
        return FileResult(name, "failed", f"{name} 未入库:{reason}")

    def _open(self, path: Path) -> Iterator[FileResult]:
        state, note = path.stat(), read_note(path)
        if detect_kind(path).format != "zip":
            yield from self._body(self._same_kind(Delivery(path, note, path, state=state)))
            return
        folder = self.home.tmp / "zip"
        for member in archive.members(path):
            name = shown_name(f"{path.name}/{member.name}")
            done: list[FileResult] = []

            def work(member: archive.ArchiveMember = member, done: list[FileResult] = done) -> None:
                body = archive.unpack_member(path, member, folder)
                delivery = Delivery(path, note, body, member.name, state=state)
                done.extend(self._body(self._same_kind(delivery)))

            fault = self._guard(folder / member.name, name, work)
            yield from [*done, fault] if fault else done
        shutil.rmtree(folder, ignore_errors=True)

    def _body(self, delivery: Delivery) -> list[FileResult]:
        """Return the results of a file that is no archive, part by part."""
        content = read_content(delivery.body)
        delivery = replace(delivery, content=content)
        digest, name = content.digest, receipts.receipt_id(content.digest)
        if receipts.is_complete(self.receipts, name):
            data = self.receipts[name]
            if not self.dry_run:
                note_repeat(self.home, delivery, data)
            return [FileResult(delivery.name, "known", f"{delivery.name} 已入过库,跳过", data)]
        tmp = self.home.tmp / name
        shutil.rmtree(tmp, ignore_errors=True)
        tmp.mkdir(parents=True)
        try:
            opened = open_delivery(self.home, delivery, self.source, tmp)
            names = [receipts.receipt_id(digest, part.part) for part in opened.parts]
            # A sheet that was left out stays so until the file is loaded again.
            listed = self.receipts[name].parts if name in self.receipts else []
            todo = [
                part
                for part, own in zip(opened.parts, names, strict=True)
                if own in (listed or names) and own not in self.receipts
            ]
            self.has_waiting |= any(part.is_supplement for part in todo)
            return [
                self._part(part, digest, tmp) for part in todo if part.is_supplement == self.is_late
            ]
        finally:
            shutil.rmtree(tmp, ignore_errors=True)

    def _part(self, part: OpenedFile, digest: str, tmp: Path) -> FileResult:
        """Load one part of a file, or return its dry run."""
        started = time.monotonic()
        session = self._session(part)
        self._require_own_registers(session, part)
        try:
            if self.dry_run:
                line, *details = dry_run.dry_run(
                    session, self.home, part, tmp, self.corrections, self.receipts
                )
                require_unchanged(part.delivery)
                line, *details = map(part.without_people, (line, *details))
                return FileResult(part.name, "planned", line, details=details)
            data = load(session, self.home, part, digest, self.receipts, tmp, self.corrections)
        except UnknownIds as error:
            first = self.receipts.get(receipts.receipt_id(digest))
            if not part.part or first is None:
                raise
            return self._left_out(part, first, receipts.receipt_id(digest, part.part), error)
        self.receipts[data.id] = data
        line = summary(data, part, time.monotonic() - started, read_reasons(self.home))
        details = [part.without_people(text) for text in remarks(data, part, self.receipts)]
        return FileResult(part.name, "loaded", part.without_people(line), data, details)

    def _left_out(
        self, part: OpenedFile, first: Receipt, name: str, error: HotlineError
    ) -> FileResult:
        """Remove a supplement none of whose ids is loaded from the parts of its file."""
        parts = [other for other in first.parts if other != name]
        first = self.receipts[first.id] = first.model_copy(update={"parts": parts})
        if not self.dry_run:
            receipts.commit(self.home, first)
        return FileResult(part.name, "unread", f"{part.name} 未读:{error}")

    def _unchanged(self, path: Path) -> Receipt | None:
        """Return a receipt of a raw file that was loaded with this size and time; None if not.

        A zip needs a receipt for each of its files, a file of several parts for each part.
        """
        stat = path.stat()
        found = [
            data
            for data in self.receipts.values()
            if data.bytes == stat.st_size
            and data.modified_ns == stat.st_mtime_ns
            and shown_name(data.file) == shown_name(self.home.relative(path))
        ]
        members = {data.member for data in found if data.member}
        if members and len(archive.members(path)) != len(members):
            return None
        if not all(receipts.is_complete(self.receipts, data.id) for data in found):
            return None
        return found[0] if found else None

    def _same_kind(self, delivery: Delivery) -> Delivery:
        """Return the delivery marked as simulated or real, like all others of the home.

        Without a note it is what the home's are. Raises HotlineError NO_DATA if they differ.
        """
        first = next(iter(self.receipts.values()), None)
        if first is None:
            return delivery
        simulated, given = first.simulated, delivery.note.simulated
        if given is None:
            return replace(delivery, note=delivery.note.model_copy(update={"simulated": simulated}))
        if given != simulated:
            here, there = ("模拟", "真实") if simulated else ("真实", "模拟")
            raise HotlineError(
                f"此目录里是{here}数据,这个文件是{there}数据,两者不能混放;请用 --home 换一个目录",
                NO_DATA,
            )
        return delivery

    def _session(self, opened: OpenedFile) -> StagingSession:
        """Return the session of the file's entity; the views of another entity are dropped."""
        con, name = self._connection(), opened.entity.name
        if self.session is None or self.session[0] != name:
            if self.session is not None:
                self.session[1].drop_views()
            registers.install_own(con, self.home, opened.entity)
            digest = registers.digest(self.home)
            self.session = name, StagingSession(con, self.home, name, digest)
        return self.session[1]

    def _require_own_registers(self, session: StagingSession, part: OpenedFile) -> None:
        """Give a home without registers its own, empty ones if its first file is of another city.

        In a dry run they are used and not written.
        """
        if self.has_city or self.receipts or not session.has("city"):
            return
        if part.is_supplement or part.delivery.note.simulated:
            return
        self.has_city = True
        evidence = other_city.examine(session, part)
        if not evidence.is_other:
            return
        if self.dry_run:
            names = city.registers_for(is_chinese=evidence.is_chinese)
            registers.install(session.con, self.home, without=names)
        else:
            city.put_empty(self.home, is_chinese=evidence.is_chinese)
            registers.install(session.con, self.home)
            session.registers = registers.digest(self.home)
        done = "不会采用" if self.dry_run else "没有采用"
        say(
            f"提醒:这里的区、单位、分类不在程序自带的北京市名册里,{done}它(名称照原样保留);"
            "入库后请用 hotline new-city 城市名 据数据起草本市的名册。"
            "若确是北京市的数据,请删去 data/reference 下的空名册"
        )

    def _connection(self) -> duckdb.DuckDBPyConnection:
        if self.con is None:
            self.home.tmp.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.con = connect(home=self.home)
            settings = load_settings(self.home.root)
            limit = min(_MEMORY_BYTES, _bytes(settings.memory_limit))
            self.con.execute(f"SET memory_limit = '{limit}B'")
            # A view on a text file has no statistics: the optimizer would assume a few rows, and
            # build its hash tables from the records instead of the registers.
            self.con.execute(
                "SET disabled_optimizers = 'type_pushdown,join_order,build_side_probe_side'"
            )
            if console.is_watched():
                # Required for the estimate of the progress.
                self.con.execute("SET enable_progress_bar = true")
                self.con.execute("SET enable_progress_bar_print = false")
            self.con.execute("CREATE SCHEMA staging")
            macros.define(self.con)
            key = secrets.token_hex(16) if self.dry_run else caller_key.read_key(settings.key_file)
            caller_key.install(self.con, key)
            corrections.install(self.con, self.corrections)
            registers.install(self.con, self.home)
        return self.con

    def close(self) -> None:
        if self.con is not None:
            self.con.close()


def _reason(path: Path, name: str, error: Exception) -> str:
    """Return why a file was not loaded; raise an error that is not the file's."""
    match error:
        case HotlineError():
            if error.code in (IO, USAGE):
                raise error
            return _without_name(path, name, error)
        case duckdb.Error():
            if disk_fault(error) is not None:
                raise HotlineError(
                    f"写入时出错({_first_line(error)});请检查磁盘空间与权限", IO
                ) from error
            if "CSV Parser state machine" in str(error):
                return _lone_return(path)
            advice = "请检查文件是否完整"
            if isinstance(error, _SQL_ERRORS):
                advice = "请检查 data/sql/staging 下的 SQL;没有自己的 SQL 时,请检查文件是否完整"
            return f"读取出错({_first_line(error)});{advice}"
        case PermissionError():
            return "没有读取权限;请检查权限"
        case OSError():
            if error.errno not in _FILE_ERRORS:
                raise error
            return f"读不了({error.strerror});请检查该文件后再入库"
    # A bug: the other files are loaded. The message may quote a cell, so only the place is printed.
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__},{Path(place.filename).name} 第 {place.lineno} 行"
    return f"程序出错({where});请报告此问题,其余文件不受影响"


def _lone_return(path: Path) -> str:
    """Return that lines end in different ways, with the line where a carriage return stands alone.

    The engine reads files whose lines end in one way. Of a packed file the line is not known.
    """
    where = ""
    with path.open("rb") as handle:
        for number, line in enumerate(handle, 1):
            if b"\r" in line.removesuffix(b"\n").removesuffix(b"\r"):
                where = f"第 {number} 行"
                break
            if b"\0" in line:
                break
    return f"各行的结尾不一致:{where}夹有单独的回车符(CR);请统一换行后再入库,或另存为 xlsx"


def _bytes(limit: str) -> int:
    number, unit = re.fullmatch(r"([\d.]+)\s?([KMGT]i?)B", limit).groups()  # type: ignore[union-attr]
    base = 1024 if unit.endswith("i") else 1000
    return int(float(number) * base ** ("KMGT".index(unit[0]) + 1))


def _without_name(path: Path, name: str, error: HotlineError) -> str:
    """Return the message without the file's name, which begins the line."""
    message = str(error)
    for prefix in (name, path.name, shown_name(path.name)):
        message = message.removeprefix(prefix)
    return message.removeprefix(":").strip()


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:160]

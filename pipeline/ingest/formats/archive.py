"""Unpack zip archives, file by file, and gzip files."""

import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from isal import igzip_threaded, isal_zlib

from pipeline.errors import IO, NO_DATA, HotlineError
from pipeline.ingest.formats.encoding import BLOCK
from pipeline.ingest.formats.kind import BROKEN_ZIP, damaged

_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_BROKEN_GZIP: Any = (EOFError, zlib.error, isal_zlib.error)
_SYSTEM_FILES = ("__MACOSX", "Thumbs.db", "desktop.ini", "receipt.toml")


@dataclass(frozen=True)
class ArchiveMember:
    """One file of a zip: its path inside the archive, and its entry."""

    name: str
    entry: zipfile.ZipInfo


def members(path: Path) -> list[ArchiveMember]:
    """Return the files of a zip, ordered by name, without folders and system files.

    Names without the UTF-8 flag are read as UTF-8 if valid, else as GB18030, which Chinese Windows
    writes. Raises HotlineError NO_DATA for a damaged or empty archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except BROKEN_ZIP as error:
        raise damaged(path) from error
    found = [ArchiveMember(_name(entry), entry) for entry in entries]
    found = [member for member in found if not _is_system_file(member.name)]
    if not found:
        raise HotlineError(f"{path.name} 压缩包里没有文件;请向发送方核实", NO_DATA)
    return sorted(found, key=lambda member: member.name)


def _name(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & _UTF8_FLAG:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return entry.orig_filename.encode("cp437").decode(encoding).replace("\\", "/")
        except UnicodeError:
            continue
    return entry.filename


def _is_system_file(name: str) -> bool:
    return any(
        part in _SYSTEM_FILES or part.startswith((".", "~$")) for part in PurePosixPath(name).parts
    )


def unpack_member(path: Path, member: ArchiveMember, folder: Path) -> Path:
    """Extract a member into `folder`, which is emptied first, and return its path.

    Only the last part of the member's name is used, so that it cannot point outside the folder.
    Raises HotlineError: NO_DATA for an encrypted or damaged member, IO if the disk is too small.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    target = folder / (PurePosixPath(member.name).name or "file")
    if member.entry.flag_bits & _ENCRYPTED_FLAG:
        raise HotlineError(f"{member.name} 有密码,打不开;请向发送方索取没有密码的文件", NO_DATA)
    if member.entry.file_size > shutil.disk_usage(folder).free:
        raise HotlineError(f"{member.name} 解压后放不下;请清理磁盘后再试", IO)
    try:
        with (
            zipfile.ZipFile(path) as archive,
            archive.open(member.entry) as reader,
            target.open("wb") as writer,
        ):
            shutil.copyfileobj(reader, writer, BLOCK)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise HotlineError(
            f"{member.name} 压缩数据不完整或已损坏;请向发送方重新索取", NO_DATA
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        raise HotlineError(
            f"{member.name} 的压缩方法不能读;请另存为普通 zip 再入库", NO_DATA
        ) from error
    return target


def decompress(path: Path, folder: Path) -> Path:
    """Return the content of a gz file below `folder`, under the name without its end."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name.removesuffix(".gz")
    try:
        with igzip_threaded.open(path, "rb") as reader, target.open("wb") as writer:
            shutil.copyfileobj(reader, writer, BLOCK)
    except _BROKEN_GZIP as error:
        raise damaged(path) from error
    except OSError as error:
        # The reader wraps a wrong checksum in an OSError without a number; a full disk has one.
        if error.errno is None:
            raise damaged(path) from error
        raise
    if not target.stat().st_size:
        raise HotlineError(f"{path.name} 解压后是空文件;请向发送方索取完整文件", NO_DATA)
    return target

"""Unpack a zip: its files one by one, their names as the sender wrote them."""

import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.errors import IO, NO_DATA, HotlineError
from pipeline.ingest.formats.encoding import broken
from pipeline.ingest.formats.kind import BLOCK, BROKEN_ZIP

_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_LITTER = ("__MACOSX", "Thumbs.db", "desktop.ini", "receipt.toml")


@dataclass(frozen=True)
class ArchiveMember:
    """One file of a zip: its path inside, and its entry."""

    name: str
    entry: zipfile.ZipInfo


def members(path: Path) -> list[ArchiveMember]:
    """Return the files of a zip in the order of their names, without litter and folders.

    Names without the UTF-8 flag are GB18030 where they fit it, as Windows in China writes them.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except BROKEN_ZIP as error:
        raise broken(path) from error
    found = [ArchiveMember(_name(entry), entry) for entry in entries]
    found = [member for member in found if not _is_litter(member.name)]
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


def _is_litter(name: str) -> bool:
    return any(
        part in _LITTER or part.startswith((".", "~$")) for part in PurePosixPath(name).parts
    )


def unpack_member(path: Path, member: ArchiveMember, folder: Path) -> Path:
    """Return a member's content, alone in `folder`; NO_DATA for a locked or damaged one.

    Only the last part of a member's name is used, so that no name leads out of the folder.
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

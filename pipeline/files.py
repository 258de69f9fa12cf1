"""Files and folders written whole or not at all: beside the old one first, then in its place.

A file is renamed over the old one. A folder and its successor swap names in one step where the
file system can do that. What a killed run leaves behind has a name that starts with a dot, which
no reader looks at, and the next run removes it.
"""

import ctypes
import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipeline.stopping import held, temporary

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
# What a system says that cannot let two names change places.
_UNKNOWN = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)


@contextmanager
def whole_file(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Yield a hidden path beside `path`; at the end the file written there becomes `path`.

    If the block fails, the hidden file is removed and `path` stays as it was. With `durable` the
    content is on the disk before the rename. Raises OSError.
    """
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    with temporary(beside):
        yield beside
        if durable:
            with beside.open("rb") as written:
                os.fsync(written.fileno())
        beside.replace(path)


def write_whole(path: Path, content: bytes, *, durable: bool = False) -> Path:
    """Write a file whole or not at all; return its path."""
    with whole_file(path, durable=durable) as beside:
        beside.write_bytes(content)
    return path


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write a folder of these files in the place of the old one; return its path."""
    with fresh_folder(folder) as fresh:
        for name, content in files.items():
            (fresh / name).write_bytes(content)
    return folder


def sweep(parent: Path) -> None:
    """Clear up what runs that died left in `parent`; a folder they had moved aside comes back."""
    for aside in parent.glob(".*.old"):
        folder = parent / aside.name[1 : -len(".old")]
        if not folder.exists():
            aside.rename(folder)
    for left in [*parent.glob(".*.old"), *parent.glob(".*.new")]:
        shutil.rmtree(left, ignore_errors=True)


@contextmanager
def fresh_folder(folder: Path) -> Iterator[Path]:
    """Yield a new, empty folder beside `folder`; at the end it takes the place of `folder`.

    If the block fails it is removed. Raises OSError where it cannot be made.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    sweep(folder.parent)
    fresh = folder.with_name(f".{folder.name}.new")
    fresh.mkdir()
    with temporary(fresh):
        yield fresh
        with held():
            _replace_folder(fresh, folder)


def _replace_folder(fresh: Path, folder: Path) -> None:
    """Put `fresh` in the place of `folder`, and what was there in its own.

    At any moment `folder` is the old one or the new one. Where the file system cannot let them
    change places at once, the old one is moved aside first; `sweep` brings it back if the run dies
    just then.
    """
    if not folder.exists():
        fresh.rename(folder)
        return
    if not _exchange(fresh, folder):
        folder.rename(_aside(folder))
        fresh.rename(folder)
        _aside(folder).rename(fresh)


def link(source: Path, target: Path) -> None:
    """Let `target` be the same file or folder of files as `source`: hard links, else copies."""
    if source.is_dir():
        shutil.copytree(source, target, copy_function=_link_file, symlinks=True)
    else:
        _link_file(source, target)


def _link_file(source: Path | str, target: Path | str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _exchange(one: Path, other: Path) -> bool:
    """Let two names change places in one step; False where system or disk has no such step."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    names = (os.fsencode(one), os.fsencode(other))
    if call(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNKNOWN:
        return False
    raise OSError(number, os.strerror(number), str(other))

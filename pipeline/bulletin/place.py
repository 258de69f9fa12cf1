"""A folder put in place whole: beside the former one first, then the two change places."""

import ctypes
import errno
import os
import shutil
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
# What a system says that cannot let two names change places.
_UNKNOWN = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)


def sweep(parent: Path) -> None:
    """Clear up what runs that died left in `parent`; a folder they had moved aside comes back."""
    for aside in parent.glob(".*.old"):
        folder = parent / aside.name[1 : -len(".old")]
        if not folder.exists():
            aside.rename(folder)
    for left in [*parent.glob(".*.old"), *parent.glob(".*.new")]:
        shutil.rmtree(left, ignore_errors=True)


def fresh_folder(folder: Path) -> Path:
    """Return a new, empty folder beside `folder`; raises OSError where it cannot be made."""
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    sweep(folder.parent)
    fresh = folder.with_name(f".{folder.name}.new")
    fresh.mkdir()
    return fresh


def put_folder(fresh: Path, folder: Path) -> None:
    """Put `fresh` in the place of `folder` and remove what was there.

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
        fresh = _aside(folder)
    shutil.rmtree(fresh, ignore_errors=True)


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
    """Let two names change places in one step; False where system or disk knows no such step."""
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

"""Who may read a home: its owner, and the members of one group if the setting `group` names it.

Raw files name the callers, texts what they said, the warehouse exact small counts. Every command
sets the modes of what lies there before it begins and again at its end, however files came there.
"""

import grp
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home
from pipeline.settings import load as load_settings

_SET_GROUP = stat.S_ISGID
# Whoever can open the lock can hold it; working files hold what is not masked yet.
_OWNER_ONLY = (".lock", ".tmp")


@contextmanager
def private(home: Home) -> Iterator[None]:
    """Let nobody but the owner and the home's group read what a command finds, makes and leaves.

    Raises HotlineError USAGE if the setting names no group, or one that the user is not in.
    """
    group = _group(home)
    former = os.umask(0o077 if group is None else 0o027)
    try:
        protect(home, group)
        yield
    finally:
        # What came from elsewhere meanwhile, or was moved out of the working folder.
        protect(home, group)
        os.umask(former)


def protect(home: Home, group: int | None = None) -> None:
    """Set the modes of data/raw, data/warehouse and data/reports, and the group if there is one.

    Files of another owner are left as they are, and so are files that have a second name outside:
    their mode is not the home's alone. The folders around them are closed.
    """
    for folder in (home.raw, home.warehouse, home.reports):
        if folder.is_dir() and not folder.is_symlink():
            _set_all(folder, group)


def _set_all(folder: Path, group: int | None) -> None:
    _set_mode(folder, folder.stat(), group)
    try:
        entries = list(os.scandir(folder))
    except OSError:  # of another owner, or gone meanwhile
        return
    for entry in entries:
        with suppress(OSError):
            found = entry.stat(follow_symlinks=False)
            own = None if entry.name in _OWNER_ONLY else group
            if stat.S_ISDIR(found.st_mode):
                _set_all(Path(entry.path), own)
            elif stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
                _set_mode(Path(entry.path), found, own)


def _set_mode(path: Path, found: os.stat_result, group: int | None) -> None:
    """Take away what others may do; a group that is set may read. What is so already is left."""
    if found.st_uid != os.geteuid():
        return
    now = stat.S_IMODE(found.st_mode)
    wanted = now & 0o700
    if stat.S_ISDIR(found.st_mode) and group is not None:
        wanted |= 0o050 | _SET_GROUP
    elif group is not None:
        wanted |= 0o040
    with suppress(OSError):
        if group is not None and found.st_gid != group:
            os.chown(path, -1, group)
        if now != wanted:
            path.chmod(wanted)


def _group(home: Home) -> int | None:
    """Return the number of the group that the setting names; None where it names none."""
    name = load_settings(home.root).group
    if not name:
        return None
    try:
        number = grp.getgrnam(name).gr_gid
    except KeyError:
        raise HotlineError(f"设置 group:没有名为 {name} 的用户组;请改正或删去", USAGE) from None
    if os.geteuid() != 0 and number not in {os.getegid(), *os.getgroups()}:
        raise HotlineError(
            f"设置 group:当前用户不在用户组 {name} 里;请把用户加入该组,或删去这项设置", USAGE
        )
    return number

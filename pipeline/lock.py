"""One writer per home at a time."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.db import require_usable
from pipeline.errors import BUSY, IO, HotlineError
from pipeline.home import Home
from pipeline.stopping import temporary


@contextmanager
def exclusive(home: Home) -> Iterator[None]:
    """Hold the home's lock, with an empty private working folder; BUSY if another run has it."""
    require_usable(home)
    try:
        home.warehouse.mkdir(parents=True, exist_ok=True)
        handle = os.fdopen(_open(home.warehouse / ".lock"), "w")
    except OSError as error:
        raise HotlineError(
            f"无法写入 {home.relative(home.warehouse)}({error.strerror});"
            "请检查目录权限与磁盘空间,或用 --home 换一个目录",
            IO,
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HotlineError(
                f"另一次运行正在写入 {home.relative(home.warehouse)};请等它结束后再试", BUSY
            ) from error
        # The lock is ours, so whatever is here was left by a run that died.
        shutil.rmtree(home.tmp, ignore_errors=True)
        home.tmp.mkdir(mode=0o700, parents=True)
        with temporary(home.tmp):
            yield


def _open(path: Path) -> int:
    """Return a handle of the lock file, which its owner alone may open and thereby hold."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with suppress(PermissionError):  # of another owner, who closes it
        os.fchmod(handle, 0o600)
    return handle

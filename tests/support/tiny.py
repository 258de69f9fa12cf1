"""The tiny invented city, and how the processes of a test run share what one of them has made."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline.demo import CITY

TINY = CITY
YEAR = "2033"


def made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """Return the folder as `make` fills it: by the first process that asks; the others wait."""
    done = folder.with_name(f"{folder.name}.done")
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            done.touch()
    return folder

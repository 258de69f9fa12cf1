"""Helper processes that end with the run that started them. Stdlib only: they start at once."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def tied() -> Iterator[int]:
    """Yield the end of a pipe for helpers to inherit; this process holds the other, which even a
    kill closes."""
    theirs, ours = os.pipe()
    try:
        yield theirs
    finally:
        os.close(theirs)
        os.close(ours)


def end_with_parent(handle: int) -> None:
    """End this process once the other end of the pipe is gone: a parent killed leaves no helper."""

    def watch() -> None:
        os.read(handle, 1)  # nobody writes: it returns at the end only
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()

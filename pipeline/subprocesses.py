"""Helper processes that end with the run that started them. Stdlib only: they start at once."""

import atexit
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.stopping import SIGNALS, expect_pool


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


@contextmanager
def out_of_reach() -> Iterator[None]:
    """Start the workers of a pool in the block: Ctrl-C at the terminal then reaches the parent
    alone, which ends them."""
    from multiprocessing import resource_tracker

    expect_pool()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # inherited
    try:
        # Started here it inherits all of them blocked, and unblocks the two that it ignores; in
        # this process too, so that they are blocked once more.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_pool() -> None:
    """End this worker once the process that made the pool is gone, even if that was killed.

    A worker that is done ends without taking the interpreter down: the engine would print a page
    about objects that were alive until then.
    """
    from multiprocessing import connection, parent_process

    def watch() -> None:
        if (parent := parent_process()) is not None:
            connection.wait([parent.sentinel])
            os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    atexit.register(os._exit, 0)


def end_with_parent(handle: int) -> None:
    """End this process once the other end of the pipe is gone: a parent killed leaves no helper."""

    def watch() -> None:
        os.read(handle, 1)  # nobody writes: it returns at the end only
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()

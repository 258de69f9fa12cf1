"""Ctrl-C and a scheduler's signal stop the command at once, in one line, with nothing half-written.

The handler interrupts the running query, ends worker processes and raises Stopped in the main
thread, so that every `finally` cleans up. The engine turns that exception into a RuntimeError, and
libraries may turn it into others: whoever goes on after an error asks `raise_if_stopped` first. A
library that computes for a long time lets no handler run: a thread then ends the process.
"""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn, Protocol
from weakref import WeakSet

# Ctrl-C, a scheduler's stop, a closed terminal.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INTERRUPTED = 128 + signal.SIGINT
# How long the main thread may take to notice a signal, and to clean up after it.
_NOTICED_SECONDS, _CLEANED_SECONDS = 1.0, 5.0


class Stopped(KeyboardInterrupt):
    """A signal asks the command to stop; no fault of a file or of the program."""


class Interruptible(Protocol):
    """A connection to the engine."""

    def interrupt(self) -> None: ...


class _State:
    """What happened in this process: signals received, and what is to be removed at its end."""

    def __init__(self) -> None:
        self.received: list[int] = []
        self.temporary: list[Path] = []
        self.connections: WeakSet[Interruptible] = WeakSet()
        self.is_watched = self.is_held = self.is_printed = self.has_pool = False


_state = _State()


def code() -> int | None:
    """Return the exit code of a command that was asked to stop (130 for Ctrl-C); else None."""
    return 128 + _state.received[0] if _state.received else None


def raise_if_stopped() -> None:
    """Raise Stopped if a signal asked the command to stop.

    To be called before an error is taken for that of one file, after which the others follow.
    """
    if _state.received:
        raise Stopped


@contextmanager
def listening() -> Iterator[None]:
    """Raise Stopped in the block when a signal arrives.

    A signal that the caller ignores stays ignored. Outside the main thread, where no handler can be
    set, and in a process that listens for good, nothing changes.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if _state.is_watched or not is_main:
        yield
        return
    before = {one: signal.getsignal(one) for one in SIGNALS if signal.getsignal(one) in _USUAL}
    for one in before:
        signal.signal(one, _handle)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        _state.received.clear()
        _state.is_printed = False


def listen_for_good() -> None:
    """Raise Stopped in this process when a signal arrives, until it ends.

    Where the main thread does not notice the signal, or does not come to an end after it, the
    process is ended with the same line and exit code.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    _state.is_watched = True
    for one in SIGNALS:
        if signal.getsignal(one) in _USUAL:
            signal.signal(one, _handle)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    sys.unraisablehook = _without_stopped
    threading.Thread(target=_watch, args=(reader,), daemon=True).start()


def ignore() -> None:
    """Ignore signals from now on: the command's outcome is decided."""
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)


def end(status: object) -> NoReturn:
    """End the process that listened for good, with this exit status unless it was stopped."""
    ignore()
    if _state.received:
        print_message()
        if not _state.has_pool:
            # At once: not after background threads have done what nobody waits for.
            _leave()
    sys.exit(code() or status)  # type: ignore[arg-type]


@contextmanager
def held() -> Iterator[None]:
    """Hold back a stop during a few renames that belong together."""
    outer, _state.is_held = _state.is_held, True
    try:
        yield
    finally:
        _state.is_held = outer
    if not outer:
        raise_if_stopped()


def interrupt_too(con: Interruptible) -> None:
    """Let a stop interrupt what this connection runs: the engine ends a query of one thread only
    when that is done, although its caller has gone."""
    _state.connections.add(con)


def expect_pool() -> None:
    """Take care of worker processes: a stop ends them, and their semaphores are given back."""
    _state.has_pool = True


@contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """Remove a file or folder at the end of the block, or with the process if that is ended."""
    _state.temporary.append(path)
    try:
        yield path
    finally:
        _remove(path)
        _state.temporary.remove(path)


def print_message() -> None:
    """Print the one line, once; a progress bar may have hidden the cursor."""
    from pipeline import console

    if _state.is_printed:
        return
    _state.is_printed = True
    first = _state.received[0] if _state.received else signal.SIGINT
    by = {signal.SIGTERM: "(收到 SIGTERM)", signal.SIGHUP: "(终端已关闭)"}
    said = by.get(signal.Signals(first), "")
    console.complain(f"已中断{said};已完成的都保留,再运行一次即可接着做", code() or INTERRUPTED)
    console.show_cursor()


def _handle(number: int, frame: FrameType | None) -> None:
    is_first = not _state.received
    _state.received.append(number)
    _interrupt()
    # A second signal must not disturb the cleaning up; the watching thread sees to its end.
    if not _state.is_held and (is_first or not _state.is_watched):
        raise Stopped


def _without_stopped(fault: "sys.UnraisableHookArgs") -> None:
    """Print exceptions that nothing can catch, but no stop that met an object being freed."""
    if fault.exc_type is not Stopped:
        sys.__unraisablehook__(fault)


# The handlers of a process that was not started to ignore a signal.
_USUAL = (signal.SIG_DFL, signal.default_int_handler)


def _interrupt() -> None:
    """End running queries and the processes of a pool, which the end of its `with` waits for."""
    for con in list(_state.connections):
        with suppress(Exception):  # closed meanwhile
            con.interrupt()
    if _state.has_pool:
        import multiprocessing

        for worker in multiprocessing.active_children():
            worker.kill()


def _watch(reader: int) -> None:
    """Wait for a signal, then end the process if it does not end by itself."""
    number = 0
    while number not in SIGNALS:  # other signals are written to the pipe too
        number = os.read(reader, 1)[0]
    threading.Event().wait(_NOTICED_SECONDS)
    if not _state.received:
        _state.received.append(number)
    else:
        threading.Event().wait(_CLEANED_SECONDS)
    _interrupt()
    for path in _state.temporary:
        _remove(path)
    print_message()
    _leave()


def _leave() -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code() or INTERRUPTED)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)

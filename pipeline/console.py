"""What the user sees while a command runs: lines, tables and progress."""

import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

# rich is brought where something is printed: `hotline --help` prints nothing through it.
if TYPE_CHECKING:
    from rich.console import Console

Item = TypeVar("Item")
POLL_SECONDS = 0.2


@dataclass
class _Style:
    quiet: bool = False
    log_json: bool = False


_style = _Style()


def configure(*, quiet: bool = False, log_json: bool = False) -> None:
    """Set how the rest of the run prints: not at all, as JSON lines, or for a person."""
    _style.quiet, _style.log_json = quiet, log_json


def _console(stderr: bool = False) -> "Console":
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    # Without a terminal a long line must stay one line: logs are searched by line.
    # Names of files and values of a dump are printed as they are: `[/red]` is no markup.
    return Console(
        file=stream,
        width=None if stream.isatty() else 160,
        highlight=False,
        markup=False,
        emoji=False,
    )


# Controls that steer a terminal, and halves of a pair, which no stream can encode.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def _shown(text: str) -> str:
    """Return the text with � for signs that would steer a terminal or cannot be written."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def is_watched() -> bool:
    """Return whether a person looks on at a terminal, so that a moving bar is of use."""
    return not _style.quiet and not _style.log_json and sys.stdout.isatty()


def say(text: str, **fields: object) -> None:
    """Print one line; with --log-json an object with `message` and the fields."""
    if _style.log_json and not text:
        return
    if _style.log_json:
        record = {"at": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "message": text, **fields}
        print(json.dumps(record, ensure_ascii=False, default=str), flush=True)
    elif not _style.quiet:
        _console().print(_shown(text), soft_wrap=True)


def complain(text: str, code: int) -> None:
    """Print the one line of an error on stderr, also when quiet."""
    if _style.log_json:
        print(json.dumps({"error": text, "exit": code}, ensure_ascii=False), file=sys.stderr)
    else:
        _console(stderr=True).print(_shown(f"错误:{text}"), soft_wrap=True)


def show_cursor() -> None:
    """Show the cursor of a terminal again, which a moving bar hides."""
    if is_watched():
        _console().show_cursor(True)


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a small table; cells that are numbers are right-aligned."""
    rows = [list(row) for row in rows]
    if _style.log_json:
        for row in rows:
            say(title, **dict(zip(headings, row, strict=True)))
        return
    if _style.quiet:
        return
    from rich.table import Table

    grid = Table(
        title=_shown(title), title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    for place, heading in enumerate(headings):
        numeric = bool(rows) and all(_is_number(row[place]) for row in rows)
        grid.add_column(_shown(heading), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        grid.add_row(*["" if cell is None else _shown(str(cell)) for cell in row])
    _console().print(grid)


def _is_number(cell: object) -> bool:
    text = str("" if cell is None else cell).strip("%件万+-–— ").replace(",", "")
    return text == "" or text.replace(".", "", 1).isdigit()


def progress(items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
    """Yield the items behind a progress bar; a plain line at the end where there is no terminal."""
    if not is_watched():
        started, done = time.monotonic(), 0
        for item in items:
            yield item
            done += 1
        say(f"{label}:{done} 项,{time.monotonic() - started:.1f} 秒", items=done)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_console()) as bar:
        yield from bar.track(items, total=total, description=label)


@contextmanager
def gauge(label: str, read: Callable[[], tuple[float, str]]) -> Iterator[None]:
    """Show a bar with the time left while the block runs; nothing where there is no terminal.

    `read` says how much is done, 0..1, and a word to print beside it; it is called from a thread.
    """
    if not is_watched():
        yield
        return
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[word]}", markup=False),
        TextColumn("剩余"),
        TimeRemainingColumn(compact=True),
    )
    over = threading.Event()
    with Progress(*columns, console=_console(), transient=True) as bar:
        task = bar.add_task(label, total=1.0, word="")

        def follow() -> None:
            while not over.wait(POLL_SECONDS):
                done, word = read()
                bar.update(task, completed=done, word=word)

        follower = threading.Thread(target=follow, daemon=True)
        follower.start()
        try:
            yield
        finally:
            over.set()
            follower.join()

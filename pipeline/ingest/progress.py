"""How far the loading of one file has come, for the bar that the user sees."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

# What part of a file's time the narrow pass takes, and writing the records, then the texts.
NARROW, RECORDS, TEXTS = 0.15, 0.45, 0.40


class FileProgress:
    """The part of a file that is done, from the engine's own estimate of the statement at hand.

    `read` may be called from another thread while the statement runs.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._done = self._share = 0.0
        self._started = time.monotonic()
        self._told = (0.0, 0.0)  # how much was done when that last changed, and the rate then
        self.rows = 0

    @contextmanager
    def step(self, share: float) -> Iterator[None]:
        """Count the block, which runs one statement, as `share` (0..1) of the whole."""
        self._share = share
        yield
        self._done, self._share = self._done + share, 0.0

    def read(self) -> tuple[float, str]:
        """Return the part that is done, 0..1, and the rows per second, empty until rows are known.

        The file's rows are passed over more than once, so that its rate is that of the whole work.
        """
        percent = max(self._con.query_progress(), 0.0) if self._share else 0.0
        done = min(self._done + self._share * percent / 100, 1.0)
        # The engine's estimate moves by jumps; between two of them the rate must not sink.
        if done != self._told[0]:
            self._told = (done, done / max(time.monotonic() - self._started, 0.001))
        rate = self.rows * self._told[1]
        return done, f"{rate:,.0f} 行/秒" if rate else ""

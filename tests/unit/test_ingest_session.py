"""The bar of one file: parts add up, and the rate holds between two estimates of the engine."""

import pytest

from pipeline.ingest.staging import session
from pipeline.ingest.staging.session import NARROW, RECORDS, TEXTS, FileProgress


class Engine:
    """Stands for a connection at some point of its statement."""

    percent = -1.0

    def query_progress(self) -> float:
        return self.percent


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(session.time, "monotonic", lambda: now[0])
    return now


def test_steps_make_the_whole(clock: list[float]) -> None:
    progress = FileProgress(Engine())  # type: ignore[arg-type]
    for share in (NARROW, RECORDS, TEXTS):
        with progress.step(share):
            pass
    assert progress.read()[0] == pytest.approx(1.0)


def test_rate_is_of_the_whole_work_and_holds_between_estimates(clock: list[float]) -> None:
    engine = Engine()
    progress = FileProgress(engine)  # type: ignore[arg-type]
    assert progress.read() == (0.0, "")
    progress.rows = 8_000
    with progress.step(0.5):
        assert progress.read() == (0.0, "")  # no estimate yet
        engine.percent, clock[0] = 50.0, 110.0
        # A quarter of 8,000 rows in 10 seconds.
        assert progress.read() == (0.25, "200 行/秒")
        clock[0] = 150.0
        assert progress.read() == (0.25, "200 行/秒")

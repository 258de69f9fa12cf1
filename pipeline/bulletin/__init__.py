"""The bulletin of a month, an assessment month or a quarter: asked for, or by a scheduled job."""

import time

from pipeline import stopping
from pipeline.bulletin import hook, status
from pipeline.bulletin.periods import CALENDAR, KINDS
from pipeline.bulletin.run import exit_code, outcomes_of
from pipeline.bulletin.status import FAILED, Outcome
from pipeline.console import complain, say
from pipeline.errors import CHECK_FAILED, IO, OK, USAGE, HotlineError
from pipeline.home import Home
from pipeline.lock import exclusive

__all__ = ["bulletin"]


def bulletin(
    home: Home,
    name: str | None = None,
    *,
    kind: str = CALENDAR,
    latest: bool = False,
    year: int | None = None,
) -> int:
    """Leave the bulletins that are asked for in data/reports/; return the exit code.

    Asked for is one period (`2020-11`, `2020-Q4`), the latest of a kind (calendar, assessment,
    quarter) whose end the data reach, or all of a year. The result of each is printed in one line,
    written to data/reports/bulletin_status.json and passed to the hook of the settings, also where
    it failed; of several, the others are made where one fails (PARTIAL). Raises HotlineError BUSY
    where another run holds the lock, USAGE where not exactly one thing is asked for.
    """
    asked = _asked(name, kind, latest, year)
    outcomes: list[Outcome] = []
    try:
        with exclusive(home):
            started = time.monotonic()
            try:
                for outcome in outcomes_of(home, name, KINDS[kind], year):
                    outcomes.append(outcome)
                    _report(outcome)
            except (Exception, KeyboardInterrupt) as error:
                if (stopped := stopping.code()) is not None:
                    outcomes.append(Outcome(FAILED, stopped, "已中断"))
                else:
                    fault = f"程序出错:{type(error).__name__}"
                    outcomes.append(Outcome(FAILED, CHECK_FAILED, fault))
                raise
            finally:
                code = stopping.code() or exit_code(outcomes)
                status_code = _write_status(home, asked, outcomes, code, time.monotonic() - started)
    except HotlineError as error:
        outcomes.append(Outcome(FAILED, error.code, str(error)))
        raise
    finally:
        # After the lock is given back, for a hook may well call hotline itself. A run that is
        # stopped does not wait for hooks.
        for outcome in outcomes:
            if stopping.code() is None:
                hook.call(home, outcome)
    return code or status_code


def _asked(name: str | None, kind: str, latest: bool, year: int | None) -> str:
    """Return in words of the command line what is asked; USAGE where it is not one thing."""
    given = [name, "--latest" if latest else None, None if year is None else f"--all {year}"]
    chosen = [one for one in given if one]
    if len(chosen) != 1:
        raise HotlineError(
            "请给出一个月份(如 hotline bulletin 1999-11),或 --latest,或 --all 年份,只能给一样",
            USAGE,
        )
    return chosen[0] if kind == CALENDAR else f"{chosen[0]} --period {kind}"


def _report(outcome: Outcome) -> None:
    """Print the one line of an outcome."""
    if outcome.result == FAILED:
        complain(outcome.message, outcome.exit_code)
        return
    say(
        f"月报:{outcome.message}",
        result=outcome.result,
        period=outcome.period,
        period_type=outcome.period_type,
        edition=outcome.edition,
        moved=outcome.moved,
        folder=outcome.folder,
    )


def _write_status(
    home: Home, asked: str, outcomes: list[Outcome], code: int, seconds: float
) -> int:
    """Write the status file; where that fails say so, once, and return IO."""
    try:
        status.write(home, asked, outcomes, code, seconds)
    except OSError as error:
        if code == OK:
            complain(
                f"状态文件 {home.relative(home.reports / status.FILE)} 没能写入({error.strerror});"
                "请检查权限与磁盘空间",
                IO,
            )
        return IO
    return OK

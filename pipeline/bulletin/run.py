"""What was asked, period by period: a fault ends the bulletin it concerns, not the others."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import duckdb

from pipeline import stopping
from pipeline.bulletin import periods
from pipeline.bulletin.issue import folder_of, issue
from pipeline.bulletin.status import FAILED, Outcome
from pipeline.console import say
from pipeline.db import disk_fault
from pipeline.editions import store
from pipeline.errors import IO, OK, PARTIAL, HotlineError
from pipeline.files import sweep
from pipeline.home import Home
from pipeline.period import ASSESSMENT, Period, parse

Month = tuple[int, int]


def outcomes_of(
    home: Home, name: str | None, period_type: str, year: int | None
) -> Iterator[Outcome]:
    """Yield what becomes of each period: the named one, those of the year, else the latest.

    With the latest go the former ones that have an edition and for whose days files came since.
    What the user or the disk is to blame for is an outcome, anything else is raised. The caller
    holds the home's lock.
    """
    is_latest = name is None and year is None
    try:
        sweep(home.reports)
        chosen = _periods(home, name, period_type, year)
    except (HotlineError, OSError, duckdb.Error) as error:
        yield _failed(error)
        return
    for place, period in enumerate(chosen, start=1):
        try:
            is_last = is_latest and place == len(chosen)
            yield issue(home, period, only_complete=is_last)
        except (HotlineError, OSError, duckdb.Error) as error:
            yield _failed(error, period)


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Return the exit code of a run: that of its only fault, PARTIAL where others went well."""
    codes = [outcome.exit_code for outcome in outcomes]
    failed = [code for code in codes if code != OK]
    if not failed:
        return OK
    return failed[0] if len(failed) == len(codes) else PARTIAL


def _periods(home: Home, name: str | None, period_type: str, year: int | None) -> list[Period]:
    if name is not None:
        period = periods.named(name, period_type)
        if period.period_type != ASSESSMENT:
            return [period]
        with periods.open_built(home) as con:
            return [periods.dated(con, period)]
    with periods.open_built(home) as con:
        if year is not None:
            found = periods.of_year(con, year, period_type)
            if missing := periods.absent(year, found):
                say(f"{year} 年没有入库、未出月报的:{'、'.join(missing)}", absent=missing)
            return found
        latest = periods.latest(con, period_type)
        return [*(p for p in _outdated(home, con, period_type) if p != latest), latest]


def _outdated(home: Home, con: duckdb.DuckDBPyConnection, period_type: str) -> list[Period]:
    """Return the periods with an edition that does not know all files which hold their days."""
    files: dict[Month, set[str]] = defaultdict(set)
    for year, month, receipt in con.execute(
        "SELECT year, month, receipt FROM source.partition WHERE row_count > 0"
    ).fetchall():
        files[year, month].add(receipt)
    found = []
    for name in periods.loaded(con, period_type):
        period = periods.dated(con, parse(name, period_type))
        held = store.read(folder_of(home, period))
        now = {receipt for month in period.calendar_months() for receipt in files[month]}
        if held is not None and not now <= held.lock.get("receipt", {}).keys():
            found.append(period)
    return found


def _failed(error: Exception, period: Period | None = None) -> Outcome:
    """Return the fault as an outcome; raise it where it is a fault of the program."""
    stopping.raise_if_stopped()
    if isinstance(error, HotlineError):
        code, message = error.code, str(error)
    else:
        reason = disk_fault(error)
        if reason is None:
            raise error
        code, message = IO, f"磁盘或输入输出出错:{reason};请检查磁盘空间与权限"
    if period is None:
        return Outcome(FAILED, code, message)
    return Outcome(FAILED, code, message, period.period_type, period.period)

"""Which periods are meant, which are loaded, and whether the data of one are complete."""

import datetime
from collections.abc import Sequence
from dataclasses import replace

import duckdb

from pipeline.bulletin.gaps import COLUMNS, Gaps
from pipeline.db import open_warehouse
from pipeline.errors import NO_DATA, USAGE, HotlineError
from pipeline.home import Home
from pipeline.numbers import days, span
from pipeline.period import ASSESSMENT, MONTH, QUARTER, Period, parse

CALENDAR = "calendar"
KINDS = {CALENDAR: MONTH, "assessment": ASSESSMENT, "quarter": QUARTER}
NAMES = {MONTH: "自然月", ASSESSMENT: "考核月", QUARTER: "季度"}
YEARS = range(1980, 2101)
# A list in one line shows so many.
_SHOWN = 6


def named(name: str, period_type: str) -> Period:
    """Return the period that `2020-11` or `2020-Q4` names; raises HotlineError USAGE for none."""
    period = parse(name, period_type)
    if period_type != MONTH and period.period_type != period_type:
        raise HotlineError(
            f"{name} 不是{NAMES[period_type]};考核月写成 年-月,季度写成 年-Q季度(不用 --period)",
            USAGE,
        )
    if period.year not in YEARS:
        raise HotlineError(f"{name} 不是可用的年份;请检查后重写", USAGE)
    return period


def dated(con: duckdb.DuckDBPyConnection, period: Period) -> Period:
    """Return the period with the day on which the warehouse begins its assessment months."""
    if period.period_type != ASSESSMENT:
        return period
    day = con.execute("SELECT first_day_of_month FROM ref.assessment_month").fetchall()[0][0]
    return replace(period, first_day=day)


def open_built(home: Home) -> duckdb.DuckDBPyConnection:
    """Return the built warehouse, read-only, with the tables of a bulletin."""
    return open_warehouse(home, ("monthly.m01_overview", "monthly.m15_day", "monthly.m16_scope"))


def require_loaded(con: duckdb.DuckDBPyConnection, period: Period) -> None:
    """Raise NO_DATA where no record of the period is loaded, saying what is."""
    held = loaded(con, period.period_type)
    if period.period in held:
        return
    kind = NAMES[period.period_type]
    if period.first_on > datetime.date.today():
        raise HotlineError(
            f"{period.period}({kind})还没有到,要到 {period.first_on} 才开始;请改一个已过去的",
            NO_DATA,
        )
    raise HotlineError(
        f"{period.period}({kind})没有已入库的记录(已入库:{_listed(held)});"
        "请先用 hotline ingest 读入该月的导出文件,再运行 hotline build",
        NO_DATA,
    )


def loaded(con: duckdb.DuckDBPyConnection, period_type: str) -> list[str]:
    """Return the periods of a kind that hold records, in order."""
    rows = con.execute(
        "SELECT DISTINCT period FROM monthly.m01_overview WHERE period_type = ? ORDER BY 1",
        [period_type],
    )
    return [row[0] for row in rows.fetchall()]


def of_year(con: duckdb.DuckDBPyConnection, year: int, period_type: str) -> list[Period]:
    """Return the loaded periods of a year; raises NO_DATA where there is none."""
    held = loaded(con, period_type)
    found = [dated(con, parse(name, period_type)) for name in held if name.startswith(f"{year}-")]
    if not found:
        raise HotlineError(
            f"{year} 年没有已入库的{NAMES[period_type]}(已入库:{_listed(held)});"
            "请先用 hotline ingest 读入该年的导出文件,再运行 hotline build",
            NO_DATA,
        )
    return found


def absent(year: int, found: Sequence[Period]) -> list[str]:
    """Return the periods of the year that `found` lacks."""
    step = 3 if found[0].period_type == QUARTER else 1
    months = range(step, 13, step)
    whole = [replace(found[0], year=year, month=month) for month in months]
    return [period.period for period in whole if period not in found]


def latest(con: duckdb.DuckDBPyConnection, period_type: str) -> Period:
    """Return the last period whose end the loaded data reach; raises NO_DATA where there is none.

    That its days are all there is another question (`require_complete`): a month with holes is
    not passed over in silence for the month before.
    """
    rows = con.execute(
        """SELECT period FROM monthly.m01_overview
           WHERE period_type = ? AND is_ended ORDER BY period DESC LIMIT 1""",
        [period_type],
    ).fetchall()
    if not rows:
        held = _listed(loaded(con, period_type))
        raise HotlineError(
            f"没有一个{NAMES[period_type]}的数据到了末尾(已入库:{held});"
            "请等数据到齐,或给出月份,出一期标明不完整的月报",
            NO_DATA,
        )
    return dated(con, parse(rows[0][0], period_type))


def require_complete(con: duckdb.DuckDBPyConnection, period: Period) -> None:
    """Raise NO_DATA where days have no records or a week has far fewer than expected."""
    faults = _faults(con, period)
    if faults:
        asked = period.period
        if period.period_type == ASSESSMENT:
            asked += " --period assessment"
        raise HotlineError(
            f"{period.period}({NAMES[period.period_type]})的数据不完整:{';'.join(faults)};"
            f"请补齐后再运行,或运行 hotline bulletin {asked},出一期说明所缺的",
            NO_DATA,
        )


def _faults(con: duckdb.DuckDBPyConnection, period: Period) -> list[str]:
    """Return what is wrong with the data of the period, a clause each, by ref.report_rule."""
    # With defaults, for a home's own rules may be older than these.
    rules = dict(
        con.execute(
            "SELECT rule, value FROM ref.report_rule WHERE rule LIKE 'bulletin_%'"
        ).fetchall()
    )
    rows = con.execute(
        f"SELECT {', '.join(COLUMNS)} FROM monthly.m15_day WHERE period_type = ? AND period = ?",
        [period.period_type, period.period],
    ).fetchall()
    gaps = Gaps.of([dict(zip(COLUMNS, row, strict=True)) for row in rows])
    found = []
    if len(gaps.days) > int(rules.get("bulletin_missing_day_count", 0)):
        spans = days(gaps.days)
        shown = spans if len(spans) <= _SHOWN else [*spans[:_SHOWN], "等"]
        found.append(f"{'、'.join(shown)}没有记录(共 {len(gaps.days)} 天)")
    for week in gaps.weeks:
        found.append(
            f"{span(week.first_on, week.last_on)}只有 {week.record_count:,} 件,"
            f"预期约 {week.expected_count:,.0f} 件"
        )
    return found


def _listed(names: Sequence[str]) -> str:
    if len(names) > _SHOWN:
        return f"{names[0]} 至 {names[-1]},共 {len(names)} 个"
    return "、".join(names) or "无"

"""The screen a person reads at the end of a run."""

from decimal import Decimal
from typing import Any

import duckdb

from pipeline import numbers
from pipeline.console import say, table
from pipeline.db import open_warehouse, require_year
from pipeline.home import Home
from pipeline.narrative.context import compared_days, faulty, held_days, is_simulated, months_of
from pipeline.narrative.print_table import HIDDEN, PrintColumn, use_headings
from pipeline.narrative.table_store import cell_text
from pipeline.report.content.template import screens
from pipeline.report.yearly_tables import printed_table


def summary(home: Home, year: int) -> None:
    """Print totals, the leading categories, the rates and the rejects."""
    with open_warehouse(home) as con:
        require_year(con, year)
        say("")
        say(f"{year} 年小结" + ("(模拟数据)" if is_simulated(con, months_of(year)) else ""))
        if _has(con, "t01_overview", year):
            _totals(con, year)
            _categories(con, year)
            _rates(con, year)
            _per_10k(con, year)
        use_headings(home)
        for spec in screens(home.templates):
            try:
                if _has(con, spec["table"], year):
                    _screen(con, year, spec)
            except (LookupError, ValueError, duckdb.CatalogException) as error:
                if not spec["file"]:
                    raise
                raise faulty(spec["file"], "screen", error) from error
        _intake(con)


def _has(con: duckdb.DuckDBPyConnection, table: str, year: int) -> bool:
    sql = f'SELECT 1 FROM annual.{table} WHERE "year" = ? LIMIT 1'
    return con.execute(sql, [year]).fetchone() is not None


def count_text(value: int | None) -> str:
    """Return a count as read aloud: 万件 with two decimals, 件 below ten thousand."""
    if value is None:
        return ""
    if abs(value) < numbers.WAN:
        return f"{value:,} 件"
    return f"{numbers.half_up(Decimal(value) / numbers.WAN, 2):,} 万件"


def percent_text(value: Any, signed: bool = False) -> str:
    """Return a ratio as a percentage with two decimals, empty where it is not known."""
    if value is None:
        return ""
    shown = PrintColumn("", "", "percent").show(value) * 100
    return f"{shown:+.2f}%" if signed else f"{shown:.2f}%"


def _totals(con: duckdb.DuckDBPyConnection, year: int) -> None:
    rows = con.execute(
        """SELECT coalesce(named.title, stated.scope), stated.record_count, stated.growth_rate,
                  stated.dispatched_count, stated.direct_count, stated.is_partial
           FROM annual.t01_overview AS stated LEFT JOIN ref.scope AS named USING (scope)
           WHERE stated."year" = ? ORDER BY named.sort_order NULLS LAST, stated.scope""",
        [year],
    ).fetchall()
    table(
        "受理总量",
        ["口径", "受理", "同比", "派单", "直接解答", "备注"],
        [
            (scope, count_text(count), percent_text(growth, True), count_text(dispatched),
             count_text(direct), "不完整年份" if partial else "")
            for scope, count, growth, dispatched, direct, partial in rows
        ],
    )  # fmt: skip
    held = held_days(con, year)
    compared = compared_days(con, year, rows[0][0]) if rows else []
    if compared and (compared != held or "日" in numbers.dates(held)):
        say(f"同比只比较两年都有记录的日期:{numbers.dates(compared)}")


def _categories(con: duckdb.DuckDBPyConnection, year: int) -> None:
    rows = con.execute(
        """SELECT rank, category, record_count, category_share, growth_rate
           FROM annual.t15_category
           WHERE "year" = ? AND rank <= 10 AND record_count IS NOT NULL ORDER BY rank""",
        [year],
    ).fetchall()
    table(
        "前十类问题",
        ["位次", "类别", "件数", "占比", "同比"],
        [
            (rank, name, count_text(count), percent_text(share), percent_text(growth, True))
            for rank, name, count, share, growth in rows
        ],
    )


def _screen(con: duckdb.DuckDBPyConnection, year: int, spec: dict[str, Any]) -> None:
    """Print the columns of a table that a template names for the screen, as it is printed."""
    printed = printed_table(con, spec["table"], year)
    names = [column.name for column in printed.columns]
    columns = [printed.columns[names.index(name)] for name in spec["columns"]]
    rows = [
        [_shown(row[names.index(column.name)], column) for column in columns]
        for row in printed.rows
    ]
    table(printed.title, [column.heading for column in columns], rows)


def _shown(value: Any, column: PrintColumn) -> str:
    return "" if value is None else value if value == HIDDEN else cell_text(column.kind, value)


def _rates(con: duckdb.DuckDBPyConnection, year: int) -> None:
    """Print the pooled rates: numerators over denominators, never a mean of units."""
    row = con.execute(
        """SELECT convention, response_numerator, response_denominator, response_rate,
                  resolution_numerator, resolution_denominator, resolution_rate,
                  satisfaction_numerator, satisfaction_denominator, satisfaction_rate
           FROM annual.t21_rate WHERE "year" = ? AND unit_type = '合计'""",
        [year],
    ).fetchone()
    if row is None:
        say("三率:本年数据没有回访字段,不可计算")
        return
    named = zip(("响应率", "解决率", "满意率"), (1, 4, 7), strict=True)
    table(
        f"三率(有效回访,约定 {row[0]})",
        ["指标", "值", "分子", "分母"],
        [
            (name, percent_text(row[at + 2]), f"{row[at]:,}", f"{row[at + 1]:,}")
            if row[at + 1]
            else (name, "不可计算", "", "")
            for name, at in named
        ],
    )


def _per_10k(con: duckdb.DuckDBPyConnection, year: int) -> None:
    """Say so where a year has no records per 10,000 residents; none is invented."""
    row = con.execute(
        """SELECT count(handled_per_10k) FROM annual.t11_district WHERE "year" = ?""", [year]
    ).fetchone()
    if row and row[0] == 0:
        say("万人承办量:本年数据没有承办单位所在区,或参考表没有该年人口,不可计算")


def _intake(con: duckdb.DuckDBPyConnection) -> None:
    row = con.execute(
        """SELECT count(*), sum(rows_read), sum(rows_loaded), sum(rows_duplicate),
                  sum(rows_rejected)
           FROM source.receipt"""
    ).fetchone()
    if row:
        files, read, loaded, duplicate, rejected = (int(value or 0) for value in row)
        say(
            f"入库:{files} 个文件,读入 {read:,} 行 = 入库 {loaded:,} + 重复 {duplicate:,} "
            f"+ 退回 {rejected:,}" + ("(原因见 hotline status)" if rejected else "")
        )

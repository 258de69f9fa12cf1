"""The ledger of published figures: one row a claim, read from the home's `data/published/*.csv`."""

import csv
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import interval
from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home

if TYPE_CHECKING:
    import pandas as pd

DIMENSIONS = (
    "record_type",
    "category",
    "subcategory",
    "handling",
    "unit_type",
    "unit",
    "region",
    "district",
    "street",
    "channel",
    "desk",
)
KEY = (
    "metric",
    "method_version",
    "convention",
    "scope",
    "date_basis",
    "period_type",
    "period",
    *DIMENSIONS,
)
NUMBERS = ("step", "lower", "upper", "repair_lower", "repair_upper")
COLUMNS = (
    *("claim", "year", "document", "section", "label"),
    *KEY,
    *("relation", "dimension", "members", "printed", "printed_unit", "step", "lower", "upper"),
    *("status", "reason", "repair", "repair_lower", "repair_upper"),
)
VALUE_RELATIONS = ("equals", "at_least")
LIST_RELATIONS = ("ranked_list", "largest", "smallest", "top_members")
STATUSES = ("", "contradicted")
# Eight decimals keep lower * denominator inside DECIMAL(38) in the audit's SQL.
_DECIMALS = 8
_PERIOD = {"year": re.compile(r"\d{4}"), "month": re.compile(r"\d{4}-(0[1-9]|1[0-2])")}
_TOP_MEMBERS = re.compile(r"\d+:[^=|]+=\d+(\|[^=|]+=\d+)*")


class _Fault(Exception):
    """What is wrong with one row and what to do; the caller adds the file and the line."""


def load(home: Home, year: int | None = None) -> "pd.DataFrame":
    """Return the claims as a frame; see `rows`."""
    # Half a second that a build, which only needs the rows, does not spend.
    import pandas as pd

    return pd.DataFrame(rows(home, year), columns=list(COLUMNS), dtype=object)


def rows(home: Home, year: int | None = None) -> list[dict]:
    """Return the claims, of one report year if given, sorted by claim id.

    Columns as in the files (`COLUMNS`): `year` is an integer, `NUMBERS` are Decimal or None, all
    others text; an empty dimension reads `*`. Raises HotlineError(USAGE) naming file, line and
    remedy for the first row that is not a claim.
    """
    metrics = _known_metrics(home)
    seen: dict[str, str] = {}
    found = []
    for path in home.published_files().values():
        for line, cells in _lines(home, path):
            where = f"{home.relative(path)} 第 {line} 行"
            try:
                row = _claim(cells, metrics)
                if row["claim"] in seen:
                    raise _Fault(f"编号 {row['claim']} 与{seen[row['claim']]}重复,请改一个编号")
            except _Fault as fault:
                raise HotlineError(f"{where}:{fault}", USAGE) from None
            seen[row["claim"]] = where
            if year is None or row["year"] == year:
                found.append(row)
    return sorted(found, key=lambda row: row["claim"])


def years_with_ledger(home: Home) -> list[int]:
    """Return the report years that have claims, in order."""
    return sorted(set(load(home)["year"]))


def is_blank(printed: str) -> bool:
    """Return whether the document left the figure open (`**%`): nothing to hold against."""
    return "**" in printed


def _known_metrics(home: Home) -> set[str]:
    path = home.reference_files().get("metric")
    if path is None:
        raise HotlineError("缺少 data/reference/metric.csv(指标定义),请从项目仓库补回", USAGE)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["metric"] for row in csv.DictReader(file)}


def _lines(home: Home, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and cells of each row; raises HotlineError for a foreign header."""
    name = home.relative(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_header(name, list(reader.fieldnames or []))
            for cells in reader:
                if None in cells or None in cells.values():
                    fault = f"{name} 第 {reader.line_num} 行:列数不对,请检查逗号和引号"
                    raise HotlineError(fault, USAGE)
                yield reader.line_num, {k: v.strip() for k, v in cells.items()}
    except UnicodeDecodeError:
        raise HotlineError(f"{name}:不是 UTF-8 编码,请另存为 UTF-8", USAGE) from None
    except csv.Error as error:
        raise HotlineError(f"{name}:不是完好的 CSV({error}),请重新导出", USAGE) from None


def _check_header(name: str, header: list[str]) -> None:
    missing = [column for column in COLUMNS if column not in header]
    foreign = [column for column in header if column not in COLUMNS]
    if missing:
        fault = f"缺少列 {'、'.join(missing[:5])}{'等' if len(missing) > 5 else ''}"
    elif foreign:
        fault = f"多出列 {'、'.join(foreign[:5])}"
    elif len(header) != len(COLUMNS):
        fault = "有重名的列"
    else:
        return
    raise HotlineError(f"{name}:{fault},请按 data/published 的表头改正", USAGE)


def _claim(cells: dict[str, str], metrics: set[str]) -> dict:
    row: dict = {**cells, **{name: cells[name] or "*" for name in DIMENSIONS}}
    _require(bool(row["claim"]), "没有编号,请填 claim 列")
    _require(row["year"].isdigit(), f"年份“{row['year']}”不是四位数,请改 year 列")
    row["year"] = int(row["year"])
    _check_key(row, metrics)
    for name in NUMBERS:
        row[name] = _number(name, cells[name])
    if row["relation"] in VALUE_RELATIONS:
        _check_value(row)
    elif row["relation"] in LIST_RELATIONS:
        _check_list(row)
    else:
        known = "、".join(VALUE_RELATIONS + LIST_RELATIONS)
        raise _Fault(f"不认识的关系“{row['relation']}”,relation 列只能是 {known}")
    _check_status(row)
    return row


def _check_key(row: dict, metrics: set[str]) -> None:
    if row["metric"] not in metrics:
        raise _Fault(
            f"不认识的指标“{row['metric']}”,请改 metric 列,或在 data/reference/metric.csv 里定义它"
        )
    _require(bool(row["scope"]), "没有口径,请在 scope 列填 all、tier1、tier2 或 tier3")
    for name in ("method_version", "convention", "date_basis"):
        _require(bool(row[name]), f"{name} 列是空的,请填写(没有约定时 convention 填 -)")
    pattern = _PERIOD.get(row["period_type"])
    _require(pattern is not None, f"period_type“{row['period_type']}”只能是 year 或 month")
    # A list over the months holds the year in its key, and its members are the months.
    if row["dimension"] == "period":
        _require(row["period_type"] == "month", "按月排列时 period_type 要填 month")
        pattern = _PERIOD["year"]
    assert pattern is not None
    _require(
        pattern.fullmatch(row["period"]) is not None,
        f"时段“{row['period']}”与 period_type 不符,请写成 YYYY 或 YYYY-MM",
    )


def _check_value(row: dict) -> None:
    _require(not row["dimension"] and not row["members"], "数值型的条目不填 dimension 和 members")
    _require(bool(row["printed"]), "没有原文数字,请填 printed 列")
    if is_blank(row["printed"]):
        _require(row["lower"] is None and row["upper"] is None, "原文空缺的数字不能有区间")
        return
    _require(row["lower"] is not None, "没有区间下限,请填 lower 列")
    if row["relation"] == "at_least":
        _require(row["upper"] is None, "at_least 没有上限,请清空 upper 列")
    else:
        _require(row["upper"] is not None, "没有区间上限,请填 upper 列")
        _check_order("lower", row["lower"], "upper", row["upper"])
    _check_printed(row["printed"], row["lower"], row["upper"])


def _check_list(row: dict) -> None:
    dimension = row["dimension"]
    _require(
        dimension in DIMENSIONS or dimension == "period",
        f"dimension“{dimension}”不是维度,请填 {'、'.join(DIMENSIONS)} 或 period",
    )
    if dimension != "period":
        _require(row[dimension] == "*", f"被排列的维度 {dimension} 自己要留空")
    _require(row["lower"] is None and row["upper"] is None, "排序型的条目不填区间")
    members = row["members"].split("|")
    _require(all(members), "没有成员或成员有空名,请在 members 列填 甲|乙|丙")
    _require(len(set(members)) == len(members), "members 列里有重复的成员")
    if row["relation"] in ("largest", "smallest"):
        _require(len(members) == 1, "largest、smallest 只能有一个成员")
    if dimension == "street":
        _require(row["district"] == "*", "排列街乡镇时 district 要留空")
    if row["relation"] == "top_members":
        _require(dimension == "street", "top_members 目前只用于 street")
        _require(
            _TOP_MEMBERS.fullmatch(row["printed"]) is not None,
            f"printed“{row['printed']}”要写成 10:甲区=6|乙区=4 这样",
        )
        first, _, pairs = row["printed"].partition(":")
        total = sum(int(pair.partition("=")[2]) for pair in pairs.split("|"))
        _require(total == int(first), f"各区个数之和 {total} 要等于前 {first} 位,请改 printed 列")
    elif dimension == "street":
        _require(all("/" in member for member in members), "街乡镇要写成 某区/某街道")


def _check_status(row: dict) -> None:
    _require(row["status"] in STATUSES, f"不认识的状态“{row['status']}”,只能留空或填 contradicted")
    if row["status"]:
        _require(bool(row["reason"]), "矛盾的条目要在 reason 列写明理由")
    if row["repair"]:
        _require(row["repair_lower"] is not None, "有 repair 时要填 repair_lower 和 repair_upper")
        if row["repair_upper"] is not None:
            _check_order("repair_lower", row["repair_lower"], "repair_upper", row["repair_upper"])
        _check_printed(row["repair"], row["repair_lower"], row["repair_upper"])
    else:
        empty = row["repair_lower"] is None and row["repair_upper"] is None
        _require(empty, "没有 repair 却有它的区间,请填 repair 列")


def _check_printed(printed: str, lower: Decimal, upper: Decimal | None) -> None:
    """Hold the typed interval against the printed form, where the form is one we can read."""
    try:
        meant = interval.parse(printed)
    except ValueError:
        return
    if (meant.lower, meant.upper) != (lower, upper):
        raise _Fault(
            f"区间 [{lower}, {upper}) 与原文“{printed}”不符,按舍入规则应为 "
            f"[{meant.lower}, {meant.upper})"
        )


def _check_order(low: str, lower: Decimal, high: str, upper: Decimal) -> None:
    _require(lower < upper, f"不可能的区间:{low} {lower} 不小于 {high} {upper}")


def _number(name: str, text: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise _Fault(f"{name}“{text}”不是数,请只写数字") from None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 10:
        raise _Fault(f"{name}“{text}”太大,请以件或比例(0 到 1)为单位")
    if value != round(value, _DECIMALS):
        raise _Fault(f"{name}“{text}”多于 {_DECIMALS} 位小数")
    return value


def _require(holds: bool, fault: str) -> None:
    if not holds:
        raise _Fault(fault)

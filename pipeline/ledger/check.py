"""Whether one row of a ledger file is a claim, and if not, what is wrong and what to do."""

from decimal import Decimal, InvalidOperation

from pipeline.ledger import columns
from pipeline.ledger.columns import (
    ABOVE,
    DIMENSIONS,
    LEVEL,
    LIST_RELATIONS,
    PART_RELATIONS,
    RELATIONS,
    STATUSES,
    TREND_RELATIONS,
    VALUE_RELATIONS,
)
from pipeline.numbers import read_interval


class Fault(Exception):
    """What is wrong with one row and what to do; the caller adds the file and the line."""


def claim(cells: dict[str, str], metrics: set[str]) -> dict:
    """Return the row with its numbers exact and `*` for empty dimensions; raises Fault."""
    row: dict = {**cells, **{name: cells[name] or "*" for name in DIMENSIONS}}
    _require(bool(row["claim"]), "没有编号,请填 claim 列")
    _require(row["year"].isdigit(), f"年份“{row['year']}”不是四位数,请改 year 列")
    row["year"] = int(row["year"])
    _check_key(row, metrics)
    for name in ("step", "lower", "upper"):
        row[name] = _number(name, cells[name])
    relation = row["relation"]
    if relation not in RELATIONS:
        known = "、".join(RELATIONS)
        raise Fault(f"不认识的关系“{relation}”,relation 列只能是 {known}")
    if relation in VALUE_RELATIONS:
        _check_value(row)
    elif relation in LIST_RELATIONS:
        _check_list(row)
    elif relation in TREND_RELATIONS:
        _check_trend(row)
    elif relation == LEVEL:
        _check_periods(row)
        _check_interval(row)
    elif relation in PART_RELATIONS:
        _check_members(row)
    elif relation == ABOVE:
        _check_above(row, metrics)
    _check_status(row)
    return row


def _check_key(row: dict, metrics: set[str]) -> None:
    if row["metric"] not in metrics:
        raise Fault(
            f"不认识的指标“{row['metric']}”,请改 metric 列,或在 data/reference/metric.toml 里定义它"
        )
    _require(bool(row["scope"]), "没有口径,请在 scope 列填 all、tier1、tier2 或 tier3")
    for name in ("method_version", "convention", "date_basis"):
        _require(bool(row[name]), f"{name} 列是空的,请填写(没有约定时 convention 填 -)")
    kind = row["period_type"]
    pattern = columns.PERIODS.get(kind)
    _require(pattern is not None, f"period_type“{kind}”只能是 year 或 month")
    # A list over the months holds the year in its key, and its members are the months.
    if row["dimension"] == "period":
        pattern = columns.PERIODS["year"]
    assert pattern is not None
    _require(
        pattern.fullmatch(row["period"]) is not None,
        f"时段“{row['period']}”与 period_type 不符,请写成 YYYY 或 YYYY-MM",
    )


def _check_value(row: dict) -> None:
    _require(not row["dimension"] and not row["members"], "数值型的条目不填 dimension 和 members")
    _check_interval(row)


def _check_interval(row: dict) -> None:
    _require(bool(row["printed"]), "没有原文数字,请填 printed 列")
    if columns.is_blank(row["printed"]) or row["status"] == "garbled":
        empty = row["lower"] is None and row["upper"] is None
        _require(empty, "原文空缺或残缺的数字不能有区间")
        return
    _require(row["lower"] is not None, "没有区间下限,请填 lower 列")
    if row["relation"] == "at_least":
        _require(row["upper"] is None, "at_least 没有上限,请清空 upper 列")
    else:
        _require(row["upper"] is not None, "没有区间上限,请填 upper 列")
        low, high = row["lower"], row["upper"]
        _require(low < high, f"不可能的区间:lower {low} 不小于 upper {high}")
    _check_printed(row["printed"], row["lower"], row["upper"])


def _check_members(row: dict) -> list[str]:
    dimension = row["dimension"]
    _require(
        dimension in DIMENSIONS or dimension == "period",
        f"dimension“{dimension}”不是维度,请填 {'、'.join(DIMENSIONS)} 或 period",
    )
    if dimension != "period":
        _require(row[dimension] == "*", f"被排列的维度 {dimension} 自己要留空")
    if row["relation"] != LEVEL:
        _require(row["lower"] is None and row["upper"] is None, "这种关系的条目不填区间")
    members = row["members"].split("|")
    _require(all(members), "没有成员或成员有空名,请在 members 列填 甲|乙|丙")
    _require(len(set(members)) == len(members), "members 列里有重复的成员")
    if dimension == "period":
        pattern = columns.PERIODS[row["period_type"]]
        wrong = [m for m in members if not pattern.fullmatch(m)]
        _require(not wrong, f"members 里的“{'、'.join(wrong)}”不是 period_type 所说的时段")
    return members


def _check_list(row: dict) -> None:
    members = _check_members(row)
    relation, dimension = row["relation"], row["dimension"]
    if dimension == "period":
        _require(row["period_type"] == "month", "按月排列时 period_type 要填 month")
    if relation in ("largest", "smallest"):
        _require(len(members) == 1, "largest、smallest 只能有一个成员")
    if relation == "order":
        _require(len(members) > 1, "order 至少要有两个成员")
    if dimension == "street":
        _require(row["district"] == "*", "排列街乡镇时 district 要留空")
    if relation == "top_members":
        _require(dimension == "street", "top_members 目前只用于 street")
        _require(
            columns.TOP_MEMBERS.fullmatch(row["printed"]) is not None,
            f"printed“{row['printed']}”要写成 10:甲区=6|乙区=4 这样",
        )
        first, _, pairs = row["printed"].partition(":")
        total = sum(int(pair.partition("=")[2]) for pair in pairs.split("|"))
        _require(total == int(first), f"各区个数之和 {total} 要等于前 {first} 位,请改 printed 列")
    elif dimension == "street":
        _require(all("/" in member for member in members), "街乡镇要写成 某区/某街道")


def _check_periods(row: dict) -> list[str]:
    _require(row["dimension"] == "period", "走势和水平的条目 dimension 要填 period")
    members = _check_members(row)
    _require(members == sorted(members), "members 里的时段要按先后排列")
    return members


def _check_trend(row: dict) -> None:
    members = _check_periods(row)
    if row["relation"] in ("rises", "falls", "rises_steadily", "falls_steadily"):
        _require(len(members) > 1, "升降至少要有两个时段")
    if row["relation"] == "rises_then_falls":
        _require(len(members) > 2, "先升后降至少要有三个时段")
    if row["relation"] in ("higher", "much_higher", "lower", "much_lower"):
        _require(
            row["period_type"] == "month" and not members[0].endswith("-01"),
            "与前一月相比的条目,第一个时段要是 2 月以后的月份",
        )


def _check_above(row: dict, metrics: set[str]) -> None:
    _require(row["members"] in metrics, f"above 的 members 要填一个指标,“{row['members']}”不是")
    if row["dimension"]:
        _require(row["dimension"] in DIMENSIONS, f"dimension“{row['dimension']}”不是维度")
        _require(row["printed"].isdigit(), "above 按维度比较时,printed 要填前几名的个数")


def _check_status(row: dict) -> None:
    _require(
        row["status"] in STATUSES,
        f"不认识的状态“{row['status']}”,status 列只能留空或填 context、garbled;"
        "矛盾的条目由 hotline audit --conflicts 得出,不手工填写",
    )
    if row["status"]:
        _require(bool(row["reason"]), "背景或残缺的条目要在 reason 列写明理由")


def _check_printed(printed: str, lower: Decimal, upper: Decimal | None) -> None:
    """Hold the typed interval against the printed form, where the form is one we can read."""
    try:
        meant = read_interval(printed)
    except ValueError:
        return
    if (meant.lower, meant.upper) != (lower, upper):
        raise Fault(
            f"区间 [{lower}, {upper}) 与原文“{printed}”不符,按舍入规则应为 "
            f"[{meant.lower}, {meant.upper})"
        )


def _number(name: str, text: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Fault(f"{name}“{text}”不是数,请只写数字") from None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 10:
        raise Fault(f"{name}“{text}”太大,请以件或比例(0 到 1)为单位")
    if value != round(value, columns.DECIMALS):
        raise Fault(f"{name}“{text}”多于 {columns.DECIMALS} 位小数")
    return value


def _require(holds: bool, fault: str) -> None:
    if not holds:
        raise Fault(fault)

"""Which metric a number measures, from what the sentence says of it."""

from dataclasses import dataclass, field

from pipeline.proofread.figure_index import Dims, FigureIndex, cut_of, key_of
from pipeline.proofread.lexicon import NamedMember
from pipeline.proofread.numbers import Number

_ORDER = (
    "own", "desk", "record_type", "category", "subcategory", "districts", "dispatched", "units",
    "year", "total", "whole",
)  # fmt: skip
_REQUEST = "诉求"
_ORGANISED = {"unit_type", "unit", "region", "district", "street"}


class Ambiguous(Exception):
    """Why a number is not understood, in the words of the user."""


@dataclass(frozen=True)
class MetricReading:
    """What a number says: the key of a figure and how it is held against it.

    relation: equals, largest or smallest (of the months), ranked_list, top_members; sign is -1
    where the text says that it fell; members and size are the list's.
    """

    metric: str
    period: str
    dims: Dims
    relation: str = "equals"
    sign: int = 1
    dimension: str = ""
    members: tuple[str, ...] = ()
    size: int = 0


@dataclass
class MeasureCues:
    """What the words since the last number say of the measure."""

    share: bool = False
    share_of_year: bool = False
    rate: str = ""
    level: str = ""
    request: bool = False
    place: bool = False
    base: bool = False
    base_before: bool = False
    period_base: bool = False
    direction: int = 0
    direction_here: bool = False
    of: list[str] = field(default_factory=list)
    of_members: list[NamedMember] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)


def organised(dims: dict[str, str]) -> dict[str, str]:
    """Return dims without 派单 where a handling unit is named: that says it already."""
    if dims.get("handling") == "派单" and _ORGANISED & set(dims):
        return {name: value for name, value in dims.items() if name != "handling"}
    return dims


def count_metric(
    warehouse: FigureIndex, dims: dict[str, str], texts: set[str], *, place: bool = False
) -> str:
    """Return the first count that has this cut; raises Ambiguous if none does.

    With `place` a district is the one where the matter is.
    """
    cut = cut_of(dims)
    metrics = warehouse.metrics
    for name in metrics.plain_counts:
        metric = metrics[name]
        if place and "district" in dims and not metrics.bases[metric.base].is_place:
            continue
        is_excluded = any(word in text for word in metric.not_with for text in texts)
        if cut in warehouse.cuts.get(name, ()) and not is_excluded:
            return name
    raise Ambiguous(f"没有按“{_key_text(dims)}”统计的件数")


def read(
    warehouse: FigureIndex, number: Number, said: MeasureCues, dims: dict[str, str], year: int,
    month: int | None, *, peak: bool,
) -> MetricReading:  # fmt: skip
    """Return the reading of a count or ratio; raises Ambiguous with the reason."""
    dims = organised(dims)
    period = str(year) if month is None else f"{year}-{month:02d}"
    if year not in warehouse.years:
        raise Ambiguous(f"仓库里没有 {year} 年的数据")
    if number.kind == "count":
        return _count(warehouse, said, dims, period)
    if said.place and "district" in dims:
        raise Ambiguous("按发生地的这一比率没有对应的指标")
    if sum(map(bool, (said.share, said.rate, said.direction))) != 1:
        raise Ambiguous("看不出这个比率是占比、增幅还是办理率")
    if said.rate:
        return _checked(warehouse, MetricReading(said.rate, period, key_of(dims)), dims)
    if said.direction:
        return _growth(warehouse, number, said, dims, period, month)
    if number.unit == "倍":
        raise Ambiguous("“倍”只用于增长")
    return _share(warehouse, said, dims, period, month, peak=peak)


def _require_one_meaning(
    warehouse: FigureIndex, said: MeasureCues, metric: str, dims: dict[str, str]
) -> None:
    """诉求 is any record or one type of them: raise Ambiguous where both have such a figure."""
    typed = {"record_type": _REQUEST} | dims
    if said.request and typed != dims and cut_of(typed) in warehouse.cuts.get(metric, ()):
        raise Ambiguous("“诉求”可以指全部工单,也可以指诉求类")


def _count(
    warehouse: FigureIndex, said: MeasureCues, dims: dict[str, str], period: str
) -> MetricReading:
    if said.base or said.direction_here:
        raise Ambiguous("增减的件数没有对应的指标")
    if said.rate or (said.share and said.of):
        raise Ambiguous("件数前面说的是比率")
    if said.level:
        return _checked(warehouse, MetricReading(said.level, period, key_of(dims)), dims)
    metric = count_metric(warehouse, dims, said.texts, place=said.place)
    _require_one_meaning(warehouse, said, metric, dims)
    return _checked(warehouse, MetricReading(metric, period, key_of(dims)), dims)


def _growth(
    warehouse: FigureIndex, number: Number, said: MeasureCues, dims: dict[str, str], period: str,
    month: int | None,
) -> MetricReading:  # fmt: skip
    if not (said.base or said.base_before or said.period_base):
        raise Ambiguous("没有说与哪一期相比")
    if month is not None and said.period_base:
        raise Ambiguous("月份的环比没有对应的指标")
    if said.level:
        raise Ambiguous(f"{warehouse.metrics[said.level].label}的增幅没有对应的指标")
    growth = warehouse.metrics.growth_of(count_metric(warehouse, dims, said.texts))
    _require_one_meaning(warehouse, said, growth, dims)
    if not growth:
        raise Ambiguous("这项件数没有增幅指标")
    return _checked(
        warehouse, MetricReading(growth, period, key_of(dims), sign=said.direction), dims
    )


def _share(
    warehouse: FigureIndex, said: MeasureCues, dims: dict[str, str], period: str, month: int | None,
    *, peak: bool,
) -> MetricReading:  # fmt: skip
    for member in said.of_members:
        if not set(member.dims) <= set(dims.items()):
            raise Ambiguous(f"分母“{member.dims[-1][1]}”与所说的对象不一致")
    tags = set(said.of) | {member.level for member in said.of_members}
    tags.discard("neutral")
    if len(tags) > 1:
        tags.discard("whole")
    tag = " ".join(sorted(tags, key=_ORDER.index)) if tags <= set(_ORDER) else "?"
    if month is not None:
        for name, metric in warehouse.metrics.items():
            of_year = said.share_of_year or tag in metric.wholes.get("*", ())
            if metric.part == "period" and (of_year or (peak and not tag)):
                return _checked(warehouse, MetricReading(name, period, key_of(dims)), dims)
    if month is not None and not tag:
        raise Ambiguous("看不出占的是全年还是当月")
    cut = cut_of(dims)
    for name, metric in warehouse.metrics.items():
        if tag in metric.wholes.get(cut, ()) and not said.share_of_year:
            return _checked(warehouse, MetricReading(name, period, key_of(dims)), dims)
    raise Ambiguous(f"没有“{_key_text(dims)}”占这一总量的指标")


def _checked(warehouse: FigureIndex, reading: MetricReading, dims: dict[str, str]) -> MetricReading:
    if cut_of(dims) not in warehouse.cuts.get(reading.metric, ()):
        raise Ambiguous(f"没有按“{_key_text(dims)}”统计的{reading.metric}")
    return reading


def _key_text(dims: dict[str, str]) -> str:
    return "、".join(dims.values()) or "全市"

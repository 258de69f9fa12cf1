"""What each chart shows: data for the drawing, taken from the printed tables, not counted anew."""

from decimal import Decimal
from typing import Any

from pipeline import numbers
from pipeline.document.model import Chart
from pipeline.narrative.selection import RenderContext, is_beyond, resolve, select
from pipeline.narrative.table_store import matches
from pipeline.narrative.templating import filled, render_text

MONTHS = [f"{month}月" for month in range(1, 13)]


def chart(context: RenderContext, spec: dict[str, Any], source_line: str) -> Chart | None:
    """Return the chart that the template asks for; None where the data do not give it."""
    kind = spec["chart"]
    data = _BUILDERS[kind](context, spec)
    if data is None and "else" in spec:
        kind = spec["else"]
        data = _BUILDERS[kind](context, spec)
    if data is None:
        return None
    title = render_text(context, spec["title"]) or spec["plain_title"]
    description = _finding(kind, data)
    return Chart(
        spec["id"], kind, title, spec["unit"], source_line, f"{title}。{description}", data,
        f"charts/{spec['id']}.svg", spec.get("half", False),
    )  # fmt: skip


def _small_multiples(context: RenderContext, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return one panel a member: the months of this year and of the year before."""
    name, column = spec["from"], spec["panel"]
    steps = context.words.get("steps", MONTHS)
    places = select(context, spec).rows
    members = list(dict.fromkeys(place.values[column] for place in places))[: spec.get("most", 6)]
    this = _by_month(members, column, [place.values for place in places], len(steps))
    last = _by_month(
        members, column, context.source.before(name, spec.get("where", {})), len(steps)
    )
    whole = "全部"
    whole_rows = [{column: whole, **p.values} for p in context.source.rows(spec["total"])]
    before_rows = [{column: whole, **row} for row in context.source.before(spec["total"])]
    totals = context.source.rows(spec["total"])
    hidden = {m: [p for p in places if p.is_hidden and p.values[column] == m] for m in members}
    hidden[whole] = [place for place in totals if place.is_hidden]
    members = [whole, *members]
    this |= _by_month([whole], column, whole_rows, len(steps))
    last |= _by_month([whole], column, before_rows, len(steps))
    if not any(value for values in this.values() for value in values):
        return None
    has_last = any(value is not None for values in last.values() for value in values)
    nothing = [None] * len(steps)
    return {
        "panels": [
            {
                "title": _name(m),
                "this": this[m],
                "last": last[m] if has_last else nothing,
                "is_peak_known": is_beyond(this[m], hidden[m], "record_count"),
            }
            for m in members
        ],
        "this_label": context.words["this_label"],
        "last_label": context.words["last_label"] if has_last else "",
        "months": steps,
    }


def _by_month(
    members: list[str], column: str, rows: list[dict[str, Any]], length: int = 12
) -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = {member: [None] * length for member in members}
    for row in rows:
        if row[column] in found:
            found[row[column]][row["month"] - 1] = row["record_count"]
    return found


def _heat(context: RenderContext, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return one row a member, one column a month."""
    places = select(context, spec).rows
    members = list(dict.fromkeys(place.values[spec["row"]] for place in places))[: spec["most"]]
    if not members:
        return None
    found = _by_month(members, spec["row"], [place.values for place in places])
    hidden = {m: [p for p in places if p.is_hidden and p.values[spec["row"]] == m] for m in members}
    return {
        "rows": [_name(member) for member in members],
        "columns": MONTHS,
        "values": [found[member] for member in members],
        "are_peaks_known": [is_beyond(found[m], hidden[m], "record_count") for m in members],
    }


def _bars(context: RenderContext, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return the members with this year's value and, where known, that of the year before."""
    places = [
        place for place in select(context, spec).rows if place.values[spec["value"]] is not None
    ]
    if not places:
        return None
    known = spec.get("last")
    last = {
        place.values[spec["last"]["name"]]: place.values[spec["last"]["value"]]
        for place in (context.source.rows(known["from"], known.get("where")) if known else [])
    }
    return {
        "items": [
            {
                "name": _name(place.values[spec["name"]]),
                "value": _number(place.values[spec["value"]]),
                "last": last.get(place.values[spec["name"]]),
                "change_text": _change_text(place.values.get(spec.get("change", "growth_rate"))),
            }
            for place in places
        ],
        "this_label": context.words["this_label"],
        "last_label": filled(known.get("label", "上年同期"), context.words)
        if known and last
        else "",
    }


def _tiles(context: RenderContext, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return the districts with their place on the grid; None where the city has no grid."""
    layout = context.words["tiles"]
    places = [
        place for place in select(context, spec).rows if place.values[spec["value"]] is not None
    ]
    if not places or not all(place.values["district"] in layout for place in places):
        return None
    return {
        "items": [
            {
                "name": place.values["district"],
                "value": _number(place.values[spec["value"]]),
                "text": numbers.decimal(place.values[spec["value"]], 0),
            }
            for place in places
        ],
        "layout": layout,
    }


def _slope(context: RenderContext, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return the members that lead in one of the two years, with their ranks in both."""
    places = [
        place
        for place in context.source.rows(spec["from"], resolve(context, spec.get("where", {})))
        if min(place.values["volume_rank"] or 99, place.values["before_volume_rank"] or 99)
        <= spec["most"]
    ]
    if not any(place.values["before_volume_rank"] for place in places):
        return None
    places.sort(key=lambda place: place.values["volume_rank"] or 99)
    return {
        "left_label": context.words["last_label"],
        "right_label": context.words["this_label"],
        "items": [
            {
                "name": place.values["part"],
                "left_rank": place.values["before_volume_rank"],
                "right_rank": place.values["volume_rank"],
                "text": numbers.count(place.values["record_count"]),
            }
            for place in places
        ],
    }


def _intervals(context: RenderContext, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return the ranked units with their composite score and its interval, best first."""
    choice = select(context, spec)
    places = [place for place in choice.rows if not place.is_hidden]
    if not places:
        return None
    return {
        "items": [
            {
                "name": place.values["unit_name"],
                "value": _number(place.values["composite_score"]),
                "low": _number(place.values["low_score"]),
                "high": _number(place.values["high_score"]),
                "n": place.values["called_back_count"],
                "text": numbers.decimal(place.values["composite_score"], 2),
            }
            for place in places
        ],
        # What the units are held to is their own pooled score, no target that anyone set.
        "target": _number(places[0].values["kind_score"]),
        "target_label": spec.get("target_label", ""),
        "n_label": "有效回访件数",
        "total": choice.total,
    }


def _bullet(context: RenderContext, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return the rows of a table with their way to a target; the template names the columns.

    `marked`, `met`, `open` and `behind` each say, as column and value, of which rows that holds.
    """
    places = select(context, spec).rows
    if not places:
        return None
    columns = spec["columns"]
    return {
        "items": [
            {
                "name": _name(place.values[columns["name"]]),
                "group": place.values[columns["group"]],
                "value": _number(place.values[columns["value"]]),
                "path": _number(place.values[columns["path"]]),
                "text": _measured(place.values[columns["text"]], place.values[columns["unit"]]),
                "target": place.values[columns["target"]],
                "state": place.values[columns["state"]],
                **{f"is_{k}": matches(place.values, spec[k]) for k in _HOLDS},
            }
            for place in places
        ],
        **{key: spec[key] for key in _LABELS if key in spec},
    }


_HOLDS = ("marked", "met", "open", "behind")
_LABELS = ("heads", "marks", "value_label", "path_label", "met_label", "open_label")


def _measured(value: Any, unit: str) -> str:
    """Return a value with its unit, without noughts that end it; nothing for none."""
    if value is None:
        return ""
    shown = numbers.decimal(value)
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown) + unit


_BUILDERS = {
    "small_multiples": _small_multiples,
    "heat": _heat,
    "bars": _bars,
    "tiles": _tiles,
    "slope": _slope,
    "intervals": _intervals,
    "bullet": _bullet,
}


def _finding(kind: str, data: dict[str, Any]) -> str:
    """Return in words what the picture shows, for those who do not see it."""
    if kind == "small_multiples":
        return f"折线分图，共{len(data['panels'])}幅：" + "、".join(
            f"{panel['title']}{_peak(panel['this'], panel['is_peak_known'])}"
            for panel in data["panels"]
        ) + "。"  # fmt: skip
    if kind == "heat":
        return f"热力图，{len(data['rows'])}行、12个月：" + "、".join(
            f"{name}{_peak(values, is_known)}"
            for name, values, is_known in zip(
                data["rows"], data["values"], data["are_peaks_known"], strict=True
            )
        ) + "。"  # fmt: skip
    if kind == "slope":
        return "位次变化：" + "、".join(
            f"{item['name']}{_place(item['left_rank'])}变为{_place(item['right_rank'])}"
            for item in data["items"]
        ) + "。"  # fmt: skip
    if kind == "bars":
        return "条形图：" + "、".join(
            f"{i['name']}{numbers.count(i['value'])}" for i in data["items"]
        ) + "。"  # fmt: skip
    if kind == "bullet":
        states = dict.fromkeys(item["state"] for item in data["items"])
        return "；".join(_of_state(state, data["items"]) for state in states) + "。"
    shown = data["items"] if len(data["items"]) <= 20 else data["items"][:20]
    return "图中各值：" + "、".join(f"{i['name']}{i['text']}" for i in shown) + "。"


def _of_state(state: str, items: list[dict[str, Any]]) -> str:
    """Return the items of one state with what they have and should have reached."""
    here = [item for item in items if item["state"] == state]
    named = [f"{i['name']}{i['text'] or '无数据'}（目标{i['target']}）" for i in here]
    return f"{state}{len(here)}项：" + "、".join(named)


def _peak(values: list[int | None], is_known: bool) -> str:
    """Return which month has most; where a hidden one could have more, only that."""
    if not is_known:
        return "有隐去的月份，不列最多月份"
    known = [value for value in values if value is not None]
    if not known or not max(known):
        return "无数据"
    top = [month for month, value in enumerate(values, start=1) if value == max(known)]
    return f"{numbers.months(top)}最多（{numbers.count(max(known))}）"


def _place(rank: int | None) -> str:
    return "无" if rank is None else f"第{rank}位"


def _name(value: str) -> str:
    return "不明" if value == "?" else value


def _number(value: Any) -> int | float:
    """Return the value as JSON has it; a drawing needs no exact decimal."""
    return float(value) if isinstance(value, Decimal) else value


def _change_text(rate: Any) -> str:
    if rate is None:
        return ""
    return f"{'+' if rate > 0 else ''}{numbers.percent(rate, 1)}"

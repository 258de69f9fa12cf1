"""What each chart shows: data for the drawing, taken from the printed tables, not counted anew."""

from decimal import Decimal
from typing import Any

from pipeline.document.model import Chart
from pipeline.report.content import words
from pipeline.report.content.sentence import Scene, choose, plain, resolve

MONTHS = [f"{month}月" for month in range(1, 13)]


def chart(scene: Scene, spec: dict[str, Any], source_line: str) -> Chart | None:
    """Return the chart that the template asks for; None where the data do not give it."""
    kind = spec["chart"]
    data = _BUILDERS[kind](scene, spec)
    if data is None and "else" in spec:
        kind = spec["else"]
        data = _BUILDERS[kind](scene, spec)
    if data is None:
        return None
    title = plain(scene, spec["title"]) or spec["plain_title"]
    told = _told(kind, data)
    return Chart(
        spec["id"], kind, title, spec["unit"], source_line, f"{title}。{told}", data,
        f"charts/{spec['id']}.svg",
    )  # fmt: skip


def _small_multiples(scene: Scene, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return one panel a member: the months of this year and of the year before."""
    name, column = spec["from"], spec["panel"]
    places = choose(scene, spec).rows
    members = list(dict.fromkeys(place.values[column] for place in places))[: spec.get("most", 6)]
    this = _by_month(members, column, [place.values for place in places])
    last = _by_month(members, column, scene.source.before(name, spec.get("where", {})))
    whole = "全部"
    whole_rows = [{column: whole, **p.values} for p in scene.source.rows(spec["total"])]
    before_rows = [{column: whole, **row} for row in scene.source.before(spec["total"])]
    members = [whole, *members]
    this |= _by_month([whole], column, whole_rows)
    last |= _by_month([whole], column, before_rows)
    if not any(value for values in this.values() for value in values):
        return None
    has_last = any(value is not None for values in last.values() for value in values)
    nothing = [None] * 12
    return {
        "panels": [
            {"title": _name(m), "this": this[m], "last": last[m] if has_last else nothing}
            for m in members
        ],
        "this_label": f"{scene.words['year']}年",
        "last_label": f"{scene.words['year'] - 1}年" if has_last else "",
        "months": MONTHS,
    }


def _by_month(
    members: list[str], column: str, rows: list[dict[str, Any]]
) -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = {member: [None] * 12 for member in members}
    for row in rows:
        if row[column] in found:
            found[row[column]][row["month"] - 1] = row["record_count"]
    return found


def _heat(scene: Scene, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return one row a member, one column a month."""
    places = choose(scene, spec).rows
    members = list(dict.fromkeys(place.values[spec["row"]] for place in places))[: spec["most"]]
    if not members:
        return None
    found = _by_month(members, spec["row"], [place.values for place in places])
    return {
        "rows": [_name(member) for member in members],
        "columns": MONTHS,
        "values": [found[member] for member in members],
    }


def _bars(scene: Scene, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return the members with this year's value and, where known, that of the year before."""
    places = [
        place for place in choose(scene, spec).rows if place.values[spec["value"]] is not None
    ]
    if not places:
        return None
    last = {
        place.values["part"]: place.values["before_count"]
        for place in scene.source.rows("t25_growth_part", {"part_kind": spec.get("last", "")})
    }
    return {
        "items": [
            {
                "name": _name(place.values[spec["name"]]),
                "value": _number(place.values[spec["value"]]),
                "last": last.get(place.values[spec["name"]]),
                "change_text": _change_text(place.values.get("growth_rate")),
            }
            for place in places
        ],
        "this_label": f"{scene.words['year']}年",
        "last_label": "上年同期" if last else "",
    }


def _tiles(scene: Scene, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return the districts with their place on the grid; None where the city has no grid."""
    layout = scene.words["tiles"]
    places = [
        place for place in choose(scene, spec).rows if place.values[spec["value"]] is not None
    ]
    if not places or not all(place.values["district"] in layout for place in places):
        return None
    return {
        "items": [
            {
                "name": place.values["district"],
                "value": _number(place.values[spec["value"]]),
                "text": words.decimal(place.values[spec["value"]], 0),
            }
            for place in places
        ],
        "layout": layout,
    }


def _slope(scene: Scene, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return the members that lead in one of the two years, with their ranks in both."""
    places = [
        place
        for place in scene.source.rows(spec["from"], resolve(scene, spec.get("where", {})))
        if min(place.values["volume_rank"] or 99, place.values["before_volume_rank"] or 99)
        <= spec["most"]
    ]
    if not any(place.values["before_volume_rank"] for place in places):
        return None
    places.sort(key=lambda place: place.values["volume_rank"] or 99)
    return {
        "left_label": f"{scene.words['year'] - 1}年",
        "right_label": f"{scene.words['year']}年",
        "items": [
            {
                "name": place.values["part"],
                "left_rank": place.values["before_volume_rank"],
                "right_rank": place.values["volume_rank"],
                "text": words.count(place.values["record_count"]),
            }
            for place in places
        ],
    }


def _intervals(scene: Scene, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return the ranked units with their resolution rate and its interval, best first."""
    choice = choose(scene, spec)
    places = [place for place in choice.rows if not place.is_hidden]
    if not places:
        return None
    # What the units are held to is their own pooled rate, no target that anyone set.
    target = scene.source.rows("t21_rate", {"unit_type": spec["where"]["unit_type"]})
    return {
        "items": [
            {
                "name": place.values["unit_name"],
                "value": _number(place.values["resolution_rate"]),
                "low": _number(place.values["resolution_low_rate"]),
                "high": _number(place.values["resolution_high_rate"]),
                "n": place.values["called_back_count"],
                "text": words.percent(place.values["resolution_rate"]),
            }
            for place in places
        ],
        "target": _number(target[0].values["resolution_rate"]) if target else None,
        "target_label": spec["target_label"],
        "n_label": "有效回访件数",
        "total": choice.total,
    }


_BUILDERS = {
    "small_multiples": _small_multiples,
    "heat": _heat,
    "bars": _bars,
    "tiles": _tiles,
    "slope": _slope,
    "intervals": _intervals,
}


def _told(kind: str, data: dict[str, Any]) -> str:
    """Return in words what the picture shows, for those who do not see it."""
    if kind == "small_multiples":
        return f"折线分图，共{len(data['panels'])}幅：" + "、".join(
            f"{panel['title']}{_peak(panel['this'])}" for panel in data["panels"]
        ) + "。"  # fmt: skip
    if kind == "heat":
        return f"热力图，{len(data['rows'])}行、12个月：" + "、".join(
            f"{name}{_peak(values)}"
            for name, values in zip(data["rows"], data["values"], strict=True)
        ) + "。"  # fmt: skip
    if kind == "slope":
        return "位次变化：" + "、".join(
            f"{item['name']}{_place(item['left_rank'])}变为{_place(item['right_rank'])}"
            for item in data["items"]
        ) + "。"  # fmt: skip
    if kind == "bars":
        return "条形图：" + "、".join(
            f"{i['name']}{words.count(i['value'])}" for i in data["items"]
        ) + "。"  # fmt: skip
    shown = data["items"] if len(data["items"]) <= 20 else data["items"][:20]
    return "图中各值：" + "、".join(f"{i['name']}{i['text']}" for i in shown) + "。"


def _peak(values: list[int | None]) -> str:
    known = [value for value in values if value is not None]
    if not known or not max(known):
        return "无数据"
    top = [month for month, value in enumerate(values, start=1) if value == max(known)]
    return f"{words.months(top)}最多({words.count(max(known))})"


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
    return f"{'+' if rate > 0 else ''}{words.percent(rate, 1)}"

"""Prints how one claim is computed."""

from typing import Any

from pipeline import console, ledger
from pipeline.audit import output
from pipeline.ledger.verdict import VERDICT_NAMES
from pipeline.metrics.definitions import Metrics

# Places shown below the printed ones, so that a reader sees how close the next one is.
_BELOW = 2
_AGREEMENT = {
    True: "与指标表一致",
    False: "与指标表不一致:请检查 SQL,或重新运行 hotline build",
    None: "指标表里没有可比的数",
}


def screen(found: dict[str, Any], metrics: Metrics) -> None:
    """Print a claim: measure, figure, verdict, SQL, records, files and build."""
    claim = found["claim"]
    note = "(模拟数据)" if claim["simulated"] else ""
    console.say(f"{claim['claim']}  {claim['label']}{note}")
    console.say(f"出处:{claim['year']} 年,文件 {claim['document']},{claim['section']}")
    for line in (*measure(found, metrics), *printed(claim), *computed(found)):
        console.say(line)
    if claim["dimension"]:
        heading = metrics.title(claim["dimension"])
        title = ["名次", heading, "分子", "分母", "数值", "原文"]
        console.table("各成员", title, members(found))
    _sql(found)
    _behind(found)
    if found["records"]:
        _records(found)


def measure(found: dict[str, Any], metrics: Metrics) -> list[str]:
    """Return what is measured and of what, in words."""
    metric, claim = found["metric"], found["claim"]
    over = "" if metric["denominator"] in ("", "1") else f";分母:{metric['denominator']}"
    meant = f"({metric['definition']})" if metric["definition"] else ""
    lines = [f"指标:{metric['label']}({claim['metric']});分子:{metric['numerator']}{over}{meant}"]
    when = f"按{found['dated']},{_period(claim)}"
    scope = f"口径:{found['scope_title']}({claim['scope']})"
    lines.append(f"{scope};{when};{_cut(claim, metrics)}")
    return lines


def printed(claim: dict[str, Any]) -> list[str]:
    """Return the printed form, its interval, and the rule that makes the one of the other."""
    if not claim["printed"] or claim["lower"] is None:
        shown = (claim["printed"] or claim["members"]).replace("|", "、")
        return [f"原文:{shown or '(无数字)'};{interval_rule(claim)}"]
    return [f"原文:{output.interval_text(claim)};{interval_rule(claim)}"]


def interval_rule(claim: dict[str, Any]) -> str:
    """Return in words which values the printed form means, and why."""
    text = claim["printed"]
    if ledger.is_blank(text):
        return "原文空缺(**),没有区间,不作比较"
    if claim.get("status") == "garbled":
        return "原文残缺,读不出数,不作比较"
    if claim["lower"] is None:
        return "按成员的先后或走势核对,没有区间"
    if claim["upper"] is None:
        return "“以上”:不小于所印的数"
    step = f"{claim['step'].normalize():f}" if claim["step"] is not None else "末位"
    if any(word in text for word in "余多"):
        return f"“余”“多”:从所印的数起,到末位非零数字加一为止(步长 {step})"
    if any(word in text for word in ("约", "左右")):
        return f"“约”“左右”:末位非零数字上下各半步(步长 {step})"
    return f"四舍五入到所印的末位:上下各半步(步长 {step}),含下端不含上端"


def computed(found: dict[str, Any]) -> list[str]:
    """Return the figure with numerator and denominator, the verdict and its reason."""
    claim = found["claim"]
    lines = [f"算得:{output.computed_text(claim)}{_fraction(claim)}"]
    reason = f";{claim['reason']}" if claim["reason"] else ""
    lines.append(f"结论:{VERDICT_NAMES.get(claim['verdict'], claim['verdict'])}{reason}")
    if claim.get("repair"):
        lines.append(f"最小的改动:{claim['repair']}")
    return lines


def members(found: dict[str, Any]) -> list[list[object]]:
    """Return the first places with their figures; the last cell says where the print departs."""
    claim = found["claim"]
    listed = claim["members"].split("|")
    placed = (claim["computed"] or "").split("|")
    is_ranked = claim["relation"] in ("ranked_list", "largest", "smallest")
    rows = sorted(found["figures"], key=_placed_first(placed if is_ranked else []))
    shown = len(rows) if claim["dimension"] == "period" else _places(claim) + _BELOW
    cells: list[list[object]] = []
    for place, row in enumerate(rows, start=1):
        said = row["member"] in listed
        if place > shown and not said:
            continue
        mark = f"第 {listed.index(row['member']) + 1} 位" if said and is_ranked else "✓" * said
        if is_ranked and place <= len(listed) and listed[place - 1] != row["member"]:
            mark = f"{mark or '未列'}(原文此位:{listed[place - 1]})"
        value = output.value_text(row["value"], claim["printed_unit"])
        cells.append([place, row["member"], row["numerator"], row["denominator"], value, mark])
    return cells


def _placed_first(placed: list[str]) -> Any:
    """Return a key that keeps the audit's own order among equals, then the query's."""
    order = {member: place for place, member in enumerate(placed)}
    return lambda row: order.get(row["member"], len(order))


def _places(claim: dict[str, Any]) -> int:
    if claim["relation"] == "top_members":
        return int(claim["printed"].partition(":")[0])
    return len(claim["members"].split("|"))


def _fraction(claim: dict[str, Any]) -> str:
    if claim["numerator"] is None or claim["denominator"] in (None, 1):
        return ""
    return f"(= {claim['numerator']:,} / {claim['denominator']:,})"


def _period(claim: dict[str, Any]) -> str:
    if claim["dimension"] == "period":
        return f"{claim['period']} 年各月" if claim["period_type"] == "month" else "各年"
    year, _, month = claim["period"].partition("-")
    return f"{year} 年{f' {int(month)} 月' if month else '全年'}"


def _cut(claim: dict[str, Any], metrics: Metrics) -> str:
    named = [*ledger.DIMENSIONS, *(["convention"] if claim["convention"] != "-" else [])]
    cut = [f"{metrics.title(name)}={claim[name]}" for name in named if claim[name] != "*"]
    if claim["dimension"]:
        cut.append(f"按{metrics.title(claim['dimension'])}逐个比较")
    return "、".join(cut) if cut else "不再切分"


def _sql(found: dict[str, Any]) -> None:
    console.say("")
    console.say("一、指标表里的这个数(可粘贴到 notebook):")
    console.say(found["figure_sql"])
    console.say("")
    if found["record_sql"] is None:
        console.say("二、这个数记录无法给出,没有从记录重数的 SQL。")
    else:
        console.say("二、从记录重数(不经过指标表):")
        console.say(found["record_sql"])
        answer = "" if found["claim"]["dimension"] else _answer(found["recounted"])
        console.say(f"→ {answer}{_AGREEMENT[found['is_agreed']]}")
    console.say("")


def _answer(recounted: list[dict[str, Any]]) -> str:
    row = recounted[0]
    over = "" if row["denominator"] in (None, 1) else f" / {row['denominator']:,}"
    return f"{row['numerator']:,}{over},"


def _behind(found: dict[str, Any]) -> None:
    for file in found["sql_files"]:
        stale = "" if file["is_current"] else "(建表之后改过)"
        console.say(f"定义:{file['file']}  sha256 {file['sha256'] or '未登记'}{stale}")
    if found["record_count"] is not None:
        console.say(f"涉及记录:{found['record_count']:,} {found['unit']}")
    if found["sources"]:
        rows = [[s["file"], f"{s['row_count']:,}", s["sha256"]] for s in found["sources"]]
        console.table(f"来源文件 {len(rows)} 个", ["文件", "所涉月份的行数", "sha256"], rows)
    build = found["build"]
    versions = "、".join(f"{name} {version}" for name, version in build["versions"].items())
    locked = "" if build["is_locked"] else "(build.lock.toml 与此不符,请重新运行 hotline build)"
    console.say(f"建表:{build['built_at']},指纹 {build['fingerprint']}{locked}")
    console.say(f"版本:{versions or '未登记'}")


_MATTER = ("record_type", "category", "subcategory")
_TIMES = {"dispatched_at": "派单", "closed_at": "办结"}
_PLAIN = ("district", "street", "value", "status", "source")


def _records(found: dict[str, Any]) -> None:
    dated, records = found["dated"], found["records"]
    console.say("")
    console.say(f"其中的 {len(records)} {found['unit']}记录(已脱敏,按{dated}和编号):")
    times_of = {"received_at": dated.removesuffix("时间"), **_TIMES}
    for record in records:
        matter = "/".join(str(record[name]) for name in _MATTER if name in record)
        times = " ".join(
            f"{word} {_time(record[name])}" for name, word in times_of.items() if name in record
        )
        parts = [str(record[n]) for n in _PLAIN if record.get(n) is not None]
        if "handling" in record:
            parts.append(f"{record['handling']}→{record['unit']}")
        if record.get("is_called_back"):
            parts[-1] += f",回访:{record['resolution']}、{record['satisfaction']}"
        console.say(f"{record['record_id']}  {times}  {matter}  {' '.join(parts)}")
        text = " ".join(filter(None, (record["title"], record["content"])))
        if text:
            console.say(f"    {text[:100]}{'…' if len(text) > 100 else ''}")


def _time(moment: Any) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M}"

"""`hotline status`: what is loaded, on one screen."""

import csv
from collections import Counter

import duckdb

from pipeline import receipts
from pipeline.console import say, table
from pipeline.db import connect
from pipeline.entity import TextView, entities_of
from pipeline.home import Home
from pipeline.receipts import Month, Partition, Receipt
from pipeline.reference import read_rows
from pipeline.warehouse import kept_columns


def status(home: Home) -> None:
    """Print years, months, rows, repeats, rejects, receipts and the last build."""
    loaded = receipts.load(home)
    if not loaded:
        say(f"{home.relative(home.receipts)} 中还没有已入库的记录;请先运行 hotline ingest 路径")
        return
    held = receipts.by_entity(loaded)
    titles = {name: entity.title for name, entity in entities_of(home).items()}
    for name, months in held.items():
        heading = f"已入库:{titles.get(name, name)}"
        table(heading, ["年份", "月份", "行数", "回执", "数据"], _years(loaded, months))
    total = {
        name: sum(getattr(receipt, f"rows_{name}") for receipt in loaded)
        for name in ("read", "loaded", "duplicate", "rejected")
    }
    say(
        f"回执 {len(loaded)} 个;读入 {total['read']:,} 行 = 入库 {total['loaded']:,}"
        f" + 重复 {total['duplicate']:,} + 退回 {total['rejected']:,}"
    )
    _files(loaded)
    _ahead(loaded)
    _rejects(home, loaded)
    contested = sorted(
        {
            f"{y}-{m:02d}"
            for months in held.values()
            for (y, m), parts in months.items()
            if sum(not part.is_supplement for part in parts) > 1
        }
    )
    if contested:
        say(f"多次交付的月份 {len(contested)} 个(以最新交付为准):{_shorten(contested)}")
    for line in kept_columns.lines(home, loaded):
        say(line)
    texts = {n: e.text_view for n, e in entities_of(home).items() if e.text_view is not None}
    _repeats(home, [(r, texts[r.entity]) for r in loaded if r.entity in texts])
    _last_build(home, {receipt.id for receipt in loaded})


def _ahead(loaded: list[Receipt]) -> None:
    """Print the deliveries that were dated after their ingest."""
    dated_ahead = [
        f"{receipt.name}(写 {receipt.received_on_told},按 {receipt.received_on})"
        for receipt in loaded
        if receipt.received_on_told
    ]
    if dated_ahead:
        say(f"收到日期晚于入库日、按入库日计的交付 {len(dated_ahead)} 份:{_shorten(dated_ahead)}")


def _files(loaded: list[Receipt], most: int = 30) -> None:
    """Print what became of the rows of each file; of very many, the latest that lost any."""
    counts = ("read", "loaded", "duplicate", "rejected")
    shown = loaded
    if len(loaded) > most:
        shown = [r for r in loaded if r.rows_rejected or r.rows_duplicate]
    rows: list[list[object]] = [
        [
            receipt.name,
            *(f"{getattr(receipt, f'rows_{name}'):,}" for name in counts),
            receipt.letter or "",
        ]
        for receipt in shown[-most:]
    ]
    if rows:
        table(
            "各文件:读入 = 入库 + 重复 + 退回",
            ["文件", "读入", "入库", "重复", "退回", "退回清单"],
            rows,
        )


def _years(loaded: list[Receipt], months: dict[Month, list[Partition]]) -> list[list[object]]:
    """Return a row per year: months present, rows, receipts, and whether they are simulated."""
    simulated = {receipt.id: receipt.simulated for receipt in loaded}
    rows: list[list[object]] = []
    for year in sorted({year for year, _ in months}):
        parts = [part for key, group in months.items() if key[0] == year for part in group]
        ids = {part.receipt for part in parts}
        kinds = {simulated[receipt] for receipt in ids}
        kind = "模拟与真实混合" if len(kinds) > 1 else "模拟数据" if kinds == {True} else "真实数据"
        present = [month for y, month in months if y == year]
        rows.append(
            [
                year,
                _ranges(present),
                f"{sum(p.rows for p in parts if not p.is_supplement):,}",
                len(ids),
                kind,
            ]
        )
    return rows


def _ranges(months: list[int]) -> str:
    """Return months in words: `全年`, or `1-3、5 月`."""
    if len(months) == 12:
        return "全年"
    runs: list[list[int]] = []
    for month in sorted(months):
        if runs and month == runs[-1][-1] + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return "、".join(f"{r[0]}-{r[-1]}" if len(r) > 1 else str(r[0]) for r in runs) + " 月"


def _rejects(home: Home, loaded: list[Receipt]) -> None:
    reasons: Counter[str] = Counter()
    for receipt in loaded:
        reasons.update(receipt.reject_reasons)
    if reasons:
        labels = _labels(home)
        listed = "、".join(
            f"{labels.get(reason, reason)} {count:,}" for reason, count in reasons.most_common(8)
        )
        if rest := sum(count for _, count in reasons.most_common()[8:]):
            listed += f"、其他 {rest:,}"
        say(f"退回原因:{listed}(逐行见 {home.relative(home.letters)} 下的退回清单)")


REPEATS = (
    "redispatched_count",
    "repeat_call_count",
    "reopened_count",
    "mass_matter_count",
    "copied_text_count",
)


def _repeats(home: Home, loaded: list[tuple[Receipt, TextView]]) -> None:
    """Print what repeats, each kind apart, of what comes with texts."""
    if not loaded:
        return
    try:
        with connect(home.database, home=home, read_only=True) as con:
            overlap = con.execute(
                "SELECT count(*) FROM core.superseded WHERE NOT is_supplement"
            ).fetchall()[0][0]
            # Counted by the build, day by day: no command reads all records to say it again.
            counts = dict(
                con.execute(
                    "SELECT metric, sum(record_count)::BIGINT FROM metric.repeat_cell GROUP BY 1"
                ).fetchall()
            )
            known = dict(
                con.execute(
                    "SELECT metric, bool_or(is_known) FROM metric.known_month GROUP BY metric"
                ).fetchall()
            )
    except duckdb.Error:
        return
    kinds = [
        *("相同的文件", "交付重叠", "多次派单", "同一号码同一事项", "其中办结后"),
        *("多个号码同一事项", "文本相同"),
    ]
    # What no month has the columns for is unknown, not 0.
    cells = [f"{_known_files(home):,}", f"{overlap:,}"] + [
        f"{counts.get(metric, 0):,}" if known.get(metric) else "不可计算" for metric in REPEATS
    ]
    table("重复", kinds, [cells])
    without = sum(
        not part.has_texts or part.version < view.since
        for receipt, view in loaded
        for part in receipt.partitions
        if not part.is_supplement
    )
    if without:
        say(f"文本相同不含 {without} 份没有文本指纹的月文件(入库较早,或文本已删)")


def _known_files(home: Home) -> int:
    """Return how many files came whose content had been loaded (pipeline/ingest/delivery.py)."""
    try:
        with home.known_files.open(encoding="utf-8", newline="") as handle:
            return max(0, sum(1 for _ in csv.reader(handle)) - 1)
    except (OSError, UnicodeDecodeError, csv.Error):
        return 0


def _labels(home: Home) -> dict[str, str]:
    """Return reason -> its Chinese words."""
    path = home.reference_files().get("reject_reason")
    return {row["reason"]: row["label"] for row in read_rows(path, ("reason", "label"))}


def _last_build(home: Home, loaded: set[str]) -> None:
    try:
        with connect(home.database, home=home, read_only=True) as con:
            built_at = con.execute("SELECT built_at FROM build.run").fetchall()[0][0]
            known = {row[0] for row in con.execute("SELECT receipt FROM source.receipt").fetchall()}
            partial = con.execute(
                """SELECT DISTINCT period FROM metric.period
                   WHERE period_type = 'year' AND is_partial ORDER BY 1"""
            ).fetchall()
            findings = con.execute(
                "SELECT title, row_count FROM build.finding ORDER BY check_name"
            ).fetchall()
    except (duckdb.Error, IndexError):
        say("还没有可用的表;请运行 hotline build")
        return
    fresh = "与回执一致" if known == loaded else "有新回执未建入,请运行 hotline build"
    say(f"最近一次建表:{built_at}({fresh})")
    if partial:
        say(f"不完整的年份:{'、'.join(row[0] for row in partial)}")
    if findings:
        say("提醒:" + ";".join(f"{title} {count} 处" for title, count in findings))


def _shorten(names: list[str], most: int = 6) -> str:
    """Return the names, the middle left out where they are many."""
    return "、".join(names) if len(names) <= most else f"{names[0]} … {names[-1]}"

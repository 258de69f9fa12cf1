"""data/reports/unmatched.csv: the names that no register lists, for whoever keeps the registers.

A rare one that neither ends like an office nor is near to a known name is counted and not listed:
a cell that slipped into another column is such a name, and may be a person's.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from pipeline.console import say
from pipeline.csv_file import csv_text
from pipeline.db import connect
from pipeline.files import write_whole
from pipeline.home import Home

KINDS = {"district": "区", "street": "街乡镇", "unit": "单位", "category": "类别"}
HEADINGS = (
    *("种类", "所在区", "写法", "行数", "最早", "最晚", "文件数", "文件(最多三个)"),
    "名册中相近的名称(只供参考,未采用)",
)
# Near names are looked for among the spellings that matter most: comparing takes milliseconds each.
_SUGGESTED = 200

# Level of an office: how its name ends.
_LEVELS = {
    "street": "(街道|地区|镇|乡)(办事处|办|(人民)?政府)?$",
    "company": "(公司|集团|企业|平台)$",
    "bureau": "(局|委|委员会|办|办公室|中心|队|所|站|法院|检察院|会)$",
    "district": "(区|县|市)((人民)?政府)?$",
}

_SPELLINGS = """
SELECT
    u.kind, u.within, left(u.spelling, 40), sum(u.row_count),
    min(u.first_received_at)::DATE::VARCHAR, max(u.last_received_at)::DATE::VARCHAR,
    count(DISTINCT u.receipt),
    list_sort(list(DISTINCT r.name))[:3]
FROM core.unmatched AS u
JOIN source.receipt AS r ON r.receipt = u.receipt
GROUP BY u.kind, u.within, left(u.spelling, 40)
ORDER BY sum(u.row_count) DESC, u.kind, u.within, left(u.spelling, 40)
"""
_KNOWN = """
SELECT 'district' AS kind, '' AS within, district AS name FROM ref.district
UNION ALL SELECT 'street', district, street FROM ref.street
UNION ALL SELECT 'unit', '', unit FROM ref.unit
UNION ALL SELECT 'category', '', category FROM ref.category
"""


# Below it a spelling that is like no office and near no known name may be a person.
_FEWEST = "SELECT value FROM ref.report_rule WHERE rule = 'unlisted_min_count'"


def write(home: Home) -> None:
    """Write the report, or take the last one away where every name is known; print a line."""
    target = home.reports / "unmatched.csv"
    with connect(home.database, home=home, read_only=True) as con:
        found = con.execute(_SPELLINGS).fetchall()
        names = con.execute(_KNOWN).fetchall()
        fewest = int(next(iter(con.execute(_FEWEST).fetchone() or ()), 0))
    if not found:
        target.unlink(missing_ok=True)
        return
    known: dict[tuple[str, str], list[str]] = {}
    for kind, within, name in names:
        known.setdefault((kind, within), []).append(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    rows: list[Sequence[object]] = [HEADINGS]
    others: dict[str, list[int]] = {}
    for number, (kind, within, spelling, *counts, files) in enumerate(found):
        near = _several(spelling, known.get(("district", ""), ()))
        if not near and kind == "unit":
            near = _namesakes(spelling, known)
        if not near and number < _SUGGESTED:
            near = _near(spelling, known.get((kind, within), ()))
        if near or counts[0] >= fewest or _level(spelling):
            rows.append([KINDS[kind], within, spelling, *counts, "|".join(files), near])
        else:
            others.setdefault(kind, []).append(counts[0])
    for kind, row_counts in others.items():
        line = f"未登记({len(row_counts)} 种,各不足 {fewest} 行,不逐一列出)"
        rows.append([KINDS[kind], "", line, sum(row_counts), "", "", "", "", ""])
    # Spreadsheets take a file for UTF-8 only with the byte order mark.
    write_whole(target, csv_text(rows).encode("utf-8-sig"))
    sums = {kind: sum(row[3] for row in found if row[0] == kind) for kind in KINDS}
    kinds = "、".join(f"{KINDS[kind]} {count:,} 行" for kind, count in sums.items() if count)
    say(
        f"未识别的名称 {len(found):,} 种({kinds}),逐一列在 {home.relative(target)};"
        "请据此补 data/reference 的名册(别名、起止日期),再运行 hotline build",
        unmatched=len(found),
    )


def _near(spelling: str, names: Iterable[str]) -> str:
    """Return the nearest name of the same level; a name whose level is unknown may be any."""
    own = _level(spelling)
    alike = [name for name in names if own in ("", _level(name))]
    return next(iter(get_close_matches(spelling, alike, n=1, cutoff=0.6)), "")


def _level(name: str) -> str:
    """Return which level of office a name is of, by its last words; empty where they don't say."""
    bare = re.sub(r"[(（].*?[)）]|\s", "", name)
    return next((level for level, ending in _LEVELS.items() if re.search(ending, bare)), "")


def _several(spelling: str, districts: Iterable[str]) -> str:
    """Return what is printed of a name that holds several districts: which is meant stays open."""
    found = [name for name in districts if len(name) >= 3 and name in spelling]
    longest = [n for n in found if not any(n in other and n != other for other in found)]
    return f"写有几个区,不知是哪个:{'、'.join(longest)}" if len(longest) > 1 else ""


def _namesakes(spelling: str, known: Mapping[tuple[str, str], Iterable[str]]) -> str:
    """Return what is printed of a street without its district that is in several."""
    bare = re.sub(_LEVELS["street"], r"\1", spelling)
    found = [
        f"{within}{bare}"
        for (kind, within), names in known.items()
        if kind == "street" and bare in names
    ]
    return f"几个区都有,不知是哪个:{'、'.join(found)}" if len(found) > 1 else ""

"""What a report's figures were in a former build, which differ now, and what was changed between.

Each report leaves its figures and the lock of its build in
data/reports/<year>/history/<fingerprint>/, so that a later one can be held
against it. Where the causes are not known (a report.json from elsewhere) only figures are told.
"""

import csv
import gzip
import io
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipeline.console import say, table
from pipeline.document.model import Document, Figure, from_json, to_json
from pipeline.errors import NO_DATA, USAGE, HotlineError
from pipeline.files import write_whole
from pipeline.home import Home

LAST = "last"
_SHOWN = 40
_NAMES = {"receipt": "输入文件", "sql": "SQL", "reference": "参考表", "versions": "程序版本"}


@dataclass(frozen=True)
class Former:
    """A former report: its document, and the lock and file names of its build where kept."""

    document: Document
    lock: dict[str, Any]
    receipts: dict[str, str]


@dataclass(frozen=True)
class Change:
    """A figure that differs: what it is and how each build prints it, "" where it has none."""

    figure: str
    title: str
    before: str
    now: str


def receipts(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the loaded files: receipt -> name."""
    return dict(con.execute("SELECT receipt, file FROM core.receipt ORDER BY 1").fetchall())


def keep(home: Home, year: int, document: Document, files: dict[str, str]) -> None:
    """Keep the document, the lock and the names of its files under the build's fingerprint."""
    folder = _history(home, year) / document.build.fingerprint[:16]
    folder.mkdir(parents=True, exist_ok=True)
    text = gzip.compress(to_json(document).encode(), mtime=0)
    lock = home.build_lock.read_bytes() if home.build_lock.is_file() else b""
    named = json.dumps(files, ensure_ascii=False, indent=1).encode()
    for name, content in (
        ("report.json.gz", text),
        ("build.lock.toml", lock),
        ("receipts.json", named),
    ):
        write_whole(folder / name, content)
    _remember(home, year, folder.name)


def find(home: Home, year: int, build: str, document: Document) -> Former:
    """Return the former report that `build` names; raises HotlineError where there is none."""
    path = Path(build)
    if path.is_dir():
        path = path / "report.json"
    if path.is_file():
        return _read(path)
    known = [name for name in _order(home, year) if (_history(home, year) / name).is_dir()]
    others = [name for name in known if name != document.build.fingerprint[:16]]
    if build == LAST:
        found = others[-1:]
    else:
        found = [name for name in known if len(build) >= 4 and name.startswith(build[:16])]
    if not found:
        kept = f"已存:{'、'.join(others)}" if others else "还没有存过别的建表结果"
        raise HotlineError(
            f"没有 {year} 年的旧报告“{build}”({kept});"
            "请给出指纹的前几位、last,或一个 report.json 的路径",
            NO_DATA if build == LAST else USAGE,
        )
    if len(found) > 1:
        raise HotlineError(f"“{build}”对应多个旧报告:{'、'.join(found)};请多给几位", USAGE)
    return _read(_history(home, year) / found[0] / "report.json.gz")


def changes(before: Document, now: Document) -> list[Change]:
    """Return the figures that differ or that only one of the two has: totals, counts first."""
    found = []
    both = {**before.figures, **now.figures}
    for key in sorted(both, key=lambda key: _weight(both[key])):
        old, new = before.figures.get(key), now.figures.get(key)
        if old and new and (old.numerator, old.denominator) == (new.numerator, new.denominator):
            continue
        shown = both[key]
        cut = "、".join(f"{name}={value}" for name, value in shown.dims.items())
        title = f"{shown.period} {shown.metric_title}" + (f"({cut})" if cut else "")
        found.append(Change(key, title, _printed(old, new), _printed(new, old)))
    return found


def _weight(figure: Figure) -> tuple[int, bool, str]:
    return len(figure.dims), figure.denominator != 1, figure.id


def _printed(figure: Figure | None, other: Figure | None) -> str:
    """Return the figure as printed, with its fraction where the other prints alike."""
    if figure is None:
        return ""
    if other is None or other.printed != figure.printed:
        return figure.printed
    return f"{figure.printed}({figure.numerator:,} / {figure.denominator:,})"


def causes(former: Former, lock: dict[str, Any], files: dict[str, str]) -> list[tuple[str, str]]:
    """Return what differs between the two builds' locks, as (kind, what)."""
    found = []
    names = {**former.receipts, **files}
    for part, kind in _NAMES.items():
        old, new = former.lock.get(part, {}), lock.get(part, {})
        for key in sorted({*old, *new}):
            if old.get(key) == new.get(key):
                continue
            word = "新增" if key not in old else "撤去" if key not in new else "改动"
            told = names.get(key, key) if part == "receipt" else key
            if part == "reference":
                told = f"data/reference/{key}.csv"
            found.append((kind, f"{word} {told}"))
    return sorted(found, key=lambda one: (list(_NAMES.values()).index(one[0]), one[1]))


def tell(home: Home, former: Former, now: Document, files: dict[str, str]) -> None:
    """Print which figures differ from the former build, from what to what, and why."""
    found = changes(former.document, now)
    old, new = former.document.build.fingerprint[:16], now.build.fingerprint[:16]
    say(f"与旧报告 {old} 相比(现为 {new}):{len(found)} 个数有变化", changed=len(found))
    if found:
        table("变化的数", ["指标", "原为", "现为"],
              [(c.title, c.before or "(无)", c.now or "(无)") for c in found[:_SHOWN]])  # fmt: skip
    path = home.reports / now.period / "compare.csv"
    _write(path, found)
    if len(found) > _SHOWN:
        say(f"另有 {len(found) - _SHOWN} 个数有变化,全部见 {home.relative(path)}")
    if not former.lock:
        say("旧报告旁没有 build.lock.toml,说不出变化的原因")
        return
    lock = tomllib.loads(home.build_lock.read_text(encoding="utf-8"))
    why = causes(former, lock, files)
    if why:
        table("两次建表之间的改动", ["类别", "改动"], why)
    elif found:
        say("输入、SQL 与参考表都没有改动:变化来自报告程序本身")


def _write(path: Path, found: list[Change]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["编号", "指标", "原为", "现为"])
    writer.writerows((one.figure, one.title, one.before, one.now) for one in found)
    write_whole(path, out.getvalue().encode("utf-8-sig"))


def _read(path: Path) -> Former:
    """Return the report in a file, with the lock and the names that lie beside it."""
    try:
        content = path.read_bytes()
        text = gzip.decompress(content) if path.suffix == ".gz" else content
        document = from_json(text.decode())
    except (OSError, ValueError):
        raise HotlineError(f"{path} 不是可读的 report.json;请换一个旧报告", USAGE) from None
    lock, names = path.with_name("build.lock.toml"), path.with_name("receipts.json")
    return Former(
        document,
        tomllib.loads(lock.read_text(encoding="utf-8")) if lock.is_file() else {},
        json.loads(names.read_text(encoding="utf-8")) if names.is_file() else {},
    )


def _history(home: Home, year: int) -> Path:
    return home.reports / str(year) / "history"


def _order(home: Home, year: int) -> list[str]:
    """Return the kept builds, the latest last; a clock has no part in it."""
    path = _history(home, year) / "order"
    return path.read_text(encoding="utf-8").split() if path.is_file() else []


def _remember(home: Home, year: int, name: str) -> None:
    names = [*(known for known in _order(home, year) if known != name), name]
    write_whole(_history(home, year) / "order", ("\n".join(names) + "\n").encode())

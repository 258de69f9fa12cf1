"""`hotline report --compare`: which figures differ from a former build's, and what was changed."""

from pathlib import Path

from pipeline.build_inputs import causes, read_lock
from pipeline.console import say, table
from pipeline.csv_file import csv_text
from pipeline.document import Document
from pipeline.editions.diff import Change, changes
from pipeline.editions.former import Former
from pipeline.files import write_whole
from pipeline.home import Home

_SHOWN = 40


def report_changes(home: Home, former: Former, now: Document, files: dict[str, str]) -> None:
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
    lock = read_lock(home)
    why = causes(former.lock, lock, {**former.receipts, **files})
    if why:
        table("两次建表之间的改动", ["类别", "改动"], why)
    elif found:
        say("输入、SQL 与参考表都没有改动:变化来自报告程序本身")


def _write(path: Path, found: list[Change]) -> None:
    rows = [(one.figure, one.title, one.before, one.now) for one in found]
    text = csv_text([("编号", "指标", "原为", "现为"), *rows])
    write_whole(path, text.encode("utf-8-sig"))

"""Former yearly reports: kept by the fingerprint of their build, and found again.

Each report leaves its document, the lock of its build and the names of its files in
data/reports/<year>/history/<fingerprint>/, so that a later one can be compared with it.
"""

import gzip
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipeline.document.model import Build, Document, from_json
from pipeline.errors import NO_DATA, USAGE, HotlineError
from pipeline.files import write_whole
from pipeline.home import Home

LAST = "last"


@dataclass(frozen=True)
class Former:
    """A former report: its document, and the lock and file names of its build where kept."""

    document: Document
    lock: dict[str, Any]
    receipts: dict[str, str]


def receipts(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the loaded files: receipt -> name."""
    return dict(con.execute("SELECT receipt, file FROM source.receipt ORDER BY 1").fetchall())


def keep(home: Home, year: int, build: Build, text: bytes, files: dict[str, str]) -> None:
    """Keep the document (as `to_json` wrote it), the lock and the names of its files under the
    build's fingerprint."""
    folder = _history(home, year) / build.fingerprint[:16]
    folder.mkdir(parents=True, exist_ok=True)
    text = gzip.compress(text, mtime=0)
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


def _read(path: Path) -> Former:
    """Return the report in a file, with the lock and the names beside it."""
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

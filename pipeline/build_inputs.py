"""The inputs of a build by its lock: receipts, SQL files, reference tables, versions."""

import tomllib
from collections.abc import Iterable
from typing import Any

from pipeline.home import Home

# Kinds of inputs, as build.lock.toml calls them, and their names for the reader.
NAMES = {"receipt": "输入文件", "sql": "SQL", "reference": "参考表", "versions": "程序版本"}


def read_lock(home: Home, kinds: Iterable[str] = NAMES) -> dict[str, Any]:
    """Return kind -> input -> digest (or version) from the build's lock; empty if unreadable.

    `fingerprint` is a kind too: the fingerprint of the build.
    """
    try:
        lock = tomllib.loads(home.build_lock.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {kind: lock[kind] for kind in kinds if kind in lock}


def changed_inputs(before: dict[str, Any], now: dict[str, Any]) -> dict[str, list[str]]:
    """Return kind -> the inputs that were added, removed or changed between two locks."""
    found = {}
    for kind in NAMES:
        old, new = before.get(kind, {}), now.get(kind, {})
        names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
        if names:
            found[kind] = names
    return found


def causes(
    before: dict[str, Any], now: dict[str, Any], files: dict[str, str]
) -> list[tuple[str, str]]:
    """Return what differs between two locks as (kind, what), for the reader.

    `files` is receipt -> name of the file.
    """
    found = []
    for kind, names in changed_inputs(before, now).items():
        old, new = before.get(kind, {}), now.get(kind, {})
        lines = []
        for name in names:
            word = "新增" if name not in old else "撤去" if name not in new else "改动"
            shown = files.get(name, name) if kind == "receipt" else name
            if kind == "reference":
                shown = f"data/reference/{name}.csv"
            lines.append(f"{word} {shown}")
        found += [(NAMES[kind], line) for line in sorted(lines)]
    return found

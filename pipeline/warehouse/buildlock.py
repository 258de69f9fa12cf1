"""build.lock.toml: the exact inputs of the warehouse, and the rows they gave."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Protocol

import duckdb
import tomli_w

from pipeline import __version__, model_tables, receipts, reference
from pipeline.build_inputs import read_lock
from pipeline.db import connect
from pipeline.entity import Entity
from pipeline.file_digests import digest
from pipeline.files import write_whole
from pipeline.home import Home
from pipeline.receipts import Receipt


class _Text(Protocol):
    @property
    def label(self) -> str: ...

    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class Inputs:
    """Digests of all that a build rests on, by name."""

    versions: dict[str, str]
    sql: dict[str, str]
    reference: dict[str, str]
    published: dict[str, str]
    receipts: dict[str, str]

    @property
    def fingerprint(self) -> str:
        text = json.dumps([vars(self)], ensure_ascii=False, sort_keys=True)
        return _sha256(text.encode())


def inputs(
    home: Home,
    texts: Iterable[_Text],
    loaded: Iterable[Receipt],
    entities: Mapping[str, Entity],
) -> Inputs:
    """Return the inputs as they are now."""
    builder = hashlib.sha256()
    for name, entity in sorted(entities.items()):
        builder.update(f"{name} {entity.view} {entity.stored} {entity.since}".encode())
    modules = [Path(str(module.__file__)) for module in (model_tables, receipts, reference)]
    for path in [*sorted(Path(__file__).parent.glob("*.py")), *modules]:
        builder.update(path.read_bytes())
    return Inputs(
        versions={
            "hotline": __version__,
            "builder": builder.hexdigest()[:16],
            "python": platform.python_version(),
            "duckdb": duckdb.__version__,
            "sqlglot": metadata.version("sqlglot"),
        },
        sql={text.label: _sha256(text.text.encode()) for text in texts},
        reference=_files({**home.reference_files(), **home.metric_files()}),
        published=_files(home.published_files()),
        receipts={receipt.id: receipt.digest() for receipt in loaded},
    )


def _files(paths: Mapping[str, Path]) -> dict[str, str]:
    return {stem: digest(path) for stem, path in sorted(paths.items())}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def is_current(home: Home, now: Inputs, entities: Mapping[str, Entity]) -> bool:
    """Return whether the warehouse and its lock are those of `now`, and its files in place."""
    try:
        with connect(home.database, home=home, read_only=True) as con:
            # Built elsewhere, it can be read by commands alone: it is built again where it is.
            built = con.execute("SELECT fingerprint, folder FROM build.run").fetchall()
            for entity in entities.values():
                con.execute(f"SELECT record_id FROM {entity.view} LIMIT 0").fetchall()
    except duckdb.Error:
        return False
    here = [(now.fingerprint, str(home.warehouse.absolute()))]
    return read_lock(home, ("fingerprint",)).get("fingerprint") == now.fingerprint and built == here


def write(home: Home, now: Inputs, rows: Mapping[str, int]) -> None:
    """Write the lock beside the warehouse, whole or not at all."""
    lock = {
        "fingerprint": now.fingerprint,
        "versions": now.versions,
        "receipt": now.receipts,
        "sql": now.sql,
        "reference": now.reference,
        "published": now.published,
        "rows": dict(rows),
    }
    head = "# Written by hotline build: what the warehouse was made from.\n\n"
    write_whole(home.build_lock, (head + tomli_w.dumps(lock)).encode())

"""Solves the ledger into exact count tables and expands them into a simulated dump."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline import ledger
from pipeline.console import progress, say
from pipeline.entity import DEFAULT, Entity, entities_of
from pipeline.home import Home
from pipeline.simulate.dump.expand import Tendencies, expand
from pipeline.simulate.dump.lexicon import TextLexicon, load_lexicon
from pipeline.simulate.dump.render import Renderer
from pipeline.simulate.dump.write import (
    Dump,
    Writer,
    check_sheet,
    check_target,
    check_wish,
    default_folder,
    is_complete,
    write_receipt,
    writing,
)
from pipeline.simulate.solve.counts import Solution

SEED = 12345
CALLER_SHARE = 0.6


def simulate(
    home: Home,
    year: int,
    scale: float = 1.0,
    format: str = "csv.gz",
    encoding: str = "utf-8",
    out: Path | None = None,
    seed: int = SEED,
    relax: bool = False,
) -> Path:
    """Write the simulated dump of `year` and the year before; return its folder.

    The caller holds the home's lock. `scale`: share of the full size (0..1]. A folder that
    holds the same dump already is left as it is. `relax`: where the ledger contradicts itself,
    let claims give way and say which, by how much. Raises HotlineError for a wrong wish, a folder
    with other data, or a ledger that cannot be solved.
    """
    dump = Dump(year, scale, seed, format, encoding, inputs_digest(home))
    check_wish(dump)
    # Without any claim the solver of records says so.
    wanted = entities_with_claims(home, year) or [entities_of(home)[DEFAULT]]
    folders = []
    for entity in wanted:
        # Records keep the folder they always had.
        folder_name = "simulated" if entity.name == DEFAULT else f"simulated_{entity.name}"
        folder = default_folder(home, year, folder_name)
        if out:
            folder = out.resolve() if len(wanted) == 1 else out.resolve() / entity.name
        folders.append(folder)
        if is_complete(folder, dump):
            say(f"{home.relative(folder)} 已有同一份模拟数据(年份、比例、种子相同),不再生成")
            continue
        check_target(folder)
        METHODS[entity.simulated_by](home, entity, dump, folder, relax)
    return folders[0]


def entities_with_claims(home: Home, year: int) -> list[Entity]:
    """Return the entities that the year's ledger makes computable claims on and that can be
    simulated."""
    kinds = ledger.metric_entities(home)
    named = {kinds[claim["metric"]] for claim in ledger.rows(home, year)}
    return [e for e in entities_of(home).values() if e.name in named and e.simulated_by in METHODS]


def _chain(home: Home, entity: Entity, dump: Dump, folder: Path, relax: bool) -> None:
    """Records: the chain of count tables."""
    from pipeline.simulate.solve.solver import solve

    solution = solve(dump.year, home, scale=dump.scale, seed=dump.seed, relax=relax)
    for entry in solution.report.get("relaxed") or []:
        say(f"已放宽:{entry['claim']}(约 {abs(entry['records']):,.0f} 件)")
    for cell in solution.report.get("far_from_prior") or []:
        say(
            f"远离先验:{cell['year']} 年 {cell['table']} 表 {cell['cell']} "
            f"先验 {cell['prior']:,.0f} 件,解得 {cell['count']:,} 件"
        )
    for claim, why in dict(solution.report.get("skipped") or {}).items():
        say(f"未参与求解:{claim}({why})")
    write_dump(home, solution, dump, folder)


def _cells(home: Home, entity: Entity, dump: Dump, folder: Path, relax: bool) -> None:
    from pipeline.simulate.dump.export import write_cells

    write_cells(home, entity, _claims(home, entity, dump.year), dump, folder)


def _table(home: Home, entity: Entity, dump: Dump, folder: Path, relax: bool) -> None:
    from pipeline.simulate.dump.export import write_table

    write_table(home, entity, dump, folder)


def _claims(home: Home, entity: Entity, year: int) -> list[dict[str, Any]]:
    kinds = ledger.metric_entities(home)
    return [claim for claim in ledger.rows(home, year) if kinds[claim["metric"]] == entity.name]


# How an entity is simulated, as its TOML file names it (`simulated_by`).
METHODS = {"chain": _chain, "cells": _cells, "table": _table}


def write_dump(home: Home, solution: Solution, dump: Dump, folder: Path) -> Path:
    """Expand a solution and write it as `dump` into `folder`; return the folder."""
    sizes = month_sizes(solution)
    if dump.format == "xlsx":
        for stem, records in sizes.items():
            check_sheet(records, stem)
    lexicon = load_lexicon(home)
    with writing(home, dump, folder) as (_, writer):
        records = rows = 0
        steps = _render(home, solution, dump, lexicon, writer)
        for month_records, month_rows in progress(steps, "生成模拟数据", len(sizes)):
            records += month_records
            rows += month_rows
        writer.close()
        write_receipt(writer.folder, dump, writer.files, records, rows)
    say(f"模拟数据:{records:,} 件,{rows:,} 行(含多次派单),写入 {home.relative(folder)}")
    return folder


def month_sizes(solution: Solution) -> dict[str, int]:
    """Records by month (`2020-01`), before repeated dispatches."""
    sizes: dict[str, int] = {}
    for year, shell in solution.instances():
        for (month,), records in solution.table("type", year, shell).margin(("month",)).items():
            stem = f"{year}-{int(month):02d}"
            sizes[stem] = sizes.get(stem, 0) + records
    return dict(sorted(sizes.items()))


def _render(
    home: Home, solution: Solution, dump: Dump, lexicon: TextLexicon, writer: Writer
) -> Iterator[tuple[int, int]]:
    """Write month after month; yield the records and rows of each."""
    exported = datetime(dump.year + 1, 1, 1, 12)
    shares = lexicon.dispatch_shares()
    callers = lexicon.share("caller", "distinct", CALLER_SHARE)
    for year in solution.years:
        known = solution.callers.get(year)
        records = expand(
            solution,
            year,
            seed=dump.seed,
            caller_share=known / solution.total(year) if known else callers,
            dispatch_shares=shares,
            leanings=Tendencies(lexicon.epidemic_subcategories(), lexicon.outcome_months(year)),
        )
        renderer = Renderer(home, records, lexicon, dump.seed, exported)
        for month, at in records.by_month.items():
            stem = f"{year}-{month:02d}"
            if dump.format == "xlsx":
                check_sheet(records.rows(month), stem)
            writer.write(renderer.render(writer.con, month), stem)
            yield len(at), records.rows(month)


def inputs_digest(home: Home) -> str:
    """Digest of the files that the dump is made from: ledger, calibration and reference."""
    digest = hashlib.sha256()
    published = home.published_files()
    derived = {
        f"derived/{found.stem}": found
        for path in published.values()
        if (found := ledger.findings_beside(path)).is_file()
    }
    reference = {**home.reference_files(), **home.metric_files()}
    for files in (published, derived, home.calibration_files(), reference):
        for stem, path in sorted(files.items()):
            digest.update(f"{stem}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]

"""Finds the claims of a ledger that cannot all be true, from the ledger alone."""

from __future__ import annotations

from pathlib import Path

from pipeline import console
from pipeline.contradictions import report
from pipeline.contradictions.ledger_source import ledger_home, read_years
from pipeline.contradictions.problem import read_claims
from pipeline.contradictions.search import Contradiction, search
from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home
from pipeline.ledger.conflict import findings_in, ledger_digest
from pipeline.output_file import require_free

__all__ = ["Finding", "find_conflicts"]


def find_conflicts(
    home: Home,
    path: Path,
    year: int | None = None,
    json_path: Path | None = None,
    mark: bool = False,
) -> list[Contradiction]:
    """Find and print the contradictions of the ledger at `path`, each report year apart.

    `path`: a CSV or a folder of them; no records are needed. `json_path` gets every suspect and
    repair. `mark` writes the first suspect of each contradiction, with its repair, to
    `derived/conflict.csv` of the folder. What anybody has marked before is not looked at.
    Raises HotlineError for a path, ledger or year that is none.
    """
    if mark and (year is not None or path.is_file()):
        raise HotlineError(
            "--mark 要用整个台账:请给出文件夹(如 data/published),不写年份,再运行一次", USAGE
        )
    require_free(home, json_path)
    findings = []
    for own, claims in read_years(home, path, year).items():
        reading = read_claims(home, own, claims)
        finding = Contradiction(reading)
        for _ in console.progress(search(finding), f"检查 {own} 年台账的可疑条目"):
            pass
        report.screen(finding)
        findings.append(finding)
    if json_path is not None:
        report.json_file(findings, json_path)
    if mark:
        files = ledger_home(home, path).published_files().values()
        target = findings_in(path)
        count = report.verdicts(findings, ledger_digest(files), target)
        console.say(f"{count} 条记为矛盾,写入 {home.relative(target.resolve())}", marked=count)
    return findings

"""Holds the ledger against the warehouse: a verdict for every published figure of a year."""

from pathlib import Path

from pipeline.audit import judge, write
from pipeline.audit.draft import Proofread, proofread
from pipeline.audit.explain import explain
from pipeline.audit.result import GRAVEST_FIRST, AuditResult
from pipeline.errors import CHECK_FAILED, OK, USAGE, HotlineError
from pipeline.home import Home

# The verdicts as a reader sees them.
VERDICT_NAMES = write.NAMES

__all__ = [
    "GRAVEST_FIRST",
    "VERDICT_NAMES",
    "AuditResult",
    "Proofread",
    "answer",
    "audit",
    "explain",
    "proofread",
    "verdicts",
]


def answer(
    home: Home,
    year: int | None,
    json_path: Path | None = None,
    draft: Path | None = None,
    conflicts: Path | None = None,
    mark: bool = False,
) -> int:
    """Answer the question that the options ask; return the exit code.

    With `conflicts` (a ledger) it asks what in it cannot all be true, with `draft` what a draft
    gets wrong, else how the figures of `year` compare with the records. The code is 1 where a
    contradiction or a figure that differs is found. Raises HotlineError USAGE
    where the options ask nothing.
    """
    if conflicts is not None:
        from pipeline.audit.conflicts import find_conflicts

        if draft is not None:
            raise HotlineError("--draft 与 --conflicts 不能同用,请分两次运行", USAGE)
        findings = find_conflicts(home, conflicts, year, json_path, mark)
        return CHECK_FAILED if any(finding.conflicts for finding in findings) else OK
    if mark:
        raise HotlineError("--mark 只与 --conflicts 同用,请加上 --conflicts 台账", USAGE)
    if year is None:
        raise HotlineError("请给出年份(如 hotline audit 年份),或用 --conflicts 给出台账", USAGE)
    return audit(home, year, json_path, draft).exit_code


def audit(
    home: Home, year: int, json_path: Path | None = None, draft: Path | None = None
) -> AuditResult | Proofread:
    """Judge the claims of the report on `year`, print the summary, and write JSON if asked.

    Returns the rows, the counts by verdict and the exit code: 1 if a figure differs that the
    ledger does not itself call contradicted, else 0. Raises HotlineError NO_DATA without a
    warehouse or without that year in it, USAGE if the ledger has no claims for the year.
    With `draft` the numbers of that file are judged instead, without the ledger; see `proofread`.
    """
    if draft is not None and json_path is not None:
        raise HotlineError("--json 只用于核对账本，校对文稿时请去掉它", USAGE)
    if draft is not None:
        return proofread(home, year, draft)
    result = judge.judge(home, year)
    write.summary(result)
    if json_path is not None:
        write.json_file(result, json_path)
    return result


def verdicts(home: Home, year: int) -> AuditResult | None:
    """Return the verdict of every claim on `year`, and print nothing; None if there is no claim.

    Raises HotlineError as `audit` does for a warehouse that is not there or lacks the year.
    """
    return judge.judge(home, year) if judge.has_claims(home, year) else None

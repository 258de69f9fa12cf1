"""Holds the ledger against the warehouse: a verdict for every published figure of a year."""

from pathlib import Path

from pipeline.audit import judge, output
from pipeline.audit.explain import explain
from pipeline.home import Home
from pipeline.ledger.verdict import AuditResult
from pipeline.output_file import require_free

__all__ = [
    "audit",
    "explain",
    "verdicts",
]


def audit(home: Home, year: int, json_path: Path | None = None) -> AuditResult:
    """Judge the claims of the report on `year`, print the summary, and write JSON if asked.

    Returns the rows, the counts by verdict and the exit code: 1 if a figure differs that the
    ledger does not itself call contradicted, else 0. Raises HotlineError NO_DATA without a
    warehouse or without that year in it, USAGE if the ledger has no claims for the year.
    """
    require_free(home, json_path)
    result = judge.judge(home, year)
    output.summary(result)
    if json_path is not None:
        output.json_file(result, json_path)
    return result


def verdicts(home: Home, year: int) -> AuditResult | None:
    """Return the verdict of every claim on `year`, and print nothing; None if there is no claim.

    Raises HotlineError as `audit` does for a warehouse that is not there or lacks the year.
    """
    return judge.judge(home, year) if judge.has_claims(home, year) else None

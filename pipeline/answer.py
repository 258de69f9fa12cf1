"""`hotline audit`: which of the three audits its options ask for."""

from pathlib import Path

from pipeline.errors import CHECK_FAILED, OK, USAGE, HotlineError
from pipeline.home import Home


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
        from pipeline.contradictions import find_conflicts

        if draft is not None:
            raise HotlineError("--draft 与 --conflicts 不能同用,请分两次运行", USAGE)
        findings = find_conflicts(home, conflicts, year, json_path, mark)
        return CHECK_FAILED if any(finding.conflicts for finding in findings) else OK
    if mark:
        raise HotlineError("--mark 只与 --conflicts 同用,请加上 --conflicts 台账", USAGE)
    if year is None:
        raise HotlineError("请给出年份(如 hotline audit 年份),或用 --conflicts 给出台账", USAGE)
    if draft is not None:
        if json_path is not None:
            raise HotlineError("--json 只用于核对账本，校对文稿时请去掉它", USAGE)
        from pipeline.proofread import proofread

        return proofread(home, year, draft).exit_code
    from pipeline.audit import audit

    return audit(home, year, json_path).exit_code

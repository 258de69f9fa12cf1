"""Proof-reads a draft: finds its numbers, binds them to figures, and marks what differs."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import CHECK_FAILED, IO, OK, HotlineError
from pipeline.home import Home
from pipeline.proofread import annotate_docx, annotate_html, messages
from pipeline.proofread import documents as reader
from pipeline.proofread.bind import bind
from pipeline.proofread.figure_index import load
from pipeline.proofread.judge import DIFFERS, Finding, judge

__all__ = ["Proofread", "proofread"]


@dataclass(frozen=True)
class Proofread:
    """The findings on a draft, in order, and the two annotated copies."""

    findings: list[Finding]
    html: Path
    docx: Path

    @property
    def exit_code(self) -> int:
        """1 if a number differs, else 0."""
        return CHECK_FAILED if any(one.verdict == DIFFERS for one in self.findings) else OK


def proofread(home: Home, year: int, path: Path) -> Proofread:
    """Judge the numbers of a draft of the report on `year` and write two annotated copies.

    The ledger is never read: a draft is held against the records alone. Raises HotlineError USAGE
    for a file of another kind, NO_DATA for an unreadable one or a year that is not loaded, IO.
    """
    draft = reader.read(path)
    warehouse = load(home, year)
    findings = judge(bind(draft.blocks, warehouse), warehouse)
    folder = home.reports / str(year) / "draft"
    result = Proofread(
        findings, folder / f"{path.stem}.audit.html", folder / f"{path.stem}.audit.docx"
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        annotate_html.write(result.html, draft, findings, warehouse)
        annotate_docx.write(result.docx, draft, findings, warehouse)
    except OSError as error:
        raise HotlineError(
            f"写不了 {home.relative(folder)}（{error.strerror}），请检查权限与磁盘空间", IO
        ) from None
    messages.screen(home, draft, findings, warehouse, [result.html, result.docx])
    return result

"""Reads a document's paragraphs and tables for scopes that meet and shares of another total."""

from pipeline.document.model import Document, Figure, Para, Run, Table


def unnamed_changes(made: Document) -> list[str]:
    """Return the paragraphs and tables in which scopes meet and the change is not named."""
    found = []
    for block in (block for section in made.sections for block in section.blocks):
        if isinstance(block, Para) and not _names_each_change(block.runs, made.figures):
            found.append(block.text)
        if isinstance(block, Table) and not _has_one_scope(block, made.figures):
            found.append(block.title)
    return found


def _names_each_change(runs: tuple[Run, ...], figures: dict[str, Figure]) -> bool:
    """Return whether the words between two figures of different scopes name that of the second."""
    last, between = "", ""
    for run in runs:
        if run.figure is None:
            between += run.text
            continue
        figure = figures[run.figure]
        if last and figure.scope != last and figure.scope_title not in between:
            return False
        last, between = figure.scope, ""
    return True


def _has_one_scope(table: Table, figures: dict[str, Figure]) -> bool:
    """Return whether all figures are of one scope, or of each row where a column names it."""
    rows = [[figures[cell.figure] for cell in row if cell.figure] for row in table.rows]
    names = [column.name for column in table.columns]
    if "scope" not in names:
        rows = [[figure for row in rows for figure in row]]
        return all(len({figure.scope for figure in row}) < 2 for row in rows)
    at = names.index("scope")
    return all(
        {figure.scope_title for figure in figures_of_row} <= {row[at].text}
        for figures_of_row, row in zip(rows, table.rows, strict=True)
    )


def shares_of_another_total(made: Document) -> list[str]:
    """Return the shares that a paragraph prints beside a total, or a count, that is not theirs.

    A share's whole is the last total before it in its paragraph, or a count printed after that.
    Where a paragraph prints no total, the words beside the share (占该类, 占各区) name its whole.
    """
    found = []
    for para in (b for s in made.sections for b in s.blocks if isinstance(b, Para)):
        wholes: set[int | None] = set()
        for run in para.runs:
            if run.figure is None:
                continue
            figure = made.figures[run.figure]
            if figure.metric == "record_count":
                wholes = ({figure.numerator} if not figure.dims else wholes | {figure.numerator}
                          if wholes else wholes)  # fmt: skip
            elif figure.metric.endswith("_share") and wholes and figure.denominator not in wholes:
                found.append(f"{run.text}: {para.text}")
    return found

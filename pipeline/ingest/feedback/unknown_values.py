"""Values that a column with a short list does not know: they count as unknown, so it is told."""

from collections.abc import Mapping
from itertools import groupby

from pipeline.ingest.columns.open_file import OpenedFile
from pipeline.ingest.staging.session import StagingSession

_TOLD = 5


def strange_values(
    staging: StagingSession, opened: OpenedFile, written: Mapping[str, int]
) -> list[str]:
    """Return a line for each column that holds such values.

    `written` are the counts of written.sql: where no row holds any, the file is not read again.
    """
    if not written.get("strange") or not staging.has("strange"):
        return []
    rows = staging.con.execute(staging.text("strange")).fetchall()
    lines: list[str] = []
    for column, group in groupby(rows, key=lambda row: row[0]):
        found = list(group)
        words = [(value, count) for _, value, count in found if value is not None]
        # What may be somebody's name or address, or stands too seldom to be a word of the list.
        hidden = sum(count for _, value, count in found if value is None)
        told = "、".join(f"{value} {count:,} 行" for value, count in words[:_TOLD])
        more = f" 等 {len(words)} 种" if len(words) > _TOLD else ""
        rest = f"{',另有 ' if words else ''}{hidden:,} 行写着别的,不列出" if hidden else ""
        taken = "其他" if column == "record_type" else "未知"
        advice = (
            f"请在来源文件的 [values.{column}] 里写明各是哪一种"
            if words
            else "请核对这些行是否错列"
        )
        lines.append(
            f"“{opened.heading(column)}”有认不出的取值,按{taken}计:{told}{more}{rest};{advice}"
        )
    return lines

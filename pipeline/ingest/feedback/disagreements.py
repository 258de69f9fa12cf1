"""Duplicates that disagree: one file gives two answers for one id, and one of them counts."""

from pipeline.ingest.columns.open_file import OpenedFile
from pipeline.ingest.staging.session import StagingSession

_TOLD = 6


def disagreements(staging: StagingSession, opened: OpenedFile) -> list[str]:
    """Return a line on duplicates that say other things than the row that counts."""
    if not opened.entity.is_keyed_by_id:
        return []  # such entities judge what their rows say, not what they are called
    cursor = staging.con.execute(staging.text("disagreement"))
    names = [field[0] for field in cursor.description][1:]
    count, *counts = cursor.fetchall()[0]
    if not count:
        return []
    found = sorted(
        (
            (opened.heading(name), number)
            for name, number in zip(names, counts, strict=True)
            if number
        ),
        key=lambda one: -one[1],
    )
    told = "、".join(f"{heading} {number:,}" for heading, number in found[:_TOLD])
    more = f" 等 {len(found)} 列" if len(found) > _TOLD else ""
    return [
        f"同一编号写了几行而内容不同的 {count:,} {opened.entity.unit}({told}{more}),"
        "各按填得最全的一行(同样全的取最先写的)计,其余行算作重复;请核对后改正原文件"
    ]

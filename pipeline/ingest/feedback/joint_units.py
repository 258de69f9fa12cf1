"""Cells that name several handling units: a record counts once, so one of them counts."""

from pipeline.ingest.columns.open_file import OpenedFile
from pipeline.ingest.staging.session import StagingSession

_TOLD = 3


def joint_units(staging: StagingSession, opened: OpenedFile) -> list[str]:
    """Return a line on the rows in which several units of the register stand in one cell."""
    if not staging.has("joint_cell"):
        return []
    rows = staging.con.execute(staging.text("joint_cell")).fetchall()
    if not rows:
        return []
    told = "、".join(f"“{cell}” {count:,} 行" for cell, count in rows[:_TOLD])
    more = f" 等 {len(rows):,} 种" if len(rows) > _TOLD else ""
    return [
        f"“{opened.heading('unit')}”一格里写着几个单位的 {sum(count for _, count in rows):,} 行,"
        f"各按写明主办的或第一个单位计一次,其余单位不计:{told}{more}"
    ]

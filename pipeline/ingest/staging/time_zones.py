"""Times that carry a zone of their own: converted to that of the source, and told."""

from collections.abc import Sequence

from pipeline.errors import USAGE, HotlineError
from pipeline.ingest.columns.open_file import OpenedFile
from pipeline.ingest.staging.input_view import InputTable
from pipeline.ingest.staging.session import StagingSession


def zone_of(tables: Sequence[InputTable]) -> str:
    """Return the zone of the file's source; USAGE where its sheets have sources of several."""
    zones = {table.mapping.source.timezone: table.mapping.source.name for table in tables}
    if len(zones) > 1:
        told = "、".join(f"{source} 为 {zone}" for zone, source in zones.items())
        raise HotlineError(f"各工作表的来源写着不同的 timezone({told});请分成几个文件", USAGE)
    return next(iter(zones))


def zoned_times(staging: StagingSession, opened: OpenedFile) -> list[str]:
    """Return what is told of a file whose times carry zones: into which they were converted, and
    the columns that mix them with plain times. The file is read again only where there are any."""
    con, zone = staging.con, zone_of(opened.tables)
    names = {
        name
        for (name,) in con.execute("SELECT column_name FROM (DESCRIBE staging.identity)").fetchall()
    }
    if "is_zoned" not in names:
        return []
    (rows,) = con.execute("SELECT count(*) FROM staging.identity WHERE is_zoned").fetchall()[0]
    if not rows:
        return []
    lines = [
        f"{rows:,} 行的时间带有时区,已换算为 {zone} 的时间;若原本就是当地时间,"
        "请在来源文件里把 timezone 写成文件所带的时区"
    ]
    for column in (name for name in opened.entity.columns if name.endswith("_at")):
        zoned, plain = con.execute(
            f"SELECT count(*) FILTER (WHERE is_zoned({column})),"
            f" count(*) FILTER (WHERE NOT is_zoned({column}) AND to_time({column}) IS NOT NULL)"
            " FROM staging.input"
        ).fetchall()[0]
        if zoned and plain:
            lines.append(
                f"“{opened.heading(column)}”有 {zoned:,} 格带时区、{plain:,} 格不带:不带的按"
                f" {zone} 的时间读;请核对两种写法是否出自同一系统"
            )
    return lines

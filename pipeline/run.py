"""`hotline run`: every stage in order, for one year."""

from pipeline.audit import audit
from pipeline.console import say
from pipeline.errors import NO_DATA, OK, PARTIAL, HotlineError
from pipeline.home import Home
from pipeline.ingest import ingest
from pipeline.ledger import years_with_ledger
from pipeline.lock import exclusive
from pipeline.report import report, summary
from pipeline.simulate import simulate
from pipeline.warehouse import build


def run(home: Home, year: int) -> int:
    """Ingest what is new, build, audit and report `year`; return the exit code.

    Where the home has no raw data and the year has a ledger to calibrate on, the dump is
    simulated first, and said to be.
    """
    with exclusive(home):
        if not _has_raw_data(home):
            if year not in years_with_ledger(home):
                raise HotlineError(
                    f"{home.relative(home.raw)} 中没有原始数据,{year} 年也没有可用于模拟的公布数字;"
                    "请先用 hotline ingest 路径 读入导出文件",
                    NO_DATA,
                )
            say(f"没有原始数据:先按 {year} 年已公布数字生成模拟数据(模拟数据,不是真实记录)")
            simulate(home, year)
        loaded = ingest(home, [])
        build(home)
    judged = audit(home, year) if year in years_with_ledger(home) else None
    report(home, year)
    summary(home, year)
    code = judged.exit_code if judged else OK
    return code or (PARTIAL if loaded.exit_code == PARTIAL else OK)


def _has_raw_data(home: Home) -> bool:
    # A dot marks what a killed run left half made: a hidden folder or file is not data.
    return any(
        path.is_file()
        and path.name != "receipt.toml"
        and not any(part.startswith(".") for part in path.relative_to(home.raw).parts)
        for path in home.raw.rglob("*")
    )

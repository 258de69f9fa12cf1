"""The `hotline` command: one verb per stage, no logic."""

import math
import sys
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click

from pipeline import __version__, cli_errors, console, stopping
from pipeline.errors import IO, USAGE, HotlineError
from pipeline.home import Home, default_root

YEAR = click.IntRange(1980, 2100)


class _Share(click.FloatRange):
    """A number above 0 and up to 1; `nan` compares with nothing and would slip through."""

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value} 不是数", param, ctx)
        return number


class _OneLine(click.Group):
    """A group that reports wrong usage in one line like every other fault."""

    def main(self, *args: Any, **options: Any) -> Any:
        with stopping.listening():
            return self._main(*args, **options)

    def _main(self, *args: Any, **options: Any) -> Any:
        try:
            return super().main(*args, **{**options, "standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
        except click.ClickException as error:
            command = getattr(error, "ctx", None)
            path = command.command_path if command else "hotline"
            console.complain(f"用法有误:{cli_errors.in_chinese(error)};请看 {path} --help", USAGE)
        except click.Abort:
            stopping.print_message()
            sys.exit(stopping.code() or stopping.INTERRUPTED)
        sys.exit(USAGE)


def _verb(function: Callable[..., int | None]) -> Callable[..., None]:
    """Turn a stage's return value into the exit code, and its faults into one line."""

    @click.pass_obj
    @wraps(function)
    def wrapper(home: Home, *args: Any, **options: Any) -> None:
        try:
            code = _code_of(home, partial(function, home, *args, **options))
        except BaseException as error:
            if stopping.code() is None and not isinstance(error, KeyboardInterrupt):
                raise
            stopping.print_message()
            code = stopping.code() or stopping.INTERRUPTED
        sys.exit(code)

    return wrapper


def _code_of(home: Home, stage: Callable[[], int | None]) -> int:
    """Run a stage; return its exit code, or that of a fault, which is told in one line."""
    from pipeline.access import private

    try:
        with private(home):
            code = stage() or 0
        stopping.raise_if_stopped()
        return code
    except HotlineError as error:
        stopping.raise_if_stopped()
        console.complain(str(error), error.code)
        return error.code
    except Exception as error:
        stopping.raise_if_stopped()
        # The engine is brought by what uses it: `hotline --help` does not.
        from pipeline.db import disk_fault, moved_fault

        reason, moved = disk_fault(error), moved_fault(error)
        if moved is not None:
            console.complain(moved, IO)
        elif reason is not None:
            console.complain(f"磁盘或输入输出出错:{reason};请检查磁盘空间与权限", IO)
        else:
            raise
        return IO


@click.group(cls=_OneLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hotline")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="HOTLINE_HOME",
    default=default_root,
    show_default="代码仓库;安装版为当前目录",
    help="存放 data/ 的目录;一个城市一个目录。",
)
@click.option("--quiet", is_flag=True, help="只报告错误。")
@click.option("--log-json", is_flag=True, help="逐行输出 JSON。")
@click.pass_context
def main(context: click.Context, home: Path, quiet: bool, log_json: bool) -> None:
    """12345 热线数据流水线:原始导出 → Parquet → SQL → 年度表、月报与逐项核对。"""
    console.configure(quiet=quiet, log_json=log_json)
    context.obj = Home(home.resolve())


@main.command()
@click.argument("year", type=YEAR)
@_verb
def run(home: Home, year: int) -> int:
    """入库新到的原始文件,建表、核对、出报表;没有原始数据时先生成模拟数据。"""
    from pipeline.run import run as stage

    return stage(home, year)


@main.command()
@click.argument("year", type=YEAR)
@click.option(
    "--scale", type=_Share(0, 1, min_open=True), default=1.0, help="数据量比例,大于 0,至多 1。"
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["csv.gz", "csv", "parquet", "xlsx"]),
    default="csv.gz",
    help="文件格式。",
)
@click.option(
    "--encoding", type=click.Choice(["utf-8", "gb18030"]), default="utf-8", help="文本编码。"
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="输出目录。")
@click.option("--relax", is_flag=True, help="台账互相矛盾时,放宽最少的条目继续(逐条说明)。")
@_verb
def simulate(
    home: Home,
    year: int,
    scale: float,
    file_format: str,
    encoding: str,
    out: Path | None,
    relax: bool,
) -> int:
    """按已公布数字解出计数表,生成当年及上一年的模拟导出文件。"""
    from pipeline.lock import exclusive
    from pipeline.simulate import simulate as stage

    with exclusive(home):
        stage(home, year, scale=scale, format=file_format, encoding=encoding, out=out, relax=relax)
    return 0


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--source", help="来源名称(来源文件的文件名);不给时按表头认。")
@click.option("--dry-run", is_flag=True, help="只说明将如何读取、会退回什么,不写入。")
@click.option("--new-source", metavar="NAME", help="据一个文件起草来源文件,供核对。")
@_verb
def ingest(
    home: Home,
    paths: tuple[Path, ...],
    source: str | None,
    dry_run: bool,
    new_source: str | None,
) -> int:
    """读入文件、压缩包或目录;不给路径时读入 data/raw 下所有新文件。"""
    from pipeline.ingest import ingest as stage
    from pipeline.lock import exclusive

    with exclusive(home):
        result = stage(home, list(paths), source=source, dry_run=dry_run, new_source=new_source)
        return result.exit_code


@main.command()
@_verb
def build(home: Home) -> int:
    """重建全部表:在旁建好、检查通过后替换。"""
    from pipeline.lock import exclusive
    from pipeline.warehouse import build as stage

    with exclusive(home):
        stage(home)
    return 0


@main.command()
@click.argument("year", type=YEAR, required=False)
@click.option(
    "--json",
    "json_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="把全部结论写入 JSON 文件。",
)
@click.option(
    "--draft",
    type=click.Path(path_type=Path),
    help="校对一份文稿(docx、html、txt),不读账本。",
)
@click.option(
    "--conflicts",
    metavar="LEDGER",
    type=click.Path(path_type=Path),
    help="只看台账(CSV 文件或文件夹):找出不能同时成立的条目及其改法,不需要记录。",
)
@click.option(
    "--mark",
    is_flag=True,
    help="与 --conflicts 同用:把首要可疑条目写入台账的 derived/conflict.csv。",
)
@_verb
def audit(
    home: Home,
    year: int | None,
    json_path: Path | None,
    draft: Path | None,
    conflicts: Path | None,
    mark: bool,
) -> int:
    """逐项核对已公布的数字;--draft 校对待印的文稿;--conflicts 找出台账自身的矛盾。"""
    from pipeline.answer import answer as stage

    return stage(home, year, json_path=json_path, draft=draft, conflicts=conflicts, mark=mark)


@main.command()
@click.argument("claim")
@click.option(
    "--records", type=click.IntRange(0, 1000), default=0, help="另列出背后的若干件脱敏记录。"
)
@click.option(
    "--json",
    "json_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="把全部内容写入 JSON 文件。",
)
@_verb
def explain(home: Home, claim: str, records: int, json_path: Path | None) -> int:
    """说明账本里的一个数:量的是什么、怎样算得、SQL、记录与来源文件。"""
    from pipeline.audit import explain as stage

    return stage(home, claim, records=records, json_path=json_path)


@main.command()
@click.argument("year", type=YEAR)
@click.option(
    "--compare",
    metavar="BUILD",
    help="与旧的一次比较:指纹的前几位、last,或旧 report.json 的路径。",
)
@_verb
def report(home: Home, year: int, compare: str | None) -> int:
    """输出年度报告(docx、pdf、html)与年度表(xlsx、csv)。"""
    from pipeline.report import report as stage

    stage(home, year, compare=compare)
    return 0


@main.command()
@click.argument("period", required=False)
@click.option(
    "--period",
    "kind",
    type=click.Choice(["calendar", "assessment", "quarter"]),
    default="calendar",
    show_default=True,
    help="自然月、考核月(起止日见参考表 assessment_month)或季度。",
)
@click.option("--latest", is_flag=True, help="最近一个数据完整的;没有新的内容就不重出。")
@click.option("--all", "year", metavar="YEAR", type=YEAR, help="一年中已入库的各期。")
@_verb
def bulletin(home: Home, period: str | None, kind: str, latest: bool, year: int | None) -> int:
    """输出月报(docx、pdf、xlsx、json):PERIOD 写成 年-月,季度写成 年-Q季。"""
    from pipeline.bulletin import bulletin as stage

    return stage(home, period, kind=kind, latest=latest, year=year)


@main.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="放在这个目录;不给时用临时目录。",
)
@click.option("--open/--no-open", "is_opened", default=True, help="完成后在浏览器中打开报告。")
@_verb
def demo(home: Home, out: Path | None, is_opened: bool) -> int:
    """用虚构的小城市从头走一遍:模拟、入库、建表、核对、出报告;约一分钟。"""
    from pipeline.demo import demo as stage

    return stage(out, is_opened=is_opened)


@main.command("new-city")
@click.argument("name")
@_verb
def new_city(home: Home, name: str) -> int:
    """据已入库的记录起草新城市的名册(区、街乡镇、单位、分类等),供核对。"""
    from pipeline.lock import exclusive
    from pipeline.warehouse import new_city as stage

    with exclusive(home):
        stage(home, name)
    return 0


@main.command()
@_verb
def status(home: Home) -> int:
    """已入库的年份、月份、行数、重复、退回、回执与最近一次建表。"""
    from pipeline.warehouse import status as stage

    stage(home)
    return 0


if __name__ == "__main__":
    main()

"""`hotline demo`: the tiny invented city, from nothing to its report."""

import filecmp
import shutil
import tempfile
import webbrowser
from pathlib import Path

from pipeline import stopping
from pipeline.console import say
from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home
from pipeline.ledger import years_with_ledger
from pipeline.run import run

# Registers, calibration and ledger of the invented city: a home without records.
CITY = Path(__file__).parent / "city"


def demo(out: Path | None, *, is_opened: bool) -> int:
    """Run every stage in a new home, open the report, print what to try next; return the exit code.

    `out` is the new home (None: a temporary folder, which stays), or one that a stopped demo began.
    Raises HotlineError where `out` holds something else.
    """
    root = _new_folder(out)
    try:
        return _demo(root, is_opened=is_opened)
    except BaseException:
        if out is None and stopping.code() is not None:
            shutil.rmtree(root, ignore_errors=True)  # nobody knows where it is
        raise


def _demo(root: Path, *, is_opened: bool) -> int:
    home = Home(root)
    with stopping.held():  # a folder with a part of the city is not known as a demo's
        shutil.copytree(CITY, root, dirs_exist_ok=True)
    year = max(years_with_ledger(home))
    say(f"虚构城市(模拟数据,不是真实记录):{root}")
    code = run(home, year)
    page = home.reports / str(year) / "report.html"
    command = f"hotline --home {root}"
    say("")
    say(f"报告:{page}")
    say("接下来可以试:")
    for line in (
        f"{command} explain tiny-5-dispatched-again   # 一个公布的数从哪里来、为何对不上",
        f"{command} bulletin {year}-11                # 当月的月报(docx、pdf、xlsx)",
        f"{command} audit {year}                      # 每一条公布数字的结论",
        f"python -c \"import duckdb; duckdb.connect('{home.database}', read_only=True)"
        ".sql('FROM annual.t15_category').show()\"",
        f"rm -r {root}                                # 用完删去",
    ):
        say(f"  {line}")
    if is_opened:
        webbrowser.open(page.as_uri())
    return code


def _new_folder(out: Path | None) -> Path:
    if out is None:
        return Path(tempfile.mkdtemp(prefix="hotline-demo-"))
    if out.exists() and any(out.iterdir()) and not _is_begun(out):
        raise HotlineError(f"{out} 里已有文件;请给一个新的目录,或不给 --out", USAGE)
    out.mkdir(parents=True, exist_ok=True)
    return out.resolve()


def _is_begun(folder: Path) -> bool:
    """Return whether a demo began there: it holds the city as it is here."""
    names = [str(path.relative_to(CITY)) for path in CITY.rglob("*") if path.is_file()]
    same, _, _ = filecmp.cmpfiles(CITY, folder, names, shallow=False)
    return len(same) == len(names)

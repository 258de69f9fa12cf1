"""`hotline bulletin` as a scheduled job meets it: twice at once, killed, late data, bad input.

HOTLINE_KILLS sets at how many moments a run is killed (default 12).
"""

import fcntl
import os
import random
import shutil
from pathlib import Path

import pytest

from pipeline.bulletin.revision import moves
from pipeline.document.model import Table
from pipeline.home import Home
from tests.support.editions import (
    MONTH,
    content,
    document,
    ingest_and_build,
    late,
    left_behind,
    number,
    reports,
    status,
)
from tests.support.processes import finish, hotline, start, writes
from tests.support.tiny import YEAR

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("HOTLINE_KILLS", "12"))


@pytest.fixture(scope="module")
def issued(city, tmp_path_factory, key_file) -> Path:
    """A home with the first edition of a month; its words are counted."""
    home = shutil.copytree(city, tmp_path_factory.mktemp("issued") / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_KEY_FILE", str(key_file))
        result = hotline(home, "build")  # the views hold full paths
        assert result.exit_code == 0, result.output
        result = hotline(home, "bulletin", MONTH)
    assert result.exit_code == 0, result.output
    assert "第1版已写入" in result.output
    return home


@pytest.fixture(scope="module")
def outdated(issued, tmp_path_factory, key_file) -> Path:
    """The same after records that came late were loaded and built."""
    home = shutil.copytree(issued, tmp_path_factory.mktemp("outdated") / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_KEY_FILE", str(key_file))
        ingest_and_build(home, late(home, home.parent / "late.csv", 40, "L"))
    return home


@pytest.fixture(scope="module")
def home(issued, tmp_path_factory, key_file) -> Path:
    """A copy for the tests that leave the month's first edition as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_KEY_FILE", str(key_file))
        return copy(issued, tmp_path_factory.mktemp("bulletin") / "home")


def copy(home: Path, to: Path) -> Path:
    """Return a copy whose views are its own."""
    made = shutil.copytree(home, to)
    assert hotline(made, "build").exit_code == 0
    return made


def test_a_first_edition_is_whole_and_reported(issued):
    assert number(reports(issued) / MONTH) == 1
    written = status(issued)
    assert (written["asked"], written["exit_code"]) == (MONTH, 0)
    assert written["periods"][0]["result"] == "issued"
    assert written["periods"][0]["folder"] == f"data/reports/{MONTH}"
    assert left_behind(issued) == []


def test_nothing_new_is_said_and_nothing_is_done(home):
    folder = reports(home) / MONTH
    assert "没有新的内容" in hotline(home, "bulletin", MONTH).output
    before, changed = content(folder), (folder / "bulletin.pdf").stat().st_mtime_ns
    code, said = finish(start(home, "bulletin", MONTH))
    assert code == 0 and "没有新的内容" in said
    assert content(folder) == before
    assert (folder / "bulletin.pdf").stat().st_mtime_ns == changed
    assert status(home)["periods"][0]["result"] == "unchanged"


def test_a_lost_format_is_written_again_under_the_same_number(home):
    folder = reports(home) / MONTH
    hotline(home, "bulletin", MONTH)
    before = content(folder)
    (folder / "bulletin.pdf").unlink()
    (folder / "bulletin.docx").write_bytes(b"half")
    result = hotline(home, "bulletin", MONTH)
    assert result.exit_code == 0 and "各数不变" in result.output
    assert number(folder) == 1 and not (folder / "history").exists()
    after = content(folder)
    assert {name: data for name, data in after.items() if name != "edition.json"} == {
        name: data for name, data in before.items() if name != "edition.json"
    }


def test_late_data_give_a_revised_edition_that_says_what_moved(outdated, tmp_path):
    home = copy(outdated, tmp_path / "home")
    folder = reports(home) / MONTH
    first, old = document(folder), content(folder)
    result = hotline(home, "bulletin", MONTH)
    assert result.exit_code == 0 and "第2版(修订" in result.output, result.output
    assert number(folder) == 2
    second = document(folder)
    assert "第2版(修订)" in second.marks
    revision = second.sections[-1]
    (listed,) = [block for block in revision.blocks if isinstance(block, Table)]
    printed = [tuple(cell.text for cell in row) for row in listed.rows]
    assert printed == [(m.table, m.row, m.column, m.before, m.now) for m in moves(first, second)]
    # The forty records, counted by hand: they are in the total of the month.
    totals = [row for row in printed if _is_count(row) and int(row[4]) - int(row[3]) == 40]
    assert totals, printed[:10]
    assert "1个数据文件" in revision.blocks[0].text
    (kept,) = (folder / "history").iterdir()
    assert kept.name.startswith("1-") and content(kept) == old
    assert status(home)["periods"][0]["moved"] == len(printed)
    assert "没有新的内容" in hotline(home, "bulletin", MONTH).output


def _is_count(row: tuple[str, ...]) -> bool:
    return row[3].isdigit() and row[4].isdigit()


def test_data_of_another_month_leave_the_edition_as_it_is(issued, tmp_path):
    home = copy(issued, tmp_path / "home")
    hotline(home, "bulletin", MONTH)
    folder = reports(home) / MONTH
    before = content(folder)
    ingest_and_build(home, late(home, tmp_path / "late.csv", 20, "X", month=f"{YEAR}-11"))
    result = hotline(home, "bulletin", MONTH)
    assert result.exit_code == 0 and "没有新的内容" in result.output, result.output
    after = content(folder)
    assert after.pop("edition.json") != before.pop("edition.json")
    assert after == before and not (folder / "history").exists()


def test_of_two_at_once_one_is_asked_to_wait(outdated, tmp_path):
    home = copy(outdated, tmp_path / "home")
    both = [start(home, "bulletin", MONTH) for _ in range(2)]
    ends = [finish(process) for process in both]
    # Where the second starts after the first has ended, it has nothing to do.
    assert sorted(code for code, _ in ends) in ([0, 75], [0, 0]), ends
    assert number(reports(home) / MONTH) == 2
    assert len(list((reports(home) / MONTH / "history").iterdir())) == 1
    assert status(home)["exit_code"] == 0
    with (Home(home).warehouse / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, said = finish(start(home, "bulletin", "--latest"))
    assert code == 75 and said.count("错误:") == 1
    assert left_behind(home) == []


def test_killed_anywhere_the_old_edition_or_the_new_is_whole_and_a_second_run_completes(
    outdated, tmp_path
):
    place = copy(outdated, tmp_path / "home")
    base = shutil.copytree(place, tmp_path / "base")

    def laid() -> Path:
        """Return the home as it was before, at the path that its views name."""
        shutil.rmtree(place)
        return shutil.copytree(base, place)

    steps = writes(laid(), "bulletin", MONTH)
    folder = reports(place) / MONTH
    assert number(folder) == 2
    # Most happens before the edition is put in place; there each step is tried.
    points = sorted(random.Random(YEAR).sample(range(1, steps - 8), KILLS // 2))
    points += range(steps - 8, steps + 1, max(1, 16 // max(KILLS, 1)))
    for point in points:
        home = laid()
        code, said = finish(start(home, "bulletin", MONTH, dying=point))
        assert code == -9, (point, said)
        assert number(folder) in (1, 2), point
        result = hotline(home, "bulletin", MONTH)
        assert result.exit_code == 0, (point, result.output)
        assert number(folder) == 2, point
        (kept,) = (folder / "history").iterdir()
        assert kept.name.startswith("1-") and len(content(kept)) == 5, point
        assert left_behind(home) == [], point
        assert status(home)["exit_code"] == 0


def test_assessment_months_and_quarters_have_folders_of_their_own(home):
    for arguments, name in (
        ([MONTH, "--period", "assessment"], f"{MONTH}-assessment"),
        ([f"{YEAR}-Q2"], f"{YEAR}-Q2"),
    ):
        result = hotline(home, "bulletin", *arguments)
        assert result.exit_code == 0, result.output
        assert number(reports(home) / name) == 1
        assert status(home)["periods"][0]["folder"] == f"data/reports/{name}"


def test_the_latest_is_the_last_that_the_data_reach(home):
    for kind, name in (("calendar", f"{YEAR}-12"), ("quarter", f"{YEAR}-Q4")):
        result = hotline(home, "bulletin", "--latest", "--period", kind)
        assert result.exit_code == 0, result.output
        assert number(reports(home) / name) == 1
    again = hotline(home, "bulletin", "--latest")
    assert again.exit_code == 0 and "没有新的内容" in again.output


def test_the_latest_also_revises_a_former_month_that_late_data_reached(outdated, tmp_path):
    home = copy(outdated, tmp_path / "home")
    result = hotline(home, "bulletin", "--latest")
    assert result.exit_code == 0, result.output
    assert [(p["period"], p["result"]) for p in status(home)["periods"]] == [
        (MONTH, "revised"),
        (f"{YEAR}-12", "issued"),
    ]
    again = hotline(home, "bulletin", "--latest")
    assert [p["result"] for p in status(home)["periods"]] == ["unchanged"], again.output

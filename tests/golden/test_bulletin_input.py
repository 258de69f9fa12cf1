"""What a bulletin cannot be made of: one line and an exit code, or a note in what is issued."""

import datetime
import errno
import os
import shutil
from pathlib import Path

import pytest

from pipeline.document.layout import texts
from tests.support.editions import document, ingest_and_build, number, reports, some_days, status
from tests.support.processes import hotline
from tests.support.tiny import TINY, YEAR

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(city, tmp_path_factory, key_file) -> Path:
    """Three months: the second has no 10th to 16th, the third is whole to its 20th alone."""
    made = shutil.copytree(TINY, tmp_path_factory.mktemp("holed") / "home")
    folder = made.parent / "dump"
    folder.mkdir()
    kept = {"01": lambda day: True, "02": lambda day: not 10 <= day <= 16, "03": lambda d: d <= 20}
    for month, is_kept in kept.items():
        some_days(city, f"{YEAR}-{month}", folder / f"{month}.csv", is_kept)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_KEY_FILE", str(key_file))
        ingest_and_build(made, folder)
    return made


def refused(home: Path, *arguments: str) -> tuple[int, str]:
    """Return the exit code and the one line of a bulletin that is refused."""
    result = hotline(home, "bulletin", *arguments)
    assert result.exit_code != 0
    lines = [line for line in result.stderr.splitlines() if line]
    assert len(lines) == 1 and lines[0].startswith("错误:"), result.output
    return result.exit_code, lines[0]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["2033-13"], 2, "写法不对"),
        (["2033-5"], 2, "写法不对"),
        (["五月"], 2, "写法不对"),
        (["0000-01"], 2, "0000-01"),
        (["2033-Q5"], 2, "写法不对"),
        (["2033-Q1", "--period", "assessment"], 2, "不是考核月"),
        (["2033-01", "--period", "quarter"], 2, "写法不对"),
        (["2001-07"], 65, "没有已入库的记录(已入库:2033-01、2033-02、2033-03)"),
        (["2001-Q3"], 65, "2001-Q3(季度)没有已入库的记录(已入库:2033-Q1)"),
        (["2001-08", "--period", "assessment"], 65, "2001-08(考核月)没有已入库的记录"),
        (["--all", "2031"], 65, "2031 年没有已入库的自然月"),
    ],
)
def test_what_is_not_there_is_reported_in_one_line(home, arguments, code, words):
    found, line = refused(home, *arguments)
    assert (found, words in line) == (code, True), line
    assert status(home)["exit_code"] == code


def test_a_future_month_is_called_one(home):
    coming = datetime.date.today() + datetime.timedelta(days=40)
    period = f"{coming:%Y-%m}"
    code, line = refused(home, period)
    assert code == 65 and f"{period}(自然月)还没有到" in line


def test_without_a_warehouse_it_says_what_to_run(tmp_path):
    for arguments in (["2033-01"], ["--latest"], ["--all", "2033"]):
        code, line = refused(tmp_path / "empty", *arguments)
        assert code == 65 and "hotline ingest" in line and "hotline build" in line


def test_a_warehouse_of_an_older_version_is_to_be_built_again(tmp_path):
    import duckdb

    old = tmp_path / "data/warehouse/hotline.duckdb"
    old.parent.mkdir(parents=True)
    duckdb.connect(str(old)).close()
    code, line = refused(tmp_path, "2033-01")
    assert code == 74 and "hotline build" in line
    old.write_bytes(b"no database")
    code, line = refused(tmp_path, "2033-01")
    assert code == 74 and "hotline build" in line


def test_the_latest_month_is_not_passed_over_where_its_data_have_holes(home):
    code, line = refused(home, "--latest")
    assert code == 65
    assert "2033-02(自然月)的数据不完整" in line and "2月10日至2月16日没有记录(共 7 天)" in line
    assert not (reports(home) / "2033-01").exists()
    assert status(home)["periods"][0]["period"] == "2033-02"


def test_a_month_with_holes_asked_for_by_name_says_what_it_lacks(home):
    result = hotline(home, "bulletin", "2033-02")
    assert result.exit_code == 0, result.output
    assert number(reports(home) / "2033-02") == 1
    made = document(reports(home) / "2033-02")
    assert "2月10日至2月16日" in "\n".join(texts(made))
    # Its ends are there, and it is a part of a month all the same: the head of the page says so.
    assert made.is_partial and [m for m in made.marks if m.startswith("不完整时段")]
    whole = hotline(home, "bulletin", "2033-01")
    assert whole.exit_code == 0, whole.output
    marks = document(reports(home) / "2033-01").marks
    assert not [m for m in marks if m.startswith(("数据可能不全", "不完整时段"))]


def test_a_month_that_has_not_ended_is_marked(home):
    result = hotline(home, "bulletin", "2033-03")
    assert result.exit_code == 0, result.output
    made = document(reports(home) / "2033-03")
    assert made.is_partial
    assert [mark[:5] for mark in made.marks] == ["不完整时段"]


def test_all_of_a_year_names_the_months_it_leaves_out(home):
    result = hotline(home, "bulletin", "--all", YEAR)
    assert result.exit_code == 0, result.output
    assert "未出月报的:2033-04、2033-05" in result.output
    assert [p["period"] for p in status(home)["periods"]] == ["2033-01", "2033-02", "2033-03"]
    assert number(reports(home) / "2033-01") == 1


def test_a_first_month_has_nothing_to_be_compared_with_and_says_so(home):
    hotline(home, "bulletin", "2033-01")
    said = "\n".join(texts(document(reports(home) / "2033-01")))
    assert "同比" in said and "不" in said


def test_a_file_in_the_place_of_the_folder_is_one_line(home):
    target = reports(home) / "2033-01"
    shutil.rmtree(target, ignore_errors=True)
    target.write_text("not a folder")
    code, line = refused(home, "2033-01")
    assert code == 74 and "data/reports/2033-01 不能写入" in line
    target.unlink()


def test_a_disk_that_is_mounted_to_be_read_only_is_one_line(home, monkeypatch):
    from pipeline.editions import store

    def refuse(folder):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(folder))

    monkeypatch.setattr(store, "fresh_folder", refuse)
    shutil.rmtree(reports(home) / "2033-01", ignore_errors=True)
    code, line = refused(home, "2033-01")
    assert code == 74 and "data/reports/2033-01 不能写入" in line and "权限" in line


def test_without_a_chinese_font_it_is_one_line(home, monkeypatch):
    from pipeline.document import font

    monkeypatch.setattr(font, "_folders", list)
    monkeypatch.setattr(font.font_manager.fontManager, "ttflist", [])
    shutil.rmtree(reports(home) / "2033-01", ignore_errors=True)
    result = hotline(home, "bulletin", "2033-01")
    assert result.exit_code == 2 and result.stderr.count("错误:") == 1
    assert "找不到中文字体" in result.stderr
    assert not (reports(home) / "2033-01").exists()


def test_wrong_settings_are_one_line(home, monkeypatch):
    monkeypatch.setenv("HOTLINE_BULLETIN_HOOK_SECONDS", "never")
    code, line = refused(home, "2033-01")
    assert code == 2 and "HOTLINE_BULLETIN_HOOK_SECONDS" in line.upper()

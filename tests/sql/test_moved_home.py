"""A home that was copied or moved works or says so, and never reads the files of another."""

import shutil
import subprocess
import sys

import duckdb
import pyarrow.parquet as pq
import pytest

from pipeline.db import connect, moved_fault, open_warehouse
from pipeline.errors import HotlineError
from pipeline.home import Home
from pipeline.text import count_words
from tests.support.city import LAST_YEAR, THIS_YEAR, ask, build_only, deliver, make_home

COUNT = "SELECT count(*), min(record_id) FROM core.record"
MOVED = "数据库不在它建成时的文件夹里"
# What the tests ask.
TABLES = ("metric.cell", "core.text_print", "core.superseded_text")


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """Return a built home of two deliveries with texts."""
    home = make_home(tmp_path_factory.mktemp("moved") / "first")
    deliver(home, LAST_YEAR, sequence=1)
    texts = {row["record_id"]: "路灯不亮" for row in THIS_YEAR}
    deliver(home, THIS_YEAR, sequence=2, texts=texts, text_hashes=dict.fromkeys(texts, 1))
    build_only(home, *TABLES)
    return home


@pytest.fixture
def copy(first, tmp_path):
    """Return a copy that holds one record less than the first home under the same names."""
    home = Home(shutil.copytree(first.root, tmp_path / "copy [1]"))
    (file,) = (home.records / "year=2020" / "month=01").glob("*.parquet")
    rows = pq.read_table(first.root / file.relative_to(home.root), partitioning=None)
    pq.write_table(rows.slice(1), file)
    return home


def counted(home: Home) -> int:
    with open_warehouse(home) as con:
        return con.execute(COUNT).fetchall()[0][0]


def test_commands_read_the_files_beside_the_database_they_open(first, copy):
    assert counted(copy) == counted(first) - 1
    assert count_words(copy, [(2020, 1)]) == [(2020, 1)]
    with open_warehouse(copy) as con:
        assert con.execute("SELECT count(*) > 0 FROM model.word_count").fetchall() == [(True,)]
    with open_warehouse(first) as con:
        assert con.execute("SELECT count(*) FROM model.word_count").fetchall() == [(0,)]


def test_who_opens_a_copy_by_itself_gets_the_next_step(first, copy, tmp_path):
    assert ask(first, COUNT)[0][0] == counted(first)
    with duckdb.connect(str(copy.database), read_only=True) as con:
        with pytest.raises(duckdb.Error, match=MOVED) as error:
            con.execute(COUNT)
        assert "请运行一次 hotline build" in (moved_fault(error.value) or "")
        # Tables need no files.
        assert con.execute("SELECT count(*) > 0 FROM metric.cell").fetchall() == [(True,)]
        con.execute(f"SET VARIABLE hotline_warehouse = '{copy.warehouse}'")
        assert con.execute(COUNT).fetchall()[0][0] == counted(first) - 1
    for name in ("source.text_print", "model.word_count", "model.expected_count"):
        with (
            duckdb.connect(str(copy.database), read_only=True) as con,
            pytest.raises(duckdb.Error, match=MOVED),
        ):
            con.execute(f"FROM {name}")


def test_an_attached_database_is_not_read_through_another(first, tmp_path):
    copy = Home(shutil.copytree(first.root, tmp_path / "copy"))
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{first.database}' AS one (READ_ONLY)")
        with pytest.raises(duckdb.Error, match=MOVED):
            con.execute("FROM one.core.record")
    build_only(copy, *TABLES)
    with duckdb.connect(str(first.database), read_only=True) as con:
        con.execute(f"ATTACH '{copy.database}' AS other (READ_ONLY)")
        with pytest.raises(duckdb.Error, match=MOVED):
            con.execute("FROM other.core.record")
        assert con.execute(COUNT).fetchall()[0][0] == counted(first)


def test_a_notebook_may_name_the_database_from_where_it_runs(first):
    code = (
        "import duckdb; con = duckdb.connect('data/warehouse/hotline.duckdb', read_only=True);"
        f"print(con.execute({COUNT!r}).fetchall()[0][0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=first.root, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == counted(first)


@pytest.mark.slow
def test_one_build_makes_a_moved_home_whole(first, tmp_path):
    before = counted(first)
    home = Home(shutil.copytree(first.root, tmp_path / "a" / "moved"))
    assert build_only(home, *TABLES).computed == ()  # months are carried over
    assert ask(home, COUNT)[0][0] == before
    assert not build_only(home, *TABLES).is_new
    # Below a folder that the engine would take for a column, the views are of another kind.
    under = tmp_path / "year=1999"
    home.root.rename(under)
    home = Home(under)
    with (
        connect(home.database, home=home, read_only=True) as con,
        pytest.raises(duckdb.Error, match=MOVED),
    ):
        con.execute(COUNT)
    build_only(home, *TABLES)
    assert ask(home, 'SELECT count(*), min("year") FROM core.record') == [(before, 2019)]


def test_views_of_an_older_version_are_not_used(first, tmp_path):
    """They hold full paths, in a copy those of the first home."""
    home = Home(shutil.copytree(first.root, tmp_path / "copy"))
    with duckdb.connect(str(home.database)) as con:
        con.execute("ALTER TABLE build.run DROP COLUMN folder")
    with pytest.raises(HotlineError, match="由旧版本建成;请先运行 hotline build"):
        open_warehouse(home)


def test_a_warehouse_that_a_notebook_holds_open_is_named(first):
    held = subprocess.Popen(
        [sys.executable, "-c",
         f"import duckdb; c = duckdb.connect({str(first.database)!r}); print('open', flush=True);"
         "input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert held.stdout.readline() == "open\n"
        with pytest.raises(HotlineError, match="正打开它;请先关闭那个程序"):
            open_warehouse(first)
    finally:
        held.communicate("\n")
    with open_warehouse(first) as con:
        assert con.execute("SELECT count(*) FROM core.record").fetchone()[0] > 0

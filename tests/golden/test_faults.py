"""Killed, out of disk, unreadable, twice at once: the warehouse is the old or the new one.

HOTLINE_KILLS sets how many kill points are tried for each of ingest and build (default 12, half by
the clock and half before a write of the run); the seed is fixed.
"""

import csv
import errno
import fcntl
import gzip
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home
from tests.support.processes import (
    finish,
    hotline,
    kill_after,
    left_over,
    records_of,
    rows_by_file,
    start,
    stays_usable,
    total,
    writes,
)
from tests.support.tiny import TINY, YEAR

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("HOTLINE_KILLS", "12"))
OLD, NEW = ("01.csv", "02.csv"), ("03.csv", "04.gb.csv", "05.csv")


@pytest.fixture(scope="session")
def dump(city, tmp_path_factory) -> Path:
    """A folder of five small files as an office would send them, one of them GB18030."""
    folder = tmp_path_factory.mktemp("dump")
    for name in OLD + NEW:
        source = next((city / "data/raw/simulated").rglob(f"{YEAR}-{name[:2]}.csv.gz"))
        text = gzip.decompress(source.read_bytes()).decode("utf-8")
        (folder / name).write_text(text, encoding="gb18030" if "gb" in name else "utf-8")
    return folder


@pytest.fixture(scope="session")
def rows(dump) -> dict[str, int]:
    """Rows of each file, counted by the csv module."""
    found = {}
    for path in sorted(dump.iterdir()):
        encoding = "gb18030" if "gb" in path.name else "utf-8"
        with path.open(encoding=encoding, newline="") as handle:
            found[path.name] = sum(1 for _ in csv.DictReader(handle))
    return found


@pytest.fixture(scope="session")
def totals(dump) -> tuple[int, int]:
    """Records of the old files, and of all."""
    return records_of([dump / name for name in OLD]), records_of([dump / n for n in OLD + NEW])


@pytest.fixture(scope="session")
def old_home(dump, tmp_path_factory, key_file) -> Path:
    """A home with the old files loaded and built."""
    home = tmp_path_factory.mktemp("old") / "home"
    shutil.copytree(TINY, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_KEY_FILE", str(key_file))
        assert hotline(home, "ingest", *[str(dump / name) for name in OLD]).exit_code == 0
        assert hotline(home, "build").exit_code == 0
    return home


@pytest.fixture(scope="session")
def loaded_home(old_home, dump, tmp_path_factory, key_file) -> Path:
    """The same with the new files loaded, but not built."""
    home = tmp_path_factory.mktemp("loaded") / "home"
    shutil.copytree(old_home, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_KEY_FILE", str(key_file))
        assert hotline(home, "ingest", str(dump)).exit_code == 0
    return home


@pytest.fixture
def home(old_home, tmp_path) -> Path:
    return shutil.copytree(old_home, tmp_path / "home")


def kill_points(base: Path, scratch: Path, *arguments: str) -> list[float | int]:
    """Moments in seconds (float) and ordinals of writes (int), drawn from a fixed seed."""
    rng = random.Random(20200101)
    held = writes(shutil.copytree(base, scratch / "counted"), *arguments)
    started = time.monotonic()
    whole = shutil.copytree(base, scratch / "timed")
    assert finish(start(whole, *arguments))[0] == 0
    seconds = time.monotonic() - started
    clock: list[float | int] = [rng.uniform(0.2, seconds) for _ in range(KILLS - KILLS // 2)]
    before: list[float | int] = list(range(1, held + 1))
    rng.shuffle(before)
    return clock + before[: KILLS // 2]


def kill(point: float | int, home: Path, *arguments: str) -> None:
    if isinstance(point, int):
        code, said = finish(start(home, *arguments, dying=point))
        assert code == -9, said
    else:
        assert kill_after(point, home, *arguments) in (-9, 0)


def test_an_ingest_killed_anywhere_can_be_run_again(old_home, dump, rows, totals, tmp_path):
    first = {name: rows[name] for name in OLD}
    for point in kill_points(old_home, tmp_path, "ingest", str(dump)):
        home = shutil.copytree(old_home, tmp_path / "home")
        kill(point, home, "ingest", str(dump))
        stays_usable(home)
        held = rows_by_file(home)
        assert first.items() <= held.items() <= rows.items(), point
        assert total(home) == totals[0], point
        result = hotline(home, "ingest", str(dump))
        assert result.exit_code == 0, (point, result.output)
        assert rows_by_file(home) == rows, point
        assert left_over(home) == [], point
        kept = sorted(p.name for p in (home / "data/raw").rglob("*.csv"))
        assert kept == sorted(rows), (point, "each file is kept once")
        shutil.rmtree(home)


def test_a_first_ingest_killed_anywhere_can_be_run_again(dump, rows, totals, tmp_path, monkeypatch):
    """From nothing: the caller key, the raw folder and its note are made in this run."""
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "config" / "caller.key"))
    points = kill_points(TINY, tmp_path, "ingest", str(dump))
    for point in [p for p in points if isinstance(p, int)]:
        shutil.rmtree(tmp_path / "config")
        home = shutil.copytree(TINY, tmp_path / "home")
        kill(point, home, "ingest", str(dump))
        stays_usable(home)
        result = hotline(home, "ingest", str(dump))
        assert result.exit_code == 0, (point, result.output)
        assert rows_by_file(home) == rows, point
        assert left_over(home) == [], point
        shutil.rmtree(home)


def test_a_build_killed_anywhere_leaves_the_old_tables_or_the_new(loaded_home, totals, tmp_path):
    for point in kill_points(loaded_home, tmp_path, "build"):
        home = shutil.copytree(loaded_home, tmp_path / "home")
        kill(point, home, "build")
        stays_usable(home)
        assert total(home) in totals, point
        result = hotline(home, "build")
        assert result.exit_code == 0, (point, result.output)
        assert total(home) == totals[1], point
        assert "与回执一致" in hotline(home, "status").output
        assert left_over(home) == [], point
        shutil.rmtree(home)


@pytest.mark.parametrize("kilobytes", [0, 16, 256])
@pytest.mark.parametrize("verb", ["ingest", "build"])
def test_files_that_cannot_grow_are_one_line_and_can_be_repeated(
    verb, kilobytes, old_home, loaded_home, dump, totals, tmp_path
):
    """A limit on the size of a file stops every writer, the engine's too, as a full disk does."""
    home = shutil.copytree(old_home if verb == "ingest" else loaded_home, tmp_path / "home")
    arguments = [verb, str(dump)] if verb == "ingest" else [verb]
    limit = kilobytes * 1024
    code, said = finish(
        start(
            home,
            *arguments,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        )
    )
    assert code in (0, 74), said
    assert "Traceback" not in said
    assert code == 0 or said.count("错误:") == 1
    if kilobytes < 64:
        assert code == 74, said
    stays_usable(home)
    assert total(home) in totals
    assert hotline(home, "ingest", str(dump)).exit_code == 0
    assert hotline(home, "build").exit_code == 0
    assert total(home) == totals[1]
    assert left_over(home) == []


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own with little space, where the user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(place)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("a small tmpfs can be mounted by root alone")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_one_line_and_can_be_repeated(small_disk, old_home, dump, totals):
    home = shutil.copytree(old_home, small_disk / "home")
    ballast = small_disk / "ballast"
    for free in (0, 100_000, 400_000, 1_500_000):
        ballast.unlink(missing_ok=True)
        ballast.write_bytes(bytes(max(0, shutil.disk_usage(small_disk).free - free)))
        for verb in (["ingest", str(dump)], ["build"]):
            code, said = finish(start(home, *verb))
            assert code in (0, 74), (free, said)
            assert "Traceback" not in said
            stays_usable(home)
            assert total(home) in totals
    ballast.unlink()
    assert hotline(home, "ingest", str(dump)).exit_code == 0
    assert hotline(home, "build").exit_code == 0
    assert total(home) == totals[1]


def test_an_unreadable_file_in_the_middle_does_not_stop_the_others(home, dump, rows, tmp_path):
    folder = shutil.copytree(dump, tmp_path / "sent")
    # Any read of it fails with EIO, also for root, as on a bad sector or a lost share.
    (folder / "03b.csv").symlink_to("/proc/self/mem")
    code, said = finish(start(home, "ingest", str(folder)))
    assert code == 3, said
    assert rows_by_file(home) == rows
    assert "未入库" in said and os.strerror(errno.EIO) in said


def test_a_file_that_vanishes_does_not_stop_the_others(home, dump, rows, tmp_path, monkeypatch):
    from pipeline.ingest import run

    folder = shutil.copytree(dump, tmp_path / "sent")
    (folder / "03b.csv").write_text("工单编号,来电时间\n", encoding="utf-8")
    read = run.read_content

    def vanish(path):
        if path.name == "03b.csv":
            path.unlink()
        return read(path)

    monkeypatch.setattr(run, "read_content", vanish)
    result = hotline(home, "ingest", str(folder))
    assert result.exit_code == 3, result.output
    assert rows_by_file(home) == rows
    assert "03b.csv" in result.output


def test_a_fault_of_ours_in_one_file_does_not_stop_the_others(
    home, dump, rows, tmp_path, monkeypatch
):
    from pipeline.ingest import run

    folder = shutil.copytree(dump, tmp_path / "sent")
    (folder / "03b.csv").write_text("工单编号,来电时间\nA1,2020-01-01\n", encoding="utf-8")
    opened = run.open_delivery

    def stumble(home, delivery, source, tmp):
        if delivery.name == "03b.csv":
            raise TypeError("李伟13812345678")
        return opened(home, delivery, source, tmp)

    monkeypatch.setattr(run, "open_delivery", stumble)
    result = hotline(home, "ingest", str(folder))
    assert result.exit_code == 3, result.output
    assert rows_by_file(home) == rows
    assert "03b.csv 未入库:程序出错(TypeError," in result.output and "李伟" not in result.output


def test_the_second_of_two_ingests_is_asked_to_wait(home, dump, rows):
    first = start(home, "ingest", str(dump))
    # The working folder is there only while the lock is held.
    while first.poll() is None and not Home(home).tmp.is_dir():
        time.sleep(0.005)
    second = start(home, "ingest", str(dump))
    code, said = finish(second)
    assert finish(first)[0] == 0
    # Where the second starts after the first has ended, it has nothing to do.
    assert code in (75, 0), said
    assert rows_by_file(home) == rows


@pytest.mark.parametrize("verb", [["ingest"], ["build"], ["run", YEAR]])
def test_while_another_run_holds_the_lock_a_writer_is_asked_to_wait(home, verb):
    with (Home(home).warehouse / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, said = finish(start(home, *verb))
        assert code == 75
        assert said.count("错误:") == 1
        assert hotline(home, "status").exit_code == 0


@pytest.mark.parametrize("read_only", [True, False])
def test_a_build_swaps_the_tables_under_an_open_reader(read_only, loaded_home, totals, tmp_path):
    home = shutil.copytree(loaded_home, tmp_path / "home")
    with duckdb.connect(str(Home(home).database), read_only=read_only) as con:
        if not read_only:
            con.execute("CREATE TABLE scratch AS SELECT 1 AS x")
        before = con.execute("SELECT count(*) FROM metric.figure").fetchall()
        code, said = finish(start(home, "build"))
        assert code == 0, said
        assert con.execute("SELECT count(*) FROM metric.figure").fetchall() == before
    assert total(home) == totals[1]
    stays_usable(home)


def test_a_log_left_by_a_killed_notebook_does_not_break_the_new_tables(
    loaded_home, totals, tmp_path
):
    """Whoever opens the file for writing and dies leaves a log that fits the old tables alone."""
    home = shutil.copytree(loaded_home, tmp_path / "home")
    script = (
        "import duckdb, os, signal\n"
        f"con = duckdb.connect({str(Home(home).database)!r})\n"
        "con.execute('CREATE TABLE scratch AS SELECT 1 AS x')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == -9
    log = Home(home).database.with_name("hotline.duckdb.wal")
    left = log.read_bytes()
    assert hotline(home, "build").exit_code == 0
    assert total(home) == totals[1]
    # A notebook that stayed open writes it anew beside tables that are current: built once more.
    log.write_bytes(left)
    assert hotline(home, "audit", YEAR).exit_code == 74
    assert hotline(home, "build").exit_code == 0
    assert total(home) == totals[1]
    assert left_over(home) == []


def test_a_note_that_could_not_be_written_whole_is_not_there(dump, rows, tmp_path, monkeypatch):
    home = shutil.copytree(TINY, tmp_path / "home")
    write_bytes = Path.write_bytes

    def torn(path, content):
        if "receipt.toml" in path.name:
            write_bytes(path, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write_bytes(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", torn)
        assert hotline(home, "ingest", str(dump)).exit_code == 74
    # Read back where the run looks through data/raw itself.
    assert hotline(home, "ingest").exit_code == 0
    result = hotline(home, "ingest", str(dump))
    assert result.exit_code == 0, result.output
    assert rows_by_file(home) == rows


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.mark.parametrize(
    "call",
    ["list(sheets.workbook_grids(source, out))", "encoding.transcode_halves(source, out, 9, 9)"],
)
def test_a_helper_ends_with_the_run_that_started_it(tmp_path, call):
    # A pipe without a writer: a helper that would wait for ever.
    source = tmp_path / "waits"
    os.mkfifo(source)
    code = (
        "import sys; from pathlib import Path;"
        "from pipeline.ingest.formats import encoding, sheets;"
        f"source, out = map(Path, sys.argv[1:]); {call}"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(source), str(tmp_path / "out")])
    limit = time.monotonic() + 60
    while not (found := _children(parent.pid)) and time.monotonic() < limit:
        time.sleep(0.05)
    time.sleep(1)  # so that the helper has begun to read
    parent.kill()
    parent.wait()
    for child in [Path(f"/proc/{pid}/cmdline") for pid in found]:
        while time.monotonic() < limit and child.exists() and child.read_bytes():
            time.sleep(0.05)
        assert not (child.exists() and child.read_bytes())

"""A signal is no fault of a file: the command ends with one line, and nothing is half-written."""

import os
import signal
import subprocess
import sys
import threading
import time

import duckdb
import pytest

from pipeline import demo, stopping
from pipeline.db import connect
from pipeline.document import write
from pipeline.errors import HotlineError
from pipeline.files import fresh_folder, whole_file
from tests.support.documents import document
from tests.support.dump_files import csv_text, give, row
from tests.support.processes import hotline, left_over, start

CODES = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
LINE = {
    130: "错误:已中断;已完成的都保留,再运行一次即可接着做\n",
    143: "错误:已中断(收到 SIGTERM);已完成的都保留,再运行一次即可接着做\n",
    129: "错误:已中断(终端已关闭);已完成的都保留,再运行一次即可接着做\n",
}


pytestmark = pytest.mark.usefixtures("hears_signals")


def send(number: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(("number", "code"), CODES)
def test_a_signal_raises_stopped_and_has_its_exit_code(number, code):
    before = signal.getsignal(number)
    with stopping.listening():
        with pytest.raises(stopping.Stopped):
            send(number)
        assert stopping.code() == code
    assert stopping.code() is None
    assert signal.getsignal(number) is before


def test_an_ignored_signal_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopping.listening():
            send(signal.SIGHUP)
            assert stopping.code() is None
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_running_query_is_interrupted_and_its_error_is_known_as_a_stop():
    with stopping.listening(), connect() as con:
        threading.Timer(0.2, send).start()
        started = time.monotonic()
        with pytest.raises(RuntimeError):
            con.execute("SELECT count(*) FROM range(20000000000) AS t (i) WHERE sin(i) > 2")
        assert time.monotonic() - started < 60
        with pytest.raises(stopping.Stopped):
            stopping.raise_if_stopped()


@pytest.mark.parametrize(
    ("number", "code", "fault"),
    [
        (signal.SIGINT, 130, RuntimeError("Query interrupted")),
        (signal.SIGTERM, 143, duckdb.InterruptException("INTERRUPT")),
        (signal.SIGINT, 130, OSError("read failed")),
        (signal.SIGINT, 130, None),
    ],
)
def test_ingest_stops_whatever_error_the_signal_became(home, monkeypatch, number, code, fault):
    for name in "abc":
        give(home, f"{name}.csv", csv_text([row(name)]))
    tried = []

    def interrupted(*args):
        tried.append(args)
        try:
            send(number)
        except stopping.Stopped:
            if fault is None:
                raise
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.ingest.run.load", interrupted)
        result = hotline(home.root, "ingest")
    assert (result.exit_code, result.stdout, result.stderr) == (code, "", LINE[code])
    assert len(tried) == 1
    assert not home.tmp.exists()
    assert left_over(home.root) == []
    # The lock is free, and the next run loads all of them.
    assert hotline(home.root, "ingest").exit_code == 0


def test_a_stop_that_a_library_swallowed_is_still_reported(home, monkeypatch):
    def swallowing(*_args, **_options):
        with pytest.raises(stopping.Stopped):
            send()

    monkeypatch.setattr("pipeline.warehouse.status", swallowing)
    result = hotline(home.root, "status")
    assert (result.exit_code, result.stderr) == (130, LINE[130])


def test_the_status_of_a_stopped_bulletin_says_so(home, monkeypatch):
    def stopped(*_args, **_options):
        send()
        yield

    monkeypatch.setattr("pipeline.bulletin.outcomes_of", stopped)
    monkeypatch.setattr("pipeline.bulletin.hook.call", lambda *_: pytest.fail("waits for a hook"))
    result = hotline(home.root, "bulletin", "2020-01")
    assert (result.exit_code, result.stderr) == (130, LINE[130])
    status = (home.reports / "bulletin_status.json").read_text("utf-8")
    assert '"exit_code": 130' in status
    assert '"message": "已中断"' in status


def test_a_file_and_a_folder_are_removed_when_their_writing_stops(tmp_path):
    kept, folder = tmp_path / "file", tmp_path / "folder"
    kept.write_text("old")
    folder.mkdir()
    (folder / "old").touch()
    with stopping.listening():
        with pytest.raises(stopping.Stopped), whole_file(kept) as beside:
            beside.write_text("new")
            send()
        stopping._state.received.clear()
        with pytest.raises(stopping.Stopped), fresh_folder(folder) as fresh:
            (fresh / "new").touch()
            send()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder", "old"]
    assert kept.read_text() == "old"


def test_files_that_belong_together_change_together(tmp_path):
    with stopping.listening():
        with pytest.raises(stopping.Stopped), stopping.held():
            send()
            (tmp_path / "second").touch()
        assert (tmp_path / "second").exists()


@pytest.mark.slow
def test_no_format_of_a_report_changes_before_all_are_made(tmp_path, monkeypatch):
    def stopped(*_):
        raise stopping.Stopped

    write(document(), tmp_path, formats=["html"])
    before = (tmp_path / "report.html").stat().st_mtime_ns
    monkeypatch.setattr("pipeline.document.xlsx.xlsx_bytes", stopped)
    with pytest.raises(stopping.Stopped):
        write(document(), tmp_path, formats=["html", "xlsx"])
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html").stat().st_mtime_ns == before


@pytest.mark.parametrize("seconds", [0.1, 0.3])
def test_a_command_that_is_still_loading_stops_without_a_traceback(tmp_path, seconds):
    process = start(tmp_path, "status")
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    if process.returncode != 130:  # before or after Python listens
        assert process.returncode in (-signal.SIGINT, 0)
        return
    assert (out, err) == ("", LINE[130])


def test_a_stopped_demo_goes_on_where_it_was_and_enters_no_other_folder(tmp_path, monkeypatch):
    years = []

    def stopped_once(home, year):
        years.append(year)
        if len(years) == 1:
            raise KeyboardInterrupt
        return 0

    monkeypatch.setattr(demo, "run", stopped_once)
    out = tmp_path / "demo"
    with pytest.raises(KeyboardInterrupt):
        demo.demo(out, is_opened=False)
    assert demo.demo(out, is_opened=False) == 0
    assert len(years) == 2
    (out / "data" / "reference" / "district.csv").write_text("district\n", encoding="utf-8")
    with pytest.raises(HotlineError, match="里已有文件"):
        demo.demo(out, is_opened=False)


# A command that ends with code 3 and a signal: from C code while what it held is freed, where no
# handler runs before the next line, or from Python code whose exceptions are swallowed.
ENDING = """
import ctypes, functools, os, sys
from pipeline import __main__, cli
class Freed: __del__ = functools.partial(ctypes.CDLL(None).kill, os.getpid(), {number})
class Swallowed:
    def __del__(self): os.kill(os.getpid(), {number})
def command():
    held = {kind}()
    sys.exit(3)
cli.main = command
__main__.main()
"""


@pytest.mark.parametrize("kind", ["Freed", "Swallowed"])
@pytest.mark.parametrize(("number", "code"), CODES)
def test_a_signal_while_the_command_is_freed_is_one_line(number, code, kind):
    ran = subprocess.run(
        [sys.executable, "-B", "-c", ENDING.format(number=int(number), kind=kind)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert ran.returncode == code
    assert ran.stderr == LINE[code]

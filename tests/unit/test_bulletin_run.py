"""What a run of bulletins reports: exit code, status file, one line, the hook."""

import fcntl
import json
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline import bulletin as front
from pipeline.bulletin import run, status
from pipeline.bulletin.status import FAILED, ISSUED, UNCHANGED, Outcome
from pipeline.cli import main
from pipeline.errors import HotlineError
from pipeline.home import Home

GOOD = Outcome(ISSUED, 0, "出好了", "month", "2031-05", 1, "data/reports/2031-05")
SAME = Outcome(UNCHANGED, 0, "没有新的内容", "month", "2031-04", 1, "data/reports/2031-04")
BAD = Outcome(FAILED, 65, "没有数据", "month", "2031-06")


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def becomes(monkeypatch):
    """Let the periods of a run become these, an exception raised in its turn."""

    def plan(*outcomes):
        def outcomes_of(*_):
            for outcome in outcomes:
                if isinstance(outcome, Exception):
                    raise outcome
                yield outcome

        monkeypatch.setattr(front, "outcomes_of", outcomes_of)

    return plan


def hotline(home: Home, *arguments: str):
    return CliRunner().invoke(main, ["--home", str(home.root), "bulletin", *arguments])


def written_status(home: Home) -> dict:
    return json.loads((home.reports / "bulletin_status.json").read_text("utf-8"))


def use_hook(home: Home, script: str, seconds: int = 20) -> None:
    """Let a Python script be the hook; it finds the folder of the home as its own."""
    home.root.mkdir(exist_ok=True)
    (home.root / "hook.py").write_text(script)
    (home.root / "hotline.toml").write_text(
        f"bulletin_hook = \"'{sys.executable}' hook.py\"\nbulletin_hook_seconds = {seconds}\n"
    )


NOTES = (
    "import os; open('called', 'a').write('|'.join("
    "os.environ['HOTLINE_' + n] for n in 'RESULT EXIT PERIOD PERIOD_TYPE EDITION FOLDER MESSAGE'"
    ".split()) + '\\n')"
)


def called(home: Home) -> list[list[str]]:
    return [line.split("|") for line in (home.root / "called").read_text().splitlines()]


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [([GOOD], 0), ([SAME], 0), ([BAD], 65), ([GOOD, BAD], 3), ([BAD, BAD], 65), ([], 0)],
)
def test_the_exit_code_is_that_of_the_only_fault(outcomes, code):
    assert run.exit_code(outcomes) == code


def test_success_and_failure_are_written_and_the_last_success_stays(home, becomes):
    becomes(GOOD, SAME)
    assert hotline(home, "--all", "2031").exit_code == 0
    first = written_status(home)
    assert (first["asked"], first["exit_code"]) == ("--all 2031", 0)
    assert [p["result"] for p in first["periods"]] == ["issued", "unchanged"]
    assert first["periods"][0]["folder"] == "data/reports/2031-05"
    becomes(BAD)
    result = hotline(home, "--latest", "--period", "assessment")
    assert result.exit_code == 65
    second = written_status(home)
    assert (second["asked"], second["exit_code"]) == ("--latest --period assessment", 65)
    assert second["periods"][0]["message"] == "没有数据"
    assert second["last_success"] == {name: first[name] for name in ("at", "asked", "periods")}
    assert [p.name for p in home.reports.iterdir()] == ["bulletin_status.json"]


def test_each_outcome_is_one_line(home, becomes):
    becomes(GOOD, BAD)
    result = hotline(home, "--all", "2031")
    assert (result.stdout, result.stderr) == ("月报:出好了\n", "错误:没有数据\n")


def test_a_status_that_cannot_be_read_is_written_anew(home, becomes):
    home.reports.mkdir(parents=True)
    (home.reports / status.FILE).write_text("[1")
    becomes(BAD)
    assert hotline(home, "2031-06").exit_code == 65
    assert written_status(home)["last_success"] is None


def test_a_fault_of_the_program_reaches_the_status_and_the_hook_and_is_raised(home, becomes):
    use_hook(home, NOTES)
    becomes(GOOD, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        CliRunner().invoke(
            main, ["--home", str(home.root), "bulletin", "--latest"], catch_exceptions=False
        )
    assert written_status(home)["exit_code"] == 3
    assert written_status(home)["periods"][1]["message"] == "程序出错:ZeroDivisionError"
    assert [line[0] for line in called(home)] == ["issued", "failed"]


def test_the_hook_gets_success_and_failure(home, becomes):
    use_hook(home, NOTES)
    becomes(GOOD, BAD)
    assert hotline(home, "--all", "2031").exit_code == 3
    folder = str(home.root / "data/reports/2031-05")
    assert called(home) == [
        ["issued", "0", "2031-05", "month", "1", folder, "出好了"],
        ["failed", "65", "2031-06", "month", "", "", "没有数据"],
    ]


def test_the_hook_may_take_the_lock_and_read_the_status(home, becomes):
    use_hook(
        home,
        "import fcntl, json\n"
        "fcntl.flock(open('data/warehouse/.lock', 'w'), fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
        "json.load(open('data/reports/bulletin_status.json'))\n"
        "open('called', 'w').write('ok')\n",
    )
    becomes(GOOD)
    assert hotline(home, "--latest").exit_code == 0
    assert (home.root / "called").read_text() == "ok"


@pytest.mark.parametrize(
    ("script", "words"),
    [("import sys; sys.exit('坏了')", "退出码 1:坏了"), ("import sys; sys.exit(7)", "退出码 7")],
)
def test_a_hook_that_fails_spoils_nothing(home, becomes, script, words):
    use_hook(home, script)
    becomes(GOOD)
    result = hotline(home, "--latest")
    assert (result.exit_code, written_status(home)["exit_code"]) == (0, 0)
    assert f"提醒:bulletin_hook 没有办成({words})" in result.output


def test_a_hook_that_hangs_is_ended_with_all_it_started(home, becomes):
    use_hook(
        home,
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open('child', 'w').write(str(child.pid))\n"
        "time.sleep(600)\n",
        seconds=5,
    )
    becomes(GOOD)
    result = hotline(home, "--latest")
    assert result.exit_code == 0 and "5 秒未结束,已中止" in result.output
    state = Path("/proc") / (home.root / "child").read_text() / "stat"
    limit = time.monotonic() + 60
    while (lives := _lives(state)) and time.monotonic() < limit:
        time.sleep(0.05)
    assert not lives


def _lives(state: Path) -> bool:
    """Return whether the process of /proc/<pid>/stat runs; one that waits to be reaped does not."""
    try:
        return state.read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("command", ["/no/such/program", "'unclosed"])
def test_a_hook_that_cannot_be_started_spoils_nothing(home, becomes, command):
    home.root.mkdir()
    (home.root / "hotline.toml").write_text(f'bulletin_hook = "{command}"\n')
    becomes(GOOD)
    result = hotline(home, "--latest")
    assert result.exit_code == 0 and "bulletin_hook 没有办成" in result.output
    assert "Traceback" not in result.output


def test_while_another_run_holds_the_lock_the_hook_runs_and_the_status_is_its_own(home):
    use_hook(home, NOTES)
    home.warehouse.mkdir(parents=True)
    with (home.warehouse / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = hotline(home, "--latest")
    assert result.exit_code == 75 and result.output.count("错误:") == 1
    assert called(home)[0][:2] == ["failed", "75"]
    assert not (home.reports / status.FILE).exists()


def test_a_status_that_cannot_be_written_is_a_fault_of_the_disk(home, becomes):
    becomes(GOOD)
    home.reports.parent.mkdir(parents=True)
    home.reports.write_text("a file where a folder should be")
    result = hotline(home, "--latest")
    assert result.exit_code == 74 and result.stderr.count("错误:") == 1
    assert "bulletin_status.json" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [[], ["2031-05", "--latest"], ["--latest", "--all", "2031"], ["--period", "quarter"]],
)
def test_exactly_one_thing_is_asked_for(home, arguments):
    result = hotline(home, *arguments)
    assert result.exit_code == 2 and "只能给一样" in result.output


def test_a_fault_of_the_engine_that_is_no_disk_fault_is_not_swallowed():
    with pytest.raises(KeyError):
        run._failed(KeyError("x"))
    assert run._failed(HotlineError("x", 65)).exit_code == 65
    assert run._failed(OSError(28, "No space left on device")).exit_code == 74

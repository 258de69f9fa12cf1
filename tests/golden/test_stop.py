"""Every command is stopped by a signal at moments of its run, in a process group of its own.

As at a terminal, the signal reaches helper processes too. HOTLINE_STOPS sets how many moments are
tried for each command (default 3); the seed is fixed.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from pipeline import stopping
from tests.support.processes import hotline, left_over, start
from tests.support.tiny import YEAR

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("hears_signals")]

STOPS = int(os.environ.get("HOTLINE_STOPS", "3"))
# A command, what is removed so that it has something to do, and the processor seconds it takes.
COMMANDS = {
    "ingest": (["ingest"], ["warehouse"], 15),
    "build": (["build"], ["warehouse/hotline.duckdb", "warehouse/build.lock.toml"], 5),
    "report": (["report", YEAR], ["reports"], 6),
    "bulletin": (["bulletin", f"{YEAR}-11"], ["reports", "warehouse/model"], 8),
    "words": (["bulletin", "--all", YEAR], ["reports", "warehouse/model"], 12),
    "simulate": (["simulate", YEAR], ["raw"], 4),
    "audit": (["audit", YEAR], [], 2),
    "conflicts": (["audit", "--conflicts", "data/published"], [], 3),
    "proofread": (["audit", YEAR, "--draft", f"data/reports/{YEAR}/report.docx"], [], 5),
    "explain": (["explain", "tiny-5-dispatched-again"], [], 2),
    "status": (["status"], [], 1),
    "run": (["run", YEAR], ["raw", "warehouse", "reports"], 30),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_signal_ends_command_and_helpers_in_one_line(name, city, tmp_path):
    arguments, removed, seconds = COMMANDS[name]
    rng = random.Random(20200101)
    for place in range(STOPS):
        number = stopping.SIGNALS[place % 3]
        home = tmp_path / "home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(city, home)
        for one in removed:
            path = home / "data" / one
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        process = start(home, *arguments, start_new_session=True, cwd=home)
        wait_until_listening(process)
        time.sleep(rng.uniform(0, seconds))
        os.killpg(process.pid, number)
        _, err = process.communicate(timeout=60)
        finished = 1 if name == "conflicts" else 0  # it finds some
        assert process.returncode in (finished, 128 + number), err
        if process.returncode != finished:  # it was not faster
            assert err.startswith("错误:已中断")
            assert err.count("\n") == 1
        assert running(process.pid) == []
        assert left_over(home) == []
        assert not (home / "data/warehouse/.tmp").exists()
        # What the next run starts with works: without raw files there is nothing to load.
        again = ["simulate", YEAR] if "raw" in removed else ["ingest"]
        assert hotline(home, *again).exit_code == 0


def wait_until_listening(process: subprocess.Popen) -> None:
    """Wait until the command handles SIGTERM: before that Python itself is still starting."""
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        caught = re.search(r"SigCgt:\s*(\w+)", status.read_text())
        if caught and int(caught[1], 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.01)


def running(group: int) -> list[str]:
    """Return the processes of a group; a helper may take a moment to notice that it is alone."""
    for _ in range(20):
        found = subprocess.run(
            ["ps", "-A", "-o", "pgid=,stat=,args="], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        left = [
            line
            for line in found
            if line.split()[0] == str(group) and not line.split()[1].startswith("Z")
        ]
        if not left:
            break
        time.sleep(0.1)
    return left


def test_a_report_is_the_old_or_the_new_one_whole(city, tmp_path):
    """The old files are marked; a stopped report has replaced all of them or none."""
    seen = set()
    for place in range(max(STOPS, 3)):
        home = tmp_path / "home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(city, home)
        files = [path for path in (home / f"data/reports/{YEAR}").iterdir() if path.is_file()]
        for path in files:
            path.write_text("old")
        process = start(home, "report", YEAR)
        wait_until_listening(process)
        time.sleep(1 + 1.5 * place)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        states = {is_old(path) for path in files}
        assert len(states) == 1
        seen |= states
    assert seen


def is_old(path: Path) -> bool:
    return path.read_bytes() == b"old"

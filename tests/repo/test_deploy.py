"""The scheduled job: systemd takes the units, the cron line is one, and what they call exists."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
PROGRAM = "/opt/hotline/.venv/bin/hotline"


def test_systemd_verifies_the_units(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed here")
    # The program must exist where the unit says.
    program = tmp_path / "hotline"
    program.touch(0o755)
    for name in ("hotline-bulletin.service", "hotline-bulletin.timer"):
        text = (DEPLOY / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(PROGRAM, str(program)), encoding="utf-8")
    units = [str(tmp_path / f"hotline-bulletin.{kind}") for kind in ("service", "timer")]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_verbs_that_are_scheduled_exist():
    from pipeline.cli import main

    service = (DEPLOY / "hotline-bulletin.service").read_text(encoding="utf-8")
    cron = (DEPLOY / "hotline-bulletin.cron").read_text(encoding="utf-8")
    for text in (service, cron):
        calls = re.findall(rf"{PROGRAM} (\w+)((?: --\w+(?: \w+)?)*)", text)
        assert [verb for verb, _ in calls][:3] == ["ingest", "build", "bulletin"]
        for verb, options in calls:
            main.commands[verb].make_context(verb, options.split())


def test_the_cron_line_is_a_time_a_user_and_a_command():
    lines = (DEPLOY / "hotline-bulletin.cron").read_text(encoding="utf-8").splitlines()
    jobs = [line for line in lines if not re.match(r"#|\w+=", line)]
    assert len(jobs) == 1
    assert re.fullmatch(r"30 6 \* \* \* hotline \S.*", jobs[0])
    assert "%" not in jobs[0], "cron ends a line there"
    # The shell opens the log before the first run has made any folder of the home.
    (home,) = [line.split("=")[1] for line in lines if line.startswith("HOTLINE_HOME=")]
    (log,) = re.findall(r">> (\S+)", jobs[0])
    assert Path(log).parent == Path(home)


def test_what_a_unit_may_write_is_where_its_home_is():
    text = (DEPLOY / "hotline-bulletin.service").read_text(encoding="utf-8")
    (home,) = re.findall(r"^Environment=HOTLINE_HOME=(\S+)$", text, re.M)
    assert f"ReadWritePaths={home}\n" in text

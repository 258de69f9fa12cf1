"""Who may read what a home holds, and what a key must be like."""

import os
import stat
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pipeline.access import private
from pipeline.cli import main
from pipeline.errors import HotlineError
from pipeline.home import Home
from pipeline.ingest.staging.caller_key import read_key
from pipeline.lock import exclusive
from pipeline.settings import load as load_settings

GOOD = "9f3a61c07be25d84a1c0f9e7365b2d48"


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def open_home(tmp_path) -> Home:
    """A home whose files came in ways that left them open to everybody."""
    home = Home(tmp_path / "home")
    for folder in (home.raw / "some_city" / "2024-06-01", home.texts, home.letters, home.records):
        folder.mkdir(parents=True)
        (folder / "file").write_text("x")
        (folder / "file").chmod(0o666)
    for path in (home.root / "data").rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    return home


def all_modes(home: Home) -> set[tuple[bool, int]]:
    folders = [f for f in (home.raw, home.warehouse, home.reports) if f.exists()]
    paths = [*folders, *(path for folder in folders for path in folder.rglob("*"))]
    return {(path.is_dir(), mode(path)) for path in paths if path.name not in (".lock", ".tmp")}


def test_every_verb_closes_what_is_in_the_home(open_home):
    result = CliRunner().invoke(main, ["--home", str(open_home.root), "status"])
    assert result.exit_code in (0, 65)
    assert all_modes(open_home) == {(True, 0o700), (False, 0o600)}


def test_a_command_that_fails_closes_it_too(open_home):
    result = CliRunner().invoke(main, ["--home", str(open_home.root), "explain", "none"])
    assert result.exit_code != 0
    assert all_modes(open_home) == {(True, 0o700), (False, 0o600)}


def test_what_a_command_makes_is_closed_from_the_start(open_home):
    former = os.umask(0o022)
    try:
        with private(open_home):
            (open_home.reports / "new").mkdir()
            (open_home.reports / "new" / "report.pdf").write_text("x")
            assert mode(open_home.reports / "new") == 0o700
            assert mode(open_home.reports / "new" / "report.pdf") == 0o600
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(former)


def test_a_group_may_read_and_not_write(open_home, monkeypatch):
    import grp

    name = grp.getgrgid(os.getegid()).gr_name
    monkeypatch.setenv("HOTLINE_GROUP", name)
    with private(open_home), exclusive(open_home):
        assert mode(open_home.warehouse / ".lock") == 0o600
        assert mode(open_home.tmp) & 0o777 == 0o700
    assert all_modes(open_home) == {(True, 0o2750), (False, 0o640)}
    assert mode(open_home.warehouse / ".lock") == 0o600


def test_a_group_that_does_not_exist_is_reported(open_home, monkeypatch):
    monkeypatch.setenv("HOTLINE_GROUP", "no-such-group-here")
    result = CliRunner().invoke(main, ["--home", str(open_home.root), "status"])
    assert (result.exit_code, result.stderr) == (
        2, "错误:设置 group:没有名为 no-such-group-here 的用户组;请改正或删去\n",
    )  # fmt: skip


def test_a_file_with_a_second_name_outside_keeps_its_mode(open_home, tmp_path):
    mine = tmp_path / "mine.csv"
    mine.write_text("x")
    mine.chmod(0o444)
    os.link(mine, open_home.raw / "linked.csv")
    with private(open_home):
        pass
    assert mode(mine) == 0o444
    assert mode(open_home.raw) == 0o700


def test_the_lock_of_a_former_version_is_closed(open_home):
    lock = open_home.warehouse / ".lock"
    lock.touch(mode=0o644)
    with exclusive(open_home):
        assert mode(lock) == 0o600


@pytest.mark.parametrize(
    "weak",
    [
        "0" * 32,
        "0123456789abcdef" * 2,
        "abcdefghijklmnopqrstuvwxyz012345",
        "ab" * 20,
        "00000000000000000000000000000001",
        "passwordpasswordpasswordpassword",
    ],
)
def test_a_weak_key_is_refused_in_one_line(tmp_path, weak):
    path = tmp_path / "key"
    path.write_text(weak)
    path.chmod(0o600)
    with pytest.raises(HotlineError, match=r"太弱.*请恢复备份") as fault:
        read_key(path)
    assert "\n" not in str(fault.value) and weak not in str(fault.value)


@pytest.mark.parametrize("open_mode", [0o644, 0o666, 0o604, 0o620])
def test_a_key_open_to_others_is_refused(tmp_path, open_mode):
    path = tmp_path / "key"
    path.write_text(GOOD)
    path.chmod(open_mode)
    with pytest.raises(HotlineError, match="chmod 600"):
        read_key(path)
    path.chmod(0o600)
    assert read_key(path) == GOOD


def test_the_keys_that_the_program_makes_are_good(tmp_path):
    for number in range(200):
        path = tmp_path / f"key{number}"
        assert len(read_key(path)) == 32
        assert mode(path) == 0o600


def test_a_tilde_in_the_place_of_the_key_is_the_users_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("HOTLINE_KEY_FILE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    (tmp_path / "hotline.toml").write_text('key_file = "~/k/caller.key"\n')
    assert load_settings(tmp_path).key_file == tmp_path / "user" / "k" / "caller.key"


def test_a_key_at_a_place_that_depends_on_the_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.delenv("HOTLINE_KEY_FILE", raising=False)
    (tmp_path / "hotline.toml").write_text('key_file = "k/caller.key"\n')
    with pytest.raises(HotlineError, match=r"key_file.*完整的路径"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    "name",
    ["data/warehouse/hotline.duckdb", "data/warehouse/new.json", "hotline.toml", "data/raw/a.csv"],
)
def test_json_never_replaces_a_file_of_the_home(tmp_path, name):
    target = tmp_path / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if not name.endswith("new.json"):
        target.write_text("")
    for arguments in (["audit", "2033", "--json"], ["explain", "some-claim", "--json"]):
        result = CliRunner().invoke(main, ["--home", str(tmp_path), *arguments, str(target)])
        assert result.exit_code == 2
        assert "本系统自己的文件" in result.stderr and result.stderr.count("\n") == 1
    assert not target.exists() or target.read_text() == ""


def test_json_never_replaces_a_file_of_another_form_also_behind_a_link(tmp_path):
    mine = tmp_path / "letter.txt"
    mine.write_text("mine")
    link = tmp_path / "out.json"
    link.symlink_to(mine)
    for target in (mine, link):
        arguments = ["--home", str(tmp_path), "audit", "2033", "--json", str(target)]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 2 and "不是 JSON 文件" in result.stderr
    assert mine.read_text() == "mine" and link.is_symlink()


def test_a_verb_leaves_nothing_open_whatever_the_callers_umask(tmp_path):
    """As a scheduled job runs it: a process of its own with the usual umask."""
    folder = tmp_path / "data" / "raw" / "beijing_city" / "2024-06-01"
    folder.mkdir(parents=True)
    (folder / "dump.csv").write_text("x\n")
    command = f"umask 022; {sys.executable} -m pipeline --home {tmp_path} --quiet ingest;"
    subprocess.run(["sh", "-c", command], check=False, capture_output=True)
    assert all_modes(Home(tmp_path)) == {(True, 0o700), (False, 0o600)}

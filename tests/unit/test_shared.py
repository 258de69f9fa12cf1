"""Homes, settings, the lock and the error line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.errors import BUSY, NO_DATA, USAGE, HotlineError
from pipeline.home import REPOSITORY, Home
from pipeline.lock import exclusive
from pipeline.settings import load


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_reference_of_a_home_replaces_only_the_file_of_the_same_name(tmp_path):
    own = write(tmp_path / "data/reference/district.csv", "district\n")
    files = Home(tmp_path).reference_files()
    assert files["district"] == own
    assert files["office"] == REPOSITORY / "data/reference/office.csv"


def test_a_home_with_a_ledger_of_its_own_inherits_none(tmp_path):
    assert "d003" in Home(tmp_path).published_files()
    own = write(tmp_path / "data/published/other.csv", "claim\n")
    assert Home(tmp_path).published_files() == {"other": own}


def test_settings_come_from_the_home_and_the_environment_wins(tmp_path, monkeypatch):
    write(tmp_path / "hotline.toml", 'memory_limit = "5GB"\nthreads = 7\n')
    monkeypatch.setenv("HOTLINE_THREADS", "3")
    found = load(tmp_path)
    assert (found.memory_limit, found.threads) == ("5GB", 3)


@pytest.mark.parametrize("text", ['memory_limit = "lots"\n', "threads = 0\n", "colour = 1\n"])
def test_a_wrong_setting_is_one_line_that_names_it(tmp_path, text, monkeypatch):
    monkeypatch.delenv("HOTLINE_THREADS", raising=False)
    write(tmp_path / "hotline.toml", text)
    with pytest.raises(HotlineError) as caught:
        load(tmp_path)
    assert caught.value.code == USAGE
    assert text.split(" =")[0] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_second_run_finds_the_lock_taken(tmp_path):
    script = (
        "import sys; from pathlib import Path; from pipeline.home import Home\n"
        "from pipeline.lock import exclusive\n"
        "with exclusive(Home(Path(sys.argv[1]))):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY,
    )  # fmt: skip
    try:
        assert other.stdout is not None and other.stdout.readline().strip() == "held"
        with pytest.raises(HotlineError) as caught, exclusive(Home(tmp_path)):
            pass
        assert caught.value.code == BUSY
    finally:
        other.communicate(input="")
    with exclusive(Home(tmp_path)):  # released with the process that held it
        assert Home(tmp_path).tmp.is_dir()


def test_the_lock_sweeps_what_a_killed_run_left(tmp_path):
    left = write(tmp_path / "data/warehouse/.tmp/half.parquet", "x")
    with exclusive(Home(tmp_path)):
        assert not left.exists()
        assert Home(tmp_path).tmp.stat().st_mode & 0o777 == 0o700
    assert not Home(tmp_path).tmp.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_an_io_error(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(HotlineError) as caught, exclusive(Home(tmp_path)):
        pass
    assert caught.value.code == 74


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["audit", "2020"], NO_DATA),
        (["report", "2020"], NO_DATA),
        (["run", "1999"], NO_DATA),
        (["run", "year"], USAGE),
        (["ingest", "no-such-file.csv"], NO_DATA),
        (["biuld"], USAGE),
    ],
)
def test_a_fault_is_one_line_and_its_exit_code(tmp_path, arguments, code):
    result = CliRunner().invoke(main, ["--home", str(tmp_path), *arguments])
    assert result.exit_code == code
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.stderr.startswith("错误:")
    assert result.stderr.count("\n") == 1


def test_a_settings_file_that_is_no_toml_is_one_line(tmp_path):
    write(tmp_path / "hotline.toml", "threads = = 2\n")
    with pytest.raises(HotlineError) as caught:
        load(tmp_path)
    assert caught.value.code == USAGE


def test_a_scale_that_is_no_number_is_refused(tmp_path):
    result = CliRunner().invoke(main, ["--home", str(tmp_path), "simulate", "2020", "--scale=nan"])
    assert result.exit_code == USAGE

"""A wheel has all that a checkout has beside the code, and works outside the repository."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline.home import REPOSITORY

pytestmark = pytest.mark.slow

SUFFIXES = {".toml", ".typ", ".html", ".css", ".js", ".csv", ".sql"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Build the wheel from a copy of the tracked files; return its path."""
    source = tmp_path_factory.mktemp("source")
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, names):
        if (REPOSITORY / name).is_file():
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((REPOSITORY / name).read_bytes())
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-index", "--wheel-dir", str(out), "."],
        cwd=source, check=True, capture_output=True,
    )  # fmt: skip
    return next(out.glob("*.whl"))


def test_the_wheel_holds_every_file_that_the_code_reads(wheel):
    held = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(
        [*held, "pipeline", "sql", "data"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    wanted = {
        name if name.startswith("pipeline/") else f"pipeline/shipped/{name}"
        for name in names
        if Path(name).suffix in SUFFIXES and (REPOSITORY / name).is_file()
    }
    with zipfile.ZipFile(wheel) as archive:
        assert wanted - set(archive.namelist()) == set()
    assert len(wanted) > 250


def test_the_wheel_works_outside_the_repository(wheel, tmp_path):
    """Unpacked alone on the path, in a folder that is no checkout: a year without records simulates
    nothing that needs the repository, and the contradictions of the shipped ledger are readable."""
    place = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    empty = tmp_path / "elsewhere"
    empty.mkdir()

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(place)}
        environment.pop("HOTLINE_HOME", None)
        code = "import sys; from pipeline.cli import main; sys.argv[0] = 'hotline'; main()"
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=empty, env=environment, capture_output=True, text=True,
        )  # fmt: skip

    where = subprocess.run(
        [sys.executable, "-c", "import pipeline.home as h; print(h.REPOSITORY, h.default_root())"],
        cwd=empty, env={**os.environ, "PYTHONPATH": str(place)}, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    assert where == [str(place / "pipeline/shipped"), str(empty)]
    made = call("run", "2018")
    assert made.returncode == 0, made.stderr
    assert (empty / "data/reports/2018/report.pdf").stat().st_size > 10_000

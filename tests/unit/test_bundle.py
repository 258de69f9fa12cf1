"""The offline bundle installs and works where no package index can be reached."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow
# Port 9 discards: what asks an index or a proxy there fails at once.
NOWHERE = "http://127.0.0.1:9"
NO_NETWORK = {
    "PIP_NO_INDEX": "1",
    "PIP_INDEX_URL": f"{NOWHERE}/simple",
    **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE),
}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> Path:
    """Make the bundle, unpack it; return its folder."""
    out = tmp_path_factory.mktemp("dist")
    made = subprocess.run(
        [sys.executable, "deploy/bundle/make.py", "--out", str(out)],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    if made.returncode and ("No matching distribution" in made.stderr or "onnect" in made.stderr):
        pytest.skip("no package index can be reached to make the bundle from")
    assert made.returncode == 0, made.stderr
    (packed,) = out.iterdir()
    assert packed.name.startswith("hotline-") and packed.name.endswith(".tar.gz")
    with tarfile.open(packed) as archive:
        archive.extractall(out, filter="data")
    packed.unlink()
    (folder,) = out.iterdir()
    return folder


@pytest.fixture(scope="module")
def installed(bundle, tmp_path_factory) -> Path:
    """Install the bundle with the index switched off; return the environment's folder."""
    target = tmp_path_factory.mktemp("opt") / "venv"
    done = _install(bundle, target)
    assert done.returncode == 0, done.stderr
    assert f"已安装:{target}/bin/hotline" in done.stdout
    return target


def test_it_installs_the_run_lock_and_nothing_else(bundle, installed):
    listed = _run([installed / "bin/python", "-m", "pip", "list", "--format", "freeze"]).stdout
    found = {line.split("==")[0].lower().replace("_", "-") for line in listed.splitlines()}
    lock = (bundle / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pinned = {line.split("==")[0] for line in lock if "==" in line and line[0] != " "}
    assert found - {"pip", "setuptools"} == pinned | {"hotline"}


def test_the_demo_runs_from_it(installed, tmp_path):
    done = _run([installed / "bin/hotline", "demo", "--no-open", "--out", tmp_path / "city"])
    # 65: one published figure is wrong on purpose, and the audit finds it.
    assert "复现 35,矛盾 1" in done.stdout, done.stderr
    (report,) = (tmp_path / "city/data/reports").glob("*/report.html")
    assert report.stat().st_size > 100_000


def test_a_damaged_file_is_named(bundle, tmp_path):
    readme = bundle / "README.txt"
    whole = readme.read_bytes()
    readme.write_bytes(whole[:-1])
    done = _install(bundle, tmp_path / "venv")
    readme.write_bytes(whole)
    assert done.returncode == 65
    assert "README.txt" in done.stdout + done.stderr
    assert "安装包不完整或已损坏" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_a_folder_with_other_files_is_left_alone(bundle, tmp_path):
    (tmp_path / "note").touch()
    done = _install(bundle, tmp_path)
    assert (done.returncode, [path.name for path in tmp_path.iterdir()]) == (2, ["note"])


def _install(bundle: Path, target: Path) -> subprocess.CompletedProcess[str]:
    return _run(["sh", bundle / "install.sh", target], PYTHON=sys.executable)


def _run(command: list[str | Path], **more: str) -> subprocess.CompletedProcess[str]:
    """Run it in an empty place, with neither an index nor the checkout."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "HOTLINE_"))}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        [str(word) for word in command],
        cwd="/", env={**environment, **NO_NETWORK, **more}, capture_output=True, text=True,
    )  # fmt: skip

"""What is imported is declared, and what is declared is locked: for running and for development."""

import ast
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.support import licences

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUN = {Requirement(line).name for line in PROJECT["dependencies"]}
DEVELOPMENT = {Requirement(line).name for line in PROJECT["optional-dependencies"]["dev"]}
# Used without an import: fonts, and commands or plugins of pytest, git and make.
WITHOUT_IMPORT = {
    "mplfonts", "ipykernel", "mypy", "nbmake", "nbstripout", "pip-tools", "pytest-xdist", "ruff",
    "setuptools",
}  # fmt: skip


def test_every_import_of_the_package_is_declared():
    imported = _distributions(ROOT / "pipeline")
    assert imported - RUN == set()
    assert RUN - imported - WITHOUT_IMPORT == set()


def test_every_import_of_the_tests_is_declared():
    imported = _distributions(ROOT / "tests") | _distributions(ROOT / "setup.py")
    assert imported - RUN - DEVELOPMENT == set()
    assert DEVELOPMENT - imported - WITHOUT_IMPORT == set()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_every_version_and_names_no_index(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    pins = [line.removesuffix(" \\") for line in lines]
    assert len(pins) > 30
    assert [line for line in pins if not re.fullmatch(r"[a-z0-9._-]+==[\w.]+", line)] == []
    assert "//" not in text


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_locks_hold_what_the_package_needs_and_no_more(python):
    """Followed by the requirements that the installed distributions state themselves.

    The locks are made with the oldest Python, which needs more: never less.
    """
    run, both = set(_pins("requirements.lock")), set(_pins("requirements-dev.lock"))
    assert _closure(RUN, python) <= run
    # pip itself is pinned in no lock.
    assert _closure(RUN | DEVELOPMENT, python) - {"pip"} <= both
    if python == "3.11":
        assert run == _closure(RUN, python)
        assert both == _closure(RUN | DEVELOPMENT, python) - {"pip"}


def test_the_development_lock_holds_the_versions_of_the_run_lock():
    assert _pins("requirements.lock").items() <= _pins("requirements-dev.lock").items()


def test_declared_versions_admit_the_locked_ones():
    lines = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    pins = _pins("requirements-dev.lock")
    wrong = [line for line in lines if not Requirement(line).specifier.contains(_pin(pins, line))]
    assert wrong == []


def test_the_classifiers_are_the_versions_that_fit():
    named = [line.rpartition(":: ")[2] for line in PROJECT["classifiers"] if ":: 3." in line]
    allowed = Requirement(f"python{PROJECT['requires-python']}").specifier
    assert named == [f"3.{minor}" for minor in range(30) if allowed.contains(f"3.{minor}")]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [name for name in named if f"python{name} " not in makefile] == []


def _distributions(place: Path) -> set[str]:
    """Return the declared names of what the files import, wherever in a file the import is."""
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    modules = {
        name.partition(".")[0]
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _imported(node)
    }
    own = {"pipeline", *(path.stem for path in (ROOT / "tests").rglob("*.py")), "tests"}
    known = importlib.metadata.packages_distributions()
    third = modules - sys.stdlib_module_names - own
    return {_canonical(known[name][0]) if name in known else name for name in third}


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module] if node.module and not node.level else []
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def _closure(names: set[str], python: str) -> set[str]:
    """Return the distributions that these need under a version of Python, themselves included."""
    seen: set[tuple[str, str]] = set()
    waiting = [(name, "") for name in sorted(names)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        here = {"extra": extra, "python_version": python, "python_full_version": f"{python}.0"}
        for line in importlib.metadata.requires(name) or []:
            need = Requirement(line)
            if need.marker is None or need.marker.evaluate(here):
                waiting += [(_canonical(need.name), more) for more in ("", *need.extras)]
    return {name for name, _ in seen}


def _pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pins = [line.removesuffix(" \\") for line in lines if "==" in line and line[0] != " "]
    return dict(pin.split("==") for pin in pins)


def test_every_pin_of_the_run_lock_has_hashes_and_is_installed_with_them():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
    assert len(pins) == len(_pins("requirements.lock"))
    bare = [pin for pin in pins if not re.search(r"^    --hash=sha256:[0-9a-f]{64}\b", pin, re.M)]
    assert bare == []
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert makefile.count("--require-hashes -r requirements.lock") == 2
    (install,) = re.findall(r"^install:.*?\n\n", makefile, re.M | re.S)
    assert "requirements-dev.lock" not in install


def test_the_page_of_licences_is_that_of_the_lock():
    """Versions of the lock; the licences as the installed distributions state them."""
    assert licences.PAGE.read_text(encoding="utf-8") == licences.page()
    assert "not stated" not in licences.page()


def _pin(pins: dict[str, str], line: str) -> str:
    return pins[_canonical(Requirement(line).name)]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

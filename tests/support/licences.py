"""The licences of what `hotline` needs at run time, as the distributions state them.

`python -m tests.support.licences` writes docs/licences.md from the lock and the installed packages.
"""

import importlib.metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "licences.md"
HEAD = """# Licences

What `hotline` needs at run time (`requirements.lock`), and the licence that each distribution
states; `make lock`
writes this page. Fonts are those of `mplfonts` (Noto, SIL Open Font License 1.1) or of the machine.

| package | version | licence |
|---|---|---|
"""


def page() -> str:
    """Return the page."""
    return HEAD + "".join(f"| {name} | {version} | {licence(name)} |\n" for name, version in pins())


def pins() -> list[tuple[str, str]]:
    """Return the packages of the run lock with their versions."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    held = [line.removesuffix("\\").strip() for line in lines if "==" in line and line[0] != " "]
    return [(name, version) for name, _, version in (line.partition("==") for line in held)]


def licence(name: str) -> str:
    """Return the licence that an installed distribution states."""
    data = importlib.metadata.metadata(name)
    if data["License-Expression"]:
        return data["License-Expression"]
    prefix = "License :: "
    named = [one.rpartition(" :: ")[2] for one in data.get_all("Classifier") or [] if prefix in one]
    if named and named != ["OSI Approved"]:
        return "、".join(named)
    lines = (data["License"] or "").strip().splitlines()
    return lines[0].strip() if lines else "not stated"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

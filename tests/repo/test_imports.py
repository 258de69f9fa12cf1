"""Imports run downwards: from the command to the formats of files, and never in a circle."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Each may import those before it.
LAYERS = [
    "formats",
    "delivery",
    "columns",
    "staging",
    "feedback",
    "write",
    "renamed",
    "load",
    "new_source",
    "run",
]


def modules(folder: str) -> dict[str, Path]:
    """Return the modules of a folder of pipeline/ by their dotted names."""
    names = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def imported(path: Path, known: dict[str, Path]) -> set[str]:
    """Return the modules among `known` that a file imports, `from x import y` being x.y or x."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            inside = whole & known.keys()
            found |= inside
            # A name that is no module of its own is one of the module's.
            if len(inside) < len(whole):
                found.add(node.module)
    return found & known.keys()


def test_imports_of_ingest_run_downwards():
    known = modules("pipeline/ingest")
    upwards = [
        f"{name} imports {other}"
        for name, path in known.items()
        for other in imported(path, known)
        if name != "pipeline.ingest" and layer(other) > layer(name)
    ]
    assert upwards == []


def layer(module: str) -> int:
    return LAYERS.index(module.split(".")[2]) if module != "pipeline.ingest" else len(LAYERS)


@pytest.mark.parametrize("folder", ["pipeline"])
def test_no_modules_import_each_other_in_a_circle(folder):
    known = modules(folder)
    graph = {name: imported(path, known) - {name} for name, path in known.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_a_circle_and_an_upward_import_are_found(tmp_path):
    """The rules see both forms of an import."""
    known = {"pipeline.a": tmp_path / "a.py", "pipeline.a.b": tmp_path / "b.py"}
    known["pipeline.a"].write_text("from pipeline.a import b\n")
    known["pipeline.a.b"].write_text("from pipeline.a import something\nimport pipeline.a\n")
    assert imported(known["pipeline.a"], known) == {"pipeline.a.b"}
    assert imported(known["pipeline.a.b"], known) == {"pipeline.a"}

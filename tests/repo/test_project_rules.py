"""The rules of the project, as far as a test can see them."""

import ast
import io
import re
import subprocess
import symtable
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAGES = [
    "simulate", "ingest", "text", "warehouse", "surge",
    "audit", "proofread", "contradictions", "report", "bulletin",
]  # fmt: skip


def tracked(*patterns: str) -> list[Path]:
    """Return the files git tracks or would track, that match the patterns."""
    out = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [ROOT / line for line in sorted(set(out.splitlines())) if (ROOT / line).is_file()]


def test_stages_do_not_reach_into_each_other():
    """A stage may call another's package, never a module inside it."""
    wrong = []
    for stage in STAGES:
        for path in tracked(f"pipeline/{stage}/*.py", f"pipeline/{stage}/**/*.py"):
            for name in _imports(path):
                parts = name.split(".")
                inside = parts[0] == "pipeline" and len(parts) > 2 and parts[1] in STAGES
                if inside and parts[1] != stage:
                    wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_documents_import_no_stage():
    """Reports of any kind are drawn from the model alone."""
    helpers = ("errors", "console", "csv_file", "files", "numbers", "stopping")
    allowed = ("pipeline.document", *(f"pipeline.{name}" for name in helpers))
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in tracked("pipeline/document/*.py", "pipeline/document/**/*.py")
        for name in _imports(path)
        if name.startswith("pipeline") and not name.startswith(allowed)
    ]
    assert wrong == []


def test_the_command_line_holds_no_logic():
    tree = ast.parse((ROOT / "pipeline/cli.py").read_text(encoding="utf-8"))
    verbs = [n for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
    busy = [
        verb.name
        for verb in verbs
        if any(isinstance(node, (ast.If, ast.For, ast.While, ast.Try)) for node in ast.walk(verb))
    ]
    assert len(verbs) >= 8
    assert busy == []


def test_only_stages_that_load_or_judge_name_the_ledger():
    allowed = {"simulate", "audit", "contradictions", "warehouse", "ledger"}
    naming = {
        path.relative_to(ROOT / "pipeline").parts[0]
        for path in tracked("pipeline/*/*.py", "pipeline/*/**/*.py")
        if "published" in path.read_text(encoding="utf-8")
    }
    assert naming <= allowed


def test_no_year_is_written_into_the_code():
    """Nothing is tied to 2020 (or its neighbours) outside data/, but for names of conventions."""
    year = re.compile(r"(?<![\d.#-])20(19|20|21)(?![\d.])")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked("pipeline/*.py", "pipeline/**/*.py", "sql/**/*.sql")
        for number, line in enumerate(_code_lines(path), start=1)
        if year.search(line)
    ]
    assert found == []


# Words that say what a person does, or a picture of one's own, where the field has a term.
VAGUE = {
    *("told", "tells", "stands", "lies", "knows", "speaks", "heard"),
    *("scene", "room", "rooms", "world", "face", "faces", "veil", "veiled", "strange"),
}  # fmt: skip
# A field of the receipts that homes hold.
KEPT_NAMES = {"received_on_told"}


def test_names_are_terms_of_the_field():
    """Of files, and in Python and SQL of all that has a name."""
    found = set()
    for path in tracked("pipeline/**", "sql/**", "tests/**"):
        names = {path.stem}
        if path.suffix == ".py":
            source = path.read_bytes()
            names |= {
                t.string
                for t in tokenize.tokenize(io.BytesIO(source).readline)
                if t.type == tokenize.NAME
            }
        elif path.suffix == ".sql":
            text = re.sub(r"'[^']*'", "", "\n".join(_code_lines(path)))
            names |= set(re.findall(r"[a-z_][a-z0-9_]*", text))
        for name in names - KEPT_NAMES:
            words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_")
            if VAGUE & set(words):
                found.add(f"{path.relative_to(ROOT)}: {name}")
    assert sorted(found) == []


def test_comments_of_the_sql_are_in_terms_of_the_field():
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in tracked("sql/**/*.sql")
        for line in path.read_text(encoding="utf-8").splitlines()
        for word in re.findall(r"[a-z]+", line.partition("--")[2].lower())
        if word in VAGUE
    ]
    assert found == []


# A file, by its name or its path; what begins with a mark or ends a path of another is not judged.
FILE_NAMED = re.compile(r"(?<![\w./<>*-])\w[\w./-]*\.(?:py|sql)\b")
# Where a comment sends its reader: "see" and a name in backticks or with underscores.
SEE_NAMED = re.compile(r"\bsee (?:`([a-z_]+)`|([a-z]+_[a-z_]+)\b(?![./]))")


def test_files_and_names_that_comments_send_a_reader_to_exist():
    """In docstrings and comments of Python and SQL; a bare name may be of any folder."""
    files = [path.relative_to(ROOT).as_posix() for path in tracked("*")]
    ends = {name[at:] for name in files for at in (0, *_after_slashes(name))}
    judged = tracked("pipeline/*.py", "pipeline/**/*.py", "sql/**/*.sql", "tests/**/*.py")
    defined = {Path(name).stem for name in files} | {
        node.name
        for path in tracked("pipeline/*.py", "pipeline/**/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    macros = set(re.findall(r'"([a-z_]+)\(', (ROOT / MACROS).read_text(encoding="utf-8")))
    wrong = []
    for path in judged:
        for text in _comments(path):
            named = [name for name in FILE_NAMED.findall(text) if name not in ends]
            named += [
                name
                for pair in SEE_NAMED.findall(text)
                for name in pair
                if name and name not in defined | macros
            ]
            wrong += [f"{path.relative_to(ROOT)}: {name}" for name in named]
    assert wrong == []


MACROS = "pipeline/ingest/staging/macros.py"


def _after_slashes(name: str) -> list[int]:
    return [found.end() for found in re.finditer("/", name)]


def _comments(path: Path) -> list[str]:
    """Return the comments of a file, and of Python the docstrings."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        return [line.partition("--")[2] for line in text.splitlines()]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    nodes = (ast.Module, ast.ClassDef, ast.FunctionDef)
    return [token.string for token in tokens if token.type == tokenize.COMMENT] + [
        ast.get_docstring(node) or ""
        for node in ast.walk(ast.parse(text))
        if isinstance(node, nodes)
    ]


@pytest.mark.parametrize(
    "word", ["py" + "pi.org", "python" + "hosted", "/wo" + "rk/", "/far" + "m/"]
)
def test_no_machine_path_or_index_address_is_committed(word):
    found = subprocess.run(
        ["git", "grep", "-lI", "--untracked", word], cwd=ROOT, capture_output=True, text=True
    ).stdout
    assert found == ""


def _imports(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
        elif isinstance(node, ast.Import):
            names.extend(alias.name for alias in node.names)
    return names


def _code_lines(path: Path) -> list[str]:
    """Return the lines without comments and docstrings, which may give dated examples."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        return [line.split("--")[0] for line in text.splitlines()]
    text = re.sub(r'""".*?"""', lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    return [line.split("#")[0] for line in text.splitlines()]


def test_no_stage_names_an_entity_by_its_name():
    """What differs between entities is data: their TOML file, their SQL, a template.

    `record` alone is named, once, as what is meant where nothing is said.
    """
    entities = {path.stem for path in tracked("pipeline/ingest/entities/*.toml")}
    assert len(entities) >= 3
    named = [
        f"{path.relative_to(ROOT)}: {node.value}"
        for path in tracked("pipeline/*.py", "pipeline/**/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in entities
    ]
    words = {"pipeline/proofread/numbers.py: record"}  # a kind of unit in the drafts' lexicon
    assert set(named) - words == {"pipeline/entity.py: record"}


def test_no_variable_of_a_comprehension_hides_a_name_that_its_function_takes_from_the_module():
    """Python 3.12.1 then takes the module's name for an unset variable of the function."""
    found = [
        f"{path.relative_to(ROOT)}: {function.get_name()}: {name}"
        for path in tracked("pipeline/*.py", "pipeline/**/*.py")
        for function in _functions(symtable.symtable(path.read_text("utf-8"), str(path), "exec"))
        for name in _hidden_globals(function)
    ]
    assert found == []


def _functions(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    own = [table] if table.get_type() == "function" else []
    return own + [inner for child in table.get_children() for inner in _functions(child)]


def _hidden_globals(function: symtable.SymbolTable) -> list[str]:
    kinds = ("listcomp", "setcomp", "dictcomp")
    inner = [child for child in function.get_children() if child.get_name() in kinds]
    bound = {s.get_name() for child in inner for s in child.get_symbols() if s.is_local()}
    tables = [function, *inner]
    taken = {s.get_name() for table in tables for s in table.get_symbols() if s.is_global()}
    return sorted(bound & taken)

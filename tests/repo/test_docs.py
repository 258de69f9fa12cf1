"""What the pages for users name exists: commands and options, links, paths, registers, settings."""

import importlib.util
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from pipeline.cli import main
from pipeline.settings import Settings
from pipeline.warehouse import checks, graph
from pipeline.warehouse.graph import closure, load
from tests.support.pages import (
    PAGES,
    ROOT,
    anchors,
    blocks,
    headings,
    links,
    name,
    prose,
    spans,
)  # fmt: skip

EACH = pytest.mark.parametrize("page", PAGES, ids=name)
# Written by a run, or by a user in a home.
HOME_ONLY = re.compile(
    r"data/(raw|warehouse|reports|sources|entities|sql|templates|model)(/|$)|data/$"
)
FOLDERS = "pipeline|sql|data|tests|notebooks|deploy|docs"
# Programs of the system that a page may call.
SYSTEM = {
    *("cd", "cp", "export", "grep", "install", "mkdir", "pip", "rm", "sh", "tar"),
    *("systemctl", "systemd-analyze", "useradd"),
}


def test_the_readme_is_one_screen_or_two():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150
    assert len((ROOT / "README.zh.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_both_readmes_have_the_same_parts():
    english, chinese = ROOT / "README.md", ROOT / "README.zh.md"
    assert len(headings(english)) == len(headings(chinese))

    def commands(path: Path) -> list[list[str]]:
        texts = [block.text for block in blocks(path, "sh", "console")]
        return [shlex.split(line, comments=True) for text in texts for line in text.splitlines()]

    assert commands(english) == commands(chinese)
    assert [*links(english)[1:]] == [*links(chinese)[1:]]
    assert (links(english)[0], links(chinese)[0]) == ("README.zh.md", "README.md")


def test_each_page_of_docs_is_linked_from_the_readme():
    pages = {name(page) for page in PAGES if name(page).startswith("docs/")}
    assert pages == {target for target in links(ROOT / "README.md") if target.startswith("docs/")}


@EACH
def test_commands_of_blocks_can_be_typed(page):
    for block in blocks(page, "sh", "console"):
        mark = "$ " if block.language == "console" else ""
        for line in block.text.replace("\\\n", " ").splitlines():
            if line.startswith(mark):
                _check(shlex.split(line.removeprefix(mark), comments=True))


def _check(words: list[str]) -> None:
    """Check one command: its program, and what the project itself defines of it."""
    if not words:
        return
    program, *rest = words
    if program.endswith("hotline"):
        _make(rest)
    elif program == "make":
        text = (ROOT / "Makefile").read_text(encoding="utf-8")
        for word in rest:
            target = rf"\$\({word.split('=')[0]}\)" if "=" in word else rf"^{re.escape(word)}:"
            assert re.search(target, text, re.M), f"make {word}"
    elif program.endswith("python") and rest[0] == "-m":
        assert importlib.util.find_spec(rest[1]), rest[1]
        rest = rest[2:]
    else:
        assert program.removeprefix(".venv/bin/") in SYSTEM, f"unknown program {program}"
    for word in rest:
        if re.match(rf"({FOLDERS})/", word) and not HOME_ONLY.match(word):
            assert (ROOT / word).exists(), word


def _make(words: list[str]) -> None:
    """Parse the words as `hotline` does; a wrong verb, option or value raises."""
    _, rest, _ = main.make_parser(click.Context(main)).parse_args(list(words))
    assert rest[0] in main.commands, f"hotline {rest[0]}"
    main.commands[rest[0]].make_context(rest[0], rest[1:])


@EACH
def test_commands_and_options_in_sentences_exist(page):
    everywhere = {option for verb in main.commands.values() for option in _options(verb)}
    everywhere |= _options(main)
    for span in spans(page):
        words = span.split()
        if words[0].endswith("hotline") and len(words) > 1:
            named = [word for word in words[1:] if word in main.commands]
            assert named or words[1][:2] == "--", span
            known = _options(main).union(*(_options(main.commands[verb]) for verb in named))
            assert [word for word in words if word[:2] == "--" and word not in known] == [], span
        elif re.match(r"--[a-z]", span):
            assert words[0] in everywhere, span
        elif words[0] == "make" and len(words) > 1:
            _check(words)


def _options(command: click.Command) -> set[str]:
    given = (option for each in command.params for option in (*each.opts, *each.secondary_opts))
    return {"--help", *(option for option in given if option[:2] == "--")}


def test_each_verb_option_and_setting_is_explained():
    page = ROOT / "docs/commands.md"
    named = " ".join(spans(page))
    for verb, command in main.commands.items():
        rows = [line for line in prose(page).splitlines() if line.startswith(f"| `hotline {verb}")]
        assert len(rows) == 1, verb
        assert [o for o in _options(command) - {"--help"} if o not in rows[0]] == [], verb
    assert [option for option in _options(main) - {"--help"} if option not in named] == []
    for setting in Settings.model_fields:
        assert f"`{setting}`, `HOTLINE_{setting.upper()}`" in prose(page), setting


@EACH
def test_environment_variables_are_read_somewhere(page):
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("pipeline", "tests")
        for path in (ROOT / folder).rglob("*.py")
    )
    known = {f"HOTLINE_{setting.upper()}" for setting in Settings.model_fields}
    named = set(re.findall(r"HOTLINE_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8")))
    assert [variable for variable in named - known if f'"{variable}"' not in code] == []


@EACH
def test_links_lead_somewhere(page):
    wrong = []
    for target in links(page):
        path, _, anchor = target.partition("#")
        to = (page.parent / path).resolve() if path else page
        if not to.exists() or (anchor and anchor not in anchors(to)):
            wrong.append(target)
    assert wrong == []


@EACH
def test_paths_exist(page):
    wrong = []
    for span in spans(page):
        if not re.fullmatch(rf"({FOLDERS})/[^\s:]*", span) or HOME_ONLY.match(span) or "<" in span:
            continue
        if not (list(ROOT.glob(span)) if "*" in span else (ROOT / span).exists()):
            wrong.append(span)
    assert wrong == []


@EACH
def test_registers_exist(page):
    files = {path.name for path in (ROOT / "data").rglob("*.csv")}
    named = {span for span in spans(page) if re.fullmatch(r"\w+\.csv", span)}
    assert sorted(named - files) == []


@EACH
def test_settings_blocks_are_toml(page):
    for block in blocks(page, "toml"):
        tomllib.loads(block.text)
    for block in blocks(page, "python"):
        compile(block.text, block.page, "exec")


def test_the_layout_names_every_package_and_schema():
    text = (ROOT / "docs/layout.md").read_text(encoding="utf-8")
    folders = [path.parent for path in (ROOT / "pipeline").glob("*/__init__.py")]
    folders += [path for path in (ROOT / "sql").iterdir() if path.is_dir()]
    assert len(folders) > 20
    assert [name(path) for path in folders if f"`{name(path)}/`" not in text] == []


def test_the_way_of_a_record_to_a_printed_table_is_that_of_the_sql():
    """Each row's reads: all that the file reads or, where the row says "also", some of it."""
    files = load()
    text = (ROOT / "docs/layout.md").read_text(encoding="utf-8")
    part = text.split("What reads what on this way")[1].split("```")[0]
    rows = re.findall(r"^\| `([\w.]+)` \| .+ \| (.+) \|$", part, re.M)
    assert rows[0][0] == "source.record_dispatch" and rows[-1][0] == "annual.t11_district"
    wrong, listed = [], {rows[0][0]}
    for table, reads in rows[1:]:
        main, also, _ = reads.partition("; also ")
        named = set(re.findall(r"`([a-z_]+\.\w+)`", main if not also else reads))
        read = files[table].reads
        if not (named < read if also else named == read):
            wrong.append((table, sorted(named ^ read)))
        # A row follows what it mainly reads, where that is made by a row of the table.
        made = {name for name in re.findall(r"`([a-z_]+\.\w+)`", main) if name in dict(rows)}
        wrong += [(table, name) for name in made - listed]
        listed.add(table)
    assert wrong == []
    # Of the records nothing is left out, and nothing is listed beside the way.
    made, given = closure(files, ["annual.t11_district"])
    assert listed <= made | given
    assert closure(files, ["core.part_record"])[0] <= listed
    assert {name for name in files["annual.t11_district"].reads if name in made} <= listed


def test_directives_of_the_sql_are_listed():
    text = (ROOT / "docs/layout.md").read_text(encoding="utf-8")
    part = text.split("## Directives in a SQL file")[1].split("\n## ")[0]
    spans_of_rows = [re.findall(r"`(-- .+?)`", row) for row in re.findall(r"^\| `.*$", part, re.M)]
    patterns = [
        *(graph._MATERIALISED, graph._AGAIN, graph._WHEN_ASKED, graph._ON_TABLES),
        *(graph._CANDIDATES, checks._TITLE, checks._EXAMPLE),
    ]
    # What is listed is read, and what the files have is listed.
    for row in spans_of_rows:
        header = "\n".join(row)
        found = {line for p in patterns if (m := p.search(header)) for line in m[0].splitlines()}
        assert found == set(row)
    used = {
        line
        for path in (ROOT / "sql").rglob("*.sql")
        for pattern in patterns
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
        for line in match[0].splitlines()
    }
    assert len(used) > 30
    listed = {one for row in spans_of_rows for one in row}
    assert {line.split()[1] for line in used} == {one.split()[1] for one in listed}
    assert {line for line in used if line.startswith("-- materialised")} < listed


@EACH
def test_rows_of_a_table_have_the_cells_of_its_header(page):
    wrong, cells = [], 0
    for line in prose(page).splitlines():
        row = re.split(r"(?<!\\)\|", line) if line.startswith("|") else []
        if row and cells and len(row) != cells:
            wrong.append(line)
        cells = (cells or len(row)) if row else 0
    assert wrong == []

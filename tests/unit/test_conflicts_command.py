"""`hotline audit --conflicts`: what it says, what it writes, and how it refuses."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import main
from pipeline.errors import CHECK_FAILED, NO_DATA, OK, USAGE
from pipeline.ledger.conflict import COLUMNS, findings_in, ledger_digest
from tests.support.ledgers import TINY, TINY_FAULTS, Fault, plant

HOME = TINY.parents[1]


def audit(*arguments: str | Path) -> Result:
    command = ["--home", str(HOME), "audit", *map(str, arguments)]
    return CliRunner().invoke(main, command, catch_exceptions=False)


@pytest.fixture
def ledger(tmp_path) -> Path:
    """The tiny city's ledger as it is, with 4900 printed once for 4400."""
    return plant(TINY, tmp_path / "published", mended=False)


def test_a_consistent_ledger_is_called_so(tmp_path):
    result = audit("--conflicts", plant(TINY, tmp_path / "published"))
    assert result.exit_code == OK
    assert "2033 年台账自洽" in result.output


def test_one_file_is_a_ledger_too(ledger):
    result = audit("--conflicts", ledger / "tiny.csv")
    assert result.exit_code == CHECK_FAILED
    assert "tiny-5-dispatched-again" in result.output and "4400件" in result.output


def test_the_json_holds_sets_suspects_and_repairs(ledger, tmp_path):
    path = tmp_path / "conflicts.json"
    assert audit("--conflicts", ledger, "--json", path).exit_code == CHECK_FAILED
    (year,) = json.loads(path.read_text(encoding="utf-8"))
    (conflict,) = year["conflicts"]
    assert (year["year"], year["consistent"], year["complete"]) == (2033, False, True)
    assert len(conflict["claims"]) == 3
    first = conflict["suspects"][0]
    assert first["claims"] == ["tiny-5-dispatched-again"]
    assert first["repairs"][0]["printed"] == "4400件"
    assert first["repairs"][-1]["kind"] == "drop"
    assert (first["lower"], first["upper"]) == (4400, 4400)


def test_a_mark_is_written_beside_the_ledger(ledger):
    result = audit("--conflicts", ledger, "--mark")
    assert result.exit_code == CHECK_FAILED
    path = findings_in(ledger)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        (row,) = list(reader)
    assert tuple(reader.fieldnames) == COLUMNS
    assert row["claim"] == "tiny-5-dispatched-again"
    assert (row["status"], row["repair"]) == ("contradicted", "4400件")
    assert (row["repair_lower"], row["repair_upper"]) == ("4399.5", "4400.5")
    assert "4400件" in row["reason"] and "不能同时成立" in row["reason"]
    assert row["ledger_digest"] == ledger_digest(ledger.glob("*.csv"))
    # What was written is no part of the ledger, and asking again changes nothing.
    before = path.read_bytes()
    assert audit("--conflicts", ledger, "--mark").exit_code == CHECK_FAILED
    assert path.read_bytes() == before


def test_the_digest_changes_with_the_ledger(ledger, tmp_path):
    other = plant(TINY, tmp_path / "other", TINY_FAULTS[0])
    assert ledger_digest(ledger.glob("*.csv")) != ledger_digest(other.glob("*.csv"))


def test_a_list_as_first_suspect_is_marked_without_a_figure(tmp_path):
    fault = Fault("wrong order", "tiny-3-smallest", "青溪区")
    folder = plant(TINY, tmp_path / "published", fault)
    assert audit("--conflicts", folder, "--mark").exit_code == CHECK_FAILED
    with findings_in(folder).open(encoding="utf-8", newline="") as file:
        (row,) = list(csv.DictReader(file))
    assert (row["claim"], row["repair"], row["repair_lower"]) == (fault.claim, "", "")


def test_years_are_looked_at_apart(ledger):
    """The same figures a year later, one of them altered: no contradiction between the years."""
    text = (ledger / "tiny.csv").read_text(encoding="utf-8")
    head, *lines = text.splitlines()
    later = [
        line.replace("2033", "2034").replace("tiny-", "later-", 1).replace("4900件", "4400件")
        for line in lines
    ]
    later = [line.replace("4899.5,4900.5", "4399.5,4400.5") for line in later]
    (ledger / "later.csv").write_text("\n".join([head, *later]) + "\n", encoding="utf-8")
    result = audit("--conflicts", ledger)
    assert "2033 年台账 36 条中有 1 处矛盾" in result.output
    # The population of 2034 is not known: that claim stays out and is named.
    assert "2034 年台账自洽" in result.output
    only = audit("2034", "--conflicts", ledger)
    assert "2034 年台账自洽" in only.output and "2033" not in only.output


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--conflicts", "{0}/missing"], USAGE, "找不到台账"),
        (["--conflicts", "{0}/empty"], NO_DATA, "没有 CSV 台账"),
        (["--conflicts", "{0}/bare"], NO_DATA, "没有条目"),
        (["--conflicts", "{0}/foreign.csv"], USAGE, "缺少列"),
        (["--conflicts", "{0}/binary.csv"], USAGE, "不是 UTF-8"),
        (["2050", "--conflicts", "{0}/published"], USAGE, "没有 2050 年的条目"),
        (["--conflicts", "{0}/published/tiny.csv", "--mark"], USAGE, "--mark 要用整个台账"),
        (["2033", "--conflicts", "{0}/published", "--mark"], USAGE, "--mark 要用整个台账"),
        (["--mark"], USAGE, "--mark 只与 --conflicts 同用"),
        ([], USAGE, "请给出年份"),
    ],
)
def test_wrong_questions_are_refused_in_one_line(ledger, tmp_path, arguments, code, message):
    (tmp_path / "empty").mkdir()
    (tmp_path / "bare").mkdir()
    head = (ledger / "tiny.csv").read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "bare" / "none.csv").write_text(head + "\n", encoding="utf-8")
    (tmp_path / "foreign.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x81" * 9)
    result = audit(*(a.format(tmp_path) for a in arguments))
    assert result.exit_code == code
    assert message in result.output
    assert result.output.strip().count("\n") == 0

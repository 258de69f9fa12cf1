"""The letter to the sender: every rejected row with its place, its reason and what to do."""

import csv
import re
from pathlib import Path

import openpyxl

from pipeline import console
from pipeline.entity import load_entities
from pipeline.home import REPOSITORY
from pipeline.warehouse import status
from tests.support.dump_files import HEAD, delimited, give, line, load, xlsx


def sheets(path: Path) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: [
            tuple(cell or None for cell in row) for row in sheet.iter_rows(values_only=True)
        ]
        for sheet in book
    }


def words() -> dict[str, tuple[str, str]]:
    with (REPOSITORY / "data/reference/reject_reason.csv").open(encoding="utf-8") as handle:
        return {row[0]: (row[1], row[2]) for row in csv.reader(handle)}


def test_each_row_has_its_place_reason_and_remedy(home):
    rows = [
        HEAD,
        line("A1"),
        line("A2", "李伟13812345678"),
        line(None),
        line("1.10101E+17"),
        HEAD,
        line("A1"),
    ]
    give(home, "一月.csv", delimited(rows) + "坏行,李伟,13812345678\n")
    (receipt,) = load(home).loaded
    assert receipt.letter == f"data/reports/rejects/{receipt.id}.xlsx"
    found = sheets(home.root / receipt.letter)
    printed = words()
    name = "一月.csv"
    invalid, missing, lost, short = (
        printed[reason]
        for reason in (
            "received_at_invalid",
            "record_id_missing",
            "record_id_rounded",
            "missing_columns",
        )
    )
    assert found["退回的行"] == [
        ("文件", "工作表", "行", "列", "编号", "值(已遮盖)", "原因", "请怎样做"),
        (name, None, 3, "来电时间", "A2", "某某***", *invalid),
        (name, None, 4, "工单编号", None, None, *missing),
        (name, None, 5, "工单编号", "1.10101E+17", None, *lost),
        (name, None, 8, "一级分类", None, None, *short),
    ]
    summary = {row[0]: row[1:] for row in found["摘要"]}
    counts = [summary[word][0] for word in ("读入", "入库", "重复", "退回", "重复的表头")]
    assert counts == [6, 1, 1, 4, 1]
    assert summary[invalid[0]] == (1, invalid[1])
    text = repr(found)
    assert "李伟" not in text and "13812345678" not in text


def test_a_file_of_which_nothing_can_be_loaded_has_a_letter_too(home):
    give(home, "a.xlsx", xlsx({"甲": [HEAD, line("A1", "昨天")], "说明": [["题"]]}))
    result = load(home)
    assert result.exit_code == 65
    (path,) = home.letters.iterdir()
    assert str(path.relative_to(home.root)) in result.lines[0]
    found = sheets(path)
    assert found["退回的行"][1][1:4] == ("甲", 2, "来电时间")
    assert any("“说明”" in str(row[0]) for row in found["摘要"])


def test_no_rejects_no_letter(home):
    give(home, "a.csv", delimited([HEAD, line("A1")]))
    (receipt,) = load(home).loaded
    assert receipt.letter is None and not home.letters.exists()


def test_the_same_rows_give_the_same_bytes_and_more_than_fit_are_counted(home, monkeypatch):
    monkeypatch.setattr("pipeline.ingest.feedback.reject_workbook.MOST_LISTED", 2)
    give(home, "a.csv", delimited([HEAD, line("A1"), *(line(f"B{n}", "?") for n in range(5))]))
    (receipt,) = load(home).loaded
    path = home.root / receipt.letter
    first = path.read_bytes()
    found = sheets(path)
    assert len(found["退回的行"]) == 3
    assert any("只列前 2 行" in str(row[0]) for row in found["摘要"])
    (home.receipts / f"{receipt.id}.json").unlink()
    load(home)
    assert path.read_bytes() == first


def test_every_reason_has_words():
    printed = words()
    files = sorted((REPOSITORY / "sql/staging").glob("*/clean.sql"))
    stage = "".join(path.read_text(encoding="utf-8") for path in files)
    assert "received_at_invalid" in stage
    # What a CASE gives as a reason ends in what is wrong; header_repeated is no reject.
    reasons = set(re.findall(r"THEN '([a-z_]+)'", stage)) - {"header_repeated"}
    assert {name for name in reasons if re.search(r"_(missing|invalid|rounded|unknown)$", name)}
    columns = {column for entity in load_entities().values() for column in entity.columns}
    assert reasons - columns <= set(printed)
    assert all(label and remedy and len(label) < 20 for label, remedy in printed.values())


def test_status_shows_every_file(home, capsys):
    give(home, "一月.csv", delimited([HEAD, line("A1"), line("A1"), line(None)]))
    (receipt,) = load(home).loaded
    capsys.readouterr()
    console.configure()
    status(home)
    shown = capsys.readouterr().out
    (printed,) = (text for text in shown.splitlines() if "一月.csv" in text)
    assert printed.split()[:5] == ["一月.csv", "3", "1", "1", "1"] and receipt.letter in printed
    assert "没有编号 1" in shown

"""Dumps without a column of ids: known by file and row, or by cells that the source names."""

import json

import pytest

from tests.support.dump_files import delimited, fetch, give, load, xlsx

HEAD = ["Created Date", "Phone", "Request Type"]
SOURCE = """title = "us"
entity = "record"
required = ["received_at", "category"]
{more}
[columns]
received_at = ["Created Date"]
category = ["Request Type"]
[constants]
record_type = "投诉"
"""
ROWS = [
    ["2024-01-08 05:38:43", "13900000001", "Pothole"],
    ["2024-01-08 05:38:43", "13900000001", "Pothole"],
    ["2024-01-09 05:38:43", "13900000002", "Graffiti"],
]


def office(home, more: str = ""):
    home.sources.mkdir(parents=True, exist_ok=True)
    (home.sources / "us.toml").write_text(SOURCE.format(more=more), encoding="utf-8")
    return home


@pytest.mark.parametrize("name", ["dump.csv", "dump.xlsx"])
def test_a_dump_without_ids_is_numbered_by_file_and_row(home, name):
    rows = [HEAD, *ROWS, ["", "", ""], HEAD]
    content = xlsx({"a": rows}) if name.endswith("xlsx") else delimited(rows).encode()
    (file,) = load(office(home), give(home, name, content, "2024-02-01")).files
    ids = [one for (one,) in fetch(home, "records", "record_id")]
    assert len(set(ids)) == 3
    assert {one.split("-")[0] for one in ids} == {file.receipt.sha256[:12]}
    # The blank row and the repeated header are no records.
    assert file.receipt.rows_read == 3
    assert file.receipt.rows_skipped == {"header_repeated": 1, "row_blank": 1}
    assert any("编号由文件和行号编成" in line for line in file.details)


def test_cells_named_by_the_source_identify_a_row(home):
    office(home, 'id = ["Created Date", "phone"]')
    (file,) = load(home, give(home, "1.csv", delimited([HEAD, *ROWS]), "2024-02-01")).files
    assert (file.receipt.rows_loaded, file.receipt.rows_duplicate) == (2, 1)
    first = sorted(one for (one,) in fetch(home, "records", "record_id"))
    assert not any("139" in one and len(one) == 11 for one in first)
    # A later delivery that writes the time otherwise names the same records.
    later = [["2024/1/8 5:38:43", "13900000001", "Graffiti"]]
    load(home, give(home, "2.csv", delimited([HEAD, *later]), "2024-03-01"))
    ids = [one for (one,) in fetch(home, "records", "record_id")]
    assert len(ids) == 3 and len(set(ids)) == 2


def test_a_file_that_lacks_a_named_cell_is_refused(home):
    office(home, 'id = ["Created Date", "Street"]')
    result = load(home, give(home, "1.csv", delimited([HEAD, *ROWS]), "2024-02-01"))
    assert result.exit_code == 65
    assert "Street" in result.lines[0]


def test_a_second_file_of_the_same_month_is_a_warning(home):
    office(home)
    load(home, give(home, "1.csv", delimited([HEAD, *ROWS]), "2024-02-01"))
    (file,) = load(home, give(home, "2.csv", delimited([HEAD, *ROWS[2:]]), "2024-02-02")).files[-1:]
    assert any("认不出重复" in line for line in file.details)
    (later,) = load(
        home, give(home, "3.csv", "Created Date,Phone,Request Type\n2024-05-01,,Pothole\n")
    ).files[-1:]
    assert not any("认不出重复" in line for line in later.details)


def test_letters_without_ids(home):
    letters = [
        {"类型": "咨询", "来信时间": f"2024-01-1{n} 09:00", "一级分类": "住房", "内容": f"第{n}封"}
        for n in range(3)
    ]
    text = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in letters)
    (file,) = load(home, give(home, "letters.jsonl", text, "2024-02-01")).files
    assert fetch(home, "records", "record_type, category, received_at::VARCHAR") == [
        ("咨询", "住房", f"2024-01-1{n} 09:00:00") for n in range(3)
    ]
    assert file.receipt.source == "letters"

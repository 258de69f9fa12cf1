"""Every format and wrapping gives the same rows; each expected row is written out by hand."""

import gzip
import json

import openpyxl
import pytest

from tests.support.dump_files import (
    CONTENTS,
    HEAD,
    ROWS,
    archive,
    archive_in_gbk,
    as_jsonl,
    delimited,
    fetch,
    give,
    line,
    load,
    xlsx,
)

EXPECTED = [
    ("A1", "2020-01-05 08:00:00", "公共服务", "朝阳区", "市公安局"),
    ("A2", "2020-01-06 09:00:00", "公共服务", "东城区", "?"),
]
# Row 4 and 5 of the sheet, line 4 and 5 of the text; what has no header counts from its first row.
LINES = dict.fromkeys(("jsonl", "gb.jsonl", "parquet", "json", "arrays.json"), (3, 4))


# Those that readers of their own read, and a text that is packed, are quick; the rest are slow.
QUICK = {"xlsx", "xls", "html", "jsonl", "parquet", "json", "ods"}
PACKED = [
    pytest.param(
        form,
        packed,
        marks=() if form == "csv" or (packed == "plain" and form in QUICK) else pytest.mark.slow,
    )
    for form in CONTENTS
    for packed in ("plain", "gz", "zip")
]


@pytest.mark.parametrize(("form", "packed"), PACKED)
def test_every_format_gives_the_same_rows(home, form, packed):
    data = CONTENTS[form]
    if packed == "gz":
        data = gzip.compress(data)
    elif packed == "zip":
        data = archive({"朝阳/表.dat": data})
    # The name says nothing: all are called alike.
    give(home, "export.dat", data)
    result = load(home)
    assert result.exit_code == 0, result.lines
    (receipt,) = result.loaded
    columns = "record_id, received_at::VARCHAR, category, place_district, unit"
    assert fetch(home, "records", columns) == EXPECTED
    counts = ("rows_read", "rows_loaded", "rows_duplicate", "rows_rejected")
    assert [getattr(receipt, name) for name in counts] == [4, 2, 0, 2]
    third, fourth = LINES.get(form, (4, 5))
    sheet = {"html": "表1", "mhtml": "表1"}.get(form)
    sheet = "一月" if form in ("xlsx", "xls", "ods", "xml") else sheet
    assert fetch(home, "rejects", "line, sheet, column_name, reason, value_masked, record_id") == [
        (third, sheet, "received_at", "received_at_invalid", "2020-02-30 09:00:00", "A3"),
        (fourth, sheet, "record_id", "record_id_missing", None, None),
    ]
    assert load(home).files[0].state == "known"


def test_the_same_content_in_another_wrapping_is_known(home, tmp_path):
    give(home, "a.csv", CONTENTS["csv"])
    load(home)
    again = tmp_path / "again.zip"
    again.write_bytes(archive({"x.csv": CONTENTS["csv"]}))
    assert [file.state for file in load(home, again).files] == ["known"]


def test_a_zip_is_a_folder_and_one_bad_file_stops_no_other(home, tmp_path):
    sent = tmp_path / "sent.zip"
    sent.write_bytes(
        archive_in_gbk(
            {
                "一区/一月.csv": delimited([HEAD, line("B1")]).encode("gb18030"),
                "一区/二月.xlsx": xlsx({"s": [HEAD, line("B2", "2020-02-05 08:00:00")]}),
                "说明.txt": "这里没有表格\n".encode("gb18030"),
                "__MACOSX/._一月.csv": b"litter",
            }
        )
    )
    result = load(home, sent)
    assert result.exit_code == 3
    assert [(file.name, file.state) for file in result.files] == [
        ("sent.zip/一区/一月.csv", "loaded"),
        ("sent.zip/一区/二月.xlsx", "loaded"),
        ("sent.zip/说明.txt", "failed"),
    ]
    assert "表头认不出" in result.lines[2] and "\n" not in result.lines[2]
    assert [row[0] for row in fetch(home, "records", "record_id")] == ["B1", "B2"]
    first, second = result.loaded
    assert first.file == second.file and (home.root / first.file).is_file()
    assert (first.member, second.member) == ("一区/一月.csv", "一区/二月.xlsx")
    # The one that failed is tried again, the others are known.
    assert [file.state for file in load(home).files] == ["known", "known", "failed"]


def test_a_locked_or_nested_archive_is_reported(home, tmp_path):
    inner = archive({"a.csv": CONTENTS["csv"]})
    locked = bytearray(archive({"a.csv": CONTENTS["csv"]}))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(sign) + place] |= 1
    give(home, "nested.zip", archive({"inner.zip": inner}))
    give(home, "locked.zip", bytes(locked))
    give(home, "twice.gz", gzip.compress(gzip.compress(CONTENTS["csv"])))
    result = load(home)
    assert result.exit_code == 65
    for word, shown in zip(("密码", "多重压缩包", "多重压缩包"), result.lines, strict=True):
        assert word in shown and "\n" not in shown


def test_folders_and_patterns(home, tmp_path):
    for name, number in (("a/1.csv", "C1"), ("a/b/2.csv", "C2"), ("c/3.csv", "C3")):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(delimited([HEAD, line(number)]), encoding="utf-8")
    assert len(load(home, tmp_path / "in" / "a*").loaded) == 2
    assert len(load(home, tmp_path / "in" / "**" / "3.csv").loaded) == 1
    assert [row[0] for row in fetch(home, "records", "record_id")] == ["C1", "C2", "C3"]


def test_broken_lines_of_jsonl_are_rejected_by_line(home):
    text = (
        as_jsonl(ROWS[:2])
        + '{"工单编号": "A9", "来电时\n\n[1]\n'
        + '{"工单编号": 7, "新列": {"a": 1}}\n'
    )
    give(home, "a.jsonl", text)
    (receipt,) = load(home).loaded
    assert receipt.rows_read == 5 and receipt.rows_rejected == 3
    assert fetch(home, "rejects", "line, reason, record_id") == [
        (3, "not_json", None),
        (5, "not_json", None),
        (6, "received_at_missing", "7"),
    ]


def test_a_key_that_comes_late_is_not_lost(home):
    early = [
        {"工单编号": f"L{n}", "来电时间": "2020-01-05", "一级分类": "住房"} for n in range(1200)
    ]
    late = {**early[0], "工单编号": "Z", "承办单位": "市公安局"}
    give(home, "a.jsonl", "".join(json.dumps(item) + "\n" for item in [*early, late]))
    load(home)
    assert fetch(home, "records", "record_id, unit", "WHERE unit <> '?'") == [("Z", "市公安局")]


def test_a_page_of_spans_or_a_table_too_wide_is_one_line_at_once(home, tmp_path):
    """Some kilobytes that would spread over gigabytes; the file beside them is loaded."""
    folder = tmp_path / "in"
    folder.mkdir()
    spans = "".join(f"<td colspan=1000 rowspan=1000>{n}</td>" for n in range(50))
    high = "<td rowspan=60000></td>" * 1500
    given = {
        "deep.jsonl": '{"a":' * 5000 + "1" + "}" * 5000,
        "good.csv": delimited([HEAD, line("A1")]),
        "high.xls": f"<html><table><tr>{high}</tr>{'<tr></tr>' * 20_000}</table></html>",
        "keys.jsonl": "\n".join(
            json.dumps({f"k{n}-{m}": 1 for m in range(300)}) for n in range(10)
        ),
        "spans.xls": f"<html><table>{f'<tr>{spans}</tr>' * 50}</table></html>",
        "wide.csv": ",".join([*HEAD, *(f"x{n}" for n in range(3000))]) + "\n" + "1," * 3000,
    }
    for name, text in given.items():
        (folder / name).write_text(text, encoding="utf-8")
    result = load(home, folder)
    reasons = {file.name: line for file, line in zip(result.files, result.lines, strict=True)}
    assert {file.name: file.state for file in result.files} == {
        name: "loaded" if name == "good.csv" else "failed" for name in given
    }
    assert "JSON" in reasons["deep.jsonl"]
    assert "20,000,000 格" in reasons["high.xls"] and "20,000,000 格" in reasons["spans.xls"]
    assert "多于 2,000 列" in reasons["wide.csv"] and "多于 2,000 列" in reasons["keys.jsonl"]


def test_a_first_row_that_is_too_long_is_one_reject(home, tmp_path):
    path = tmp_path / "long.csv"
    path.write_text(
        delimited([HEAD, [*line("A0")[:-1], "长" * 900_000], line("A1"), line("A2")]),
        encoding="utf-8",
    )
    (file,) = load(home, path).loaded
    assert (file.rows_loaded, file.rows_rejected) == (2, 1)


def test_a_carriage_return_by_itself_is_reported_with_its_line(home, tmp_path):
    path = tmp_path / "cr.csv"
    rows = delimited([HEAD, line("A1"), line("A2"), line("A3")]).replace("\r\n", "\n")
    first, second, third, *rest = rows.split("\n")
    path.write_bytes("\n".join([first, f"{second}\r{third}", *rest]).encode())
    result = load(home, path)
    assert [file.state for file in result.files] == ["failed"]
    assert "第 2 行夹有单独的回车符" in result.lines[0]


def test_a_cell_written_far_away_is_one_line_at_once(home, tmp_path):
    """Nine kilobytes that would be two hundred million cells; the file beside it is loaded."""
    folder = tmp_path / "in"
    folder.mkdir()
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (HEAD, line("A1"), line("A2")):
        sheet.append(row)
    sheet.cell(1_048_576, 2_000, "x")
    book.save(folder / "far.xlsx")
    (folder / "good.csv").write_text(delimited([HEAD, line("A3")]), encoding="utf-8")
    result = load(home, folder)
    assert [file.state for file in result.files] == ["failed", "loaded"]
    assert "很远的行列" in result.lines[0]

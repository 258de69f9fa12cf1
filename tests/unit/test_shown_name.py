"""Names of files, sheets and columns that name a person are covered in print and in receipts."""

import io
import zipfile

import openpyxl
import pytest

from pipeline.ingest import ingest
from pipeline.lock import exclusive
from pipeline.shown_name import shown_name
from tests.support.city import empty_home
from tests.support.dump_files import csv_text, row

NAMES = {
    "in_13777770001_王翠花.csv": "in_***_某某.csv",
    "王翠花投诉清单.xlsx": "某某投诉清单.xlsx",
    "反馈人李大明.csv": "反馈人某某.csv",
    "陈志强 138-1234-5678": "某某 ***",
    "欧阳小娜.csv": "某某.csv",
    "张三 110101199003071234": "某某 ***",
    "微信wxid03abc": "***",
    "lili@example.com.csv": "***",
}
KEPT = (
    *(
        "热线工单2024年1月.csv",
        "石景山区.csv",
        "于家务乡.csv",
        "方庄地区.csv",
        "工单20240601123000.csv",
    ),
    *(
        "来电人电话",
        "被反映街乡镇",
        "办结时间",
        "单号",
        "高温专题.csv",
        "12345(2024.01-2024.06).csv",
    ),
    *("Sheet1", "1.csv", "20240601-20240630.csv", "白纸坊街道", "处理时限", "受理处理方式"),
)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_people_in_names_are_covered(name):
    assert shown_name(name) == NAMES[name]


@pytest.mark.parametrize("name", KEPT)
def test_other_names_stay(name):
    assert shown_name(name) == name


def zipped(name: str, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, text)
    return out.getvalue()


def workbook(sheet: str, text: str) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.title = sheet
    for line in text.splitlines():
        book.active.append(line.split(","))
    book.save(out)
    return out.getvalue()


def test_nothing_that_ingest_leaves_or_prints_has_the_person(tmp_path, capsys):
    home = empty_home(tmp_path / "home")
    given = tmp_path / "given"
    given.mkdir()
    text = csv_text([row("A1"), row("A2")])
    text = text.replace("\n", ",王翠花_13777770001\n", 1).replace("\n", ",x\n")
    text = text.replace("王翠花_13777770001,x", "王翠花_13777770001")
    (given / "in_13777770001_王翠花.csv").write_text(text)
    (given / "out.zip").write_bytes(zipped("王翠花13777770001.csv", csv_text([row("B1")])))
    (given / "wide.xlsx").write_bytes(workbook("王翠花 13777770001", csv_text([row("C1")])))
    by_hand = home.raw / "beijing_city" / "2024-06-01"
    by_hand.mkdir(parents=True)
    (by_hand / "王翠花.csv").write_text(csv_text([row("D1")]))
    with exclusive(home):
        first = ingest(home, [given])
        assert [file.state for file in first.files] == ["loaded"] * 3
        assert ingest(home, []).files[-1].state in ("loaded", "known")
        again = ingest(home, [])
    # What is loaded is known again under its real name.
    assert {file.state for file in again.files} == {"known"}
    printed = capsys.readouterr()
    kept = [path.read_bytes().decode("utf-8", "replace") for path in home.receipts.glob("*.json")]
    assert len(kept) == 4
    for said in (printed.out, printed.err, *kept, *(file.line for file in first.files)):
        assert "王翠花" not in said and "1377777" not in said


def test_a_file_without_header_prints_none_of_its_cells(tmp_path):
    home = empty_home(tmp_path / "home")
    (tmp_path / "nohead.csv").write_text("1,王翠花,朝阳区,噪音扰民\n2,李大明,海淀区,停水\n")
    with exclusive(home):
        result = ingest(home, [tmp_path / "nohead.csv"])
    (line,) = result.lines
    assert "第一行的 4 格没有一个是认得的列名" in line
    assert not [word for word in ("王翠花", "噪音扰民", "朝阳区", "李大明") if word in line]

"""Forms beside text, xlsx and JSON lines: read by their content, or named with what to do."""

import codecs
import io
import json
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import HotlineError
from pipeline.ingest.columns.open_file import OpenedFile, open_delivery
from pipeline.ingest.delivery import Delivery, DeliveryNote
from pipeline.ingest.formats import plausible
from tests.support.city import empty_home
from tests.support.dump_files import (
    HEAD,
    ROWS,
    TABLE,
    delimited,
    fetch,
    give,
    load,
    mhtml,
    ods,
    page,
    spreadsheet_xml,
    xls,
    xlsx,
    xml_row,
)

OBJECTS = [dict(zip(HEAD, row, strict=True)) for row in ROWS]
SOURCE = """title = "us"
required = ["record_id", "received_at", "category"]
{more}
[columns]
record_id = ["SR Number"]
received_at = ["Created Date"]
category = ["Request Type"]
place_district = ["District"]
"""
LATIN = """SR Number;Created Date;Request Type;District
1;2024-01-08 05:38:43;Iluminación;Vélez Sarsfield
2;2024-01-09 05:38:43;Iluminación;Núñez
"""


def opened(folder: Path, name: str, content: bytes | str, source: str = "") -> OpenedFile:
    home = empty_home(folder / "home")
    if source:
        home.sources.mkdir(parents=True, exist_ok=True)
        (home.sources / "us.toml").write_text(source, encoding="utf-8")
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_delivery(home, Delivery(path, DeliveryNote(), path), None, folder)


def cells(file: OpenedFile) -> list[list[str | None]]:
    """Return the cells of the first table below its header."""
    import pyarrow.parquet as pq

    (table,) = file.tables
    rows = [list(row.values()) for row in pq.read_table(table.path).to_pylist()]
    return [row[:-1] for row in rows if row[-1] > table.above]


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("dump.xls", xlsx({"一月": TABLE}), "xlsx"),
        ("dump.xlsx", xls({"一月": TABLE}), "xls"),
        ("dump.csv", xls({"一月": TABLE}), "xls"),
        ("dump", xlsx({"一月": TABLE}), "xlsx"),
        ("dump.ods", ods(TABLE), "ods"),
        ("dump.xls", ods(TABLE), "ods"),
        ("dump.xls", spreadsheet_xml("".join(xml_row(row) for row in TABLE)), "xml"),
        ("dump.mht", mhtml(b"<html>frame</html>", page(TABLE)), "mhtml"),
    ],
)
def test_a_sheet_in_any_form_under_any_name(tmp_path, name, content, form):
    file = opened(tmp_path, name, content)
    assert file.format == form
    assert [[cell or None for cell in row] for row in cells(file)] == ROWS


def test_places_merges_and_kinds_of_an_xml_spreadsheet(tmp_path):
    head = xml_row(["工单编号", "来电时间", "一级分类", "被反映区"], ' ss:Index="3"')
    body = (
        '<Row><Cell><Data ss:Type="Number">110101199001010000</Data></Cell>'
        '<Cell><Data ss:Type="DateTime">2024-01-05T08:30:00.000</Data></Cell>'
        '<Cell ss:Index="4" ss:MergeDown="1"><Data ss:Type="String">朝阳区</Data></Cell></Row>'
        '<Row><Cell><Data ss:Type="String">A2</Data></Cell>'
        '<Cell><Data ss:Type="Error">#N/A</Data></Cell>'
        '<Cell><Data ss:Type="String">住房</Data></Cell></Row>'
    )
    file = opened(tmp_path, "dump.xls", spreadsheet_xml(head + body))
    assert cells(file) == [
        ["110101199001010000", "2024-01-05 08:30:00", None, "朝阳区"],
        ["A2", None, "住房", "朝阳区"],
    ]
    assert (file.tables[0].header_row, file.tables[0].ids_are_rounded) == (3, True)


@pytest.mark.parametrize(
    "value",
    [
        OBJECTS,
        [HEAD, *ROWS],
        {"code": 0, "msg": "ok", "data": {"total": 4, "rows": OBJECTS}},
        {"result": {"records": OBJECTS, "fields": [{"id": "a", "type": "text"}]}},
        {
            "hits": {
                "total": {"value": 4},
                "hits": [{"_id": "x", "_source": one} for one in OBJECTS],
            }
        },
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": None, "properties": one} for one in OBJECTS
            ],
        },
        {
            "meta": {
                "view": {"columns": [{"name": name, "dataTypeName": "text"} for name in HEAD]}
            },
            "data": ROWS,
        },
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_json_arrays_and_answers(tmp_path, value, indent):
    file = opened(tmp_path, "a.json", json.dumps(value, ensure_ascii=False, indent=indent))
    assert file.tables[0].mapping.headings == tuple(HEAD)
    assert cells(file) == ROWS
    assert not file.warnings


def test_objects_one_after_another(tmp_path):
    text = "\n".join(json.dumps(one, ensure_ascii=False, indent=2) for one in OBJECTS)
    assert cells(opened(tmp_path, "a.json", text)) == ROWS


def test_a_long_answer_on_one_line(tmp_path):
    rows = [dict(OBJECTS[0], 工单编号=f"A{n}") for n in range(2000)]
    file = opened(tmp_path, "a.json", json.dumps({"code": 0, "data": rows}, ensure_ascii=False))
    assert len(cells(file)) == 2000


def test_a_page_of_an_answer_is_a_warning(tmp_path):
    file = opened(tmp_path, "a.json", json.dumps({"total": 300, "rows": OBJECTS}))
    assert file.warnings == ["文件里写着共 300 条,只有 4 条:多半只是其中一页;请索取其余各页"]


def zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("a.json", json.dumps(OBJECTS)[:-5], "JSON 不完整"),
        ("a.json", "[]", "JSON 里没有一行数据"),
        ("a.xml", '<?xml version="1.0"?><rows><row a="1"/></rows>', "XML 数据,不是表格"),
        ("a.fods", '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:'
         'opendocument:xmlns:office:1.0"/>', "fods"),
        ("a.xls", spreadsheet_xml("<Row>"), "XML 表格"),
        ("a.xls", "<html><body>请登录</body></html>", "没有表格"),
        ("a.mht", mhtml(b"<html>frame</html>"), "没有一行数据"),
        ("a.ods", zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        ("a.odt", zipped(mimetype="application/vnd.oasis.opendocument.text"), "OpenDocument 文字"),
        ("a.numbers", zipped(**{"Index/Document.iwa": "x"}), "Numbers"),
        ("a.docx", zipped(**{"[Content_Types].xml": "<a/>", "word/document.xml": "<a/>"}), "Word"),
        ("a.xls", b"\x09\x08\x08\x00\x00\x05", "很旧的 Excel"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_named(tmp_path, name, content, wanted):
    with pytest.raises(HotlineError) as fault:
        opened(tmp_path, name, content)
    assert wanted in str(fault.value) and "\n" not in str(fault.value)
    assert "索取完整文件" not in str(fault.value) or name == "a.mht"


CHINESE = "工单编号,来电时间,一级分类\nA1,2024-01-08 05:38:43,住房\n"
KOREAN = "번호,접수일시,분류\n1,2024-01-08 05:38:43,도로 파손\n"
RUSSIAN = "Номер,Дата,Вид\n1,2024-01-08 05:38:43,Уборка снега во дворе\n"
JAPANESE = "番号,受付日時,分類\n1,2024-01-08 05:38:43,道路の破損\n"
TAIWAN = "案件編號,受理時間,類別\n1,2024-01-08 05:38:43,路燈不亮與違規停車\n"


@pytest.mark.parametrize(
    ("text", "encoding", "is_chinese"),
    [
        (CHINESE, "gb18030", True),
        ("id,name,type\n1,2024-01-01,“pothole”—x\n", "gb18030", True),
        (LATIN, "latin-1", False),
        (KOREAN, "euc-kr", False),
        (RUSSIAN, "koi8-r", False),
        (RUSSIAN, "cp1251", False),
        (JAPANESE, "shift-jis", False),
        (JAPANESE, "euc-jp", False),
        (TAIWAN, "big5", False),
    ],
)
def test_what_is_taken_for_chinese(tmp_path, text, encoding, is_chinese):
    path = tmp_path / "text"
    path.write_text(text.encode(encoding).decode("gb18030", "replace"), encoding="utf-8")
    assert plausible.is_chinese(path) == is_chinese


def test_latin_1_is_refused_with_the_first_odd_words(tmp_path):
    with pytest.raises(HotlineError) as fault:
        opened(tmp_path, "dump.csv", LATIN.encode("latin-1"), SOURCE.format(more=""))
    assert "“Iluminaci髇”" in str(fault.value) and "encoding" in str(fault.value)
    # A word that occurs once may be a person's name.
    assert "Sarsfield" not in str(fault.value) and "閘ez" not in str(fault.value)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16-le"])
def test_the_encoding_of_the_source_is_obeyed(tmp_path, encoding):
    source = SOURCE.format(more=f'encoding = "{encoding}"')
    if encoding == "utf-16-le":
        # A mark in the file goes before what the source says.
        content = codecs.BOM_UTF16_BE + LATIN.encode("utf-16-be")
    else:
        content = LATIN.encode(encoding)
    file = opened(tmp_path, "dump.csv", content, source)
    assert "Iluminación" in file.tables[0].path.read_text(encoding="utf-8")


def test_a_chinese_file_beside_a_source_with_an_encoding(tmp_path):
    source = SOURCE.format(more='encoding = "latin-1"')
    file = opened(tmp_path, "dump.csv", delimited(TABLE).encode("gb18030"), source)
    assert (file.encoding, file.source.name) == ("gb18030", "beijing_city")


def test_latin_1_is_loaded(home):
    home.sources.mkdir(parents=True)
    source = SOURCE.format(more='encoding = "latin-1"')
    (home.sources / "us.toml").write_text(source, encoding="utf-8")
    load(home, give(home, "dump.csv", LATIN.encode("latin-1"), "2024-02-01"))
    assert fetch(home, "records", "DISTINCT category") == [("Iluminación",)]

"""Corrections are data: applied while the cell holds what is expected, never to persons."""

import pytest

from pipeline.entity import load_entities
from pipeline.errors import HotlineError
from pipeline.ingest.staging.corrections import correctable, read_corrections
from tests.support.city import empty_home
from tests.support.dump_files import HEAD, delimited, fetch, give, line, load, xlsx


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "caller.key"))
    return empty_home(tmp_path / "home")


def write(home, *lines):
    path = home.root / "data/reference/correction.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("record_id,column,expect,value,reason\n" + "\n".join(lines), encoding="utf-8")


ROWS = [
    line("A1", 被反映区="朝阳区", 承办单位="市公安局"),
    line("A2", "2020-13-01", 被反映区="东城区"),
    line("A3", 被反映区="西城区"),
    line(None),
    line("A4", 一级分类=None),
]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_correction_replaces_what_it_expects_and_nothing_else(home, form):
    write(
        home,
        "A1,unit,市公安局,市水务局,派错单位",
        "A2,received_at,2020-13-01,2020-03-01 08:00:00,月日写反",
        "A3,place_district,东城区,海淀区,已过期",
        "A4,category,,住房,漏填",
        "A1,category,公共服务,,分类作废",
        "Z9,category,公共服务,住房,别的文件里的",
        "A3,category,住房,公共服务,来源已改正",
    )
    rows = [HEAD, *ROWS]
    give(home, "a", delimited(rows) if form == "csv" else xlsx({"s": rows}))
    result = load(home)
    (receipt,) = result.loaded
    columns = "record_id, received_at::VARCHAR, category, place_district, unit"
    assert fetch(home, "records", columns) == [
        ("A1", "2020-01-05 08:00:00", "?", "朝阳区", "市水务局"),
        ("A2", "2020-03-01 08:00:00", "公共服务", "东城区", "?"),
        ("A3", "2020-01-05 08:00:00", "公共服务", "西城区", "?"),
        ("A4", "2020-01-05 08:00:00", "住房", "?", "?"),
    ]
    # The order of the file is kept under the join: the reject still names its line.
    assert fetch(home, "rejects", "line, reason") == [(5, "record_id_missing")]
    assert receipt.corrections.applied == 4
    assert receipt.corrections.stale == [
        "A3 的 category 已是更正后的值",
        "A3 的 place_district 现值与 expect 不符",
    ]
    shown = " ".join(result.files[0].details)
    assert "更正 4 处" in shown and "没有用上的更正:A3" in shown


def test_corrections_written_after_a_load_are_reported(home, capsys):
    give(home, "a.csv", delimited([HEAD, *ROWS]))
    load(home)
    assert "correction.csv" not in capsys.readouterr().out
    write(home, "A1,unit,市公安局,市水务局,派错单位")
    load(home)
    assert "correction.csv 在 1 个文件入库之后改过" in capsys.readouterr().out


def test_persons_texts_and_ids_cannot_be_corrected(home):
    personal = {"caller_name", "caller_phone", "seat_id", "seat_name", "place", "company_name"}
    kept = {"record_id", "title", "content", "reply", "repeat_notice_count"}
    known = {column for entity in load_entities().values() for column in entity.columns}
    assert not set(correctable(home)) & (personal | kept)
    assert set(correctable(home)) <= known
    assert set(load_entities()["record"].columns) <= set(correctable(home)) | personal | kept


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("A1,caller_phone,1,2,x", "第 2 行的列 caller_phone 是个人信息"),
        ("A1,content,1,2,x", "不能更正"),
        ("A1,colour,1,2,x", "没有名为“colour”的列"),
        (",unit,1,2,x", "没有 record_id"),
        ("A1,unit,1,1,x", "expect 与 value 相同"),
        ("A1,unit,1,2,", "没有写理由"),
        ("A1,unit,1,2", "应有 5 列"),
        ("A1,unit,1,2,x,y", "应有 5 列"),
        ("A1,unit,1,2,x\nA1,unit,1,3,y", "第 3 行与前面一行更正的是同一处"),
    ],
)
def test_a_faulty_correction_is_one_line(home, text, word):
    write(home, text)
    with pytest.raises(HotlineError, match=word) as caught:
        read_corrections(home)
    assert caught.value.code == 2 and "\n" not in str(caught.value)
    assert "correction.csv" in str(caught.value)

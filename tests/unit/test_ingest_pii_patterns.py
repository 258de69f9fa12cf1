"""Nothing personal passes: planted names, numbers and doors, and the key of the hashes."""

import pytest

from pipeline.db import connect
from pipeline.ingest.staging import macros
from tests.support.city import empty_home
from tests.support.dump_files import csv_text, dispatched, fetch, give, load, row, tree


def test_no_planted_person_reaches_the_warehouse(home, capfd):
    name, seat, phone = "欧阳秋月", "慕容晓", "13811112222"
    address = "37号院9号楼"
    text = f"{name}({phone})反映幸福里{address}401室暖气不热,接线员{seat},另有138-1111-2222"
    planted = {
        "来电人": name,
        "来电人电话": phone,
        "坐席姓名": seat,
        "标题": text,
        "主要内容": text,
        "处理结果": text,
        "问题点位": f"幸福里{address}",
        "承办单位": f"联系{phone}",
        "标签": f"回电{phone}",
        "被反映街乡镇": f"幸福里{address}{name}",
    }
    rows = [row("A1", **planted), row("A2", **planted), row("A1", **planted)]
    rows += [row("", **planted), row("A4", **{**planted, "来电时间": f"{name}{phone}"})]
    give(home, "a.csv", csv_text(rows) + f"A5,{name},{phone}\n")
    (receipt,) = load(home).loaded
    assert (receipt.rows_loaded, receipt.rows_duplicate, receipt.rows_rejected) == (
        2,
        1,
        3,
    )
    written = str([fetch(home, kind) for kind in ("records", "texts", "rejects")])
    written += str(receipt) + "".join(capfd.readouterr())

    for secret in (name, seat, phone, "1111-2222", "37号", "401室"):
        assert secret not in written, secret
    for path in home.warehouse.rglob("*"):
        if path.is_file():
            assert name.encode() not in path.read_bytes()
            assert phone.encode() not in path.read_bytes()
    assert not home.tmp.exists()
    assert "暖气不热" in written


def test_the_callers_key_is_private_and_decides_the_hash(home, tmp_path, monkeypatch):
    rows = [row("A1", 来电人电话="13811112222"), row("A2", 来电人电话="138-1111-2222"), row("A3")]
    text = csv_text(rows)
    give(home, "a.csv", text)
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "one" / "key"))
    load(home)
    key = (tmp_path / "one" / "key").read_text().strip()
    assert (tmp_path / "one" / "key").stat().st_mode & 0o777 == 0o600
    first, second, nobody = [
        r[0] for r in fetch(home, "records", "caller_hash", "ORDER BY record_id")
    ]
    assert first == second and nobody is None and 0 <= first < 2**60
    assert all(key.encode() not in content for content in tree(home).values())
    other = empty_home(tmp_path / "other")
    give(other, "a.csv", text)
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "two" / "key"))
    load(other)
    assert fetch(other, "records", "caller_hash", "ORDER BY record_id")[0][0] != first


def test_a_name_typed_into_a_tag_and_a_phone_used_as_an_id_are_covered(tmp_path):
    home = empty_home(tmp_path / "home")
    rows = [
        row("热线-200105-000001", 来电人="欧阳建国", 标签="安全性欧阳建国", 三级分类="欧阳建国家"),
        dispatched("热线-200105-000002", "慕容晓处", "", 坐席姓名="慕容晓", 标签="慕容晓转"),
        row("13800001111", 来电时间="不知道"),
    ]
    load(home, give(home, "a.csv", csv_text(rows)))
    assert fetch(home, "records", "tag, topic, unit", "ORDER BY record_id") == [
        ("安全性某某", "某某家", "?"),
        ("某某转", "?", "某某处"),
    ]
    assert fetch(home, "rejects", "record_id", "") == [("***",)]


def test_what_is_packed_is_reported_by_content_not_by_name(tmp_path):
    home = empty_home(tmp_path / "home")
    result = load(home, give(home, "plain.csv.gz", csv_text([row("热线-200105-000001")])))
    assert [data.rows_loaded for data in result.loaded] == [1]


@pytest.fixture(scope="module")
def con():
    con = connect()
    macros.define(con)
    return con


def masked(con, text: str) -> str:
    return con.execute("SELECT mask_text($1::VARCHAR, NULL, NULL)", [text]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("please call 07700 900123", "please call ***"),
        ("mobile +44 7700 900456", "mobile ***"),
        ("ring 020 7946 0958", "ring ***"),
        ("call (312) 555-0143", "call ***"),
        ("call 312-555-0188 or 312.555.0199", "call *** or ***"),
        ("tel +1 (312) 555 0111", "tel ***"),
        ("Tel 06 12 34 56 78 merci", "Tel *** merci"),
        ("+7 (916) 123-45-67", "***"),
        ("香港 +852 2345 6789", "香港 ***"),
        ("打电话 0412 345 678", "打电话 ***"),
        # A letter typed for a digit.
        ("手机l3812345678请回电", "手机***请回电"),
        ("电话138O1234567", "电话***"),
        # Who took the call.
        ("接线员8032态度差", "***态度差"),
        ("坐席1023挂断电话", "***挂断电话"),
        ("工号:12的接线员", "***的接线员"),
        ("1188号话务员不耐烦", "***不耐烦"),
        ("来电人艾力·买买提反映路灯", "来电人某某反映路灯"),
        ("阿卜杜拉·艾山:家门口积水", "某某:家门口积水"),
        ("沙哈甫·甲先生来电", "某某先生来电"),
    ],
)
def test_numbers_and_names_of_other_places(con, text, wanted):
    # As staging does: a text in which nothing is suspected is not masked.
    assert con.execute("SELECT has_personal($1)", [text]).fetchall() == [(True,)]
    assert masked(con, text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "万科·城市之光小区停水",
        "共20人坐席",
        "坐席20名",
        "客服热线12345",
        "2024-01-08 05:38:43",
        "(1) 10-12人",
        "早上07:30 08:45",
        "公交 0312 路",
        "接线员态度很好",
    ],
)
def test_what_only_looks_like_one_is_kept(con, text):
    assert masked(con, text) == text

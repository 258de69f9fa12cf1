"""Personal data planted in every kind of file, well read or not, stay in data/raw alone."""

import contextlib
import csv
import io
import re
import stat
import subprocess
import time
import zipfile
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from tests.support.processes import finish, start

pytestmark = pytest.mark.slow

PHONE, CARD, PLATE = "13811112222", "11010119870605432X", "京N8K7Q5"
NAME, SEAT, OTHER = "欧阳秋月", "慕容晓燕", "诸葛文博"
MAIL, WECHAT = "qiuyue.oy@example.com", "wx_ouyang77"
PHRASE = "紫罗兰色的管子漏水"
HEAD = (
    *(
        "工单编号",
        "来电时间",
        "工单类型",
        "一级分类",
        "二级分类",
        "三级分类",
        "标签",
        "标题",
        "主要内容",
    ),
    *(
        "来电人",
        "来电人电话",
        "被反映区",
        "被反映街乡镇",
        "承办单位",
        "处理结果",
        "坐席姓名",
        "问题点位",
        "受理处理方式",
    ),
)
# What must be nowhere, also without the signs between the digits. The house number and the room are
# apart from other digits in every text below.
SECRETS = (NAME, SEAT, OTHER, PHONE, "11112222", "一三八一一一一二二二二", CARD, CARD[:17], PLATE)
SECRETS += ("N8K7Q5", MAIL, "qiuyue", WECHAT, "87号院", "4021室", "87654321", "欧 阳 秋 月", PHRASE)


def _text(phone: str) -> str:
    return (
        f"{NAME}({phone})来电,住幸福里87号院6号楼4021室,身份证{CARD},车牌{PLATE},邮箱{MAIL},"
        f"微信号{WECHAT},另一电话010-8765 4321,联系人:{OTHER},坐席{SEAT}。"
    )


def _row(number: str, at: str = "2020-01-05 08:00:00", phone: str = PHONE) -> list[str]:
    text = _text(phone)
    cells = {
        **{
            "工单编号": number,
            "来电时间": at,
            "工单类型": "诉求",
            "一级分类": "住房",
            "二级分类": NAME,
        },
        **{
            "三级分类": f"{NAME}家",
            "标签": f"回电{phone}",
            "标题": text,
            "主要内容": text + PHRASE,
        },
        **{
            "来电人": NAME,
            "来电人电话": phone,
            "被反映区": f"{phone}",
            "被反映街乡镇": f"幸福里87号院{NAME}",
        },
        **{
            "承办单位": f"请联系{NAME}{phone}",
            "处理结果": text,
            "坐席姓名": SEAT,
            "问题点位": "幸福里87号院4021室",
        },
        "受理处理方式": "派单",
    }
    return [cells[name] for name in HEAD]


def _rows() -> list[list[str]]:
    phones = (
        PHONE,
        "138 1111 2222",
        "138-1111-2222",
        "１３８１１１１２２２２",
        "一三八一一一一二二二二",
        "+86 138 1111 2222",
    )
    good = [_row(f"A{number}", phone=phone) for number, phone in enumerate(phones)]
    # A column slipped: what is in place of the time or the number is a person's.
    bad = [_row("", PHONE), _row("B1", f"{NAME}{PHONE}"), _row(PHONE, "不知道"), _row(NAME, "")]
    bad += [_row("138-1111-2222", PLATE), _row("B2", "幸福里87号院4021室"), _row(CARD, MAIL)]
    return [*good, *bad, _row("A0"), [*_row("A1")]]


def _csv(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    folder = tmp_path / "dump"
    folder.mkdir()
    text = _csv([list(HEAD), *_rows()])
    broken = f"C1,{NAME},{PHONE}\n" + _csv([[*_row("C2"), NAME, PHONE]]) + f'C3,"{_text(PHONE)}\n'
    (folder / "good.csv").write_text(text + broken, encoding="utf-8")
    (folder / "no_header.csv").write_text(_csv(_rows()), encoding="utf-8")
    (folder / "bad_header.csv").write_text(_csv([["谁", "说了什么"], [NAME, _text(PHONE)]]))
    changes = text.encode() + _csv([_row("D1")]).encode("gb18030") + b"\xff\xfe\xff\n"
    (folder / "changes.csv").write_bytes(changes)
    (folder / "lines.jsonl").write_text(
        '{"工单编号": "E1"}\n{"' + _text(PHONE) + "\n", encoding="utf-8"
    )
    book = xlsxwriter.Workbook(str(folder / "book.xlsx"))
    sheet = book.add_worksheet("数据")
    for place, row in enumerate([list(HEAD), *_rows()]):
        sheet.write_row(place, 0, [cell.replace("A", "X") for cell in row])
    other = book.add_worksheet("名单")
    other.write_row(0, 0, [NAME, PHONE, CARD])
    book.close()
    (folder / "cut.xlsx").write_bytes((folder / "book.xlsx").read_bytes()[:3000])
    return folder


def _opened(path: Path) -> str:
    """Return what a file holds, unpacked: Parquet, tables of the engine, parts of a zip."""
    raw = path.read_bytes().decode("utf-8", "replace")
    if path.suffix == ".parquet":
        return raw + str(duckdb.execute("FROM read_parquet($1)", [str(path)]).fetchall())
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as con:
            names = con.execute(
                "SELECT table_schema || '.\"' || table_name || '\"' FROM information_schema.tables"
            ).fetchall()
            return raw + "".join(str(con.execute(f"FROM {name}").fetchall()) for (name,) in names)
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return raw


def _found(said: str, allowed: tuple[str, ...] = ()) -> list[str]:
    """Return the secrets in a text, read as it is and without the signs between digits."""
    digits = re.sub(r"[-\s()+]", "", said)
    return [
        secret
        for secret in SECRETS
        if secret not in allowed and (secret in said or (secret.isdigit() and secret in digits))
    ]


def _watch(process: subprocess.Popen, folder: Path) -> set[int]:
    """Return the modes that a folder was seen with until the process ended."""
    seen = set()
    while process.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            seen.add(stat.S_IMODE(folder.stat().st_mode))
        time.sleep(0.01)
    return seen


def test_what_is_personal_stays_in_raw(dump, tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "key" / "caller.key"))
    home = tmp_path / "home"
    calls = [
        ("ingest", "--dry-run", str(dump)),
        *(
            ("ingest", "--new-source", f"office_{number}", str(dump / name))
            for number, name in enumerate(("good.csv", "no_header.csv", "bad_header.csv"))
        ),
    ]
    calls += [("ingest", str(dump)), ("build",), ("status",), ("report", "2020")]
    modes: set[int] = set()
    for call in calls:
        style = () if "--dry-run" in call else ("--log-json",)
        process = start(home, *style, *call)
        if call == ("ingest", str(dump)):
            modes = _watch(process, home / "data" / "warehouse" / ".tmp")
        _, said = finish(process)
        assert "Traceback" not in said, said
        # A dry run shows masked samples of the texts, so the phrase may be there.
        assert not _found(said, (PHRASE,) if "--dry-run" in call else ()), (call, said)
    # While it runs nobody else looks into its working folder.
    assert modes == {0o700}
    written = [path for path in home.rglob("*") if path.is_file()]
    outside = [path for path in written if home / "data" / "raw" not in path.parents]
    assert any("rejects" in str(path) and path.suffix == ".xlsx" for path in outside)
    assert any(path.name == "hotline.duckdb" for path in outside)
    assert any("reports/2020" in str(path) for path in outside)
    for path in outside:
        allowed = (PHRASE,) if "texts" in path.parts else ()
        assert not _found(_opened(path), allowed), path
    texts = "".join(_opened(path) for path in outside if "texts" in path.parts)
    assert PHRASE in texts and "***" in texts
    raw = home / "data" / "raw"
    assert stat.S_IMODE(raw.stat().st_mode) == 0o700
    assert not (home / "data" / "warehouse" / ".tmp").exists()

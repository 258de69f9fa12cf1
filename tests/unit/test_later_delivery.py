"""A later delivery that says less erases nothing; files that only add columns by id are loaded."""

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from pipeline.home import REPOSITORY, Home
from pipeline.warehouse import build
from tests.support.city import ask
from tests.support.dump_files import give, load

BASE = ["工单编号", "来电时间", "一级分类"]
BACK = ["是否有效回访", "是否解决", "是否满意"]


TABLES = (
    *("record", "dispatch", "superseded", "superseded_text", "merged_dispatch", "kept_column"),
    *("moved_id", "unmatched"),
    *("grid_event", "grid_superseded", "grid_merged", "grid_kept_column"),
)


@pytest.fixture(scope="module")
def core(tmp_path_factory) -> Path:
    """The SQL of the deliveries alone: a build of it takes a second, not ten."""
    folder = tmp_path_factory.mktemp("sql")
    (folder / "core").mkdir()
    for name in TABLES:
        file = REPOSITORY / "sql" / "core" / f"{name}.sql"
        (folder / "core" / file.name).symlink_to(file)
    return folder


def text(headings: list[str], *rows: str) -> str:
    return "\n".join([",".join(headings), *rows]) + "\n"


def made(home: Home, core: Path, columns: str, tail: str = "ORDER BY ALL") -> list[tuple]:
    """Build, hold the conservation law, and return these columns of core.record."""
    build(home, sql=core)
    ((received,),) = ask(home, "SELECT sum(records) FROM source.receipt")
    ((replaced,),) = ask(
        home, "SELECT count(*) FROM (SELECT DISTINCT record_id, receipt FROM core.superseded)"
    )
    ((counted,),) = ask(home, "SELECT count(*) FROM core.record")
    assert counted == received - replaced
    return ask(home, f"SELECT {columns} FROM core.record {tail}")


ANSWERS = "record_id, category, is_valid, resolution, satisfaction"


@pytest.mark.slow
def test_a_column_that_a_later_delivery_lacks_keeps_its_value(home, core):
    give(
        home,
        "1.csv",
        text(
            [*BASE, *BACK],
            "A1,2024-01-01 08:00,住房,是,解决,满意",
            "A2,2024-01-02 08:00,住房,否,,",
            "A3,2024-01-03 08:00,住房,是,未解决,不满意",
        ),
        "2024-02-01",
    )
    later = give(
        home,
        "2.csv",
        text(BASE, "A1,2024-01-01 09:00,教育", "A2,2024-01-02 08:00,住房"),
        "2024-02-02",
    )
    result = load(home)
    # A1 has a new category and its old answers; A3 is in the first delivery alone.
    assert made(home, core, f"{ANSWERS}, hour(received_at)") == [
        ("A1", "教育", True, "解决", "满意", 9),
        ("A2", "住房", False, "?", "?", 8),
        ("A3", "住房", True, "未解决", "不满意", 8),
    ]
    shown = "2.csv 没有 是否有效回访、是否解决、是否满意,2 件沿用 1.csv 的值"
    lost = "(否则会失去:是否有效回访 2、是否解决 1、是否满意 1)"
    assert result.files[1].details == [shown + lost]
    # Without the later one: as before it came.
    receipt = next(f.receipt for f in result.files if f.name == later.name)
    (home.receipts / f"{receipt.id}.json").unlink()
    assert made(home, core, ANSWERS)[0] == ("A1", "住房", True, "解决", "满意")


@pytest.mark.slow
def test_the_day_of_receipt_decides_and_not_the_order_of_loading(home, core):
    give(home, "2.csv", text(BASE, "A1,2024-01-01 08:00,教育"), "2024-02-02")
    load(home)
    give(home, "1.csv", text([*BASE, *BACK], "A1,2024-01-01 08:00,住房,是,解决,满意"), "2024-02-01")
    result = load(home)
    assert made(home, core, ANSWERS) == [("A1", "教育", True, "解决", "满意")]
    assert result.files[0].details == [
        "2.csv 没有 是否有效回访、是否解决、是否满意,1 件沿用 1.csv 的值"
        "(否则会失去:是否有效回访 1、是否解决 1、是否满意 1)"
    ]


@pytest.mark.slow
def test_of_one_day_the_file_loaded_last_is_the_newer(home, core):
    give(home, "a.csv", text([*BASE, *BACK], "A1,2024-01-01 08:00,住房,是,解决,满意"))
    give(home, "b.csv", text([*BASE, "是否解决"], "A1,2024-01-01 08:00,教育,未解决"))
    load(home)
    assert made(home, core, ANSWERS) == [("A1", "教育", True, "未解决", "满意")]


@pytest.mark.slow
def test_three_deliveries_with_columns_in_turn(home, core):
    head = [*BASE, "是否解决", "工单来源"]
    give(home, "1.csv", text(head, "A1,2024-01-01 08:00,住房,解决,电话"), "2024-02-01")
    head = [*BASE, "是否满意", "工单来源"]
    give(home, "2.csv", text(head, "A1,2024-01-01 08:00,住房,满意,网络"), "2024-02-02")
    head = [*BASE, "是否解决", "被反映区"]
    give(home, "3.csv", text(head, "A1,2024-01-01 08:00,住房,未解决,朝阳区"), "2024-02-03")
    load(home)
    columns = "resolution, satisfaction, channel, place_district"
    assert made(home, core, columns) == [("未解决", "满意", "网络", "朝阳区")]
    kept = ask(
        home,
        """SELECT r.name, column_name, record_count, filled_count FROM core.kept_column
           JOIN source.receipt AS r ON r.receipt = from_receipt ORDER BY ALL""",
    )
    assert kept == [("2.csv", "channel", 1, 1), ("2.csv", "satisfaction", 1, 1)]


def test_an_empty_cell_is_a_statement_and_an_emptied_column_is_reported(home, core):
    head = [*BASE, "办结时间", "是否解决"]
    rows = [f"A{n},2024-01-0{n} 08:00,住房,2024-01-09 08:00,解决" for n in range(1, 5)]
    give(home, "1.csv", text(head, *rows), "2024-02-01")
    # One is open again; of all four the answer is empty.
    rows = [f"A{n},2024-01-0{n} 08:00,住房,2024-01-09 08:00," for n in range(2, 5)]
    give(home, "2.csv", text(head, "A1,2024-01-01 08:00,住房,,", *rows), "2024-02-02")
    result = load(home)
    columns = "record_id, closed_at IS NULL, resolution"
    assert made(home, core, columns) == [
        ("A1", True, "?"),
        *((f"A{n}", False, "?") for n in range(2, 5)),
    ]
    assert (
        result.files[1]
        .details[0]
        .startswith("2.csv 的 是否解决 0 件有值,而 1.csv 同样的编号有 4 件:")
    )


CHAIN = [*BASE, "派单时间", "承办单位", "受理处理方式"]


@pytest.mark.slow
def test_the_chain_of_dispatches_is_kept_or_replaced_whole(home, core):
    give(
        home,
        "1.csv",
        text(
            [*CHAIN, "是否解决"],
            "A1,2024-01-01 08:00,住房,2024-01-01 09:00,朝阳区,派单,未解决",
            "A1,2024-01-01 08:00,住房,2024-01-02 09:00,海淀区,派单,解决",
            "A2,2024-01-01 08:00,住房,2024-01-01 09:00,朝阳区,派单,解决",
        ),
        "2024-02-01",
    )
    # Without a word of dispatches both chains stay.
    give(home, "2.csv", text(BASE, "A1,2024-01-01 08:00,教育"), "2024-02-02")
    load(home)
    build(home, sql=core)
    chain = """SELECT record_id, dispatch_no, is_last, unit, category, resolution
               FROM core.dispatch ORDER BY 1, 2"""
    assert ask(home, chain) == [
        ("A1", 1, False, "朝阳区", "教育", "未解决"),
        ("A1", 2, True, "海淀区", "教育", "解决"),
        ("A2", 1, True, "朝阳区", "住房", "解决"),
    ]
    # A longer chain without answers: the last dispatch keeps what the last one had.
    give(
        home,
        "3.csv",
        text(
            CHAIN,
            "A1,2024-01-01 08:00,教育,2024-01-01 09:00,朝阳区,派单",
            "A1,2024-01-01 08:00,教育,2024-01-02 09:00,海淀区,派单",
            "A1,2024-01-01 08:00,教育,2024-01-03 09:00,西城区,派单",
            "A2,2024-01-01 08:00,住房,2024-01-01 09:00,东城区,派单",
            "A2,2024-01-01 08:00,住房,2024-01-05 09:00,西城区,派单",
        ),
        "2024-02-03",
    )
    load(home)
    build(home, sql=core)
    assert ask(home, chain) == [
        ("A1", 1, False, "朝阳区", "教育", "未解决"),
        ("A1", 2, False, "海淀区", "教育", "解决"),
        ("A1", 3, True, "西城区", "教育", "解决"),
        ("A2", 1, False, "东城区", "住房", "解决"),
        ("A2", 2, True, "西城区", "住房", "解决"),
    ]
    # A shorter one.
    give(
        home,
        "4.csv",
        text(CHAIN, "A1,2024-01-01 08:00,教育,2024-01-03 09:00,西城区,派单"),
        "2024-02-04",
    )
    load(home)
    build(home, sql=core)
    assert ask(home, chain)[0] == ("A1", 1, True, "西城区", "教育", "解决")
    ((count,),) = ask(home, "SELECT count(*) FROM core.dispatch WHERE record_id = 'A1'")
    assert count == 1


@pytest.mark.slow
def test_what_belongs_under_a_value_is_kept_only_under_it(home, core):
    head = [*BASE, "二级分类", "被反映区", "被反映街乡镇", "承办单位", "受理处理方式"]
    rows = [f"A{n},2024-01-01 08:00,住房,供暖,朝阳区,建外街道,朝阳区,派单" for n in (1, 2, 3, 4)]
    give(home, "1.csv", text(head, *rows), "2024-02-01")
    head = [*BASE, "被反映区", "受理处理方式"]
    rows = [
        "A1,2024-01-01 08:00,住房,朝阳区,派单",
        "A2,2024-01-01 08:00,教育,海淀区,派单",
        "A3,2024-01-01 08:00,住房,朝阳区,直接解答",
        # The column of districts names the street.
        "A4,2024-01-01 08:00,住房,朝阳区八里庄街道,派单",
    ]
    give(home, "2.csv", text(head, *rows), "2024-02-02")
    load(home)
    columns = "record_id, category, subcategory, place_district, place_street, unit, unit_type"
    assert made(home, core, columns) == [
        ("A1", "住房", "供暖", "朝阳区", "建外街道", "朝阳区", "区"),
        ("A2", "教育", "?", "海淀区", "?", "朝阳区", "区"),
        ("A3", "住房", "供暖", "朝阳区", "建外街道", "?", "?"),
        ("A4", "住房", "供暖", "朝阳区", "八里庄街道", "朝阳区", "区"),
    ]


@pytest.mark.slow
def test_a_unit_keeps_the_type_that_only_a_file_shows(home, core):
    head = [*BASE, "承办单位", "单位类型", "受理处理方式"]
    rows = [f"A{n},2024-01-01 08:00,住房,外星服务所,国有企业,派单" for n in (1, 2)]
    rows.append("A3,2024-01-01 08:00,住房,朝阳区,区,派单")
    give(home, "1.csv", text(head, *rows), "2024-02-01")
    head = [*BASE, "承办单位", "受理处理方式"]
    rows = [
        "A1,2024-01-01 08:00,住房,外星服务所,派单",
        "A2,2024-01-01 08:00,住房,月球服务所,派单",
        "A3,2024-01-01 08:00,住房,海淀区,派单",
    ]
    give(home, "2.csv", text(head, *rows), "2024-02-02")
    result = load(home)
    # Of A3 the register lists the kind.
    assert result.files[1].details == [
        "2.csv 没有 单位类型,3 件沿用 1.csv 的值(否则会失去:单位类型 2)"
    ]
    assert made(home, core, "record_id, unit, unit_type") == [
        ("A1", "外星服务所", "国有企业"),
        ("A2", "月球服务所", "?"),
        ("A3", "海淀区", "区"),
    ]
    assert ask(home, "SELECT column_name, record_count, filled_count FROM core.kept_column") == [
        ("unit_type", 3, 1)
    ]


@pytest.mark.slow
def test_texts_that_a_later_delivery_lacks_are_kept(home, core):
    head = [*BASE, "主要内容"]
    give(home, "1.csv", text(head, "A1,2024-01-01 08:00,住房,暖气不热"), "2024-02-01")
    give(home, "2.csv", text(BASE, "A1,2024-01-01 08:00,教育"), "2024-02-02")
    load(home)
    assert made(home, core, "category") == [("教育",)]
    texts = ask(
        home,
        """SELECT r.name FROM core.record AS d
           JOIN source.receipt AS r ON r.receipt = d.text_receipt""",
    )
    unused = ask(
        home,
        """SELECT r.name FROM core.superseded_text AS s
           JOIN source.receipt AS r ON r.receipt = s.receipt""",
    )
    assert (texts, unused) == ([("1.csv",)], [("2.csv",)])


@pytest.mark.slow
def test_half_a_month_again_touches_only_its_half(home, core):
    rows = [f"A{n},2024-01-0{n} 08:00,住房,是,解决,满意" for n in (1, 2, 3, 4)]
    give(home, "1.csv", text([*BASE, *BACK], *rows), "2024-02-01")
    rows = ["A1,2024-01-01 08:00,教育", "A2,2024-01-02 08:00,教育", "A9,2024-01-09 08:00,教育"]
    give(home, "2.csv", text(BASE, *rows), "2024-02-02")
    load(home)
    assert made(home, core, "record_id, category, resolution") == [
        ("A1", "教育", "解决"),
        ("A2", "教育", "解决"),
        ("A3", "住房", "解决"),
        ("A4", "住房", "解决"),
        ("A9", "教育", "?"),
    ]
    assert ask(home, "SELECT count(*) FROM core.merged_dispatch") == [(2,)]


@pytest.mark.slow
def test_a_record_that_moves_to_another_month_takes_its_answers_along(home, core):
    rows = [f"A{n},2024-01-31 08:00,住房,是,解决,满意" for n in (1, 2)]
    rows.append("B1,2024-03-01 08:00,住房,是,解决,满意")
    give(home, "1.csv", text([*BASE, *BACK], *rows), "2024-03-01")
    load(home)
    build(home, sql=core)
    later = give(home, "2.csv", text(BASE, "A1,2024-02-01 08:00,教育"), "2024-03-02")
    result = load(home)
    columns = "record_id, month, category, resolution, satisfaction"
    wanted = [
        ("A1", 2, "教育", "解决", "满意"),
        ("A2", 1, "住房", "解决", "满意"),
        ("B1", 3, "住房", "解决", "满意"),
    ]
    assert made(home, core, columns) == wanted
    # The supplement finds the record where it counts now.
    give(home, "3.csv", text(["工单编号", "是否满意"], "A1,不满意"), "2024-03-03")
    load(home)
    wanted[0] = ("A1", 2, "教育", "解决", "不满意")
    assert made(home, core, columns) == wanted
    # Back in its month, with what the supplement says.
    receipt = next(f.receipt for f in result.files if f.name == later.name)
    (home.receipts / f"{receipt.id}.json").unlink()
    assert made(home, core, columns)[0] == ("A1", 1, "住房", "解决", "不满意")


def test_a_supplement_is_joined_by_id_whatever_its_place_in_the_order(home, core):
    rows = [f"B{n},2024-01-0{n} 08:00,住房" for n in (1, 2, 3)]
    rows.append("B4,2024-02-01 08:00,住房")
    backs = text(
        ["工单编号", *BACK], "B1,是,解决,满意", "B2,否,,", "B4,是,未解决,不满意", "X9,是,,"
    )
    # In the order of names the supplement is the first.
    give(home, "a_backs.csv", backs)
    give(home, "b_records.csv", text(BASE, *rows))
    result = load(home)
    assert [(file.name, file.state) for file in result.files] == [
        ("b_records.csv", "loaded"),
        ("a_backs.csv", "loaded"),
    ]
    receipt = result.files[1].receipt
    counts = [getattr(receipt, f"rows_{n}") for n in ("read", "loaded", "duplicate", "rejected")]
    assert (counts, receipt.reject_reasons) == ([4, 3, 0, 1], {"record_unknown": 1})
    assert "只按编号补充 是否有效回访、是否解决、是否满意" in result.files[1].line
    assert made(home, core, ANSWERS) == [
        ("B1", "住房", True, "解决", "满意"),
        ("B2", "住房", False, "?", "?"),
        ("B3", "住房", None, "?", "?"),
        ("B4", "住房", True, "未解决", "不满意"),
    ]
    assert load(home).exit_code == 0


def test_a_supplement_alone_is_refused_with_what_to_do(home, tmp_path):
    path = tmp_path / "backs.csv"
    path.write_text(text(["工单编号", *BACK], "B1,是,解决,满意"), encoding="utf-8")
    result = load(home, path)
    assert result.exit_code == 65
    assert result.lines == [
        "backs.csv 未入库:按“12345 热线城市导出”缺少必需的列 来电时间或创建时间、"
        "一级分类或问题分类,只能按编号补充 是否有效回访、是否解决、是否满意;"
        "但所列编号没有一个在已入库的热线工单里:"
        "请先入库这些热线工单,再入库这个文件;若它本是完整的热线工单,请补上所缺的列名"
    ]
    # Afterwards it is loaded as any other.
    give(home, "records.csv", text(BASE, "B1,2024-01-01 08:00,住房"))
    load(home)
    assert load(home, path).exit_code == 0


@pytest.mark.slow
def test_two_supplements_and_a_fuller_file(home, core):
    head = [*BASE, "承办单位", "派单时间", "受理处理方式"]
    rows = [
        "C1,2024-01-01 08:00,住房,朝阳区,2024-01-01 09:00,派单",
        "C1,2024-01-01 08:00,住房,海淀区,2024-01-02 09:00,派单",
    ]
    give(home, "1.csv", text(head, *rows), "2024-02-01")
    give(home, "2.csv", text(["工单编号", "办结时间"], "C1,2024-01-05 10:00"), "2024-02-02")
    backs = text(["工单编号", "是否有效回访", "是否解决"], "C1,是,未解决")
    give(home, "3.csv", backs, "2024-02-03")
    load(home)
    columns = "unit, dispatch_count, CAST(closed_at AS VARCHAR), is_valid, resolution, satisfaction"
    closed = "2024-01-05 10:00:00"
    assert made(home, core, columns) == [("海淀区", 2, closed, True, "未解决", "?")]
    # A supplement with an empty cell in a column that it has: the answer is taken back.
    backs = text(["工单编号", "是否解决", "是否满意"], "C1,,满意")
    give(home, "4.csv", backs, "2024-02-04")
    load(home)
    assert made(home, core, columns) == [("海淀区", 2, closed, True, "?", "满意")]
    # A fuller file afterwards has the last word on what it has.
    row = "C1,2024-01-01 08:00,教育,解决,2024-01-06 10:00"
    give(home, "5.csv", text([*BASE, "是否解决", "办结时间"], row), "2024-02-05")
    load(home)
    assert made(home, core, f"category, {columns}") == [
        ("教育", "海淀区", 2, "2024-01-06 10:00:00", True, "解决", "满意")
    ]


@pytest.mark.slow
def test_a_supplement_moves_no_record_and_counts_nowhere_alone(home, core):
    records = give(home, "1.csv", text(BASE, "D1,2024-01-31 08:00,住房"), "2024-02-01")
    # Its time of receipt is not taken.
    supplement = text(["工单编号", "来电时间", "是否解决"], "D1,2024-02-01 08:00,解决")
    give(home, "2.csv", supplement, "2024-02-02")
    result = load(home)
    columns = "record_id, CAST(received_at AS VARCHAR), resolution"
    assert made(home, core, columns) == [("D1", "2024-01-31 08:00:00", "解决")]
    receipt = next(f.receipt for f in result.files if f.name == records.name)
    (home.receipts / f"{receipt.id}.json").unlink()
    assert made(home, core, columns) == []
    load(home)
    assert made(home, core, columns) == [("D1", "2024-01-31 08:00:00", "解决")]


@pytest.mark.slow
def test_answers_of_one_file_that_disagree_are_reported(home):
    ids = range(1, 6)
    rows = [f"A{n},2024-01-01 08:00,住房,工单内容{n}" for n in ids]
    # A5 is there twice, once emptier, once under another category.
    rows += ["A5,2024-01-01 08:00,,工单内容5", "A5,2024-01-01 08:00,教育,工单内容5"]
    give(home, "1.csv", text([*BASE, "主要内容"], *rows), "2024-02-01")
    answers = [
        "A1,是,解决,满意",
        "A1,是,未解决,不满意",
        "A1,是,解决,满意",
        # One answer beside none, and the same twice: no disagreement.
        "A2,是,解决,",
        "A2,是,解决,满意",
        "A3,否,,",
        "A3,否,,",
        "A4,是,解决,满意",
        "A4,是,解决,不满意",
    ]
    give(home, "2.csv", text(["工单编号", *BACK], *answers), "2024-02-02")
    records, supplement = load(home).files
    said = "各按填得最全的一行(同样全的取最先写的)计,其余行算作重复;请核对后改正原文件"
    assert f"同一编号写了几行而内容不同的 1 件(一级分类 1),{said}" in records.details
    assert f"同一编号写了几行而内容不同的 2 件(是否满意 2、是否解决 1),{said}" in supplement.details
    # The receipt keeps the line, and the rows are duplicates as before.
    assert any("内容不同的 2 件" in line for line in supplement.receipt.warnings)
    assert supplement.receipt.rows_duplicate == 5


def test_ids_that_start_anew_each_month_cannot_be_supplemented(home):
    for month in (1, 2):
        rows = [f"{n:03d},2024-0{month}-05 08:00,住房" for n in range(30)]
        give(home, f"{month}.csv", text(BASE, *rows), f"2024-0{month + 1}-01")
    rows = [f"{n:03d},解决" for n in range(30)]
    give(home, "backs.csv", text(["工单编号", "是否解决"], *rows), "2024-03-02")
    result = load(home)
    (failed,) = [file for file in result.files if file.state == "failed"]
    assert "这个编号在几个月份里各有一件 30" in failed.line


def _book(sheets: dict[str, list[list[str]]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


RECORDS = [BASE, ["E1", "2024-01-01 08:00:00", "住房"], ["E2", "2024-01-02 08:00:00", "住房"]]
BACKS = [["工单编号", *BACK], ["E1", "是", "解决", "满意"], ["E2", "否", "", ""]]
REGISTER = [["编号", "承办单位"], ["1", "朝阳区"], ["2", "海淀区"]]


@pytest.mark.slow
def test_a_sheet_of_answers_beside_the_sheet_of_records(home, core):
    book = _book({"回访": BACKS, "工单": RECORDS, "名册": REGISTER})
    path = give(home, "book.xlsx", book)
    result = load(home)
    assert [(file.name, file.state) for file in result.files] == [
        ("book.xlsx", "loaded"),
        ("book.xlsx/回访", "loaded"),
        ("book.xlsx/名册", "unread"),
    ]
    wanted = [("E1", "住房", True, "解决", "满意"), ("E2", "住房", False, "?", "?")]
    assert made(home, core, ANSWERS) == wanted
    assert {file.state for file in load(home, path).files} == {"known"}
    # A sheet whose receipt is gone comes back without the others.
    (home.receipts / f"{result.files[1].receipt.id}.json").unlink()
    assert made(home, core, ANSWERS)[0] == ("E1", "住房", None, "?", "?")
    assert [file.name for file in load(home, path).files] == ["book.xlsx/回访"]
    assert made(home, core, ANSWERS) == wanted


@pytest.mark.slow
def test_an_archive_with_both(home, core):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", text(["工单编号", *BACK], "E1,是,解决,满意"))
        archive.writestr("b.csv", text(BASE, "E1,2024-01-01 08:00,住房"))
    path = give(home, "both.zip", out.getvalue())
    result = load(home)
    assert [file.name for file in result.files] == ["both.zip/b.csv", "both.zip/a.csv"]
    assert made(home, core, ANSWERS) == [("E1", "住房", True, "解决", "满意")]
    assert {file.state for file in load(home, path).files} == {"known"}


EVENT = ["事件编号", "事件类别", "上报时间", "区", "街乡镇"]


@pytest.mark.slow
def test_events_of_the_grid_keep_and_gain_columns_too(home, core):
    closed = "2024-01-02 08:00:00"
    give(
        home,
        "1.csv",
        text(
            [*EVENT, "办结时间", "网格"],
            f"G1,市容环境,2024-01-01 08:00,朝阳区,建外街道,{closed},甲",
            "G2,市容环境,2024-01-01 08:00,朝阳区,建外街道,,乙",
        ),
        "2024-02-01",
    )
    rows = ["G1,市容环境,2024-01-01 08:00,朝阳区", "G2,市容环境,2024-01-01 08:00,海淀区"]
    give(home, "2.csv", text(EVENT[:4], *rows), "2024-02-02")
    load(home)
    build(home, sql=core)
    columns = """SELECT record_id, district, street, grid, CAST(closed_at AS VARCHAR),
        close_seconds, is_solved FROM core.grid_event ORDER BY 1"""
    assert ask(home, columns) == [
        ("G1", "朝阳区", "建外街道", "甲", closed, 86400, True),
        ("G2", "海淀区", "?", "乙", None, None, False),
    ]
    give(
        home,
        "3.csv",
        text(["事件编号", "事件状态", "结案时间"], f"G2,已结案,{closed}"),
        "2024-02-03",
    )
    load(home)
    build(home, sql=core)
    assert ask(home, columns)[1] == ("G2", "海淀区", "?", "乙", closed, 86400, True)
    ((received, replaced),) = ask(
        home,
        """SELECT (SELECT sum(records) FROM source.receipt), count(*) FROM core.grid_superseded""",
    )
    assert received - replaced == 2

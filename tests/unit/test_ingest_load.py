"""A file from its bytes to the warehouse: nothing lost, nothing twice, nothing personal."""

import csv
import datetime
import gzip
import io
import json

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.city import empty_home
from tests.support.dump_files import csv_text, dispatched, fetch, give, load, row, tree

CHAIN = [
    dispatched("A1", "朝阳区", "2020-01-05 09:00:00"),
    row("A2"),
    dispatched("A1", "市公安局", "2020-01-06 09:00:00"),
]


def test_one_row_per_record_and_dispatch(home):
    give(home, "a.csv", csv_text(CHAIN))
    result = load(home)
    assert result.exit_code == 0
    (receipt,) = result.loaded
    counts = ("rows_read", "rows_loaded", "rows_duplicate", "rows_rejected", "records")
    assert [getattr(receipt, name) for name in counts] == [3, 3, 0, 0, 2]
    columns = "record_id, dispatch_no, is_last, handling, unit_type, unit, unit_district"
    assert fetch(home, "records", columns) == [
        ("A1", 1, False, "派单", "区", "朝阳区", "朝阳区"),
        ("A1", 2, True, "派单", "市级部门", "市公安局", "?"),
        ("A2", 1, True, "直接解答", "?", "?", "?"),
    ]
    assert [r[0] for r in fetch(home, "texts", "record_id")] == ["A1", "A2"]


def test_of_equal_dispatch_times_the_later_row_counts(home):
    at = "2020-01-05 09:00:00"
    give(home, "a.csv", csv_text([dispatched("A", "海淀区", at), dispatched("A", "东城区", at)]))
    load(home)
    assert fetch(home, "records", "unit, is_last") == [("东城区", True), ("海淀区", False)]


def test_of_a_duplicate_the_richer_row_survives_then_the_first(home):
    rows = [
        row("A", 标签="poor", 二级分类=""),
        row("A", 标签="rich", 三级分类="x"),
        row("B", 标签="first"),
        row("B", 标签="second"),
        row("C"),
    ]
    give(home, "a.csv", csv_text(rows))
    (receipt,) = load(home).loaded
    assert (receipt.rows_duplicate, receipt.rows_loaded, receipt.records) == (2, 3, 3)
    assert fetch(home, "records", "record_id, tag, dispatch_no, is_last") == [
        ("A", "rich", 1, True),
        ("B", "first", 1, True),
        ("C", "?", 1, True),
    ]


def test_a_duplicate_inside_a_chain_leaves_the_chain(home):
    rows = [*CHAIN, {**CHAIN[2], "标签": "richer"}]
    give(home, "a.csv", csv_text(rows))
    (receipt,) = load(home).loaded
    assert receipt.rows_duplicate == 1
    assert fetch(home, "records", "record_id, dispatch_no, is_last, tag") == [
        ("A1", 1, False, "?"),
        ("A1", 2, True, "richer"),
        ("A2", 1, True, "?"),
    ]


def test_rejects_name_reason_line_and_masked_value(home):
    text = csv_text(
        [
            row("A1", 主要内容="two\nlines"),
            row("", 来电人="李伟"),
            row("A3", 来电时间=""),
            row("A4", 来电时间="李伟13812345678"),
            row("A5", 来电时间="2020-02-31 08:00:00"),
            row("A6"),
        ]
    )
    give(home, "a.csv", text + "broken,李伟,13812345678\n")
    result = load(home)
    assert result.exit_code == 0 and "退回 5" in result.lines[0]
    columns = "line, column_name, reason, value_masked, record_id"
    assert fetch(home, "rejects", columns) == [
        (4, "record_id", "record_id_missing", None, None),
        (5, "received_at", "received_at_missing", None, "A3"),
        (6, "received_at", "received_at_invalid", "某某***", "A4"),
        (7, "received_at", "received_at_invalid", "2020-02-31 08:00:00", "A5"),
        (9, "record_type", "missing_columns", None, None),
    ]
    assert [r[0] for r in fetch(home, "records", "record_id")] == ["A1", "A6"]


def test_a_bad_value_rejects_its_row_and_no_other(home):
    """The engine's type_pushdown would cast in the reader, where a bad value takes rows away."""
    rows = [row(f"A{n}", 口径层级="abc", 派单时间="never", 是否联系="?") for n in range(50)]
    give(home, "a.csv", csv_text(rows))
    (receipt,) = load(home).loaded
    assert (receipt.rows_loaded, receipt.rows_rejected) == (50, 0)


def test_created_at_replaces_a_missing_received_at(home):
    give(
        home,
        "a.csv",
        "创建时间,工单编号,问题分类,来电时间\n2020/3/4 10:52,A,公共服务->供暖->不热,\n",
    )
    load(home)
    columns = "received_at, category, subcategory, topic"
    at = datetime.datetime(2020, 3, 4, 10, 52)
    assert fetch(home, "records", columns) == [(at, "公共服务", "供暖", "不热")]


def test_names_are_brought_to_the_registers(home):
    rows = [
        dispatched("A1", "朝阳区政府", "2020-01-06", 被反映区="朝阳", 被反映街乡镇="三里屯街道"),
        dispatched("A2", "丰台区新村街道", "2020-01-06", 被反映区=" 丰台区\u3000"),
        dispatched("A3", "无名公司", "2020-01-06", 被反映区="天津", 被反映街乡镇="八里庄街道"),
        row("A4", 一级分类="没有的类", 承办单位="朝阳区"),
    ]
    give(home, "a.csv", csv_text(rows))
    (receipt,) = load(home).loaded
    columns = "record_id, place_district, place_street, unit_type, unit, unit_district, unit_street"
    assert fetch(home, "records", columns) == [
        ("A1", "朝阳区", "三里屯街道", "区", "朝阳区", "朝阳区", "?"),
        ("A2", "丰台区", "?", "街乡镇", "丰台区新村街道", "丰台区", "新村街道"),
        ("A3", "?", "?", "?", "无名公司", "?", "?"),
        ("A4", "?", "?", "?", "?", "?", "?"),
    ]
    unknown = {"category": 1, "unit": 1, "place_district": 1, "place_street": 1}
    assert receipt.unknown == unknown


FORMS = [
    "gb18030",
    *(pytest.param(one, marks=pytest.mark.slow) for one in ("bom", "gz", "crlf", "tab")),
]


@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_the_file_changes_nothing(home, tmp_path, form):
    rows = [
        *CHAIN,
        row("A4", 主要内容='说"不热",\n第二行', 来电人="李伟", 来电人电话="13812345678"),
    ]
    text = csv_text(rows)
    forms = {
        "gb18030": text.encode("gb18030"),
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "gz": gzip.compress(text.encode()),
        "crlf": text.replace("\n", "\r\n").encode(),
        "tab": _with_tabs(text).encode(),
    }
    other = empty_home(tmp_path / "other")
    give(home, "a.csv", text)
    give(other, "a.csv", forms[form])
    (plain,), (shown,) = load(home).loaded, load(other).loaded
    assert shown.encoding == ("gb18030" if form == "gb18030" else "utf-8")
    without = "* EXCLUDE (receipt)"
    assert fetch(home, "records", without) == fetch(other, "records", without)
    texts = [fetch(one, "texts", without) for one in (home, other)]
    if form == "crlf":
        texts = [json.loads(json.dumps(part).replace("\\r", "")) for part in texts]
    assert texts[0] == texts[1]
    assert plain.records == shown.records == 3


def _with_tabs(text: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(csv.reader(io.StringIO(text)))
    return out.getvalue()


def test_parquet_gives_the_same_records(home, tmp_path):
    path = give(home, "a.csv", csv_text(CHAIN))
    other = empty_home(tmp_path / "other")
    target = other.raw / "beijing_city" / "2020-02-01" / "a.parquet"
    target.parent.mkdir(parents=True)
    duckdb.execute(f"COPY (FROM read_csv('{path}')) TO '{target}'")  # its own guess of types
    load(home)
    assert load(other).loaded[0].format == "parquet"
    without = "* EXCLUDE (receipt)"
    assert fetch(home, "records", without) == fetch(other, "records", without)


def test_twice_is_nothing(home, tmp_path):
    path = give(home, "a.csv", csv_text(CHAIN))
    load(home)
    before = tree(home)
    again = load(home)
    assert (again.exit_code, [file.state for file in again.files]) == (0, ["known"])
    copy = tmp_path / "copy.csv"
    copy.write_bytes(path.read_bytes())
    assert load(home, copy).files[0].state == "known"
    after = tree(home)
    assert after.pop("known.csv").decode().endswith(",copy.csv,\n")
    assert after == before


def test_an_overlapping_delivery_keeps_both_receipts(home):
    give(home, "a.csv", csv_text([row("A1"), row("A2")]))
    give(home, "b.csv", csv_text([row("A2", 标签="new"), row("A3")]), day="2020-03-01")
    receipts = load(home).loaded
    assert [(r.sequence, str(r.received_on)) for r in receipts] == [
        (1, "2020-02-01"),
        (2, "2020-03-01"),
    ]
    assert [r[0] for r in fetch(home, "records", "record_id")] == ["A1", "A2", "A2", "A3"]


def test_a_file_of_several_months_is_parted(home):
    rows = [
        row(f"A{n}", 来电时间=f"20{20 + n // 12}-{n % 12 + 1:02d}-15 08:00:00") for n in range(14)
    ]
    give(home, "a.csv", csv_text(rows))
    (receipt,) = load(home).loaded
    assert (receipt.period_first, receipt.period_last) == ("2020-01", "2021-02")
    assert [(p.year, p.month, p.rows) for p in receipt.partitions][-2:] == [
        (2021, 1, 1),
        (2021, 2, 1),
    ]
    for part in receipt.partitions:
        path = home.warehouse / part.records_file
        assert f"year={part.year}/month={part.month:02d}/" in part.records_file
        found = duckdb.execute(
            "SELECT DISTINCT year(received_at), month(received_at) FROM read_parquet($1)",
            [str(path)],
        ).fetchall()
        assert found == [(part.year, part.month)]


IDS = st.sampled_from(["A", "B", "C", "D", ""])
ROWS = st.lists(
    st.builds(
        lambda number, unit, at, received, tag: (
            row(number, 标签=tag, 来电时间=received)
            if unit is None
            else dispatched(number, unit, at, 标签=tag, 来电时间=received)
        ),
        IDS,
        st.sampled_from([None, "朝阳区", "东城区", " 朝阳区"]),
        st.sampled_from(["", "2020-01-05 09:00:00", "2020/1/5 9:00", "2020-01-07 09:00:00"]),
        st.sampled_from(["2020-01-05 08:00:00", "2020-02-05 08:00:00", "x", ""]),
        st.sampled_from(["", "t"]),
    ),
    min_size=1,
    max_size=12,
)


def expected_counts(rows: list[dict[str, str]]) -> tuple[int, int, int]:
    """Loaded, duplicate and rejected, worked out with dictionaries."""
    good = [r for r in rows if r["工单编号"] and r["来电时间"].startswith("2020")]
    same_time = {"2020/1/5 9:00": "2020-01-05 09:00:00"}
    keys = {
        (r["工单编号"], same_time.get(r["派单时间"], r["派单时间"]), r["承办单位"].strip())
        for r in good
    }
    return len(keys), len(good) - len(keys), len(rows) - len(good)


@pytest.mark.slow
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ROWS)
def test_every_row_is_loaded_duplicate_or_rejected(tmp_path_factory, rows):
    home = empty_home(tmp_path_factory.mktemp("home"))
    give(home, "a.csv", csv_text(rows))
    result = load(home)
    loaded, duplicate, rejected = expected_counts(rows)
    if not loaded:
        assert result.exit_code == 65
        return
    (receipt,) = result.loaded
    counts = ("rows_read", "rows_loaded", "rows_duplicate", "rows_rejected")
    assert [getattr(receipt, name) for name in counts] == [len(rows), loaded, duplicate, rejected]
    chain = fetch(home, "records", "record_id, dispatch_no, is_last")
    for number in {record for record, _, _ in chain}:
        links = [(no, last) for record, no, last in chain if record == number]
        assert [no for no, _ in links] == list(range(1, len(links) + 1))
        assert [last for _, last in links] == [False] * (len(links) - 1) + [True]

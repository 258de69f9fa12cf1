"""Dates that are not year, month, day: the column proves the order, or the source gives it."""

import datetime

import pytest

from pipeline.db import connect
from pipeline.errors import HotlineError
from pipeline.ingest.columns.source import Source, load_sources
from pipeline.ingest.staging import macros
from pipeline.ingest.staging.time_formats import strptime_form
from tests.support.dump_files import delimited, fetch, give, load, xlsx

HEAD = ["SR Number", "Created Date", "Closed Date", "Request Type", "District"]
SOURCE = """title = "us"
entity = "record"
required = ["record_id", "received_at", "category"]
{more}
[columns]
record_id = ["SR Number"]
received_at = ["Created Date"]
closed_at = ["Closed Date"]
category = ["Request Type"]
place_district = ["District"]
[constants]
record_type = "投诉"
handling = "派单"
"""


@pytest.fixture(scope="module")
def con():
    con = connect()
    macros.define(con)
    macros.define_dates(con)
    return con


def us(home, more: str = ""):
    home.sources.mkdir(parents=True, exist_ok=True)
    (home.sources / "us.toml").write_text(SOURCE.format(more=more), encoding="utf-8")
    return home


def rows_of(*times: str | tuple[str, str]) -> list[list[str]]:
    pairs = [time if isinstance(time, tuple) else (time, "") for time in times]
    return [
        [str(number), received, closed, "Pothole", "North"]
        for number, (received, closed) in enumerate(pairs, 1)
    ]


def received(home) -> list[str]:
    return [at for (at,) in fetch(home, "records", "received_at::VARCHAR", "ORDER BY record_id")]


def loaded(home, *times, name="dump.csv"):
    return load(home, give(home, name, delimited([HEAD, *rows_of(*times)], ";"), "2025-01-05"))


# Each time by hand, for the order month, day, year, then day, month, year, then year, month, day.
READ = [
    ("01/08/2024 05:38:43 AM", "2024-01-08 05:38:43", "2024-08-01 05:38:43", None),
    ("1/8/2024 5:38", "2024-01-08 05:38:00", "2024-08-01 05:38:00", None),
    ("01/08/24", "2024-01-08 00:00:00", "2024-08-01 00:00:00", "2001-08-24 00:00:00"),
    ("08.01.99 17:05", "1999-08-01 17:05:00", "1999-01-08 17:05:00", None),
    ("25.12.2024", None, "2024-12-25 00:00:00", None),
    ("12-25-2024 12:30 a.m.", "2024-12-25 00:30:00", None, None),
    ("12/25/2024 03:30:09 P.M.", "2024-12-25 15:30:09", None, None),
    ("25/12/2024 3:30 p. m.", None, "2024-12-25 15:30:00", None),
    ("01/08/2024 下午5:38", "2024-01-08 17:38:00", "2024-08-01 17:38:00", None),
    ("01/08/2024 5:38:43 下午", "2024-01-08 17:38:43", "2024-08-01 17:38:43", None),
    ("1/8/2024上午 5:38", "2024-01-08 05:38:00", "2024-08-01 05:38:00", None),
    ("PM 5:38", None, None, None),
    ("01/08/2024 PM 5:38", "2024-01-08 17:38:00", "2024-08-01 17:38:00", None),
    ("01/08/2024 5 PM", "2024-01-08 17:00:00", "2024-08-01 17:00:00", None),
    ("01/08/2024 12:05 PM", "2024-01-08 12:05:00", "2024-08-01 12:05:00", None),
    # Neither a half of the day nor minutes; the hour contradicts the half; no such day.
    ("01/08/2024 5", None, None, None),
    ("01/08/2024 15:38 AM", None, None, None),
    ("31/04/2024", None, None, None),
    # Midnight at the end of the day.
    ("01/08/2024 24:00", "2024-01-09 00:00:00", "2024-08-02 00:00:00", None),
    ("13812345678", None, None, None),
    ("312/555/0143", None, None, None),
]
# The name of the month, 年, or a year of four digits first needs no order.
PLAIN = [
    ("Jan 8, 2024 5:38 PM", "2024-01-08 17:38:00"),
    ("8 January 2024", "2024-01-08 00:00:00"),
    ("08-JAN-24", "2024-01-08 00:00:00"),
    ("March 15th, 2024 10:00 AM", "2024-03-15 10:00:00"),
    ("Friday, March 15, 2024", "2024-03-15 00:00:00"),
    ("2024-Jan-08 05:38", "2024-01-08 05:38:00"),
    ("24年1月8日 9:05", "2024-01-08 09:05:00"),
    ("Mon Jan 08 05:38:43 CST 2024", "2024-01-08 05:38:43"),
    ("Mon Jan 08 05:38:43 2024", "2024-01-08 05:38:43"),
    ("Mon Jan  8 05:38:43 2024", "2024-01-08 05:38:43"),
    # Eight hours east of Greenwich.
    ("Mon, 08 Jan 2024 05:38:43 GMT", "2024-01-08 13:38:43"),
]


@pytest.fixture(scope="module")
def read(con):
    """All texts as read in each order, by one query: planning it is what takes the time."""
    texts = [text for text, *_ in (*READ, *PLAIN)]
    found = {}
    for order in ("mdy", "dmy", "ymd"):
        sql = (
            f"SELECT text, to_time(from_{order}(text, ['%d'])) AS read_at,"
            " in_range(read_at)::VARCHAR, read_at::VARCHAR, date_orders(text)"
            " FROM (SELECT unnest($1::VARCHAR[]) AS text)"
        )
        rows = con.execute(sql, [texts]).fetchall()
        found[order] = {text: values for text, _, *values in rows}
        assert len(rows) == len(texts)
    return found


@pytest.mark.parametrize(("text", "mdy", "dmy", "ymd"), READ)
def test_a_time_in_each_order(read, text, mdy, dmy, ymd):
    for order, wanted in (("mdy", mdy), ("dmy", dmy), ("ymd", ymd)):
        assert read[order][text][0] == wanted, order


@pytest.mark.parametrize(("text", "wanted"), PLAIN)
def test_a_time_that_says_its_order(read, text, wanted):
    for order in ("mdy", "dmy", "ymd"):
        assert read[order][text][1:] == [wanted, 8], order


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("01/25/2024", 1),
        ("25/01/2024", 2),
        ("05/06/2024", 3),
        ("05/06/07", 7),
        ("24/06/30", 6),
        ("99/06/30", 4),
        ("30/06/45", 2),
        ("13/13/2024", 0),
        ("2024-01-25x", None),
    ],
)
def test_the_orders_that_a_date_allows(con, text, bits):
    assert con.execute("SELECT date_orders($1::VARCHAR)", [text]).fetchall() == [(bits,)]


@pytest.mark.parametrize(
    ("cell", "order", "form"),
    [
        ("01/08/2024 05:38:43 AM", "mdy", "%m/%d/%Y %I:%M:%S %p"),
        ("8.1.24 17:05", "dmy", "%d.%m.%y %H:%M"),
        ("Jan 8, 2024", "", "%b %d, %Y"),
        ("08-January-2024 05:38", "", "%d-%B-%Y %H:%M"),
        ("24/1/8", "ymd", "%y/%m/%d"),
        ("01/08/2024 下午5:38", "mdy", None),
        ("01/08/2024 05:38:43 P.M.", "mdy", None),
        ("01/08/2024 05:38:43 p. m.", "mdy", None),
        ("01/08/2024 05:38 P.M.", "mdy", None),
        ("01/08/2024 05:38:43 CST", "mdy", None),
        ("01/08/2024 05:38:43Z", "mdy", None),
        ("01/08/2024 05:38 +00:00", "mdy", None),
        ("01-08-2024 05:38:43-05:00", "mdy", None),
        ("01/08/2024 05:38:43.000", "mdy", "%m/%d/%Y %H:%M:%S.000"),
    ],
)
def test_the_format_of_a_column(cell, order, form):
    assert strptime_form(cell, order) == form


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("31/12/2017 11:59:58 PM", "99/99/9999 99:99:99 AA"),
        ("2020-02-30 09:00", "2020-02-30 09:00"),
        ("三月四日", "某月某日"),
        ("13812345678", "***"),
        ("王丽 下午3点", "某某 下午3点"),
        ("Jan 45, 2024", "AAA 99, 9999"),
    ],
)
def test_an_unreadable_time_is_shown_by_its_shape(con, text, shape):
    assert con.execute("SELECT mask_time($1)", [text]).fetchall() == [(shape,)]


def test_days_above_12_prove_the_order(home):
    result = loaded(us(home), "01/08/2024 05:38:43 AM", "12/31/2024 11:59:58 PM")
    assert received(home) == ["2024-01-08 05:38:43", "2024-12-31 23:59:58"]
    assert any("“Created Date”的日期按月/日/年读" in line for line in result.files[0].details)


def test_a_column_without_proof_follows_one_written_alike(home):
    pairs = [("01/08/2024", "01/10/2024"), ("12/31/2023", "02/01/2024")]
    result = loaded(us(home), *pairs)
    assert fetch(home, "records", "closed_at::VARCHAR", "ORDER BY record_id") == [
        ("2024-01-10 00:00:00",),
        ("2024-02-01 00:00:00",),
    ]
    assert any("“Closed Date”" in line and "“Created Date”" in line
               for line in result.files[0].details)  # fmt: skip


def test_an_order_that_nothing_proves_is_refused_and_can_be_given(home):
    result = loaded(us(home), "01/08/2024", "02/09/2024")
    assert result.exit_code == 65
    (line,) = result.lines
    assert "数据第 1 行 01/08/2024" in line and 'date_order = "mdy"' in line
    load(us(home, 'date_order = "dmy"'))
    assert received(home) == ["2024-08-01 00:00:00", "2024-09-02 00:00:00"]


def test_a_column_that_proves_both_orders_is_refused_with_two_rows(home):
    result = loaded(us(home), "01/08/2024", "25/03/2024", "03/25/2024")
    assert result.exit_code == 65
    assert "数据第 3 行 03/25/2024" in result.lines[0]
    assert "数据第 2 行 25/03/2024" in result.lines[0]
    # Told, the other row is rejected.
    (file,) = load(us(home, 'date_order = "mdy"')).files
    assert (file.receipt.rows_loaded, file.receipt.rows_rejected) == (2, 1)
    assert fetch(home, "rejects", "reason, value_masked") == [("received_at_invalid", "99/99/9999")]


def test_a_given_order_that_the_column_contradicts_is_refused(home):
    result = loaded(us(home, 'date_order = "dmy"'), "01/08/2024", "03/25/2024")
    assert result.exit_code == 65
    assert "数据第 2 行 03/25/2024" in result.lines[0]


def test_one_slip_among_many_rows_is_a_reject(home):
    first = datetime.date(2024, 1, 1)
    times = [f"{first + datetime.timedelta(days=n)} 09:00:00" for n in range(40)]
    (file,) = loaded(us(home), *times, "03/04/2024").files
    assert (file.receipt.rows_loaded, file.receipt.rows_rejected) == (40, 1)
    assert fetch(home, "rejects", "value_masked") == [("99/99/9999",)]
    assert any("date_order" in line for line in file.details)


def test_odd_times_far_down_in_a_file_are_found(home):
    usual = ["2024-03-05 09:00:00"] * 6000
    (file,) = loaded(us(home), *usual, "3/25/2024 9:00", "4/1/2024 10:00").files
    assert file.receipt.rows_loaded == 6002
    assert sorted(received(home))[-2:] == ["2024-03-25 09:00:00", "2024-04-01 10:00:00"]


def test_text_dates_beside_real_ones_in_a_workbook(home):
    real = datetime.datetime(2024, 3, 5, 9)
    rows = [
        ["1", real, None, "Pothole", "North"],
        ["2", "3/25/2024 09:00", None, "Pothole", "North"],
    ]
    path = give(us(home), "dump.xlsx", xlsx({"一月": [HEAD, *rows]}), "2024-04-01")
    (file,) = load(home, path).files
    assert received(home) == ["2024-03-05 09:00:00", "2024-03-25 09:00:00"]
    assert any("对调" in line for line in file.details)


def test_the_keys_of_a_source_are_checked(home):
    for more in ('date_order = "mmd"', 'id = "row"', 'encoding = "klingon"'):
        with pytest.raises(HotlineError, match="来源文件 us"):
            load_sources(us(home, more).sources)
    assert Source(name="a", title="a", required=[], columns={}).makes_ids


@pytest.mark.parametrize("half", ["P.M.", "p. m.", "PM", "pm", "p.m."])
def test_a_column_of_halves_of_the_day_is_read_by_them(home, half):
    """A column of one shape is read by one format: the half must be part of it."""
    other = half.replace("P", "A").replace("p", "a")
    times = [f"01/{day}/2024 03:20:00 {half}" for day in range(10, 30)]
    loaded(us(home), *times, f"01/30/2024 03:20:00 {other}")
    assert {at[11:] for at in received(home) if at < "2024-01-30"} == {"15:20:00"}
    assert [at for at in received(home) if at > "2024-01-30"] == ["2024-01-30 03:20:00"]


@pytest.mark.parametrize("zone", ["+00:00", "-05:00", "Z", " GMT", " +0000", "+08:00"])
@pytest.mark.parametrize("seconds", ["", ":43"])
def test_a_column_of_times_with_a_zone_is_read_by_it(home, zone, seconds):
    """One shape, one format: the zone must not be taken for text, nor for seconds."""
    loaded(us(home), *(f"01/{day}/2024 03:20{seconds}{zone}" for day in range(10, 30)))
    east = {"-05:00": 13, "+08:00": 0}.get(zone, 8)
    assert {at[11:] for at in received(home)} == {f"{3 + east:02d}:20:{seconds[1:] or '00'}"}

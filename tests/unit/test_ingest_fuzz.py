"""Whatever comes in: a fault is one line, nothing is lost, and no time is read wrongly.

2,000 cases here; HOTLINE_FUZZ raises the number (`make fuzz`: 100,000).
"""

import datetime
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.db import connect
from pipeline.errors import HotlineError
from pipeline.ingest.columns.open_file import open_delivery
from pipeline.ingest.delivery import Delivery, DeliveryNote
from pipeline.ingest.staging import macros
from tests.support.city import empty_home
from tests.support.dump_files import CONTENTS, HEAD, delimited, give, line, load

pytestmark = pytest.mark.slow

TOTAL = int(os.environ.get("HOTLINE_FUZZ", "2000"))
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def share(part: float) -> settings:
    return settings(
        max_examples=max(1, int(TOTAL * part)), deadline=None, suppress_health_check=FIXTURES
    )


@pytest.fixture(scope="module")
def con():
    con = connect()
    macros.define(con)
    return con


@pytest.fixture(autouse=True)
def _own_key(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("key")
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(folder / "caller.key"))


PIECES = st.sampled_from(
    [
        *("2020", "1987", "20", "9", "18", "02", "30", "13", "00", "24", "60", "7", "44092"),
        *(
            "-",
            "/",
            ".",
            "年",
            "月",
            "日",
            ":",
            "时",
            "分",
            "秒",
            " ",
            "T",
            "Z",
            "+08:00",
            "\u3000",
        ),
        *(
            "上午",
            "下午",
            "PM",
            "am",
            "０",
            "９",
            "－",
            "：",
            "_x000D_",
            "\u200b",
            "x",
            "星期三",
            "周五",
            "晚上",
            "凌晨",
            "24:00",
            "8点半",
            ",",
        ),
    ]
)
TIMES = st.datetimes(datetime.datetime(1980, 1, 1), datetime.datetime(2099, 12, 31))
FORMS = [
    *("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %p %I:%M", "%Y年%m月%d日 %H时%M分"),
    *("%Y%m%d%H%M%S", "%Y.%m.%d"),
]


@st.composite
def times(draw) -> str:
    """A time in some form with a few pieces put in or taken out, or pieces alone."""
    if draw(st.booleans()):
        return "".join(draw(st.lists(PIECES, max_size=9)))
    text = draw(TIMES).strftime(draw(st.sampled_from(FORMS)))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(PIECES) + text[at + draw(st.integers(0, 2)) :]
    return text


@share(0.6)
@given(times())
def test_a_time_is_read_as_it_is_written_or_not_at_all(con, text):
    found = con.execute("SELECT in_range(to_time($1))", [text]).fetchall()[0][0]
    if found is None:
        return
    plain = text.translate(str.maketrans("０９－：", "09-:")).replace("_x000D_", "")
    plain = plain.replace("\u200b", "").replace("\u3000", " ").strip()
    assert 1980 <= found.year < 2100
    if re.fullmatch(r"\d{5}(\.\d+)?", plain):
        whole = datetime.datetime(1899, 12, 30) + datetime.timedelta(days=float(plain))
        assert abs((found - whole).total_seconds()) <= 1
        return
    # Milliseconds since 1970 and times with a zone are on the clock of China, an hour ahead in the
    # summers from 1986 to 1991: test_ingest_sheets.py has them.
    if re.fullmatch(r"1[0-8]\d{11}", plain) or 1986 <= found.year <= 1991:
        return
    if plain.endswith("Z"):
        found -= datetime.timedelta(hours=8)
    digits = re.match(r"(\d{4})[-/.年]?(\d{1,2}?)[-/.月](\d{1,2})|(\d{4})(\d\d)(\d\d)", plain)
    assert digits, plain
    # Midnight at the end of its day is the next day's.
    if re.search(r"(?<![\d:时分])24[:时]", plain):
        assert (found.hour, found.minute, found.second) == (0, 0, 0)
        found -= datetime.timedelta(days=1)
    day = tuple(int(part) for part in digits.groups() if part)
    assert (found.year, found.month, found.day) == day
    clock = re.search(r"(\d{1,2})[:时](\d{1,2})", plain)
    if clock:
        assert found.hour % 12 == int(clock[1]) % 12 and found.minute == int(clock[2])
    half = re.search(r"上午|下午|AM|PM|凌晨|晚上", plain.upper())
    if half:
        assert (found.hour >= 12) == (half[0] in ("下午", "PM", "晚上"))
    elif clock:
        assert found.hour == int(clock[1]) % 24
    weekday = re.search("[期周]([三五])", plain)
    assert not weekday or found.isoweekday() == {"三": 3, "五": 5}[weekday[1]]


@st.composite
def damaged(draw, forms) -> bytes:
    """A good file of some form with bytes changed, cut out, doubled or put in."""
    data = bytearray(CONTENTS[draw(forms)])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(0, 40))
        match draw(st.sampled_from(["change", "cut", "end", "double", "put"])):
            case "change":
                data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
            case "cut":
                del data[at : at + length]
            case "end":
                del data[at:]
            case "double":
                data[at:at] = data[at : at + length]
            case _:
                data[at:at] = draw(st.binary(max_size=8))
    return bytes(data)


WORKBOOKS = {"xls", "xlsx", "ods"}


def assert_opened_or_rejected(folder: Path, data: bytes) -> None:
    path = folder / "file.dat"
    path.write_bytes(data)
    home = empty_home(folder / "home")
    try:
        opened = open_delivery(home, Delivery(path, DeliveryNote(), path), None, folder)
    except HotlineError as error:
        assert error.code == 65 and "\n" not in str(error) and len(str(error)) < 1200
        return
    assert opened.tables and all(table.path.is_file() for table in opened.tables)


@share(0.35)
@given(
    st.one_of(damaged(st.sampled_from(sorted(set(CONTENTS) - WORKBOOKS))), st.binary(max_size=200))
)
def test_a_damaged_file_is_opened_or_reported_in_one_line(tmp_path_factory, data):
    assert_opened_or_rejected(tmp_path_factory.mktemp("fuzz"), data)


@share(0.03)
@given(damaged(st.sampled_from(sorted(WORKBOOKS))))
def test_a_damaged_workbook_ends_no_run(tmp_path_factory, data):
    assert_opened_or_rejected(tmp_path_factory.mktemp("fuzz"), data)


CELLS = st.sampled_from(
    [
        *("", "A1", "A2", "2020-01-05 08:00:00", "2020/1/5 下午3:05", "工单编号", "x,y", '"'),
        *('"q"', "\n", "公共服务", "13812345678", "1.10101E+17", "\u3000", "合计", "朝阳区"),
    ]
)


@share(0.02)
@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=7), max_size=12),
    st.sampled_from([",", "\t"]),
    st.booleans(),
    st.lists(st.sampled_from(["\n", "\r\n"]), min_size=1, max_size=2),
)
def test_every_row_of_a_odd_text_is_accounted_for(tmp_path_factory, rows, sign, titled, ends):
    home = empty_home(tmp_path_factory.mktemp("home"))
    title = [["某表"]] if titled else []
    # The last row is good, so that there is something to load; a quote may yet swallow it.
    table = [*title, HEAD, *rows, line("Z")]
    lines = [delimited([row], sign)[:-1] + ends[n % len(ends)] for n, row in enumerate(table)]
    give(home, "a.csv", "".join(lines).encode())
    result = load(home)
    (shown,) = result.files
    assert "\n" not in shown.line
    # These say that the reader and the counts of it disagree, or that it gave up.
    assert not re.search("不守恒|读取出错|程序出错", shown.line), shown.line
    if shown.receipt is None:
        assert result.exit_code == 65
        return
    counts = [
        getattr(shown.receipt, f"rows_{name}")
        for name in ("read", "loaded", "duplicate", "rejected")
    ]
    assert counts[0] == sum(counts[1:])

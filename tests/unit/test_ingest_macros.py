"""The macros of staging, one value at a time, against plain Python."""

import datetime
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.db import connect
from pipeline.ingest.staging import macros

MANY = settings(max_examples=100, deadline=None)
TIMES = st.datetimes(datetime.datetime(1980, 1, 1), datetime.datetime(2099, 12, 31)).map(
    lambda at: at.replace(microsecond=0)
)


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = connect()
    macros.define(con)
    return con


def call(con, expression: str, *values):
    return con.execute(f"SELECT {expression}", list(values)).fetchall()[0][0]


def forms(at: datetime.datetime) -> dict[str, datetime.datetime]:
    """The same moment as offices write it, with what is left of it."""
    # From 1986 to 1991 the clocks of China went an hour ahead in summer.
    zone = datetime.timezone(datetime.timedelta(hours=8))
    summer = at.replace(tzinfo=zone).astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)
    minute = at.replace(second=0)
    day = at.replace(hour=0, minute=0, second=0)
    wide = str.maketrans("0123456789:-", "０１２３４５６７８９：－")
    return {
        f"{at:%Y-%m-%d %H:%M:%S}": at,
        f"{at:%Y-%m-%dT%H:%M:%S}+08:00": summer,
        f"{at - datetime.timedelta(hours=8):%Y-%m-%dT%H:%M:%S}Z": summer,
        f"\u3000{at:%Y-%m-%d %H:%M:%S}\u00a0": at,
        f"{at:%Y-%m-%d %H:%M:%S}".translate(wide): at,
        f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02d}": minute,
        f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02d}:{at.second:02d}": at,
        f"{at.year}年{at.month}月{at.day}日 {at.hour}时{at.minute}分": minute,
        f"{at:%Y%m%d%H%M%S}": at,
        f"{at:%Y-%m-%d}": day,
        f"{at.year}/{at.month}/{at.day}": day,
        f"{at.year}.{at.month}.{at.day} {at.hour}:{at.minute:02d}": minute,
        f"{at.year}年{at.month}月{at.day}日{at.hour}:{at.minute:02d}:{at.second:02d}": at,
        f"{at:%Y-%m-%d %H:%M:%S}.000": at,
        f"{at:%Y-%m-%d %H:%M:%S}_x000D_\n": at,
        **dict.fromkeys(half_days(at), at),
        **serials(at),
    }


def half_days(at: datetime.datetime) -> list[str]:
    """The same moment on a clock of twelve hours."""
    hour, half = (at.hour - 1) % 12 + 1, at.hour >= 12
    clock, day = f"{hour}:{at.minute:02d}:{at.second:02d}", f"{at.year}/{at.month}/{at.day}"
    return [
        f"{day} {'下午' if half else '上午'} {clock}",
        f"{at:%Y-%m-%d} {'下午' if half else '上午'}{clock}",
        f"{at.year}年{at.month}月{at.day}日{'下午' if half else '上午'}{clock}",
        f"{day} {clock} {'PM' if half else 'AM'}",
    ]


def serials(at: datetime.datetime) -> dict[str, datetime.datetime]:
    """Days since the end of 1899, as a spreadsheet keeps a moment."""
    gone = at - datetime.datetime(1899, 12, 30)
    days = gone.days
    midnight = at.replace(hour=0, minute=0, second=0)
    return {f"{days + gone.seconds / 86400:.11f}": at, str(days): midnight}


@pytest.mark.slow
@MANY
@given(TIMES)
def test_a_time_in_any_of_its_forms(con, at):
    sql = "SELECT x, in_range(to_time(x)) FROM (SELECT unnest($1::VARCHAR[]) AS x)"
    assert dict(con.execute(sql, [list(forms(at))]).fetchall()) == forms(at)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "2020-02-30 00:00:00",
        "2020-13-01",
        "epoch",
        "infinity",
        "1979-12-31",
        "李伟",
        "29220",
        "73051",
        "4412",
        "2020-01-01 3:05:01 foo",
        "2024/1/1 上午15:20",
        "2024/1/1 上午",
        "2024/1/1 下午0:30",
        "2024/1/1 晚上12:10",
        "2000.01.10时",
        "2000年1月108:30",
        "2024/1/1 晚上1:10",
        "2024/1/1 凌晨12:10",
        "2024/1/1 凌晨8:00",
        "2024/1/1 中午0:10",
        "2024/1/1 中午9:10",
        "2024/1/1 早上12:10",
        "2024/1/1 上午8:00 PM",
        "2024/1/1 星期二 8:00",
        "2024/1/1 周末 8:00",
        "2024/1/1 8:",
        "2024/1/1 8:75 下午",
        "2024-01-01 24:00:01",
        "2024-01-01 24:30",
        "2024-01-01 25:00",
        "2024-02-30 上午8:00",
        "202413010800",
        "202401010860",
        "20240101080",
        "2024010108000",
        "9/18/2020",
        "日2000/01/01 AM 12:00",
        "2044092",
        "202409181",
        "2024091 10:00:00",
    ],
)
def test_what_is_no_time_is_null(con, text):
    assert call(con, "in_range(to_time($1))", text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年1月1日 上午8时00分", "2024-01-01 08:00:00"),
        ("2024年1月1日下午3点", "2024-01-01 15:00:00"),
        ("2024年1月1号 8点5分7秒", "2024-01-01 08:05:07"),
        ("2024年1月1日 8时", "2024-01-01 08:00:00"),
        ("2024/1/1 下午15:20", "2024-01-01 15:20:00"),
        ("2024/1/1 中午12:10", "2024-01-01 12:10:00"),
        ("2024/1/1 中午1:10", "2024-01-01 13:10:00"),
        ("2024/1/1 傍晚5:30", "2024-01-01 17:30:00"),
        ("2024/1/1 晚上8:00", "2024-01-01 20:00:00"),
        ("2024/1/1 晚上20：00", "2024-01-01 20:00:00"),
        ("2024/1/1 早上8点半", "2024-01-01 08:30:00"),
        ("2024/1/1 凌晨0:30", "2024-01-01 00:30:00"),
        ("2024/1/1 上午12:05", "2024-01-01 00:05:00"),
        ("202401010800", "2024-01-01 08:00:00"),
        ("2024-01-01 24:00:00", "2024-01-02 00:00:00"),
        ("2024-02-29T24:00", "2024-03-01 00:00:00"),
        ("2023年12月31日24时", "2024-01-01 00:00:00"),
        # The first of January 2024 was a Monday.
        ("2024/1/1 星期一 8:00", "2024-01-01 08:00:00"),
        ("2024-01-01(周一) 08:00", "2024-01-01 08:00:00"),
        ("2024-01-07(星期天)下午3:05", "2024-01-07 15:05:00"),
        ("2024年1月6日 礼拜六", "2024-01-06 00:00:00"),
    ],
)
def test_a_time_with_words_is_read_where_they_say_one_thing(con, text, expected):
    at = datetime.datetime.fromisoformat(expected)
    assert call(con, "in_range(to_time($1))", text) == at


@pytest.mark.slow
@MANY
@given(st.text(max_size=20))
@example("epoch")
@example("2020-01-01 00:00:00+99")
def test_no_text_makes_the_parsers_fail(con, text):
    for name in ("to_time", "yes_no", "to_tier", "to_resolution", "tidy", "tidy_id", "mask_value"):
        call(con, f"{name}($1)", text)
    call(con, "caller_hash('k', $1)", text)
    mask(con, text, "a")


BLANK = "\u200b\u200c\u200d\ufeff \u00a0\u3000\t\n"


@MANY
@given(st.text("热线12 \u00a0\u3000\u200b\ufeff\t\n", max_size=12))
def test_tidy_leaves_no_odd_blank(con, text):
    plain = text.replace("\u200b", "").replace("\ufeff", "")
    assert call(con, "tidy($1)", text) == (" ".join(plain.split()) or None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("是", True),
        ("否", False),
        (" 是\u3000", True),
        ("TRUE", True),
        ("０", False),
        ("", None),
        ("可能", None),
        (None, None),
    ],
)
def test_yes_and_no(con, text, expected):
    assert call(con, "yes_no($1::VARCHAR)", text) is expected


@pytest.mark.parametrize("text", ["1", " 1", "1.0", "１"])
def test_tier(con, text):
    assert call(con, "to_tier($1)", text) == 1


@MANY
@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_phone_is_one_caller_in_any_spelling(con, phone):
    import hashlib

    expected = int(hashlib.sha256(f"key{phone}".encode()).hexdigest()[:15], 16)
    wide = phone.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for text in (phone, wide, f"{phone[:3]}-{phone[3:7]}-{phone[7:]}", f"+86 {phone}", f" {phone}"):
        assert call(con, "caller_hash('key', $1)", text) == expected, text


@pytest.mark.parametrize("text", [None, "", "  ", "138****1234"])
def test_nobody_has_no_hash(con, text):
    assert call(con, "caller_hash('key', $1::VARCHAR)", text) is None


def mask(con, text, caller=None, seat=None, phone=None):
    """Mask as sql/staging/record/clean.sql does: a text with numbers only goes a way of its own."""
    people = call(
        con,
        "mask_people($1, $2::VARCHAR, $3::VARCHAR, account($4::VARCHAR))",
        *(text, caller, seat, phone),
    )
    whole = call(con, "mask_text($1, $2::VARCHAR, $3::VARCHAR)", people, caller, seat)
    if not call(con, "has_rest($1)", people):
        assert call(con, "mask_number($1)", people) == whole
    if not call(con, "has_personal($1)", people):
        assert people == whole
    return whole or None


@MANY
@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", " ", "-", "－", "\u00a0", "\u3000", ".", "\u200b"]),
)
def test_a_mobile_number_never_stays(con, phone, gap):
    text = "请拨" + gap.join([phone[:3], phone[3:7], phone[7:]]) + "联系"
    assert mask(con, text) == "请拨***联系"


@pytest.mark.parametrize(
    "number",
    [
        "13812345678",
        "1 3 8 1 2 3 4 5 6 7 8",
        "１３８１２３４５６７８",
        "010-65123456",
        "0755 8765 4321",
        "400-810-1234",
        "6512-3456",
        "11010119900101123X",
        "110101 19900101 1234",
        "8613812345678",
    ],
)
def test_numbers_of_persons_are_masked(con, number):
    masked = mask(con, f"电话{number}请回复")
    assert masked.startswith("电话") and masked.endswith("请回复")
    assert not any(sign.isdigit() for sign in masked), masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("幸福里12号院3号楼2单元401室漏水", "幸福里***院***楼***漏水"),
        ("八里庄甲5号", "八里庄***"),
        ("二十三号楼", "***楼"),
        ("12-1号", "***"),
        # 施 is a surname, but 施工 before a number is nobody.
        ("夜间施工,车牌京A12341", "夜间施工,***"),
        ("夜间施工13812345678", "夜间施工***"),
    ],
)
def test_house_numbers_are_masked(con, text, expected):
    assert mask(con, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "10号线停运",
        "9月3号来电",
        "2020-09-18 00:34:04",
        "2019-2020年度",
        "已持续12天",
        "费用3000元",
        "",
        "12345热线",
    ],
)
def test_false_alarms_that_must_not_happen(con, text):
    assert mask(con, text) == (text or None)


def test_the_callers_own_name_and_account_go(con):
    masked = mask(con, "李伟(lw_1988)来电,坐席王芳", caller="李伟", seat="王芳", phone="lw_1988")
    assert masked == "某某(***)来电,坐席某某"


@pytest.mark.parametrize("name", ["市民", "匿名", "李", None])
def test_what_is_no_name_stays_in_the_text(con, name):
    assert call(con, "person($1::VARCHAR)", name) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("琉璃坊胡同8号院3号楼2单元501", "琉璃坊胡同***"),
        ("琉璃坊胡同8号院3号楼2单元501室漏水", "琉璃坊胡同***漏水"),
        ("幸福里１２栋", "幸福里***"),
        ("5幢2单元", "***"),
        ("301室", "***"),
        ("呼延灼华女士", "***"),
        *((name, name) for name in ("10号线", "63号文件", "12345", "第3分局", "一号公路")),
        *((name, name) for name in ("2号航站楼", "单元门", "执法3室", "八号院", "3号口")),
    ],
)
def test_a_house_in_a_short_name_is_masked_and_nothing_else(con, text, expected):
    assert call(con, "mask_short($1)", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((word, word) for word in ("待定", "随时", "明天", "合计", "星期三", "暂无")),
        *((time, time) for time in ("上午9时", "4月3日", "25:00", "凌晨3点", "５月３日")),
        ("2024-04-02 上午15:20", "2024-04-02 上午15:20"),
        ("2024-02-31 10:00:00", "2024-02-31 10:00:00"),
        ("尽快办", "尽快某"),
        ("李伟", "某某"),
        ("凌晨", "某某"),
        ("王时", "某时"),
        ("李伟13812345678", "某某***"),
        # Seven figures in any cut are a phone, six are not.
        ("65 12 34 5", "*** *** *** ***"),
        ("138,12,34,56,78", "***,***,***,***,***"),
        ("京A1B2C3", "***"),
        ("3号楼李伟", "***某某"),
        ("琉璃坊8号院3号楼2单元501", "某某某***某某"),
    ],
)
def test_of_a_value_that_is_reported_the_words_of_time_stay(con, text, expected):
    assert call(con, "mask_value($1)", text) == expected


@pytest.mark.parametrize("text", ["合计", "总计", "小 计", "A-1"])
def test_an_id_that_is_a_sum_is_reported(con, text):
    assert call(con, "printable_id($1)", text) == text


@pytest.mark.parametrize("text", ["王丽", "累计王", "13812345678"])
def test_an_id_that_is_a_name_or_phone_is_not(con, text):
    assert call(con, "printable_id($1)", text) == "***"


@MANY
@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.lists(st.sampled_from(["", " ", ",", "、", "时", "王", ":"]), min_size=10, max_size=10),
)
def test_no_cut_of_a_phone_is_reported(con, phone, gaps):
    text = "".join(f"{digit}{gap}" for digit, gap in zip(phone, [*gaps, ""], strict=True))
    shown = call(con, "mask_value($1)", text)
    assert not any(sign.isdigit() for sign in shown), shown

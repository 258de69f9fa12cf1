"""A source drafted from a file that no source fits, then used to load it."""

import pytest

from pipeline.errors import HotlineError
from pipeline.ingest.columns.source import load_sources, usable_sources
from pipeline.ingest.new_source import by_cells
from tests.support.city import empty_home
from tests.support.dump_files import HEAD, delimited, fetch, line, load, page, xlsx


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "caller.key"))
    return empty_home(tmp_path / "home")


TEXT = "市民反映小区暖气不热已有三天。多次联系物业没有结果。希望有关部门尽快协调处理。"
HEADINGS = ["流水", "何时", "何区", "何类", "何种", "谁", "号码", "说了什么", "处理单位", "备考"]
ROWS = [
    ["某市热线情况表"],
    HEADINGS,
    *(
        [
            *(f"W-{n:04d}", f"2020/1/{n + 1} 8:05", "朝阳", "住房", kind),
            *("李伟", f"1381234567{n}", TEXT, "市公安局", "无" if n % 2 else None),
        ]
        for n, kind in enumerate(["诉求", "咨询", "诉求", "投诉", "诉求", "报修"])
    ),
]
EXPECTED = {
    "record_id": ["流水"],
    "received_at": ["何时"],
    "place_district": ["何区"],
    "category": ["何类"],
    "record_type": ["何种"],
    "caller_phone": ["号码"],
    "content": ["说了什么"],
    "unit": ["处理单位"],
}


@pytest.mark.parametrize(
    "form", ["csv", *(pytest.param(one, marks=pytest.mark.slow) for one in ("xlsx", "html"))]
)
def test_a_draft_names_what_it_saw_and_loads_the_file(home, tmp_path, form):
    path = tmp_path / "某市.dat"
    make = {"csv": lambda: delimited(ROWS).encode("gb18030"), "html": lambda: page(ROWS)}
    path.write_bytes(make.get(form, lambda: xlsx({"s": ROWS}))())
    assert load(home, path).exit_code == 65
    result = load(home, path, new_source="other_city")
    assert result.exit_code == 0 and result.lines == ["data/sources/other_city.toml"]
    draft = home.sources / "other_city.toml"
    source = load_sources(home.sources)["other_city"]
    assert source.columns == EXPECTED
    assert source.required == ["record_id", "received_at", "category"]
    text = draft.read_text(encoding="utf-8")
    lines = text.splitlines()
    assert 'unit = ["处理单位"]  # 列名与已有来源相同' in lines
    assert 'record_id = ["流水"]  # 按取值猜测' in lines
    assert "#   谁(100% 有值)" in lines and "#   备考(50% 有值)" in lines
    assert '# "报修" = "?"' in lines
    assert "李伟" not in text and "1381234567" not in text and "暖气" not in text
    (receipt,) = load(home, path).loaded
    assert (receipt.source, receipt.rows_loaded) == ("other_city", 6)
    assert fetch(home, "records", "DISTINCT place_district, category, unit") == [
        ("朝阳区", "住房", "市公安局")
    ]


OFFICE = ["序号", "诉求流水号", "登记日期", "诉求大类", "涉及街镇", "责任部门", "群众满意情况"]


def test_a_draft_goes_by_words_in_the_headings_where_the_cells_do_not_decide(home, tmp_path, capfd):
    rows = [
        [n, f"C-{n:04d}", f"2024-01-{n % 28 + 1:02d}", "噪音", "望京街道", "区住建房管局", "满意"]
        for n in range(100, 160)
    ]
    for row, shown in zip(rows[1:7], ["一般", "一般", "已评", "已评", "满意了", ""], strict=False):
        row[-1] = shown
    # A record that occurs twice, a header in the middle and a blank row make no other column.
    rows = [OFFICE, *rows[:30], OFFICE, *rows[30:], rows[3], [""] * 7]
    path = tmp_path / "a.csv"
    path.write_text(delimited(rows), encoding="utf-8")
    load(home, path, new_source="office")
    assert load_sources(home.sources)["office"].columns == {
        "record_id": ["诉求流水号"],
        "received_at": ["登记日期"],
        "category": ["诉求大类"],
        "place_street": ["涉及街镇"],
        "unit": ["责任部门"],
        "satisfaction": ["群众满意情况"],
    }
    text = (home.sources / "office.toml").read_text("utf-8")
    assert '# place_district = "(区名)"' in text
    assert '# "一般" = "?"' in text and "满意了" not in text
    # The command that it names can be given as is.
    assert f"hotline ingest --dry-run {path}" in "".join(capfd.readouterr())
    (receipt,) = load(home, path).loaded
    assert (receipt.rows_read, receipt.rows_loaded, receipt.rows_duplicate) == (61, 60, 1)
    # The record that occurs twice is one of 已评; 一般 is too rare to be listed.
    (warning,) = [text for text in receipt.warnings if "认不出" in text]
    assert "已评 3 行,另有 3 行写着别的,不列出;" in warning


def test_a_draft_keeps_what_the_known_sources_say_of_values(home, tmp_path):
    rows = [HEAD, *([*line(f"A{n}"), "已解决" if n % 2 else "解决中"] for n in range(6))]
    rows[0] = [*HEAD, "问题解决了吗"]
    path = tmp_path / "a.csv"
    path.write_text(delimited(rows), encoding="utf-8")
    load(home, path, new_source="office")
    source = load_sources(home.sources)["office"]
    assert source.values == {"resolution": {"已解决": "解决"}}
    assert "place_district" in source.columns
    text = (home.sources / "office.toml").read_text("utf-8")
    assert "# place_district" not in text
    # Units and rates are counted over what was dispatched; this dump does not say what was.
    assert source.constants == {}
    (home.sources / "office.toml").write_text(text.replace('# handling = "', 'handling = "'))
    assert load_sources(home.sources)["office"].constants == {"handling": "派单"}


def test_a_draft_of_a_small_file_holds_no_name_from_a_row_that_slipped(home, tmp_path):
    path = tmp_path / "a.csv"
    rows = [[*line(f"A{n}"), word] for n, word in enumerate(["满意", "一般", "欧阳张璟", "王丽"])]
    path.write_text(delimited([[*HEAD, "是否满意"], *rows]), encoding="utf-8")
    load(home, path, new_source="office")
    text = (home.sources / "office.toml").read_text("utf-8")
    assert '# "一般" = "?"' in text and "欧阳" not in text and "王丽" not in text


def test_a_draft_that_lacks_an_id_fits_no_file_until_it_is_filled_in(home, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("甲,乙\n1,x\n1,y\n", encoding="utf-8")
    load(home, path, new_source="poor")
    text = (home.sources / "poor.toml").read_text("utf-8")
    assert '(请填列名)"]  # 必需,没有认出' in text and 'id = "row"' in text
    assert load(home, path).exit_code == 65


def test_a_draft_with_an_id_that_is_not_filled_in_is_no_supplement(home, tmp_path):
    path = tmp_path / "a.csv"
    rows = [["编号", "日期", "承办部门"], *([f"W{n}", f"2024-01-0{n}", "甲局"] for n in (1, 2, 3))]
    path.write_text(delimited(rows), encoding="utf-8")
    load(home, path, new_source="poor")
    result = load(home, path)
    assert result.exit_code == 65
    assert "poor.toml 里还有“(请填列名)”没有填" in result.lines[0]


@pytest.mark.parametrize(
    ("heading", "cells", "column"),
    [
        ("诉求类别", ["市容环卫", "供水供电", "交通出行"], "category"),
        ("事项分类", ["市容环卫", "供水供电", "交通出行"], "category"),
        ("诉求类型", ["举报类", "求助类", "投诉类"], "record_type"),
    ],
)
def test_a_column_that_is_merely_called_a_class_is_the_category(
    home, tmp_path, heading, cells, column
):
    path = tmp_path / "a.csv"
    rows = [[f"W{n:03d}", f"2024-01-0{n + 1}", cell] for n, cell in enumerate(cells * 2)]
    path.write_text(delimited([["编号", "日期", heading], *rows]), encoding="utf-8")
    load(home, path, new_source="office")
    assert load_sources(home.sources)["office"].columns[column] == [heading]


@pytest.mark.parametrize(
    ("name", "word"), [("beijing_city", "已经有了"), ("Bad-Name", "不可用"), ("twice", "已经有了")]
)
def test_a_draft_never_overwrites(home, tmp_path, name, word):
    path = tmp_path / "a.csv"
    path.write_text(delimited(ROWS), encoding="utf-8")
    load(home, path, new_source="twice")
    before = (home.sources / "twice.toml").read_bytes()
    with pytest.raises(HotlineError, match=word) as caught:
        load(home, path, new_source=name)
    assert caught.value.code == 2
    assert (home.sources / "twice.toml").read_bytes() == before


def test_a_homes_source_wins_over_the_repositorys(home):
    home.sources.mkdir(parents=True)
    (home.sources / "beijing_city.toml").write_text(
        'title = "t"\nrequired = ["record_id"]\n[columns]\nrecord_id = ["号"]\n', encoding="utf-8"
    )
    assert usable_sources(home)[0]["beijing_city"].columns == {"record_id": ["号"]}
    assert "nyc_council" in usable_sources(home)[0]


def test_a_column_is_one_of_times_only_if_the_loader_reads_it(home):
    columns = [["2020年1月3日 上午"] * 9, ["2020-01-03(周五) 上午8点"] * 9, ["20200103"] * 9]
    found = by_cells(home, {}, columns, set(), {"received_at", "created_at"})
    assert found == {"received_at": 1}


OPEN_311 = [
    *("Unique Key", "Created Date", "Closed Date", "Agency", "Agency Name", "Complaint Type"),
    *("Descriptor", "Status", "Due Date", "Resolution Description", "Borough"),
    "Open Data Channel Type",
]


def open_311_row(n: int) -> list[str]:
    day = f"2024-0{n % 6 + 1}-{n % 27 + 1:02d}"
    return [
        *(str(59_893_776 + 3 * n), f"{day} 08:00:00", f"{day} 19:30:00" if n % 9 else ""),
        *("DSNY", "Department of Sanitation of the City"),
        *(["Noise - Residential", "HEAT/HOT WATER"][n % 2], "Loud Music/Party", "Closed"),
        f"{day} 20:00:00" if n == 3 else "",
        f"The Department inspected the location. Notice {n} was issued to the owner.",
        *(["BROOKLYN", "QUEENS"][n % 2], ["PHONE", "ONLINE", "FAX"][n % 3]),
    ]


def test_a_draft_maps_the_headings_of_open_311_data(home, tmp_path):
    path = tmp_path / "a.csv"
    rows = [open_311_row(n) for n in range(60)]
    path.write_text(delimited([OPEN_311, *rows]), encoding="utf-8")
    load(home, path, new_source="open")
    source = load_sources(home.sources)["open"]
    assert {column: names[0] for column, names in source.columns.items()} == {
        "record_id": "Unique Key",
        "received_at": "Created Date",
        "closed_at": "Closed Date",
        "due_at": "Due Date",
        "category": "Complaint Type",
        "subcategory": "Descriptor",
        "status": "Status",
        "unit": "Agency",
        "reply": "Resolution Description",
        "place_district": "Borough",
        "channel": "Open Data Channel Type",
    }
    assert source.values == {"channel": {"PHONE": "电话", "ONLINE": "网络"}}
    text = (home.sources / "open.toml").read_text("utf-8")
    # The rivals of the time of receipt, with how many rows have them.
    assert "#   也是时间:Closed Date(88% 有值)" in text
    assert "#   也是时间:Due Date(2% 有值)" in text
    (receipt,) = load(home, path).loaded
    assert receipt.rows_loaded == 60


def test_a_column_of_texts_is_no_category(home, tmp_path):
    """Known by its heading or by an alias, but each record has its own text in it."""
    texts = [f"第{n}户反映楼道漏水，请尽快处理。已经多次联系物业，没有结果。" for n in range(40)]
    for heading, other in (("问题大类说明", "案类大类"), ("一级分类", "案类大类")):
        rows = [[f"W-{n:04d}", f"2024-01-{n % 28 + 1:02d}", texts[n], "噪音"] for n in range(40)]
        path = tmp_path / f"{heading}.csv"
        path.write_text(delimited([["单号", "登记日期", heading, other], *rows]), "utf-8")
        name = f"s{len(heading)}"
        load(home, path, new_source=name)
        assert load_sources(home.sources)[name].columns["category"] == [other], heading


def test_a_draft_leaves_out_what_its_headings_cannot_tell_apart(home, tmp_path):
    """Of two columns of one name the first is used: a guess for the second cannot be written."""
    rows = [
        [f"W-{n:04d}", "", f"2024-01-{n % 28 + 1:02d} 08:00:00", "住房", "满意"] for n in range(30)
    ]
    path = tmp_path / "a.csv"
    path.write_text(delimited([["单号", "时点", "时点", "大类", "满意\x7f否"], *rows]), "utf-8")
    load(home, path, new_source="twins")
    source = load_sources(home.sources)["twins"]
    assert source.columns["received_at"] == ["(请填列名)"]
    assert source.columns["satisfaction"] == ["满意\x7f否"]
    text = (home.sources / "twins.toml").read_text("utf-8")
    assert "#   时点(100% 有值;像是 received_at,但另有同名的列,按列名分不开)" in text


def test_a_broken_source_file_names_itself_and_stops_no_other_file(home, tmp_path, capfd):
    home.sources.mkdir(parents=True)
    (home.sources / "broken.toml").write_text("title = \n", encoding="utf-8")
    good, other = tmp_path / "a.csv", tmp_path / "b.csv"
    good.write_text(delimited([HEAD, line("A1")]), encoding="utf-8")
    other.write_text("甲,乙\n1,x\n", encoding="utf-8")
    result = load(home, good, other)
    assert result.exit_code == 3 and [file.state for file in result.files] == ["loaded", "failed"]
    # The file that fits no source may be one of the broken file's.
    assert "来源文件 broken.toml 有误" in result.files[1].line
    assert capfd.readouterr().out.count("提醒:来源文件 broken.toml 有误") == 1
    with pytest.raises(HotlineError, match=r"broken\.toml") as caught:
        load(home, other, source="broken")
    assert caught.value.code == 2


def test_a_broken_file_of_the_home_still_replaces_the_repositorys(home, tmp_path):
    """Its files must not be read by the other one of its name."""
    home.sources.mkdir(parents=True)
    (home.sources / "beijing_city.toml").write_text("title = \n", encoding="utf-8")
    path = tmp_path / "a.csv"
    path.write_text(delimited([HEAD, line("A1")]), encoding="utf-8")
    assert load(home, path).exit_code == 65


CITY = ["工单编号", "来电时间", "工单类型", "一级分类", "二级分类", "受理处理方式"]


def test_the_draft_of_a_heading_with_a_line_break(home, tmp_path):
    rows = [
        [
            f"HX{n:04d}",
            f"2024-01-{n + 1:02d} 09:00:00",
            "诉求",
            "住房",
            "物业服务",
            "直接解答",
            "中性",
        ]
        for n in range(30)
    ]
    path = tmp_path / "dump.xlsx"
    path.write_bytes(xlsx({"一月": [[*CITY, "情感倾向\n（原）"], *rows]}))
    load(home, path, new_source="office")
    assert load(home, path, dry_run=True).exit_code == 0


def test_the_draft_takes_the_time_that_is_always_there(home, tmp_path):
    head = [
        "Date Cancelled",
        "SR Number",
        "Created Date",
        "Closed Date",
        "Request Type",
        "District",
    ]
    rows = []
    for n in range(40):
        day = n % 28 + 1
        times = [f"2024-01-{day:02d} 05:38:43", f"2024-02-{day:02d} 05:38:43"]
        cancelled = "2024-01-10 05:38:43" if n == 0 else ""
        rows.append([cancelled, f"1-{n}", *times, "Pothole", "North"])
    path = tmp_path / "dump.csv"
    path.write_text(delimited([head, *rows]), encoding="utf-8")
    load(home, path, new_source="office")
    drafted = (home.sources / "office.toml").read_text(encoding="utf-8")
    assert 'received_at = ["Created Date"]' in drafted

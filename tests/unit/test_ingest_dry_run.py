"""A dry run reports all and writes nothing."""

import duckdb
import pytest

from tests.support.city import empty_home
from tests.support.dump_files import HEAD, delimited, give, line, load, tree, xlsx


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "caller.key"))
    return empty_home(tmp_path / "home")


HEADINGS = ["编号", "来话时间", "一级分类", "来电人", "联系电话", "内容", "备注", None]


def cells(number, at="2020-01-05 08:00:00", phone="13812345678"):
    return [number, at, "公共服务", "李伟", phone, f"李伟来电{phone},幸福里3号楼漏水", "x", "y"]


def test_a_dry_run_shows_how_a_workbook_would_be_read(home, tmp_path):
    rows = [["明细"], HEADINGS, *(cells(f"A{n}") for n in range(7)), cells("B", "明天")]
    rows += [cells(None), HEADINGS]
    path = tmp_path / "一月.xlsx"
    path.write_bytes(xlsx({"朝阳区": rows, "说明": [["甲"], ["乙"]]}))
    result = load(home, path, dry_run=True)
    assert result.exit_code == 0 and result.files[0].state == "planned"
    head, shown = result.lines[0], result.files[0].details
    assert head.startswith("一月.xlsx:xlsx,来源 beijing_city;")
    assert "读入 9 行 = 可入库 7 + 重复 0 + 退回 2" in head
    text = "\n".join(shown)
    for part in (
        "工作表“朝阳区”,表头在第 2 行,没有区的列,按名称或标题认作 朝阳区",
        "第 1 列 编号 → record_id",
        "第 2 列 来话时间 → received_at",
        "第 6 列 内容 → content",
        "不用的列:备注、(第 8 列,无列名)",
        "未读的工作表:说明(2 行)",
        "不计入读入的行:重复的表头 1",
        "会退回 1 行:受理(上报)时间读不懂或不存在,例如 朝阳区 第 10 行,来话时间 = 明天",
        "会退回 1 行:没有编号,例如 朝阳区 第 11 行",
    ):
        assert part in text, part
    samples = [item for item in shown if item.startswith("样本")]
    assert len(samples) == 5
    assert "content=某某来电***,幸福里***楼漏水" in samples[0] and "来电人=有" in samples[0]
    assert "given=" not in text
    assert "李伟" not in text and "13812345678" not in text


def test_answers_and_names_that_no_register_lists_are_reported(home, tmp_path):
    head = [*HEAD, "工单类型", "是否满意", "是否联系"]
    rows = [[*line(f"A{n}", 承办单位="无名处"), "诉求", "满意", "是"] for n in range(250)]
    rows[1][-3:] = rows[2][-3:] = rows[3][-3:] = ["报修", "很满意", "联系不上"]
    # What the file itself calls 其他 is known to be that.
    rows[5][-3] = rows[6][-3] = rows[7][-3] = "其他"
    # Of a column that slipped once a name is not shown.
    rows[4][-2] = "李伟"
    path = tmp_path / "a.csv"
    path.write_text(delimited([head, *rows, head]), encoding="utf-8")
    (planned,) = load(home, path, dry_run=True).files
    shown = "\n".join(planned.details)
    assert "“工单类型”有认不出的取值,按其他计:报修 3 行;" in shown
    assert (
        "“是否满意”有认不出的取值,按未知计:很满意 3 行,另有 1 行写着别的,不列出;请在来源" in shown
    )
    assert "“是否联系”有认不出的取值,按未知计:联系不上 3 行" in shown
    assert "会有未识别的名称:承办单位 250 行" in shown
    assert "李伟" not in shown and "认不出的取值" in "\n".join(load(home, path).files[0].details)


def test_what_the_figures_need_and_the_file_does_not_show_is_reported(home, tmp_path):
    head = [*HEAD, "是否解决"]
    path = tmp_path / "a.csv"
    path.write_text(delimited([head, [*line("A1", 承办单位="东城区"), "解决"]]), encoding="utf-8")
    shown = "\n".join(load(home, path, dry_run=True).files[0].details)
    assert "有承办单位而没有处理方式" in shown and 'handling = "派单"' in shown
    assert "有回访结果而没有“是否有效回访”" in shown and 'is_valid = "是"' in shown
    assert "处理方式(不是" not in shown
    letters = load(home, path).loaded[0]
    assert letters.letter is None and len(letters.warnings) == 2


def test_a_time_after_the_file_was_received_is_reported(home):
    rows = [HEAD, line("A1", "2099-01-05 08:00"), line("A2")]
    early = give(home, "a.csv", delimited(rows), day="2020-01-31")
    (loaded,) = load(home, early).files
    assert "最晚的受理时间在 2099-01,晚于收到日期 2020-01-31" in "\n".join(loaded.details)
    (loaded,) = load(home, give(home, "b.csv", delimited([HEAD, line("A3")]), "2020-01-31")).files
    assert "晚于收到日期" not in "\n".join(loaded.details)


def test_records_whose_handling_is_unknown_are_counted(home, tmp_path):
    head = [*HEAD, "受理处理方式"]
    said = {"A1": "派单", "A2": "网上转办", "A3": None, "A4": "直接解答", "A5": None}
    rows = [[*line(number, 承办单位="东城区"), word] for number, word in said.items()]
    rows[4][4] = None  # neither a unit nor a word: nothing to report
    path = tmp_path / "a.csv"
    path.write_text(delimited([head, *rows]), encoding="utf-8")
    (loaded,) = load(home, path).files
    assert "处理方式(不是派单或直接解答,不计入按单位、区、地区的各表) 2" in loaded.line


def test_what_is_in_a_column_that_slipped_is_reported_by_number_only(home, tmp_path):
    head = [*HEAD, "来电人", "坐席姓名", "是否联系", "是否有效回访", "是否涉疫", "是否解决"]
    good = ["黄河清", "乐正明", "是", "是", "否", "解决"]
    rows = [[*line(f"A{n}"), *good] for n in range(40)]
    # Names of the file's own callers and seats, however common as words; of nobody in the file;
    # addresses; words that occur twice; answers that say nothing.
    for n in range(3):
        rows[n][-4:] = ["黄河清", "呼延灼华", "琉璃坊胡同8号院3号楼2", "已办"]
        rows[n + 3][-4:] = ["乐正明接", "王丽", "热线3单元", "/"]
        rows[n + 6][-4:] = ["联系不上", "上官", "待核", "—"]
    rows[10][-4:] = ["欧阳张璟", "独孤璠琰", "疑似", "无"]
    rows[11][-4:] = ["很久以前联系过但没有打通电话", "独孤璠琰", "疑似", "-"]
    path = tmp_path / "a.csv"
    path.write_text(delimited([head, *rows]), encoding="utf-8")
    shown = [line for line in load(home, path, dry_run=True).files[0].details if "认不出" in line]
    advice = ";请在来源文件的 [values.{}] 里写明各是哪一种"
    assert sorted(shown) == sorted(
        [
            "“是否联系”有认不出的取值,按未知计:联系不上 3 行,另有 8 行写着别的,不列出"
            + advice.format("is_contacted"),
            "“是否有效回访”有认不出的取值,按未知计:11 行写着别的,不列出;请核对这些行是否错列",
            "“是否涉疫”有认不出的取值,按未知计:待核 3 行,另有 8 行写着别的,不列出"
            + advice.format("is_epidemic"),
            "“是否解决”有认不出的取值,按未知计:已办 3 行" + advice.format("resolution"),
        ]
    )


def test_a_word_that_occurs_only_late_in_the_file_is_reported_too(home, tmp_path):
    head = [*HEAD, "是否满意"]
    rows = [[*line(f"A{n}"), "满意" if n < 50_500 else "一般"] for n in range(51_500)]
    path = tmp_path / "a.csv"
    path.write_text(delimited([head, *rows]), encoding="utf-8")
    (loaded,) = load(home, path).files
    assert "“是否满意”有认不出的取值,按未知计:一般 1,000 行;" in "\n".join(loaded.details)
    files = str(home.warehouse / "records/*/*/*.parquet")
    found = duckdb.sql(f"SELECT unread, count(*) FROM '{files}' GROUP BY 1 ORDER BY 2").fetchall()
    assert found == [("satisfaction", 1_000), (None, 50_500)]


def test_a_dry_run_of_text_shows_encoding_and_sign(home, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(delimited([HEAD, line("A1"), line("A1")], "|").encode("gb18030"))
    head = load(home, path, dry_run=True).lines[0]
    assert "分隔文本,编码 gb18030" in head and "重复 1" in head
    assert "以竖线分隔" in load(home, path, dry_run=True).files[0].details[0]


def test_a_dry_run_writes_nothing_and_makes_no_key(home, tmp_path):
    good, bad = tmp_path / "a.csv", tmp_path / "b.csv"
    good.write_text(delimited([HEAD, line("A1"), line(None)]), encoding="utf-8")
    bad.write_text("姓名\n李伟\n", encoding="utf-8")
    result = load(home, good, bad, dry_run=True)
    assert [file.state for file in result.files] == ["planned", "failed"]
    assert result.exit_code == 3
    assert tree(home) == {} and not (tmp_path / "caller.key").exists()
    assert [path.name for path in (home.root / "data").iterdir()] == ["warehouse"]

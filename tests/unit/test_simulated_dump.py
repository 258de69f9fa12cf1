"""The simulated dump: its rows say what the count tables say, and it is whole or not there."""

import csv
import gzip
import random
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipeline import simulate as stage
from pipeline.errors import HotlineError
from pipeline.home import Home
from pipeline.simulate import month_sizes, write_dump
from pipeline.simulate.dump import write
from pipeline.simulate.dump.lexicon import cut, load_lexicon
from pipeline.simulate.dump.timestamps import arrivals
from pipeline.simulate.dump.write import (
    Dump,
    check_sheet,
    check_target,
    check_wish,
    is_complete,
    pack,
)
from tests.support.solutions import example_solution

HEADER = [
    "序号",
    "工单编号",
    "工单类型",
    "一级分类",
    "二级分类",
    "三级分类",
    "标签",
    "标题",
    "主要内容",
    "问题点位",
    "工单状态",
    "工单来源",
    "来电人",
    "来电人电话",
    "被反映区",
    "被反映街乡镇",
    "承办单位",
    "处理结果",
    "受理处理方式",
    "来电时间",
    "派单时间",
    "处理时限",
    "办结时间",
    "坐席ID",
    "坐席姓名",
    "企业名称",
    "重复反映告知单量",
    "是否有效回访",
    "是否联系",
    "是否解决",
    "是否满意",
    "口径层级",
    "是否涉疫",
    "是否企业专席",
    "网络渠道",
    "表扬形式",
]
PRIOR = """axis,member,given_axis,given,weight
caller,distinct,,,2
caller,repeat,,,3
dispatch_count,1,,,0.8
dispatch_count,2,,,0.15
dispatch_count,3,,,0.05
"""
TEXT = """category,subcategory,matter,topic,tag,is_epidemic
甲类,甲一,口罩紧缺,口罩,安,是
甲类,甲一,路灯不亮,路灯,行,
"""
TEMPLATE = """kind,given,text
content,表扬,对{place}的{matter}表示感谢。
content,,来电人说{place}的{matter}，请处理。
surname,,王
surname,,李
given_name,,某甲
given_name,,某乙
reply,解决,已经解决。
reply,,已经答复。
"""
SOLUTION = example_solution(900, year=2001)


def calibrated_home(root: Path, template: str = TEMPLATE) -> Home:
    folder = root / "data" / "calibration"
    folder.mkdir(parents=True)
    for name, text in (("prior", PRIOR), ("text", TEXT), ("template", template)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (root / "data" / "published").mkdir()
    return Home(root)


def wish(**changes: object) -> Dump:
    facts = {"year": 2001, "scale": 1.0, "seed": 5, "format": "csv.gz", "encoding": "utf-8"}
    return Dump(**{**facts, "inputs": "abc", **changes})  # type: ignore[arg-type]


def read(folder: Path) -> pd.DataFrame:
    parts = [
        pd.read_csv(path, dtype=str, keep_default_na=False).assign(文件=path.name[:7])
        for path in sorted(folder.glob("*.csv.gz"))
    ]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = calibrated_home(tmp_path_factory.mktemp("home"))
    return write_dump(home, SOLUTION, wish(), home.raw / "simulated" / "2002-01-01")


@pytest.fixture(scope="module")
def rows(folder: Path) -> pd.DataFrame:
    return read(folder)


@pytest.fixture(scope="module")
def last(rows: pd.DataFrame) -> pd.DataFrame:
    """The row with the last dispatch, which counts."""
    return rows.sort_values("派单时间").groupby("工单编号", as_index=False).tail(1)


def test_files_and_headings(folder: Path, rows: pd.DataFrame) -> None:
    names = sorted(path.name for path in folder.iterdir())
    months = [f"{y}-{m:02d}.csv.gz" for y in (2000, 2001) for m in range(1, 13)]
    assert names == [*months, "receipt.toml"]
    assert list(rows.columns) == [*HEADER, "文件"]
    assert (rows["来电时间"].str[:7] == rows["文件"]).all()
    assert rows["工单编号"].str.fullmatch(r"热线-0[01]\d{4}-\d{6}").all()
    assert (rows["工单编号"].str[3:9] == rows["来电时间"].str[2:10].str.replace("-", "")).all()


def test_last_dispatches_have_the_counts_of_the_tables(last: pd.DataFrame) -> None:
    assert len(last) == 900 * 2 * 2
    year = last["来电时间"].str[:4].astype(int)
    shell = last["口径层级"].astype(int)
    kind = last["工单类型"].replace("", "其他")
    for y, s in SOLUTION.instances():
        part = last[(year == y) & (shell == s)]
        have = part.groupby(["一级分类", kind[part.index], part["来电时间"].str[5:7]]).size()
        table = SOLUTION.table("type", y, s)
        assert have.to_dict() == table.frame().set_index(list(table.dims))["n"].to_dict()
        units = SOLUTION.table("unit", y, s).margin(("unit",))
        streets = SOLUTION.table("street", y, s).margin(("district", "street"))
        wanted = {unit: n for (unit,), n in units.items()}
        wanted |= {district + street: n for (district, street), n in streets.items()}
        named = part.groupby("承办单位").size().to_dict()
        assert {name: named.get(name) for name in wanted} == wanted
        outcome = part[["是否有效回访", "是否联系", "是否解决", "是否满意"]].agg("|".join, axis=1)
        outcomes = outcome[part["受理处理方式"] == "派单"].value_counts().to_dict()
        wanted = {o: n for (o,), n in SOLUTION.table("outcome", y, s).margin(("outcome",)).items()}
        assert outcomes == wanted


def test_dispatch_chains(rows: pd.DataFrame, last: pd.DataFrame) -> None:
    chain = rows.groupby("工单编号")
    assert chain.size().isin([1, 2, 3]).all()
    dispatched = (last["受理处理方式"] == "派单").groupby(last["来电时间"].str[:4]).sum()
    for year, number in dispatched.items():
        of_year = rows[rows["来电时间"].str[:4] == year].groupby("工单编号").size()
        assert (of_year == 2).sum() == round(0.15 * number)
        assert (of_year == 3).sum() == round(0.05 * number)
    same = [name for name in HEADER if name not in ("序号", "承办单位", "派单时间")]
    assert (chain[same].nunique() == 1).all(axis=None)
    again = rows[rows["工单编号"].isin(chain.size()[chain.size() > 1].index)]
    assert not again.duplicated(["工单编号", "派单时间"]).any()
    units = again.sort_values("派单时间").groupby("工单编号")["承办单位"].agg(list)
    assert all(unit[-1] not in unit[:-1] for unit in units)
    assert "" not in set(again["承办单位"])


def test_times_are_in_order_and_none_is_after_the_export(last: pd.DataFrame) -> None:
    assert last["来电时间"].str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").all()
    sent = last[last["受理处理方式"] == "派单"]
    assert (sent["来电时间"] < sent["派单时间"]).all()
    assert (sent["派单时间"] < sent["处理时限"]).all()
    closed = sent[sent["办结时间"] != ""]
    assert (closed["派单时间"] < closed["办结时间"]).all()
    assert last["办结时间"].max() < "2002-01-01 12:00:00"
    assert 0.005 < (closed["办结时间"] > closed["处理时限"]).mean() < 0.10
    assert set(sent.loc[sent["办结时间"] == "", "工单状态"]) <= {"办理中"}
    direct = last[last["受理处理方式"] == "直接解答"]
    assert set(direct["派单时间"]) == set(direct["承办单位"]) == set(direct["处理时限"]) == {""}
    assert (direct["来电时间"] < direct["办结时间"]).all()


def test_long_and_copied_texts_move_no_other_column(tmp_path: Path, rows: pd.DataFrame) -> None:
    template = f"{TEMPLATE}detail,,另外说明。\nletter,甲一,我们联名反映。\n"
    home = calibrated_home(tmp_path, template)
    longer = read(write_dump(home, SOLUTION, wish(), home.raw / "simulated" / "2002-01-01"))
    others = [name for name in rows.columns if name != "主要内容"]
    assert longer[others].equals(rows[others])
    copied, is_long = (
        longer["主要内容"] == "我们联名反映。",
        longer["主要内容"].str.contains("另外说明。"),
    )
    assert (
        longer.loc[~copied & ~is_long, "主要内容"] == rows.loc[~copied & ~is_long, "主要内容"]
    ).all()
    short = longer.loc[is_long, "主要内容"].str.replace("另外说明。", "")
    assert (short == rows.loc[is_long, "主要内容"]).all()
    assert 0.02 < is_long.mean() < 0.09
    matter = longer["二级分类"] == "甲一"
    assert not copied[~matter].any()
    assert 0.04 < copied[matter].mean() < 0.14
    # A record has one text, however often it is dispatched; many callers send the same letter.
    assert (longer.groupby("工单编号")["主要内容"].nunique() == 1).all()
    assert longer[copied].groupby("文件")["来电人电话"].nunique().max() > 5


def test_optional_columns(last: pd.DataFrame) -> None:
    assert set(last.loc[last["工单来源"] == "网络", "网络渠道"]) == {"公众号"}
    assert set(last.loc[last["工单来源"] == "电话", "网络渠道"]) == {""}
    assert set(last.loc[last["工单类型"] == "表扬", "表扬形式"]) == {"锦旗"}
    epidemic = last.groupby(["一级分类", last["来电时间"].str[:4]])["是否涉疫"].agg(set).to_dict()
    assert epidemic[("甲类", "2001")] == {"是", "否"}
    assert epidemic[("乙类", "2001")] == {"是", "否"}
    # Of 甲类 only 甲一 has an epidemic matter: a month's epidemic records come to it first, so
    # that either all of them are in 甲一, or all of 甲一 is epidemic.
    shared = last[last["一级分类"] == "甲类"].assign(月=last["来电时间"].str[:7])
    for _, part in shared.groupby(["月", "口径层级"]):
        flag, fits = part["是否涉疫"] == "是", part["二级分类"] == "甲一"
        assert not ((flag & ~fits).any() and (~flag & fits).any())
    assert ((last["企业名称"] != "") == (last["是否企业专席"] == "是")).all()
    marked = last[(last["二级分类"] == "甲一") & (last["是否涉疫"] == "是")]
    assert len(marked)
    assert marked["主要内容"].str.contains("口罩紧缺").all()
    thanks = last["主要内容"].str.contains("表示感谢")
    assert (thanks == (last["工单类型"] == "表扬")).all()
    assert set(last.loc[last["是否解决"] == "解决", "处理结果"]) == {"已经解决。"}


def test_callers_keep_name_and_phone(last: pd.DataFrame) -> None:
    phones = last.groupby("来电人电话")["来电人"].nunique()
    assert (phones == 1).all()
    by_year = last.groupby(last["来电时间"].str[:4])["来电人电话"].nunique()
    assert by_year.to_dict() == {"2000": 720, "2001": 720}
    assert last["来电人电话"].str.fullmatch(r"1\d{10}").all()
    named = last[[p in text for p, text in zip(last["来电人电话"], last["主要内容"], strict=True)]]
    assert 0.04 < len(named) / len(last) < 0.16, "some texts carry the telephone, most do not"


def digest(folder: Path) -> list[str]:
    return sorted(line for path in folder.glob("*.csv.gz") for line in lines(path))


def lines(path: Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode().splitlines()


def test_same_seed_same_rows(folder: Path, tmp_path: Path) -> None:
    home = calibrated_home(tmp_path)
    again = write_dump(home, SOLUTION, wish(), tmp_path / "again")
    other = write_dump(home, SOLUTION, wish(seed=6), tmp_path / "other")
    assert digest(again) == digest(folder)
    assert digest(other) != digest(folder)


@pytest.mark.parametrize(
    "form, encoding",
    [
        ("csv", "utf-8"),
        ("csv", "gb18030"),
        ("csv.gz", "gb18030"),
        ("parquet", "utf-8"),
        ("xlsx", "utf-8"),
    ],
)
def test_other_formats_hold_the_same_rows(
    form: str, encoding: str, folder: Path, tmp_path: Path
) -> None:
    dump = wish(format=form, encoding=encoding)
    made = write_dump(calibrated_home(tmp_path), SOLUTION, dump, tmp_path / "out")
    path = made / f"2001-02.{form}"
    if form == "parquet":
        relation = duckdb.sql(f"SELECT * FROM '{path}'")
        assert set(relation.types) == {"VARCHAR"}
        have = [relation.columns, *relation.fetchall()]
    elif form == "xlsx":
        have = pd.read_excel(path, dtype=str, header=None).astype(object).values.tolist()
        have = [[None if pd.isna(cell) else cell for cell in row] for row in have]
    else:
        content = path.read_bytes()
        content = gzip.decompress(content) if form == "csv.gz" else content
        have = list(csv.reader(content.decode(encoding).splitlines()))
    want = list(csv.reader(lines(folder / "2001-02.csv.gz")))
    as_text = [tuple(cell or "" for cell in row) for row in have]
    assert as_text[0] == tuple(HEADER)
    assert sorted(as_text) == sorted(map(tuple, want))


def test_pack_cuts_at_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "BLOCK", 7)
    text = "".join(random.Random(1).choices("热线,a\n㐀", k=400))
    (tmp_path / "a").write_bytes(text.encode())
    pack(tmp_path / "a", tmp_path / "b", "gb18030", gzipped=True)
    assert gzip.decompress((tmp_path / "b").read_bytes()).decode("gb18030") == text
    pack(tmp_path / "a", tmp_path / "c", "utf-8", gzipped=False)
    assert (tmp_path / "c").read_bytes() == text.encode()


def test_a_failed_run_leaves_nothing_and_the_earlier_dump(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, out = calibrated_home(tmp_path), tmp_path / "out"
    write_dump(home, SOLUTION, wish(), out)
    before = digest(out)

    def full_disk(copy: Path, target: Path, *_: object, **__: object) -> None:
        if target.name == "2000-03.csv.gz":
            raise OSError(28, "No space left on device")
        pack(copy, target, "utf-8", gzipped=True)

    monkeypatch.setattr(write, "pack", full_disk)
    for folder in (out, tmp_path / "new"):
        with pytest.raises(OSError, match="No space"):
            write_dump(home, SOLUTION, wish(seed=6), folder)
    assert digest(out) == before
    assert is_complete(out, wish())
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".*")) and not list(home.tmp.iterdir())


def test_a_complete_dump_is_known_by_its_facts(tmp_path: Path) -> None:
    out = write_dump(calibrated_home(tmp_path), SOLUTION, wish(), tmp_path / "out")
    assert is_complete(out, wish())
    for changes in ({"seed": 6}, {"scale": 0.5}, {"inputs": "x"}, {"format": "csv"}):
        assert not is_complete(out, wish(**changes))
    (out / "2001-04.csv.gz").unlink()
    assert not is_complete(out, wish())


def test_another_format_replaces_the_files_of_the_earlier_dump(tmp_path: Path) -> None:
    home, out = calibrated_home(tmp_path), tmp_path / "out"
    write_dump(home, SOLUTION, wish(), out)
    write_dump(home, SOLUTION, wish(format="parquet"), out)
    assert {path.suffix for path in out.iterdir()} == {".parquet", ".toml"}


def test_files_of_others_are_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    check_target(out)
    (out / "2001-01.csv").write_text("real", encoding="utf-8")
    with pytest.raises(HotlineError, match=r"2001-01\.csv"):
        check_target(out)


def test_wrong_wishes_are_one_line() -> None:
    for dump, word in (
        (wish(format="xls"), "格式"),
        (wish(encoding="big5"), "编码"),
        (wish(format="parquet", encoding="gb18030"), "parquet"),
    ):
        with pytest.raises(HotlineError, match=word):
            check_wish(dump)


def test_a_month_too_long_for_a_sheet_is_refused() -> None:
    check_sheet(1_000_000, "2001-01")
    with pytest.raises(HotlineError, match="2001-02"):
        check_sheet(1_000_001, "2001-02")


def test_month_sizes() -> None:
    sizes = month_sizes(SOLUTION)
    assert list(sizes) == [f"{y}-{m:02d}" for y in (2000, 2001) for m in range(1, 13)]
    assert sum(sizes.values()) == 900 * 2 * 2


def test_a_template_without_its_slots_is_refused(tmp_path: Path) -> None:
    home = calibrated_home(tmp_path)
    file = tmp_path / "data" / "calibration" / "template.csv"
    file.write_text("kind,given,text\ncontent,,只有{matter}\n", encoding="utf-8")
    with pytest.raises(HotlineError, match="只有"):
        cut("content", load_lexicon(home).phrase("content", ""), ("place", "matter"))


def test_arrivals_number_each_day_from_one() -> None:
    day, sequence, second = arrivals(2020, 2, 2_900)
    frame = pd.DataFrame({"day": day, "sequence": sequence, "second": second})
    assert frame["day"].nunique() == 29
    for _, of_day in frame.groupby("day"):
        assert of_day["sequence"].tolist() == list(range(1, len(of_day) + 1))
        assert of_day["second"].is_monotonic_increasing
    assert second.min() >= 0 and second.max() < 86_400
    night = (second < 6 * 3600).mean()
    assert night < 0.05, "few call at night"
    weekend = pd.Series([datetime(2020, 2, d + 1).weekday() >= 5 for d in day])
    assert weekend.mean() < 9 / 29, "fewer on the nine days of the weekends"


def test_simulate_leaves_a_complete_dump_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = calibrated_home(tmp_path)
    out = tmp_path / "out"
    dump = wish(seed=stage.SEED, inputs=stage.inputs_digest(home))
    write_dump(home, SOLUTION, dump, out)
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    assert stage.simulate(home, 2001, out=out) == out
    assert before == {path.name: path.stat().st_mtime_ns for path in out.iterdir()}

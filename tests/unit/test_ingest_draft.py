"""A source drafted from a file that no source knows, then used to load it."""

import pytest
from ingest_kit import fetch, load, make_home
from office_kit import delimited, page, xlsx

from pipeline.errors import HotlineError
from pipeline.ingest.source import load_sources, sources_of


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "caller.key"))
    return make_home(tmp_path / "home")


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


@pytest.mark.parametrize("form", ["csv", "xlsx", "html"])
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
    assert (receipt["source"], receipt["rows_loaded"]) == ("other_city", 6)
    assert fetch(home, "records", "DISTINCT place_district, category, unit") == [
        ("朝阳区", "住房", "市公安局")
    ]


def test_a_draft_that_lacks_an_id_fits_no_file_until_it_is_filled_in(home, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("甲,乙\n1,x\n1,y\n", encoding="utf-8")
    load(home, path, new_source="poor")
    assert '(请填列名)"]  # 必需,没有认出' in (home.sources / "poor.toml").read_text("utf-8")
    assert load(home, path).exit_code == 65


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
    load_sources.cache_clear()
    assert sources_of(home)["beijing_city"].columns == {"record_id": ["号"]}
    assert "nyc_council" in sources_of(home)

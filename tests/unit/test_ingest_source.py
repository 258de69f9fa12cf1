"""Headings to canonical columns."""

import pytest

from pipeline.entity import load_entities
from pipeline.errors import HotlineError
from pipeline.ingest.columns.source import choose, load_sources
from tests.support.dump_files import HEADINGS


def test_the_citys_export_maps_every_column_but_the_running_number():
    mapping = choose(HEADINGS)
    assert mapping.source.name == "beijing_city"
    assert mapping.unmapped == ["序号"]
    entity = load_entities()["record"]
    assert mapping.source.entity == entity
    # The city says nothing of the kind of a unit; some districts do.
    assert set(mapping.positions) >= set(entity.optional) - {"unit_type"}
    absent = {"category_path", "created_at", "unit_type"}
    assert set(mapping.positions) == set(entity.columns) - absent


def test_aliases_blanks_and_order_do_not_matter():
    mapping = choose(["受理时间", " 工单号\u200b", "一级分类"])
    assert mapping.positions == {"record_id": 1, "category": 2, "received_at": 0}


def test_the_first_named_alias_wins():
    mapping = choose(["工单号", "来话时间", "来电时间", "一级分类"])
    assert mapping.positions["received_at"] == 2


def test_new_york_is_reported_by_its_columns():
    headings = [
        "unique_key",
        "account",
        "opendate",
        "closedate",
        "complaint_type",
        "descriptor",
        "borough",
    ]
    mapping = choose(headings)
    assert mapping.source.name == "nyc_council" and mapping.unmapped == ["account"]


def test_an_unknown_header_names_what_is_missing_and_what_was_seen():
    with pytest.raises(HotlineError) as caught:
        choose(["工单编号", "姓名", "日期"])
    message = str(caught.value)
    assert caught.value.code == 65 and "\n" not in message
    assert "来电时间" in message and "一级分类" in message and "姓名" in message
    assert "工单编号、" not in message.split("文件里的列是")[0]


def test_an_unknown_source_offers_those_there_are():
    with pytest.raises(HotlineError, match="beijing_city") as caught:
        choose(["a"], "nowhere")
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("toml", "word"),
    [
        ('title = "t"\nrequired = []\ncolumns = {}\nextra = 1', "extra"),
        ('title = "t"\nrequired = ["record_id"]\n[columns]\ntopic = ["x"]', "no aliases"),
        ('title = "t"\nrequired = []\n[columns]\nnonsense = ["x"]', "nonsense"),
        ("title = ", "Invalid"),
    ],
)
def test_a_faulty_source_file_is_one_line(tmp_path, toml, word):
    (tmp_path / "bad.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(HotlineError, match=word) as caught:
        load_sources(tmp_path)
    assert "\n" not in str(caught.value) and "bad.toml" in str(caught.value)

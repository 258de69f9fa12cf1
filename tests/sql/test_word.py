"""Words of months: counted once per delivery, ranked in SQL by hand-worked numbers."""

import pytest

from pipeline.errors import IO, HotlineError
from pipeline.model_tables import WORD_COUNT
from pipeline.text import count_words
from pipeline.text.partition import partitions
from tests.support.city import (
    ask,
    build_only,
    deliver,
    make_home,
    record,
    select_file,
    select_named,
)

# What is asked, and what the counting reads.
TABLES = ("metric.word_count", "core.superseded_text")
STOP = {"stop_word": "stop_word,kind,note\n反映,boilerplate,\n某某,mask,\n"}


def said(home, year, month, category="*"):
    rows = ask(
        home,
        "SELECT kind, word, record_count FROM metric.word_count "
        f"WHERE year = {year} AND month = {month} AND category = '{category}'",
    )
    return {(kind, word): count for kind, word, count in rows}


@pytest.mark.slow
def test_words_are_counted_once_and_again_only_where_a_delivery_changed_them(tmp_path):
    home = make_home(tmp_path, STOP)
    october = [record(f"O{i}", "2020-10-05 08:00:00", category="住房") for i in range(4)]
    november = [record(f"N{i}", "2020-11-05 08:00:00", category="教育") for i in range(3)]
    texts = {f"O{i}": "反映水箱漏水" for i in range(4)} | {f"N{i}": "学校停课" for i in range(3)}
    deliver(home, [*october, *november], sequence=1, texts=texts)
    build_only(home, *TABLES)
    assert count_words(home, [(2020, 11), (2020, 10), (2020, 9)]) == [(2020, 10), (2020, 11)]
    assert count_words(home, [(2020, 10), (2020, 11)]) == []
    assert said(home, 2020, 10) == {
        ("text", "*"): 4, ("word", "水箱"): 4, ("word", "漏水"): 4, ("phrase", "水箱 漏水"): 4,
    }  # fmt: skip
    assert said(home, 2020, 11, "教育")["word", "学校"] == 3
    assert said(home, 2020, 11, "住房") == {}

    # November comes again with N0 in other words: the former N0 no longer counts.
    deliver(home, november[:1], sequence=2, received_on="2021-02-01", texts={"N0": "水箱"})
    build_only(home, *TABLES)
    assert count_words(home, [(2020, 10), (2020, 11)]) == [(2020, 11)]
    counts = said(home, 2020, 11)
    assert (counts["text", "*"], counts["word", "学校"], counts["word", "水箱"]) == (3, 2, 1)

    # Another stop word is another dictionary: everything is counted again.
    (home.root / "data/reference/stop_word.csv").write_text("stop_word,kind,note\n水箱,x,\n")
    assert count_words(home, [(2020, 10)]) == [(2020, 10)]
    assert ("word", "水箱") not in said(home, 2020, 10)


@pytest.mark.slow
def test_a_file_that_was_loaded_again_is_counted_again(tmp_path):
    # The same texts; a correction gave the record another category.
    home = make_home(tmp_path, STOP)
    texts = {"A": "水箱漏水"}
    deliver(home, [record("A", "2020-10-05 08:00:00", category="住房")], texts=texts)
    build_only(home, *TABLES)
    count_words(home, [(2020, 10)])
    again = [record("A", "2020-10-05 08:00:00", category="教育")]
    deliver(home, again, texts=texts, loaded_at="2021-01-01T00:00:01+00:00")
    build_only(home, *TABLES)
    assert count_words(home, [(2020, 10)]) == [(2020, 10)]
    assert said(home, 2020, 10, "住房") == {}
    assert said(home, 2020, 10, "教育")["word", "水箱"] == 1


def test_texts_that_were_deleted_leave_no_words_and_no_fault(tmp_path):
    home = make_home(tmp_path, STOP)
    deliver(home, [record("A", "2020-10-05 08:00:00")], texts={"A": "水箱漏水"})
    build_only(home, *TABLES)
    count_words(home, [(2020, 10)])
    assert said(home, 2020, 10)["word", "水箱"] == 1
    for path in home.texts.rglob("*.parquet"):
        path.unlink()
    assert count_words(home, [(2020, 10)]) == []
    assert said(home, 2020, 10) == {}
    assert [path.stem for path in WORD_COUNT.folder(home).glob("*.parquet")] == ["none"]


def test_a_broken_file_of_texts_is_one_line(tmp_path):
    home = make_home(tmp_path, STOP)
    deliver(home, [record("A", "2020-10-05 08:00:00")], texts={"A": "水箱漏水"})
    build_only(home, *TABLES)
    (file,) = home.texts.rglob("*.parquet")
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(HotlineError, match="不是完整的 Parquet;请删除它的回执") as refused:
        count_words(home, [(2020, 10)])
    assert refused.value.code == IO


def test_without_a_warehouse_it_says_what_to_run(tmp_path):
    home = make_home(tmp_path, STOP)
    with pytest.raises(HotlineError, match="再运行 hotline build"):
        count_words(home, [(2020, 10)])


@pytest.mark.slow
def test_two_workers_count_what_one_counts(tmp_path, monkeypatch):
    home = make_home(tmp_path, STOP)
    rows = [record(f"A{i}", "2020-10-05 08:00:00", category="住房") for i in range(5)]
    deliver(home, rows, texts={f"A{i}": f"水箱漏水第{'一二三四五'[i]}次" for i in range(5)})
    build_only(home, *TABLES)
    monkeypatch.setenv("HOTLINE_THREADS", "2")
    count_words(home, [(2020, 10)])
    whole = said(home, 2020, 10)
    WORD_COUNT.path(home, partitions(home, [(2020, 10)])[0].part).unlink()
    # Slices of four and one: a phrase is counted where a slice holds it three times.
    monkeypatch.setattr("pipeline.text.partition.SLICE_ROWS", 4)
    count_words(home, [(2020, 10)])
    halves = said(home, 2020, 10)
    assert whole["phrase", "水箱 漏水"] == 5
    assert halves["phrase", "水箱 漏水"] == 4
    words = {key: count for key, count in whole.items() if key[0] != "phrase"}
    assert words == {key: count for key, count in halves.items() if key[0] != "phrase"}
    assert words["word", "水箱"] == 5


HOT = """
    SELECT * FROM (VALUES
        (2020, 10, '*', 'text', '*', CAST(NULL AS DOUBLE), 1000, 1000),
        (2020, 11, '*', 'text', '*', NULL, 500, 500),
        (2020, 10, '*', 'word', '供暖', 5.0, 10, 9),
        (2020, 11, '*', 'word', '供暖', 5.0, 100, 80),
        (2020, 11, '*', 'word', '健康宝', 8.0, 25, 4),
        (2020, 11, '*', 'word', '甲区', 3.0, 19, 19),
        (2019, 10, '*', 'text', '*', NULL, 7777, 7777),
        (2019, 10, '*', 'word', '供暖', 5.0, 7777, 7777)
    ) AS t (year, month, category, kind, word, idf, record_count, caller_count)
"""


PARTS = """
    SELECT * FROM (VALUES
        ('month', '2020-10', 2020, 10), ('month', '2020-11', 2020, 11),
        ('month', '2019-10', 2019, 10),
        ('assessment', '2020-11', 2020, 10), ('assessment', '2020-11', 2020, 11)
    ) AS t (period_type, period, part_year, part_month)
"""


def test_hot_words_by_hand():
    """October 2019 is thirteen months before November 2020 and is no part of its reference."""
    rows = select_file(
        "metric/hot_word",
        {
            "metric.word_count": HOT,
            "metric.period_part": PARTS,
            "ref.district": "SELECT '甲区' AS district",
            "ref.street": "SELECT '一街道' AS street",
        },
    )
    found = {row[4]: row[5:] for row in rows if row[:2] == ("month", "2020-11")}
    # is_place, records, texts, reference records, texts, months, share, share x idf.
    assert found["供暖"][:8] == (False, 100, 500, 10, 1000, 1, 0.2, 1.0)
    # 0.2 ln(1001 / 11), then 0.2 ln((101 / 501) / (11 / 1001)).
    assert [round(value, 6) for value in found["供暖"][8:10]] == [0.902172, 0.581875]
    # Ten texts of the month before hold it: rare then, but not new.
    assert found["供暖"][10] is False
    assert found["健康宝"][3] == 0 and found["健康宝"][10] is True
    # In no text before, yet in fewer than twenty texts.
    assert found["甲区"][0] is True and found["甲区"][10] is False
    # To October 2020 it is the first of the twelve months before.
    (october,) = [row for row in rows if row[:2] == ("month", "2020-10")]
    assert october[8:11] == (7777, 7777, 1)
    # The assessment month takes both calendar months of its days.
    both = {row[4]: row[6:11] for row in rows if row[:2] == ("assessment", "2020-11")}
    assert both["供暖"] == (110, 1500, 7777, 7777, 1)
    # Of the month of the period that has most of them, none of the months before.
    assert (found["供暖"][11], found["健康宝"][11]) == (80, 4)
    (both,) = [row for row in rows if row[:2] == ("assessment", "2020-11") and row[4] == "供暖"]
    assert both[-1] == 80


@pytest.mark.parametrize(("rule", "words"), [("5", ["供暖"]), ("4", ["供暖", "健康宝"]), ("", [])])
def test_a_word_of_few_callers_is_not_printed(rule, words):
    hot = """
        SELECT 'month' AS period_type, '2020-11' AS period, '*' AS category, 'word' AS kind, word,
            FALSE AS is_place, 30 AS record_count, 500 AS text_count, 0 AS reference_count,
            1000 AS reference_text_count, 1 AS reference_month_count, 0.1 AS text_share,
            0.2 AS idf_score, 0.3 AS reference_score, rise_score, TRUE AS is_new, caller_count
        FROM (VALUES ('供暖', 0.9, 5), ('健康宝', 0.8, 4), ('热依汗', 0.7, 1))
            AS t (word, rise_score, caller_count)
    """
    rules = f"SELECT 'bulletin_word_min_callers' AS rule, '{rule}' AS value"
    if not rule:
        rules = "SELECT 'other' AS rule, '1' AS value"
    tables = {"metric.hot_word": hot, "ref.report_rule": rules}
    assert [row["word"] for row in select_named("monthly/m12_hot_word", tables)] == words

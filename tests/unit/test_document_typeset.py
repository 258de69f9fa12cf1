"""Full-width stops beside Chinese; numbers, names and code are left as they are."""

import tomllib

import pytest

from pipeline.document.cjk_punctuation import prose, typeset
from pipeline.document.model import Para, Run
from pipeline.home import REPOSITORY
from tests.support.documents import document


@pytest.mark.parametrize(
    ("plain", "printed"),
    [
        ("共 1,006.7万件,同比增 50.72%,其中", "共 1,006.7万件\uff0c同比增 50.72%\uff0c其中"),
        ("12:30 至 13:00,每日", "12:30 至 13:00\uff0c每日"),
        ("数据来源:热线;口径:一", "数据来源\uff1a热线\uff1b口径\uff1a一"),
        ("受理量(件)", "受理量\uff08件\uff09"),
        ("第一层(tier1)", "第一层\uff08tier1\uff09"),
        ("f(x) 是 g(y, z)", "f(x) 是 g(y, z)"),
        ("称为\"七有五性\"的", "称为\u201c七有五性\u201d的"),
        ("a, b; c (d)", "a, b; c (d)"),
        ("没有右括号(只有左", "没有右括号(只有左"),
        ("", ""),
    ],
)  # fmt: skip
def test_stops_follow_their_neighbours(plain, printed):
    assert prose(plain) == printed
    assert prose(printed) == printed
    assert len(printed) == len(plain)


def test_a_sentence_is_typeset_across_its_parts():
    para = Para((Run("共 "), Run("1,006件", "a"), Run(",同比 "), Run("-3.07%", "b"), Run(","),
                 Run("其中"), Run(",12件", "c")))  # fmt: skip
    section = document().sections[0]
    one = document(sections=(type(section)("s", "(一)", 2, "甲,乙", (para,)),))
    done = typeset(one)
    assert [run.text for run in done.sections[0].blocks[0].runs] == [
        "共 ", "1,006件", "\uff0c同比 ", "-3.07%", "\uff0c", "其中", "\uff0c12件",
    ]  # fmt: skip
    figures = [run.figure for run in done.sections[0].blocks[0].runs]
    assert figures == [None, "a", None, "b", None, None, "c"]
    assert (done.sections[0].number, done.sections[0].title) == ("\uff08一\uff09", "甲\uff0c乙")


def test_names_and_queries_are_data():
    before, after = document(), typeset(document())
    assert [t.rows for t in after.tables()] == [t.rows for t in before.tables()]
    assert [f.sql for f in after.figures.values()] == [f.sql for f in before.figures.values()]
    assert [c.data for c in after.charts()] == [c.data for c in before.charts()]


def test_what_the_repository_prints_is_written_with_full_width_stops():
    headings = tomllib.loads((REPOSITORY / "pipeline/narrative/headings.toml").read_text("utf-8"))
    metrics = tomllib.loads((REPOSITORY / "data/reference/metric.toml").read_text("utf-8"))
    texts = [text for table in headings.values() for text in table.values()]
    for metric in metrics["metric"].values():
        texts += [
            metric.get(key, "") for key in ("label", "numerator", "denominator", "definition")
        ]
    assert len(texts) > 300
    assert [text for text in texts if isinstance(text, str) and prose(text) != text] == []

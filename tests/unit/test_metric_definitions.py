"""What metrics are outside SQL: the repository's file, and what a home adds to it."""

import tomllib

import pytest

from pipeline.errors import USAGE, HotlineError
from pipeline.home import REPOSITORY, Home
from pipeline.ledger import metric_entities
from pipeline.metrics.definitions import metrics_of, shipped

OWN = """
[metric.noise_count]
label = "噪声件数"
unit = "件"
base = "record"
filter = { category = ["噪声"] }
"""


def own(root, text: str, name: str = "metric.toml") -> Home:
    path = root / "data" / "reference" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return Home(root)


def test_a_home_adds_metrics_and_keeps_the_others(tmp_path):
    found = metrics_of(own(tmp_path, OWN))
    assert found.keys() - shipped().keys() == {"noise_count"}
    assert found["noise_count"].denominator == "1"
    assert found.entity_of("noise_count") == ""


def test_a_home_says_a_metric_anew_whole(tmp_path):
    text = OWN.replace("noise_count", "praise_count")
    found = metrics_of(own(tmp_path, text))["praise_count"]
    assert (found.label, found.definition) == ("噪声件数", "")
    assert found.filter == {"category": ["噪声"]}


def test_words_of_the_older_form_change_words_alone(tmp_path):
    text = "metric,label,unit\nrecord_count,受理量,\nold_count,旧指标,件\n"
    found = metrics_of(own(tmp_path, text, "metric.csv"))
    assert (found["record_count"].label, found["record_count"].unit) == ("受理量", "件")
    assert found["record_count"].base == "record"
    assert found["old_count"].label == "旧指标"
    assert found.base_of("old_count") is None


@pytest.mark.parametrize(
    "text",
    [
        "[metric.a]\nlabel = ",
        OWN.replace("base =", "bass ="),
        OWN.replace('"record"', '"rekord"'),
        OWN.replace('base = "record"', 'of = "record_count"'),
        OWN.replace('base = "record"', 'of = "record_count"\nover = "nothing"'),
        OWN.replace('base = "record"', 'change_of = "noise_count"'),
        OWN.replace('label = "噪声件数"', ""),
        "[metric]\nnoise_count = 3\n",
    ],
)
def test_a_faulty_file_is_one_clear_line(tmp_path, text: str):
    with pytest.raises(HotlineError, match=r"metric\.toml 有误") as fault:
        metrics_of(own(tmp_path, text))
    assert fault.value.code == USAGE
    assert "\n" not in str(fault.value)


def test_each_metric_counts_rows_of_a_known_entity():
    kinds = metric_entities(Home())
    assert kinds["record_count"] == "record"
    assert kinds["event_solved_rate"] == kinds["matter_grid_first_share"] == "grid_event"
    assert kinds["plan_done_share"] == "plan_value"
    assert [name for name, kind in kinds.items() if kind == "-"] == ["context_figure"]


def test_every_metric_has_words():
    text = (REPOSITORY / "data/reference/metric.toml").read_text(encoding="utf-8")
    for name, entry in tomllib.loads(text)["metric"].items():
        assert entry["label"] and entry["unit"] and entry["numerator"], name

"""A template of the former language of patterns: how it is rewritten, and that it is refused."""

import tomllib

import pytest

from pipeline.errors import USAGE, HotlineError
from pipeline.narrative.convert_template import converted, main
from pipeline.narrative.template import read

OLD = """\
title = "{$city}{$year}年度报告"

[[section]]
id = "trees"
title = "{$species}"

[[section.block]]
say = [
    { from = "t", take = 3, text = "{$contact}前{n}种依次为\
<{species}[（{tree_count:棵}）]>。", join = "、" },
    { from = "t", where = { place = "$place" }, text = "{@species}{tie}最多，\
{all}为{tree_count:2}；" },
]

[[section.block]]
note = "见{$period}。"
"""
NEW = """\
title = "{{ city }}{{ year }}年度报告"

[[section]]
id = "trees"
title = "{{ species }}"

[[section.block]]
say = [
    { from = "t", take = 3, text = "{{ contact }}前{{ n|numeral }}种{{ in_turn }}为\
{% call(row) each(rows, '、') %}{{ row.species }}{% call optional() %}\
（{{ row.tree_count|unit('棵') }}）{% endcall %}{% endcall %}。" },
    { from = "t", where = { place = "$place" }, text = "{{ rows|listed('species') }}\
{{ '并列' if several }}最多，{{ '均' if several }}为{{ row.tree_count|places(2) }}；" },
]

[[section.block]]
note = "见{{ period }}。"
"""


def test_a_template_is_rewritten_once():
    assert converted(OLD) == NEW
    assert converted(NEW) == NEW


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{n:0}个、{total}", "{{ n }}个、{{ total|numeral }}"),
        ("{rate:points}{rate:1:abs}", "{{ row.rate|points }}{{ row.rate|places(1)|abs }}"),
        ("{day:date}", "{{ row.day|month }}"),
        ("[{tied:unit}]", "{% call optional() %}{{ tied|listed('unit') }}{% endcall %}"),
        ("<{unit}>", "{% call(row) each(rows) %}{{ row.unit }}{% endcall %}"),
        ("{moved:a:b}", "{{ row.a|moved(row.b, '上年同期', part_compared) }}"),
        ("{moved:a:b:former}", "{{ row.a|moved(row.b, former, cut_previous) }}"),
        ("{sign:a}", "{{ '高于' if row.a > 0 else '低于' if row.a < 0 else '等于' }}"),
    ],
)
def test_each_part_of_a_pattern_has_its_place_in_jinja(old, new):
    assert converted(f'text = "{old}"\n') == f'text = "{new}"\n'


def test_what_no_rule_covers_is_left_to_be_done_by_hand(tmp_path, capsys):
    path = tmp_path / "annual_tree.toml"
    path.write_text("[[section]]\ntext = '{species}最多。'\n", encoding="utf-8")
    assert main([str(path)]) == USAGE
    assert "请手工改写“{species}最多。”" in capsys.readouterr().out
    path.write_text(OLD, encoding="utf-8")
    assert main([str(path)]) == 0
    assert read(path, is_own=True)["section"] == [
        {**section, "file": path.name} for section in tomllib.loads(NEW)["section"]
    ]


@pytest.mark.parametrize(
    "text",
    ["{species}最多。", "见{$period}。", "{tree_count:2:棵}", "为{@species}。"],
)
def test_a_template_in_the_former_language_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "annual_tree.toml"
    path.write_text(f'[[section]]\nid = "x"\ntitle = "{text}"\n', encoding="utf-8")
    with pytest.raises(HotlineError) as caught:
        read(path, is_own=True)
    message = str(caught.value)
    assert caught.value.code == USAGE and "\n" not in message
    assert "annual_tree.toml" in message and f"“{text}”" in message
    assert f"python -m pipeline.narrative.convert_template {path}" in message

"""Segmentation and counting: what the two segmenters say alike, and counts worked by hand."""

import re
from pathlib import Path

import jieba
import pytest
import rjieba

from pipeline.home import Home
from pipeline.text.count import Counter
from pipeline.text.dictionary import Dictionary, read

ROOT = Path(__file__).resolve().parents[2]
HAN = re.compile("[\u3400-\u9fff]")
TEXTS = (
    "反映丰台区南苑街道防疫物资的情况,来电人称居家观察期间生活物资无人代送,请核实。",
    "高层住宅烟感报警器长期失灵,消防通道被电动自行车堵塞,希望有关单位加强管理。",
    "网约车平台多收费用12.5元,客服电话400-810-8888无人接听,要求退款并道歉!",
    "小区二次供水水箱长年不洗,自来水龙头的水严重霉味(附近有幼儿园),请检测。",
    "工地夜间施工扰民,凌晨3:30仍有渣土车进出;城管来过,走后照旧。",
    "孩子上学难:学区划分不透明,教育局说“按规定”,到底是什么规定?",
    "供暖温度只有16度,多次报修,供热公司说是管道老化,什么时候能修好",
    "物业公司乱收停车费,业委会成立三年了,帐目从来不公开。联系人某某,电话***。",
    "公交线路调整后,老人去医院要换乘两次,建议恢复原线路。\n谢谢!",
    "健康宝APP无法登录,显示“网络异常”,WiFi和5G都试过了。",
)


@pytest.fixture(scope="module")
def words() -> Dictionary:
    return read(Home(ROOT))


@pytest.fixture(scope="module")
def reference(words: Dictionary) -> jieba.Tokenizer:
    jieba.setLogLevel(60)
    made = jieba.Tokenizer()
    made.initialize()
    for name, frequency in words.names:
        made.add_word(name, frequency)
    return made


def test_jieba_and_rjieba_cut_alike_with_the_same_names(words, reference):
    volume = words.segmenter()
    alike = [text for text in TEXTS if "-" not in text]
    places = sorted(words.places)
    texts = [*alike, *(f"{p}的{t}" for p, t in zip(places, alike * 40, strict=False))]
    assert len(texts) > 300
    assert [text for text in texts if volume.cut(text) != list(reference.cut(text))] == []


def test_they_differ_in_runs_of_digits_and_latin_letters_alone(words, reference):
    volume = words.segmenter()
    assert volume.cut("电话400-810-8888") == ["电话", "400-810-8888"]
    assert list(reference.cut("电话400-810-8888")) == ["电话", "400", "-", "810", "-", "8888"]
    for text in TEXTS:
        here, there = volume.cut(text), reference.cut(text)
        assert [w for w in here if HAN.search(w)] == [w for w in there if HAN.search(w)]


def test_names_of_the_registers_are_cut_whole(words):
    cut = words.segmenter().cut("朝阳区小关街道的物业管理和施工扰民,来电人住在海淀区")
    assert {"朝阳区", "小关街道", "物业管理", "来电人", "海淀区"} <= set(cut)


def test_who_is_said_to_have_called_is_no_word(words):
    text = "来电人称楼顶漏水,反映人称网购商品迟迟不发货。"
    assert {"来电人", "人称"} & set(words.segmenter().cut(text)) <= words.stop_words


def test_a_known_name_keeps_its_frequency(words):
    bare = rjieba.Jieba()
    assert [name for name, _ in words.names if bare.has_word(name)] == []
    assert {"教育", "住房"}.isdisjoint(name for name, _ in words.names)


def test_the_version_distinguishes_dictionaries(words):
    other = Dictionary(words.names, words.stop_words | {"水箱"}, words.places)
    assert other.version != words.version
    assert read(Home(ROOT)).version == words.version


def table(counter: Counter) -> dict[tuple[str, str, str], int]:
    columns = counter.result().to_pydict().values()
    return {(c, k, w): n for c, k, w, n, _ in zip(*columns, strict=True)}


def small() -> Counter:
    names = (("小关街道", 100), ("水箱", 100), ("漏水", 100))
    return Counter(Dictionary(names, frozenset({"反映", "某某"}), frozenset({"小关街道"})))


def test_counts_by_hand():
    counter = small()
    counter.add(
        [
            ("住房", "反映水箱漏水", "水箱漏水,水箱很旧 ***", None),
            ("住房", "水箱漏水", "某某", None),
            ("市政", "", "小关街道水箱漏水 WiFi 12", None),
        ]
    )
    # In a second batch, for counts must add up over batches.
    counter.add([("住房", "漏水", "水箱", None), ("住房", "水箱漏水", "", None)])
    counts = table(counter)
    assert counts["住房", "text", "*"] == 4
    assert counts["市政", "text", "*"] == 1
    # Once per record, however often it occurs there.
    assert counts["住房", "word", "水箱"] == 4
    assert counts["住房", "word", "漏水"] == 4
    assert counts["市政", "word", "小关街道"] == 1
    assert counts["市政", "word", "WiFi"] == 1
    # Side by side in three records of 住房; across the line end of the fourth they are not. In
    # 市政 once, which is less than a phrase needs; a place is in no phrase.
    assert counts["住房", "phrase", "水箱 漏水"] == 3
    assert [key for key in counts if key[1] == "phrase"] == [("住房", "phrase", "水箱 漏水")]
    said = {word for _, kind, word in counts if kind == "word"}
    assert said.isdisjoint({"反映", "某某", "*", "***", "12", "很", ","})


def test_no_texts_no_counts():
    assert small().result().num_rows == 0


def callers(counter: Counter) -> dict[tuple[str, str, str], int]:
    columns = counter.result().to_pydict().values()
    return {(c, k, w): n for c, k, w, _, n in zip(*columns, strict=True)}


def test_a_caller_counts_once_whatever_he_writes_and_where():
    counter = small()
    text = ("", "水箱漏水")
    # Caller 1 in two categories and two batches, caller 2 twice, and two callers with one text.
    counter.add([("住房", *text, 1), ("住房", *text, 1), ("市政", *text, 1), ("住房", *text, 2)])
    counter.add([("住房", *text, 1), ("市政", *text, 2), ("住房", *text, None)])
    counter.add([("住房", "水箱", "", None)])
    counts, people = table(counter), callers(counter)
    assert (counts["住房", "word", "水箱"], counts["市政", "word", "水箱"]) == (6, 2)
    # 1, 2 and the two others: of the word in both categories, of the phrase without the last.
    assert people["住房", "word", "水箱"] == people["市政", "word", "水箱"] == 4
    assert people["住房", "word", "漏水"] == 3
    assert people["住房", "phrase", "水箱 漏水"] == 3


def test_a_word_that_may_be_a_person_or_an_account_is_not_counted(words):
    counter = Counter(words)
    # Invented people, a real word after each, and accounts in one form and another.
    text = "裘小仞漏水。王翠花噪音。靳小来停电。欧阳小娜占道。"
    text += "账号wx_Lili5水管,a1b2c3路灯,lili_wang高温。"
    counter.add([("住房", "", text, None)] * 5)
    found = {word for _, kind, word in table(counter) if kind == "word"}
    assert {"漏水", "噪音", "停电", "水管", "路灯", "高温"} <= found
    assert not [word for word in found if any(part in word for part in "裘靳娜花Ll1")]
    phrases = " ".join(word for _, kind, word in table(counter) if kind == "phrase")
    assert not [name for name in ("小仞", "翠花", "小来", "小娜") if name in phrases]


KNOWN = [
    *("高温", "方便", "安全", "路灯", "金额", "水管", "施工", "施工队", "马路", "高峰",),
    *("温馨", "黄色", "何时", "车位", "房租", "白天", "严重", "解决", "康复", "毛巾",),
    *("苗木", "应急", "成立", "申请", "卫生", "物业", "暖气", "花园", "于是", "方舱",),
    *("高铁", "牛奶", "时段",),
]  # fmt: skip
PEOPLE = [
    *("裘千仞", "裘小仞", "王小明", "张大千", "靳小来", "骆玉朱", "欧阳娜", "欧阳小娜",),
    *("司马光荣", "翟临天", "陈志强",),
]  # fmt: skip


@pytest.mark.parametrize("word", KNOWN)
def test_a_word_of_the_field_is_no_name(words, word):
    assert not words.people.includes(word)


@pytest.mark.parametrize("word", PEOPLE)
def test_a_name_is_like_a_name(words, word):
    assert words.people.includes(word)


def test_names_of_the_registers_are_known_words(words):
    held = [name for name, _ in words.names]
    assert len(held) > 300
    assert [name for name in held if words.people.includes(name)] == []

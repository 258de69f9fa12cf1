"""Files that come again, and the print of a text that finds its copies."""

from tests.support.city import empty_home
from tests.support.dump_files import csv_text, fetch, give, load, row, tree

# Ninety-odd characters of no one's: what people paste and sign.
PLEA = (
    "尊敬的领导,我们是这个小区的住户,开发商交房时承诺的绿地和学校至今没有建设,"
    "物业费却年年上涨,电梯经常停运,老人小孩出行十分不便,多次找物业沟通都没有结果,"
    "恳请有关部门尽快到现场调查处理并给全体住户一个明确的答复,谢谢"
)


def prints(home, texts: list[str], **cells: str) -> list[int | None]:
    rows = [
        row(f"A{n}", 主要内容=text, 来电人=f"张三{n}", 来电人电话=f"1391234567{n}", **cells)
        for n, text in enumerate(texts)
    ]
    give(home, "a.csv", csv_text(rows))
    load(home)
    return [found for _, found in fetch(home, "texts", "record_id, text_hash")]


def test_copies_have_one_print_whatever_each_sender_adds(tmp_path):
    assert len(PLEA) > 85
    found = prints(
        empty_home(tmp_path),
        [
            PLEA,
            PLEA.replace(",", ", \n"),
            # What is masked differs by person.
            PLEA.replace("尊敬的领导", "尊敬的领导13912345671"),
            f"\u3000\u3000{PLEA} ",
            PLEA.replace("电梯", "门禁"),
        ],
    )
    assert found[0] is not None
    assert found[:4] == found[:1] * 4
    assert found[4] not in (None, found[0])


def test_an_end_of_ones_own_does_not_hide_a_copy(tmp_path):
    long = PLEA + PLEA + PLEA
    first, second = prints(empty_home(tmp_path), [long + "三号院老李", long + "一位母亲"])
    assert first == second is not None


def test_a_short_text_has_no_print(tmp_path):
    assert prints(empty_home(tmp_path), ["暖气不热", PLEA[:79], "", PLEA[:80]])[:3] == [None] * 3


def test_without_a_rule_there_are_no_prints_and_all_texts(tmp_path):
    home = empty_home(tmp_path)
    (tmp_path / "data" / "reference").mkdir(parents=True)
    (tmp_path / "data" / "reference" / "repeat_rule.csv").write_text("rule,least_length\n")
    assert prints(home, [PLEA, PLEA]) == [None, None]


def test_a_file_that_came_again_is_noted_once_and_changes_nothing_else(tmp_path):
    home = empty_home(tmp_path)
    first = give(home, "a.csv", csv_text([row("A1")]))
    load(home)
    before = tree(home)
    give(home, "february.csv", first.read_bytes(), day="2020-03-01")
    for _ in range(2):
        assert [file.state for file in load(home).files] == ["known", "known"]
    assert load(home, first).files[0].state == "known"
    after = tree(home)
    assert after.pop("known.csv").decode().splitlines() == [
        "receipt,name,received_on",
        f"{next(home.receipts.glob('*.json')).stem},february.csv,2020-03-01",
    ]
    assert after == before


def test_a_dry_run_notes_nothing(tmp_path):
    home = empty_home(tmp_path)
    first = give(home, "a.csv", csv_text([row("A1")]))
    load(home)
    give(home, "b.csv", first.read_bytes())
    load(home, dry_run=True)
    assert not home.known_files.exists()

"""Many files, many runs: killed, repeated, mixed, from outside; one line each."""

import pytest

from pipeline import receipts
from tests.support.city import empty_home
from tests.support.dump_files import csv_text, dispatched, fetch, give, load, row, tree

CHAIN = [
    dispatched("A1", "朝阳区", "2020-01-05 09:00:00"),
    row("A2"),
    dispatched("A1", "市公安局", "2020-01-06 09:00:00"),
]


@pytest.mark.parametrize("step", ["ingest.load.put_in_place", "receipts.commit"])
def test_a_killed_run_leaves_nothing_and_can_be_repeated(home, monkeypatch, step):
    give(home, "a.csv", csv_text(CHAIN))

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"pipeline.{step}", killed)
        with pytest.raises(KeyboardInterrupt):
            load(home)
    assert receipts.load(home) == []
    (receipt,) = load(home).loaded
    assert receipt.records == 2
    assert len(fetch(home, "records")) == 3


def test_orphans_are_swept_and_what_receipts_name_stays(home):
    give(home, "a.csv", csv_text([*CHAIN, row("")]))
    load(home)
    before = tree(home)
    for kind in ("records/year=2020/month=01", "texts/year=2019/month=01", "rejects"):
        orphan = home.warehouse / kind / "feedfeedfeedfeed.parquet"
        orphan.parent.mkdir(parents=True, exist_ok=True)
        orphan.write_bytes(b"half")
    load(home)
    assert tree(home) == before


def test_what_is_swept_is_reported_whether_a_run_died_or_a_receipt_was_deleted(home, capsys):
    give(home, "a.csv", csv_text([row("A1")]))
    (receipt,) = load(home).loaded
    (home.receipts / f"{receipt.id}.json").unlink()
    capsys.readouterr()
    load(home)
    # Its records and its texts.
    shown = "清理了没有回执的 2 个入库文件(上次运行中断,或回执已删)\n"
    assert capsys.readouterr().out.startswith(shown)


def test_one_bad_file_does_not_stop_the_others(home):
    give(home, "a.csv", csv_text(CHAIN))
    give(home, "b.csv", "姓名,日期\n李伟,2020\n")
    give(home, "c.csv", b"")
    give(home, "d.csv", csv_text([row("", 主要内容="x")]))
    result = load(home)
    assert result.exit_code == 3
    assert [file.state for file in result.files] == ["loaded", "failed", "failed", "failed"]
    for word, line in zip(
        ("入库 3 行", "缺少必需的列", "空文件", "没有一行可用"), result.lines, strict=True
    ):
        assert word in line and "\n" not in line
    assert "李伟" not in "".join(result.lines)


def test_nothing_usable_is_65(home, tmp_path):
    assert load(home).exit_code == 65
    bad = tmp_path / "bad.csv"
    bad.write_text("x,y\n1,2\n", encoding="utf-8")
    assert load(home, bad).exit_code == 65
    assert not any(path.is_file() for path in home.raw.rglob("*"))


def test_a_file_from_outside_is_kept_under_raw_with_a_note(home, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "m.csv").write_text(csv_text(CHAIN), encoding="utf-8")
    (outside / "receipt.toml").write_text(
        'sender = "某区"\nreceived_on = 2020-02-03\n', encoding="utf-8"
    )
    (receipt,) = load(home, outside).loaded
    kept = home.root / receipt.file
    assert kept == home.raw / "beijing_city" / "2020-02-03" / "m.csv"
    assert kept.read_text(encoding="utf-8") == csv_text(CHAIN)
    assert (receipt.sender, str(receipt.received_on)) == ("某区", "2020-02-03")
    note = (kept.parent / "receipt.toml").read_text(encoding="utf-8")
    assert 'source = "beijing_city"' in note and "received_on = 2020-02-03" in note


def test_another_content_of_the_same_name_is_kept_beside(home, tmp_path):
    note = "received_on = 2020-02-03\n"
    for name, rows in (("one", CHAIN), ("two", [row("Z9")])):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "m.csv").write_text(csv_text(rows), encoding="utf-8")
        (folder / "receipt.toml").write_text(note, encoding="utf-8")
        load(home, folder)
    folder = home.raw / "beijing_city" / "2020-02-03"
    assert {path.name for path in folder.iterdir()} == {"m.csv", "m-2.csv", "receipt.toml"}


def test_real_data_do_not_enter_a_simulated_home(home):
    path = give(home, "a.csv", csv_text(CHAIN))
    (path.parent / "receipt.toml").write_text("simulated = true\n", encoding="utf-8")
    assert load(home).loaded[0].simulated is True
    other = give(home, "b.csv", csv_text([row("B")]), day="2020-03-01")
    (other.parent / "receipt.toml").write_text("simulated = false\n", encoding="utf-8")
    result = load(home)
    assert result.exit_code == 3 and "不能混放" in result.lines[1]


def test_a_dry_run_writes_nothing(home, tmp_path):
    outside = tmp_path / "m.csv"
    outside.write_text(csv_text(CHAIN), encoding="utf-8")
    result = load(home, outside, dry_run=True)
    assert result.exit_code == 0
    assert "读入 3 行 = 可入库 3 + 重复 0 + 退回 0" in result.lines[0]
    assert not home.raw.exists() and tree(home) == {}


@pytest.mark.slow
def test_a_broken_link_in_a_folder_is_a_file_that_failed(tmp_path):
    home, folder = empty_home(tmp_path / "home"), tmp_path / "dump"
    folder.mkdir()
    (folder / "good.csv").write_text(csv_text([row("A1")]), encoding="utf-8")
    (folder / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    result = load(home, folder)
    assert [(file.name, file.state) for file in result.files] == [
        ("gone.csv", "failed"),
        ("good.csv", "loaded"),
    ]
    assert "断开的链接" in result.lines[0] and result.exit_code == 3

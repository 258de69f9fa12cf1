"""Editions of a bulletin: what moved, what is kept, and that a folder changes as a whole."""

import dataclasses
import json
import shutil

import pytest

from pipeline import files as file_writing
from pipeline.build_inputs import changed_inputs
from pipeline.bulletin import revision
from pipeline.bulletin.revision import Move
from pipeline.document import Document, from_json, to_json
from pipeline.document.model import Build, Cell, Column, Para, Run, Section, Table
from pipeline.editions import store
from pipeline.editions.store import Edition
from tests.support.documents import count, figure, percent

COLUMNS = (
    Column("rank", "位次", "count"),
    Column("category", "类别", "text"),
    Column("record_count", "件数", "count"),
    Column("growth", "同比", "percent"),
    Column("interval", "区间", "text"),
)


def row(rank: int, name: str, records: int | None, growth: str, interval: str = "—"):
    mark = "suppressed" if records is None else ""
    return (
        count(rank), Cell(name, name), count(records, mark=mark), percent(growth),
        Cell(interval, interval),
    )  # fmt: skip


def made(*rows, total: str = "100件", words: str = "全市受理", fingerprint: str = "f1") -> Document:
    table = Table("m04", "1", "高频类别", "件", "", COLUMNS, tuple(rows))
    text = Para((Run(words), Run(total, figure="total")))
    return Document(
        kind="monthly", title="月报", subtitle="", period="2031-05", city="云溪市", issuer="",
        is_partial=False, is_simulated=True, marks=("模拟数据",), source="",
        sections=(Section("one", "一", 1, "总体", (text, table)),),
        figures={"total": figure("total", total, dims={})}, notes=(), build=Build(fingerprint, "d"),
    )  # fmt: skip


FIRST = made(row(1, "噪声", 60, "0.5"), row(2, "供水", 40, "0.25"))


def test_moved_cells_are_named_by_row_and_heading_and_a_changed_place_by_its_rank():
    now = made(row(1, "供水", 61, "0.25"), row(2, "噪声", 60, "0.5"))
    assert revision.moves(FIRST, now) == [
        Move("高频类别", "供水", "位次", "2", "1"),
        Move("高频类别", "供水", "件数", "40", "61"),
        Move("高频类别", "噪声", "位次", "1", "2"),
    ]


def test_a_row_that_one_edition_lacks_is_listed_once():
    now = made(row(1, "噪声", 60, "0.5"), row(2, "道路", 41, "0.1"))
    assert revision.moves(FIRST, now) == [
        Move("高频类别", "道路", "位次", "(无)", "2"),
        Move("高频类别", "供水", "位次", "2", "(无)"),
    ]


def test_texts_behind_the_figures_are_figures_and_hidden_cells_stay_hidden():
    before = made(row(1, "噪声", 60, "0.5", "80%~90%"), row(2, "供水", 40, "0.2"))
    now = made(row(1, "噪声", 60, "0.5", "81%~90%"), row(2, "供水", None, "0.2"))
    assert revision.moves(before, now) == [
        Move("高频类别", "供水", "件数", "(见上一版)", "*"),
        Move("高频类别", "噪声", "区间", "80%~90%", "81%~90%"),
    ]


def test_a_figure_of_a_sentence_alone_is_named_by_its_name():
    now = dataclasses.replace(FIRST, figures={"total": figure("total", "101件", dims={})})
    assert revision.moves(FIRST, now) == [Move("2031 年 受理量", "", "", "100件", "101件")]


def test_other_words_or_another_build_move_nothing():
    other = made(*FIRST.tables()[0].rows, words="本市受理", fingerprint="f2")
    assert revision.moves(FIRST, other) == []
    assert not revision.same(FIRST, other)
    assert revision.same(FIRST, made(*FIRST.tables()[0].rows, fingerprint="f2"))
    assert revision.same(FIRST, from_json(to_json(FIRST)))


def test_a_table_or_column_that_another_program_adds_moved_nothing():
    extra = Table("m05", "2", "高频小类", "件", "", COLUMNS, (row(1, "噪声", 9, "0.5"),))
    wider = tuple(
        dataclasses.replace(
            table,
            columns=(*table.columns, Column("share", "占比", "percent")),
            rows=tuple((*cells, percent("0.1")) for cells in table.rows),
        )
        for table in FIRST.tables()
    )
    section = dataclasses.replace(FIRST.sections[0], blocks=(*wider, extra))
    now = dataclasses.replace(FIRST, sections=(section,), figures={})
    assert revision.moves(FIRST, now, other_form=True) == []
    # From the same program they are there because the data are.
    found = revision.moves(FIRST, now)
    assert Move("高频小类", "噪声", "位次", "(无)", "1") in found
    assert Move("高频类别", "噪声", "占比", "(无)", "10.00%") in found
    assert Move("2031 年 受理量", "", "", "100件", "(无)") in found


def test_a_revised_edition_says_what_moved_and_is_compared_without_that():
    now = made(row(1, "噪声", 65, "0.5"), row(2, "供水", 40, "0.25"))
    moved = revision.moves(FIRST, now)
    second = revision.revised(now, 2, moved, {"receipt": ["a", "b"]})
    assert second.marks == ("模拟数据", "第2版(修订)")
    text, table = second.sections[-1].blocks
    assert "代替第1版" in text.text and "2个数据文件" in text.text and "1 个数" in text.text
    assert [cell.text for cell in table.rows[0]] == ["高频类别", "噪声", "件数", "60", "65"]
    assert revision.moves(second, now) == [] and revision.same(second, now)
    # The same figures in other words: the list of what moved stays with the store.
    renewed = revision.carried(made(*now.tables()[0].rows, words="本市受理"), second)
    assert renewed.sections[-1] == second.sections[-1] and renewed.marks == second.marks


def record(number: int, **changes) -> Edition:
    fields = {
        "number": number, "fingerprint": "f", "code": "c", "issued_at": "t", "moved": 0,
        "files": {}, "lock": {},
    }  # fmt: skip
    return Edition(**{**fields, **changes})


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "2031-05"
    store.issue(path, FIRST, record(1), keep=True)
    return path


def files(folder) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_an_edition_is_whole_with_its_record(folder):
    names = ["bulletin.docx", "bulletin.json", "bulletin.pdf", "bulletin.xlsx", "edition.json"]
    assert sorted(files(folder)) == names
    held = store.read(folder)
    assert held is not None and held.number == 1 and sorted(held.files) == names[:-1]
    assert store.is_whole(folder, held)
    assert store.document(folder) == from_json(to_json(FIRST))


def test_the_former_edition_and_what_is_not_ours_are_kept(folder):
    (folder / "批示.txt").write_text("阅", encoding="utf-8")
    first = {name: data for name, data in files(folder).items() if name != "批示.txt"}
    for number in (2, 3):
        now = made(row(1, "噪声", 60 + number, "0.5"))
        store.issue(folder, now, record(number), keep=True)
    held = files(folder)
    assert held["批示.txt"].decode() == "阅"
    kept = sorted(path.name for path in (folder / "history").iterdir())
    assert [name[:2] for name in kept] == ["1-", "2-"]
    assert {name: held[f"history/{kept[0]}/{name}"] for name in first} == first
    assert not any(name.endswith("批示.txt") and "history" in name for name in held)
    assert store.last_number(folder) == 3
    assert [path.name for path in folder.parent.iterdir()] == ["2031-05"]


def test_another_style_replaces_without_keeping(folder):
    store.issue(folder, FIRST, record(1, code="c2"), keep=False)
    assert not (folder / "history").exists()
    assert store.read(folder).code == "c2"


@pytest.mark.parametrize("name", ["bulletin.pdf", "bulletin.docx"])
def test_a_lost_or_damaged_format_makes_the_edition_not_whole(folder, name):
    held = store.read(folder)
    (folder / name).write_bytes(b"x")
    assert store.read(folder) == held and not store.is_whole(folder, held)
    (folder / name).unlink()
    assert not store.is_whole(folder, held)


@pytest.mark.parametrize("damage", ["", "[]", '{"number": 1}', "null"])
def test_a_record_that_cannot_be_read_is_none_and_its_files_are_kept(folder, damage):
    assert not store.is_unrecorded(folder)
    (folder / "edition.json").write_text(damage)
    assert store.read(folder) is None and store.is_unrecorded(folder)
    # Another first edition would be taken for the one that went out.
    assert store.last_number(folder) == 1
    store.issue(folder, made(row(1, "噪声", 1, "0.5")), record(2), keep=True)
    assert (folder / "history/1-unrecorded/bulletin.pdf").is_file()
    assert store.read(folder).number == 2


def test_of_two_editions_that_lost_their_records_both_are_kept(folder):
    first = (folder / "bulletin.json").read_bytes()
    (folder / "edition.json").unlink()
    store.issue(folder, made(row(1, "噪声", 1, "0.5")), record(2), keep=True)
    second = (folder / "bulletin.json").read_bytes()
    (folder / "edition.json").unlink()
    store.issue(folder, made(row(1, "噪声", 2, "0.5")), record(3), keep=True)
    kept = [folder / f"history/{number}-unrecorded/bulletin.json" for number in (1, 2)]
    assert [path.read_bytes() for path in kept] == [first, second]
    assert store.last_number(folder) == 3


def test_without_a_step_that_exchanges_names_the_folder_is_replaced_too(folder, monkeypatch):
    monkeypatch.setattr(file_writing, "_exchange", lambda one, other: False)
    store.issue(folder, made(row(1, "噪声", 1, "0.5")), record(2), keep=True)
    assert store.read(folder).number == 2
    assert [path.name for path in folder.parent.iterdir()] == ["2031-05"]


def test_a_folder_that_a_dead_run_had_moved_aside_comes_back(folder):
    folder.rename(folder.with_name(".2031-05.old"))
    shutil.copytree(folder.with_name(".2031-05.old"), folder.with_name(".2031-05.new"))
    file_writing.sweep(folder.parent)
    assert [path.name for path in folder.parent.iterdir()] == ["2031-05"]
    assert store.read(folder).number == 1


def test_two_names_change_places_in_one_step(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir(), other.mkdir()
    (one / "new").touch(), (other / "old").touch()
    if not file_writing._exchange(one, other):
        pytest.skip("this file system cannot exchange names")
    assert (other / "new").exists() and (one / "old").exists()


def test_history_is_linked_not_copied(folder):
    old = (folder / "bulletin.pdf").stat().st_ino
    store.issue(folder, made(row(1, "噪声", 1, "0.5")), record(2), keep=True)
    (kept,) = (folder / "history").iterdir()
    assert (kept / "bulletin.pdf").stat().st_ino == old


def test_inputs_that_differ_are_named_by_kind():
    before = {"receipt": {"a": "1"}, "sql": {"x.sql": "1"}, "reference": {"unit": "1"}}
    now = {"receipt": {"a": "1", "b": "2"}, "sql": {"x.sql": "2"}, "reference": {"unit": "1"}}
    assert changed_inputs(before, now) == {"receipt": ["b"], "sql": ["x.sql"]}
    assert changed_inputs({}, {}) == {}


def test_the_record_is_plain_json(folder):
    record = json.loads((folder / "edition.json").read_text("utf-8"))
    assert record["number"] == 1 and len(record["files"]["bulletin.pdf"]) == 64

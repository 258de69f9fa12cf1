"""Receipts: written as before, read from every version, and refused in one line where broken."""

import json

import pytest

from pipeline import receipts
from pipeline.errors import IO, HotlineError
from pipeline.receipts import Partition, Receipt
from pipeline.warehouse import status
from tests.support.city import empty_home

# What the first version wrote, without what came later.
FIRST = {
    "receipt": "a" * 16,
    "name": "a.csv",
    "received_on": "2020-02-03",
    "rows_read": 3,
    "rows_loaded": 2,
    "rows_duplicate": 1,
    "rows_rejected": 0,
    "partitions": [
        {
            "year": 2020,
            "month": 1,
            "rows": 2,
            "records_file": "records/a.parquet",
            "texts_file": None,
        }
    ],
    "optional_columns": ["resolution"],
    "sequence": 7,
}


@pytest.fixture
def home(tmp_path):
    home = empty_home(tmp_path)
    home.receipts.mkdir(parents=True)
    return home


def put(home, data) -> None:
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    (home.receipts / f"{'a' * 16}.json").write_text(text, encoding="utf-8")


def test_a_receipt_of_the_first_version_loads_with_defaults(home, capsys):
    put(home, FIRST)
    (receipt,) = receipts.load(home)
    assert (receipt.entity, receipt.version, receipt.given, receipt.letter) == (
        "record",
        0,
        (),
        None,
    )
    (part,) = receipt.partitions
    assert (part.key, part.receipt, part.optional) == ((2020, 1), receipt.id, ("resolution",))
    assert (part.files, part.has_texts) == (["records/a.parquet"], False)
    status(home)
    assert "a.csv" in capsys.readouterr().out


def test_fields_that_this_version_does_not_define_are_kept(home):
    put(home, {**FIRST, "from_the_future": [1, {"x": None}]})
    (receipt,) = receipts.load(home)
    home.tmp.mkdir(parents=True)
    receipts.commit(home, receipt)
    written = json.loads((home.receipts / f"{receipt.id}.json").read_text(encoding="utf-8"))
    assert written["from_the_future"] == [1, {"x": None}]
    assert {key: written[key] for key in FIRST if key != "partitions"} == {
        key: value for key, value in FIRST.items() if key != "partitions"
    }


@pytest.mark.parametrize(
    "broken",
    [
        "",
        '{"receipt": "a',
        "[]",
        {key: value for key, value in FIRST.items() if key != "sequence"},
        {key: value for key, value in FIRST.items() if key != "partitions"},
        {**FIRST, "partitions": [{"year": 2020}]},
        {**FIRST, "sequence": "soon"},
        {**FIRST, "received_on": "yesterday"},
    ],
)
def test_a_broken_receipt_is_one_line_with_its_file(home, broken):
    put(home, broken)
    with pytest.raises(HotlineError) as error:
        receipts.load(home)
    message = str(error.value)
    assert error.value.code == IO and "\n" not in message
    assert message.startswith(f"回执 data/warehouse/receipts/{'a' * 16}.json 读不懂(")
    assert message.endswith(";请删除它,再重新 hotline ingest 该文件")


def test_a_receipt_is_written_in_one_order_and_read_back_the_same(home):
    part = {"year": 2020, "month": 1, "rows": 2, "texts": 2, "records_file": "records/a.parquet"}
    receipt = Receipt.model_validate({**FIRST, "partitions": [part], "version": receipts.VERSION})
    home.tmp.mkdir(parents=True)
    receipts.commit(home, receipt)
    text = (home.receipts / f"{receipt.id}.json").read_text(encoding="utf-8")
    keys = list(json.loads(text))
    assert keys[:4] == ["receipt", "file", "member", "name"]
    assert keys[-4:] == ["sequence", "version", "kept", "emptied"]
    # What the build adds to a partition is not of its JSON.
    assert list(json.loads(text)["partitions"][0]) == [
        *("year", "month", "rows", "texts", "records_file", "texts_file", "records_sha256"),
        *("texts_sha256", "first_received_at", "last_received_at"),
    ]
    (read,) = receipts.load(home)
    assert (read.digest(), read.rows_read) == (receipts.load(home)[0].digest(), 3)
    receipts.commit(home, read)
    assert (home.receipts / f"{receipt.id}.json").read_text(encoding="utf-8") == text


def test_months_hold_the_partitions_with_rows_in_order():
    def receipt(name: str, entity: str, *months: tuple[int, int]) -> Receipt:
        parts = [Partition(year=2020, month=m, rows=n, records_file="x") for m, n in months]
        return Receipt(id=name, entity=entity, partitions=tuple(parts), sequence=1)

    found = receipts.by_entity(
        [
            receipt("a", "record", (2, 5), (1, 1)),
            receipt("b", "plan", (3, 0)),
            receipt("c", "record", (1, 2)),
        ]
    )
    assert {name: list(months) for name, months in found.items()} == {
        "record": [(2020, 1), (2020, 2)],
        "plan": [],
    }
    assert [part.rows for part in found["record"][2020, 1]] == [1, 2]

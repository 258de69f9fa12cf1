"""What a file is: form, encoding and the first byte that is wrong."""

import gzip
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import HotlineError
from pipeline.ingest import detect, unpack
from pipeline.ingest.detect import Kind, detect_kind, first_invalid_utf8

QUIET = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def first_bad(data: bytes) -> int | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


@QUIET
@given(
    st.one_of(
        st.binary(max_size=90),
        st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.text("热线诉求𠮷a\n", max_size=40).map(str.encode),
        st.text("热线诉求\n", max_size=40).map(lambda text: text.encode("gb18030")),
    )
)
def test_the_first_bad_byte_is_the_one_python_names(tmp_path, monkeypatch, data):
    monkeypatch.setattr(detect, "BLOCK", 16)  # characters then lie across the ends of blocks
    path = tmp_path / "file"
    path.write_bytes(data)
    assert first_invalid_utf8(path) == first_bad(data)


@pytest.mark.parametrize("worth_two", [1 << 24, 1])
@pytest.mark.parametrize("packed", [False, True])
def test_gb18030_becomes_the_same_text(tmp_path, monkeypatch, worth_two, packed):
    monkeypatch.setattr(unpack, "_WORTH_TWO", worth_two)
    text = "工单编号,内容\n" + "".join(f"{n},㐀𠮷供暖问题€第{n}次\n" for n in range(5000))
    data = text.encode("gb18030")
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(data) if packed else data)
    plain = unpack.unpack(path, Kind("csv.gz" if packed else "csv"), tmp_path)
    assert plain.encoding == "gb18030"
    assert plain.path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("worth_two", [1 << 24, 1])
def test_neither_encoding_names_the_line_and_never_guesses(tmp_path, monkeypatch, worth_two):
    monkeypatch.setattr(unpack, "_WORTH_TWO", worth_two)
    good = "编号,热线\n" * 900
    # 0xFF begins no character in either encoding.
    path = tmp_path / "file.csv"
    path.write_bytes(good.encode("gb18030") + b"x,\xff\xff\n" + good.encode("gb18030"))
    with pytest.raises(HotlineError, match=r"file\.csv .*第 901 行") as caught:
        unpack.unpack(path, Kind("csv"), tmp_path)
    assert caught.value.code == 65


def test_plain_utf8_is_read_in_place(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("\ufeff编号\n1\n", encoding="utf-8")
    assert unpack.unpack(path, Kind("csv"), tmp_path) == unpack.Plain(path, "utf-8")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "空文件"),
        (b" \n", "空文件"),
        (b"PK\x03\x04rest", "xlsx"),
        (b"\xd0\xcf\x11\xe0rest", "xls"),
        (b"\xff\xfea\0", "UTF-16"),
        (b"\xef\xbb\xbf\n<html>", "HTML"),
        (b"a,b\0c", "不是文本"),
        (gzip.compress(b""), "空文件"),
        (gzip.compress(b"PK\x03\x04"), "xlsx"),
        (gzip.compress(b"a,b\n" * 99)[:-9], "不完整"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(tmp_path, data, word):
    path = tmp_path / "name.csv"
    path.write_bytes(data)
    with pytest.raises(HotlineError, match=word) as caught:
        detect_kind(path)
    assert caught.value.code == 65 and "\n" not in str(caught.value)


@pytest.mark.parametrize("tail", [b"", b"damaged"])
def test_a_gz_that_breaks_off_late_is_told(tmp_path, tail):
    whole = gzip.compress(b"a,b\n" + random.Random(1).randbytes(2 << 20).hex().encode())
    path = tmp_path / "name.csv.gz"
    path.write_bytes(whole[: len(whole) // 2] + tail)
    assert detect_kind(path) == Kind("csv.gz")
    with pytest.raises(HotlineError, match="不完整或已损坏"):
        unpack.unpack(path, Kind("csv.gz"), tmp_path)


@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_header_and_sign_between_cells(tmp_path, sign):
    text = sign.join(["编号", '"时间"', "类别"]) + "\n" + sign.join("abc") + "\n"
    header = detect.read_header(text, tmp_path / "f.csv")
    assert (header.headings, header.delimiter) == (["编号", "时间", "类别"], sign)


def test_a_header_alone_is_no_data(tmp_path):
    with pytest.raises(HotlineError, match="只有表头"):
        detect.read_header("编号,时间\n\n", tmp_path / "f.csv")

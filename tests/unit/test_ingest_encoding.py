"""What a file is: form, encoding and the first byte that is wrong."""

import gzip
import hashlib
import io
import random
import re
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import HotlineError
from pipeline.ingest.formats.archive import decompress
from pipeline.ingest.formats.encoding import Content, Plain, read_content, to_utf8
from pipeline.ingest.formats.kind import Kind, detect_kind

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
        st.text("热线\r\n", max_size=40).map(str.encode),
        st.text("热线诉求\n", max_size=40).map(lambda text: text.encode("gb18030")),
    )
)
def test_the_first_bad_byte_is_the_one_python_names(tmp_path, monkeypatch, data):
    # Characters are then across the ends of blocks.
    monkeypatch.setattr("pipeline.ingest.formats.encoding.BLOCK", 16)
    path = tmp_path / "file"
    path.write_bytes(data)
    ends = set(re.findall(rb"\r\n|\n", data))
    whole = Content(
        hashlib.sha256(data).hexdigest(), first_bad(data), len(ends) > 1, data.count(b"\n")
    )
    assert read_content(path) == whole


@pytest.mark.parametrize("worth_two", [1 << 24, 1])
def test_gb18030_becomes_the_same_text(tmp_path, monkeypatch, worth_two):
    monkeypatch.setattr("pipeline.ingest.formats.encoding._WORTH_TWO", worth_two)
    text = "工单编号,内容\n" + "".join(f"{n},㐀𠮷供暖问题€第{n}次\n" for n in range(5000))
    path = tmp_path / "file"
    path.write_bytes(text.encode("gb18030"))
    plain = to_utf8(path, tmp_path)
    assert plain.encoding == "gb18030"
    assert plain.path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("worth_two", [1 << 24, 1])
def test_neither_encoding_names_the_line_and_never_guesses(tmp_path, monkeypatch, worth_two):
    monkeypatch.setattr("pipeline.ingest.formats.encoding._WORTH_TWO", worth_two)
    good = "编号,热线\n" * 900
    # 0xFF begins no character in either encoding.
    path = tmp_path / "file.csv"
    path.write_bytes(good.encode("gb18030") + b"x,\xff\xff\n" + good.encode("gb18030"))
    with pytest.raises(HotlineError, match=r"file\.csv .*第 901 行") as caught:
        to_utf8(path, tmp_path)
    assert caught.value.code == 65


def test_plain_utf8_is_read_in_place(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("\ufeff编号\n1\n", encoding="utf-8")
    assert to_utf8(path, tmp_path) == Plain(path, "utf-8", line_feeds=2)


GOOD = "编号,热线\n" * 900


@pytest.mark.parametrize(
    ("first", "second"), [("utf-8", "gb18030"), ("gb18030", "utf-8"), ("utf-8-sig", "gb18030")]
)
def test_an_encoding_that_changes_in_the_middle_names_the_line(tmp_path, first, second):
    path = tmp_path / "file.csv"
    path.write_bytes(GOOD.encode(first) + "编号三,热线\n".encode(second) * 900)
    with pytest.raises(HotlineError, match=r"第 901 行"):
        to_utf8(path, tmp_path)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_becomes_the_same_text_and_half_a_character_is_reported(
    tmp_path, monkeypatch, encoding
):
    monkeypatch.setattr("pipeline.ingest.formats.encoding.BLOCK", 7)
    text = "编号,㐀𠮷热线\n" * 50
    path = tmp_path / "file"
    path.write_bytes(("\ufeff" + text).encode(encoding))
    plain = to_utf8(path, tmp_path)
    assert (plain.path.read_text(encoding="utf-8"), plain.encoding) == (text, encoding)
    path.write_bytes(("\ufeff" + text + "\ud800x").encode(encoding, "surrogatepass"))
    with pytest.raises(HotlineError, match="第 51 行"):
        to_utf8(path, tmp_path)


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in names:
            target.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"a,b\n1,2\n", "csv"),
        (b"\xff\xfea\0", "csv"),
        (b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        ('{"编号": "甲"}\n{"编号": "乙"}\n'.encode("gb18030"), "jsonl"),
        (b'{"a": 1}\n', "json"),
        (b'[{"a": 1}]', "json"),
        (b"{a},b\n", "csv"),
        (b"\xef\xbb\xbf\n<html>", "html"),
        ("\ufeff<table>".encode("utf-16-le"), "html"),
        (b"PAR1....PAR1", "parquet"),
        (b"\xd0\xcf\x11\xe0rest", "xls"),
        (gzip.compress(b"a", mtime=0), "gz"),
        (archive("a/b.csv"), "zip"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
    ],
)
def test_the_form_is_reported_by_the_bytes(tmp_path, data, form):
    path = tmp_path / "name.csv"
    path.write_bytes(data)
    assert detect_kind(path) == Kind(form)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "空文件"),
        (b" \n", "空文件"),
        (b"\xef\xbb\xbf", "空文件"),
        (b"PK\x03\x04rest", "已损坏"),
        (archive("[Content_Types].xml", "word/document.xml"), "Word"),
        (b"%PDF-1.7", "PDF"),
        (b"a,b\0c", "不是文本"),
    ],
)
def test_what_cannot_be_read_is_reported_in_one_line(tmp_path, data, word):
    path = tmp_path / "name.csv"
    path.write_bytes(data)
    with pytest.raises(HotlineError, match=word) as caught:
        detect_kind(path)
    assert caught.value.code == 65 and "\n" not in str(caught.value)


@pytest.mark.parametrize("tail", [b"", b"damaged"])
def test_a_gz_that_breaks_off_is_reported(tmp_path, tail):
    whole = gzip.compress(b"a,b\n" + random.Random(1).randbytes(2 << 20).hex().encode())
    path = tmp_path / "name.csv.gz"
    path.write_bytes(whole[: len(whole) // 2] + tail)
    with pytest.raises(HotlineError, match="不完整或已损坏"):
        decompress(path, tmp_path / "plain")


def test_a_gz_of_nothing_is_reported(tmp_path):
    path = tmp_path / "name.gz"
    path.write_bytes(gzip.compress(b""))
    with pytest.raises(HotlineError, match="空文件"):
        decompress(path, tmp_path / "plain")


def test_a_zip_of_a_version_that_no_program_reads_is_a_damaged_file(tmp_path):
    """One wrong byte in the list of contents: the version needed to unpack, 6 bytes into it."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("a.csv", "x")
    damaged = bytearray(whole.getvalue())
    damaged[damaged.index(b"PK\x01\x02") + 6] = 0x40
    path = tmp_path / "a.zip"
    path.write_bytes(bytes(damaged))
    with pytest.raises(HotlineError, match="已损坏"):
        detect_kind(path)

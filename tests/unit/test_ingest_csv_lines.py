"""Physical lines of rows, against a plain walk through the text."""

import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.ingest.formats.csv_lines import error_lines, row_lines

CELL = st.sampled_from(["a", "", '"b,c"', '"two\nlines"', '"three\n\nlines"', '"say ""no"""'])
ROWS = st.lists(st.tuples(CELL, CELL, st.booleans()), min_size=1, max_size=30)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ROWS, st.booleans())
def test_lines_of_rows_with_breaks_blank_lines_and_broken_rows(tmp_path, rows, end):
    out, starts, broken, line = io.StringIO(), [], [], 2
    out.write("x,y,z\n")
    for number, (left, right, is_broken) in enumerate(rows):
        if is_broken:
            broken.append(line)
            out.write("too,few")
            line += 1
        else:
            starts.append(line)
            out.write(f"k,{left},{right}")
            line += 1 + left.count("\n") + right.count("\n")
        if number < len(rows) - 1 or end:
            out.write("\n")
            if left == "" and number < len(rows) - 1:  # a blank line now and then
                out.write("\n")
                line += 1
    path = tmp_path / "f.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    wanted = list(range(len(starts)))
    assert row_lines(path, ",", wanted, broken, len(starts)) == dict(enumerate(starts))


def test_broken_rows_are_found_by_their_offset(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes(b'a,b\r\n1,"x\r\ny"\r\n\r\n5\r\n6,7,8\r\n')
    first, second = path.read_bytes().index(b"5"), path.read_bytes().index(b"6,7")
    # The engine points at the blank line before the row, or at the row.
    assert error_lines(path, [first - 2, first, second]) == {first - 2: 5, first: 5, second: 6}

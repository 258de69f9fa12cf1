"""What a dump or a file's name holds is printed as it is, and steers no terminal."""

import pytest

from pipeline import console

ODD = ["[/red]类", "report[final].csv", ":x:", "[bold]x", "a\x1b[31mb", "\ud83d", "a\rb", "\\[x"]
SHOWN = ["[/red]类", "report[final].csv", ":x:", "[bold]x", "a�[31mb", "�", "a�b", "\\[x"]


@pytest.mark.parametrize(("text", "shown"), list(zip(ODD, SHOWN, strict=True)))
def test_a_line_an_error_and_a_table_show_it(text, shown, capsys):
    console.configure()
    console.say(text)
    console.complain(text, 2)
    console.table("表", ["名称", text], [[text, 1]])
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == shown
    assert err == f"错误:{shown}\n"
    assert out.count(shown) == 3
    assert "\x1b" not in out.replace("\x1b[1m", "").replace("\x1b[3m", "").replace("\x1b[0m", "")

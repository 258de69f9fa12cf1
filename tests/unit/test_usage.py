"""Wrong usage is one Chinese line that names the option or the word, with exit code 2."""

import pytest
from click.testing import CliRunner

from pipeline.cli import main


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("report", "缺少 YEAR;请看 hotline report --help"),
        ("report abc", "YEAR 应是 1980 至 2100 的整数;请看 hotline report --help"),
        ("bulletin --all 20330", "--all 应是 1980 至 2100 的整数;请看 hotline bulletin --help"),
        ("bulletin --all", "--all 后面要写一个值;请看 hotline --help"),
        ("bulletin --latest=3", "--latest 不带值;请看 hotline --help"),
        (
            "bulletin 2033-01 --period month",
            "--period 只能是 calendar、assessment、quarter 之一;请看 hotline bulletin --help",
        ),
        ("bulletin 2033-01 2033-02", "多写了 2033-02;请看 hotline bulletin --help"),
        ("bulletn", "没有 bulletn 这个命令(相近的有 bulletin);请看 hotline --help"),
        (
            "bulletin --lates",
            "没有 --lates 这个选项(相近的有 --latest);请看 hotline bulletin --help",
        ),
        (
            "simulate 2033 --scale nan",
            "--scale 应是大于 0、至多 1 的数;请看 hotline simulate --help",
        ),
        ("explain x --records 5000", "--records 应是 0 至 1000 的整数;请看 hotline explain --help"),
    ],
)
def test_wrong_usage_is_reported_in_the_users_words(arguments, line):
    result = CliRunner().invoke(main, arguments.split(), prog_name="hotline")
    assert (result.exit_code, result.stderr) == (2, f"错误:用法有误:{line}\n")


def test_a_file_where_a_folder_is_asked_for_is_reported(tmp_path):
    (tmp_path / "file").touch()
    result = CliRunner().invoke(
        main, ["--home", str(tmp_path / "file"), "status"], prog_name="hotline"
    )
    assert result.exit_code == 2
    assert result.stderr == "错误:用法有误:--home 应是文件夹;请看 hotline --help\n"

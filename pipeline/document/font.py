"""The Chinese fonts of charts and pages: a configured folder, the wheel's, then the system's."""

import importlib.util
import logging
import os
import warnings
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib import font_manager, ft2font

from pipeline.errors import USAGE, HotlineError

FAMILY = "Noto Sans CJK SC"
SERIF = "Noto Serif CJK SC"
# The wheel also ships a proprietary typeface; only the two OFL families are ever loaded.
FILES = {FAMILY: "NotoSansCJKsc*.otf", SERIF: "NotoSerifCJKsc*.otf"}


def use_chinese_font() -> str:
    """Set matplotlib up for Chinese and return the family's name.

    A glyph that the font lacks, or a family that is not there, is an error from now on, not an
    empty box. HOTLINE_FONT_DIR names a folder to look in first. Raises HotlineError where no
    folder has the font.
    """
    for file in font_files(FAMILY):
        _add(str(file))
    matplotlib.rcParams.update({"font.family": FAMILY, "axes.unicode_minus": False})
    warnings.filterwarnings("error", message="Glyph .* missing from")
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    return FAMILY


@cache
def _add(file: str) -> None:
    """Make a font known once: each time costs all that matplotlib has found so far."""
    font_manager.fontManager.addfont(file)


def font_files(family: str) -> list[Path]:
    """Return the files of `family`; HotlineError where neither a folder nor the system has any."""
    for folder in _folders():
        if files := sorted(folder.glob(FILES[family])):
            return files
    system = {Path(e.fname) for e in font_manager.fontManager.ttflist if e.name == family}
    if not system:
        raise HotlineError(
            f"找不到中文字体 {family};请安装它,或用环境变量 HOTLINE_FONT_DIR 指明其所在目录", USAGE
        )
    return sorted(system)


def undrawn(texts: Iterable[str], families: Iterable[str]) -> set[str]:
    """Return the characters of `texts` that a family cannot draw, an emoji say."""
    used = {char for text in texts for char in text if char.isprintable()}
    drawn = [_glyphs(str(font_files(family)[0])) for family in families]
    return {char for char in used if not all(ord(char) in glyphs for glyphs in drawn)}


@cache
def _glyphs(file: str) -> frozenset[int]:
    return frozenset(ft2font.FT2Font(file).get_charmap())


def _folders() -> list[Path]:
    folders = []
    if configured := os.environ.get("HOTLINE_FONT_DIR"):
        if not Path(configured).is_dir():
            raise HotlineError(
                f"HOTLINE_FONT_DIR 指的 {configured} 不是文件夹;请改成字体所在的目录", USAGE
            )
        folders.append(Path(configured))
    # As a folder of data: importing the package would pull in what it needs for its own command.
    if (spec := importlib.util.find_spec("mplfonts")) and spec.origin:
        folders.append(Path(spec.origin).parent / "fonts")
    return folders

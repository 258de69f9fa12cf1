"""The Chinese font of charts: a configured folder, then the wheel's, then the system's."""

import importlib.util
import logging
import os
import warnings
from pathlib import Path

import matplotlib
from matplotlib import font_manager

from pipeline.errors import USAGE, HotlineError

FAMILY = "Noto Sans CJK SC"
# The wheel also ships a proprietary face; only the two OFL families are ever loaded.
FILES = "NotoSansCJKsc*.otf"


def use_chinese_font() -> str:
    """Set matplotlib up for Chinese and return the family's name.

    A glyph that the font lacks, or a family that is not there, is an error from now on, not an
    empty box. HOTLINE_FONT_DIR names a folder to look in first. Raises HotlineError where no
    folder has the font.
    """
    for folder in _folders():
        for file in sorted(folder.glob(FILES)):
            font_manager.fontManager.addfont(str(file))
    known = {entry.name for entry in font_manager.fontManager.ttflist}
    if FAMILY not in known:
        raise HotlineError(
            f"找不到中文字体 {FAMILY};请安装它,或用环境变量 HOTLINE_FONT_DIR 指明其所在目录", USAGE
        )
    matplotlib.rcParams.update({"font.family": FAMILY, "axes.unicode_minus": False})
    warnings.filterwarnings("error", message="Glyph .* missing from")
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    return FAMILY


def _folders() -> list[Path]:
    folders = []
    if configured := os.environ.get("HOTLINE_FONT_DIR"):
        folders.append(Path(configured))
    # As a folder of data: importing the package would pull in what it needs for its own command.
    if (spec := importlib.util.find_spec("mplfonts")) and spec.origin:
        folders.append(Path(spec.origin).parent / "fonts")
    return folders

"""The file that an option such as `--json` names: never one that the program or its user needs."""

from pathlib import Path

from pipeline.errors import IO, USAGE, HotlineError
from pipeline.files import write_whole
from pipeline.home import REPOSITORY, Home
from pipeline.settings import load as load_settings


def require_free(home: Home, path: Path | None) -> None:
    """Raise HotlineError USAGE where JSON must not be written: see `_fault`. Links are followed."""
    if path is not None and (fault := _fault(home, path.resolve())):
        raise HotlineError(f"--json {path} {fault}", USAGE)


def _fault(home: Home, target: Path) -> str:
    """Return what is wrong with a target: a folder, a file of the product, or one of other form."""
    if target.is_dir():
        return "是文件夹,请给出文件名"
    own = (home.root / "data", REPOSITORY / "data", REPOSITORY / "sql", REPOSITORY / "pipeline")
    key = load_settings(home.root).key_file.resolve()
    if target in (key, home.root / "hotline.toml") or any(
        target.is_relative_to(folder.resolve()) for folder in own
    ):
        return "是本系统自己的文件或目录,不能写在那里;请换一个位置,例如当前目录"
    if target.exists() and not _is_json(target):
        return "已有,且不是 JSON 文件,不覆盖;请换一个文件名"
    return ""


def _is_json(path: Path) -> bool:
    """Return whether a file begins as JSON does, or is empty."""
    try:
        with path.open("rb") as handle:
            return handle.read(1) in (b"", b"[", b"{")
    except OSError:
        return False


def write_text(path: Path, text: str) -> None:
    """Write the text whole or not at all, to where a link leads; IO where that cannot be."""
    try:
        write_whole(path.resolve(), text.encode())
    except OSError as error:
        raise HotlineError(f"写不了 {path}({error.strerror}),请换一个位置", IO) from None

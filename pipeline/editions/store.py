"""Editions of a bulletin: what is in its folder, what it was made from, and the former ones.

`edition.json` in the folder is the record of the edition in it. What an edition replaces
is kept in history/<number>-<digest>/, or history/<number>-unrecorded/ where its record is lost.
The folder is replaced whole (files.py), so that files of two editions are never side by side.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.document import Document, from_json, to_json, write
from pipeline.file_digests import digest
from pipeline.files import fresh_folder, link, write_whole
from pipeline.home import Home

RECORD = "edition.json"
DOCUMENT = "bulletin.json"
HISTORY = "history"
FORMATS = ("docx", "pdf", "xlsx")
# Packages whose code and templates shape a bulletin; SQL and references are in the fingerprint.
_PACKAGES = ("bulletin", "document", "editions", "narrative", "surge", "text")
_CODE = (".py", ".toml", ".typ", ".j2", ".html", ".css", ".js")
_PIPELINE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Edition:
    """The record of an edition.

    `fingerprint` is the warehouse it was last found to be true of, `code` a digest of the program
    and templates that wrote it; `moved` counts the figures that differ from the edition before;
    `files` is name -> sha256, `lock` digests of the inputs by kind.
    """

    number: int
    fingerprint: str
    code: str
    issued_at: str
    moved: int
    files: dict[str, str]
    lock: dict[str, dict[str, str]]


def read(folder: Path) -> Edition | None:
    """Return the edition in the folder; None where record or document is not whole."""
    try:
        edition = Edition(**json.loads((folder / RECORD).read_text(encoding="utf-8")))
        held = digest(folder / DOCUMENT)
        return edition if edition.files[DOCUMENT] == held else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def is_whole(folder: Path, edition: Edition) -> bool:
    """Return whether every file of the edition is there as it was written."""
    try:
        held = {name: digest(folder / name) for name in edition.files}
    except OSError:
        return False
    return held == edition.files


def document(folder: Path) -> Document:
    """Return the document of the edition in the folder."""
    return from_json((folder / DOCUMENT).read_text(encoding="utf-8"))


def code(home: Home) -> str:
    """Return a digest of the program and the templates that shape a bulletin."""
    code = hashlib.sha256()
    for path in _code_files(home):
        code.update(path.name.encode() + path.read_bytes())
    return code.hexdigest()


def _code_files(home: Home) -> Iterable[Path]:
    for folder in [*(_PIPELINE / package for package in _PACKAGES), home.templates]:
        yield from sorted(path for path in folder.rglob("*") if path.suffix in _CODE)


def confirm(folder: Path, edition: Edition) -> None:
    """Write the record anew: the present edition also holds for another warehouse."""
    write_whole(folder / RECORD, _json(edition))


def issue(folder: Path, made: Document, edition: Edition, *, keep: bool) -> Edition:
    """Write `made` in every format and put them in the folder's place; return the whole record.

    With `keep` what is there goes into the history first; without, it is replaced (the same
    figures in another look). Files that are none of ours stay. Raises OSError, HotlineError.
    """
    folder = folder.resolve()
    with fresh_folder(folder) as fresh:
        write(made, fresh, name="bulletin", formats=FORMATS)
        write_whole(fresh / DOCUMENT, to_json(made).encode())
        files = {path.name: digest(path) for path in sorted(fresh.iterdir())}
        whole = Edition(**{**asdict(edition), "files": files})
        write_whole(fresh / RECORD, _json(whole))
        if folder.is_dir():
            _carry(folder, fresh, keep=keep)
    return whole


def is_unrecorded(folder: Path) -> bool:
    """Return whether the folder has an edition whose record or document is damaged or lost."""
    names = (RECORD, DOCUMENT, *(f"bulletin.{form}" for form in FORMATS))
    return read(folder) is None and any((folder / name).exists() for name in names)


def last_number(folder: Path) -> int:
    """Return the highest number of an edition there ever was in the folder; 0 for none.

    One that is unrecorded was one more: its number is not given to another.
    """
    former = [path.name.partition("-")[0] for path in (folder / HISTORY).glob("*-*")]
    held = read(folder)
    last = max([int(name) for name in former if name.isdigit()] + [held.number if held else 0])
    return last + is_unrecorded(folder)


def _carry(folder: Path, fresh: Path, *, keep: bool) -> None:
    """Take over into `fresh` the history, files that are none of ours, and what is there."""
    held = read(folder)
    ours = {*(held.files if held else ()), *(p.name for p in fresh.iterdir()), RECORD}
    if (folder / HISTORY).is_dir():
        link(folder / HISTORY, fresh / HISTORY)
    former = sorted(path for path in folder.iterdir() if path.name in ours)
    if keep and former:
        name = held.files[DOCUMENT][:8] if held else "unrecorded"
        kept = fresh / HISTORY / f"{held.number if held else last_number(folder)}-{name}"
        if not kept.exists():
            kept.mkdir(parents=True)
            for path in former:
                link(path, kept / path.name)
    for path in folder.iterdir():
        if path.name not in ours and path.name != HISTORY and not path.name.startswith("."):
            link(path, fresh / path.name)


def _json(edition: Edition) -> bytes:
    return (json.dumps(asdict(edition), ensure_ascii=False, indent=1) + "\n").encode()

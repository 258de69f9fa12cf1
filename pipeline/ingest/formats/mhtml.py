"""Web pages in one file (MHTML): what spreadsheets save as a single-file web page."""

import email
import email.message
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.errors import NO_DATA, HotlineError
from pipeline.ingest.formats.encoding import to_utf8
from pipeline.ingest.formats.sheets import SheetGrid, page_grids


def mhtml_grids(path: Path, folder: Path) -> Iterator[SheetGrid]:
    """Yield the tables of every page in the file, numbered through.

    Raises HotlineError NO_DATA if it holds no page.
    """
    with path.open("rb") as handle:
        message = email.message_from_binary_file(handle, policy=email.policy.compat32)
    parts = [part for part in message.walk() if part.get_content_type() == "text/html"]
    if not parts:
        raise HotlineError(f"{path.name} 是邮件或单文件网页,里面没有网页;请另存为 xlsx", NO_DATA)
    number = 0
    for place, part in enumerate(parts):
        own = folder / f"page-{place}"
        own.mkdir(parents=True, exist_ok=True)
        for grid in page_grids(_page(part, own, path.name), own, may_be_bare=True):
            number += 1
            yield replace(grid, name=f"表{number}")


def _page(part: email.message.Message, folder: Path, name: str) -> Path:
    """Write a page as UTF-8 and return its path."""
    content = part.get_payload(decode=True)
    target = folder / name
    target.write_bytes(content if isinstance(content, bytes) else b"")
    charset = part.get_content_charset()
    return to_utf8(target, folder, fallback=charset).path

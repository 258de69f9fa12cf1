"""The pages for users, and the parts of them that the tests run: blocks, code spans, links."""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "README.zh.md", "data/README.md", "deploy/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
_FENCE = re.compile(r"^ *```(\w*) ?([\w./-]*)\n(.*?)^ *```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A fenced block: its page, language, the name of the file it shows (if any), and text."""

    page: str
    language: str
    file: str
    text: str


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path, *languages: str) -> list[Block]:
    """Return the fenced blocks of a page in these languages, in order."""
    found = [
        Block(name(path), language, file, textwrap.dedent(text))
        for language, file, text in _FENCE.findall(path.read_text(encoding="utf-8"))
    ]
    return [block for block in found if block.language in languages]


def prose(path: Path) -> str:
    """Return the page without its fenced blocks."""
    return _FENCE.sub("", path.read_text(encoding="utf-8"))


def spans(path: Path) -> list[str]:
    """Return the code spans of the prose, in order."""
    text = re.sub(r"``.*?``", "", prose(path))
    return [span.replace("\\|", "|") for span in re.findall(r"`([^`\n]+)`", text)]


def headings(path: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", prose(path), re.M)


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(path)
    }


def links(path: Path) -> list[str]:
    """Return the targets of links and pictures."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(path))

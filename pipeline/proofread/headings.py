"""Headings: which lines are, and what the lines below them are about."""

import re

from pipeline.numbers import narrow
from pipeline.proofread.documents import TextBlock
from pipeline.proofread.lexicon import Lexicon

_NUMBERED = (
    re.compile(r"^第?[一二三四五六七八九十]+[、章节.]"),
    re.compile(r"^\([一二三四五六七八九十]+\)"),
    re.compile(r"^\d{1,2}[、.](?!\d)"),
    re.compile(r"^\(\d{1,2}\)"),
)
_FIRST = re.compile(r"^(第?一[、章节.]|\(一\)|1[、.](?!\d)|\(1\))")
_LONGEST = 26


def heading_depth(text: str, style: int | None = None) -> int | None:
    """Return how deep a heading the line is (1 the highest), None for running text.

    A heading is styled as one, or a short line: numbered, or without any mark of a sentence.
    """
    flat = narrow(text).strip()
    if not flat or len(flat) > _LONGEST or (flat.startswith(("(", "[")) and not _depth(flat)):
        return None
    body = flat.rstrip("。:")
    if style is not None and not re.search(r"[。;]", body):
        return style
    if re.search(r"[。;,!?%]|\d+(\.\d+)?万?件", body):
        return None
    return _depth(flat) or (1 if flat == body and not re.search(r"\d", body[:-5]) else None)


def _depth(flat: str) -> int | None:
    return next((n for n, form in enumerate(_NUMBERED, 1) if form.match(flat)), None)


def opens_series(blocks: list[TextBlock]) -> int | None:
    """Return the depth of the heading right below, if it is the first of a numbered series.

    What is right above such a heading introduces the series, where its own heading is lost;
    it is not the end of the last part of the series before.
    """
    for block in blocks:
        if block.text.strip():
            depth = heading_depth(block.text, block.depth)
            is_first = _FIRST.match(narrow(block.text).strip()) is not None
            return depth if depth is not None and is_first else None
    return None


class Headings:
    """What the headings above a line name."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._stack: list[tuple[int, dict[str, str], bool]] = []

    def enter(self, depth: int, text: str) -> None:
        """Take in a heading: it ends those of its depth and below."""
        self._stack = [entry for entry in self._stack if entry[0] < depth]
        self._stack.append((depth, self._subject(text), self._is_place(text)))

    def leave(self, depth: int | None) -> None:
        """End the headings of this depth and below."""
        if depth is not None:
            self._stack = [entry for entry in self._stack if entry[0] < depth]

    def of(self, caption: str) -> tuple[dict[str, str], bool]:
        """Return the dimensions of the headings in force and of a table's caption, and whether
        they name districts as the place of the matter.
        """
        dims = [*(dims for _, dims, _ in self._stack), self._subject(caption)]
        is_place = self._is_place(caption) or any(is_place for *_, is_place in self._stack)
        return {name: value for one in dims for name, value in one.items()}, is_place

    def _is_place(self, text: str) -> bool:
        return any(token.has("place") for token in self._lexicon.tokens(text))

    def _subject(self, text: str) -> dict[str, str]:
        """Return the one member that the heading names; one that names several names none."""
        found = []
        for token in self._lexicon.tokens(text):
            if token.has("request_typed") or token.text == "诉求":
                found.append({"record_type": "诉求"})
            for member in token.roles.get("member", [])[:1]:
                found.append(dict(member.dims))
        return found[0] if len(found) == 1 else {}

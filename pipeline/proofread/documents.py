"""Reads a draft into blocks of text: paragraphs and table cells of docx, html and txt."""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree, html

from pipeline.errors import IO, NO_DATA, USAGE, HotlineError

_HIDDEN = {"script", "style", "head", "template", "noscript", "title", "svg", "iframe", "object"}
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u",
    "var", "wbr",
}  # fmt: skip

# The line above a table that says what it is; columns that number rows, or name months.
_CAPTION = re.compile(r"表\s*[\d一二三四五六七八九十]+([-－.]\d+)?\s*\S")
_PLACES = ("位次", "名次", "排名", "序号", "编号")
_MONTHS = ("月份", "月")
# A column of the whole city, whatever its row is about.
_WHOLE = ("全市", "全网")
_BARE = re.compile(r"[-+]?[\d,.]+(?:%|万?件)?")
_UNIT = re.compile(r"[(（]((?:万|亿)?(?:件|%|％))[)）]")


@dataclass
class TextBlock:
    """A paragraph or a table cell; `depth` of a heading; `element` is the paragraph of a docx.

    `context` before and `unit` after the text of a cell say what its row and column are about,
    `caption` what its table is; a cell of several columns is no heading (`is_cell`).
    """

    text: str
    depth: int | None = None
    context: str = ""
    unit: str = ""
    caption: str = ""
    is_cell: bool = False
    element: Any = None


@dataclass
class Draft:
    """The blocks of a file in order; `document` is the opened docx, None for other kinds."""

    path: Path
    blocks: list[TextBlock]
    document: Any = None


def read(path: Path) -> Draft:
    """Return the draft; raises HotlineError USAGE for a foreign kind, NO_DATA if unreadable."""
    readers = {".docx": _docx, ".html": _html, ".htm": _html, ".txt": _txt}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise HotlineError(f"{path.name}：只能校对 docx、html、txt，请另存为其中一种再试", USAGE)
    if not path.is_file():
        raise HotlineError(f"找不到文稿 {path}，请检查路径", USAGE)
    try:
        if path.stat().st_size == 0:
            raise HotlineError(f"{path.name} 是空文件，请换一份有内容的文稿", NO_DATA)
        draft = reader(path)
    except OSError as error:
        raise HotlineError(f"读不了 {path}（{error.strerror}），请检查权限", IO) from None
    if not any(block.text.strip() for block in draft.blocks):
        raise HotlineError(f"{path.name} 里没有文字，请换一份有内容的文稿", NO_DATA)
    return draft


def _txt(path: Path) -> Draft:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise HotlineError(
            f"{path.name} 既不是 UTF-8 也不是 GB18030 编码的文本，请另存为 UTF-8", NO_DATA
        )
    if "\0" in text:
        raise HotlineError(f"{path.name} 不是文本文件，请另存为 txt（UTF-8）", NO_DATA)
    return Draft(path, [TextBlock(line) for line in text.splitlines()])


def _html(path: Path) -> Draft:
    data = path.read_bytes()
    try:
        declared = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", data[:4096])
        encoding = declared.group(1).decode() if declared else None
        if encoding is None or encoding.lower() in ("gb2312", "gbk"):
            try:
                data.decode("utf-8")
                encoding = "utf-8-sig"
            except UnicodeDecodeError:
                encoding = "gb18030"
        # lxml takes no text that declares an encoding of its own.
        root = html.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", data.decode(encoding)))
    except (etree.LxmlError, LookupError, UnicodeDecodeError, ValueError):
        raise HotlineError(f"{path.name} 不是完好的网页文件，请重新导出", NO_DATA) from None
    blocks: list[TextBlock] = [TextBlock("")]
    _walk(root, blocks)
    for block in blocks:
        block.text = re.sub(r"[ \t\r\n]+", " ", block.text).strip()
    return Draft(path, [block for block in blocks if block.text])


def _walk(element: Any, blocks: list[TextBlock]) -> None:
    """Add the visible text below an element; every element that is not inline ends a block."""
    if not isinstance(element.tag, str):
        return
    tag = element.tag.lower()
    style = (element.get("style") or "").replace(" ", "").lower()
    if tag in _HIDDEN or element.get("hidden") is not None or "display:none" in style:
        return
    if tag == "table":
        _html_table(element, blocks)
        return
    heading = re.fullmatch(r"h([1-6])", tag)
    if tag not in _INLINE:
        blocks.append(TextBlock("", int(heading.group(1)) if heading else None))
    blocks[-1].text += element.text or ""
    for child in element:
        _walk(child, blocks)
        blocks[-1].text += child.tail or ""
    if tag not in _INLINE:
        blocks.append(TextBlock(""))


def _html_table(table: Any, blocks: list[TextBlock]) -> None:
    rows: list[list[list[TextBlock]]] = []
    for row in table.iter("tr"):
        rows.append([])
        for cell in row.iterchildren("td", "th"):
            inside: list[TextBlock] = [TextBlock("")]
            _walk(cell, inside)
            for block in inside:
                block.text = re.sub(r"\s+", " ", block.text).strip()
            rows[-1].append([block for block in inside if block.text] or [TextBlock("")])
    explain_cells(rows, _caption(blocks))
    blocks.extend(block for row in rows for cell in row for block in cell)
    blocks.append(TextBlock(""))


def explain_cells(rows: list[list[list[TextBlock]]], caption: str = "") -> None:
    """Give cells that hold a bare number the words of their table, row and column, and its unit."""
    if not rows:
        return
    for row in rows:
        for block in (block for cell in row for block in cell if len(row) > 1):
            block.is_cell = True
    heads = ["".join(block.text for block in cell) for cell in rows[0]]
    for row in rows[1:]:
        name = ""
        for place, (cell, head) in enumerate(zip(row, heads, strict=False)):
            text = "".join(block.text for block in cell).strip()
            if not _BARE.fullmatch(text):
                # Apart: 其他 before 住房 is not the class 其他住房.
                name += f"{text} "
            elif head.strip() in _MONTHS and text.isdigit():
                name += f"{text}月 "
            elif place == 0:
                name = "" if head.strip() in _PLACES else f"{text} "
            else:
                for block in cell:
                    _explain(block, name, head, caption)


def _explain(block: TextBlock, name: str, head: str, caption: str) -> None:
    unit = _UNIT.search(head)
    name = "" if head.startswith(_WHOLE) else name
    block.caption, block.context = caption, f"{name}{_UNIT.sub('', head)}"
    unit_text = unit.group(1) if unit else "件" if head.strip() == "件数" else ""
    block.unit = unit_text if block.text.strip()[-1].isdigit() else ""


def _caption(blocks: list[TextBlock]) -> str:
    """Return the line right above a table, where it is a caption."""
    last = next((block.text.strip() for block in reversed(blocks) if block.text.strip()), "")
    return last if _CAPTION.match(last) else ""


def _docx(path: Path) -> Draft:
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(str(path))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, etree.LxmlError):
        raise HotlineError(
            f"{path.name} 不是完好的 Word 文档（docx），请用 Word 打开后另存", NO_DATA
        ) from None
    blocks: list[TextBlock] = []
    for item in document.iter_inner_content():
        if hasattr(item, "rows"):
            _table(item, blocks)
        else:
            blocks.append(_paragraph(item))
    return Draft(path, blocks, document)


def _table(table: Any, blocks: list[TextBlock]) -> None:
    """Add the cells row by row, a merged cell once."""
    seen: set[Any] = set()
    rows: list[list[list[TextBlock]]] = []
    for row in table.rows:
        rows.append([])
        for cell in row.cells:
            inside: list[TextBlock] = []
            rows[-1].append(inside)
            if cell._tc in seen:
                continue
            seen.add(cell._tc)
            for item in cell.iter_inner_content():
                if hasattr(item, "rows"):
                    _table(item, inside)
                else:
                    inside.append(_paragraph(item))
    explain_cells(rows, _caption(blocks))
    blocks.extend(block for row in rows for cell in row for block in cell)


def _paragraph(paragraph: Any) -> TextBlock:
    name = (paragraph.style.name or "") if paragraph.style is not None else ""
    heading = re.fullmatch(r"(?:Heading|标题) ?([1-9])", name)
    return TextBlock(
        run_text(paragraph._p), int(heading.group(1)) if heading else None, element=paragraph
    )


def runs_of(element: Any) -> list[Any]:
    """Return the runs of a paragraph in order, those in links too, deleted ones left out."""
    return [
        run for run in element.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}r")
        if not any(parent.tag.endswith(("}del", "}txbxContent")) for parent in run.iterancestors())
    ]  # fmt: skip


def run_text(element: Any) -> str:
    """Return the text of a paragraph as its runs hold it."""
    return "".join(run.text for run in runs_of(element))

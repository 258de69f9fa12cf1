"""The annotated copy as one html file: no script, nothing fetched, readable without colour."""

import hashlib
from html import escape
from pathlib import Path

from pipeline.files import write_whole
from pipeline.proofread import messages
from pipeline.proofread.documents import Draft
from pipeline.proofread.figure_index import FigureIndex
from pipeline.proofread.verdict import (
    AGREES,
    DIFFERS,
    NAMES,
    NOT_COMPUTABLE,
    SIGNS,
    UNKNOWN,
    Finding,
)

_TEMPLATE = Path(__file__).with_name("page.html")
_CLASS = {AGREES: "agrees", DIFFERS: "differs", NOT_COMPUTABLE: "unknown", UNKNOWN: "unknown"}


def write(path: Path, draft: Draft, findings: list[Finding], warehouse: FigureIndex) -> None:
    """Write the page: the summary, what differs, and the text with every number marked."""
    digest = hashlib.sha256(draft.path.read_bytes()).hexdigest()
    counts = messages.counts(findings)
    fields = {
        "title": f"{draft.path.name} 核对批注稿",
        "year": str(warehouse.year),
        "simulated": '<strong class="simulated">模拟数据</strong>' if warehouse.simulated else "",
        "sha256": digest,
        "tallies": "".join(
            f'<li class="{_CLASS[name]}"><b>{counts[name]}</b> {SIGNS[name]} {NAMES[name]}</li>'
            for name in (DIFFERS, NOT_COMPUTABLE, UNKNOWN, AGREES)
            if name != NOT_COMPUTABLE or counts[name]
        ),
        "differing": _differing(draft, findings),
        "text": _text(draft, findings, warehouse),
    }
    page = _TEMPLATE.read_text(encoding="utf-8")
    for name, value in fields.items():
        page = page.replace(f"<!--{name}-->", value if "<" in value else escape(value))
    write_whole(path, page.encode())


def _differing(draft: Draft, findings: list[Finding]) -> str:
    rows = [
        f"<tr><td>{one.block + 1}</td>"
        f'<td><a href="#n{at}">{escape(messages.excerpt(draft, one))}</a>'
        f"</td><td>{escape(one.number.text)}</td><td>{escape(one.right)}</td></tr>"
        for at, one in enumerate(findings)
        if one.verdict == DIFFERS
    ]
    if not rows:
        return "<p>没有不符的数。</p>"
    return (
        "<table><thead><tr><th>段</th><th>上下文</th><th>文稿</th><th>应为</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _text(draft: Draft, findings: list[Finding], warehouse: FigureIndex) -> str:
    by_block: dict[int, list[tuple[int, Finding]]] = {}
    for at, finding in enumerate(findings):
        by_block.setdefault(finding.block, []).append((at, finding))
    parts = []
    for place, block in enumerate(draft.blocks):
        if not block.text.strip():
            continue
        written, done = "", 0
        for at, finding in by_block.get(place, []):
            number = finding.number
            written += escape(block.text[done : number.start])
            written += _mark(at, block.text[number.start : number.end], finding, warehouse)
            done = number.end
        written += escape(block.text[done:])
        tag = f"h{min(block.depth + 1, 6)}" if block.depth else "p"
        parts.append(f'<{tag}><span class="place">{place + 1}</span>{written}</{tag}>')
    return "\n".join(parts)


def _mark(at: int, text: str, finding: Finding, warehouse: FigureIndex) -> str:
    lines = "<br>".join(escape(line) for line in messages.details(finding, warehouse))
    right = (
        f'<i class="right">应为 {escape(finding.right)}</i>' if finding.verdict == DIFFERS else ""
    )
    return (
        f'<span class="number {_CLASS[finding.verdict]}" id="n{at}" tabindex="0">{escape(text)}'
        f"<sup>{SIGNS[finding.verdict]}</sup>{right}"
        f'<span class="tip" role="note">{lines}</span></span>'
    )

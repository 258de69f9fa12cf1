"""Words on findings: for the screen, for hovering, for comments."""

from pathlib import Path

from pipeline import console
from pipeline.home import Home
from pipeline.proofread.documents import Draft
from pipeline.proofread.figure_index import FigureIndex
from pipeline.proofread.phrases import words
from pipeline.proofread.verdict import DIFFERS, NAMES, NOT_COMPUTABLE, UNKNOWN, Finding, Proof

_AROUND = 6


def counts(findings: list[Finding]) -> dict[str, int]:
    """Return verdict -> number of findings."""
    return {name: sum(one.verdict == name for one in findings) for name in NAMES}


def headline(findings: list[Finding], warehouse: FigureIndex) -> str:
    """Return the one line that sums a draft up."""
    note = "（模拟数据）" if warehouse.simulated else ""
    summary = "，".join(
        f"{NAMES[name]} {n}" for name, n in counts(findings).items() if n or name != NOT_COMPUTABLE
    )
    return f"文稿中的数 {len(findings)} 个，按 {warehouse.year} 年数据核对{note}：{summary}"


def screen(
    home: Home, draft: Draft, findings: list[Finding], warehouse: FigureIndex, written: list[Path]
) -> None:
    """Print the counts, one line for each number that differs, and where the copies are."""
    if warehouse.scale < 1:
        console.say(f"数据只有全量的 {warehouse.scale:g}，达不到公布的精度，各数一律记为未识别。")
    for one in findings:
        if one.verdict == DIFFERS:
            console.say(
                f"[不符] 第 {one.block + 1} 段 {excerpt(draft, one)}：文稿 {one.number.text}，"
                f"应为 {one.right}",
                paragraph=one.block + 1, printed=one.number.text, right=one.right,
            )  # fmt: skip
    console.say(headline(findings, warehouse), **counts(findings))
    console.say("批注稿：" + "、".join(home.relative(path) for path in written))


def excerpt(draft: Draft, finding: Finding) -> str:
    """Return the number with a few characters of the draft on both sides."""
    text = draft.blocks[finding.block].text
    start, end = finding.number.start, finding.number.end
    left, right = max(start - _AROUND, 0), min(end + _AROUND, len(text))
    return f"“{'…' * (left > 0)}{text[left:right].strip()}{'…' * (right < len(text))}”"


def details(finding: Finding, warehouse: FigureIndex) -> list[str]:
    """Return lines on a finding: the verdict, then metric, key, value and SQL of each proof."""
    if finding.verdict in (UNKNOWN, NOT_COMPUTABLE):
        return [f"{NAMES[finding.verdict]}：{finding.reason}"]
    lines = [f"不符：应为 {finding.right}"] if finding.verdict == DIFFERS else ["相符"]
    for proof in finding.proofs:
        lines += _proof(proof, warehouse)
    if finding.others:
        values = "，".join(
            f"{warehouse.scope_title(proof.scope)} {proof.right}" for proof in finding.others
        )
        lines.append(f"其他口径也不符：{values}")
    return lines


def _proof(proof: Proof, warehouse: FigureIndex) -> list[str]:
    reading = proof.reading
    relations: dict[str, str] = words()["relations"]
    label = warehouse.labels.get(reading.metric, reading.metric)
    cut = "，".join(f"{warehouse.metrics.title(name)}={value}" for name, value in reading.dims)
    relation = relations.get(reading.relation, "")
    lines = [
        f"指标：{label}（{reading.metric}）{'，' + relation if relation else ''}",
        f"切分：{cut or '全部'}；时段：{reading.period}；口径：{warehouse.scope_title(proof.scope)}"
        + (f"；约定：{proof.convention}" if proof.convention != "-" else ""),
    ]
    if proof.numerator is not None:
        fraction = f"{proof.numerator:,}"
        if proof.denominator != 1:
            fraction += f" / {proof.denominator:,}"
        lines.append(f"算得：{proof.right}（{fraction}）")
    else:
        lines.append(f"算得：{proof.right}")
    return [*lines, f"SQL：{proof.sql}"]

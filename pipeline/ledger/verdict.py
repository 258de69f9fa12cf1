"""Verdicts on claims: their names, and the result of an audit."""

from collections import Counter
from dataclasses import dataclass, field

from pipeline.errors import CHECK_FAILED, OK

VERDICTS = ("reproduced", "contradicted", "differs", "not computable", "not published")

# As a reader sees them.
VERDICT_NAMES = {
    "reproduced": "复现",
    "contradicted": "矛盾",
    "differs": "不符",
    "not computable": "无法计算",
    "not published": "原文空缺",
}
# Of several claims on one figure the gravest verdict is shown.
GRAVEST_FIRST = ("differs", "contradicted", "not published", "not computable", "reproduced")


@dataclass(frozen=True)
class AuditResult:
    """One dict per claim in `rows`: the ledger's columns, the figure, `verdict` and `reason`."""

    year: int
    rows: list[dict]
    simulated: bool = False
    scale: float = 1.0
    counts: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        tally = Counter(row["verdict"] for row in self.rows)
        object.__setattr__(self, "counts", {verdict: tally[verdict] for verdict in VERDICTS})

    @property
    def exit_code(self) -> int:
        """1 if a figure differs that the ledger does not itself call contradicted, else 0."""
        return CHECK_FAILED if self.counts["differs"] else OK

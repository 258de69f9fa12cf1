"""What proof-reading says of a number."""

from dataclasses import dataclass, field

from pipeline.proofread.numbers import Number
from pipeline.proofread.resolve_metric import MetricReading

AGREES, DIFFERS, UNKNOWN = "agrees", "differs", "not understood"
NOT_COMPUTABLE = "not computable"
NAMES = {AGREES: "相符", DIFFERS: "不符", NOT_COMPUTABLE: "无法计算", UNKNOWN: "未识别"}
SIGNS = {AGREES: "✓", DIFFERS: "✗", NOT_COMPUTABLE: "–", UNKNOWN: "?"}


@dataclass(frozen=True)
class Proof:
    """The figure a reading is held against; `right` is it in the printed form of the draft."""

    reading: MetricReading
    scope: str
    right: str
    numerator: int | None
    denominator: int | None
    convention: str
    sql: str
    is_partial: bool = False


@dataclass(frozen=True)
class Finding:
    """The verdict on a number of block `block`; the proofs are those that decided it, `others`
    are on further scopes that the number may have and does not meet either."""

    block: int
    number: Number
    verdict: str
    reason: str = ""
    proofs: list[Proof] = field(default_factory=list)
    others: list[Proof] = field(default_factory=list)

    @property
    def right(self) -> str:
        """Return what should be there, once for each figure that the number states."""
        texts = []
        for proof in self.proofs:
            name = "、".join(value for _, value in proof.reading.dims)
            texts.append(f"{name}{proof.right}" if len(self.proofs) > 1 else proof.right)
        return "，".join(texts)

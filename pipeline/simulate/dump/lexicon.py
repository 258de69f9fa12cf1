"""The words of the simulated texts, from data/calibration (text.csv, template.csv, prior.csv)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home
from pipeline.reference import read_rows

# What the count tables leave open; the solver reads the other axes of prior.csv.
AXES = ("caller", "dispatch_count", "outcome_month")
SLOTS = re.compile(r"\{(\w+)\}")


class Matter(NamedTuple):
    """One thing people call about, with what its row of text.csv says of it."""

    text: str
    topic: str | None = None
    tag: str | None = None
    is_epidemic: bool = False


@dataclass(frozen=True)
class TextLexicon:
    """Words of the simulated texts and the weights of columns that no claim touches."""

    matters: dict[tuple[str, str], list[Matter]] = field(default_factory=dict)
    phrases: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    weights: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)

    def phrase(self, kind: str, default: str, given: str = "") -> list[str]:
        """Phrases of a kind (those for `given`, else those for any), or the plain default."""
        all_of_kind = self.phrases.get(kind, [])
        return (
            [text for of, text in all_of_kind if of == given]
            or [text for of, text in all_of_kind if of in ("", "*")]
            or [default]
        )

    def share(self, axis: str, member: str, default: float, given: str = "") -> float:
        """Weight of a member over the weights of its axis, or `default` where there is none."""
        weights = self.weights.get((axis, given), {})
        return weights.get(member, 0.0) / sum(weights.values()) if weights else default

    def epidemic_subcategories(self) -> frozenset[tuple[str, str]]:
        """The (category, subcategory) pairs that have an epidemic matter."""
        return frozenset(
            pair for pair, known in self.matters.items() if any(m.is_epidemic for m in known)
        )

    def outcome_months(self, year: int) -> dict[str, float]:
        """Month (01..12) -> how far outcomes lean to the good; empty where nothing is said."""
        given = self.weights.get(("outcome_month", str(year))) or self.weights.get(
            ("outcome_month", ""), {}
        )
        return {month.zfill(2): weight for month, weight in given.items()}

    def dispatch_shares(self) -> list[float]:
        """Shares of the dispatched records that have 1, 2, 3 ... dispatches."""
        weights = self.weights.get(("dispatch_count", ""), {"1": 1.0})
        most = max(int(member) for member in weights)
        return [self.share("dispatch_count", str(n), 1.0) for n in range(1, most + 1)]


def cut(kind: str, phrases: list[str], slots: tuple[str, ...]) -> list[list[str]]:
    """Phrases cut at their slots: one list per piece (len(slots) + 1), equally long."""
    pieces = []
    for text in phrases:
        if tuple(SLOTS.findall(text)) != slots:
            wanted = "".join(f"{{{slot}}}" for slot in slots)
            raise HotlineError(
                f"data/calibration/template.csv 中的 {kind} 模板 {text!r} "
                f"必须依次含有 {wanted};请改正",
                USAGE,
            )
        pieces.append(SLOTS.sub("\0", text).split("\0"))
    return [list(piece) for piece in zip(*pieces, strict=True)]


def load_lexicon(home: Home) -> TextLexicon:
    """Return the home's phrases; a missing file leaves plain defaults."""
    files = home.calibration_files()
    matters: dict[tuple[str, str], list[Matter]] = {}
    for row in read_rows(files.get("text")):
        matter = Matter(
            row["matter"],
            row.get("topic") or None,
            row.get("tag") or None,
            row.get("is_epidemic") == "是",
        )
        matters.setdefault((row["category"], row["subcategory"]), []).append(matter)
    phrases: dict[str, list[tuple[str, str]]] = {}
    for row in read_rows(files.get("template")):
        phrases.setdefault(row["kind"], []).append((row.get("given") or "", row["text"]))
    weights: dict[tuple[str, str], dict[str, float]] = {}
    for row in read_rows(files.get("prior")):
        if row["axis"] in AXES:
            key = (row["axis"], row.get("given") or "")
            weights.setdefault(key, {})[row["member"]] = float(row["weight"])
    return TextLexicon(matters, phrases, weights)

"""What rates weigh and what words of the ledger mean, from the reference tables that SQL reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors import USAGE, HotlineError
from pipeline.reference import read_rows

# What a numerator sums: a weight, and the filters of the outcomes that have it
Filters = dict[str, tuple[str, ...]]
Weighted = tuple[tuple[Fraction, Filters], ...]
RATES = ("response_rate", "resolution_rate", "satisfaction_rate")
CONTACTED: Filters = {"is_contacted": ("是",)}
RESOLVED: Filters = {"resolution": ("解决",)}
SATISFIED: Filters = {"satisfaction": ("满意",)}
BASICALLY_SATISFIED: Filters = {"satisfaction": ("基本满意",)}
ONE = Fraction(1)
T = TypeVar("T")


@dataclass(frozen=True)
class Rules:
    """Conventions of rates and scores by name, and the rules of words.

    `satisfied`: convention -> what 满意 and 基本满意 count for; `composites`: convention of the
    score -> that of its rates, and the parts of response, resolution and satisfaction in 100;
    `words`: rule of report_rule -> its value.
    """

    satisfied: Mapping[str, tuple[Fraction, Fraction]] = field(default_factory=dict)
    composites: Mapping[str, tuple[str, tuple[Fraction, ...]]] = field(default_factory=dict)
    words: Mapping[str, Fraction] = field(default_factory=dict)

    def weights(self, metric: str, convention: str) -> Weighted:
        """What a metric of call-backs sums in its numerator, over the valid call-backs.

        Raises KeyError naming the reference table where that has no such convention.
        """
        if metric == "composite_score":
            rates, parts = _named(self.composites, "composite_convention", convention)
            return tuple(
                (part * weight, filters)
                for part, rate in zip(parts, RATES, strict=True)
                for weight, filters in self.weights(rate, rates)
            )
        if metric == "response_rate":
            return ((ONE, CONTACTED),)
        if metric == "resolution_rate":
            return ((ONE, RESOLVED),)
        satisfied, basically = _named(self.satisfied, "rate_convention", convention)
        found: Weighted = ((satisfied, SATISFIED), (basically, BASICALLY_SATISFIED))
        return (*found, (-ONE, RESOLVED)) if metric == "satisfaction_gap" else found

    def word(self, rule: str) -> Fraction:
        """The value of a rule of words; raises KeyError naming the table where it is missing."""
        return _named(self.words, "report_rule", rule)


def _named(rules: Mapping[str, T], table: str, name: str) -> T:
    if name not in rules:
        raise KeyError(f"参考表 {table} 里没有 {name}")
    return rules[name]


def read_rules(files: Mapping[str, Path]) -> Rules:
    """The rules of a home's reference files (name -> path); raises HotlineError USAGE."""
    satisfied = {}
    for row in _rows(files, "rate_convention", "convention"):
        full, basic, base = (
            row[name] for name in ("satisfied_weight", "basically_satisfied_weight", "weight_base")
        )
        satisfied[row["convention"]] = (full / base, basic / base)
    composites = {}
    for row in _rows(files, "composite_convention", "composite", "convention"):
        parts = [
            row[name] for name in ("response_weight", "resolution_weight", "satisfaction_weight")
        ]
        shares = tuple(100 * part / sum(parts) for part in parts)
        composites[row["composite"]] = (row["convention"], shares)
    words = {row["rule"]: row["value"] for row in _rows(files, "report_rule", "rule")}
    return Rules(satisfied, composites, words)


def _rows(files: Mapping[str, Path], name: str, *texts: str) -> list[dict[str, Any]]:
    """The rows of a reference table: the columns `texts` as they are, weights as fractions."""
    rows = read_rows(files.get(name), texts)
    numbers = [c for c in (rows[0] if rows else ()) if c == "value" or "weight" in c]
    try:
        return [
            {c: row[c] if c in texts else Fraction(row[c]) for c in (*texts, *numbers)}
            for row in rows
        ]
    except ValueError:
        raise HotlineError(
            f"参考表 {files[name].name} 的 {'、'.join(numbers)} 有的不是数;请改正", USAGE
        ) from None

"""What rates weigh and what words of the ledger mean, from the reference tables that SQL reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors import USAGE, HotlineError
from pipeline.metrics.definitions import Filter, Metric, Metrics
from pipeline.reference import read_rows

# What a numerator sums: a weight, and the filter of the rows that have it
Weighted = tuple[tuple[Fraction, Filter], ...]
T = TypeVar("T")


@dataclass(frozen=True)
class Rules:
    """Conventions of rates and scores by name, and the rules of words.

    `weights`: reference table -> convention -> its row, weights as fractions; `words`: rule of
    report_rule -> its value.
    """

    weights: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    words: Mapping[str, Fraction] = field(default_factory=dict)

    def weighted(self, metrics: Metrics, metric: Metric, convention: str) -> Weighted:
        """What a metric sums in its numerator, over all rows of its base.

        Raises KeyError naming the reference table where that has no such convention.
        """
        row = self._row(metric.weights, convention) if metric.weights else {}
        if metric.terms:
            base = row.get("weight_base", Fraction(1))
            return tuple(
                (row[term.weight] / base if term.weight else Fraction(1), term.filter)
                for term in metric.terms
            )
        whole = sum((row[f] for f in metric.combine.values() if isinstance(f, str)), Fraction(0))
        found: list[tuple[Fraction, Filter]] = []
        for name, factor in metric.combine.items():
            part = metric.factor * (row[factor] / whole if isinstance(factor, str) else factor)
            inner = self.weighted(metrics, metrics[name], row.get("convention", convention))
            found += [(part * weight, filters) for weight, filters in inner]
        return tuple(found)

    def _row(self, table: str, convention: str) -> Mapping[str, Any]:
        return _named(self.weights.get(table, {}), table, convention)

    def word(self, rule: str) -> Fraction:
        """The value of a rule of words; raises KeyError naming the table where it is missing."""
        return _named(self.words, "report_rule", rule)


def _named(rules: Mapping[str, T], table: str, name: str) -> T:
    if name not in rules:
        raise KeyError(f"参考表 {table} 里没有 {name}")
    return rules[name]


def read_rules(files: Mapping[str, Path], metrics: Metrics) -> Rules:
    """The rules of a home's reference files (name -> path); raises HotlineError USAGE."""
    weights = {
        table: {row[key]: row for row in _rows(files, table, key, "convention")}
        for table, key in metrics.weights.items()
    }
    words = {row["rule"]: row["value"] for row in _rows(files, "report_rule", "rule")}
    return Rules(weights, words)


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

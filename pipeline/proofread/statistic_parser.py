"""Binds numbers of statistics that have a name of their own and no cut, such as 重复反映."""

from typing import Any

from pipeline.proofread.figure_index import FigureIndex
from pipeline.proofread.lexicon import Token
from pipeline.proofread.phrases import words
from pipeline.proofread.rank_parser import Found
from pipeline.proofread.resolve_metric import MetricReading

# A sentence with one of these is about a part, a change, or a period other than the whole year.
_UNSETTLED = (
    "member", "vague", "base", "period_base", "base_before_year", "up", "down", "rate", "per_10k",
    "districts", "place",
)  # fmt: skip


def bind(warehouse: FigureIndex, tokens: list[Token], topic: dict[str, str]) -> Found:
    """Return place -> readings of the numbers that such a statistic stands beside."""
    kinds = {token.number.kind for token in tokens if token.number}
    if topic or kinds & {"month", "span", "day"} or any(t.has(*_UNSETTLED) for t in tokens):
        return {}
    years = {t.number.value for t in tokens if t.number and t.number.kind == "year"}
    if len(years) > 1:
        return {}
    year = str(years.pop() if years else warehouse.year)
    found: Found = {}
    for at, token in enumerate(tokens):
        for rule in words()["statistic"]:
            number = _beside(tokens, at, rule) if token.text in _names(rule) else None
            if number is None or number.number is None:
                continue
            metric = rule["share"] if number.number.unit == "%" else rule["metric"]
            found[number.start] = ([MetricReading(metric, year, ())], "")
    return found


def _beside(tokens: list[Token], at: int, rule: dict[str, Any]) -> Token | None:
    """Return the number that the name at this place is of: just before it, else the next."""
    if at and _fits(tokens[at - 1], rule):
        return tokens[at - 1]
    if tokens[at].text in rule["after"]:
        return None
    for token in tokens[at + 1 :]:
        if token.has("mark") or token.text in _names(rule):
            return None
        if token.number is not None:
            return token if _fits(token, rule) else None
    return None


def _fits(token: Token, rule: dict[str, Any]) -> bool:
    number = token.number
    return number is not None and (
        number.unit in rule["units"] or (bool(rule["share"]) and number.unit == "%")
    )


def _names(rule: dict[str, Any]) -> list[str]:
    return [*rule["names"], *rule["after"]]

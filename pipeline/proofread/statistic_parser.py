"""Binds numbers of statistics that have a name of their own and no cut, such as 重复反映."""

from pipeline.metrics.definitions import Statistic
from pipeline.proofread.figure_index import FigureIndex
from pipeline.proofread.lexicon import Token
from pipeline.proofread.rankings import Found
from pipeline.proofread.resolve_metric import MetricReading

# A sentence with one of these is about a part, a change, or a period other than the whole year.
_UNSETTLED = (
    "member", "vague", "base", "period_base", "base_before_year", "up", "down", "rate", "level",
    "districts", "place",
)  # fmt: skip


def bind(warehouse: FigureIndex, tokens: list[Token], topic: dict[str, str]) -> Found:
    """Return place -> readings of the numbers that such a statistic is beside."""
    kinds = {token.number.kind for token in tokens if token.number}
    if topic or kinds & {"month", "span", "day"} or any(t.has(*_UNSETTLED) for t in tokens):
        return {}
    years = {t.number.value for t in tokens if t.number and t.number.kind == "year"}
    if len(years) > 1:
        return {}
    year = str(years.pop() if years else warehouse.year)
    found: Found = {}
    for at, token in enumerate(tokens):
        for name, rule in warehouse.metrics.statistics.items():
            if token.text not in (*rule.names, *rule.after):
                continue
            share = warehouse.metrics.part_of_whole(name)
            number = _beside(tokens, at, rule, [*rule.units, *(["%"] if share else [])])
            if number is None or number.number is None:
                continue
            metric = share if number.number.unit == "%" else name
            found[number.start] = ([MetricReading(metric, year, ())], "")
    return found


def _beside(tokens: list[Token], at: int, rule: Statistic, units: list[str]) -> Token | None:
    """Return the number that the name at this place is of: just before it, else the next."""
    if at and _fits(tokens[at - 1], units):
        return tokens[at - 1]
    if tokens[at].text in rule.after:
        return None
    for token in tokens[at + 1 :]:
        if token.has("mark") or token.text in (*rule.names, *rule.after):
            return None
        if token.number is not None:
            return token if _fits(token, units) else None
    return None


def _fits(token: Token, units: list[str]) -> bool:
    return token.number is not None and token.number.unit in units

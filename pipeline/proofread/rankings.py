"""Ranked lists of a draft: their sizes and members bound, and ranks held against the figures."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from pipeline.metrics.definitions import RECORD_COUNT
from pipeline.proofread.figure_index import Dims, Figure, FigureIndex, cut_of, key_of
from pipeline.proofread.lexicon import NamedMember, Token
from pipeline.proofread.numbers import Number
from pipeline.proofread.resolve_metric import Ambiguous, MetricReading, count_metric, organised
from pipeline.proofread.subject_stack import overlay
from pipeline.proofread.verdict import Proof

Found = dict[int, tuple[list[MetricReading], str]]


def bind(warehouse: FigureIndex, tokens: list[Token], dims: dict[str, str]) -> Found:
    """Return place -> readings of the list sizes of one sentence; {} if the text is not settled.

    A list of the first N is held as a whole: its members, in order, must be the first N.
    """
    top = next(
        (at for at, token in enumerate(tokens) if token.number and token.number.kind == "top"), None
    )
    if top is None or any(t.number and t.number.kind in ("month", "span", "blank") for t in tokens):
        return {}
    if any(t.has("vague", "rate", "level", "share", "unknown") for t in tokens):
        return {}
    number = tokens[top].number
    assert number is not None
    named = dict(dims)
    for token in tokens[:top]:
        for member in token.roles.get("member", [])[:1]:
            named = overlay(named, dict(member.dims))
        if token.has("request_typed"):
            named["record_type"] = "诉求"
    years = [t.number.value for t in tokens if t.number and t.number.kind == "year"]
    if any(year != warehouse.year for year in years):
        return {}
    texts = {token.text for token in tokens}
    if any(token.number and token.number.kind == "other" for token in tokens[top:]):
        return _shares_of_list(warehouse, tokens[top:], number.value, texts)
    return _list(warehouse, tokens[top:], number.value, named, texts)


def _list(
    warehouse: FigureIndex, tokens: list[Token], size: int, named: dict[str, str], texts: set[str]
) -> Found:
    members: list[NamedMember] = []
    for token in tokens[1:]:
        if token.has("mark") and members and token.text != "。":
            return {}
        if token.has("member"):
            members.append(token.roles["member"][0])
    levels = {member.level for member in members}
    if len(members) != size or len(levels) != 1 or not levels <= {"category", "district"}:
        return {}
    level = levels.pop()
    names = tuple(dict(member.dims)[level] for member in members)
    try:
        cut = organised(overlay(named, {level: names[0]}))
        metric = count_metric(warehouse, cut, texts)
    except Ambiguous:
        return {}
    fixed = {name: value for name, value in cut.items() if name != level}
    reading = MetricReading(
        metric, str(warehouse.year), key_of(fixed), "ranked_list", 1, level, names, size
    )
    return {tokens[0].start: ([reading], "")}


def _shares_of_list(
    warehouse: FigureIndex, tokens: list[Token], size: int, texts: set[str]
) -> Found:
    """Bind 丰台区5个、通州区2个 after 前十位的街乡镇中."""
    units = [m for t in tokens for m in t.roles.get("member", []) if m.level == "unit_type"]
    if [dict(member.dims) for member in units] != [{"unit_type": "街乡镇"}]:
        return {}
    found: Found = {}
    district: NamedMember | None = None
    for token in tokens[1:]:
        for member in token.roles.get("member", [])[:1]:
            district = member if member.level == "district" else None
        if token.number is None or token.number.kind != "other":
            continue
        if district is None or token.number.unit not in ("个", "家") or token.number.myriad:
            return {}
        dims = dict(district.dims) | {"unit_type": "街乡镇"}
        reading = MetricReading(
            RECORD_COUNT, str(warehouse.year), key_of(dims), "top_members", 1, "street", (), size
        )
        found[token.start] = ([reading], "")
        district = None
    return found


_MONTHS = range(1, 13)
Judged = list[tuple[bool, Proof]]


@dataclass(frozen=True)
class _Row:
    member: str
    dims: Dims
    figure: Figure

    @property
    def value(self) -> Fraction:
        return Fraction(self.figure.numerator, self.figure.denominator)


def judge_rank(
    number: Number, reading: MetricReading, warehouse: FigureIndex, scope: str
) -> Judged:
    """Return whether the rank holds on this scope, with its proof; [] where it has no figures."""
    if reading.relation in ("largest", "smallest"):
        return _month(number, reading, warehouse, scope)
    if reading.relation == "ranked_list":
        return _list_proof(reading, warehouse, scope)
    return _among(number, reading, warehouse, scope)


def _month(number: Number, reading: MetricReading, warehouse: FigureIndex, scope: str) -> Judged:
    found: dict[int, Figure] = {}
    for month in _MONTHS:
        key = (reading.metric, f"{reading.period}-{month:02d}", reading.dims)
        for figure in warehouse.figures.get(key, []):
            if figure.scope == scope:
                found[month] = figure
    # A peak over eleven months is no peak of the year.
    if len(found) < len(_MONTHS):
        return []
    pick = max if reading.relation == "largest" else min
    best = pick(figure.numerator for figure in found.values())
    months = [month for month, figure in found.items() if figure.numerator == best]
    partial = any(figure.is_partial for figure in found.values())
    right = "、".join(f"{month}月" for month in months)
    proof = Proof(
        reading, scope, right, best, 1, "-", warehouse.sql.get(reading.metric, ""), partial
    )
    return [(reading.size in months, proof)]


def _list_proof(reading: MetricReading, warehouse: FigureIndex, scope: str) -> Judged:
    rows = _rows(warehouse, reading, scope, reading.dimension)
    if len(rows) < reading.size:
        return []
    value = {row.member: row.value for row in rows}
    listed = [value.get(member) for member in reading.members]
    known = [one for one in listed if one is not None]
    rest = [one for member, one in value.items() if member not in reading.members]
    # Equal figures may be in either order.
    holds = (
        len(known) == len(listed)
        and known == sorted(known, reverse=True)
        and (not rest or min(known) >= max(rest))
    )
    right = "、".join(row.member for row in rows[: reading.size])
    partial = any(row.figure.is_partial for row in rows)
    proof = Proof(
        reading, scope, right, None, None, "-", warehouse.sql.get(reading.metric, ""), partial
    )
    return [(holds, proof)]


def _among(number: Number, reading: MetricReading, warehouse: FigureIndex, scope: str) -> Judged:
    rows = _rows(warehouse, reading, scope, "street")
    if len(rows) < reading.size:
        return []
    if len(rows) > reading.size and rows[reading.size - 1].value == rows[reading.size].value:
        return []
    counts = Counter(dict(row.dims)["district"] for row in rows[: reading.size])
    right = counts[dict(reading.dims)["district"]]
    partial = any(row.figure.is_partial for row in rows)
    proof = Proof(
        reading, scope, f"{right}{number.unit}", right, 1, "-",
        warehouse.sql.get(reading.metric, ""), partial,
    )  # fmt: skip
    return [(number.amount == str(right), proof)]


def _rows(warehouse: FigureIndex, reading: MetricReading, scope: str, dimension: str) -> list[_Row]:
    """Return the members of one dimension with their figures, the largest first."""
    fixed = {
        name: value for name, value in reading.dims if dimension != "street" or name != "district"
    }
    names = {*fixed, dimension} | ({"district"} if dimension == "street" else set())
    cut = cut_of(dict.fromkeys(names, ""))
    rows = []
    for dims in warehouse.members.get((reading.metric, reading.period, cut), []):
        key = dict(dims)
        if not set(fixed.items()) <= set(key.items()) or "?" in key.values():
            continue
        for figure in warehouse.figures[reading.metric, reading.period, dims]:
            if figure.scope == scope:
                rows.append(_Row(key[dimension], dims, figure))
    return sorted(rows, key=lambda row: (-row.value, row.member))

"""Binds the sizes of ranked lists (前十类) and of members among the first (丰台区5个)."""

from pipeline.metrics.definitions import RECORD_COUNT
from pipeline.proofread.figure_index import FigureIndex, key_of
from pipeline.proofread.lexicon import NamedMember, Token
from pipeline.proofread.resolve_metric import Ambiguous, MetricReading, count_metric, organised
from pipeline.proofread.subject_stack import overlay

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

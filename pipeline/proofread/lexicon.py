"""Cuts a text into known words: names of the warehouse, words of reports, numbers, marks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pipeline.metrics.definitions import Metrics
from pipeline.numbers import narrow
from pipeline.proofread.figure_index import FigureIndex
from pipeline.proofread.numbers import Number, find
from pipeline.proofread.phrases import words

MARKS = "。！？!?;,"


@dataclass(frozen=True)
class NamedMember:
    """What a name means: its dimensions, and the one it is a member of."""

    level: str
    dims: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Token:
    """A piece of text and the roles it can play; a number, a mark, or unknown characters."""

    start: int
    end: int
    text: str
    roles: dict[str, Any] = field(default_factory=dict)
    number: Number | None = None

    def has(self, *roles: str) -> bool:
        return any(role in self.roles for role in roles)


class Lexicon:
    """The words of reports and the names of one warehouse."""

    def __init__(self, warehouse: FigureIndex) -> None:
        self.roles: dict[str, dict[str, Any]] = defaultdict(dict)
        _add_words(self)
        _add_metrics(self, warehouse.metrics)
        _add_members(self, warehouse)
        self.longest = max(map(len, self.roles))
        self.everyday = set(words()["lexicon"]["everyday"])

    def add(self, names: Iterable[str], role: str, value: Any = True) -> None:
        for name in names:
            if name:
                self.roles[narrow(name)].setdefault(role, value)

    def add_member(self, names: Iterable[str], member: NamedMember) -> None:
        """A name of two members (a street of two districts) stays undecided: both are kept."""
        for name in filter(None, names):
            known = self.roles[narrow(name)].setdefault("member", [])
            if member not in known:
                known.append(member)

    def tokens(self, text: str) -> list[Token]:
        """Return the tokens of a paragraph in order, without gaps."""
        flat = narrow(text)
        numbers = {number.start: number for number in find(text)}
        found: list[Token] = []
        at = 0
        while at < len(flat):
            if at in numbers:
                number = numbers[at]
                found.append(Token(at, number.end, number.text, {}, number))
            elif flat[at] in MARKS:
                found.append(Token(at, at + 1, flat[at], {"mark": True}))
            else:
                end = self._match(flat, at, numbers)
                roles = self.roles.get(flat[at:end], {}) if end > at else {"unknown": True}
                found.append(Token(at, max(end, at + 1), flat[at : max(end, at + 1)], roles))
            at = found[-1].end
        return found

    def _match(self, flat: str, at: int, numbers: dict[int, Number]) -> int:
        """Return the end of the longest known word at `at`; `at` itself where there is none."""
        limit = next((n for n in range(at + 1, at + self.longest + 1) if n in numbers), None)
        after = words()["lexicon"]["class_words"]
        for size in range(min(self.longest, (limit or len(flat)) - at), 0, -1):
            word = flat[at : at + size]
            if word not in self.roles:
                continue
            if word in self.everyday and not (
                flat.startswith((*after, "、"), at + size) or flat[at - 1 : at] == "、"
            ):
                continue
            return at + size
        return at


def _add_words(lexicon: Lexicon) -> None:
    phrases = words()
    lex, measure = phrases["lexicon"], phrases["measure"]
    for role in (
        "districts", "total", "whole_year", "that_month", "frame_open", "frame_close",
        "respectively", "each", "rest", "base", "period_base", "base_before_year", "up", "down",
        "reach", "largest", "smallest", "month_word", "vague", "request_general", "request_typed",
        "list_marks", "after_month", "within", "cause_open", "cause_close", "place", "handled",
        "counted",
    ):  # fmt: skip
        lexicon.add(lex[role], role)
    for role in ("share", "share_zone", "share_of_year"):
        lexicon.add(measure[role], role)
    for tag, names in phrases["of"].items():
        lexicon.add(names, "of", tag)
    lexicon.add(phrases["filler"]["words"], "filler")
    lexicon.add(phrases["filler"]["punctuation"] + "()[]", "space")
    for dimension, table in phrases["members"].items():
        for member, names in table.items():
            lexicon.add_member(names, NamedMember(dimension, ((dimension, member),)))
    for member, names in lex["rate_of_handling"].items():
        lexicon.add_member(names, NamedMember("handling", (("handling", member),)))
        lexicon.add(names, "share")


def _add_metrics(lexicon: Lexicon, metrics: Metrics) -> None:
    """Names of metrics: of a ratio (解决率), or of a count over something (万人承办量)."""
    for name, metric in metrics.items():
        lexicon.add(metric.words, "rate" if metric.is_ratio else "level", name)
        if metric.statistic is not None:
            # A number beside such a name that no rule binds is not understood.
            lexicon.add(metric.statistic.names, "unknown")


def _add_members(lexicon: Lexicon, warehouse: FigureIndex) -> None:
    """Names of the registers; a bare 区 is left to the words, it may mean all districts."""
    tables = warehouse.registers
    dims: tuple[tuple[str, str], ...]
    for row in tables["member"]:
        # 是 of a flag and 区 of a unit type are everyday words: single characters are no names.
        if len(row["member"]) > 1 and row["member"] not in ("其他", "诉求"):
            dims = ((row["dimension"], row["member"]),)
            lexicon.add_member([row["member"]], NamedMember(row["dimension"], dims))
    for row in tables["scope"]:
        lexicon.add([row["title"], row["excluded"]], "filler")
    for row in tables["category"]:
        names = [row["category"], *row["aliases"].split("|")]
        lexicon.add_member(names, NamedMember("category", (("category", row["category"]),)))
    for row in tables["subcategory"]:
        dims = (("category", row["category"]), ("subcategory", row["subcategory"]))
        lexicon.add_member([row["subcategory"]], NamedMember("subcategory", dims))
    for row in tables["district"]:
        district = row["district"]
        names = [district, district.removesuffix("区") if len(district) > 2 else ""]
        lexicon.add_member(names, NamedMember("district", (("district", district),)))
        lexicon.add_member([row["region"]], NamedMember("region", (("region", row["region"]),)))
    for row in tables["unit"]:
        if row["unit_type"] not in ("区", "街乡镇", ""):
            dims = (("unit_type", row["unit_type"]), ("unit", row["unit"]))
            names = [row["unit"], *row["aliases"].split("|")]
            lexicon.add_member(names, NamedMember("unit", dims))
    for row in tables["street"]:
        dims = (
            ("unit_type", "街乡镇"), ("district", row["district"]), ("street", row["street"]),
        )  # fmt: skip
        for name in filter(None, [row["street"], *row["aliases"].split("|")]):
            lexicon.add_member([name, row["district"] + name], NamedMember("street", dims))

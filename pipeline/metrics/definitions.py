"""What each metric is outside SQL, as data/reference/metric.toml says: read once, used by all.

The words go to ref.metric, and `recount` makes SQL on the records of an entry. A home's own
metric.toml adds metrics (and bases) or says one anew.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import duckdb
from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.db import create_rows
from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home
from pipeline.reference import read_rows

# Column -> the members whose rows count; a text instead names those of a reference table that have
# a flag: `praise_form.is_counted`.
Filter = dict[str, list[str | bool] | str]
# The metric that counts all records.
RECORD_COUNT = "record_count"
# An entity that no rows have: what records cannot give.
NOBODY = "-"
_WORDS_ALONE = "指标只有名称,没有定义"
WORDS = ("label", "unit", "numerator", "denominator", "definition", "section")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dimension(_Entry):
    """A part of the key: its title, and its column of core.record where that has another name."""

    title: str
    column: str = ""


class Base(_Entry):
    """The rows that a family of metrics is about; see metric.toml.

    `entity` is empty for records. `is_place`: districts are those where the matter is;
    `is_recoded`: categories are those of the publication that the convention names.
    """

    table: str = "core.record"
    entity: str = ""
    scope: dict[str, str] = Field(default_factory=dict)
    filter: Filter = Field(default_factory=dict)
    where: str = ""
    when: dict[str, Filter] = Field(default_factory=dict)
    column: dict[str, str] = Field(default_factory=dict)
    sample: list[str] = Field(default_factory=list)
    is_place: bool = False
    is_recoded: bool = False


class Term(_Entry):
    """Rows in a weighted sum; `weight` is a column of the metric's table of weights, else 1."""

    filter: Filter
    weight: str = ""


class Statistic(_Entry):
    """How drafts name a count of the whole, by year alone: `after` are names only right after a
    number (53万人来电), `units` those of the number."""

    names: list[str]
    after: list[str] = Field(default_factory=list)
    units: list[str] = Field(default_factory=lambda: ["件", "件次"])


class Metric(_Entry):
    """One metric: its words, its meaning, and where documents have it.

    A count has `base`, and what narrows it: `filter`, `but` (column -> members left out), `where`
    (SQL) and `months`. What is no count of rows has an `aggregate` of them, over `divisor`. A share
    has `part`: its denominator forgets that dimension (`period`: the month within its year), and
    with `is_known` the rows in which that is unknown. A sum has `terms` over all rows of the base,
    or `combine`: other metrics with a sign (1, -1) or, as a mean, by weight, times `factor`;
    `weights` is the reference table of the weights, one row a convention.

    Other metrics are named by `of` and `over` (with `over_filter`), or `of` and `per`: times
    `factor` over what no rows give; by `change_of` (`against` the year before or the period before;
    `is_daily`: of a mean day; `is_of_whole`: over the count that is not cut) and by `before_of`:
    the same a year before. `apart`: why no table of counts decides it.

    `columns`: columns of printed tables that show it, beside one of its own name. `words`: its
    names in drafts; `statistic`: those of a count that has no cuts; `not_with`: words that argue
    against it; `wholes`: cut -> the wholes of a share that a draft may name; `wide_cuts`: cuts of
    which drafts print wider scopes too.
    """

    name: str
    label: str
    unit: str
    numerator: str = ""
    denominator: str = "1"
    definition: str = ""
    section: str = ""

    base: str = ""
    filter: Filter = Field(default_factory=dict)
    but: dict[str, list[str | bool]] = Field(default_factory=dict)
    where: str = ""
    months: list[int] = Field(default_factory=list)
    aggregate: str = ""
    divisor: str = ""
    part: str | list[str] = ""
    is_known: bool = False
    terms: list[Term] = Field(default_factory=list)
    combine: dict[str, Literal[1, -1] | str] = Field(default_factory=dict)
    weights: str = ""
    of: str = ""
    over: str = ""
    over_filter: Filter = Field(default_factory=dict)
    per: str = ""
    factor: int = 1
    change_of: str = ""
    against: Literal["year", "previous"] = "year"
    is_daily: bool = False
    is_of_whole: bool = False
    before_of: str = ""
    apart: str = ""

    columns: list[str] = Field(default_factory=list)
    words: list[str] = Field(default_factory=list)
    statistic: Statistic | None = None
    not_with: list[str] = Field(default_factory=list)
    wholes: dict[str, list[str]] = Field(default_factory=dict)
    wide_cuts: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_one_meaning(self) -> "Metric":
        meant = [self.base, self.of, self.combine, self.change_of, self.before_of]
        if sum(map(bool, meant)) > 1 or not (any(meant) or self.apart):
            raise ValueError("one of base, of, combine, change_of, before_of (or apart alone)")
        if bool(self.of) != bool(self.over or self.per):
            raise ValueError("of needs over or per")
        return self

    @property
    def others(self) -> list[str]:
        """The metrics that this one is made of."""
        named = [self.of, self.over, self.change_of, self.before_of, *self.combine]
        return [name for name in named if name]

    @property
    def is_change(self) -> bool:
        """Whether it holds a period against another one, and not as a part of the whole."""
        return bool(self.change_of) and not self.is_of_whole

    @property
    def is_ratio(self) -> bool:
        """Whether it is printed in percent."""
        return self.unit == "比率"

    @property
    def is_compared(self) -> bool:
        """Whether it reads another period, over the days that both have."""
        return bool(self.change_of or self.before_of)

    @property
    def is_signed(self) -> bool:
        """Whether it may be below zero."""
        return bool(self.change_of) or any(
            isinstance(factor, int) and factor < 0 for factor in self.combine.values()
        )

    @property
    def is_count(self) -> bool:
        """Whether it counts rows, all of its base or some."""
        made = (self.aggregate, self.part, self.terms, self.apart)
        return bool(self.base) and not any(made)


class Metrics(Mapping[str, Metric]):
    """The metrics of a home by name, in the order of the file."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.scope: dict[str, str] = data.get("scope", {})
        self.per: dict[str, str] = data.get("per", {})
        self.weights: dict[str, str] = data.get("weights", {})
        self.dimensions = {
            name: Dimension(**cells) for name, cells in data.get("dimension", {}).items()
        }
        self.bases = {name: Base(**cells) for name, cells in data.get("base", {}).items()}
        self._entries = {
            name: Metric(name=name, **cells) for name, cells in data.get("metric", {}).items()
        }
        for metric in self.values():
            self._check(metric)

    def _check(self, metric: Metric) -> None:
        for other in metric.others:
            if other not in self:
                raise ValueError(f"{metric.name}: no metric {other}")
        if metric.base and metric.base not in self.bases:
            raise ValueError(f"{metric.name}: no base {metric.base}")
        if metric.per and metric.per not in self.per:
            raise ValueError(f"{metric.name}: nothing to divide by of the name {metric.per}")
        if metric.weights and metric.weights not in self.weights:
            raise ValueError(f"{metric.name}: no table of weights {metric.weights}")
        seen, name = {metric.name}, next(iter(metric.others), "")
        while name and name not in seen:
            seen.add(name)
            name = next(iter(self[name].others), "")
        if name:
            raise ValueError(f"{metric.name} is made of itself")

    def __getitem__(self, name: str) -> Metric:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def base_of(self, name: str) -> Base | None:
        """Return whose rows a metric is about; None for what rows cannot give."""
        metric = self[name]
        if metric.base:
            return self.bases[metric.base]
        return self.base_of(metric.others[0]) if metric.others else None

    def entity_of(self, name: str) -> str:
        """Return the entity whose rows a metric counts: empty for records, `-` for nobody's."""
        base = self.base_of(name)
        return NOBODY if base is None else base.entity

    def title(self, part: str) -> str:
        """Return what a part of the key is called."""
        return self.dimensions[part].title if part in self.dimensions else part

    @cached_property
    def plain_counts(self) -> list[str]:
        """The metrics that count all records of a base as the city sorts them."""
        return [name for name in self if self._is_plain(self[name])]

    def _is_plain(self, metric: Metric) -> bool:
        if not metric.is_count or metric.filter or metric.but or metric.where or metric.months:
            return False
        base = self.bases[metric.base]
        return not (base.entity or base.where or base.is_recoded)

    @cached_property
    def statistics(self) -> dict[str, Statistic]:
        """The counts that drafts name in the whole alone."""
        return {name: m.statistic for name, m in self.items() if m.statistic is not None}

    def is_recoded(self, name: str) -> bool:
        """Return whether its categories are those of another publication."""
        base = self.base_of(name)
        return base is not None and base.is_recoded

    def is_share(self, name: str) -> bool:
        """Return whether it is one member's part of all records of a base."""
        base = self.base_of(name)
        is_of_records = base is not None and not (base.entity or base.where)
        return is_of_records and bool(self[name].part) and not self[name].filter

    def members_named(self, column: str) -> list[str]:
        """Return the members of a column that weighted sums distinguish."""
        filters = [term.filter for metric in self.values() for term in metric.terms]
        named = [member for one in filters for member in one.get(column, [])]
        return [*dict.fromkeys(str(member) for member in named)]

    def growth_of(self, name: str) -> str:
        """Return the metric of a count's change on the year before, or nothing."""
        return self._changing(name, lambda m: not (m.is_of_whole or m.is_daily))

    def is_wide(self, name: str, cut: str) -> bool:
        """Return whether documents print it, by this cut, of wider scopes too."""
        metric = self[name]
        return cut in (self[metric.change_of] if metric.is_change else metric).wide_cuts

    def part_of_whole(self, name: str) -> str:
        """Return the metric of a count's part of all records, or nothing."""
        found = (n for n, m in self.items() if m.of == name and m.over and not m.part)
        return next(found, "")

    def contribution_of(self, name: str) -> str:
        """Return the metric of what the change of a count adds to the whole's, or nothing."""
        return self._changing(name, lambda m: m.is_of_whole)

    def _changing(self, name: str, holds: Callable[[Metric], bool]) -> str:
        found = (n for n, m in self.items() if m.change_of == name and m.against == "year")
        return next((n for n in found if holds(self[n])), "")

    @property
    def columns(self) -> dict[str, str]:
        """Column of printed tables -> the metric it shows."""
        named = {column: name for name, metric in self.items() for column in metric.columns}
        return {**{name: name for name in self}, **named}

    def rows(self) -> list[dict[str, str]]:
        """Return the words of each metric and whose rows it counts: the rows of ref.metric."""
        return [
            {
                "metric": name,
                **{word: getattr(metric, word) for word in WORDS},
                "entity": self.entity_of(name),
            }
            for name, metric in self.items()
        ]


# The columns of ref.metric
COLUMNS = ("metric", *WORDS, "entity")


def create_table(con: duckdb.DuckDBPyConnection, home: Home) -> str:
    """Create ref.metric from the home's definitions; return its name."""
    rows = [[row[name] or None for name in COLUMNS] for row in metrics_of(home).rows()]
    create_rows(con, "ref.metric", dict.fromkeys(COLUMNS, "VARCHAR"), rows)
    return "ref.metric"


def metrics_of(home: Home) -> Metrics:
    """Return the metrics of a home; raises HotlineError USAGE for a faulty file."""
    files = tuple(home.metric_files().values())
    return _read(files, tuple(path.stat().st_mtime_ns for path in files))


def shipped() -> Metrics:
    """Return the metrics of the repository."""
    return metrics_of(Home())


@cache
def _read(files: tuple[Path, ...], _: tuple[int, ...]) -> Metrics:
    data: dict[str, Any] = {}
    found = Metrics(data)
    for path in files:
        try:
            for table, entries in _tables(path, data.get("metric", {})).items():
                data[table] = {**data.get(table, {}), **entries}
            found = Metrics(data)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            reason = " ".join(str(error).split())
            raise HotlineError(
                f"指标定义 data/reference/{path.name} 有误({reason});请改正后再试", USAGE
            ) from error
    return found


def _tables(path: Path, known: dict[str, Any]) -> dict[str, Any]:
    """Return the tables of a file; a CSV, the older form, has words alone."""
    if path.suffix == ".toml":
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    named = {}
    for row in read_rows(path, ("metric",)):
        words = {word: row[word] for word in WORDS if row.get(word)}
        name = row["metric"]
        unknown = {"label": name, "unit": "", "apart": _WORDS_ALONE}
        named[name] = {**known.get(name, unknown), **words}
    return {"metric": named}

"""Count tables to record-level codes: every table is dealt to the records, none is sampled.

The records of a shell start as the cells of `type`, repeated. Each later table shares a margin
with the columns already there, so its cells are dealt, in a seeded random order, to the records
of each shared cell. Group counts of the result therefore equal every table exactly, and what no
table ties together is independent within the shared cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.constraints.chain import DIRECT, DISTRICT_UNIT, STREET_UNIT, UNKNOWN
from pipeline.errors import CHECK_FAILED, HotlineError
from pipeline.simulate.solve.counts import Solution

# Repeat callers: caller = D * u ** SKEW, so that the busiest thousandth makes about a tenth of
# the repeat calls, as the frequent callers of a hotline do.
SKEW = 3
YES = "是"
# How good an outcome is: an order of outcomes, in which months lean. No weight of a rate.
RESOLUTIONS = {"解决": 1.0, "部分解决": 0.4}
SATISFACTIONS = {"满意": 1.0, "基本满意": 0.9, "未评价": 0.3}


@dataclass(frozen=True)
class Coded:
    """One column: small integer codes per record, and the members that they mean."""

    codes: np.ndarray
    members: tuple[str, ...]

    def texts(self) -> np.ndarray:
        """The members per record (for small inputs and tests)."""
        return np.array(self.members, dtype=object)[self.codes]


@dataclass(frozen=True)
class Records:
    """All records of a year as codes.

    `columns`: category, record_type, month, handling, unit_type, district, epidemic, channel,
    desk, subcategory, unit, street (`district/street`), place_district, platform, praise_form,
    outcome, shell; `?` where a column does not apply. `caller` numbers the callers from 0, each at
    least once; `hops` is the number of earlier dispatches; `by_month` maps a month (1..12) to the
    positions of its records.
    """

    year: int
    columns: dict[str, Coded]
    caller: np.ndarray
    hops: np.ndarray
    by_month: dict[int, np.ndarray]

    @property
    def count(self) -> int:
        """Number of records."""
        return len(self.caller)

    def rows(self, month: int) -> int:
        """Rows that the dump has for a month: one per record and dispatch."""
        at = self.by_month[month]
        return len(at) + int(self.hops[at].sum())


class _Vocabulary:
    """Members of every dimension of one year; code 0 is always `?`."""

    def __init__(self, solution: Solution, year: int) -> None:
        found: dict[str, set[str]] = {}
        for (name, y, _), table in solution.tables.items():
            if y != year:
                continue
            for dim in table.dims:
                if name == "street" and dim == "street":
                    values = set(table.keys["district"] + "/" + table.keys["street"])
                else:
                    values = set(table.keys[dim])
                found.setdefault(dim, set()).update(values)
        found["shell"] = {str(n) for n in range(1 + max(solution.shells(year)))}
        self.members = {
            dim: (UNKNOWN, *sorted(values - {UNKNOWN})) for dim, values in found.items()
        }
        self._index = {
            dim: {member: code for code, member in enumerate(members)}
            for dim, members in self.members.items()
        }

    def codes(self, dim: str, values: list[str]) -> np.ndarray:
        """Codes of `values`, in the smallest type that holds the dimension."""
        index = self._index[dim]
        kind = np.uint8 if len(index) <= 256 else np.uint16
        return np.array([index[value] for value in values], dtype=kind)


@dataclass(frozen=True)
class Tendencies:
    """What ties columns together within the cells that the tables leave open.

    `epidemic`: (category, subcategory) pairs that epidemic records fall to first; `months`:
    month -> how far its outcomes lean to the good, as a share of the records, 0 for none.
    """

    epidemic: frozenset[tuple[str, str]] = frozenset()
    months: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Cells:
    """One count table as codes: a code array per dimension, and the counts."""

    label: str
    codes: dict[str, np.ndarray]
    counts: np.ndarray

    def repeat(self, dim: str) -> np.ndarray:
        return np.repeat(self.codes[dim], self.counts)


def expand(
    solution: Solution,
    year: int,
    *,
    seed: int,
    caller_share: float,
    dispatch_shares: Sequence[float],
    leanings: Tendencies | None = None,
) -> Records:
    """Return all records of `year` as codes.

    `caller_share`: distinct callers per record (0..1]; `dispatch_shares`: shares of the
    dispatched records that have 1, 2, 3 ... dispatches. Raises HotlineError when two tables
    disagree on a margin that they share.
    """
    rng = np.random.default_rng([seed, year])
    vocabulary = _Vocabulary(solution, year)
    parts = [
        _expand_shell(solution, year, shell, vocabulary, leanings or Tendencies(), rng)
        for shell in solution.shells(year)
    ]
    columns = {}
    for name in list(parts[0]):
        codes = np.concatenate([part.pop(name) for part in parts])
        columns[name] = Coded(codes, vocabulary.members[name])
    count = len(columns["category"].codes)
    is_dispatched = np.array([h != DIRECT for h in columns["handling"].members])
    dispatched = np.flatnonzero(is_dispatched[columns["handling"].codes])
    return Records(
        year=year,
        columns=columns,
        caller=_callers(count, caller_share, rng),
        hops=_hops(count, dispatched, dispatch_shares, rng),
        by_month=_by_month(columns["month"]),
    )


def _expand_shell(
    solution: Solution,
    year: int,
    shell: int,
    vocabulary: _Vocabulary,
    leanings: Tendencies,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Columns of one shell, as code arrays."""

    def cells(name: str) -> _Cells:
        table = solution.table(name, year, shell)
        keys = table.keys
        codes = {}
        for dim in table.dims:
            pair = name == "street" and dim == "street"
            values = keys["district"] + "/" + keys["street"] if pair else keys[dim]
            codes[dim] = vocabulary.codes(dim, values.tolist())
        return _Cells(f"{name} {year}/{shell}", codes, table.counts)

    kinds = cells("type")
    columns = {dim: kinds.repeat(dim) for dim in kinds.codes}
    deal = _Dealer(columns, rng)
    deal(cells("hand"), ("category", "record_type"))
    deal(cells("base"), ("category", "handling"))
    subs = cells("sub")
    deal(subs, ("category", "month"), ranks=_epidemic_ranks(columns, subs, vocabulary, leanings))
    deal(cells("place"), ("record_type", "district"))
    deal(cells("platform"), ("channel",))
    deal(cells("praise"), ("record_type",))

    units = vocabulary.members["unit_type"]
    own_name = np.array([u not in (UNKNOWN, DISTRICT_UNIT, STREET_UNIT) for u in units])
    deal(cells("unit"), ("category", "unit_type"), own_name[columns["unit_type"]])
    is_street = np.array([u == STREET_UNIT for u in units])
    deal(cells("street"), ("district",), is_street[columns["unit_type"]])
    is_direct = np.array([h == DIRECT for h in vocabulary.members["handling"]])
    dispatched = ~is_direct[columns["handling"]]
    deal(cells("outcome"), ("category", "unit_type", "district", "epidemic"), dispatched)
    _lean_by_month(columns, np.flatnonzero(dispatched), vocabulary, leanings, rng)
    code = vocabulary.codes("shell", [str(shell)])
    columns["shell"] = np.full(len(columns["category"]), code[0])
    return columns


def _epidemic_ranks(
    columns: dict[str, np.ndarray], subs: _Cells, vocabulary: _Vocabulary, leanings: Tendencies
) -> tuple[np.ndarray, np.ndarray] | None:
    """Who is dealt first: epidemic records, and the sub-categories that fit them."""
    if not leanings.epidemic:
        return None
    flag = np.array([m == YES for m in vocabulary.members["epidemic"]])
    categories, names = vocabulary.members["category"], vocabulary.members["subcategory"]
    pairs = zip(subs.codes["category"], subs.codes["subcategory"], strict=True)
    fits = np.array([(categories[c], names[s]) in leanings.epidemic for c, s in pairs], dtype=bool)
    return (~flag[columns["epidemic"]]).astype(np.uint8), (~fits).astype(np.uint8)


def _lean_by_month(
    columns: dict[str, np.ndarray],
    at: np.ndarray,
    vocabulary: _Vocabulary,
    leanings: Tendencies,
    rng: np.random.Generator,
) -> None:
    """Swap the outcomes of called-back records within their cells, the better to later months.

    Every table keeps its counts, since only records of one (category, unit_type, district,
    epidemic) change places; what moves is the share of good outcomes by month.
    """
    if not any(leanings.months.values()):
        return
    goodness = np.array([_goodness(member) for member in vocabulary.members["outcome"]])
    at = at[goodness[columns["outcome"][at]] >= 0]
    group = np.zeros(len(at), dtype=np.uint32)
    for dim in ("category", "unit_type", "district", "epidemic"):
        group = group * len(vocabulary.members[dim]) + columns[dim][at]
    lean = np.array([leanings.months.get(m, 0.0) for m in vocabulary.members["month"]])
    score = rng.random(len(at), dtype=np.float32) + lean[columns["month"][at]]
    outcome = columns["outcome"][at]
    noise = rng.random(len(at), dtype=np.float32)
    by_score = np.lexsort((score, group))
    by_goodness = np.lexsort((noise, goodness[outcome], group))
    columns["outcome"][at[by_score]] = outcome[by_goodness]


def _goodness(outcome: str) -> float:
    """How good an outcome `valid|contacted|resolution|satisfaction` is; -1 without a call-back."""
    parts = outcome.split("|")
    if len(parts) < 4 or parts[0] != YES:
        return -1.0
    return RESOLUTIONS.get(parts[2], 0.0) + SATISFACTIONS.get(parts[3], 0.0)


class _Dealer:
    """Adds the columns of one table after another to the records of a shell."""

    def __init__(self, columns: dict[str, np.ndarray], rng: np.random.Generator) -> None:
        self.columns = columns
        self.rng = rng

    def __call__(
        self,
        cells: _Cells,
        shared: tuple[str, ...],
        only: np.ndarray | None = None,
        ranks: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> None:
        """Deal `cells` to the records (those of the mask `only`) within the `shared` columns.

        `ranks` of the records and of the cells (0 or 1) say who is dealt first among equals.
        """
        at = None if only is None else np.flatnonzero(only)
        taken = [self.columns[dim] if at is None else self.columns[dim][at] for dim in shared]
        group, cell_group = _joint(taken, [cells.codes[dim] for dim in shared])
        dealt = _deal(group, cell_group, cells, self.rng, ranks)
        for dim, codes in cells.codes.items():
            if dim in shared:
                continue
            if at is None:
                self.columns[dim] = codes[dealt]
            else:
                self.columns[dim] = np.zeros(len(self.columns["category"]), dtype=codes.dtype)
                self.columns[dim][at] = codes[dealt]


def _joint(records: list[np.ndarray], cells: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """One group code for several columns: of the records, and of the cells."""
    group, cell_group = records[0].astype(np.uint16), cells[0].astype(np.uint16)
    for record, cell in zip(records[1:], cells[1:], strict=True):
        width = int(max(record.max(initial=0), cell.max(initial=0))) + 1
        # 16 bits keep the stable sort a radix sort, which is what makes 11 million rows cheap.
        if (int(max(group.max(initial=0), cell_group.max(initial=0))) + 1) * width > 1 << 16:
            raise HotlineError("计数表的维度组合超过 65536,无法展开;请合并类别", CHECK_FAILED)
        group = group * np.uint16(width) + record
        cell_group = cell_group * np.uint16(width) + cell
    return group, cell_group


def _deal(
    group: np.ndarray,
    cell_group: np.ndarray,
    cells: _Cells,
    rng: np.random.Generator,
    ranks: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """Cell number per record: each cell as often as it counts, within its group, shuffled."""
    groups = int(max(group.max(initial=0), cell_group.max(initial=0))) + 1
    have = np.bincount(group, minlength=groups)
    want = np.zeros(groups, dtype=np.int64)
    np.add.at(want, cell_group, cells.counts)
    wrong = np.flatnonzero(have != want)
    if len(wrong):
        first = int(wrong[0])
        raise HotlineError(
            f"计数表 {cells.label} 与前面的表在 {len(wrong)} 个共有格上不一致"
            f"(例如第 {first} 格:{int(have[first])} 与 {int(want[first])});请重新求解",
            CHECK_FAILED,
        )
    kind = np.uint16 if len(cells.counts) <= 1 << 16 else np.uint32
    by_group = np.argsort(cell_group, kind="stable")
    deck = np.repeat(by_group.astype(kind), cells.counts[by_group])
    ends = np.cumsum(want)
    alone = np.bincount(cell_group, minlength=groups) <= 1
    for number in np.flatnonzero(~alone):
        rng.shuffle(deck[ends[number] - want[number] : ends[number]])
    if ranks is not None:
        # Stable sorts keep the shuffle among equals.
        group = group * np.uint16(2) + ranks[0]
        wanted = cell_group * np.uint16(2) + ranks[1]
        deck = deck[np.argsort(wanted[deck], kind="stable")]
    if len(group) and np.all(group[1:] >= group[:-1]):
        return deck
    dealt = np.empty(len(group), dtype=kind)
    dealt[np.argsort(group, kind="stable")] = deck
    return dealt


def _callers(count: int, share: float, rng: np.random.Generator) -> np.ndarray:
    """Caller number per record: exactly round(count * share) distinct, repeat calls skewed."""
    distinct = min(count, max(1, round(count * share))) if count else 0
    repeat = (distinct * rng.random(count - distinct, dtype=np.float32) ** SKEW).astype(np.int32)
    caller = np.concatenate([np.arange(distinct, dtype=np.int32), repeat])
    np.minimum(caller, max(distinct - 1, 0), out=caller)
    rng.shuffle(caller)
    return caller


def _hops(
    count: int, dispatched: np.ndarray, shares: Sequence[float], rng: np.random.Generator
) -> np.ndarray:
    """Earlier dispatches per record; how many records have 1, 2 ... of them is not random."""
    hops = np.zeros(count, dtype=np.uint8)
    numbers = [round(len(dispatched) * share) for share in shares[1:]]
    chosen = dispatched[rng.choice(len(dispatched), sum(numbers), replace=False)]
    hops[chosen] = np.repeat(np.arange(1, len(numbers) + 1, dtype=np.uint8), numbers)
    return hops


def _by_month(month: Coded) -> dict[int, np.ndarray]:
    """Month number -> positions of its records."""
    order = np.argsort(month.codes, kind="stable").astype(np.int32)
    ends = np.cumsum(np.bincount(month.codes, minlength=len(month.members)))
    result = {}
    for code, member in enumerate(month.members):
        start = int(ends[code - 1]) if code else 0
        if ends[code] > start:
            result[int(member)] = order[start : int(ends[code])]
    return dict(sorted(result.items()))

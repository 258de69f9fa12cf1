"""Queries to paste into a notebook, with the key of a figure or a claim filled in.

`select_figure` asks metric.figure for one figure. A claim is asked twice: `from_figures` asks
metric.figure, `from_records` counts it again from the records.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline import ledger
from pipeline.db import literal
from pipeline.entity import DEFAULT
from pipeline.metrics.definitions import Metrics, shipped
from pipeline.metrics.rule import Rule, count, rule_of

Month = tuple[int, int]


@dataclass(frozen=True)
class Query:
    """One SELECT to paste into a notebook.

    A claim on one figure gives one row, one on the members of a dimension a row per `member`;
    columns `numerator`, `denominator`, and `record_count` where it reads records.
    """

    sql: str


@dataclass(frozen=True)
class RecordQuery(Query):
    """A query for the rows of a figure: its table and entity, the months it reads, and the
    filter of the rows that count; `sample` are the columns that may be shown of them."""

    months: tuple[Month, ...]
    where: str
    table: str = "core.record"
    entity: str = DEFAULT
    sample: tuple[str, ...] = ()


def select_figure(key: Mapping[str, Any]) -> str:
    """Return the SELECT of the figure that has this key, to paste into a notebook."""
    tests = [f"{name} = {literal(str(value))}" for name, value in key.items()]
    return _select_figures(tests, [])


def _select_figures(tests: list[str], more: list[str], *, member: str = "", order: str = "") -> str:
    """Return the SELECT of the figures that pass the tests; `more` are columns beside the value."""
    columns = [*([f"{member} AS member"] if member else []), "numerator", "denominator", "value"]
    select = f"SELECT {', '.join([*columns, *more])}"
    ordered = [f"ORDER BY {order}"] if order else []
    return _text([select, "FROM metric.figure", *_where(tests), *ordered])


def from_figures(claim: dict[str, Any]) -> Query:
    """Return the claim's question to the metric table."""
    dimension = claim["dimension"]
    forgotten = {"district", "street"} if dimension == "street" else {dimension}
    tests = [f"{name} = {literal(claim[name])}" for name in ledger.KEY if name not in forgotten]
    if not dimension:
        return Query(_select_figures(tests, ["is_partial"]))
    if dimension == "period":
        member = "period"
        tests.append(_periods(claim, "substring(period, 1, 4)"))
    else:
        # Two districts have a street of the same name: a street is named by both.
        member = "district || '/' || street" if dimension == "street" else dimension
        tests += [f"{name} NOT IN ('*', '?')" for name in ledger.KEY if name in forgotten]
    order = _order(claim, "value")
    return Query(_select_figures(tests, ["is_partial"], member=member, order=order))


def from_records(
    claim: dict[str, Any],
    loaded: Iterable[Month],
    missing: Iterable[date] = (),
    metrics: Metrics | None = None,
) -> RecordQuery | None:
    """Return the claim's question to core.record (or its entity's table), or None for what records
    cannot give.

    `loaded` are the months that the warehouse holds, `missing` the days of them whose records are
    missing: a comparison of two periods leaves out what one of them lacks; `metrics` are those of
    the home. The metric tables are not read, so that the two answers check each other.
    """
    metrics = shipped() if metrics is None else metrics
    rule = rule_of(metrics, claim)
    if rule is None:
        return None
    scopes = rule.base.scope or metrics.scope
    if claim["scope"] not in scopes:
        return None
    window = _Window.of(claim, rule, set(loaded), set(missing))
    common, parts = _tests(claim, rule)
    common = [*window.tests, *_scope_tests(scopes[claim["scope"]]), *common]
    parts = [*window.parts, *parts]
    numerator, denominator = _sides(claim, rule, parts, window.days)
    dimension = claim["dimension"]
    if dimension:
        sql = _by_member(claim, rule, (numerator, denominator), common, bool(parts))
    else:
        columns = [
            f"    {numerator} AS numerator,",
            f"    {denominator} AS denominator,",
            "    count(*) AS record_count",
        ]
        select = ["SELECT", *columns, f"FROM {rule.base.table}", *_where(common)]
        sql = _text([*_with(rule), *select])
    where = "\n    AND ".join([*common, *parts])
    entity = rule.base.entity or DEFAULT
    return RecordQuery(sql, window.months, where, rule.base.table, entity, tuple(rule.base.sample))


def _scope_tests(scope: str) -> list[str]:
    return [] if scope == "TRUE" else [scope]


@dataclass(frozen=True)
class _Window:
    """The months that a claim rests on, the tests for them, and the test of a part of them.

    `days` are how many days it compares, of the period and of the one before it.
    """

    months: tuple[Month, ...]
    tests: list[str]
    parts: list[str]
    days: tuple[int, int] = (0, 0)

    @classmethod
    def of(
        cls, claim: dict[str, Any], rule: Rule, loaded: set[Month], missing: set[date]
    ) -> "_Window":
        year, month = int(claim["period"][:4]), claim["period"][5:]
        years = _years(claim)
        tests = [_one_of("year", years)]
        parts: list[str] = []
        of = rule.months
        chosen = {key for key in loaded if key[0] in years}
        if rule.is_previous:
            earlier, later = _with_previous(year, int(month))
            pairs = [(earlier, later)]
            tests = [_any_month([earlier, later]), *_same_days(pairs, missing)]
            months = tuple(key for key in (earlier, later) if key in loaded)
            return cls(months, tests, [], _day_counts(pairs, missing))
        days = (0, 0)
        if rule.is_compared or rule.is_before:
            shared = {m for y, m in loaded if y == year} & {m for y, m in loaded if y == year - 1}
            compared = [year - 1] if rule.is_before else [year - 1, year]
            chosen = {key for key in loaded if key[0] in compared}
            tests = [_one_of("year", compared)]
            if {key[1] for key in chosen} != shared:
                tests.append(_one_of("month", sorted(shared)))
            chosen = {key for key in chosen if key[1] in shared}
            wanted = of or ([int(month)] if month else shared)
            pairs = [((year - 1, m), (year, m)) for m in sorted(shared & {*wanted})]
            tests += _same_days(pairs, missing)
            days = _day_counts(pairs, missing)
        if of:
            tests.append(_one_of("month", of))
            chosen = {key for key in chosen if key[1] in of}
        elif month:
            (parts if rule.part == "period" else tests).append(f"month = {int(month)}")
            if rule.part != "period":
                chosen = {key for key in chosen if key[1] == int(month)}
        return cls(tuple(sorted(chosen)), tests, parts, days)


def _held(pair: tuple[Month, Month], missing: set[date]) -> list[set[int]]:
    """Return the days of each month of which records are there."""
    return [
        {n for n in range(1, monthrange(*key)[1] + 1) if date(*key, n) not in missing}
        for key in pair
    ]


def _lacks(pair: tuple[Month, Month], missing: set[date]) -> bool:
    return bool({(day.year, day.month) for day in missing} & set(pair))


def _day_counts(pairs: Iterable[tuple[Month, Month]], missing: set[date]) -> tuple[int, int]:
    """Return how many days are compared, of the later months and of the earlier ones."""
    this = before = 0
    for pair in pairs:
        earlier, later = _held(pair, missing)
        if _lacks(pair, missing):
            earlier = later = earlier & later
        this, before = this + len(later), before + len(earlier)
    return this, before


def _same_days(pairs: Iterable[tuple[Month, Month]], missing: set[date]) -> list[str]:
    """Return a test for each pair of months of which one misses days: the days that both have."""
    tests = []
    for pair in pairs:
        if _lacks(pair, missing):
            held = _held(pair, missing)
            days = ", ".join(map(str, sorted(held[0] & held[1]))) or "0"
            tests.append(
                f"NOT ({_any_month(pair)} AND extract(DAY FROM received_at) NOT IN ({days}))"
            )
    return tests


def _years(claim: dict[str, Any]) -> list[int]:
    """Return the report year, or the years that a claim compares."""
    if claim["dimension"] == "period" and claim["period_type"] == "year":
        return sorted({int(member) for member in claim["members"].split("|")})
    return [int(claim["period"][:4])]


def _tests(claim: dict[str, Any], rule: Rule) -> tuple[list[str], list[str]]:
    """Return the tests that every record passes, and those of a share's numerator alone."""
    part, dimension = rule.part, claim["dimension"]
    common, parts = list(rule.where), list(rule.part_where)
    for name in ledger.DIMENSIONS:
        is_listed = name == dimension or (dimension == "street" and name == "district")
        if claim[name] == "*" and not is_listed:
            continue
        common += rule.when.get(name, [])
        if name == part and rule.is_known:
            common.append(f"{rule.column(name)} <> '?'")
        if not is_listed:
            test = f"{rule.column(name)} = {literal(claim[name])}"
            (parts if name == part or rule.of_whole else common).append(test)
    common = [test.replace("{period}", literal(claim["period"])) for test in common]
    return list(dict.fromkeys(common)), list(dict.fromkeys(parts))


def _sides(
    claim: dict[str, Any], rule: Rule, parts: list[str], days: tuple[int, int]
) -> tuple[str, str]:
    """Return the aggregates of numerator and denominator; of a mean day by how many `days`."""
    year = int(claim["period"][:4])
    if rule.is_compared:
        this, before = (count([f"year = {one}", *parts]) for one in (year, year - 1))
        whole = count([f"year = {year - 1}"]) if rule.of_whole else before
        if rule.of_whole and claim["dimension"]:
            whole = f"sum({whole}) OVER ()"
        return _of_mean_day(rule, this, before, whole, days)
    if rule.is_previous:
        earlier, later = _with_previous(year, int(claim["period"][5:]))
        this, before = count([_any_month([later])]), count([_any_month([earlier])])
        return _of_mean_day(rule, this, before, before, days)
    numerator = _fill(claim, rule, rule.numerator or count(parts))
    denominator = _fill(claim, rule, rule.denominator)
    if claim["dimension"] and claim["dimension"] == rule.part:
        denominator = f"sum({denominator}) OVER ()"
    return numerator, denominator


def _of_mean_day(
    rule: Rule, this: str, before: str, whole: str, days: tuple[int, int]
) -> tuple[str, str]:
    """Return the change and what it is over; of a mean day where the rule says so."""
    if not rule.is_daily:
        return f"{this} - {before}", whole
    this_days, before_days = days
    return f"{before_days} * {this} - {this_days} * {before}", f"{this_days} * {whole}"


def _by_member(
    claim: dict[str, Any],
    rule: Rule,
    sides: tuple[str, str],
    common: list[str],
    has_parts: bool,
) -> str:
    shown = ["member NOT LIKE '%?%'"]
    # Nothing to divide by: new since last year, or no population. It has no figure either.
    shown += ["denominator > 0"] if rule.may_lack_whole else []
    # A member without a record in the part has no figure, so no place among the members.
    shown += ["numerator > 0"] if has_parts else []
    numerator, denominator = (side.replace("\n", "\n    ") for side in sides)
    return _text(
        [
            *_with(rule, "counted AS ("),
            "    SELECT",
            f"        {_member(claim, rule)} AS member,",
            f"        {numerator} AS numerator,",
            f"        {denominator} AS denominator,",
            "        sum(count(*)) OVER () AS record_count",
            f"    FROM {rule.base.table}",
            *[f"    {line}" for line in _where(common)],
            "    GROUP BY ALL",
            ")",
            "SELECT member, numerator, denominator, record_count",
            "FROM counted",
            *_where(shown),
            f"ORDER BY {_order(claim, 'numerator / denominator')}",
        ]
    )


def _member(claim: dict[str, Any], rule: Rule) -> str:
    dimension = claim["dimension"]
    if dimension == "street":
        columns = [rule.column(name) for name in ("district", "street")]
        return " || '/' || ".join(columns)
    if dimension != "period":
        return rule.column(dimension)
    if claim["period_type"] == "year":
        return "CAST(year AS VARCHAR)"
    return f"{literal(claim['period'][:4] + '-')} || lpad(CAST(month AS VARCHAR), 2, '0')"


def _fill(claim: dict[str, Any], rule: Rule, text: str) -> str:
    listed = claim["dimension"] == "district"
    district = rule.column("district") if listed else literal(claim["district"])
    return text.strip().replace("{year}", claim["period"][:4]).replace("{district}", district)


def _order(claim: dict[str, Any], value: str) -> str:
    """Return the order of members: by place, or by the calendar where a course is claimed."""
    if claim["dimension"] == "period" and claim["relation"] not in ledger.LIST_RELATIONS:
        return "member"
    return f"{value}{'' if claim['relation'] == 'smallest' else ' DESC'}, member"


def _periods(claim: dict[str, Any], year: str) -> str:
    years = [literal(str(one)) for one in _years(claim)]
    return f"{year} = {years[0]}" if len(years) == 1 else f"{year} IN ({', '.join(years)})"


def _with_previous(year: int, month: int) -> list[Month]:
    """Return the month before, and the month."""
    return [(year - 1, 12) if month == 1 else (year, month - 1), (year, month)]


def _any_month(months: Iterable[Month]) -> str:
    tests = [f"year = {year} AND month = {month}" for year, month in months]
    return tests[0] if len(tests) == 1 else "(" + " OR ".join(tests) + ")"


def _one_of(column: str, values: list[int]) -> str:
    if not values:
        return "FALSE"
    if len(values) == 1:
        return f"{column} = {values[0]}"
    return f"{column} IN ({', '.join(map(str, values))})"


def _with(rule: Rule, last: str = "") -> list[str]:
    """Return the WITH of a query: the rows of weights, and the beginning of the `last` part."""
    parts = [f"{name} AS ({select})" for name, select in rule.weights.items()]
    parts += [last] if last else []
    return ["WITH " + ",\n".join(parts)] if parts else []


def _where(tests: list[str]) -> list[str]:
    return [f"WHERE {tests[0]}", *(f"    AND {test}" for test in tests[1:])]


def _text(lines: list[str]) -> str:
    return "\n".join(lines)

"""Ledgers for tests: figures and claims by hand, planted faults, and what the search finds.

The faults were chosen before the search was tuned. Each is one slip of a kind that documents show;
what a kind is called here is our own word for it, not the search's. Some are invisible to
arithmetic, and known to be: the ledger does not say enough for anyone to find them.
"""

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipeline import ledger
from pipeline.audit.judge import register_claims, run
from pipeline.contradictions.ledger_source import read_years
from pipeline.contradictions.problem import read_claims
from pipeline.contradictions.repair import Suspect
from pipeline.contradictions.search import Contradiction, search
from pipeline.demo import CITY
from pipeline.home import REPOSITORY, Home
from pipeline.numbers import read_interval

BEIJING = REPOSITORY / "data" / "published"
TINY = CITY / "data" / "published"
# The year of the documents that are tampered with; the ledgers hold others beside it.
YEAR = {BEIJING: 2020, TINY: 2033}
# What makes the two ledgers consistent before anything is planted.
MENDED = {"d003-2.3-suggestion-february": "1.39万件", "tiny-5-dispatched-again": "4400件"}
# A share that the document calls one of all dispatched records, and that is one of the regions.
MENDED_METRIC = {"d003-3.3-ecological-share": "region_share"}


@dataclass(frozen=True)
class Fault:
    """A claim, what is planted in it (a printed form, or a list's members), and the kind.

    `right`: what the document printed, where the search is to offer it.
    """

    kind: str
    claim: str
    planted: str
    right: str = ""


BEIJING_FAULTS = (
    Fault("factor of ten", "d003-4.9-direct", "1.56万件"),
    Fault("swapped digits", "d003-4.5-total", "53.7万件"),
    # 29.9 of all 92.1 received, where the section counts on those dispatched
    Fault("wrong denominator", "d003-4.2-top-unit-type-share", "32.46%"),
    Fault(
        "wrong order",
        "d003-4-categories",
        "公共安全|市场管理|公共服务|卫生健康|住房|城乡建设|交通管理|社会秩序|教育|劳动和社会保障",
    ),
    # 402.3 less the 8.3 of one of the five unit types
    Fault("misses a part", "d003-2-dispatched-tier1", "394.0万件"),
    Fault("changed digit", "d003-3-department", "56.0万件"),
    Fault("unit", "d003-2.5-praise-august", "约5000万件"),
    Fault("swapped digits", "d003-4.1-growth", "472.58%"),
    Fault("swapped digits", "d003-2-phone-share", "91.23%"),
    Fault("swapped digits", "d003-3.4-chaoyang", "52.5万件"),
    Fault("swapped digits", "d003-3.2-plain-share", "26.24%"),
    Fault("swapped digits", "d003-4.4-top-subcategory-share", "42.43%"),
    # 4.0 of all 51.7 received, where the section counts on those that districts handled
    Fault("wrong denominator", "d003-4.6-top-district-share", "7.74%"),
    Fault("wrong order", "d003-3.4-per-10k-order", "密云区|门头沟区|平谷区|怀柔区|顺义区"),
    Fault("swapped digits", "d000-1-phone", "1010.38万件"),
    Fault("swapped digits", "d003-2.2-request-november", "39.1万件"),
)
TINY_FAULTS = (
    Fault("factor of ten", "tiny-1-direct", "660件"),
    Fault("swapped digits", "tiny-1-dispatched", "4040件"),
    # the part of all 11,000 received, where the section counts on the 4,400 dispatched
    Fault("wrong denominator", "tiny-3-district-share", "18.40%"),
    Fault("wrong order", "tiny-4-categories", "市场管理|公共服务|住房"),
    Fault("unit", "tiny-4-housing-direct", "1200万件"),
    Fault("swapped digits", "tiny-3-old-town", "2510件"),
    Fault("factor of ten", "tiny-2-request-november", "约8000件"),
    Fault("swapped digits", "tiny-1-total", "1.02万件"),
    Fault("factor of ten", "tiny-3-police", "3600件"),
    Fault("changed digit", "tiny-5-dispatched-again", "4900件"),
    Fault("wrong order", "tiny-3-smallest", "青溪区"),
)
# Another line's figure, the other sign, a sum without one of its parts or with one twice.
BEIJING_OFFERED = (
    Fault("neighbour's print", "d003-3.2-plain", "187.07万件", "83.44万件"),
    Fault("neighbour's print", "d003-2-online-tier1", "919.4万件", "87.3万件"),
    Fault("neighbour's print", "d003-2-direct-share", "39.96%", "60.04%"),
    Fault("neighbour's print", "d003-3.1-central-street", "107.45万件", "79.62万件"),
    Fault("sign", "d003-2-total-growth", "-53.01%", "53.01%"),
    Fault("sign", "d003-1-online-growth", "-630.8%", "630.8%"),
    Fault("sign", "d003-2-dispatched-growth", "-72.39%", "72.39%"),
    Fault("sign", "d003-4.5-growth", "-170.20%", "170.20%"),
    # 402.3 less the 8.3 of the platforms, 159.1 less 36.13 and 156.9 less 47.31 of a region
    Fault("misses a part", "d003-2-dispatched-tier1", "394.0万件", "402.3万件"),
    Fault("misses a part", "d003-3-district", "123.0万件", "159.1万件"),
    Fault("misses a part", "d003-3-street", "109.6万件", "156.9万件"),
    # 402.3 and the 8.3 once more
    Fault("a part twice", "d003-2-dispatched-tier1", "410.6万件", "402.3万件"),
)
TINY_OFFERED = (
    Fault("neighbour's print", "tiny-1-direct", "4400件", "6600件"),
    Fault("neighbour's print", "tiny-1-dispatched", "6600件", "4400件"),
    Fault("neighbour's print", "tiny-5-dispatched-again", "6600件", "4400件"),
    Fault("sign", "tiny-4-market-growth", "-80.0%", "80.0%"),
    # 4400 less the 1500 of the streets, 1568 less the 318 of one of them, 6600 less 1200
    Fault("misses a part", "tiny-1-dispatched", "2900件", "4400件"),
    Fault("misses a part", "tiny-3-street", "1200余件", "1500余件"),
    Fault("misses a part", "tiny-1-direct", "5400件", "6600件"),
    Fault("a part twice", "tiny-1-direct", "7800件", "6600件"),
)


def plant(source: Path, target: Path, *faults: Fault, mended: bool = True) -> Path:
    """Copy a ledger's files into `target` with faults planted; return it.

    Nobody's mark is left in the copy, and what was contradicted before is mended.
    """
    target.mkdir(parents=True, exist_ok=True)
    changes = {fault.claim: fault.planted for fault in faults}
    if mended:
        changes = {**MENDED, **changes}
    for path in source.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [_changed(row, changes.get(row["claim"])) for row in reader]
        if mended:
            rows = [
                row | {"metric": MENDED_METRIC.get(row["claim"], row["metric"])} for row in rows
            ]
        with (target / path.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return target


def _changed(row: dict[str, str], planted: str | None) -> dict[str, str]:
    if planted is None:
        return row
    if row["members"]:
        return row | {"members": planted}
    meant = read_interval(planted)
    ends = {"lower": str(meant.lower), "upper": str(meant.upper), "step": str(meant.step)}
    return row | {"printed": planted} | ends


def claims_of(home: Home, ledger: Path, year: int) -> list[dict[str, Any]]:
    """The claims of one year of a ledger."""
    return read_years(home, ledger, year)[year]


def found(home: Home, claims: list[dict[str, Any]], *, widely: bool = True) -> Contradiction:
    """What the search finds in the claims."""
    finding = Contradiction(read_claims(home, claims[0]["year"], claims))
    for _ in search(finding, widely=widely):
        pass
    return finding


def place(finding: Contradiction, claim: str) -> int | None:
    """The best rank of a claim as a suspect of its own, from 1."""
    places = [
        at
        for conflict in finding.conflicts
        for at, suspect in enumerate(conflict.suspects, start=1)
        if suspect.claims == (claim,)
    ]
    return min(places, default=None)


def forms(suspect: Suspect, kind: str | None = None) -> list[str]:
    """The printed forms of a suspect's repairs, of one kind if given."""
    return [r.printed for r in suspect.repairs if kind in (None, r.kind)]


def equals(like: dict[str, Any], claim: str, printed: str, low: str, high: str, **key: str) -> dict:
    """A figure with the key of another claim but for `key`."""
    ends = {"lower": Decimal(low), "upper": Decimal(high)}
    return {**like, "claim": claim, "label": claim, "printed": printed, **ends, **key}


# 60/40 and a tenth: what the reference data of the repository say.
WORDS = {"joint_low": "0.4", "joint_high": "0.6", "much_change": "0.1"}
KEY = dict.fromkeys(ledger.DIMENSIONS, "*") | {
    "metric": "record_count",
    "method_version": "1",
    "convention": "-",
    "scope": "all",
    "date_basis": "received",
    "period_type": "year",
    "period": "2020",
}


def figure(numerator, denominator=1, *, partial=False, **key):
    """One row of metric.figure."""
    value = round(numerator / denominator, 8)
    cut = " ".join(d for d in ledger.DIMENSIONS if key.get(d, "*") != "*") or "total"
    return {**KEY, **key, "numerator": numerator, "denominator": denominator} | {
        "value": value,
        "is_partial": partial,
        "cut": cut,
    }


def claim(relation, lower=None, upper=None, **cells):
    """One row of published.claim; `lower` and `upper` as typed."""
    row = dict.fromkeys(ledger.COLUMNS, "") | KEY | dict.fromkeys(ledger.NUMBERS)
    row |= {"claim": "c", "year": 2020, "relation": relation} | cells
    row["lower"] = None if lower is None else Decimal(lower)
    row["upper"] = None if upper is None else Decimal(upper)
    return row


def put_figures(con, figures, rules=None):
    """Make metric.figure of the rows, and ref.report_rule of rule -> value."""
    con.execute("CREATE SCHEMA ref")
    con.execute("CREATE TABLE ref.report_rule (rule VARCHAR, value VARCHAR)")
    con.executemany("INSERT INTO ref.report_rule VALUES (?, ?)", list((rules or WORDS).items()))
    columns = dict.fromkeys(KEY, "VARCHAR") | {
        "numerator": "BIGINT",
        "denominator": "BIGINT",
        "value": "DECIMAL(18, 8)",
        "is_partial": "BOOLEAN",
        "cut": "VARCHAR",
    }
    con.execute("CREATE SCHEMA metric")
    con.execute(
        "CREATE TABLE metric.lacking "
        "(metric VARCHAR, cut VARCHAR, period_type VARCHAR, period VARCHAR, needs VARCHAR)"
    )
    typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    con.execute(f"CREATE TABLE metric.figure ({typed})")
    con.executemany(
        f"INSERT INTO metric.figure VALUES ({', '.join('?' * len(columns))})",
        [[row[name] for name in columns] for row in figures],
    )


def verdicts(figures, *claims, rules=None):
    """Return claim id -> row of the verdict, by rules of words that may be another city's."""
    with duckdb.connect() as con:
        put_figures(con, figures, rules)
        register_claims(con, list(claims))
        rows = run(con)
    assert len(rows) == len(claims)
    return {row["claim"]: row for row in rows}


def verdict(figures, one, rules=None):
    return verdicts(figures, one, rules=rules)["c"]["verdict"]

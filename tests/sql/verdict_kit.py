"""Figures and claims for the audit's tests, and the verdicts of sql/audit on them."""

from decimal import Decimal

import duckdb
import pandas as pd

from pipeline import ledger
from pipeline.audit.judge import register_claims, run

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
        register_claims(con, pd.DataFrame(list(claims), columns=list(ledger.COLUMNS), dtype=object))
        rows = run(con)
    assert len(rows) == len(claims)
    return {row["claim"]: row for row in rows}


def verdict(figures, one, rules=None):
    return verdicts(figures, one, rules=rules)["c"]["verdict"]

"""Fills our own report with figures of a warehouse, as a person would print them.

Written apart from the program's printing: from SQL on metric.figure, with Decimal, half up.
"""

import csv
import re
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb

FOLDER = Path(__file__).parents[1] / "golden" / "draft"


@dataclass
class Slot:
    """A slot of the template with the key of its figure and what is printed there."""

    name: str
    form: str
    metric: str
    period: str
    relation: str
    cut: dict[str, str]
    text: str = ""
    start: int = 0


class City:
    """Figures of one year of a warehouse; scopes by purpose as ref.scope_use has them."""

    def __init__(self, database: Path, year: str) -> None:
        self.con = duckdb.connect(str(database), read_only=True)
        self.year = year
        self.dimensions = self._dimensions()
        self.scopes = dict(
            self.con.execute(
                "SELECT purpose, max(scope) FROM ref.scope_use WHERE scope IN"
                " (SELECT DISTINCT scope FROM metric.figure) GROUP BY purpose"
            ).fetchall()
        )

    def _dimensions(self) -> list[str]:
        names = [row[0] for row in self.con.execute("DESCRIBE metric.figure").fetchall()]
        return names[names.index("period") + 1 : names.index("numerator")]

    def figure(self, metric: str, period: str, cut: dict[str, str], scope: str) -> tuple[int, int]:
        """Return numerator and denominator; a KeyError if there is not exactly one."""
        where = " AND ".join(f"{name} = ?" for name in self.dimensions)
        values = [cut.get(name, "*") for name in self.dimensions]
        rows = self.con.execute(
            "SELECT numerator, denominator FROM metric.figure"
            " WHERE metric = ? AND period = ? AND period_type = ? AND scope = ?"
            f" AND {where}",
            [metric, period, "month" if "-" in period else "year", scope, *values],
        ).fetchall()
        if len(rows) != 1:
            raise KeyError((metric, period, cut, scope, len(rows)))
        return rows[0]

    def month(self, which: str, cut: dict[str, str], scope: str) -> int:
        """Return the month of the largest or smallest count."""
        pick = max if which == "largest" else min
        months = [f"{self.year}-{month:02d}" for month in range(1, 13)]
        counts = {m: self.figure("record_count", m, cut, scope)[0] for m in months}
        return int(pick(counts, key=lambda m: counts[m])[5:])


def filled(city: City, names: dict[str, str] | None = None) -> tuple[list[str], list[list[Slot]]]:
    """Return the lines of the report and, a line, its slots with their text and place.

    `names` renames districts, categories and units (and the year) for another city.
    """
    text = (FOLDER / "own_report.txt").read_text(encoding="utf-8")
    gold = (FOLDER / "gold_own.csv").read_text(encoding="utf-8")
    # By a private mark, so that a new name that holds an old one is not renamed again.
    for at, old in enumerate(sorted(names or {}, key=len, reverse=True)):
        text, gold = text.replace(old, f"\x01{at}\x02"), gold.replace(old, f"\x01{at}\x02")
    for at, old in enumerate(sorted(names or {}, key=len, reverse=True)):
        new = (names or {})[old]
        text, gold = text.replace(f"\x01{at}\x02", new), gold.replace(f"\x01{at}\x02", new)
    slots = {row["slot"]: _slot(city, row) for row in csv.DictReader(gold.splitlines())}
    lines, by_line = [], []
    for line in text.splitlines():
        here: list[Slot] = []
        built = ""
        for part in re.split(r"(\{n\d+\})", line):
            if part.startswith("{"):
                slot = slots[part.strip("{}")]
                slot.start = len(built)
                here.append(slot)
                part = slot.text
            built += part
        lines.append(built)
        by_line.append(here)
    return lines, by_line


def _slot(city: City, row: dict[str, str]) -> Slot:
    cut = dict(pair.split("=") for pair in row["cut"].split("|") if pair)
    scope = city.scopes[row["purpose"]]
    slot = Slot(row["slot"], row["form"], row["metric"], city.year, row["relation"], cut)
    if row["form"] == "month":
        slot.text = f"{city.month(row['relation'], cut, scope)}月"
        return slot
    if row["period"].startswith("month"):
        month = city.month(row["period"].removeprefix("month of the "), cut, scope)
        slot.period = f"{city.year}-{month:02d}"
    slot.text = printed(*city.figure(row["metric"], slot.period, cut, scope), row["form"])
    return slot


def printed(numerator: int, denominator: int, form: str) -> str:
    """Return a figure as the report prints it."""
    value = Decimal(numerator) / Decimal(denominator)
    if form in ("up1", "up2"):
        word = "增长" if value >= 0 else "下降"
        return f"{word}{_round(abs(value) * 100, int(form[2]))}%"
    if form.startswith("pct"):
        return f"{_round(value * 100, int(form[3]))}%"
    if form == "yu":
        step = Decimal(10) ** max(len(str(int(value))) - 2, 0)
        return f"{int((value / step).to_integral_value(ROUND_FLOOR) * step)}余件"
    if form == "about":
        step = Decimal(10) ** max(len(str(int(value))) - 2, 0)
        return f"约{int((value / step).to_integral_value(ROUND_HALF_UP) * step)}件"
    if form == "wan2":
        return f"{_round(value / 10000, 2)}万件"
    if form == "count" and value >= 1_000_000:
        return f"{_round(value / 10000, 1)}万件"
    return f"{_round(value, 0)}" + ("" if form == "bare" else "件")


def _round(value: Decimal, places: int) -> str:
    return f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)}"


def altered(slot: Slot, kind: str, other: Slot | None) -> str:
    """Return the slot's text with one slip of the pen of this kind."""
    digits = re.search(r"\d[\d.]*", slot.text)
    assert digits is not None
    number = digits.group()
    if kind == "direction":
        return slot.text.translate(str.maketrans("增长下降", "下降增长"))
    if kind == "neighbour":
        assert other is not None
        return other.text
    if kind == "unit":
        wide = "万件" in slot.text
        return slot.text.replace("万件", "件") if wide else slot.text.replace("件", "万件")
    if kind == "month":
        return f"{int(number) % 12 + 1}月"
    if kind == "point":
        number = str(Decimal(number) * 10) if "." in number else number + "0"
    elif kind == "digit":
        number = str(int(number[0]) % 9 + 1) + number[1:]
    elif kind == "swap":
        at = next(
            n
            for n in range(len(number) - 1)
            if number[n] != number[n + 1] and "." not in number[n : n + 2]
        )
        number = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    return slot.text[: digits.start()] + number + slot.text[digits.end() :]


def with_alterations(
    lines: list[str], by_line: list[list[Slot]]
) -> tuple[list[str], dict[str, tuple[int, int, int]]]:
    """Return the lines with the chosen slips, and line, start and end of each altered slot."""
    rows = list(csv.DictReader((FOLDER / "alterations.csv").open(encoding="utf-8")))
    slots = {slot.name: slot for here in by_line for slot in here}
    chosen = {row["slot"]: row for row in rows}
    new_lines, places = [], {}
    for number, (line, here) in enumerate(zip(lines, by_line, strict=True)):
        built, done = "", 0
        for slot in here:
            built += line[done : slot.start]
            done = slot.start + len(slot.text)
            text = slot.text
            if slot.name in chosen:
                row = chosen[slot.name]
                text = altered(slot, row["kind"], slots.get(row["other"]))
                assert text != slot.text, slot
                places[slot.name] = (number, len(built), len(built) + len(text))
            built += text
        new_lines.append(built + line[done:])
    return new_lines, places


def keys(bound: Any) -> list[tuple]:
    """Return what a number was bound to."""
    return sorted((r.metric, r.period, r.dims, r.relation) for r in bound.readings)

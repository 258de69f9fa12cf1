"""A warehouse that grew step by step equals one that is built from nothing of the same files."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.home import Home
from pipeline.warehouse import graph
from tests.support.city import (
    AGENT,
    BAD,
    EAST,
    FOOD,
    GOOD,
    PARTLY,
    REFERENCE,
    REPAIR,
    SAFETY,
    STREET,
    TOWN,
    build_only,
    deliver,
    digests,
    dispatched,
    make_home,
    record,
)

MONTHS = [(2019, 11), (2019, 12), (2020, 1), (2020, 2), (2020, 3)]
UNITS = [("区", "甲区", EAST), ("街乡镇", "乙区二镇", TOWN), ("街乡镇", "甲区一街道", STREET)]
RULE = (
    "rule,window_days,least_count,least_length,note\n"
    "repeat_call,30,2,,\nmass_matter,,3,,\ncopied_text,,3,80,\n"
)


class City:
    """A home whose files come, go and come again by chance."""

    def __init__(self, root: Path, seed: int) -> None:
        self.home = make_home(root, {"repeat_rule": RULE})
        self.random = random.Random(seed)
        self.sequence = 0
        self.last_id = 0

    def row(self, year: int, month: int) -> dict:
        """Return a record of the month: few matters, callers and texts, so that some repeat."""
        draw = self.random
        received_at = (
            f"{year}-{month:02d}-{draw.randint(1, 28):02d} {draw.randint(0, 23):02d}:00:00"
        )
        self.last_id += 1
        # Now and then the id of a record that came before, in whatever month.
        number = draw.randint(1, self.last_id) if draw.random() < 0.1 else self.last_id
        matter = draw.choice([AGENT, FOOD, REPAIR, SAFETY])
        caller = draw.choice([None, *range(1, 5)])
        tier = draw.randint(0, 3)
        if draw.random() < 0.5:
            place = {"place_district": "甲区", "place_street": "一街道", "topic": "漏水"}
            caller_and_tier = {"caller_hash": caller, "scope_tier": tier}
            return record(f"R{number}", received_at, **matter, **place, **caller_and_tier)
        unit_type, unit, of_unit = draw.choice(UNITS)
        fields = {**matter, **of_unit, **draw.choice([GOOD, BAD, PARTLY])}
        fields |= {"caller_hash": caller, "scope_tier": tier}
        return dispatched(f"R{number}", received_at, unit_type, unit, **fields)

    def deliver(self, year: int, month: int) -> None:
        """Add a file of the month, sometimes with some records of the month after."""
        self.sequence += 1
        count = self.random.randint(20, 40)
        rows = {row["record_id"]: row for row in (self.row(year, month) for _ in range(count))}
        if self.random.random() < 0.3:
            after = (year, month + 1) if month < 12 else (year + 1, 1)
            extra = self.row(*after)
            rows[extra["record_id"]] = extra
        texts = {name: self.random.randint(1, 3) for name in rows}
        deliver(self.home, rows.values(), sequence=self.sequence, text_hashes=texts)

    def change(self) -> str:
        """Do one thing that may happen to a home; return what."""
        what = self.random.choice(["delivery"] * 3 + ["gone"] * 2 + ["region", "rule"])
        receipts = sorted(self.home.receipts.glob("*.json"))
        if what == "delivery":
            self.deliver(*self.random.choice(MONTHS))
        elif what == "gone" and len(receipts) > 1:
            self.random.choice(receipts).unlink()
        elif what == "region":
            region = self.random.choice(["东部", "北部"])
            self.refer("district", REFERENCE["district"].replace("东部", region))
        else:
            self.refer("repeat_rule", RULE.replace(",30,", f",{self.random.choice([5, 30])},"))
        return what

    def refer(self, name: str, text: str) -> None:
        (self.home.root / f"data/reference/{name}.csv").write_text(text, encoding="utf-8")


def built_anew(home: Home, folder: Path, make: Callable[[Home], object]) -> Home:
    """Return a copy of the home that is built from nothing."""
    copy = Home(shutil.copytree(home.root, folder))
    copy.database.unlink()
    copy.build_lock.unlink()
    make(copy)
    return copy


def carried() -> list[str]:
    """Return all tables that a build carries over by month or year."""
    return [name for name, file in graph.load().items() if file.kind == "partitioned"]


@pytest.mark.parametrize(
    ("seed", "steps", "tables"),
    [
        (8, 3, ()),
        *[pytest.param(seed, 10, (), marks=pytest.mark.slow) for seed in (1, 7, 10)],
        pytest.param(12, 4, ("monthly", "annual", "metric"), marks=pytest.mark.slow),
    ],
)
def test_a_build_after_any_steps_equals_a_fresh_build(tmp_path, seed, steps, tables):
    """Quick with the tables that are carried over alone; all of them rest on those."""
    names = carried()
    if tables:
        names = [name for name in graph.load() if name.split(".")[0] in tables]

    def make(home: Home) -> None:
        build_only(home, *names)

    city = City(tmp_path / "grown", seed)
    for month in MONTHS[:3]:
        city.deliver(*month)
    make(city.home)
    done = []
    for number in range(steps):
        done.append(city.change())
        make(city.home)
        fresh = built_anew(city.home, tmp_path / f"fresh{number}", make)
        schemas = ("core", "metric", "annual", "monthly")
        assert digests(city.home, schemas) == digests(fresh, schemas), done

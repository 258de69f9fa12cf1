"""Codes of a month to the columns that `sql/simulate/dump.sql` composes into dump rows.

Every text column travels as an Arrow dictionary: the strings of a million rows are then a few
hundred, and the SQL only joins them together. Nothing here draws from counts: which record has
which category, unit or outcome was dealt by `expand`; only what no figure counts is random.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import duckdb
import numpy as np
import pyarrow as pa

from pipeline.constraints.chain import DIRECT, DISTRICT_UNIT, STREET_UNIT, UNKNOWN
from pipeline.home import REPOSITORY, Home
from pipeline.reference import read_rows
from pipeline.simulate.dump.expand import YES, Records
from pipeline.simulate.dump.layout import OUTCOME, headed
from pipeline.simulate.dump.lexicon import Matter, TextLexicon, cut
from pipeline.simulate.dump.timestamps import make_times, weighted

COMPANY_DESK, NO_TYPE = "企业专席", "其他"
NO_DISTRICT_UNIT = "区级单位(未指定区)"
SEATS, FIRST_SEAT = 600, 1001
# Number ranges that are not given out to subscribers, so that no real telephone is printed.
PHONE_PREFIXES = (154, 160, 161, 163, 164, 168, 169, 179)
# One text in so many has the caller's name and number, which masking must find.
CONTACT_EVERY = 11
# One text in so many goes on at length; where there are letters about a subcategory, one in so many
# of its texts is one.
DETAIL_EVERY, LETTER_EVERY = 20, 12
BATCH = 61_440
Members = Sequence[str | None]


class Renderer:
    """Renders the months of one year; the same seed gives the same rows."""

    def __init__(
        self, home: Home, records: Records, lexicon: TextLexicon, seed: int, exported: datetime
    ):
        self.records = records
        self.lexicon = lexicon
        self.seed = seed
        self.exported = int(exported.replace(tzinfo=UTC).timestamp())
        self.units, self.unit = unit_names(home, records)
        self.matters, self.first_matter, self.matter_count = _matter_table(records, lexicon)
        self.names = _names(lexicon)
        self.query = headed(REPOSITORY.joinpath("sql/simulate/dump.sql").read_text("utf-8"))

    def render(self, con: duckdb.DuckDBPyConnection, month: int) -> str:
        """Register the month's codes on `con`; return the SELECT that yields the dump rows."""
        con.register("coded", self.codes(month))
        return self.query

    def codes(self, month: int) -> pa.Table:
        """The month as an Arrow table, one row per record and dispatch, for dump.sql."""
        rng = np.random.default_rng([self.seed, self.records.year, month])
        at = self.records.by_month[month]
        hops = self.records.hops[at]
        columns = {
            **self._dealt(at, rng),
            **self._placed(at, rng),
            **self._matter(at, rng),
            **self._people(at, rng),
            **self._extras(at, rng),
            **self._long_texts(month, at),
        }
        row, hop = _rows_of(hops)
        columns = {name: column.take(pa.array(row)) for name, column in columns.items()}
        columns |= self._times(month, at, row, hop, rng)
        columns["unit"] = self._chain(at, row, hop, rng)
        columns["line_no"] = pa.array(np.arange(1, len(row) + 1, dtype=np.int32))
        return pa.Table.from_batches(pa.table(columns).to_batches(max_chunksize=BATCH))

    def _column(self, name: str, at: np.ndarray) -> np.ndarray:
        return self.records.columns[name].codes[at]

    def _members(self, name: str) -> list[str | None]:
        members = self.records.columns[name].members
        return [None if member == UNKNOWN else member for member in members]

    def _has(self, name: str, member: str, at: np.ndarray) -> np.ndarray:
        """Which of the records at `at` have the member."""
        members = self.records.columns[name].members
        return np.array([m == member for m in members])[self._column(name, at)]

    def _dealt(self, at: np.ndarray, rng: np.random.Generator) -> dict[str, pa.Array]:
        """Columns that say what was dealt, in the dump's words."""
        columns = {
            name: dictionary(self._column(name, at), self._members(name))
            for name in ("category", "subcategory", "handling", "channel", "place_district")
        }
        tiers = [None if shell in (UNKNOWN, "0") else shell for shell in self._members("shell")]
        columns["scope_tier"] = dictionary(self._column("shell", at), tiers)
        outcomes = [member or "|||" for member in self._members("outcome")]
        for number, name in enumerate(OUTCOME):
            values = [outcome.split("|")[number] or None for outcome in outcomes]
            columns[name] = dictionary(self._column("outcome", at), values)
        # A record of no type has an empty cell or the word, as real dumps have both.
        kinds = [*self._members("record_type"), None]
        code = self._column("record_type", at).copy()
        code[self._has("record_type", NO_TYPE, at) & (rng.random(len(at)) < 0.5)] = len(kinds) - 1
        columns["record_type"] = dictionary(code, kinds)
        return columns

    def _placed(self, at: np.ndarray, rng: np.random.Generator) -> dict[str, pa.Array]:
        """Street and address: the handling street if it is in the district, else any there."""
        districts = self.records.columns["place_district"].members
        streets = self.records.columns["street"].members
        owner = np.array([street.split("/")[0] for street in streets])
        first = np.array([int(np.argmax(owner == d)) for d in districts])
        number = np.array([int((owner == d).sum()) if d != UNKNOWN else 0 for d in districts])
        district = self._column("place_district", at)
        any_street = first[district] + (number[district] * rng.random(len(at)) ** 1.5).astype(int)
        any_street[number[district] == 0] = 0
        own = self._column("street", at)
        at_home = owner[own] == np.array(districts)[district]
        street = np.where(at_home & (own > 0), own, any_street)
        names: list[str | None] = [s.split("/")[1] if "/" in s else None for s in streets]
        before, after = cut("point", self.lexicon.phrase("point", "{number}号"), ("number",))
        point = rng.integers(0, len(before), len(at))
        return {
            "place_street": dictionary(street, names),
            "point_before": dictionary(point, before),
            "point_after": dictionary(point, after),
            "number": pa.array(rng.integers(1, 99, len(at), dtype=np.int32)),
        }

    def _matter(self, at: np.ndarray, rng: np.random.Generator) -> dict[str, pa.Array]:
        """The matter, what follows from it, and the pieces of the texts around it."""
        key = (self._column("category", at), self._column("subcategory", at))
        is_epidemic = self._has("epidemic", YES, at)
        pool = (*key, is_epidemic.astype(np.uint8))
        pick = (self.matter_count[pool] * rng.random(len(at))).astype(np.int64)
        matter = self.first_matter[pool] + pick
        columns = {
            "matter": dictionary(matter, [m.text for m in self.matters]),
            "topic": dictionary(matter, [m.topic for m in self.matters]),
            "tag": dictionary(matter, [m.tag for m in self.matters]),
            "is_epidemic": dictionary(is_epidemic, ["否", "是"]),
        }
        kinds = self._members("record_type")
        for kind, default, slots in (
            ("title", "{place}{subject}", ("place", "subject")),
            ("content", "市民反映：{place}{matter}，请核实处理。", ("place", "matter")),
            ("contact", "联系人{caller}，电话{phone}。", ("caller", "phone")),
        ):
            phrases, pick = self._phrases(
                kind, default, kinds, self._column("record_type", at), rng
            )
            for number, piece in enumerate(cut(kind, phrases, slots)):
                columns[f"{kind}_{number}"] = dictionary(pick, piece)
        columns["has_contact"] = pa.array(rng.integers(0, CONTACT_EVERY, len(at)) == 0)
        return columns

    def _long_texts(self, month: int, at: np.ndarray) -> dict[str, pa.Array]:
        """What some texts add at length, and the letters that many send in the same words.

        Drawn apart, so that a home whose template.csv has neither is written as it was.
        """
        rng = np.random.default_rng([self.seed, self.records.year, month, 1])
        details = [text for _, text in self.lexicon.phrases.get("detail", [])]
        detail = rng.integers(0, DETAIL_EVERY * max(1, len(details)), len(at))
        letters = self.lexicon.phrases.get("letter", [])
        letter = np.full(len(at), len(letters))
        for number, (given, _) in enumerate(letters):
            of_it = self._has("subcategory", given, at)
            letter[of_it & (rng.integers(0, LETTER_EVERY, len(at)) == 0)] = number
        return {
            "detail": dictionary(np.minimum(detail, len(details)), [*details, None]),
            "letter": dictionary(letter, [*(text for _, text in letters), None]),
        }

    def _people(self, at: np.ndarray, rng: np.random.Generator) -> dict[str, pa.Array]:
        """Callers, who keep name and telephone through the years, and seats."""
        caller = self.records.caller[at].astype(np.int64)
        # Multiplying by an odd number not divisible by 5 permutes the eight digits.
        digits = (caller * 61_803_399 + 20_201_931) % 100_000_000
        prefix = np.array(PHONE_PREFIXES)[caller % len(PHONE_PREFIXES)]
        seat = rng.integers(0, SEATS, len(at))
        return {
            "caller_name": dictionary(caller * 7_919 % len(self.names), self.names),
            "phone": pa.array(prefix * 100_000_000 + digits),
            "seat_id": dictionary(seat, [str(FIRST_SEAT + n) for n in range(SEATS)]),
            "seat_name": dictionary(
                seat, [self.names[n * 104_729 % len(self.names)] for n in range(SEATS)]
            ),
        }

    def _extras(self, at: np.ndarray, rng: np.random.Generator) -> dict[str, pa.Array]:
        """Columns that apply to some records only."""
        at_desk = self._has("desk", COMPANY_DESK, at)
        companies = [
            None,
            *(
                name + form
                for form in self.lexicon.phrase("company_form", "公司")
                for name in self.lexicon.phrase("company", "某")
            ),
        ]
        company = np.where(at_desk, 1 + rng.integers(0, len(companies) - 1, len(at)), 0)
        repeats = weighted((90, 6, 2, 1, 1), len(at), rng)
        columns = {
            "is_company_desk": dictionary(at_desk, ["否", "是"]),
            "company_name": dictionary(company, companies),
            "repeat_notice_count": dictionary(repeats, ["0", "1", "2", "3", "4"]),
            "reply": self._replies(at, rng),
        }
        for name in ("platform", "praise_form"):
            columns[name] = dictionary(self._column(name, at), self._members(name))
        return columns

    def _replies(self, at: np.ndarray, rng: np.random.Generator) -> pa.Array:
        """A short reply that fits the resolution; none for direct answers."""
        resolutions = [(member or "|||").split("|")[2] for member in self._members("outcome")]
        code = self._column("outcome", at)
        replies, pick = self._phrases("reply", "已办理并答复来电人。", resolutions, code, rng)
        return dictionary(
            np.where(self._has("handling", DIRECT, at), len(replies), pick), [*replies, None]
        )

    def _phrases(
        self, kind: str, default: str, given: Members, code: np.ndarray, rng: np.random.Generator
    ) -> tuple[list[str], np.ndarray]:
        """All phrases of a kind, and one per record that fits `given[code]`."""
        pools = [self.lexicon.phrase(kind, default, member or "") for member in given]
        number = np.array([len(pool) for pool in pools])
        first = np.cumsum(number) - number
        pick = first[code] + (number[code] * rng.random(len(code))).astype(np.int64)
        return [phrase for pool in pools for phrase in pool], pick

    def _times(
        self, month: int, at: np.ndarray, row: np.ndarray, hop: np.ndarray, rng: np.random.Generator
    ) -> dict[str, pa.Array]:
        """Times and the parts of the record id, per row of the dump."""
        year = self.records.year
        called_back = self._column("outcome", at) > 0
        direct = self._has("handling", DIRECT, at)
        times = make_times(
            year, month, self.records.hops[at], direct, called_back, self.exported, rng
        )
        first, step = times.first_dispatch[row], times.step[row]
        days = [f"热线-{year % 100:02d}{month:02d}{day + 1:02d}-" for day in range(31)]
        return {
            "day": dictionary(times.day[row], days),
            "sequence": pa.array(times.sequence[row]),
            "received_at": _moment(times.received[row]),
            "dispatched_at": _moment(np.where(first < 0, -1, first + step * hop)),
            "due_at": _moment(times.due[row]),
            "closed_at": _moment(times.closed[row]),
        }

    def _chain(
        self, at: np.ndarray, row: np.ndarray, hop: np.ndarray, rng: np.random.Generator
    ) -> pa.Array:
        """Unit per row: the dealt one at the last dispatch, another one before it."""
        unit = self.unit[at]
        code = unit[row]
        earlier = np.flatnonzero(hop < self.records.hops[at][row])
        others = unit[unit > 0]
        for _ in range(8 if len(earlier) else 0):
            code[earlier] = others[rng.integers(0, len(others), len(earlier))]
            earlier = earlier[code[earlier] == unit[row[earlier]]]
        return dictionary(code, self.units)


def dictionary(codes: np.ndarray, members: Members) -> pa.DictionaryArray:
    """An Arrow dictionary column of strings (None: empty cell)."""
    kind = np.uint8 if len(members) <= 256 else np.uint16 if len(members) <= 1 << 16 else np.int32
    return pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(kind, copy=False)), pa.array(list(members), pa.string())
    )


def _moment(seconds: np.ndarray) -> pa.Array:
    return pa.array(seconds, pa.timestamp("s"), mask=seconds < 0)


def _rows_of(hops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Record number and dispatch number (0: first) of every row of the dump."""
    rows = hops.astype(np.int64) + 1
    row = np.repeat(np.arange(len(hops), dtype=np.int32), rows)
    hop = np.arange(len(row)) - np.repeat(np.cumsum(rows) - rows, rows)
    return row, hop


def _names(lexicon: TextLexicon) -> list[str]:
    """Names of people: every surname with every given name."""
    given = lexicon.phrase("given_name", "某某")
    return [first + last for last in given for first in lexicon.phrase("surname", "某")]


def _matter_table(
    records: Records, lexicon: TextLexicon
) -> tuple[list[Matter], np.ndarray, np.ndarray]:
    """All matters; the first one and how many, by category, subcategory and epidemic flag.

    An epidemic record gets an epidemic matter where its subcategory has any, and no other does.
    """
    categories = records.columns["category"].members
    subcategories = records.columns["subcategory"].members
    first = np.zeros((len(categories), len(subcategories), 2), dtype=np.int64)
    number = np.ones_like(first)
    matters = [Matter("")]
    at = (records.columns["category"].codes, records.columns["subcategory"].codes)
    used = np.zeros(first.shape[:2], dtype=bool)
    used[at] = True
    for i, j in np.argwhere(used):
        known = lexicon.matters.get((categories[i], subcategories[j]))
        known = known or [Matter(f"{subcategories[j]}问题")]
        for flag in (0, 1):
            fitting = [matter for matter in known if matter.is_epidemic == flag] or known
            first[i, j, flag], number[i, j, flag] = len(matters), len(fitting)
            matters += fitting
    return matters, first, number


def unit_names(home: Home, records: Records) -> tuple[list[str | None], np.ndarray]:
    """Names of all handling units of the year (0: none), and the name's number per record.

    Names come from the unit register where it has the unit, so that the dump says what a
    reader will look up; else a street is called district + street.
    """
    register = {
        (row["unit_type"], row["district"] or UNKNOWN, row["street"] or UNKNOWN): row["unit"]
        for row in read_rows(home.reference_files().get("unit"))
    }
    unit_type, district = records.columns["unit_type"], records.columns["district"]
    unit, street = records.columns["unit"], records.columns["street"]
    names: list[str | None] = [None]
    for member in district.members:
        default = NO_DISTRICT_UNIT if member == UNKNOWN else member
        names.append(register.get((DISTRICT_UNIT, member, UNKNOWN), default))
    names += [None if member == UNKNOWN else member for member in unit.members]
    for member in street.members:
        of, _, name = member.partition("/")
        names.append(register.get((STREET_UNIT, of, name), of + name))
    first_unit = 1 + len(district.members)
    first_street = first_unit + len(unit.members)
    code = first_unit + unit.codes.astype(np.uint16)
    own = np.array([member == DISTRICT_UNIT for member in unit_type.members])[unit_type.codes]
    code[own] = 1 + district.codes[own]
    below = np.array([member == STREET_UNIT for member in unit_type.members])[unit_type.codes]
    code[below] = first_street + street.codes[below].astype(np.uint16)
    code[unit_type.codes == 0] = 0
    return names, code

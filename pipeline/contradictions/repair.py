"""What would mend a contradiction, and in which order the ways are believed.

The order names no claim. Of two repairs the more plausible is, in this order:

1. the one after which the claims of all documents can hold, not only those of its own;
2. the one by the rarer accident. Kinds are ordered by how few other forms the slip could have come
   from, since a repair that had few chances to fit by luck says more when it fits: the print of a
   neighbouring line, copied (three digits or more that are alike are no accident), the sign of
   what may fall (one form), the decimal point (two), the unit (one, but writers seldom change it
   within a text), two neighbours swapped (digits of a number, members of a list), the point two
   places off, two other digits swapped, a sum that misses one of its printed parts or has one
   twice, one digit changed (nine a digit), a list member moved or replaced; then figures that are
   printed right but describe other records (another denominator, another scope), which is a fault
   of the wording and leaves more open; then two digits changed; then another scope of a claim
   whose sister lines all share its scope; and last the bare dropping of a claim, which explains
   nothing. Of two signs the one that agrees with most others of its metric comes first;
3. the one with the larger coverage: the part of what the other claims leave open that the repaired
   form takes up, to the nearest power of ten. A form that just reaches into its range has little;
   one that fills what is left has all;
4. the one that keeps the series smooth: nearest, as a ratio, to the figures that differ from the
   claim only in the period, or else in one other key;
5. fewer claims changed; then the claims' names, so that the order is the same every time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from pipeline.constraints.claim_constraints import Constraint
from pipeline.contradictions.program import ValueRange

KINDS = {
    "neighbour": "照抄相邻一条的数",
    "sign": "增减写反",
    "decimal": "小数点错一位",
    "unit": "单位“件”“万件”混用",
    "swap": "相邻两位颠倒",
    "decimal2": "小数点错两位",
    "swap_far": "两位数字互换",
    "part": "合计漏了一项",
    "twice": "合计重了一项",
    "digit": "错一位数字",
    "moved": "名次有误",
    "member": "成员有误",
    "denominator": "分母有误",
    "scope": "口径有误",
    "digits": "错两位数字",
    "scope_alone": "口径有误(同节各条口径一致)",
    "drop": "去掉此条",
}
ORDER = {kind: place for place, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Repair:
    """One way to mend a contradiction.

    `claims`: those it changes; `constraints`: what they then say (nothing where dropped).
    `printed`: the form that was meant, a list's members, or the other scope or denominator;
    `description`: the other claim that the kind refers to.
    `clashes`: documents whose claims still contradict (empty: all can hold). `apart`: whether it
    leaves the sign of most others. `coverage` 0..1 and
    `jump` (natural logarithm of the ratio to the series), as in the order above.
    """

    kind: str
    claims: tuple[str, ...]
    constraints: dict[str, list[Constraint]]
    printed: str = ""
    description: str = ""
    lower: Decimal | None = None
    upper: Decimal | None = None
    clashes: tuple[str, ...] = ()
    apart: bool = False
    coverage: float = 0.0
    jump: float = math.inf

    @property
    def rank(self) -> tuple:
        """Sort key: the most plausible repair first."""
        coverage = -math.floor(math.log10(self.coverage)) if self.coverage > 0 else 99
        jump = round(self.jump, 6)
        kind = ORDER[self.kind]
        return bool(self.clashes), kind, self.apart, coverage, jump, len(self.claims), self.claims


@dataclass
class Suspect:
    """Claims that one kind of fault may sit in, and their repairs, the most plausible first.

    `range`: what the figure may be, all other claims holding (values only).
    """

    claims: tuple[str, ...]
    repairs: list[Repair]
    range: ValueRange | None = None

    @property
    def best(self) -> Repair:
        return self.repairs[0]


@dataclass
class Conflict:
    """A minimal set of claims that cannot all hold, and its suspects, most plausible first."""

    claims: list[str]
    suspects: list[Suspect]

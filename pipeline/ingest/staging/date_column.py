"""A column of dates that do not begin with their year: its cells, and the order read from them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.ingest.staging.time_formats import strptime_form

# Bits of date_orders(x) in macros.py.
BITS = {"mdy": 1, "dmy": 2, "ymd": 4}
_PLAIN = 8
NAMES = {"mdy": "月/日/年", "dmy": "日/月/年", "ymd": "年/月/日"}
# Formats of strptime tried for each cell, those of the most frequent shapes.
_MOST_FORMS = 8
# Cells in unproven orders that are rejected one by one: a slip of the pen is no format. With a
# greater share the file is refused.
_FEW = 0.05


@dataclass(frozen=True)
class DateGroup:
    """Cells of one column that allow the same orders and look alike."""

    bits: int | None
    shape: str
    cells: int
    year_first: int
    any_late_day: bool
    row: int
    example: str


@dataclass(frozen=True)
class DateColumn:
    """A column with dates that do not begin with their year.

    `order` is '' if all of them name their month. `proof` says what proves it: column, source, or
    the heading of another column.
    """

    heading: str
    groups: tuple[DateGroup, ...]
    order: str = ""
    proof: str = ""

    @property
    def ordered(self) -> list[DateGroup]:
        """The groups whose order of day and month must be known."""
        return [group for group in self.groups if group.bits in range(1, _PLAIN)]

    @property
    def allowed(self) -> int:
        bits = 7
        for group in self.ordered:
            bits &= group.bits or 0
        return bits

    @property
    def is_refused(self) -> bool:
        """Whether the cells of unknown order are too many to be rejected one by one."""
        ordered = sum(group.cells for group in self.ordered)
        return ordered > _FEW * sum(group.cells for group in self.groups)

    @property
    def year_first(self) -> int:
        return sum(group.year_first for group in self.groups)

    @property
    def any_late_day(self) -> bool:
        """Whether a date that begins with its year has a day above 12."""
        return any(group.any_late_day for group in self.groups)

    def example(self, bits: int) -> str:
        """Return the first cell that allows no other orders than these, with its row."""
        found = min(
            (group for group in self.ordered if not (group.bits or 0) & ~bits),
            key=lambda group: group.row,
        )
        return f"数据第 {found.row:,} 行 {found.example}"

    @property
    def forms(self) -> tuple[str, ...]:
        """The formats of strptime of its usual cells."""
        counts: Counter[str] = Counter()
        for group in self.groups:
            if group.bits and (form := strptime_form(group.example, self.order)):
                counts[form] += group.cells
        return tuple(form for form, _ in counts.most_common(_MOST_FORMS))


def warnings(columns: Sequence[DateColumn]) -> list[str]:
    """Return a line for each such column: its order, the proof, and what may be swapped."""
    lines = []
    for column in columns:
        if column.ordered and not column.order:
            count = sum(group.cells for group in column.ordered)
            lines.append(
                f"“{column.heading}”有 {count:,} 格的日期看不出次序或互相矛盾(例如"
                f"{column.example(7)}),没有读;可在来源文件里用 date_order 写明"
            )
            continue
        if not column.order:
            continue
        proof = {
            "column": "次序由列里大于 12 的日证明",
            "source": "按来源文件的 date_order",
        }.get(column.proof, f"次序按同样写法的“{column.proof}”")
        lines.append(f"“{column.heading}”的日期按{NAMES[column.order]}读:{proof}")
        if column.year_first and column.order != "ymd":
            text = sum(group.cells for group in column.ordered)
            sure = "" if column.any_late_day else ",而且它们的日都不超过 12"
            lines.append(
                f"“{column.heading}”里 {text:,} 格是 {NAMES[column.order]} 的文字,另有"
                f" {column.year_first:,} 格是年在前的日期{sure}:表格软件常把读得通的日期换成真日期,"
                "这时日与月可能已被对调;请与原系统核对几行"
            )
    return lines

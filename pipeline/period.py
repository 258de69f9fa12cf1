"""The period that a bulletin covers: a calendar month, an assessment month, or a quarter."""

import datetime
import re
from dataclasses import dataclass, replace

from pipeline.errors import USAGE, HotlineError

MONTH, ASSESSMENT, QUARTER = "month", "assessment", "quarter"
_QUARTERS = "一二三四"


@dataclass(frozen=True, order=True)
class Period:
    """One period of one kind; both ends belong to it. `month` is a quarter's last month.

    An assessment month begins on `first_day` (ref.assessment_month) of the month before the one
    that it is named after, and ends on the day before it in that one.
    """

    period_type: str
    year: int
    month: int
    first_day: int = 1

    @property
    def period(self) -> str:
        """Return the name as metric.figure spells it."""
        if self.period_type == QUARTER:
            return f"{self.year}-Q{self.month // 3}"
        return f"{self.year}-{self.month:02d}"

    @property
    def label(self) -> str:
        """Return the period as a Chinese reader calls it."""
        if self.period_type == QUARTER:
            return f"{self.year}年第{_QUARTERS[self.month // 3 - 1]}季度"
        if self.period_type == MONTH:
            return f"{self.year}年{self.month}月"
        first, last = (f"{day.month}月{day.day}日" for day in (self.first_on, self.last_on))
        return f"{self.year}年{self.month}月考核期({first}至{last})"

    @property
    def first_on(self) -> datetime.date:
        if self.period_type == ASSESSMENT:
            return self.before().last_on + datetime.timedelta(days=1)
        return datetime.date(self.year, self.month - self._months + 1, 1)

    @property
    def last_on(self) -> datetime.date:
        if self.period_type == ASSESSMENT:
            return datetime.date(self.year, self.month, self.first_day - 1)
        following = datetime.date(self.year + self.month // 12, self.month % 12 + 1, 1)
        return following - datetime.timedelta(days=1)

    def before(self, periods: int = 1) -> "Period":
        """Return the period that many periods of its kind earlier."""
        index = self.year * 12 + self.month - 1 - periods * self._months
        return replace(self, year=index // 12, month=index % 12 + 1)

    def year_before(self) -> "Period":
        """Return the same period of the year before."""
        return replace(self, year=self.year - 1)

    def calendar_months(self) -> list[tuple[int, int]]:
        """Return the (year, month) that hold the period's days."""
        first, last = (12 * day.year + day.month - 1 for day in (self.first_on, self.last_on))
        return [(index // 12, index % 12 + 1) for index in range(first, last + 1)]

    @property
    def _months(self) -> int:
        return 3 if self.period_type == QUARTER else 1


def parse(text: str, period_type: str = MONTH, first_day: int = 1) -> Period:
    """Return the period that `2020-11` (of that type) or `2020-Q4` names.

    `first_day` is that of an assessment month. Raises HotlineError USAGE where it names none.
    """
    quarter = re.fullmatch(r"(\d{4})-Q([1-4])", text)
    if quarter:
        return Period(QUARTER, int(quarter[1]), 3 * int(quarter[2]))
    if period_type == QUARTER:
        raise HotlineError(f"季度“{text}”写法不对;请写成 年-Q季度,例如 1999-Q4", USAGE)
    month = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
    if not month:
        raise HotlineError(
            f"时段“{text}”写法不对;月份写成 年-月,月份两位,例如 1999-11;季度写成 1999-Q4", USAGE
        )
    return Period(period_type, int(month[1]), int(month[2]), first_day)

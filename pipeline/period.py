"""The month that a bulletin speaks of: a calendar month, or an assessment month."""

import datetime
import re
from dataclasses import dataclass

from pipeline.errors import USAGE, HotlineError

MONTH, ASSESSMENT = "month", "assessment"
# An assessment month is named after the month it ends in: 19 October to 18 November is November's.
ASSESSMENT_LAST_DAY = 18


@dataclass(frozen=True, order=True)
class Period:
    """One month of one kind; both ends belong to it."""

    period_type: str
    year: int
    month: int

    @property
    def period(self) -> str:
        """Return the name as metric.figure spells it."""
        return f"{self.year}-{self.month:02d}"

    @property
    def first_on(self) -> datetime.date:
        if self.period_type == MONTH:
            return datetime.date(self.year, self.month, 1)
        return self.before().last_on + datetime.timedelta(days=1)

    @property
    def last_on(self) -> datetime.date:
        if self.period_type == MONTH:
            following = datetime.date(self.year + self.month // 12, self.month % 12 + 1, 1)
            return following - datetime.timedelta(days=1)
        return datetime.date(self.year, self.month, ASSESSMENT_LAST_DAY)

    def before(self, months: int = 1) -> "Period":
        """Return the period `months` months earlier."""
        index = self.year * 12 + self.month - 1 - months
        return Period(self.period_type, index // 12, index % 12 + 1)

    def calendar_months(self) -> list[tuple[int, int]]:
        """Return the (year, month) that hold the period's days."""
        return sorted({(d.year, d.month) for d in (self.first_on, self.last_on)})


def parse(text: str, period_type: str = MONTH) -> Period:
    """Return the period that `2020-11` names; HotlineError USAGE where it names none."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise HotlineError(f"月份“{text}”写法不对;请写成 年-月,月份两位,例如 1999-11", USAGE)
    return Period(period_type, int(text[:4]), int(text[5:]))

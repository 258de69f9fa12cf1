"""When: the year and the months that a sentence names."""

from dataclasses import dataclass, field

from pipeline.proofread.lexicon import Token


@dataclass
class Period:
    """`months` is empty for the whole year; `vague` when the text does not settle the period.

    `sticky`: the month heads the sentence and holds for every member named in it; `peak`: it was
    called the highest or lowest of the year; `is_year_written`: the year was written.
    """

    year: int
    months: list[int] = field(default_factory=list)
    vague: bool = False
    sticky: bool = False
    peak: bool = False
    is_year_written: bool = False

    def word(self, tokens: list[Token], at: int) -> None:
        """Take in a word of time."""
        token = tokens[at]
        if token.has("vague"):
            self.vague, self.months = True, []
        elif token.has("whole_year"):
            after = next((one for one in tokens[at + 1 :] if not one.has("filler")), None)
            has_month = any(one.number and one.number.kind == "month" for one in tokens[:at])
            if not has_month and not (after and after.has("largest", "smallest", "share")):
                self.months, self.vague = [], False
        elif token.has("that_month") and not self.months:
            self.vague = True

    def date(self, tokens: list[Token], at: int) -> bool:
        """Take in a year, month or day; return whether it is the period compared with."""
        number = tokens[at].number
        assert number is not None
        before = tokens[at - 1] if at else None
        compared = before is not None and before.has("base_before_year", "base", "period_base")
        if number.kind == "year" and not compared:
            self.year, self.is_year_written = number.value, True
            self.months, self.vague = [], False
        elif number.kind == "month" and not compared:
            self._month(tokens, at, number.value)
        elif number.kind != "year":
            self.vague = True
        return compared

    def _month(self, tokens: list[Token], at: int, month: int) -> None:
        before = tokens[at - 1] if at else None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        listed = before is not None and before.has("list_marks") and self.months
        self.months = [*self.months, month] if listed else [month]
        self.vague = after is not None and (
            after.has("vague", "after_month") or after.number is not None
        )
        self.sticky = after is not None and after.text == ","
        self.peak = False

    def passes_on(self) -> None:
        """A new member takes the place of one that had its numbers: its month is not given."""
        if self.months and not self.sticky:
            self.vague = True

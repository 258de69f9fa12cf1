"""What the sentences of a paragraph, and its headings, hand on to the next sentence."""

from dataclasses import dataclass, field

# What a paragraph's first subject may lend to its later sentences.
_LENT = ("record_type", "category", "subcategory", "channel", "desk", "region", "epidemic")


@dataclass
class Carry:
    """`lent`: dimensions of the first subject, `total` where that was the whole city.

    `place`: districts are those where the matter lies. `level`: the count over something that was
    spoken of last. `lost`: the words that were not understood before the last number.
    """

    lent: dict[str, str] = field(default_factory=dict)
    total: bool = False
    other_year: bool = False
    place: bool = False
    level: str = ""
    lost: str = ""

    def lend(self, subject: dict[str, str]) -> None:
        """Take in the first subject of a sentence; the first of the paragraph is handed on."""
        if not self.lent:
            self.lent = {name: value for name, value in subject.items() if name in _LENT}
            self.total = self.total or not subject

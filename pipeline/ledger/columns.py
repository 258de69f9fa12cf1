"""The columns of a claim, its relations and statuses: what the ledger's files may say."""

import re

DIMENSIONS = (
    "record_type",
    "category",
    "subcategory",
    "handling",
    "unit_type",
    "unit",
    "region",
    "district",
    "street",
    "channel",
    "desk",
    "platform",
    "praise_form",
    "epidemic",
    "tag",
)
KEY = (
    "metric",
    "method_version",
    "convention",
    "scope",
    "date_basis",
    "period_type",
    "period",
    *DIMENSIONS,
)
# What `hotline audit --conflicts` derives from the ledger as a whole; see conflict.py.
DERIVED = ("repair", "repair_lower", "repair_upper")
FILE_COLUMNS = (
    *("claim", "year", "document", "section", "label"),
    *KEY,
    *("relation", "dimension", "members", "printed", "printed_unit", "step", "lower", "upper"),
    *("status", "reason"),
)
COLUMNS = (*FILE_COLUMNS, *DERIVED)
NUMBERS = ("step", "lower", "upper", "repair_lower", "repair_upper")

VALUE_RELATIONS = ("equals", "at_least")
# Order among the members of a dimension. `order` compares the named ones alone; the others also
# say that nothing unnamed precedes them.
LIST_RELATIONS = ("ranked_list", "largest", "smallest", "top_members", "order")
# The course of a series over the periods in `members`; data/README.md has the rule of each word.
TREND_RELATIONS = (
    *("rises", "falls", "rises_steadily", "falls_steadily", "rises_then_falls"),
    *("higher", "much_higher", "lower", "much_lower", "high", "concentrated"),
)
# Every named period is in the printed interval.
LEVEL = "level"
# Who takes the larger part: each named member's share is at least 60%, or between 40% and 60%.
PART_RELATIONS = ("predominant", "joint")
# The claim's metric is above the metric in `members`, at the key or at the `printed` largest
# members of `dimension`.
ABOVE = "above"
RELATIONS = (
    *VALUE_RELATIONS,
    *LIST_RELATIONS,
    *TREND_RELATIONS,
    LEVEL,
    *PART_RELATIONS,
    ABOVE,
)
# contradicted is derived, never written by hand. context: records cannot give it. garbled: the
# print is broken, so that it asserts nothing.
STATUSES = ("", "context", "garbled")

PERIODS = {"year": re.compile(r"\d{4}"), "month": re.compile(r"\d{4}-(0[1-9]|1[0-2])")}
TOP_MEMBERS = re.compile(r"\d+:[^=|]+=\d+(\|[^=|]+=\d+)*")
# Eight decimals keep lower * denominator inside DECIMAL(38) in the audit's SQL.
DECIMALS = 8


def is_blank(printed: str) -> bool:
    """Return whether the document left the figure open (`**%`): nothing to hold against."""
    return "**" in printed

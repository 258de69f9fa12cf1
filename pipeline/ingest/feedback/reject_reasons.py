"""Why rows are rejected, in the sender's words: data/reference/reject_reason.csv."""

import csv
from typing import NamedTuple

from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home

# Rows listed for the sender: more than a person can mend, and well below the last row of a sheet;
# the rest is counted.
MOST = 200_000


class Reason(NamedTuple):
    """What is wrong with a row, and what the sender should do."""

    label: str
    remedy: str


def read_reasons(home: Home) -> dict[str, Reason]:
    """Return reason -> its words; USAGE in one line for a file that cannot be read."""
    path = home.reference_files().get("reject_reason")
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return {
                row["reason"]: Reason(row["label"], row["remedy"]) for row in csv.DictReader(handle)
            }
    except (KeyError, UnicodeDecodeError, csv.Error) as error:
        raise HotlineError(
            f"参考表 {home.relative(path)} 读不出({error});应有列 reason、label、remedy", USAGE
        ) from error


def words(reasons: dict[str, Reason], reason: str) -> Reason:
    """Return the words of a reason; one that the file does not know stands for itself."""
    return reasons.get(reason) or Reason(reason, "请核对这一行后重发")

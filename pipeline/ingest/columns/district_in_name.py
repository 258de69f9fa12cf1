"""A district that stands only in the name of a sheet or a file."""

import csv
from collections import Counter

from pipeline.home import Home


def spellings(home: Home) -> dict[str, str]:
    """Return how districts may be written in a name -> the district: in full, or without the last
    word (区, 县, 市) where that still says which."""
    path = home.reference_files().get("district")
    if path is None:
        return {}
    with path.open(encoding="utf-8-sig", newline="") as handle:
        names = [row["district"] for row in csv.DictReader(handle) if row.get("district")]
    short = Counter(name[:-1] for name in names if len(name) >= 3 and name[-1] in "区县市")
    found = {name: name for name in names}
    for name in names:
        if short.get(name[:-1]) == 1:
            found.setdefault(name[:-1], name)
    return found


def district_in(names: list[str], known: dict[str, str]) -> str | None:
    """Return the one district of the first name that holds any; None where it holds several."""
    for name in names:
        found = {district for spelling, district in known.items() if spelling in name}
        # 新西区 holds 西区: a spelling inside a longer one that is there too says nothing.
        longest = {
            district
            for district in found
            if not any(district in other and district != other for other in found)
        }
        if longest:
            return longest.pop() if len(longest) == 1 else None
    return None

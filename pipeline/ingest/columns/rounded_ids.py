"""Long ids that a spreadsheet has kept as numbers: of 18 digits only 15 are left."""

import re
from collections.abc import Iterable

_LONG = re.compile(r"\d{16,}")
_ZEROS_AFTER_15 = re.compile(r"\d{15}0+")
# Three of three by chance: one in a million for ids of 17 digits, less for longer ones.
_ENOUGH = 3


def are_rounded(ids: Iterable[str]) -> bool:
    """Return whether all long ids of a sample end in zeros from the 16th digit on."""
    long = {text for text in ids if _LONG.fullmatch(text)}
    return len(long) >= _ENOUGH and all(_ZEROS_AFTER_15.fullmatch(text) for text in long)

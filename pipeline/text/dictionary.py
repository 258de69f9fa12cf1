"""The words of a city: names of places, units and matters, and stop words."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import rjieba

from pipeline.home import Home
from pipeline.likely_name import LikelyNames, likely_names
from pipeline.reference import read_rows

# Which columns of which register hold names; lists inside a cell are separated by `|`. Units that
# are a district's or a street's are left out: their names join two places (朝阳区小关街道), which
# are counted apart.
NAMES = {
    "district": ("district",),
    "street": ("street", "aliases"),
    "unit": ("unit", "aliases"),
    "category": ("category", "aliases"),
    "subcategory": ("subcategory",),
}
PLACE_UNITS = ("区", "街乡镇")
PLACES = ("district", "street")
_CERTAIN = 100_000


@dataclass(frozen=True)
class Dictionary:
    """What segmentation adds to jieba's own words, and what counting leaves out.

    `names` are (word, frequency) in the order in which they are added. Places are words, but in no
    phrase: beside a place comes every matter in turn.
    """

    names: tuple[tuple[str, int], ...]
    stop_words: frozenset[str]
    places: frozenset[str]
    people: LikelyNames = field(default_factory=LikelyNames)

    @property
    def version(self) -> str:
        """Return a digest: counts of two versions are not comparable."""
        held = [self.names, sorted(self.stop_words), sorted(self.places), *self.people.content]
        text = json.dumps(held, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def segmenter(self) -> rjieba.Jieba:
        """Return a segmenter of its own that has the names (80 ms)."""
        made = rjieba.Jieba()
        for word, frequency in self.names:
            made.add_word(word, frequency, None)
        return made


def read(home: Home) -> Dictionary:
    """Return the dictionary of a home, made from its reference data.

    A name that jieba has keeps jieba's frequency; another gets the least at which it is cut as
    one word. The numbers are held here, so that jieba and rjieba can be given the same.
    """
    files = home.reference_files()
    found = {stem: set(_names(stem, files[stem])) for stem in NAMES if stem in files}
    stops = files.get("stop_word")
    # Stop words are cut as words, too: of 来电人住在 nothing but 来电人 shall be left out.
    words = frozenset(row["stop_word"] for row in read_rows(stops)) if stops else frozenset()
    bare = rjieba.Jieba()
    added = []
    for name in sorted(words.union(*found.values())):
        if len(name) > 1 and not bare.has_word(name):
            frequency = bare.suggest_freq(name)
            bare.add_word(name, frequency, None)
            added.append((name, frequency))
    places = frozenset().union(*(found.get(stem, set()) for stem in PLACES))
    known = likely_names(home).with_words(words.union(*found.values()))
    return Dictionary(tuple(added), words, places, known)


def cutter_of_names(home: Home) -> tuple[rjieba.Jieba, LikelyNames]:
    """Return a segmenter for names of files and columns, and what tells a person in them.

    Names of the registers are words here at a frequency that is not weighed: a third of the time.
    """
    files = home.reference_files()
    found = {name for stem in NAMES if stem in files for name in _names(stem, files[stem])}
    made = rjieba.Jieba()
    for name in sorted(found):
        if len(name) > 1:
            made.add_word(name, _CERTAIN, None)
    return made, likely_names(home).with_words(found)


def _names(stem: str, path: Path) -> Iterator[str]:
    for row in read_rows(path):
        if stem == "unit" and row.get("unit_type") in PLACE_UNITS:
            continue
        for column in NAMES[stem]:
            yield from (name.strip() for name in (row.get(column) or "").split("|"))

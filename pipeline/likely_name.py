"""Whether a word by itself is like a person's name: it begins with a surname and is no known word.

Known are the words of jieba's dictionary that it does not take for names, those of
data/reference/known_word.csv, and the names of the registers.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import jieba

from pipeline.home import Home
from pipeline.reference import read_rows

_WORDS = Path(jieba.__file__).parent / "dict.txt"
_HAN = re.compile(r"[\u3400-\u9fff]+")
# A surname of one sign or two, and a given name of one or two.
LONGEST = 4


@dataclass(frozen=True)
class LikelyNames:
    """The surnames, and the words that begin with one and name nobody."""

    surnames: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    @property
    def content(self) -> list[list[str]]:
        """Return both lists, for a digest."""
        return [sorted(self.surnames), sorted(self.words)]

    def includes(self, word: str) -> bool:
        """Return whether the word may be a person's name."""
        return (
            2 <= len(word) <= LONGEST
            and self._begins_as_name(word)
            and word not in self.words
            and bool(_HAN.fullmatch(word))
        )

    def _begins_as_name(self, word: str) -> bool:
        return (word[0] in self.surnames and len(word) < LONGEST) or word[:2] in self.surnames

    def with_words(self, words: Iterable[str]) -> "LikelyNames":
        """Return the same with more known words."""
        more = {word for word in words if word and self._begins_as_name(word)}
        return replace(self, words=self.words | more)


def likely_names(home: Home) -> LikelyNames:
    """Return what tells a name in a home, from its reference files or the repository's."""
    files = home.reference_files()
    return _read(files.get("surname"), files.get("known_word"))


@lru_cache(maxsize=4)
def _read(surname_file: Path | None, word_file: Path | None) -> LikelyNames:
    surnames = frozenset(row["surname"] for row in read_rows(surname_file, ("surname",)))
    listed = (row["known_word"] for row in read_rows(word_file, ("known_word",)))
    names = LikelyNames(surnames)
    return names.with_words([*listed, *_dictionary_words(names)])


def _dictionary_words(names: LikelyNames) -> Iterable[str]:
    """Yield the words of jieba's dictionary that are like names, and by its tag are none."""
    with _WORDS.open(encoding="utf-8") as lines:
        for line in lines:
            word, _, rest = line.partition(" ")
            if names.includes(word) and not rest.rpartition(" ")[2].startswith("nr"):
                yield word

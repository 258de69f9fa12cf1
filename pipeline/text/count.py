"""Words and phrases of a batch of texts, counted once per record.

Only the cutting is done word by word (in rjieba); the counting runs on arrays of word numbers.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.text.dictionary import Dictionary

WORD, PHRASE, TEXT = "word", "phrase", "text"
# A pair of words that is side by side in fewer records of a slice is not kept: pairs are
# many, and a phrase of a month is one that comes again and again.
MIN_PHRASE = 3
# What counts as a word: two letters or more. One with a digit or `_` may be somebody's account.
_SAYING = re.compile(r"[A-Za-z]{2,}|[\u3400-\u9fff]{2,}")
_NUMBERED = re.compile(r"[\d_]")

# A text's place in its batch, and the numbers of two words, share 63 bits: one sort counts a batch.
# A counter lives for one slice of a file, which has far fewer than 16 million different words.
WORD_BITS = 24
WORD_MASK = (1 << WORD_BITS) - 1
PAIR_BITS = 2 * WORD_BITS
PAIR_MASK = (1 << PAIR_BITS) - 1
CALLER_BITS = 32
MAX_BATCH = 1 << (63 - PAIR_BITS)

Ints = NDArray[np.int64]
# Category, title, content, and the number of a caller who has several texts in the delivery.
Row = tuple[str, str, str, int | None]

COUNTED = pa.schema(
    [
        ("category", pa.string()),
        ("kind", pa.string()),
        ("word", pa.string()),
        ("record_count", pa.int64()),
        ("caller_count", pa.int64()),
    ]
)


class Counter:
    """Counts batches of (category, title, content); a word counts once per record."""

    def __init__(self, words: Dictionary) -> None:
        segmenter = words.segmenter()
        self._cut, self._has_word, self._tag = segmenter.cut, segmenter.has_word, segmenter.tag
        self._stop_words = words.stop_words
        self._places = words.places
        self._people = words.people
        self._words: defaultdict[str, int] = defaultdict()
        self._words.default_factory = self._words.__len__
        self._categories: defaultdict[str, int] = defaultdict()
        self._categories.default_factory = self._categories.__len__
        self._keep = np.zeros(0, dtype=bool)
        self._joins = np.zeros(0, dtype=bool)
        self._surname = np.zeros(0, dtype=bool)
        self._unknown = np.zeros(0, dtype=bool)
        self._found: dict[str, list[tuple[Ints, Ints]]] = {WORD: [], PHRASE: [], TEXT: []}
        # Of callers with several texts: (item, caller), once a text.
        self._again: dict[str, list[tuple[Ints, Ints]]] = {WORD: [], PHRASE: [], TEXT: []}

    def add(self, rows: Sequence[Row]) -> None:
        """Cut and count one batch; at most MAX_BATCH texts."""
        number = self._words.__getitem__
        cut = self._cut
        numbers = array("q")
        lengths = array("q")
        for _, title, content, _ in rows:
            # The line end is a word of its own that no one counts: nothing is cut across it.
            words = cut(f"{title}\n{content}")
            lengths.append(len(words))
            numbers.extend(map(number, words))
        self._judge()
        category = np.array([self._categories[row[0]] for row in rows], dtype=np.int64)
        callers = np.array([-1 if row[3] is None else row[3] for row in rows], dtype=np.int64)
        place = np.repeat(np.arange(len(rows)), np.frombuffer(lengths, dtype=np.int64))
        items = np.frombuffer(numbers, dtype=np.int64)
        # After a surname that stands alone such a word is a given name.
        given = np.zeros(len(items), dtype=bool)
        given[1:] = self._surname[items[:-1]] & self._unknown[items[1:]]
        kept = self._keep[items] & ~given
        joins = self._joins[items] & ~given
        beside = joins[:-1] & joins[1:] & (place[:-1] == place[1:])
        pairs = (items[:-1] << WORD_BITS | items[1:])[beside]
        self._tally(WORD, category, callers, place[kept], items[kept])
        self._tally(PHRASE, category, callers, place[:-1][beside], pairs)
        self._tally(TEXT, category, callers, np.arange(len(rows)), np.zeros(len(rows), np.int64))

    def _judge(self) -> None:
        """Extend the marks (counts; counts in a phrase) to the words met for the first time."""
        known = len(self._keep)
        fresh = list(self._words)[known:]
        marks = [self._counts(word) for word in fresh]
        self._keep = np.concatenate([self._keep, np.array(marks, dtype=bool)])
        joins = [mark and w not in self._places for mark, w in zip(marks, fresh, strict=True)]
        self._joins = np.concatenate([self._joins, np.array(joins, dtype=bool)])
        surnames = [word in self._people.surnames for word in fresh]
        self._surname = np.concatenate([self._surname, np.array(surnames, dtype=bool)])
        unknown = [mark and self._may_be_given(w) for mark, w in zip(marks, fresh, strict=True)]
        self._unknown = np.concatenate([self._unknown, np.array(unknown, dtype=bool)])

    def _may_be_given(self, word: str) -> bool:
        """Return whether the dictionary lacks a word, or takes it for a name."""
        return not self._has_word(word) or any(tag.startswith("nr") for _, tag in self._tag(word))

    def _counts(self, word: str) -> bool:
        """Return whether a word is counted: no stop word, no account, and like no person's name."""
        return (
            bool(_SAYING.search(word))
            and word not in self._stop_words
            and not _NUMBERED.search(word)
            and not self._people.includes(word)
        )

    def _tally(self, kind: str, category: Ints, callers: Ints, place: Ints, items: Ints) -> None:
        """Count each item once per text, by the text's category."""
        once = _distinct(place << PAIR_BITS | items)
        text, item = once >> PAIR_BITS, once & PAIR_MASK
        self._found[kind].append(np.unique(category[text] << PAIR_BITS | item, return_counts=True))
        again = callers[text] >= 0
        if again.any():
            self._again[kind].append((item[again], callers[text][again]))

    def result(self) -> pa.Table:
        """Return the counts by category, kind and word (of a phrase: both words, a space)."""
        words, categories = list(self._words), list(self._categories)
        tables = []
        for kind, parts in self._found.items():
            keys, counts = _merge(parts)
            everywhere = keys & PAIR_MASK, counts
            if kind == PHRASE:
                keys, counts = keys[counts >= MIN_PHRASE], counts[counts >= MIN_PHRASE]
            callers = _callers(keys & PAIR_MASK, everywhere, self._again[kind])
            tables.append(
                pa.table(
                    [
                        [categories[key >> PAIR_BITS] for key in keys.tolist()],
                        [kind] * len(counts),
                        [_spell(kind, key & PAIR_MASK, words) for key in keys.tolist()],
                        counts,
                        callers,
                    ],
                    schema=COUNTED,
                )
            )
        return pa.concat_tables(tables)


def _callers(
    items: Ints, everywhere: tuple[Ints, Ints], again: Sequence[tuple[Ints, Ints]]
) -> Ints:
    """Return from how many callers each item is: its texts of all categories, less those by which
    a caller is counted more than once. `everywhere` are items of all categories and their texts.
    """
    distinct, place = np.unique(items, return_inverse=True)
    if not len(distinct):
        return items
    at, known = _among(distinct, everywhere[0])
    total = np.bincount(at, everywhere[1][known], minlength=len(distinct)).astype(np.int64)
    if again:
        at, known = _among(distinct, np.concatenate([item for item, _ in again]))
        pairs = at << CALLER_BITS | np.concatenate([caller for _, caller in again])[known]
        for several, sign in ((pairs, -1), (_distinct(pairs), 1)):
            total += sign * np.bincount(several >> CALLER_BITS, minlength=len(distinct))
    return total[place]


def _among(distinct: Ints, items: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the places in `distinct` of the items that are there, and which these are."""
    at = np.minimum(np.searchsorted(distinct, items), len(distinct) - 1)
    known = distinct[at] == items
    return at[known], known


def _spell(kind: str, item: int, words: list[str]) -> str:
    if kind == WORD:
        return words[item]
    if kind == PHRASE:
        return f"{words[item >> WORD_BITS]} {words[item & WORD_MASK]}"
    return "*"


def _distinct(keys: Ints) -> Ints:
    """Return the sorted distinct keys (half the time of numpy.unique)."""
    keys = np.sort(keys)
    first = np.ones(len(keys), dtype=bool)
    first[1:] = keys[1:] != keys[:-1]
    return keys[first]


def _merge(parts: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    """Return the distinct keys of all batches and the sums of their counts."""
    keys, inverse = np.unique(
        np.concatenate([np.zeros(0, dtype=np.int64), *(keys for keys, _ in parts)]),
        return_inverse=True,
    )
    counts = np.zeros(len(keys), dtype=np.int64)
    np.add.at(counts, inverse, np.concatenate([counts[:0], *(counts for _, counts in parts)]))
    return keys, counts

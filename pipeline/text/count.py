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
# What counts as a word: two letters or more, at least one of them no digit or sign.
_SAYING = re.compile(r"[A-Za-z]{2,}|[\u3400-\u9fff]{2,}")

# A text's place in its batch, and the numbers of two words, share 63 bits: one sort counts a batch.
# A counter lives for one slice of a file, which has far fewer than 16 million different words.
WORD_BITS = 24
WORD_MASK = (1 << WORD_BITS) - 1
PAIR_BITS = 2 * WORD_BITS
PAIR_MASK = (1 << PAIR_BITS) - 1
MAX_BATCH = 1 << (63 - PAIR_BITS)

Ints = NDArray[np.int64]
Row = tuple[str, str, str]

COUNTED = pa.schema(
    [
        ("category", pa.string()),
        ("kind", pa.string()),
        ("word", pa.string()),
        ("record_count", pa.int64()),
    ]
)


class Counter:
    """Counts batches of (category, title, content); a word counts once per record."""

    def __init__(self, words: Dictionary) -> None:
        self._cut = words.segmenter().cut
        self._stop_words = words.stop_words
        self._places = words.places
        self._words: defaultdict[str, int] = defaultdict()
        self._words.default_factory = self._words.__len__
        self._categories: defaultdict[str, int] = defaultdict()
        self._categories.default_factory = self._categories.__len__
        self._keep = np.zeros(0, dtype=bool)
        self._joins = np.zeros(0, dtype=bool)
        self._found: dict[str, list[tuple[Ints, Ints]]] = {WORD: [], PHRASE: [], TEXT: []}

    def add(self, rows: Sequence[Row]) -> None:
        """Cut and count one batch; at most MAX_BATCH texts."""
        number = self._words.__getitem__
        cut = self._cut
        numbers = array("q")
        lengths = array("q")
        for _, title, content in rows:
            # The line end is a word of its own that no one counts: nothing is cut across it.
            words = cut(f"{title}\n{content}")
            lengths.append(len(words))
            numbers.extend(map(number, words))
        self._judge()
        category = np.array([self._categories[row[0]] for row in rows], dtype=np.int64)
        place = np.repeat(np.arange(len(rows)), np.frombuffer(lengths, dtype=np.int64))
        items = np.frombuffer(numbers, dtype=np.int64)
        kept = self._keep[items]
        joins = self._joins[items]
        beside = joins[:-1] & joins[1:] & (place[:-1] == place[1:])
        pairs = (items[:-1] << WORD_BITS | items[1:])[beside]
        self._tally(WORD, category, place[kept], items[kept])
        self._tally(PHRASE, category, place[:-1][beside], pairs)
        self._tally(TEXT, category, np.arange(len(rows)), np.zeros(len(rows), dtype=np.int64))

    def _judge(self) -> None:
        """Extend the marks (counts; counts in a phrase) to the words met for the first time."""
        known = len(self._keep)
        fresh = list(self._words)[known:]
        marks = [w not in self._stop_words and bool(_SAYING.search(w)) for w in fresh]
        self._keep = np.concatenate([self._keep, np.array(marks, dtype=bool)])
        joins = [mark and w not in self._places for mark, w in zip(marks, fresh, strict=True)]
        self._joins = np.concatenate([self._joins, np.array(joins, dtype=bool)])

    def _tally(self, kind: str, category: Ints, place: Ints, items: Ints) -> None:
        """Count each item once per text, by the text's category."""
        once = _distinct(place << PAIR_BITS | items)
        keys = category[once >> PAIR_BITS] << PAIR_BITS | once & PAIR_MASK
        self._found[kind].append(np.unique(keys, return_counts=True))

    def result(self) -> pa.Table:
        """Return the counts by category, kind and word (of a phrase: both words, a space)."""
        words, categories = list(self._words), list(self._categories)
        tables = []
        for kind, parts in self._found.items():
            keys, counts = _merge(parts)
            if kind == PHRASE:
                keys, counts = keys[counts >= MIN_PHRASE], counts[counts >= MIN_PHRASE]
            tables.append(
                pa.table(
                    [
                        [categories[key >> PAIR_BITS] for key in keys.tolist()],
                        [kind] * len(counts),
                        [_spell(kind, key & PAIR_MASK, words) for key in keys.tolist()],
                        counts,
                    ],
                    schema=COUNTED,
                )
            )
        return pa.concat_tables(tables)


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

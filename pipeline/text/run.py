"""Words of the months that someone asks for: what is new is counted, the rest is kept."""

import hashlib
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import groupby
from pathlib import Path

import jieba
import pyarrow as pa

from pipeline import stopping, subprocesses
from pipeline.console import progress
from pipeline.db import connect
from pipeline.errors import IO, HotlineError
from pipeline.home import Home
from pipeline.model_tables import WORD_COUNT, code_of, delete_orphaned_words
from pipeline.receipts import require_files_whole
from pipeline.settings import load as load_settings
from pipeline.text import dictionary
from pipeline.text.count import Counter
from pipeline.text.partition import Month, Slice, TextPartition, batches, partitions, slices

_HERE = Path(__file__).parent
_IDF = Path(jieba.__file__).parent / "analyse" / "idf.txt"


def count_words(home: Home, months: Iterable[Month]) -> list[Month]:
    """Make model.word_count hold the words of these (year, month); return what had to be counted.

    One part per receipt and month, keyed by the receipt and when it was loaded, the ids of it that
    a later delivery replaces, the dictionary and this code: asking again costs nothing, a new
    delivery only itself. Months that are not loaded, or whose texts were deleted, are left out. The
    caller holds the home's lock. Raises HotlineError IO where nothing is built.
    """
    delete_orphaned_words(home)
    words = dictionary.read(home)
    version = f"{words.version}-{code_of(_HERE)}"
    stale = [
        (partition, key)
        for partition in partitions(home, sorted(set(months)))
        for key in [_key(partition, version)]
        if WORD_COUNT.key(home, partition.part) != key
    ]
    if not stale:
        return []
    files = [(partition.texts_file, partition.records_file) for partition, _ in stale]
    require_files_whole(home, [home.warehouse / name for pair in files for name in pair])
    keys = {partition.part: key for partition, key in stale}
    todo = [part for partition, _ in stale for part in slices(home, partition)]
    idf = _idf()
    counted = _counted(home, words, todo)
    steps = progress(counted, "分词计数", len(todo))
    for partition, tables in groupby(steps, lambda item: item[0]):
        rows = _joined([table for _, table in tables], partition, version, idf)
        WORD_COUNT.write(home, partition.part, rows, keys[partition.part])
    return sorted({(partition.year, partition.month) for partition, _ in stale})


def _key(partition: TextPartition, version: str) -> str:
    text = f"{partition.texts_file} {partition.superseded} {partition.loaded_at} {version}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _idf() -> pa.Table:
    """Return jieba's inverse document frequencies: how specific a word is in general Chinese."""
    words, values = [], []
    with _IDF.open(encoding="utf-8") as handle:
        for line in handle:
            word, _, value = line.rstrip("\n").rpartition(" ")
            words.append(word)
            values.append(float(value))
    return pa.table({"word": words, "idf": values})


def _counted(
    home: Home, words: dictionary.Dictionary, todo: list[Slice]
) -> Iterator[tuple[TextPartition, pa.Table]]:
    """Yield each slice's counts in order; a worker a core, each with its own segmenter."""
    workers = min(load_settings(home.root).threads, len(todo))
    if len(todo) == 1:
        _worker["of"] = (home.warehouse, home.database, words)
        yield todo[0].partition, _count(todo[0])
        return
    # Spawned, not forked: the engine's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with subprocesses.out_of_reach():
        pool = ProcessPoolExecutor(workers, context, _start, (home.warehouse, home.database, words))
        running = deque(pool.submit(_count, part) for part in todo)
    with pool:
        try:
            for part in todo:
                yield part.partition, running.popleft().result()
        except BrokenProcessPool:
            stopping.raise_if_stopped()
            raise HotlineError(
                "分词的工作进程被系统中止(多半是内存不够);请调小 HOTLINE_THREADS 后重试,"
                "已数完的月份会保留",
                IO,
            ) from None
        finally:
            if stopping.code() is None:  # else the workers are gone, and nothing is run any more
                pool.shutdown(cancel_futures=True)


_worker: dict[str, tuple[Path, Path, dictionary.Dictionary]] = {}


def _start(warehouse: Path, database: Path, words: dictionary.Dictionary) -> None:
    subprocesses.end_with_pool()
    _worker["of"] = (warehouse, database, words)


def _count(part: Slice) -> pa.Table:
    warehouse, database, words = _worker["of"]
    counter = Counter(words)
    for rows in batches(warehouse, database, part):
        counter.add(rows)
    return counter.result()


def _joined(
    tables: list[pa.Table], partition: TextPartition, version: str, idf: pa.Table
) -> pa.Table:
    """Return the part's rows: the slices added up, with idf where jieba has the word.

    A word that it does not know gets the median, as jieba itself does.
    """
    with connect(threads=1) as con:
        con.register("counted", pa.concat_tables(tables))
        con.register("idf", idf)
        result = con.sql(
            """
            WITH added AS (
                SELECT category, kind, word, sum(record_count) AS record_count,
                    -- Of no two slices is it known whether their callers are others.
                    max(caller_count) AS caller_count
                FROM counted
                GROUP BY category, kind, word
            )

            SELECT $year AS year, $month AS month, $receipt AS receipt,
                a.category, a.kind, a.word, a.record_count, a.caller_count,
                CASE
                    WHEN a.kind = 'word' THEN coalesce(i.idf, (SELECT median(idf) FROM idf))
                END AS idf,
                $version AS model_version
            FROM added AS a
            LEFT JOIN idf AS i ON i.word = a.word AND a.kind = 'word'
            ORDER BY a.kind, a.word, a.category
            """,
            params={
                "year": partition.year,
                "month": partition.month,
                "receipt": partition.receipt,
                "version": version,
            },
        )
        return result.to_arrow_table()

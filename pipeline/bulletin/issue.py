"""One bulletin of one period: made ready, written, compared with the one before, put in place."""

import errno
from dataclasses import replace
from pathlib import Path

from pipeline.build_inputs import changed_inputs, read_lock
from pipeline.bulletin import periods, revision
from pipeline.bulletin.status import ISSUED, RENEWED, REVISED, UNCHANGED, Outcome, now
from pipeline.console import say
from pipeline.db import fingerprint_of
from pipeline.document import Document
from pipeline.editions import store
from pipeline.editions.store import Edition
from pipeline.errors import IO, OK, HotlineError
from pipeline.home import Home
from pipeline.period import ASSESSMENT, Period

# The months that the words of a month are held against, as metric.hot_word has it.
REFERENCE_MONTHS = 12
# What a system says of a folder that cannot be written, other than that the disk fails.
_NO_PLACE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR)
_LOST = ";原来那一版的记录损坏或缺失,没有与它比较,其文件存于 history"


def folder_of(home: Home, period: Period) -> Path:
    """Return the folder of a period's bulletin."""
    kind = "-assessment" if period.period_type == ASSESSMENT else ""
    return home.reports / f"{period.period}{kind}"


def issue(home: Home, period: Period, *, only_complete: bool = False) -> Outcome:
    """Leave the bulletin of a loaded period in its folder; the caller holds the home's lock.

    Nothing is done where the present edition was made from the same warehouse, code and
    templates. With `only_complete` data with holes are refused (NO_DATA). Raises HotlineError for
    what the user can mend, OSError of the disk.
    """
    folder = folder_of(home, period)
    with periods.open_built(home) as con:
        periods.require_loaded(con, period)
        fingerprint = fingerprint_of(con)
    record = Edition(
        1, fingerprint, store.code(home), now(), 0, {}, read_lock(home, revision.CAUSES)
    )
    former = store.read(folder)
    if former is not None and _is_current(folder, former, record):
        return _outcome(home, period, UNCHANGED, former)
    made = _made(home, period, only_complete)
    try:
        return _put(home, period, folder, made, record, former)
    except OSError as error:
        if error.errno not in _NO_PLACE:
            raise
        raise HotlineError(
            f"{home.relative(folder)} 不能写入({error.strerror});"
            "请检查它是不是文件夹、有没有写权限,或换 --home",
            IO,
        ) from None


def _made(home: Home, period: Period, only_complete: bool) -> Document:
    """Return what the bulletin says, after making the model tables that it rests on."""
    # Slow to load, and a run that finds nothing new needs none of them.
    from pipeline.bulletin.content import build_document, cases
    from pipeline.surge import expected_counts
    from pipeline.text import count_words

    expected_counts(home, period)
    if only_complete:
        with periods.open_built(home) as con:
            periods.require_complete(con, period)
    count_words(home, _word_months(period))
    with periods.open_built(home) as con:
        if waiting := cases.waiting(con, period):
            say(
                f"典型案例未放行:可选 {'、'.join(waiting)};核对文字后写入"
                " data/reference/released_case.csv,再运行 hotline build"
            )
        return build_document(con, home, period)


def _put(
    home: Home,
    period: Period,
    folder: Path,
    made: Document,
    record: Edition,
    former: Edition | None,
) -> Outcome:
    """Put what was made in place as a first, revised or renewed edition, or find it unchanged."""
    if former is None:
        is_lost = store.is_unrecorded(folder)
        first = replace(record, number=store.last_number(folder) + 1)
        issued = _outcome(home, period, ISSUED, store.issue(folder, made, first, keep=True))
        return replace(issued, message=issued.message + _LOST) if is_lost else issued
    before = store.document(folder)
    moved = revision.moves(before, made, other_form=former.code != record.code)
    if moved:
        inputs = changed_inputs(former.lock, record.lock)
        number = former.number + 1
        made = revision.revised(made, number, moved, inputs)
        record = replace(record, number=number, moved=len(moved))
        return _outcome(home, period, REVISED, store.issue(folder, made, record, keep=True))
    record = replace(record, number=former.number, moved=former.moved, issued_at=former.issued_at)
    alike = revision.same(before, made)
    if alike and former.code == record.code and store.is_whole(folder, former):
        store.confirm(folder, replace(record, files=former.files))
        return _outcome(home, period, UNCHANGED, former)
    made = revision.carried(made, before)
    return _outcome(home, period, RENEWED, store.issue(folder, made, record, keep=not alike))


def _is_current(folder: Path, held: Edition, record: Edition) -> bool:
    """Return whether a new edition would equal the present one."""
    same = (held.fingerprint, held.code) == (record.fingerprint, record.code)
    return same and store.is_whole(folder, held)


def _outcome(home: Home, period: Period, result: str, held: Edition) -> Outcome:
    folder = home.relative(folder_of(home, period))
    named = f"{period.period}({periods.NAMES[period.period_type]})"
    message = {
        ISSUED: f"{named}第{held.number}版已写入 {folder}",
        REVISED: f"{named}第{held.number}版(修订,{held.moved} 个数有变化)已写入 {folder},"
        "上一版存于 history",
        RENEWED: f"{named}第{held.number}版已重新写入 {folder},各数不变",
        UNCHANGED: f"{named}没有新的内容:{folder} 的第{held.number}版仍是最新",
    }[result]
    return Outcome(
        result,
        OK,
        message,
        period.period_type,
        period.period,
        held.number,
        folder,
        held.moved if result == REVISED else 0,
    )


def _word_months(period: Period) -> list[tuple[int, int]]:
    """Return the months whose words are asked for: those of the period and their reference."""
    asked = period.calendar_months()
    first = asked[0][0] * 12 + asked[0][1] - 1
    last = asked[-1][0] * 12 + asked[-1][1] - 1
    return [(index // 12, index % 12 + 1) for index in range(first - REFERENCE_MONTHS, last + 1)]

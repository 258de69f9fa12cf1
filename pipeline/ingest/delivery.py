"""Deliveries: find the files to load, their senders and dates, and keep them under data/raw."""

import csv
import datetime
import os
import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.csv_file import csv_text, unguarded
from pipeline.errors import NO_DATA, USAGE, HotlineError
from pipeline.files import whole_file, write_whole
from pipeline.home import Home
from pipeline.ingest.formats.encoding import Content
from pipeline.receipts import Receipt
from pipeline.shown_name import shown_name

NOTE = "receipt.toml"
# The columns of data/warehouse/known.csv.
_REPEAT = ("receipt", "name", "received_on")


class DeliveryNote(BaseModel):
    """receipt.toml: the source, sender and date of a delivery, and whether it is simulated."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str | None = None
    sender: str = ""
    received_on: datetime.date | None = None
    simulated: bool | None = None
    scale: float = Field(default=1.0, gt=0, le=1)
    # How a simulated dump was made: used by `hotline simulate`, ignored here.
    simulation: dict[str, object] | None = None


@dataclass(frozen=True)
class Delivery:
    """A file to load, with its note.

    `path` is the file as received, `body` the file to read: for a member of a zip, `member`, its
    extracted copy. `content` is set once `body` was scanned.
    """

    path: Path
    note: DeliveryNote
    body: Path
    member: str = ""
    content: Content | None = None
    # The stat of `path` before it was read.
    state: os.stat_result | None = None

    @property
    def name(self) -> str:
        """The name shown to the user."""
        return shown_name(f"{self.path.name}/{self.member}" if self.member else self.path.name)

    @property
    def received_on(self) -> datetime.date:
        """The date in receipt.toml, else in the folder's name, else today.

        A later date than today counts as today, for it would take precedence over every following
        delivery. Simulated records keep their date: they may be of a future year, and no real
        delivery follows them.
        """
        today = datetime.date.today()
        dated = self.dated_on or today
        return dated if self.note.simulated else min(dated, today)

    @property
    def ahead(self) -> datetime.date | None:
        """The given date, if it is after `received_on`."""
        given = self.dated_on
        return given if given and given > self.received_on else None

    @property
    def dated_on(self) -> datetime.date | None:
        """The given date: in receipt.toml, else in the folder's name."""
        if self.note.received_on:
            return self.note.received_on
        try:
            return datetime.date.fromisoformat(self.path.parent.name)
        except ValueError:
            return None


def find_files(home: Home, paths: list[Path]) -> list[Path]:
    """Return the files of `paths`, each once: of folders all files, of patterns all matches.

    Without paths, all files of data/raw. Raises HotlineError NO_DATA for a path that does not
    exist.
    """
    found: dict[Path, None] = {}
    for path in [match for given in paths for match in _matches(given)] or [home.raw]:
        if not path.exists():
            if not paths:
                return []
            raise HotlineError(f"找不到 {path};请检查路径", NO_DATA)
        for file in _walk(path):
            # A broken link is kept, so that it is reported as unreadable.
            found[file.resolve() if file.exists() else file.absolute()] = None
    return list(found)


def _matches(path: Path) -> list[Path]:
    """Return the matches of a pattern that the shell did not expand; else the path itself."""
    if path.exists() or not any(sign in str(path) for sign in "*?["):
        return [path]
    # A folder may be named like a pattern: `[1]/*.csv` can be in a folder `[1]`.
    folder = next(above for above in path.parents if above.exists())
    found = sorted(folder.glob(str(path.relative_to(folder))))
    return [match for match in found if match.name != NOTE] or [path]


def _walk(path: Path) -> Iterable[Path]:
    if path.is_file():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if (file.is_file() or is_broken_link(file))
        and file.name != NOTE
        and not _is_hidden(file.relative_to(path))
    )


def is_broken_link(path: Path) -> bool:
    """Return whether the path is a symbolic link to nothing."""
    return path.is_symlink() and not path.exists()


def _is_hidden(path: Path) -> bool:
    """Return whether the path is that of a temporary file of a run or an editor."""
    return any(part.startswith((".", "~$")) for part in path.parts)


def read_note(path: Path) -> DeliveryNote:
    """Return the note in the folder of a file, empty if there is none; USAGE if it is invalid."""
    note = path.parent / NOTE
    if not note.is_file():
        return DeliveryNote()
    try:
        return DeliveryNote(**tomllib.loads(note.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise HotlineError(f"{note} 有误({reason});请改正后再试", USAGE) from error


def require_unchanged(delivery: Delivery) -> None:
    """Raise HotlineError NO_DATA if the file has changed since `state` was taken."""
    before, now = delivery.state, delivery.path.stat()
    if before is None:
        return
    same = all(
        getattr(before, name) == getattr(now, name) for name in ("st_ino", "st_size", "st_mtime_ns")
    )
    # st_ctime cannot be set back, but a new hard link changes it too.
    if same and (before.st_nlink != now.st_nlink or before.st_ctime_ns == now.st_ctime_ns):
        return
    raise HotlineError(
        f"{delivery.path.name} 在读取时被改动;请等它写完、关闭正在编辑它的程序后再入库", NO_DATA
    )


def keep(home: Home, delivery: Delivery, source: str) -> tuple[Path, bool]:
    """Keep a file under data/raw; return its path there, and whether it was created now.

    It is copied, so that later changes by the sender have no effect, or hard-linked if it is
    read-only.
    """
    path = delivery.path
    if path.is_relative_to(home.raw.resolve()):
        _ensure_note(path.parent, delivery, source)
        return path, False
    folder = home.raw / source / delivery.received_on.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    # Raw files name the callers: only the owner may read the folder.
    home.raw.chmod(0o700)
    target = _free_name(folder / path.name, path)
    is_new = not target.exists()
    if is_new:
        with whole_file(target) as beside:
            _put(path, beside)
            require_unchanged(delivery)
    _ensure_note(folder, delivery, source)
    return target, is_new


def _put(path: Path, target: Path) -> None:
    if not path.stat().st_mode & 0o222:
        try:
            os.link(path, target)
            return
        except OSError:  # another file system, or one without hard links
            pass
    shutil.copy2(path, target)
    target.chmod(0o600)


def _free_name(target: Path, path: Path) -> Path:
    """Return `target`, with a number if a file with other content has that name."""
    candidate, number = target, 1
    while candidate.exists() and not _same_bytes(*_states(candidate), *_states(path)):
        number += 1
        stem, dot, rest = target.name.partition(".")
        candidate = target.with_name(f"{stem}-{number}{dot}{rest}")
    return candidate


def _states(path: Path) -> tuple[Path, os.stat_result]:
    return path, path.stat()


# Called for every member of a zip: cached as long as neither file changes.
@lru_cache(maxsize=16)
def _same_bytes(one: Path, state: os.stat_result, other: Path, other_state: os.stat_result) -> bool:
    if os.path.samestat(state, other_state):
        return True
    if state.st_size != other_state.st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while block := left.read(1 << 22):
            if block != right.read(1 << 22):
                return False
    return True


def _ensure_note(folder: Path, delivery: Delivery, source: str) -> None:
    note = folder / NOTE
    if note.exists():
        return
    known = delivery.note
    written = {
        "source": source,
        "sender": known.sender,
        "received_on": delivery.received_on,
        "simulated": bool(known.simulated),
        "scale": known.scale,
    }
    write_whole(note, tomli_w.dumps(written).encode())


def note_repeat(home: Home, delivery: Delivery, receipt: Receipt) -> None:
    """Add a delivery whose content is loaded already to data/warehouse/known.csv, unless it is that
    very file.

    `hotline status` counts these: an office that sends one month twice may mean another month.
    """
    day = delivery.dated_on.isoformat() if delivery.dated_on else ""
    dates = (receipt.received_on, receipt.received_on_told)
    if delivery.name == receipt.name and delivery.dated_on in (None, *dates):
        return
    row = (receipt.id, delivery.name, day)
    rows = _repeats(home)
    if row in rows:
        return
    write_whole(home.known_files, csv_text([_REPEAT, *rows, row], end="\n").encode())


def _repeats(home: Home) -> list[tuple[str, ...]]:
    """Return the rows of known.csv; none if it cannot be read."""
    try:
        with home.known_files.open(encoding="utf-8", newline="") as handle:
            return [tuple(map(unguarded, row)) for row in csv.reader(handle)][1:]
    except (OSError, UnicodeDecodeError, csv.Error):
        return []

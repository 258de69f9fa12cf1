"""What became of the last run, for whoever watches a scheduled job: one file, written whole."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.files import write_whole
from pipeline.home import Home

FILE = "bulletin_status.json"
ISSUED, REVISED, RENEWED, UNCHANGED, FAILED = "issued", "revised", "renewed", "unchanged", "failed"


@dataclass(frozen=True)
class Outcome:
    """What became of one period.

    `result` is issued (a first edition), revised (figures moved), renewed (the same figures, in
    other words or another look), unchanged or failed; `folder` is relative to the home; `moved`
    counts the figures that differ from the edition before.
    """

    result: str
    exit_code: int
    message: str
    period_type: str = ""
    period: str = ""
    edition: int | None = None
    folder: str = ""
    moved: int = 0


def now() -> str:
    """Return the time as the records of runs hold it."""
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")


def write(
    home: Home, asked: str, outcomes: Sequence[Outcome], exit_code: int, seconds: float
) -> None:
    """Write what the run was asked and did, and what the last one that ended well did."""
    former = read(home)
    run: dict[str, Any] = {
        "at": now(),
        "asked": asked,
        "exit_code": exit_code,
        "seconds": round(seconds, 1),
        "periods": [asdict(outcome) for outcome in outcomes],
    }
    run["last_success"] = (
        {name: run[name] for name in ("at", "asked", "periods")}
        if exit_code == 0
        else former.get("last_success")
    )
    home.reports.mkdir(parents=True, exist_ok=True)
    text = json.dumps(run, ensure_ascii=False, indent=1) + "\n"
    write_whole(home.reports / FILE, text.encode())


def read(home: Home) -> dict[str, Any]:
    """Return the last run's status; empty where there is none that can be read."""
    try:
        found = json.loads((home.reports / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

"""Files that came again: data/warehouse/known.csv, one row per file of a content loaded before.

A file is known by its content. That it came is worth a note for `hotline status` (an office that
sends a month twice may mean another month), but changes nothing else.
"""

import csv
from typing import Any

from pipeline.home import Home
from pipeline.ingest.delivery import Delivery

COLUMNS = ("receipt", "name", "received_on")


def note(home: Home, delivery: Delivery, data: dict[str, Any]) -> None:
    """Note a delivery whose content has the receipt `data`, unless it is that very file."""
    day = delivery.dated_on.isoformat() if delivery.dated_on else ""
    if delivery.name == data["name"] and day in (
        "",
        data["received_on"],
        data.get("received_on_told"),
    ):
        return
    row = (data["receipt"], delivery.name, day)
    rows = read(home)
    if row in rows:
        return
    home.tmp.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = home.tmp / home.known_files.name
    with fresh.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([*rows, row])
    fresh.replace(home.known_files)


def read(home: Home) -> list[tuple[str, ...]]:
    """Return what was noted; a file that cannot be read is begun anew."""
    try:
        with home.known_files.open(encoding="utf-8", newline="") as handle:
            return [tuple(row) for row in csv.reader(handle)][1:]
    except (OSError, UnicodeDecodeError, csv.Error):
        return []

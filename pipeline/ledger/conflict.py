"""What was derived from a ledger as a whole: which claims cannot hold, and their best repair."""

import csv
import hashlib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from pipeline.csv_file import unguarded

FOLDER, NAME = "derived", "conflict.csv"
COLUMNS = (
    *("claim", "printed", "status", "reason", "repair", "repair_lower", "repair_upper"),
    "ledger_digest",
)


def findings_in(ledger_folder: Path) -> Path:
    """Return the path of the findings on the ledger of a folder."""
    return ledger_folder / FOLDER / NAME


def findings_beside(ledger_file: Path) -> Path:
    """Return the path of the findings on the ledger that a file belongs to."""
    return findings_in(ledger_file.parent)


def ledger_digest(files: Iterable[Path]) -> str:
    """Return 16 hex digits that change with the names or the bytes of a ledger's files."""
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda p: p.name):
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def read(path: Path) -> dict[str, dict[str, str]]:
    """Return claim -> finding; none where the file is absent or not of this form."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not set(COLUMNS[:-1]) <= set(reader.fieldnames or ()):
            return {}
        rows = [{name: unguarded(cell or "") for name, cell in row.items()} for row in reader]
        return {row["claim"]: row for row in rows}


def merge(row: dict, found: dict[str, dict[str, str]]) -> None:
    """Write the finding on a claim into its row; one made for another print is left out."""
    row |= {"repair": "", "repair_lower": None, "repair_upper": None}
    finding = found.get(row["claim"])
    if finding is None or finding["printed"] != row["printed"]:
        return
    row["status"], row["reason"] = finding["status"], finding["reason"]
    row["repair"] = finding["repair"]
    for name in ("repair_lower", "repair_upper"):
        row[name] = Decimal(finding[name]) if finding[name] else None

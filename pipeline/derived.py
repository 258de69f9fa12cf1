"""Where the verdicts that were derived from a ledger lie, and which ledger they belong to."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

CONFLICT_COLUMNS = (
    *("claim", "status", "reason", "repair", "repair_lower", "repair_upper"),
    "ledger_digest",
)


def conflict_file(ledger_folder: Path) -> Path:
    """Return where `hotline audit --conflicts` keeps its verdicts on the ledger of a folder."""
    return ledger_folder / "derived" / "conflict.csv"


def ledger_digest(files: Iterable[Path]) -> str:
    """Return 16 hex digits that change with the names or the bytes of a ledger's files."""
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda p: p.name):
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]

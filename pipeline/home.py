"""Where things are: one home is one city's `data/` folder."""

from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# A wheel has sql/ and data/ inside the package; in a checkout they are beside it.
IS_INSTALLED = (_PACKAGE / "shipped").is_dir()
REPOSITORY = _PACKAGE / "shipped" if IS_INSTALLED else _PACKAGE.parent


def default_root() -> Path:
    """Return the home of a command called without --home: the checkout, else the current folder."""
    return Path.cwd() if IS_INSTALLED else REPOSITORY


@dataclass(frozen=True)
class Home:
    """The folder that holds `data/`; everything a run writes goes below it."""

    root: Path = REPOSITORY

    @property
    def raw(self) -> Path:
        """As received, never edited."""
        return self.root / "data" / "raw"

    @property
    def warehouse(self) -> Path:
        return self.root / "data" / "warehouse"

    @property
    def tmp(self) -> Path:
        """Working files of the running command (mode 0700), swept at its start."""
        return self.warehouse / ".tmp"

    @property
    def records(self) -> Path:
        return self.warehouse / "records"

    @property
    def texts(self) -> Path:
        return self.warehouse / "texts"

    @property
    def rejects(self) -> Path:
        return self.warehouse / "rejects"

    @property
    def receipts(self) -> Path:
        """One JSON per loaded file, written last: what it does not list does not exist."""
        return self.warehouse / "receipts"

    @property
    def known_files(self) -> Path:
        """Files that came again: their content was loaded before."""
        return self.warehouse / "known.csv"

    @property
    def database(self) -> Path:
        return self.warehouse / "hotline.duckdb"

    @property
    def build_lock(self) -> Path:
        """What the warehouse was made from: versions, digests, rows per table."""
        return self.warehouse / "build.lock.toml"

    @property
    def sql_reads(self) -> Path:
        """Which tables each SQL file reads, as the last build found."""
        return self.warehouse / "sql_reads.json"

    @property
    def file_stamps(self) -> Path:
        """Size, times and inode of each Parquet file that the last build found whole."""
        return self.warehouse / "file_stamps.json"

    @property
    def reports(self) -> Path:
        return self.root / "data" / "reports"

    @property
    def sources(self) -> Path:
        """Dump formats of this city, beside those of the repository."""
        return self.root / "data" / "sources"

    @property
    def entities(self) -> Path:
        """Kinds of data of this city, beside those of the repository."""
        return self.root / "data" / "entities"

    @property
    def sql(self) -> Path:
        """SQL of this city, laid over the repository's: `<schema>/<table>.sql`."""
        return self.root / "data" / "sql"

    @property
    def templates(self) -> Path:
        """Headings of this city's own tables, added to the report's."""
        return self.root / "data" / "templates"

    @property
    def letters(self) -> Path:
        """What could not be loaded, one workbook a receipt, for the sender."""
        return self.reports / "rejects"

    def reference_files(self) -> dict[str, Path]:
        """Return table name -> CSV: the repository's, a home's file of the same name wins."""
        return {**_csv_files(REPOSITORY, "reference"), **_csv_files(self.root, "reference")}

    def metric_files(self) -> dict[str, Path]:
        """Return where metrics are defined: the repository's file, then the home's, laid over it.

        A home's metric.csv, the older form, says a metric's words.
        """
        files = {"metric": REPOSITORY / "data" / "reference" / "metric.toml"}
        if self.root != REPOSITORY:
            own = self.root / "data" / "reference"
            files |= {"metric words": own / "metric.csv", "metric of home": own / "metric.toml"}
        return {name: path for name, path in files.items() if path.is_file()}

    def published_files(self) -> dict[str, Path]:
        """Return the ledger's files; a home with a ledger of its own inherits none."""
        return self._own_or_repository("published")

    def calibration_files(self) -> dict[str, Path]:
        """Return the priors of the simulation; a home with its own inherits none."""
        return self._own_or_repository("calibration")

    def _own_or_repository(self, folder: str) -> dict[str, Path]:
        own = self.root / "data" / folder
        return _csv_files(self.root if own.is_dir() else REPOSITORY, folder)

    def relative(self, path: Path) -> str:
        """Return `path` as printed for the user: relative to the home if it is inside."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


def _csv_files(root: Path, folder: str) -> dict[str, Path]:
    return {path.stem: path for path in sorted((root / "data" / folder).glob("*.csv"))}

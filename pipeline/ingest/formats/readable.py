"""Make a file of any format readable: UTF-8 text, Parquet as received, or sheets as Parquet."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.ingest.formats.archive import decompress
from pipeline.ingest.formats.encoding import Content, even_ends, to_utf8
from pipeline.ingest.formats.kind import WORKBOOKS, Kind, detect_kind
from pipeline.ingest.formats.mhtml import mhtml_grids
from pipeline.ingest.formats.sheets import SheetGrid, page_grids, workbook_grids
from pipeline.ingest.formats.spreadsheet_xml import spreadsheet_grids

_HEAD = 1 << 12
_NAMED_ENCODING = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,30})")


@dataclass(frozen=True)
class ReadableFile:
    """A file ready to be read, and the folder for working copies.

    `path` holds UTF-8 text if `kind.is_text`. `format` is the name in the receipt, such as csv.gz.
    `encoding` is that of the file as received, '' for binary formats. `line_feeds` is their number
    in text.
    """

    path: Path
    kind: Kind
    format: str
    folder: Path
    encoding: str = ""
    line_feeds: int = 0

    @property
    def is_archive(self) -> bool:
        """Whether it is a zip archive, or compressed twice: not to be read here."""
        return self.kind.format in ("gz", "zip")

    def sheets(self) -> Iterator[SheetGrid]:
        """Yield the sheets of a workbook or the tables of a web page that are not empty."""
        if self.kind.format in WORKBOOKS:
            return workbook_grids(self.path, self.folder, self.kind.format)
        read = {"html": page_grids, "xml": spreadsheet_grids, "mhtml": mhtml_grids}
        return read[self.kind.format](self.path, self.folder)


def make_readable(
    path: Path,
    folder: Path,
    content: Content | None = None,
    declared: Callable[[Path], str | None] | None = None,
) -> ReadableFile:
    """Decompress a gzip file, convert text to UTF-8 and even out mixed line ends.

    Copies, where needed, go to `folder`. `content`, if the file was scanned before, saves a pass.
    `declared` returns the encoding that a source declares for a text that is not UTF-8.
    Raises HotlineError NO_DATA for what cannot be read.
    """
    kind, packed = detect_kind(path), ""
    if kind.format == "gz":
        path, packed, content = decompress(path, folder / "plain"), ".gz", None
        kind = detect_kind(path)
    if not kind.is_text:
        return ReadableFile(path, kind, kind.format + packed, folder)
    plain = to_utf8(path, folder, content, declared, _named_encoding(path, kind))
    path = plain.path
    if plain.mixed_ends and kind.format == "csv":
        path = even_ends(path, folder / "even")
    return ReadableFile(path, kind, kind.format + packed, folder, plain.encoding, plain.line_feeds)


def _named_encoding(path: Path, kind: Kind) -> str | None:
    """Return the encoding that a web page or XML file names itself."""
    if kind.format not in ("html", "xml"):
        return None
    with path.open("rb") as handle:
        found = _NAMED_ENCODING.search(handle.read(_HEAD))
    return found[1].decode("ascii") if found else None

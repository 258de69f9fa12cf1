"""Ingest: from files as received to Parquet without personal data, with a receipt per file."""

from pipeline.ingest.renamed import Renamed, rename
from pipeline.ingest.run import IngestResult, ingest, read_again

__all__ = ["IngestResult", "Renamed", "ingest", "read_again", "rename"]

"""Ingest: from files as received to Parquet without personal data, with a receipt per file."""

from pipeline.ingest.run import IngestResult, ingest

__all__ = ["IngestResult", "ingest"]

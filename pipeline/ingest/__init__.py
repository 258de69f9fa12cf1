"""Ingest: from files as received to Parquet that holds no personal data, with a receipt each."""

from pipeline.ingest.run import IngestResult, ingest

__all__ = ["IngestResult", "ingest"]

"""`hotline ingest --new-source`: draft a source file from a dump, for a person to review."""

from pipeline.ingest.new_source.draft import draft_source
from pipeline.ingest.new_source.guess import by_cells

__all__ = ["by_cells", "draft_source"]

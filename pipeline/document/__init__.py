"""A report as one model, and its faces: docx, pdf, html, xlsx, csv and pictures."""

from pipeline.document.model import Document, from_json, to_json
from pipeline.document.write import write

__all__ = ["Document", "from_json", "to_json", "write"]

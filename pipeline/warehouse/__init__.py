"""The warehouse stage: receipts and references in, checked tables out."""

from pipeline.warehouse.build import BuildResult, build
from pipeline.warehouse.status import status

__all__ = ["BuildResult", "build", "status"]

"""The warehouse stage: receipts and references in, checked tables out."""

from pipeline.warehouse.build import BuildResult, build
from pipeline.warehouse.checks import require
from pipeline.warehouse.new_city import new_city
from pipeline.warehouse.status import status

__all__ = ["BuildResult", "build", "new_city", "require", "status"]

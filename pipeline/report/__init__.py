"""From the warehouse to what a person reads: workbook, CSV files, summary."""

from pipeline.report.summary import summary
from pipeline.report.tables import report

__all__ = ["report", "summary"]

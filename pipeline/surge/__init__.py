"""Surges that can be trusted: what each series of weekly counts was expected to be."""

from pipeline.surge.expect import SurgeSettings
from pipeline.surge.run import Expected, expected_counts

__all__ = ["Expected", "SurgeSettings", "expected_counts"]

"""Columns: where the header is, and which canonical column each heading means."""

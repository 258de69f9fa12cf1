"""Columns: find the header of a table and map its headings to canonical columns."""

"""Dump: solved count tables expanded to records and written as monthly files."""

"""Solve: the ledger of a year as exact integer count tables."""

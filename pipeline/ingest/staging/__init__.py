"""Staging: one file in SQL, from text cells to typed, masked and checked rows."""

"""Staging: one file in SQL, from text columns to typed, masked and checked rows."""

"""Editions: what was issued, kept and found again, and what differs from one to the next."""

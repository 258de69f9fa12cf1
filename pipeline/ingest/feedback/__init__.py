"""Feedback: what the user and the sender of a file are shown about it."""

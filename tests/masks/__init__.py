"""Recall and false alarms of the masks: `python -m tests.masks`."""

"""Feedback: messages for the user and the reject workbook for the sender."""

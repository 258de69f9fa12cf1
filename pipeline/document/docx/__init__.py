"""The Word format of a document."""

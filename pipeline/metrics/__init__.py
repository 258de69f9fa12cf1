"""Metrics: what each one means outside SQL, and the SQL that counts it again from the records."""

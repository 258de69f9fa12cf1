"""File formats: bytes as received to UTF-8 text or a Parquet of text cells."""

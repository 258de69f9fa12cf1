"""File formats: from bytes as received to UTF-8 text or a Parquet file of text cells."""

import csv

# A cell may hold a whole letter, or, after an unpaired quote, the rest of the file.
csv.field_size_limit(1 << 27)

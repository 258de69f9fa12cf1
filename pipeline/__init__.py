"""hotline: from the record dumps of a 12345 citizen hotline to the figures a city publishes."""

import os

__version__ = "0.1.0"

# The solver's matrices are small: on busy cores a threaded BLAS is many times slower than one
# thread, and its sums vary from run to run. It must be set before numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

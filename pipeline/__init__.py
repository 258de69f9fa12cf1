"""hotline: from the record dumps of a 12345 citizen hotline to the figures a city publishes."""

__version__ = "0.1.0"

"""The tiny invented city."""

from pipeline.demo import CITY

TINY = CITY
YEAR = "2033"

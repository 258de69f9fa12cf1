"""The tiny invented city, and the command as a user calls it."""

from pathlib import Path

from click.testing import CliRunner, Result

from pipeline.cli import main
from pipeline.demo import CITY

TINY = CITY
YEAR = "2033"


def hotline(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), *arguments], catch_exceptions=False)

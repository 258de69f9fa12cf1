"""Whether the first file of a home is of the city whose registers the repository has."""

from dataclasses import dataclass

from pipeline.ingest.columns.open_file import OpenedFile
from pipeline.ingest.staging.session import StagingSession

# Fewer rows with a name show nothing.
_LEAST_ROWS = 8
# Several cities have a district of one name (朝阳区), most have offices and classes of one.
_DISTRICTS, _OTHERS = 0.2, 0.5


@dataclass(frozen=True)
class CityEvidence:
    """What the names of a file show: whether it is of another city, and whether in Chinese."""

    is_other: bool
    is_chinese: bool


def examine(session: StagingSession, opened: OpenedFile) -> CityEvidence:
    """Compare the names of the first rows of a file with the registers installed.

    Districts decide where there are any; else the file is of another city if the registers know
    neither half of its units nor half of its categories.
    """
    session.begin(opened.tables)
    session.input()
    names = session.con.execute(session.text("city")).fetchall()[0]
    districts, known_districts, units, known_units, categories, known_categories, chinese = names
    if max(districts, units, categories) < _LEAST_ROWS:
        return CityEvidence(False, chinese)
    if districts >= _LEAST_ROWS:
        is_other = known_districts < _DISTRICTS * districts
    else:
        is_other = known_units < _OTHERS * units and known_categories < _OTHERS * categories
        is_other |= not units and known_categories < _OTHERS * categories
    return CityEvidence(bool(is_other), bool(chinese))

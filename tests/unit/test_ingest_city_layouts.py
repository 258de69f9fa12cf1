"""Exports in the layouts of four open-data portals: columns and forms as published."""

import datetime

import pytest

from tests.support.dump_files import delimited, fetch, give, load

START = datetime.datetime(2024, 1, 1, 0, 7)
AMERICAN = "%m/%d/%Y %I:%M:%S %p"
SOURCE = """title = "city"
required = ["received_at", "category"]
{more}
[columns]
{columns}
[constants]
record_type = "投诉"
handling = "派单"
"""
# Heading -> canonical column ('' for one that is not used), and how times are written.
NEW_YORK = {
    "Unique Key": "record_id",
    "Created Date": "received_at",
    "Closed Date": "closed_at",
    **dict.fromkeys(("Agency", "Agency Name"), ""),
    "Complaint Type": "category",
    "Descriptor": "subcategory",
    **dict.fromkeys(("Location Type", "Incident Zip", "Incident Address", "Street Name"), ""),
    "Status": "status",
    "Due Date": "",
    "Resolution Description": "reply",
    "Borough": "place_district",
    "Open Data Channel Type": "channel",
    **dict.fromkeys(("Latitude", "Longitude", "Location"), ""),
}
LOS_ANGELES = {
    "SRNumber": "record_id",
    "CreatedDate": "received_at",
    **dict.fromkeys(("UpdatedDate", "ActionTaken"), ""),
    "Owner": "unit",
    "RequestType": "category",
    "Status": "status",
    "RequestSource": "channel",
    **dict.fromkeys(("MobileOS", "Anonymous", "AssignTo", "ServiceDate"), ""),
    "ClosedDate": "closed_at",
    **dict.fromkeys(("AddressVerified", "Address", "ZipCode", "Latitude", "Longitude"), ""),
    "APC": "place_district",
    "NCName": "",
}
CHICAGO = {
    "SR_NUMBER": "record_id",
    "SR_TYPE": "category",
    "SR_SHORT_CODE": "",
    **dict.fromkeys(("CREATED_DEPARTMENT",), ""),
    "OWNER_DEPARTMENT": "unit",
    "STATUS": "status",
    "ORIGIN": "channel",
    "CREATED_DATE": "received_at",
    "LAST_MODIFIED_DATE": "",
    "CLOSED_DATE": "closed_at",
    **dict.fromkeys(("STREET_ADDRESS", "CITY", "ZIP_CODE", "COMMUNITY_AREA"), ""),
    "WARD": "place_district",
    **dict.fromkeys(("CREATED_HOUR", "CREATED_DAY_OF_WEEK", "LATITUDE", "LONGITUDE"), ""),
}
VANCOUVER = {
    "Department": "unit",
    "Service request type": "category",
    "Status": "status",
    "Closure reason": "",
    "Service request open timestamp": "received_at",
    "Service request close date": "closed_at",
    **dict.fromkeys(("Last modified timestamp", "Address"), ""),
    "Local area": "place_district",
    "Channel": "channel",
    **dict.fromkeys(("Latitude", "Longitude", "geom"), ""),
}
LAYOUTS = {
    "new_york": (NEW_YORK, ",", AMERICAN, ""),
    "los_angeles": (LOS_ANGELES, ",", AMERICAN, ""),
    "chicago": (CHICAGO, ",", AMERICAN, ""),
    "vancouver": (VANCOUVER, ";", "%Y-%m-%dT%H:%M:%S-08:00", 'timezone = "America/Vancouver"'),
}


def source_text(layout: dict[str, str], more: str) -> str:
    columns = "\n".join(f'{name} = ["{heading}"]' for heading, name in layout.items() if name)
    return SOURCE.format(more=more, columns=columns)


def export(layout: dict[str, str], sign: str, form: str, count: int) -> str:
    """Return an export of `count` rows, five hours and seven minutes apart."""
    rows = []
    for number in range(count):
        at = START + datetime.timedelta(hours=5, minutes=7) * number
        cells = {
            "record_id": f"1-{number:09d}",
            "received_at": at.strftime(form),
            "closed_at": (at + datetime.timedelta(days=2)).strftime(form) if number % 3 else "",
            "category": ("Pothole", "Graffiti", "Street Light")[number % 3],
            "place_district": ("North", "South")[number % 2],
            "status": "Closed",
            "reply": "The Department, having looked, closed it.".replace(",", ""),
        }
        rows.append([cells.get(name, "x") for name in layout.values()])
    return delimited([list(layout), *rows], sign)


@pytest.mark.parametrize("city", LAYOUTS)
def test_every_row_of_a_layout_is_loaded(home, city):
    layout, sign, form, more = LAYOUTS[city]
    home.sources.mkdir(parents=True)
    (home.sources / f"{city}.toml").write_text(source_text(layout, more), encoding="utf-8")
    text = export(layout, sign, form, 100)
    (file,) = load(home, give(home, f"{city}.csv", text, "2024-06-01"), source=city).files
    assert (file.receipt.rows_read, file.receipt.rows_loaded) == (100, 100)
    found = fetch(
        home, "records", "count(DISTINCT record_id), min(received_at)::VARCHAR, count(closed_at)"
    )
    # Rows 0, 3, 6 ... 99 are open.
    assert found == [(100, "2024-01-01 00:07:00", 66)]

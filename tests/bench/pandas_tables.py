"""The script an analyst would write: the same yearly tables with pandas, from the same Parquet."""

import sys
from pathlib import Path

import pandas as pd

files = [Path(name) for name in sys.argv[1:]]
frame = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
frame = frame[frame["is_last"]]
frame["year"] = frame["received_at"].dt.year
frame["month"] = frame["received_at"].dt.month
tier = frame[frame["scope_tier"] == 1]
sent = tier[tier["handling"] == "派单"]
district = sent[sent["unit_type"].isin(["区", "街乡镇"]) & (sent["unit_district"] != "?")]
valid = sent[sent["is_valid"].fillna(False).astype(bool)].assign(
    resolved=lambda f: f["resolution"] == "解决",
    satisfied=lambda f: f["satisfaction"].map({"满意": 10, "基本满意": 9}).fillna(0),
)
CUTS = {
    "record": [
        ["scope_tier", "handling", "channel"],
        ["channel"],
        ["is_company_desk", "handling"],
        ["record_type"],
        ["record_type", "category"],
        ["record_type", "month"],
        ["record_type", "place_district"],
        ["category"],
        ["category", "subcategory"],
        ["category", "subcategory", "month"],
        ["category", "handling"],
    ],
    "sent": [["unit_type"], ["unit_type", "unit"], ["category", "unit_type"]],
    "district": [
        ["unit_district"],
        ["unit_district", "unit_type"],
        ["unit_district", "category"],
        ["unit_district", "unit_street"],
    ],
    "valid": [["year"], ["unit_type"], ["unit_district"], ["category"]],
}
frames = {"record": tier, "sent": sent, "district": district, "valid": valid}
tables = []
for name, cuts in CUTS.items():
    for cut in cuts:
        keys = list(dict.fromkeys(["year", *cut]))
        grouped = frames[name].groupby(keys, observed=True, dropna=False)
        if name == "valid":
            tables.append(grouped[["resolved", "satisfied"]].sum())
        else:
            table = grouped.size().rename("n").reset_index()
            table["share"] = table["n"] / table.groupby("year")["n"].transform("sum")
            table["rank"] = table.groupby("year")["n"].rank(method="min", ascending=False)
            tables.append(table)
print(sum(len(table) for table in tables))

"""The chain of integer count tables that describe a year.

The joint table of all dimensions is astronomically large. A record instead takes its columns
from ten small tables, one after another; each shares margins with earlier ones, so that its
cells can be dealt to the records by a seeded permutation within the shared cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UNKNOWN = "?"
DIRECT, DISPATCHED = "直接解答", "派单"
DISTRICT_UNIT, STREET_UNIT = "区", "街乡镇"
DISTRICT_HANDLED = (DISTRICT_UNIT, STREET_UNIT)


@dataclass(frozen=True)
class Share:
    """A margin that a table has in common with an earlier one.

    `only` and `but` restrict the earlier table's rows: column -> values kept / left out.
    """

    table: str
    dims: tuple[str, ...]
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    but: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class TableSpec:
    """Name, columns and shared margins of one table of the chain."""

    name: str
    dims: tuple[str, ...]
    shares: tuple[Share, ...] = ()


CHAIN: tuple[TableSpec, ...] = (
    TableSpec("base", ("category", "handling", "channel", "desk")),
    TableSpec("type", ("category", "record_type", "month"), (Share("base", ("category",)),)),
    TableSpec(
        "hand",
        ("category", "record_type", "handling", "unit_type", "district", "epidemic"),
        (Share("base", ("category", "handling")), Share("type", ("category", "record_type"))),
    ),
    TableSpec("sub", ("category", "subcategory", "month"), (Share("type", ("category", "month")),)),
    TableSpec(
        "unit",
        ("category", "unit_type", "unit"),
        (
            Share(
                "hand", ("category", "unit_type"), but={"unit_type": (*DISTRICT_HANDLED, UNKNOWN)}
            ),
        ),
    ),
    TableSpec(
        "street",
        ("district", "street"),
        (Share("hand", ("district",), only={"unit_type": (STREET_UNIT,)}),),
    ),
    TableSpec(
        "place",
        ("record_type", "district", "place_district"),
        (Share("hand", ("record_type", "district")),),
    ),
    TableSpec("platform", ("channel", "platform"), (Share("base", ("channel",)),)),
    TableSpec("praise", ("record_type", "praise_form"), (Share("type", ("record_type",)),)),
    TableSpec(
        "outcome",
        ("category", "unit_type", "district", "epidemic", "outcome"),
        (
            Share(
                "hand",
                ("category", "unit_type", "district", "epidemic"),
                only={"handling": (DISPATCHED,)},
            ),
        ),
    ),
)
SPEC: dict[str, TableSpec] = {spec.name: spec for spec in CHAIN}

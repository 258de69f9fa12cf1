"""The reference and calibration files agree with each other and with the published totals."""

import csv
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import pytest

from pipeline import reference
from pipeline.home import Home
from pipeline.metrics.definitions import shipped

DATA = Path(__file__).parents[2] / "data"
LEADING = [
    "公共安全",
    "市场管理",
    "公共服务",
    "住房",
    "卫生健康",
    "城乡建设",
    "交通管理",
    "社会秩序",
    "教育",
    "劳动和社会保障",
]
RECORD_TYPES = {"咨询", "诉求", "建议", "投诉", "表扬", "其他"}


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a file under data/."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def column(name: str, field: str) -> list[str]:
    """One column of a file under data/."""
    return [row[field] for row in rows(name)]


def spellings(row: dict[str, str], name: str) -> list[str]:
    """A member's name and its aliases."""
    return [row[name], *filter(None, row["aliases"].split("|"))]


@pytest.fixture(scope="module")
def prior() -> dict[tuple[str, str], dict[str, dict[str, float]]]:
    """(axis, given axis) -> given -> member -> weight."""
    tables: dict = defaultdict(lambda: defaultdict(dict))
    for row in rows("calibration/prior"):
        known = tables[row["axis"], row["given_axis"]][row["given"]]
        assert row["member"] not in known, f"two weights for {row}"
        known[row["member"]] = float(row["weight"])
    return tables


def total(table: dict[str, dict[str, float]], member: str) -> float:
    """Weight of a member over everything it is given, in 万."""
    return sum(weights.get(member, 0.0) for weights in table.values()) / 10_000


def test_sixteen_districts_are_in_three_regions() -> None:
    regions = Counter(column("reference/district", "region"))
    assert regions == {"中心城区及副中心": 7, "平原新城": 4, "生态涵养区": 5}


def test_population_is_in_persons_and_complete() -> None:
    people = rows("reference/population")
    assert {row["district"] for row in people} == set(column("reference/district", "district"))
    assert {row["vintage"] for row in people} == {"2019"}
    assert sum(int(row["population"]) for row in people) == 21_360_000
    assert {row["vintage"] for row in rows("reference/population_use")} <= {"2019"}


def streets_of_2020() -> list[dict[str, str]]:
    return [row for row in rows("reference/street") if not row["valid_from"]]


def test_streets_are_keyed_by_district_and_name() -> None:
    streets = rows("reference/street")
    keys = [(row["district"], row["street"]) for row in streets]
    assert len(keys) == len(set(keys)) == 338 + 18 and len(streets_of_2020()) == 338
    # What was made anew in 2023 is there, beside what it came from.
    assert {("丰台区", "方庄街道"), ("丰台区", "方庄地区"), ("丰台区", "北宫镇")} <= set(keys)
    assert {district for district, _ in keys} == set(column("reference/district", "district"))
    assert {d for d, s in keys if s == "八里庄街道"} == {"朝阳区", "海淀区"}
    assert {("丰台区", "卢沟桥街道"), ("丰台区", "卢沟桥地区"), ("昌平区", "沙河地区")} <= set(keys)
    assert all(row["code"].startswith("11") and len(row["code"]) == 9 for row in streets)
    dates = [row[field] for row in streets for field in ("valid_from", "valid_to") if row[field]]
    assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", date) for date in dates)


def test_a_street_alias_names_one_street_of_its_district() -> None:
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows("reference/street"):
        for name in spellings(row, "street"):
            known[row["district"], name].add(row["street"])
    assert {key: names for key, names in known.items() if len(names) > 1} == {}
    assert known["昌平区", "沙河镇"] == {"沙河地区"}
    assert known["通州区", "梨园地区"] == {"梨园镇"}
    # A district that has both must never merge them.
    assert known["丰台区", "卢沟桥乡"] == {"卢沟桥地区"}


def test_units_have_one_name_and_follow_the_registers() -> None:
    units = rows("reference/unit")
    names = Counter(name for row in units for name in spellings(row, "unit"))
    assert [name for name, count in names.items() if count > 1] == []
    kinds = Counter(row["unit_type"] for row in units)
    assert kinds["区"] == 17 and kinds["街乡镇"] == 338 and kinds["国有企业"] == 46
    centres = {row["unit"]: row["district"] for row in units if row["unit_type"] == "区"}
    assert centres.pop("区级单位(未指定区)") == "?"
    assert centres == {name: name for name in column("reference/district", "district")}
    streets = {row["unit"] for row in units if row["unit_type"] == "街乡镇"}
    assert streets == {row["district"] + row["street"] for row in streets_of_2020()}
    kind = {name: row["unit_type"] for row in units for name in spellings(row, "unit")}
    assert kind["经济技术开发区管委会"] == kind["开发区管委会"] == "市级部门"
    assert kind["丰台区新村街道办事处"] == "街乡镇"


def test_categories_begin_with_the_ten_leading_ones() -> None:
    categories = rows("reference/category")
    names = [row["category"] for row in categories]
    assert names[:10] == LEADING and len(names) >= 23
    assert {"民政事务", "农村管理", "环境保护", "市容环卫", "物业管理", "市政"} <= set(names)
    aliases = Counter(name for row in categories for name in spellings(row, "category"))
    assert max(aliases.values()) == 1
    assert [int(row["sort_order"]) for row in categories] == list(range(1, len(names) + 1))


def test_every_subcategory_has_its_category() -> None:
    pairs = [(r["category"], r["subcategory"]) for r in rows("reference/subcategory")]
    assert len(pairs) == len(set(pairs))
    by_category = Counter(category for category, _ in pairs)
    assert set(by_category) == set(column("reference/category", "category"))
    assert min(by_category.values()) >= 3 and all(by_category[name] >= 6 for name in LEADING)
    heating = [sub for category, sub in pairs if category == "公共服务"]
    assert heating[:5] == ["供暖", "公交", "供水", "网络与通讯", "供电"]


def test_small_dimensions_have_their_printed_order() -> None:
    printed: dict[str, list[str]] = defaultdict(list)
    for row in sorted(rows("reference/member"), key=lambda row: int(row["sort_order"])):
        printed[row["dimension"]].append(row["member"])
        assert int(row["sort_order"]) == len(printed[row["dimension"]]), row
    assert printed == {
        "record_type": ["咨询", "诉求", "建议", "投诉", "表扬", "其他"],
        "handling": ["直接解答", "派单"],
        "channel": ["电话", "网络"],
        "unit_type": ["区", "街乡镇", "市级部门", "国有企业", "电商企业"],
        "desk": ["企业专席", "其他席"],
    }


def test_a_home_without_members_still_has_the_table(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with duckdb.connect() as con, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Home, "reference_files", lambda _: {})
        assert "ref.member" in reference.load(con, home)
        described = con.execute("DESCRIBE ref.member").fetchall()
    assert [row[:2] for row in described] == [
        ("dimension", "VARCHAR"),
        ("member", "VARCHAR"),
        ("sort_order", "BIGINT"),
    ]


def test_tables_and_conventions_are_defined_once() -> None:
    for name, key in (("table", "table"), ("rate_convention", "convention")):
        values = column(f"reference/{name}", key)
        assert values and len(values) == len(set(values))
        assert all(
            all(cell.strip() for cell in list(row.values())[:3])
            for row in rows(f"reference/{name}")
        )
    numbers = [name[1:3] for name in column("reference/table", "table") if name.startswith("t")]
    own = [*range(1, 39), *range(61, 66), *range(71, 73)]
    assert numbers == [f"{n:02d}" for n in own]
    files = {path.stem for path in (DATA.parent / "sql").glob("*/*.sql")}
    assert [name for name in column("reference/table", "table") if name not in files] == []
    convention = rows("reference/rate_convention")[0]
    weights = ("satisfied_weight", "basically_satisfied_weight", "weight_base")
    assert [convention[name] for name in weights] == ["10", "9", "10"]
    scopes = {(row["purpose"], row["scope"]) for row in rows("reference/scope_use")}
    assert {p for p, s in scopes if s == "all"} == {"section", "headline", "wide"}
    # Every scope that a purpose may use has a name, and no two of them one.
    titles = {row["scope"]: row["title"] for row in rows("reference/scope")}
    assert {scope for _, scope in scopes} == set(titles)
    assert len(set(titles.values())) == len(titles)


def test_every_claim_has_a_defined_metric() -> None:
    known = set(shipped())
    for path in sorted((DATA / "published").glob("*.csv")):
        used = set(column(f"published/{path.stem}", "metric"))
        assert used <= known, path.name


def members_of() -> dict[str, set[str]]:
    """The members that each axis of the priors may have."""
    districts = {*column("reference/district", "district"), "?"}
    categories = set(column("reference/category", "category"))
    return {
        "total": {"2019", "2020"},
        "year": {"2019", "2020"},
        "shell": {"1", "2", "3"},
        "category": categories,
        "subcategory": set(column("reference/subcategory", "subcategory")),
        "record_type": RECORD_TYPES,
        "handling": {"直接解答", "派单"},
        "channel": {"电话", "网络"},
        "desk": {"企业专席", "其他席"},
        "month": {f"{month:02d}" for month in range(1, 13)},
        "unit_type": {"区", "街乡镇", "市级部门", "国有企业", "电商企业"},
        "unit": set(column("reference/unit", "unit")),
        "district": districts,
        "place": districts,
        "street": set(column("reference/street", "street")),
        "place_same": {"是", "否"},
        "epidemic": {"是", "否"},
        "dispatch_count": {"1", "2", "3"},
        "caller": {"distinct", "repeat"},
        "outcome_month": {f"{month:02d}" for month in range(1, 13)},
    }


FREE = {"outcome", "platform", "praise_form"}


def test_priors_name_known_members_with_positive_weights(prior) -> None:
    known = members_of()
    for (axis, given_axis), table in prior.items():
        axis = axis.removesuffix("_tilt")
        allowed = known.get(axis)
        assert allowed or axis in FREE, axis
        for given, weights in table.items():
            assert axis == "outcome_month" or min(weights.values()) > 0, (axis, given)
            assert axis in FREE or set(weights) <= allowed, (axis, given, set(weights) - allowed)
            parts = given.split(":") if given_axis else []
            for name, part in zip(given_axis.split(":") if given_axis else [], parts, strict=True):
                assert part in known[name], (axis, given_axis, given)


def test_priors_pair_units_streets_and_subcategories_with_their_owners(prior) -> None:
    kind = {row["unit"]: row["unit_type"] for row in rows("reference/unit")}
    for given, weights in prior["unit", "unit_type:category"].items():
        assert {kind[unit] for unit in weights} == {given.split(":")[0]}
    owner = defaultdict(set)
    for row in streets_of_2020():
        owner[row["district"]].add(row["street"])
    assert {d: set(w) for d, w in prior["street", "district"].items()} == owner
    inside = defaultdict(set)
    for row in rows("reference/subcategory"):
        inside[row["category"]].add(row["subcategory"])
    assert {c: set(w) for c, w in prior["subcategory", "category"].items()} == inside
    for given in prior["month", "year:category:subcategory"]:
        _, category, subcategory = given.split(":")
        assert subcategory in inside[category]


def test_priors_reach_the_published_totals(prior) -> None:
    shells = {shell: weights["2020"] for shell, weights in prior["total", "shell"].items()}
    assert sum(shells.values()) == pytest.approx(11_039_400, abs=50)
    category = prior["category", "year:shell"]["2020:1"]
    assert sum(category.values()) == pytest.approx(shells["1"], rel=1e-5)
    assert category["公共安全"] == pytest.approx(1_105_000, rel=1e-3)
    assert max(w for name, w in category.items() if name not in LEADING) < 329_000
    handled = {"区": 159.1, "街乡镇": 156.9, "市级部门": 50.0, "国有企业": 28.1, "电商企业": 8.3}
    for unit_type, expected in handled.items():
        found = total(prior["unit_type", "category"], unit_type)
        assert found == pytest.approx(expected, abs=0.06), unit_type
    types = {"咨询": 203.0, "诉求": 748.4, "建议": 11.0, "投诉": 7.34, "表扬": 3.08}
    for record_type, expected in types.items():
        found = total(prior["record_type", "category"], record_type)
        assert found == pytest.approx(expected, rel=0.01), record_type
    assert total(prior["unit", "unit_type"], "市公安局") == pytest.approx(14.9)
    assert total(prior["unit", "unit_type"], "热力集团") == pytest.approx(6.3)


def test_priors_keep_the_order_of_districts_and_streets(prior) -> None:
    region = {row["district"]: row["region"] for row in rows("reference/district")}
    people = {row["district"]: int(row["population"]) for row in rows("reference/population")}
    by_kind = prior["district", "unit_type"]
    handled = {name: by_kind["区"][name] + by_kind["街乡镇"][name] for name in region}
    sums: Counter[str] = Counter()
    for name, weight in handled.items():
        sums[region[name]] += weight / 10_000
    assert sums["中心城区及副中心"] == pytest.approx(187.07, abs=0.01)
    assert sums["平原新城"] == pytest.approx(83.44, abs=0.01)
    assert sums["生态涵养区"] == pytest.approx(45.31, abs=0.01)
    per_10k = {name: weight * 10_000 / people[name] for name, weight in handled.items()}
    ranked = sorted(per_10k, key=lambda name: -per_10k[name])
    assert ranked[:5] == ["门头沟区", "密云区", "平谷区", "怀柔区", "顺义区"]
    assert per_10k["顺义区"] > 2000 > per_10k[ranked[5]] and ranked[-1] == "昌平区"
    streets = {(d, s): w for d, ws in prior["street", "district"].items() for s, w in ws.items()}
    top = sorted(streets, key=lambda key: -streets[key])[:10]
    assert [name for _, name in top[:3]] == ["新村街道", "大红门街道", "北七家镇"]
    assert [name for _, name in top[3:5]] == ["卢沟桥街道", "沙河地区"]
    assert streets["丰台区", "新村街道"] == pytest.approx(18_031)
    assert Counter(district for district, _ in top) == {
        "丰台区": 5,
        "通州区": 2,
        "昌平区": 2,
        "大兴区": 1,
    }


def test_outcomes_pool_to_the_published_rates(prior) -> None:
    valid = resolved = satisfied = 0.0
    for unit_type, weights in prior["outcome", "unit_type"].items():
        records = total(prior["unit_type", "category"], unit_type)
        for outcome, weight in weights.items():
            is_valid, is_contacted, resolution, satisfaction = outcome.split("|")
            if is_valid == "是":
                assert is_contacted == "是"
                valid += records * weight
                resolved += records * weight * (resolution == "解决")
                degree = {"满意": 1.0, "基本满意": 0.9}.get(satisfaction, 0.0)
                satisfied += records * weight * degree
    assert resolved / valid == pytest.approx(0.8583, abs=5e-5)
    assert satisfied / valid == pytest.approx(0.8944, abs=5e-5)


def test_every_subcategory_has_matters_and_they_are_clean() -> None:
    known = {(r["category"], r["subcategory"]) for r in rows("reference/subcategory")}
    matters = rows("calibration/text")
    assert {(row["category"], row["subcategory"]) for row in matters} == known
    texts = [row["matter"] for row in matters]
    assert len(texts) == len(set(texts))
    assert [
        text for text in texts if re.search(r"[\d{}*|\s]", text) or not 5 <= len(text) <= 24
    ] == []
    # Without the epidemic ones the year before it has to find something to call about.
    everyday = {row["category"] for row in matters if row["is_epidemic"] == "否"}
    assert everyday == {category for category, _ in known}
    assert {row["is_epidemic"] for row in matters} == {"是", "否"}


def test_templates_hold_their_slots_once() -> None:
    slots = {"title": ["place", "subject"], "content": ["place", "matter"], "point": ["number"]}
    texts = defaultdict(list)
    for row in rows("calibration/template"):
        texts[row["kind"]].append(row["text"])
    assert len(texts["content"]) >= 12
    for kind, expected in slots.items():
        for text in texts[kind]:
            assert re.findall(r"\{(\w+)\}", text) == expected, text


def test_the_tables_of_references_are_made_without_pandas() -> None:
    made = (
        "import sys, duckdb; from pipeline import model_tables, reference; "
        "from pipeline.home import Home; from pipeline.metrics import definitions; "
        "con = duckdb.connect(); reference.load(con, Home()); "
        "definitions.create_table(con, Home()); "
        "print(len(con.sql('FROM ref.district')), 'pandas' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", made], capture_output=True, text=True, check=True)
    assert ran.stdout == "16 False\n"

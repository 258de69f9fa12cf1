"""The ledger's loader, and the committed ledger against the text it was typed from."""

import csv
import re
import unicodedata
from decimal import Decimal
from functools import cache

import pytest

from pipeline import ledger
from pipeline.errors import USAGE, HotlineError
from pipeline.home import REPOSITORY, Home
from pipeline.numbers import read_interval

SEEDS = REPOSITORY.parent / "shared" / "seeds"

# Numbers of the documents that assert nothing, by the form they are printed in.
NO_CLAIMS = re.compile(
    r"\d{4}年|\d{1,2}月|〔\d{4}〕\d+号"  # dates, and the number of a regulation
    r"|\d{5}"  # the telephone number of the line
    r"|\d+秒|\d{4}～\d{4}"  # notes to the editor; the years of a title
    r"|(?<=[、。])\d(?=[、.][^\d])|^\d+[、.](?=[^\d])"  # numbering
)
# What document 003 says of other places and of plans: 52 lines are in the ledger as context.
NOT_CLAIMED: dict[str, set[str]] = {}


def a_claim(**cells):
    row = dict.fromkeys(ledger.COLUMNS, "")
    row |= {"claim": "d1-1-total", "year": "2020", "document": "1", "section": "1 总体"}
    row |= {"label": "总量", "metric": "record_count", "method_version": "1", "convention": "-"}
    row |= {"scope": "all", "date_basis": "received", "period_type": "year", "period": "2020"}
    row |= {"relation": "equals", "printed": "2.0万件", "printed_unit": "件", "step": "1000"}
    return row | {"lower": "19500", "upper": "20500"} | cells


def a_list(**cells):
    empty = dict.fromkeys(("printed", "step", "lower", "upper"), "")
    return a_claim(relation="ranked_list", dimension="category", members="甲|乙", **empty) | cells


def a_home(tmp_path, *rows, header=ledger.FILE_COLUMNS):
    for folder in ("reference", "published"):
        (tmp_path / "data" / folder).mkdir(parents=True, exist_ok=True)
    metrics = "metric,label\nrecord_count,件数\n"
    (tmp_path / "data" / "reference" / "metric.csv").write_text(metrics, encoding="utf-8")
    path = tmp_path / "data" / "published" / "d1.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *([row[name] for name in header] for row in rows)])
    return Home(tmp_path)


def test_a_claim_is_read_with_exact_numbers_and_stars(tmp_path):
    home = a_home(tmp_path, a_claim(channel="网络"), a_claim(claim="d1-1-a", year="2019"))
    claims = ledger.load(home)
    assert list(claims["claim"]) == ["d1-1-a", "d1-1-total"]
    row = claims.iloc[1]
    assert (row["lower"], row["upper"], row["year"]) == (Decimal(19500), Decimal(20500), 2020)
    assert (row["channel"], row["handling"], row["repair_lower"]) == ("网络", "*", None)
    assert list(ledger.load(home, 2019)["claim"]) == ["d1-1-a"]
    assert ledger.years_with_ledger(home) == [2019, 2020]


def test_a_home_without_claims_has_an_empty_ledger(tmp_path):
    home = a_home(tmp_path)
    assert len(ledger.load(home)) == 0
    assert ledger.years_with_ledger(home) == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (a_claim(metric="record_cuont"), ["record_cuont", "metric.toml"]),
        (a_claim(relation="about"), ["about", "equals"]),
        (a_claim(lower="20500", upper="19500"), ["不可能的区间"]),
        (a_claim(lower="20500", upper="20500"), ["不可能的区间"]),
        (a_claim(lower="19000"), ["2.0万件", "19500"]),
        (a_claim(lower="一万"), ["一万"]),
        (a_claim(lower="NaN"), ["NaN"]),
        (a_claim(lower="0.123456789", printed="若干"), ["小数"]),
        (a_claim(lower=""), ["lower"]),
        (a_claim(upper=""), ["upper"]),
        (a_claim(printed=""), ["printed"]),
        (a_claim(scope=""), ["口径", "tier1"]),
        (a_claim(year="20二0"), ["year"]),
        (a_claim(claim=""), ["claim"]),
        (a_claim(period="2020-13", period_type="month"), ["2020-13"]),
        (a_claim(period="2020-04"), ["2020-04"]),
        (a_claim(relation="at_least"), ["upper"]),
        (a_claim(printed="**件"), ["空缺"]),
        (a_claim(status="wrong"), ["wrong"]),
        (a_claim(status="contradicted"), ["contradicted", "audit --conflicts"]),
        (a_claim(status="context"), ["reason"]),
        (a_list(dimension="colour"), ["colour"]),
        (a_list(members=""), ["members"]),
        (a_list(members="甲|甲"), ["重复"]),
        (a_list(category="甲"), ["留空"]),
        (a_list(relation="largest"), ["一个成员"]),
        (a_list(dimension="period"), ["时段"]),
        (a_list(dimension="period", members="2019|2020"), ["month"]),
        (a_list(relation="rises"), ["period"]),
        (a_list(relation="rises", dimension="period", members="2020"), ["两个"]),
        (a_list(relation="rises", dimension="period", members="2020|2019"), ["先后"]),
        (a_list(relation="higher", dimension="period", members="2019|2020"), ["月"]),
        (a_list(relation="joint", lower="1", upper="2"), ["区间"]),
        (a_list(relation="above", members="nothing"), ["nothing"]),
        (a_list(relation="above", members="record_count"), ["printed"]),
        (a_list(dimension="street"), ["某区/某街道"]),
        (a_list(relation="top_members", dimension="street", printed="甲区5个"), ["甲区5个"]),
        (a_list(relation="top_members", dimension="street", printed="3:甲=1|乙=1"), ["之和"]),
    ],
)
def test_a_row_that_is_no_claim_is_reported_with_file_line_and_remedy(tmp_path, row, words):
    home = a_home(tmp_path, a_claim(claim="d1-1-good"), row)
    with pytest.raises(HotlineError) as caught:
        ledger.load(home)
    message = str(caught.value)
    assert caught.value.code == USAGE
    assert message.startswith("data/published/d1.csv 第 3 行:")
    assert "\n" not in message
    for word in words:
        assert word in message


def test_two_claims_of_one_name_are_refused(tmp_path):
    with pytest.raises(HotlineError, match=r"d1-1-total.*第 2 行重复"):
        ledger.load(a_home(tmp_path, a_claim(), a_claim()))


def test_a_foreign_header_is_refused(tmp_path):
    without = [name for name in ledger.FILE_COLUMNS if name != "scope"]
    for header, words in ((without, "缺少列 scope"), ([*ledger.FILE_COLUMNS, "claim"], "重名")):
        with pytest.raises(HotlineError, match=words):
            ledger.load(a_home(tmp_path, a_claim(), header=header))


def test_a_file_in_another_encoding_is_refused(tmp_path):
    home = a_home(tmp_path, a_claim())
    (tmp_path / "data" / "published" / "d1.csv").write_bytes("编号".encode("gb18030"))
    with pytest.raises(HotlineError, match="UTF-8"):
        ledger.load(home)


@pytest.fixture(scope="module")
def claims():
    return ledger.load(Home(), 2020)


def rows_of(claims):
    return claims.to_dict("records")


def with_figure(claims):
    """The claims that print a figure which is whole."""
    kinds = (*ledger.VALUE_RELATIONS, ledger.LEVEL)
    return [
        row
        for row in rows_of(claims)
        if row["relation"] in kinds
        and not ledger.is_blank(row["printed"])
        and row["status"] != "garbled"
    ]


def test_the_ledger_holds_the_two_documents_whole(claims):
    assert len(claims[claims["document"] == "003"]) >= 340
    assert len(claims[claims["document"] == "000"]) >= 25
    assert set(claims["status"]) == {"", "context", "garbled", "contradicted"}


def test_each_interval_is_that_of_its_printed_form(claims):
    judged = [row for row in with_figure(claims) if row["printed"] != "四年"]
    assert len(judged) > 230
    for row in judged:
        meant = read_interval(row["printed"])
        assert (row["lower"], row["upper"], row["step"]) == (meant.lower, meant.upper, meant.step)


def test_what_contradicts_the_others_was_derived_with_its_repair(claims):
    status = claims[claims["status"] == "contradicted"].set_index("claim")
    assert list(status.index) == ["d003-2.3-suggestion-february", "d003-3.3-ecological-share"]
    row = status.loc["d003-2.3-suggestion-february"]
    assert (row["printed"], row["repair"]) == ("13.9万件", "1.39万件")
    assert (row["repair_lower"], row["repair_upper"]) == (Decimal(13850), Decimal(13950))


def test_the_files_are_sorted_and_parts_of_a_key_are_no_strangers(claims):
    for path in Home().published_files().values():
        with path.open(encoding="utf-8", newline="") as file:
            names = [row["claim"] for row in csv.DictReader(file)]
        assert names == sorted(names), path.name
    for row in rows_of(claims):
        assert re.fullmatch(r"d\d{3}-\d(\.\d+)?-[a-z0-9-]+", row["claim"])
        assert row["claim"].startswith(f"d{row['document']}-{row['section'].split(' ')[0]}-")


def reference(name):
    with Home().reference_files()[name].open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def named_cells(claims):
    """The key of each claim; a list gives one for each of its members."""
    for row in rows_of(claims):
        if row["metric"] == "crosswalk_count":
            continue  # the classes of another publication
        if row["relation"] in ("ranked_list", "largest", "smallest", "order", "joint"):
            for member in row["members"].split("|"):
                cell = row | {row["dimension"]: member}
                if row["dimension"] == "street":
                    cell["district"], cell["street"] = member.split("/")
                yield cell
        else:
            yield row


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("district", ("district",)),
        ("district", ("region",)),
        ("category", ("category",)),
        ("subcategory", ("category", "subcategory")),
        ("unit", ("unit_type", "unit")),
        ("street", ("district", "street")),
        ("rate_convention", ("convention",)),
    ],
)
def test_members_are_those_of_the_reference(claims, name, columns):
    known = {tuple(row[column] for column in columns) for row in reference(name)}
    named = [cell for cell in named_cells(claims) if cell[columns[-1]] not in ("*", "-")]
    assert named
    assert {tuple(cell[column] for column in columns) for cell in named} <= known


# -- against the documents ------------------------------------------------------------------


def seed(document):
    found = sorted(SEEDS.glob(f"{document}_*.txt"))
    if not found:
        pytest.skip(f"no seed {document} beside the repository")
    return unicodedata.normalize("NFKC", found[0].read_text(encoding="utf-8"))


def squeeze(text):
    return re.sub(r"\s", "", text).replace("约为", "约")


@cache
def sections(document):
    """Return section number -> its text without spaces; 000 is one section."""
    text = seed(document)
    if document == "000":
        # The newspaper's page on other matters ends and begins around the hotline's passage.
        whole = squeeze(text)
        return {"1": whole[whole.index("相关数据显示") : whole.index("抓好两件“关键小事”为推进")]}
    found: dict[str, str] = {}
    current, types, series = "0", 0, 0
    for line in text.splitlines():
        if line.startswith("一、"):
            current = "1"
        elif line.startswith("2020年共受理"):
            current = "2"
        elif re.match(r"\d、", line):
            types += 1
            current = f"2.{types}"
        elif line.startswith("2020年16个区"):
            current, series = "3", 3
        elif line.startswith("2020年群众反映前十类"):
            current, series = "4", 4
        elif re.match(r"\d+\.\D", line) and series:
            current = f"{series}.{line.split('.')[0]}"
        elif line.startswith("五、"):
            current, series = "5", 0
        elif line.startswith("六、"):
            current = "6"
        found[current] = found.get(current, "") + squeeze(line)
    return found


def section_text(row):
    return sections(row["document"])[row["section"].split(" ")[0]]


def test_each_printed_number_is_in_its_section_of_its_document(claims):
    for row in with_figure(claims):
        number, unit = re.fullmatch(r"(.*?[\d.]*)(万件)?", row["printed"]).groups()
        # Not the end of a longer number; two figures may share the unit after the second.
        shared = rf"(?:{unit}|和[\d.]+{unit})" if unit else ""
        alone = rf"(?<![\d.]){re.escape(number)}{shared}"
        assert re.search(alone, section_text(row)), row["claim"]


def test_each_list_is_in_its_section_in_that_order(claims):
    aliases = {
        f"{row['district']}/{row['street']}": row["aliases"].split("|")
        for row in reference("street")
    }
    for row in rows_of(claims):
        listed = (*ledger.LIST_RELATIONS, *ledger.PART_RELATIONS)
        if row["relation"] not in listed or row["relation"] in ("top_members", "order"):
            continue
        text, at = section_text(row), 0
        for member in row["members"].split("|"):
            names = [member]
            if row["dimension"] == "street":
                district = member.split("/")[0]
                names = [member.replace("/", ""), *(district + a for a in aliases[member] if a)]
            if row["dimension"] == "period":
                names = [f"{int(member[5:])}月"]
            if member == "市场环境秩序" and row["document"] == "000":
                names = ["市场秩序"]  # the newspaper's shorter name
            if row["dimension"] == "unit_type" and member == "区":
                names = ["区分中心"]
            places = [place for name in names if (place := text.find(name, at)) >= 0]
            assert places, (row["claim"], member)
            at = min(places) + 1


def test_how_many_streets_each_district_has(claims):
    for row in rows_of(claims):
        if row["relation"] == "top_members":
            pairs = row["printed"].partition(":")[2].replace("=", "").split("|")
            assert "、".join(f"{pair}个" for pair in pairs) in section_text(row)


@pytest.mark.parametrize("document", ["003", "000"])
def test_every_number_of_a_document_is_in_some_claim(document, claims):
    held: dict[str, set[str]] = {}
    for row in rows_of(claims):
        if row["document"] == document:
            numbers = held.setdefault(row["section"].split(" ")[0], set())
            numbers |= set(re.findall(r"\d+(?:\.\d+)?", row["printed"]))
    for section, text in sections(document).items():
        bare = NO_CLAIMS.sub(" ", text)
        found = set(re.findall(r"\d+(?:\.\d+)?", bare))
        assert found - held.get(section, set()) == NOT_CLAIMED.get(section, set()), section


IN_PRINT = (
    *("total", "growth", "top-subcategory-share", "direct", "direct-share"),
    *("top-unit-type-count", "top-unit-type-share", "top-district-count", "top-district-share"),
)


def test_figures_of_a_hot_category_are_in_the_text_in_the_order_of_their_claims(claims):
    printed = claims.set_index("claim")
    for number in range(1, 11):
        text, at = sections("003")[f"4.{number}"], 0
        for slug in IN_PRINT:
            at = text.find(printed.loc[f"d003-4.{number}-{slug}", "printed"], at) + 1
            assert at, (number, slug)


def test_a_printed_share_is_one_its_printed_counts_can_have(claims):
    row = claims.set_index("claim")
    for number in range(1, 11):
        low, high = (
            {slug: row.loc[f"d003-4.{number}-{slug}", end] for slug in IN_PRINT}
            for end in ("lower", "upper")
        )
        least, most = low["direct"] / high["total"], high["direct"] / low["total"]
        assert least < high["direct-share"] and low["direct-share"] < most
        least = low["top-unit-type-count"] / (high["total"] - low["direct"])
        most = high["top-unit-type-count"] / (low["total"] - high["direct"])
        assert least < high["top-unit-type-share"] and low["top-unit-type-share"] < most

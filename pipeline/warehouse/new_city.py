"""`hotline new-city`: drafts of the registers of a new home, from the names in its records."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import duckdb

from pipeline import city, receipts
from pipeline.console import say
from pipeline.db import connect, create_place
from pipeline.entity import DEFAULT, entities_of
from pipeline.errors import NO_DATA, USAGE, HotlineError
from pipeline.files import write_whole
from pipeline.home import REPOSITORY, Home
from pipeline.reference import read_rows
from pipeline.warehouse.sources import point

SQL = REPOSITORY / "sql" / "register"
# Words that stand for no name.
_NO_NAME = re.compile(
    r"(?i)unspecified|unknown|not (?:specified|applicable)|n/?a|none|null|test|other districts?"
    r"|未指定.*|未知.*|不详|不明|无|非辖属|外地|其他区?|[-/?.\s\d]*"
)
# A name of a smaller share of the records is more often a slip; in a small home all are drafted.
_LEAST_SHARE = 0.0005
_STREET = r"(?:街道|地区|镇|乡)(?:办事处|办|(?:人民)?政府)?$"
_COMPANY = r"(?:公司|集团|企业|平台|有限|热力|水务|燃气)$"
_CHINESE = re.compile("[一-龥]")


@dataclass
class Name:
    """A name of the register, the other spellings of it and the records that have any of them."""

    name: str
    rows: int
    aliases: list[str] = field(default_factory=list)
    within: str = ""
    kind: str = ""

    @property
    def spelled(self) -> str:
        return "|".join(self.aliases)


def new_city(home: Home, name: str) -> list[str]:
    """Write the registers that the home lacks, drafted from its records; return what was written.

    A register of the home that has rows is left alone. Raises HotlineError: USAGE in the
    repository, or for a name that is none; NO_DATA where no record is loaded.
    """
    if home.root == REPOSITORY:
        raise HotlineError("程序自带的目录是北京市的;请用 --home 给新城市一个目录", USAGE)
    if not name.strip() or re.search(r"[,\n\"|]", name):
        raise HotlineError(f"城市名 {name!r} 不可用;请写如 长沙市", USAGE)
    found = _read(home)
    drafts = _draft(name.strip(), found)
    is_chinese = bool(_CHINESE.search(name))
    written = []
    for register in city.registers_for(is_chinese=is_chinese):
        path = city.own(home, register)
        rows = drafts.get(register, [])
        if path is not None and read_rows(path):
            continue
        city.put(home, register, rows)
        written.append(register)
    city.make_published_folder(home)
    target = home.reports / "new-city.md"
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, _checklist(home, name).encode())
    counts = "、".join(
        f"{title} {len(drafts[register])}"
        for register, title in (("district", "区"), ("street", "街乡镇"), ("unit", "单位"))
        if register in written
    )
    say(
        f"起草了 {len(written)} 个名册({counts or '没有一行'}),在 data/reference;"
        f"请按 {home.relative(target)} 逐个核对,再运行 hotline build(不必重新入库)"
        if written
        else f"名册都已有内容,没有改动;还缺什么见 {home.relative(target)}"
    )
    return written


def _read(home: Home) -> dict[str, list[Name]]:
    """Return the names in the records, by register; HotlineError NO_DATA without records."""
    loaded = receipts.load(home)
    months = receipts.by_entity(loaded).get(DEFAULT, {})
    if not months:
        raise HotlineError(
            "还没有入库的记录,无从起草;请先运行 hotline ingest 路径(见 docs/new-city.md)", NO_DATA
        )
    receipts.require_files(home, loaded)
    with connect(home=home) as con:
        create_place(con, home)
        con.execute("CREATE SCHEMA IF NOT EXISTS source")
        point(con, home, entities_of(home)[DEFAULT], months.values())
        return {path.stem: _names(con, path.read_text("utf-8")) for path in SQL.glob("*.sql")}


def _names(con: duckdb.DuckDBPyConnection, sql: str) -> list[Name]:
    """Return the names that a query gives, those that differ in case as one."""
    cursor = con.execute(sql)
    columns = [one[0] for one in cursor.description or []]
    rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    total = sum(row["row_count"] for row in rows)
    found: dict[tuple[str, str], Name] = {}
    for row in rows:
        within, name = row.get("within", ""), row["name"]
        if _NO_NAME.fullmatch(name) or row["row_count"] < _LEAST_SHARE * total:
            continue
        same = found.get((within.casefold(), name.casefold()))
        if same is not None:
            same.rows += row["row_count"]
            same.aliases.append(name)
            continue
        kind = row.get("unit_type", "")
        found[within.casefold(), name.casefold()] = Name(
            name, row["row_count"], within=within, kind=kind
        )
    return list(found.values())


def _draft(name: str, found: Mapping[str, list[Name]]) -> dict[str, list[list[object]]]:
    """Return the rows of each register."""
    is_chinese = bool(_CHINESE.search(name))
    districts = _without_city(name, found["district"])
    spelled = {word: one.name for one in districts for word in (one.name, *one.aliases)}
    spelled |= {f"{name}{word}": of for word, of in list(spelled.items())}
    streets = [
        Name(one.name, one.rows, one.aliases, spelled[one.within])
        for one in found["street"]
        if one.within in spelled
    ]
    hotline = "12345政务服务便民热线" if is_chinese else "311"
    return {
        "office": [
            ["city", name],
            ["hotline", hotline],
            ["issuer", f"{name}{hotline}" if is_chinese else f"{name} {hotline}"],
            ["contact", "群众"],
        ],
        "district": [
            [one.name, "", number, one.spelled] for number, one in enumerate(districts, 1)
        ],
        "street": [[one.within, one.name, one.spelled] for one in _once(streets)],
        "unit": [
            [one.name, one.kind, one.within or "?", "?", one.spelled]
            for one in _units(found["unit"], districts, streets)
        ],
        "category": [
            [one.name, number, one.spelled] for number, one in enumerate(found["category"], 1)
        ],
        "subcategory": [
            [one.within, one.name, number] for number, one in enumerate(found["subcategory"], 1)
        ],
    }


def _without_city(name: str, districts: Iterable[Name]) -> list[Name]:
    """Return the districts without the city's name before them, and the short ones of full names.

    Both are found without being listed: 长沙市岳麓区 and 岳麓 are 岳麓区.
    """
    cities = sorted({name, name.removesuffix("市")}, key=len, reverse=True)
    found: dict[str, Name] = {}
    for one in districts:
        bare = next(
            (
                one.name.removeprefix(word)
                for word in cities
                if word and one.name.startswith(word) and len(one.name) > len(word) + 1
            ),
            one.name,
        )
        same = found.setdefault(bare, Name(bare, 0))
        same.rows += one.rows
        same.aliases += one.aliases
    full = {word[:-1]: word for word in found if len(word) >= 3 and word[-1] in "区县市"}
    for short, word in full.items():
        if short in found:
            found[word].rows += found.pop(short).rows
    return sorted(found.values(), key=lambda one: (-one.rows, one.name))


def _once(streets: Iterable[Name]) -> list[Name]:
    """Return each street of a district once."""
    found: dict[tuple[str, str], Name] = {}
    for one in streets:
        found.setdefault((one.within, one.name), one)
    return list(found.values())


def _units(units: Iterable[Name], districts: list[Name], streets: list[Name]) -> list[Name]:
    """Return the units that do not follow from the districts and streets, with a kind.

    A district, an office of it and a street of it are found by their names alone.
    """
    follow = {one.within + one.name for one in streets} | {one.name for one in districts}
    result = []
    for one in units:
        within = next((d.name for d in districts if one.name.startswith(d.name)), "")
        if one.name in follow or (within and len(within) >= 3 and within[-1] in "区县市"):
            continue
        kind = one.kind if one.kind not in ("", "?") else ""
        if not kind:
            kind = (
                "街乡镇"
                if re.search(_STREET, one.name)
                else "国有企业"
                if re.search(_COMPANY, one.name)
                else "市级部门"
            )
        result.append(Name(one.name, one.rows, one.aliases, kind=kind))
    return result


# What to check in each register, and what it makes possible.
_CHECKS = {
    "office": ("城市、热线、发布单位、对来电人的称呼", "报告与月报的标题和署名"),
    "district": (
        "删去不是区的;补全名(岳麓→岳麓区);别的写法写进 aliases,以竖线分隔;region 填所属地区",
        "区的各表;填了 region 才有地区的各表",
    ),
    "street": ("删去不是街乡镇的,补齐没有来电的", "街乡镇的表与名单"),
    "unit": (
        "核对 unit_type(区、街乡镇、市级部门、国有企业、电商企业);同一单位的几种写法合并到 aliases",
        "单位的各表与排名、按单位类型的各表",
    ),
    "category": ("一级分类的次序;旧名或别名写进 aliases", "分类的各表"),
    "subcategory": ("二级分类的次序", "二级分类的表按这个次序印"),
    "population": ("各区常住人口(人)、年份、出处;不能猜", "每万人诉求量"),
    "population_use": ("哪一年的报告用哪一年的人口", "每万人诉求量"),
    "calendar": ("法定节假日与调休的工作日", "突增与缺日的判断计入节假日"),
    "season": ("影响来电的季节,如供暖季", "突增的判断计入季节"),
    "district_tile": ("各区在方格图上的列与行", "区的方格图"),
    "partial_year": ("自动判断为不完整(或完整)而其实相反的年份", "年份完整与否的判断"),
    "context": ("记录里没有的数字,如接入的热线条数", "报告里的背景数字"),
    "category_change": ("年度之间改名、拆分、合并的分类", "分类的同比"),
    "category_crosswalk": ("另一种公布口径的分类", "按那种口径的分类"),
}


def _checklist(home: Home, name: str) -> str:
    """Return the list of what to check and what each register makes possible."""
    lines = [
        f"# {name}的名册:核对清单",
        "",
        "草稿由记录里出现过的名称起草,按件数从多到少;未见于记录的要补上。改后运行 hotline build:",
        "已入库的名称按新名册重认,不必删回执,也不必重新入库。",
        "",
        "| 文件 | 行数 | 核对什么 | 填好后才有 |",
        "|---|---|---|---|",
    ]
    for register, (what, gives) in _CHECKS.items():
        path = city.own(home, register)
        rows = f"{len(read_rows(path)):,}" if path else "用程序自带的"
        lines.append(f"| {register}.csv | {rows} | {what} | {gives} |")
    lines += [
        "",
        "三率(响应率、解决率、满意率)不靠名册:要有是否有效回访、是否联系、是否解决、是否满意各列",
        "(或在来源文件的 [constants] 里写 is_valid),并核对 rate_convention.csv 的权重。",
        "仍未识别的名称见 data/reports/unmatched.csv(建表后)。",
        "已公布的数字放在 data/published,没有就空着。",
        "",
        "population.csv 要填的行(人数与年份请填公布数):",
        "",
        "```text",
        "district,vintage,population,source",
        *(f"{row['district']},年份,人数,出处" for row in read_rows(city.own(home, "district"))),
        "```",
    ]
    return "\n".join(lines) + "\n"

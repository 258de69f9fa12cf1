"""Sentences with personal items planted in them; what must vanish is known from the planting.

The items are drawn with a seed. Each kind has carriers of two sets: the masks were tuned on set
`a`, set `b` was written at the same time; docs/privacy.md gives what was found at its first
measurement, before its results had been seen.
"""

import csv
import random
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_MATTERS = Path(__file__).parents[2] / "data" / "calibration" / "text.csv"
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋"
    "郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
_GIVEN = (
    "伟芳娜敏静丽强磊洋艳勇军杰娟涛超霞平刚桂英建国华"
    "玉兰志明秀珍海燕文博雨欣子涵梓轩浩然春梅德福永清宝玲"
)
_DOUBLE = ("欧阳", "司马", "上官", "诸葛", "慕容")
_SPOKEN = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))
_WRITTEN = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_FULL = dict(zip("0123456789", "０１２３４５６７８９", strict=True))


@dataclass(frozen=True)
class Item:
    """A text with one item: `secrets` must not stay in it, `rest` must."""

    kind: str
    form: str
    carriers: str
    text: str
    secrets: tuple[str, ...]
    rest: str
    caller: str = ""
    seat: str = ""


def _spell(number: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in number)


def _mobile(r: random.Random) -> str:
    return r.choice(("13", "15", "17", "18", "19")) + _digits(r, 9)


def _digits(r: random.Random, count: int) -> str:
    return str(r.randint(1, 9)) + "".join(r.choice("0123456789") for _ in range(count - 1))


def _identity(r: random.Random) -> str:
    born = f"{r.randint(1940, 2010)}{r.randint(1, 12):02d}{r.randint(1, 28):02d}"
    return f"110{r.randint(101, 119)}{born}{r.randint(100, 999)}{r.choice('0123456789X')}"


def _name(r: random.Random) -> str:
    first = r.choice(_DOUBLE) if r.random() < 0.05 else r.choice(_SURNAMES)
    return first + "".join(r.sample(_GIVEN, r.choice((1, 2, 2))))


def _plate(r: random.Random) -> str:
    return (
        r.choice("京京京津冀鲁")
        + r.choice("ABCEFGHJKLMNPQ")
        + r.choice("0123456789")
        + r.choice((_digits(r, 4), "D" + _digits(r, 3), _digits(r, 3) + "K", _digits(r, 5)))
    )


def _cut(text: str, gap: str, *places: int) -> str:
    ends = [0, *places, len(text)]
    return gap.join(text[one:two] for one, two in pairwise(ends))


NUMBER_FORMS = {
    "mobile": {
        "plain": lambda n: n,
        "spaces": lambda n: _cut(n, " ", 3, 7),
        "dashes": lambda n: _cut(n, "-", 3, 7),
        "en dashes": lambda n: _cut(n, "–", 3, 7),
        "dots": lambda n: _cut(n, ".", 3, 7),
        "full-width": lambda n: _spell(n, _FULL),
        "no-break spaces": lambda n: _cut(n, "\u00a0", 3, 7),
        "zero width": lambda n: _cut(n, "\u200b", 4, 8),
        "one by one": " ".join,
        "+86": lambda n: f"+86 {n}",
        "0086-": lambda n: f"0086-{n}",
        "brackets": lambda n: f"({n[:3]}){n[3:]}",
        "slashes": lambda n: _cut(n, "/", 3, 7),
        "groups of four": lambda n: _cut(n, " ", 4, 8),
        "spoken": lambda n: _spell(n, _SPOKEN),
        "in words": lambda n: _spell(n, _WRITTEN),
        "spoken, spaces": lambda n: _cut(_spell(n, _SPOKEN), " ", 3, 7),
        "spoken, commas": lambda n: _cut(_spell(n, _SPOKEN), "\uff0c", 3, 7),
        "half in words": lambda n: n[:3] + _spell(n[3:7], _WRITTEN) + n[7:],
    },
    "landline": {
        "area-dash": lambda n: f"010-{n}",
        "area in brackets": lambda n: f"\uff08010\uff09{n}",
        "spaces": lambda n: f"010 {n[:4]} {n[4:]}",
        "bare": lambda n: n,
        "bare with dash": lambda n: _cut(n, "-", 4),
        "extension": lambda n: f"010-{n}转801",
        "in words": lambda n: _spell(n, _WRITTEN),
    },
    "identity card": {
        "plain": lambda n: n,
        "small x": lambda n: n.lower(),
        "full-width": lambda n: _spell(n, _FULL),
        "6 8 4": lambda n: _cut(n, " ", 6, 14),
        "6-8-4": lambda n: _cut(n, "-", 6, 14),
        "groups of four": lambda n: _cut(n, " ", 4, 8, 12, 16),
        "fifteen": lambda n: n[:6] + n[8:17],
        "spoken": lambda n: _spell(n[:17], _SPOKEN),
    },
    "bank card": {
        "plain": lambda n: n,
        "groups of four": lambda n: _cut(n, " ", 4, 8, 12, 16),
    },
    "plate": {
        "plain": lambda n: n,
        "dot": lambda n: _cut(n, "·", 2),
        "spaces": lambda n: f"{n[0]} {n[1]} {n[2:]}",
        "small": str.lower,
        "full-width": lambda n: n[:2] + _spell(n[2:], _FULL),
        "dash": lambda n: _cut(n, "-", 2),
        "spoken": lambda n: n[:2] + _spell(n[2:], _SPOKEN),
    },
    "mail": {
        "plain": lambda n: f"{n}@qq.com",
        "letters": lambda n: f"lin{n[:4]}@163.com",
        "dots": lambda n: f"li.{n[:3]}@mail.gov.cn",
        "full-width at": lambda n: f"lin{n[:4]}\uff20163.com",
        "(at)": lambda n: f"lin{n[:4]}(at)sina.com",
    },
    "account": {
        "wechat id": lambda n: f"微信号:wx_{n[:6]}",
        "wechat, wide colon": lambda n: f"微信\uff1alin{n[:5]}",
        "wechat is phone": lambda n: f"微信同号{n}",
        "vx": lambda n: f"VX lin{n[:5]}",
        "qq": lambda n: f"QQ{n[:8]}",
        "qq number is": lambda n: f"QQ号是{n[:7]}",
    },
    "house number": {
        "number": lambda n: f"{n[:2]}号",
        "yard, building, unit, room": lambda n: f"{n[:2]}号院{n[2]}号楼{n[3]}单元{n[4:7]}室",
        "no last word": lambda n: f"{n[2]}号楼{n[3]}单元{n[4:7]}",
        "dashes": lambda n: f"{n[2]}-{n[3]}-{n[4:7]}",
        "in words": lambda n: f"{_spell(n[2], _WRITTEN)}号楼{_spell(n[4:7], _WRITTEN)}室",
        "letter block": lambda n: f"B座{n[3:7]}",
        "building and room": lambda n: f"{n[2]}栋{n[4:7]}",
        "number with branch": lambda n: f"甲{n[:2]}-{n[3]}号",
        "full-width": lambda n: f"{_spell(n[:2], _FULL)}号楼{_spell(n[4:7], _FULL)}室",
        "small street": lambda n: f"{n[:3]}号平房",
    },
}
_DRAW = {
    "mobile": _mobile,
    "landline": lambda r: r.choice("68") + _digits(r, 7),
    "identity card": _identity,
    "bank card": lambda r: "62" + _digits(r, 17),
    "plate": _plate,
    "mail": lambda r: _digits(r, 9),
    "account": lambda r: _mobile(r),
    # Digits apart from each other, so that a part cannot be mistaken for another.
    "house number": lambda r: "".join(r.sample("123456789", 7)),
}
CARRIERS = {
    "a": {
        "house number": ("家住幸福里{x}\uff0c{m}", "反映地点\uff1a幸福里{x}。反映内容\uff1a{m}"),
        "plate": ("车牌{x}\uff0c{m}", "{m}\uff0c看到{x}停在路口"),
        "*": ("{m}\uff0c电话{x}\uff0c请回复", "{m}({x})", "号码{x}反映\uff1a{m}"),
    },
    "b": {
        "house number": ("{m}\uff0c地址是和平街{x}", "接到和顺家园{x}住户来电\uff0c{m}"),
        "plate": ("{m}\uff0c肇事车辆为{x}。", "一辆{x}的白车\uff0c{m}"),
        "*": ("{m}。请拨打{x}联系", "{m}\n{x}", "希望回电{x}。{m}", "{m}\uff0c他留的是{x}"),
    },
}
NAMES = {
    "a": {
        "name after a word": (
            *("我叫{x}\uff0c{m}", "联系人\uff1a{x}\uff0c{m}", "姓名:{x} {m}", "市民{x}反映{m}"),
            *("本人{x}\uff0c{m}", "{m}\uff0c联系人{x}", "我是{x}\uff0c{m}", "业主{x}称{m}"),
            *("父亲{x}今年80岁\uff0c{m}", "姓 名\uff1a{x}\u3000{m}", "来电人\uff1a{x}\u3000{m}"),
        ),
        "name before a title": (
            "{x}先生反映{m}",
            "{m}\uff0c请联系{x}女士",
            "{s}先生来电\uff0c{m}",
            "找{x}师傅",
        ),
        "name without a sign": ("{x}家的狗叫\uff0c{m}", "{m}\uff0c是{x}干的"),
    },
    "b": {
        "name after a word": (
            *(
                "居民{x}来电反映{m}",
                "投诉人\uff1a{x}\u3000{m}",
                "申请人{x}\uff0c{m}",
                "户主\uff1a{x}\uff0c{m}",
            ),
            *(
                "我的名字叫{x}\uff0c{m}",
                "邻居{x}在家{m}",
                "负责人是{x}\uff0c{m}",
                "母亲{x}住院\uff0c{m}",
            ),
            *("患者{x}\uff0c{m}", "本人姓名{x}\uff0c{m}", "{m}\uff0c经办人\uff1a{x}"),
        ),
        "name before a title": (
            "已联系{x}先生\uff0c{m}",
            "{s}女士家{m}",
            "{x}同志\uff0c{m}",
            "{s}经理说{m}",
        ),
        "name without a sign": ("{m}\uff0c{x}也知道", "租给了{x}\uff0c{m}"),
    },
}
OWN = {
    "plain": lambda n: (n, n),
    "spaced in the text": lambda n: (n, " ".join(n)),
    "wide blanks in the text": lambda n: (n, "\u3000".join(n)),
    "title in the cell": lambda n: (f"{n}女士", n),
    "brackets in the cell": lambda n: (f"{n}(男)", n),
    "number in the cell": lambda n: (f"1188 {n}", n),
    "blanks around": lambda n: (f" {n}\u3000", n),
}


def matters() -> list[str]:
    """Return what people call about, from the lexicon of the simulation: nothing personal."""
    with _MATTERS.open(encoding="utf-8", newline="") as handle:
        return list(dict.fromkeys(row["matter"] for row in csv.DictReader(handle)))


def items(carriers: str, seed: int) -> list[Item]:
    """Return the planted sentences of a set of carriers."""
    r, subjects, found = random.Random(f"{carriers}{seed}"), matters(), []
    for kind, forms in NUMBER_FORMS.items():
        known = CARRIERS[carriers]
        for form, write in forms.items():
            for carrier in known.get(kind, known["*"]):
                number, matter = _DRAW[kind](r), r.choice(subjects)
                shown = write(number)
                secrets = _secrets(kind, shown)
                text = carrier.format(x=shown, m=matter)
                found.append(Item(kind, form, carriers, text, secrets, matter))
    for kind, lines in NAMES[carriers].items():
        for carrier in lines:
            for _ in range(8):
                name, matter = _name(r), r.choice(subjects)
                text = carrier.format(x=name, s=name[0], m=matter)
                secret = (
                    f"{name[0]}{'先生' if '先生' in text else ''}" if "{s}" in carrier else name
                )
                if "{s}" in carrier:
                    place = carrier.index("{s}")
                    secret = name[0] + carrier[place + 3 : place + 5]
                rest = matter if "{m}" in carrier else ""
                found.append(Item(kind, carrier, carriers, text, (secret,), rest))
    for person in ("caller", "seat"):
        for form, write in OWN.items():
            for _ in range(4):
                name, matter = _name(r), r.choice(subjects)
                cell, shown = write(name)
                text = f"{matter}{shown}已经说过"
                own = {person: cell}
                found.append(Item(f"own {person}", form, carriers, text, (shown,), matter, **own))
    return found


def _secrets(kind: str, shown: str) -> tuple[str, ...]:
    """Return what must not stay: the item, and every part of it that says enough."""
    if kind == "house number":
        # The room, or the number where there is no room; without the words.
        parts = [part for part in _split(shown) if part]
        return tuple(part for part in (parts[-1:] if len(parts[-1]) > 1 else parts[:1]))
    groups = [part for part in _split(shown) if len(part) >= 4]
    return (shown, *groups) if kind not in ("mail", "account") else tuple(groups or [shown])


def _split(shown: str) -> list[str]:
    signs = "0123456789０１２３４５６７８９零幺一二三四五六七八九"
    return "".join(sign if sign in signs else " " for sign in shown).split()

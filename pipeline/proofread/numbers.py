"""Finds every number of a Chinese text: what it says, and what kind of number it is."""

import re
from dataclasses import dataclass, replace
from functools import cache

from pipeline.numbers import NUMERAL, narrow, read_numeral
from pipeline.proofread.phrases import words

_RANGE = tuple("-~—–至到")


@dataclass(frozen=True)
class Number:
    """A number at text[start:end].

    kind: count (records), ratio (%, 成, 倍), year, month, day, span (several months), top (前十类),
    blank (**), name (of something), order (ordinals, section numbers), or other (not of records).
    printed: the form pipeline.numbers reads, None where no rule reads it; counted: that
    form also of what is not of records (53万人); amount: its digits;
    unit and about as printed; value: the integer of dates and of `top`.
    """

    start: int
    end: int
    kind: str
    text: str
    printed: str | None = None
    amount: str = ""
    myriad: str = ""
    unit: str = ""
    value: int = 0
    counted: str | None = None


def find(text: str) -> list[Number]:
    """Return the numbers in order; the places are those of `text`."""
    flat = narrow(text)
    found: list[Number] = []
    at = 0
    for match in _pattern().finditer(flat):
        if match.start() >= at:
            number = _read(match, flat, text)
            if number:
                found.append(number)
                at = number.end
    return _share_units(found, flat)


@cache
def _pattern() -> re.Pattern[str]:
    phrases = words()
    units = phrases["units"]
    any_of = lambda names: "|".join(map(re.escape, sorted(names, key=len, reverse=True)))  # noqa: E731
    before = any_of(
        phrases["units"]["about"] + phrases["units"]["at_least"] + phrases["units"]["unread_before"]
    )
    after = any_of(
        phrases["units"]["about_after"]
        + phrases["units"]["at_least_after"]
        + phrases["units"]["unread_after"]
    )
    unit = any_of(units["record"] + units["ratio"] + units["other"])
    months = r"(?P<from>\d{1,2})月?(?:份)?[-~—–至到](?P<to>\d{1,2})月(?:份)?"
    return re.compile(
        rf"(?P<blank>\*\*+(?:{unit})?)"
        rf"|(?P<span>{months}|[前头](?:[{NUMERAL}]+|\d+)个?月)"
        rf"|(?P<top>前(?P<rank>[{NUMERAL}]+|\d+)(?:大类|类|位|名|项|个|大))"
        rf"|(?P<order>第[{NUMERAL}\d]+|(?:分列|列|居)第?[{NUMERAL}、和]+位|[一二三四五六七八九十]+是(?=[\u4e00-\u9fff]))"
        rf"|(?P<bracket>〔\d+〕)"
        rf"|(?P<year>(?:19|20)\d\d ?年(?:度)?)"
        rf"|(?P<month>(?<![\d.])(?:1[0-2]|0?[1-9]) ?月(?:份)?)"
        rf"|(?P<before>{before})?"
        rf"(?:(?P<sign>(?<![A-Za-z\d%)件])[-+\u2212])?(?P<amount>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
        rf"|(?P<han>[{NUMERAL}]+(?=[余多]?(?:件|成))))"
        rf"(?: ?(?P<inner>[余多]))?(?: ?(?P<myriad>[万亿千百]))?(?P<outer>[余多])?"
        rf"(?: ?(?P<unit>{unit}))?(?P<late>[余多])?(?P<after>{after})?"
    )


def _read(match: re.Match[str], flat: str, text: str) -> Number | None:
    start, end = match.span()
    here = text[start:end]
    for kind in ("blank", "order"):
        if match[kind]:
            return Number(start, end, kind, here)
    if match["bracket"]:
        return Number(start, end, "name", here)
    if match["top"]:
        return Number(start, end, "top", here, value=read_numeral(match["rank"]))
    if match["year"]:
        return Number(start, end, "year", here, value=int(match["year"][:4]))
    if match["span"]:
        return Number(start, end, "span", here)
    if match["month"]:
        return Number(start, end, "month", here, value=int(re.sub(r"\D", "", match["month"])))
    return _quantity(match, flat, text)


def _quantity(match: re.Match[str], flat: str, text: str) -> Number | None:
    phrases = words()
    start, end = match.span()
    here, unit, amount = text[start:end], match["unit"] or "", match["amount"] or ""
    if match["han"]:
        # A Chinese numeral is a figure from a hundred on, or as tenths: 一件 is an everyday word.
        whole = read_numeral(match["han"])
        if unit != "成" and whole < 100:
            return None
        amount = str(whole)
    # 1、2月合计 at the beginning: two months rather than the first item of a list.
    is_item = re.match(r"[.)]|、(?!\d{1,2}月)", flat[end:]) and not unit
    if start == 0 and is_item:
        return Number(start, end, "order", here)
    if amount in phrases["names"] and not unit and not match["myriad"]:
        return Number(start, end, "name", here)
    if re.search(r"[A-Za-z_〔(]$", flat[:start]) and not unit and len(amount) < 5:
        return Number(start, end, "name", here)
    if unit == "日" or (unit == "号" and not match["myriad"]):
        return Number(start, end, "day", here)
    kind = (
        "count" if unit in phrases["units"]["record"]
        else "ratio" if unit in phrases["units"]["ratio"] else "other"
    )  # fmt: skip
    if match["sign"] and match["sign"] != "+":
        amount = f"-{amount}"
    number = Number(start, end, kind, here, None, amount, match["myriad"] or "", unit)
    form = _form(number, match)
    return replace(number, printed=None if kind == "other" else form, counted=form)


def _form(number: Number, match: re.Match[str]) -> str | None:
    """Return the printed form in the words of pipeline.numbers, None where it has none."""
    phrases = words()
    before, after = match["before"] or "", match["after"] or ""
    more = match["inner"] or match["outer"] or match["late"] or ""
    if before in phrases["units"]["unread_before"] or after in phrases["units"]["unread_after"]:
        return None
    if number.myriad in ("千", "百"):
        return None
    about = before in phrases["units"]["about"] or after in phrases["units"]["about_after"]
    least = before in phrases["units"]["at_least"] or after in phrases["units"]["at_least_after"]
    if sum(map(bool, (more, about, least))) > 1:
        return None
    amount, unit = number.amount.replace(",", ""), number.unit
    if unit == "成":
        amount, unit, about = amount + "0", "%", not (more or least)
    unit = {"倍": "", "%": "%"}.get(unit, "件")
    return f"{'约' * about}{amount}{number.myriad}{more}{unit}{'以上' * least}"


def _share_units(found: list[Number], flat: str) -> list[Number]:
    """Give a bare number the unit of the next one in its list: 6.1和5.9万件, 1、11月."""
    for at in range(len(found) - 2, -1, -1):
        one, after = found[at], found[at + 1]
        if flat[one.end : after.start] in _RANGE and one.amount and after.amount:
            # 5%-6%: a range prints no figure.
            found[at], found[at + 1] = replace(one, printed=None), replace(after, printed=None)
            continue
        if one.kind != "other" or one.unit or one.myriad or not one.amount:
            continue
        if flat[one.end : after.start] not in words()["lexicon"]["list_marks"]:
            continue
        if after.kind in ("count", "ratio") and after.printed and after.unit != "成":
            unit = {"倍": "", "%": "%"}.get(after.unit, "件")
            form = f"{'约' * after.printed.startswith('约')}{one.amount}{after.myriad}{unit}"
            found[at] = replace(
                one, kind=after.kind, printed=form, myriad=after.myriad, unit=after.unit
            )
        elif after.kind == "month" and one.amount.isdigit() and 1 <= int(one.amount) <= 12:
            found[at] = replace(one, kind="month", value=int(one.amount))
    return found

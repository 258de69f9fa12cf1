"""Scalar macros that sql/staging uses: tidying, casting, masking and hashing one value.

They are macros and not templates so that the SELECTs of sql/staging stay plain SQL. Every macro
begins with a test that is cheap on a clean value; the costly expression runs only on the values
that need it (a CASE branch is evaluated on the rows that reach it). An argument is pasted into the
body as often as the body names it, so macros are never nested deeply: sql/staging/clean.sql takes
one step per CTE instead (nested, the text masks grew to a million nodes).
"""

import duckdb

from pipeline.db import literal
from pipeline.ingest.columns.source import TIMEZONE
from pipeline.ingest.formats import text_protection
from pipeline.ingest.staging import pii_patterns, time_formats

# Blank-like characters: NBSP, U+3000, zero width, the byte order mark, controls. One expression
# costs as little as the ten searches it stands for, and keeps the plans small.
_ODD = r"\t\n\r\x{a0}\x{3000}\x{200b}-\x{200f}\x{2060}\x{feff}"
# How a workbook writes a carriage return; programs that do not know it let it through.
_CARRIAGE_RETURN = "_x000[Dd]_"
_HAS_BLANK = f"regexp_matches(x, '[ {_ODD}]|{_CARRIAGE_RETURN}')"
# Names of one line, each between bars: a single blank inside a name is as it should be.
_IS_ODD = rf"regexp_matches(x, '[{_ODD}]|  |\| | \||{_CARRIAGE_RETURN}|{pii_patterns.SHORT_HINT}')"
_ZERO_WIDTH = r"[\x{200b}-\x{200f}\x{2060}\x{feff}]"
# A wrong date still shows a year and a month, or is the serial number of a day.
_LIKE_TIME = (
    r"[0-9０-９]{2}[-/.年\x{ff0f}\x{ff0e}\x{ff0d}]\s*[0-9０-９]{1,2}\s*[-/.月\x{ff0f}\x{ff0e}\x{ff0d}]"
    r"|^[0-9０-９]{1,6}([.\x{ff0e}][0-9]*)?$"
)
# How offices and programs write that there is nothing.
_NOTHING = (
    r"[-—－/.*?？无空 ]+|\\N|暂无|未知|[Nn]ull|NULL|[Nn]one|[Nn]a[Nn]|NaT|N/?A|n/a"
    r"|0000-00-00.*|1900-01-0[01].*"
)
# Two characters each: what stands in the column of names and is none.
_NOBODY = (
    *("市民", "匿名", "群众", "不详", "未知", "先生", "女士", "保密", "本人", "居民", "村民"),
    *("业主", "老人", "家长", "用户", "客户", "网友", "租户", "乘客", "学生", "没有"),
)
# Kept in a value that is told: whole words of time and of sums. 凌晨 is also a name.
_TOLD_WORD = (
    "[上下中]午|早上|早晨|清晨|傍晚|晚上|晚间|夜间|凌晨 ?[0-9]|星期[一二三四五六日天]"
    "|[今昨明前后]天|[今昨明]日|工作日|待定|未定|随时|近期|尽快|长期|暂无|不详|[合总小]计"
)
_HIDDEN = r"\x{e000}"
_NOT_NAME = r"先生|女士|小姐|同志|[(\x{ff08}][^)\x{ff09}]*[)\x{ff09}]?|[0-9０-９*:\x{ff1a}]+ ?| $"


def _member(*names: str) -> str:
    """Return the body of a macro: the member that x names, else null; tidied only if need be."""
    first = " ".join(f"WHEN x = '{name}' THEN x" for name in names)
    members = ", ".join(f"'{name}': '{name}'" for name in names)
    return f"CASE WHEN x IS NULL THEN NULL {first} ELSE MAP {{{members}}}[tidy(x)] END"


def _without(x: str, *signs: str) -> str:
    """Return an expression that drops the signs: replacing one by one takes half of a pattern."""
    for sign in signs:
        x = f"replace({x}, {literal(sign)}, '')"
    return x


def _no_member(*names: str) -> str:
    """Return the body of a macro: x, null for the names. An IN list would become a join."""
    return "CASE " + " ".join(f"WHEN x = '{name}' THEN NULL" for name in names) + " ELSE x END"


MACROS = {
    "filled(x)": "(x IS NOT NULL AND x <> '')::INTEGER",
    "is_odd(x)": _IS_ODD,
    "unprotected(x)": text_protection.MACRO,
    # Empty is null; blanks of every kind at the ends go, inside they become one space.
    "tidy(x)": rf"""
        CASE WHEN {_HAS_BLANK}
            THEN nullif(trim(regexp_replace(
                regexp_replace(x, '{_ZERO_WIDTH}|{_CARRIAGE_RETURN}', '', 'g'),
                '[\s\x{{a0}}\x{{3000}}]+', ' ', 'g'
            )), '')
            ELSE nullif(x, '')
        END""",
    "to_ascii(x)": r"""
        CASE WHEN regexp_matches(x, '[０-９Ａ-Ｚａ-ｚ－：／．]')
            THEN translate(x, '０１２３４５６７８９－：／．', '0123456789-:/.')
            ELSE x
        END""",
    # An id is looked over once for both faults.
    "tidy_id(x)": rf"""
        CASE WHEN regexp_matches(x,
            '[\s\x{{a0}}\x{{3000}}\x{{200b}}-\x{{200f}}\x{{feff}}０-９－]|{_CARRIAGE_RETURN}')
            THEN to_ascii(tidy(x))
            ELSE nullif(x, '')
        END""",
    # 1.10101E+17 is what a spreadsheet leaves of a long id; where a column is known to be
    # rounded (`known`), its long ids are no better.
    "is_rounded(x, known)": r"""
        CASE WHEN contains(x, '+') THEN regexp_full_match(x, '[0-9](\.[0-9]+)?[eE]\+[0-9]{2}')
            ELSE known AND regexp_full_match(x, '[0-9]{16,}')
        END""",
    # What is left of a formula after unprotected: its result is the id, and nobody can tell it.
    "is_formula(x)": "starts_with(x, '=')",
    # Of a short name: whatever is personal in itself.
    "mask_short(x)": f"""
        CASE WHEN regexp_matches(x, '{pii_patterns.SHORT_HINT}')
            THEN regexp_replace(x, '{pii_patterns.SHORT}', '***', 'g')
            ELSE x
        END""",
    "mask_word(x, word, cover)": """
        CASE WHEN contains(x, word) THEN replace(x, word, cover) ELSE x END""",
    # A name of something: no member of a register is a phone number, but columns do slip, and
    # what people type freely has been seen to hold the caller's name.
    # Its argument is tidied and masked in itself before, in a step of its own.
    "mask_name(x, caller, seat)": "mask_word(mask_word(x, caller, '某某'), seat, '某某')",
    # One of several texts that were masked as a list, where it was needed at all.
    "either(x, masked, place)": "CASE WHEN masked IS NULL THEN nullif(x, '')"
    " ELSE masked[place] END",
    # A time with a zone of its own, or that counts from 1970. Most are plain: told by shape.
    "is_zoned(x)": f"""
        CASE WHEN strlen(x) < 10 OR x LIKE '____-__-__ __:__:__' THEN false
            ELSE regexp_matches(trim(to_ascii(x)), '{time_formats.ZONED}')
                AND NOT regexp_matches(trim(to_ascii(x)), '{time_formats.SPAN}')
                OR is_epoch(x)
        END""",
    "slow_time(x)": f"""
        CASE WHEN regexp_matches(x, '{time_formats.SPAN}') THEN NULL
            WHEN regexp_matches(x, '{time_formats.ZONED}') THEN {time_formats.zoned_time("x")}
            WHEN is_epoch(x)
            THEN to_local(make_timestamp((x::DOUBLE * CASE
                WHEN regexp_full_match(x, '{time_formats.EPOCH}') THEN 1000000
                ELSE 1000 END)::BIGINT))
            WHEN regexp_full_match(x, '{time_formats.SERIAL}')
            THEN TIMESTAMP '1899-12-30' + to_seconds(round(x::DOUBLE * 86400)::BIGINT)
            -- 2044092 would be the second of September: a date without signs has all its digits.
            WHEN regexp_matches(x, '{time_formats.CUT_DIGITS}')
            THEN try_strptime(regexp_extract(x, '{time_formats.TO_THE_MINUTE}'), '%Y%m%d%H%M')
            WHEN regexp_matches(x, '{time_formats.RUN_TOGETHER}') THEN NULL
            WHEN regexp_matches(x, '{time_formats.SPOKEN_HINT}')
            THEN {time_formats.spoken_time("x")}
            ELSE try_strptime(x, {time_formats.FORMS})
        END""",
    # Not the engine's own cast: it takes any word after the time for a zone, so that 3:05:01 PM
    # would be five past three at night.
    "fast_time(x)": f"try_strptime(x, {time_formats.FAST_FORMS})",
    "in_range(t)": "CASE WHEN t >= TIMESTAMP '1980-01-01' AND t < TIMESTAMP '2100-01-01'"
    " THEN t END",
    # A cell that says something, of which no time or word was made.
    "is_lost(t, x)": "t IS NULL AND x IS NOT NULL AND x <> ''",
    # The ways of saying that there is nothing; null where nothing is said at all.
    "says_nothing(x)": f"regexp_full_match(tidy(x), '{_NOTHING}')",
    # One line of `unread` (see sql/staging/unread_cell.sql); null for the ways of saying nothing.
    "unread(name, t, x)": """
        CASE WHEN t IS NULL AND NOT says_nothing(x) THEN name || ':' || mask_value(tidy(x)) END""",
    # The same of a word that its list does not know: told by strange.sql, so without the word.
    "unknown_word(name, t, x)": "CASE WHEN t IS NULL AND NOT says_nothing(x) THEN name || ':' END",
    # A word that may be told of a column that slipped somewhere: neither a name nor an address; a
    # figure or two alone are a code.
    "is_tellable(x)": f"""
        length(x) <= 12 AND NOT regexp_full_match(x, '{pii_patterns.LIKE_NAME}')
        AND (regexp_full_match(x, '[0-9]{{1,2}}')
            OR NOT regexp_matches(x, '{pii_patterns.NUMBERED}'))
        AND mask_short(x) = x""",
    # Of `unread`, the columns alone: what of a record was lost, as it lies in the warehouse.
    "unread_columns(x)": "replace(regexp_replace(x, ':[^\\n]*', '', 'g'), chr(10), ',')",
    # Not tidied first: a good time holds a blank, so every one would take tidy's slow way.
    # slow_time names its argument a dozen times: pasted, the tidied cell filled most of the plan.
    "to_time(x)": """
        coalesce(fast_time(x), CASE WHEN x IS NOT NULL
            THEN list_transform([to_ascii(tidy(x))], lambda cell: slow_time(cell))[1] END)""",
    # Nulls first: most cells of the call-back columns are empty, and ELSE would take them all.
    "yes_no(x)": """
        CASE
            WHEN x IS NULL THEN NULL
            WHEN x = '否' THEN false
            WHEN x = '是' THEN true
            ELSE MAP {'是': true, '1': true, 'true': true, 'y': true, 'yes': true,
                '否': false, '0': false, 'false': false, 'n': false, 'no': false
            }[lower(to_ascii(tidy(x)))]
        END""",
    "to_tier(x)": """
        CASE
            WHEN x IS NULL THEN NULL
            WHEN x = '1' THEN 1::TINYINT
            WHEN x = '2' THEN 2::TINYINT
            WHEN x = '3' THEN 3::TINYINT
            ELSE MAP {'1': 1::TINYINT, '2': 2::TINYINT, '3': 3::TINYINT,
                '1.0': 1::TINYINT, '2.0': 2::TINYINT, '3.0': 3::TINYINT
            }[to_ascii(tidy(x))]
        END""",
    "to_type(x)": _member("咨询", "诉求", "建议", "投诉", "表扬", "其他", "?"),
    "to_resolution(x)": _member("解决", "部分解决", "未解决"),
    "to_satisfaction(x)": _member("满意", "基本满意", "不满意", "未评价"),
    # Sixty bits of the keyed digest. A number that the sender already starred out is nobody.
    "digest(key, x)": "('0x' || substr(sha256(key || x), 1, 15))::BIGINT",
    "phone_digits(x)": r"regexp_replace("
    r"regexp_replace(to_ascii(x), '[^0-9]', '', 'g'), '^(?:0086|86)(1[0-9]{10})$', '\1')",
    "caller_hash(key, x)": """
        CASE
            WHEN regexp_full_match(x, '1[0-9]{10}') THEN digest(key, x)
            WHEN x IS NULL OR tidy(x) IS NULL OR contains(x, '*') THEN NULL
            WHEN length(phone_digits(x)) >= 5 THEN digest(key, phone_digits(x))
            ELSE digest(key, lower(tidy(x)))
        END""",
    # As a name is stretched to the width of a form (王 丽), whichever of cell and text is.
    "mask_stretched(x, name)": """
        CASE WHEN name IS NULL THEN x
            ELSE replace(x, array_to_string(string_split(replace(name, ' ', ''), ''), ' '), '某某')
        END""",
    # Replacing copies every text, looking does not: what holds nothing is only looked at.
    "has_rest(x)": f"regexp_matches(x, '{pii_patterns.REST_HINT}')",
    "has_personal(x)": f"regexp_matches(x, '{pii_patterns.REST_HINT}|{pii_patterns.NUMBER_HINT}')",
    # All kinds, one after another. The signs of 号 that are no house number are set aside. What is
    # left empty is made null by the caller: nullif here would run all of it twice.
    "mask_text(x, caller, seat)": f"""
        replace(regexp_replace(
            regexp_replace(regexp_replace(regexp_replace(regexp_replace(
                mask_stretched(mask_stretched(
                    replace(replace(x, '_x000D_', ''), chr(12288), ' '), caller), seat),
                '{pii_patterns.KEPT_SIGN}', '\\1' || chr(57344) || '\\2\\3', 'g'),
                '{pii_patterns.CODE}', '***', 'g'),
                '{pii_patterns.NAME_AFTER}', '{pii_patterns.NAME_AFTER_COVER}', 'g'),
                '{pii_patterns.NAME_BEFORE}', '{pii_patterns.NAME_BEFORE_COVER}', 'g'),
            '{pii_patterns.NUMBER}', '***', 'g'), chr(57344), '号')""",
    # Of a text that may have numbers and nothing else. Not looked over for them first: nearly
    # every content has one, and where there is none the search itself says so.
    "mask_number(x)": f"""
        regexp_replace(CASE WHEN contains(x, '_x000D_') THEN replace(x, '_x000D_', '') ELSE x END,
            '{pii_patterns.NUMBER}', '***', 'g')""",
    # The name of a person in its cell: a title, a number, brackets or a blank inside are no part of
    # it (王丽女士, 1188 王丽, 王 丽). Nine bytes are three characters: most names are done then.
    "person(x)": rf"""
        CASE
            WHEN strlen(x) = 9 THEN nullif(x, '来电人')
            WHEN strlen(x) = 6 THEN {_no_member(*_NOBODY)}
            WHEN strlen(x) = 7 AND length(x) = 3 THEN replace(x, ' ', '')
            WHEN length(x) >= 2
            THEN nullif(regexp_extract(regexp_replace(x, '{_NOT_NAME}', '', 'g'), '..+'), '')
        END""",
    # What two copies of a text share: blanks, commas, stops and signs of masks are dropped, since
    # they depend on who typed it; and its beginning says enough: a copy may end in one's own words.
    "plain_text(x)": _without("left(x, 240)", *" \u3000\n*，。,", "某某"),
    # Sixty bits: of a hundred million texts hardly two meet by chance.
    "text_print(x)": "('0x' || substr(md5(left(x, 200)), 1, 15))::BIGINT",
    "corrected(fix, name, x)": """
        CASE WHEN fix IS NULL THEN x
            ELSE coalesce(fix[name || chr(31) || coalesce(tidy(x), '')], x)
        END""",
    "account(x)": "CASE WHEN length(x) >= 5 THEN x END",
    "mask_people(x, caller, seat, phone)": """
        mask_word(mask_word(mask_word(x, caller, '某某'), seat, '某某'), phone, '***')""",
    # An id as the sender knows it, unless it is in words or reads as a phone or a card.
    "told_id(x)": r"""
        CASE
            WHEN regexp_full_match(x, '[合总小] ?计') THEN x
            WHEN regexp_full_match(x, '([一-龥]{1,6}-)?[0-9A-Za-z][0-9A-Za-z_.+/-]*')
            AND regexp_matches(x, '[0-9]') AND NOT regexp_full_match(
                regexp_replace(x, '[^0-9A-Za-z]', '', 'g'),
                '(86|0086)?1[3-9][0-9]{9}|0[1-9][0-9]{8,10}|[0-9]{17}[0-9Xx]')
            THEN x
            WHEN x IS NOT NULL THEN '***'
        END""",
    # For the letter to the sender: the shape of a wrong date is told, with the words of time;
    # letters and names are not. Of what is no date, figures are told only where they are too few
    # for a phone (seven have a phone), in runs of one or two, and before no house.
    "mask_value(x)": rf"""
        left(replace(regexp_replace(regexp_replace(
            regexp_replace(regexp_replace(
                CASE WHEN regexp_matches(x, '{_LIKE_TIME}') THEN x
                    WHEN regexp_matches(x, '(?:[0-9０-９][^0-9０-９]*){{7}}')
                    THEN regexp_replace(x, '[0-9０-９]+', '***', 'g')
                    ELSE regexp_replace(x,
                        '[0-9０-９]{{3,}}|[0-9０-９]+( ?(?:[号院楼室栋幢弄房座]|单元))',
                        '***\1', 'g')
                END,
                '{pii_patterns.SHORT}', '***', 'g'),
                '[院楼室栋幢弄].*|单元.*', '某'),
            -- What is kept stays before one sign of what is hidden, which goes with it again.
            '(?s)((?:{_TOLD_WORD}'
            || '|[-0-9０-９\s:/.,\x{{ff1a}}\x{{ff0f}}\x{{ff0e}}\x{{ff0d}}+*年月日时点分秒])+)|.',
            '\1' || chr(57344), 'g'),
            '([^{_HIDDEN}]){_HIDDEN}', '\1', 'g'), chr(57344), '某'), 40)""",
}


def define_for_file(
    con: duckdb.DuckDBPyConnection,
    headings: list[str],
    timezone: str = TIMEZONE,
    *,
    has_numbers: bool = False,
) -> None:
    """Create the macros that know the file at hand: a header repeated inside its data, the zone of
    its source, and whether a number in it is one (in text ten digits may be a phone)."""
    tests = " OR ".join(f"x = {literal(heading)}" for heading in headings if heading)
    offsets = " ".join(
        f"WHEN {literal(name)} THEN {seconds}"
        for name, seconds in time_formats.zone_names(timezone).items()
    )
    epoch = (
        f"{time_formats.EPOCH_MILLIS}|{time_formats.EPOCH}"
        if has_numbers
        else time_formats.EPOCH_MILLIS
    )
    for signature, body in {
        "is_heading(x)": tests or "false",
        "zone_offset(x)": f"CASE x {offsets} END",
        "to_local(t)": f"timezone({literal(timezone)}, timezone('UTC', t))",
        "is_epoch(x)": f"regexp_full_match(x, '{epoch}')",
    }.items():
        con.execute(f"CREATE OR REPLACE TEMP MACRO {signature} AS ({body})")


def define(con: duckdb.DuckDBPyConnection) -> None:
    """Create the macros in `con`, in an order in which each finds those it uses."""
    define_for_file(con, [])
    for signature, body in MACROS.items():
        con.execute(f"CREATE OR REPLACE TEMP MACRO {signature} AS ({body})")

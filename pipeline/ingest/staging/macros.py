"""Scalar macros for the SQL of staging: tidy, cast, mask and hash one value.

Macros keep the SELECTs plain SQL. Each begins with a test that is cheap on a clean value; the
costly expression runs only on the rows that reach its CASE branch. DuckDB pastes an argument as
often as the body uses it, so macros are not nested deeply: clean.sql takes one step per CTE
(nested, the text masks grew to a million nodes).
"""

import duckdb

from pipeline.db import literal
from pipeline.ingest.columns.source import DATE_ORDERS, TIMEZONE
from pipeline.ingest.formats import text_protection
from pipeline.ingest.staging import pii_patterns, time_formats

# Blank-like characters: NBSP, U+3000, zero width, the byte order mark, controls. One expression
# costs as little as ten searches, and keeps the plans small.
_ODD = r"\t\n\r\x{a0}\x{3000}\x{200b}-\x{200f}\x{2060}\x{feff}"
# A carriage return as workbooks write it; some programs do not decode it.
_CARRIAGE_RETURN = "_x000[Dd]_"
_HAS_BLANK = f"regexp_matches(x, '[ {_ODD}]|{_CARRIAGE_RETURN}')"
# Applied to several names at once, each between bars: a single blank inside a name is normal.
_IS_ODD = rf"regexp_matches(x, '[{_ODD}]|  |\| | \||{_CARRIAGE_RETURN}|{pii_patterns.SHORT_HINT}')"
_ZERO_WIDTH = r"[\x{200b}-\x{200f}\x{2060}\x{feff}]"
# An invalid date still has a year and a month, or is the serial number of a day.
_LIKE_TIME = (
    r"[0-9０-９]{2}[-/.年\x{ff0f}\x{ff0e}\x{ff0d}]\s*[0-9０-９]{1,2}\s*[-/.月\x{ff0f}\x{ff0e}\x{ff0d}]"
    r"|^[0-9０-９]{1,6}([.\x{ff0e}][0-9]*)?$"
)
# How offices and programs write an empty value.
_NOTHING = (
    r"[-—－/.*?？无空 ]+|\\N|暂无|未知|[Nn]ull|NULL|[Nn]one|[Nn]a[Nn]|NaT|N/?A|n/a"
    r"|0000-00-00.*|1900-01-0[01].*"
)
# Words of two characters in columns of names that are no name.
_NOBODY = (
    *("市民", "匿名", "群众", "不详", "未知", "先生", "女士", "保密", "本人", "居民", "村民"),
    *("业主", "老人", "家长", "用户", "客户", "网友", "租户", "乘客", "学生", "没有"),
)
# Words of time and of sums that a masked value keeps. 凌晨 is also a name.
_KEPT_WORD = (
    "[上下中]午|早上|早晨|清晨|傍晚|晚上|晚间|夜间|凌晨 ?[0-9]|星期[一二三四五六日天]"
    "|[今昨明前后]天|[今昨明]日|工作日|待定|未定|随时|近期|尽快|长期|暂无|不详|[合总小]计"
)
_HIDDEN = r"\x{e000}"
_NOT_NAME = r"先生|女士|小姐|同志|[(\x{ff08}][^)\x{ff09}]*[)\x{ff09}]?|[0-9０-９*:\x{ff1a}]+ ?| $"


def _member(*names: str) -> str:
    """Return the body of a macro: the member equal to x, tidied only if necessary, else null."""
    first = " ".join(f"WHEN x = '{name}' THEN x" for name in names)
    members = ", ".join(f"'{name}': '{name}'" for name in names)
    return f"CASE WHEN x IS NULL THEN NULL {first} ELSE MAP {{{members}}}[tidy(x)] END"


def _without(x: str, *signs: str) -> str:
    """Return an expression without the signs: replacing each takes half the time of a pattern."""
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
    # One test of an id for blanks and full-width digits.
    "tidy_id(x)": rf"""
        CASE WHEN regexp_matches(x,
            '[\s\x{{a0}}\x{{3000}}\x{{200b}}-\x{{200f}}\x{{feff}}０-９－]|{_CARRIAGE_RETURN}')
            THEN to_ascii(tidy(x))
            ELSE nullif(x, '')
        END""",
    # A spreadsheet writes a long id as 1.10101E+17. In a column known to be rounded (`known`), all
    # long ids are.
    "is_rounded(x, known)": r"""
        CASE WHEN contains(x, '+') THEN regexp_full_match(x, '[0-9](\.[0-9]+)?[eE]\+[0-9]{2}')
            ELSE known AND regexp_full_match(x, '[0-9]{16,}')
        END""",
    # A formula that remains after unprotected: its result, the id, is unknown.
    "is_formula(x)": "starts_with(x, '=')",
    # Mask the personal data in a short name.
    "mask_short(x)": f"""
        CASE WHEN regexp_matches(x, '{pii_patterns.SHORT_HINT}')
            THEN regexp_replace(x, '{pii_patterns.SHORT}', '***', 'g')
            ELSE x
        END""",
    "mask_word(x, word, cover)": """
        CASE WHEN contains(x, word) THEN replace(x, word, cover) ELSE x END""",
    # A name of a thing: misaligned columns can hold phone numbers, and free text the caller's name.
    # Its argument is tidied and masked by mask_short before, in a step of its own.
    "mask_name(x, caller, seat)": "mask_word(mask_word(x, caller, '某某'), seat, '某某')",
    # One of several texts that were masked as a list, if any needed it.
    "either(x, masked, place)": "CASE WHEN masked IS NULL THEN nullif(x, '')"
    " ELSE masked[place] END",
    # A time with a zone, or one that counts from 1970. Most times are plain, by their shape.
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
            -- Without separators a date has all digits: 2044092 could be the second of September.
            WHEN regexp_matches(x, '{time_formats.CUT_DIGITS}')
            THEN try_strptime(regexp_extract(x, '{time_formats.TO_THE_MINUTE}'), '%Y%m%d%H%M')
            WHEN regexp_matches(x, '{time_formats.RUN_TOGETHER}') THEN NULL
            WHEN regexp_matches(x, '{time_formats.SPOKEN_HINT}')
            THEN {time_formats.spoken_time("x")}
            ELSE try_strptime(x, {time_formats.FORMS})
        END""",
    # Not DuckDB's cast: it reads any word after a time as a zone, and 3:05:01 PM as 03:05.
    "fast_time(x)": f"try_strptime(x, {time_formats.FAST_FORMS})",
    "in_range(t)": "CASE WHEN t >= TIMESTAMP '1980-01-01' AND t < TIMESTAMP '2100-01-01'"
    " THEN t END",
    # A filled cell that was not parsed.
    "is_lost(t, x)": "t IS NULL AND x IS NOT NULL AND x <> ''",
    # Whether a cell is a placeholder for an empty value; null if it is empty.
    "says_nothing(x)": f"regexp_full_match(tidy(x), '{_NOTHING}')",
    # One line of `unread` (see unread_cell.sql); null for a placeholder of an empty value.
    "unread(name, t, x)": """
        CASE WHEN t IS NULL AND NOT says_nothing(x) THEN name || ':' || mask_time(tidy(x)) END""",
    # The same for a value that is not in its list: without the value, see unknown_value.sql.
    "unknown_word(name, t, x)": "CASE WHEN t IS NULL AND NOT says_nothing(x) THEN name || ':' END",
    # A value that is no personal data even in a misaligned row: neither a name nor an address.
    # One or two digits are a code.
    "is_impersonal(x)": f"""
        length(x) <= 12 AND NOT regexp_full_match(x, '{pii_patterns.LIKE_NAME}')
        AND (regexp_full_match(x, '[0-9]{{1,2}}')
            OR NOT regexp_matches(x, '{pii_patterns.NUMBERED}'))
        AND mask_short(x) = x""",
    # The columns in `unread`, as stored in the warehouse.
    "unread_columns(x)": "replace(regexp_replace(x, ':[^\\n]*', '', 'g'), chr(10), ',')",
    # A place as it was written, where it was found under another name; see record/stored.sql.
    "written_place(x, found, unknown)": r"""
        CASE WHEN unknown IS NULL AND x IS DISTINCT FROM nullif(found, '?')
            THEN CASE WHEN x IS NULL THEN '' WHEN x = mask_number(left(x, 40)) THEN bare_name(x) END
        END""",
    # A name without brackets but for who leads, as a person may be named in them; else null.
    "bare_name(x)": r"""
        CASE WHEN NOT regexp_matches(x, '[(（\[【]') THEN x
            WHEN NOT regexp_matches(regexp_replace(
                x, '[(（](主办|牵头|承办|协办|会办|配合)(单位)?[)）]', '', 'g'), '[(（\[【]') THEN x
        END""",
    # Not tidied first: a valid time has a blank, and tidy would take its slow branch. slow_time
    # uses its argument a dozen times: pasted, the tidied cell filled most of the plan.
    "to_time(x)": """
        coalesce(fast_time(x), CASE WHEN x IS NOT NULL
            THEN list_transform([to_ascii(tidy(x))], lambda cell: slow_time(cell))[1] END)""",
    # Nulls first: most cells of the call-back columns are empty.
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
    # Sixty bits of the keyed digest. A number masked by the sender identifies nobody.
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
    # A name with a blank inside (王 丽), in the cell or in the text.
    "mask_stretched(x, name)": """
        CASE WHEN name IS NULL THEN x
            ELSE replace(x, array_to_string(string_split(replace(name, ' ', ''), ''), ' '), '某某')
        END""",
    # Replacing copies a text, testing does not: texts without personal data are only tested.
    "has_rest(x)": f"regexp_matches(x, '{pii_patterns.REST_HINT}')",
    "has_personal(x)": f"regexp_matches(x, '{pii_patterns.REST_HINT}|{pii_patterns.NUMBER_HINT}')",
    # All kinds, one after another; a 号 that is no house number is replaced meanwhile. The caller
    # turns '' into null: nullif here would run all of it twice.
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
    # For texts with numbers at most. Not tested first: nearly every content has a number.
    "mask_number(x)": f"""
        regexp_replace(CASE WHEN contains(x, '_x000D_') THEN replace(x, '_x000D_', '') ELSE x END,
            '{pii_patterns.NUMBER}', '***', 'g')""",
    # The name in a cell of persons, without title, number, brackets or blank (王丽女士, 1188 王丽,
    # 王 丽). Most names have three characters, nine bytes.
    "person(x)": rf"""
        CASE
            WHEN strlen(x) = 9 THEN nullif(x, '来电人')
            WHEN strlen(x) = 6 THEN {_no_member(*_NOBODY)}
            WHEN strlen(x) = 7 AND length(x) = 3 THEN replace(x, ' ', '')
            WHEN length(x) >= 2
            THEN nullif(regexp_extract(regexp_replace(x, '{_NOT_NAME}', '', 'g'), '..+'), '')
        END""",
    # A text for comparison of copies: without blanks, commas, full stops and masks, which depend
    # on who typed it, and only its beginning: copies may end differently.
    "plain_text(x)": _without("left(x, 240)", *" \u3000\n*，。,", "某某"),
    # Sixty bits: collisions are unlikely among a hundred million texts.
    "text_print(x)": "('0x' || substr(md5(left(x, 200)), 1, 15))::BIGINT",
    "corrected(fix, name, x)": """
        CASE WHEN fix IS NULL THEN x
            ELSE coalesce(fix[name || chr(31) || coalesce(tidy(x), '')], x)
        END""",
    "account(x)": "CASE WHEN length(x) >= 5 THEN x END",
    "mask_people(x, caller, seat, phone)": """
        mask_word(mask_word(mask_word(x, caller, '某某'), seat, '某某'), phone, '***')""",
    # An id for the sender; *** if it is a word or looks like a phone or identity number.
    "printable_id(x)": r"""
        CASE
            WHEN regexp_full_match(x, '[合总小] ?计') THEN x
            WHEN regexp_full_match(x, '([一-龥]{1,6}-)?[0-9A-Za-z][0-9A-Za-z_.+/-]*')
            AND regexp_matches(x, '[0-9]') AND NOT regexp_full_match(
                regexp_replace(x, '[^0-9A-Za-z]', '', 'g'),
                '(86|0086)?1[3-9][0-9]{9}|0[1-9][0-9]{8,10}|[0-9]{17}[0-9Xx]'
                || '|62[0-9]{14,17}|4[0-9]{15}|5[1-5][0-9]{14}|[EeGg][0-9]{8}|[Ee][A-Za-z][0-9]{7}')
            THEN x
            WHEN x IS NOT NULL THEN '***'
        END""",
    # A time that could not be read, for the reject workbook: by its shape (99/99/9999 99:99 AA) if
    # it looks like one and does not begin with its year, else as mask_value has it.
    "mask_time(x)": rf"""
        CASE WHEN x IS NULL THEN NULL
            WHEN regexp_matches(x, '^[0-9０-９]{{4}}[-/.年] ?[0-9０-９]|[0-9０-９]{{7}}')
            OR NOT regexp_matches(x,
                '[0-9０-９][-/.:：] ?[0-9０-９A-Za-z]|[A-Za-z]{{3}}[., ]+[0-9]')
            THEN mask_value(x)
            ELSE left(replace(regexp_replace(regexp_replace(
                regexp_replace(
                    regexp_replace(x, '[0-9０-９]', '9', 'g'), '[A-Za-zＡ-Ｚａ-ｚ]', 'A', 'g'),
                '(?s)((?:{_KEPT_WORD}'
                || '|[-9A\s:/.,\x{{ff1a}}\x{{ff0f}}\x{{ff0e}}\x{{ff0d}}+*年月日时点分秒])+)|.',
                '\1' || chr(57344), 'g'),
                '([^{_HIDDEN}]){_HIDDEN}', '\1', 'g'), chr(57344), '某'), 40)
        END""",
    # A value for the reject workbook. An invalid date keeps its digits and words of time; letters
    # and names are masked. Other values keep digits only in runs of one or two, fewer than seven in
    # all (a phone number has seven), and not before the word of a house.
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
            -- Kept text is followed by one sign for the hidden text, which is removed again.
            '(?s)((?:{_KEPT_WORD}'
            || '|[-0-9０-９\s:/.,\x{{ff1a}}\x{{ff0f}}\x{{ff0e}}\x{{ff0d}}+*年月日时点分秒])+)|.',
            '\1' || chr(57344), 'g'),
            '([^{_HIDDEN}]){_HIDDEN}', '\1', 'g'), chr(57344), '某'), 40)""",
}


# For the few files whose dates need an order (see date_order.py): they take 0.1 s to create.
# A time in a date order becomes year, month, day; other cells stay. `forms` are those of the
# column, for most cells. %Y also reads two digits.
DATE_MACROS = {
    **{
        f"from_{order}(x, forms)": f"""
            CASE WHEN x LIKE '____-__-__ __:__:__' THEN x
                WHEN try_strptime(x, forms) >= TIMESTAMP '1000-01-01'
                THEN strftime(try_strptime(x, forms), '%Y-%m-%d %H:%M:%S')
                ELSE coalesce({time_formats.ordered_time("x", order)}, x) END"""
        for order in DATE_ORDERS
    },
    "date_orders(x)": time_formats.date_orders("x"),
}


def define_for_file(
    con: duckdb.DuckDBPyConnection,
    headings: list[str],
    timezone: str = TIMEZONE,
    *,
    has_numbers: bool = False,
) -> None:
    """Create the macros that depend on a file.

    `headings`: values of the id column where the header is repeated. `timezone`: of its source.
    `has_numbers`: whether numbers are typed; in text ten digits may be a phone number.
    """
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
    """Create the macros in `con`, each after those it uses."""
    define_for_file(con, [])
    for signature, body in MACROS.items():
        con.execute(f"CREATE OR REPLACE TEMP MACRO {signature} AS ({body})")


def define_dates(con: duckdb.DuckDBPyConnection) -> None:
    """Create the macros of date orders."""
    for signature, body in DATE_MACROS.items():
        con.execute(f"CREATE OR REPLACE TEMP MACRO {signature} AS ({body})")

"""Names of files, folders, sheets and columns as they are printed and kept: without people.

Offices write who a file is about into its name. The file itself keeps it, in data/raw.
"""

import re
from functools import cache, lru_cache
from typing import Any

from pipeline.home import Home
from pipeline.likely_name import LONGEST

_NOT_DATED = r"(?!(?:19|20)\d\d(?:0[1-9]|1[0-2]))"
_NUMBER = re.compile(
    rf"(?<!\d)(?:(?:\+?86[-_ ]?)?1[3-9]\d(?:[-_. ]?\d{{4}}){{2}}|0\d{{2,3}}[-_ ]?[2-8]\d{{6,7}}"
    rf"|{_NOT_DATED}\d{{17}}[\dXx]|{_NOT_DATED}\d{{15,19}})(?!\d)"
)
_ACCOUNT = re.compile(
    r"[\w.+-]+@[\w-]+\.[A-Za-z.]+|wxid_?\w+|(?:微信号?|QQ号?|vx|wx)[-_::]*[A-Za-z0-9][\w-]{4,}",
    re.IGNORECASE | re.ASCII,
)
_HAN = re.compile(r"[\u3400-\u9fff]{2,}")
# What ends with one of these is an office, a place or a document.
_THING = re.compile(r"[区县市镇乡村街局委办所队院校园厅处科组站店部司表单册类率量数期号日月年]$")
_CALLED = re.compile(r"(人|业主|户主|姓名|居民|市民)([\u3400-\u9fff]{2,3})$")
_NUMBER_COVER, _NAME_COVER = "***", "某某"


@lru_cache(maxsize=4096)
def shown_name(text: str) -> str:
    """Return a name with numbers and accounts of people, and what is like a name, covered."""
    text = _NUMBER.sub(_NUMBER_COVER, _ACCOUNT.sub(_NUMBER_COVER, text))
    return _HAN.sub(lambda found: _without_people(found[0]), text)


def _without_people(words: str) -> str:
    cutter, people = _words()
    if not any(words[place] in people.surnames for place in range(len(words))):
        return words
    if len(words) <= LONGEST and people.includes(words) and not _THING.search(words):
        return _NAME_COVER
    called = _CALLED.search(words)
    if called and called[2][0] in people.surnames and not _THING.search(words):
        return f"{words[: called.start(2)]}{_NAME_COVER}"
    return "".join(
        _NAME_COVER if people.includes(word) and not _THING.search(word) else word
        for word in cutter.cut(words)
    )


@cache
def _words() -> tuple[Any, Any]:
    # Slow to load, and most names of files need neither.
    from pipeline.text import cutter_of_names

    return cutter_of_names(Home())

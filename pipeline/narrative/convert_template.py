"""Rewrite a template of the former language of patterns in jinja.

    python -m pipeline.narrative.convert_template data/templates/annual_tree.toml

In the former language `{column}` printed a value, `{$word}` a word, `{@column}` the names of all
rows; `<...>` repeated for every row, joined by the value of the key `join`, and `[...]` was left
out where a value in it was missing. What replaces them: pipeline/narrative/templating.py.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import OK, USAGE

# A hole in single braces: what jinja prints is in two.
OLD = re.compile(r"(?<!\{)\{[@$]?[a-z_]\w*(?::\w+)*\}(?!\})")
_TOKEN = re.compile(r"\{([^{}]*)\}|(依次)|([\[\]<>])|([^{}\[\]<>依]+|依)")
_PARTS = {
    "[": "{% call optional() %}",
    "]": "{% endcall %}",
    ">": "{% endcall %}",
}
_OF_SEVERAL = {"tie": "并列", "all": "均", "apiece": "各"}
_FORMS = {"abs": "abs", "points": "points", "percent": "percent", "whole": "whole", "date": "month"}


def old_form(template: Any) -> str:
    """Return the first text of a template that is not jinja; nothing where there is none."""
    texts = _texts(template)
    return next((text for text, has_join in texts if has_join or OLD.search(text)), "")


def converted(source: str) -> str:
    """Return a template, as TOML text, in jinja."""
    for spec in _specs(tomllib.loads(source)):
        text, join = spec["text"], spec.get("join", "；")
        if "{{" in text or "{%" in text:
            continue
        new = "".join(_piece(token, join) for token in _TOKEN.findall(text))
        after = rf'(?:,\s*join\s*=\s*"{re.escape(join)}")?'
        found = re.search(rf'\btext\s*=\s*"{re.escape(text)}"{after}', source)
        if found:
            source = f'{source[: found.start()]}text = "{new}"{source[found.end() :]}'
    return re.sub(r"(?<!\{)\{\$(\w+)\}", r"{{ \1 }}", source)


def main(names: list[str]) -> int:
    """Rewrite the files that are named; print for each whether anything is left to do by hand."""
    code = OK
    for path in map(Path, names):
        source = path.read_text(encoding="utf-8")
        new = converted(source)
        left = old_form(tomllib.loads(new))
        if new != source:
            path.write_text(new, encoding="utf-8")
        code = USAGE if left else code
        print(f"{path}:" + (f"请手工改写“{left}”" if left else "已是新写法"))
    return code


def _texts(node: Any) -> Iterator[tuple[str, bool]]:
    """Yield every text of a template, and whether the key `join` is beside it."""
    if isinstance(node, str):
        yield node, False
    elif isinstance(node, dict):
        if "join" in node and "text" in node:
            yield node["text"], True
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _specs(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every sentence of a template."""
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node
        node = list(node.values())
    for value in node if isinstance(node, list) else ():
        yield from _specs(value)


def _piece(token: tuple[str, str, str, str], join: str) -> str:
    hole, turn, bracket, literal = token
    if hole:
        return _hole(*hole.split(":"))
    if turn:
        return "{{ in_turn }}"
    if bracket == "<":
        return "{% call(row) each(rows" + ("" if join == "；" else f", '{join}'") + ") %}"
    return _PARTS[bracket] if bracket else literal


def _hole(name: str, *options: str) -> str:
    """Return what prints in jinja what a hole printed."""
    if name.startswith("$"):
        return f"{{{{ {name[1:]} }}}}"
    if name.startswith("@"):
        return f"{{{{ rows|listed('{name[1:]}') }}}}"
    if name in ("n", "total"):
        return f"{{{{ {name} }}}}" if options else f"{{{{ {name}|numeral }}}}"
    if name in _OF_SEVERAL:
        return f"{{{{ '{_OF_SEVERAL[name]}' if several }}}}"
    if name == "tied":
        return f"{{{{ tied|listed('{options[0]}') }}}}"
    if name == "moved":
        now, before, *base = options
        since = f"{base[0]}, cut_previous" if base else "'上年同期', part_compared"
        return f"{{{{ row.{now}|moved(row.{before}, {since}) }}}}"
    if name == "sign":
        sides = "'高于' if row.{0} > 0 else '低于' if row.{0} < 0 else '等于'"
        return f"{{{{ {sides.format(options[0])} }}}}"
    if name == "pull":
        sides = "'向上拉动' if row.{0} > 0 else '向下拉动' if row.{0} < 0 else no_pull"
        return f"{{{{ {sides.format(options[0])} }}}}{{{{ row.{options[0]}|points }}}}"
    return f"{{{{ row.{name}{''.join(f'|{_filter(option)}' for option in options)} }}}}"


def _filter(option: str) -> str:
    if option.isdigit():
        return f"places({option})"
    return _FORMS.get(option, f"unit('{option}')")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

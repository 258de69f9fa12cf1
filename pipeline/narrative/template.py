"""Templates: a document's own, and those beside it, of the repository and of a home."""

import tomllib
from pathlib import Path
from typing import Any

from pipeline.errors import USAGE, HotlineError
from pipeline.narrative.convert_template import old_form


def read(path: Path, *, is_own: bool = False) -> dict[str, Any]:
    """Return a template; each section names in `file` the home's template that it comes from.

    Raises HotlineError USAGE for a file that cannot be read, has no sections, or is not jinja.
    """
    try:
        template = tomllib.loads(path.read_text(encoding="utf-8"))
        file = path.name if is_own else ""
        template["section"] = [{**section, "file": file} for section in template["section"]]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise HotlineError(f"报告模板 {path.name} 有误({error});请改正后再试", USAGE) from error
    if old := old_form(template):
        raise HotlineError(
            f"报告模板 {path.name} 的“{old}”是旧写法;"
            f"请先运行 python -m pipeline.narrative.convert_template {path}",
            USAGE,
        )
    return {**template, "file": file}


def beside(folder: Path, name: str, own: Path | None) -> list[dict[str, Any]]:
    """Return every <name>_*.toml of `folder`, then those of the home's folder `own`."""
    return [
        read(path, is_own=place != folder)
        for place in [folder, *([own] if own else [])]
        for path in sorted(place.glob(f"{name}_*.toml"))
    ]


def read_whole(folder: Path, name: str, own: Path | None) -> dict[str, Any]:
    """Return <name>.toml with the sections of all beside it."""
    main = read(folder / f"{name}.toml")
    more = [section for one in beside(folder, name, own) for section in one["section"]]
    return {**main, "section": [*main["section"], *more]}

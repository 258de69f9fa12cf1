"""Wrong usage of the command in the user's words, for click says it in English."""

import re

import click


def in_chinese(error: click.ClickException) -> str:
    """Return in one line what is wrong; click's own words where it is none of the known faults."""
    if isinstance(error, click.NoSuchOption):
        return f"没有 {error.option_name} 这个选项{_near(error.possibilities)}"
    if isinstance(error, click.exceptions.NoSuchCommand):
        return f"没有 {error.command_name} 这个命令{_near(error.possibilities)}"
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"缺少 {_name(error.param)}"
    if isinstance(error, click.BadParameter) and error.param is not None:
        wanted = _wanted(error.param.type)
        if wanted:
            return f"{_name(error.param)} {wanted}"
    if isinstance(error, click.BadOptionUsage):
        asks = "不带值" if "does not take" in error.message else "后面要写一个值"
        return f"{error.option_name} {asks}"
    message = " ".join(error.format_message().split())
    if found := re.fullmatch(r"Got unexpected extra arguments? \((.*)\)", message):
        return f"多写了 {found[1]}"
    return message


def _near(names: list[str] | None) -> str:
    return f"(相近的有 {'、'.join(names)})" if names else ""


def _name(param: click.Parameter) -> str:
    """Return how the user writes it: the option, or the word in the line of usage."""
    return param.opts[0] if isinstance(param, click.Option) else param.make_metavar(_NOWHERE)


# A word of usage is asked for with a context, which none of ours needs.
_NOWHERE = click.Context(click.Command("hotline"))


def _wanted(kind: click.ParamType) -> str:
    """Return what a value of this type has to be; "" where the type does not say."""
    if isinstance(kind, click.Choice):
        return f"只能是 {'、'.join(map(str, kind.choices))} 之一"
    if isinstance(kind, click.IntRange):
        return f"应是 {kind.min} 至 {kind.max} 的整数"
    if isinstance(kind, click.FloatRange):
        least = "大于" if kind.min_open else "至少"
        return f"应是{least} {kind.min}、至多 {kind.max} 的数"
    if isinstance(kind, click.Path) and not (kind.file_okay and kind.dir_okay):
        return f"应是{'文件' if kind.file_okay else '文件夹'}"
    return ""

"""Shares the numbers of a list out among the members or months that the sentence lists."""

from pipeline.proofread.lexicon import NamedMember
from pipeline.proofread.resolve_metric import Ambiguous
from pipeline.proofread.subject_stack import SubjectStack, overlay

Subject = tuple[dict[str, str], int | None]


def share_out(
    scene: SubjectStack, months: list[int], whole: dict[str, str], size: int,
    *, respectively: bool, each: bool,
) -> list[Subject]:  # fmt: skip
    """Return dims and month of each of `size` numbers; of one number, of all it holds for.

    `whole` is the subject of the sentence; `respectively` after 分别, `each` after 均. Raises
    Ambiguous where members and numbers do not match one to one.
    """
    plural = scene.plural()
    month = months[0] if months else None
    if size == 1 and plural is None and len(months) < 2:
        return [(whole, month)]
    if plural is not None and len(months) > 1:
        raise Ambiguous("定不下哪个数是谁的")
    members = plural.members if plural else []
    if size == 1 and members and each:
        return [(overlay(whole, dict(member.dims)), month) for member in members]
    if size > 1 and respectively:
        if len(months) == size:
            return [(whole, one) for one in months]
        members = members or _siblings(scene, size)
        if len(members) == size and len(months) < 2:
            return [(overlay(whole, dict(member.dims)), month) for member in members]
    raise Ambiguous("几个对象与几个数对不上")


def _siblings(scene: SubjectStack, size: int) -> list[NamedMember]:
    """Return the last `size` members that had numbers of their own before: 分别 means them."""
    for level in reversed(scene.levels):
        alike = [one for one in level.seen + level.members if one.level == level.members[-1].level]
        if len(alike) >= size:
            return alike[-size:]
    return []

"""When a number is not read: what stands before it in the text may mean more than one thing."""

from typing import TYPE_CHECKING

from pipeline.proofread.resolve_metric import Ambiguous
from pipeline.proofread.subject_stack import rank_of

if TYPE_CHECKING:
    from pipeline.proofread.parser import Sentence

# From this rank on a member is a part of whatever was spoken of: 直接解答, 街乡镇.
NARROW = 5


def require_clear(sentence: "Sentence", at: int, *, broken: bool) -> None:
    """Raise Ambiguous where the text before the number at `at` leaves open what it is."""
    since = sentence.since
    unknown = since.unknown or since.doubtful
    if unknown:
        # 区 is a known word that may mean two things: what follows does not hang on it.
        sentence.lost = unknown if unknown != "区" else sentence.lost
        raise Ambiguous(f"不认识“{unknown}”,定不下说的是什么")
    if sentence.lost:
        raise Ambiguous(f"前面的“{sentence.lost}”没有读懂,这个数可能承接它")
    if sentence.period.vague or (sentence.carry.other_year and not sentence.period.told):
        raise Ambiguous("定不下是哪一个月或哪一年")
    if sentence.clause.comes_from(at):
        raise Ambiguous("是变动之前的数,定不下是哪一期")
    if sentence.scene.confused or sentence.scene.doubts({**sentence.topic, **sentence.lent}):
        raise Ambiguous("定不下说的是谁")
    if since.rest:
        raise Ambiguous("“其余”指什么定不下")
    told = since.dated or since.said.share or since.said.rate or since.said.direction
    if sentence.before_bracket is not None and not (told or since.explicit):
        raise Ambiguous("定不下括号里的数说的是什么")
    within = any(token.has("within") for token in sentence.clause.tokens[:at])
    narrow = all(rank_of(level.axis) >= NARROW for level in sentence.scene.levels)
    if sentence.carry.lost and (within or narrow) and not sentence.strong_total:
        raise Ambiguous(f"上句的“{sentence.carry.lost}”没有读懂,这个数可能承接它")
    if broken and (within or not since.explicit):
        raise Ambiguous("前一个数没有读懂,这个数承接它")


def require_measure(sentence: "Sentence", at: int) -> None:
    """Raise Ambiguous where a bare count may go on with what the sentence before measured."""
    number = sentence.clause.tokens[at].number
    bare = not sentence.level and not any(token.has("counted") for token in sentence.tokens)
    if sentence.carry.level and bare and number and number.kind == "count":
        label = sentence.warehouse.metrics[sentence.carry.level].label
        raise Ambiguous(f"上句说的是{label},定不下这个数是不是")

"""Binds the numbers of a draft to figures: whom they describe, what is measured, and when."""

from dataclasses import dataclass, field, replace

from pipeline.proofread import rankings, statistic_parser
from pipeline.proofread.documents import TextBlock
from pipeline.proofread.figure_index import FigureIndex
from pipeline.proofread.headings import Headings, heading_depth, opens_series
from pipeline.proofread.lexicon import Lexicon, Token
from pipeline.proofread.numbers import Number
from pipeline.proofread.parser import ParagraphState, Sentence
from pipeline.proofread.resolve_metric import MetricReading


@dataclass
class Bound:
    """A number of block `block` and its readings, all of which it states; or why it has none.

    A number without a reason and without readings is no figure (a date, a name, an ordinal).
    """

    block: int
    number: Number
    readings: list[MetricReading] = field(default_factory=list)
    reason: str = ""


def bind(blocks: list[TextBlock], warehouse: FigureIndex) -> list[Bound]:
    """Return every number of the draft, in order, bound to figures where the text settles it."""
    lexicon = Lexicon(warehouse)
    topics = Headings(lexicon)
    found: list[Bound] = []
    for place, block in enumerate(blocks):
        depth = None if block.is_cell else heading_depth(block.text, block.depth)
        if depth is not None:
            topics.enter(depth, block.text)
            block.depth = depth
        tokens = lexicon.tokens(block.context + block.text + block.unit)
        if depth is None and not block.is_cell and _is_alone(tokens):
            topics.leave(opens_series(blocks[place + 1 :]))
        skip = len(block.context)
        topic, is_place = topics.of(block.caption)
        for number, readings, reason in _paragraph(tokens, topic, is_place, warehouse):
            if number.start >= skip:
                found.append(Bound(place, _moved(number, skip, len(block.text)), readings, reason))
    return found


def _moved(number: Number, by: int, size: int) -> Number:
    """Return the number at its place in a block of this size, without words lent to a cell."""
    return replace(number, start=number.start - by, end=min(number.end - by, size))


def _is_alone(tokens: list[Token]) -> bool:
    """Return whether a paragraph begins with a year or the whole city."""
    first = tokens[0] if tokens else None
    return first is not None and (
        first.has("total") or (first.number is not None and first.number.kind == "year")
    )


def _paragraph(
    tokens: list[Token], topic: dict[str, str], is_place: bool, warehouse: FigureIndex
) -> list[tuple[Number, list[MetricReading], str]]:
    """Return number, readings and reason of each number of one paragraph."""
    found: list[tuple[Number, list[MetricReading], str]] = []
    state = ParagraphState(place=is_place)
    for sentence_tokens in _sentences(tokens):
        sentence = Sentence(warehouse, sentence_tokens, topic, state)
        bound = sentence.run()
        bound.update(rankings.bind(warehouse, sentence_tokens, topic))
        named = statistic_parser.bind(warehouse, sentence_tokens, topic)
        bound.update(named)
        for token in sentence_tokens:
            if token.number is not None:
                readings, reason = bound.get(token.start, ([], ""))
                number = token.number
                if token.start in named:
                    # A count in 个 or 人 is a figure here.
                    number = replace(number, printed=number.counted)
                found.append((number, readings, reason))
        state = sentence.handed_on()
    return found


def _sentences(tokens: list[Token]) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    for token in tokens:
        found[-1].append(token)
        if token.has("mark") and token.text in "。！？!?":
            found.append([])
    return [sentence for sentence in found if sentence]


__all__ = ["Bound", "bind"]

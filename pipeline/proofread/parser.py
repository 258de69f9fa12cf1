"""Reads one sentence from left to right and binds its numbers."""

from dataclasses import dataclass, field, replace

from pipeline.proofread.clauses import Clause, cut_clauses
from pipeline.proofread.figure_index import FigureIndex
from pipeline.proofread.lexicon import NamedMember, Token
from pipeline.proofread.numbers import Number
from pipeline.proofread.period import Period
from pipeline.proofread.resolve_metric import Ambiguous, MeasureCues, MetricReading, read
from pipeline.proofread.subject_stack import SubjectStack, overlay, rank_of

_DISTRICT_UNITS = NamedMember("unit_type", (("unit_type", "区"),))
_DISPATCHED = NamedMember("handling", (("handling", "派单"),))
_REQUEST = NamedMember("record_type", (("record_type", "诉求"),))
_PLAIN_ROLES = (
    "filler", "space", "frame_open", "frame_close", "list_marks", "base_before_year", "month_word",
    "largest", "smallest", "reach", "whole_year", "that_month", "of", "respectively", "each",
    "rest", "within", "districts", "after_month",
)  # fmt: skip
# What a paragraph's first subject may lend to its later sentences.
_LENT = ("record_type", "category", "subcategory", "channel", "desk", "region", "epidemic")
# From this rank on a member is a part of whatever was named before: 直接解答, 街乡镇.
_NARROW = 5

Subject = tuple[dict[str, str], int | None]


@dataclass
class ParagraphState:
    """`lent`: dimensions of the first subject, `total` where that was the whole city.

    `place`: districts are those where the matter is. `level`: the count over something that was
    named last. `lost`: the words that were not understood before the last number.
    """

    lent: dict[str, str] = field(default_factory=dict)
    total: bool = False
    other_year: bool = False
    place: bool = False
    level: str = ""
    lost: str = ""

    def lend(self, subject: dict[str, str]) -> None:
        """Take in the first subject of a sentence; the first of the paragraph is handed on."""
        if not self.lent:
            self.lent = {name: value for name, value in subject.items() if name in _LENT}
            self.total = self.total or not subject


@dataclass
class _Since:
    """What was read since the last number."""

    said: MeasureCues = field(default_factory=MeasureCues)
    unknown: str = ""
    doubtful: str = ""
    semicolon: bool = False
    respectively: bool = False
    each: bool = False
    explicit: bool = False
    rest: bool = False
    dated: bool = False


class Sentence:
    """`run` returns the place of each bound (or not understood) number; see there."""

    def __init__(
        self,
        warehouse: FigureIndex,
        tokens: list[Token],
        topic: dict[str, str],
        state: ParagraphState,
    ) -> None:
        self.warehouse, self.tokens, self.topic, self.state = warehouse, tokens, topic, state
        self.lent, self.total, self.place = state.lent, state.total, state.place
        self.lost = ""
        self.subjects, self.since = SubjectStack(), _Since()
        self.period = Period(warehouse.year)
        self.strong_total = self.said_total = self.broken = self.based = False
        self.before_bracket: Period | None = None
        self.last_rate = ""
        self.first_subject: dict[str, str] | None = None
        self.level = ""
        self.found: dict[int, tuple[list[MetricReading], str]] = {}
        self.has_unit_types = any(
            member.level == "unit_type"
            for token in tokens
            for member in token.roles.get("member", ())
        )

    def run(self) -> dict[int, tuple[list[MetricReading], str]]:
        """Return place -> readings (the number states all of them), or the reason for none."""
        for clause in cut_clauses(self.tokens):
            if clause.is_cause:
                continue
            if clause.is_frame:
                self.lent = {}
                self._unknown(clause)
            else:
                self._clause(clause)
            if self.since.doubtful and not clause.has_member:
                self.since.unknown = self.since.unknown or self.since.doubtful
            if clause.mark == ";":
                self.since.semicolon = True
                self.period.vague = self.period.vague or bool(self.period.months)
        return self.found

    def handed_on(self) -> ParagraphState:
        """Return what the next sentence of the paragraph starts from."""
        kept = "" if self.first_subject is not None else self.state.lost
        state = replace(self.state, place=self.place, lost=self.lost or kept)
        state.level = self.level
        state.other_year = state.other_year or self.period.year != self.warehouse.year
        if self.first_subject is not None:
            state.lend(self.first_subject)
        return state

    def _unknown(self, clause: Clause) -> None:
        for token in clause.tokens:
            self._place(token)
            if token.has("unknown"):
                self.since.unknown = self.since.unknown or token.text
            if token.has("vague") or (token.number and token.number.kind in ("month", "span")):
                self.period.vague = True

    def _clause(self, clause: Clause) -> None:
        self.clause, self.zone, self.new_clause = clause, False, True
        self.since.said.direction_here = False
        skip_to = -1
        for at, token in enumerate(clause.tokens):
            if at < skip_to or token.has("mark"):
                continue
            if token.number is not None:
                skip_to = self._number(at, token)
            elif self.zone:
                self._of(token)
            else:
                self._word(at, token)

    # Words ------------------------------------------------------------------------------------

    def _word(self, at: int, token: Token) -> None:
        since, said = self.since, self.since.said
        said.texts.add(token.text)
        self._place(token)
        self._bracket(token)
        if token.has("unknown"):
            since.doubtful = since.doubtful or token.text
        elif self._is_request(at, token):
            self._push(at, _REQUEST)
        elif token.has("member"):
            self._member(at, token)
        elif token.roles.get("of") == "dispatched":
            self._push(at, _DISPATCHED)
        elif token.has("districts"):
            self._districts(at, token)
        elif token.has("total"):
            self._total()
        elif token.text == "诉求":
            said.request = True
        if token.has("member") and token.has("share"):
            said.share = True
        self._measure(token)
        self.period.word(self.clause.tokens, at)

    def _place(self, token: Token) -> None:
        """Take in which district is meant: where the matter is, or whose unit handles it."""
        if token.has("place", "handled"):
            self.place = token.has("place")

    def _bracket(self, token: Token) -> None:
        """A remark in brackets may name another period: it ends with the bracket."""
        if token.text in ("(", "["):
            self.before_bracket = replace(self.period)
        elif token.text in (")", "]") and self.before_bracket is not None:
            self.period, self.before_bracket = self.before_bracket, None

    def _is_request(self, at: int, token: Token) -> bool:
        """Return whether 诉求 is the type of record here, not a citizen's request in general."""
        if token.has("request_typed"):
            return True
        return token.has("request_general") and (
            self.clause.lists_types(at) or self.topic.get("record_type") == "诉求"
        )

    def _measure(self, token: Token) -> None:
        since, said = self.since, self.since.said
        said.share = said.share or token.has("share", "share_of_year")
        said.share_of_year = said.share_of_year or token.has("share_of_year")
        said.rate = token.roles.get("rate", said.rate)
        if token.has("level"):
            said.level = self.level = token.roles["level"]
        elif token.text in ("承办", "受理", "反映"):
            self.level = said.level
        said.base = said.base or token.has("base")
        said.period_base = said.period_base or token.has("period_base")
        if token.has("up", "down"):
            said.direction = 1 if token.has("up") else -1
            said.direction_here = True
        since.respectively = since.respectively or token.has("respectively")
        since.each = since.each or token.has("each")
        since.rest = since.rest or token.has("rest")
        if token.has("share_zone"):
            self.zone = True

    def _member(self, at: int, token: Token) -> None:
        members = token.roles["member"]
        if len(members) > 1:
            here = overlay(self.topic, self.subjects.dims()).items()
            members = [m for m in members if set(m.dims[:-1]) <= set(here)]
        if len(members) == 1:
            self._push(at, members[0])
        else:
            self.subjects.confused = True

    def _push(self, at: int, member: NamedMember) -> None:
        before = self.clause.tokens[at - 1] if at else None
        if self.new_clause and self.subjects.has(member):
            # What was said of the one before does not matter any more.
            self.since.doubtful = ""
        replaced = self.subjects.push(
            member,
            listed=before is not None and before.has("list_marks"),
            new_clause=self.new_clause,
            semicolon=self.since.semicolon,
            within=any(t.has("within") for t in self.clause.tokens[:at]),
        )
        self.new_clause, self.since.explicit, self.since.rest = False, True, False
        if replaced:
            self.period.passes_on()

    def _districts(self, at: int, token: Token) -> None:
        before = self.clause.tokens[at - 1] if at else None
        if token.text == "区":
            number = before.number if before else None
            if number is None or number.kind != "other":
                self.since.doubtful = self.since.doubtful or token.text
                return
        if self.has_unit_types:
            self._push(at, _DISTRICT_UNITS)

    def _total(self) -> None:
        self.said_total = True
        if any(level.used for level in self.subjects.levels):
            self.subjects.clear()
        if not self.subjects.levels:
            self.total = self.strong_total = self.since.explicit = True
            self.lent = {}

    def _of(self, token: Token) -> None:
        """Take in a word between 占 and its number: what the share is a share of."""
        said = self.since.said
        if token.has("request_typed") or (
            token.has("request_general") and self.topic.get("record_type") == "诉求"
        ):
            said.of_members.append(_REQUEST)
        elif token.has("member") and not token.has("share"):
            said.of_members += token.roles["member"][:1]
        elif token.has("of"):
            said.of.append(token.roles["of"])
        elif token.has("request_general"):
            said.of.append("request")
        elif token.has("share"):
            pass
        elif not token.has(*_PLAIN_ROLES) or token.has("vague"):
            self.since.unknown = self.since.unknown or token.text

    # When -------------------------------------------------------------------------------------

    def _date(self, at: int, token: Token) -> int:
        number = token.number
        assert number is not None
        self.since.dated = True
        if self.period.date(self.clause.tokens, at):
            self._compared(at, number)
        elif number.kind == "month":
            self._peak(at, number.start)
        return at + 1

    def _compared(self, at: int, number: Number) -> None:
        """Take in the year that is compared with; growth is on the year before, no other."""
        since = self.since
        if number.kind != "year" or number.value != self.period.year - 1:
            since.unknown = since.unknown or number.text
        since.said.base = since.said.base or not self.clause.tokens[at - 1].has("period_base")

    def _peak(self, at: int, start: int) -> None:
        """Bind a month that is called the highest or lowest of the year."""
        relation = self.clause.extreme_of_month(at)
        if relation is None or self.period.vague or len(self.period.months) > 1:
            return
        self.period.peak = True
        if self.since.said.rate or self.since.said.level or self.subjects.plural():
            return
        try:
            dims = self._subject()
            said = MeasureCues(texts=self.since.said.texts)
            number = self.clause.tokens[at].number
            assert number is not None
            as_count = replace(number, kind="count")
            reading = read(self.warehouse, as_count, said, dims, self.period.year, None, peak=False)
        except Ambiguous:
            return
        month = self.period.months[0]
        peak = replace(reading, relation=relation, dimension="period", size=month)
        self.found[start] = ([peak], "")

    # Numbers ----------------------------------------------------------------------------------

    def _number(self, at: int, token: Token) -> int:
        """Bind the number at `at`, and those listed with it; return the place to go on at."""
        number = token.number
        assert number is not None
        if number.kind in ("year", "month", "span", "day"):
            return self._date(at, token)
        if number.kind == "other":
            reason = f"单位“{number.unit}”不是记录的件数" if number.unit else "没有单位"
            self.found[token.start] = ([], reason)
            if number.unit.endswith("百分点"):
                # 解决率提高2个百分点: the words before it spoke of this number.
                self.since.said = MeasureCues()
            return at + 1
        if number.kind not in ("count", "ratio"):
            return at + 1
        group = self.clause.group(at)
        end = self._after(group[-1])
        was_broken, self.broken = self.broken, True
        try:
            require_clear(self, at, broken=was_broken)
            subjects = share_out(
                self.subjects,
                self.period.months,
                self._subject(),
                len(group),
                respectively=self.since.respectively,
                each=self.since.each,
            )
            # From here on the subject is settled, also where it has no such metric.
            self.broken = False
            self._bind(group, subjects)
        except Ambiguous as reason:
            for place in group:
                self.found[self.clause.tokens[place].start] = ([], str(reason))
        self.subjects.use()
        self.since = _Since()
        self.zone = False
        return max(end, group[-1] + 1)

    def _after(self, at: int) -> int:
        """Take in the words after a number that still belong to it; return where they end."""
        end = self.clause.end_of_number(at)
        for place in range(at + 1, end):
            token = self.clause.tokens[place]
            if token.has("unknown"):
                self.since.unknown = self.since.unknown or token.text
            elif token.has("member"):
                self.new_clause = True
                self._member(place, token)
            elif token.has("within", "vague"):
                break
        return end

    def _subject(self) -> dict[str, str]:
        """Return the dimensions named; raises Ambiguous without a subject."""
        named = self.subjects.dims()
        if named:
            if self.said_total and not set(self.topic.items()) <= set(named.items()):
                raise Ambiguous("定不下说的是全市还是本节的对象")
            return overlay(overlay(self.topic, self.lent), named)
        if self.topic:
            if self.strong_total:
                raise Ambiguous("定不下说的是全市还是本节的对象")
            return overlay(self.topic, self.lent)
        if self.lent or self.total:
            return dict(self.lent)
        raise Ambiguous("没有说是谁的数")

    def _bind(self, group: list[int], subjects: list[Subject]) -> None:
        readings: list[MetricReading] = []
        said = self.since.said
        require_measure(self, group[0])
        said.level = said.level or self.level
        said.place = self.place
        # 较上年增加…,增长…: said once, it holds for the sentence.
        self.based = self.based or said.base
        said.base_before = self.based
        # 怀柔区解决率最高,达92.1%,其次是大兴区91.0%.
        if self.last_rate and self.since.explicit and not (said.share or said.direction):
            said.rate = said.rate or self.last_rate
        self.last_rate = said.rate
        for dims, month in subjects:
            at = group[len(readings)] if len(group) > 1 else group[0]
            number = self.clause.tokens[at].number
            assert number is not None
            if number.printed is None:
                raise Ambiguous("没有写定这种说法的读法")
            readings.append(
                read(
                    self.warehouse,
                    number,
                    said,
                    dims,
                    self.period.year,
                    month,
                    peak=self.period.peak,
                )
            )
        if self.first_subject is None:
            self.first_subject = subjects[0][0]
        for place, at in enumerate(group):
            mine = readings if len(group) == 1 else [readings[place]]
            self.found[self.clause.tokens[at].start] = (mine, "")


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
    if sentence.period.vague or (sentence.state.other_year and not sentence.period.is_year_written):
        raise Ambiguous("定不下是哪一个月或哪一年")
    if sentence.clause.comes_from(at):
        raise Ambiguous("是变动之前的数,定不下是哪一期")
    if sentence.subjects.confused or sentence.subjects.doubts({**sentence.topic, **sentence.lent}):
        raise Ambiguous("定不下说的是谁")
    if since.rest:
        raise Ambiguous("“其余”指什么定不下")
    is_measured = since.dated or since.said.share or since.said.rate or since.said.direction
    if sentence.before_bracket is not None and not (is_measured or since.explicit):
        raise Ambiguous("定不下括号里的数说的是什么")
    within = any(token.has("within") for token in sentence.clause.tokens[:at])
    narrow = all(rank_of(level.axis) >= _NARROW for level in sentence.subjects.levels)
    if sentence.state.lost and (within or narrow) and not sentence.strong_total:
        raise Ambiguous(f"上句的“{sentence.state.lost}”没有读懂,这个数可能承接它")
    if broken and (within or not since.explicit):
        raise Ambiguous("前一个数没有读懂,这个数承接它")


def require_measure(sentence: "Sentence", at: int) -> None:
    """Raise Ambiguous where a bare count may go on with what the sentence before measured."""
    number = sentence.clause.tokens[at].number
    bare = not sentence.level and not any(token.has("counted") for token in sentence.tokens)
    if sentence.state.level and bare and number and number.kind == "count":
        label = sentence.warehouse.metrics[sentence.state.level].label
        raise Ambiguous(f"上句说的是{label},定不下这个数是不是")


def share_out(
    subjects: SubjectStack, months: list[int], whole: dict[str, str], size: int,
    *, respectively: bool, each: bool,
) -> list[Subject]:  # fmt: skip
    """Return dims and month of each of `size` numbers; of one number, of all it holds for.

    `whole` is the subject of the sentence; `respectively` after 分别, `each` after 均. Raises
    Ambiguous where members and numbers do not match one to one.
    """
    plural = subjects.plural()
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
        members = members or _siblings(subjects, size)
        if len(members) == size and len(months) < 2:
            return [(overlay(whole, dict(member.dims)), month) for member in members]
    raise Ambiguous("几个对象与几个数对不上")


def _siblings(subjects: SubjectStack, size: int) -> list[NamedMember]:
    """Return the last `size` members that had numbers of their own before: 分别 means them."""
    for level in reversed(subjects.levels):
        alike = [one for one in level.seen + level.members if one.level == level.members[-1].level]
        if len(alike) >= size:
            return alike[-size:]
    return []

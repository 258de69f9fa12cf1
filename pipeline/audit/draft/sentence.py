"""Reads one sentence from left to right and binds its numbers."""

from dataclasses import dataclass, field, replace

from pipeline.audit.draft.choose import Reading, Said, Unclear, read
from pipeline.audit.draft.clause import Clause, cut_clauses
from pipeline.audit.draft.lexicon import Member, Token
from pipeline.audit.draft.numbers import Number
from pipeline.audit.draft.period import Period
from pipeline.audit.draft.scene import Scene, overlay
from pipeline.audit.draft.warehouse import Warehouse

_DISTRICT_UNITS = Member("unit_type", (("unit_type", "区"),))
_DISPATCHED = Member("handling", (("handling", "派单"),))
_REQUEST = Member("record_type", (("record_type", "诉求"),))
_PLAIN_ROLES = (
    "filler", "space", "frame_open", "frame_close", "list_marks", "base_before_year", "month_word",
    "largest", "smallest", "reach", "whole_year", "that_month", "of", "respectively", "each",
    "rest", "within", "districts", "after_month",
)  # fmt: skip


@dataclass
class _Since:
    """What was read since the last number."""

    said: Said = field(default_factory=Said)
    unknown: str = ""
    doubtful: str = ""
    semicolon: bool = False
    respectively: bool = False
    each: bool = False
    explicit: bool = False


class Sentence:
    """`run` returns the place of each bound (or not understood) number; see there."""

    def __init__(
        self, warehouse: Warehouse, tokens: list[Token], topic: dict[str, str],
        lent: dict[str, str], *, total: bool, other_year: bool,
    ) -> None:  # fmt: skip
        self.warehouse, self.tokens, self.topic, self.lent = warehouse, tokens, topic, lent
        self.total, self.other_year = total, other_year
        self.scene, self.since = Scene(), _Since()
        self.period = Period(warehouse.year)
        self.strong_total = self.broken = self.based = False
        self.first_subject: dict[str, str] | None = None
        self.per_10k = False
        self.found: dict[int, tuple[list[Reading], str]] = {}
        self.has_unit_types = any(
            member.level == "unit_type" for token in tokens for member in token.roles.get("member", ())
        )

    def run(self) -> dict[int, tuple[list[Reading], str]]:
        """Return place -> readings (all of which the number states) and reason if not understood."""
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

    def _unknown(self, clause: Clause) -> None:
        for token in clause.tokens:
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
        if token.has("member") and token.has("share"):
            said.share = True
        self._measure(token)
        self.period.word(self.clause.tokens, at)

    def _is_request(self, at: int, token: Token) -> bool:
        """Return whether 诉求 is the type of record here, not a citizen's request in general."""
        if token.has("request_typed"):
            return True
        if not token.has("request_general"):
            return False
        beside = [*self.clause.tokens[max(at - 1, 0) : at], *self.clause.tokens[at + 1 : at + 2]]
        types = [
            one for one in self.clause.tokens for member in one.roles.get("member", ())
            if member.level == "record_type"
        ]  # fmt: skip
        listed = bool(types) and any(one.has("list_marks") for one in beside)
        return listed or self.topic.get("record_type") == "诉求"

    def _measure(self, token: Token) -> None:
        since, said = self.since, self.since.said
        said.share = said.share or token.has("share", "share_of_year")
        said.share_of_year = said.share_of_year or token.has("share_of_year")
        said.rate = token.roles.get("rate", said.rate)
        if token.has("per_10k"):
            said.per_10k = self.per_10k = True
        elif token.text in ("承办", "受理", "反映"):
            self.per_10k = self.per_10k and said.per_10k
        said.base = said.base or token.has("base")
        said.period_base = said.period_base or token.has("period_base")
        if token.has("up", "down"):
            said.direction = 1 if token.has("up") else -1
            said.direction_here = True
        since.respectively = since.respectively or token.has("respectively")
        since.each = since.each or token.has("each")
        if token.has("share_zone"):
            self.zone = True

    def _member(self, at: int, token: Token) -> None:
        members = token.roles["member"]
        if len(members) > 1:
            here = overlay(self.topic, self.scene.dims()).items()
            members = [m for m in members if set(m.dims[:-1]) <= set(here)]
        if len(members) == 1:
            self._push(at, members[0])
        else:
            self.scene.confused = True

    def _push(self, at: int, member: Member) -> None:
        before = self.clause.tokens[at - 1] if at else None
        if self.new_clause and self.scene.has(member):
            # What was said of the one before does not matter any more.
            self.since.doubtful = ""
        replaced = self.scene.push(
            member,
            listed=before is not None and before.has("list_marks"),
            new_clause=self.new_clause,
            semicolon=self.since.semicolon,
            within=any(t.has("within") for t in self.clause.tokens[:at]),
        )
        self.new_clause, self.since.explicit = False, True
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
        if any(level.used for level in self.scene.levels):
            self.scene.clear()
        if not self.scene.levels:
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
        if self.since.said.rate or self.since.said.per_10k or self.scene.plural():
            return
        try:
            dims = self._subject()
            said = Said(texts=self.since.said.texts)
            number = self.clause.tokens[at].number
            assert number is not None
            as_count = replace(number, kind="count")
            reading = read(self.warehouse, as_count, said, dims, self.period.year, None, peak=False)
        except Unclear:
            return
        self.found[start] = (
            [replace(reading, relation=relation, dimension="period", size=self.period.months[0])], "",
        )  # fmt: skip

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
            return at + 1
        if number.kind not in ("count", "ratio"):
            return at + 1
        group = self.clause.group(at)
        end = self._after(group[-1])
        was_broken, self.broken = self.broken, True
        try:
            self._require_clear(at, was_broken)
            subjects = self._subjects(len(group))
            # From here on the subject is settled, also where it has no such metric.
            self.broken = False
            self._bind(group, subjects)
        except Unclear as reason:
            for place in group:
                self.found[self.clause.tokens[place].start] = ([], str(reason))
        self.scene.use()
        self.since = _Since()
        self.zone = False
        return max(end, group[-1] + 1)

    def _after(self, at: int) -> int:
        """Take in the words after a number that still belong to it; return where they end."""
        end, stop = at + 1, self.clause.tokens
        while end < len(stop) and not stop[end].has(
            "mark", "share", "base", "period_base", "rate", "per_10k", "list_marks", "up", "down"
        ):
            if stop[end].number is not None:
                return at + 1
            end += 1
        for place in range(at + 1, end):
            token = stop[place]
            if token.has("unknown"):
                self.since.unknown = self.since.unknown or token.text
            elif token.has("member") and not any(t.has("within") for t in stop[at:place]):
                self.new_clause = True
                self._member(place, token)
            elif token.has("vague"):
                break
        return end

    def _require_clear(self, at: int, broken: bool) -> None:
        since = self.since
        unknown = since.unknown or since.doubtful
        if unknown:
            raise Unclear(f"不认识“{unknown}”,定不下说的是什么")
        if self.period.vague or (self.other_year and not self.period.told):
            raise Unclear("定不下是哪一个月或哪一年")
        if self.clause.comes_from(at):
            raise Unclear("是变动之前的数,定不下是哪一期")
        if self.scene.confused or self.scene.doubts({**self.topic, **self.lent}):
            raise Unclear("定不下说的是谁")
        if broken and not since.explicit:
            raise Unclear("前一个数没有读懂,这个数承接它")

    def _subject(self) -> dict[str, str]:
        """Return the dimensions spoken of; raises Unclear without a subject."""
        named = self.scene.dims()
        if named:
            return overlay(overlay(self.topic, self.lent), named)
        if self.topic:
            if self.strong_total:
                raise Unclear("定不下说的是全市还是本节的对象")
            return overlay(self.topic, self.lent)
        if self.lent or self.total:
            return dict(self.lent)
        raise Unclear("没有说是谁的数")

    def _bind(self, group: list[int], subjects: list[tuple[dict[str, str], int | None]]) -> None:
        readings = []
        said = self.since.said
        said.per_10k = said.per_10k or self.per_10k
        # 较上年增加…,增长…: said once, it holds for the sentence.
        self.based = self.based or said.base
        said.base_before = self.based
        for dims, month in subjects:
            at = group[len(readings)] if len(group) > 1 else group[0]
            number = self.clause.tokens[at].number
            assert number is not None
            if number.printed is None:
                raise Unclear("没有写定这种说法的读法")
            readings.append(
                read(self.warehouse, number, said, dims, self.period.year, month, peak=self.period.peak)
            )
        if self.first_subject is None:
            self.first_subject = subjects[0][0]
        for place, at in enumerate(group):
            mine = readings if len(group) == 1 else [readings[place]]
            self.found[self.clause.tokens[at].start] = (mine, "")

    def _subjects(self, size: int) -> list[tuple[dict[str, str], int | None]]:
        """Return dims and month of each of `size` numbers; of one number, of all it holds for."""
        whole = self._subject()
        plural = self.scene.plural()
        lists_months = len(self.period.months) > 1
        month = self.period.months[0] if self.period.months else None
        if size == 1 and not plural and not lists_months:
            return [(whole, month)]
        if plural and lists_months:
            raise Unclear("定不下哪个数是谁的")
        members = plural.members if plural else []
        if size == 1 and plural and self.since.each:
            return [(overlay(whole, dict(member.dims)), month) for member in members]
        if size > 1 and self.since.respectively:
            if lists_months and len(self.period.months) == size:
                return [(whole, one) for one in self.period.months]
            members = members or self._siblings(size)
            if len(members) == size:
                return [(overlay(whole, dict(member.dims)), month) for member in members]
        raise Unclear("几个对象与几个数对不上")

    def _siblings(self, size: int) -> list[Member]:
        """Return the last `size` members that had numbers of their own before: 分别 means them."""
        for level in reversed(self.scene.levels):
            alike = [m for m in level.seen + level.members if m.level == level.members[-1].level]
            if len(alike) >= size:
                return alike[-size:]
        return []

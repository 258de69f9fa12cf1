"""Clauses of a sentence: what is between two commas or semicolons."""

from dataclasses import dataclass

from pipeline.proofread.lexicon import Token

_FIGURES = ("count", "ratio")
_ENDS = ("mark", "share", "base", "period_base", "rate", "level", "list_marks", "up", "down")


@dataclass
class Clause:
    """The tokens of a clause with the mark that ends it."""

    tokens: list[Token]

    @property
    def mark(self) -> str:
        return self.tokens[-1].text if self.tokens[-1].has("mark") else ""

    @property
    def has_member(self) -> bool:
        return any(token.has("member") for token in self.tokens)

    @property
    def is_frame(self) -> bool:
        """Return whether the clause only says how the matter is looked at: 从…来看, 按…分."""
        return self._is_between("frame_open", "frame_close")

    @property
    def is_cause(self) -> bool:
        """Return whether the clause gives a cause: 受…影响."""
        return self._is_between("cause_open", "cause_close")

    def _is_between(self, first: str, last: str) -> bool:
        words = [token for token in self.tokens if not token.has("mark", "space")]
        has_figure = any(token.number and token.number.kind in _FIGURES for token in words)
        return (
            len(words) > 1 and not has_figure and words[0].has(first) and words[-1].has(last)
        )  # fmt: skip

    def group(self, at: int) -> list[int]:
        """Return the places of the numbers listed from `at` on: 2.5万件和2.2万件."""
        places = [at]
        while True:
            here = places[-1]
            following = self.tokens[here + 1 : here + 3]
            if len(following) < 2 or not following[0].has("list_marks"):
                return places
            number, first = following[1].number, self.tokens[at].number
            if number is None or first is None or number.kind != first.kind:
                return places
            places.append(here + 2)

    def end_of_number(self, at: int) -> int:
        """Return where the words end that still belong to the number at `at`: 2.8万件转派单位.

        Words before a further number belong to that one.
        """
        for place in range(at + 1, len(self.tokens)):
            token = self.tokens[place]
            if token.number is not None:
                return at + 1
            if token.has(*_ENDS) or token.text in ("(", ")", "[", "]"):
                return place
        return len(self.tokens)

    def lists_types(self, at: int) -> bool:
        """Return whether the word at `at` is in a list with a type of record: 咨询、诉求."""
        beside = [*self.tokens[max(at - 1, 0) : at], *self.tokens[at + 1 : at + 2]]
        has_type = any(
            member.level == "record_type"
            for token in self.tokens
            for member in token.roles.get("member", ())
        )
        return has_type and any(token.has("list_marks") for token in beside)

    def comes_from(self, at: int) -> bool:
        """Return whether the number at `at` is where a change starts: 从53.1%提升至60.0%."""
        after = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        before = [token for token in self.tokens[:at] if not token.has("space", "filler")]
        while before and before[-1].number is not None and before[-1].number.kind == "year":
            before.pop()
        started = bool(before) and before[-1].text in ("从", "由", "自")
        return started or (after is not None and after.has("reach"))

    def extreme_of_month(self, at: int) -> str | None:
        """Return largest or smallest if the month at `at` is called so; None if not.

        The word follows the month with no member between (another would be the largest), or
        before it as in 最多的月份是8月.
        """
        for token in self.tokens[at + 1 :]:
            if token.has("member", "districts", "share", "rate", "level", "vague"):
                break
            if token.number is not None and token.number.kind not in _FIGURES:
                break
            if token.has("largest", "smallest"):
                return "largest" if token.has("largest") else "smallest"
        before = [token for token in self.tokens[:at] if not token.has("filler", "space")]
        if len(before) > 1 and before[-1].has("month_word"):
            word = before[-2]
            if word.has("largest", "smallest"):
                return "largest" if word.has("largest") else "smallest"
        return None


def cut_clauses(tokens: list[Token]) -> list[Clause]:
    """Return the clauses; remarks in brackets that hold no number are left out."""
    found: list[list[Token]] = [[]]
    depth = 0
    for place, token in enumerate(tokens):
        if token.text in ("(", "[") and (depth or _is_remark(tokens, place)):
            depth += 1
        elif token.text in (")", "]") and depth:
            depth -= 1
        elif not depth:
            found[-1].append(token)
            if token.has("mark"):
                found.append([])
    return [Clause(clause) for clause in found if clause]


def _is_remark(tokens: list[Token], place: int) -> bool:
    for token in tokens[place + 1 :]:
        if token.text in (")", "]"):
            return True
        if token.number is not None:
            return False
    return False

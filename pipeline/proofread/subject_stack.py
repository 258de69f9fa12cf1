"""Whom a sentence describes: the members named so far, from the widest to the narrowest."""

from dataclasses import dataclass, field

from pipeline.proofread.lexicon import NamedMember

# Members of one axis replace each other. Containers have the lower rank: what they hold is named
# after them, so that a container named later begins anew.
_AXIS = {
    "subcategory": "category", "unit": "unit_type", "street": "district", "region": "district",
}  # fmt: skip
_RANK = {
    "record_type": 1,
    "channel": 1,
    "desk": 1,
    "category": 2,
    "district": 4,
    "handling": 5,
    "unit_type": 6,
}


def axis_of(level: str) -> str:
    return _AXIS.get(level, level)


def rank_of(axis: str) -> int:
    return _RANK.get(axis, 3)


@dataclass
class Level:
    """The members named last on one axis, and those that had numbers before them."""

    axis: str
    members: list[NamedMember]
    seen: list[NamedMember] = field(default_factory=list)
    used: bool = False
    # Levels named with each other before one number; `doubtful` when the wider one has changed.
    batch: int = 0
    doubtful: bool = False

    @property
    def is_enumerated(self) -> bool:
        return any(member.level == self.members[-1].level for member in self.seen)


@dataclass
class SubjectStack:
    """Levels in the order they were named; `confused` when it is open what belongs to what."""

    levels: list[Level] = field(default_factory=list)
    confused: bool = False
    batch: int = 0

    def doubts(self, given: dict[str, str]) -> bool:
        """Return whether a member may or may not still hold; not where `given` says it does."""
        return any(
            level.doubtful and not set(level.members[-1].dims) <= set(given.items())
            for level in self.levels
        )

    def has(self, member: NamedMember) -> bool:
        """Return whether a member of the same axis is there."""
        return any(level.axis == axis_of(member.level) for level in self.levels)

    def push(
        self, member: NamedMember, *, listed: bool, new_clause: bool, semicolon: bool, within: bool
    ) -> bool:
        """Take in a named member; return whether it replaces one that had its numbers.

        `listed`: a list mark is right before it; `new_clause`: a mark is between it and
        the one before; `semicolon`: a semicolon since the last number; `within`: after 其中.
        """
        axis = axis_of(member.level)
        level = next((level for level in self.levels if level.axis == axis), None)
        if level is None:
            self._drop_other_levels(axis, semicolon=semicolon, within=within)
            self.levels.append(Level(axis, [member], batch=self.batch))
            return False
        below = self.levels[self.levels.index(level) + 1 :]
        if level.used and member == level.members[-1] and any(not low.used for low in below):
            # 住房类建议: said once more of a subject that is being named.
            return False
        if level.used:
            level.seen += level.members
            level.members, level.used, level.doubtful = [member], False, False
            self._let_go(level, below)
            return True
        last = level.members[-1]
        if listed and not new_clause:
            if member not in level.members:
                level.members.append(member)
        elif new_clause or set(last.dims) <= set(member.dims):
            level.members = [member]
        elif not set(member.dims) <= set(last.dims):
            self.confused = True
        return False

    def _drop_other_levels(self, axis: str, *, semicolon: bool, within: bool) -> None:
        """Drop what a new axis is not within."""
        for place, level in enumerate(self.levels):
            contains = rank_of(level.axis) <= rank_of(axis)
            if not level.used or within or (contains and not level.is_enumerated):
                continue
            if semicolon or (level.is_enumerated and not contains):
                del self.levels[place:]
            else:
                self.confused = True
            return

    def _let_go(self, level: Level, below: list[Level]) -> None:
        """Drop what was named below a member that has a successor.

        网络渠道派单34.6万件,电话渠道…: what was named in one breath with it may hold on.
        """
        for low in below:
            if low.batch == level.batch:
                low.doubtful = True
            else:
                self.levels.remove(low)
        level.batch = self.batch

    def use(self) -> None:
        """A number was bound: later members of the same axes are siblings."""
        self.batch += 1
        for level in self.levels:
            level.used = True

    def clear(self) -> None:
        self.levels.clear()
        self.confused = False

    def plural(self) -> Level | None:
        """Return the level that names several members, if exactly one does."""
        found = [level for level in self.levels if len(level.members) > 1]
        return found[0] if len(found) == 1 else None

    def dims(self) -> dict[str, str]:
        """Return the dimensions named, the last member of each level."""
        return {name: value for level in self.levels for name, value in level.members[-1].dims}


def overlay(under: dict[str, str], over: dict[str, str]) -> dict[str, str]:
    """Return `over` on `under`: an axis named above hides the one below."""
    hidden = {axis_of(name) for name in over}
    return {k: v for k, v in under.items() if axis_of(k) not in hidden} | over

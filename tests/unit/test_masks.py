"""The masks on planted items: what is found of each kind, and what is left alone."""

from tests.masks.measure import TRICKY, by_kind, count, false_alarms
from tests.masks.planted import items

# Items that nothing around them marks are not promised: `python -m tests.masks` counts them.
UNPROMISED = "name without a sign"
NAMES = ("name after a word", "name before a title")


def test_planted_items_are_found_and_the_matter_stays():
    planted = items("a", 1) + items("b", 1)
    kinds = by_kind(count(planted))
    assert sum(counts[0] for counts in kinds.values()) >= 600
    for kind, (number, found, harmed) in kinds.items():
        if kind == UNPROMISED:
            continue
        least = 0.94 * number if kind in NAMES else number
        assert found >= least, (kind, number, found)
        assert harmed == 0, kind


def test_what_people_call_about_is_left_alone():
    looked_at, changed = false_alarms()
    assert looked_at > 800 + len(TRICKY)
    assert set(changed) <= {"邻居王八蛋 -> 邻居某某"}

"""The contradiction of the 2020 ledger, against repairs that were worked out beforehand.

The expected forms come from arithmetic on the printed figures, not from the search: see each test.
"""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from click.testing import CliRunner

from pipeline import ledger
from pipeline.cli import main
from pipeline.constraints.claim_constraints import Constraint, Selector, ratio_of
from pipeline.contradictions.candidates import other_scopes
from pipeline.contradictions.minimal_set import irreducible, plainest
from pipeline.contradictions.problem import read_claims
from pipeline.contradictions.program import build
from pipeline.home import Home
from tests.support import ledgers
from tests.support.ledgers import BEIJING

pytestmark = pytest.mark.slow

FEBRUARY = "d003-2.3-suggestion-february"
REGION = "d003-3.3-ecological-share"
NOVEMBER = "d003-2.2-request-november"


@pytest.fixture(scope="module")
def claims() -> dict[str, dict]:
    return {c["claim"]: c for c in ledger.rows(Home(), 2020)}


@pytest.fixture(scope="module")
def answer(tmp_path_factory) -> tuple[str, dict]:
    """The screen and the JSON of one call."""
    path = tmp_path_factory.mktemp("conflicts") / "conflicts.json"
    arguments = ["audit", "2020", "--conflicts", str(BEIJING), "--json", str(path)]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 1
    (year,) = json.loads(path.read_text(encoding="utf-8"))
    assert year["year"] == 2020
    return result.output, year


@pytest.fixture(scope="module")
def conflict(answer) -> dict:
    """The contradiction between the types of records; the other one is of a region's share."""
    (found,) = [
        c for c in answer[1]["conflicts"] if FEBRUARY in {row["claim"] for row in c["claims"]}
    ]
    return found


@pytest.fixture(scope="module")
def suspects(conflict) -> dict[tuple[str, ...], dict]:
    return {tuple(s["claims"]): s for s in conflict["suspects"]}


def forms(suspect: dict, *kinds: str) -> list[str]:
    return [r["printed"] for r in suspect["repairs"] if not kinds or r["kind"] in kinds]


def test_a_region_of_all_dispatched_records_is_one_of_the_regions(answer):
    """45.31 of 402.3 is 11.26%; of the three regions' 315.82 it is the 14.35% that is printed."""
    (other,) = [
        c for c in answer[1]["conflicts"] if FEBRUARY not in {row["claim"] for row in c["claims"]}
    ]
    first = other["suspects"][0]
    assert first["claims"] == [REGION]
    assert first["repairs"][0]["kind"] == "denominator"
    assert "各区合计" in first["repairs"][0]["printed"]


def test_the_minimal_set_is_a_sum_that_exceeds_the_total(conflict, claims):
    named = {row["claim"] for row in conflict["claims"]}
    # Three types' years from a month and its share, against the larger of the two totals.
    months = [c for c in named if c + "-share" in named]
    assert len(months) == 3
    least = sum(claims[m]["lower"] / claims[m + "-share"]["upper"] for m in months)
    (total,) = named - {*months, *(m + "-share" for m in months)}
    assert claims[total]["metric"] == "record_count"
    assert least > claims[total]["upper"]
    without = [least - claims[m]["lower"] / claims[m + "-share"]["upper"] for m in months]
    assert max(without) < claims[total]["lower"]


def test_the_decimal_point_of_february_comes_first(conflict):
    first = conflict["suspects"][0]
    assert first["claims"] == [FEBRUARY]
    best = first["repairs"][0]
    assert (best["kind"], best["printed"]) == ("decimal", "1.39万件")
    assert (best["lower"], best["upper"], best["clashes"]) == ("13850", "13950", [])


def test_the_screen_names_set_suspects_and_repair(answer):
    screen = answer[0]
    assert "2 处矛盾" in screen
    assert "1.39万件" in screen and "小数点错一位" in screen
    assert screen.count("\n") <= 40


def test_other_digits_of_february_are_listed(suspects):
    assert "3.1万件" in forms(suspects[(FEBRUARY,)], "digits")


def test_november_is_repaired_by_its_value_or_its_share(suspects):
    assert "83.1万件" in forms(suspects[(NOVEMBER,)], "digit")
    # At 39.1 November would be below February's 41.8, the lowest month.
    assert "39.1万件" not in forms(suspects[(NOVEMBER,)])
    share = suspects[(NOVEMBER + "-share",)]
    assert forms(share, "swap") == ["14.24%"]
    assert not {"39.1%", "13.44%"} & set(forms(share))


@pytest.mark.parametrize("claim", [FEBRUARY, FEBRUARY + "-share", NOVEMBER, NOVEMBER + "-share"])
def test_dropping_one_figure_is_enough(suspects, claim):
    (drop,) = [r for r in suspects[(claim,)]["repairs"] if r["kind"] == "drop"]
    assert drop["clashes"] == []


def test_counting_all_types_on_the_widest_scope_is_listed_below_the_slips(answer, conflict, claims):
    types = {
        name
        for name, c in claims.items()
        if (c["document"], c["scope"]) == ("003", "tier1")
        and (c["record_type"] != "*" or c["dimension"] == "record_type")
        and c["status"] in ("", "contradicted")
        and name not in answer[1]["skipped"]
        and "**" not in c["printed"]
    }
    ranked = conflict["suspects"]
    (place,) = [i for i, s in enumerate(ranked) if set(s["claims"]) == types]
    assert [r["printed"] for r in ranked[place]["repairs"]] == ["tier3"]
    slips = {"decimal", "swap", "swap_far", "digit", "digits", "unit", "decimal2"}
    kinds = [s["repairs"][0]["kind"] for s in ranked]
    assert {*kinds[:4]} <= slips and not {*kinds[place:]} & slips


def test_a_mark_made_by_hand_changes_nothing(claims):
    marked = claims[FEBRUARY]
    others = {"status": "contradicted", "reason": "-", "repair": "1.39万件"}
    ends = {"repair_lower": Decimal(13850), "repair_upper": Decimal(13950)}
    unmarked = {"status": "", "reason": "", "repair": "", "repair_lower": None}
    found = []
    for mark in (others | ends, unmarked | {"repair_upper": None}):
        reading = read_claims(Home(), 2020, list({**claims, FEBRUARY: marked | mark}.values()))
        program = build(reading.members, reading.constraints)
        found.append(irreducible(program, plainest(reading.claims)))
    assert found[0] == found[1] != []


def wider(claims: dict[str, dict], *, typed: bool):
    """The ledger with all types on tier 3; `typed`: each 城乡建设 record has one of the five."""
    like = claims["d000-1-total"]
    public = ledgers.equals(like, "public", "64.8万件", "647500", "648500", category="公共服务")
    # The other contradiction aside, and the other document's own figure, which is asked for here.
    left = [
        c
        for name, c in claims.items()
        if name != REGION and (c["document"], c["printed"]) != ("000", "64.8万件")
    ]
    reading = read_claims(Home(), 2020, [*left, public])
    (moved,) = [
        other
        for other in other_scopes(reading.claims[FEBRUARY], reading)
        if other.description == "tier3" and len(other.claims) > 40
    ]
    said = {
        name: [
            reading.rescoped(c, reading.claims[name], "tier3") for c in reading.constraints[name]
        ]
        for name in (c["claim"] for c in moved.claims)
        if name in reading.constraints
    }
    zero = []
    for shell in (1, 2, 3) if typed else ():
        cut = (("category", ("城乡建设",)), ("record_type", ("其余",)))
        terms = ((Fraction(1), Selector("type", 2020, shell, cut)),)
        zero.append(Constraint("typed", terms, (), None, Fraction(1)))
    program = build(reading.members, {**reading.constraints, **said, "typed": zero})
    ratio = ratio_of(public, reading.domain)
    return program, ratio, [c for c in program.claims if c != "public"]


def test_the_widest_scope_against_the_other_document(claims):
    """On tier 3 at least 30.0 of 1103.9 records have none of the five types.

    Were no 城乡建设 record among them, 公共服务 would be at least 51.65 - 8.43 + 25.25 = 68.47
    (its requests and enquiries are above those of 城乡建设, which is not among the first ten of
    the suggestions), against 64.8 of document 000. But they may be, and then all can hold.
    """
    program, ratio, rest = wider(claims, typed=True)
    found = program.range(ratio, rest)
    assert found is not None and found.lower > 684_700
    assert not program.feasible(program.claims)
    program, ratio, rest = wider(claims, typed=False)
    assert program.feasible(program.claims)


def test_a_scope_that_another_document_denies_ranks_below_all_others(claims):
    """12.0万 suggestions on tier 3, in the other document, allow 1.39 in February

    (11.0 in the year), and none for the 110 that the year has as printed, on whatever scope.
    """
    like = claims["d000-1-total"]
    other_total = ledgers.equals(like, "other", "12.0万件", "119500", "120500", record_type="建议")
    plain = [c for name, c in claims.items() if name != REGION]
    (conflict,) = ledgers.found(Home(), [*plain, other_total]).conflicts
    assert (conflict.suspects[0].claims, conflict.suspects[0].best.printed) == (
        (FEBRUARY,),
        "1.39万件",
    )
    clashing = [s for s in conflict.suspects if s.best.clashes]
    assert clashing != [] and conflict.suspects[-len(clashing) :] == clashing
    assert {s.best.clashes for s in clashing} == {("000",)}
    assert {s.best.kind for s in clashing} == {"scope"}

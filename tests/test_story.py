"""Every sentence that a person reads about risk: true, in counts, and claiming nothing more."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser import story
from anonymiser.assessment import Assessment, assess
from anonymiser.attributes import Role
from anonymiser.engine.frequency import build
from anonymiser.gate import Check, checks
from anonymiser.hierarchies import FlatSpec
from anonymiser.microdata import Microdata
from anonymiser.policy import GOVERNMENT, NEVER_SAY, RESEARCHERS, Policy
from anonymiser.privacy import KAnonymity
from anonymiser.recipe import AttributePlan, Recipe

HOUSE = Policy.custom("House", open_release=False, k=5, suppression=0.05, distinct_l=None)
RECIPE = Recipe(attributes=(AttributePlan(name="town", role=Role.QUASI, hierarchy=FlatSpec()),))


def groups(sizes: Sequence[int], limit: float = 0.0, k: int = 5) -> Assessment:
    """A table whose groups have these sizes."""
    towns = [f"town {number}" for number, size in enumerate(sizes) for _ in range(size)]
    column = Microdata.from_columns({"town": towns}).column("town")
    hierarchy = FlatSpec().build(column)
    classes = build((hierarchy,), (hierarchy.encode(column.values)[column.codes],), ())
    return assess(classes, (KAnonymity(k=k),), limit)


def found(assessment: Assessment, limit: float = 0.0) -> tuple[Check, ...]:
    return checks(RECIPE.changed(suppression=limit), assessment, HOUSE)


def verdict(sizes: Sequence[int], limit: float = 0.0) -> story.Verdict:
    assessment = groups(sizes, limit)
    return story.verdict(assessment, found(assessment, limit), HOUSE)


def test_a_safe_table_gets_a_sentence_that_promises_nothing() -> None:
    answer = verdict([5, 9])
    assert answer.safe
    assert answer.headline == "Every requirement that Halftone checks is met."
    assert "shares their row with at least 4 others" in answer.detail
    assert "cannot be checked yet" in answer.detail


def test_what_is_deleted_is_said() -> None:
    answer = verdict([1, 50, 49], limit=0.05)
    assert answer.safe
    assert "1 (1 %) of the records is left out" in answer.detail


def test_people_who_stand_alone_come_first() -> None:
    assert verdict([1, 1, 3, 20]).headline == "Not yet: 2 people of 25 can be singled out."
    assert verdict([1, 1]).headline == "Not yet: all 2 people can be singled out."
    assert verdict([1]).headline == "Not yet: 1 person of 1 can be singled out."


def test_then_people_in_small_groups() -> None:
    answer = verdict([3, 20])
    assert not answer.safe
    assert answer.headline == "Not yet: 3 people of 23 are in groups smaller than 5."
    assert re.fullmatch(r"2 of \d checked points fail: smallest group and deleted records\.", answer.detail)


def test_nothing_left_is_said() -> None:
    assert verdict([1, 2], limit=1.0).headline == "Nothing would be left to share."


def test_the_next_step_follows_from_the_answer() -> None:
    assert story.next_step(verdict([5])).page == "release"
    assert story.next_step(verdict([1])).page == "tune"


def test_checks_become_few_badges() -> None:
    several = (
        Check("Smallest group", True, "Large.", "El Emam"),
        Check("Different values of drinks", True, "Varied.", "house rule"),
        Check("Different values of smokes", False, "All alike.", "house rule"),
        Check("Not checked yet", None, "t.", ""),
        Check("Not checked yet", None, "alpha.", ""),
    )
    points = story.points(several)
    assert [(p.name, p.met, len(p.sentences)) for p in points] == [
        ("Smallest group", True, 1),
        ("Sensitive values", False, 2),
        ("Not checked yet", None, 2),
    ]
    assert points[0].sentences == ("Large. Asked for by: El Emam.",)
    assert points[1].sentences[1].startswith("smokes: All alike.")


def test_the_attack_says_what_a_neighbour_would_find() -> None:
    assert "exactly one row for 2 people of 25" in story.attack(groups([1, 1, 3, 20]), RECIPE)
    safe = story.attack(groups([5, 9]), RECIPE)
    assert "knows Alex's town, and nothing else, would find at least 5 rows" in safe
    assert safe.endswith("a guess is right at most 1 time in 5.")
    assert "no record is released" in story.attack(groups([1, 2], 1.0), RECIPE)


def test_a_hidden_column_is_not_something_that_is_known() -> None:
    hidden = RECIPE.with_levels({"town": 1})
    assert "everybody looks the same" in story.attack(groups([5]), hidden)
    assert story.how_k_is_counted(groups([5]), hidden)[0].endswith("nothing.")


def test_k_is_counted_in_four_steps_with_the_table_s_own_numbers() -> None:
    steps = story.how_k_is_counted(groups([3, 7, 90], 0.05), RECIPE)
    assert len(steps) == 4
    assert "town" in steps[0]
    assert "100 rows make 3 groups" in steps[1]
    assert "k = 7" in steps[2]
    assert "(3 records) are left out" in steps[2]
    assert steps[3].endswith("1 in 7.")
    assert story.how_k_is_counted(groups([2, 3], 1.0), RECIPE)[3] == "k = 0 means that nothing is left to release."


def test_captions_agree_in_number() -> None:
    assert "1 person is in groups smaller than 5" in story.histogram_caption(groups([1, 20]), 5)
    assert "Nobody is in a group smaller than 5" in story.histogram_caption(groups([20]), 5)
    assert "1 group here" in story.histogram_caption(groups([20]), 5)
    assert story.loss_caption(groups([20, 20]), RECIPE) == "No detail is lost: every column is exact."


@pytest.mark.parametrize("policy", [RESEARCHERS, GOVERNMENT, HOUSE])
def test_a_short_name_leaves_out_what_stands_beside_it(policy: Policy) -> None:
    assert "(" not in story.short_name(policy)
    assert policy.name.startswith(story.short_name(policy))


@settings(max_examples=150, deadline=None)
@given(sizes=st.lists(st.integers(1, 30), min_size=1, max_size=12), limit=st.sampled_from([0.0, 0.05, 0.5, 1.0]))
def test_no_sentence_claims_what_may_not_be_claimed(sizes: list[int], limit: float) -> None:
    assessment = groups(sizes, limit)
    checked = found(assessment, limit)
    answer = story.verdict(assessment, checked, HOUSE)
    sentences = (
        answer.headline,
        answer.detail,
        story.attack(assessment, RECIPE),
        story.histogram_caption(assessment, 5),
        story.loss_caption(assessment, RECIPE),
        *story.how_k_is_counted(assessment, RECIPE),
        *story.CLAIMS,
    )
    text = " ".join(sentences)
    assert not re.search(r"\b1 (people|records|groups|rows|others)\b", text.replace("k − 1 others", ""))
    text = (text + " ".join(s for point in story.points(checked) for s in point.sentences)).lower()
    assert not [claim for claim in NEVER_SAY if re.search(rf"\b{re.escape(claim.lower())}", text)]
    assert "nan" not in text.split()
    assert all(sentence[-1] in ".:!" for sentence in sentences)


@given(part=st.integers(0, 10**9), rest=st.integers(0, 10**9))
def test_a_real_count_is_never_shown_as_nothing(part: int, rest: int) -> None:
    shown = story.share(part, part + rest)
    assert shown.split()[0] == f"{part:,}"
    assert "(0 %)" not in shown
    assert "0.0 %" not in shown.replace("0.0 %)", "!") or part == 0
    assert ("100 %" in shown) == (rest == 0 and part > 0)

"""What the attack page computes and says, against plain counting."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from anonymiser.attacking import attackers, facts, presence, search, words
from anonymiser.attacking.facts import Grade
from anonymiser.attributes import Role
from anonymiser.methods import Mondrian
from anonymiser.microdata import Microdata
from anonymiser.privacy import KAnonymity
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.recipe import ReleaseForm, Treatment
from anonymiser.risk.attack import AttackOnRecord, Precision, Spread
from anonymiser.risk.intruder import IntruderTrial
from anonymiser.risk.knowledge import Fact
from anonymiser.risk.summary import RiskMeasures
from anonymiser.risk.wilson import wilson_interval
from pages.common.state import SAMPLE


@pytest.fixture(scope="module")
def customers() -> Project:
    """The sample at the levels of the researchers' policy."""
    project = Project(read(SAMPLE))
    project.choose_policy(project.policy.name, levels=True)
    return project


def cells(project: Project, name: str) -> list[str]:
    column = project.microdata.column(name)
    return [(*column.values, "")[code] for code in column.codes]


def test_tolerances_follow_the_unit_and_levels_the_rule(customers: Project) -> None:
    table, recipe = customers.table, customers.recipe
    assert Grade("± 5 kg", 0, 5.0) in facts.grades(table, recipe, "weight")
    assert Grade("± 3 cm", 0, 0.03) in facts.grades(table, recipe, "height"), "heights are in metres here"
    words_of = [grade.words for grade in facts.grades(table, recipe, "birthdate")]
    assert words_of == ["20 years", "10 years", "5 years", "year", "month", "exactly"]
    assert [grade.words for grade in facts.grades(table, recipe, "gender")] == ["exactly"]


def test_direct_identifiers_and_derived_columns_are_not_among_the_facts(customers: Project) -> None:
    possible = facts.can_be_known(customers.recipe)
    assert "bmi" not in possible
    assert {customers.recipe.attribute(name).role for name in possible} <= {
        Role.QUASI,
        Role.OBSERVABLE,
        Role.OBSERVABLE_SENSITIVE,
    }


def test_knowledge_is_fitted_to_a_changed_recipe(customers: Project) -> None:
    known = (Fact("gender"), Fact("birthdate", 99), Fact("gone"), Fact("weight", 0, 5.0))
    assert facts.fitting(customers.recipe, known) == (Fact("gender"), Fact("birthdate"), Fact("weight", 0, 5.0))
    assert facts.knowing(["weight", "gender"], known) == (Fact("weight", 0, 5.0), Fact("gender"))


def test_known_values_are_said_with_their_precision(customers: Project) -> None:
    table, recipe = customers.table, customers.recipe
    weight = cells(customers, "weight")[3]
    assert facts.value_known(table, recipe, Fact("weight", 0, 5.0), 3) == f"{weight} ± 5 kg"
    assert facts.in_words(table, recipe, (Fact("gender"), Fact("weight", 0, 5.0))) == ("gender", "weight (± 5 kg)")


def test_columns_become_known_better_together(customers: Project) -> None:
    steps = facts.precision_steps(customers.table, customers.recipe, ["gender", "weight"], ["weight", "postcode"])
    assert len(steps) == 7
    assert steps[0][1] == (Fact("gender"), Fact("weight", 0, 20.0), Fact("postcode", 6))
    assert steps[1][1][1] == Fact("weight", 0, 20.0), "the shorter scale waits at its vaguest"
    assert steps[-1] == ("exactly", (Fact("gender"), Fact("weight"), Fact("postcode")))
    assert facts.precision_steps(customers.table, customers.recipe, [], []) == ()


def test_matches_are_those_of_plain_counting(customers: Project) -> None:
    found = search.search(customers, (Fact("gender"), Fact("country_of_birth")), search.present_rows(customers))
    pairs = list(zip(cells(customers, "gender"), cells(customers, "country_of_birth"), strict=True))
    matched, spreads = search.learnt(customers, found, 16)
    assert matched.before == Counter(pairs)[pairs[16]]
    drinks = next(one for one in spreads if one.before.attribute == "avg_n_drinks_per_week")
    assert drinks.before.records == matched.before
    assert drinks.after.records == matched.after
    assert drinks.everybody.records == customers.assess().kept


def test_what_is_known_already_is_not_learnt(customers: Project) -> None:
    found = search.search(customers, (Fact("avg_n_drinks_per_week"),), None)
    _, spreads = search.learnt(customers, found, 0)
    assert "avg_n_drinks_per_week" not in {one.before.attribute for one in spreads}


def test_quasi_identifiers_known_exactly_find_the_class(customers: Project) -> None:
    known = facts.knowing([plan.name for plan in customers.recipe.qis])
    found = search.search(customers, known, search.present_rows(customers))
    most = search.exposed(found, None)
    assert len(most) == 10
    assert most[0].after == customers.assess().k
    everybody = np.arange(customers.microdata.rows)
    assert search.exposed(found, everybody) == most, "a sample of everybody finds the same"


def test_somebody_else_is_somebody_else() -> None:
    random = np.random.default_rng(1)
    assert {search.another_person(3, random, 1) for _ in range(50)} == {0, 2}
    assert {search.another_person(2, random) for _ in range(50)} == {0, 1}
    assert search.another_person(1, random, 0) == 0


def test_large_tables_are_asked_about_the_same_sample_each_time() -> None:
    assert search.asked(search.MOST_ASKED) is None
    first, second = search.asked(search.MOST_ASKED + 1), search.asked(search.MOST_ASKED + 1)
    assert first is not None
    assert second is not None
    assert (first == second).all()
    assert np.unique(first).size == first.size


def test_worst_columns_are_those_of_the_release_first(customers: Project) -> None:
    worst = search.worst_columns(customers, None, search.present_rows(customers))
    assert [len(one.before.attributes) for one in (*worst.pairs, *worst.triples)] == [2] * 5 + [3] * 5
    alone = [one.after.unique_records for one in worst.triples]
    assert alone == sorted(alone, reverse=True)
    single = worst.identifying[0].attributes
    assert len(single) == 1
    counts = Counter(cells(customers, single[0]))
    assert worst.identifying[0].unique_records == sum(n == 1 for n in counts.values())
    hidden = next(plan for plan in customers.recipe.attributes if plan.name == "weight")
    assert not hidden.leaves


def test_an_intruder_looks_for_the_same_people_twice(customers: Project) -> None:
    known = facts.knowing([plan.name for plan in customers.recipe.qis])
    found = search.search(customers, known, search.present_rows(customers))
    trial = search.try_intruder(found, 100, 7)
    assert trial.before.certain_right == 100
    assert trial.after.right <= trial.after.people == 100
    assert trial == search.try_intruder(found, 100, 7)
    assert words.trial_table(trial)["Picked the right row"][0] == "100 (100 %)"


def test_more_is_singled_out_as_more_is_known(customers: Project) -> None:
    points = search.curve(customers, [], ["weight", "height"], search.present_rows(customers), None)
    alone = [one.original for _, one in points]
    assert alone == sorted(alone)
    pairs = Counter(zip(cells(customers, "weight"), cells(customers, "height"), strict=True))
    assert alone[-1] == sum(n == 1 for n in pairs.values())
    caption = words.curve_caption(points, ["weight", "height"], 7)
    assert f"to {alone[-1]:,} of 1,000 in your table" in caption
    assert "Choose a column" in words.curve_caption((), [], 7)


def test_presence_says_what_everybody_shares(customers: Project) -> None:
    assert presence.born_elsewhere(customers) == "United Kingdom"
    shared = {one.attribute: one for one in presence.shared_by_all(customers)}
    assert shared["current_country"].records == shared["current_country"].known == 1000
    hidden = "\n".join(words.presence_sentences(tuple(shared.values()), "United Kingdom", hide=True))
    assert "United Kingdom" not in hidden
    assert "Everybody in the file has the same current_country: •••" in hidden


def test_uniform_groups_name_what_they_give_away() -> None:
    table = Microdata.from_columns({"town": ["A"] * 10 + ["B"] * 10, "ill": ["yes"] * 9 + ["no"] * 11}, "t")
    project = Project(table)
    recipe = project.recipe.with_attribute("town", role=Role.QUASI).with_attribute("ill", role=Role.SENSITIVE)
    project.change(recipe.changed(requirements=(), suppression=0.0))
    (one,) = presence.uniform_groups(project)
    assert (one.found.classes, one.found.records, one.found.completely) == (2, 20, 10)
    assert "for 10 people it is certain" in words.uniform_sentence(one)
    assert words.uniform_table((one,), hide=False) == {
        "Column": ["ill", "ill"],
        "Value": ["no", "yes"],
        "How sure": ["certain: all 10", "9 of 10"],
        "Group": ["B", "A"],
    }
    hidden = words.uniform_table((one,), hide=True)
    assert {*hidden["Value"], *hidden["Group"]} == {words.MASK}


def test_three_attackers_in_figures_and_words() -> None:
    """Ten people of A and ten of B, of whom the population has twenty and forty."""
    project = Project(Microdata.from_columns({"town": ["A"] * 10 + ["B"] * 10}, "t"))
    project.change(project.recipe.with_attribute("town", role=Role.QUASI).changed(requirements=()))
    alone = attackers.attackers_table(attackers.risks(project), wider=False)
    assert (alone["Attacker"], alone["Best guess, worst row"]) == (["Prosecutor"], ["1 in 10"])
    assert "Load a table of the population" in attackers.attackers_sentence(project, attackers.risks(project), None)
    sampled = attackers.risks(project, 0.1)
    assert sampled.journalist_highest < sampled.prosecutor_highest
    assert "Estimated from 10 %" in attackers.attackers_sentence(project, sampled, 0.1)
    project.load_population(Microdata.from_columns({"town": ["A"] * 20 + ["B"] * 40}, "everybody"))
    table = attackers.attackers_table(attackers.risks(project), wider=True)
    assert table["Best guess, worst row"] == ["1 in 10", "1 in 20", "–"]
    assert table["Right on average"] == ["10 %", "3.8 %", "3.8 %"]


@pytest.mark.parametrize(
    ("found", "safe", "said"),
    [
        (AttackOnRecord(0, 1, 1, released=True), False, "one row fits Alex: it is Alex's"),
        (AttackOnRecord(0, 1, 3, released=True), False, "one of 3 that fit"),
        (AttackOnRecord(0, 1, 23, released=True), True, "one of 23 that fit"),
        (AttackOnRecord(0, 1, 2, released=False), True, "Alex is not in the release."),
    ],
)
def test_the_answer_is_safe_from_the_policys_k_on(found: AttackOnRecord, safe: bool, said: str) -> None:  # noqa: FBT001
    told = words.answer(found, ["sex", "age"], 5)
    assert told.safe is safe
    assert said in told.headline
    assert "Alex's sex and age finds only Alex's row in your table" in told.detail


def test_the_odds_are_counts() -> None:
    spread = Spread("cigarettes", ("under 400", "400 or more", "missing"), (5, 7, 7), 2)
    assert words.guess(spread) == "400 or more: 7 of 12 known; 7 unknown"
    assert words.guess(spread, hide=True) == "•••: 7 of 12 known; 7 unknown"
    assert words.guess(Spread("x", ("a",), (3,), None)) == "a: certain, all 3"
    assert words.guess(Spread("x", ("a",), (1,), None)) == "a: certain"
    assert words.guess(Spread("x", (), (), None)) == "does not leave"
    assert words.guess(Spread("x", ("missing",), (4,), 0)) == "nothing is known"


def test_another_shape_of_release_is_said() -> None:
    assert not words.form_note(ReleaseForm.MICRODATA)
    assert "rounded frequency tables" in words.form_note(ReleaseForm.TABLES)


def test_people_singled_out_stand_beside_k() -> None:
    (_, _, alone) = words.cards(AttackOnRecord(0, 1, 7, released=True), Precision((), 1000, 964, 12))
    assert alone.value == "12"
    assert "1,000" in alone.meaning
    assert "964" in alone.meaning


def test_methods_are_part_of_what_groups_tell() -> None:
    """Each town alone at the levels; Mondrian joins them by fives, and every five have one answer."""
    table = {"age": [str(20 + i) for i in range(20)], "ill": ["yes"] * 10 + ["no"] * 10}
    project = Project(Microdata.from_columns(table))
    recipe = project.recipe.with_attribute("age", role=Role.QUASI, level=0)
    recipe = recipe.with_attribute("ill", role=Role.SENSITIVE, level=0, treatment=Treatment.RELEASE)
    project.change(recipe.changed(requirements=(KAnonymity(k=5),), suppression=0.0))
    assert attackers.risks(project).prosecutor_highest == 1.0
    assert words.methods_note(project.recipe) == ""
    project.change(project.recipe.changed(methods=(Mondrian(),)))
    assert attackers.risks(project).prosecutor_highest == 1 / project.assess().k
    assert project.assess().k >= 5
    (one,) = presence.uniform_groups(project)
    assert one.found.records == 20
    assert {group.value for group in one.groups} == {"yes", "no"}
    assert "after: Mondrian. A row fits" in words.methods_note(project.recipe)


def test_blanks_are_no_odds() -> None:
    assert words.guess(Spread("ill", ("no", "yes", "missing"), (0, 1, 9), 2)) == "yes: all 1 known; 9 unknown"
    assert words.guess(Spread("ill", ("no", "yes", "missing"), (1, 3, 6), 2)) == "yes: 3 of 4 known; 6 unknown"
    assert words.guess(Spread("ill", ("no", "yes", "missing"), (0, 4, 0), 2)) == "yes: certain, all 4"
    assert words.guess(Spread("ill", ("no", "missing"), (0, 4), 1)) == "nothing is known"


def test_nothing_is_rounded_to_nobody_or_everybody() -> None:
    nearly = Spread("ill", ("no", "yes"), (999, 1), None)
    table = words.learnt_table([search.Learnt(nearly, nearly, nearly)], hide=False, of_people=True)
    assert table["Of anybody"] == ["no: 999 of 1,000"]
    assert "With the release, in rows" in table
    found = attackers.attackers_table(measure(0.9996, 0.37), wider=True)
    assert found["Right on average"][0] == "99.9 %"
    assert found["Best guess, worst row"][:2] == ["nearly certain", "1 in 2.7"]
    assert found["Rows at more than 20 %"][0] == "0.04 %"


def measure(success: float, highest: float) -> RiskMeasures:
    nothing = dict.fromkeys(("pitman", "zayatz", "snb", "dankar", "dankar_model"))
    return RiskMeasures(0.2, success, success, 0.0004, highest, 0.1, 0.0, 0.1, 0.0, no_estimate=(), **nothing)


def test_blank_cells_are_not_everybody() -> None:
    some = presence.Shared("sex", "F", 9, 9, leaves=True, unknown=1)
    said = words.presence_sentences((some,), "France", hide=False)
    assert said[1].startswith("Nobody's country of birth in the file is France")
    assert said[2] == "All 9 whose value is known have the same sex: F."


def test_an_interval_is_never_told_narrower_than_it_is() -> None:
    one = IntruderTrial(2000, 0, 0, 0, 1, 0.4, wilson_interval(1, 2000))
    (told,) = {words.trial_table(search.Trial((), one, one))["95 % interval"][1]}
    low, high = (float(part.split()[0]) / 100 for part in told.split(" to "))
    assert low <= one.interval[0] <= one.interval[1] <= high

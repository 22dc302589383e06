"""k-map and δ-presence against a population table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.assessment import assess
from anonymiser.engine.frequency import FrequencySet, build, roll_up
from anonymiser.errors import InputError
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.privacy import DeltaPresence, KMap, against
from anonymiser.privacy.population import population_sizes, presence
from tests.engine_tables import wide_table

AREAS = Hierarchy.from_levels(
    "area", [["a", "b", "c", "d"], ["ab", "ab", "cd", "cd"], ["*"] * 4], ["exact", "pair", "hidden"], missing=False
)


def people(text: str) -> FrequencySet:
    """One letter a person: where she lives."""
    return build([AREAS], [np.array(["abcd".index(x) for x in text], dtype=np.uint8)])


def by_area(classes: FrequencySet, values: np.ndarray) -> dict[str, float]:
    codes = classes.layout.codes(classes.keys, 0)
    return {AREAS.labels[classes.node[0]][int(c)]: float(v) for c, v in zip(codes, values, strict=True)}


SAMPLE, POPULATION = people("aab"), people("aaaabbbcc")


def test_sizes_in_the_population() -> None:
    assert by_area(SAMPLE, population_sizes(SAMPLE, POPULATION)) == {"a": 4, "b": 3}
    coarse = roll_up(SAMPLE, [1])
    assert by_area(coarse, population_sizes(coarse, POPULATION)) == {"ab": 7}


def test_k_map() -> None:
    (model,) = against([KMap(k=4)], POPULATION)
    assert by_area(SAMPLE, model.passes(SAMPLE)) == {"a": True, "b": False}
    assert model.reached(SAMPLE, None) == 3
    assert model.passes(roll_up(SAMPLE, [1])).all()


def test_a_class_that_the_population_does_not_have_fails() -> None:
    sample = people("ad")
    (model,) = against([KMap(k=1)], POPULATION)
    assert by_area(sample, model.passes(sample)) == {"a": True, "d": False}
    assert by_area(sample, presence(sample, POPULATION)) == {"a": 0.25, "d": 1.0}


def test_delta_presence_from_above() -> None:
    (model,) = against([DeltaPresence(maximum=0.4)], POPULATION)
    assert by_area(SAMPLE, presence(SAMPLE, POPULATION)) == {"a": 0.5, "b": pytest.approx(1 / 3)}
    assert by_area(SAMPLE, model.passes(SAMPLE)) == {"a": False, "b": True}
    assert model.reached(SAMPLE, None) == 0.5


def test_delta_presence_from_below_wants_everybody_represented() -> None:
    """Nobody here lives in c, which tells the people of c that they are not in the table."""
    (model,) = against([DeltaPresence(minimum=0.1, maximum=0.9)], POPULATION)
    assert not model.passes(SAMPLE).any()
    complete = people("aabc")
    assert model.passes(complete).all()
    (narrow,) = against([DeltaPresence(minimum=0.1, maximum=0.4)], POPULATION)
    assert not narrow.passes(complete).any()


def test_an_assessment_binds_the_population() -> None:
    found = assess(SAMPLE, [KMap(k=4)], 0.5, population=POPULATION)
    (result,) = found.requirements
    assert (result.model, result.reached, result.breaking_records) == (KMap(k=4), 4, 1)
    assert found.suppressed == 1


@pytest.mark.parametrize("model", [KMap(k=2), DeltaPresence(maximum=0.5)])
def test_without_a_population_nothing_passes_silently(model: KMap | DeltaPresence) -> None:
    with pytest.raises(InputError, match="needs a population"):
        assess(SAMPLE, [model], 0.0)


def test_another_encoding_is_refused() -> None:
    other = Hierarchy.from_levels("area", [["a", "b"], ["*", "*"]], ["exact", "hidden"], missing=False)
    there = build([other], [np.zeros(3, dtype=np.uint8)])
    with pytest.raises(InputError, match="not encoded like"):
        population_sizes(SAMPLE, there)


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_sizes_are_those_counted_by_hand(data: st.DataObject) -> None:
    letters = st.text(alphabet="abcd", min_size=1, max_size=12)
    sample, population = data.draw(letters), data.draw(letters)
    level = data.draw(st.integers(0, 1))
    classes = roll_up(people(sample), [level])
    group = dict(zip("abcd", AREAS.labels[1] if level else "abcd", strict=True)) if level == 0 else None
    found = by_area(classes, population_sizes(classes, people(population)))
    for label, size in found.items():
        assert size == sum((group[x] if group else "ab" if x in "ab" else "cd") == label for x in population)


def test_keys_of_several_words() -> None:
    table = wide_table(5)
    classes = table.build()
    assert classes.keys.shape[0] > 1
    assert population_sizes(classes, classes).tolist() == classes.counts.tolist()
    half = table.reordered(range(table.rows // 2)).build()
    sizes = population_sizes(half, classes)
    assert np.all(sizes >= half.counts)

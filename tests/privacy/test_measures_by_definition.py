"""Every measure of a sensitive attribute beside its definition in exact fractions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.engine.frequency import FrequencySet, roll_up
from anonymiser.engine.profile import profile_of, recursive_infimum
from anonymiser.privacy import AlphaK
from anonymiser.privacy.base import histogram_of
from anonymiser.privacy.closeness import equal_distance, hierarchical_distance, ordered_distance
from anonymiser.privacy.diversity import (
    distinct_values,
    entropy_diversity,
    known_entropy_diversity,
    known_recursive_infimum,
)
from anonymiser.privacy.likeness import (
    basic_beta,
    delta_disclosure,
    delta_disclosure_present,
    enhanced_beta,
    largest_share,
)
from anonymiser.privacy.measures import measure_sensitive
from tests.engine_tables import BACKENDS, backend_of
from tests.privacy import secrets_by_group as plain
from tests.privacy.secrets_by_group import Secrets, secrets

BY_HISTOGRAM: dict[str, tuple[Callable[..., np.ndarray], Callable[[Counter[int], Counter[int]], object]]] = {
    "distinct": (lambda h: profile_of(h).distinct, lambda c, _: plain.distinct(c)),
    "entropy": (entropy_diversity, lambda c, _: plain.entropy(c)),
    "c, l = 1": (lambda h: recursive_infimum(h, 1), lambda c, _: plain.infimum(c, 1)),
    "c, l = 2": (lambda h: recursive_infimum(h, 2), lambda c, _: plain.infimum(c, 2)),
    "c, l = 3": (lambda h: recursive_infimum(h, 3), lambda c, _: plain.infimum(c, 3)),
    "c, l = 5": (lambda h: recursive_infimum(h, 5), lambda c, _: plain.infimum(c, 5)),
    "equal": (equal_distance, plain.equal),
    "share": (largest_share, lambda c, _: max(plain.shares(c).values())),
    "basic": (basic_beta, plain.gain),
    "enhanced": (enhanced_beta, lambda c, t: math.inf if plain.beyond(c, t) else plain.gain(c, t)),
    "delta": (delta_disclosure, lambda c, t: plain.disclosure(c, t, present=False)),
    "delta present": (delta_disclosure_present, lambda c, t: plain.disclosure(c, t, present=True)),
}


def by_group(classes: FrequencySet, values: np.ndarray) -> dict[int, float]:
    """Value of each group, whatever the order of the classes."""
    codes = classes.layout.codes(classes.keys, 0) if classes.layout.active() else np.zeros(classes.classes)
    labels = classes.hierarchies[0].labels[classes.node[0]]
    return {int(labels[int(code)]): float(value) for code, value in zip(codes, values, strict=True)}


@pytest.mark.parametrize("name", BACKENDS)
@given(table=secrets())
@settings(max_examples=60, deadline=None)
def test_each_class_is_measured_as_defined(name: str, table: Secrets) -> None:
    with backend_of(name):
        classes = table.build()
        histogram = histogram_of(classes, "s")
        everybody = table.everybody
        for what, (measure, definition) in BY_HISTOGRAM.items():
            found = by_group(classes, measure(histogram))
            for group, counts in table.groups.items():
                expected = float(definition(counts, everybody))
                assert found[group] == pytest.approx(expected, rel=1e-12, abs=1e-12), (what, group)


@pytest.mark.parametrize("name", BACKENDS)
@given(table=secrets())
@settings(max_examples=60, deadline=None)
def test_distances_along_an_order_and_a_tree(name: str, table: Secrets) -> None:
    with backend_of(name):
        classes = table.build()
        along, tree = ordered_distance(classes, "s"), hierarchical_distance(classes, "s")
        assert along is not None
        assert tree is not None
        for group, counts in table.groups.items():
            expected = float(plain.ordered(counts, table.everybody))
            assert by_group(classes, along)[group] == pytest.approx(expected, rel=1e-12, abs=1e-12)
            expected = float(plain.hierarchical(counts, table.everybody, table))
            assert by_group(classes, tree)[group] == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", BACKENDS)
def test_an_order_of_many_values_is_walked_in_jumps(name: str) -> None:
    rng = np.random.default_rng(3)
    records = tuple((int(g), int(v)) for g, v in zip(rng.integers(0, 40, 300), rng.integers(0, 200, 300), strict=True))
    table = Secrets(records, 200)
    with backend_of(name):
        classes = table.build()
        found = by_group(classes, ordered_distance(classes, "s"))
    for group, counts in table.groups.items():
        assert found[group] == pytest.approx(float(plain.ordered(counts, table.everybody)), rel=1e-12, abs=1e-12)


@given(table=secrets(), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_neither_the_order_of_records_nor_the_names_of_values_matter(table: Secrets, seed: int) -> None:
    rng = np.random.default_rng(seed)
    here = table.build()
    shuffled = table.build(order=rng.permutation(len(table.records)).tolist())
    renamed = table.build(rename=rng.permutation(table.values).tolist())
    for what, (measure, _) in BY_HISTOGRAM.items():
        expected = by_group(here, measure(histogram_of(here, "s")))
        for other in (shuffled, renamed):
            found = by_group(other, measure(histogram_of(other, "s")))
            assert found == pytest.approx(expected, rel=1e-12, abs=1e-12), what
    for distance in (ordered_distance, hierarchical_distance):
        expected = by_group(here, distance(here, "s"))
        assert by_group(shuffled, distance(shuffled, "s")) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(table=secrets())
@settings(max_examples=60, deadline=None)
def test_bounds(table: Secrets) -> None:
    classes = table.build()
    histogram = histogram_of(classes, "s")
    equal, along, tree = equal_distance(histogram), ordered_distance(classes, "s"), hierarchical_distance(classes, "s")
    for distance in (equal, along, tree):
        assert np.all(distance >= 0)
        assert np.all(distance <= 1 + 1e-12)
    assert np.all(tree <= equal + 1e-12)
    if not table.has_missing:
        assert np.all(along <= equal + 1e-12)
    assert np.all(entropy_diversity(histogram) <= profile_of(histogram).distinct + 1e-9)
    assert np.all(entropy_diversity(histogram) >= 1 - 1e-9)
    assert np.all(basic_beta(histogram) <= enhanced_beta(histogram))
    assert np.all(delta_disclosure_present(histogram) <= delta_disclosure(histogram))
    assert np.all(known_entropy_diversity(histogram) <= entropy_diversity(histogram))
    assert np.all(known_recursive_infimum(histogram, 2) >= recursive_infimum(histogram, 2))


@given(table=secrets())
@settings(max_examples=60, deadline=None)
def test_rolling_up_never_makes_a_class_worse(table: Secrets) -> None:
    fine = table.build()
    for level in (1, 2):
        coarse = roll_up(fine, [level])
        for measure in (equal_distance, basic_beta, enhanced_beta, delta_disclosure, largest_share):
            assert (
                measure(histogram_of(coarse, "s")).max() <= measure(histogram_of(fine, "s")).max() * (1 + 1e-12) + 1e-12
            )
        for distance in (ordered_distance, hierarchical_distance):
            assert distance(coarse, "s").max() <= distance(fine, "s").max() + 1e-12
        for measure in (entropy_diversity, known_entropy_diversity):
            assert measure(histogram_of(coarse, "s")).min() >= measure(histogram_of(fine, "s")).min() - 1e-9
        for length in (1, 2, 3):
            before, after = (known_recursive_infimum(histogram_of(c, "s"), length).max() for c in (fine, coarse))
            assert after <= before * (1 + 1e-12)
        fewest = distinct_values(coarse, "s", count_missing=False).min()
        assert fewest >= distinct_values(fine, "s", count_missing=False).min()


@given(table=secrets())
@settings(max_examples=25, deadline=None)
def test_the_figure_for_missing_values_is_never_too_kind(table: Secrets) -> None:
    """Along an order it is an upper bound of the earth mover's distance, solved here as a linear program."""
    from scipy.optimize import linprog

    classes = table.build()
    found = by_group(classes, ordered_distance(classes, "s"))
    everybody = table.everybody
    values = sorted(everybody)
    known = [value for value in values if value >= 0]
    place = {value: i for i, value in enumerate(known)}

    def apart(one: int, other: int) -> float:
        if one == other:
            return 0.0
        return 1.0 if -1 in (one, other) else abs(place[one] - place[other]) / max(len(known) - 1, 1)

    cost = np.array([[apart(one, other) for other in values] for one in values])
    size = len(values)
    sums = np.vstack([np.kron(np.eye(size), np.ones(size)), np.kron(np.ones(size), np.eye(size))])
    for group, counts in table.groups.items():
        p = [counts[value] / sum(counts.values()) for value in values]
        q = [everybody[value] / len(table.records) for value in values]
        exact = linprog(cost.ravel(), A_eq=sums, b_eq=[*q, *p]).fun
        assert found[group] >= exact - 1e-9
        if not table.has_missing:
            assert found[group] == pytest.approx(exact, abs=1e-9)


@given(table=secrets())
@settings(max_examples=30, deadline=None)
def test_the_record_of_measures_holds_the_worst_class(table: Secrets) -> None:
    classes = table.build()
    histogram = histogram_of(classes, "s")
    (found,) = measure_sensitive(classes, None)
    assert found.distinct_l == distinct_values(classes, "s", count_missing=True).min()
    assert found.entropy_l == entropy_diversity(histogram).min()
    assert found.t_closeness == equal_distance(histogram).max()
    assert found.t_ordered == ordered_distance(classes, "s").max()
    assert found.t_hierarchical == hierarchical_distance(classes, "s").max()
    assert found.alpha == largest_share(histogram).max()
    assert dict(found.recursive_c) == {l: recursive_infimum(histogram, l).max() for l in (2, 3, 4)}  # noqa: E741
    assert found.basic_beta == basic_beta(histogram).max()
    assert found.enhanced_beta == enhanced_beta(histogram).max()
    assert found.delta_disclosure == delta_disclosure(histogram).max()
    only_first = np.arange(classes.classes) == 0
    (first,) = measure_sensitive(classes, only_first)
    assert first.alpha == largest_share(histogram)[0]
    assert measure_sensitive(classes, np.zeros(classes.classes, dtype=np.bool_)) == ()


@given(table=secrets(), alpha=st.sampled_from([0.2, 0.5, 0.8]), chosen=st.booleans())
@settings(deadline=None)
def test_alpha_is_never_kinder_than_either_reading(table: Secrets, alpha: float, *, chosen: bool) -> None:
    classes = table.build()
    model = AlphaK(attribute="s", alpha=alpha, values=("0",) if chosen else ())
    worst = []
    for counts in table.groups.values():
        values = [0] if chosen else list(counts)
        whole = max(counts[value] for value in values) / sum(counts.values())
        known = sum(n for value, n in counts.items() if value >= 0)
        asked = max((counts[value] for value in values if value >= 0), default=0)
        worst.append(max(whole, asked / known if known else 0.0))
    assert model.reached(classes, None) == pytest.approx(max(worst))
    assert sorted(model.passes(classes).tolist()) == sorted(share <= alpha + 1e-9 for share in worst)

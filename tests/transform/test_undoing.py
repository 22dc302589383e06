"""Everything that leaves, and every parameter, in an attacker's hands: nothing random can be undone with it.

The attacker is given more than she would have: the whole original table, so that a right guess of the seed shows
itself at once. Each test has a positive control: with the right key the same attack succeeds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from importlib import import_module

import numpy as np
import pytest

from anonymiser.methods import (
    METHODS,
    MethodSpec,
    Microaggregation,
    Noise,
    Pram,
    RankSwapping,
    Rounding,
    Sampling,
)
from anonymiser.release.keys import OwnerKeys
from anonymiser.risk.perturbed import perturbed_risk
from anonymiser.transform.base import silent
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.number_columns import values_of
from anonymiser.transform.randomised import retention_matrix
from anonymiser.transform.randomness import generators_from, step_key
from anonymiser.transform.run import REGISTRY, Transformed, released, step_name, transform
from tests.transform.perturbing import recipe_for, run, same, small400, texts

OWNER = OwnerKeys.fresh()
RELEASE_ID, RECIPIENT, DATE = "2026-11-22-ab12cd", "University of Wessex", "2026-11-22"
RANDOM: tuple[MethodSpec, ...] = (
    Noise(names=("income", "age"), size=0.5),
    Noise(names=("income",), size=0.5, distribution="laplace"),
    Noise(names=("income", "hours"), correlated=True, keep_spread=True),
    RankSwapping(names=("income",), share=0.1),
    Pram(names=("disease",), keep=0.7),
    Pram(names=("disease",), invariant=True),
    Rounding(names=("income",), base=500, at_random=True),
    Sampling(share=0.5),
)


def make(spec: MethodSpec, generators: Callable[[str], np.random.Generator]) -> Transformed:
    recipe = recipe_for(["sex", "age10"], ["age", "income", "hours", "disease"], spec)
    return transform(EncodedTable(small400()), recipe, (), generators)


def of_release(owner: OwnerKeys, release_id: str = RELEASE_ID, recipient: str = RECIPIENT):  # noqa: ANN201
    return generators_from(owner.for_release(release_id, recipient).step)


def guesses(spec: MethodSpec, leaving: str) -> Iterator[Callable[[str], np.random.Generator]]:
    """Generators that somebody without the key could think of."""
    for seed in range(150):
        yield lambda _step, seed=seed: np.random.default_rng(seed)
        yield lambda _step, seed=seed: np.random.Generator(np.random.Philox(key=seed))
    public = [RELEASE_ID, RECIPIENT, DATE, spec.method, step_name(0, spec), spec.model_dump_json(), leaving, ""]
    public += [f"{RELEASE_ID}/{RECIPIENT}", f"halftone/1{RELEASE_ID}", OWNER.fingerprint]
    for text in public:
        digest = hashlib.sha256(text.encode()).digest()
        yield generators_from(step_key(text.encode()[:64]))
        yield generators_from(step_key(digest))
        yield generators_from(lambda _step, digest=digest: digest)
        yield lambda _step, digest=digest: np.random.default_rng(int.from_bytes(digest, "big"))
    for number in (20261122, 20262211, 1795305600, 400):
        yield lambda _step, number=number: np.random.default_rng(number)
    yield of_release(OwnerKeys(bytes(32), OWNER.signing))


@pytest.mark.parametrize("spec", RANDOM, ids=lambda spec: spec.sentence()[:40])
def test_no_guessed_seed_makes_the_release_again_and_the_key_does(spec: MethodSpec) -> None:
    real = make(spec, of_release(OWNER))
    leaving = " ".join(real.draft.record[0].sentences)
    apply = import_module(f"anonymiser.transform.{REGISTRY[spec.method]}").apply
    step = step_name(0, spec)

    def again(generators: Callable[[str], np.random.Generator]) -> bool:
        made = apply(real.start.draft, spec, (), generators(step), silent)
        return np.array_equal(made.source_rows, real.draft.source_rows) and all(
            one.labels == other.labels and np.array_equal(one.codes, other.codes)
            for one, other in zip(made.columns, real.draft.columns, strict=True)
        )

    assert not any(again(guess) for guess in guesses(spec, leaving))
    assert again(of_release(OWNER))
    assert same(make(spec, of_release(OWNER)), real)


@pytest.mark.parametrize("spec", RANDOM, ids=lambda spec: spec.sentence()[:40])
def test_another_release_recipient_or_owner_draws_otherwise(spec: MethodSpec) -> None:
    real = make(spec, of_release(OWNER))
    assert not same(make(spec, of_release(OWNER, release_id="2026-11-22-ab12ce")), real)
    assert not same(make(spec, of_release(OWNER, recipient="University of Essex")), real)
    assert not same(make(spec, of_release(OwnerKeys.fresh())), real)


def test_the_same_method_twice_draws_otherwise_each_time() -> None:
    """Else the second noise would undo, or double, the first."""
    spec = Noise(names=("income",), size=0.5, decimals=6)
    recipe = recipe_for(["sex"], ["income"], spec, spec)
    steps = of_release(OWNER)
    twice = transform(EncodedTable(small400()), recipe, (), steps)
    first, second = (steps(step_name(place, spec)).standard_normal(50) for place in (0, 1))
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.9
    once = transform(EncodedTable(small400()), recipe.changed(methods=(spec,)), (), steps)
    assert texts(twice.draft.column("income")) != texts(once.draft.column("income"))


@pytest.mark.parametrize("spec", RANDOM, ids=lambda spec: spec.sentence()[:40])
def test_what_leaves_holds_no_seed_and_no_key(spec: MethodSpec) -> None:
    recipe = recipe_for(["sex", "age10"], ["age", "income", "hours", "disease"], spec)
    leaving = released(make(spec, of_release(OWNER)).draft, recipe)
    words = [*leaving.done, *(column.method for column in leaving.columns), *(table.title for table in leaving.extra)]
    text = " ".join(words) + recipe.to_json()
    secret = OWNER.for_release(RELEASE_ID, RECIPIENT).step(step_name(0, spec))
    for key in (secret, OWNER.master):
        assert key.hex() not in text
        for number in (int.from_bytes(key[:16], "little"), int.from_bytes(key[16:], "little")):
            assert str(number) not in text
    assert not re.search(r"seed|random_state|\d{9}", text)


def test_no_method_takes_a_seed() -> None:
    for method in METHODS:
        assert not any("seed" in name or "state" in name for name in method.model_fields)


def test_with_all_parameters_known_no_more_people_are_found_than_was_measured() -> None:
    """The best guess under known Gaussian noise is the nearest record after shrinking towards the mean."""
    names = ("age", "income", "hours")
    for size in (0.3, 1.0):
        found = run(small400(), recipe_for(names, [], Noise(names=names, size=size)))
        measured = perturbed_risk(found.start, found.draft).linkage
        assert measured is not None
        true = np.column_stack([values_of(c) for c in found.start.draft.qis])
        shown = np.column_stack([values_of(c) for c in found.draft.qis])
        spread, mean = true.std(axis=0), shown.mean(axis=0)
        best = mean + (shown - mean) / (1 + size**2)
        apart = ((true[:, None, :] - best[None, :, :]) / spread) ** 2
        right = int((apart.sum(axis=2).argmin(axis=1) == np.arange(400)).sum())
        assert right <= measured.linked + 3 * np.sqrt(measured.linked + 1)


def test_who_knows_the_matrix_of_pram_is_right_as_often_as_it_says() -> None:
    """The likeliest true value given the released one: right in about the share that Bayes' rule foretells."""
    found = run(small400(), recipe_for(["sex"], ["disease"], Pram(names=("disease",), keep=0.5)))
    true, shown = (np.array(texts(draft.column("disease"))) for draft in (found.start.draft, found.draft))
    values, counts = np.unique(true, return_counts=True)
    joint = counts[:, None] / 400 * retention_matrix(values.size, 0.5)
    guess = dict(zip(values, values[joint.argmax(axis=0)], strict=True))
    right = np.mean([guess[s] == t for s, t in zip(shown, true, strict=True)])
    foretold = joint.max(axis=0).sum()
    assert abs(right - foretold) < 5 * np.sqrt(foretold * (1 - foretold) / 400)


def test_swapping_again_with_another_key_brings_nobody_back() -> None:
    spec = RankSwapping(names=("income",), share=0.2)
    real = make(spec, of_release(OWNER))
    true, shown = (values_of(draft.column("income")) for draft in (real.start.draft, real.draft))
    ranks = np.argsort(np.argsort(shown, kind="stable"))
    from anonymiser.transform.swapped import swap_ranks

    back = [(shown[swap_ranks(ranks, 0.2, np.random.default_rng(seed))] == true).mean() for seed in range(100)]
    assert max(back) < 0.1
    steps = of_release(OWNER)
    own = swap_ranks(true, 0.2, steps(step_name(0, spec)))
    assert (shown[own] == true).all()


def test_means_of_groups_give_no_member_away() -> None:
    """Microaggregation draws nothing: what protects is that k people share the mean, even of one odd group."""
    table = small400()
    found = run(table, recipe_for(["age", "income", "hours"], [], Microaggregation(names=("age", "income"), k=5)))
    for name in ("age", "income"):
        column = found.draft.column(name)
        assert column is not None
        assert np.bincount(column.codes, minlength=len(column.labels)).min() >= 5

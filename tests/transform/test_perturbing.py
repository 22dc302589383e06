"""Methods on numbers, categories and cells, run on a table as a recipe runs them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.errors import AnonymiserError, InputError, RecipeError
from anonymiser.methods import (
    LocalSuppression,
    Masking,
    MethodSpec,
    Microaggregation,
    Noise,
    Pram,
    RankSwapping,
    Rounding,
    Sampling,
    TopBottomCoding,
)
from anonymiser.microdata import Microdata
from anonymiser.recipe import Treatment
from anonymiser.transform.base import DraftColumn
from anonymiser.transform.microaggregate import lost_share
from anonymiser.transform.number_columns import values_of
from anonymiser.transform.run import Transformed, released
from tests.transform.perturbing import recipe_for, run, small400, texts

NUMBERS = ("age", "income", "hours")


def class_sizes(found: Transformed) -> Counter[tuple[str, ...]]:
    """Groups as a recipient counts them, in plain Python."""
    kept = np.flatnonzero(~found.draft.suppressed) if found.draft.suppressed is not None else range(found.draft.rows)
    columns = [texts(column) for column in found.draft.qis]
    return Counter(tuple(column[row] for column in columns) for row in kept)


def column(found: Transformed, name: str) -> DraftColumn:
    made = found.draft.column(name)
    assert made is not None
    return made


@pytest.mark.parametrize("k", [3, 5])
def test_microaggregated_quasi_identifiers_reach_k_and_lose_what_sdcmicro_loses(k: int) -> None:
    method = Microaggregation(names=NUMBERS, k=k, decimals=9)
    found = run(small400(), recipe_for(NUMBERS, ["disease"], method, k=k))
    assert found.assessment.met
    assert found.assessment.k == k == min(class_sizes(found).values())
    assert found.draft.partition is not None
    assert np.unique(found.draft.partition).size == found.assessment.classes
    before = np.column_stack([values_of(c) for c in found.start.draft.qis])
    after = np.column_stack([values_of(c) for c in found.draft.qis])
    assert 100 * lost_share(before, after) == pytest.approx({3: 3.675329082123, 5: 6.876955508087}[k], rel=1e-6)
    assert 0 < found.assessment.gcp < 1
    assert 0 < found.assessment.loss < 1


def test_groups_stay_within_the_classes_of_the_other_quasi_identifiers() -> None:
    method = Microaggregation(names=("age",), k=5, algorithm="optimal")
    found = run(small400(), recipe_for(["age", "sex", "zip3"], [], method, k=5, suppression=0.2))
    assert found.assessment.met
    assert min(class_sizes(found).values()) >= 5
    apart = run(small400(), recipe_for(["age", "sex", "zip3"], [], method.model_copy(update={"within_classes": False})))
    assert apart.assessment.k < 5


def test_people_who_lack_a_number_are_grouped_with_their_like_or_emptied() -> None:
    table = Microdata.from_columns(
        {"age": ["30", "31", "32", "33", "", "", "40"], "pay": ["1", "2", "3", "4", "5", "9", ""]}
    )
    found = run(
        table, recipe_for(["age", "pay"], [], Microaggregation(names=("age", "pay"), k=2), k=2, suppression=0.5)
    )
    ages, pays = texts(found.draft.qis[0]), texts(found.draft.qis[1])
    assert ages[4:] == ["", "", ""]
    assert pays[4:] == ["7", "7", ""]
    assert dict(found.draft.record[0].changed)["cells of 'age' emptied"] == 1
    assert found.assessment.suppressed == 1


def test_noise_leaves_whole_numbers_whole_in_bounds_and_missing_where_they_were() -> None:
    table = Microdata.from_columns({"age": [*map(str, range(18, 90)), ""], "job": ["a"] * 73})
    found = run(table, recipe_for(["job"], ["age"], Noise(names=("age",), size=1.0, lowest=18, highest=95)))
    shown = texts(column(found, "age"))
    assert shown[-1] == ""
    assert all(text.isdigit() and 18 <= int(text) <= 95 for text in shown[:-1])
    assert shown[:-1] != table.column("age").values
    assert found.draft.no_k == ""
    assert found.assessment.k == 73


def test_decimals_stay_as_they_are_in_the_source() -> None:
    table = Microdata.from_columns({"pay": ["1.25", "2.5", "3", "9.75"], "job": list("aabb")})
    shown = texts(column(run(table, recipe_for(["job"], ["pay"], Noise(names=("pay",)))), "pay"))
    assert all(len(text.partition(".")[2]) <= 2 for text in shown)
    assert any(len(text.partition(".")[2]) == 2 for text in shown)


@pytest.mark.parametrize(
    "method",
    [
        Noise(names=("age",)),
        RankSwapping(names=("age",)),
        Pram(names=("age",)),
        Rounding(names=("age",), at_random=True),
    ],
)
def test_k_has_no_meaning_where_a_quasi_identifier_changed_at_random(method: MethodSpec) -> None:
    found = run(small400(), recipe_for(["age10", "age", "sex"], [], method, k=3, suppression=1.0))
    assert "k has no meaning" in found.draft.no_k
    assert not found.assessment.met
    assert found.assessment.k <= 1


def test_swapping_keeps_each_column_as_a_whole() -> None:
    found = run(small400(), recipe_for(["sex"], ["income"], RankSwapping(names=("income",), share=0.1)))
    before, after = found.start.draft.column("income"), column(found, "income")
    assert Counter(texts(before)) == Counter(texts(after))
    assert texts(before) != texts(after)
    with pytest.raises(InputError, match="Use post-randomisation"):
        run(small400(), recipe_for(["sex"], [], RankSwapping(names=("sex",))))


@pytest.mark.parametrize("invariant", [False, True])
def test_the_matrix_of_pram_leaves_and_the_estimate_does_not(invariant: bool) -> None:  # noqa: FBT001
    recipe = recipe_for(["sex"], ["disease"], Pram(names=("disease",), keep=0.7, invariant=invariant))
    found = run(small400(), recipe)
    leaving = released(found.draft, recipe)
    (matrix,) = leaving.extra
    rows = {}
    for source, _, probability in matrix.rows:
        rows[source] = rows.get(source, 0.0) + float(probability)
    assert rows == pytest.approx(dict.fromkeys(rows, 1.0))
    assert len(matrix.rows) == len(rows) ** 2
    assert any("multiplying" in sentence for sentence in leaving.done)
    (estimate,) = [table for table in found.draft.extra if not table.released]
    truth = Counter(texts(found.start.draft.column("disease")))
    for value, _, guess, error in estimate.rows:
        assert abs(float(guess) - truth[value]) < 5 * float(error) + 0.1


def test_the_invariant_matrix_follows_from_rounded_counts_only() -> None:
    """One person more or less with a value changes nothing that leaves but her own row."""
    matrices = []
    for rare in (3, 4):
        table = Microdata.from_columns({"job": ["a"] * 101 + ["b"] * 52 + ["c"] * rare, "sex": ["f"] * (153 + rare)})
        found = run(table, recipe_for(["sex"], ["job"], Pram(names=("job",), invariant=True)))
        matrices.append(next(extra for extra in found.draft.extra if extra.released).rows)
    assert matrices[0] == matrices[1]


def test_rounding_coding_and_masking_make_larger_groups() -> None:
    plain = run(small400(), recipe_for(["age", "zip"], []))
    coded = run(
        small400(),
        recipe_for(
            ["age", "zip"],
            [],
            Rounding(names=("age",), base=20),
            TopBottomCoding(names=("age",), highest=60, lowest=20),
            Masking(names=("zip",), characters=3),
        ),
    )
    assert coded.assessment.classes < plain.assessment.classes
    assert coded.assessment.k == min(class_sizes(coded).values())
    assert set(texts(column(coded, "age"))) == {"20 or less", "40", "60 or more"}
    assert all(text.endswith("***") and len(text) == 5 for text in texts(column(coded, "zip")))
    assert 0 < coded.assessment.loss < 1
    share = column(coded, "age").cover.share[:-1]
    assert share.sum() == pytest.approx(1.0)


def test_the_limit_itself_can_stand_where_numbers_were_coded() -> None:
    table = Microdata.from_columns({"age": ["1", "50", "99", ""], "sex": ["f", "f", "m", "m"]})
    method = TopBottomCoding(names=("age",), lowest=18, highest=90, shown="limit")
    found = run(table, recipe_for(["sex"], ["age"], method, Rounding(names=("age",), base=25)))
    assert texts(column(found, "age")) == ["25", "50", "100", ""]


def test_text_is_masked_from_either_end() -> None:
    table = Microdata.from_columns({"code": ["AB12", "C", ""], "sex": ["f", "f", "m"]})
    for side, expected in (("right", ["AB**", "*", ""]), ("left", ["**12", "*", ""])):
        found = run(table, recipe_for(["sex"], ["code"], Masking(names=("code",), side=side, characters=2)))
        assert texts(column(found, "code")) == expected


@pytest.mark.parametrize("k", [3, 5])
def test_local_suppression_reaches_k_with_all_people_kept(k: int) -> None:
    found = run(small400(), recipe_for(["sex", "age10", "zip3"], ["disease"], LocalSuppression(), k=k))
    assert found.assessment.met
    assert found.assessment.suppressed == 0
    assert min(class_sizes(found).values()) >= k
    emptied = sum(texts(c).count("") for c in found.draft.qis)
    told = [number for words, number in found.draft.record[0].changed if words.endswith("emptied")]
    assert emptied == sum(told) > 0
    loose = run(small400(), recipe_for(["sex", "age10", "zip3"], [], LocalSuppression(reading="any"), k=k))
    assert sum(texts(c).count("") for c in loose.draft.qis) < emptied
    assert dict(loose.draft.record[0].changed)["smallest group if an empty cell may be anything"] >= k
    assert not loose.assessment.met


def test_a_sample_has_the_share_asked_for() -> None:
    recipe = recipe_for(["sex"], ["age"], Sampling(share=0.25))
    found = run(small400(), recipe)
    assert found.draft.rows == 100
    assert released(found.draft, recipe).not_drawn == 300


@pytest.mark.parametrize(
    ("method", "message"),
    [
        (Noise(names=("weight",)), "'weight': it does not leave"),
        (Noise(names=("sex",)), "needs numbers"),
        (Rounding(names=("edu",)), "needs numbers"),
        (Microaggregation(names=("age",), k=500), "found no group of 500 people"),
        (Pram(names=("income",)), "Choose a coarser level"),
        (LocalSuppression(), "require k of 2 or more"),
        (LocalSuppression(k=401), "at least 401 records"),
        (LocalSuppression(k=2, important=("weight",)), "'weight'"),
        (TopBottomCoding(names=("disease",), highest=3), "needs numbers"),
    ],
)
def test_bad_input_is_a_clear_sentence(method: MethodSpec, message: str) -> None:
    recipe = recipe_for(["sex", "edu"], ["age", "income", "disease", "weight"])
    recipe = recipe.with_attribute("weight", treatment=Treatment.DROP).changed(methods=(method,))
    with pytest.raises(InputError, match=message):
        run(small400(), recipe)


@pytest.mark.parametrize(
    "text",
    [
        '{"method": "noise", "names": []}',
        '{"method": "noise", "names": ["a", "a"]}',
        '{"method": "noise", "names": ["a"], "seed": 3}',
        '{"method": "noise", "names": ["a"], "lowest": 3, "highest": 3}',
        '{"method": "top_bottom_coding", "names": ["a"]}',
        '{"method": "rank_swapping", "names": ["a"], "share": 0}',
    ],
)
def test_a_recipe_with_bad_parameters_is_refused(text: str) -> None:
    recipe = recipe_for(["sex"], ["age"])
    whole = recipe.to_json().replace('"methods": []', f'"methods": [{text}]')
    assert whole != recipe.to_json()
    with pytest.raises(RecipeError):
        type(recipe).from_json(whole)


METHODS = (
    Microaggregation(names=("x", "y"), k=3),
    Microaggregation(names=("x",), k=2, algorithm="ranking", within_classes=False),
    Microaggregation(names=("x", "y"), k=2, algorithm="projection"),
    Noise(names=("x", "y"), correlated=True, keep_spread=True),
    Noise(names=("y",), distribution="laplace", lowest=0),
    RankSwapping(names=("x", "y"), share=0.3),
    Pram(names=("x", "c"), invariant=True),
    Rounding(names=("x",), base=2),
    TopBottomCoding(names=("x", "y"), highest=2),
    Masking(names=("c", "x"), characters=1),
    LocalSuppression(k=3),
    LocalSuppression(k=2, reading="any"),
    Sampling(share=0.7),
)
CELLS = st.tuples(
    st.sampled_from(["", "0", "1", "2", "3", "10"]), st.sampled_from(["", "0", "5"]), st.sampled_from(["", "u", "v"])
)


@given(rows=st.lists(CELLS, min_size=1, max_size=30), method=st.sampled_from(METHODS), k=st.integers(1, 3))
@settings(max_examples=150, deadline=None)
def test_any_table(rows: list[tuple[str, str, str]], method: MethodSpec, k: int) -> None:
    """Missing values, constants, ties, one record: counted afresh it is what was said, or one clear sentence."""
    x, y, c = zip(*rows, strict=True)
    table = Microdata.from_columns({"x": x, "y": y, "c": c})
    recipe = recipe_for(["x", "c"], ["y"], method, k=k, suppression=0.4)
    try:
        found = run(table, recipe)
    except AnonymiserError as error:
        assert str(error).endswith(".")  # noqa: PT017 - an error is one of two right answers
        return
    assert found.draft.rows <= len(rows)
    sizes = class_sizes(found)
    if found.draft.no_k:
        assert found.assessment.k <= 1
    else:
        assert found.assessment.k == min(sizes.values(), default=0)
        assert not found.assessment.met or not sizes or min(sizes.values()) >= k
    if isinstance(method, LocalSuppression) and method.reading == "own" and method.k and method.k >= k:
        assert found.assessment.met
    for made in found.draft.columns:
        assert made.codes.max(initial=0) <= len(made.labels)
        assert made.cover.share.size == len(made.labels) + 1
        assert np.isfinite(made.cover.share).all()
        assert ((made.cover.penalty >= 0) & (made.cover.penalty <= 1)).all()
        assert len(set(made.labels)) == len(made.labels)
    assert 0 <= found.assessment.loss <= 1

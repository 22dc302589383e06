"""Each requirement: what passes, what is reached, ties, missing values, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from anonymiser.assessment import assess
from anonymiser.engine.frequency import FrequencySet, SensitiveCodes, build
from anonymiser.errors import ColumnError
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.privacy import (
    AlphaK,
    BetaLikeness,
    DeltaDisclosure,
    Distance,
    DistinctDiversity,
    EntropyDiversity,
    KAnonymity,
    PrivacyModel,
    RecursiveDiversity,
    Requirement,
    TCloseness,
)
from tests.engine_tables import BACKENDS, backend_of
from tests.privacy.secrets_by_group import Secrets

ADAPTER: TypeAdapter[Requirement] = TypeAdapter(Requirement)


@pytest.fixture(params=BACKENDS, autouse=True)
def _both_backends(request: pytest.FixtureRequest) -> object:
    with backend_of(request.param):
        yield


def groups(*each: str) -> Secrets:
    """One string a group, one letter a record: a, b, c … are values, ``-`` is missing."""
    records = tuple((g, -1 if x == "-" else ord(x) - ord("a")) for g, text in enumerate(each) for x in text)
    return Secrets(records, max(secret for _, secret in records) + 1)


def verdict(model: PrivacyModel, *each: str) -> list[bool]:
    """Which groups pass, in their order."""
    return verdict_on(model, groups(*each).build())


def verdict_on(model: PrivacyModel, classes: FrequencySet) -> list[bool]:
    codes = classes.layout.codes(classes.keys, 0) if classes.layout.active() else np.zeros(classes.classes)
    return model.passes(classes)[np.argsort(codes)].tolist()


def reached(model: PrivacyModel, *each: str) -> float | None:
    return model.reached(groups(*each).build(), None)


def test_k_counts_the_smallest_class() -> None:
    assert verdict(KAnonymity(k=3), "abc", "ab") == [True, False]
    assert reached(KAnonymity(k=3), "abc", "ab") == 2


class TestDistinct:
    def test_missing_never_counts_in_a_requirement(self) -> None:
        assert verdict(DistinctDiversity(attribute="s", l=2), "ab", "a-", "--") == [True, False, False]
        assert reached(DistinctDiversity(attribute="s", l=2), "ab", "a-", "--") == 0

    def test_missing_is_a_value_of_the_measure(self) -> None:
        (found,) = assess(groups("ab", "a-").build(), [], 0.0).sensitive
        assert found.distinct_l == 2


class TestEntropy:
    def test_a_tie_is_met(self) -> None:
        """ARX's floating expression denies l = 3 to three values of two records each; pycanon floors it to 2."""
        model = EntropyDiversity(attribute="s", l=3)
        assert verdict(model, "aabbcc", "abc", "aabc") == [True, True, False]
        assert reached(model, "aabbcc") == pytest.approx(3, abs=1e-12)

    def test_it_is_a_real_number(self) -> None:
        assert reached(EntropyDiversity(attribute="s", l=2), "aaab") == pytest.approx(1.7547653506033, rel=1e-12)

    def test_blanks_make_no_class_safer(self) -> None:
        model = EntropyDiversity(attribute="s", l=2)
        assert verdict(model, "ab", "a-", "--", "ab--------") == [True, False, False, False]
        assert reached(model, "--", "ab") == 0


class TestRecursive:
    def test_the_inequality_is_strict(self) -> None:
        """r1 = 3, r2 + r3 = 2: c has to be above 1.5."""
        assert verdict(RecursiveDiversity(attribute="s", c=1.5, l=2), "aaabc") == [False]
        assert verdict(RecursiveDiversity(attribute="s", c=1.6, l=2), "aaabc") == [True]
        assert reached(RecursiveDiversity(attribute="s", c=1.6, l=2), "aaabc") == 1.5

    def test_a_tie_that_rounding_hides_fails(self) -> None:
        """1.1 · 10 is 11.000000000000002 in floating point."""
        assert verdict(RecursiveDiversity(attribute="s", c=1.1, l=2), "a" * 11 + "b" * 10) == [False]

    def test_fewer_than_l_values_fail_for_every_c(self) -> None:
        model = RecursiveDiversity(attribute="s", c=1e9, l=3)
        assert verdict(model, "ab", "abc") == [False, True]
        assert reached(model, "ab", "abc") == math.inf

    def test_it_looks_at_the_commonest_value(self) -> None:
        """pycanon takes the least frequent one and would let this class pass."""
        assert verdict(RecursiveDiversity(attribute="s", c=2, l=2), "a" * 20 + "b") == [False]

    def test_blanks_make_no_class_safer(self) -> None:
        model = RecursiveDiversity(attribute="s", c=2, l=2)
        assert verdict(model, "aab--", "aabb", "aa-", "--") == [False, True, False, False]


class TestCloseness:
    def test_a_tie_is_met(self) -> None:
        assert reached(TCloseness(attribute="s", t=0.5), "aa", "bb") == 0.5
        assert verdict(TCloseness(attribute="s", t=0.5), "aa", "bb") == [True, True]
        assert verdict(TCloseness(attribute="s", t=0.499), "aa", "bb") == [False, False]

    @pytest.mark.parametrize("distance", Distance)
    def test_one_value_is_as_close_as_can_be(self, distance: Distance) -> None:
        assert reached(TCloseness(attribute="s", t=0.0, distance=distance), "aaa", "a") == 0
        assert verdict(TCloseness(attribute="s", t=0.0, distance=distance), "aaa", "a") == [True, True]

    def test_the_whole_table_counts_suppressed_records_too(self) -> None:
        classes = groups("ab", "a").build()
        found = assess(classes, [KAnonymity(k=2)], 1.0)
        assert found.suppressed == 1
        assert found.sensitive[0].t_closeness == pytest.approx(1 / 6)

    def test_salaries_of_the_paper(self) -> None:
        """Li et al. 2007, section 4.1: {3k, 4k, 5k} of 3k … 11k is 0.375, {6k, 8k, 11k} is 0.167."""
        table = groups("abc", "dfi", "egh")
        classes = table.build()
        found = TCloseness(attribute="s", t=0.2, distance=Distance.ORDERED)
        assert found.reached(classes, None) == pytest.approx(0.375)
        assert verdict_on(found, classes) == [False, True, False]
        assert min(found.distances(classes)) == pytest.approx(1 / 6)

    def test_a_declared_order(self) -> None:
        table = named("lmh", ["low", "medium", "high"], "l h m h l m")
        model = TCloseness(attribute="s", t=0.9, distance="ordered", order=("low", "medium", "high"))
        assert model.reached(table, None) == pytest.approx(0.0)
        with pytest.raises(ColumnError, match="leaves out 1"):
            TCloseness(attribute="s", t=0.9, distance="ordered", order=("low", "high")).passes(table)

    def test_words_without_an_order_are_refused(self) -> None:
        table = named("lmh", ["low", "medium", "high"], "l m h")
        with pytest.raises(ColumnError, match="have no order"):
            TCloseness(attribute="s", t=0.5, distance="ordered").passes(table)

    def test_codes_without_a_hierarchy_are_refused(self) -> None:
        classes = groups("ab").build(rename=[0, 1])
        with pytest.raises(ColumnError, match="no hierarchy"):
            TCloseness(attribute="s", t=0.5, distance="hierarchical").passes(classes)

    def test_a_hierarchy_without_a_common_top_gets_one(self) -> None:
        """Two branches: values of one are half as far apart as values of both."""
        tree = Hierarchy.from_levels("s", [["a", "b", "c"], ["x", "x", "y"]], ["exact", "branch"], missing=False)
        near = with_tree(tree, [0, 1], [0, 1])
        far = with_tree(tree, [0, 1], [0, 2])
        model = TCloseness(attribute="s", t=0.4, distance="hierarchical")
        assert model.reached(near, None) == pytest.approx(0.25)
        assert model.reached(far, None) == pytest.approx(0.5)

    def test_intervals_of_numbers_are_ordered_at_every_level(self) -> None:
        tree = Hierarchy.from_levels(
            "s", [["5", "10", "15", "20"], ["low", "low", "high", "high"]], ["exact", "half"], missing=False
        )
        classes = with_tree(tree, [0, 0, 1, 1], [0, 2, 2, 2], level=1)
        model = TCloseness(attribute="s", t=0.4, distance="ordered")
        assert model.reached(classes, None) == pytest.approx(0.25)


class TestAlpha:
    def test_over_all_values(self) -> None:
        model = AlphaK(attribute="s", alpha=0.5, k=2)
        assert verdict(model, "ab", "aab", "a") == [True, False, False]
        assert reached(model, "ab", "aab") == pytest.approx(2 / 3)

    def test_k_is_asked_for_as_well(self) -> None:
        assert verdict(AlphaK(attribute="s", alpha=1.0, k=2), "ab", "a") == [True, False]

    def test_over_harmful_values_only(self) -> None:
        table = named("yn", ["yes", "no"], "y n n n")
        assert AlphaK(attribute="s", alpha=0.5, values=("yes",)).reached(table, None) == pytest.approx(0.5)
        assert AlphaK(attribute="s", alpha=0.5, values=("yes",)).passes(table).all()
        assert not AlphaK(attribute="s", alpha=0.5).passes(table).all()

    def test_blanks_hide_nobody(self) -> None:
        """Three blanks, one yes: a quarter of the group, and everybody who answered."""
        table = Secrets(((0, 0), (0, -1), (0, -1), (0, -1), (1, 0), (1, 1), (1, 1), (1, 1)), 2).build()
        model = AlphaK(attribute="s", alpha=0.5, values=("0",))
        assert sorted(model.passes(table).tolist()) == [False, True]
        assert model.reached(table, None) == 1.0
        found = assess(table, [], 0.0).sensitive[0]
        assert (found.alpha, found.alpha_known) == (0.75, 1.0)

    def test_a_group_without_answers_tells_no_chosen_one(self) -> None:
        table = Secrets(((0, -1), (0, -1), (1, 0), (1, 1)), 2).build()
        assert AlphaK(attribute="s", alpha=0.5, values=("0",)).passes(table).all()
        assert sorted(AlphaK(attribute="s", alpha=0.5).passes(table).tolist()) == [False, True]

    def test_a_value_that_the_column_does_not_have_is_refused(self) -> None:
        """A misspelt harmful value would otherwise be found nowhere, and every class would pass."""
        table = named("yn", ["yes", "no"], "y n")
        with pytest.raises(ColumnError, match="names 1 value that") as caught:
            AlphaK(attribute="s", alpha=0.5, values=("yess",)).passes(table)
        assert "yess" not in str(caught.value)


class TestLikeness:
    def test_basic_beta(self) -> None:
        model = BetaLikeness(attribute="s", beta=1.0)
        assert reached(model, "ab", "aa", "bb") == pytest.approx(1.0)
        assert verdict(model, "ab", "aa", "bb") == [True, True, True]

    def test_enhanced_beta_may_hold_for_no_beta(self) -> None:
        """q = 1/2, p = 1: the gain 1 is more than −ln ½ = 0.69. pycanon calls it finite."""
        model = BetaLikeness(attribute="s", beta=1e9, enhanced=True)
        assert reached(model, "aa", "bb") == math.inf
        assert verdict(model, "aa", "bb", "ab") == [False, False, True]

    def test_a_constant_attribute_gains_nothing(self) -> None:
        assert reached(BetaLikeness(attribute="s", beta=0.1, enhanced=True), "aaa", "a", "aa") == 0

    def test_delta_is_in_bits_and_strict(self) -> None:
        model = DeltaDisclosure(attribute="s", delta=math.log2(1.5))
        assert reached(model, "aab", "abb") == pytest.approx(math.log2(1.5))
        assert verdict(model, "aab", "abb") == [False, False]
        assert verdict(DeltaDisclosure(attribute="s", delta=0.6), "aab", "abb") == [True, True]

    def test_a_value_absent_from_a_class_is_infinite(self) -> None:
        assert reached(DeltaDisclosure(attribute="s", delta=99.0), "ab", "aa") == math.inf
        (found,) = assess(groups("ab", "aa").build(), [], 0.0).sensitive
        assert found.delta_disclosure == math.inf
        assert found.delta_disclosure_present == pytest.approx(math.log2(2))


class TestEdges:
    MODELS = (
        KAnonymity(k=1),
        DistinctDiversity(attribute="s", l=1),
        EntropyDiversity(attribute="s", l=1),
        RecursiveDiversity(attribute="s", c=2, l=1),
        TCloseness(attribute="s", t=0.0),
        TCloseness(attribute="s", t=0.0, distance="ordered"),
        TCloseness(attribute="s", t=0.0, distance="hierarchical"),
        AlphaK(attribute="s", alpha=1.0),
        BetaLikeness(attribute="s", beta=0.1),
        BetaLikeness(attribute="s", beta=0.1, enhanced=True),
        DeltaDisclosure(attribute="s", delta=0.1),
    )

    def test_one_record(self) -> None:
        found = assess(groups("a").build(), self.MODELS, 0.0)
        assert found.met
        assert [r.reached for r in found.requirements] == [1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0]

    def test_one_class_is_the_table(self) -> None:
        found = assess(groups("abac").build(), self.MODELS[4:], 0.0)
        assert found.met
        assert [r.reached for r in found.requirements] == [0, 0, 0, 0.5, 0, 0, 0]

    def test_unused_categories_change_nothing(self) -> None:
        used = Secrets(((0, 0), (0, 2), (1, 0), (1, 0)), 3)
        wide = Secrets(used.records, 9)
        one, other = (assess(s.build(), [], 0.0).sensitive[0] for s in (used, wide))
        assert one == other

    def test_nothing_released(self) -> None:
        found = assess(groups("a", "b").build(), [KAnonymity(k=2), *self.MODELS], 1.0)
        assert not found.met
        assert found.kept == 0
        assert found.requirements[0].reached == 0
        assert all(r.reached is None for r in found.requirements[2:])

    def test_which_classes_break_it(self) -> None:
        found = assess(groups("abc", "aab", "aa").build(), [DistinctDiversity(attribute="s", l=2)], 0.0)
        (result,) = found.requirements
        assert (result.breaking, result.breaking_records, result.met, result.reached) == (1, 2, False, 1)

    def test_several_attributes_at_once(self) -> None:
        hierarchy = Hierarchy.from_levels("g", [["0", "1"], ["*", "*"]], ["a", "b"], missing=False)
        two = [
            SensitiveCodes("s", np.array([0, 1, 0, 1], dtype=np.uint8), 2),
            SensitiveCodes("u", np.array([0, 0, 0, 1], dtype=np.uint8), 2),
        ]
        classes = build([hierarchy], [np.array([0, 0, 1, 1], dtype=np.uint8)], two, histograms=True)
        models = [DistinctDiversity(attribute="s", l=2), DistinctDiversity(attribute="u", l=2)]
        found = assess(classes, models, 0.0)
        assert [r.met for r in found.requirements] == [True, False]
        assert [m.name for m in found.sensitive] == ["s", "u"]
        assert not found.met

    def test_values_that_were_not_counted_are_a_fault_of_the_caller(self) -> None:
        hierarchy = Hierarchy.from_levels("g", [["0"], ["*"]], ["a", "b"], missing=False)
        codes = SensitiveCodes("s", np.zeros(2, dtype=np.uint8), 1)
        classes = build([hierarchy], [np.zeros(2, dtype=np.uint8)], [codes])
        with pytest.raises(ValueError, match="histograms=True"):
            TCloseness(attribute="s", t=0.5).passes(classes)


class TestRecords:
    def test_every_model_goes_into_json_and_back(self) -> None:
        for model in TestEdges.MODELS:
            assert ADAPTER.validate_json(ADAPTER.dump_json(model)) == model
            assert hash(model) == hash(ADAPTER.validate_json(ADAPTER.dump_json(model)))

    @pytest.mark.parametrize(
        "wrong",
        [
            {"kind": "t_closeness", "attribute": "s", "t": 1.5},
            {"kind": "t_closeness", "attribute": "s", "t": float("nan")},
            {"kind": "recursive_cl", "attribute": "s", "c": 0, "l": 2},
            {"kind": "recursive_cl", "attribute": "s", "c": float("inf"), "l": 2},
            {"kind": "entropy_l", "attribute": "s", "l": float("nan")},
            {"kind": "alpha_k", "attribute": "s", "alpha": 0},
            {"kind": "beta_likeness", "attribute": "s", "beta": float("inf")},
            {"kind": "delta_disclosure", "attribute": "s", "delta": 0},
            {"kind": "delta_presence", "minimum": 0.5, "maximum": 0.2},
            {"kind": "k_map", "k": 0},
            {"kind": "nonsense"},
        ],
    )
    def test_thresholds_that_make_no_sense_are_refused(self, wrong: dict[str, object]) -> None:
        with pytest.raises(ValidationError):
            ADAPTER.validate_python(wrong)


def named(letters: str, labels: list[str], text: str) -> FrequencySet:
    """Two groups of equal size; the secrets are words."""
    hierarchy = Hierarchy.from_levels("s", [labels, ["*"] * len(labels)], ["exact", "hidden"], missing=False)
    secrets = [hierarchy.index[labels[letters.index(x)]] for x in text.split()]
    half = len(secrets) // 2
    return with_tree(hierarchy, [0] * half + [1] * (len(secrets) - half), secrets)


def with_tree(tree: Hierarchy, groups_of: list[int], leaves: list[int], level: int = 0) -> FrequencySet:
    """Records of some groups with leaves of a hierarchy, released at a level."""
    hierarchy = Hierarchy.from_levels("g", [["0", "1"], ["*", "*"]], ["a", "b"], missing=False)
    codes = tree.maps[level][np.array(leaves)].astype(np.uint8)
    secret = SensitiveCodes("s", codes, len(tree.labels[level]), None, hierarchy=tree, level=level)
    return build([hierarchy], [np.array(groups_of, dtype=np.uint8)], [secret], histograms=True)

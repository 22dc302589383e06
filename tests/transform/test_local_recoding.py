"""Local recoding: better than ARX's, to a local optimum, under every requirement."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.errors import InputError
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.methods import LocalRecoding, Mondrian
from anonymiser.privacy import KAnonymity
from anonymiser.transform import local_recoding, mondrian
from anonymiser.transform.base import Draft, silent
from anonymiser.transform.ladders import ladder_of
from tests.transform.adult import EIGHT, SHARED, adult, needs_adult
from tests.transform.drafts import column_of

GENERATOR = np.random.default_rng(0)
VALUES = [f"v{i}" for i in range(6)]
HIERARCHY = Hierarchy.from_levels(
    "v",
    [VALUES, ["a", "a", "b", "b", "c", "c"], ["low", "low", "low", "low", "c", "c"], ["*"] * 6],
    list("0123"),
    missing=True,
)


class TestAdult:
    pytestmark = needs_adult

    @pytest.fixture
    def oracle(self) -> dict[str, list[dict[str, float]]]:
        found: dict[str, list[dict[str, float]]] = {}
        for row in json.loads((SHARED / "oracles" / "arx_adult_local_recoding.json").read_text("utf-8")):
            found.setdefault(row["privacy"], []).append(row)
        return found

    def test_more_is_kept_than_by_arx_at_k_5(self, oracle: dict[str, list[dict[str, float]]]) -> None:
        project = adult(5)
        found = project.assess(project.recipe.changed(methods=(LocalRecoding(),)))
        assert found.met
        assert found.k >= 5
        assert found.suppressed == 0
        for row in oracle["k:5"]:
            assert found.quality is not None
            assert found.quality.granularity_am > row["granularity_am"]
            assert found.quality.nu_entropy_am > row["nuentropy_am"]
            assert found.classes > row["classes"]

    def test_more_is_kept_than_by_arx_with_three_occupations_a_group(
        self, oracle: dict[str, list[dict[str, float]]]
    ) -> None:
        project = adult(5, qi=EIGHT, sensitive="occupation", require=("distinct_l:occupation:3",))
        found = project.assess(project.recipe.changed(methods=(LocalRecoding(),)))
        assert found.met
        assert found.sensitive[0].distinct_l >= 3
        for row in oracle["k:5+dl:3"]:
            assert found.quality is not None
            assert found.quality.granularity_am > row["granularity_am"]
            assert found.quality.nu_entropy_am > row["nuentropy_am"]

    def test_mondrian_keeps_what_was_asked_of_it(self) -> None:
        project = adult(10)
        found = project.assess(project.recipe.changed(methods=(Mondrian(),)))
        assert found.met
        assert found.c_avg <= 1.6
        assert found.gcp <= 0.09


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    rows = draw(st.integers(1, 40))
    values = st.lists(st.sampled_from([*VALUES, None]), min_size=rows, max_size=rows)
    columns = tuple(column_of(name, draw(values), HIERARCHY) for name in ("one", "two")[: draw(st.integers(1, 2))])
    return Draft(np.arange(rows), columns, rows)


@settings(deadline=None)
@given(drafts(), st.integers(1, 6), st.integers(0, 3))
def test_every_label_is_above_its_value_and_no_group_can_be_shown_more_exactly(
    draft: Draft, k: int, rounds: int
) -> None:
    if draft.rows < k:
        with pytest.raises(InputError, match="Ask for smaller groups"):
            local_recoding.apply(draft, LocalRecoding(), (KAnonymity(k=k),), GENERATOR, silent)
        return
    made = local_recoding.apply(draft, LocalRecoding(rounds=rounds), (KAnonymity(k=k),), GENERATOR, silent)
    group = made.partition
    assert group is not None
    assert np.bincount(group).min() >= k
    for before, after in zip(draft.qis, made.qis, strict=True):
        ladder = ladder_of(before)
        for row in range(draft.rows):
            code = int(after.codes[row])
            shown = after.labels[code] if code < len(after.labels) else "missing"
            above = [level[up[before.codes[row]]] for level, up in zip(ladder.labels, ladder.maps, strict=True)]
            assert shown in above
        for number in range(int(group.max()) + 1):
            inside = before.codes[group == number]
            levels = [len(set(up[inside].tolist())) for up in ladder.maps]
            lowest = next(level for level, different in enumerate(levels) if different == 1)
            code = int(after.codes[group == number][0])
            shown = after.labels[code] if code < len(after.labels) else "missing"
            assert shown == ladder.labels[lowest][ladder.maps[lowest][inside[0]]]


def test_a_table_without_a_visible_column_is_one_group() -> None:
    draft = Draft(np.arange(4), (), 4)
    for method in (local_recoding, mondrian):
        spec = LocalRecoding() if method is local_recoding else Mondrian()
        made = method.apply(draft, spec, (KAnonymity(k=2),), GENERATOR, silent)  # type: ignore[arg-type]
        assert made.partition is not None
        assert made.partition.tolist() == [0, 0, 0, 0]

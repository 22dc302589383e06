"""Mondrian: strict parts never overlap, no part could be cut further, spans say exactly what is in a group."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.hierarchies.base import Hierarchy
from anonymiser.transform import mondrian_kernels as kernels
from anonymiser.transform.base import Draft
from anonymiser.transform.spans import scale_of, with_partition
from anonymiser.transform.start import level_cover
from tests.transform.drafts import column_of


@st.composite
def matrices(draw: st.DrawFn) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]]:
    rows, width = draw(st.integers(1, 60)), draw(st.integers(1, 4))
    sizes = draw(st.lists(st.sampled_from([1, 2, 3, 7, 1000]), min_size=width, max_size=width))
    columns = [draw(st.lists(st.integers(0, size - 1), min_size=rows, max_size=rows)) for size in sizes]
    return np.array(columns, dtype=np.uint16).T.copy(), np.array(sizes, dtype=np.int64)


def divided(rows: npt.NDArray[np.uint16], sizes: npt.NDArray[np.int64], k: int, *, relaxed: bool) -> list[list[int]]:
    """Row numbers of each part."""
    moved, index = rows.copy(), np.arange(len(rows), dtype=np.int32)
    begins = np.zeros(len(rows), dtype=np.bool_)
    kernels.divide(moved, index, 0, len(rows), sizes, k, relaxed, int(sizes.max()), begins)
    assert np.array_equal(rows[index], moved)
    assert sorted(index.tolist()) == list(range(len(rows)))
    return [part.tolist() for part in np.split(index, np.flatnonzero(begins)[1:])]


@settings(deadline=None)
@given(matrices(), st.integers(1, 12))
def test_strict_parts_do_not_overlap_and_none_could_be_cut(
    table: tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]], k: int
) -> None:
    rows, sizes = table
    parts = divided(rows, sizes, k, relaxed=False)
    boxes = [(rows[part].min(axis=0), rows[part].max(axis=0)) for part in parts]
    for i, (low, high) in enumerate(boxes):
        for other_low, other_high in boxes[:i]:
            assert ((high < other_low) | (other_high < low)).any()
    for part in parts:
        assert len(part) >= min(k, len(rows))
        for values in rows[part].T:
            for cut in sorted(set(values.tolist()))[:-1]:
                left = int((values <= cut).sum())
                assert min(left, len(part) - left) < k


@settings(deadline=None)
@given(matrices(), st.integers(1, 12))
def test_relaxed_parts_are_cut_as_long_as_anything_differs(
    table: tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]], k: int
) -> None:
    rows, sizes = table
    for part in divided(rows, sizes, k, relaxed=True):
        assert len(part) >= min(k, len(rows))
        assert len(part) < 2 * k or (rows[part] == rows[part[0]]).all()


HIERARCHY = Hierarchy.from_levels(
    "job",
    [["nurse", "doctor", "clerk", "typist", "cook"], ["health", "health", "office", "office", "cook"], ["*"] * 5],
    ["exact", "field", "hidden"],
    missing=True,
)


def draft_of(jobs: list[str | None], ages: list[str]) -> Draft:
    job = column_of("job", jobs, HIERARCHY)
    age = column_of("age", ages)
    return Draft(np.arange(len(jobs)), (job, age), len(jobs))


def test_spans_say_what_is_in_a_group_and_nothing_else() -> None:
    draft = draft_of(
        ["nurse", "doctor", "doctor", "clerk", "typist", None, None, None], ["9", "30", "30", "4", "4", "5", "7", "7"]
    )
    made = with_partition(draft, np.array([0, 0, 1, 1, 2, 2, 3, 3]), level="span", method="Spans.")
    job, age = made.qis
    told = [job.labels[c] if c < len(job.labels) else None for c in job.codes]
    assert told[::2] == ["health", "doctor or clerk", "typist or missing", None]
    assert [age.labels[c] for c in age.codes[::2]] == ["9 to 30", "4 to 30", "4 to 5", "7"]
    assert job.cover.levels[job.codes[::2]].tolist() == [1, -1, -1, 0]
    shares = job.cover.share[job.codes[::2]]
    assert shares == pytest.approx([2 / 5, 2 / 5, 2 / 5, 1 / 5])
    assert age.cover.penalty[age.codes[::2]] == pytest.approx([21 / 26, 1.0, 1 / 26, 0.0])
    assert job.cover.support[job.codes[::2]].tolist() == [3, 3, 4, 3]


def test_a_long_list_becomes_the_lowest_common_label() -> None:
    values = [f"v{i:02}" for i in range(40)]
    groups = ["low" if i < 20 else "high" for i in range(40)]
    wide = Hierarchy.from_levels("v", [values, groups, ["*"] * 40], ["exact", "half", "hidden"], missing=False)
    draft = Draft(np.arange(40), (column_of("v", values, wide),), 40)
    few = with_partition(draft, np.array([0] * 12 + [1] * 14 + [2] * 14), level="", method="").qis[0]
    assert few.labels[few.codes[0]].count(" or ") == 11
    assert few.labels[few.codes[12]] == "*"
    assert few.cover.share[few.codes[12]] == 1.0
    assert level_cover(wide, 1, np.ones(40, dtype=np.int64)).share.tolist() == [0.5, 0.5]


def test_numbers_stand_by_size_whatever_their_order_in_the_file() -> None:
    scale = scale_of(column_of("n", ["10", "9", "100"]))
    assert [scale.column.labels[code] for code in scale.at] == ["9", "10", "100"]

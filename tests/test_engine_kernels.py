"""Each compiled kernel against its NumPy twin, on arrays large enough for every path through it."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from anonymiser.engine import backend, fallback
from anonymiser.engine.backend import Tuples, group
from anonymiser.engine.frequency import FrequencySet, SensitiveCodes, build, roll_up
from anonymiser.engine.summary import ClassSummary, size_histogram, summarise
from anonymiser.hierarchies.base import Hierarchy
from tests.engine_tables import BACKENDS, backend_of

Classes = dict[int, tuple[int, int]]
Large = tuple[list[Hierarchy], list[np.ndarray], list[SensitiveCodes]]

GROUPINGS = {
    # name: rows, distinct keys, bits of a key, bits of a mask, largest count
    "one row": (1, 1, 64, 8, 1),
    "dense": (5_000, 300, 9, 8, 1),
    "dense, many rows": (200_000, 90_000, 17, 0, 3),
    "a cell for each key": (100_000, 60_000, 17, 5, 3),
    "hashed, small": (3_000, 2_900, 64, 64, 1),
    "hashed, in partitions": (200_000, 150_000, 64, 64, 1),
    "packed": (200_000, 150_000, 40, 5, 1),
    "packed, all different": (150_000, 150_000, 40, 0, 7),
    "packed, few classes": (200_000, 12, 40, 20, 3),
    "too wide to pack": (200_000, 1_000, 40, 20, 1 << 20),
}


@pytest.mark.parametrize("wants_class", [False, True])
@pytest.mark.parametrize("case", GROUPINGS)
def test_grouping(case: str, *, wants_class: bool) -> None:
    rows, distinct, key_bits, mask_bits, most = GROUPINGS[case]
    rng = np.random.default_rng(rows + distinct)
    pool = rng.integers(0, 2**key_bits, size=distinct, dtype=np.uint64)
    keys = pool[rng.integers(0, distinct, size=rows)]
    counts = rng.integers(1, most + 1, size=rows).astype(np.int32)
    masks = rng.integers(0, 2**mask_bits, size=rows, dtype=np.uint64) if mask_bits else None
    tuples = Tuples(keys, key_bits, counts, masks, mask_bits)
    found = [_grouped(name, tuples, wants_class=wants_class) for name in BACKENDS]
    assert found[0] == found[1]


@pytest.mark.parametrize("with_masks", [False, True])
@pytest.mark.parametrize(("rows", "leads"), [(150_000, 40), (150_000, 100_000), (9_000, 1), (150_000, 3)])
def test_grouping_keys_with_an_ordered_lead(rows: int, leads: int, *, with_masks: bool) -> None:
    rng = np.random.default_rng(rows + leads)
    lead = np.sort(rng.integers(0, leads, size=rows, dtype=np.uint64))
    keys = (lead << np.uint64(40)) | rng.integers(0, 4, size=rows, dtype=np.uint64)
    counts = rng.integers(1, 4, size=rows).astype(np.int32)
    masks = rng.integers(0, 2**6, size=rows, dtype=np.uint64) if with_masks else None
    tuples = Tuples(keys, 60, counts, masks, 6 if with_masks else 0, (40, 2**20 - 1, leads))
    assert _grouped("kernels", tuples) == _grouped("twins", tuples)
    with backend_of("kernels"):
        result = group(tuples)
    if result.ordered:
        assert np.all(np.diff((result.keys >> np.uint64(40)).astype(np.int64)) >= 0)


@pytest.mark.parametrize("with_masks", [False, True])
@pytest.mark.parametrize(("shift", "leads"), [(0, 3_000), (5, 3_000), (9, 3_000), (5, 1)])
def test_grouping_in_cells_beside_an_ordered_lead(shift: int, leads: int, *, with_masks: bool) -> None:
    rng = np.random.default_rng(shift + leads)
    rows, bits = 60_000, 12
    lead = np.sort(rng.integers(0, leads, size=rows, dtype=np.uint64))
    low = rng.integers(0, 2**shift, size=rows, dtype=np.uint64)
    high = rng.integers(0, 2 ** (9 - shift), size=rows, dtype=np.uint64) << np.uint64(shift + bits)
    counts = rng.integers(1, 4, size=rows).astype(np.int32)
    masks = rng.integers(0, 2**6, size=rows, dtype=np.uint64) if with_masks else None
    keys = high | (lead << np.uint64(shift)) | low
    tuples = Tuples(keys, bits + 9, counts, masks, 6 if with_masks else 0, (shift, 2**bits - 1, leads))
    assert tuples.rest_bits == 9
    assert _grouped("kernels", tuples) == _grouped("twins", tuples)
    with backend_of("kernels"):
        result = group(tuples)
    assert result.ordered
    assert np.all(np.diff(((result.keys >> np.uint64(shift)) & np.uint64(2**bits - 1)).astype(np.int64)) >= 0)


def _grouped(name: str, tuples: Tuples, *, wants_class: bool = False) -> Classes:
    with backend_of(name):
        result = group(tuples, wants_class=wants_class)
    masks = np.zeros(result.keys.size, dtype=np.uint64) if result.masks is None else result.masks
    each = zip(result.keys.tolist(), result.counts.tolist(), masks.tolist(), strict=True)
    classes = {key: (count, mask) for key, count, mask in each}
    assert len(classes) == result.keys.size
    assert (result.class_of is not None) == wants_class
    if result.class_of is not None:
        assert np.array_equal(result.keys[result.class_of], tuples.keys)
    return classes


def test_generalise() -> None:
    kernels = _kernels()
    rng = np.random.default_rng(1)
    shifts, widths = np.array([0, 5, 20], dtype=np.uint64), np.array([31, 1023, 7], dtype=np.uint64)
    offsets = np.array([0, 32, 1056], dtype=np.int64)
    table = rng.integers(0, 2**40, size=1064, dtype=np.uint64)
    keys = rng.integers(0, 2**23, size=5_000, dtype=np.uint64)
    found, expected = np.empty_like(keys), np.empty_like(keys)
    kernels.generalise(keys, shifts, widths, offsets, table, found)
    fallback.generalise(keys, shifts, widths, offsets, table, expected)
    assert np.array_equal(found, expected)


def test_merging_histograms() -> None:
    kernels = _kernels()
    rng = np.random.default_rng(2)
    tuples, classes, cardinality = 4_000, 70, 33
    starts = np.concatenate([[0], np.cumsum(rng.integers(1, 5, size=tuples))]).astype(np.int64)
    values = np.concatenate(
        [rng.choice(cardinality, size=n, replace=False) for n in np.diff(starts)], dtype=np.int32, casting="unsafe"
    )
    counts = rng.integers(1, 9, size=values.size).astype(np.int32)
    class_of = rng.integers(0, classes, size=tuples).astype(np.int32)
    class_of[:classes] = np.arange(classes)
    results = []
    for merge in (kernels.merge_histograms, fallback.merge_histograms):
        out = np.empty(classes + 1, np.int64), np.empty(values.size, np.int32), np.empty(values.size, np.int32)
        written = merge(class_of, classes, starts, values, counts, cardinality, *out)
        parts = [slice(*pair) for pair in zip(out[0], out[0][1:], strict=False)]
        results.append((written, [dict(zip(out[1][p].tolist(), out[2][p].tolist(), strict=True)) for p in parts]))
    assert results[0] == results[1]
    assert sum(sum(histogram.values()) for histogram in results[0][1]) == counts.sum()


@pytest.fixture(scope="module")
def large() -> Large:
    """Enough distinct tuples to be sorted by their widest attribute."""
    rng = np.random.default_rng(3)
    rows = 200_000
    hierarchies = [_tenths(f"q{j}", size) for j, size in enumerate((30_000, 50, 9, 2))]
    leaves = [rng.integers(0, h.size, size=rows).astype(np.uint32) for h in hierarchies]
    return hierarchies, leaves, [SensitiveCodes("s", rng.integers(0, 12, size=rows).astype(np.uint8), 12, 11)]


def _tenths(name: str, size: int) -> Hierarchy:
    levels = [[f"{v // 10**step}" for v in range(size)] for step in range(3)] + [["*"] * size]
    return Hierarchy.from_levels(name, levels, [f"level {i}" for i in range(4)], missing=False)


@pytest.mark.parametrize("with_sensitive", [False, True])
@pytest.mark.parametrize(
    "way", [((1, 0, 0, 0), (1, 1, 0, 0), (2, 3, 0, 1)), ((0, 1, 1, 0), (3, 1, 1, 0), (3, 3, 3, 3))]
)
def test_a_way_up_a_large_lattice(large: Large, way: tuple[tuple[int, ...], ...], *, with_sensitive: bool) -> None:
    hierarchies, leaves, sensitive = large
    secret = sensitive if with_sensitive else []
    with backend_of("kernels"):
        rolled = build(hierarchies, leaves, secret)
        assert rolled.lead is not None
        for node in way:
            rolled = roll_up(rolled, node)
            direct = build(hierarchies, leaves, secret, node=node)
            with backend_of("twins"):
                plain = build(hierarchies, leaves, secret, node=node)
            assert _sorted(rolled) == _sorted(direct) == _sorted(plain)
            assert _sums(rolled) == _sums(plain)


def _sums(classes: FrequencySet) -> list[ClassSummary | list[list[int]]]:
    result = []
    for name in BACKENDS:
        with backend_of(name):
            for kept in (classes.counts >= 3, classes.counts >= 10**6, classes.counts >= 1):
                found = summarise(classes, kept, 3)
                result.append([list(vars(found).values())[:-1], found.sizes.tolist()])
    assert result[:3] == result[3:]
    return result


def _sorted(classes: FrequencySet) -> tuple[list[int], list[int], list[int]]:
    order = np.argsort(classes.keys[0])
    masks = np.zeros(0, np.uint64) if classes.masks is None else classes.masks[order]
    return classes.keys[0][order].tolist(), classes.counts[order].tolist(), masks.tolist()


@pytest.mark.parametrize("name", BACKENDS)
def test_sizes_beyond_the_small_ones_are_counted(name: str) -> None:
    counts = np.array([1, 1, 255, 256, 257, 257, 100_000], dtype=np.int32)
    leaf = np.repeat(np.arange(counts.size, dtype=np.uint8), counts)
    values = [f"v{i}" for i in range(counts.size)]
    hierarchy = Hierarchy.from_levels("q", [values, ["*"] * counts.size], ["exact", "hidden"], missing=False)
    with backend_of(name):
        classes = build([hierarchy], [leaf])
        found = summarise(classes, classes.counts > 0, 256)
    assert found.sizes.tolist() == [[1, 2], [255, 1], [256, 1], [257, 2], [100_000, 1]]
    assert found.sizes.tolist() == size_histogram(counts).tolist()
    assert found.sum_squares == int((counts.astype(object) ** 2).sum())
    assert found.below_target == 257
    assert found.uniques == 2


def _kernels() -> ModuleType:
    with backend_of("kernels"):
        kernels = backend.kernels_or_none()
    assert kernels is not None
    return kernels

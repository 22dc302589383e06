"""Random tables with their hierarchies, and every measure of them in plain Python, from the definitions alone.

Nothing here uses the engine's codes: a label is told apart by the path from it to the top.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from anonymiser.engine import backend
from anonymiser.engine.frequency import FrequencySet, SensitiveCodes, build
from anonymiser.hierarchies.base import Hierarchy

BACKENDS = ("kernels", "twins")


@contextmanager
def backend_of(name: str) -> Iterator[None]:
    """Let the compiled kernels or their NumPy twins answer."""
    warm = backend.is_warm()
    backend.warm() if name == "kernels" else backend.use_fallback()
    try:
        yield
    finally:
        backend.warm() if warm else backend.use_fallback()


@dataclass(frozen=True)
class Attribute:
    """A quasi-identifier: ``levels[level][value]``; the code ``len(levels[0])`` of a record is a missing value."""

    name: str
    levels: tuple[tuple[str, ...], ...]

    @property
    def size(self) -> int:
        return len(self.levels[0])

    @property
    def top(self) -> int:
        return len(self.levels) - 1

    def path(self, value: int, level: int) -> tuple[str, ...]:
        """What tells a label apart: itself and all above it."""
        if value < self.size:
            return tuple(labels[value] for labels in self.levels[level:])
        if level == self.top and set(self.levels[level]) == {"*"}:
            return ("*",)
        return ("missing",)

    def leaves_below(self, value: int, level: int) -> int:
        path = self.path(value, level)
        if path == ("missing",):
            return 1
        return sum(self.path(other, level) == path for other in range(self.size))

    def hierarchy(self, codes: Sequence[int]) -> Hierarchy:
        names = [f"level {i}" for i in range(len(self.levels))]
        return Hierarchy.from_levels(self.name, self.levels, names, missing=self.size in codes)


@dataclass(frozen=True)
class Table:
    """Records as value numbers, one tuple a quasi-identifier, and sensitive values."""

    attributes: tuple[Attribute, ...]
    codes: tuple[tuple[int, ...], ...]
    sensitive: tuple[tuple[int, ...], ...]
    cardinalities: tuple[int, ...]
    missing: tuple[int | None, ...]

    @property
    def rows(self) -> int:
        return len(self.codes[0])

    def sensitive_codes(self) -> tuple[SensitiveCodes, ...]:
        each = zip(self.sensitive, self.cardinalities, self.missing, strict=True)
        return tuple(
            SensitiveCodes(f"s{i}", np.array(values, dtype=np.uint16), cardinality, missing)
            for i, (values, cardinality, missing) in enumerate(each)
        )

    def engine_input(self) -> tuple[list[Hierarchy], list[np.ndarray]]:
        hierarchies, leaves = [], []
        for attribute, codes in zip(self.attributes, self.codes, strict=True):
            hierarchy = attribute.hierarchy(codes)
            hierarchies.append(hierarchy)
            leaves.append(hierarchy.encode(attribute.levels[0]).astype(np.uint16)[list(codes)])
        return hierarchies, leaves

    def build(self, node: Sequence[int] | None = None, *, histograms: bool = True) -> FrequencySet:
        hierarchies, leaves = self.engine_input()
        return build(hierarchies, leaves, self.sensitive_codes(), node=node, histograms=histograms)

    def reordered(self, order: Sequence[int]) -> Table:
        def pick(columns: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
            return tuple(tuple(column[i] for i in order) for column in columns)

        return Table(self.attributes, pick(self.codes), pick(self.sensitive), self.cardinalities, self.missing)

    def renamed(self, orders: Sequence[Sequence[int]]) -> Table:
        """The same people, with other names for values and labels, and values in another order."""
        made, codes = [], []
        for attribute, column, order in zip(self.attributes, self.codes, orders, strict=True):
            levels = tuple(
                tuple(label if label == "*" else f"new {label[::-1]}" for label in (labels[v] for v in order))
                for labels in attribute.levels
            )
            place = {old: new for new, old in enumerate(order)} | {attribute.size: attribute.size}
            made.append(Attribute(f"new {attribute.name}", levels))
            codes.append(tuple(place[code] for code in column))
        return Table(tuple(made), tuple(codes), self.sensitive, self.cardinalities, self.missing)

    def classes(self, node: Sequence[int]) -> dict[tuple[tuple[str, ...], ...], list[int]]:
        """Records of each class."""
        found = defaultdict(list)
        for row in range(self.rows):
            key = tuple(a.path(c[row], lv) for a, c, lv in zip(self.attributes, self.codes, node, strict=True))
            found[key].append(row)
        return dict(found)


@dataclass(frozen=True)
class Reference:
    """The measures of a node, with the classes below k (and below a distinct l) suppressed or not."""

    rows: int
    suppressed: int
    k: int
    classes: int
    unique_records: int
    records_below_k: int
    loss: float
    loss_by_attribute: tuple[float, ...]
    precision: float
    discernibility: int
    average_class_size: float
    mean_kept_class: float
    distinct_l: tuple[int, ...]
    entropy_l: tuple[float, ...]
    t_closeness: tuple[float, ...]


def measure(table: Table, node: Sequence[int], k: int, *, suppress: bool, known_l: int = 0) -> Reference:
    every = list(table.classes(node).values())
    kept = [rows for rows in every if not suppress or (len(rows) >= k and _known(table, rows) >= known_l)]
    kept_rows = sum(map(len, kept))
    suppressed = table.rows - kept_rows
    losses, steps = [], []
    for attribute, codes, level in zip(table.attributes, table.codes, node, strict=True):
        n, size = table.rows, attribute.size
        raw = suppressed + sum(attribute.leaves_below(codes[row], level) / size for rows in kept for row in rows)
        losses.append(max(0.0, (raw - n / size) / (n - n / size)) if size > 1 else 0.0)
        steps.append((kept_rows * level / attribute.top + suppressed) / n)
    return Reference(
        rows=table.rows,
        suppressed=suppressed,
        k=min(map(len, kept), default=0),
        classes=len(kept),
        unique_records=sum(len(rows) == 1 for rows in kept),
        records_below_k=sum(len(rows) for rows in every if len(rows) < k),
        loss=math.prod(1 + loss for loss in losses) ** (1 / len(losses)) - 1,
        loss_by_attribute=tuple(losses),
        precision=sum(steps) / len(steps),
        discernibility=sum(len(rows) ** 2 for rows in kept) + table.rows * suppressed,
        average_class_size=table.rows / (len(kept) + (1 if suppressed else 0)),
        mean_kept_class=kept_rows / len(kept) if kept else 0.0,
        distinct_l=tuple(min(len({values[r] for r in rows}) for rows in kept) for values in table.sensitive if kept),
        entropy_l=tuple(min(_entropy(values, rows) for rows in kept) for values in table.sensitive if kept),
        t_closeness=tuple(max(_distance(values, rows) for rows in kept) for values in table.sensitive if kept),
    )


def _known(table: Table, rows: Sequence[int]) -> int:
    if not table.sensitive:
        return 0
    return len({table.sensitive[0][row] for row in rows} - {table.missing[0]})


def _entropy(values: Sequence[int], rows: Sequence[int]) -> float:
    counts = Counter(values[row] for row in rows)
    return math.exp(-sum(c / len(rows) * math.log(c / len(rows)) for c in counts.values()))


def _distance(values: Sequence[int], rows: Sequence[int]) -> float:
    here, everywhere = Counter(values[row] for row in rows), Counter(values)
    return sum(abs(here[v] / len(rows) - c / len(values)) for v, c in everywhere.items()) / 2


@st.composite
def attributes(draw: st.DrawFn, name: str) -> Attribute:
    size = draw(st.integers(1, 6))
    levels = [tuple(f"{name}{value}" for value in range(size))]
    for level in range(1, draw(st.integers(1, 3)) + 1):
        groups = draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))
        levels.append(tuple(f"{name}.{level}.{group}" for group in groups))
    if draw(st.booleans()):
        levels[-1] = ("*",) * size
    return Attribute(name, tuple(levels))


@st.composite
def tables(draw: st.DrawFn, *, max_rows: int = 24) -> Table:
    """Few values, so that classes of all sizes arise; missing values, constant columns, single rows."""
    chosen = tuple(draw(attributes(name)) for name in "abcd"[: draw(st.integers(1, 4))])
    rows = draw(st.integers(1, max_rows))

    def column(highest: int) -> tuple[int, ...]:
        return tuple(draw(st.lists(st.integers(0, highest), min_size=rows, max_size=rows)))

    codes = tuple(column(a.size if draw(st.booleans()) else a.size - 1) for a in chosen)
    cardinalities = tuple(draw(st.lists(st.integers(1, 5), max_size=2)))
    missing = tuple(draw(st.sampled_from([None, c - 1])) for c in cardinalities)
    return Table(chosen, codes, tuple(column(c - 1) for c in cardinalities), cardinalities, missing)


@st.composite
def nodes(draw: st.DrawFn, table: Table, above: Sequence[int] | None = None) -> tuple[int, ...]:
    low = above or (0,) * len(table.attributes)
    return tuple(draw(st.integers(at, a.top)) for a, at in zip(table.attributes, low, strict=True))


def wide_table(seed: int, *, qis: int = 14, values: int = 90, rows: int = 60, sensitive: int = 70) -> Table:
    """A table whose key needs more than one 64-bit word, and whose sensitive values do not fit a bit mask."""
    rng = np.random.default_rng(seed)
    made, codes = [], []
    for j in range(qis):
        exact = tuple(f"q{j}v{v}" for v in range(values))
        tens = tuple(f"q{j}g{v // 10}" for v in range(values))
        made.append(Attribute(f"q{j}", (exact, tens, ("*",) * values)))
        # A few people repeated, so that classes of more than one record survive so many columns.
        codes.append(tuple(int(v) for v in rng.integers(0, values + 1, size=12)))
    person = rng.integers(0, 12, size=rows)
    codes = [tuple(column[p] for p in person) for column in codes]
    secret = tuple(int(v) for v in rng.integers(0, sensitive, size=rows))
    return Table(tuple(made), tuple(codes), (secret,), (sensitive,), (sensitive - 1,))


def as_dict(classes: FrequencySet) -> dict[tuple[int, ...], tuple[object, ...]]:
    """Every class by its codes: its records, its mask, its histograms; independent of order."""
    active = classes.layout.active()
    codes = np.zeros((len(classes.hierarchies), classes.classes), dtype=np.int64)
    for j in active:
        codes[j] = classes.layout.codes(classes.keys, j)
    result: dict[tuple[int, ...], tuple[object, ...]] = {}
    for c in range(classes.classes):
        counted = []
        for name, histogram in sorted(classes.histograms.items()):
            part = slice(histogram.starts[c], histogram.starts[c + 1])
            counted.append(
                (name, dict(zip(histogram.values[part].tolist(), histogram.counts[part].tolist(), strict=True)))
            )
        mask = None if classes.masks is None else int(classes.masks[c])
        result[tuple(codes[:, c].tolist())] = (int(classes.counts[c]), mask, counted)
    assert len(result) == classes.classes
    return result

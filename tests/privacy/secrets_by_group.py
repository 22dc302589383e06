"""Small tables of a group and a secret, and every measure of them in exact fractions from the definitions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from anonymiser.engine.frequency import FrequencySet, SensitiveCodes, build
from anonymiser.hierarchies.base import Hierarchy


@dataclass(frozen=True)
class Secrets:
    """Records as (group, secret): secrets are 0 … values − 1, and -1 where they are missing."""

    records: tuple[tuple[int, int], ...]
    values: int
    levels: tuple[tuple[int, ...], ...] = ()
    """Group of each value at each level above the values; the last holds one group."""
    entities: tuple[int, ...] = ()

    @property
    def has_missing(self) -> bool:
        return any(secret < 0 for _, secret in self.records)

    @property
    def groups(self) -> dict[int, Counter[int]]:
        found: dict[int, Counter[int]] = {}
        for group, secret in self.records:
            found.setdefault(group, Counter())[secret] += 1
        return found

    @property
    def everybody(self) -> Counter[int]:
        return Counter(secret for _, secret in self.records)

    def hierarchy(self) -> Hierarchy:
        exact = [str(value) for value in range(self.values)]
        above = [[f"{depth}.{group}" for group in level] for depth, level in enumerate(self.levels)]
        top = [] if self.levels and len(set(self.levels[-1])) == 1 else [["*"] * self.values]
        levels = [exact, *above, *top]
        if len(set(levels[-1])) == 1:
            levels[-1] = ["*"] * self.values
        return Hierarchy.from_levels("s", levels, [str(i) for i in range(len(levels))], missing=self.has_missing)

    def build(self, *, rename: Sequence[int] | None = None, order: Sequence[int] | None = None) -> FrequencySet:
        """The frequency set; ``rename`` gives each value another code, ``order`` sorts the records."""
        records = self.records if order is None else [self.records[i] for i in order]
        hierarchy = self.hierarchy() if rename is None else None
        code = {value: value if rename is None else rename[value] for value in range(self.values)} | {-1: self.values}
        if hierarchy is not None:
            code = {value: hierarchy.index[str(value)] for value in range(self.values)} | {-1: self.values}
        codes = np.array([code[secret] for _, secret in records], dtype=np.uint8)
        size = self.values + self.has_missing
        secret = SensitiveCodes("s", codes, size, self.values if self.has_missing else None, hierarchy=hierarchy)
        sensitive = [secret]
        if self.entities:
            persons = np.array(self.entities if order is None else [self.entities[i] for i in order])
            number = int(persons.max()) + 2
            known = np.where(persons < 0, number - 1, persons).astype(np.uint16)
            sensitive.append(SensitiveCodes("person", known, number, number - 1, entity=True))
        labels = sorted({group for group, _ in self.records})
        names = [str(label) for label in labels]
        halves = [str(label // 2) for label in labels]
        groups = Hierarchy.from_levels("g", [names, halves, ["*"] * len(names)], ["a", "b", "c"], missing=False)
        leaves = np.array([groups.index[str(group)] for group, _ in records], dtype=np.uint16)
        return build([groups], [leaves], sensitive, histograms=True)


@st.composite
def secrets(draw: st.DrawFn, *, missing: bool = True, max_rows: int = 30) -> Secrets:
    values = draw(st.integers(1, 6))
    low = -1 if missing and draw(st.booleans()) else 0
    rows = draw(st.lists(st.tuples(st.integers(0, 4), st.integers(low, values - 1)), min_size=1, max_size=max_rows))
    level = st.lists(st.integers(0, 2), min_size=values, max_size=values)
    levels = draw(st.lists(level, max_size=2))
    return Secrets(tuple(rows), values, nested(levels))


def nested(levels: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Make each level hold together what the level below does: groups become what their path says."""
    result = []
    for depth in range(len(levels)):
        paths = list(zip(*levels[depth:], strict=True))
        number = {path: i for i, path in enumerate(dict.fromkeys(paths))}
        result.append(tuple(number[path] for path in paths))
    return tuple(result)


def shares(counts: Counter[int]) -> dict[int, Fraction]:
    size = sum(counts.values())
    return {value: Fraction(count, size) for value, count in counts.items()}


def distinct(counts: Counter[int]) -> int:
    return len(counts)


def entropy(counts: Counter[int]) -> float:
    return math.exp(-sum(float(p) * math.log(p) for p in shares(counts).values()))


def infimum(counts: Counter[int], length: int) -> Fraction | float:
    found = sorted(counts.values(), reverse=True)
    tail = sum(found[length - 1 :])
    return Fraction(found[0], tail) if tail else math.inf


def equal(counts: Counter[int], table: Counter[int]) -> Fraction:
    p, q = shares(counts), shares(table)
    return sum((abs(p.get(v, Fraction(0)) - q[v]) for v in q), Fraction(0)) / 2


def ordered(counts: Counter[int], table: Counter[int]) -> Fraction:
    """Along the values' own order; missing first, as the docstring says."""
    p, q = shares(counts), shares(table)
    zero = Fraction(0)
    moved = abs(p.get(-1, zero) - q.get(-1, zero))
    known, all_known = (
        Counter({v: c for v, c in counts.items() if v >= 0}),
        Counter({v: c for v, c in table.items() if v >= 0}),
    )
    if not known or len(all_known) < 2:
        return min(Fraction(1), moved)
    p, q = shares(known), shares(all_known)
    total = running = zero
    for value in sorted(all_known):
        running += p.get(value, zero) - q[value]
        total += abs(running)
    return min(Fraction(1), moved + (1 - shares(counts).get(-1, zero)) * total / (len(all_known) - 1))


def hierarchical(counts: Counter[int], table: Counter[int], secrets: Secrets) -> Fraction:
    """Σ level/H · min(pos, neg) over the inner nodes, as the paper and ARX write it."""
    p, q = shares(counts), shares(table)
    zero = Fraction(0)
    levels = [[*level, -1] for level in secrets.levels]
    if not levels or len(set(levels[-1][:-1])) > 1:
        levels.append([0] * (secrets.values + 1))
    else:
        levels[-1] = [0] * (secrets.values + 1)
    height = len(levels)
    extra = {(value,): p.get(value, zero) - q.get(value, zero) for value in [*range(secrets.values), -1]}
    below = {(value,): value for value in [*range(secrets.values), -1]}
    cost = zero
    for level, group in enumerate(levels, start=1):
        children: dict[int, list[Fraction]] = {}
        member = {}
        for key, surplus in extra.items():
            parent = group[below[key]]
            children.setdefault(parent, []).append(surplus)
            member[parent] = below[key]
        for surplus in children.values():
            positive = sum((x for x in surplus if x > 0), zero)
            negative = -sum((x for x in surplus if x < 0), zero)
            cost += Fraction(level, height) * min(positive, negative)
        extra = {(parent,): sum(surplus, zero) for parent, surplus in children.items()}
        below = {(parent,): member[parent] for parent in children}
    return cost


def gain(counts: Counter[int], table: Counter[int]) -> Fraction:
    p, q = shares(counts), shares(table)
    return max(Fraction(0), *((p[v] - q[v]) / q[v] for v in p))


def beyond(counts: Counter[int], table: Counter[int]) -> bool:
    p, q = shares(counts), shares(table)
    return any(float((p[v] - q[v]) / q[v]) > -math.log(q[v]) for v in p if p[v] > q[v])


def disclosure(counts: Counter[int], table: Counter[int], *, present: bool) -> float:
    p, q = shares(counts), shares(table)
    if not present and len(p) < len(q):
        return math.inf
    return max(abs(math.log2(p[v] / q[v])) for v in p)

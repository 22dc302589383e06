"""The picture of two releases joined: in how large a group people are, alone and together; and the list of releases."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser import story
from anonymiser.joining.compare import Finding
from anonymiser.joining.words import changed, how_it_lies
from anonymiser.recipe import Recipe
from anonymiser.release.ledger_book import Book, Entry
from anonymiser.risk.composition import Joined

__all__ = ["ALONE", "TOGETHER", "Band", "bands", "ledger_table", "releases_table"]

ALONE: Final = "this release alone"
TOGETHER: Final = "held together"
_STEPS: Final = (10, 20, 50, 100)


@dataclass(frozen=True)
class Band:
    """People in groups of some sizes.

    Attributes
    ----------
    sizes : str
        "1", "2–4", … "100+".
    where : str
        :data:`ALONE` or :data:`TOGETHER`.
    people : int
    """

    sizes: str
    where: str
    people: int


def bands(finding: Finding) -> tuple[Band, ...]:
    """People by the size of their group: one alone, below the limit, and above it in steps."""
    edges = [1, 2, finding.limit, *(step for step in _STEPS if step > finding.limit)]
    edges = sorted(set(edges))
    found = []
    for where, joined in ((ALONE, finding.alone), (TOGETHER, finding.joined)):
        sizes = _sizes(joined, finding.joined)
        counts = np.histogram(sizes, bins=[*edges, np.iinfo(np.int64).max])[0].tolist()
        found += [Band(name, where, count) for name, count in zip(_names(edges), counts, strict=True)]
    return tuple(found)


def releases_table(finding: Finding) -> dict[str, list[str]]:
    """The earlier releases that count, one a row, with how the new one lies in each; no value of the data."""
    rows = finding.earlier
    return {
        "Made": [one.entry.created.isoformat() for one in rows],
        "Held by": ["anyone" if one.entry.is_open else one.entry.recipient for one in rows],
        "How this one lies in it": [how_it_lies(one) for one in rows],
        "Smallest group together": [f"{one.joined.k:,}" for one in rows],
        "Columns that point at people": [", ".join(one.entry.columns) for one in rows],
        "People": ["the same table" if one.change is None else changed(one.change) for one in rows],
        "Release": [one.entry.release_id for one in rows],
    }


def ledger_table(book: Book) -> dict[str, list[str]]:
    """Every release that the ledger has, oldest first."""
    return {
        "Release": [entry.release_id for entry in book.entries],
        "Made": [entry.created.isoformat() for entry in book.entries],
        "Held by": ["anyone" if entry.is_open else entry.recipient for entry in book.entries],
        "Groups": [f"{len(entry.labels):,}" for entry in book.entries],
        "Deleted": [story.records(entry.deleted) for entry in book.entries],
        "Privacy budget": [_budget(entry) for entry in book.entries],
        "Counts": [_counts(entry) for entry in book.entries],
    }


def _budget(entry: Entry) -> str:
    epsilon = Recipe.from_json(entry.recipe_json).budget
    return "none" if epsilon is None else f"ε = {epsilon:g}"


def _counts(entry: Entry) -> str:
    if entry.withdrawn is None:
        return "yes"
    return f"no: withdrawn on {entry.withdrawn.day} by {entry.withdrawn.stated_by} ({entry.withdrawn.reason})"


def _sizes(joined: Joined, among: Joined) -> npt.NDArray[np.int64]:
    """Size of each person's group, for those who are in every table and whom some release shows."""
    sizes = joined.of_each()[among.stayed]
    return sizes[sizes > 0]


def _names(edges: list[int]) -> list[str]:
    pairs = pairwise(edges)
    named = [str(low) if high == low + 1 else f"{low}–{high - 1}" for low, high in pairs]
    return [*named, f"{edges[-1]}+"]

"""What someone who knows some attributes of a person finds: before and after a release.

Pure functions on tables, recipes and views; results hold row numbers and counts, never raw values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.risk.knowledge import Knowledge, View, original_view, released_view
from anonymiser.risk.match_counts import match_counts
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.released import ReleasedTable

__all__ = [
    "AttackOnRecord",
    "ExposedRecord",
    "Precision",
    "Spread",
    "attack_record",
    "most_exposed",
    "released_rows",
    "sensitive_spread",
    "singled_out_by_precision",
]

_ENOUGH: Final = (2, 32, 1_000)
"""Counting stops here, and goes on to the next only where too few people have fewer matches."""


@dataclass(frozen=True)
class AttackOnRecord:
    """How many records fit what is known of one person; how many people's, where one may have several.

    Attributes
    ----------
    row : int
    before, after : int
        Matching records in the table and in the release.
    released : bool
        Whether a record of the person is among the matches after; if not, all of them are somebody else's.
    of_people : bool
        Whether people are counted.
    """

    row: int
    before: int
    after: int
    released: bool
    of_people: bool = False

    @property
    def chance_before(self) -> float:
        """Chance to pick the right record in the table, 1/matches."""
        return 1 / self.before if self.before else 0.0

    @property
    def chance_after(self) -> float:
        """Chance to pick the right record in the release; 0 where it is not in it."""
        return 1 / self.after if self.released and self.after else 0.0


@dataclass(frozen=True)
class Spread:
    """Values of a sensitive attribute among some records, as the recipe would show them.

    Attributes
    ----------
    attribute : str
    labels : tuple of str
        Every label of the level; ``missing`` is one.
    counts : tuple of int
        Records of each label.
    missing : int or None
        Index of the label for missing values.
    """

    attribute: str
    labels: tuple[str, ...]
    counts: tuple[int, ...]
    missing: int | None

    @property
    def records(self) -> int:
        """Records looked at."""
        return sum(self.counts)

    @property
    def different(self) -> int:
        """Different known values among them."""
        return sum(count > 0 for i, count in enumerate(self.counts) if i != self.missing)

    @property
    def likeliest(self) -> int | None:
        """Index of the most frequent known value (the first on a tie); None where there is none."""
        known = [(count, -i) for i, count in enumerate(self.counts) if i != self.missing and count]
        return -max(known)[1] if known else None

    @property
    def odds(self) -> tuple[int, int]:
        """How many of how many records have the likeliest value: "9 of 10"."""
        return (self.counts[self.likeliest] if self.likeliest is not None else 0), self.records


@dataclass(frozen=True)
class ExposedRecord:
    """A record and how many match it, before and after."""

    row: int
    before: int
    after: int


@dataclass(frozen=True)
class Precision:
    """People singled out by knowledge of one precision.

    Attributes
    ----------
    knowledge : tuple of Fact
    people : int
        Asked about.
    original, released : int
        Of these, how many match exactly one record: their own.
    """

    knowledge: Knowledge
    people: int
    original: int
    released: int


def released_rows(table: EncodedTable, released: ReleasedTable) -> npt.NDArray[np.bool_]:
    """Which rows of the input are in a release: (rows,) bool array."""
    present = np.zeros(table.microdata.rows, dtype=np.bool_)
    present[released.source_rows] = True
    return present


def attack_record(before: View, after: View, row: int) -> AttackOnRecord:
    """Search for one person in the table and in the release.

    Parameters
    ----------
    before, after : View
        Of `original_view` and `released_view`, with the same knowledge.
    row : int
        The person's record, from 0.

    Raises
    ------
    ColumnError
        There is no such row.
    """
    in_table = before.people_among(before.matches(row))
    in_release = after.people_among(after.matches(row))
    there = bool(after.holds(np.array([row]))[0])
    return AttackOnRecord(row, in_table, in_release, there, before.people is not None)


def sensitive_spread(
    table: EncodedTable, recipe: Recipe, attribute: str, matches: npt.NDArray[np.bool_], *, original: bool = False
) -> Spread:
    """The values of an attribute among the records that match.

    Parameters
    ----------
    attribute : str
        Shown at the level of its plan; a column that does not leave shows nothing after a release.
    matches : (rows,) bool array
        Of ``View.matches``.
    original : bool
        The table before the release: exact values.

    Raises
    ------
    RecipeError
        No such column.
    """
    plan = recipe.attribute(attribute)
    if not original and not plan.leaves:
        return Spread(attribute, (), (), None)
    shown: AttributePlan = plan.model_copy(update={"level": 0}) if original else plan
    labels, codes, missing = table.labels_at(recipe, shown)
    counts = np.bincount(codes[matches], minlength=len(labels))
    return Spread(attribute, labels, tuple(counts.tolist()), missing)


def most_exposed(before: View, after: View, top: int = 10) -> tuple[ExposedRecord, ...]:
    """The released records that fewest records match: first in the release, then in the table, then by row.

    Parameters
    ----------
    before, after : View
    top : int
        How many to list. Where all have a thousand matches or more, their order says nothing.
    """
    rows = np.arange(after.rows) if after.present is None else np.flatnonzero(after.present)
    if not rows.size or top < 1:
        return ()
    found = _fewest(after, rows, top)
    close = found <= np.sort(found)[min(top, rows.size) - 1]
    rows, found = rows[close], found[close]
    chosen = rows[np.lexsort((rows, _fewest(before, rows, top), found))[:top]]
    pairs = zip(chosen, match_counts(before, chosen), match_counts(after, chosen), strict=True)
    listed = [ExposedRecord(int(row), int(first), int(last)) for row, first, last in pairs]
    return tuple(sorted(listed, key=lambda record: (record.after, record.before, record.row)))


def _fewest(view: View, rows: npt.NDArray[np.integer], top: int) -> npt.NDArray[np.int64]:
    """Matches of each person, counted far enough to tell who has fewest."""
    wanted = min(top, rows.size)
    for most in _ENOUGH:
        found = match_counts(view, rows, most=most)
        if np.count_nonzero(found < most) >= wanted:
            break
    return found


def singled_out_by_precision(
    table: EncodedTable,
    recipe: Recipe,
    steps: Sequence[Knowledge],
    present: npt.NDArray[np.bool_] | None = None,
    people: npt.NDArray[np.integer] | None = None,
    *,
    view_of: Callable[[Knowledge], View] | None = None,
) -> tuple[Precision, ...]:
    """People singled out as the attacker's knowledge changes, in the table and in the release.

    Parameters
    ----------
    steps : sequence of Knowledge
        The same attributes, known more or less precisely.
    present : (rows,) bool array, optional
        Records that are released.
    people : integer array, optional
        Rows asked about (a sample of a large table); all where it is left out.
    view_of : callable, optional
        The release as somebody with a knowledge sees it; `released_view` where it is left out.
    """
    rows = np.arange(table.microdata.rows) if people is None else np.asarray(people)
    result = []
    for knowledge in steps:
        before = original_view(table, recipe, knowledge)
        after = released_view(table, recipe, knowledge, present) if view_of is None else view_of(knowledge)
        alone = match_counts(before, rows, most=2) == 1
        alone_after = (match_counts(after, rows, most=2) == 1) & after.holds(rows)
        result.append(Precision(knowledge, rows.size, int(alone.sum()), int(alone_after.sum())))
    return tuple(result)

"""The motivated intruder: try it on a sample of people, and say how often it works.

References
----------
Information Commissioner's Office (2025), Anonymisation guidance: the motivated intruder test.
Elliot, Mackey, O'Hara, Tudor (2016), The anonymisation decision-making framework.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.errors import InputError
from anonymiser.risk.knowledge import View
from anonymiser.risk.match_counts import match_counts
from anonymiser.risk.wilson import wilson_interval

__all__ = ["IntruderTrial", "intruder_trial"]


@dataclass(frozen=True)
class IntruderTrial:
    """What an intruder achieved on a sample of people.

    Attributes
    ----------
    people : int
        Looked for.
    found_something : int
        Of these, how many matched at least one record.
    certain, certain_right : int
        How many matched exactly one record, and for how many it was their own.
    right : int
        How often one of the matching records, picked at random, was the person's own.
    expected_right : float
        The same on average over all picks: the sum of 1/matches over those whose record is there.
    interval : (float, float)
        Wilson's 95 % interval of ``right / people``.
    """

    people: int
    found_something: int
    certain: int
    certain_right: int
    right: int
    expected_right: float
    interval: tuple[float, float]

    @property
    def success_rate(self) -> float:
        """Right picks / people, from 0 to 1; 0 where nobody was looked for."""
        return self.right / self.people if self.people else 0.0

    @property
    def expected_rate(self) -> float:
        """``expected_right`` / people, from 0 to 1."""
        return self.expected_right / self.people if self.people else 0.0


def intruder_trial(view: View, people: int, random: np.random.Generator) -> IntruderTrial:
    """Look for a random sample of people and pick one of the matching records for each.

    Parameters
    ----------
    view : View
        The table or the release, with what the intruder knows. The people are drawn from the input, so that
        somebody whose record was suppressed is looked for in vain.
    people : int
        Drawn without replacement; everybody where the table has no more.
    random : Generator
        The same seed gives the same trial.

    Raises
    ------
    InputError
        Nobody is to be looked for.
    """
    if people < 1:
        raise InputError("The trial needs at least one person to look for.")
    rows = np.sort(random.choice(view.rows, size=min(people, view.rows), replace=False))
    return _judge(view, rows, random)


def _judge(view: View, rows: npt.NDArray[np.integer], random: np.random.Generator) -> IntruderTrial:
    matches = match_counts(view, rows)
    there = view.holds(rows)
    chance = np.where(there & (matches > 0), 1 / np.maximum(matches, 1), 0.0)
    right = int(np.count_nonzero(random.random(rows.size) < chance))
    return IntruderTrial(
        people=rows.size,
        found_something=int(np.count_nonzero(matches)),
        certain=int(np.count_nonzero(matches == 1)),
        certain_right=int(np.count_nonzero((matches == 1) & there)),
        right=right,
        expected_right=float(chance.sum()),
        interval=wilson_interval(right, rows.size),
    )

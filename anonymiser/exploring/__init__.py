"""What the pages ask about all settings of the sliders: the lattice, the best one, the next step; without a screen."""

from __future__ import annotations

from anonymiser.exploring.lattice import (
    AT_ONCE,
    MOST_NODES,
    Lattice,
    Walk,
    apply,
    as_file,
    cancel,
    explore,
    found,
    grid_of,
    is_current,
    score,
    size_of,
    under_way,
    was_cancelled,
)
from anonymiser.exploring.picture import drawn, ticks
from anonymiser.exploring.stepping import NextStep, next_step, pause, step_from, think
from anonymiser.exploring.words import Advice, advice, way_in_words

__all__ = [
    "AT_ONCE",
    "MOST_NODES",
    "Advice",
    "Lattice",
    "NextStep",
    "Walk",
    "advice",
    "apply",
    "as_file",
    "cancel",
    "drawn",
    "explore",
    "found",
    "grid_of",
    "is_current",
    "next_step",
    "pause",
    "score",
    "size_of",
    "step_from",
    "think",
    "ticks",
    "under_way",
    "was_cancelled",
    "way_in_words",
]

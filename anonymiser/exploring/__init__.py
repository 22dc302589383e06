"""What the pages ask about all settings of the sliders: the lattice, the best one, the next step; without a screen."""

from __future__ import annotations

from anonymiser.exploring.groups import Disappearing, can_group, who_disappears
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
from anonymiser.exploring.searching import Answer, Question, Search, answer, give_up, look_for, looking, was_given_up
from anonymiser.exploring.stepping import NextStep, next_step, pause, step_from, think
from anonymiser.exploring.words import Advice, advice, way_in_words

__all__ = [
    "AT_ONCE",
    "MOST_NODES",
    "Advice",
    "Answer",
    "Disappearing",
    "Lattice",
    "NextStep",
    "Question",
    "Search",
    "Walk",
    "advice",
    "answer",
    "apply",
    "as_file",
    "can_group",
    "cancel",
    "drawn",
    "explore",
    "found",
    "give_up",
    "grid_of",
    "is_current",
    "look_for",
    "looking",
    "next_step",
    "pause",
    "score",
    "size_of",
    "step_from",
    "think",
    "ticks",
    "under_way",
    "was_cancelled",
    "was_given_up",
    "way_in_words",
    "who_disappears",
]

"""Two kept settings side by side: what differs, which is better in what, and who was given which."""

from __future__ import annotations

from anonymiser.comparing.chosen import choices, chosen_for, mark, note_of, set_note, unmark
from anonymiser.comparing.recipes import Difference, Pair, differences, level_words
from anonymiser.comparing.records import RECORDS, Sizes, records, sizes
from anonymiser.comparing.values import Measure, in_short, measures

__all__ = [
    "RECORDS",
    "Difference",
    "Measure",
    "Pair",
    "Sizes",
    "choices",
    "chosen_for",
    "differences",
    "in_short",
    "level_words",
    "mark",
    "measures",
    "note_of",
    "records",
    "set_note",
    "sizes",
    "unmark",
]

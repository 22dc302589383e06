"""What the methods page asks of a project: candidates side by side, forms, pictures; without a screen."""

from __future__ import annotations

from anonymiser.trying.aggregated import aggregated_csv
from anonymiser.trying.best import best_is_sought, best_levels
from anonymiser.trying.candidate import Candidate
from anonymiser.trying.candidates import (
    MOST,
    From,
    Trial,
    begin,
    candidates,
    drop,
    give_up,
    keep,
    recipe_with,
    under_way,
    use,
)
from anonymiser.trying.forms import CHOICES, FieldForm, Kind, fields_of, first_values, made, values_to_choose
from anonymiser.trying.measured import Measured, MomentsRow, measured
from anonymiser.trying.pictures import Counts, Dots, Plane, axes_of, changed_columns, counts, dots, plane
from anonymiser.trying.standing import MethodAdvice, Standing, advice_with_methods, standing, standing_in_words

__all__ = [
    "CHOICES",
    "MOST",
    "Candidate",
    "Counts",
    "Dots",
    "FieldForm",
    "From",
    "Kind",
    "Measured",
    "MethodAdvice",
    "MomentsRow",
    "Plane",
    "Standing",
    "Trial",
    "advice_with_methods",
    "aggregated_csv",
    "axes_of",
    "begin",
    "best_is_sought",
    "best_levels",
    "candidates",
    "changed_columns",
    "counts",
    "dots",
    "drop",
    "fields_of",
    "first_values",
    "give_up",
    "keep",
    "made",
    "measured",
    "plane",
    "recipe_with",
    "standing",
    "standing_in_words",
    "under_way",
    "use",
    "values_to_choose",
]

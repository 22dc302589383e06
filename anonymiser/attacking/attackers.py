"""Prosecutor, journalist and marketer: what each can expect of a project's release, in figures and words."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.privacy.population import population_sizes
from anonymiser.project import Project
from anonymiser.risk.prosecutor import DEFAULT_THRESHOLD
from anonymiser.risk.summary import RiskMeasures, measure_risk
from anonymiser.transform.measure import classes_of
from anonymiser.wording import percent

__all__ = ["attackers_sentence", "attackers_table", "of_hundred", "released_classes", "risks"]

_HUNDRED: Final = 100
_ONE_IN: Final = 1_000
_SMALL, _LEAST, _ROUNDING = 0.01, 1e-5, 1e-9
_TEN, _TENTH = 10, 0.1


def released_classes(
    project: Project, *, histograms: bool = False
) -> tuple[FrequencySet, npt.NDArray[np.bool_] | None]:
    """The classes of what the current recipe releases, methods included, and which of them leave (None: all).

    Raises
    ------
    ColumnError
        No quasi-identifier is chosen.
    """
    if project.recipe.methods:
        draft = project.draft().draft
        classes, class_of = classes_of(draft, histograms=histograms)
        if draft.suppressed is None or not draft.suppressed.any():
            return classes, None
        kept = np.zeros(classes.classes, dtype=np.bool_)
        kept[class_of[~draft.suppressed]] = True
        return classes, kept
    if not project.assess().suppressed:
        return project.classes(histograms=histograms), None
    models = project.in_force()
    classes = project.classes(histograms=histograms or any(model.needs_histogram for model in models))
    kept = np.ones(classes.classes, dtype=np.bool_)
    for model in models:
        kept &= model.passes(classes)
    return classes, kept


def risks(project: Project, fraction: float | None = None) -> RiskMeasures:
    """The three attackers' risks for the current recipe.

    Parameters
    ----------
    project : Project
        With a population table the journalist's and marketer's risks come from it, unless a method mixes labels,
        so that they cannot be found in it: then they are the prosecutor's.
    fraction : float, optional
        Share of the population that the table is, above 0 to 1.

    Raises
    ------
    InputError
        The fraction is not above 0 to 1.
    """
    classes, kept = released_classes(project)
    population = None if project.recipe.methods else project.population_classes()
    sizes = None if population is None else population_sizes(classes, population)
    return measure_risk(classes, kept, fraction=fraction, population=sizes)


def of_hundred(percent: float | None) -> float | None:
    """A share from per cent."""
    return None if percent is None else percent / _HUNDRED


def attackers_table(found: RiskMeasures, *, wider: bool) -> dict[str, list[str]]:
    """Each attacker with what can be expected.

    Parameters
    ----------
    found : RiskMeasures
    wider : bool
        Whether anything is known of the population: without it only the prosecutor's figures are.
    """
    at_risk = f"Rows at more than {_share(DEFAULT_THRESHOLD)}"
    rows = [
        ("Prosecutor", "knows that the person is in the file", found.prosecutor_highest, found.prosecutor_success),
        ("Journalist", "wants anybody of the population", found.journalist_highest, found.journalist_success),
        ("Marketer", "wants as many as possible right", None, found.marketer_success),
    ][: 3 if wider else 1]
    exposed = (found.prosecutor_records_at_risk, found.journalist_records_at_risk, None)
    return {
        "Attacker": [name for name, *_ in rows],
        "Who": [who for _, who, *_ in rows],
        "Best guess, worst row": [_odds(highest) for *_, highest, _ in rows],
        "Right on average": [_share(success) for *_, success in rows],
        at_risk: [_share(share) for share in exposed[: len(rows)]],
    }


def attackers_sentence(project: Project, found: RiskMeasures, fraction: float | None) -> str:
    """Where the wider figures come from, and how many rows are estimated to be alone in the population."""
    if project.population is not None and project.recipe.methods:
        return "A method mixes labels, which the population table does not have: all three are the prosecutor's odds."
    if project.population is not None:
        return "Journalist and marketer: people of the population table who look like each group."
    if fraction is None:
        return (
            "Load a table of the population on the tune page, or say which share of the population your table is, "
            "to see what a journalist and a marketer can expect: both look for people who need not be in the file."
        )
    told = f"Estimated from {_share(fraction)} of the population being in the table, person by person."
    if not found.sample_uniques:
        return f"{told} No row stands alone in the release, so nobody is estimated to stand alone in the population."
    if found.dankar is None:
        return f"{told} How many people are alone in the population cannot be estimated here."
    return f"{told} Alone in the population: an estimated {_share(found.dankar)} of its people ({found.dankar_model})."


def _share(value: float | None) -> str:
    if value is None:
        return "–"
    if 0 < value < _SMALL:
        return f"{_HUNDRED * value:.2g} %" if value >= _LEAST else "under 0.001 %"
    return percent(value)


def _odds(value: float | None) -> str:
    """One in so many, never more than it is."""
    if value is None:
        return "–"
    if value >= 1:
        return "certain"
    if value < 1 / _ONE_IN:
        return f"less than 1 in {_ONE_IN:,}"
    among = 1 / value + _ROUNDING
    if among < 1 + _TENTH:
        return "nearly certain"
    exact = among < _TEN and among % 1 > _TENTH
    return f"1 in {math.floor(_TEN * among) / _TEN:.1f}" if exact else f"1 in {math.floor(among):,}"

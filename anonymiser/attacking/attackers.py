"""Prosecutor, journalist and marketer: what each can expect of a project's release, in figures and words."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.privacy.population import population_sizes
from anonymiser.project import Project
from anonymiser.risk.prosecutor import DEFAULT_THRESHOLD
from anonymiser.risk.summary import RiskMeasures, measure_risk

__all__ = ["attackers_sentence", "attackers_table", "kept_classes", "of_hundred", "risks"]

_HUNDRED: Final = 100
_ONE_IN: Final = 1_000


def kept_classes(project: Project, *, histograms: bool = False) -> npt.NDArray[np.bool_] | None:
    """Which classes the current recipe releases: (classes,) bool array; None where it releases all.

    Raises
    ------
    ColumnError
        No quasi-identifier is chosen.
    """
    if not project.assess().suppressed:
        return None
    classes = project.classes(histograms=histograms)
    kept = np.ones(classes.classes, dtype=np.bool_)
    for model in project.in_force():
        kept &= model.passes(classes)
    return kept


def risks(project: Project, fraction: float | None = None) -> RiskMeasures:
    """The three attackers' risks for the current recipe.

    Parameters
    ----------
    project : Project
        With a population table the journalist's and marketer's risks come from it.
    fraction : float, optional
        Share of the population that the table is, above 0 to 1.

    Raises
    ------
    InputError
        The fraction is not above 0 to 1.
    """
    needs = any(model.needs_histogram for model in project.in_force()) and bool(project.assess().suppressed)
    kept = kept_classes(project, histograms=needs)
    classes, population = project.classes(histograms=needs), project.population_classes()
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
    percent = _HUNDRED * value
    return f"{percent:.0f} %" if not percent or percent >= _HUNDRED else f"{percent:.2g} %"


def _odds(value: float | None) -> str:
    if value is None:
        return "–"
    if value >= 1:
        return "certain"
    return f"1 in {1 / value:,.0f}" if value > 1 / _ONE_IN else f"less than 1 in {_ONE_IN:,}"

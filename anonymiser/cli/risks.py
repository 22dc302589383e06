"""The risk fields of ``assess --json``: of the released records, and null where there is no estimate."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields

import numpy as np
import numpy.typing as npt

from anonymiser.assessment import Assessment
from anonymiser.engine.frequency import FrequencySet, build, build_members, roll_up
from anonymiser.errors import InputError
from anonymiser.planning import requirements_in_force
from anonymiser.privacy import against
from anonymiser.privacy.people import entity_of
from anonymiser.privacy.population import population_sizes
from anonymiser.recipe import Recipe
from anonymiser.risk.combinations import (
    attributes_of_classes,
    combination_of_all,
    identifying,
    measure_combinations,
)
from anonymiser.risk.individual import individual_risk, sampling_weights
from anonymiser.risk.prosecutor import DEFAULT_THRESHOLD
from anonymiser.risk.suda import suda
from anonymiser.risk.summary import RiskMeasures, measure_risk
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.released import numbers_of_people

__all__ = ["RiskOptions", "risk_fields"]

_DIS_FRACTION = 0.01
_LARGEST_SET = 3
_INDIVIDUAL = ("highest", "expected", "global", "approx_highest", "approx_expected", "approx_global")
_SUDA = ("score_sum", "score_max", "records", "dis_max", "dis_sum", "contributions")


@dataclass(frozen=True)
class RiskOptions:
    """What the command line says about risk.

    Attributes
    ----------
    threshold : float or None
        A record is at risk above it, from 0 to 1.
    fraction : float or None
        Share of the population that the table is.
    weights : str or None
        Column of sampling weights.
    suda : bool
    combinations : bool
        Which columns identify most people.
    """

    threshold: float | None = None
    fraction: float | None = None
    weights: str | None = None
    suda: bool = False
    combinations: bool = False

    def check(self) -> None:
        """Refuse shares that cannot be.

        Raises
        ------
        InputError
            A share is outside its range.
        """
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise InputError("--threshold must be a risk from 0 to 1; 0.2 is one in five.")
        if self.fraction is not None and not 0 < self.fraction <= 1:
            raise InputError("--sampling-fraction must be a share above 0 to 1; 0.1 says that one in ten is here.")


def risk_fields(
    table: EncodedTable,
    recipe: Recipe,
    classes: FrequencySet,
    assessment: Assessment,
    options: RiskOptions,
    *,
    population: FrequencySet | None = None,
) -> dict[str, object]:
    """Every risk figure under its name; all null where nothing is released.

    Raises
    ------
    InputError
        SUDA2 or the individual risk is asked for, and one person may have several records: both count records.
    """
    if entity_of(classes) is not None and (options.suda or options.weights is not None):
        raise InputError(
            "--suda and --weights count records, and here one person may have several. Leave them out, or give a "
            "table with one row for each person and no person key."
        )
    names = [field.name for field in fields(RiskMeasures)]
    nothing: dict[str, object] = dict.fromkeys(
        [*names, *(f"individual_risk_{name}" for name in _INDIVIDUAL), *(f"suda_{name}" for name in _SUDA)]
    )
    together = combination_of_all(classes, k=assessment.target_k)
    nothing |= {"distinction": together.distinction, "separation": together.separation}
    nothing["identifying_combinations"] = None
    if options.combinations:
        nothing["identifying_combinations"] = _combinations(_one_row_each(table, recipe, classes), assessment.target_k)
    if not assessment.kept:
        return nothing
    released = np.ones(classes.classes, dtype=np.bool_)
    if assessment.suppressed:
        for requirement in against(requirements_in_force(recipe), population):
            released &= requirement.passes(classes)
    sizes = None if population is None else population_sizes(classes, population)
    threshold = DEFAULT_THRESHOLD if options.threshold is None else options.threshold
    found = asdict(measure_risk(classes, released, threshold=threshold, fraction=options.fraction, population=sizes))
    result = nothing | {name: _finite(value) for name, value in found.items()}
    result["no_estimate"] = list(found["no_estimate"])
    if options.weights is None and not options.suda:
        return result
    kept, class_of, rows = _released_records(table, recipe, assessment, population)
    if options.weights is not None:
        weights = sampling_weights(table.microdata.column(options.weights))[rows]
        for prefix, exact in (("", True), ("approx_", False)):
            risk = individual_risk(kept, class_of, weights, exact=exact)
            result[f"individual_risk_{prefix}highest"] = risk.highest
            result[f"individual_risk_{prefix}expected"] = risk.expected_reidentifications
            result[f"individual_risk_{prefix}global"] = risk.global_risk
    if options.suda:
        scores = suda(kept, class_of, fraction=options.fraction or _DIS_FRACTION)
        result |= {
            "suda_score_sum": scores.score_sum,
            "suda_score_max": float(scores.class_scores.max(initial=0.0)),
            "suda_records": scores.records,
            "suda_dis_max": _finite(float(scores.dis.max(initial=0.0))),
            "suda_dis_sum": _finite(float(scores.dis.sum())),
            "suda_contributions": {name: _finite(value) for name, value in scores.contributions.items()},
        }
    return result


def _one_row_each(table: EncodedTable, recipe: Recipe, classes: FrequencySet) -> FrequencySet:
    """The classes, or those of one row of each person: two rows of one do not hide each other."""
    whose = numbers_of_people(table.people(recipe))
    if whose is None:
        return classes
    _, rows = np.unique(whose, return_index=True)
    hierarchies, leaves = table.qis(recipe)
    return roll_up(build(hierarchies, [leaf[rows] for leaf in leaves]), recipe.node)


def _combinations(classes: FrequencySet, k: int) -> list[dict[str, object]]:
    """The smallest sets of up to three columns that single out at least half of the records, at the levels chosen."""
    found = measure_combinations(attributes_of_classes(classes), _LARGEST_SET, k=k)
    return [
        {
            "columns": list(one.attributes),
            "unique_records": one.unique_records,
            "distinction": one.distinction,
            "separation": one.separation,
        }
        for one in identifying(found)
    ]


def _released_records(
    table: EncodedTable, recipe: Recipe, assessment: Assessment, population: FrequencySet | None
) -> tuple[FrequencySet, npt.NDArray[np.int32], npt.NDArray[np.intp]]:
    """The classes of the released records alone, the class of each, and which rows they are."""
    hierarchies, leaves = table.qis(recipe)
    sensitive = table.sensitive(recipe) if assessment.suppressed else ()
    classes, class_of = build_members(hierarchies, leaves, sensitive, node=recipe.node, histograms=bool(sensitive))
    passing = np.ones(classes.classes, dtype=np.bool_)
    if not assessment.suppressed:
        return classes, class_of, np.arange(class_of.size)
    for requirement in against(requirements_in_force(recipe), population):
        passing &= requirement.passes(classes)
    rows = np.flatnonzero(passing[class_of])
    kept, members = build_members(hierarchies, [leaf[rows] for leaf in leaves], node=recipe.node)
    return kept, members, rows


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value

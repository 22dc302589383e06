"""Apply a recipe's methods in order, then look at the result with code that did not make it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Final, cast

import numpy as np

from anonymiser.assessment import limit_in_records
from anonymiser.attributes import Role
from anonymiser.errors import InputError
from anonymiser.methods import MethodSpec
from anonymiser.privacy import DeltaPresence, KMap, PrivacyModel
from anonymiser.privacy.population import AgainstPopulation
from anonymiser.recipe import Recipe, Treatment
from anonymiser.transform.base import Draft, Method, Progress, silent
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.full_domain import why_dropped
from anonymiser.transform.measure import DraftAssessment, assess_draft, failing_rows
from anonymiser.transform.released import DroppedColumn, ReleasedColumn, ReleasedTable, numbers_of_people
from anonymiser.transform.start import Start, first_draft

__all__ = ["REGISTRY", "Transformed", "released", "step_name", "transform"]

REGISTRY: Final[dict[str, str]] = {
    # method → module of this package whose ``apply`` is a `Method`; loaded when it is first used
    "mondrian": "mondrian",
    "local_recoding": "local_recoding",
    "k_member": "k_member",
    "weighted_k_member": "k_member",
    "fuzzy_clustering": "fuzzy",
    "scalable_diversity": "scalable_diversity",
    "anatomy": "anatomy",
    "microaggregation": "microaggregation",
    "noise": "noise",
    "rank_swapping": "swapping",
    "pram": "pram",
    "rounding": "coding",
    "top_bottom_coding": "coding",
    "masking": "coding",
    "local_suppression": "local_suppression",
    "sampling": "sampling",
}


@dataclass(frozen=True, eq=False)
class Transformed:
    """A table after its methods.

    Attributes
    ----------
    start : Start
    draft : Draft
        ``draft.suppressed`` marks the records that do not leave.
    assessment : DraftAssessment
        Measured on the labels.
    """

    start: Start
    draft: Draft
    assessment: DraftAssessment


def step_name(place: int, spec: MethodSpec) -> str:
    """Name of the random step of a method: its place among the recipe's methods and what it is."""
    return f"method {place + 1}: {spec.method}"


def transform(
    table: EncodedTable,
    recipe: Recipe,
    requirements: Sequence[PrivacyModel],
    generators: Callable[[str], np.random.Generator],
    *,
    progress: Progress = silent,
) -> Transformed:
    """The table as a recipe's levels and methods make it, measured.

    Records of classes that break a requirement are suppressed where they fit the recipe's limit; where they do not,
    nothing is, and the assessment says that the requirements are not met.

    Parameters
    ----------
    table : EncodedTable
    recipe : Recipe
    requirements : sequence of PrivacyModel
        Those in force.
    generators : callable
        From the name of a step (`step_name`) to its generator.
    progress : callable
        Told the fraction that is done, from 0 to 1, and what is under way. What it raises stops the work.

    Raises
    ------
    ColumnError
        No quasi-identifier is chosen.
    InputError
        A method cannot do what is asked, such as groups of more records than there are.
    """
    if not table.microdata.rows:
        raise InputError("The table has no records, so there is nothing that a method could change.")
    if any(isinstance(model, KMap | DeltaPresence | AgainstPopulation) for model in requirements):
        raise InputError(
            "k-map and δ-presence compare groups with a population by the hierarchies' labels, which a method mixes. "
            "Take that requirement out, or use levels alone."
        )
    start = first_draft(table, recipe)
    draft = start.draft
    for place, spec in enumerate(recipe.methods):
        done = place / len(recipe.methods)

        def part(fraction: float, words: str, done: float = done) -> None:
            progress(0.9 * (done + fraction / len(recipe.methods)), words)

        part(0.0, spec.title)
        draft = _method(spec)(draft, spec, requirements, generators(step_name(place, spec)), part)
    progress(0.9, "Counting the groups again")
    limit = 0.0 if draft.apart else recipe.suppression  # a record less would belie the table of its group
    assessment = assess_draft(draft, start, requirements, limit, target_k=recipe.k)
    gone = np.zeros(draft.rows, dtype=np.bool_)
    if assessment.suppressed:
        gone = failing_rows(draft, requirements)
        assert int(gone.sum()) <= limit_in_records(recipe.suppression, draft.rows)  # noqa: S101 - two counts of one thing
    progress(1.0, "Done")
    return Transformed(start, replace(draft, suppressed=gone), assessment)


def _method(spec: MethodSpec) -> Method:
    module = REGISTRY.get(spec.method)
    if module is None:
        raise InputError(f"This version of Halftone cannot do '{spec.title}'.")
    return cast("Method", import_module(f"anonymiser.transform.{module}").apply)


def released(draft: Draft, recipe: Recipe) -> ReleasedTable:
    """What leaves of a draft: its records without the suppressed ones, its columns, what was done."""
    gone = np.zeros(draft.rows, dtype=np.bool_) if draft.suppressed is None else draft.suppressed
    rows = np.flatnonzero(~gone)
    columns = tuple(
        ReleasedColumn(c.name, c.role, c.concept, c.level, c.method, c.labels, c.codes[rows])
        for c in draft.columns
        if c.leaves and c.name not in draft.apart
    )
    leaving = {c.name for c in columns}
    dropped = tuple(
        DroppedColumn(plan.name, "In a table of its own." if plan.name in draft.apart else why_dropped(plan))
        for plan in recipe.attributes
        if plan.name not in leaving and plan.treatment is not Treatment.PSEUDONYM
    )
    direct = [c.name for c in columns if c.role is Role.DIRECT]
    if direct:
        raise InputError(f"'{direct[0]}' points at one person by itself and may not leave.")
    done = tuple(sentence for record in draft.record for sentence in record.sentences)
    extra = tuple(table for table in draft.extra if table.released)
    left = draft.input_rows - draft.rows
    return ReleasedTable(
        columns, dropped, draft.source_rows[rows], int(gone.sum()), done, extra, left, numbers_of_people(draft.people)
    )

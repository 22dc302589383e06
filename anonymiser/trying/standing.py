"""Where the result of the methods in use stands among the settings of the sliders, and what to do next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from anonymiser import story
from anonymiser.assessment import Assessment
from anonymiser.privacy.people import class_sizes
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.search import Axis
from anonymiser.transform.measure import assess_draft, classes_of
from anonymiser.transform.run import Transformed
from anonymiser.trying.best import best_levels

__all__ = ["MethodAdvice", "Standing", "advice_with_methods", "standing", "standing_in_words"]

_EVERYTHING: Final = 1.0
_WORTH: Final = 0.005
"""Detail that is worth another way: less is not seen on the page."""


@dataclass(frozen=True, eq=False)
class Standing:
    """The result of the methods in use, counted as every setting of the sliders is.

    Attributes
    ----------
    title : str
        The methods.
    assessment : Assessment
        As if the records that fail were deleted, as settings are scored.
    met : bool
        Whether they fit the limit.
    smallest : int
        The smallest group before that.
    no_place : str
        Why it has no place among the settings, in a sentence: k has no meaning; empty where it has one.
    """

    title: str
    assessment: Assessment
    met: bool
    smallest: int
    no_place: str

    def along(self, axis: Axis) -> float | None:
        """Where it stands on an axis; None where it has no place there."""
        found = self.assessment
        values: dict[Axis, float] = {
            Axis.DETAIL: found.detail_kept,
            Axis.LOSS: found.loss,
            Axis.CLASS_SIZE: found.average_class_size,
            Axis.DISCERNIBILITY: found.discernibility,
            Axis.DELETED: found.failing,
            Axis.EXPOSED: found.records_below_k,
            Axis.GROUP: found.k,
            Axis.SMALLEST: self.smallest,
            Axis.LARGEST_RISK: 1 / found.k if found.k else math.nan,
            Axis.MEAN_RISK: found.mean_risk if found.k else math.nan,
        }
        value = math.nan if self.no_place else values.get(axis, math.nan)
        return None if math.isnan(value) else float(value)


@dataclass(frozen=True)
class MethodAdvice:
    """What to do next where methods are in use.

    Attributes
    ----------
    title, sentence : str
    recipe : Recipe or None
        What a press makes the current one; None where there is nothing to press.
    button : str
    """

    title: str
    sentence: str
    recipe: Recipe | None = None
    button: str = ""


_KEPT: WeakKeyDictionary[Transformed, Standing] = WeakKeyDictionary()


def standing(project: Project) -> Standing | None:
    """Where the current recipe's methods stand; None where it has none.

    Raises
    ------
    InputError
        A method cannot do what is asked.
    """
    recipe = project.recipe
    if not recipe.methods:
        return None
    made = project.draft(recipe)
    if made not in _KEPT:
        found = assess_draft(made.draft, made.start, project.in_force(recipe), _EVERYTHING, target_k=recipe.k)
        classes, _ = classes_of(made.draft, histograms=False)
        sizes = class_sizes(classes)
        _KEPT[made] = Standing(
            story.listing([spec.title for spec in recipe.methods]),
            found,
            made.assessment.met,
            int(sizes.min()) if sizes.size else 0,
            made.assessment.no_k,
        )
    return _KEPT[made]


def standing_in_words(found: Standing) -> str:
    """What the methods come to, beside the settings."""
    if found.no_place:
        return f"{found.title} has no place in this picture. {found.no_place}"
    there = found.assessment
    told = story.outcome(there.k, there.failing, there.rows, there.detail_kept)
    over = "" if found.met else ": not met, as too many rows would have to be deleted"
    return f"{found.title}: {told}{over}."


def advice_with_methods(project: Project) -> MethodAdvice | None:
    """What to do next with methods in use; None where nothing can be said, or not yet.

    A method's own size of groups that is smaller than what is asked for is raised; where the best levels alone are
    enough and the methods are not, or keep less, they are offered.
    """
    here = standing(project)
    if here is None:
        return None
    larger = None if here.met else _larger_groups(project.recipe)
    if larger is not None:
        return larger
    best = best_levels(project, 0.0)
    return (
        None
        if best is None or not best.met
        else _beside(here, best.recipe, project.assess(best.recipe, histograms=True))
    )


def _beside(here: Standing, best: Recipe, alone: Assessment) -> MethodAdvice | None:
    """The methods in use beside the best levels without them."""
    told = f"The setting of least loss without {here.title}: {_outcome(alone)}"
    if not here.met:
        return MethodAdvice("The best levels alone meet the requirements.", f"{told}.", best, "Use it")
    if here.no_place:
        return None
    if here.assessment.gcp > alone.gcp + _WORTH:
        kept = f"{100 * (1 - here.assessment.gcp):.0f} %"
        return MethodAdvice("The best levels alone keep more.", f"{told}; with it, {kept}.", best, "Use it")
    title = f"{here.title} keeps more than the best levels."
    return MethodAdvice(title, f"With it: {_outcome(here.assessment)}. {told}.")


def _outcome(found: Assessment) -> str:
    """With detail as the methods page has it: by the width of labels, which charges levels and methods alike."""
    return story.outcome(found.k, found.failing, found.rows, 1 - found.gcp)


def _larger_groups(recipe: Recipe) -> MethodAdvice | None:
    """A method whose own k is smaller than what is asked for, with that k."""
    for place, spec in enumerate(recipe.methods):
        own = getattr(spec, "k", None)
        if isinstance(own, int) and own < recipe.k:
            raised = spec.model_copy(update={"k": recipe.k})
            methods = (*recipe.methods[:place], raised, *recipe.methods[place + 1 :])
            return MethodAdvice(
                f"{spec.title} makes groups of {own:,}; {recipe.k:,} are asked for.",
                f"Try it with groups of {recipe.k:,}; Undo brings this setting back.",
                recipe.changed(methods=methods),
                "Try it",
            )
    return None

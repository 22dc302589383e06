"""A project: a table, the recipe for it, what was measured, and the way back."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from functools import partial
from typing import Final

from anonymiser.assessment import Assessment, assess
from anonymiser.engine.frequency import FrequencySet, build
from anonymiser.errors import InputError, RecipeError
from anonymiser.gate import Check, checks
from anonymiser.keeping import KeptSets
from anonymiser.microdata import Microdata
from anonymiser.planning import apply_policy, check_fits, first_recipe, requirements_in_force, requirements_of
from anonymiser.policy import POLICIES, RESEARCHERS, Policy
from anonymiser.privacy import DeltaPresence, KMap, PrivacyModel, against
from anonymiser.recipe import Recipe
from anonymiser.recipients import Answers
from anonymiser.risk.attempt import Attempt
from anonymiser.saved import Saved, Scenario, as_json, from_json
from anonymiser.sliding import Sliding, assess_live
from anonymiser.suggest import Suggestion, suggest
from anonymiser.transform.base import Progress, silent
from anonymiser.transform.drafts import Drafts
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.full_domain import generalise
from anonymiser.transform.population import PopulationTable
from anonymiser.transform.released import ReleasedTable
from anonymiser.transform.run import Transformed, released

__all__ = ["Project", "Scenario"]

_KEPT_FAMILIES: Final = 4
_LARGE: Final = 50_000
"""Rows from which sensitive values are counted at the node itself, not in every class of exact values first."""
_HISTORY: Final = 200


class Project:
    """What one user works on.

    Attributes
    ----------
    microdata : Microdata
    suggestions : tuple of Suggestion
    recipe : Recipe
        The current one; change it with :meth:`change`, so that it can be undone.
    policies : dict of str to Policy
        Built-in recipients and the owner's own.
    scenarios : list of Scenario
    attempts : list of Attempt
        To find people in the release, oldest first.
    answers : dict of str to Answers
        What the owner answered about each recipient, by the policy's name.
    population : PopulationTable or None
        The people that the table was drawn from; change it with :meth:`load_population`. Like the
        table it never leaves, and it is not saved.
    """

    def __init__(self, microdata: Microdata, recipe: Recipe | None = None, *, strict: bool = True) -> None:
        self.microdata = microdata
        self.suggestions: tuple[Suggestion, ...] = suggest(microdata)
        self.policies: dict[str, Policy] = dict(POLICIES)
        self.table = EncodedTable(microdata, strict=strict and recipe is None)
        self.recipe = recipe if recipe is not None else first_recipe(microdata, self.suggestions, RESEARCHERS)
        self.scenarios: list[Scenario] = []
        self.attempts: list[Attempt] = []
        self.answers: dict[str, Answers] = {}
        self.population: PopulationTable | None = None
        self._past: list[Recipe] = []
        self._future: list[Recipe] = []
        self._first = self.recipe
        self._families: OrderedDict[Hashable, KeptSets] = OrderedDict()
        self._assessed: OrderedDict[Hashable, Assessment] = OrderedDict()
        self.drafts = Drafts()

    # --- the recipe and the way back ---

    @property
    def policy(self) -> Policy:
        """The chosen recipient's policy."""
        return self.policies.get(self.recipe.recipient, RESEARCHERS)

    def change(self, recipe: Recipe) -> None:
        """Make another recipe the current one; undo leads back. The same recipe changes nothing."""
        if recipe == self.recipe:
            return
        self._past = [*self._past[-_HISTORY:], self.recipe]
        self._future = []
        self.recipe = recipe

    def change_roles(self, recipe: Recipe) -> None:
        """As :meth:`change`, with the policy's requirements put on the columns anew."""
        self.change(recipe.changed(requirements=requirements_of(recipe, self.policy)))

    def choose_policy(self, name: str, *, levels: bool = False) -> None:
        """Put the recipe under a recipient's policy; optionally move the sliders to its levels.

        Raises
        ------
        RecipeError
            No such policy.
        """
        if name not in self.policies:
            raise RecipeError(f"There is no policy called '{name}'.")
        self.change(apply_policy(self.recipe, self.policies[name], levels=levels))

    @property
    def can_undo(self) -> bool:
        """Whether there is a step back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether an undone step can be done again."""
        return bool(self._future)

    def undo(self) -> None:
        """Go back one step."""
        if self._past:
            self._future.append(self.recipe)
            self.recipe = self._past.pop()

    def redo(self) -> None:
        """Do the step again that was undone last."""
        if self._future:
            self._past.append(self.recipe)
            self.recipe = self._future.pop()

    def reset(self) -> None:
        """Back to the recipe with which the table was opened (can be undone)."""
        self.change(self._first)

    def keep(self, name: str, note: str = "") -> Scenario:
        """Keep the current recipe under a name; an older scenario of that name is replaced."""
        scenario = Scenario(name, self.recipe, note)
        self.scenarios = [s for s in self.scenarios if s.name != name] + [scenario]
        return scenario

    def record(self, attempt: Attempt) -> None:
        """Keep what somebody tried."""
        self.attempts = [*self.attempts, attempt]

    # --- the population ---

    def load_population(self, microdata: Microdata | None) -> None:
        """Take a table of the people that this one was drawn from, or forget the one that is there.

        Raises
        ------
        InputError
            It holds no record or does not have the columns, or a requirement needs it; the one of before stays.
        """
        if microdata is None and any(isinstance(r, KMap | DeltaPresence) for r in self.recipe.requirements):
            raise InputError(
                "k-map or δ-presence is required, and needs the population. Take the requirement out first."
            )
        population = None if microdata is None else PopulationTable(microdata)
        if population is not None and self.recipe.qis:
            population.classes(self.table, self.recipe)
        self.population = population
        self._assessed.clear()
        self.drafts.clear()

    def population_classes(self, recipe: Recipe | None = None) -> FrequencySet | None:
        """The classes of the population at level 0 under a recipe's rules; None where none is loaded.

        Raises
        ------
        InputError
            The population table does not have a column that counts.
        """
        return None if self.population is None else self.population.classes(self.table, recipe or self.recipe)

    def population_in_words(self) -> tuple[str, ...]:
        """What the population table holds, and what it lacks; empty where none is loaded."""
        if self.population is None:
            return ()
        exact = self.recipe.with_levels({plan.name: 0 for plan in self.recipe.qis})
        return self.population.in_words(self.table, self.recipe, self.classes(exact))

    def in_force(self, recipe: Recipe | None = None) -> tuple[PrivacyModel, ...]:
        """The requirements that say something of what leaves, those on a population bound to it."""
        wanted = requirements_in_force(recipe or self.recipe)
        return tuple(against(wanted, self.population_classes(recipe)))

    # --- measuring ---

    def classes(self, recipe: Recipe | None = None, *, histograms: bool = False) -> FrequencySet:
        """The classes of a recipe's node; coarser nodes come from kept finer sets, not from rows.

        Sensitive values are counted where they are asked for, or a requirement reads them.

        Raises
        ------
        ColumnError
            No quasi-identifier is chosen.
        HierarchyError
            A hierarchy does not fit the column.
        """
        chosen = recipe or self.recipe
        return self._kept_sets(
            chosen, histograms=histograms or any(model.needs_histogram for model in requirements_in_force(chosen))
        ).at(chosen.node)

    def _kept_sets(self, chosen: Recipe, *, histograms: bool) -> KeptSets:
        key = (
            tuple(a.reading for a in chosen.qis),
            tuple((a.reading, a.level) for a in chosen.sensitive),
            None if chosen.entity is None else chosen.entity.reading,
            chosen.missing_codes if chosen.derived else (),
            chosen.derived,
            histograms,
        )
        family = self._families.get(key)
        if family is None:
            large = self.microdata.rows > _LARGE and histograms
            family = self._families[key] = KeptSets(
                partial(self._build, chosen, histograms=histograms), None if large else (0,) * len(chosen.qis)
            )
            while len(self._families) > _KEPT_FAMILIES:
                self._families.popitem(last=False)
        self._families.move_to_end(key)
        return family

    def _build(self, recipe: Recipe, node: tuple[int, ...], *, histograms: bool) -> FrequencySet:
        """From the rows."""
        hierarchies, leaves = self.table.qis(recipe)
        return build(hierarchies, leaves, self.table.sensitive(recipe), node=node, histograms=histograms)

    def assess(self, recipe: Recipe | None = None, *, histograms: bool = False) -> Assessment:
        """The measures of the table as a recipe would release it (kept for the next call).

        With ``histograms`` every one of them; without, those that a slider shows.
        """
        chosen = recipe or self.recipe
        if chosen.methods:
            return self.draft(chosen).assessment
        in_force = requirements_in_force(chosen)
        live = not histograms
        key = (chosen, live)
        kept = self._assessed.get(key)
        if kept is None:
            population = self.population_classes(chosen)
            if live:
                asked = Sliding(in_force, chosen.suppression, chosen.k, self.microdata.rows, population)
                sizes = self._kept_sets(chosen, histograms=False)
                kept = assess_live(partial(sizes.at, chosen.node), partial(self.classes, chosen), asked)
            else:
                classes = self.classes(chosen, histograms=True)
                kept = assess(classes, in_force, chosen.suppression, target_k=chosen.k, population=population)
            self._assessed[key] = kept
            while len(self._assessed) > _HISTORY:
                self._assessed.popitem(last=False)
        return kept

    def draft(self, recipe: Recipe | None = None, *, progress: Progress = silent) -> Transformed:
        """The table as a recipe's methods make it, measured (kept for the next call).

        Random methods draw from a secret that is forgotten with the project; a release draws anew from its own keys
        (``drafts.drawing_from``).

        Raises
        ------
        InputError
            A method cannot do what is asked.
        """
        chosen = recipe or self.recipe
        return self.drafts.of(self.table, chosen, self.in_force(chosen), progress)

    def checks(self, recipe: Recipe | None = None) -> tuple[Check, ...]:
        """The policy's points for a recipe."""
        chosen = recipe or self.recipe
        policy = self.policies.get(chosen.recipient, RESEARCHERS)
        return checks(chosen, self.assess(chosen), policy)

    def released(self, recipe: Recipe | None = None) -> ReleasedTable:
        """The table as the recipe would release it."""
        chosen = recipe or self.recipe
        if chosen.methods:
            return released(self.draft(chosen).draft, chosen)
        suppress = self.assess(chosen).suppressed > 0
        return generalise(self.table, chosen, self.in_force(chosen), suppress=suppress)

    # --- saving ---

    def to_json(self) -> str:
        """Recipe, scenarios, attempts and own policies as JSON; never a row or a path of the table."""
        own = {name: policy for name, policy in self.policies.items() if name not in POLICIES}
        work = Saved(self.recipe, self.scenarios, own, self.attempts, self.answers)
        return as_json(work, self.microdata.name, self.microdata.fingerprint)

    def load_json(self, text: str | bytes) -> None:
        """Take over a recipe, or a project saved by :meth:`to_json`.

        Raises
        ------
        RecipeError
            It is neither, does not fit the table, or is for a recipient whose policy is not known.
        """
        work = from_json(text)
        recipe = work.recipe
        check_fits(recipe, self.microdata)
        if recipe.recipient and recipe.recipient not in {**self.policies, **work.policies}:
            raise RecipeError(
                f"The recipe was made for '{recipe.recipient}', whose policy is not here. "
                "Load the project file that has it, or add the recipient first."
            )
        self.policies.update(work.policies)
        self.scenarios = work.scenarios or self.scenarios
        self.attempts = work.attempts or self.attempts
        self.answers = {**self.answers, **work.answers}
        self.table = EncodedTable(self.microdata, strict=False)
        self._families.clear()
        self._assessed.clear()
        self.drafts.clear()
        self.change(recipe)

    def check_fits(self, recipe: Recipe) -> None:
        """Refuse a recipe whose columns the table does not have.

        Raises
        ------
        RecipeError
            Columns are missing, or the table has columns that the recipe does not know.
        """
        check_fits(recipe, self.microdata)

"""A look at a release before it is made, and a sentence on it afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from anonymiser import story
from anonymiser.policy import Policy
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Recipe, Treatment
from anonymiser.recipe import ReleaseForm as Form
from anonymiser.release.package import ReleaseResult
from anonymiser.releasing.raw import with_pseudonyms

__all__ = ["ColumnOutline", "Outline", "counted", "made_in_words", "outline", "why_not", "with_form"]

_NAMED: Final = 4


@dataclass(frozen=True)
class ColumnOutline:
    """A column as the release page lists it.

    Attributes
    ----------
    name, about, role, level : str
    words : str
        What is done to it, or why it stays.
    """

    name: str
    about: str
    role: str
    level: str
    words: str


@dataclass(frozen=True)
class Outline:
    """What leaves, what stays and who can open it, in words; made from the recipe, without writing anything.

    Attributes
    ----------
    leaving, staying : tuple of ColumnOutline
    amount, leaves_in_words : str
    kept_back, stays_in_words : str
    who, who_in_words : str
    """

    leaving: tuple[ColumnOutline, ...]
    staying: tuple[ColumnOutline, ...]
    amount: str
    leaves_in_words: str
    kept_back: str
    stays_in_words: str
    who: str
    who_in_words: str


def outline(project: Project) -> Outline:
    """What the release of a project's recipe would be, for a look before it is made."""
    recipe, policy, assessment = project.recipe, project.policy, project.assess()
    tables = recipe.form is Form.TABLES
    methods = _by_methods(project)
    leaving = tuple(
        ColumnOutline(plan.name, plan.concept.value, plan.role.value, *(methods.get(plan.name) or _shown(plan)))
        for plan in recipe.attributes
        if plan.leaves and (plan.is_qi or not tables)
    )
    staying = tuple(
        ColumnOutline(plan.name, plan.concept.value, plan.role.value, "", why_not(plan, policy, tables=tables))
        for plan in recipe.attributes
        if plan.name not in {column.name for column in leaving}
    )
    amount = story.records(assessment.kept)
    if tables:
        amount = "Counts only"
    elif recipe.form is Form.SAMPLE:
        amount = f"{100 * recipe.sample_fraction:g} % of {amount}"
    deleted = (
        f" {story.records(assessment.suppressed)} in groups that are too small, too." if assessment.suppressed else ""
    )
    return Outline(
        leaving=leaving,
        staying=staying,
        amount=amount,
        leaves_in_words=f"{_columns(len(leaving))}: {_named(leaving)}.",
        kept_back=_columns(len(staying)),
        stays_in_words=f"{_named(staying)}.{deleted}",
        who="Anyone" if policy.is_open else "The recipient",
        who_in_words=(
            "It is published: not encrypted, but signed, so that nobody can change it unnoticed."
            if policy.is_open
            else "Encrypted to their key or under six words. Protected until opened; after that, by the agreement."
        ),
    )


def with_form(recipe: Recipe, form: Form, percent: int, budget: float | None = None) -> Recipe:
    """Records, tables (with a privacy budget, or rounded), or a sample of so many per cent of the records.

    Tables have no pseudonyms; counts with a budget are taken without methods.
    """
    tables = form is Form.TABLES
    if tables:
        recipe = with_pseudonyms(recipe, ())
    return recipe.changed(
        form=form,
        sample_fraction=percent / 100 if form is Form.SAMPLE else 1.0,
        budget=budget if tables and not recipe.methods else None,
    )


def counted(recipe: Recipe) -> Recipe:
    """The recipe whose records are counted or leave: nobody is deleted before counts with a privacy budget."""
    return recipe if recipe.budget is None else recipe.changed(suppression=0.0)


def made_in_words(result: ReleaseResult) -> str:
    """What was made and counted again, in a sentence."""
    proof = result.proof
    if proof.k is None:
        counted = "Its counts were checked again in the written file."
    else:
        counted = (
            f"Counted again in the written file: {story.records(proof.rows)}, and everybody shares their row with at "
            f"least {proof.k - 1:,} others."
        )
    left = f" {story.records(result.left_out)} of the sample were left out." if result.left_out else ""
    return f"{result.release.name} is ready. {counted}{left} {result.review.words}"


def _by_methods(project: Project) -> dict[str, tuple[str, str]]:
    """Level and what was done, of the columns that leave of a recipe with methods."""
    if not project.recipe.methods:
        return {}
    return {column.name: (column.level, column.method) for column in project.draft().draft.columns if column.leaves}


def _shown(plan: AttributePlan) -> tuple[str, str]:
    return _level(plan), _done(plan)


def _level(plan: AttributePlan) -> str:
    return "pseudonym" if plan.treatment is Treatment.PSEUDONYM else plan.level_name


def _done(plan: AttributePlan) -> str:
    if plan.treatment is Treatment.PSEUDONYM:
        return "A keyed pseudonym leaves in its place."
    return "As it is in the source." if plan.level == 0 else f"Blurred: step {plan.level} of {plan.top}."


def why_not(plan: AttributePlan, policy: Policy, *, tables: bool = False) -> str:
    """Why a column stays: the policy's own reason where it gives one."""
    rule = policy.rule(plan.concept)
    if plan.role.identifies:
        return "Points at one person by itself: never released."
    if plan.treatment is Treatment.DROP:
        return (rule.reason if rule else "") or "This recipient does not need it."
    if tables and plan.leaves:
        return "The tables count only columns that point at people together."
    return "Hidden: everybody would have the same label."


def _columns(number: int) -> str:
    return "1 column" if number == 1 else f"{number:,} columns"


def _named(columns: Sequence[ColumnOutline]) -> str:
    names = [column.name for column in columns]
    if len(names) > _NAMED:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED:,} more"
    return story.listing(names) or "none"

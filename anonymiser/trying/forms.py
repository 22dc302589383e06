"""A form for any method: its parameters in words, with values to begin with that fit the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

import numpy as np

from anonymiser.errors import RecipeError
from anonymiser.hierarchies.numbers import parse_numbers
from anonymiser.methods import MethodParameters
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Treatment

__all__ = ["CHOICES", "FieldForm", "Kind", "fields_of", "first_values", "made", "values_to_choose"]

_NUMBERS: Final = ("microaggregation", "noise", "rank_swapping", "rounding", "top_bottom_coding")
_FEW: Final = ("pram",)
_TEXTS: Final = ("masking",)
_SENSITIVE: Final = ("scalable_diversity", "anatomy")
_FEW_VALUES: Final = 100
_AT_FIRST: Final = 2
_WORDS: Final = {
    "names": ("Columns", ""),
    "diversity": ("Different values in a group", "At least."),
    "fuzziness": ("Fuzziness", "From just above 1: the larger, the more people stand between groups."),
    "iterations": ("Rounds", "At most."),
    "weigh": ("Who weighs more", "Whose likeness counts more when groups are made."),
    "column": ("Sensitive column that decides", ""),
    "values": ("Values that count more", "Of that column, as they would be released."),
    "factor": ("How many times", "1: no more than the others."),
    "attribute_weights": ("How much a column counts", "1 for each is usual; 0: its detail does not matter."),
    "matrix": (
        "Your own chances (CSV)",
        (
            "The values in the first row and the first column, as they would be released; between them the chance with "
            "which the value on the left is released as the one on top. Every row adds up to 1; four digits at most. "
            "It takes the place of the chances above, for one column."
        ),
    ),
    "important": ("Empty these last", "Columns whose cells are emptied only where nothing else helps."),
    "relaxed": ("Share out ties", "People with the value at a cut may stand on either side: groups closer to k."),
    "rounds": ("Rounds of improvement", "How often people are moved to groups that show them more exactly."),
    "k": ("People in a group", "At least; empty: as the requirements say."),
    "size": ("Strength", "Typical size of a change, as a share of the column's own spread."),
    "distribution": ("Kind of noise", "Gaussian, or Laplace: more small changes and more large ones."),
    "correlated": ("Keep the columns' correlations", ""),
    "keep_spread": ("Keep means and variances", ""),
    "lowest": ("Lowest", "Empty: no limit."),
    "highest": ("Highest", "Empty: no limit."),
    "decimals": ("Digits after the point", "Empty: as many as the source has."),
    "algorithm": ("How groups are found", ""),
    "within_classes": ("Only among people who are alike otherwise", ""),
    "share": ("Share", "From 0 to 1."),
    "keep": ("Chance that a value stays", "From 0 to 1; the others are changed."),
    "invariant": ("Keep totals right on average", ""),
    "strength": ("How much of that change", "From 0 to 1."),
    "base": ("Round to multiples of", ""),
    "at_random": ("Up or down at random", "Right on average."),
    "shown": ("Beyond a limit stands", ""),
    "side": ("Which end is masked", ""),
    "characters": ("Characters masked", ""),
    "reading": ("An empty cell", "A value of its own, or one that may be anything."),
}
_ONLY_WITH: Final = {
    ("weighted_k_member", "column"): ("weigh", "values"),
    ("weighted_k_member", "values"): ("weigh", "values"),
    ("weighted_k_member", "factor"): ("weigh", "values"),
    ("pram", "strength"): ("invariant", True),
}
"""Parameters that say nothing otherwise."""
CHOICES: Final = {
    "": "none",
    "typical": "typical people",
    "values": "people with certain values",
    "limit": "the limit itself",
    "words": "words: 90 or more",
    "own": "is a value of its own",
    "any": "may be anything",
    "left": "the first characters",
    "right": "the last characters",
    "mdav": "nearest together (MDAV)",
    "projection": "along the main direction",
    "optimal": "each column, as well as possible",
    "ranking": "each column, by rank",
}
"""Choices in words, where they do not speak for themselves."""


class Kind(Enum):
    """How a parameter is asked for."""

    COLUMNS = "columns"
    CHOICE = "one of several"
    YES_NO = "yes or no"
    WHOLE = "whole number"
    REAL = "number"
    VALUES = "values of a column"
    WEIGHTS = "a weight a column"
    MATRIX = "a matrix, from a file"


@dataclass(frozen=True)
class FieldForm:
    """One parameter.

    Attributes
    ----------
    name : str
        In the recipe.
    label, about : str
        In words.
    kind : Kind
    choices : tuple of str
        Columns, or the values of a choice.
    least, most : float or None
        Bounds of a number; one that is excluded counts as a little inside.
    optional : bool
        Whether it may be left empty.
    only_with : (str, object) or None
        Another parameter and the value with which this one is asked for.
    value : object
        To begin with.
    """

    name: str
    label: str
    about: str
    kind: Kind
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    optional: bool = False
    value: Any = None
    only_with: tuple[str, object] | None = None


def fields_of(project: Project, method: type[MethodParameters]) -> tuple[FieldForm, ...]:
    """The parameters of a method, with values to begin with."""
    schema = method.model_json_schema()["properties"]
    first = first_values(project, method)
    asked = (_field(project, method, name, schema[name], first[name]) for name in schema if name != "method")
    return tuple(
        replace(field, only_with=_ONLY_WITH.get((_name(method), field.name))) for field in asked if field is not None
    )


def values_to_choose(project: Project, name: str) -> tuple[str, ...]:
    """Values of a column as they would be released, the missing one left out. Raw: not for presentation mode."""
    labels, _, missing = project.table.labels_at(project.recipe, project.recipe.attribute(name))
    return tuple(labels if missing is None else labels[:-1])


def first_values(project: Project, method: type[MethodParameters]) -> dict[str, Any]:
    """Parameters that fit the table: the method's own, and columns and limits where it has none."""
    values: dict[str, Any] = {
        name: None if field.is_required() else field.get_default(call_default_factory=True)
        for name, field in method.model_fields.items()
        if name != "method"
    }
    if "names" in values:
        few = {**dict.fromkeys((*_TEXTS, *_SENSITIVE), 1), "anatomy": None}.get(_name(method), _AT_FIRST)
        values["names"] = tuple(_suiting(project, method)[:few])
    if _name(method) == "top_bottom_coding" and values["names"]:
        values["names"] = values["names"][:1]
        values["lowest"], values["highest"] = _ends(project, values["names"][0])
    return values


def made(method: type[MethodParameters], values: Mapping[str, Any]) -> MethodParameters:
    """The method with these parameters.

    Raises
    ------
    RecipeError
        A value cannot be, in words.
    """
    try:
        return method(**values)
    except ValueError as error:
        found = getattr(error, "errors", None)
        first = found(include_url=False, include_input=False)[0] if found else {"loc": (), "msg": str(error)}
        name = str(first["loc"][0]) if first["loc"] else ""
        label = _WORDS.get(name, (name or method.title, ""))[0]
        message = str(first["msg"]).removeprefix("Value error, ")
        raise RecipeError(f"{label}: {message}.") from None


def _name(method: type[MethodParameters]) -> str:
    return str(method.model_fields["method"].default)


def _field(  # noqa: PLR0911 - one way out a kind
    project: Project, method: type[MethodParameters], name: str, schema: Mapping[str, Any], value: object
) -> FieldForm | None:
    label, about = _WORDS.get(name, (name.replace("_", " ").capitalize(), ""))
    parts = schema.get("anyOf", [schema])
    optional = any(part.get("type") == "null" for part in parts)
    own = next(part for part in parts if part.get("type") != "null")
    if name == "matrix":
        return FieldForm(name, label, about, Kind.MATRIX, optional=True, value=value)
    if own.get("type") == "array":
        if name == "values":
            return FieldForm(name, label, about, Kind.VALUES, optional=True, value=value)
        if name == "attribute_weights":
            counted = tuple(plan.name for plan in project.recipe.qis if plan.leaves)
            return FieldForm(name, label, about, Kind.WEIGHTS, counted, 0.0, 100.0, value=value)
        columns = _suiting(project, method) if name == "names" else [plan.name for plan in project.recipe.qis]
        return FieldForm(name, label, about, Kind.COLUMNS, tuple(columns), optional=name != "names", value=value)
    if own.get("type") == "string" and "enum" not in own and "const" not in own:
        sensitive = tuple(plan.name for plan in project.recipe.sensitive)
        return FieldForm(name, label, about, Kind.CHOICE, ("", *sensitive), value=value)
    if "const" in own:
        return None
    if "enum" in own:
        return FieldForm(name, label, about, Kind.CHOICE, tuple(own["enum"]), value=value)
    if own.get("type") == "boolean":
        return FieldForm(name, label, about, Kind.YES_NO, value=value)
    whole = own.get("type") == "integer"
    little = 1 if whole else 0.01
    least = own.get("minimum", None if "exclusiveMinimum" not in own else own["exclusiveMinimum"] + little)
    most = own.get("maximum", None if "exclusiveMaximum" not in own else own["exclusiveMaximum"] - little)
    kind = Kind.WHOLE if whole else Kind.REAL
    return FieldForm(name, label, about, kind, (), least, most, optional, value)


def _suiting(project: Project, method: type[MethodParameters]) -> list[str]:
    """Columns that a method can work on: first those that neither count towards k nor bear a requirement."""
    name = _name(method)
    plans = [p for p in project.recipe.attributes if p.leaves and p.treatment is Treatment.RELEASE]
    if name in _NUMBERS:
        plans = [plan for plan in plans if _is_numeric(project, plan)]
    elif name in _FEW:
        plans = [p for p in plans if len(project.table.labels_at(project.recipe, p)[0]) <= _FEW_VALUES]
    elif name in _TEXTS:
        plans = [plan for plan in plans if not _is_numeric(project, plan)]
    elif name in _SENSITIVE:
        return [plan.name for plan in project.recipe.sensitive]
    return [plan.name for plan in sorted(plans, key=lambda plan: (plan.is_qi, plan.role.is_sensitive))]


def _is_numeric(project: Project, plan: AttributePlan) -> bool:
    values = project.table.column(project.recipe, plan.name).values
    numbers = parse_numbers(values)
    coded = any(value[:1] == "0" and value[1:2].isdigit() for value in values)
    return bool(len(values)) and not coded and not np.isnan(numbers).any()


def _ends(project: Project, name: str) -> tuple[float, float]:
    """Numbers below and above which one in fifty lies."""
    column = project.table.column(project.recipe, name)
    known = column.codes[column.codes < len(column.values)]
    numbers = parse_numbers(column.values)[known]
    low, high = np.quantile(numbers, [0.02, 0.98])
    return float(np.round(low)), float(np.round(high)) if np.round(high) > np.round(low) else float(np.round(low)) + 1.0
